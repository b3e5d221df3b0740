"""The answer audit: what came is compared with what was asked before anything is handed over.

The providers' own examples fail it (one card asked, two listed, three charged); it parks and flags, and
never refuses what was paid for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos_app.money import Money
from pos_app.orders.answers import Bought
from pos_app.orders.cards import Card


@dataclass(frozen=True, slots=True)
class Asked:
    """What an order asked for: `cost` is the quoted debit of the whole order, None where none was told."""

    item: str
    quantity: int
    face: Money
    cost: Money | None
    by_email: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """`handed` are the customer's cards, `parked` came unasked; `flags` name what does not add up."""

    handed: tuple[Card, ...]
    parked: tuple[Card, ...]
    complete: bool
    flags: tuple[str, ...]


def audit(asked: Asked, bought: Bought, already: int, seen: Callable[[Card], bool]) -> Findings:
    """Judge `bought` against `asked`; `already` cards of the order were handed over before.

    `seen` tells whether a card was ever received before, on any order. The first cards in reply order that
    fit and were never seen are the customer's.
    """
    handed: list[Card] = []
    parked: list[Card] = []
    flags: list[str] = []
    for card in bought.cards:
        if seen(card):
            flags.append("code_seen_before")
            parked.append(card)
        elif not _fits(asked, card):
            flags.append("other_card")
            parked.append(card)
        elif already + len(handed) >= asked.quantity:
            flags.append("more_cards")
            parked.append(card)
        else:
            handed.append(card)
    flags += _sums(asked, bought)
    enough = asked.by_email or already + len(handed) >= asked.quantity
    return Findings(tuple(handed), tuple(parked), enough, tuple(dict.fromkeys(flags)))


def _fits(asked: Asked, card: Card) -> bool:
    item_fits = card.item is None or card.item == asked.item
    return item_fits and (card.face is None or card.face == asked.face)


def _sums(asked: Asked, bought: Bought) -> list[str]:
    flags: list[str] = []
    if bought.cost is not None:
        if asked.cost is not None and bought.cost != asked.cost:
            flags.append("other_cost")
        costs = [card.cost for card in bought.cards]
        if costs and all(cost is not None and cost.currency == bought.cost.currency for cost in costs):
            charged = sum(cost.minor for cost in costs if cost is not None)
            if charged != bought.cost.minor:
                flags.append("costs_do_not_add_up")
    if bought.face is not None and bought.face != asked.face * asked.quantity:
        flags.append("other_face_value")
    return flags
