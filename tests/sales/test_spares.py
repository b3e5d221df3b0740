"""Cards that are the shop's own: sold before any is bought, each once, and never somebody else's."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed, OutcomeUnknown
from pos_app.money import Money
from pos_app.orders.cards import Card
from pos_app.orders.entries import GivenOn, Supplied, TurnedUp
from pos_app.orders.notes import Restored
from pos_app.orders.order import Order, Phase
from pos_app.printing.document import Document
from pos_app.settling import Confirmed
from tests.played_provider import CARD
from tests.sales.verdicts import lost, refused
from tests.world import CASHIER, World

ANA, WHY = "Ana", "the company says that it is ours"
OTHER = replace(CARD, item="ACME-50")


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


async def spare(world: World, quantity: int = 1) -> Order:
    """An order whose cards nobody has seen and whose money the customer has back: they are spare."""
    order = await world.sell(world.line(quantity=quantity))
    return await world.register.refunds.give_back(order.id, ANA, evidence=WHY)


async def codes(world: World, order: Order) -> list[str]:
    reveal = world.register.sales.reveal
    return [(await reveal(order.id, card.id, CASHIER)).code for card in order.handed_cards]


def test_a_spare_card_is_sold_before_one_is_bought(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        source = await spare(world)
        sent = world.provider.sends
        order = await world.sell()
        assert (order.phase, world.provider.sends) == (Phase.FULFILLED, sent)
        taken = order.entries[-1]
        assert isinstance(taken, Supplied)
        assert taken.sources == ((source.id, "1"),)
        assert await codes(world, order) == ["TEST-0001-0001-ABCD"]
        given = await world.register.sales.order(source.id)
        entry = given.entries[-1]
        assert isinstance(entry, GivenOn)
        assert (entry.card, entry.to, given.gone) == ("1", order.id, {"1"})
        assert await world.register.spares.list() == ()
        bought = await world.sell()
        assert (world.provider.sends, await codes(world, bought)) == (sent + 1, ["TEST-0002-0001-ABCD"])
        printed = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert printed.problem is None

    play(tmp_path, scene)


def test_spare_cards_stand_for_a_whole_order_or_for_none(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        orders = [await world.sell(world.line(quantity=2)), await world.sell()]
        for order in orders:
            await world.register.refunds.give_back(order.id, ANA, evidence=WHY)
        sent = world.provider.sends
        four = await world.sell(world.line(quantity=4))
        assert world.provider.sends == sent + 1
        assert len(await codes(world, four)) == 4
        three = await world.sell(world.line(quantity=3))
        assert world.provider.sends == sent + 1
        assert await codes(world, three) == [
            "TEST-0001-0001-ABCD",
            "TEST-0001-0002-ABCD",
            "TEST-0002-0001-ABCD",
        ]

    play(tmp_path, scene)


def test_another_item_another_value_and_a_card_by_email_take_none(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await spare(world)
        sent = world.provider.sends
        await world.sell(world.line(OTHER))
        await world.sell(world.line(replace(CARD, face=Money(3000, "USD"))))
        await world.sell(world.email_line())
        assert world.provider.sends == sent + 3
        assert [one.sellable for one in await world.register.spares.list()] == [True]

    play(tmp_path, scene)


def test_two_registers_never_take_the_same_card(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await spare(world)
        sent = world.provider.sends
        other = await world.open(exclusive=False)
        orders = [(await world.place()).orders[0].id for _ in range(2)]
        sold = await asyncio.gather(world.register.sales.perform(orders[0]), other.sales.perform(orders[1]))
        assert world.provider.sends == sent + 1
        assert len({*await codes(world, sold[0]), *await codes(world, sold[1])}) == 2
        await other.close()

    play(tmp_path, scene)


def held_slips(world: World) -> tuple[asyncio.Event, asyncio.Event]:
    """Have slips wait in the printer: set once one has begun, and to be set for it to go on."""
    began, go_on, print_ = asyncio.Event(), asyncio.Event(), world.printer.print

    async def slowly(document: Document, stem: str) -> None:
        if "slip" in stem:
            began.set()
            await go_on.wait()
        await print_(document, stem)

    world.printer.print = slowly
    return began, go_on


def test_while_a_code_is_on_its_way_to_paper_its_money_stays(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order, register = await world.sell(), world.register
        began, go_on = held_slips(world)
        printing = asyncio.create_task(register.printouts.print_sale(order.placed.sale.id, CASHIER))
        await began.wait()
        assert (await register.refunds.asked(order.id)).why_not == "in_flight"
        await refused("in_flight", register.refunds.give_back(order.id, ANA, evidence=WHY))
        go_on.set()
        await printing
        await refused("only_as_loss", register.refunds.give_back(order.id, ANA, evidence=WHY))

    play(tmp_path, scene)


def test_a_card_that_came_on_paper_at_another_till_meanwhile_is_sold_to_nobody(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        other = await world.open(exclusive=False)
        began, go_on = held_slips(world)
        printing = asyncio.create_task(other.printouts.print_sale(order.placed.sale.id, CASHIER))
        await began.wait()
        paid_back = await world.register.refunds.give_back(order.id, ANA, evidence=WHY)
        assert paid_back.spare == {"1"}
        go_on.set()
        await printing
        assert [one.sellable for one in await world.register.spares.list()] == [False]
        sent = world.provider.sends
        await world.sell()
        assert world.provider.sends == sent + 1
        await other.close()

    play(tmp_path, scene)


@pytest.mark.parametrize("minutes", [5, -120])
def test_what_a_life_that_was_lost_may_have_sold_waits_for_a_manager(tmp_path: Path, minutes: int) -> None:
    """Also where the clock of the machine it was put back on is behind: places count, not times."""

    async def scene(world: World) -> None:
        journal, claims, spares = world.register.journal, world.register.claims, world.register.spares
        source = await spare(world)
        world.clock.jump(minutes=minutes)
        await journal.begin_life(
            lambda head: Restored(**head, how="backup", incarnation="2"),
            lambda _tx, _note, _counter: None,
            ANA,
        )
        world.clock.jump(minutes=5 - minutes)
        assert [one.sellable for one in await spares.list()] == [False]
        sent = world.provider.sends
        await world.sell()
        assert world.provider.sends == sent + 1
        number = await claims.open(source.id, "spare_card", by=ANA, evidence=WHY, cards=["1"])
        await claims.close(number, "refused", by=ANA, evidence="it is ours, and was never sold")
        assert [one.sellable for one in await spares.list()] == [True]
        await world.sell()
        assert (world.provider.sends, await spares.list()) == (sent + 1, ())
        await spare(world)
        assert [one.sellable for one in await spares.list()] == [True]

    play(tmp_path, scene)


def test_a_card_that_a_look_showed_without_its_pin_is_sold_to_nobody(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        register, world.provider.now = world.register, world.clock
        world.provider.plays.extend(("with_pins", "lost_before"))
        await world.sell()
        order = (await world.place()).orders[0]
        with pytest.raises(OutcomeUnknown):
            await register.sales.perform(order.id)
        world.clock.turn(minutes=40)
        await register.settling.not_bought(order.id, WHY, ANA)
        await register.sales.refund(order.id, CASHIER)
        await register.accounts.declare("played", exclusive=True, by=ANA)
        world.provider.sell_now()
        world.clock.turn(hours=2)
        await register.resolver.look()
        await register.spares.make_spare(order.id, ["1"], ANA, WHY)
        assert [one.sellable for one in await register.spares.list()] == [False]
        sent = world.provider.sends
        await world.sell()
        assert world.provider.sends == sent + 1

    play(tmp_path, scene)


def test_what_nobody_ordered_is_parked_also_behind_cards_that_are_spare(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell(world.line(quantity=2))
        await world.register.refunds.give_back(order.id, ANA, evidence=WHY)
        sold = world.provider.sold["1"]
        sold.codes.append({"code": "TEST-9999-0009-ABCD"})
        for shown, phase in ((1, Phase.CODES_PENDING), (3, Phase.FULFILLED)):
            sold.shown = shown
            order = await world.register.resolver.ask_for_codes(order.id)
            assert order.phase is phase
        assert (order.spare, [card.id for card in order.parked_cards]) == ({"1", "2"}, ["3"])

    play(tmp_path, scene)


@pytest.mark.logs
def test_a_spare_card_nobody_can_open_keeps_none_from_being_bought(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        source = await spare(world)
        with closing(sqlite3.connect(world.folder / "countercard.db")) as connection:
            sql = "UPDATE order_key SET wrapped = 'AAAA' WHERE order_id = ?"
            assert connection.execute(sql, (source.id,)).rowcount == 1
            connection.commit()
        sent = world.provider.sends
        assert (await world.sell()).phase is Phase.FULFILLED
        assert world.provider.sends == sent + 1

    play(tmp_path, scene)


def test_who_was_quicker_has_the_order_too(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await spare(world)
        order = (await world.place()).orders[0]
        await world.register.sales.withdraw(order.id, CASHIER)
        with pytest.raises(NotAllowed, match="already_sent"):
            await world.register.spares.supply(order)
        assert [one.standing for one in await world.register.spares.list()] == ["spare"]

    play(tmp_path, scene)


def test_a_parked_card_without_its_pin_is_sold_to_nobody_though_the_customer_s_is_complete(
    tmp_path: Path,
) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("with_pins")
        await world.sell()
        world.provider.cards.append([{"code": "TEST-9999-8888-0001"}, {"code": "TEST-9999-8888-0002"}])
        order = await lost(world)
        world.clock.turn(minutes=40)
        settling = world.register.settling
        checked: tuple[Confirmed, ...] = ("item_not_told", "other_amount")
        await settling.bought_by_number(order.id, "2", WHY, ANA, confirmed=checked)
        await settling.bought_by_codes(order.id, (Card("TEST-9999-8888-0001", "1234"),), WHY, ANA)
        after = await world.register.spares.make_spare(order.id, ["2"], ANA, WHY)
        assert after.phase is Phase.FULFILLED
        assert [lying.sellable for lying in await world.register.spares.list()] == [False]

    play(tmp_path, scene)


@pytest.mark.parametrize("spelled", ["-", " ", ""])
def test_a_code_that_came_as_two_items_is_made_spare_by_nobody(tmp_path: Path, spelled: str) -> None:
    async def scene(world: World) -> None:
        other = replace(CARD, item="ACME-GIFT", name="Acme gift")
        code = {"code": "TEST-9999-8888-7777", "pin": "4711"}
        world.provider.cards.append([code])
        await world.sell()
        # The company groups it as it likes.
        code["code"] = code["code"].replace("-", spelled)
        world.provider.cards.append([code, {"code": "TEST-1111-2222-3333", "pin": "4712"}])
        order = await world.sell(world.line(other))
        (parked,) = order.parked_cards
        await refused("code_seen_before", world.register.spares.make_spare(order.id, [parked.id], ANA, WHY))

    play(tmp_path, scene)


def test_a_card_without_its_pin_or_without_a_key_is_not_sold(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await spare(world)
        register = world.register

        def forget(tx: object) -> None:
            tx.execute("DELETE FROM order_key WHERE order_id = ?", (order.id,))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]

        await register.journal._database.run(forget)  # pyright: ignore[reportPrivateUsage]  as a purge leaves it
        sent = world.provider.sends
        await world.sell()
        assert world.provider.sends == sent + 1

    play(tmp_path, scene)


def test_parked_cards_are_made_spare_by_a_manager(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("doubled")
        order = await world.sell()
        spares = world.register.spares
        (lying,) = await spares.list()
        assert (lying.order_id, lying.card_id, lying.standing, lying.sellable) == (
            order.id,
            "2",
            "parked",
            False,
        )
        assert (lying.masked, lying.flags) == ("••••-••••-••••-ABCD", ("more_cards",))
        assert (lying.brand, lying.claim, lying.provider_order_no) == ("Acme Games", "", "NO-1")
        await refused("not_parked", spares.make_spare(order.id, [], ANA, WHY))
        await refused("not_parked", spares.make_spare(order.id, ["1"], ANA, WHY))
        await refused("not_a_manager", spares.make_spare(order.id, ["2"], "", WHY))
        await refused("needs_evidence", spares.make_spare(order.id, ["2"], ANA, " "))
        await refused("code_in_evidence", spares.make_spare(order.id, ["2"], ANA, "TEST00010002ABCD"))
        after = await spares.make_spare(order.id, ["2", "2"], ANA, WHY)
        assert [card.id for card in after.spare_cards] == ["2"]
        sent = world.provider.sends
        sold = await world.sell()
        assert (world.provider.sends, await codes(world, sold)) == (sent, ["TEST-0001-0002-ABCD"])

    play(tmp_path, scene)


def test_a_card_somebody_has_is_never_made_spare(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        same, spelled = {"code": "TEST-SAME-0001-ABCD"}, {"code": "TESTSAME 0001 ABCD"}
        world.provider.cards.extend([[same], [spelled], [same, same]])
        await world.sell()
        second = await world.sell()
        assert (second.phase, second.flags) == (Phase.CODES_PENDING, ("code_seen_before",))
        third = await world.sell(world.line(OTHER))
        assert [card.parked for card in third.cards] == [True, True]
        spares = world.register.spares
        await refused("code_seen_before", spares.make_spare(second.id, ["1"], ANA, WHY))
        await refused("code_seen_before", spares.make_spare(third.id, ["1"], ANA, WHY))

    play(tmp_path, scene)


def test_a_card_that_turned_up_is_the_shops_when_the_customer_has_the_money(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        register = world.register
        order = await lost(world)
        await register.settling.not_bought(order.id, "not in the list", ANA, confirmed=["too_early"])
        donor = await world.sell(world.line(OTHER))
        journal = register.journal
        key = await journal.key(order.id)
        current = await register.sales.order(order.id)
        clear = await register.sales.reveal(donor.id, "1", CASHIER)
        strange = replace(clear, code="TEST-LATE-0001-ABCD")
        intake = register.settling._intake  # pyright: ignore[reportPrivateUsage]
        card = replace(intake._seal(current, key, strange, "1", parked=True))  # pyright: ignore[reportPrivateUsage]
        head = journal.head(current, "countercard")
        await journal.append(current, TurnedUp(**head, word="yes", provider_order_id="9", cards=(card,)))
        spares = register.spares
        await refused("money_owed", spares.make_spare(order.id, ["1"], ANA, WHY))
        await register.refunds.give_back(order.id, CASHIER)
        after = await spares.make_spare(order.id, ["1"], ANA, WHY)
        assert (after.phase, [one.id for one in after.spare_cards]) == (Phase.NOT_BOUGHT, ["1"])
        sold = await world.sell()
        assert await codes(world, sold) == ["TEST-LATE-0001-ABCD"]

    play(tmp_path, scene)
