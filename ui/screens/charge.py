"""Charge: read the sale back to the customer, take the money. Nothing is bought before it is received."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import NotAllowed, PosError, StoreProblem
from pos_app.i18n import _, money
from pos_app.orders.draft import Draft, Line
from pos_app.orders.rules import Problem
from pos_app.orders.sale import Tender, TenderKind
from pos_app.sales import LineCheck
from ui.borders import Selling
from ui.charge.asking import are_given_back, is_paid_anew, means_it
from ui.charge.due import State
from ui.charge.money_side import MoneySide
from ui.charge.read_back import ReadBack
from ui.charge.room import edge
from ui.charge.words import nothing_bought
from ui.notices import Notices
from ui.screen import Clock, Screen
from ui.tasks import Tasks

if TYPE_CHECKING:
    from pos_app.orders.order import Sale


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
        self.tasks = Tasks(self, on_change=self._render, on_error=notices.show)
        # parts
        self._reading = ReadBack(self)
        self._money = MoneySide(self, self._state)
        # layout
        self._still_to_do = [
            self._reading.lay_out,
            self._money.lay_out,
            self._money.lay_out_cash,
            self._money.lay_out_references,
            self._money.lay_out_pages,
            self._money.lay_out_doing,
        ]
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 24, 24, 24)
        self._row.setSpacing(24)
        self._row.addWidget(self._reading.card, 7)
        self._row.addWidget(self._money.card, 6)
        # connections
        self._money.edited.connect(self._render)
        self._money.kind_chosen.connect(self._on_kind)
        self._money.in_parts.clicked.connect(self._on_split)
        self._money.removed.connect(self._on_removed)
        self._money.issue.clicked.connect(self._on_issue)
        self._money.back.clicked.connect(self.step_back)

    # --- from outside -------------------------------------------------------------------------------

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`."""
        self._by = by

    def begin(self, draft: Draft, *, paper: bool, on_screen: bool = False, notice: str = "") -> None:
        """Take the money for `draft`; `paper`: the printer is ready, or none is wanted (`on_screen`).

        `notice` is what the shop's state wants said where cards are sold. Parts that were taken for the same
        sale, and not given back, still count.
        """
        while self._still_to_do:
            self._still_to_do.pop(0)()
        before = self._state
        parts = () if before.placed else before.parts
        if parts and before.draft.id != draft.id:
            self.remind()
            parts = ()
        coin = self._sales.smallest_coin(draft.currency)
        self._state = State(draft, coin, split=bool(parts), parts=parts, paper=paper, on_screen=on_screen)
        self._money.begin(self._state)
        self._reading.begin(self._state, notice)
        self._money.ask_for_the_rest(self._state)
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
            if not await are_given_back(self.window(), self._state.parts, self.clock):
                return False
            self._state = replace(self._state, parts=())
            await self._hold(self._state.draft.id, ())
        return True

    def take_over(self, sale_id: str, parts: tuple[Tender, ...]) -> None:
        """`parts` were taken for the basket `sale_id`, which went with the till before."""
        self._state = State(Draft(sale_id, parts[0].received.currency), parts=parts, split=True)

    def remind(self) -> None:
        """Say that money was taken for a basket that is gone."""
        taken = money(self._state.taken)
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
        self._money.take_focus(self._state)

    @override
    def left(self) -> None:
        self.tasks.stop("check")
        # While the sale is on its way nobody is told to give its money back.
        if not self._busy() and not self._state.placed:
            self._tell_what_was_taken()

    def _tell_what_was_taken(self) -> None:
        if self._state.parts:
            taken = money(self._state.taken)
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
        cash = self._money.cash
        if event.text().isdecimal() and self._state.kind == "cash" and not cash.received.hasFocus():
            cash.start_with(event.text())
            self._render()
            return True
        return False

    def hide_codes(self) -> None:
        """No codes are ever shown here."""

    # --- slots --------------------------------------------------------------------------------------

    def _on_kind(self, kind: TenderKind) -> None:
        self._state = replace(self._state, kind=kind, pressed=False)
        self._money.put_amount(self._state)
        self._render()
        self._money.take_focus(self._state)

    def _on_split(self, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self._state = replace(self._state, split=not self._state.split, pressed=False)
        self._money.split(self._state)
        self._render()
        self._money.take_focus(self._state)

    def _on_removed(self, place: int) -> None:
        if not self._busy() and not self._state.placed:
            self.tasks.start("give back", self._take_out(place), when_busy="refuse")

    def _on_issue(self) -> None:
        # Meant for the screen before, pressed twice, or already done: never a second time.
        if not self.settled() or self._busy() or self._state.placed:
            return
        self._state = replace(self._state, pressed=True, unplaced=None, is_code=False, is_changed=False)
        self._render()
        state, tender = self._state, self._money.tender(self._state)
        if (
            self._problem(tender) is not None
            or state.is_far_too_much(tender)
            or not state.can_be_had(unknown_is_fine=True)
        ):
            return
        # What is on the screen at this press is what is taken, sold and paid, or nothing is.
        draft, tenders = state.draft, state.tenders_with(tender)
        if not state.is_part(tender):
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
            _checked, may_be_kept = await asyncio.gather(self._check(), self._keep_held(draft, tenders))
            if (
                may_be_kept
                and self._state.can_be_had()
                and await means_it(self.window(), self._sales, draft, self.clock)
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
        # What was held has paid it, as the store can see for itself: no write stands before the order's own.

    async def _keep_held(self, draft: Draft, tenders: tuple[Tender, ...]) -> bool:
        """Somebody has said that the money is here: should the till die, the next one knows.

        False, and nothing is kept, where a number is a gift card's code.
        """
        if await self._has_a_code(tenders):
            return False
        await self._hold(draft.id, tenders)
        return True

    def _tell_nothing_bought(self) -> None:
        """To whoever has gone to another screen meanwhile; here the screen says it."""
        if not self.isVisible() and self._state.parts:
            self._tell_what_was_taken()
        elif not self.isVisible():
            self._notices.say(nothing_bought(), "", "warn")

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
            self._money.references.forget()
            self._render()
            self._money.type_anew(self._state)
            return True
        return False

    async def _leave(self) -> None:
        """Back to the basket, once all that was taken is given back."""
        if await self.lets_go():
            self.left_without_sale.emit()

    async def _take_out(self, place: int) -> None:
        """Take one part out of the payment, once it is given back."""
        parts = self._state.parts
        if await are_given_back(self.window(), parts[place : place + 1], self.clock):
            self._state = replace(self._state, parts=parts[:place] + parts[place + 1 :], pressed=False)
            self._tell_held()
            self._money.ask_for_the_rest(self._state)
            self._render()
            self._money.take_focus(self._state)

    async def _is_paid_anew(self, draft: Draft, tenders: tuple[Tender, ...]) -> bool:
        """Whether the numbers of `tenders` are on slips of their own; if not, the last is looked at again."""
        if await is_paid_anew(self.window(), self._sales, draft, tenders, self.clock):
            return True
        self._money.references.look_again()
        return False

    # --- what it amounts to -------------------------------------------------------------------------

    def _busy(self) -> bool:
        return self.tasks.busy("issue") or self.tasks.busy("part")

    def _tenders(self) -> tuple[Tender, ...]:
        """All that was and is paid, as it stands on the screen."""
        return self._state.tenders_with(self._money.tender(self._state))

    def _add_part(self, tenders: tuple[Tender, ...]) -> None:
        """The last of `tenders` was taken; the rest is asked for."""
        # Who pays a part in coins pays the rest otherwise, more often than not.
        kind: TenderKind = "terminal" if tenders[-1].kind == "cash" else "cash"
        self._state = replace(self._state, parts=tenders, kind=kind, split=True, pressed=False)
        self._tell_held()
        self._money.ask_for_the_rest(self._state)
        self._render()
        # A second press was meant for the part: it does not take the rest.
        self.opened()

    def _tell_held(self) -> None:
        """Have what is held here known to the next till, should this one die."""
        state = self._state
        self.tasks.start("hold", self._hold(state.draft.id, state.parts), when_busy="replace")

    def _problem(self, tender: Tender | None) -> Problem | None:
        return self._state.problem(tender, is_written=self._money.is_written(self._state))

    # --- drawing ------------------------------------------------------------------------------------

    def _render(self) -> None:
        state, tender = self._state, self._money.tender(self._state)
        problem = self._problem(tender) if state.pressed else None
        self._reading.tell(state)
        self._money.tell(state, tender, problem, busy=self._busy())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        around = edge(self)
        self._row.setContentsMargins(around, around, around, around)
        self._row.setSpacing(around)
        if self._reading.lay_out not in self._still_to_do:
            self._reading.place_note()
        self._money.fit()
