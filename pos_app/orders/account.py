"""A provider's account as this store knows it, folded from its notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pos_app.money import Money
from pos_app.orders.notes import AnyNote, Declared, Explained, ForeignSeen, ToppedUp, WentOn


@dataclass(frozen=True, slots=True)
class Account:
    """What is known beside its orders. `declared`: only this store is said to buy on it.

    `strangers` are the provider's ids of orders from elsewhere that nobody has explained yet; `unnamed` says
    that some could not be told apart. `went_on` are the orders over which selling does not pause any more.
    """

    declared: bool = False
    strangers: tuple[str, ...] = ()
    unnamed: bool = False
    explained: frozenset[str] = frozenset()
    went_on: frozenset[str] = frozenset()
    top_ups: tuple[ToppedUp, ...] = ()

    @property
    def exclusive(self) -> bool:
        """Whether what the provider's books show can only be this store's doing."""
        return self.declared and not self.strangers and not self.unnamed

    def paid_in_since(self, at: datetime, currency: str) -> Money:
        """What was paid into the account after the instant `at`, as far as it was recorded."""
        paid = Money.zero(currency)
        for top_up in self.top_ups:
            if top_up.at > at and top_up.amount.currency == currency:
                paid += top_up.amount
        return paid

    def after(self, note: AnyNote) -> Account:
        """The account after `note`."""
        match note:
            case Declared(exclusive=alone):
                return replace(self, declared=alone)
            case ForeignSeen(rows=()):
                return replace(self, unnamed=True)
            case ForeignSeen(rows=rows):
                new = tuple(row for row in rows if row not in self.explained and row not in self.strangers)
                return replace(self, strangers=(*self.strangers, *new))
            case Explained():
                return replace(
                    self, strangers=(), unnamed=False, explained=self.explained | frozenset(self.strangers)
                )
            case WentOn(orders=orders):
                return replace(self, went_on=self.went_on | frozenset(orders))
            case ToppedUp():
                return replace(self, top_ups=(*self.top_ups, note))
            case _:
                # A new life of the store says nothing about the account.
                return self


def fold_account(notes: Iterable[AnyNote]) -> Account:
    """The account its `notes`, in their order, tell of."""
    account = Account()
    for note in notes:
        account = account.after(note)
    return account
