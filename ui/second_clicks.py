"""The second click of a double click, where the first one has moved something under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override


class SecondClicks(QObject):
    """Filters a window's events: a second click on what was not there for the first one does nothing.

    Who presses a tile twice means the tile, and not the button that came to lie there meanwhile.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._pressed: list[tuple[int, QWidget | None]] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        kind = event.type()
        # Events made by programs carry no time: nothing can be said about which belong together.
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and event.timestamp():
            self._pressed = [*self._pressed[-1:], (event.timestamp(), self._under(event))]
        elif kind == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent) and event.timestamp():
            # The release goes on: Qt has to know that no button is held, and nothing was pressed by this.
            return self._first(event.timestamp()) is not self._under(event)
        return False

    def _under(self, event: QMouseEvent) -> QWidget | None:
        return self._window.childAt(event.position().toPoint())

    def _first(self, at: int) -> QWidget | None:
        """What lay under the first press; the second one, of the time `at`, is told as a press, too."""
        before = [under for when, under in self._pressed if when != at]
        return before[-1] if before else None
