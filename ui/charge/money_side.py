"""The side where the money is: what is due, the ways to pay, parts that were taken, and what takes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _, money
from pos_app.messages import problem as words_of
from pos_app.orders.rules import Problem
from pos_app.orders.sale import Tender, TenderKind
from ui.charge.cash import CashPage
from ui.charge.due import State
from ui.charge.references import References
from ui.charge.room import is_low
from ui.charge.words import below_the_money
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton, Chip
from ui.widgets.flow import FlowRow
from ui.widgets.parts import Figure, Scroll, Text, card, set_role

if TYPE_CHECKING:
    from ui.widgets.paid_parts import PaidParts


class MoneySide(QObject):
    """The card at the side where the money is. It is empty until its parts are laid out, one after the other.

    `edited`: something else is entered. `removed`: a part is to be taken out again, its place from 0.
    """

    edited = Signal()
    kind_chosen = Signal(str)
    removed = Signal(int)

    def __init__(self, screen: QWidget, state: State) -> None:
        super().__init__(screen)
        self._screen = screen
        self._state = state
        # Few customers pay in parts: for the others nothing is made.
        self._split: PaidParts | None = None
        self._follows = False
        # parts
        self.card = card("money_side", screen)
        self._due = Figure("due", "total")
        self._pages = QStackedWidget()
        self._top = QVBoxLayout()
        self._doing = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._kinds: dict[TenderKind, Chip] = {
            "cash": Chip("pay_cash", _("Cash")),
            "terminal": Chip("pay_terminal", _("Card terminal")),
            "other": Chip("pay_other", _("Other")),
        }
        self.in_parts = Chip("pay_split", _("Split"))
        self.in_parts.setAccessibleName(_("Split the payment"))
        self.cash = CashPage(screen)
        self.references = References(screen)
        self._says = Text("charge_says", "danger", wrap=True)
        self.issue = ActionButton("issue", _("Money received · issue"), role="primary", key="Enter")
        self.back = ActionButton("back", _("Back"), key="Esc")
        # connections
        for kind, chip in self._kinds.items():
            chip.clicked.connect(partial(self._on_kind, kind))
        self.cash.edited.connect(self.edited)
        self.references.edited.connect(self.edited)

    # --- laid out, each in a turn of its own ---------------------------------------------------------

    def lay_out(self) -> None:
        """The card itself."""
        inside = QWidget()
        inside.setLayout(self._top)
        self._top.setContentsMargins(*mirror.margins(self._screen, 0, 0, 6, 0))
        self._top.setSpacing(12)
        right = self._right = QVBoxLayout(self.card)
        right.setContentsMargins(*mirror.margins(self._screen, 20, 16, 14, 20))
        right.setSpacing(12)
        # Still empty: what it gets later it measures and dresses piece by piece, not all in one turn.
        self._scroll = Scroll("money_scroll", inside)
        right.addWidget(self._scroll, 1)

    def lay_out_cash(self) -> None:
        """The page for cash."""
        self.cash.lay_out(self._pages)

    def lay_out_references(self) -> None:
        """The pages for what is paid elsewhere."""
        self.references.lay_out(self._pages)

    def lay_out_pages(self) -> None:
        """What is due, the ways to pay it, and their pages."""
        due = QHBoxLayout()
        due.setSpacing(16)
        due.addWidget(Text("due_label", "title", _("To pay")))
        due.addWidget(self.in_parts)
        due.addStretch(1)
        due.addWidget(self._due)
        kinds = FlowRow(8)
        for chip in self._kinds.values():
            kinds.flow.addWidget(chip)
        self._top.addLayout(due)
        self._top.addWidget(kinds)
        self._top.addWidget(self._pages, 1)

    def lay_out_doing(self) -> None:
        """What takes the money. Last of all: the keyboard goes from part to part as they came here."""
        bottom = QVBoxLayout()
        bottom.setContentsMargins(*mirror.margins(self._screen, 0, 0, 6, 0))
        bottom.setSpacing(12)
        bottom.addWidget(self._says)
        self._doing.setSpacing(12)
        self._doing.addWidget(self.issue, 3)
        self._doing.addWidget(self.back, 1)
        bottom.addLayout(self._doing)
        self._right.addLayout(bottom)

    def fit(self) -> None:
        """The window has another size."""
        # In a low window the two buttons stand beside each other, so that the change is never below the fold.
        low = is_low(self._screen)
        self._doing.setDirection(
            QBoxLayout.Direction.RightToLeft if low else QBoxLayout.Direction.TopToBottom
        )
        self.cash.column.setSpacing(4 if low else 12)
        self._top.setSpacing(4 if low else 12)
        self.cash.fit_sums(self._state)

    # --- what is entered -----------------------------------------------------------------------------

    def tender(self, state: State) -> Tender | None:
        """What is paid now the way that is chosen; None while how much can not be read."""
        split = self._split
        if state.kind == "cash":
            amount = self.cash.received.amount()
        elif split is not None and state.split:
            amount = split.amount.amount()
        else:
            amount = state.left()
        return None if amount is None else Tender(state.kind, amount, self.references.text(state.kind))

    def is_written(self, state: State) -> bool:
        """Whether anything stands where it is asked how much is paid."""
        split = self._split
        written = self.cash.received if state.kind == "cash" or split is None else split.amount
        return bool(written.text().strip())

    def begin(self, state: State) -> None:
        """Another sale: nothing is split yet."""
        self.cash.read_in(state.draft.currency)
        self._put_split_away()

    def ask_for_the_rest(self, state: State) -> None:
        """Begin with what there is still to pay, however it is paid."""
        self._state = state
        self.references.clear()
        self.cash.begin(state)
        if state.split:
            self.split(state)
        self.put_amount(state)

    def put_amount(self, state: State) -> None:
        """Have all that is left stand where it is asked how much is paid this way."""
        if self._split is not None:
            self._split.amount.put(state.left())

    def split(self, state: State) -> None:
        """Have what it takes to pay in parts."""
        if self._split is not None:
            return
        from ui.widgets.paid_parts import PaidParts

        self._split = split = PaidParts(state.draft.currency)
        self._top.insertWidget(1, split)
        self._top.insertWidget(3, split.amount_row)
        split.amount.put(state.left())
        split.removed.connect(self.removed)
        split.amount.textEdited.connect(self._on_edited)
        if not self._follows:
            # Once it is laid out with what has just come or gone.
            self._scroll.verticalScrollBar().rangeChanged.connect(self._look_at_the_field)
            self._follows = True
        QWidget.setTabOrder(self._kinds["other"], split.amount)
        QWidget.setTabOrder(split.amount, self.references.terminal)

    def _put_split_away(self) -> None:
        if self._split is not None:
            for part in (self._split.amount_row, self._split):
                part.hide()
                # The next ones come to the places of these, which are gone only later.
                self._top.removeWidget(part)
                part.deleteLater()
            self._split = None

    def take_focus(self, state: State) -> None:
        """Have typed next what is missing."""
        match state.kind:
            case "cash":
                self.cash.take_focus()
            case _ if self._split is not None and state.split and not state.parts:
                self._split.amount.setFocus(Qt.FocusReason.OtherFocusReason)
                self._split.amount.selectAll()
            case "terminal":
                self.references.terminal.setFocus(Qt.FocusReason.OtherFocusReason)
            case "other":
                self.references.rung.setFocus(Qt.FocusReason.OtherFocusReason)

    def type_anew(self, state: State) -> None:
        """A number was a gift card's code: have the right one typed, whatever else lacks."""
        field = {
            "cash": self.cash.received,
            "terminal": self.references.terminal,
            "other": self.references.rung,
        }[state.kind]
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- drawing -------------------------------------------------------------------------------------

    def tell(self, state: State, tender: Tender | None, problem: Problem | None, *, busy: bool) -> None:
        """Show `state` with `tender` entered and what is wrong with it; `busy`: it is just being taken."""
        self._state = state
        self._due.setText(money(state.draft.total))
        for kind, chip in self._kinds.items():
            chip.setChecked(kind == state.kind)
        self._pages.setCurrentIndex(("cash", "terminal", "other").index(state.kind))
        self._tell_split(state, problem)
        self.cash.tell(state, tender, problem)
        self.references.tell(problem, is_code=state.is_code)
        self._says.say(below_the_money(state, problem, busy=busy))
        can_be_had = state.can_be_had(unknown_is_fine=True)
        self.issue.setEnabled(can_be_had and not busy and not state.placed and state.too_much() is None)
        words = _("Add this payment") if state.is_part(tender) else _("Money received · issue")
        self.issue.say(_("Checking once more…") if busy else words)
        self.back.setEnabled(not busy)

    def _tell_split(self, state: State, problem: Problem | None) -> None:
        """Show the parts that were taken and what is still to pay, where it is paid in parts."""
        split = self._split
        self.in_parts.setChecked(state.split)
        self.in_parts.setVisible(not state.parts)
        # Only one amount is the one that counts now.
        set_role(self._due, "amount" if state.parts else "total")
        if split is not None:
            split.setVisible(state.split)
            split.tell(state.parts, state.left())
            split.amount_row.setVisible(state.split and state.kind != "cash")
            at_amount = problem is not None and problem.field in {"amount", "part", "tenders"} and state.split
            split.wrong(words_of(problem) if at_amount and problem is not None else "")
            for page in self._pages.children():
                # The parts need the room that a page nobody sees would keep.
                if isinstance(page, QWidget):
                    seen = page is self._pages.currentWidget()
                    high = QSizePolicy.Policy.Preferred if seen else QSizePolicy.Policy.Ignored
                    page.setSizePolicy(QSizePolicy.Policy.Preferred, high)
        self.cash.fit_sums(state)
        self.cash.tell_rounding(state)

    def _look_at_the_field(self, _least: int = 0, _most: int = 0) -> None:
        """Have what is to be entered in view, however many parts there are."""
        state = self._state
        if self._split is not None and state.too_much() is not None:
            # What has to be taken out again.
            self._scroll.ensureWidgetVisible(self._split, 0, 0)
        elif state.parts:
            part = self.cash.change if state.kind == "cash" else self.references.field
            self._scroll.ensureWidgetVisible(part, 0, 0)

    # --- slots ---------------------------------------------------------------------------------------

    def _on_kind(self, kind: TenderKind, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self.kind_chosen.emit(kind)

    def _on_edited(self, _text: str) -> None:
        self.edited.emit()
