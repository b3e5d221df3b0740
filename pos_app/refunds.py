"""Money back: whether, by whom, in which way; written down when the customer has it."""

from __future__ import annotations

from collections.abc import Callable

from pos_app.changes import Changes
from pos_app.errors import NotAllowed
from pos_app.intake import Intake
from pos_app.orders.entries import AnyEntry, Refunded, Withdrawn
from pos_app.orders.money_back import MoneyBack, money_back, ways_back
from pos_app.orders.order import Order, Phase
from pos_app.orders.sale import Way
from pos_app.store.journal import Journal


class Refunds:
    """Money given back for orders. `by` is who gave it; that a manager is one was asked before."""

    def __init__(
        self, journal: Journal, intake: Intake, changes: Changes, in_flight: Callable[[str], bool]
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._changes = changes
        self._in_flight = in_flight
        self._is_printing: Callable[[Order], bool] = lambda _order: False

    def not_while(self, is_printing: Callable[[Order], bool]) -> None:
        """Have nothing given back for an order whose codes are on their way to paper."""
        self._is_printing = is_printing

    async def asked(self, order_id: str, *, cards: int | None = None, loss: bool = False) -> MoneyBack:
        """What giving back the money for `order_id`, or for `cards` of its cards, needs at this moment.

        Raises NotAllowed("unknown_order").
        """
        order = await self._journal.order(order_id)
        leased = order.phase is Phase.SENT and order_id in await self._journal.perhaps_leased()
        kept = await self._before_this_life(order_id)
        return money_back(order, in_flight=leased or self._is_busy(order), cards=cards, loss=loss, kept=kept)

    async def ways(self, order_id: str, *, cards: int | None = None) -> tuple[Way, ...]:
        """By which tenders that money is to go back: the way it came. Empty where none may."""
        order = await self._journal.order(order_id)
        rule = money_back(order, in_flight=False, cards=cards)
        sale = await self._journal.sale(order.placed.sale.id)
        if sale is None or rule.needs == "no":
            return ()
        return ways_back(sale.head, _refunds(sale.orders), rule.amount)

    async def give_back(
        self, order_id: str, by: str, *, cards: int | None = None, loss: bool = False, evidence: str = ""
    ) -> Order:
        """Write down that the customer has the money for `order_id`, or for `cards` of its cards.

        An order that was never sent is withdrawn in the same breath. What is not simply owed is given back by
        a manager, with `evidence`; `loss` says that the customer keeps the cards. Raises NotAllowed:
        "in_flight", "nothing_to_refund", "too_many_cards", "needs_a_manager" (no evidence was given),
        "only_as_loss", "code_in_evidence".
        """
        await self._intake.refuse_codes(by)
        rule = await self.asked(order_id, cards=cards, loss=loss)
        if rule.needs == "no":
            raise NotAllowed(rule.why_not or "nothing_to_refund")
        if rule.needs != "simple":
            if not evidence.strip() or not by.strip():
                raise NotAllowed("needs_a_manager")
            await self._intake.check_evidence(await self._journal.order(order_id), evidence, by)
        kept = await self._before_this_life(order_id)

        def build(order: Order, sale: tuple[Order, ...]) -> list[AnyEntry]:
            # Once more, as it is now: somebody may have printed or looked meanwhile.
            now = money_back(order, in_flight=self._is_busy(order), cards=cards, loss=loss, kept=kept)
            if now.needs == "no":
                raise NotAllowed(now.why_not or "nothing_to_refund")
            if now.needs == "manager_as_loss" and not loss:
                raise NotAllowed("only_as_loss")
            if now.needs != "simple" and not evidence.strip():
                raise NotAllowed("needs_a_manager")
            entries: list[AnyEntry] = []
            if order.phase is Phase.TO_DO:
                entries.append(Withdrawn(**self._journal.head(order, by)))
            ways = ways_back(order.placed.sale, _refunds(sale), now.amount)
            entries.append(
                Refunded(
                    **self._journal.head(order, by, ahead=len(entries)),
                    amount=now.amount,
                    tender=ways[0].kind,
                    cards=now.cards,
                    loss=loss,
                    evidence=evidence.strip() if now.needs != "simple" else "",
                    ways=ways,
                )
            )
            return entries

        order = await self._journal.pay_back(order_id, build)
        self._changes.announce("orders")
        return order

    async def _before_this_life(self, order_id: str) -> int:
        """How many of the order's entries are from before the store's present life: that does not change."""
        return (await self._journal.before_this_life([order_id])).get(order_id, 0)

    def _is_busy(self, order: Order) -> bool:
        return self._in_flight(order.id) or self._is_printing(order)


def _refunds(orders: tuple[Order, ...]) -> list[Refunded]:
    return [entry for order in orders for entry in order.entries if isinstance(entry, Refunded)]
