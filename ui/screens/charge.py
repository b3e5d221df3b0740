"""Charge: read the sale back to the customer, take the money. Nothing is bought before it is received."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from pos_app.errors import NotAllowed, PosError, StoreProblem
from pos_app.i18n import _, as_it_is, money, money_short
from pos_app.messages import explain
from pos_app.messages import problem as words_of
from pos_app.money import Money, total
from pos_app.orders.draft import Draft, Line
from pos_app.orders.quick_cash import is_far_too_much, likely_sums
from pos_app.orders.rules import Problem
from pos_app.orders.sale import (
    Tender,
    TenderKind,
    Way,
    entered_twice,
    over,
    problem_with_tenders,
    still_to_pay,
)
from pos_app.sales import LineCheck
from ui.borders import Selling
from ui.dialogs import ask
from ui.notices import Notices
from ui.scanner import takes_scans
from ui.screen import Clock, Screen
from ui.sheet import Choice
from ui.tasks import Tasks
from ui.widgets import mirror
from ui.widgets.breaking_text import BreakingText
from ui.widgets.buttons import ActionButton, Chip, ValueButton
from ui.widgets.field import Field
from ui.widgets.flow import FlowRow
from ui.widgets.money_field import MoneyField
from ui.widgets.parts import Figure, Scroll, Text, card, empty, named, rule, set_role, set_trait
from ui.widgets.readable import keep_readable

if TYPE_CHECKING:
    from pos_app.orders.order import Sale
    from ui.widgets.paid_parts import PaidParts

_LONGEST_REFERENCE = 40
_LOW = 620


@dataclass(frozen=True)
class State:
    """The sale being paid. `checks` holds what the providers said since this screen opened.

    `pressed`: the cashier has tried to take the money, so what is missing is said. `placed`: it is done;
    `unplaced`: why it could not be written down.
    `on_screen`: the shop prints nothing and hands codes over on the screen. `parts` are what was taken while
    there is still to pay, `split` whether how much is paid one way is asked. Cash is rounded to `coin`.
    `is_code`: what was entered as a number last is a gift card's code, and was taken out of the field again.
    `is_changed`: what was confirmed was not sold, as the screen said something else by then.
    """

    draft: Draft
    coin: Money | None = None
    kind: TenderKind = "cash"
    split: bool = False
    parts: tuple[Tender, ...] = ()
    checks: Mapping[str, LineCheck | PosError] = field(default_factory=dict[str, LineCheck | PosError])
    paper: bool = True
    on_screen: bool = False
    pressed: bool = False
    placed: bool = False
    unplaced: StoreProblem | None = None
    is_code: bool = False
    is_changed: bool = False


async def _always(_draft: Draft) -> bool:
    return True


async def _unheld(_sale_id: str, _parts: tuple[Tender, ...]) -> None:
    return


class ChargeScreen(Screen):
    """Where the money is. `may` is asked before a sale is written down; it asks whom it has to.

    `hold` is told what was taken and pays nothing yet.
    """

    placed = Signal(str)
    cash_taken = Signal(str)
    """Cash is in the hand for the sale that was placed: it goes into the drawer."""

    left_without_sale = Signal()

    def __init__(
        self,
        sales: Selling,
        notices: Notices,
        by: str,
        *,
        may: Callable[[Draft], Awaitable[bool]] = _always,
        hold: Callable[[str, tuple[Tender, ...]], Coroutine[Any, Any, None]] = _unheld,
        clock: Clock = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("charge_screen", clock, parent)
        self._sales, self._notices, self._by, self._may = sales, notices, by, may
        self._hold = hold
        self._state = State(Draft("", "USD"))
        self._warnings: dict[str, Text] = {}
        self._sums: list[tuple[Money, ValueButton]] = []
        # Few customers pay in parts or in rounded coins: for the others nothing is made.
        self._split: PaidParts | None = None
        self._rounded: Text | None = None
        self._follows = False
        self.tasks = Tasks(self, on_change=self._render, on_error=notices.show)
        # parts
        self._make_parts()
        # layout
        self._still_to_do = [
            self._lay_out_reading,
            self._lay_out_money,
            self._lay_out_cash,
            self._lay_out_references,
            self._lay_out_pages,
            self._lay_out_doing,
        ]
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 24, 24, 24)
        self._row.setSpacing(24)
        self._row.addWidget(self._read_back, 7)
        self._row.addWidget(self._money_side, 6)
        # connections
        for kind, chip in self._kinds.items():
            chip.clicked.connect(partial(self._on_kind, kind))
        self._in_parts.clicked.connect(self._on_split)
        for edit in (self._reference, self._rung):
            keep_readable(edit)
            edit.textEdited.connect(self._on_edited)
        self._issue.clicked.connect(self._on_issue)
        self._back.clicked.connect(self.step_back)

    def _make_parts(self) -> None:
        self._read_back = card("read_back", self)
        self._lines_box = QWidget()
        self._lines = QVBoxLayout(self._lines_box)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._money_side = card("money_side", self)
        self._due = Figure("due", "total")
        self._no_paper = Text(
            "no_paper", "notetext", _("The printer is not ready: show the codes on the screen."), wrap=True
        )
        self._notice = Text("scam_notice", "notetext", wrap=True)
        self._pages = QStackedWidget()
        self._cash, self._top = QVBoxLayout(), QVBoxLayout()
        self._doing = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._kinds: dict[TenderKind, Chip] = {
            "cash": Chip("pay_cash", _("Cash")),
            "terminal": Chip("pay_terminal", _("Card terminal")),
            "other": Chip("pay_other", _("Other")),
        }
        self._in_parts = Chip("pay_split", _("Split"))
        self._in_parts.setAccessibleName(_("Split the payment"))
        self._quick = FlowRow(8)
        self._received_box = QWidget()
        self._received_in = ""
        self._received_says = Text("received_sentence", "danger", wrap=True)
        self._received_says.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._make_received("USD")
        self._change_label = Text("change_label", "muted", _("Change"))
        self._change = Figure("change", "change")
        self._reference = named(QLineEdit(), "reference", _("Reference on the card terminal's slip"))
        self._reference.setMaxLength(_LONGEST_REFERENCE)
        self._reference_field = Field(_("Reference on the card terminal's slip"), self._reference)
        self._rung = named(QLineEdit(), "rung", _("Number on the main till's receipt"))
        self._rung.setMaxLength(_LONGEST_REFERENCE)
        # Both stand on paper, often with a barcode.
        takes_scans(self._reference)
        takes_scans(self._rung)
        self._rung_field = Field(_("Number on the main till's receipt"), self._rung)
        self._rung_field.hint(_("For a sale that is rung up on the main till."))
        self._says = Text("charge_says", "danger", wrap=True)
        self._issue = ActionButton("issue", _("Money received · issue"), role="primary", key="Enter")
        self._back = ActionButton("back", _("Back"), key="Esc")

    def _lay_out(self) -> None:
        """Everything that has not been laid out yet."""
        while self._still_to_do:
            self._still_to_do.pop(0)()

    def _lay_out_reading(self) -> None:
        left = self._reading = QVBoxLayout(self._read_back)
        left.setContentsMargins(20, 18, 20, 20)
        left.setSpacing(12)
        left.addWidget(Text("read_back_title", "title", _("Read back to the customer")))
        read = QWidget()
        self._read = QVBoxLayout(read)
        self._read.setContentsMargins(0, 0, 0, 0)
        self._read.setSpacing(12)
        self._read.addWidget(self._lines_box)
        self._read.addStretch(1)
        scroll = Scroll("read_back_lines", read)
        scroll.verticalScrollBar().rangeChanged.connect(self._on_long_lines)
        left.addWidget(scroll, 1)
        note = self._note = QFrame()
        note.setProperty("role", "note")
        said = QVBoxLayout(note)
        said.setContentsMargins(16, 14, 16, 14)
        said.setSpacing(2)
        final = Text(
            "final_sale",
            "notestrong",
            _("Final sale. These cards can not be returned once issued."),
            wrap=True,
        )
        asked = Text(
            "on_the_phone",
            "notetext",
            _("Is the customer on the phone with someone who asked for them?"),
            wrap=True,
        )
        said.addWidget(final)
        said.addWidget(asked)
        said.addWidget(self._notice)
        said.addWidget(self._no_paper)
        self._place_note()

    def _place_note(self) -> None:
        """Below what is read back; in a low window behind it, where it takes no room from an address."""
        if self.height() < _LOW:
            self._read.insertWidget(1, self._note)
        else:
            self._reading.addWidget(self._note)

    def _on_long_lines(self, _least: int, most: int) -> None:
        # Amounts do not touch the bar.
        self._read.setContentsMargins(*mirror.margins(self, 0, 0, 10 if most > 0 else 0, 0))

    def _lay_out_money(self) -> None:
        inside = QWidget()
        inside.setLayout(self._top)
        self._top.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        self._top.setSpacing(12)
        right = self._right = QVBoxLayout(self._money_side)
        right.setContentsMargins(*mirror.margins(self, 20, 16, 14, 20))
        right.setSpacing(12)
        # Still empty: what it gets later it measures and dresses piece by piece, not all in one turn.
        self._scroll = Scroll("money_scroll", inside)
        right.addWidget(self._scroll, 1)

    def _lay_out_cash(self) -> None:
        cash = QWidget()
        cash.setLayout(self._cash)
        self._cash.setContentsMargins(0, 0, 0, 0)
        self._cash.setSpacing(12)
        self._cash.addWidget(self._quick)
        self._cash.addWidget(rule())
        received = QVBoxLayout()
        received.setSpacing(4)
        received.addWidget(self._received_box)
        received.addWidget(self._received_says)
        self._cash.addLayout(received)
        change = QHBoxLayout()
        change.addWidget(self._change_label)
        change.addStretch(1)
        change.addWidget(self._change)
        self._cash.addLayout(change)
        self._cash.addStretch(1)
        self._pages.addWidget(cash)

    def _lay_out_references(self) -> None:
        for part in (self._reference_field, self._rung_field):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 4, 0, 0)
            column.addWidget(part)
            column.addStretch(1)
            self._pages.addWidget(page)

    def _lay_out_pages(self) -> None:
        due = QHBoxLayout()
        due.setSpacing(16)
        due.addWidget(Text("due_label", "title", _("To pay")))
        due.addWidget(self._in_parts)
        due.addStretch(1)
        due.addWidget(self._due)
        kinds = FlowRow(8)
        for chip in self._kinds.values():
            kinds.flow.addWidget(chip)
        self._top.addLayout(due)
        self._top.addWidget(kinds)
        self._top.addWidget(self._pages, 1)

    def _lay_out_doing(self) -> None:
        # Last of all: the keyboard goes from part to part in the order in which they came here.
        bottom = QVBoxLayout()
        bottom.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        bottom.setSpacing(12)
        bottom.addWidget(self._says)
        self._doing.setSpacing(12)
        self._doing.addWidget(self._issue, 3)
        self._doing.addWidget(self._back, 1)
        bottom.addLayout(self._doing)
        self._right.addLayout(bottom)

    def _make_received(self, currency: str) -> None:
        """The field for what was handed over; it reads one currency, and is made anew for another."""
        if currency == self._received_in:
            return
        self._received_in = currency
        layout = self._received_box.layout()
        if layout is None:
            layout = QHBoxLayout(self._received_box)
            layout.setContentsMargins(0, 0, 0, 0)
        empty(layout)
        label = Text("received_label", "muted", _("Received"))
        self._received = MoneyField("received", _("Received"), currency)
        self._received.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._received.setFixedWidth(176)
        label.setBuddy(self._received)
        layout.addWidget(label)
        if isinstance(layout, QHBoxLayout):
            layout.addStretch(1)
        layout.addWidget(self._received)
        self._received.textEdited.connect(self._on_edited)

    # --- from outside -------------------------------------------------------------------------------

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`."""
        self._by = by

    def begin(self, draft: Draft, *, paper: bool, on_screen: bool = False, notice: str = "") -> None:
        """Take the money for `draft`; `paper`: the printer is ready, or none is wanted (`on_screen`).

        `notice` is what the shop's state wants said where cards are sold. Parts that were taken for the same
        sale, and not given back, still count.
        """
        self._lay_out()
        self._notice.say(notice)
        before = self._state
        parts = () if before.placed else before.parts
        if parts and before.draft.id != draft.id:
            self.remind()
            parts = ()
        coin = self._sales.smallest_coin(draft.currency)
        self._state = State(draft, coin, split=bool(parts), parts=parts, paper=paper, on_screen=on_screen)
        self._make_received(draft.currency)
        self._put_split_away()
        self._show_lines(draft)
        self._ask_for_the_rest()
        self._render()
        self.tasks.start("check", self._check(), when_busy="replace")

    def is_taking(self) -> bool:
        """Whether the money is just being taken: nobody knows yet what becomes of it."""
        return self._busy()

    def holds_money(self, draft: Draft | None = None) -> bool:
        """Whether money is here and nothing was bought for it yet; with `draft`: for another basket."""
        state = self._state
        is_another = draft is None or draft.id != state.draft.id
        return (bool(state.parts) or self._busy()) and not state.placed and is_another

    async def lets_go(self) -> bool:
        """Whether no part is held here, nor any more: what was taken is to be given back first."""
        if self._state.parts and not self._state.placed:
            if not await self._is_given_back(self._state.parts):
                return False
            self._state = replace(self._state, parts=())
            await self._hold(self._state.draft.id, ())
        return True

    def take_over(self, sale_id: str, parts: tuple[Tender, ...]) -> None:
        """`parts` were taken for the basket `sale_id`, which went with the till before."""
        self._state = State(Draft(sale_id, parts[0].received.currency), parts=parts, split=True)

    def remind(self) -> None:
        """Say that money was taken for a basket that is gone."""
        taken = money(total([part.received for part in self._state.parts], self._state.draft.currency))
        self._notices.say(
            _("{amount} was taken for the basket before, and nothing was bought.").format(amount=taken),
            _("Give it back to the customer."),
            "warn",
        )

    @override
    def get_ready(self) -> Iterator[None]:
        while self._still_to_do:
            self._still_to_do.pop(0)()
            yield
        yield from super().get_ready()

    @override
    def opened(self) -> None:
        super().opened()
        self._take_focus()

    @override
    def left(self) -> None:
        self.tasks.stop("check")
        # While the sale is on its way nobody is told to give its money back.
        if not self._busy() and not self._state.placed:
            self._tell_what_was_taken()

    def _tell_what_was_taken(self) -> None:
        if self._state.parts:
            taken = money(total([part.received for part in self._state.parts], self._state.draft.currency))
            self._notices.say(
                _("{amount} was taken, and nothing is bought yet.").format(amount=taken),
                _("Go on with Charge in the same basket, or give it back there."),
                "warn",
            )

    @override
    def step_back(self) -> bool:
        if self._busy() or self._state.placed:
            return True
        if self._state.parts:
            self.tasks.start("give back", self._leave(), when_busy="refuse")
        else:
            self.left_without_sale.emit()
        return True

    @override
    def no_scan(self) -> str:
        return _("Take the money first, or go back with Esc.")

    @override
    def key_help(self) -> tuple[tuple[str, str], ...]:
        return (
            (_("Enter"), _("Money received · issue")),
            (_("Digits"), _("The amount received")),
            (_("Enter"), _("With less than there is to pay: take it as a part, the rest is asked next")),
            ("Esc", _("Back to the basket")),
        )

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_issue()
            return True
        if event.text().isdecimal() and self._state.kind == "cash" and not self._received.hasFocus():
            self._received.setFocus(Qt.FocusReason.OtherFocusReason)
            self._received.setText(event.text())
            self._render()
            return True
        return False

    def hide_codes(self) -> None:
        """No codes are ever shown here."""

    # --- slots --------------------------------------------------------------------------------------

    def _on_edited(self, _text: str) -> None:
        self._render()

    def _on_kind(self, kind: TenderKind, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self._state = replace(self._state, kind=kind, pressed=False)
        if self._split is not None:
            self._split.amount.put(self._left())
        self._render()
        self._take_focus()

    def _on_split(self, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self._state = replace(self._state, split=not self._state.split, pressed=False)
        if self._split is None:
            self._make_split()
        self._render()
        self._take_focus()

    def _on_removed(self, place: int) -> None:
        if not self._busy() and not self._state.placed:
            self.tasks.start("give back", self._take_out(place), when_busy="refuse")

    def _on_sum(self, amount: Money) -> None:
        self._received.put(amount)
        self._render()
        self._received.setFocus(Qt.FocusReason.OtherFocusReason)
        self._received.selectAll()

    def _on_issue(self) -> None:
        # Meant for the screen before, pressed twice, or already done: never a second time.
        if not self.settled() or self._busy() or self._state.placed:
            return
        self._state = replace(self._state, pressed=True, unplaced=None, is_code=False, is_changed=False)
        self._render()
        if (
            self._problem() is not None
            or self._is_far_too_much()
            or not self._all_can_be_had(unknown_is_fine=True)
        ):
            return
        # What is on the screen at this press is what is taken, sold and paid, or nothing is.
        draft, tenders = self._state.draft, self._tenders()
        if not self._is_part():
            self.tasks.start("issue", self._take_money(draft, tenders), when_busy="refuse")
        elif tenders[-1].reference:
            self.tasks.start("part", self._take_part(draft, tenders), when_busy="refuse")
        else:
            self._add_part(tenders)

    # --- tasks --------------------------------------------------------------------------------------

    async def _check(self) -> None:
        """Ask once more for every line: the basket's own check may be old."""
        lines = self._state.draft.lines
        answers = await asyncio.gather(*(self._ask(line) for line in lines))
        checks = {line.id: answer for line, answer in zip(lines, answers, strict=True)}
        self._state = replace(self._state, checks=checks)
        self._render()

    async def _ask(self, line: Line) -> LineCheck | PosError:
        try:
            return await self._sales.check(line)
        except PosError as error:
            return error

    async def _take_money(self, draft: Draft, tenders: tuple[Tender, ...]) -> None:
        """Sell `draft` for `tenders`, unless the screen says something else by the time it can be sold."""
        self.tasks.stop("check")
        sale: Sale | None = None
        try:
            if not await self._has_a_code(tenders):
                # Somebody has said that the money is here: should the till die, the next one knows.
                await asyncio.gather(self._check(), self._hold(draft.id, tenders))
                if (
                    self._all_can_be_had()
                    and await self._means_it(draft)
                    and await self._is_paid_anew(draft, tenders[len(self._state.parts) :])
                    and await self._may(draft)
                ):
                    if (self._state.draft, self._tenders()) == (draft, tenders):
                        sale = await self._sales.place(draft, tenders, self._by)
                    else:
                        self._state = replace(self._state, is_changed=True)
        except StoreProblem as error:
            self._state = replace(self._state, unplaced=error)
            self._render()
        except PosError:
            # Whoever owns the task says what it was, and not what became of the sale.
            self._tell_nothing_bought()
            await self._hold(self._state.draft.id, self._state.parts)
            raise
        if sale is None:
            self._tell_nothing_bought()
            await self._hold(self._state.draft.id, self._state.parts)
            return
        self._state = replace(self._state, placed=True)
        # First of all the order goes out.
        self.placed.emit(sale.head.id)
        if any(tender.kind == "cash" for tender in tenders):
            self.cash_taken.emit(sale.head.id)
        await self._hold(draft.id, ())

    def _tell_nothing_bought(self) -> None:
        """To whoever has gone to another screen meanwhile; here the screen says it."""
        if not self.isVisible() and self._state.parts:
            self._tell_what_was_taken()
        elif not self.isVisible():
            self._notices.say(_nothing_bought(), "", "warn")

    async def _take_part(self, draft: Draft, tenders: tuple[Tender, ...]) -> None:
        """Take the last of `tenders` as a part of what there is to pay for `draft`, as it was confirmed."""
        try:
            if (
                not await self._has_a_code(tenders)
                and await self._is_paid_anew(draft, tenders[-1:])
                and self._state.draft.id == draft.id
            ):
                self._add_part(tenders)
        except StoreProblem as error:
            # The terminal has taken it, and it stands nowhere yet.
            self._state = replace(self._state, unplaced=error)
            self._render()
        if not self.isVisible():
            self._tell_what_was_taken()

    async def _has_a_code(self, tenders: tuple[Tender, ...]) -> bool:
        """Whether a number is a gift card's code, which is kept nowhere: a scanner types into any field."""
        try:
            await self._sales.refuse_codes(*(tender.reference for tender in tenders))
        except NotAllowed:
            self._state = replace(self._state, is_code=True)
            for edit in (self._reference, self._rung):
                # Set and not cleared: that could be undone.
                edit.setText("")
            self._render()
            {"cash": self._received, "terminal": self._reference, "other": self._rung}[
                self._state.kind
            ].setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    async def _leave(self) -> None:
        """Back to the basket, once all that was taken is given back."""
        if await self.lets_go():
            self.left_without_sale.emit()

    async def _take_out(self, place: int) -> None:
        """Take one part out of the payment, once it is given back."""
        parts = self._state.parts
        if await self._is_given_back(parts[place : place + 1]):
            self._state = replace(self._state, parts=parts[:place] + parts[place + 1 :], pressed=False)
            self._tell_held()
            self._ask_for_the_rest()
            self._render()
            self._take_focus()

    async def _is_given_back(self, parts: tuple[Tender, ...]) -> bool:
        from ui.give_back import is_given_back

        ways = [Way(part.kind, part.received, part.reference) for part in parts]
        return await is_given_back(self.window(), ways, self.clock, is_unsold=True)

    async def _means_it(self, draft: Draft) -> bool:
        """Whether a card that went to the same address a moment ago is to go there once more."""
        for line in draft.lines:
            earlier = await self._sales.repeats(line)
            if earlier is None:
                continue
            # The sum that was read back to the customer, whatever rounding did to what was paid for it.
            told = _("{brand}: {amount} for {email}, in sale {number}").format(
                brand=earlier.placed.product.brand,
                amount=money(earlier.price),
                email=earlier.placed.recipient_hint,
                number=earlier.placed.sale.number,
            )
            answer = await ask(
                self.window(),
                _("This card was sold within the last day"),
                (told, _("Ask the customer: is it to go there once more?")),
                (
                    Choice("back", _("No, go back"), primary=True),
                    Choice("again", _("Sell it once more")),
                ),
                self.clock,
            )
            if answer != "again":
                return False
        return True

    async def _is_paid_anew(self, draft: Draft, tenders: tuple[Tender, ...]) -> bool:
        """Whether a card terminal's number that paid another sale of this day stands on a slip of its own."""
        for tender in tenders:
            if tender.kind != "terminal" or not tender.reference:
                continue
            earlier = await self._sales.paid_before(draft.id, tender.reference)
            if earlier is None:
                continue
            # Terminals count anew, and a shop may have two of them: only a person can tell.
            told = _("{reference} stands in sale {number} already, which came to {amount}.").format(
                reference=tender.reference, number=earlier.number, amount=money(earlier.paid)
            )
            answer = await ask(
                self.window(),
                _("This number paid a sale before"),
                (told, _("One slip pays once. Look at it: is this another payment with the same number?")),
                (
                    Choice("back", _("No, go back"), primary=True),
                    Choice("another", _("It is another payment")),
                ),
                self.clock,
            )
            if answer != "another":
                self._reference.setFocus(Qt.FocusReason.OtherFocusReason)
                self._reference.selectAll()
                return False
        return True

    # --- what it amounts to -------------------------------------------------------------------------

    def _busy(self) -> bool:
        return self.tasks.busy("issue") or self.tasks.busy("part")

    def _left(self) -> Money:
        """What there is still to pay, if all of it goes the way that is chosen."""
        state = self._state
        return still_to_pay(state.draft.total, state.parts, state.kind, state.coin)

    def _amount(self) -> Money | None:
        """How much is paid now the way that is chosen; None while that can not be read."""
        if self._state.kind == "cash":
            return self._received.amount()
        return self._split.amount.amount() if self._split is not None and self._state.split else self._left()

    def _tender(self) -> Tender | None:
        kind, amount = self._state.kind, self._amount()
        reference = {"cash": "", "terminal": self._reference.text(), "other": self._rung.text()}[kind]
        return None if amount is None else Tender(kind, amount, reference.strip())

    def _tenders(self) -> tuple[Tender, ...]:
        """All that was and is paid; nothing twice where the parts before are enough."""
        tender, parts = self._tender(), self._state.parts
        if tender is None or (not tender.received and self._more(parts).minor >= 0):
            return parts
        return (*parts, tender)

    def _more(self, tenders: tuple[Tender, ...]) -> Money:
        """What `tenders` are over what there is to pay; below zero: what is missing."""
        return over(self._state.draft.total, tenders, self._state.coin)

    def _is_part(self) -> bool:
        """Whether what is entered is a part of what there is to pay."""
        amount = self._amount()
        return amount is not None and amount.minor > 0 and self._more(self._tenders()).minor < 0

    def _too_much(self) -> Money | None:
        """What was taken over what there is to pay, where it can not all go back as change.

        The basket was made smaller since.
        """
        due, parts = self._state.draft.total, self._state.parts
        exactly = total([part.received for part in parts if part.kind != "cash"], due.currency)
        return total([part.received for part in parts], due.currency) - due if exactly > due else None

    def _add_part(self, tenders: tuple[Tender, ...]) -> None:
        """The last of `tenders` was taken; the rest is asked for."""
        # Who pays a part in coins pays the rest otherwise, more often than not.
        kind: TenderKind = "terminal" if tenders[-1].kind == "cash" else "cash"
        self._state = replace(self._state, parts=tenders, kind=kind, split=True, pressed=False)
        self._tell_held()
        self._ask_for_the_rest()
        self._render()
        # A second press was meant for the part: it does not take the rest.
        self.opened()

    def _tell_held(self) -> None:
        """Have what is held here known to the next till, should this one die."""
        state = self._state
        self.tasks.start("hold", self._hold(state.draft.id, state.parts), when_busy="replace")

    def _problem(self) -> Problem | None:
        if (over_parts := self._too_much()) is not None:
            return Problem("parts", "too_much", {"over": over_parts})
        tender = self._tender()
        if tender is None:
            written = (
                self._received if self._state.kind == "cash" or self._split is None else self._split.amount
            )
            return Problem("amount", "unreadable" if written.text().strip() else "missing")
        if tender.kind != "cash":
            # Whatever cash is there: a card that pays more than is left would be paid out in cash.
            if tender.received > self._left():
                return Problem("part", "too_much", {"most": self._left()})
            if not tender.received and self._tenders() == self._state.parts:
                return None
        if tender.kind == "other" and not tender.reference:
            return Problem("rung", "missing")
        if tender.kind == "terminal" and not tender.reference:
            return Problem("reference", "missing")
        if twice := entered_twice(self._tenders()):
            return Problem("reference", "twice", {"reference": twice})
        if self._is_part():
            return None
        return problem_with_tenders(self._state.draft.total, self._tenders(), self._state.coin)

    def _is_far_too_much(self) -> bool:
        amount = self._amount()
        return amount is not None and is_far_too_much(self._left(), amount)

    def _all_can_be_had(self, *, unknown_is_fine: bool = False) -> bool:
        for line in self._state.draft.lines:
            check = self._state.checks.get(line.id)
            if check is None or isinstance(check, PosError):
                # What could not be asked is asked again when the money is taken.
                if not unknown_is_fine:
                    return False
            elif not check.ok:
                return False
        return True

    # --- drawing ------------------------------------------------------------------------------------

    def _show_lines(self, draft: Draft) -> None:
        empty(self._lines)
        self._warnings = {}
        # An address is read to the customer before the money: of a long basket it must not lie out of sight.
        for line in sorted(draft.lines, key=lambda one: one.recipient is None):
            warning = self._warnings[line.id] = BreakingText(f"warning_{line.id}", "danger")
            self._lines.addWidget(_line_view(line, warning, on_screen=self._state.on_screen))

    def _show_sums(self, due: Money) -> None:
        empty(self._quick.flow)
        self._sums = []
        for number, amount in enumerate((due, *likely_sums(due)) if due else ()):
            words = _("exact") if number == 0 else money_short(amount)
            button = ValueButton(f"sum_{number}", words)
            button.setAccessibleName(_("{amount} received").format(amount=money(amount)))
            button.clicked.connect(lambda _checked=False, amount=amount: self._on_sum(amount))
            self._quick.flow.addWidget(button)
            self._sums.append((amount, button))
        self._fit_sums()

    def _ask_for_the_rest(self) -> None:
        """Begin with what there is still to pay, however it is paid."""
        state = self._state
        self._reference.clear()
        self._rung.clear()
        in_cash = still_to_pay(state.draft.total, state.parts, "cash", state.coin)
        self._received.put(in_cash)
        self._show_sums(in_cash)
        if state.split and self._split is None:
            self._make_split()
        if self._split is not None:
            self._split.amount.put(self._left())

    def _make_split(self) -> None:
        from ui.widgets.paid_parts import PaidParts

        self._split = split = PaidParts(self._state.draft.currency)
        self._top.insertWidget(1, split)
        self._top.insertWidget(3, split.amount_row)
        split.amount.put(self._left())
        split.removed.connect(self._on_removed)
        split.amount.textEdited.connect(self._on_edited)
        if not self._follows:
            # Once it is laid out with what has just come or gone.
            self._scroll.verticalScrollBar().rangeChanged.connect(self._look_at_the_field)
            self._follows = True
        QWidget.setTabOrder(self._kinds["other"], split.amount)
        QWidget.setTabOrder(split.amount, self._reference)

    def _put_split_away(self) -> None:
        if self._split is not None:
            for part in (self._split.amount_row, self._split):
                part.hide()
                # The next ones come to the places of these, which are gone only later.
                self._top.removeWidget(part)
                part.deleteLater()
            self._split = None

    def _render(self) -> None:
        state, due = self._state, self._state.draft.total
        self._due.setText(money(due))
        self._no_paper.setVisible(not state.paper)
        for kind, chip in self._kinds.items():
            chip.setChecked(kind == state.kind)
        self._pages.setCurrentIndex(("cash", "terminal", "other").index(state.kind))
        self._tell_split()
        received = self._received.amount()
        for amount, button in self._sums:
            button.setChecked(amount == received)
        self._tell_change()
        for line in state.draft.lines:
            self._warn(line.id, state.checks.get(line.id))
        problem = self._problem() if state.pressed else None
        reference = problem is not None and problem.field == "reference"
        rung = problem is not None and problem.field == "rung"
        code = _("That was the code of a gift card: it is not kept here.") + " " if state.is_code else ""
        self._reference_field.wrong(code + words_of(problem) if reference and problem is not None else "")
        self._rung_field.wrong(code + _("Enter the number from the main till's receipt.") if rung else "")
        at_amount = problem is not None and problem.field in {"amount", "part", "tenders"} and state.split
        if self._split is not None:
            self._split.wrong(words_of(problem) if at_amount and problem is not None else "")
        self._doubt_received(problem)
        self._says.say(self._words(problem))
        can_be_had = self._all_can_be_had(unknown_is_fine=True)
        self._issue.setEnabled(
            can_be_had and not self._busy() and not state.placed and self._too_much() is None
        )
        words = _("Add this payment") if self._is_part() else _("Money received · issue")
        self._issue.say(_("Checking once more…") if self._busy() else words)
        self._back.setEnabled(not self._busy())

    def _tell_split(self) -> None:
        """Show the parts that were taken and what is still to pay, where it is paid in parts."""
        state, split = self._state, self._split
        self._in_parts.setChecked(state.split)
        self._in_parts.setVisible(not state.parts)
        # Only one amount is the one that counts now.
        set_role(self._due, "amount" if state.parts else "total")
        if split is not None:
            split.setVisible(state.split)
            split.tell(state.parts, self._left())
            split.amount_row.setVisible(state.split and state.kind != "cash")
            for page in self._pages.children():
                # The parts need the room that a page nobody sees would keep.
                if isinstance(page, QWidget):
                    seen = page is self._pages.currentWidget()
                    high = QSizePolicy.Policy.Preferred if seen else QSizePolicy.Policy.Ignored
                    page.setSizePolicy(QSizePolicy.Policy.Preferred, high)
        self._fit_sums()
        exact = still_to_pay(state.draft.total, state.parts, "other", state.coin)
        in_cash = still_to_pay(state.draft.total, state.parts, "cash", state.coin)
        if self._rounded is None and exact != in_cash:
            self._rounded = Text("rounded", "line", wrap=True)
            self._cash.insertWidget(0, self._rounded)
        if self._rounded is not None:
            words = _("To pay in cash {amount} · rounded").format(amount=money(in_cash))
            self._rounded.say(words if exact != in_cash else "")

    def _tell_change(self) -> None:
        """What goes back to the customer, or what is missing when it is only a part."""
        amount = self._amount()
        more = None if amount is None else self._more(self._tenders())
        too_much = self._too_much()
        if too_much is not None:
            self._change_label.setText(_("Too much"))
            self._change.setText(money(too_much))
        elif more is not None and self._is_part():
            self._change_label.setText(_("Still to pay after this"))
            self._change.setText(money(-more))
        elif more is not None and more.minor >= 0:
            self._change_label.setText(_("Change"))
            self._change.setText(money(more))
        else:
            self._change_label.setText(_("Change, once enough is received"))
            self._change.setText("")
        # An amount that may be mistyped, or is missing, is no change to count out.
        no_change = too_much is not None or self._is_far_too_much() or self._is_part()
        set_role(self._change, "total" if no_change else "change")

    def _doubt_received(self, problem: Problem | None) -> None:
        """Say right below the cash received what is wrong with it."""
        words = ""
        if self._state.kind == "cash" and self._state.pressed:
            if self._is_far_too_much():
                words = _("This is far more than there is to pay. Check the amount received.")
            elif problem is not None and problem.field != "parts":
                words = words_of(problem)
        self._received_says.say(words)
        self._received.setAccessibleDescription(words)
        set_trait(self._received, "wrong", "true" if words else "false")

    def _warn(self, line_id: str, check: LineCheck | PosError | None) -> None:
        words = ""
        if isinstance(check, PosError):
            message = explain(check)
            words = f"{message.what} {message.advice}".strip()
        elif check is not None and check.problem is not None:
            words = words_of(check.problem)
        if (text := self._warnings.get(line_id)) is not None:
            text.say(words)

    def _words(self, problem: Problem | None) -> str:
        if not self._all_can_be_had(unknown_is_fine=True):
            return _("Nothing was bought. If you have taken money already, give it back, then go back.")
        if self._state.unplaced is not None and not self._busy():
            message = explain(self._state.unplaced)
            nothing = _("Nothing was bought and nothing is written down.")
            back = _("Otherwise give the money back.")
            return f"{nothing} {message.what} {message.advice} {back}"
        if (over_parts := self._too_much()) is not None:
            return words_of(Problem("parts", "too_much", {"over": over_parts}))
        if self._state.is_changed and not self._busy():
            return _("Nothing was bought: something was changed meanwhile. Look at it, and confirm it anew.")
        # What is wrong with an amount that is asked for stands below its field.
        asked_for = self._state.kind == "cash" or self._state.split
        if problem is not None and not asked_for and problem.field not in {"reference", "rung"}:
            return words_of(problem)
        tried = self._state.pressed and not self._busy() and not self._state.placed
        if (
            tried
            and problem is None
            and any(isinstance(one, PosError) for one in self._state.checks.values())
        ):
            return _nothing_bought()
        return ""

    def _take_focus(self) -> None:
        match self._state.kind:
            case "cash":
                self._received.setFocus(Qt.FocusReason.OtherFocusReason)
                self._received.selectAll()
            case _ if self._split is not None and self._state.split and not self._state.parts:
                self._split.amount.setFocus(Qt.FocusReason.OtherFocusReason)
                self._split.amount.selectAll()
            case "terminal":
                self._reference.setFocus(Qt.FocusReason.OtherFocusReason)
            case "other":
                self._rung.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        edge = 24 if self.width() >= 1000 and self.height() >= _LOW else 12  # noqa: PLR2004  a small screen
        self._row.setContentsMargins(edge, edge, edge, edge)
        self._row.setSpacing(edge)
        # In a low window the two buttons stand beside each other, so that the change is never below the fold.
        low = self.height() < _LOW
        self._doing.setDirection(
            QBoxLayout.Direction.RightToLeft if low else QBoxLayout.Direction.TopToBottom
        )
        self._cash.setSpacing(4 if low else 12)
        self._top.setSpacing(4 if low else 12)
        if self._lay_out_reading not in self._still_to_do:
            self._place_note()
        self._fit_sums()

    def _fit_sums(self) -> None:
        """One row of sums in a low window, and beside parts; none where they would push the change away."""
        low, parts = self.height() < _LOW, bool(self._state.parts)
        self._quick.set_one_line(on=low or parts)
        self._quick.setVisible(not (low and parts))

    def _look_at_the_field(self, _least: int = 0, _most: int = 0) -> None:
        """Have what is to be entered in view, however many parts there are."""
        if self._split is not None and self._too_much() is not None:
            # What has to be taken out again.
            self._scroll.ensureWidgetVisible(self._split, 0, 0)
        elif self._state.parts:
            part = self._change if self._state.kind == "cash" else self._reference_field
            self._scroll.ensureWidgetVisible(part, 0, 0)


def _nothing_bought() -> str:
    return _("Nothing was bought and nothing is written down. Try again, or give the money back.")


def _line_view(line: Line, warning: Text, *, on_screen: bool) -> QWidget:
    box = named(QWidget(), f"read_{line.id}")
    by_email = line.recipient is not None
    name = (
        line.product.brand
        if line.quantity == 1
        else _("{n} × {brand}").format(n=line.quantity, brand=line.product.brand)
    )
    if by_email:
        # These words lead to the address below them: they have a line of their own.
        about = "\u2028".join(part for part in (as_it_is(line.product.address), _("by e-mail to")) if part)
    elif on_screen and line.quantity == 1:
        about = _("worth {face} · code on the screen").format(face=money(line.face))
    elif on_screen:
        about = _("worth {face} each · code on the screen").format(face=money(line.face))
    elif line.quantity == 1:
        about = _("worth {face} · code on paper").format(face=money(line.face))
    else:
        about = _("worth {face} each · code on paper").format(face=money(line.face))
    head = QHBoxLayout()
    head.setSpacing(12)
    head.addWidget(BreakingText(f"read_name_{line.id}", "line", name), 1)
    head.addWidget(Text(f"read_total_{line.id}", "line", money(line.total)), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 14, 0, 0)
    column.setSpacing(4)
    column.addLayout(head)
    column.addWidget(BreakingText(f"read_about_{line.id}", "small", about))
    if line.recipient is not None:
        # Broken before the at sign when it is too long for one line, a person still reads it as an address.
        shown = line.recipient.email.replace("@", "\u200b@")
        column.addWidget(BreakingText(f"read_email_{line.id}", "email", shown))
        for key, extra in (("name", line.recipient.name), ("message", line.recipient.message)):
            if extra:
                column.addWidget(BreakingText(f"read_{key}_{line.id}", "muted", extra))
    column.addWidget(warning)
    column.addSpacing(12)
    column.addWidget(rule())
    return box
