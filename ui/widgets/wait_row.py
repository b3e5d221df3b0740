"""One thing that waits for somebody: what it is, how it stands, since when; the chosen one is marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import icons, theme
from ui.widgets.buttons import Pressable
from ui.widgets.tone_sign import SignTone

_SIGNS = {"ok": "check", "warn": "warn", "danger": "stop", "muted": "clock"}
_HIGH = 86


class WaitRow(Pressable):
    """Three lines to choose by: a title, a state with its sign, and a line of numbers.

    `stepped` asks for the row that many places further down, `entered` to go into this one.
    """

    stepped = Signal(int)
    entered = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, "", "waitrow", parent)
        self.setCheckable(True)
        self.setFixedHeight(_HIGH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = self._state = self._numbers = ""
        self._tone: SignTone = "muted"

    def tell(self, title: str, state: str, numbers: str, tone: SignTone) -> None:
        """Show these words; a screen reader says them in this order."""
        self._title, self._state, self._numbers, self._tone = title, state, numbers, tone
        self.setAccessibleName(f"{title}. {state}. {numbers}")
        self.update()

    def words(self) -> str:
        """The three lines, for whoever reads the screen."""
        return f"{self._title}\n{self._state}\n{self._numbers}"

    @override
    def keyPressEvent(self, arg__1: QKeyEvent, /) -> None:
        if arg__1.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            # Left to itself the list would scroll instead.
            self.stepped.emit(1 if arg__1.key() == Qt.Key.Key_Down else -1)
        elif arg__1.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not arg__1.isAutoRepeat():
                self.entered.emit()
        else:
            super().keyPressEvent(arg__1)

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, _HIGH)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HIGH)

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft" if self.isChecked() else "hover"))
            painter.drawRoundedRect(box, 12, 12)
        if self.hasFocus():
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(theme.colour("accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 12, 12)
        left, wide = box.x() + 14, box.width() - 28
        self._line(painter, QRectF(left, box.y() + 9, wide, 22), self._title, 16, "text", bold=True)
        icons.paint(painter, _SIGNS[self._tone], QRectF(left, box.y() + 34, 16, 16), theme.colour(self._tone))
        self._line(painter, QRectF(left + 22, box.y() + 32, wide - 22, 20), self._state, 14, self._tone)
        self._line(painter, QRectF(left, box.y() + 54, wide, 18), self._numbers, 13, "muted")
        painter.end()

    def _line(
        self, painter: QPainter, place: QRectF, words: str, size: int, role: str, *, bold: bool = False
    ) -> None:
        face = theme.font(size, QFont.Weight.DemiBold if bold else QFont.Weight.Medium)
        painter.setFont(face)
        painter.setPen(theme.colour(role))
        cut = QFontMetricsF(face).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
