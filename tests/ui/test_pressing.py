"""What can wait is done in a pause: the printer's library and the collector hold up no key."""

from __future__ import annotations

import asyncio
import gc

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill
from ui.garbage import Garbage
from ui.pressing import LONGEST_SECONDS, PAUSE_SECONDS, Pressing

KEY = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1")


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_somebody_presses_until_the_pause(qtbot: QtBot) -> None:
    del qtbot
    clock = Clock()
    pressing = Pressing(clock)
    assert not pressing.is_on(), "nobody was there yet"
    assert not pressing.eventFilter(pressing, KEY), "it only listens"
    assert pressing.is_on()
    clock.now += PAUSE_SECONDS - 0.01
    assert pressing.is_on()
    clock.now += 0.02
    assert not pressing.is_on()
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(1, 1),
        QPointF(1, 1),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    pressing.eventFilter(pressing, moved)
    assert not pressing.is_on(), "a mouse that is moved waits for nothing"


async def test_whoever_never_pauses_is_waited_for_so_long_and_no_longer(qtbot: QtBot) -> None:
    del qtbot
    clock = Clock()
    pressing = Pressing(clock)
    pressing.eventFilter(pressing, KEY)
    waiting = asyncio.create_task(pressing.pause())
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.now += LONGEST_SECONDS + 1
    pressing.eventFilter(pressing, KEY)
    await asyncio.wait_for(waiting, 60)
    assert pressing.is_on(), "not because of a pause"


async def test_the_printer_is_made_ready_in_a_pause_between_keys(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        for letter in "acme":
            cashier.strike(letter)
        await cashier.until(
            lambda: cashier.window.findChild(QWidget, "result") is not None, "all screens to be ready"
        )
        cashier.strike("Backspace")
        await cashier.until(lambda: _is_waiting("get ready"), "somebody to wait for a pause")
        assert not till.warm, "its import would take turns with the keys"
        till.seconds += PAUSE_SECONDS
        await cashier.until(lambda: till.warm, "the printer's library")


def _is_waiting(name: str) -> bool:
    return any(task.get_name() == name for task in asyncio.all_tasks())


def test_the_collector_waits_for_a_pause_and_not_for_ever(qtbot: QtBot) -> None:
    del qtbot
    busy, looks = True, 0
    garbage = Garbage()
    garbage.wait_while(lambda: busy)
    collected: list[str] = []

    def heard(phase: str, _info: dict[str, int]) -> None:
        collected.append(phase)

    gc.callbacks.append(heard)
    try:
        garbage.look()
        assert not collected, "somebody types"
        busy = False
        garbage.look()
        assert collected, "a pause"
        collected.clear()
        # It is worth it again by now, and the keys never end.
        busy, rubbish = True, [[0] for _ in range(3_000)]
        garbage.look()
        garbage.look()
        while not collected and looks < 1_000:
            rubbish += [[0] for _ in range(3_000)]
            garbage.look()
            looks += 1
        assert 10 < looks < 1_000
    finally:
        gc.callbacks.remove(heard)
        garbage.stop()
