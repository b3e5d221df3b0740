"""Texts that never push what stands beside them out of the window: they break wherever they must."""

from __future__ import annotations

from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.unbroken import unbroken_on_screen
from ui.widgets.parts import Text

_NARROWEST: Final = 48
_WIDEST_WISH: Final = 480


class BreakingText(Text):
    """A text on as many lines as it needs: broken between words, and inside a word too long for a line.

    Qt's own label asks for the width of its longest word, which an e-mail address can make wider than its
    place.
    """

    def __init__(self, name: str, role: str = "", words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, role, words, parent=parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._style: tuple[object, ...] = ()
        self._kept: dict[int, QTextLayout] = {}

    @override
    def setText(self, arg__1: str, /) -> None:
        """Show other words; of those before nothing is kept: it may have been a PIN."""
        if arg__1 != self.text():
            self._style, self._kept = (), {}
        super().setText(arg__1)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, arg__1: int, /) -> int:
        return ceil(self._laid_out(arg__1).boundingRect().height())

    @override
    def sizeHint(self) -> QSize:
        self.ensurePolished()
        wide = min(_WIDEST_WISH, self.fontMetrics().horizontalAdvance(self.text()) + 2)
        return QSize(wide, self.heightForWidth(wide))

    @override
    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(_NARROWEST, self.fontMetrics().height())

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        laid_out = self._laid_out(self.width())
        spare = self.height() - laid_out.boundingRect().height()
        middle = bool(self.alignment() & Qt.AlignmentFlag.AlignVCenter)
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        laid_out.draw(painter, QPointF(0, max(0.0, spare / 2) if middle else 0.0))
        painter.end()

    def _laid_out(self, width: int) -> QTextLayout:
        """The lines for `width`. Kept, because one change of a screen asks for the same ones many times."""
        style = (self.text(), self.font().key(), self.alignment())
        if style != self._style:
            self._style, self._kept = style, {}
        layout = self._kept.get(width)
        if layout is None:
            layout = self._kept[width] = self._lines(width)
        return layout

    def _lines(self, width: int) -> QTextLayout:
        option = QTextOption(self.alignment())
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout = QTextLayout(unbroken_on_screen(self.text()), self.font())
        layout.setTextOption(option)
        layout.beginLayout()
        below = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, below))
            below += line.height()
        layout.endLayout()
        return layout
