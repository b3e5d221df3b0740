"""Orders: a list that holds any number of them, and one order with its story."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.changes import Topic
from pos_app.i18n import _, date_and_time, money
from pos_app.messages import status_words
from pos_app.orders.notes import Guarded
from pos_app.orders.order import Order, Status
from pos_app.orders.sale import SaleHead
from pos_app.sales import OrderRow
from ui import keys
from ui.another_printer import has_failed, print_elsewhere
from ui.borders import Selling
from ui.give_back import is_given_back
from ui.issuing import Issuing
from ui.notices import Notices
from ui.order_view import OrderView
from ui.reprint import Reprinting
from ui.screen import Clock, Screen
from ui.skeleton import basket_width
from ui.story import story
from ui.tables import Column, Index, Rows
from ui.tasks import Tasks
from ui.telling import printed_words, rest_of, tell, title
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton, Chip
from ui.widgets.even_text import EvenText
from ui.widgets.order_table import OrderTable, PillPainter, PillTone
from ui.widgets.parts import Scroll, Text, card, empty, named
from ui.widgets.timeline import Timeline

_PAGE = 50
_STATUS_COLUMN = 4
_TONES: dict[Status, PillTone] = {
    Status.TO_DO: "danger",
    Status.IN_PROGRESS: "muted",
    Status.NOT_CONFIRMED: "warn",
    Status.CODES_PENDING: "warn",
    Status.TO_BE_CONFIRMED: "warn",
    Status.FULFILLED: "ok",
    Status.REFUSED: "muted",
    Status.NOT_BOUGHT: "muted",
    Status.WITHDRAWN: "muted",
}

_MONEY_BACK = frozenset({Status.REFUSED, Status.NOT_BOUGHT, Status.WITHDRAWN})
"""While such an order waits, money is owed."""


@dataclass(frozen=True)
class State:
    """What the list is narrowed to, and the order that is open (None: the list is seen)."""

    search: str = ""
    only_open: bool = False
    order_id: str = ""
    order: Order | None = None
    approvals: tuple[Guarded, ...] = ()


class OrdersScreen(Screen):
    """The list of orders, and one order."""

    def __init__(
        self,
        sales: Selling,
        reprinting: Reprinting,
        issuing: Issuing,
        notices: Notices,
        by: str,
        zone: str,
        *,
        clock: Clock = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("orders", clock, parent)
        self._sales, self._reprinting, self._issuing = sales, reprinting, issuing
        self._notices, self._by, self._zone = notices, by, zone
        self._state = State()
        self.tasks = Tasks(self, on_change=self._render, on_error=notices.show)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(120)
        self._view: OrderView | None = None
        # parts
        self._search = named(QLineEdit(), "orders_search", _("Sale number, order number or last four"))
        self._search.setPlaceholderText(_("Sale number, order number or last four"))
        self._search.setMaxLength(40)
        self._search.setAlignment(
            mirror.side(self, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        )
        self._all = Chip("orders_all", _("All"))
        self._open_only = Chip("orders_open", _("Waiting for you"))
        self._rows: Rows[OrderRow] = Rows(self._columns(), self._on_page_wanted, self)
        self._table = OrderTable("orders_table", _("Orders"))
        self._table.setModel(self._rows)
        self._table.setItemDelegateForColumn(_STATUS_COLUMN, PillPainter(self._tone, self._table))
        self._table.set_widths({0: 120, 1: 190, 3: 144, 4: 226, 5: 100}, stretched=2)
        self._none_title = Text("orders_none_title", "title", _("No orders yet"))
        self._none_words = EvenText("orders_none_words", "muted")
        self._title = Text("order_title", "headline", wrap=True)
        self._numbers = Text("order_numbers", "muted", wrap=True)
        self._back = ActionButton("orders_back", _("All orders"), icon="back", key="Esc")
        self._print = ActionButton("order_print", _("Print again"), icon="printer", does="print")
        self._elsewhere = ActionButton("order_print_elsewhere", _("Another printer…"), icon="printer")
        self._timeline = Timeline("order_story")
        # layout
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._list_page())
        self._pages.addWidget(self._order_page())
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(24, 24, 24, 24)
        self._outer.addWidget(self._pages)
        # connections
        self._search.textEdited.connect(self._on_typing)
        self._search.returnPressed.connect(self._on_entered)
        self._typing.timeout.connect(self._on_search)
        self._all.clicked.connect(lambda: self._on_filter(only_open=False))
        self._open_only.clicked.connect(lambda: self._on_filter(only_open=True))
        self._table.opened.connect(self._on_row)
        self._table.left_upwards.connect(self._search.setFocus)
        self._back.clicked.connect(self.step_back)
        self._print.clicked.connect(self.print_again)
        self._elsewhere.clicked.connect(self._on_elsewhere)
        self._render()

    def _list_page(self) -> QWidget:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._search, 1)
        head.addSpacing(8)
        head.addWidget(self._all)
        head.addWidget(self._open_only)
        none = QWidget()
        said = QVBoxLayout(none)
        said.addStretch(1)
        for text in (self._none_title, self._none_words):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            said.addWidget(text)
        said.addStretch(2)
        self._middle = QStackedWidget()
        self._middle.addWidget(self._table)
        self._middle.addWidget(none)
        box = card("orders_card")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.addWidget(self._middle)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(box, 1)
        return page

    def _order_page(self) -> QWidget:
        left_card = card("order_card")
        inside = QWidget()
        self._order_column = QVBoxLayout(inside)
        self._order_column.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        left = QVBoxLayout(left_card)
        left.setContentsMargins(*mirror.margins(self, 20, 20, 14, 20))
        left.setSpacing(4)
        left.addWidget(self._title)
        left.addWidget(self._numbers)
        left.addSpacing(8)
        left.addWidget(Scroll("order_scroll", inside), 1)
        self._right_card = card("order_side")
        told = QWidget()
        column = QVBoxLayout(told)
        column.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        column.addWidget(self._timeline)
        right = QVBoxLayout(self._right_card)
        right.setContentsMargins(*mirror.margins(self, 20, 18, 14, 20))
        right.setSpacing(8)
        right.addWidget(Text("story_title", "title", _("What happened")))
        right.addWidget(Scroll("story_scroll", told), 1)
        buttons = QVBoxLayout()
        buttons.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        buttons.setSpacing(12)
        buttons.addWidget(self._print)
        buttons.addWidget(self._elsewhere)
        buttons.addWidget(self._back)
        right.addLayout(buttons)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(left_card, 1)
        row.addWidget(self._right_card)
        return page

    # --- from outside -------------------------------------------------------------------------------

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`."""
        self._by = by

    @override
    def opened(self) -> None:
        super().opened()
        if self._state.order_id:
            self._read_order()
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._rows.begin()
            self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def left(self) -> None:
        self.hide_codes()

    @override
    def refresh(self, topic: Topic) -> None:
        if topic != "orders":
            return
        if self._state.order_id:
            self._read_order()
        else:
            self.tasks.start("again", self._read_again(), when_busy="replace")

    @override
    def step_back(self) -> bool:
        if self._state.order_id:
            self.show_list()
            return True
        if self._search.text():
            self._search.clear()
            self._on_search()
            return True
        return False

    @override
    def key_help(self) -> tuple[tuple[str, str], ...]:
        return (
            (_("Letters"), _("Search the orders")),
            (_("Arrows"), _("Choose an order")),
            (_("Enter"), _("Open it")),
            (keys.told("print"), _("Print its sale again")),
        )

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if keys.action_of(event) == "print":
            self.print_again()
        elif self._state.order_id:
            return False
        elif event.key() == Qt.Key.Key_Down:
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self._table.currentIndex().isValid():
                self._table.selectRow(0)
        elif event.text().isprintable() and event.text().strip():
            self._search.setFocus(Qt.FocusReason.OtherFocusReason)
            self._search.setText(self._search.text() + event.text())
            self._typing.start()
        else:
            return False
        return True

    def show_list(self) -> None:
        """Show the list, not one order; seen already, it is read again."""
        self.hide_codes()
        had_order = bool(self._state.order_id)
        self._state = replace(self._state, order_id="", order=None, approvals=())
        self._render()
        if self.isVisible():
            # The list is where one left it, row and all; only what has changed is read.
            self.tasks.start("again", self._read_again(), when_busy="replace")
            if had_order:
                self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_found(self, number: str, order_id: str) -> None:
        """Show what was scanned: the list of what begins with `number`, the order where there is just one."""
        self._typing.stop()
        self._search.setText(number)
        self._on_search()
        if not number:
            self.open_order(order_id)
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_order(self, order_id: str) -> None:
        """Show one order."""
        self._state = replace(self._state, order_id=order_id, order=None, approvals=())
        empty(self._order_column)
        self._view = None
        self._render()
        self._read_order()

    def hide_codes(self) -> None:
        """Mask every code."""
        if self._view is not None:
            self._view.hide_codes()

    def print_again(self) -> None:
        """Print the papers of the sale of the order that is open, or that is chosen in the list."""
        if self._state.order is not None:
            sale_id = self._state.order.placed.sale.id
        elif not self._state.order_id and (row := self._rows.row(self._table.currentIndex())) is not None:
            sale_id = row.sale_id
        else:
            return
        self.tasks.start("print", self._print_again(sale_id), when_busy="refuse")

    # --- slots --------------------------------------------------------------------------------------

    def _on_typing(self, _text: str) -> None:
        self._typing.start()

    def _on_search(self) -> None:
        self._state = replace(self._state, search=self._search.text())
        self._rows.begin()

    def _on_entered(self) -> None:
        """Enter behind a number, typed or scanned off a paper: what it names is opened."""
        if text := self._search.text().strip():
            self._typing.stop()
            self._on_search()
            self.tasks.start("find", self._find(text), when_busy="replace")

    def _on_filter(self, *, only_open: bool) -> None:
        self._state = replace(self._state, only_open=only_open)
        self._render()
        self._rows.begin()

    def _on_page_wanted(self, last: OrderRow | None) -> None:
        self.tasks.start("page", self._read_page(last), when_busy="replace")

    def _on_row(self, index: QModelIndex) -> None:
        if (row := self._rows.row(index)) is not None:
            self.open_order(row.order_id)
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_elsewhere(self) -> None:
        if self._state.order is not None:
            sale_id = self._state.order.placed.sale.id
            self.tasks.start("print", self._print_elsewhere(sale_id), when_busy="refuse")

    def _on_reveal(self, order_id: str, card_id: str) -> None:
        self.tasks.start("reveal", self._reveal(order_id, card_id), when_busy="replace")

    def _on_again(self, order_id: str) -> None:
        if self._state.order is not None:
            sale_id = self._state.order.placed.sale.id
            self.tasks.start("buy", self._try_again(sale_id, order_id), when_busy="refuse")

    def _on_refund(self, order_id: str) -> None:
        self.tasks.start("refund", self._refund(order_id), when_busy="refuse")

    # --- tasks --------------------------------------------------------------------------------------

    async def _read_page(self, last: OrderRow | None) -> None:
        state = self._state
        try:
            rows = await self._sales.orders(
                before=None if last is None else last.key,
                limit=_PAGE,
                search=state.search,
                only_open=state.only_open,
            )
        except BaseException:
            self._rows.failed()
            raise
        self._rows.add(rows, more=len(rows) == _PAGE)
        self._render()

    async def _read_again(self) -> None:
        """The rows that are there, as they are now."""
        state = self._state
        wanted = max(_PAGE, len(self._rows.rows()))
        rows = await self._sales.orders(limit=wanted, search=state.search, only_open=state.only_open)
        self._rows.replace(rows, more=len(rows) == wanted)
        self._render()

    async def _find(self, text: str) -> None:
        """Open the one order `text` names; of several, the first of the list is chosen."""
        rows = await self._sales.orders(limit=_PAGE, search=text)
        if self._search.text().strip() != text or self._state.order_id or not self.isVisible():
            return
        if len(rows) == 1:
            self.open_order(rows[0].order_id)
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        elif rows:
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)
            self._table.selectRow(0)

    def _read_order(self) -> None:
        self.tasks.start("order", self._order(self._state.order_id), when_busy="replace")

    async def _order(self, order_id: str) -> None:
        order = await self._sales.order(order_id)
        approvals = await self._sales.approvals(order.placed.sale.id)
        if order_id == self._state.order_id:
            self._state = replace(self._state, order=order, approvals=approvals)
            self._render()

    async def _reveal(self, order_id: str, card_id: str) -> None:
        clear = await self._sales.reveal(order_id, card_id, self._by)
        if self._view is not None and self._state.order_id == order_id and self.isVisible():
            self._view.reveal(card_id, clear.code, rest_of(clear))

    async def _try_again(self, sale_id: str, order_id: str) -> None:
        await self._issuing.try_again(sale_id, order_id)
        self._say_paper(sale_id)
        self._read_order()

    async def _print_again(self, sale_id: str) -> None:
        # Beside an open order there is a button for another printer; beside the list there is none.
        papers = await self._reprinting.again(self.window(), sale_id, offer=not self._state.order_id)
        if papers:
            self._notices.say(printed_words(papers), "", "ok")
        self._say_paper(sale_id)

    async def _refund(self, order_id: str) -> None:
        order = await self._sales.order(order_id)
        ways = await self._sales.ways_back(order_id)
        if not ways or await is_given_back(self.window(), ways, self.clock):
            await self._sales.refund(order_id, self._by)
            self._read_order()
            sale_id = order.placed.sale.id
            await self._issuing.print_papers(sale_id)
            self._say_paper(sale_id)

    async def _print_elsewhere(self, sale_id: str) -> None:
        if await print_elsewhere(self.window(), self._issuing, sale_id, self.clock):
            self._notices.put_away()
            printed = self._issuing.printed(sale_id)
            if printed is not None and printed.on_screen:
                self._notices.say(_("Nothing is printed."), _("Press Show beside each card."))
            self._say_paper(sale_id)
            self._read_order()

    def _say_paper(self, sale_id: str) -> None:
        result = self._issuing.printed(sale_id)
        if result is not None and result.problem is not None:
            self._notices.show(result.problem, self.print_again)

    # --- drawing ------------------------------------------------------------------------------------

    def _columns(self) -> tuple[Column[OrderRow], ...]:
        return (
            Column(_("Sale"), lambda row: row.sale_number),
            Column(_("Time"), lambda row: date_and_time(row.at, self._zone)),
            Column(_("What"), _what),
            Column(_("Price"), lambda row: money(row.price), right=True),
            Column(_("Status"), _status),
            Column(_("Cashier"), lambda row: row.by),
        )

    def _tone(self, index: Index) -> PillTone:
        row = self._rows.row(index)
        if row is None:
            return "muted"
        if row.waits and row.status is Status.FULFILLED:
            return "warn"
        return "danger" if row.waits and row.status in _MONEY_BACK else _TONES[row.status]

    def _render(self) -> None:
        state = self._state
        self._all.setChecked(not state.only_open)
        self._open_only.setChecked(state.only_open)
        self._pages.setCurrentIndex(1 if state.order_id else 0)
        reading = self.tasks.busy("page")
        nothing = not self._rows.rows() and not reading
        self._middle.setCurrentIndex(1 if nothing else 0)
        if nothing:
            self._none_title.setText(_none_title(state))
            self._none_words.setText(_none_words(state))
        if state.order_id:
            self._render_order(state.order)

    def _render_order(self, order: Order | None) -> None:
        self._print.setEnabled(order is not None and not self.tasks.busy("print"))
        self._elsewhere.setEnabled(self._print.isEnabled())
        self._elsewhere.setVisible(order is not None and has_failed(order))
        if order is None:
            self._title.setText("")
            self._numbers.setText("")
            self._timeline.tell(())
            return
        if self._view is None:
            self._view = OrderView(order.id, self.clock)
            self._view.reveal_wanted.connect(self._on_reveal)
            self._view.again_wanted.connect(self._on_again)
            self._view.refund_wanted.connect(self._on_refund)
            self._order_column.addWidget(self._view)
            self._order_column.addStretch(1)
        sale_id = order.placed.sale.id
        busy = self._issuing.busy(sale_id)
        telling = tell(
            order,
            self._sales.status(order),
            self._issuing.seconds(order.id),
            self._issuing.trouble(order.id),
            busy=busy,
        )
        self._view.tell(order, replace(telling, can_choose_other=False))
        self._title.setText(title(order))
        parts = [_("Sale {number}").format(number=order.placed.sale.number)]
        if number := order.provider_order_no or order.provider_order_id:
            parts.append(_("provider order {number}").format(number=number))
        parts.append(_paid(order.placed.sale))
        parts.append(status_words(self._sales.status(order)))
        self._numbers.setText(" · ".join(parts))
        self._timeline.tell(story(order, self._zone, self._state.approvals))

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        edge = 24 if self.width() >= 1000 and self.height() >= 620 else 12  # noqa: PLR2004  a small screen
        self._outer.setContentsMargins(edge, edge, edge, edge)
        self._right_card.setFixedWidth(basket_width(self.width()))
        # The cashier's name goes first: what was sold is what one looks for.
        self._table.setColumnHidden(5, self.width() < 1000)  # noqa: PLR2004
        self._table.setColumnHidden(1, self.width() < 720)  # noqa: PLR2004


def _status(row: OrderRow) -> str:
    if row.waits and row.status is Status.FULFILLED:
        return _("Not on paper yet")
    return status_words(row.status)


def _paid(sale: SaleHead) -> str:
    """How a sale was paid: `$30.00 cash, $10.00 change`."""
    kinds = {
        "cash": _("{amount} cash"),
        "terminal": _("{amount} by card terminal"),
        "other": _("{amount} on the main till"),
    }
    parts = [kinds[tender.kind].format(amount=money(tender.received)) for tender in sale.tenders]
    if sale.rounding is not None and sale.rounding.by:
        parts.append(_("{amount} cash rounding").format(amount=money(sale.rounding.by)))
    if sale.change:
        parts.append(_("{amount} change").format(amount=money(sale.change)))
    return ", ".join(parts)


def _what(row: OrderRow) -> str:
    words = row.what if row.quantity == 1 else _("{n} × {brand}").format(n=row.quantity, brand=row.what)
    if row.recipient_hint:
        return _("{what}, to {email}").format(what=words, email=row.recipient_hint)
    return words


def _none_title(state: State) -> str:
    if state.search:
        return _("Nothing found")
    return _("Nothing waits for you") if state.only_open else _("No orders yet")


def _none_words(state: State) -> str:
    if state.search:
        return _("Search by the sale's number, the provider's order number, or a code's last four.")
    if state.only_open:
        return _("Orders that are not confirmed, not bought or to be paid back would stand here.")
    return _("Every sale of this till will stand here.")
