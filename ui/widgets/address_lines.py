"""An address in little room: its beginning in one line and its end in the next.

Merchants of one name are told apart by their address alone, and whether by its beginning or by its end
nobody knows. So what has to go goes from between.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.widgets import mirror
from ui.widgets.parts import Text


def address_lines(
    words: str, face: QFont, wide: float, beside: float = 0, *, most: Literal[1, 2] = 2
) -> list[str]:
    """`words` in one line of `wide` pixels or in two; `beside` pixels of the first are something else's.

    It is broken at a blank. What the second line has no room for is left out at its beginning, with a mark;
    where there is to be one at `most`, it is left out of the middle.
    """
    metrics = QFontMetricsF(face)
    room = max(1.0, wide - beside)
    laid = QTextLayout(words, face)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    laid.setTextOption(option)
    laid.beginLayout()
    first = laid.createLine()
    first.setLineWidth(room)
    laid.endLayout()
    # Qt counts in halves of what may take two of them.
    halves, at = words.encode("utf-16-le"), 2 * first.textLength()
    if first.naturalTextWidth() > room or (most == 1 and at < len(halves)):
        return [metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, room)]
    begins = halves[:at].decode("utf-16-le").rstrip()
    if at >= len(halves):
        return [begins]
    rest = halves[at:].decode("utf-16-le")
    return [begins, metrics.elidedText(rest, Qt.TextElideMode.ElideLeft, wide)]


class AddressText(Text):
    """An address as high as its one or two lines; a screen reader says all of it."""

    def __init__(self, name: str, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, role, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def lines(self) -> list[str]:
        """What is to be seen at this width."""
        return address_lines(self.text(), self.font(), self.width())

    @override
    def setText(self, arg__1: str, /) -> None:
        super().setText(arg__1)
        self.setAccessibleName(arg__1)
        self._take_room()

    @override
    def sizeHint(self) -> QSize:
        return QSize(0, self.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._take_room()

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        high = self.fontMetrics().lineSpacing()
        for number, line in enumerate(self.lines()):
            mirror.write(painter, self, QRectF(0, number * high, self.width(), high), line)
        painter.end()

    def _take_room(self) -> None:
        self.ensurePolished()
        self.setFixedHeight(self.fontMetrics().lineSpacing() * len(self.lines()))
