"""The counter at work: sales by the keyboard, a refresh and a search, with what the event loop did meanwhile.

Prints one JSON object: `sales` and `floors` are milliseconds, in turns; `blocked` has, for each kind of work,
how late the loop came to a heartbeat, and how much of that was this thread's own processor time.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from ui import options, start  # isort: skip  first, as in the program: it takes the import hook back

import httpx
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel
from typing_extensions import override

from pos_app.register import Register
from pos_app.store.database import Database
from ui.borders import Till
from ui.main_window import MainWindow
from ui.person import Person

_BEAT = 0.004
_SETTLING = 0.45
_PATIENCE = 30.0

Request = tuple[str, str, dict[str, str], bytes]


class Heartbeat:
    """Wakes every 4 ms and writes down how much later than that it was.

    `own`: its thread's processor time since the last beat. `held`: what of `late` was no waiting for a core
    that others had; beside its own work that is the interpreter in another thread's hands, and the disk.
    """

    def __init__(self) -> None:
        self.late: list[float] = []
        self.own: list[float] = []
        self.held: list[float] = []

    async def beat(self) -> None:
        """Until cancelled."""
        while True:
            wall, own, queued = time.perf_counter(), time.thread_time(), _queued()
            await asyncio.sleep(_BEAT)
            late = max(0.0, time.perf_counter() - wall - _BEAT) * 1000
            self.late.append(late)
            self.own.append((time.thread_time() - own) * 1000)
            self.held.append(max(0.0, late - (_queued() - queued) * 1000))


def _queued() -> float:
    """Seconds this thread has been ready to run and had no core; none where the system does not tell."""
    try:
        told = Path("/proc/thread-self/schedstat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(told.split()[1]) / 1e9


class Watch(QObject):
    """Tells when the headline of the result has been painted as done."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QLabel | None = None
        self.done = asyncio.Event()
        self.at = 0.0

    def begin(self) -> None:
        """From now on. The result is made when the first sale of a day is."""
        self.done.clear()
        if self._watched is None:
            self._watched = cast("QLabel", self._window.findChild(QLabel, "headline"))
            self._watched.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.Paint and cast("QLabel", watched).text().startswith("Done"):
            if not self.done.is_set():
                self.at = time.perf_counter()
            self.done.set()
        return False


class Recorder:
    """Counts the transactions and keeps the requests of one sale, to be made again bare."""

    def __init__(self) -> None:
        self.transactions = 0
        self.requests: list[Request] = []
        self.on = False
        run, send = Database.run, httpx.AsyncClient.send
        recorder = self

        async def counted(self: Database, fn: Callable[[Any], Any]) -> Any:
            recorder.transactions += recorder.on
            return await run(self, fn)

        async def kept(self: httpx.AsyncClient, request: httpx.Request, **named: Any) -> httpx.Response:
            if recorder.on:
                headers = {name: value for name, value in request.headers.items() if name != "host"}
                recorder.requests.append((request.method, str(request.url), headers, request.content))
                # What comes behind the buy is another's: the lights ask for the balance again.
                recorder.on = not (request.method == "POST" and request.url.path.endswith("/orders"))
            return await send(self, request, **named)

        Database.run = cast("Any", counted)
        httpx.AsyncClient.send = cast("Any", kept)


async def _sell(person: Person, watch: Watch, recorder: Recorder) -> float:
    """One card, sold by keyboard; milliseconds from the press of *Money received* to codes on the screen."""
    for letter in "acme games":
        # As fast as nobody types, but one key after the other.
        person.strike(letter)
        await asyncio.sleep(0.01)
    person.press("Enter")
    await asyncio.sleep(0.01)
    person.press("Enter")
    # By one control each: reading every text of the window would be told as the till's own work.
    await person.see_enabled("charge", _PATIENCE)
    person.press("F12")
    await person.see_enabled("issue", _PATIENCE)
    await asyncio.sleep(_SETTLING)
    watch.begin()
    recorder.transactions, recorder.requests, recorder.on = 0, [], True
    began = time.perf_counter()
    person.press("Enter")
    await asyncio.wait_for(watch.done.wait(), _PATIENCE)
    took = (watch.at - began) * 1000
    await person.see_enabled("new_sale", _PATIENCE)
    await asyncio.sleep(_SETTLING)
    person.press("Enter")
    await person.until(lambda: person.sees("basket"), "the basket")
    return took


async def _floor(database: Database, recorder: Recorder, client: httpx.AsyncClient) -> float:
    """The same requests raw, the buy over a connection of its own, and as many empty transactions."""
    recorder.on = False
    began = time.perf_counter()
    for method, url, headers, content in recorder.requests:
        if method == "POST":
            async with httpx.AsyncClient(verify=False, trust_env=False) as fresh:  # noqa: S501  loopback only
                reply = await fresh.request(method, url, headers=headers, content=content)
        else:
            reply = await client.request(method, url, headers=headers)
        reply.raise_for_status()
    for _ in range(recorder.transactions):
        await database.run(lambda _tx: None)
    return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def _watched(into: dict[str, dict[str, list[float]]], name: str) -> AsyncGenerator[None]:
    heart = Heartbeat()
    task = asyncio.create_task(heart.beat())
    try:
        yield
    finally:
        task.cancel()
        into[name] = {"late": heart.late, "own": heart.own}


async def visit(window: MainWindow, till: Till, sales: int) -> None:
    """Everything, once; the answer goes to standard output."""
    register = cast("Register", till)
    database = cast("Any", register.journal)._database
    person, recorder = Person(window), Recorder()
    await person.until(lambda: till.catalog.count > 0 and not till.catalog.loading, "products", _PATIENCE)
    blocked: dict[str, dict[str, list[float]]] = {}
    took: list[float] = []
    floors: list[float] = []
    watch = Watch(window)
    async with httpx.AsyncClient(verify=False, trust_env=False) as client:  # noqa: S501  loopback only
        # The first sale of a day has the printer's library imported; it is told by itself.
        async with _watched(blocked, "first sale"):
            first = await _sell(person, watch, recorder)
        await _floor(database, recorder, client)
        for _ in range(sales):
            took.append(await _sell(person, watch, recorder))
            floors.append(await _floor(database, recorder, client))
        async with _watched(blocked, "sale"):
            for _ in range(3):
                await _sell(person, watch, recorder)
    async with _watched(blocked, "refresh"):
        await till.catalog.refresh()
    async with _watched(blocked, "search"):
        for _ in range(3):
            for letter in "acme games":
                person.strike(letter)
                await asyncio.sleep(0.03)
            for _letter in "acme games":
                person.strike("Backspace")
                await asyncio.sleep(0.03)
    print(
        json.dumps(
            {
                "first": first,
                "sales": took,
                "floors": floors,
                "transactions": recorder.transactions,
                "requests": len(recorder.requests),
                "blocked": blocked,
            }
        ),
        flush=True,
    )


def main() -> int:
    chosen = options.read(["--store", sys.argv[1], "--sandbox", sys.argv[2]])
    assert chosen is not None
    return start.run(chosen, lambda window, till: visit(window, till, int(sys.argv[3])))


if __name__ == "__main__":
    sys.exit(main())
