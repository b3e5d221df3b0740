"""Attention: everything that waits for a person, oldest first, with what is known and what can be decided."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.advice import Verdict, advice, known, looked, recommended, verdicts
from pos_app.aftermath import Unclaimed
from pos_app.changes import Topic
from pos_app.claims import Why
from pos_app.errors import NotAllowed, PosError
from pos_app.i18n import _, date_and_time, ngettext
from pos_app.messages import explain, status_words
from pos_app.orders.money_back import MoneyBack
from pos_app.orders.order import Order, Phase, Status
from pos_app.settling import Confirmed, Waiting, Witnesses, read_cards
from pos_app.spares import Lying
from ui import keys
from ui.approval import why_not
from ui.borders import Aftermaths, Approvals, Asking, Claiming, Deciding, PayingBack, Selling, SettingAside
from ui.give_back import is_given_back
from ui.issuing import Issuing
from ui.notices import Notices
from ui.order_view import OrderView
from ui.screen import Clock, Screen
from ui.set_aside import AsideAct, SetAside, act_form
from ui.story import story
from ui.tasks import Tasks
from ui.telling import printed_words, rest_of, tell, title
from ui.verdict_sheet import Part, VerdictGiven, VerdictSheet
from ui.verdict_words import (
    VerdictForm,
    button,
    form,
    money_form,
)
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton, Chip
from ui.widgets.flow import FlowRow
from ui.widgets.note import Note
from ui.widgets.parts import Scroll, Text, card, empty, set_role
from ui.widgets.timeline import Timeline
from ui.widgets.wait_row import WaitRow

_VERDICTS: tuple[Verdict, ...] = (
    "number",
    "codes",
    "email",
    "not_bought",
    "seen",
    "sell_now",
    "money",
    "wait",
)

_MOST_ON_THE_WAY = 20
_TICKS: dict[str, Confirmed] = {
    "item_not_told": "item_not_told",
    "other_amount": "other_amount",
    "others_open": "others_open",
    "too_early": "too_early",
    "list_not_read": "list_not_read",
}
"""Refusals that somebody who has looked can answer with a tick."""
_ABOUT: dict[str, Part] = {
    "age_not_told": "entry",
    "already_claimed": "entry",
    "code_in_evidence": "evidence",
    "code_seen_before": "entry",
    "code_twice": "entry",
    "codes_unreadable": "entry",
    "needs_evidence": "evidence",
    "no_such_provider_order": "entry",
    "older_provider_order": "entry",
    "other_provider_order": "entry",
    "too_many_codes": "entry",
}
"""What a refusal is about, where it is about one thing that was entered."""


@dataclass(frozen=True)
class State:
    """What waits (None: not read yet), the one looked at, and what the provider's books say about it.

    `aside` are the cards that are no customer's; `shows_aside` that they are looked at instead.
    `strays` are the companies' orders that nobody here has since the store was put back.
    `on_the_way` are those that were sent and have no answer yet: sale number and brand.
    """

    waiting: tuple[Waiting, ...] | None = None
    chosen: str = ""
    witnesses: Witnesses | None = None
    unread_books: str = ""
    aside: tuple[Lying, ...] = ()
    shows_aside: bool = False
    strays: tuple[Unclaimed, ...] = ()
    on_the_way: tuple[str, ...] = ()

    @property
    def one(self) -> Waiting | None:
        """The order looked at."""
        return next((one for one in self.waiting or () if one.order.id == self.chosen), None)


@dataclass(frozen=True)
class Office:
    """Where a manager's decisions go, and who may make them."""

    deciding: Deciding
    asking: Asking
    paying_back: PayingBack
    aside: SettingAside
    claims: Claiming
    aftermath: Aftermaths
    approvals: Approvals


class AttentionScreen(Screen):
    """A list on the left, one order with its witnesses, its story and the verdicts on the right."""

    def __init__(
        self,
        sales: Selling,
        office: Office,
        issuing: Issuing,
        notices: Notices,
        by: str,
        zone: str,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__("attention", clock)
        self._sales, self._deciding, self._approvals = sales, office.deciding, office.approvals
        self._asking = office.asking
        self._paying_back, self._aside, self._claims = office.paying_back, office.aside, office.claims
        self._aftermath = office.aftermath
        self._issuing, self._notices, self._by, self._zone = issuing, notices, by, zone
        self._state = State()
        self.tasks = Tasks(self, on_change=self._render, on_error=notices.show)
        self._rows: dict[str, WaitRow] = {}
        self._view: OrderView | None = None
        self._sheet: VerdictSheet | None = None
        self._told_known: tuple[tuple[str, str], ...] = ()
        # parts
        self._count = Text("attention_count", "title")
        self._on_the_way = Text("attention_on_the_way", "muted", wrap=True)
        self._title = Text("attention_title", "headline", wrap=True)
        self._numbers = Text("attention_numbers", "muted", wrap=True)
        self._next = Note("advice")
        self._looked = Text("attention_looked", "small", wrap=True)
        self._unread = Text("attention_unread", "small", wrap=True)
        self._look = ActionButton("attention_look", _("Look again"), role="small", icon="refresh")
        self._timeline = Timeline("attention_story")
        self._print = ActionButton("attention_print", _("Print"), icon="printer", does="print")
        self._verdicts: dict[Verdict, ActionButton] = {
            verdict: ActionButton(f"verdict_{verdict}", button(verdict, Status.NOT_CONFIRMED))
            for verdict in _VERDICTS
        }
        # layout
        self._set_aside = SetAside()
        self._chips = [Chip("attention_waiting", ""), Chip("attention_aside", "")]
        self._chip_row = QWidget()
        chips = QHBoxLayout(self._chip_row)
        chips.setContentsMargins(0, 0, 0, 0)
        chips.setSpacing(8)
        for chip in self._chips:
            chips.addWidget(chip)
        chips.addStretch(1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._work_page())
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self._set_aside)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(24, 24, 24, 24)
        self._outer.setSpacing(12)
        self._outer.addWidget(self._on_the_way)
        self._outer.addWidget(self._chip_row)
        self._outer.addWidget(self._pages, 1)
        # connections
        self._print.clicked.connect(self.print_papers)
        self._look.clicked.connect(self.look_again)
        self._set_aside.wanted.connect(self._on_aside)
        for place, chip in enumerate(self._chips):
            chip.clicked.connect(partial(self._show_aside, bool(place)))
        for verdict in _VERDICTS:
            self._verdicts[verdict].clicked.connect(partial(self._on_verdict, verdict))
        self._render()

    def _work_page(self) -> QWidget:
        self._left_card = card("attention_list_card")
        self._list = QWidget()
        self._list_column = QVBoxLayout(self._list)
        self._list_column.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        self._list_column.setSpacing(4)
        left = QVBoxLayout(self._left_card)
        left.setContentsMargins(*mirror.margins(self, 12, 18, 8, 12))
        left.setSpacing(10)
        head = QHBoxLayout()
        head.setContentsMargins(*mirror.margins(self, 10, 0, 0, 0))
        head.addWidget(self._count)
        left.addLayout(head)
        self._list_scroll = Scroll("attention_list", self._list)
        self._list_scroll.verticalScrollBar().rangeChanged.connect(self._on_list_length)
        left.addWidget(self._list_scroll, 1)
        right_card = card("attention_card")
        right = QVBoxLayout(right_card)
        right.setContentsMargins(*mirror.margins(self, 20, 20, 14, 16))
        right.setSpacing(4)
        right.addWidget(self._title)
        right.addWidget(self._numbers)
        right.addSpacing(8)
        right.addWidget(Scroll("attention_scroll", self._told()), 1)
        self._buttons = FlowRow(12)
        for one in (self._print, *self._verdicts.values()):
            self._buttons.flow.addWidget(one)
        self._buttons.setContentsMargins(*mirror.margins(self, 0, 8, 6, 0))
        right.addWidget(self._buttons)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._left_card)
        row.addWidget(right_card, 1)
        return page

    def _told(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        column.setSpacing(12)
        column.addWidget(self._next)
        self._view_column = QVBoxLayout()
        self._view_column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._view_column)
        self._known = QWidget()
        self._known_grid = QGridLayout(self._known)
        self._known_grid.setContentsMargins(0, 0, 0, 0)
        self._known_grid.setHorizontalSpacing(24)
        self._known_grid.setVerticalSpacing(6)
        self._known_grid.setColumnStretch(1, 1)
        column.addWidget(self._known)
        column.addWidget(self._looked)
        column.addWidget(self._unread)
        column.addWidget(self._look, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(Text("attention_story_title", "title", _("What happened")))
        column.addWidget(self._timeline)
        column.addStretch(1)
        return inside

    def _empty_page(self) -> QWidget:
        page = card("attention_none")
        column = QVBoxLayout(page)
        self._none_title = Text("attention_none_title", "headline", _("Nothing waits for you"))
        self._none_words = Text(
            "attention_none_words",
            "muted",
            _("Orders that are not confirmed, not handed over or to be paid back come here by themselves."),
            wrap=True,
        )
        column.addStretch(2)
        for text in (self._none_title, self._none_words):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        column.addStretch(3)
        return page

    # --- from outside -------------------------------------------------------------------------------

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`."""
        self._by = by

    @override
    def opened(self) -> None:
        super().opened()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._read()
        self.tasks.start("aftermath", self._read_strays(), when_busy="refuse")

    @override
    def left(self) -> None:
        self.hide_codes()

    @override
    def refresh(self, topic: Topic) -> None:
        if topic == "orders":
            self._read()

    @override
    def key_help(self) -> tuple[tuple[str, str], ...]:
        return (
            (_("Arrows"), _("Choose an order")),
            (_("Enter"), _("Go to what can be done")),
            ("Tab", _("From button to button")),
            (keys.told("print"), _("Print")),
        )

    @override
    def step_back(self) -> bool:
        """From the buttons to the list; from there it goes on to Sell."""
        row = self._rows.get(self._state.chosen)
        focus: QWidget | None = self.focusWidget()
        if row is None or focus in {None, row, self}:
            return False
        row.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
        elif keys.action_of(event) == "print":
            self.print_papers()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._focus_actions()
        else:
            return False
        return True

    def hide_codes(self) -> None:
        """Mask every code."""
        if self._view is not None:
            self._view.hide_codes()

    def print_papers(self) -> None:
        """Print what the sale of this order has to hand over."""
        one = self._state.one
        if one is not None and _has_papers(one.order):
            self.tasks.start("print", self._print_papers(one.order), when_busy="refuse")

    def look_again(self) -> None:
        """Have the program look now, and decide if what it sees decides it."""
        one = self._state.one
        if one is not None and _can_be_asked_for(one.order):
            self.tasks.start("ask", self._look_again(one.order), when_busy="refuse")

    # --- slots --------------------------------------------------------------------------------------

    def _step(self, by: int) -> None:
        ids = [one.order.id for one in self._state.waiting or ()]
        if not ids:
            return
        here = ids.index(self._state.chosen) if self._state.chosen in ids else 0
        self._choose(ids[min(len(ids) - 1, max(0, here + by))])

    def _choose(self, order_id: str) -> None:
        if order_id != self._state.chosen:
            self.hide_codes()
            self._state = replace(self._state, chosen=order_id, witnesses=None, unread_books="")
            self._render()
            self._ask_witnesses()
        if (row := self._rows.get(order_id)) is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)
            self._list_scroll.ensureWidgetVisible(row)

    def _on_list_length(self, _least: int, _most: int) -> None:
        """Rows that became higher push the chosen one out of view: follow it once each has its place."""

        def follow() -> None:
            row = self._rows.get(self._state.chosen)
            if row is not None and row.hasFocus():
                self._list_scroll.ensureWidgetVisible(row)

        QTimer.singleShot(0, self, follow)

    def _focus_actions(self) -> None:
        shown = [
            one for one in (self._print, *self._verdicts.values()) if one.isVisible() and one.isEnabled()
        ]
        if self._view is not None:
            shown = [*self._view.findChildren(ActionButton), *shown]
        first = next((one for one in shown if one.isVisible() and one.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_verdict(self, verdict: Verdict, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt says it
        one = self._state.one
        if one is not None and self.settled() and self._sheet is None:
            self.tasks.start("sheet", self._ask_verdict(verdict, one.order), when_busy="refuse")

    def _show_aside(self, aside: bool, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt says it
        self.hide_codes()
        self._state = replace(self._state, shows_aside=aside)
        self._render()

    def _on_aside(self, act: AsideAct, one: Lying) -> None:
        if self.settled() and self._sheet is None:
            self.tasks.start("sheet", self._ask_aside(act, one), when_busy="refuse")

    def _on_reveal(self, order_id: str, card_id: str) -> None:
        self.tasks.start("reveal", self._reveal(order_id, card_id), when_busy="replace")

    def _on_again(self, order_id: str) -> None:
        one = self._state.one
        if one is not None and self.settled():
            self.tasks.start("buy", self._sell_now(one.order.placed.sale.id, order_id), when_busy="refuse")

    def _on_refund(self, order_id: str) -> None:
        self.tasks.start("refund", self._refund(order_id), when_busy="refuse")

    # --- tasks --------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.tasks.start("read", self._read_waiting(), when_busy="replace")

    async def _read_waiting(self) -> None:
        before = self._state.one
        waiting = await self._deciding.waiting()
        aside = await self._aside.list()
        rows = await self._sales.orders(limit=_MOST_ON_THE_WAY, only_open=True)
        on_the_way = [row for row in reversed(rows) if row.status is Status.IN_PROGRESS]
        ids = [one.order.id for one in waiting]
        chosen = self._state.chosen if self._state.chosen in ids else next(iter(ids), "")
        moved = chosen != self._state.chosen
        self._state = replace(
            self._state,
            waiting=waiting,
            chosen=chosen,
            aside=aside,
            shows_aside=self._state.shows_aside and bool(aside or self._state.strays),
            on_the_way=tuple(f"{row.sale_number} {row.what}" for row in on_the_way),
        )
        if moved:
            self._state = replace(self._state, witnesses=None, unread_books="")
        self._render()
        now = self._state.one
        if moved or (now is not None and (before is None or before.order.n != now.order.n)):
            self._ask_witnesses()

    async def _read_strays(self) -> None:
        strays = await self._aftermath.unclaimed_since_restore()
        self._state = replace(self._state, strays=strays)
        self._render()

    def _ask_witnesses(self) -> None:
        one = self._state.one
        if one is not None and one.status is Status.NOT_CONFIRMED:
            self.tasks.start("witnesses", self._read_witnesses(one.order.id), when_busy="replace")

    async def _read_witnesses(self, order_id: str) -> None:
        try:
            witnesses, words = await self._deciding.witnesses(order_id), ""
        except PosError as error:
            witnesses, words = None, explain(error).title
        if order_id == self._state.chosen:
            self._state = replace(self._state, witnesses=witnesses, unread_books=words)
            self._render()

    async def _look_again(self, order: Order) -> None:
        try:
            after = await self._asking.ask_again(order.id)
        except PosError as error:
            if order.id == self._state.chosen:
                self._state = replace(self._state, unread_books=explain(error).title)
                self._render()
            return
        if after.phase is Phase.SENT:
            await self._read_witnesses(order.id)
        elif order.id == self._state.chosen:
            self._state = replace(self._state, unread_books="")
        if after.n != order.n:
            await self._read_waiting()
            self._say_found(order, after)

    def _say_found(self, before: Order, after: Order) -> None:
        """What the look decided, while the order may be gone from the list."""
        sale = after.placed.sale.number
        now = status_words(self._sales.status(after))
        head = _("{what}, sale {number}: {status}").format(what=title(before), number=sale, status=now)
        self._notices.say(head, advice(after, self._sales.status(after), None), "ok")

    async def _ask_verdict(self, verdict: Verdict, order: Order) -> None:
        managers = await self._approvals.managers()
        back = await self._money_back(order) if verdict == "money" else None
        if verdict == "money" and back is None:
            return
        if back is None:
            asked = form(verdict, order, self._state.witnesses)
        else:
            asked = money_form(order, back, await self._paying_back.ways(order.id, cards=back.cards))

        async def act(given: VerdictGiven) -> None:
            if back is None:
                await self._decide(verdict, order.id, given)
            else:
                loss = back.needs == "manager_as_loss"
                await self._paying_back.give_back(
                    order.id, given.by, cards=back.cards, loss=loss, evidence=given.evidence
                )
            if back is not None or verdict == "not_bought":
                self._print_what_follows(order.placed.sale.id)

        self._open_sheet(verdict, asked, managers, act)

    async def _ask_aside(self, wanted: AsideAct, one: Lying) -> None:
        managers = await self._approvals.managers()

        async def act(given: VerdictGiven) -> None:
            by, why = given.by, given.evidence
            match wanted:
                case "spare":
                    await self._aside.make_spare(one.order_id, (one.card_id,), by, why)
                case "claim":
                    reason: Why = "spare_card" if one.standing == "spare" else "parked_card"
                    await self._claims.open(one.order_id, reason, by=by, evidence=why, cards=(one.card_id,))
                case _:
                    await self._claims.close(one.claim, wanted, by=by, evidence=why)

        self._open_sheet("wait", act_form(wanted, one), managers, act)

    def _open_sheet(
        self,
        verdict: Verdict,
        asked: VerdictForm,
        managers: tuple[str, ...],
        act: Callable[[VerdictGiven], Coroutine[Any, Any, None]],
    ) -> None:
        sheet = VerdictSheet(self.window(), verdict, asked, managers, self._by, self.clock)
        self._sheet = sheet
        sheet.closed.connect(self._on_sheet_closed)

        def given(found: VerdictGiven) -> None:
            self.tasks.start("settle", self._settle(found, act, needs_pin=bool(managers)), when_busy="refuse")

        sheet.given.connect(given)

    def _on_sheet_closed(self, _key: str) -> None:
        self._sheet = None

    async def _money_back(self, order: Order) -> MoneyBack | None:
        """What can go back: of an order that came in part the money for what is missing. None: nothing."""
        back = await self._paying_back.asked(order.id)
        if back.needs == "manager_as_loss" and back.free_cards:
            back = await self._paying_back.asked(order.id, cards=back.free_cards)
        if back.needs == "no":
            self._notices.show(NotAllowed(back.why_not))
            return None
        return back

    async def _settle(
        self,
        given: VerdictGiven,
        act: Callable[[VerdictGiven], Coroutine[Any, Any, None]],
        *,
        needs_pin: bool,
    ) -> None:
        sheet = self._sheet
        try:
            if needs_pin and (why := await why_not(self._approvals, given.by, given.pin)):
                if sheet is not None:
                    sheet.wrong(why, pin=True)
                return
            await act(given)
        except PosError as error:
            message = explain(error)
            words = f"{message.what} {message.advice}".strip()
            if sheet is not None and (tick := _TICKS.get(error.reason)) is not None:
                sheet.ask(tick, words)
            elif sheet is not None:
                sheet.wrong(words, about=_ABOUT.get(error.reason, "all"))
            self._read()
            return
        if sheet is not None:
            sheet.close_with("done")
        await self._read_waiting()
        # The button that was pressed may be gone; the list always is there.
        if (row := self._rows.get(self._state.chosen)) is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _decide(self, verdict: Verdict, order_id: str, given: VerdictGiven) -> None:
        why, by = given.evidence, given.by
        match verdict:
            case "number":
                await self._deciding.bought_by_number(
                    order_id, given.entry, why, by, confirmed=given.confirmed
                )
            case "codes":
                await self._deciding.bought_by_codes(
                    order_id, read_cards(given.entry), why, by, confirmed=given.confirmed
                )
            case "email":
                await self._deciding.sent_by_email(order_id, why, by)
            case "not_bought":
                await self._deciding.not_bought(order_id, why, by, confirmed=given.confirmed)
            case "seen":
                await self._deciding.seen(order_id, why, by)
            case "sell_now":
                order = await self._sales.approve(order_id, by, why)
                self._on_again(order.id)
            case _:
                await self._deciding.wait(order_id, why, by)

    async def _reveal(self, order_id: str, card_id: str) -> None:
        clear = await self._sales.reveal(order_id, card_id, self._by)
        if self._view is not None and self._state.chosen == order_id and self.isVisible():
            self._view.reveal(card_id, clear.code, rest_of(clear))

    async def _sell_now(self, sale_id: str, order_id: str) -> None:
        await self._issuing.try_again(sale_id, order_id)
        self._say_paper(sale_id)
        self._read()

    async def _refund(self, order_id: str) -> None:
        order = await self._sales.order(order_id)
        ways = await self._sales.ways_back(order_id)
        if not ways or await is_given_back(self.window(), ways, self.clock):
            await self._sales.refund(order_id, self._by)
            self._print_what_follows(order.placed.sale.id)
            self._read()

    async def _print_papers(self, order: Order) -> None:
        # Of a slip that may be out already only a person's wish makes a duplicate.
        again = bool(order.perhaps_printed_cards())
        result = await self._issuing.print_papers(order.placed.sale.id, again=again)
        self._say_paper(order.placed.sale.id)
        if result.problem is None and result.printed:
            self._notices.say(printed_words(result.printed), "", "ok")
        if not result.printed and result.problem is None and not result.on_screen:
            self._notices.say(
                _("These slips may be out already, several times."),
                _("A manager prints them again: F8 under Orders."),
                "warn",
            )
        self._read()

    def _print_what_follows(self, sale_id: str) -> None:
        """Begin to print what money that goes back needs: the slip that says so, the one to be signed."""
        self.tasks.start("papers", self._print_new(sale_id), when_busy="replace")

    async def _print_new(self, sale_id: str) -> None:
        await self._issuing.print_papers(sale_id)
        self._say_paper(sale_id)

    def _say_paper(self, sale_id: str) -> None:
        result = self._issuing.printed(sale_id)
        if result is not None and result.problem is not None:
            self._notices.show(result.problem, self.print_papers)

    # --- drawing ------------------------------------------------------------------------------------

    def _render(self) -> None:
        state = self._state
        self._pages.setCurrentIndex(2 if state.shows_aside else 1 if state.waiting == () else 0)
        self._render_chips()
        self._set_aside.tell(state.aside)
        self._set_aside.tell_strays(state.strays)
        waiting = state.waiting or ()
        n = len(waiting)
        self._count.setText(
            ngettext("{n} waits for you", "{n} wait for you", n).format(n=n) if waiting else ""
        )
        sales = ", ".join(state.on_the_way)
        self._on_the_way.say(
            _("No answer yet: {sales}. What nobody answers for comes here by itself.").format(sales=sales)
            if sales
            else ""
        )
        self._render_list(waiting)
        self._render_one(state.one)

    def _render_chips(self) -> None:
        state = self._state
        self._chip_row.setVisible(bool(state.aside or state.strays))
        waits, aside = len(state.waiting or ()), len(state.aside) + len(state.strays)
        words = (_("Waiting: {n}").format(n=waits), _("Set aside: {n}").format(n=aside))
        for chip, said, shown in zip(
            self._chips, words, (not state.shows_aside, state.shows_aside), strict=True
        ):
            chip.setText(said)
            chip.setAccessibleName(said)
            chip.setChecked(shown)

    def _render_list(self, waiting: tuple[Waiting, ...]) -> None:
        if list(self._rows) != [one.order.id for one in waiting]:
            focused = next((key for key, row in self._rows.items() if row.hasFocus()), "")
            empty(self._list_column)
            self._rows = {}
            for one in waiting:
                row = WaitRow(f"wait_{one.order.id}")
                row.clicked.connect(lambda _checked=False, order_id=one.order.id: self._choose(order_id))
                row.stepped.connect(self._step)
                row.entered.connect(self._focus_actions)
                self._rows[one.order.id] = row
                self._list_column.addWidget(row)
            self._list_column.addStretch(1)
            if focused and self._state.chosen in self._rows:
                self._rows[self._state.chosen].setFocus(Qt.FocusReason.OtherFocusReason)
        for one in waiting:
            telling = tell(one.order, one.status, None, self._issuing.trouble(one.order.id), busy=False)
            since = _("since {when}").format(when=date_and_time(one.since, self._zone))
            row = self._rows[one.order.id]
            row.tell(
                title(one.order), telling.state, f"{one.order.placed.sale.number} · {since}", telling.tone
            )
            row.setChecked(one.order.id == self._state.chosen)

    def _render_one(self, one: Waiting | None) -> None:
        possible: tuple[Verdict, ...] = () if one is None else verdicts(one.order, one.status)
        likely = None if one is None else recommended(one.order, one.status, self._state.witnesses)
        for verdict in _VERDICTS:
            action = self._verdicts[verdict]
            action.setVisible(verdict in possible)
            if one is not None and verdict in possible:
                action.say(button(verdict, one.status))
                set_role(action, "primary" if verdict == likely else "plain")
        prints = one is not None and _has_papers(one.order) and not self._issuing.prints_nothing()
        self._print.setVisible(prints)
        set_role(self._print, "plain" if likely else "primary")
        self._print.setEnabled(not self.tasks.busy("print"))
        self._buttons.setVisible(bool(possible) or prints)
        if one is None:
            self._view = None
            empty(self._view_column)
            for text in (self._title, self._numbers, self._looked, self._unread):
                text.setText("")
            self._next.tell("", "")
            self._timeline.tell(())
            self._look.hide()
            return
        order = one.order
        if self._view is None or self._view.objectName() != f"order_{order.id}":
            empty(self._view_column)
            self._view = OrderView(order.id, self.clock)
            self._view.reveal_wanted.connect(self._on_reveal)
            self._view.again_wanted.connect(self._on_again)
            self._view.refund_wanted.connect(self._on_refund)
            self._view_column.addWidget(self._view)
        busy = self._issuing.busy(order.placed.sale.id)
        telling = tell(order, one.status, None, self._issuing.trouble(order.id), busy=busy)
        # That a manager decides under Attention need not be said here, nor what the note above says.
        detail = _("Do not sell it again.") if one.status is Status.NOT_CONFIRMED else telling.detail
        self._view.tell(order, replace(telling, detail=detail, can_choose_other=False))
        self._title.setText(title(order))
        self._numbers.setText(
            " · ".join(
                (
                    _("Sale {number}").format(number=order.placed.sale.number),
                    order.placed.sale.by,
                    status_words(one.status),
                )
            )
        )
        witnesses = self._state.witnesses if one.status is Status.NOT_CONFIRMED else None
        self._next.tell(_("What to do now"), advice(order, one.status, witnesses))
        self._render_known(known(order, witnesses) if one.status is Status.NOT_CONFIRMED else ())
        self._look.setVisible(_can_be_asked_for(order))
        self._look.setEnabled(not self.tasks.busy("ask"))
        found = self._asking.standing(order.id) if order.phase is Phase.SENT else None
        self._looked.say("" if found is None else looked(found, self._zone))
        unread = self._state.unread_books
        self._unread.say(_("The card company's books: {why}").format(why=unread) if unread else "")
        self._timeline.tell(story(order, self._zone))

    def _render_known(self, told: tuple[tuple[str, str], ...]) -> None:
        self._known.setVisible(bool(told))
        if told == self._told_known:
            return
        self._told_known = told
        empty(self._known_grid)
        for place, (name, value) in enumerate(told):
            self._known_grid.addWidget(Text(f"known_name_{place}", "muted", name), place, 0)
            self._known_grid.addWidget(Text(f"known_value_{place}", "strong", value, wrap=True), place, 1)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        edge = 24 if self.width() >= 1000 and self.height() >= 620 else 12  # noqa: PLR2004  a small screen
        self._outer.setContentsMargins(edge, edge, edge, edge)
        # In a low window the list has the room: how many wait is told above it, too.
        self._count.setVisible(self.height() >= 620)  # noqa: PLR2004
        self._left_card.setFixedWidth(400 if self.width() >= 1120 else 312 if self.width() >= 900 else 250)  # noqa: PLR2004


def _can_be_asked_for(order: Order) -> bool:
    """Whether the card company can be asked what became of it: it has books, and the order is open there."""
    return order.phase in {Phase.SENT, Phase.CODES_PENDING} and not order.codes_by_email


def _has_papers(order: Order) -> bool:
    """Whether something is to be printed: a card's slip, or the one that says to give money back."""
    return order.not_handed_over or (order.money_owed is not None and not order.copies("failure"))
