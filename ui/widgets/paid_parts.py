"""A payment in parts: those that were taken, what is still to pay, and how much comes next."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import _, money
from pos_app.money import Money
from pos_app.orders.sale import Tender
from ui.widgets.buttons import IconButton
from ui.widgets.money_field import MoneyField
from ui.widgets.parts import Figure, OneLine, Text, empty, named, set_trait


class PaidParts(QWidget):
    """The parts as rows, each of which can be taken out again (`removed`, its place from 0)."""

    removed = Signal(int)

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.setObjectName("paid_parts")
        self._shown: tuple[Tender, ...] = ()
        # parts
        self._how = Text(
            "split_how", "muted", _("Enter what is paid first. The rest is asked next."), wrap=True
        )
        self._rows = QVBoxLayout()
        self._left_row = QWidget()
        self._left = Figure("still_to_pay", "total")
        self.amount = MoneyField("part_amount", _("Amount paid this way"), currency)
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.amount.setFixedWidth(176)
        self.amount_row = QWidget()
        self._wrong = Text("part_amount_sentence", "danger", wrap=True)
        self._wrong.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._wrong.hide()
        # layout
        self._rows.setSpacing(0)
        left = QHBoxLayout(self._left_row)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(Text("still_to_pay_label", "title", _("Still to pay")))
        left.addStretch(1)
        left.addWidget(self._left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._how)
        column.addLayout(self._rows)
        column.addWidget(self._left_row)
        asked = QVBoxLayout(self.amount_row)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setSpacing(4)
        line = QHBoxLayout()
        label = Text("part_amount_label", "muted", _("Amount paid this way"))
        label.setBuddy(self.amount)
        line.addWidget(label)
        line.addStretch(1)
        line.addWidget(self.amount)
        asked.addLayout(line)
        asked.addWidget(self._wrong)

    def wrong(self, words: str) -> None:
        """What is wrong with the amount; empty when nothing is."""
        self._wrong.say(words)
        self.amount.setAccessibleDescription(words)
        set_trait(self.amount, "wrong", "true" if words else "false")

    def tell(self, parts: tuple[Tender, ...], left: Money) -> None:
        """Show `parts` and what is `left` to pay behind them."""
        self._how.setVisible(not parts)
        self._left_row.setVisible(bool(parts))
        self._left.setText(money(left))
        if parts == self._shown:
            return
        self._shown = parts
        empty(self._rows)
        for place, part in enumerate(parts):
            self._rows.addWidget(self._row(place, part))

    def _row(self, place: int, part: Tender) -> QWidget:
        kinds = {"cash": _("Cash"), "terminal": _("Card terminal"), "other": _("Other")}
        take_out = IconButton(
            f"part_remove_{place}",
            _("Take out {amount}, {kind}").format(amount=money(part.received), kind=kinds[part.kind]),
            "cross",
        )
        take_out.clicked.connect(partial(self._on_removed, place))
        row = named(QWidget(), f"part_{place}")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        how = QVBoxLayout()
        how.setSpacing(0)
        for name, role, words in (("kind", "", kinds[part.kind]), ("reference", "small", part.reference)):
            if words:
                told = OneLine(f"part_{name}_{place}", role, words)
                told.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
                how.addWidget(told)
        line.addLayout(how, 1)
        line.addWidget(Text(f"part_received_{place}", "line", money(part.received)))
        line.addWidget(take_out)
        return row

    def _on_removed(self, place: int, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self.removed.emit(place)
