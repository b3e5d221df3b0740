"""One order that waits for a person: what to do, what is known, what happened, and what can be decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from pos_app.advice import Verdict, advice, known, looked, recommended, verdicts
from pos_app.i18n import _
from pos_app.messages import status_words
from pos_app.orders.order import Order, Phase, Status
from pos_app.resolver import Standing
from pos_app.settling import Waiting, Witnesses
from ui.attention.verdict_words import button
from ui.issuing import Issuing
from ui.order_view import OrderView
from ui.screen import Clock
from ui.story import story
from ui.telling import tell, title
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton
from ui.widgets.flow import FlowRow
from ui.widgets.note import Note
from ui.widgets.parts import Scroll, Text, empty, set_role
from ui.widgets.timeline import Timeline

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


@dataclass(frozen=True)
class Known:
    """What is known of the order beyond its own story.

    `witnesses` are the company's books (None: not read), `unread` why they could not be read, `found` what
    the program saw when it looked itself. `is_printing`, `is_looking`: somebody has just asked for it.
    """

    witnesses: Witnesses | None = None
    unread: str = ""
    found: Standing | None = None
    is_printing: bool = False
    is_looking: bool = False


class Case(QFrame):
    """Shows one order, and tells by signals what somebody wants done with it.

    `verdict_wanted` has the verdict's name; the others have the order's id, `reveal_wanted` the card's too.
    """

    verdict_wanted = Signal(str)
    print_wanted = Signal()
    look_wanted = Signal()
    reveal_wanted = Signal(str, str)
    again_wanted = Signal(str)
    refund_wanted = Signal(str)

    def __init__(self, issuing: Issuing, zone: str, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attention_card")
        self.setProperty("role", "card")
        self._issuing, self._zone, self._clock = issuing, zone, clock
        self._view: OrderView | None = None
        self._told_known: tuple[tuple[str, str], ...] = ()
        # parts
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
        column = QVBoxLayout(self)
        column.setContentsMargins(*mirror.margins(self, 20, 20, 14, 16))
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._numbers)
        column.addSpacing(8)
        column.addWidget(Scroll("attention_scroll", self._told()), 1)
        self._buttons = FlowRow(12)
        for one in (self._print, *self._verdicts.values()):
            self._buttons.flow.addWidget(one)
        self._buttons.setContentsMargins(*mirror.margins(self, 0, 8, 6, 0))
        column.addWidget(self._buttons)
        # connections
        self._print.clicked.connect(self.print_wanted)
        self._look.clicked.connect(self.look_wanted)
        for verdict in _VERDICTS:
            self._verdicts[verdict].clicked.connect(partial(self._on_verdict, verdict))

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

    # --- from outside -------------------------------------------------------------------------------

    def tell(self, one: Waiting | None, known_of_it: Known) -> None:
        """Show this order; None while nothing waits or nobody knows yet."""
        self._tell_actions(one, known_of_it)
        if one is None:
            self._tell_nothing()
            return
        order, witnesses = one.order, known_of_it.witnesses
        self._tell_order(one)
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
        is_open = one.status is Status.NOT_CONFIRMED
        self._next.tell(_("What to do now"), advice(order, one.status, witnesses if is_open else None))
        self._tell_known(known(order, witnesses) if is_open else ())
        self._look.setVisible(can_be_asked_for(order))
        self._look.setEnabled(not known_of_it.is_looking)
        found = known_of_it.found
        self._looked.say("" if found is None else looked(found, self._zone))
        why = known_of_it.unread
        self._unread.say(_("The card company's books: {why}").format(why=why) if why else "")
        self._timeline.tell(story(order, self._zone))

    def focus_actions(self) -> None:
        """Go to the first thing that can be done."""
        buttons = [self._print, *self._verdicts.values()]
        if self._view is not None:
            buttons = [*self._view.findChildren(ActionButton), *buttons]
        first = next((one for one in buttons if one.isVisible() and one.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def hide_codes(self) -> None:
        """Mask every code."""
        if self._view is not None:
            self._view.hide_codes()

    def reveal(self, card_id: str, code: str, rest: str) -> None:
        """Show a code of the order looked at, and what belongs to it, for the usual time."""
        if self._view is not None and self.isVisible():
            self._view.reveal(card_id, code, rest)

    # --- drawing ------------------------------------------------------------------------------------

    def _on_verdict(self, verdict: Verdict, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt says it
        self.verdict_wanted.emit(verdict)

    def _tell_actions(self, one: Waiting | None, known_of_it: Known) -> None:
        possible: tuple[Verdict, ...] = () if one is None else verdicts(one.order, one.status)
        likely = None if one is None else recommended(one.order, one.status, known_of_it.witnesses)
        for verdict in _VERDICTS:
            action = self._verdicts[verdict]
            action.setVisible(verdict in possible)
            if one is not None and verdict in possible:
                action.say(button(verdict, one.status))
                set_role(action, "primary" if verdict == likely else "plain")
        prints = one is not None and has_papers(one.order) and not self._issuing.prints_nothing()
        self._print.setVisible(prints)
        set_role(self._print, "plain" if likely else "primary")
        self._print.setEnabled(not known_of_it.is_printing)
        self._buttons.setVisible(bool(possible) or prints)

    def _tell_nothing(self) -> None:
        self._view = None
        empty(self._view_column)
        for text in (self._title, self._numbers, self._looked, self._unread):
            text.setText("")
        self._next.tell("", "")
        self._timeline.tell(())
        self._look.hide()

    def _tell_order(self, one: Waiting) -> None:
        order = one.order
        if self._view is None or self._view.objectName() != f"order_{order.id}":
            empty(self._view_column)
            self._view = OrderView(order.id, self._clock)
            self._view.reveal_wanted.connect(self.reveal_wanted)
            self._view.again_wanted.connect(self.again_wanted)
            self._view.refund_wanted.connect(self.refund_wanted)
            self._view_column.addWidget(self._view)
        busy = self._issuing.busy(order.placed.sale.id)
        telling = tell(order, one.status, None, self._issuing.trouble(order.id), busy=busy)
        # That a manager decides under Attention need not be said here, nor what the note above says.
        detail = _("Do not sell it again.") if one.status is Status.NOT_CONFIRMED else telling.detail
        self._view.tell(order, replace(telling, detail=detail, can_choose_other=False))

    def _tell_known(self, told: tuple[tuple[str, str], ...]) -> None:
        self._known.setVisible(bool(told))
        if told == self._told_known:
            return
        self._told_known = told
        empty(self._known_grid)
        for place, (name, value) in enumerate(told):
            self._known_grid.addWidget(Text(f"known_name_{place}", "muted", name), place, 0)
            self._known_grid.addWidget(Text(f"known_value_{place}", "strong", value, wrap=True), place, 1)


def can_be_asked_for(order: Order) -> bool:
    """Whether the card company can be asked what became of it: it has books, and the order is open there."""
    return order.phase in {Phase.SENT, Phase.CODES_PENDING} and not order.codes_by_email


def has_papers(order: Order) -> bool:
    """Whether something is to be printed: a card's slip, or the one that says to give money back."""
    return order.not_handed_over or (order.money_owed is not None and not order.copies("failure"))
