"""How much room there is for the money."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

_LOW: Final = 620
_NARROW: Final = 1000


def is_low(screen: QWidget) -> bool:
    """Whether the window is so low that what decides has to stand closer."""
    return screen.height() < _LOW


def edge(screen: QWidget) -> int:
    """How far what is on the screen stays from its edge, in pixels."""
    return 12 if is_low(screen) or screen.width() < _NARROW else 24
