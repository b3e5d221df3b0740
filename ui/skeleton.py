"""The Sell screen's outline while the till opens, so that nothing jumps when it is there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import theme
from ui.widgets.mirror import placed, write

_BAR: Final = 16
"""What the tiles keep free at their end for a scroll bar."""


class Skeleton(QWidget):
    """Painted in one go: a search field, tiles and a basket without words in them."""

    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("skeleton")
        self._words = _("Opening the till…")
        self.setAccessibleName(self._words)

    def say(self, words: str) -> None:
        """Say what is going on."""
        self._words = words
        self.setAccessibleName(words)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, side = page_edge(self.width(), self.height()), basket_width(self.width())
        gap = max(edge, _BAR)
        left = QRectF(edge, edge, self.width() - side - gap - 2 * edge, self.height() - 2 * edge)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("surface"))
        self._box(painter, left.x(), left.y(), left.width(), 56)
        self._box(painter, left.right() + gap, left.y(), side, left.height())
        columns = max(1, int((left.width() + 12) // 176))
        wide = (left.width() - 12 * (columns - 1)) / columns
        top = left.y() + 56 + 16 + 48 + 16
        while top + 104 <= left.bottom():
            for column in range(columns):
                x = left.x() + column * (wide + 12)
                self._box(painter, x, top, wide, 104)
                painter.setBrush(theme.colour("hover"))
                painter.setPen(Qt.PenStyle.NoPen)
                for part, corner in (
                    (QRectF(x + 15, top + 26, 52, 52), 13),
                    (QRectF(x + 80, top + 38, max(0.0, wide - 110), 12), 6),
                    (QRectF(x + 80, top + 58, max(0.0, wide - 130), 9), 4),
                ):
                    painter.drawRoundedRect(placed(self, part), corner, corner)
                painter.setPen(QPen(theme.colour("line"), 1))
                painter.setBrush(theme.colour("surface"))
            top += 116
        painter.setPen(theme.colour("muted"))
        painter.setFont(theme.font(16, QFont.Weight.Medium))
        place = QRectF(left.x() + 20, left.y(), left.width() - 40, 56)
        write(painter, self, placed(self, place), self._words)
        painter.end()
        self.painted.emit()

    def _box(self, painter: QPainter, x: float, y: float, wide: float, high: float) -> None:
        box = placed(self, QRectF(x, y, wide, high))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 14, 14)


def page_edge(width: int, height: int) -> int:
    """How much room a page of `width` by `height` pixels leaves at its edges: less on a small screen."""
    return 24 if width >= 1000 and height >= 620 else 12  # noqa: PLR2004


def basket_width(width: int) -> int:
    """How wide the right column is in a page `width` pixels wide."""
    return 400 if width >= 1120 else 328 if width >= 900 else 300  # noqa: PLR2004  1280, 1024 and below
