"""Cash: likely sums, what was handed over, and the change."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _, money, money_short
from pos_app.messages import problem as words_of
from pos_app.money import Money
from pos_app.orders.quick_cash import likely_sums
from pos_app.orders.rules import Problem
from pos_app.orders.sale import Tender
from ui.charge.due import State
from ui.charge.room import is_low
from ui.widgets.buttons import ValueButton
from ui.widgets.flow import FlowRow
from ui.widgets.money_field import MoneyField
from ui.widgets.parts import Figure, Text, empty, rule, set_role, set_trait


class CashPage(QObject):
    """The page for cash. `edited`: another amount is there."""

    edited = Signal()

    def __init__(self, screen: QWidget) -> None:
        super().__init__(screen)
        self._screen = screen
        self._sums: list[tuple[Money, ValueButton]] = []
        # Few customers pay in rounded coins: for the others nothing is made.
        self._rounded: Text | None = None
        self.column = QVBoxLayout()
        self._quick = FlowRow(8)
        self._received_box = QWidget()
        self._received_in = ""
        self._received_says = Text("received_sentence", "danger", wrap=True)
        self._received_says.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.read_in("USD")
        self._change_label = Text("change_label", "muted", _("Change"))
        self.change = Figure("change", "change")

    def lay_out(self, pages: QStackedWidget) -> None:
        """Add the page to `pages`."""
        cash = QWidget()
        cash.setLayout(self.column)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.addWidget(self._quick)
        self.column.addWidget(rule())
        received = QVBoxLayout()
        received.setSpacing(4)
        received.addWidget(self._received_box)
        received.addWidget(self._received_says)
        self.column.addLayout(received)
        change = QHBoxLayout()
        change.addWidget(self._change_label)
        change.addStretch(1)
        change.addWidget(self.change)
        self.column.addLayout(change)
        self.column.addStretch(1)
        pages.addWidget(cash)

    def read_in(self, currency: str) -> None:
        """Have what was handed over read in `currency`: the field reads one, and is made anew for another."""
        if currency == self._received_in:
            return
        self._received_in = currency
        layout = self._received_box.layout()
        if layout is None:
            layout = QHBoxLayout(self._received_box)
            layout.setContentsMargins(0, 0, 0, 0)
        empty(layout)
        label = Text("received_label", "muted", _("Received"))
        self.received = MoneyField("received", _("Received"), currency)
        self.received.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.received.setFixedWidth(176)
        label.setBuddy(self.received)
        layout.addWidget(label)
        if isinstance(layout, QHBoxLayout):
            layout.addStretch(1)
        layout.addWidget(self.received)
        self.received.textEdited.connect(self._on_edited)

    def begin(self, state: State) -> None:
        """Begin with what there is to pay in cash, and sums that are likely for it."""
        due = state.left_by("cash")
        self.received.put(due)
        empty(self._quick.flow)
        self._sums = []
        for number, amount in enumerate((due, *likely_sums(due)) if due else ()):
            words = _("exact") if number == 0 else money_short(amount)
            button = ValueButton(f"sum_{number}", words)
            button.setAccessibleName(_("{amount} received").format(amount=money(amount)))
            button.clicked.connect(lambda _checked=False, amount=amount: self._on_sum(amount))
            self._quick.flow.addWidget(button)
            self._sums.append((amount, button))
        self.fit_sums(state)

    def start_with(self, digit: str) -> None:
        """Type `digit` into the field, whatever had the focus."""
        self.received.setFocus(Qt.FocusReason.OtherFocusReason)
        self.received.setText(digit)

    def take_focus(self) -> None:
        """Have what was handed over typed."""
        self.received.setFocus(Qt.FocusReason.OtherFocusReason)
        self.received.selectAll()

    def fit_sums(self, state: State) -> None:
        """One row of sums in a low window, and beside parts; none where they would push the change away."""
        low, parts = is_low(self._screen), bool(state.parts)
        self._quick.set_one_line(on=low or parts)
        self._quick.setVisible(not (low and parts))

    def tell(self, state: State, tender: Tender | None, problem: Problem | None) -> None:
        """Show what `tender`, as it is entered, comes to."""
        received = self.received.amount()
        for amount, button in self._sums:
            button.setChecked(amount == received)
        self._tell_change(state, tender)
        self._doubt_received(state, tender, problem)

    def tell_rounding(self, state: State) -> None:
        """Say what is to pay in cash where that is another amount."""
        exact, in_cash = state.left_by("other"), state.left_by("cash")
        if self._rounded is None and exact != in_cash:
            self._rounded = Text("rounded", "line", wrap=True)
            self.column.insertWidget(0, self._rounded)
        if self._rounded is not None:
            words = _("To pay in cash {amount} · rounded").format(amount=money(in_cash))
            self._rounded.say(words if exact != in_cash else "")

    def _tell_change(self, state: State, tender: Tender | None) -> None:
        """What goes back to the customer, or what is missing when it is only a part."""
        more = None if tender is None else state.more(state.tenders_with(tender))
        is_part, too_much = state.is_part(tender), state.too_much()
        if too_much is not None:
            self._change_label.setText(_("Too much"))
            self.change.setText(money(too_much))
        elif more is not None and is_part:
            self._change_label.setText(_("Still to pay after this"))
            self.change.setText(money(-more))
        elif more is not None and more.minor >= 0:
            self._change_label.setText(_("Change"))
            self.change.setText(money(more))
        else:
            self._change_label.setText(_("Change, once enough is received"))
            self.change.setText("")
        # An amount that may be mistyped, or is missing, is no change to count out.
        no_change = too_much is not None or state.is_far_too_much(tender) or is_part
        set_role(self.change, "total" if no_change else "change")

    def _doubt_received(self, state: State, tender: Tender | None, problem: Problem | None) -> None:
        """Say right below the cash received what is wrong with it."""
        words = ""
        if state.kind == "cash" and state.pressed:
            if state.is_far_too_much(tender):
                words = _("This is far more than there is to pay. Check the amount received.")
            elif problem is not None and problem.field != "parts":
                words = words_of(problem)
        self._received_says.say(words)
        self.received.setAccessibleDescription(words)
        set_trait(self.received, "wrong", "true" if words else "false")

    def _on_sum(self, amount: Money) -> None:
        self.received.put(amount)
        self.edited.emit()
        self.take_focus()

    def _on_edited(self, _text: str) -> None:
        self.edited.emit()
