"""Where a manager decides: the question behind each decision, the PIN, and what is written down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from pos_app.advice import Verdict
from pos_app.claims import Why
from pos_app.errors import NotAllowed, PosError
from pos_app.messages import explain
from pos_app.orders.money_back import MoneyBack
from pos_app.orders.order import Order
from pos_app.settling import Confirmed, Witnesses, read_cards
from pos_app.spares import Lying
from ui.approval import why_not
from ui.attention.set_aside import AsideAct, act_form
from ui.attention.verdict_sheet import Part, VerdictGiven, VerdictSheet
from ui.attention.verdict_words import VerdictForm, form, money_form
from ui.borders import Aftermaths, Approvals, Asking, Claiming, Deciding, PayingBack, Selling, SettingAside
from ui.notices import Notices
from ui.screen import Clock
from ui.tasks import Tasks

_TICKS: Final[dict[str, Confirmed]] = {
    "item_not_told": "item_not_told",
    "other_amount": "other_amount",
    "others_open": "others_open",
    "too_early": "too_early",
    "list_not_read": "list_not_read",
}
"""Refusals that somebody who has looked can answer with a tick."""

_ABOUT: Final[dict[str, Part]] = {
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

_Act = Callable[[VerdictGiven], Coroutine[Any, Any, None]]


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


class Desk(QObject):
    """Asks over `host` what a decision rests on, has it written down, and says what comes of it.

    `decided`: something was written down; `refused`: it was not, and the list may have moved meanwhile.
    `papers_follow` has the id of a sale of which something is to be printed now, `sells` that of an order
    that may be bought now. `tasks` are the screen's.
    """

    decided = Signal()
    refused = Signal()
    papers_follow = Signal(str)
    sells = Signal(str)

    def __init__(
        self,
        host: QWidget,
        sales: Selling,
        office: Office,
        notices: Notices,
        tasks: Tasks,
        by: str,
        clock: Clock,
    ) -> None:
        super().__init__(host)
        self._host, self._sales, self._office = host, sales, office
        self._notices, self._tasks, self._by, self._clock = notices, tasks, by, clock
        self._sheet: VerdictSheet | None = None

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`."""
        self._by = by

    def ask(self, verdict: Verdict, order: Order, witnesses: Witnesses | None) -> None:
        """Ask what `verdict` on `order` rests on; a question that is open is answered first."""
        if self._sheet is None:
            self._tasks.start("sheet", self._ask(verdict, order, witnesses), when_busy="refuse")

    def ask_aside(self, wanted: AsideAct, one: Lying) -> None:
        """Ask the same for a card that is no customer's."""
        if self._sheet is None:
            self._tasks.start("sheet", self._ask_aside(wanted, one), when_busy="refuse")

    # --- the question -------------------------------------------------------------------------------

    async def _ask(self, verdict: Verdict, order: Order, witnesses: Witnesses | None) -> None:
        managers = await self._office.approvals.managers()
        if verdict == "money":
            await self._ask_money(order, managers)
            return

        async def act(given: VerdictGiven) -> None:
            await self._decide(verdict, order.id, given)
            if verdict == "not_bought":
                self.papers_follow.emit(order.placed.sale.id)

        self._open_sheet(verdict, form(verdict, order, witnesses), managers, act)

    async def _ask_money(self, order: Order, managers: tuple[str, ...]) -> None:
        paying_back = self._office.paying_back
        back = await self._money_back(order)
        if back is None:
            return
        ways = await paying_back.ways(order.id, cards=back.cards)

        async def act(given: VerdictGiven) -> None:
            loss = back.needs == "manager_as_loss"
            await paying_back.give_back(
                order.id, given.by, cards=back.cards, loss=loss, evidence=given.evidence
            )
            self.papers_follow.emit(order.placed.sale.id)

        self._open_sheet("money", money_form(order, back, ways), managers, act)

    async def _money_back(self, order: Order) -> MoneyBack | None:
        """What can go back: of an order that came in part the money for what is missing. None: nothing."""
        back = await self._office.paying_back.asked(order.id)
        if back.needs == "manager_as_loss" and back.free_cards:
            back = await self._office.paying_back.asked(order.id, cards=back.free_cards)
        if back.needs == "no":
            self._notices.show(NotAllowed(back.why_not))
            return None
        return back

    async def _ask_aside(self, wanted: AsideAct, one: Lying) -> None:
        managers = await self._office.approvals.managers()

        async def act(given: VerdictGiven) -> None:
            by, why = given.by, given.evidence
            match wanted:
                case "spare":
                    await self._office.aside.make_spare(one.order_id, (one.card_id,), by, why)
                case "claim":
                    reason: Why = "spare_card" if one.standing == "spare" else "parked_card"
                    cards = (one.card_id,)
                    await self._office.claims.open(one.order_id, reason, by=by, evidence=why, cards=cards)
                case _:
                    await self._office.claims.close(one.claim, wanted, by=by, evidence=why)

        self._open_sheet("wait", act_form(wanted, one), managers, act)

    def _open_sheet(self, verdict: Verdict, asked: VerdictForm, managers: tuple[str, ...], act: _Act) -> None:
        sheet = VerdictSheet(self._host.window(), verdict, asked, managers, self._by, self._clock)
        self._sheet = sheet
        sheet.closed.connect(self._on_sheet_closed)

        def given(found: VerdictGiven) -> None:
            settling = self._settle(found, act, needs_pin=bool(managers))
            self._tasks.start("settle", settling, when_busy="refuse")

        sheet.given.connect(given)

    def _on_sheet_closed(self, _key: str) -> None:
        self._sheet = None

    # --- the decision -------------------------------------------------------------------------------

    async def _settle(self, given: VerdictGiven, act: _Act, *, needs_pin: bool) -> None:
        sheet = self._sheet
        try:
            if needs_pin and (why := await why_not(self._office.approvals, given.by, given.pin)):
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
            self.refused.emit()
            return
        if sheet is not None:
            sheet.close_with("done")
        self.decided.emit()

    async def _decide(self, verdict: Verdict, order_id: str, given: VerdictGiven) -> None:
        deciding, why, by = self._office.deciding, given.evidence, given.by
        match verdict:
            case "number":
                await deciding.bought_by_number(order_id, given.entry, why, by, confirmed=given.confirmed)
            case "codes":
                cards = read_cards(given.entry)
                await deciding.bought_by_codes(order_id, cards, why, by, confirmed=given.confirmed)
            case "email":
                await deciding.sent_by_email(order_id, why, by)
            case "not_bought":
                await deciding.not_bought(order_id, why, by, confirmed=given.confirmed)
            case "seen":
                await deciding.seen(order_id, why, by)
            case "sell_now":
                order = await self._sales.approve(order_id, by, why)
                self.sells.emit(order.id)
            case _:
                await deciding.wait(order_id, why, by)
