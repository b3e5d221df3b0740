"""One thing that waits for somebody: what it is, how it stands, since when; the chosen one is marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import icons, theme
from ui.widgets.buttons import Pressable
from ui.widgets.mirror import placed, write
from ui.widgets.tone_sign import SignTone

_SIGNS = {"ok": "check", "warn": "warn", "danger": "stop", "muted": "clock"}
_HIGH = 86
_STATE_SIZE, _STATE_LINE = 14, 20
_NUMBERS_SIZE, _NUMBERS_LINE = 13, 18
_EDGE, _SIGN = 16, 22
_BETWEEN = " · "


class WaitRow(Pressable):
    """Three lines to choose by: a title, a state with its sign, and a line of numbers.

    A state too long for one line goes on in the next: it is what one chooses by. So do the numbers, between
    two of them.

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
        self._state_lines = 1
        self._numbers_on: list[str] = []

    def tell(self, title: str, state: str, numbers: str, tone: SignTone) -> None:
        """Show these words; a screen reader says them in this order."""
        self._title, self._state, self._numbers, self._tone = title, state, numbers, tone
        self.setAccessibleName(f"{title}. {state}. {numbers}")
        self._take_room()
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
        return QSize(200, self.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._take_room()

    def _take_room(self) -> None:
        """Be as high as the words need at this width."""
        room = max(1, self.width() - 2 * _EDGE)
        face = QFontMetricsF(theme.font(_STATE_SIZE, QFont.Weight.Medium))
        place = QRectF(0, 0, max(1, room - _SIGN), 1000)
        high = face.boundingRect(place, Qt.TextFlag.TextWordWrap, self._state).height()
        self._state_lines = max(1, round(high / face.lineSpacing()))
        fits = _metrics().horizontalAdvance(self._numbers) <= room
        self._numbers_on = [self._numbers] if fits else self._numbers.split(_BETWEEN)
        more = (self._state_lines - 1) * _STATE_LINE + (len(self._numbers_on) - 1) * _NUMBERS_LINE
        self.setFixedHeight(_HIGH + more)

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
        left, wide = box.x() + _EDGE - 2, box.width() - 2 * (_EDGE - 2)
        self._line(painter, QRectF(left, box.y() + 9, wide, 22), self._title, 16, "text", bold=True)
        sign = placed(self, QRectF(left, box.y() + 34, 16, 16))
        icons.paint(painter, _SIGNS[self._tone], sign, theme.colour(self._tone))
        high = _STATE_LINE * self._state_lines
        place = QRectF(left + _SIGN, box.y() + 32, wide - _SIGN, high)
        if self._state_lines == 1:
            self._line(painter, place, self._state, _STATE_SIZE, self._tone)
        else:
            painter.setFont(theme.font(_STATE_SIZE, QFont.Weight.Medium))
            painter.setPen(theme.colour(self._tone))
            write(painter, self, placed(self, place), self._state, Qt.AlignmentFlag.AlignTop, wrap=True)
        for number, words in enumerate(self._numbers_on):
            top = box.y() + 34 + high + number * _NUMBERS_LINE
            self._line(painter, QRectF(left, top, wide, _NUMBERS_LINE), words, _NUMBERS_SIZE, "muted")
        painter.end()

    def _line(
        self, painter: QPainter, place: QRectF, words: str, size: int, role: str, *, bold: bool = False
    ) -> None:
        face = theme.font(size, QFont.Weight.DemiBold if bold else QFont.Weight.Medium)
        painter.setFont(face)
        painter.setPen(theme.colour(role))
        cut = QFontMetricsF(face).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        write(painter, self, placed(self, place), cut)


def _metrics() -> QFontMetricsF:
    return QFontMetricsF(theme.font(_NUMBERS_SIZE, QFont.Weight.Medium))
