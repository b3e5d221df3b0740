"""After a failure a sale is printed through another printer; and the drawer, opened once for cash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.orders.custody import custody
from pos_app.orders.entries import Printed, PrintFailed
from pos_app.orders.order import Order
from pos_app.printing.devices import FilePrinter, Printer
from pos_app.printing.document import Document
from pos_app.printing.spooling import Found
from pos_app.printing.ways import other_ways
from pos_app.printouts import Printouts
from pos_app.settings import Paper, Shop
from tests.world import CASHIER, KeepingPrinter, World

QUEUE = Paper(printer="queue", queue="office")


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def told(order: Order) -> list[tuple[str, str, int | str]]:
    """What the journal says of each paper: which, where, and its copy's number or why it failed."""
    return [
        (entry.document, entry.printer, entry.copy_no if isinstance(entry, Printed) else entry.reason)
        for entry in order.entries
        if isinstance(entry, Printed | PrintFailed)
    ]


def others(world: World, printer: Printer | None) -> None:
    world.register.printouts.others_by(lambda paper: printer if paper == QUEUE else None, Paper)


def titles(printer: KeepingPrinter) -> list[str]:
    return list(printer.papers)


@pytest.mark.parametrize(("reason", "copy"), [("no_paper", 0), ("connection_lost", 1)])
def test_what_failed_comes_out_elsewhere_and_says_duplicate_if_it_may_be_out(
    tmp_path: Path, reason: str, copy: int
) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        sale_id = order.placed.sale.id
        printouts = world.register.printouts
        world.printer.trouble = DeviceProblem(reason)
        await printouts.print_sale(sale_id, CASHIER)
        office = KeepingPrinter("office")
        others(world, office)
        result = await printouts.print_sale(sale_id, CASHIER, again=True, through=QUEUE)
        assert (result.printed, result.where, result.problem) == (2, "office", None)
        ending = "-copy-1" if copy else ""
        number = order.placed.sale.number
        # Only the receipt was tried; the slip never was, and is an original wherever it comes out.
        assert titles(office) == [f"{number}-receipt{ending}", f"{number}-slip-1"]
        after = await world.register.sales.order(order.id)
        assert told(after) == [
            ("receipt", "kept", reason),
            ("receipt", "office", copy),
            ("slip", "office", 0),
        ]
        assert not after.not_handed_over
        world.printer.trouble = None
        assert (await printouts.print_sale(sale_id, CASHIER)).printed == 0, "the shop's own has nothing left"

    play(tmp_path, scene)


def test_a_failure_elsewhere_is_written_down_as_there(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        others(world, KeepingPrinter("office", DeviceProblem("queue_gave_up")))
        result = await world.register.printouts.print_sale(
            order.placed.sale.id, CASHIER, again=True, through=QUEUE
        )
        assert result.problem is not None
        after = await world.register.sales.order(order.id)
        assert told(after) == [("receipt", "office", "queue_gave_up")]
        await world.register.printouts.print_sale(order.placed.sale.id, CASHIER, again=True)
        after = await world.register.sales.order(order.id)
        assert told(after)[1:] == [("receipt", "kept", 1), ("slip", "kept", 0)]

    play(tmp_path, scene)


def test_codes_can_be_shown_instead_and_where_nothing_is_there_nothing_is_printed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        sale_id = order.placed.sale.id
        printouts = world.register.printouts
        shown = await printouts.print_sale(sale_id, CASHIER, through=Paper(printer="screen"))
        assert (shown.printed, shown.on_screen, shown.problem) == (0, True, None)
        nowhere = await printouts.print_sale(sale_id, CASHIER, through=QUEUE)
        assert nowhere.problem is not None
        assert nowhere.problem.reason == "no_printer"
        assert titles(world.printer) == []

    play(tmp_path, scene)


def test_who_prints_elsewhere_waits_for_what_is_printed_here(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        sale_id = order.placed.sale.id
        office = KeepingPrinter("office")
        others(world, office)
        here, there = await asyncio.gather(
            world.register.printouts.print_sale(sale_id, CASHIER),
            world.register.printouts.print_sale(sale_id, CASHIER, again=True, through=QUEUE),
        )
        assert (here.printed, there.printed) == (2, 0)
        assert titles(office) == []

    play(tmp_path, scene)


def test_files_are_another_way(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        folder = tmp_path / "files"
        world.register.printouts.others_by(lambda _paper: _files(folder), Paper)
        await world.register.printouts.print_sale(order.placed.sale.id, CASHIER, through=QUEUE)
        assert {path.suffix for path in folder.iterdir()} == {".txt", ".escpos"}

    play(tmp_path, scene)


def _files(folder: Path) -> Printer:
    return FilePrinter(folder, Paper())


@dataclass
class LosesTheSecond(KeepingPrinter):
    """Prints one paper, then has no more."""

    @override
    async def print(self, document: Document, stem: str) -> None:
        if self.papers:
            raise DeviceProblem("no_paper")
        await super().print(document, stem)


def test_a_reprint_that_failed_is_printed_elsewhere_without_what_came_out(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell(world.line(quantity=2))
        sale_id, number = order.placed.sale.id, order.placed.sale.number
        printouts, office = world.register.printouts, KeepingPrinter("office")
        await printouts.print_sale(sale_id, CASHIER)
        printouts.use(LosesTheSecond("kept"), Shop())
        others(world, office)
        first = await printouts.reprint(sale_id, "Ana", full=True, reason="torn")
        assert (first.printed, first.problem and first.problem.reason) == (1, "no_paper")
        cards = [card.id for card in order.handed_cards]
        assert first.out == {("slip", (order.id,), (cards[0],))}
        second = await printouts.reprint(
            sale_id, "Ana", full=True, reason="torn", through=QUEUE, but_for=first.out
        )
        assert (second.printed, second.where, second.problem) == (1, "office", None)
        assert titles(office) == [f"{number}-slip-2-copy-1"]
        after = await world.register.sales.order(order.id)
        assert told(after)[-3:] == [
            ("slip", "kept", 1),
            ("slip", "kept", "no_paper"),
            ("slip", "office", 1),
        ]
        lines = [[(line.by, line.what, line.detail) for line in custody(after)[card][-1:]] for card in cards]
        assert lines == [
            [("Ana", "printed", "slip on kept, duplicate 1: torn")],
            [("Ana", "printed", "slip on office, duplicate 1: torn")],
        ]

    play(tmp_path, scene)


def test_a_reprint_that_may_be_out_counts_elsewhere_too(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        sale_id, number = order.placed.sale.id, order.placed.sale.number
        printouts, office = world.register.printouts, KeepingPrinter("office")
        await printouts.print_sale(sale_id, CASHIER)
        others(world, office)
        world.printer.trouble = DeviceProblem("connection_lost")
        tried = await printouts.reprint(sale_id, "Ana", full=True, reason="torn")
        assert not tried.out
        await printouts.reprint(sale_id, "Ana", full=True, reason="torn", through=QUEUE)
        assert titles(office) == [f"{number}-slip-1-copy-2"]
        nowhere = await printouts.reprint(sale_id, CASHIER, through=Paper(printer="network", host="p"))
        assert nowhere.problem is not None
        assert nowhere.problem.reason == "no_printer"

    play(tmp_path, scene)


# --- which there are --------------------------------------------------------------------------------


def test_the_ways_are_what_the_shop_named_what_was_found_files_and_the_screen(tmp_path: Path) -> None:
    chosen = Paper(printer="network", host="192.0.2.7", queue="office")
    found = [
        Found("queue", "office", "Office"),
        Found("queue", "back", "Back room"),
        Found("device", "/dev/usb/lp0", "lp0"),
        Found("serial", "/dev/ttyUSB0", "a scanner"),
    ]
    ways = other_ways(chosen, found, tmp_path)
    assert [(way.paper.printer, way.paper.queue, way.paper.device, way.paper.folder) for way in ways] == [
        ("queue", "office", "", ""),
        ("queue", "back", "", ""),
        ("device", "office", "/dev/usb/lp0", ""),
        ("folder", "office", "", str(tmp_path / "Countercard")),
        ("screen", "office", "", ""),
    ]
    assert [way.words for way in ways] == [
        "The printer Office",
        "The printer Back room",
        "The printer at the USB cable, /dev/usb/lp0",
        f"As files, in {tmp_path / 'Countercard'}",
        "No paper: show the codes here",
    ]


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        (Paper(folder="/slips"), ["network", "screen"]),
        (Paper(printer="screen"), ["network", "folder"]),
        (Paper(printer="network"), ["folder", "screen"]),
        (Paper(printer="queue", queue="office"), ["network", "folder", "screen"]),
    ],
    ids=lambda value: getattr(value, "printer", ""),
)
def test_what_the_shop_prints_on_is_no_other_way(chosen: Paper, kinds: list[str], tmp_path: Path) -> None:
    known = chosen.model_copy(update={"host": "192.0.2.7"})
    found = [Found("queue", "office", "Office")] if chosen.printer == "queue" else []
    ways = other_ways(known, found, tmp_path)
    assert [way.paper.printer for way in ways] == kinds


def test_a_question_has_room_for_some(tmp_path: Path) -> None:
    found = [Found("queue", f"q{number}", f"Q{number}") for number in range(20)]
    assert len(other_ways(Paper(printer="network", host="p"), found, tmp_path)) == 7


def test_a_till_looks_for_printers_by_what_the_shop_prints_on_now(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        kinds = [way.paper.printer for way in await world.register.printouts.other_ways()]
        assert kinds[-1] == "screen"
        assert "folder" not in kinds, "it prints into one"

    play(tmp_path, scene)


# --- the drawer -------------------------------------------------------------------------------------


@dataclass
class WithDrawer(KeepingPrinter):
    """A printer with a drawer that can be stuck."""

    stuck: DeviceProblem | None = None
    opened: int = 0
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def open_drawer(self) -> bool:
        if self.stuck is not None:
            raise self.stuck
        self.opened += 1
        return True


class WithHeldDrawer(WithDrawer):
    """One whose drawer takes for ever."""

    @override
    async def open_drawer(self) -> bool:
        await self.held.wait()
        return await super().open_drawer()


def with_printer(
    folder: Path, printer: KeepingPrinter, scene: Callable[[World, Printouts], Awaitable[None]]
) -> None:
    async def run() -> None:
        world = World(folder)
        world.printer = printer
        async with world:
            await scene(world, world.register.printouts)

    asyncio.run(run())


def test_the_drawer_opens_once_for_a_sale_and_never_with_a_paper(tmp_path: Path) -> None:
    printer = WithDrawer()

    async def scene(world: World, printouts: Printouts) -> None:
        order = await world.sell()
        sale_id = order.placed.sale.id
        for _time in range(2):
            assert await printouts.open_drawer(sale_id) is None
        await printouts.print_sale(sale_id, CASHIER)
        await printouts.reprint(sale_id, CASHIER)
        assert printer.opened == 1
        assert await printouts.open_drawer("another sale") is None
        assert printer.opened == 2

    with_printer(tmp_path, printer, scene)


def test_a_drawer_that_stays_shut_is_told_and_hinders_nobody(tmp_path: Path) -> None:
    async def scene(world: World, printouts: Printouts) -> None:
        problem = await printouts.open_drawer("a sale")
        assert problem is not None
        assert (problem.reason, problem.hinders, problem.maybe_printed) == ("drawer_not_opened", False, False)
        order = await world.sell()
        assert (await printouts.print_sale(order.placed.sale.id, CASHIER)).printed == 2

    with_printer(tmp_path, WithDrawer(stuck=DeviceProblem("printer_refused", printer="p")), scene)


def test_nothing_waits_for_a_drawer(tmp_path: Path) -> None:
    printer = WithHeldDrawer()

    async def scene(world: World, printouts: Printouts) -> None:
        order = await world.sell()
        opening = asyncio.ensure_future(printouts.open_drawer(order.placed.sale.id))
        assert (await printouts.print_sale(order.placed.sale.id, CASHIER)).printed == 2
        assert not opening.done()
        printer.held.set()
        assert await opening is None

    with_printer(tmp_path, printer, scene)


def test_a_printer_without_a_drawer_opens_none(tmp_path: Path) -> None:
    async def scene(world: World, printouts: Printouts) -> None:
        assert await printouts.open_drawer("a sale") is None

    with_printer(tmp_path, KeepingPrinter(), scene)


# --- how the printer is -----------------------------------------------------------------------------


def test_whoever_shows_how_the_printer_is_hears_when_it_fails_and_prints_again(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        sale_id, printouts = order.placed.sale.id, world.register.printouts
        steps = [world.register.changes.step("printer")]

        async def printed(through: Paper | None = None) -> int:
            await printouts.print_sale(sale_id, CASHIER, again=True, through=through)
            steps.append(world.register.changes.step("printer"))
            return steps[-1] - steps[-2]

        world.printer.trouble = DeviceProblem("no_paper")
        assert await printed() == 1
        assert await printed() == 0, "nothing new"
        others(world, KeepingPrinter("office", DeviceProblem("no_paper")))
        assert await printed(QUEUE) == 0, "that was another one"
        world.printer.trouble = None
        assert await printed() == 1
        assert await printed() == 0, "nothing to print says nothing"

    play(tmp_path, scene)
