"""Where things stand that a widget paints by itself: turned round where people read from right to left.

Qt turns layouts, and says which way a widget runs; what is painted at a place of its own has to ask.
"""

from __future__ import annotations

from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from ui import icons

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

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
    if wrap and turned(widget):
        write_lines(painter, widget, place, words, how)
        return
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.drawText(place, flags(how, right_to_left=turned(widget), wrap=wrap), words)


def write_lines(painter: QPainter, widget: QWidget, place: QRectF, words: str, how: Qt.AlignmentFlag) -> None:
    """Draw `words` in as many lines as they need in `place`, each beginning at its edge.

    Qt's own way counts the blank at which a line was broken, and moves a line read from right to left by it.
    """
    option = QTextOption(_side(how, right_to_left=turned(widget)))
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    laid = _lines(words, painter.font(), option, place.width())
    spare = place.height() - laid.boundingRect().height()
    if how & Qt.AlignmentFlag.AlignBottom:
        down = spare
    else:
        down = spare / 2 if how & Qt.AlignmentFlag.AlignVCenter else 0
    laid.draw(painter, place.topLeft() + QPointF(0, down))


def _lines(words: str, font: QFont, option: QTextOption, wide: float) -> QTextLayout:
    laid = QTextLayout(words.replace("\n", "\u2028"), font)
    laid.setTextOption(option)
    between = QFontMetricsF(font).leading()
    below = -between
    laid.beginLayout()
    while (line := laid.createLine()).isValid():
        line.setLineWidth(wide)
        # On whole points, as Qt has it where it measures how high the words are.
        below = ceil(below + between)
        line.setPosition(QPointF(0, below))
        below += line.height()
    laid.endLayout()
    return laid


@cache
def flags(
    how: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter, *, right_to_left: bool, wrap: bool = False
) -> int:
    """What Qt is told to draw words where a line begins. Kept: making it takes as long as a word."""
    lines = Qt.TextFlag.TextWordWrap if wrap else Qt.TextFlag.TextSingleLine
    return int(_side(how, right_to_left=right_to_left)) | int(lines)


def begin(edit: QLineEdit) -> None:
    """Let what is entered begin under its label, as one reads, also before its first letter is there.

    Left to itself an empty field begins where the keyboard's language does, and a name in other letters at
    the far end.
    """
    if turned(edit):
        edit.setAlignment(side(edit, edit.alignment()))


def begin_lines(edit: QPlainTextEdit) -> None:
    """Like `begin`, for a field of several lines."""
    if turned(edit):
        option = edit.document().defaultTextOption()
        option.setAlignment(side(edit))
        edit.document().setDefaultTextOption(option)


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
