"""The shop chooses another printer, or another head for its papers, while the till is open."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pos_app.printing import text
from pos_app.settings import TRAINING_SHOP
from tests.world import CASHIER, KeepingPrinter, SlowPrinter, World

QUAY = TRAINING_SHOP.model_copy(update={"name": "QUAY BOOKS"})


def heads(printer: KeepingPrinter) -> list[str]:
    return ["QUAY BOOKS" if "QUAY BOOKS" in text.render(one, 42) else "-" for one in printer.papers.values()]


def test_the_next_paper_goes_to_the_new_printer_with_the_new_head(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            other = KeepingPrinter("other")
            world.register.printouts.use(other, QUAY)
            order = await world.sell()
            result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
            assert (result.printed, result.where) == (2, "other")
            assert heads(other) == ["QUAY BOOKS", "QUAY BOOKS"]
            assert not world.printer.papers

    asyncio.run(run())


def test_a_sale_under_way_is_finished_as_it_was_begun(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            slow, other = SlowPrinter("slow"), KeepingPrinter("other")
            printouts = world.register.printouts
            printouts.use(slow, TRAINING_SHOP)
            order = await world.sell()
            printing = asyncio.ensure_future(printouts.print_sale(order.placed.sale.id, CASHIER))
            await slow.begun.wait()
            printouts.use(other, QUAY)
            slow.may.set()
            assert (await printing).where == "slow"
            assert heads(slow) == ["-", "-"]
            again = await printouts.reprint(order.placed.sale.id, "Ana", full=True, reason="torn")
            assert again.where == "other"
            assert heads(other) == ["QUAY BOOKS"]

    asyncio.run(run())


def test_from_the_screen_to_paper_and_back(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            printouts = world.register.printouts
            printouts.use(None, TRAINING_SHOP, on_screen=True)
            assert (await printouts.ready()).on_screen
            printouts.use(world.printer, TRAINING_SHOP, on_screen=True)
            assert (await printouts.ready()).name == "kept"

    asyncio.run(run())
