"""Many cards, and a printer that fails in the middle: which are out, which are not, and never one twice."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections import Counter
from pathlib import Path
from typing import Final, cast

import pytest

from pos_app.money import Money
from pos_app.orders.entries import Printed, PrintFailed
from pos_app.orders.order import Order
from pos_app.printing import devices
from pos_app.printing.devices import FilePrinter, Printer
from pos_app.printing.network import NetworkPrinter, Patience
from pos_app.settings import Paper
from tests import quiet_time
from tests.printer_simulator import PrinterSimulator
from tests.world import CASHIER, UNLIMITED, KeepingPrinter, World

MANY: Final = 100
OUT_BEFORE: Final = 37
SALE: Final = "03-000001"
NETWORK: Final = Paper(printer="network", columns=42, profile="TM-T88V")
PATIENCE: Final = Patience(60, 0.1, 60, 60, 0.001, 60, 60, 60)
"""A printer that has stopped says nothing, for a tenth of a second of `quiet_time`."""


class Till:
    """A till, and a sale of many cards."""

    def __init__(self, world: World, order: Order) -> None:
        self.world, self._order_id, self._sale_id = world, order.id, order.placed.sale.id

    async def print(self, through: Printer | None = None, *, again: bool = False) -> tuple[int, str]:
        """How many papers came out, and what stopped the others."""
        printouts = self.world.register.printouts
        printouts.others_by(lambda _paper: through, Paper)
        result = await printouts.print_sale(
            self._sale_id, CASHIER, again=again, through=None if through is None else Paper(printer="network")
        )
        return result.printed, "" if result.problem is None else result.problem.reason

    async def order(self) -> Order:
        return await self.world.register.sales.order(self._order_id)

    async def codes(self) -> list[str]:
        order = await self.order()
        reveal = self.world.register.sales.reveal
        return [(await reveal(order.id, card.id, CASHIER)).code for card in order.handed_cards]


async def _sold(world: World, printer: Printer, cards: int = MANY) -> Till:
    world.printer = cast("KeepingPrinter", printer)
    world.provider.left = Money(10**8, "USD")
    world.limits = UNLIMITED
    await world.open()
    return Till(world, await world.sell(world.line(quantity=cards)))


def _slips(device: PrinterSimulator) -> Counter[str]:
    """How often each code came out of it."""
    return Counter(code for code in device.codes if code != SALE)


def _network(device: PrinterSimulator) -> NetworkPrinter:
    return NetworkPrinter("127.0.0.1", device.port, NETWORK, patience=PATIENCE)


def test_the_roll_ends_in_the_middle_and_the_rest_comes_out_elsewhere(tmp_path: Path) -> None:
    async def scene() -> None:
        # The receipt and the slips before; in the next one the roll ends.
        async with PrinterSimulator(roll=1 + OUT_BEFORE) as device, PrinterSimulator() as other:
            till = await _sold(World(tmp_path / "store"), _network(device))
            try:
                await play(till, device, other)
            finally:
                await till.world.close()

    async def play(till: Till, device: PrinterSimulator, other: PrinterSimulator) -> None:
        assert await till.print() == (1 + OUT_BEFORE, "paper_ran_out")
        order, codes = await till.order(), await till.codes()
        out = {card.id for card in order.handed_cards[:OUT_BEFORE]}
        assert order.printed_cards() == out, "told as printed is what the printer said it had printed"
        perhaps = [entry.cards for entry in order.entries if isinstance(entry, PrintFailed) and entry.maybe]
        assert perhaps == [(order.handed_cards[OUT_BEFORE].id,)]
        assert _slips(device) == Counter(codes[:OUT_BEFORE])

        # On another printer all that never left us, as originals; not the one that may be out.
        assert await till.print(_network(other)) == (MANY - OUT_BEFORE - 1, "")
        assert _slips(other) == Counter(codes[OUT_BEFORE + 1 :])

        # The roll is changed, hours later: nothing more comes by itself, and the one as a duplicate.
        device.roll = None
        till.world.clock.turn(hours=5)
        assert await till.print() == (0, "")
        assert await till.print(again=True) == (1, "")
        assert _slips(device) + _slips(other) == Counter(codes)
        order = await till.order()
        assert order.printed_cards() == {card.id for card in order.handed_cards}
        slips = [entry for entry in order.entries if isinstance(entry, Printed) and entry.document == "slip"]
        assert Counter(entry.copy_no for entry in slips) == {0: MANY - 1, 1: 1}

    quiet_time.run(scene())


def test_two_registers_print_a_hundred_each_on_one_printer(tmp_path: Path) -> None:
    """It serves one call at a time, and hangs up on who comes meanwhile."""

    async def scene() -> None:
        async with PrinterSimulator(one_at_a_time=True) as device:
            tills = [
                await _sold(World(tmp_path / name), _network(device), cards=20) for name in ("one", "two")
            ]
            try:
                assert await asyncio.gather(*(till.print() for till in tills)) == [(21, ""), (21, "")]
                codes = [code for till in tills for code in await till.codes()]
                assert _slips(device) == Counter(codes)
            finally:
                for till in tills:
                    await till.world.close()

    quiet_time.run(scene())


@pytest.mark.parametrize("trouble", ["gone", "full"])
def test_a_folder_that_fails_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """Its drive is pulled, or full: nothing half written counts, and the rest comes out when it is back."""
    folder = tmp_path / "paper"
    written = devices._write_through  # pyright: ignore[reportPrivateUsage]

    def fail(path: Path, content: bytes) -> None:
        if len(list(folder.glob("*slip*.txt"))) > OUT_BEFORE and path.name.endswith(".escpos.part"):
            if trouble == "gone":
                shutil.rmtree(folder)
                folder.touch()
            raise OSError(errno.ENOSPC if trouble == "full" else errno.ENOENT, "no")
        written(path, content)

    async def scene() -> None:
        till = await _sold(World(tmp_path / "store"), FilePrinter(folder, Paper()), cards=OUT_BEFORE + 5)
        monkeypatch.setattr(devices, "_write_through", fail)
        assert await till.print() == (1 + OUT_BEFORE, "can_not_write")
        monkeypatch.setattr(devices, "_write_through", written)
        if trouble == "gone":
            folder.unlink()
        assert not names(".*"), "no draft with a code in it is left"
        assert await till.print() == (5, "")
        assert f"{SALE}-slip-{OUT_BEFORE + 1}.txt" in names("*slip*.txt"), (
            "the one that failed is an original"
        )
        assert len(names("*slip*.txt")) == (5 if trouble == "gone" else OUT_BEFORE + 5)
        await till.world.close()

    def names(of: str) -> set[str]:
        return {path.name for path in folder.glob(of)}

    asyncio.run(scene())
