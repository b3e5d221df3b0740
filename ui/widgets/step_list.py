"""Where one is among a few steps: a column of numbered dots with their names, the done ones ticked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import icons, theme
from ui.widgets.mirror import placed, turned, write
from ui.widgets.parts import named

_ROW: Final = 52
_LOW_ROW: Final = 44
_DOT: Final = 28
_LOW: Final = 620


class StepList(QWidget):
    """Painted for a dark ground such as the rail. `here` is the step one is at, -1 for none of them."""

    def __init__(self, name: str, steps: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self._steps = tuple(steps)
        self._here, self._done = -1, frozenset[int]()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    def tell(self, here: int, done: Sequence[int]) -> None:
        """One is at the step `here`; those in `done` are behind."""
        if (here, frozenset(done)) != (self._here, self._done):
            self._here, self._done = here, frozenset(done)
            self._describe()
            self.update()

    def _describe(self) -> None:
        if 0 <= self._here < len(self._steps):
            words = _("Step {number} of {count}: {name}").format(
                number=self._here + 1, count=len(self._steps), name=self._steps[self._here]
            )
        else:
            words = ". ".join(self._steps)
        self.setAccessibleName(words)

    def _row(self) -> int:
        return _LOW_ROW if self.window().height() < _LOW else _ROW

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, len(self._steps) * self._row())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = self.height() / len(self._steps)
        for number, words in enumerate(self._steps):
            middle = row * number + row / 2
            if number:
                self._paint_link(painter, middle - row, middle)
            self._paint_dot(painter, number, middle)
            here = number == self._here
            face = theme.font(15, QFont.Weight.DemiBold if here else QFont.Weight.Normal)
            painter.setFont(face)
            painter.setPen(theme.colour("on_rail" if here else "rail_text"))
            left = _DOT + 12.0
            room = QRectF(left, middle - row / 2, self.width() - left, row)
            cut = QFontMetricsF(face).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            write(painter, self, placed(self, room), cut)
        painter.end()

    def _paint_link(self, painter: QPainter, above: float, below: float) -> None:
        painter.setPen(QPen(theme.colour("rail_chosen"), 2))
        x = self.width() - _DOT / 2 if turned(self) else _DOT / 2
        painter.drawLine(QPointF(x, above + _DOT / 2 + 4), QPointF(x, below - _DOT / 2 - 4))

    def _paint_dot(self, painter: QPainter, number: int, middle: float) -> None:
        here, done = number == self._here, number in self._done
        dot = placed(self, QRectF(0, middle - _DOT / 2, _DOT, _DOT))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("on_rail" if here else "rail_chosen"))
        painter.drawEllipse(dot)
        ink = theme.colour("rail" if here else "on_rail" if done else "rail_text")
        if done and not here:
            icons.paint(painter, "check", dot.adjusted(6, 6, -6, -6), ink)
            return
        painter.setPen(ink)
        painter.setFont(theme.font(13, QFont.Weight.DemiBold))
        painter.drawText(dot, Qt.AlignmentFlag.AlignCenter, str(number + 1))
