"""The basket: one row a line, each with what the provider says about it, the total and *Charge*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import icons, theme
from ui.widgets import mirror
from ui.widgets.breaking_text import BreakingText
from ui.widgets.buttons import ActionButton, IconButton
from ui.widgets.even_text import EvenText
from ui.widgets.parts import Figure, Scroll, Text, named, rule, set_role
from ui.widgets.tone_sign import SignTone, ToneSign

_TROUBLE_PLACE = 3
"""Behind the line's head, its gap and its detail."""


@dataclass(frozen=True, slots=True)
class BasketRow:
    """What one line shows; every text is ready to be read."""

    line_id: str
    title: str
    total: str
    detail: str
    check: str
    tone: SignTone
    can_ask_again: bool


class _Row(QWidget):
    edit_wanted = Signal(str)
    remove_wanted = Signal(str)
    ask_wanted = Signal(str)
    stepped = Signal(str, int)
    deleted = Signal(str)

    def __init__(self, line_id: str) -> None:
        super().__init__()
        named(self, f"line_{line_id}")
        self._id = line_id
        self._told: BasketRow | None = None
        # parts
        self._title = BreakingText(f"line_title_{line_id}", "strong")
        self._total = Text(f"line_total_{line_id}", "strong")
        self._detail = BreakingText(f"line_detail_{line_id}", "small")
        self._check = BreakingText(f"line_check_{line_id}", "ok")
        self._sign = ToneSign()
        self._again = ActionButton(f"line_again_{line_id}", _("Check again"), role="quiet")
        self._edit = ActionButton(f"line_edit_{line_id}", _("Edit"), role="quiet")
        self._remove = IconButton(f"line_remove_{line_id}", _("Remove"), "cross")
        # layout
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        head.addWidget(self._total, 0, Qt.AlignmentFlag.AlignTop)
        self._said = QWidget()
        said = QHBoxLayout(self._said)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(6)
        said.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._check, 1)
        words = self._beside = QVBoxLayout()
        words.setContentsMargins(0, 4, 0, 0)
        words.setSpacing(3)
        words.addWidget(self._said)
        words.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addLayout(words, 1)
        for part in (self._again, self._edit, self._remove):
            below.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(4)
        # An address or an e-mail is long: it has the whole width, and the buttons stand below it.
        column.addWidget(self._detail)
        column.addLayout(below)
        column.addSpacing(4)
        column.addWidget(rule())
        # connections
        self._edit.clicked.connect(lambda: self.edit_wanted.emit(self._id))
        self._remove.clicked.connect(lambda: self.remove_wanted.emit(self._id))
        self._again.clicked.connect(lambda: self.ask_wanted.emit(self._id))

    def tell(self, row: BasketRow) -> None:
        """Show `row`; what is shown already costs nothing."""
        if row == self._told:
            return
        self._told = row
        self._title.setText(row.title)
        self._total.setText(row.total)
        self._detail.say(row.detail)
        self._check.setText(row.check)
        set_role(self._check, "small" if row.tone == "muted" else row.tone)
        self._sign.tell(row.tone)
        # What went wrong takes sentences: they have the whole width, above the buttons.
        if row.can_ask_again:
            self._column.insertWidget(_TROUBLE_PLACE, self._said)
        else:
            self._beside.insertWidget(0, self._said)
        self._again.setVisible(row.can_ask_again)
        self._edit.setVisible(not row.can_ask_again)
        self.setAccessibleName(f"{row.title} {row.total} {row.detail} {row.check}")
        self._remove.setAccessibleName(_("Remove {line}").format(line=row.title))
        self._edit.setAccessibleName(_("Edit {line}").format(line=row.title))
        self._again.setAccessibleName(_("Check {line} again").format(line=row.title))

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        match event.key():
            case Qt.Key.Key_Up:
                self.stepped.emit(self._id, -1)
            case Qt.Key.Key_Down:
                self.stepped.emit(self._id, 1)
            case Qt.Key.Key_Delete:
                self.deleted.emit(self._id)
            case _:
                super().keyPressEvent(event)

    def take_focus(self) -> None:
        """Go to what one does with the line first."""
        (self._edit if self._edit.isVisible() else self._again).setFocus(Qt.FocusReason.ShortcutFocusReason)


_BESIDE, _ABOVE, _APART = 16, 132, 6
"""Pixels around and between the words of an empty basket."""


class _Empty(QWidget):
    """A basket with nothing in it, and how to begin."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "basket_empty")
        words = _("Type a brand or choose a tile. Prices and stock are checked as soon as a card is here.")
        column = QVBoxLayout(self)
        column.setContentsMargins(_BESIDE, _ABOVE, _BESIDE, 0)
        column.setSpacing(_APART)
        self._title = Text("basket_empty_title", "strong", _("Nothing here yet"))
        self._words = EvenText("basket_empty_words", "small", words)
        for text in (self._title, self._words):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        column.addStretch(1)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.width() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("background"))
        painter.drawEllipse(QRectF(middle - 40, 40, 80, 80))
        icons.paint(painter, "basket", QRectF(middle - 18, 62, 36, 36), theme.colour("muted"))
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        # In a low window half a sentence would tell nobody anything.
        above = _ABOVE + self._title.sizeHint().height() + _APART
        room = self.width() - 2 * _BESIDE
        self._words.setVisible(self.height() >= above + self._words.heightForWidth(room))


class Basket(QFrame):
    """The right-hand column of Sell."""

    edit_wanted = Signal(str)
    remove_wanted = Signal(str)
    ask_wanted = Signal(str)
    charge_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "basket", _("Basket"))
        self.setProperty("role", "card")
        self._rows: dict[str, _Row] = {}
        # parts
        self._title = Text("basket_title", "title", _("Basket"))
        self._empty = _Empty()
        self._inside = QWidget()
        self._scroll = Scroll("basket_lines", self._inside)
        self._why = Text("basket_why", "small", wrap=True)
        self._total_label = Text("total_label", "muted", _("Total"))
        self._total = Figure("total", "total")
        self._charge = ActionButton("charge", _("Charge"), role="primary", does="charge")
        # layout
        self._lines = QVBoxLayout(self._inside)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._lines.addStretch(1)
        line = QHBoxLayout()
        line.addWidget(self._total_label, 0, Qt.AlignmentFlag.AlignBottom)
        line.addStretch(1)
        line.addWidget(self._total, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 20)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._empty, 1)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._why)
        column.addLayout(line)
        column.addWidget(self._charge)
        # connections
        self._charge.clicked.connect(self.charge_wanted)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._on_long)

    def tell(self, rows: Sequence[BasketRow], total: str, why_not: str, *, can_charge: bool) -> None:
        """Show these lines; `why_not` is a sentence why *Charge* waits, empty when it does not."""
        wanted = {row.line_id for row in rows}
        for line_id in [line_id for line_id in self._rows if line_id not in wanted]:
            gone = self._rows.pop(line_id)
            self._lines.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, row in enumerate(rows):
            part = self._rows.get(row.line_id)
            if part is None:
                part = self._rows[row.line_id] = _Row(row.line_id)
                part.edit_wanted.connect(self.edit_wanted)
                part.remove_wanted.connect(self.remove_wanted)
                part.ask_wanted.connect(self.ask_wanted)
                part.stepped.connect(self._step)
                part.deleted.connect(self._delete)
                self._lines.insertWidget(place, part)
            part.tell(row)
        self._empty.setVisible(not rows)
        self._scroll.setVisible(bool(rows))
        self._why.say(why_not)
        self._total.setText(total)
        self._charge.setEnabled(can_charge)

    def _on_long(self, _least: int, most: int) -> None:
        # Amounts do not touch the bar.
        self._lines.setContentsMargins(*mirror.margins(self, 0, 0, 6 if most > 0 else 0, 0))

    def focus(self) -> None:
        """Put the focus on the newest line, where there is one: Up and Down go on, Delete takes it out."""
        if self._rows:
            self._go_to(list(self._rows)[-1])

    def _step(self, line_id: str, by: int) -> None:
        lines = list(self._rows)
        self._go_to(lines[min(len(lines) - 1, max(0, lines.index(line_id) + by))])

    def _delete(self, line_id: str) -> None:
        self.remove_wanted.emit(line_id)
        self.focus()

    def _go_to(self, line_id: str) -> None:
        row = self._rows[line_id]
        row.take_focus()
        self._scroll.ensureWidgetVisible(row)
