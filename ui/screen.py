"""What every screen has: the keys it answers to, one step back, and a moment in which Enter does nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pos_app.changes import Topic

Clock = Callable[[], float]
"""Seconds that only ever grow; what for is the reader's business."""

SETTLING_SECONDS: Final = 0.4
"""How long after a screen appeared a key or press that decides about money is not heard: it was meant for the
screen before."""


class Screen(QWidget):
    """One screen of the till."""

    def __init__(self, name: str, clock: Clock = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.clock = clock
        self._opened_at = clock()

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

    def key_help(self) -> tuple[tuple[str, str], ...]:
        """Keys and what they do here."""
        return ()

    def take_key(self, event: QKeyEvent) -> bool:
        """A key nobody on the screen wanted; True when it meant something."""
        del event
        return False
