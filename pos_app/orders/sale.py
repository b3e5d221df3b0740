"""What one customer does at the counter: the money side of a sale, fixed when the money is received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pos_app.money import Money, total
from pos_app.orders.cash_rounding import Rounding, rounded
from pos_app.orders.rules import Problem

TenderKind = Literal["cash", "terminal", "other"]


@dataclass(frozen=True, slots=True)
class Tender:
    """Money in: `received` as handed over; `reference` is the card terminal's or the main till's number."""

    kind: TenderKind
    received: Money
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """Money out again: `amount` by the tender it came by; `reference` is that tender's number."""

    kind: TenderKind
    amount: Money
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SaleHead:
    """What all orders of one sale share: its number, who sold when and where, and how it was paid.

    `order_ids` lists all orders of the sale, in the basket's order; `due` is what was to pay. `rounding` is
    there when cash was taken where it is rounded, also by nothing, and when what was left for cash rounds to
    nothing; sales of older programs have none.
    """

    id: str
    number: str
    at: datetime
    register: str
    by: str
    due: Money
    tenders: tuple[Tender, ...]
    order_ids: tuple[str, ...]
    training: bool
    rounding: Rounding | None = None

    @property
    def paid(self) -> Money:
        """What the customer has paid: what was to pay, with what rounding the cash has put on it."""
        return self.due if self.rounding is None else self.due + self.rounding.by

    @property
    def change(self) -> Money:
        """What the customer gets back in cash."""
        return total([tender.received for tender in self.tenders], self.due.currency) - self.paid


def cash_rounding(due: Money, tenders: tuple[Tender, ...], coin: Money | None) -> Rounding | None:
    """What rounding does to a sale of `due` paid by `tenders` where cash is rounded to `coin`.

    Only what is left for cash behind all that went another way is rounded. None where nothing is. What is
    left and rounds to nothing is paid, also when no cash is there. Who pays in cash alone pays one coin at
    least; what is due to the last unit is always enough.
    """
    if coin is None:
        return None
    exactly = total([tender.received for tender in tenders if tender.kind != "cash"], due.currency)
    in_cash = due - exactly
    if in_cash.minor <= 0:
        return None
    to_pay = rounded(in_cash, coin)
    if not any(tender.kind == "cash" for tender in tenders) and (to_pay or not exactly):
        return None
    if not to_pay and not exactly:
        to_pay = coin
    cash = total([tender.received for tender in tenders if tender.kind == "cash"], due.currency)
    # Who has small coins left and pays to the last of them has paid.
    return Rounding(Money.zero(due.currency) if in_cash <= cash < to_pay else to_pay - in_cash, coin)


def over(due: Money, tenders: tuple[Tender, ...], coin: Money | None) -> Money:
    """What `tenders` are over what is to pay; below zero: what is missing. Like `cash_rounding` otherwise."""
    rounding = cash_rounding(due, tenders, coin)
    received = total([tender.received for tender in tenders], due.currency)
    return received - due if rounding is None else received - due - rounding.by


def still_to_pay(due: Money, parts: tuple[Tender, ...], kind: TenderKind, coin: Money | None) -> Money:
    """What is missing of `due` behind `parts` when all of it is paid by `kind`; zero when it is complete."""
    nothing = Money.zero(due.currency)
    return max(-over(due, (*parts, Tender(kind, nothing)), coin if kind == "cash" else None), nothing)


def as_compared(reference: str) -> str:
    """`reference` as it is compared: one payment at the card terminal, however its number was typed."""
    return "".join(reference.split()).casefold()


def entered_twice(tenders: tuple[Tender, ...]) -> str:
    """The card terminal's reference that a second of `tenders` has; empty for none: a slip pays once."""
    seen = set[str]()
    for tender in tenders:
        number = as_compared(tender.reference)
        if tender.kind == "terminal" and number:
            if number in seen:
                return tender.reference.strip()
            seen.add(number)
    return ""


def problem_with_tenders(
    due: Money, tenders: tuple[Tender, ...], coin: Money | None = None
) -> Problem | None:
    """What is wrong with paying `due` by `tenders`: it must be complete, and only cash gives change.

    Where there is a smallest `coin`, what is paid in cash is rounded to it.
    """
    if any(tender.received.currency != due.currency for tender in tenders):
        return Problem("tenders", "foreign_currency", {"currency": due.currency})
    if any(tender.received.minor < 0 for tender in tenders):
        return Problem("tenders", "not_positive")
    more = over(due, tenders, coin)
    if more.minor < 0:
        return Problem("tenders", "incomplete", {"missing": -more})
    if more > total([tender.received for tender in tenders if tender.kind == "cash"], due.currency):
        return Problem("tenders", "change_needs_cash", {"over": more})
    if any(tender.kind == "terminal" and not tender.reference.strip() for tender in tenders):
        return Problem("reference", "missing")
    if any(tender.kind == "other" and not tender.reference.strip() for tender in tenders):
        return Problem("rung", "missing")
    if twice := entered_twice(tenders):
        return Problem("reference", "twice", {"reference": twice})
    return None
