"""The result: what became of each order, what to hand over, what to give back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.changes import Topic
from pos_app.i18n import _, money
from pos_app.orders.order import Order, Sale, Status
from ui import keys, theme
from ui.another_printer import print_elsewhere
from ui.borders import Selling
from ui.give_back import is_given_back
from ui.issuing import Issuing
from ui.notices import Notices
from ui.order_view import OrderView
from ui.reprint import Reprinting
from ui.sale_words import ended, gives_change_back, headline, money_owed, numbers
from ui.screen import Clock, Screen
from ui.skeleton import basket_width
from ui.tasks import Tasks
from ui.telling import may_go_on, printed_words, rest_of, tell, title
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton
from ui.widgets.even_text import EvenText
from ui.widgets.parts import Figure, Scroll, Text, card, empty, set_role
from ui.widgets.tone_sign import ToneSign

_TICK_MS = 250
_FOUR_BUTTONS = 440
"""Pixels in which all buttons beside the story stand."""


@dataclass(frozen=True)
class State:
    """The sale on the screen; None until it has been read."""

    sale_id: str = ""
    sale: Sale | None = None


class ResultScreen(Screen):
    """One sale after its money was received."""

    new_sale_wanted = Signal()
    order_chosen = Signal(str)
    another_card_wanted = Signal(str, str)
    ended_behind = Signal(str, str, str, str)
    """A sale that was left while it waited has ended: its id, the order to look at, the tone, what to do."""

    def __init__(
        self,
        sales: Selling,
        issuing: Issuing,
        reprinting: Reprinting,
        notices: Notices,
        by: str,
        *,
        clock: Clock = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("result", clock, parent)
        self._reprinting = reprinting
        self._sales, self._issuing, self._notices, self._by = sales, issuing, notices, by
        self._state = State()
        self._views: dict[str, OrderView] = {}
        self._left_waiting: set[str] = set()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._working: tuple[bool, ...] = ()
        self._drawn: tuple[object, ...] = ()
        self.tasks = Tasks(self, on_change=self._on_tasks, on_error=notices.show)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        # parts
        self._story = card("story", self)
        self._sign = ToneSign(large=True)
        self._headline = EvenText("headline", "headline")
        self._numbers = Text("numbers", "muted", wrap=True)
        inside = QWidget()
        self._orders = QVBoxLayout(inside)
        self._orders.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        self._orders.setSpacing(0)
        self._scroll = Scroll("result_orders", inside)
        self._side = card("result_side", self)
        self._change_label = Text("result_change_label", "muted")
        self._change = Figure("result_change", "huge")
        self._owed_label = Text("owed_label", "muted", _("To give back"))
        self._owed = Figure("owed", "owed")
        self._paper = Text("paper_words", "small", wrap=True)
        self._new = ActionButton("new_sale", _("New sale"), role="primary", key="Enter")
        self._print = ActionButton("print_again", _("Print again"), does="print")
        self._elsewhere = ActionButton("print_elsewhere", _("Another printer…"))
        self._open = ActionButton("open_order", _("Open this order"))
        # layout
        self._lay_out()
        # connections
        self._tick.timeout.connect(self._render)
        self._new.clicked.connect(self._on_new_sale)
        self._print.clicked.connect(self.print_again)
        self._elsewhere.clicked.connect(self._on_elsewhere)
        self._open.clicked.connect(self._on_open)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self._headline)
        words.addWidget(self._numbers)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addLayout(words, 1)
        left = QVBoxLayout(self._story)
        left.setContentsMargins(*mirror.margins(self, 20, 20, 14, 20))
        left.setSpacing(12)
        left.addLayout(head)
        left.addWidget(self._scroll, 1)
        right = QVBoxLayout(self._side)
        right.setContentsMargins(20, 20, 20, 20)
        right.setSpacing(4)
        for part in (self._change_label, self._change, self._owed_label, self._owed):
            right.addWidget(part)
        right.addStretch(1)
        right.addWidget(self._paper)
        right.addSpacing(8)
        doing = QVBoxLayout()
        doing.setSpacing(12)
        for button in (self._new, self._print, self._elsewhere, self._open):
            doing.addWidget(button)
        right.addLayout(doing)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 24, 24, 24)
        self._row.setSpacing(24)
        self._row.addWidget(self._story, 1)
        self._row.addWidget(self._side)

    # --- from outside -------------------------------------------------------------------------------

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`."""
        self._by = by

    def begin(self, sale_id: str) -> None:
        """Issue the sale and show what becomes of it."""
        self._state = State(sale_id)
        empty(self._orders)
        self._views = {}
        self._render()
        self.tasks.start(f"issue {sale_id}", self._issue(sale_id), when_busy="refuse")
        self.tasks.start("read", self._read(sale_id), when_busy="replace")

    @override
    def opened(self) -> None:
        super().opened()
        self._tick.start()
        # The screen itself hears the keys: a button with the focus would take the Enter of a scanner.
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def left(self) -> None:
        self._tick.stop()
        self.hide_codes()
        # One that was not even read yet has all of it before it.
        sale = self._state.sale
        if self._busy() if sale is None else self._is_buying(sale):
            self._left_waiting.add(self._state.sale_id)

    @override
    def get_ready(self) -> Iterator[None]:
        # The letters of codes are read from their file when the first ones are wanted.
        theme.mono(1)
        yield
        yield from super().get_ready()

    @override
    def refresh(self, topic: Topic) -> None:
        if topic == "orders" and self._state.sale_id:
            self.tasks.start("read", self._look_again(self._state.sale_id), when_busy="replace")

    @override
    def step_back(self) -> bool:
        self.hide_codes()
        return True

    @override
    def no_scan(self) -> str:
        return _("Finish this sale first: Enter begins a new one.")

    @override
    def key_help(self) -> tuple[tuple[str, str], ...]:
        return ((_("Enter"), _("New sale")), (keys.told("print"), _("Print again")))

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            # A button is pressed where one has to be meant; Enter comes from habit.
            if not self._lacks_paper():
                self._on_new_sale()
        elif keys.action_of(event) == "print":
            self.print_again()
        else:
            return False
        return True

    def cards_here(self) -> tuple[str, int] | None:
        """The sale on the screen and how many of its cards had come when it was last read."""
        sale = self._state.sale
        if sale is None:
            return None
        return sale.head.id, sum(len(order.handed_cards) for order in sale.orders)

    def hide_codes(self) -> None:
        """Mask every code."""
        for view in self._views.values():
            view.hide_codes()

    def print_again(self) -> None:
        """Print what of the sale may be missing or, where nothing is, what is wanted once more."""
        if self._print.isEnabled():
            self.tasks.start("print", self._print_again(self._state.sale_id), when_busy="refuse")

    # --- slots --------------------------------------------------------------------------------------

    def _on_new_sale(self) -> None:
        if self.settled() and self._new.isEnabled():
            self.new_sale_wanted.emit()

    def _on_elsewhere(self) -> None:
        self.tasks.start("print", self._print_elsewhere(self._state.sale_id), when_busy="refuse")

    def _on_open(self) -> None:
        if self._state.sale is not None:
            waiting = [
                order for order in self._state.sale.orders if self._status(order) is not Status.FULFILLED
            ]
            self.order_chosen.emit((waiting or list(self._state.sale.orders))[0].id)

    def _on_reveal(self, order_id: str, card_id: str) -> None:
        self.tasks.start("reveal", self._reveal(order_id, card_id), when_busy="replace")

    def _on_again(self, order_id: str) -> None:
        sale_id = self._state.sale_id
        self.tasks.start(f"issue {sale_id}", self._try_again(sale_id, order_id), when_busy="refuse")

    def _on_anyway(self, order_id: str) -> None:
        sale_id = self._state.sale_id
        trying = self._try_again(sale_id, order_id, anyway=True)
        self.tasks.start(f"issue {sale_id}", trying, when_busy="refuse")

    def _on_refund(self, order_id: str) -> None:
        self.tasks.start("refund", self._refund(order_id, other=False), when_busy="refuse")

    def _on_other(self, order_id: str) -> None:
        self.tasks.start("refund", self._refund(order_id, other=True), when_busy="refuse")

    # --- tasks --------------------------------------------------------------------------------------

    async def _issue(self, sale_id: str) -> None:
        await self._issuing.issue(sale_id)
        await self._after_papers(sale_id)
        # What came while the papers were printed was not among them.
        await self._look_again(sale_id)
        await self._tell_if_left(sale_id)

    async def _try_again(self, sale_id: str, order_id: str, *, anyway: bool = False) -> None:
        await self._issuing.try_again(sale_id, order_id, anyway=anyway)
        await self._after_papers(sale_id)
        await self._look_again(sale_id)
        await self._tell_if_left(sale_id)

    async def _tell_if_left(self, sale_id: str) -> None:
        """A sale that was left while it waited has ended: whoever serves somebody else is to hear of it."""
        if sale_id not in self._left_waiting:
            return
        self._left_waiting.discard(sale_id)
        sale = await self._sales.sale(sale_id)
        tone, words = ended(sale, self._status, on_screen=self._on_screen(sale_id))
        waiting = [one for one in sale.orders if self._status(one) is not Status.FULFILLED]
        first = (waiting or list(sale.orders))[0]
        what = _("Sale {number}, {what}: {words}.").format(
            number=sale.head.number, what=title(first), words=words
        )
        self.ended_behind.emit(sale_id, first.id, "info" if tone == "muted" else tone, what)

    async def _print_papers(self, sale_id: str) -> None:
        cards = None
        while cards != self.cards_here():
            cards = self.cards_here()
            await self._issuing.print_papers(sale_id)
            await self._after_papers(sale_id)

    async def _print_again(self, sale_id: str) -> None:
        # What was said about the try before is over.
        self._notices.put_away()
        if papers := await self._reprinting.again(self.window(), sale_id):
            self._notices.say(printed_words(papers), "", "ok")
        await self._after_papers(sale_id)

    async def _print_elsewhere(self, sale_id: str) -> None:
        if await print_elsewhere(self.window(), self._issuing, sale_id, self.clock):
            self._notices.put_away()
            await self._after_papers(sale_id)

    async def _after_papers(self, sale_id: str) -> None:
        result = self._issuing.printed(sale_id)
        if result is not None and result.problem is not None:
            self._notices.show(result.problem, self.print_again if self._state.sale_id == sale_id else None)
        await self._read(sale_id)

    async def _read(self, sale_id: str) -> None:
        sale = await self._sales.sale(sale_id)
        if self._state.sale_id == sale_id:
            self._state = replace(self._state, sale=sale)
            # One purchase is announced several times; what stands there already is not drawn again.
            if self._facts() != self._drawn:
                self._render()

    async def _look_again(self, sale_id: str) -> None:
        await self._read(sale_id)
        sale, printed = self._state.sale, self._issuing.printed(sale_id)
        if sale is None or printed is None or self._issuing.busy(sale_id):
            return
        if printed.problem is not None or printed.on_screen:
            return
        # Codes that come late while the customer still waits here go on paper by themselves; so does word
        # that nothing was bought and the money is to be given back.
        if (_not_on_paper(sale) or _not_told(sale)) and not self.tasks.busy("print"):
            self.tasks.start("print", self._print_papers(sale_id), when_busy="refuse")

    async def _reveal(self, order_id: str, card_id: str) -> None:
        clear = await self._sales.reveal(order_id, card_id, self._by)
        for key, view in self._views.items():
            if key == order_id and self.isVisible():
                view.reveal(card_id, clear.code, rest_of(clear))
            else:
                view.hide_codes()

    async def _refund(self, order_id: str, *, other: bool) -> None:
        order = await self._sales.order(order_id)
        ways = await self._sales.ways_back(order_id)
        if ways and not await is_given_back(self.window(), ways, self.clock):
            return
        await self._sales.refund(order_id, self._by)
        await self._read(self._state.sale_id)
        self.tasks.start("print", self._print_papers(order.placed.sale.id), when_busy="refuse")
        if other:
            self.another_card_wanted.emit(order.placed.product.brand, money(order.price))

    # --- drawing ------------------------------------------------------------------------------------

    def _on_tasks(self) -> None:
        """Draw again who is busy; that the sale is being read again is nothing one sees."""
        working = (self._busy(), *(self.tasks.busy(name) for name in ("print", "reveal", "refund")))
        if working != self._working:
            self._working = working
            self._render()

    def _status(self, order: Order) -> Status:
        return self._sales.status(order)

    def _busy(self) -> bool:
        return self._issuing.busy(self._state.sale_id) or self.tasks.busy(f"issue {self._state.sale_id}")

    def _facts(self) -> tuple[object, ...]:
        """All that is drawn, but for what time alone changes: the tick sees to that."""
        sale, issuing = self._state.sale, self._issuing
        orders = () if sale is None else sale.orders
        return (
            sale,
            self._busy(),
            self.tasks.busy("print"),
            issuing.printed(self._state.sale_id),
            *((self._status(one), issuing.trouble(one.id), issuing.waits(one.id)) for one in orders),
        )

    def _render(self) -> None:
        self._drawn = self._facts()
        sale = self._state.sale
        if sale is None:
            self._headline.setText(_("Issuing…"))
            self._numbers.setText("")
            self._sign.tell("muted")
            self._tell_side(None)
            return
        for order in sale.orders:
            view = self._views.get(order.id)
            if view is None:
                view = self._views[order.id] = OrderView(order.id, self.clock)
                view.reveal_wanted.connect(self._on_reveal)
                view.again_wanted.connect(self._on_again)
                view.refund_wanted.connect(self._on_refund)
                view.other_wanted.connect(self._on_other)
                view.anyway_wanted.connect(self._on_anyway)
                self._orders.addWidget(view)
            view.tell(
                order,
                tell(
                    order,
                    self._status(order),
                    self._issuing.seconds(order.id),
                    self._issuing.trouble(order.id),
                    busy=self._busy(),
                    waits=self._issuing.waits(order.id),
                    on_screen=self._on_screen(),
                ),
            )
        self._push_up(len(sale.orders))
        tone, words = headline(sale, self._status, busy=self._busy(), on_screen=self._on_screen())
        self._sign.tell(tone)
        self._headline.setText(words)
        self._numbers.setText(numbers(sale))
        self._tell_side(sale)

    def _push_up(self, orders: int) -> None:
        if self._orders.count() == orders:
            self._orders.addStretch(1)

    def _tell_side(self, sale: Sale | None) -> None:
        change = sale.head.change if sale is not None else None
        kinds = {tender.kind for tender in sale.head.tenders} if sale is not None else {"cash"}
        paid = "parts" if len(kinds) > 1 else min(kinds)
        labels = {
            "parts": _("Paid in parts, no change"),
            "cash": _("Paid in cash, no change"),
            "terminal": _("Paid by card terminal"),
            "other": _("Rung up on the main till"),
        }
        self._change_label.setText(_("Change") if change else labels[paid])
        if sale is not None and change is not None:
            # Only money that is to be handed out stands there large.
            self._change.setText(money(change or sale.head.paid))
            set_role(self._change, "huge" if change else "amount")
        owed = money_owed(sale) if sale is not None else None
        back = sale is not None and owed is not None and gives_change_back(sale)
        self._owed_label.setVisible(bool(owed) and not back)
        self._owed.say(money(owed) if owed and not back else "")
        if sale is not None and owed is not None and back:
            # One figure for the hand that goes to the drawer; the headline tells what it is made of.
            self._change_label.setText(_("To give back in all"))
            self._change.setText(money(owed + sale.head.change))
        busy = self._busy()
        printed = self._issuing.printed(self._state.sale_id)
        # With nothing in the customer's hand the next sale is not what comes next.
        stays = bool(owed) or self._lacks_paper() or (sale is not None and self._is_turned_away(sale))
        set_role(self._new, "plain" if stays else "primary")
        self._new.tell_key("" if self._lacks_paper() else "Enter")
        set_role(self._print, "primary" if self._lacks_paper() and not owed else "plain")
        waiting = self.tasks.busy("print")
        self._paper.say(_("Printing…") if waiting else "")
        self._print.setEnabled(not busy and not waiting and sale is not None and not self._on_screen())
        self._print.setVisible(not self._on_screen())
        self._elsewhere.setVisible(printed is not None and printed.problem is not None)
        self._leave_room()
        self._elsewhere.setEnabled(self._print.isEnabled())
        self._print.say(_("Print again") if printed is not None and printed.problem is None else _("Print"))
        self._open.setEnabled(sale is not None)
        self._new.setEnabled(sale is not None and (not self._is_buying(sale) or self._may_leave(sale)))

    def _lacks_paper(self) -> bool:
        """Whether something is to be handed over that did not come out."""
        sale, printed = self._state.sale, self._issuing.printed(self._state.sale_id)
        failed = printed is not None and printed.problem is not None
        return failed and sale is not None and any(order.not_handed_over for order in sale.orders)

    def _is_turned_away(self, sale: Sale) -> bool:
        """Whether money was taken for an order nobody bought: it is tried again, or the money given back."""
        kept = (order for order in sale.orders if order.refunded is None)
        return not self._busy() and any(self._status(order) is Status.TO_DO for order in kept)

    def _leave_room(self) -> None:
        """In a low window the order is opened from the list while there is another printer to choose."""
        self._open.setVisible(self._elsewhere.isHidden() or self.height() >= _FOUR_BUTTONS)

    def _on_screen(self, sale_id: str = "") -> bool:
        """Whether this shop prints nothing; of the sale on the screen, or another."""
        printed = self._issuing.printed(sale_id or self._state.sale_id)
        return printed is not None and printed.on_screen

    def _is_buying(self, sale: Sale) -> bool:
        """Whether an order is still on its way; printing alone keeps nobody."""
        on_the_way = {Status.TO_DO, Status.IN_PROGRESS}
        return self._busy() and any(self._status(order) in on_the_way for order in sale.orders)

    def _may_leave(self, sale: Sale) -> bool:
        return any(
            may_go_on(self._issuing.seconds(order.id))
            for order in sale.orders
            if self._status(order) is Status.IN_PROGRESS
        )

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(basket_width(self.width()))
        self._leave_room()
        edge = 24 if self.width() >= 1000 and self.height() >= 620 else 12  # noqa: PLR2004  a small screen
        self._row.setContentsMargins(edge, edge, edge, edge)
        self._row.setSpacing(edge)


def _not_on_paper(sale: Sale) -> bool:
    """Whether a card has come whose slip was never tried."""
    return any(
        card.id not in order.printed_cards() and not order.lacks_pin(card)
        for order in sale.orders
        for card in order.handed_cards
    )


def _not_told(sale: Sale) -> bool:
    """Whether money is owed without a slip that says so."""
    return any(order.money_owed is not None and not order.copies("failure") for order in sale.orders)
