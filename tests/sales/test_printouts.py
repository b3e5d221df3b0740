"""Paper and its record: what was printed is written down, a dead printer costs no sale and no code."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from typing_extensions import override

from pos_app.errors import DeviceProblem, NotTaken, OutcomeUnknown, StoreProblem
from pos_app.orders.entries import AnyEntry, Printed, PrintFailed
from pos_app.orders.order import Order
from pos_app.printing import text
from pos_app.printing.document import Document
from pos_app.register import DATABASE
from pos_app.store.journal import Journal
from tests.world import CASHIER, KeepingPrinter, World


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def test_a_receipt_and_a_slip_for_each_card(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell(world.line(quantity=2))
        result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert (result.printed, result.where, result.problem) == (3, "kept", None)
        assert list(world.printer.papers) == ["03-000001-receipt", "03-000001-slip-1", "03-000001-slip-2"]
        order = await world.register.sales.order(order.id)
        assert order.printed_cards() == {card.id for card in order.handed_cards}

    play(tmp_path, scene)


def test_what_is_out_for_certain_is_not_printed_again_for_the_asking(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        for again, papers in ((True, 2), (True, 0), (False, 0)):
            result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER, again=again)
            assert (result.printed, result.problem) == (papers, None)
        assert list(world.printer.papers) == ["03-000001-receipt", "03-000001-slip-1"]

    play(tmp_path, scene)


def test_two_presses_at_once_print_once(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        printing = [world.register.printouts.print_sale(order.placed.sale.id, CASHIER) for _ in range(3)]
        await asyncio.gather(*printing)
        assert len(world.printer.papers) == 2

    play(tmp_path, scene)


def test_a_dead_printer_is_told_before_and_costs_nothing_after(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.printer.trouble = DeviceProblem("can_not_write")
        state = await world.register.printouts.ready()
        assert not state.ok
        order = await world.sell()
        result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert result.printed == 0
        assert result.problem is not None
        order = await world.register.sales.order(order.id)
        assert order.entries[-1].kind == "print_failed"
        assert order.printed_cards() == frozenset()
        card = await world.register.sales.reveal(order.id, order.handed_cards[0].id, CASHIER)
        assert card.code.startswith("TEST")
        world.printer.trouble = None
        result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert result.printed == 2
        assert "03-000001-slip-1" in world.printer.papers

    play(tmp_path, scene)


def test_not_confirmed_prints_a_pending_slip_and_no_card(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("lost")
        sale = await world.place()
        with pytest.raises(OutcomeUnknown):
            await world.register.sales.perform(sale.orders[0].id)
        await world.register.printouts.print_sale(sale.head.id, CASHIER)
        assert list(world.printer.papers) == ["03-000001-receipt", "03-000001-pending-1"]
        assert world.printer.papers["03-000001-pending-1"].kind == "pending"

    play(tmp_path, scene)


def test_a_sale_of_two_orders_counts_its_slips_through(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sale = await world.place(world.line(quantity=2), world.email_line(), world.line())
        for order in sale.orders:
            await world.register.sales.perform(order.id)
        await world.register.printouts.print_sale(sale.head.id, CASHIER)
        slips = [stem for stem in world.printer.papers if "slip" in stem]
        assert slips == ["03-000001-slip-1", "03-000001-slip-2", "03-000001-slip-3"]

    play(tmp_path, scene)


def test_one_order_not_reached_does_not_hold_up_the_other(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.extend(["not_reached", "yes"])
        sale = await world.place(world.line(), world.line())
        with pytest.raises(NotTaken):
            await world.register.sales.perform(sale.orders[0].id)
        await world.register.sales.perform(sale.orders[1].id)
        result = await world.register.printouts.print_sale(sale.head.id, CASHIER)
        assert result.printed == 2
        await world.register.sales.perform(sale.orders[0].id)
        result = await world.register.printouts.print_sale(sale.head.id, CASHIER)
        assert result.printed == 2, "the slip, and a receipt that tells of it"

    play(tmp_path, scene)


@dataclass
class FaultyPrinter(KeepingPrinter):
    """Has a fault of ours: it raises what no printer should, when the paper is out."""

    fault: Exception | None = None

    @override
    async def print(self, document: Document, stem: str) -> None:
        await super().print(document, stem)
        if self.fault is not None:
            raise self.fault


def custody(order: Order) -> list[tuple[str, str, bool]]:
    """What the journal says of each paper: the entry's kind, which paper, and whether it may be out."""
    return [
        (entry.kind, entry.document, isinstance(entry, Printed) or entry.maybe)
        for entry in order.entries
        if isinstance(entry, Printed | PrintFailed)
    ]


@pytest.mark.parametrize("fault", [RuntimeError("a fault"), OSError(113, "No route to host"), ValueError()])
def test_whatever_a_printer_raises_the_paper_may_be_out(tmp_path: Path, fault: Exception) -> None:
    async def run() -> None:
        world = World(tmp_path)
        world.printer = printer = FaultyPrinter(fault=fault)
        async with world:
            order = await world.sell()
            sale = order.placed.sale.id
            with pytest.raises(type(fault)):
                await world.register.printouts.print_sale(sale, CASHIER)
            order = await world.register.sales.order(order.id)
            assert custody(order) == [("print_failed", "receipt", True)]
            printer.fault = None
            assert (await world.register.printouts.print_sale(sale, CASHIER)).printed == 1
            assert (await world.register.printouts.print_sale(sale, CASHIER, again=True)).printed == 1
        assert list(printer.papers) == [
            "03-000001-receipt",
            "03-000001-slip-1",
            "03-000001-receipt-copy-1",
        ]
        assert "DUPLICATE No. 1" in text.render(printer.papers["03-000001-receipt-copy-1"], 42)

    asyncio.run(run())


class FullDisk:
    """Lets the journal take `room` entries more about papers, and then none until there is room again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room: float = room
        add = Journal.add_once

        async def add_while_there_is_room(
            journal: Journal, order_id: str, entry_id: str, build: Callable[[Order], AnyEntry]
        ) -> Order:
            if self.room <= 0:
                raise StoreProblem("full")
            self.room -= 1
            return await add(journal, order_id, entry_id, build)

        monkeypatch.setattr(Journal, "add_once", add_while_there_is_room)


def test_a_paper_the_full_disk_knows_nothing_of_is_never_an_original_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        other = await world.sell()
        disk = FullDisk(monkeypatch, room=1)
        sale = order.placed.sale.id
        for again in (False, True, False):
            with pytest.raises(StoreProblem):
                await world.register.printouts.print_sale(sale, CASHIER, again=again)
        with pytest.raises(StoreProblem):
            await world.register.printouts.print_sale(other.placed.sale.id, CASHIER)
        assert (await world.register.printouts.ready()).ok
        assert list(world.printer.papers) == ["03-000001-receipt", "03-000001-slip-1"]
        assert custody(await world.register.sales.order(order.id)) == [("printed", "receipt", True)]

        printed_at = world.clock()
        world.clock.turn(minutes=5)
        disk.room = float("inf")
        assert (await world.register.printouts.print_sale(sale, CASHIER)).printed == 0
        order = await world.register.sales.order(order.id)
        assert custody(order) == [("printed", "receipt", True), ("printed", "slip", True)]
        assert order.entries[-1].at == printed_at, "when it was, not when it could be written"
        await world.register.printouts.reprint(sale, "Ana", full=True, reason="torn")
        assert "03-000001-slip-1-copy-1" in world.printer.papers

    play(tmp_path, scene)


def test_no_paper_is_begun_that_could_not_be_written_down(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        sale = order.placed.sale.id
        with closing(sqlite3.connect(tmp_path / DATABASE)) as store:
            store.execute("ALTER TABLE fact RENAME TO broken")
            for again in (False, True):
                with pytest.raises(StoreProblem):
                    await world.register.printouts.print_sale(sale, CASHIER, again=again)
            store.execute("ALTER TABLE broken RENAME TO fact")
        assert world.printer.papers == {}
        assert custody(await world.register.sales.order(order.id)) == []
        assert (await world.register.printouts.print_sale(sale, CASHIER)).printed == 2
        assert list(world.printer.papers) == ["03-000001-receipt", "03-000001-slip-1"]

    play(tmp_path, scene)


def test_what_could_not_be_written_is_when_the_next_customer_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        world = World(tmp_path)
        world.printer = printer = FaultyPrinter(fault=RuntimeError("a fault"))
        async with world:
            order = await world.sell()
            disk = FullDisk(monkeypatch, room=0)
            with pytest.raises(RuntimeError):
                await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
            disk.room, printer.fault = float("inf"), None
            assert (await world.register.printouts.ready()).ok
            order = await world.register.sales.order(order.id)
            assert custody(order) == [("print_failed", "receipt", True)]

    asyncio.run(run())
