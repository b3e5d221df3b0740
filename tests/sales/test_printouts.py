"""Paper and its record: what was printed is written down, a dead printer costs no sale and no code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import DeviceProblem, NotTaken, OutcomeUnknown
from tests.world import CASHIER, World


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


def test_printing_again_is_a_duplicate_with_its_number(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        for _ in range(3):
            await world.register.printouts.print_sale(order.placed.sale.id, CASHIER, again=True)
        # By itself nothing is repeated.
        assert (await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)).printed == 0
        assert list(world.printer.papers) == [
            "03-000001-receipt",
            "03-000001-slip-1",
            "03-000001-receipt-copy-1",
            "03-000001-slip-1-copy-1",
            "03-000001-receipt-copy-2",
            "03-000001-slip-1-copy-2",
        ]

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
