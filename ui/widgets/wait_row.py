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
_TITLE_SIZE, _TITLE_LINE = 16, 22
_STATE_SIZE, _STATE_LINE = 14, 20
_NUMBERS_SIZE, _NUMBERS_LINE = 13, 18
_EDGE, _SIGN = 16, 22
_BETWEEN = " · "


class WaitRow(Pressable):
    """Three lines to choose by: a title, a state with its sign, and a line of numbers.

    A title or a state too long for one line goes on in the next: by them one chooses, and an amount may not
    be cut. So do the numbers, between two of them.

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
        self._title_lines = self._state_lines = 1
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

    @override
    def nextCheckState(self) -> None:
        """Stay as it is: which row is chosen is the screen's to say; a press on it does not let go of it."""

    def _take_room(self) -> None:
        """Be as high as the words need at this width."""
        room = max(1, self.width() - 2 * _EDGE)
        self._title_lines = _lines(self._title, _title_font(), room)
        self._state_lines = _lines(self._state, _state_font(), room - _SIGN)
        fits = QFontMetricsF(_numbers_font()).horizontalAdvance(self._numbers) <= room
        self._numbers_on = [self._numbers] if fits else self._numbers.split(_BETWEEN)
        more = (self._title_lines - 1) * _TITLE_LINE + (self._state_lines - 1) * _STATE_LINE
        self.setFixedHeight(_HIGH + more + (len(self._numbers_on) - 1) * _NUMBERS_LINE)

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self.isChecked() or self.underMouse():
            painter.setPen(theme.colour("tint_edge"))
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
        top, high = box.y() + 9, _TITLE_LINE * self._title_lines
        self._some(
            painter, QRectF(left, top, wide, high), self._title, self._title_lines, _title_font(), "text"
        )
        down = box.y() + (self._title_lines - 1) * _TITLE_LINE
        sign = placed(self, QRectF(left, down + 34, 16, 16))
        icons.paint(painter, _SIGNS[self._tone], sign, theme.colour(self._tone))
        high = _STATE_LINE * self._state_lines
        place = QRectF(left + _SIGN, down + 32, wide - _SIGN, high)
        self._some(painter, place, self._state, self._state_lines, _state_font(), self._tone)
        for number, words in enumerate(self._numbers_on):
            top = down + 34 + high + number * _NUMBERS_LINE
            place = QRectF(left, top, wide, _NUMBERS_LINE)
            self._some(painter, place, words, 1, _numbers_font(), "muted")
        painter.end()

    def _some(self, painter: QPainter, place: QRectF, words: str, lines: int, face: QFont, role: str) -> None:
        painter.setFont(face)
        painter.setPen(theme.colour(role))
        if lines > 1:
            write(painter, self, placed(self, place), words, Qt.AlignmentFlag.AlignTop, wrap=True)
            return
        cut = QFontMetricsF(face).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        write(painter, self, placed(self, place), cut)


def _lines(words: str, face: QFont, wide: float) -> int:
    metrics = QFontMetricsF(face)
    place = QRectF(0, 0, max(1, wide), 1000)
    high = metrics.boundingRect(place, Qt.TextFlag.TextWordWrap, words).height()
    return max(1, round(high / metrics.lineSpacing()))


def _title_font() -> QFont:
    return theme.font(_TITLE_SIZE, QFont.Weight.DemiBold)


def _state_font() -> QFont:
    return theme.font(_STATE_SIZE, QFont.Weight.Medium)


def _numbers_font() -> QFont:
    return theme.font(_NUMBERS_SIZE, QFont.Weight.Medium)
