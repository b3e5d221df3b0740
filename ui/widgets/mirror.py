"""Where things stand that a widget paints by itself: turned round where people read from right to left.

Qt turns layouts, and says which way a widget runs; what is painted at a place of its own has to ask.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from ui import icons

_POINTING: Final = frozenset({"back", "forward", "send", "undo"})
"""Drawings that lead somewhere; all others are the same for everybody."""

_OTHER_KEY: Final[dict[int, int]] = {
    Qt.Key.Key_Left: Qt.Key.Key_Right,
    Qt.Key.Key_Right: Qt.Key.Key_Left,
}
_SIDES: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignRight


def turned(widget: QWidget) -> bool:
    """Whether `widget` is read from right to left."""
    return widget.layoutDirection() == Qt.LayoutDirection.RightToLeft


def placed(widget: QWidget, rect: QRectF) -> QRectF:
    """`rect`, which is meant from the left, where it stands in `widget`."""
    if not turned(widget):
        return rect
    return QRectF(widget.width() - rect.x() - rect.width(), rect.y(), rect.width(), rect.height())


def side(widget: QWidget, wanted: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> Qt.AlignmentFlag:
    """`wanted`, as the side it is in `widget`, whatever way the words themselves run."""
    return _side(wanted, right_to_left=turned(widget))


def _side(wanted: Qt.AlignmentFlag, *, right_to_left: bool) -> Qt.AlignmentFlag:
    absolute = Qt.AlignmentFlag.AlignAbsolute
    across = wanted & _SIDES
    if wanted & Qt.AlignmentFlag.AlignHCenter or wanted & absolute:
        return wanted
    if not right_to_left:
        return wanted | absolute
    rest = wanted & ~_SIDES
    left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    return rest | absolute | (left if across == right else right)


def write(
    painter: QPainter,
    widget: QWidget,
    place: QRectF,
    words: str,
    how: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter,
    *,
    wrap: bool = False,
) -> None:
    """Draw `words` in `place`, at the side where a line begins; they run the way their first letter does."""
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.drawText(place, flags(how, right_to_left=turned(widget), wrap=wrap), words)


@cache
def flags(
    how: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter, *, right_to_left: bool, wrap: bool = False
) -> int:
    """What Qt is told to draw words where a line begins. Kept: making it takes as long as a word."""
    lines = Qt.TextFlag.TextWordWrap if wrap else Qt.TextFlag.TextSingleLine
    return int(_side(how, right_to_left=right_to_left)) | int(lines)


def draw(painter: QPainter, widget: QWidget, icon: str, place: QRectF, ink: QColor) -> None:
    """Draw `icon` in `place`; one that points leads the way one reads."""
    if icon not in _POINTING or not turned(widget):
        icons.paint(painter, icon, place, ink)
        return
    painter.save()
    painter.translate(2 * place.center().x(), 0)
    painter.scale(-1, 1)
    icons.paint(painter, icon, place, ink)
    painter.restore()


def margins(widget: QWidget, before: int, above: int, behind: int, below: int) -> tuple[int, int, int, int]:
    """What a layout in `widget` is given, which Qt does not turn: left, above, right, below."""
    return (behind, above, before, below) if turned(widget) else (before, above, behind, below)


def key(widget: QWidget, pressed: int) -> int:
    """The arrow that was meant: the one to the left leads on where the next thing is on the left."""
    return _OTHER_KEY.get(pressed, pressed) if turned(widget) else pressed
