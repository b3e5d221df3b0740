"""Which orders stand in each other's way: those whose answers could be taken for one another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from pos_app.money import Money, total
from pos_app.orders.entries import Answered, Sent, Settled, TurnedUp
from pos_app.orders.order import Order, Phase

PAUSES_AT: Final = 2
"""How many orders that are not confirmed pause selling from their account."""


def total_cost(order: Order) -> Money | None:
    """What our account is to be debited for `order`, as quoted; None where nothing was quoted."""
    quoted = order.placed.quoted
    return None if quoted is None else quoted * order.placed.quantity


def charged(order: Order) -> Money | None:
    """What the provider said that it debited for `order`, as it said last; None where it told nothing."""
    told = [entry for entry in order.entries if isinstance(entry, Answered | Settled | TurnedUp)]
    return next((entry.cost for entry in reversed(told) if entry.cost is not None), None)


def last_sent(order: Order) -> Sent | None:
    """The last request of `order`, None for one that was never sent."""
    return next((entry for entry in reversed(order.entries) if isinstance(entry, Sent)), None)


def sent_at(order: Order) -> datetime:
    """When `order` was sent last, when it was placed if it never was."""
    sent = last_sent(order)
    return order.placed.at if sent is None else sent.at


def in_the_lane(order: Order, others: Iterable[Order]) -> tuple[Order, ...]:
    """Those of `others`, all of the account of `order`, that are sent at its cost and wait for an answer.

    The lane is account and total cost: two orders in it could not be told apart in the provider's books. One
    whose cost nobody knows is in every lane. One without a fence is in no books, and in no lane. Who was left
    to a person holds nobody up any more.
    """
    cost = total_cost(order)
    return tuple(
        one
        for one in others
        if one.id != order.id
        and one.phase is Phase.SENT
        and not one.left_because
        and (sent := last_sent(one)) is not None
        and sent.fence is not None
        and (cost is None or total_cost(one) in {None, cost})
    )


def not_confirmed(
    others: Iterable[Order], in_flight: Collection[str], went_on: Collection[str]
) -> tuple[Order, ...]:
    """Those of `others` that were sent, have no answer, and are neither under way nor gone on from."""
    return tuple(
        one for one in others if one.phase is Phase.SENT and one.id not in in_flight and one.id not in went_on
    )


def open_cost(orders: Iterable[Order], currency: str) -> Money:
    """What `orders` that are open may still debit, as far as it was quoted in `currency`."""
    costs = [cost for one in orders if (cost := total_cost(one)) is not None and cost.currency == currency]
    return total(costs, currency)
