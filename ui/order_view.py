"""One order as the cashier sees it: a row for each card, or one row with its state and what can be done."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _, money
from pos_app.orders.cards import SealedCard
from pos_app.orders.order import Order
from ui.telling import Telling, title
from ui.widgets.breaking_text import BreakingText
from ui.widgets.buttons import ActionButton
from ui.widgets.code_field import CodeField
from ui.widgets.flow import FlowRow
from ui.widgets.monogram import Monogram
from ui.widgets.parts import empty, named, rule, set_role
from ui.widgets.tone_sign import ToneSign


class OrderView(QWidget):
    """Facts in, wishes out: it asks nobody itself."""

    reveal_wanted = Signal(str, str)
    again_wanted = Signal(str)
    refund_wanted = Signal(str)
    other_wanted = Signal(str)
    anyway_wanted = Signal(str)

    def __init__(
        self, order_id: str, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, f"order_{order_id}")
        self._order_id, self._clock = order_id, clock
        self._fields: dict[str, CodeField] = {}
        self._last_rule: QWidget | None = None
        # parts
        self._told: tuple[int, Telling] | None = None
        self._state = _StateRow(order_id)
        self._cards = QWidget()
        # layout
        self._card_column = QVBoxLayout(self._cards)
        self._card_column.setContentsMargins(0, 0, 0, 0)
        self._card_column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._cards)
        column.addWidget(self._state)
        # connections
        self._state.again.clicked.connect(lambda: self.again_wanted.emit(self._order_id))
        self._state.refund.clicked.connect(lambda: self.refund_wanted.emit(self._order_id))
        self._state.other.clicked.connect(lambda: self.other_wanted.emit(self._order_id))
        self._state.anyway.clicked.connect(lambda: self.anyway_wanted.emit(self._order_id))

    def tell(self, order: Order, telling: Telling) -> None:
        """Show `order`; what is shown already costs nothing."""
        if (order.n, telling) == self._told:
            return
        self._told = (order.n, telling)
        cards = order.handed_cards
        if tuple(self._fields) != tuple(card.id for card in cards):
            self._make_rows(order, cards)
        on_paper = order.printed_cards()
        for card in cards:
            self._fields[card.id].mark(_("printed") if card.id in on_paper else "")
        self._cards.setVisible(bool(cards))
        # A finished order says everything with its cards.
        finished = bool(cards) and telling.tone == "ok"
        # What is said about cards that are all here belongs to them: it is no row of its own.
        below = bool(cards) and len(cards) >= order.placed.quantity
        if not finished:
            self._state.tell(order, telling, below=len(cards) if below else 0)
        self._state.setVisible(not finished)
        if self._last_rule is not None:
            self._last_rule.setVisible(finished or not below or len(cards) > 1)

    def reveal(self, card_id: str, code: str, rest: str) -> None:
        """Show one code for a moment; the others are hidden again."""
        for key, part in self._fields.items():
            if key == card_id:
                part.reveal(code, rest)
            else:
                part.hide_code()

    def hide_codes(self) -> None:
        """Mask everything."""
        for part in self._fields.values():
            part.hide_code()

    def _on_wanted(self, card_id: str) -> None:
        self.reveal_wanted.emit(self._order_id, card_id)

    def _make_rows(self, order: Order, cards: tuple[SealedCard, ...]) -> None:
        empty(self._card_column)
        self._fields, self._last_rule = {}, None
        for card in cards:
            part = CodeField(f"card_{order.id}_{card.id}", card.id, card.hint, self._clock)
            part.wanted.connect(self._on_wanted)
            self._card_column.addWidget(_card_row(order, card, part))
            self._last_rule = rule()
            self._card_column.addWidget(self._last_rule)
            self._fields[card.id] = part


def _card_row(order: Order, card: SealedCard, part: CodeField) -> QWidget:
    brand = order.placed.product.brand
    name = BreakingText(
        f"card_title_{order.id}_{card.id}", "strong", f"{brand} {money(card.face or order.placed.face)}"
    )
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(name)
    words.addWidget(part)
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 12, 0, 12)
    row.setSpacing(12)
    row.addWidget(Monogram(brand))
    row.addLayout(words, 1)
    return box


class _StateRow(QWidget):
    """Monogram, what was sold, its state and the buttons that make sense."""

    def __init__(self, order_id: str) -> None:
        super().__init__()
        named(self, f"state_{order_id}")
        self._sign = Monogram("")
        self._title = BreakingText(f"state_title_{order_id}", "strong")
        self._mark = ToneSign()
        self._state = BreakingText(f"state_words_{order_id}", "warn")
        self._detail = BreakingText(f"state_detail_{order_id}", "small")
        self._buttons = FlowRow(8)
        self.again = ActionButton(f"again_{order_id}", _("Try again"), role="small", icon="refresh")
        self.other = ActionButton(f"other_{order_id}", _("Choose another card"), role="small", icon="sell")
        self.refund = ActionButton(f"refund_{order_id}", _("Give money back"), role="small", icon="undo")
        self.anyway = ActionButton(f"anyway_{order_id}", _("Sell anyway"), role="small")
        for button in (self.again, self.other, self.anyway, self.refund):
            self._buttons.flow.addWidget(button)
        said = QHBoxLayout()
        said.setSpacing(6)
        said.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._state, 1)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addLayout(said)
        words.addWidget(self._detail)
        self._buttons.setContentsMargins(0, 9, 0, 0)
        words.addWidget(self._buttons)
        words.addStretch(1)
        # Below its cards it is indented as they are.
        policy = self._sign.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._sign.setSizePolicy(policy)
        row = self._row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(rule())

    def tell(self, order: Order, telling: Telling, *, below: int) -> None:
        """Say how `order` is; `below` so many rows of its cards, 0 for a row of its own."""
        self._sign.show_brand(order.placed.product.brand)
        self._sign.setVisible(not below)
        self._title.setText(title(order))
        self._title.setVisible(not below)
        self._row.setContentsMargins(0, 0 if below == 1 else 16, 0, 16)
        self._state.setText(telling.state)
        set_role(self._state, "small" if telling.tone == "muted" else telling.tone)
        self._mark.tell(telling.tone)
        self._detail.say(telling.detail)
        self.again.setVisible(telling.can_try)
        self.other.setVisible(telling.can_choose_other)
        self.refund.setVisible(telling.can_refund)
        self.anyway.setVisible(telling.can_sell_anyway)
        self._buttons.setVisible(telling.can_try or telling.can_choose_other or telling.can_refund)
        self.setAccessibleName(f"{title(order)}: {telling.state}. {telling.detail}")
