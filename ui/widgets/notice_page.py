"""A whole window's worth of bad news: what happened, what to do, and at most two ways on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import icons, theme
from ui.widgets.buttons import ActionButton
from ui.widgets.parts import Text, card, named


class NoticePage(QWidget):
    """Shown instead of a screen when the till can not be used."""

    again_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "notice_page")
        # parts
        self._card = card("notice_card", self)
        self._card.setFixedWidth(560)
        self._sign = _Sign()
        self._title = Text("notice_title", "headline", wrap=True)
        self._what = Text("notice_what", "", wrap=True)
        self._advice = Text("notice_advice", "muted", wrap=True)
        self._again = ActionButton("notice_again", _("Try again"), role="primary")
        self._close = ActionButton("notice_close", _("Close Countercard"))
        # layout
        column = QVBoxLayout(self._card)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(12)
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._title, self._what, self._advice):
            column.addWidget(part)
        column.addSpacing(16)
        column.addWidget(self._again)
        column.addWidget(self._close)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._card)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(2)
        # connections
        self._again.clicked.connect(self.again_wanted)
        self._close.clicked.connect(self.close_wanted)

    def tell(self, title: str, what: str, advice: str, *, can_retry: bool) -> None:
        """Say what happened and what to do."""
        self._title.setText(title)
        self._what.say(what)
        self._advice.say(advice)
        self._again.setVisible(can_retry)
        self.setAccessibleName(f"{title} {what} {advice}")
        (self._again if can_retry else self._close).setFocus()


class _Sign(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(52, 52)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("danger_soft"))
        painter.drawRoundedRect(QRectF(self.rect()), 13, 13)
        icons.paint(painter, "warn", QRectF(12, 12, 28, 28), theme.colour("danger"))
        painter.end()
