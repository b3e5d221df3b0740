"""Attention: everything that waits for a person, oldest first, with what is known and what can be decided."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.advice import Verdict, advice
from pos_app.aftermath import Unclaimed
from pos_app.changes import Topic
from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import explain, status_words
from pos_app.orders.order import Order, Phase, Status
from pos_app.settling import Waiting, Witnesses
from pos_app.spares import Lying
from ui import keys
from ui.attention.case import Case, Known, can_be_asked_for, has_papers
from ui.attention.desk import Desk, Office
from ui.attention.set_aside import AsideAct, SetAside
from ui.attention.waiting_list import WaitingList
from ui.borders import Selling
from ui.give_back import is_given_back
from ui.issuing import Issuing
from ui.notices import Notices
from ui.screen import Clock, Screen
from ui.tasks import Tasks
from ui.telling import printed_words, rest_of, title
from ui.widgets.buttons import Chip
from ui.widgets.parts import Text, card

_MOST_ON_THE_WAY = 20


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
        self._sales, self._deciding, self._asking = sales, office.deciding, office.asking
        self._aside, self._aftermath = office.aside, office.aftermath
        self._issuing, self._notices, self._by = issuing, notices, by
        self._state = State()
        self.tasks = Tasks(self, on_change=self._render, on_error=notices.show)
        self._desk = Desk(self, sales, office, notices, self.tasks, by, clock)
        # parts
        self._on_the_way = Text("attention_on_the_way", "muted", wrap=True)
        self._list = WaitingList(issuing, zone)
        self._case = Case(issuing, zone, clock)
        self._set_aside = SetAside()
        self._chips = [Chip("attention_waiting", ""), Chip("attention_aside", "")]
        # layout
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
        self._list.chosen.connect(self._choose)
        self._list.entered.connect(self._case.focus_actions)
        self._case.verdict_wanted.connect(self._on_verdict)
        self._case.print_wanted.connect(self.print_papers)
        self._case.look_wanted.connect(self.look_again)
        self._case.reveal_wanted.connect(self._on_reveal)
        self._case.again_wanted.connect(self._on_again)
        self._case.refund_wanted.connect(self._on_refund)
        self._desk.decided.connect(self._on_decided)
        self._desk.refused.connect(self._read)
        self._desk.papers_follow.connect(self._print_what_follows)
        self._desk.sells.connect(self._on_again)
        self._set_aside.wanted.connect(self._on_aside)
        for place, chip in enumerate(self._chips):
            chip.clicked.connect(partial(self._show_aside, bool(place)))
        self._render()

    def _work_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._list)
        row.addWidget(self._case, 1)
        return page

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
        self._desk.sold_by(by)

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
        focus: QWidget | None = self.focusWidget()
        if not self._list.has_chosen() or self._list.has_focused() or focus in {None, self}:
            return False
        self._list.focus()
        return True

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._list.step(1 if event.key() == Qt.Key.Key_Down else -1)
        elif keys.action_of(event) == "print":
            self.print_papers()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._case.focus_actions()
        else:
            return False
        return True

    def hide_codes(self) -> None:
        """Mask every code."""
        self._case.hide_codes()

    def print_papers(self) -> None:
        """Print what the sale of this order has to hand over."""
        one = self._state.one
        if one is not None and has_papers(one.order):
            self.tasks.start("print", self._print_papers(one.order), when_busy="refuse")

    def look_again(self) -> None:
        """Have the program look now, and decide if what it sees decides it."""
        one = self._state.one
        if one is not None and can_be_asked_for(one.order):
            self.tasks.start("ask", self._look_again(one.order), when_busy="refuse")

    # --- slots --------------------------------------------------------------------------------------

    def _choose(self, order_id: str) -> None:
        if order_id != self._state.chosen:
            self.hide_codes()
            self._state = replace(self._state, chosen=order_id, witnesses=None, unread_books="")
            self._render()
            self._ask_witnesses()
        self._list.focus()

    def _on_verdict(self, verdict: Verdict) -> None:
        one = self._state.one
        if one is not None and self.settled():
            self._desk.ask(verdict, one.order, self._state.witnesses)

    def _on_decided(self) -> None:
        self.tasks.start("decided", self._read_and_go_to_list(), when_busy="replace")

    async def _read_and_go_to_list(self) -> None:
        """The button that was pressed may be gone; the list always is there."""
        await self._read_waiting()
        self._list.focus()

    def _show_aside(self, aside: bool, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt says it
        self.hide_codes()
        self._state = replace(self._state, shows_aside=aside)
        self._render()

    def _on_aside(self, act: AsideAct, one: Lying) -> None:
        if self.settled():
            self._desk.ask_aside(act, one)

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

    async def _reveal(self, order_id: str, card_id: str) -> None:
        clear = await self._sales.reveal(order_id, card_id, self._by)
        if self._state.chosen == order_id:
            self._case.reveal(card_id, clear.code, rest_of(clear))

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
        sales = ", ".join(state.on_the_way)
        self._on_the_way.say(
            _("No answer yet: {sales}. What nobody answers for comes here by itself.").format(sales=sales)
            if sales
            else ""
        )
        self._list.tell(state.waiting or (), state.chosen)
        order = None if state.one is None else state.one.order
        found = None if order is None or order.phase is not Phase.SENT else self._asking.standing(order.id)
        known_of_it = Known(
            state.witnesses,
            state.unread_books,
            found,
            is_printing=self.tasks.busy("print"),
            is_looking=self.tasks.busy("ask"),
        )
        self._case.tell(state.one, known_of_it)

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

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        edge = 24 if self.width() >= 1000 and self.height() >= 620 else 12  # noqa: PLR2004  a small screen
        self._outer.setContentsMargins(edge, edge, edge, edge)
        self._list.show_count(shown=self.height() >= 620)  # noqa: PLR2004
        self._list.setFixedWidth(400 if self.width() >= 1120 else 312 if self.width() >= 900 else 250)  # noqa: PLR2004
