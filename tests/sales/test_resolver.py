"""What became of an order nobody answered for is found out by the provider's books, or left to a person."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_app.errors import NotAllowed, NotTaken, OutcomeUnknown, PosError, StoreProblem
from pos_app.messages import why_a_person
from pos_app.money import Money
from pos_app.orders.answers import Bought, Look, Reply
from pos_app.orders.entries import LeftToAPerson, Refunded
from pos_app.orders.notes import STORE, Restored
from pos_app.orders.order import Order, Phase
from pos_app.orders.product import Product
from pos_app.orders.verdicts import EmptyLook, ForAPerson, FoundRow
from pos_app.providers.base import Purchase
from pos_app.resolver import Standing
from pos_app.store.database import Database, Tx
from pos_app.store.journal import Journal
from tests.played_provider import CARD, Play
from tests.world import CASHIER, World, until

DEARER = replace(
    CARD, item="ACME-50", name="Acme Games 50 USD", face=Money(5000, "USD"), cost=Money(4800, "USD")
)
ALIKE = replace(CARD, item="BOREAL-25", name="Boreal 25 USD", cost=Money(2300, "USD"))
ANA = "Ana"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    """Play `scene` at a till that alone buys on its account, and has sold a card of each kind before."""

    async def run() -> None:
        async with World(folder) as world:
            world.provider.now = world.clock
            await world.register.accounts.declare("played", exclusive=True, by=ANA)
            for product in (CARD, DEARER):
                await world.sell(world.line(product))
            await scene(world)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


async def unanswered(world: World, how: Play = "lost", product: Product = CARD, quantity: int = 1) -> Order:
    """An order that was sent and has no answer; `lost_before` is not in the books."""
    world.provider.plays.append(how)
    sale = await world.place(world.line(product, quantity))
    with pytest.raises(OutcomeUnknown):
        await world.register.sales.perform(sale.orders[0].id)
    return await world.register.sales.order(sale.orders[0].id)


async def after(world: World, order: Order, **by: float) -> Order:
    """The order after so much time, and whatever was due then."""
    world.clock.turn(**by)
    await world.register.resolver.look()
    return await world.register.sales.order(order.id)


def kinds(order: Order) -> list[str]:
    return [entry.kind for entry in order.entries]


def standing(world: World, order: Order) -> Standing:
    found = world.register.resolver.standing(order.id)
    assert found is not None
    return found


def reasons(world: World, order: Order) -> tuple[str, ...]:
    judgement = standing(world, order).judgement
    assert isinstance(judgement, ForAPerson)
    return judgement.reasons


async def not_bought(world: World) -> Order:
    """An order that was judged not bought by two looks."""
    order = await unanswered(world, "lost_before")
    await after(world, order)
    await after(world, order, minutes=31)
    order = await after(world, order, minutes=10)
    assert order.phase is Phase.NOT_BOUGHT
    return order


# --- bought -------------------------------------------------------------------------


def test_a_reply_that_was_lost_is_made_good_by_the_books(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await after(world, await unanswered(world, quantity=2))
        assert order.phase is Phase.FULFILLED
        assert kinds(order) == ["placed", "sent", "heard", "settled"]
        assert order.settled is not None
        assert order.settled.how == "by_look"
        assert order.settled.by == "countercard"
        assert order.settled.cost == Money(4800, "USD")
        for told in ("2 orders, 4928.00 USD", "3 orders, 4880.00 USD", "order 3, 48.00 USD", "21:42:00"):
            assert told in order.settled.evidence
        card = await world.register.sales.reveal(order.id, order.handed_cards[1].id, CASHIER)
        assert card.code == world.provider.sold["3"].codes[1]["code"]
        assert world.provider.sends == 3
        assert world.register.resolver.standing(order.id) is None
        assert await world.register.journal.claimed("account-1", ["3"]) == {"3"}
        assert world.register.changes.step("late") == 1

    play(tmp_path, scene)


def test_it_is_found_at_the_next_start_too(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        await world.restart()
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT, "opening asks nobody"
        assert (await after(world, order)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_card_whose_pin_no_look_shows_waits_for_it(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        new = replace(CARD, item="NEW-1", cost=Money(100, "USD"))
        order = await after(world, await unanswered(world, product=new))
        assert order.phase is Phase.CODES_PENDING
        assert {"pin_missing", "pin_not_told"} <= set(order.flags)

    play(tmp_path, scene)


def test_cards_of_an_order_paid_back_meanwhile_are_spare(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        journal = world.register.journal
        paid = Refunded(**journal.head(order, ANA), amount=order.price, tender="cash", evidence="Left")
        await journal.append(order, paid)
        order = await after(world, order)
        assert order.phase is Phase.FULFILLED
        assert order.handed_cards == ()
        assert len(order.spare_cards) == 1

    play(tmp_path, scene)


def test_orders_of_other_amounts_are_told_apart_by_one_look(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first, second = await unanswered(world), await unanswered(world, product=DEARER)
        looks = counted(world)
        await after(world, first)
        assert len(looks) == 1
        for order, number in ((first, "3"), (second, "4")):
            found = await world.register.sales.order(order.id)
            assert (found.phase, found.provider_order_id) == (Phase.FULFILLED, number)

    play(tmp_path, scene)


def test_prices_move_so_what_is_worth_as_much_is_told_apart_by_a_person(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.sell(world.line(ALIKE))
        first, second = await unanswered(world, "lost_before"), await unanswered(world, product=ALIKE)
        await after(world, first)
        assert (await world.register.sales.order(second.id)).phase is Phase.SENT
        judged = standing(world, second).judgement
        assert isinstance(judged, ForAPerson)
        assert judged.reasons == ("others_may_be_it",)

    play(tmp_path, scene)


def test_when_one_is_found_the_other_is_seen_not_to_be_there(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first, second = await unanswered(world, "lost_before"), await unanswered(world, product=DEARER)
        await after(world, first)
        assert (await world.register.sales.order(second.id)).phase is Phase.FULFILLED
        assert isinstance(standing(world, first).judgement, EmptyLook)

    play(tmp_path, scene)


@pytest.mark.parametrize("what", ["dated", "undated", "too old", "none", "unreadable", "no answer"])
def test_where_the_list_shows_no_times_the_order_itself_is_asked(tmp_path: Path, what: str) -> None:
    async def scene(world: World) -> None:
        world.provider.lists_dates = False
        order = await unanswered(world)
        fetch, asked = world.provider.fetch, list[str]()

        async def fetched(provider_order_id: str) -> Reply | None:
            asked.append(provider_order_id)
            reply = await fetch(provider_order_id)
            assert reply is not None
            match what:
                case "undated":
                    return replace(reply, body=reply.body.replace(b'"at"', b'"was"'))
                case "too old":
                    return replace(reply, body=reply.body.replace(b"21T21", b"20T21"))
                case "none":
                    return None
                case "unreadable":
                    return replace(reply, status=500)
                case "no answer":
                    raise NotTaken("no_answer", because="silence")
                case _:
                    return reply

        world.provider.fetch = fetched
        order = await after(world, order)
        assert asked == ["3"], "asked once in a look"
        if what == "dated":
            assert order.phase is Phase.FULFILLED
        else:
            assert order.phase is Phase.SENT
            assert reasons(world, order) == ("outside_window" if what == "too old" else "time_not_told",)

    play(tmp_path, scene)


@pytest.mark.parametrize("how", ["lost", "lost_before"])
def test_a_company_that_does_not_tell_the_time_proves_nothing(tmp_path: Path, how: Play) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world, how)
        world.provider.odd_date = "later"
        assert (await after(world, order, minutes=41)).phase is Phase.SENT
        assert reasons(world, order) == ("time_not_told",)
        world.provider.odd_date = None
        order = await after(world, order, minutes=1)
        assert order.phase is (Phase.FULFILLED if how == "lost" else Phase.SENT)

    play(tmp_path, scene)


@pytest.mark.parametrize("what", ["gone", "none", "other cost", "code seen", "unreadable", "no answer"])
def test_what_the_details_do_not_bear_out_is_left_to_a_person(tmp_path: Path, what: str) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        provider, fetch = world.provider, world.provider.fetch

        async def fetched(provider_order_id: str) -> Reply | None:
            reply = await fetch(provider_order_id)
            assert reply is not None
            match what:
                case "gone":
                    return replace(reply, status=404)
                case "none":
                    return None
                case "unreadable":
                    return replace(reply, status=500)
                case "no answer":
                    raise NotTaken("no_answer", because="silence")
                case "code seen":
                    return replace(reply, body=reply.body.replace(b"TEST-0003", b"TEST-0001"))
                case _:
                    return replace(reply, body=reply.body.replace(b'"order": "3"', b'"order": "1"'))

        provider.fetch = fetched
        order = await after(world, order)
        assert order.phase is Phase.SENT
        found = standing(world, order)
        assert isinstance(found.judgement, FoundRow)
        assert found.refused in {
            "no_such_provider_order",
            "other_provider_order",
            "code_seen_before",
            "no_answer",
        }
        assert found.next_look == world.clock() + timedelta(seconds=20)
        # The next look tries it again.
        provider.fetch = fetch
        assert (await after(world, order, seconds=20)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_two_who_decide_at_one_moment_get_one_verdict(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        fetch = world.provider.fetch

        async def slow(provider_order_id: str) -> Reply | None:
            if not (await world.register.sales.order(order.id)).settled:
                settling = world.register.settling
                await settling.not_bought(order.id, "They say so", ANA, confirmed=["too_early"])
            return await fetch(provider_order_id)

        world.provider.fetch = slow
        order = await after(world, order)
        assert order.settled is not None
        assert order.settled.by == ANA

    play(tmp_path, scene)


# --- not bought ---------------------------------------------------------------------


def test_what_two_looks_do_not_show_was_not_bought(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world, "lost_before")
        looks = counted(world)
        minutes = 0
        while order.phase is Phase.SENT:
            order = await after(world, order, minutes=1)
            minutes += 1
        assert order.phase is Phase.NOT_BOUGHT
        assert minutes == 40
        assert len(looks) <= 8
        assert order.money_owed == order.price
        assert order.settled is not None
        assert "22:12:00" in order.settled.evidence
        assert "22:22:00" in order.settled.evidence

    play(tmp_path, scene)


def test_looks_that_showed_nothing_outlive_a_restart(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world, "lost_before")
        await after(world, order, minutes=30)
        await world.restart()
        assert (await after(world, order, minutes=9)).phase is Phase.SENT
        await world.restart()
        assert (await after(world, order, minutes=1)).phase is Phase.NOT_BOUGHT

    play(tmp_path, scene)


def test_a_look_that_shows_something_makes_the_earlier_ones_worth_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world, "lost_before")
        await after(world, order, minutes=30)
        world.provider.left -= Money(100, "USD")
        await after(world, order, minutes=10)
        assert reasons(world, order) == ("balance_does_not_fit",)
        world.provider.left += Money(100, "USD")
        assert (await after(world, order, minutes=15)).phase is Phase.SENT
        assert (await after(world, order, minutes=10)).phase is Phase.NOT_BOUGHT

    play(tmp_path, scene)


def test_a_verdict_that_can_not_be_written_is_come_to_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world, "lost_before")
        await after(world, order, minutes=30)

        async def full(*_order: object) -> Order:
            raise StoreProblem("full")

        with monkeypatch.context() as filling:
            filling.setattr(world.register.journal, "append", full)
            assert (await after(world, order, minutes=10)).phase is Phase.SENT
        assert (await after(world, order, minutes=15)).phase is Phase.NOT_BOUGHT

    play(tmp_path, scene)


@pytest.mark.logs
@pytest.mark.parametrize("restarted", [False, True])
def test_an_answer_that_is_understood_at_last_comes_before_any_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restarted: bool
) -> None:
    """A reply that was kept when the disk had no room for what it says: in this run or the one before."""

    async def kept(world: World, how: Play) -> Order:
        async def full(_journal: object, _order_id: str, _build: object) -> Order:
            raise StoreProblem("full")

        with monkeypatch.context() as filling:
            filling.setattr(Journal, "take_in", full)
            order = await unanswered(world, how)
            if restarted:
                await world.restart()
            return order

    async def scene(world: World) -> None:
        bought = await after(world, await kept(world, "yes"))
        assert kinds(bought) == ["placed", "sent", "heard", "answered"]
        refused = await kept(world, "refused")
        await after(world, refused, minutes=30)
        refused = await after(world, refused, minutes=10)
        assert kinds(refused) == ["placed", "sent", "heard", "answered"]
        again = await kept(world, "yes")
        assert (await world.register.resolver.ask_again(again.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


# --- nobody but a person ------------------------------------------------------------


def test_on_an_account_that_others_may_use_nothing_is_decided(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.register.accounts.declare("played", exclusive=False, by=ANA)
        order = await after(world, await unanswered(world))
        assert order.phase is Phase.SENT
        assert reasons(world, order) == ("not_exclusive",)
        await world.register.accounts.declare("played", exclusive=True, by=ANA)
        assert (await after(world, order, seconds=20)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_what_was_left_to_a_person_is(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        journal = world.register.journal
        await journal.append(order, LeftToAPerson(**journal.head(order, ANA), reason="sold_on"))
        looks = counted(world)
        assert (await after(world, order)).phase is Phase.SENT
        assert not looks
        assert (await world.register.resolver.ask_again(order.id)).phase is Phase.SENT
        assert reasons(world, order) == ("left",)

    play(tmp_path, scene)


def test_nothing_sent_before_the_store_was_restored_is_decided(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        journal = world.register.journal
        await journal.note(
            STORE,
            lambda notes: [
                Restored(**journal.note_head(STORE, notes, ANA), how="backup", incarnation="2"),
            ],
        )
        assert (await after(world, order)).phase is Phase.SENT
        assert reasons(world, order) == ("left",)

    play(tmp_path, scene)


def test_while_another_purchase_is_on_its_way_a_look_proves_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        world.provider.plays.append("waits")
        sale = await world.place(world.line(DEARER))
        buying = asyncio.create_task(world.register.sales.perform(sale.orders[0].id))
        await until(lambda: world.provider.sends == 4)
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT
        assert world.register.resolver.standing(order.id) is None
        with pytest.raises(NotAllowed, match="in_flight"):
            await world.register.resolver.ask_again(sale.orders[0].id)
        world.provider.answer_now.set()
        await buying
        assert (await after(world, order, seconds=20)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_card_by_email_has_no_books_and_is_not_looked_for(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        fence = world.provider.fence

        async def none() -> None:
            return None

        world.provider.fence = none
        order = await unanswered(world)
        world.provider.fence = fence
        looks = counted(world)
        await after(world, order, minutes=60)
        assert (await world.register.resolver.ask_again(order.id)).phase is Phase.SENT
        assert not looks

    play(tmp_path, scene)


def test_books_that_are_shown_no_more_prove_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)

        async def none(known: AbstractSet[str]) -> None:
            return None

        world.provider.rows = none
        assert (await after(world, order)).phase is Phase.SENT

    play(tmp_path, scene)


def test_whoever_looks_beside_it_is_told_why_nothing_is_decided(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        found = await world.register.settling.witnesses(order.id)
        assert found.look is not None
        judged = world.register.resolver.judged
        assert isinstance(await judged(order.id, found.look), FoundRow)
        await world.register.accounts.declare("played", exclusive=False, by=ANA)
        told = await judged(order.id, found.look)
        assert isinstance(told, ForAPerson)
        assert [why_a_person(reason) for reason in told.reasons] == ["Others may buy on this account too."]
        assert (await world.register.sales.order(order.id)).n == order.n
        sale = await world.place(world.line(DEARER))
        assert await judged(sale.orders[0].id, found.look) is None

    play(tmp_path, scene)


# --- turns --------------------------------------------------------------------------


def counted(world: World) -> list[int]:
    """Has every look counted from now on."""
    looks: list[int] = []
    rows = world.provider.rows

    async def count(known: AbstractSet[str]) -> Look | None:
        looks.append(len(known))
        return await rows(known)

    world.provider.rows = count
    return looks


@pytest.mark.logs
def test_a_bug_about_an_account_is_told_and_it_is_looked_at_again(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        rows = world.provider.rows

        async def broken(known: AbstractSet[str]) -> Look | None:
            raise RuntimeError(len(known))

        world.provider.rows = broken
        assert (await after(world, order)).phase is Phase.SENT
        world.provider.rows = rows
        assert (await after(world, order, minutes=10)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_an_order_is_looked_for_less_and_less_often(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.register.accounts.declare("played", exclusive=False, by=ANA)
        order = await unanswered(world)
        looks = counted(world)
        for _ in range(60 * 6):
            await after(world, order, seconds=10)
        # At once, and after 20 s, 1:20, 3:20, 8:20, 18:20, 33:20, 48:20.
        assert len(looks) == 8

    play(tmp_path, scene)


def test_a_company_that_asks_for_patience_is_given_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pos_app.resolver")

    async def scene(world: World) -> None:
        order, rows = await unanswered(world), world.provider.rows

        async def away(known: AbstractSet[str]) -> Look | None:
            raise NotTaken("too_many_requests", retry_after=600)

        world.provider.rows = away
        await after(world, order)
        world.provider.rows = rows
        assert (await after(world, order, minutes=9)).phase is Phase.SENT
        assert (await after(world, order, minutes=1)).phase is Phase.FULFILLED
        assert "played: not looked into its books: too_many_requests" in caplog.messages

    play(tmp_path, scene)


def test_a_company_out_of_reach_is_asked_again(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        world.provider.reachable = False
        await after(world, order)
        with pytest.raises(NotTaken, match="offline"):
            await world.register.resolver.ask_again(order.id)
        world.provider.reachable = True
        assert (await after(world, order, seconds=20)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_clock_that_was_set_back_does_not_stop_the_looking(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world, "lost_before")
        looks = counted(world)
        await after(world, order)
        await after(world, order, hours=-9)
        assert len(looks) == 2
        world.register.resolver.ask_anew()
        await after(world, order)
        assert len(looks) == 3

    play(tmp_path, scene)


def test_many_open_orders_are_served_by_one_look_and_few_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are: each is read once, the journal never as a whole."""

    # More may be open than one counter makes: those of before this rule.
    def free(*_order: object) -> None:
        """Nobody waits, and nothing pauses."""

    monkeypatch.setattr(Journal, "_take_lane", free)
    asked: list[int] = []
    run = Database.run

    async def counting(self: Database, fn: Callable[[Tx], Any]) -> Any:
        asked.append(1)
        return await run(self, fn)

    async def questions(world: World) -> int:
        await world.restart()
        looks = counted(world)
        with monkeypatch.context() as watching:
            watching.setattr(Database, "run", counting)
            asked.clear()
            await world.register.resolver.look()
        assert len(looks) == 1
        return len(asked)

    async def scene(world: World) -> None:
        for cost in range(3):
            await unanswered(world, "lost_before", replace(CARD, cost=Money(100 + cost, "USD")))
        few = await questions(world)
        for cost in range(20):
            await unanswered(world, "lost_before", replace(CARD, cost=Money(200 + cost, "USD")))
        assert await questions(world) <= few

    play(tmp_path, scene)


# --- asked for ----------------------------------------------------------------------


def test_a_person_need_not_wait_for_a_turn(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        resolver, provider = world.register.resolver, world.provider
        order = await unanswered(world, "lost_before")
        await resolver.look()
        provider.sell_now()
        assert (await resolver.ask_again(order.id)).phase is Phase.FULFILLED
        assert (await resolver.ask_again(order.id)).n == (await world.register.sales.order(order.id)).n
        provider.plays.append("late")
        late = await world.sell()
        provider.sold[late.provider_order_id or ""].shown = 1
        assert (await resolver.ask_again(late.id)).phase is Phase.FULFILLED
        late = await not_bought(world)
        provider.sell_now()
        assert (await resolver.ask_again(late.id)).reopened

    play(tmp_path, scene)


@pytest.mark.parametrize("ends_well", [True, False])
def test_who_asks_is_not_told_what_was_seen_before_it_was_sent(tmp_path: Path, *, ends_well: bool) -> None:
    async def scene(world: World) -> None:
        resolver, provider, work = world.register.resolver, world.provider, world.register.work
        await unanswered(world, "lost_before")
        rows, keep, keep_next = provider.rows, work.keep, work.keep_next
        may, wanted = asyncio.Event(), list[str]()

        async def seen_long_ago(known: AbstractSet[str]) -> Look | None:
            provider.rows = rows
            look = await rows(known)
            await may.wait()
            if not ends_well:
                raise NotTaken("offline")
            return look

        async def counted(name: str, fn: Any) -> Any:
            wanted.append(name)
            return await keep(name, fn)

        async def counted_next(name: str, fn: Any) -> Any:
            wanted.append(name)
            return await keep_next(name, fn)

        provider.rows = seen_long_ago
        work.keep = counted  # pyright: ignore[reportAttributeAccessIssue]
        work.keep_next = counted_next  # pyright: ignore[reportAttributeAccessIssue]
        looking = asyncio.create_task(resolver.look())
        await until(lambda: provider.rows is not seen_long_ago)
        order = await unanswered(world, "lost", DEARER)
        asking = asyncio.create_task(resolver.ask_again(order.id))
        await until(lambda: wanted.count(f"look {provider.account}") == 2)
        may.set()
        assert (await asyncio.wait_for(asking, 60)).phase is Phase.FULFILLED
        await looking

    play(tmp_path, scene)


@pytest.mark.parametrize(("what", "reason"), [("account", "other_account"), ("provider", "unknown_provider")])
def test_only_the_account_it_was_placed_on_is_asked(tmp_path: Path, what: str, reason: str) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world)
        if what == "account":
            world.provider.account = "account-2"
        else:
            world.connected = False
            await world.restart()
        with pytest.raises(PosError) as caught:
            await world.register.resolver.ask_again(order.id)
        assert caught.value.reason == reason
        assert (await after(world, order)).phase is Phase.SENT

    play(tmp_path, scene)


# --- the watch ----------------------------------------------------------------------


def test_what_turns_up_after_all_is_kept_and_nobody_s(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await not_bought(world)
        await world.restart()
        world.provider.sell_now()
        order = await after(world, order, hours=1)
        assert kinds(order)[-2:] == ["heard", "turned_up"]
        assert order.phase is Phase.NOT_BOUGHT
        assert order.reopened
        assert [card.last_four for card in order.parked_cards] == ["ABCD"]
        assert order.id in {waiting.order.id for waiting in await world.register.settling.waiting()}
        assert await world.register.journal.claimed("account-1", ["3"]) == {"3"}
        looks = counted(world)
        await after(world, order, hours=2)
        assert not looks, "there is nothing left to find"

    play(tmp_path, scene)


def test_codes_that_come_later_still_are_taken_in_too(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await not_bought(world)
        world.provider.sell_now().shown = 0
        order = await after(world, order, hours=1)
        assert order.reopened
        assert order.cards == ()
        n = order.n
        assert (await after(world, order, hours=1)).n == n, "nothing new is nothing to tell"
        world.provider.sold["3"].shown = 1
        order = await after(world, order, hours=1)
        assert len(order.parked_cards) == 1

    play(tmp_path, scene)


def test_the_watch_ends_after_a_fortnight(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await not_bought(world)
        looks = counted(world)
        for _ in range(14 * 24):
            await after(world, order, hours=1)
        assert 60 <= len(looks) <= 80
        world.provider.sell_now()
        assert not (await after(world, order, hours=6)).reopened

    play(tmp_path, scene)


@pytest.mark.parametrize("what", ["other card", "another's code", "gone", "none"])
def test_a_row_that_is_not_it_raises_no_alarm(tmp_path: Path, what: str) -> None:
    async def scene(world: World) -> None:
        order, provider = await not_bought(world), world.provider
        sold, fetch = provider.sell_now(), provider.fetch
        if what == "another's code":
            sold.codes = list(provider.sold["1"].codes)

        async def fetched(provider_order_id: str) -> Reply | None:
            reply = await fetch(provider_order_id)
            assert reply is not None
            return None if what == "none" else replace(reply, status=404) if what == "gone" else reply

        provider.fetch = fetched
        if what == "other card":
            read = provider.read_order

            def said(reply: Reply, purchase: Purchase) -> Bought | None:
                bought = read(reply, purchase)
                assert bought is not None
                return replace(bought, cards=tuple(replace(card, item="OTHER-1") for card in bought.cards))

            provider.read_order = said
        assert not (await after(world, order, hours=1)).reopened

    play(tmp_path, scene)


def test_where_others_may_buy_nothing_turns_up(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await not_bought(world)
        await world.register.accounts.declare("played", exclusive=False, by=ANA)
        world.provider.sell_now()
        assert not (await after(world, order, hours=1)).reopened

    play(tmp_path, scene)
