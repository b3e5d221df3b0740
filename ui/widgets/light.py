"""A live light in the status line. Its shape says the same as its colour."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import icons, theme
from ui.widgets.buttons import Pressable
from ui.widgets.mirror import placed, write

LightState = Literal["ok", "trouble", "unknown"]
_SIDE: Final = 10
_DOT: Final = 8


class LightButton(Pressable):
    """A dot (well), a triangle (trouble) or a ring (not known yet), a name and maybe an amount."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(f"light_{name}", name, "light", parent)
        self._title, self._amount, self._state = name, "", "unknown"

    def tell(self, title: str, amount: str, state: LightState, spoken: str) -> None:
        """Show `title` with `amount` in `state`; `spoken` is the sentence a screen reader says."""
        self.setAccessibleName(spoken)
        self.setToolTip(spoken)
        if (title, amount, state) != (self._title, self._amount, self._state):
            self._title, self._amount, self._state = title, amount, state
            self.updateGeometry()
            self.update()

    def state(self) -> str:
        """What the light shows."""
        return self._state

    def _faces(self) -> tuple[QFont, QFont]:
        return theme.font(14), theme.font(14, QFont.Weight.DemiBold)

    @override
    def sizeHint(self) -> QSize:
        face, strong = self._faces()
        wide = 2 * _SIDE + 16 + QFontMetricsF(face).horizontalAdvance(self._title) + 4
        if self._amount:
            wide += 5 + QFontMetricsF(strong).horizontalAdvance(self._amount)
        return QSize(int(wide) + 1, 40)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        dot = placed(self, QRectF(_SIDE, middle - _DOT / 2, _DOT, _DOT))
        if self._state == "trouble":
            sign = placed(self, QRectF(_SIDE - 5, middle - 9, 18, 18))
            icons.paint(painter, "warn", sign, theme.colour("danger"))
        elif self._state == "ok":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("ok"))
            painter.drawEllipse(dot)
        else:
            painter.setPen(QPen(theme.colour("muted"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot.adjusted(0.5, 0.5, -0.5, -0.5))
        face, strong = self._faces()
        left = _SIDE + 16.0
        painter.setPen(theme.colour("danger" if self._state == "trouble" else "muted"))
        painter.setFont(face)
        room = QRectF(left, 0, self.width() - left, self.height())
        write(painter, self, placed(self, room), self._title)
        if self._amount:
            left += QFontMetricsF(face).horizontalAdvance(self._title) + 5
            painter.setPen(theme.colour("text"))
            painter.setFont(strong)
            room = QRectF(left, 0, self.width() - left, self.height())
            write(painter, self, placed(self, room), self._amount)
        painter.end()
