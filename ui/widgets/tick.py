"""Something a person says to have done, by a tick: large enough for a finger, and seen in every look."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget
from typing_extensions import override

from ui import icons, theme
from ui.widgets.mirror import placed, write
from ui.widgets.parts import named, plain

_BOX: Final = 22
_GAP: Final = 10
_HIGH: Final = 36


class Tick(QCheckBox):
    """A box and its words; both are pressed."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(plain(words), parent)
        named(self, name, words)
        self._words = words
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def sizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(_BOX + _GAP + self.fontMetrics().horizontalAdvance(self._words) + 6, _HIGH)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(_BOX + _GAP, _HIGH)

    @override
    def hitButton(self, pos: QPoint, /) -> bool:
        return self.rect().contains(pos)

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = placed(self, QRectF(2, (self.height() - _BOX) / 2, _BOX, _BOX))
        ticked, here = self.isChecked(), self.hasFocus()
        if here:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.setPen(QPen(theme.colour("accent" if ticked else "edge"), 1.5))
        painter.setBrush(theme.colour("accent" if ticked else "surface"))
        painter.drawRoundedRect(box.adjusted(3, 3, -1, -1), 5, 5)
        if ticked:
            icons.paint(painter, "check", box.adjusted(4, 4, -2, -2), theme.colour("on_accent"))
        painter.setPen(theme.colour("text"))
        painter.setFont(self.font())
        room = QRectF(_BOX + _GAP, 0, self.width() - _BOX - _GAP, self.height())
        write(painter, self, placed(self, room), self._words)
        painter.end()
