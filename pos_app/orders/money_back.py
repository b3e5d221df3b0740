"""Whether money for an order may be given back, by whom, and in which way. Pure: it only looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pos_app.money import Money
from pos_app.orders.entries import Refunded
from pos_app.orders.order import Order, Phase, fold
from pos_app.orders.sale import SaleHead, TenderKind, Way

Needs = Literal["simple", "manager", "manager_as_loss", "no"]
"""`simple`: anybody, it is owed. `manager`: with a reason. `manager_as_loss`: codes are out, we pay."""

WhyNot = Literal["", "in_flight", "nothing_to_refund", "too_many_cards"]

_OWED: Final = frozenset({Phase.TO_DO, Phase.REFUSED, Phase.NOT_BOUGHT, Phase.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """What giving back the money for `cards` cards of an order needs (None: for all), and how much it is.

    `why_not` is a reason of NotAllowed for `no`, else empty. `free_cards` is for how many cards the money can
    go back without a loss: those that are missing, and those whose code nobody has seen.
    """

    needs: Needs
    amount: Money
    cards: int | None = None
    why_not: WhyNot = ""
    free_cards: int = 0


def money_back(
    order: Order, *, in_flight: bool, cards: int | None = None, loss: bool = False, kept: int = 0
) -> MoneyBack:
    """What giving back the money for `order`, or for `cards` of its cards, needs at this moment.

    `in_flight`: somebody is working on the order. With `loss` a manager gives it although the customer keeps
    the cards. What is simply owed is given back whole. `kept`: so many of its entries are from before the
    store's present life; what was owed then, or was here, a life that was lost may have given.
    """
    nothing = Money.zero(order.price.currency)
    if in_flight:
        return MoneyBack("no", nothing, cards, "in_flight")
    if not order.money_left:
        return MoneyBack("no", nothing, cards, "nothing_to_refund")
    if order.phase in _OWED:
        if loss:
            return MoneyBack("no", nothing, cards, "nothing_to_refund")
        if cards not in {None, order.customers}:
            return MoneyBack("no", nothing, cards, "too_many_cards", order.customers)
        # Another copy of the store may have bought and delivered it, or paid it back: a manager has to know.
        owed_before = bool(order.entries[:kept]) and fold(order.entries[:kept]).money_owed is not None
        needs: Needs = "manager" if order.left_because or owed_before else "simple"
        return MoneyBack(needs, order.money_left, None, free_cards=order.customers)
    free = free_cards(order, kept)
    wanted = order.customers if cards is None else cards
    amount = order.money_for(wanted)
    if not 1 <= wanted <= order.customers or not nothing < amount <= order.money_left:
        return MoneyBack("no", nothing, cards, "too_many_cards", free)
    whole = None if wanted == order.customers else wanted
    if order.phase is Phase.SENT and loss:
        # Nobody knows yet whether there are cards the customer could keep.
        return MoneyBack("no", nothing, cards, "nothing_to_refund", free)
    needs = "manager_as_loss" if loss or wanted > free else "manager"
    return MoneyBack(needs, amount, whole, free_cards=free)


def free_cards(order: Order, kept: int = 0) -> int:
    """For how many cards of a sent order the money can go back without a loss; `kept` as for `money_back`."""
    if order.codes_by_email and order.was_bought:
        return 0
    own = frozenset(card.id for card in order.handed_cards)
    return order.customers - len(own & (order.seen_cards() | order.perhaps_out(kept)))


def ways_back(head: SaleHead, refunds: Iterable[Refunded], amount: Money) -> tuple[Way, ...]:
    """How `amount` goes back: the way the money came, as far as it did not go back before.

    `refunds` are those of all orders of the sale. One tender that has enough left gives it all; otherwise
    cash first. Change was given on cash, so what counts of cash is what stayed. Where cash was rounded, it
    goes back in whole coins as long as another tender has the rest.
    """
    left = _paid(head)
    for refund in refunds:
        for way in refund.given:
            _take(left, way)
    coin = 1 if head.rounding is None else head.rounding.coin.minor
    order = sorted(left, key=lambda one: one[0] != "cash")
    whole = [
        one for one in order if left[one] >= amount.minor and (one[0] != "cash" or not amount.minor % coin)
    ]
    elsewhere = sum(minor for one, minor in left.items() if one[0] != "cash")
    ways: list[Way] = []
    missing = amount.minor
    for kind, reference in whole[:1] or order:
        minor = min(missing, left[kind, reference])
        if kind == "cash" and missing - (minor - minor % coin) <= elsewhere:
            minor -= minor % coin
        if minor > 0:
            ways.append(Way(kind, Money(minor, amount.currency), reference))
            missing -= minor
    if missing:
        raise AssertionError("never more than the tenders")
    return tuple(ways)


def _paid(head: SaleHead) -> dict[tuple[TenderKind, str], int]:
    """What stayed of each tender, in minor units, in the order in which they came."""
    paid: dict[tuple[TenderKind, str], int] = {}
    change = head.change.minor
    for tender in head.tenders:
        kept = tender.received.minor
        if tender.kind == "cash":
            back = min(change, kept)
            kept, change = kept - back, change - back
        key = tender.kind, tender.reference
        paid[key] = paid.get(key, 0) + kept
    return paid


def _take(left: dict[tuple[TenderKind, str], int], way: Way) -> None:
    """Take what went back by `way` off what is `left`; what its tender does not have, off the others."""
    gone = way.amount.minor
    likest = sorted(left, key=lambda one: (one != (way.kind, way.reference), one[0] != way.kind))
    for key in likest:
        minor = min(gone, left[key])
        left[key] -= minor
        gone -= minor
