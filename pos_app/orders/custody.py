"""Where each card's code has been: one line for every time it came, was seen, printed or handed on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    ClaimClosed,
    Claimed,
    CodesArrived,
    GivenOn,
    HandedOver,
    MadeSpare,
    Printed,
    PrintFailed,
    Purged,
    Refunded,
    Revealed,
    Settled,
    Supplied,
    TurnedUp,
)
from pos_app.orders.order import Order, fold

What = Literal[
    "came",
    "parked",
    "richer",
    "printed",
    "receipt_again",
    "perhaps_printed",
    "not_printed",
    "shown",
    "handed_over",
    "spare",
    "given_on",
    "claimed",
    "claim_closed",
    "purged",
]
"""What can happen to a card.

`richer`: a PIN came that was missing; `spare`: it became the shop's own; `receipt_again`: a receipt with its
last four went out once more.
"""


@dataclass(frozen=True, slots=True)
class Custody:
    """One thing that happened to a card: when (UTC), through whom, and where or why."""

    card: str
    at: datetime
    by: str
    what: What
    detail: str = ""


def custody(order: Order) -> dict[str, tuple[Custody, ...]]:
    """What happened to each card of `order`, by card id, in the order in which it happened.

    No line holds a code, a PIN or an address; `detail` names printers, places, other orders and reasons.
    """
    lines: dict[str, list[Custody]] = {card.id: [] for card in order.cards}
    before = fold(order.entries[:1])
    for entry in order.entries[1:]:
        after = before.step(entry)
        for card, what, detail in _moves(entry, before, after):
            lines[card].append(Custody(card, entry.at, entry.by, what, detail))
        before = after
    return {card: tuple(found) for card, found in lines.items()}


def _moves(entry: AnyEntry, before: Order, after: Order) -> Iterator[tuple[str, What, str]]:
    yield from _arrivals(entry, before, after)
    told = _told(entry, before, after)
    if told is not None:
        cards, what, detail = told
        for card in cards:
            yield card, what, detail


def _told(entry: AnyEntry, before: Order, after: Order) -> tuple[tuple[str, ...], What, str] | None:
    """Which cards an entry that brings none is about, what happened to them, and where or why."""
    match entry:
        case Printed(document=document, printer=printer, copy_no=copy_no):
            copy = f", duplicate {copy_no}" if copy_no else ""
            detail = f"{document} on {printer}{copy}{_why(entry)}"
            if document == "receipt" and copy_no:
                return tuple(card.id for card in before.handed_cards), "receipt_again", detail
            return entry.cards, "printed", detail
        case PrintFailed(document=document, printer=printer, reason=reason):
            what: What = "perhaps_printed" if entry.maybe else "not_printed"
            return entry.cards, what, f"{document} on {printer}: {reason}{_why(entry)}"
        case Revealed(card=card, where=where):
            return (card,), "shown", where
        case HandedOver(cards=cards, evidence=evidence):
            return cards, "handed_over", evidence
        case GivenOn(card=card, to=to):
            return (card,), "given_on", to
        case Claimed(cards=cards, claim=claim):
            return cards, "claimed", claim
        case ClaimClosed(claim=claim, outcome=outcome):
            about = next(one for one in before.claims if one.claim == claim)
            return about.cards, "claim_closed", f"{claim}: {outcome}"
        case Purged(reason=reason):
            return tuple(card.id for card in after.cards), "purged", reason
        case _:
            return None


def _why(entry: Printed | PrintFailed) -> str:
    return f": {entry.evidence}" if entry.evidence else ""


def _arrivals(entry: AnyEntry, before: Order, after: Order) -> Iterator[tuple[str, What, str]]:
    """Cards that came or became richer by `entry`, and those that became the shop's own by it."""
    if not isinstance(entry, Answered | CodesArrived | Settled | TurnedUp | Supplied | Refunded | MadeSpare):
        return
    known = {card.id: card for card in before.cards}
    for place, card in enumerate(after.cards):
        old = known.get(card.id)
        if old is None:
            source = entry.sources[place] if isinstance(entry, Supplied) else None
            what: What = "parked" if card.parked else "came"
            yield card.id, what, "" if source is None else f"spare of {source[0]}"
        elif card.has_pin and not old.has_pin:
            yield card.id, "richer", ""
    for card in sorted(after.spare - before.spare):
        yield card, "spare", entry.evidence if isinstance(entry, Refunded | MadeSpare) else ""
