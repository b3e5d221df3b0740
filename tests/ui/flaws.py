"""What a designer would mend and a program can see: words that are cut, controls out of their place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from tests.ui.names import unnamed
from ui.widgets.breaking_text import BreakingText
from ui.widgets.buttons import ActionButton, IconButton, RailButton, fitting
from ui.widgets.code_text import CodeText
from ui.widgets.parts import Figure, OneLine
from ui.widgets.wait_row import WaitRow

_SHORTENS_ITSELF = (OneLine, Figure, CodeText, WaitRow, IconButton, RailButton)
"""What says less, or the same smaller, where there is little room: that is meant."""


def flaws(window: QWidget) -> list[str]:
    """Everything of that kind one can see in `window` now."""
    top = next((one for one in window.findChildren(QWidget, "sheet") if one.isVisible()), window)
    seen = [one for one in top.findChildren(QWidget) if one.isVisible() and not one.visibleRegion().isEmpty()]
    return [
        *unnamed(top, seen=True),
        *(f"{_called(one)} is cut: {words}" for one in seen if (words := _cut(one))),
        *(f"{_called(one)} is out of its place" for one in seen if _is_out_of_place(one, top)),
    ]


def _called(one: QWidget) -> str:
    return f"{type(one).__name__} {one.objectName()!r}"


def _cut(one: QWidget) -> str:
    """The words of `one` that can not all be read, empty for none."""
    if isinstance(one, _SHORTENS_ITSELF):
        return ""
    if isinstance(one, BreakingText):
        return one.text() if one.heightForWidth(one.width()) > one.height() + 1 else ""
    if isinstance(one, QLabel):
        wide = one.minimumSizeHint().width() if one.wordWrap() else one.sizeHint().width()
        high = one.heightForWidth(one.width()) if one.wordWrap() else 0
        return one.text() if wide > one.width() + 1 or high > one.height() + 1 else ""
    if isinstance(one, ActionButton):
        beside = 24 + 32 * one.has_icon()
        face = fitting(one.font(), one.words(), one.width() - beside)
        wide = QFontMetricsF(face).horizontalAdvance(one.words()) + beside
        return one.words() if wide > one.width() + 1 else ""
    if isinstance(one, QPushButton | QCheckBox):
        return one.text() if one.text() and one.sizeHint().width() > one.width() + 1 else ""
    if isinstance(one, QLineEdit):
        wide = QFontMetricsF(one.font()).horizontalAdvance(one.placeholderText()) + 32
        return one.placeholderText() if not one.text() and wide > one.width() + 1 else ""
    return ""


def _is_out_of_place(one: QWidget, top: QWidget) -> bool:
    """Whether a control is not all there, and nothing can be scrolled to see the rest of it."""
    if not isinstance(one, QAbstractButton | QLineEdit):
        return False
    above = one.parentWidget()
    while above is not None and above is not top:
        if isinstance(above, QAbstractScrollArea):
            # What goes on sideways is scrolled to.
            return not above.horizontalScrollBar().maximum() and not _within(one, above, sideways=True)
        above = above.parentWidget()
    return not _within(one, top, sideways=False)


def _within(one: QWidget, place: QWidget, *, sideways: bool) -> bool:
    here = QRect(one.mapTo(place, QPoint(0, 0)), one.size())
    if sideways:
        return here.left() >= 0 and here.right() <= place.width()
    return place.rect().contains(here)
