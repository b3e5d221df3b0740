"""What every screen has: the keys it answers to, one step back, and a moment in which Enter does nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from pos_app.changes import Topic

Clock = Callable[[], float]
"""Seconds that only ever grow; what for is the reader's business."""

SETTLING_SECONDS: Final = 0.4
"""How long after a screen appeared a key or press that decides about money is not heard: it was meant for the
screen before."""

_AT_A_TIME: Final = 12
"""So many parts are dressed in one turn: some milliseconds."""


class Screen(QWidget):
    """One screen of the till."""

    def __init__(self, name: str, clock: Clock = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.clock = clock
        self._opened_at = clock()

    def get_ready(self) -> Iterator[None]:
        """Do in steps, while nobody waits, what showing the screen for the first time would do at once.

        Whoever shows it before the last step waits for the rest, and misses nothing.
        """
        dressed = 0
        for part in self.findChildren(QWidget):
            # Between two steps the screen may have been shown and have let go of some.
            if isValid(part) and not part.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
                part.ensurePolished()
                dressed += 1
                if dressed % _AT_A_TIME == 0:
                    yield
        yield
        if (layout := self.layout()) is not None and not self.isVisible():
            # At the size it will have: laying it out is half of what showing it takes.
            if (place := self.parentWidget()) is not None:
                self.resize(place.size())
            layout.activate()

    def opened(self) -> None:
        """The screen has just appeared."""
        self._opened_at = self.clock()

    def left(self) -> None:
        """Another screen has taken its place."""

    def settled(self) -> bool:
        """Whether the screen has been there long enough for a decision."""
        return self.clock() - self._opened_at >= SETTLING_SECONDS

    def refresh(self, topic: Topic) -> None:
        """Something of the kind `topic` has moved."""

    def step_back(self) -> bool:
        """Esc: one step back within the screen; False when there is none left."""
        return False

    def take_scanned(self, text: str) -> bool:
        """Something was scanned: True where the screen asked for just that."""
        del text
        return False

    def no_scan(self) -> str:
        """Why nothing can be scanned on this screen now, and what to do first; empty where something can."""
        return ""

    def key_help(self) -> tuple[tuple[str, str], ...]:
        """Keys and what they do here."""
        return ()

    def take_key(self, event: QKeyEvent) -> bool:
        """A key nobody on the screen wanted; True when it meant something."""
        del event
        return False
