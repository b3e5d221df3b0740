"""One of a few ways to do something: its name, a sentence about it, and whether it is the chosen one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import theme
from ui.widgets.buttons import Pressable

_SIDE: Final = 16
_DOT: Final = 20


class OptionCard(Pressable):
    """Checkable. Space chooses it, Enter too and goes on with it; the arrows are the screen's."""

    def __init__(self, name: str, title: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(name, f"{title}. {about}", "option", parent)
        self._title, self._about = title, about
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @override
    def keyPressEvent(self, arg__1: QKeyEvent, /) -> None:
        super().keyPressEvent(arg__1)
        if arg__1.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            arg__1.ignore()

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, self._height(self.width() or 200))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 76)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, arg__1: int, /) -> int:
        return self._height(arg__1)

    def _room(self, wide: float) -> QRectF:
        return QRectF(0, 0, wide - 2 * _SIDE - _DOT - 12, 1000)

    def _height(self, wide: int) -> int:
        about = QFontMetricsF(theme.font(14)).boundingRect(
            self._room(wide), int(Qt.TextFlag.TextWordWrap), self._about
        )
        return max(76, int(14 + 24 + 2 + about.height() + 14))

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = QRectF(_SIDE, 16, _DOT, _DOT)
        painter.setPen(QPen(theme.colour("accent" if self.isChecked() else "edge"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot.adjusted(1, 1, -1, -1))
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(dot.adjusted(5, 5, -5, -5))
        left = _SIDE + _DOT + 12
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font(16, QFont.Weight.DemiBold))
        painter.drawText(
            QRectF(left, 14, self.width() - left - _SIDE, 24), Qt.AlignmentFlag.AlignVCenter, self._title
        )
        painter.setPen(theme.colour("muted"))
        painter.setFont(theme.font(14))
        room = QRectF(left, 40, self.width() - left - _SIDE, self.height() - 40)
        painter.drawText(room, int(Qt.TextFlag.TextWordWrap), self._about)
        painter.end()
