"""What one customer does at the counter: the money side of a sale, fixed when the money is received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pos_app.money import Money, total
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

    `order_ids` lists all orders of the sale, in the basket's order; `due` is what was to pay.
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

    @property
    def change(self) -> Money:
        """What the customer gets back in cash."""
        return total([tender.received for tender in self.tenders], self.due.currency) - self.due


def problem_with_tenders(due: Money, tenders: tuple[Tender, ...]) -> Problem | None:
    """What is wrong with paying `due` by `tenders`: it must be complete, and only cash gives change."""
    if any(tender.received.currency != due.currency for tender in tenders):
        return Problem("tenders", "foreign_currency", {"currency": due.currency})
    if any(tender.received.minor < 0 for tender in tenders):
        return Problem("tenders", "not_positive")
    received = total([tender.received for tender in tenders], due.currency)
    if received < due:
        return Problem("tenders", "incomplete", {"missing": due - received})
    cash = total([tender.received for tender in tenders if tender.kind == "cash"], due.currency)
    if received - due > cash:
        return Problem("tenders", "change_needs_cash", {"over": received - due})
    if any(tender.kind == "terminal" and not tender.reference.strip() for tender in tenders):
        return Problem("reference", "missing")
    if any(tender.kind == "other" and not tender.reference.strip() for tender in tenders):
        return Problem("rung", "missing")
    return None
