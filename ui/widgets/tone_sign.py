"""A small sign of how something stands; its shape says the same as its colour."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import icons, theme

SignTone = Literal["ok", "warn", "danger", "muted"]
ROLES: Final[dict[SignTone, str]] = {
    "ok": "oktext",
    "danger": "alarmtext",
    "warn": "notetext",
    "muted": "muted",
}
"""How a sentence beside a sign of each tone is dressed."""

_NAMES: Final = {"ok": "check", "warn": "warn", "danger": "stop", "muted": "clock"}
_INKS: Final = {"ok": "on_ok", "warn": "on_ok", "danger": "on_danger", "muted": "on_strong"}


class ToneSign(QWidget):
    """A tick, a triangle, a stop sign or a clock: small beside a text, large and filled at a headline."""

    def __init__(self, *, large: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._large = large
        self._tone: SignTone = "muted"
        self.setFixedSize(52, 52) if large else self.setFixedSize(16, 18)

    def tell(self, tone: SignTone) -> None:
        """Show `tone`."""
        if tone != self._tone:
            self._tone = tone
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = theme.colour(self._tone)
        place = QRectF(0, 1, 16, 16)
        if self._large:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawRoundedRect(QRectF(self.rect()), 13, 13)
            ink, place = theme.colour(_INKS[self._tone]), QRectF(12, 12, 28, 28)
        icons.paint(painter, _NAMES[self._tone], place, ink)
        painter.end()
