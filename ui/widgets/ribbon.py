"""The striped ribbon of training mode."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import theme

_HIGH = 24
_STEP = 32
_STRIPE = 7


class Ribbon(QWidget):
    """Stripes across the whole window with its words in the middle: nobody takes this till for a real one."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("ribbon")
        self.setAccessibleName(words)
        self.setFixedHeight(_HIGH)

    def words(self) -> str:
        """What the ribbon says."""
        return self._words

    def say(self, words: str) -> None:
        """Say it in other words."""
        self._words = words
        self.setAccessibleName(words)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("ribbon"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("on_ribbon"))
        for left in range(-_HIGH, self.width() + _HIGH, _STEP):
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(left, _HIGH),
                        QPointF(left + _HIGH, 0),
                        QPointF(left + _HIGH + _STRIPE, 0),
                        QPointF(left + _STRIPE, _HIGH),
                    ]
                )
            )
        face = theme.font(12, QFont.Weight.Bold)
        face.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1.2)
        wide = QFontMetricsF(face).horizontalAdvance(self._words) + 32
        plate = QRectF((self.width() - wide) / 2, 2, wide, _HIGH - 4)
        painter.drawRect(plate)
        painter.setPen(theme.colour("ribbon"))
        painter.setFont(face)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()
