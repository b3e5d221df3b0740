"""A store that was put back does not know what the life that was lost handed over, printed or paid back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed
from pos_app.orders.order import Order, Phase
from pos_app.printing.text import render
from pos_app.register import DATABASE, Register
from pos_app.store.backup import copy_to, put_in_place, take
from tests.played_provider import Play
from tests.world import CASHIER, World, until

pytestmark = pytest.mark.logs
"""A store that has fewer lines than it is known to have had is told of in the log."""

ANA = "Ana"
WHY = "she was here, and has no card"


class Shelf:
    """Keeps a copy of a store, and puts it back as somebody with a file manager would."""

    def __init__(self, world: World, folder: Path, copy: Path | None = None) -> None:
        self._world, self._copy = world, folder / "copy.db"
        copy_to(copy or world.folder / DATABASE, self._copy)

    async def put_back(self) -> Register:
        """Open the till over the copy; papers that came out in the life that is lost stay where they are."""
        world = self._world
        # So that the life that is lost has a line of its own.
        await world.register.accounts.declare("played", exclusive=False, by=ANA)
        await world.register.high_water.keep()
        await world.pull_the_plug()
        for ending in ("-wal", "-shm"):
            (world.folder / f"{DATABASE}{ending}").unlink(missing_ok=True)
        put_in_place(self._copy, world.folder / DATABASE)
        world.printer.papers.clear()
        register = await world.open()
        assert register.new_life == "rolled_back"
        return register


def play(tmp_path: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        folder = tmp_path / "store"
        folder.mkdir()
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


async def sold(world: World, how: Play) -> Order:
    """An order of which the company answered so."""
    world.provider.plays.append(how)
    return await world.sell()


def test_a_slip_the_lost_life_may_have_printed_is_a_duplicate_and_printed_for_a_person_only(
    tmp_path: Path,
) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        sale_id = order.placed.sale.id
        shelf = Shelf(world, tmp_path)
        await world.register.printouts.print_sale(sale_id, CASHIER)
        register = await shelf.put_back()
        await register.printouts.print_sale(sale_id, CASHIER)
        assert list(world.printer.papers) == ["03-000001-receipt"]
        await register.printouts.print_sale(sale_id, CASHIER, again=True)
        assert "DUPLICATE" in render(world.printer.papers["03-000001-slip-1-copy-1"], 42)
        assert (await register.sales.order(order.id)).copies("slip") == 1

    play(tmp_path, scene)


def test_codes_the_lost_life_had_too_are_sold_to_nobody_and_paid_back_as_a_loss(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await sold(world, "late")
        shelf = Shelf(world, tmp_path)
        world.provider.sold["1"].shown = 1
        order = await world.register.resolver.ask_for_codes(order.id)
        await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        register = await shelf.put_back()
        order = await register.resolver.ask_for_codes(order.id)
        assert order.phase is Phase.FULFILLED
        assert (await register.refunds.asked(order.id)).needs == "manager_as_loss"
        with pytest.raises(NotAllowed, match="only_as_loss"):
            await register.refunds.give_back(order.id, ANA, evidence=WHY)
        await register.refunds.give_back(order.id, ANA, evidence=WHY, loss=True)

    play(tmp_path, scene)


def test_codes_that_come_for_what_was_paid_back_since_are_spare_and_not_sold_until_somebody_names_them(
    tmp_path: Path,
) -> None:
    async def scene(world: World) -> None:
        order = await sold(world, "late")
        register = await Shelf(world, tmp_path).put_back()
        await register.refunds.give_back(order.id, ANA, evidence=WHY)
        world.provider.sold["1"].shown = 1
        await register.resolver.ask_for_codes(order.id)
        assert [lying.sellable for lying in await register.spares.list()] == [False]
        bought = await world.sell()
        assert [entry.kind for entry in bought.entries][1] == "sent"
        number = await register.claims.open(order.id, "spare_card", by=ANA, evidence="unused", cards=["1"])
        await register.claims.close(number, "refused", by=ANA, evidence="it is ours, and was never used")
        supplied = await world.sell()
        assert [entry.kind for entry in supplied.entries][1] == "supplied"

    play(tmp_path, scene)


def test_what_is_sent_in_the_new_life_alone_is_as_ever(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        waiting = (await world.place()).orders[0]
        turned_away = (await world.place()).orders[0]
        world.provider.plays.append("turned_away")
        with pytest.raises(Exception, match="too_many_requests"):
            await world.register.sales.perform(turned_away.id)
        register = await Shelf(world, tmp_path).put_back()
        for order in (waiting, turned_away):
            await register.sales.approve(order.id, ANA, "the list does not show it")
            after = await register.sales.perform(order.id, sell_anyway=True)
            await register.printouts.print_sale(after.placed.sale.id, CASHIER)
        assert sorted(world.printer.papers) == [
            *("03-000001-receipt", "03-000001-slip-1"),
            *("03-000002-receipt", "03-000002-slip-1"),
        ]

    play(tmp_path, scene)


def test_money_that_was_owed_before_is_not_given_back_by_a_cashier_alone(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await sold(world, "refused")
        shelf = Shelf(world, tmp_path)
        await world.register.sales.refund(order.id, CASHIER)
        register = await shelf.put_back()
        assert (await register.refunds.asked(order.id)).needs == "manager"
        with pytest.raises(NotAllowed, match="nothing_to_refund"):
            await register.sales.refund(order.id, CASHIER)
        after = await register.refunds.give_back(order.id, ANA, evidence="no slip says that it was paid")
        assert after.money_owed is None
        later = await sold(world, "refused")
        assert (await register.refunds.asked(later.id)).needs == "simple"

    play(tmp_path, scene)


def test_an_order_whose_key_went_out_of_the_copy_is_decided_about_all_the_same(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.sell()
        world.provider.plays.append("waits")
        sale = await world.place()
        order_id = sale.orders[0].id
        buying = asyncio.create_task(world.register.sales.perform(order_id))
        await until(lambda: world.provider.sends == 2)
        copy = take(world.folder / DATABASE, world.clock())
        world.provider.answer_now.set()
        await buying
        await world.register.printouts.print_sale(sale.head.id, CASHIER)
        await world.register.purging.by_hand(order_id, ANA, "she asked for it")
        register = await Shelf(world, tmp_path, copy.path).put_back()
        world.clock.turn(hours=1)
        assert (await register.settling.wait(order_id, "asked the company", ANA)).phase is Phase.SENT
        assert (await register.settling.not_bought(order_id, WHY, ANA)).phase is Phase.NOT_BOUGHT

    play(tmp_path, scene)


def test_a_damaged_line_about_the_new_life_keeps_nothing_from_being_printed_or_paid_back(
    tmp_path: Path,
) -> None:
    async def scene(world: World) -> None:
        order, owed = await world.sell(), await sold(world, "refused")
        register = await Shelf(world, tmp_path).put_back()
        with closing(sqlite3.connect(world.folder / DATABASE)) as store, store:
            store.execute("DROP TRIGGER entry_is_written_once")
            store.execute("UPDATE entry SET body = '{' WHERE kind = 'restored'")
        printed = await register.printouts.print_sale(order.placed.sale.id, CASHIER, again=True)
        assert ("slip", (order.id,), ("1",)) in printed.out
        assert (await register.sales.order(order.id)).copies("slip") == 1
        assert (await register.refunds.asked(owed.id)).needs == "manager"

    play(tmp_path, scene)
