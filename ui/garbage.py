"""Python's cyclic garbage collector, run by the window's thread only.

Left to itself it runs in whichever thread makes the next object, the store's worker too, and would end Qt
objects there; Qt objects end in the thread they live in, or the program crashes.
"""

from __future__ import annotations

import ctypes
import gc
import linecache
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LOOK_MS: Final = 5_000
_YOUNG: Final = 2_000
"""New objects after which a look is worth it; a sale makes a few thousand."""

_PUT_OFF_MS: Final = 500
_MOST_PUT_OFF: Final = 60
"""Half a minute of keys without a pause; what they leave behind by then is worth holding one of them up."""

_LOOKS_TO_A_FULL_ONE: Final = 60
_LOOKS_TO_REST: Final = 2
"""The till is open by then, and its products have come."""


class Garbage(QObject):
    """Collects now and then, from the event loop, for as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._looks, self._kept = 0, False
        self._is_bad_moment, self._put_off = _never, 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MS)

    def wait_while(self, is_bad_moment: Callable[[], bool]) -> None:
        """Put a look off from here on while `is_bad_moment`: it holds up the window for some 20 ms."""
        self._is_bad_moment = is_bad_moment

    def keep(self) -> None:
        """What is there by now stays to the end, and is passed by from here on; takes no time.

        What of it is garbage already is little. To look for it among all that was imported would hold up the
        window for a tenth of a second, when the first customer may be there.
        """
        self._kept = True
        gc.freeze()

    def stop(self) -> None:
        """Give the collector back to Python, unless somebody else had taken it already."""
        self._timer.stop()
        if self._kept:
            gc.unfreeze()
        if self._was_on:
            gc.enable()

    def look(self) -> None:
        """Collect as far as it is worth it; called by the clock."""
        if self._put_off < _MOST_PUT_OFF and self._is_bad_moment():
            self._put_off += 1
            self._timer.start(_PUT_OFF_MS)
            return
        if self._put_off:
            self._put_off = 0
            self._timer.start(_LOOK_MS)
        self._looks += 1
        if self._looks == 1:
            gc.collect()
            self.keep()
        elif self._looks == _LOOKS_TO_REST:
            # Lines of source that something looked at while it was imported.
            linecache.clearcache()
            _give_back()
        elif self._looks % _LOOKS_TO_A_FULL_ONE == 0:
            gc.collect()
        elif gc.get_count()[0] > _YOUNG:
            gc.collect(1)


def _never() -> bool:
    return False


def _give_back() -> None:
    """Let glibc hand the system the pages of its heap that the start needed and nobody needs any more."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
