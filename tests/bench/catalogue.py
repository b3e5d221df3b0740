"""A long catalogue at the counter: shown, searched, sold from, opened from the store, read again behind it.

`catalogue.py work STORE READY` prints one JSON object. `keys` has, for each kind of key, pairs of
milliseconds until what it changes was painted: by the clock, and of this thread's own processor time; `floor`
the same of a bare list in a bare window. `open` and `open_floor` are the catalogue taken from the store, and
its rows alone. `late` and `own` are the loop's heartbeats during a refresh that took `refresh` seconds.
`catalogue.py shown STORE READY` prints the seconds from the window's first paint until there were tiles, and
the processor time of all threads in them.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any, cast

from ui import options, start  # isort: skip  first, as in the program: it takes the import hook back

from PySide6.QtCore import QEvent, QObject, QSize, QStringListModel, QTimer
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.register import Register
from tests.bench.counter import Heartbeat
from ui.borders import Till
from ui.main_window import MainWindow
from ui.person import Person
from ui.widgets.brand_grid import BrandGrid

_PATIENCE = 120.0
_PAINT = 5.0
_PAUSE = 0.03
_WORDS = ("acme games", "gal", "2", "holm stores 25", "zzz", "e")
_ROUNDS = 3

Took = list[tuple[float, float]]


class Painted(QObject):
    """Tells when a window was painted."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._happened = asyncio.Event()
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self._happened.set()
        return False

    async def by(self, press: Callable[[], None], into: Took) -> None:
        """Add how long it took from `press` until the next paint was over."""
        await asyncio.sleep(_PAUSE)
        self._happened.clear()
        wall, own = time.perf_counter(), time.thread_time()
        press()
        # Whoever waits goes on in the turn behind the one that paints.
        await asyncio.wait_for(self._happened.wait(), _PAINT)
        into.append(((time.perf_counter() - wall) * 1000, (time.thread_time() - own) * 1000))


async def _search(person: Person, painted: Painted) -> Took:
    took: Took = []
    for words in _WORDS * _ROUNDS:
        for letter in words:
            await painted.by(lambda letter=letter: person.strike(letter), took)
        for _letter in words:
            await painted.by(lambda: person.strike("Backspace"), took)
    return took


async def _choose(person: Person, painted: Painted) -> Took:
    """Another value, one card more, one less."""
    took: Took = []
    person.type("acme games")
    await asyncio.sleep(_PAUSE)
    person.press("Enter")
    for key in ("Right", "Left", "+", "-") * (4 * _ROUNDS):
        await painted.by(lambda key=key: person.press(key), took)
    return took


async def _charge(person: Person, painted: Painted) -> Took:
    """The chosen card into the basket, on to the money, and amounts of cash."""
    took: Took = []
    person.press("Enter")
    await person.see_enabled("charge", _PATIENCE)
    person.press("F12")
    await person.see_enabled("issue", _PATIENCE)
    for digit in "12345" * (2 * _ROUNDS):
        await painted.by(lambda digit=digit: person.strike(digit), took)
        await painted.by(lambda: person.strike("Backspace"), took)
    person.press("Esc")
    await person.until(lambda: person.sees("basket"), "the basket")
    return took


async def _floor(names: list[str]) -> Took:
    """A field and a list of Qt's own, as many names in sight, each key another part of them."""
    window = QWidget()
    field, view, model = QLineEdit(), QListView(), QStringListModel()
    view.setModel(model)
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setGridSize(QSize(200, 116))
    column = QVBoxLayout(window)
    column.addWidget(field)
    column.addWidget(view)
    window.resize(840, 620)
    window.show()
    person, painted = Person(window), Painted(window)
    took: Took = []
    window.activateWindow()
    field.setFocus()

    def show(text: str) -> None:
        model.setStringList(names[len(text) * 20 :][:120])

    field.textEdited.connect(show)
    await asyncio.sleep(_PAUSE)
    for _ in range(_ROUNDS):
        for letter in "acme games gal":
            await painted.by(lambda letter=letter: person.type(letter), took)
        for _letter in "acme games gal":
            await painted.by(lambda: person.press("Backspace"), took)
    window.close()
    return took


async def visit(window: MainWindow, till: Till) -> None:
    """Everything, once."""
    register = cast("Register", till)
    person, painted = Person(window), Painted(window)
    await person.until(lambda: till.catalog.count > 0 and not till.catalog.loading, "products", _PATIENCE)
    brands = till.catalog.brands(limit=100_000)
    told: dict[str, Any] = {"products": till.catalog.count, "brands": len(brands)}
    told["keys"] = {
        "search": await _search(person, painted),
        "choose": await _choose(person, painted),
        "charge": await _charge(person, painted),
    }
    opened: Took = []
    rows: Took = []
    for _ in range(7):
        wall, own = time.perf_counter(), time.process_time()
        await register.database.run(lambda tx: tx.rows("SELECT head, products FROM shelf"))
        rows.append(((time.perf_counter() - wall) * 1000, (time.process_time() - own) * 1000))
        wall, own = time.perf_counter(), time.process_time()
        await register.catalog.open()
        opened.append(((time.perf_counter() - wall) * 1000, (time.process_time() - own) * 1000))
    told["open"], told["open_floor"] = opened, rows
    heart = Heartbeat()
    beat = asyncio.create_task(heart.beat())
    began = time.perf_counter()
    await register.catalog.refresh()
    told["refresh"] = time.perf_counter() - began
    beat.cancel()
    told["late"], told["own"] = heart.late, heart.own
    told["floor"] = await _floor([brand.name for brand in brands])
    print(json.dumps(told), flush=True)


class Telling(MainWindow):
    """The window with a look at its tiles."""

    def __init__(self) -> None:
        super().__init__()
        self._first = self._spent = 0.0
        self.skeleton.painted.connect(self._on_first)

    def _on_first(self) -> None:
        if not self._first:
            self._first, self._spent = time.monotonic(), time.process_time()

    @override
    def join(self, till: Till) -> None:
        """Look for tiles from now on."""
        super().join(till)
        timer = QTimer(self)

        def look() -> None:
            grids = self.findChildren(BrandGrid)
            if grids and grids[0].isVisible() and grids[0].model().rowCount():
                timer.stop()
                print(time.monotonic() - self._first, time.process_time() - self._spent, flush=True)

        timer.timeout.connect(look)
        timer.start(5)


def main() -> int:
    kind, store, ready = sys.argv[1:4]
    chosen = options.read(["--store", store, "--sandbox", ready])
    assert chosen is not None
    if kind == "shown":
        start.MainWindow = Telling
        return start.run(chosen)
    return start.run(chosen, visit)


if __name__ == "__main__":
    sys.exit(main())
