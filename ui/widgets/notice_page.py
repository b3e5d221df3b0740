"""A whole window's worth of bad news: what happened, what to do, and the ways on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import icons, theme
from ui.widgets.buttons import ActionButton
from ui.widgets.even_text import EvenText
from ui.widgets.parts import Text, card, named

_LOW = 520


class NoticePage(QWidget):
    """Shown instead of a screen when the till can not be used."""

    again_wanted = Signal()
    close_wanted = Signal()
    way_chosen = Signal(str)
    """The name of a way that was offered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "notice_page")
        self._ways = "", ""
        # parts
        self._card = card("notice_card", self)
        self._card.setFixedWidth(560)
        self._sign = _Sign()
        self._title = EvenText("notice_title", "headline")
        self._what = Text("notice_what", "", wrap=True)
        self._advice = Text("notice_advice", "muted", wrap=True)
        self._again = ActionButton("notice_again", _("Try again"), role="primary")
        self._first = ActionButton("notice_first", "", role="primary")
        self._second = ActionButton("notice_second", "")
        self._close = ActionButton("notice_close", _("Close Countercard"))
        # layout
        column = self._column = QVBoxLayout(self._card)
        column.setSpacing(12)
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._title, self._what, self._advice):
            column.addWidget(part)
        column.addSpacing(16)
        for way in (self._again, self._first, self._second):
            column.addWidget(way)
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
        self._first.clicked.connect(lambda: self.way_chosen.emit(self._ways[0]))
        self._second.clicked.connect(lambda: self.way_chosen.emit(self._ways[1]))
        self._close.clicked.connect(self.close_wanted)

    def tell(self, title: str, what: str, advice: str, *, can_retry: bool) -> None:
        """Say what happened and what to do."""
        self._title.setText(title)
        self._what.say(what)
        self._advice.say(advice)
        self._again.setVisible(can_retry)
        self._first.hide()
        self._second.hide()
        self.setAccessibleName(f"{title} {what} {advice}")
        (self._again if can_retry else self._close).setFocus()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        # What is said and what can be done come before the air around them.
        low = self.height() < _LOW
        self._sign.setVisible(not low)
        edge = 20 if low else 32
        self._column.setContentsMargins(edge, edge, edge, edge)

    def offer(self, first: tuple[str, str], second: tuple[str, str]) -> None:
        """Offer two ways on, each a name and its words, in the place of trying again."""
        self._again.hide()
        self._ways = first[0], second[0]
        for button, (_name, words) in ((self._first, first), (self._second, second)):
            button.say(words)
            button.show()
        # Nobody says by a stray Enter that a store was moved.
        self._close.setFocus()


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
