"""Keys held down: their repeats, told apart from presses where the window system does not say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

_SAME_MOMENT_MS: Final = 30
"""X11 tells a repeat as a release and a press of one moment. A finger needs longer to come down again."""

_DECIDING: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class HeldKeys(QObject):
    """Filters a window's events: an Enter that follows its own release at once goes no further.

    Qt marks most repeats of a held key, but under X11 not the ones whose press had not arrived when the
    release was looked at.
    """

    def __init__(self, clock: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._released: dict[int, float] = {}

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if not isinstance(event, QKeyEvent) or event.key() not in _DECIDING:
            return False
        # Events made by programs may carry no time.
        at = event.timestamp() or self._clock() * 1000
        if event.type() == QEvent.Type.KeyRelease:
            self._released[event.key()] = at
        elif event.type() == QEvent.Type.KeyPress and (last := self._released.get(event.key())) is not None:
            return 0 <= at - last < _SAME_MOMENT_MS
        return False
