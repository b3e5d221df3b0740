"""Python's cyclic garbage collector, run by the window's thread only.

Left to itself it runs in whichever thread makes the next object, the store's worker too, and would end Qt
objects there; Qt objects end in the thread they live in, or the program crashes.
"""

from __future__ import annotations

import ctypes
import gc
import linecache
import sys
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LOOK_MS: Final = 5_000
_YOUNG: Final = 2_000
"""New objects after which a look is worth it; a sale makes a few thousand."""

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
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MS)

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


def _give_back() -> None:
    """Let glibc hand the system the pages of its heap that the start needed and nobody needs any more."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
