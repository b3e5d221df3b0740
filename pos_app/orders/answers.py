"""What a provider can say to an order: yes, no, not taken up, or nothing that can be relied on."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    `must_confirm`: the card is sent only after the sender has confirmed by e-mail.
    """

    provider_order_id: str | None
    provider_order_no: str | None
    cost: Money | None
    face: Money | None
    cards: tuple[Card, ...]
    final: bool = True
    must_confirm: bool = False


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

    reason: Literal["unauthorized", "too_many_requests"]
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing that can be relied on: it may have been bought."""

    reason: Literal["silence", "cut", "unreadable", "server_error", "unexpected"]


Answer = Bought | Refused | NotTakenUp | Unclear
