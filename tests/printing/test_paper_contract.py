"""What every kind of printer keeps to, whatever cable, service or folder is behind it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from pos_app.errors import DeviceProblem
from pos_app.printing.cabled import CablePatience
from pos_app.printing.choice import printer_for
from pos_app.printing.devices import Printer
from pos_app.printing.document import Cut, Document, Secret
from pos_app.printing.drawer import HasDrawer
from pos_app.printing.network import Patience
from pos_app.printing.system_queue import QueuePatience
from pos_app.settings import Paper
from tests.printer_simulator import PrinterSimulator
from tests.printing.cable_simulator import CableSimulator
from tests.printing.cups_server import MISSING, CupsServer
from tests.printing.papers import receipt, slip
from tests.world import until

STEM: Final = "03-000418-slip-1"
PATIENCE: Final[dict[str, object]] = {
    "network": Patience(60, 60, 60, 60, 0.001, 60, 60, 60),
    "device": CablePatience(60, 60, 60, 60),
    "serial": CablePatience(60, 60, 60, 60),
    "queue": QueuePatience(60, 60, 0.02, 60),
}
WITH_NOBODY: Final[dict[str, object]] = {"network": Patience(look=0.1, busy=0.1)}
"""Where a printer that is away would be called for a minute."""

KINDS: Final = [
    "folder",
    "network",
    pytest.param("device", marks=pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")),
    pytest.param("serial", marks=pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")),
    pytest.param("queue", marks=pytest.mark.skipif(bool(MISSING), reason="needs CUPS")),
]


@dataclass
class Set:
    """A printer as the shop's settings make it: how many papers came out, and how to take it away."""

    printer: Printer
    out: Callable[[], int]
    take_away: Callable[[], Any]


@asynccontextmanager
async def _set_up(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Set]:
    async with AsyncExitStack() as stack:
        paper, out, take_away = await _behind(kind, folder, monkeypatch, stack)
        printer = printer_for(paper, None)
        assert printer is not None
        if kind in PATIENCE:
            monkeypatch.setattr(printer, "_patience", PATIENCE[kind])
        yield Set(printer, out, take_away)


async def _behind(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch, stack: AsyncExitStack
) -> tuple[Paper, Callable[[], int], Callable[[], Any]]:
    match kind:
        case "folder":
            slips = folder / "slips"

            def block() -> None:
                slips.rename(folder / "elsewhere")
                slips.write_text("in the way")

            paper = Paper(folder=str(slips))
            return paper, lambda: len(list(slips.glob("*.txt"))), block
        case "network":
            device = await stack.enter_async_context(PrinterSimulator())
            paper = Paper(printer="network", host="127.0.0.1", port=device.port, drawer="pin2")
            return paper, lambda: len(device.jobs), device.switch_off
        case "queue":
            cups = await stack.enter_async_context(CupsServer())
            device = await stack.enter_async_context(PrinterSimulator())
            cups.add("till", device.port)
            monkeypatch.setenv("CUPS_SERVER", cups.socket)
            paper = Paper(printer="queue", queue="till", drawer="pin2")
            return paper, lambda: len(device.jobs), cups.stop
        case _:
            line = await stack.enter_async_context(CableSimulator())
            paper = Paper.model_validate({"printer": kind, "device": line.path, "drawer": "pin2"})
            return paper, lambda: len(line.jobs), line.unplug


@pytest.mark.parametrize("kind", KINDS)
def test_a_printer_keeps_its_word(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with _set_up(kind, tmp_path, monkeypatch) as one:
            assert one.printer.name
            said = await one.printer.state()
            assert said is None or not said.hinders
            turns = 0

            async def tick() -> None:
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            ticking = asyncio.ensure_future(tick())
            await asyncio.gather(
                one.printer.print(receipt(), "03-000418-receipt"), one.printer.print(slip(), STEM)
            )
            ticking.cancel()
            assert turns > 20, "the window goes on meanwhile"
            await until(lambda: one.out() == 2)

            broken = Document("slip", "A paper", (Secret("CODE", "TEST\n1"), Cut()))
            with pytest.raises(DeviceProblem) as told:
                await one.printer.print(broken, STEM)
            assert not told.value.maybe_printed
            assert one.out() == 2, "what can not be printed as it is, is not printed"

            gone = one.take_away()
            if gone is not None:
                await gone
            if kind in WITH_NOBODY:
                monkeypatch.setattr(one.printer, "_patience", WITH_NOBODY[kind])
            said = await one.printer.state()
            assert said is not None
            assert said.hinders, "it is asked before money is taken"
            with pytest.raises(DeviceProblem) as told:
                await one.printer.print(slip(), STEM)
            assert not told.value.maybe_printed, "nothing left us: the next one is the original"
            if isinstance(one.printer, HasDrawer):
                with pytest.raises(DeviceProblem):
                    await one.printer.open_drawer()

    asyncio.run(scene())
