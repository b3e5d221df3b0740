"""Paper at the counter: from codes that are sealed to the last byte a printer was handed, beside its floor.

A till with its window's event loop, a journal on the disk and a provider in memory sells one card, some more
times one card, and a hundred at once. Each paper is encoded, read back and compared, sent and written down
as at any counter. The floor is the same bytes over bare connections, and as many rows written bare.

`slips.py FOLDER KIND PAPER SALES WARM`: KIND is `text` or `picture`, both to a printer in another process, or
`folder`; PAPER is 80 or 58; WARM is `warm` when the till may get ready first, as it does while money is
counted. Prints one JSON object: times in milliseconds.
"""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ui import start  # isort: skip  first, as in the program: it takes the import hook back

from PySide6.QtWidgets import QApplication

from pos_app import clock
from pos_app.money import Money
from pos_app.orders.order import Order
from pos_app.printing.choice import printer_for
from pos_app.printing.status import ASK_WHEN_DONE, QUESTIONS, question
from pos_app.settings import Paper
from pos_app.store.database import Tx, open_database
from tests.bench.counter import Heartbeat
from tests.bench.made_journal import INSERT
from tests.world import CASHIER, UNLIMITED, World

_MANY: Final = 100
_LAYOUT: Final = {"80": (42, 576), "58": (32, 384)}
_ROW: Final = "e" * 700
"""About as long as the entry of a printed slip."""


class Printer:
    """The loopback printer in its process: where it is, and what came out of it."""

    def __init__(self) -> None:
        script = str(Path(__file__).with_name("loopback_printer.py"))
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, script], stdin=pipe, stdout=pipe)
        self.port = int(self._line())

    def came(self) -> tuple[list[float], list[bytes]]:
        """When the last byte of each paper since the last call was there, and the papers."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        told = json.loads(self._line())
        return told["at"], [base64.b64decode(job) for job in told["jobs"]]

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


async def _sold(world: World, cards: int) -> Order:
    """An order whose codes lie sealed in the journal."""
    world.provider.plays.append("with_pins")
    return await world.sell(world.line(quantity=cards))


async def _printed(
    world: World, order: Order, printer: Printer | None, behind: Callable[[], object] = lambda: None
) -> tuple[float, list[bytes]]:
    """Milliseconds until the last byte of the sale's papers was handed over, and the papers.

    `behind` is called then. To take what came from the printer's process is no work of a till, and keeps the
    interpreter for 40 ms when it is nine megabytes.
    """
    began = time.monotonic()
    result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
    at = time.monotonic()
    behind()
    wanted = len(order.handed_cards) + 1
    if result.printed != wanted:
        raise RuntimeError(f"{result.printed} papers of {wanted}: {result.problem}")
    if printer is None:
        return (at - began) * 1000, []
    came, jobs = await asyncio.to_thread(printer.came)
    if len(came) != wanted:
        raise RuntimeError(f"{len(came)} papers of {wanted} came")
    return (came[-1] - began) * 1000, jobs


class Floor:
    """The same papers sent and written down with nothing of the till in between."""

    def __init__(self, path: Path, printer: Printer) -> None:
        self._path = path
        self._printer = printer
        self._rows = 0

    async def took(self, jobs: list[bytes]) -> float:
        database = await open_database(self._path)
        began = time.monotonic()
        for job in jobs:
            await self._send(job)
            self._rows += 1
            row = ("99", self._rows, clock.new_id(), clock.new_id(), 0, "printed", _ROW, "0" * 64)

            def act(tx: Tx, row: tuple[object, ...] = row) -> None:
                tx.execute(INSERT, row)

            await database.run(act)
        took = (time.monotonic() - began) * 1000
        await database.close()
        await asyncio.to_thread(self._printer.came)
        return took

    async def _send(self, job: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._printer.port)
        for number in QUESTIONS:
            writer.write(question(number))
            await reader.readexactly(1)
        writer.write(job + ASK_WHEN_DONE)
        await reader.readexactly(1)
        writer.close()
        await writer.wait_closed()


async def main(folder: Path, kind: str, layout: str, sales: int, *, warm: bool) -> None:
    printer = None if kind == "folder" else Printer()
    columns, dots = _LAYOUT[layout]
    chosen: dict[str, Any] = {"printer": "folder", "folder": str(folder / "paper")}
    if printer is not None:
        chosen = {"printer": "network", "host": "127.0.0.1", "port": printer.port, "form": kind}
    paper = Paper.model_validate({"columns": columns, "dots": dots, **chosen})
    heart = Heartbeat()
    told: dict[str, Any] = {"first": 0.0, "sales": [], "floors": [], "many": 0.0, "many_floor": 0.0}
    try:
        world = World(folder / "store")
        till: Any = start
        world.printer = cast("Any", printer_for(paper, None, till._render_pdf, till._render_raster))
        world.provider.left = Money(10**9, "USD")
        world.limits = UNLIMITED
        async with world:
            if warm:
                await world.register.warm_up()
            order = await _sold(world, 1)
            told["first"], _jobs = await _printed(world, order, printer)
            floor = None if printer is None else Floor(folder / "bare.db", printer)
            for _ in range(sales):
                order = await _sold(world, 1)
                took, jobs = await _printed(world, order, printer)
                told["sales"].append(took)
                if floor is not None:
                    told["floors"].append(await floor.took(jobs))
            order = await _sold(world, _MANY)
            beating = asyncio.create_task(heart.beat())
            spent = time.process_time()

            def behind() -> None:
                beating.cancel()
                told["processor"] = time.process_time() - spent

            told["many"], jobs = await _printed(world, order, printer, behind)
            if floor is not None:
                told["many_floor"] = await floor.took(jobs)
    finally:
        if printer is not None:
            printer.end()
    print(json.dumps({**told, "late": heart.late, "own": heart.own, "held": heart.held}))


if __name__ == "__main__":
    where, kind, layout, sales, warm = sys.argv[1:]
    as_started: Any = start
    sys.setswitchinterval(as_started._TURN)
    app = QApplication([sys.argv[0], "-style", "fusion"])
    with asyncio.Runner(loop_factory=lambda: as_started._loop(app)) as runner:
        runner.run(main(Path(where), kind, layout, int(sales), warm=warm == "warm"))
