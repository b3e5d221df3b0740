"""From the sale into the journal through cables and queues: whatever may be on paper has its line."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from pos_app.orders.entries import Printed, PrintFailed
from pos_app.orders.order import Order
from pos_app.printing import escpos
from pos_app.printing.cabled import CabledPrinter, CablePatience
from pos_app.printing.cups import CupsSpooler
from pos_app.printing.device_file import open_device
from pos_app.printing.devices import Printer
from pos_app.printing.system_queue import Forms, QueuePatience, QueuePrinter
from tests.printer_simulator import PrinterSimulator
from tests.printing.cable_simulator import CableSimulator
from tests.printing.cups_server import CupsServer, needs_cups
from tests.printing.test_paper_cups import PausedSince
from tests.world import CASHIER, World

RAW: Final = partial(escpos.render, profile="TM-T88V", columns=42)
CABLE: Final = CablePatience(60, 60, 60, 60)
QUEUE: Final = QueuePatience(60, 60, 0.02, 60)


def forms() -> Forms:
    return Forms(raw=RAW, text=RAW, pdf=None, check=lambda: None)


def custody(order: Order) -> list[tuple[str, str]]:
    """What the journal says of each paper: which one, and its copy's number or why it failed."""
    return [
        (
            entry.document,
            f"copy {entry.copy_no}"
            if isinstance(entry, Printed)
            else f"{'maybe' if entry.maybe else 'no'}: {entry.reason}",
        )
        for entry in order.entries
        if isinstance(entry, Printed | PrintFailed)
    ]


def play(folder: Path, scene: Callable[[AsyncExitStack, World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with AsyncExitStack() as stack:
            await scene(stack, World(folder))

    asyncio.run(run())


async def printed(world: World, printer: Printer, order: Order, *, again: bool = False) -> Order:
    """The order after its sale was printed on `printer`."""
    register = world.register
    register.printouts.use(printer, register.settings.shop)
    await register.printouts.print_sale(order.placed.sale.id, CASHIER, again=again)
    return await register.sales.order(order.id)


@pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")
def test_a_cable_that_is_pulled_in_the_middle_makes_the_next_one_a_duplicate(tmp_path: Path) -> None:
    async def scene(stack: AsyncExitStack, world: World) -> None:
        device = await stack.enter_async_context(CableSimulator(fate="unplug"))
        spare = await stack.enter_async_context(CableSimulator())
        await stack.enter_async_context(world)
        order = await world.sell()

        def at(path: str) -> Printer:
            return CabledPrinter(path, partial(open_device, path), RAW, lambda: None, patience=CABLE)

        after = await printed(world, at(device.path), order)
        assert custody(after) == [("receipt", "maybe: connection_lost")]
        assert after.not_handed_over
        after = await printed(world, at(spare.path), order, again=True)
        assert custody(after)[1:] == [("receipt", "copy 1"), ("slip", "copy 0")]
        assert not after.not_handed_over
        assert len(spare.jobs) == 2

    play(tmp_path, scene)


@needs_cups
def test_a_paper_taken_out_of_a_queue_in_time_is_an_original_later(tmp_path: Path) -> None:
    async def scene(stack: AsyncExitStack, world: World) -> None:
        cups = await stack.enter_async_context(CupsServer())
        device = await stack.enter_async_context(PrinterSimulator())
        await stack.enter_async_context(world)
        cups.add("till", device.port)
        cups.admin("cupsdisable", "till")
        order = await world.sell()
        held = QueuePrinter("till", PausedSince(cups.socket), forms(), patience=replace(QUEUE, finish=0.3))
        after = await printed(world, held, order)
        assert custody(after) == [("receipt", "no: queue_held")]
        cups.admin("cupsenable", "till")
        queue = QueuePrinter("till", CupsSpooler(cups.socket), forms(), patience=QUEUE)
        after = await printed(world, queue, order)
        assert custody(after)[1:] == [("receipt", "copy 0"), ("slip", "copy 0")]
        assert len(device.jobs) == 2, "what was taken out never came"
        assert cups.kept == []

    play(tmp_path, scene)


@needs_cups
def test_a_paper_a_printer_behind_a_queue_began_with_is_never_an_original_again(tmp_path: Path) -> None:
    async def scene(stack: AsyncExitStack, world: World) -> None:
        cups = await stack.enter_async_context(CupsServer())
        away = await stack.enter_async_context(PrinterSimulator())
        device = await stack.enter_async_context(PrinterSimulator())
        away.switch_off()
        await stack.enter_async_context(world)
        cups.add("till", away.port)
        order = await world.sell()
        spooler = CupsSpooler(cups.socket)
        brief = QueuePrinter("till", spooler, forms(), patience=replace(QUEUE, finish=0.5))
        after = await printed(world, brief, order)
        assert custody(after) == [("receipt", "maybe: queue_gave_up")]
        cups.add("till", device.port)
        queue = QueuePrinter("till", spooler, forms(), patience=QUEUE)
        after = await printed(world, queue, order)
        assert custody(after)[1:] == [("slip", "copy 0")], "by itself only what was never tried"
        after = await printed(world, queue, order, again=True)
        assert custody(after)[2:] == [("receipt", "copy 1")]
        assert len(device.jobs) == 2

    play(tmp_path, scene)
