"""What happened while nobody looked: orders cut off before the till was opened, codes that came late."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from pos_app.errors import StoreProblem
from pos_app.i18n import _, money
from pos_app.orders.order import Status

if TYPE_CHECKING:
    from pos_app.orders.notes import NewLife
    from pos_app.sales import OrderRow
    from ui.borders import Till
    from ui.left_behind import LeftBehind
    from ui.widgets.banner import Tone
    from ui.window.parts import Parts

_MOST_INTERRUPTED = 50
_QUIET_SECONDS = 1.0
"""How long nothing may move before waiting orders are counted: one on its way waits for nobody."""


class News:
    """Says on the banner what happened, until somebody has heard it; counts what waits for a person.

    `opened_at` is when this window was; `show_order` opens one by its id. `ask_back` comes before anything is
    said of orders: money in the hand, for nothing that is written down.
    """

    def __init__(
        self,
        parts: Parts,
        till: Till,
        opened_at: datetime,
        show_order: Callable[[str], None],
        ask_back: Callable[[], Awaitable[None]],
    ) -> None:
        self._frame, self._notices, self._tasks, self._till = parts.frame, parts.notices, parts.tasks, till
        self._opened_at, self._show_order, self._ask_back = opened_at, show_order, ask_back
        self._interrupted = False

    def begin(self) -> None:
        """The till was just opened: say what was cut off, count what waits."""
        self._tasks.start("waiting", self._count_waiting(), when_busy="replace")
        self._tasks.start("interrupted", self._tell_interrupted(), when_busy="replace")

    def orders_moved(self) -> None:
        """Count once more what waits, when it is quiet."""
        self._tasks.start("waiting", self._count_waiting(_QUIET_SECONDS), when_busy="replace")

    def codes_came(self, known: tuple[str, int] | None) -> None:
        """Codes that were late are here; `known`: the sale one looks at, and its cards before they came."""
        self._tasks.start("late", self._tell_late(known), when_busy="replace")

    def sale_ended(self, sale_id: str, order_id: str, tone: Tone, what: str) -> None:
        """A sale that was left while it waited has ended; `what` became of it."""
        from ui.left_behind import News as Ended

        advice = _("It ended while you were at something else.")
        act = partial(self._show_order, order_id)
        self._left_behind.tell(sale_id, Ended(tone, what, advice, _("Open this order"), act))

    def heard_of_interrupted(self) -> None:
        """Whoever goes where orders are has heard that some were cut off."""
        if self._interrupted:
            self._interrupted = False
            self._notices.put_away()

    def heard_of_ended(self) -> None:
        """Whoever goes to the list of orders has heard that some have ended."""
        if "_left_behind" in self.__dict__:
            self._left_behind.heard()

    @cached_property
    def _left_behind(self) -> LeftBehind:
        from ui.left_behind import LeftBehind

        return LeftBehind(self._frame.banner, self._frame.orders_wanted.emit)

    async def _count_waiting(self, after: float = 0.0) -> None:
        await asyncio.sleep(after)
        self._frame.tell_waiting(await self._till.sales.open_count())

    async def _tell_interrupted(self) -> None:
        """Say what was cut off: the customer may still stand there, and a card be typed again."""
        await self._ask_back()
        if self._till.new_life:
            self._tell_new_life(self._till.new_life)
            return
        rows = await self._till.sales.orders(limit=_MOST_INTERRUPTED, only_open=True)
        cut_off = [row for row in rows if await self._is_cut_off(row)]
        if not cut_off:
            return
        first = cut_off[0]
        if len(cut_off) == 1 and first.status is Status.FULFILLED:
            await self._tell_late(None)
            return
        if len(cut_off) == 1 and first.status is Status.REFUSED:
            await self._tell_owed(first)
            return
        if len(cut_off) > 1:
            what = _("{n} orders were not finished before this till was opened.").format(n=len(cut_off))
        elif first.status is Status.TO_DO:
            what = _("Sale {number}: the money for {what} was taken, and nothing is bought yet.").format(
                number=first.sale_number, what=first.what
            )
        else:
            what = _("Sale {number}: nobody knows yet whether {what} was bought.").format(
                number=first.sale_number, what=first.what
            )
        advice = _("Do not sell them again. They wait under Attention.")
        if len(cut_off) == 1:
            advice = _("Do not sell it again. It waits under Attention.")
            advice = f"{advice} {await self._change_due(first.sale_id)}".strip()
        self._tell(what, advice)

    async def _is_cut_off(self, row: OrderRow) -> bool:
        """Whether whoever paid may have gone without a word, a card that is here, or money that is owed."""
        if row.status in {Status.FULFILLED, Status.REFUSED}:
            try:
                order = await self._till.sales.order(row.order_id)
            except StoreProblem:
                # Damaged: a person looks at it. It keeps nobody from hearing of the others.
                return True
            return order.not_handed_over or order.money_owed is not None
        return row.status in {Status.NOT_CONFIRMED, Status.TO_DO}

    async def _tell_owed(self, row: OrderRow) -> None:
        """Say that what was paid for was refused, and what goes back."""
        owed = (await self._till.sales.order(row.order_id)).money_owed or row.price
        back = _("Give back {amount}").format(amount=money(owed))
        what = _("Sale {number}, {what}: {words}.").format(number=row.sale_number, what=row.what, words=back)
        self._tell(what, await self._change_due(row.sale_id))

    async def _change_due(self, sale_id: str) -> str:
        """That a sale that was cut off had change to give: nobody saw the screen that says so."""
        head = (await self._till.sales.sale(sale_id)).head
        if not head.change or head.at >= self._opened_at:
            return ""
        return _("{amount} change was due: ask whether it was given.").format(amount=money(head.change))

    def _tell_new_life(self, how: NewLife) -> None:
        """Say that the store is not as it was left, and what that means."""
        words: dict[NewLife, str] = {
            "backup": _("This store was put back from a copy."),
            "moved": _("This store was moved to this computer."),
            "rolled_back": _("This store is older than it was when it was last open: it was put back."),
        }
        self._tell(
            words[how], _("Orders that may have been bought meanwhile wait for a manager, under Attention.")
        )

    def _tell(self, what: str, advice: str) -> None:
        self._interrupted = True
        go = self._frame.attention_wanted.emit
        self._frame.banner.tell(what, advice, "warn", _("Attention"), go)

    async def _tell_late(self, known: tuple[str, int] | None) -> None:
        if known is not None:
            sale = await self._till.sales.sale(known[0])
            if sum(len(order.handed_cards) for order in sale.orders) > known[1]:
                # They are this customer's, and go on paper by themselves.
                return
        waiting = await self._till.sales.orders(limit=_MOST_INTERRUPTED, only_open=True)
        here = [row for row in waiting if row.status is Status.FULFILLED]
        from ui.left_behind import News as Ended

        if len(here) != 1:
            words = _("Codes that were late are here."), _("Print the slips under Orders."), _("Orders")
            self._left_behind.tell("late", Ended("info", *words, self._frame.orders_wanted.emit))
            return
        (row,) = here
        what = _("Sale {number}: the code of {what} is here.").format(number=row.sale_number, what=row.what)
        to_print = _("Print the slip.")
        advice = f"{to_print} {await self._change_due(row.sale_id)}".strip()
        act = partial(self._show_order, row.order_id)
        self._left_behind.tell(row.sale_id, Ended("info", what, advice, _("Open this order"), act))
