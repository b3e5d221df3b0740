"""Whether somebody is at the keys just now: what can wait is done in a pause, not between two of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject
from typing_extensions import override

PAUSE_SECONDS: Final = 0.4
"""So long nothing is pressed: somebody who types a word, or an amount, is quicker."""

LONGEST_SECONDS: Final = 20.0
"""So long somebody who never pauses is waited for."""

_PRESSES: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin})


class Pressing(QObject):
    """Filters a window's events, takes none: knows when a key, a button or the screen was pressed last."""

    def __init__(self, clock: Callable[[], float], parent: QObject | None = None) -> None:
        """`clock` counts seconds and never goes back."""
        super().__init__(parent)
        self._clock = clock
        self._last: float | None = None

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() in _PRESSES:
            self._last = self._clock()
        return False

    def is_on(self) -> bool:
        """Whether something was pressed within the last `PAUSE_SECONDS`."""
        return self._left() > 0

    async def pause(self) -> None:
        """Return in the next pause, or after `LONGEST_SECONDS` without one."""
        end = self._clock() + LONGEST_SECONDS
        # A pause is when nothing happens: there is no event for it.
        while (left := self._left()) > 0 and self._clock() < end:  # noqa: ASYNC110
            await asyncio.sleep(left)

    def _left(self) -> float:
        """Seconds until it is a pause, if nothing more is pressed."""
        return 0.0 if self._last is None else self._last + PAUSE_SECONDS - self._clock()
