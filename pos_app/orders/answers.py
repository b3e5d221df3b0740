"""What a provider can say to an order: yes, no, not taken up, or nothing that can be relied on."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from pos_app.money import Money
from pos_app.orders.cards import Card

RefusalReason = Literal[
    "unknown_item",
    "no_balance",
    "out_of_stock",
    "bad_request",
    "bad_email",
    "bad_merchant",
    "bad_amount",
    "other",
]
"""Why a provider said no. Where its answer does not tell, `other`: message texts are never interpreted."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What the provider's books showed just before an order was sent, to find it by later.

    `ids` are the order ids on the first page of its list, newest first; `total` the number of all orders it
    claims (None where it does not say); `balance` was the same before and after reading the list;
    `provider_date` is the provider's own clock, the `Date` header as sent.
    """

    ids: tuple[str, ...]
    total: int | None
    balance: Money
    provider_date: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One order as the provider's list shows it: no item, no codes.

    `amount` is what it was debited, `created_at` an instant in UTC; each None where the row does not say.
    """

    provider_order_id: str
    amount: Money | None
    created_at: datetime | None
    status: str = ""


Doubt = Literal[
    "fence_not_reached",
    "row_without_id",
    "total_not_told",
    "rows_do_not_add_up",
    "balance_moved",
    "other_currency",
]
"""Why a look proves nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the provider's books showed when somebody looked back to a fence.

    `rows` are the orders the fence did not know, newest first, each id once; `nameless` counts rows among
    them that show no id. `reached`: the list was read back to an order the fence knew (to its end for a fence
    that knew none). `total` is the number of all orders the list claims, None where it does not say or said
    several numbers while it was read. `balance` was read before the list and `balance_after` after it;
    `provider_date` is the provider's own clock, the `Date` header of the first page as sent.
    """

    rows: tuple[Row, ...]
    nameless: int
    reached: bool
    total: int | None
    balance: Money
    balance_after: Money
    provider_date: str | None

    def doubt(self, fence: Fence) -> Doubt | None:
        """Why nothing can be concluded from this look about what happened since `fence`; None: it is usable.

        Whether another order of the account is on its way, and in which currency the order costs, the caller
        has to know.
        """
        if self.balance.currency != fence.balance.currency or self.balance.currency != (
            self.balance_after.currency
        ):
            return "other_currency"
        if self.balance != self.balance_after:
            return "balance_moved"
        if not self.reached:
            return "fence_not_reached"
        if self.nameless:
            return "row_without_id"
        if self.total is None or fence.total is None:
            return "total_not_told"
        if self.total - fence.total != len(self.rows):
            return "rows_do_not_add_up"
        return None

    def residue(self, fence: Fence) -> Money | None:
        """What left the balance since `fence` and no row explains: fence - balance now - all rows' amounts.

        None where a row does not say its amount or one is in another currency. Money paid in since makes it
        too small: recorded top-ups have to be added.
        """
        spent = Money.zero(fence.balance.currency)
        for row in self.rows:
            if row.amount is None or row.amount.currency != spent.currency:
                return None
            spent += row.amount
        if self.balance.currency != spent.currency:
            return None
        return fence.balance - self.balance - spent

    def since(self, fence: Fence) -> Look:
        """This look as one taken back to `fence`, which is no older than the one it was taken for.

        One look serves all that is open. Whether the rows left are those that came since, the sum tells:
        `doubt` finds it out where they are not.
        """
        known = frozenset(fence.ids)
        places = [place for place, row in enumerate(self.rows) if row.provider_order_id in known]
        if not places:
            return self
        unknown = tuple(row for row in self.rows if row.provider_order_id not in known)
        above = tuple(row for row in self.rows[: places[-1]] if row.provider_order_id not in known)
        grown = None if self.total is None or fence.total is None else self.total - fence.total
        # What stands below the last known row is older, unless the list put something new in among the old.
        return replace(self, rows=unknown if grown == len(unknown) else above, reached=True)

    def unclaimed(self, claimed: AbstractSet[str]) -> tuple[Row, ...]:
        """The rows that no order of ours is known to be; `claimed` are the provider's ids of those."""
        return tuple(row for row in self.rows if row.provider_order_id not in claimed)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back on the wire, before anybody understood it.

    `headers` are the few that decide who is speaking and when (lower-case names). `complete` is False when
    the connection ended before the body did: the bytes that came are kept all the same.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    complete: bool

    def header(self, name: str) -> str | None:
        """The first header called `name` (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Bought:
    """Yes: our account was debited. Codes may still be missing.

    `cost` is the debit of the whole order, `face` the sum of face values, None where the reply says
    nothing. `final` is False while the provider's word for the order is not one that means delivered.
    `must_confirm`: the card is sent only after the sender has confirmed by e-mail. `created_at` is when the
    provider says that it came to be, in UTC.
    """

    provider_order_id: str | None
    provider_order_no: str | None
    cost: Money | None
    face: Money | None
    cards: tuple[Card, ...]
    final: bool = True
    must_confirm: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider's documented no: nothing was bought. `text` is its own wording, for people only."""

    reason: RefusalReason
    text: str = ""


@dataclass(frozen=True, slots=True)
class NotTakenUp:
    """The provider turned this one request away at the door: nothing happened, it may be sent again.

    `retry_after` is in seconds, None where the provider gave no time.
    """

    reason: Literal["unauthorized", "signature_refused", "too_many_requests"]
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing that can be relied on: it may have been bought."""

    reason: Literal["silence", "cut", "unreadable", "server_error", "unexpected"]


Answer = Bought | Refused | NotTakenUp | Unclear
