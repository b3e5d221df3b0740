"""Of a sale's papers the next one is made while one is on its way; one that is not printed leaves nothing."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path
from typing import cast

import pytest

from pos_app.errors import DeviceProblem
from pos_app.orders.entries import Printed
from pos_app.printing.ahead import Ahead, MakesAhead
from pos_app.printing.choice import printer_for
from pos_app.printing.document import Document, Text
from pos_app.printing.network import NetworkPrinter
from pos_app.settings import TRAINING_SHOP, Paper
from tests.printer_simulator import PrinterSimulator
from tests.world import CASHIER, KeepingPrinter, World

ONE, TWO, THREE = (Document("sheet", name, (Text(name),)) for name in ("one", "two", "three"))


class Maker:
    """Makes a document's title of it, and tells what it has made, on which thread."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.threads = set[int]()
        self.impossible = ""

    def __call__(self, document: Document) -> str:
        self.threads.add(threading.get_ident())
        self.made.append(document.title)
        if document.title == self.impossible:
            raise DeviceProblem("can_not_render")
        return document.title


async def _worked_off(ahead: Ahead[str]) -> None:
    thread = ahead._thread  # pyright: ignore[reportPrivateUsage]
    assert thread is not None
    await asyncio.wrap_future(thread.submit(lambda: None))


def test_the_expected_one_is_made_behind_the_first_and_never_twice() -> None:
    make = Maker()

    async def scene() -> None:
        ahead = Ahead(make)
        ahead.expect(TWO)
        assert await ahead.made(ONE) == "one"
        await _worked_off(ahead)
        assert make.made == ["one", "two"], "while the first is on its way"
        assert await ahead.made(TWO) == "two"
        assert make.made == ["one", "two"]
        assert make.threads != {threading.get_ident()}
        assert len(make.threads) == 1, "fonts are kept for each thread anew"

    asyncio.run(scene())


def test_another_one_than_expected_is_made_all_the_same() -> None:
    make = Maker()

    async def scene() -> None:
        ahead = Ahead(make)
        ahead.expect(TWO)
        await ahead.made(ONE)
        assert await ahead.made(THREE) == "three"
        assert await ahead.made(TWO) == "two"

    asyncio.run(scene())


def test_what_is_expected_no_more_is_not_kept() -> None:
    make = Maker()

    async def scene() -> None:
        ahead = Ahead(make)
        ahead.expect(TWO)
        ahead.expect(None)
        await ahead.made(ONE)
        await _worked_off(ahead)
        assert make.made == ["one"]
        ahead.expect(TWO)
        await ahead.made(THREE)
        ahead.expect(None)
        assert ahead._begun is None  # pyright: ignore[reportPrivateUsage]

    asyncio.run(scene())


def test_what_can_not_be_made_is_told_when_it_is_printed_and_to_nobody_else() -> None:
    make = Maker()
    make.impossible = "two"
    told: list[object] = []

    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
        ahead = Ahead(make)
        ahead.expect(TWO)
        await ahead.made(ONE)
        with pytest.raises(DeviceProblem, match="can_not_render"):
            await ahead.made(TWO)
        ahead.expect(TWO)
        await ahead.made(THREE)
        await _worked_off(ahead)
        del ahead
        await asyncio.sleep(0)
        gc.collect()

    asyncio.run(scene())
    assert told == []


def test_a_printer_that_fails_at_a_slip_is_expected_to_print_no_other(tmp_path: Path) -> None:
    """And what was made ahead is let go of."""

    async def scene() -> None:
        async with PrinterSimulator(fate="reset", spare=2) as device:
            world = World(tmp_path)
            till = NetworkPrinter("127.0.0.1", device.port, Paper(printer="network"))
            assert isinstance(till, MakesAhead)
            world.printer = cast("KeepingPrinter", till)
            async with world:
                order = await world.sell(world.line(quantity=4))
                result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
                assert result.printed == 2
                assert result.problem is not None
                assert till._ahead._begun is None  # pyright: ignore[reportPrivateUsage]
                order = await world.register.sales.order(order.id)
                out = [entry.document for entry in order.entries if isinstance(entry, Printed)]
                assert out == ["receipt", "slip"]

    asyncio.run(scene())


def test_what_the_first_paper_waits_for_is_loaded_before_and_nothing_is_sent(tmp_path: Path) -> None:
    async def scene() -> None:
        drawn: list[str] = []

        def draw(document: Document, _sheet: str) -> bytes:
            drawn.append(document.title)
            raise DeviceProblem("can_not_render")

        printer = printer_for(Paper(), tmp_path / "paper", draw)
        world = World(tmp_path)
        world.printer = cast("KeepingPrinter", printer)
        async with world:
            await world.register.warm_up()
        assert drawn == [""], "and what goes wrong is told when a paper is printed"
        assert not (tmp_path / "paper").exists()

    asyncio.run(scene())


def test_a_till_without_a_printer_has_nothing_to_load(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            world.register.printouts.use(None, TRAINING_SHOP, on_screen=True)
            await world.register.warm_up()
            assert (await world.register.printouts.ready()).on_screen

    asyncio.run(scene())
