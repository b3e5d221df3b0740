"""A verdict by number or by silence is refused where the books leave another answer open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.money import Money
from pos_app.orders.answers import Bought, Reply
from pos_app.orders.cards import Card
from pos_app.orders.order import Order, Phase
from pos_app.providers.base import Purchase
from pos_app.settling import Confirmed
from tests.sales.verdicts import lost, refused
from tests.world import HandClock, World, until

ANA = "Ana"
SEEN = "seen in the portal"
ITEM: tuple[Confirmed, ...] = ("item_not_told", "no_pin")
OTHERS: tuple[Confirmed, ...] = ("item_not_told", "others_open", "no_pin")


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


async def by_number(world: World, order: Order, number: str, *said: Confirmed) -> Order:
    return await world.register.settling.bought_by_number(order.id, number, SEEN, ANA, confirmed=said)


async def elsewhere(world: World) -> None:
    """Another register, with a store of its own, sells on the same account."""
    async with World(world.folder / f"elsewhere{len(world.provider.sold)}") as other:
        other.provider = world.provider
        await other.restart()
        await other.sell()


def test_an_order_older_than_the_first_page_is_no_answer(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        for _each in range(4):
            await elsewhere(world)
        world.provider.page = 2
        order = await lost(world)
        # "1" and "2" are behind the first page: no fence knows them, and they are another customer's.
        await refused("older_provider_order", by_number(world, order, "1", *OTHERS))
        await refused("older_provider_order", by_number(world, order, "4", *OTHERS))
        # Three sales later the list no longer shows what was there before.
        for _each in range(3):
            await elsewhere(world)
        for number in ("1", "5"):
            await refused("age_not_told", by_number(world, order, number, *OTHERS))
        assert [entry.kind for entry in (await world.register.sales.order(order.id)).entries][-1] == "sent"
        world.provider.page = 100
        settled = await by_number(world, order, "5", *ITEM)
        assert (settled.phase, settled.provider_order_id) == (Phase.FULFILLED, "5")

    play(tmp_path, scene)


def test_while_another_purchase_is_under_way_no_number_is_taken(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost_unsold(world)
        world.provider.plays.append("waits")
        sale = await world.place()
        sending = asyncio.create_task(world.register.sales.perform(sale.orders[0].id, sell_anyway=True))
        await until(lambda: world.provider.sends == 2)
        world.provider.answer_now.set()
        await until(lambda: len(world.provider.sold) == 1)
        other = await sending
        assert other.provider_order_id == "1"
        await refused("already_claimed", by_number(world, order, "1", *OTHERS))

    play(tmp_path, scene)


async def lost_unsold(world: World) -> Order:
    """An order that was sent, has no answer, and that the provider never carried out."""
    world.provider.plays.clear()
    order = await lost(world)
    sold = world.provider.sold.popitem()[1]
    world.provider.left += sold.amount
    return order


def test_a_row_of_an_order_still_on_its_way_is_not_given_away(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost_unsold(world)
        world.provider.plays.append("silent")
        sale = await world.place()
        sending = asyncio.create_task(world.register.sales.perform(sale.orders[0].id, sell_anyway=True))
        await until(lambda: world.provider.sends == 2 and len(world.provider.sold) == 1)
        await refused("account_busy", by_number(world, order, "1", *OTHERS))
        # Its lease ran out, and still the process that sends knows.
        world.clock.turn(seconds=60)
        await refused("account_busy", by_number(world, order, "1", *OTHERS))
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    play(tmp_path, scene)


def test_another_open_order_that_costs_the_same_is_asked_about_and_written_down(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        dearer = await lost(world, world.line(quantity=2))
        # The other one costs something else: it can not be that row.
        assert (await by_number(world, dearer, "2", *ITEM)).flags == ("pin_not_told", "item_not_told")
        same = await lost(world)
        await refused("others_open", by_number(world, order, "1", *ITEM))
        settled = await by_number(world, order, "1", *OTHERS)
        assert settled.flags == ("pin_not_told", "others_open", "item_not_told")
        assert (await world.register.sales.order(same.id)).phase is Phase.SENT

    play(tmp_path, scene)


def test_a_part_that_was_sold_is_taken_over_when_somebody_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await lost(world, world.line(quantity=3))
        sold = world.provider.sold["1"]
        world.provider.sold["1"] = replace(sold, codes=sold.codes[:2], shown=2)
        read = world.provider.read_order

        def partly(reply: Reply, purchase: Purchase) -> Bought | None:
            bought = read(reply, purchase)
            return bought and replace(bought, cost=Money(4800, "USD"))

        monkeypatch.setattr(world.provider, "read_order", partly)
        await refused("other_amount", by_number(world, order, "1", *OTHERS))
        settled = await by_number(world, order, "1", *OTHERS, "other_amount")
        assert (settled.phase, len(settled.handed_cards)) == (Phase.CODES_PENDING, 2)
        assert {"other_amount", "item_not_told"} <= set(settled.flags)

    play(tmp_path, scene)


def test_of_another_amount_it_may_be_any_open_orders(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        dearer = await lost(world, world.line(quantity=2))
        await refused("others_open", by_number(world, order, "2", *ITEM, "other_amount"))
        more = await by_number(world, order, "2", *OTHERS, "other_amount")
        # What nobody paid for is no customer's.
        assert (more.phase, len(more.handed_cards), len(more.parked_cards)) == (Phase.FULFILLED, 1, 1)
        assert (await world.register.sales.order(dearer.id)).phase is Phase.SENT

    play(tmp_path, scene)


def test_what_the_books_do_not_tell_is_confirmed_by_whoever_decides(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        await refused("item_not_told", by_number(world, order, "1"))
        assert (await world.register.sales.order(order.id)).n == order.n
        settled = await by_number(world, order, "1", *ITEM)
        assert settled.flags == ("pin_not_told", "item_not_told")

    play(tmp_path, scene)


def test_not_bought_waits_half_an_hour_unless_somebody_knows_better(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order, hasty = await lost(world), await lost(world)
        settling = world.register.settling
        world.clock.turn(minutes=29)
        await refused("too_early", settling.not_bought(order.id, SEEN, ANA))
        early = await settling.not_bought(hasty.id, SEEN, ANA, confirmed=("too_early",))
        assert early.phase is Phase.NOT_BOUGHT
        world.clock.turn(minutes=1)
        assert (await settling.not_bought(order.id, SEEN, ANA)).phase is Phase.NOT_BOUGHT

    play(tmp_path, scene)


def test_the_half_hour_is_the_companys_where_it_tells_the_time(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        company, settling = HandClock(), world.register.settling
        world.provider.now = company
        order, other = await lost(world), await lost(world)
        world.clock.jump(hours=1)
        await refused("too_early", settling.not_bought(order.id, SEEN, ANA))
        world.clock.jump(hours=-2)
        company.turn(minutes=30)
        assert (await settling.not_bought(order.id, SEEN, ANA)).phase is Phase.NOT_BOUGHT
        # Who can not be asked leaves the shop's own clock.
        world.provider.reachable = False
        asked: tuple[Confirmed, ...] = ("list_not_read",)
        await refused("list_not_read", settling.not_bought(other.id, SEEN, ANA))
        await refused("too_early", settling.not_bought(other.id, SEEN, ANA, confirmed=asked))
        world.clock.jump(hours=2)
        after = await settling.not_bought(other.id, SEEN, ANA, confirmed=asked)
        assert (after.phase, after.flags) == (Phase.NOT_BOUGHT, asked)

    play(tmp_path, scene)


def test_nobody_waits_for_a_list_that_does_not_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(world: World) -> None:
        order, settling = await lost(world), world.register.settling
        world.clock.turn(hours=1)

        async def never(_known: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(world.provider, "rows", never)
        monkeypatch.setattr("pos_app.settling.LIST_SECONDS", 0.0)
        await refused("list_not_read", settling.not_bought(order.id, SEEN, ANA))
        after = await settling.not_bought(order.id, SEEN, ANA, confirmed=["list_not_read"])
        assert (after.phase, after.flags) == (Phase.NOT_BOUGHT, ("list_not_read",))

    play(tmp_path, scene)


@pytest.mark.parametrize("company", ["tells_no_time", "shows_no_list", "is_not_ours"])
def test_without_the_companys_clock_the_half_hour_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, company: str
) -> None:
    async def scene(world: World) -> None:
        if company != "tells_no_time":
            world.provider.now = HandClock()
        order, settling = await lost(world), world.register.settling

        async def none(_known: object) -> None:
            return None

        if company == "shows_no_list":
            monkeypatch.setattr(world.provider, "rows", none)
        asked: tuple[Confirmed, ...] = ()
        if company == "is_not_ours":
            world.provider.account, asked = "account-2", ("list_not_read",)
        await refused("too_early", settling.not_bought(order.id, SEEN, ANA, confirmed=asked))
        world.clock.jump(hours=1)
        after = await settling.not_bought(order.id, SEEN, ANA, confirmed=asked)
        assert (after.phase, after.flags) == (Phase.NOT_BOUGHT, asked)

    play(tmp_path, scene)


def test_looks_that_show_nothing_are_counted_a_minute_apart(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost_unsold(world)
        settling = world.register.settling
        looks: list[int] = []
        for seconds in (0, 5, 60, 60):
            world.clock.turn(seconds=seconds)
            looks.append((await settling.witnesses(order.id)).empty_looks)
        assert looks == [1, 1, 2, 3]
        await elsewhere(world)
        assert (await settling.witnesses(order.id)).empty_looks == 0
        # Without a clock of the provider's it is ours that tells how long ago it was sent.
        assert (await settling.witnesses(order.id)).waited == timedelta(seconds=125)

    play(tmp_path, scene)


def test_how_long_ago_is_told_by_the_providers_clock_where_it_has_one(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.now = world.clock
        order = await lost(world)
        at = world.clock() + timedelta(minutes=3)
        world.provider.now = lambda: at
        world.clock.turn(minutes=45)
        assert (await world.register.settling.witnesses(order.id)).waited == timedelta(minutes=3)

    play(tmp_path, scene)


def test_a_pin_the_look_up_does_not_show_is_asked_about(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        settling = world.register.settling
        bare = await by_number(world, order, "1", "item_not_told")
        assert (bare.phase, bare.flags) == (
            Phase.CODES_PENDING,
            ("pin_missing", "pin_not_told", "item_not_told"),
        )
        card = Card("TEST-0001-0001-ABCD")
        await refused("code_twice", settling.bought_by_codes(order.id, (card,), SEEN, ANA))
        typed = (Card(card.code, "0042"),)
        whole = await settling.bought_by_codes(order.id, typed, SEEN, ANA)
        assert (whole.phase, [one.has_pin for one in whole.handed_cards]) == (Phase.FULFILLED, [True])
        # Or somebody looked, and there is none.
        second = await lost(world)
        await by_number(world, second, "2", "item_not_told")
        card = Card("TEST-0002-0001-ABCD")
        done = await settling.bought_by_codes(second.id, (card,), SEEN, ANA, confirmed=("no_pin",))
        assert (done.phase, [one.has_pin for one in done.handed_cards]) == (Phase.FULFILLED, [False])

    play(tmp_path, scene)


def test_cards_whose_item_came_without_pin_before_are_complete(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.sell()
        settled = await by_number(world, await lost(world), "2", "item_not_told")
        assert (settled.phase, settled.flags) == (Phase.FULFILLED, ("item_not_told",))

    play(tmp_path, scene)


@pytest.mark.parametrize("odd", ["soon", "Mon, 99 Foo 2026 25:61:00", "11 May 2026 09:30:00"])
def test_an_odd_date_of_the_providers_tells_no_time(tmp_path: Path, odd: str) -> None:
    async def scene(world: World) -> None:
        world.provider.odd_date = odd
        order = await lost(world)
        world.clock.turn(minutes=45)
        assert (await world.register.settling.witnesses(order.id)).waited == timedelta(minutes=45)

    play(tmp_path, scene)


def test_a_provider_that_names_the_item_leaves_nothing_to_compare(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.names_items = True
        order = await lost(world)
        settled = await by_number(world, order, "1", "no_pin")
        assert (settled.phase, settled.flags) == (Phase.FULFILLED, ("pin_not_told",))

    play(tmp_path, scene)


def test_an_order_whose_number_is_known_is_fetched_by_no_other(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        assert (order.phase, order.provider_order_id) == (Phase.CODES_PENDING, "1")
        await elsewhere(world)
        await refused("nothing_to_settle", by_number(world, order, "2", *OTHERS))
        world.provider.sold["1"].shown = 1
        settled = await by_number(world, order, "1", "no_pin")
        assert settled.phase is Phase.FULFILLED

    play(tmp_path, scene)
