"""A provider that plays what a test asks of it, and keeps books of what it really sold."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Literal

from pos_app.errors import NotTaken, OutcomeUnknown
from pos_app.money import Money
from pos_app.orders.answers import (
    Answer,
    Bought,
    Fence,
    Look,
    NotTakenUp,
    Refused,
    Reply,
    Row,
    Unclear,
)
from pos_app.orders.cards import Card
from pos_app.orders.product import Product
from pos_app.providers.base import Purchase, Quote

Play = Literal[
    "yes",
    "late",
    "part",
    "with_pins",
    "doubled",
    "refused",
    "turned_away",
    "not_reached",
    "no_fence",
    "lost",
    "lost_before",
    "cut",
    "silent",
    "waits",
    "confirm",
]
"""What happens to the next purchase: `lost`, `cut` and `silent` are committed before the trouble begins.

`lost_before` is not, unless a test has it committed later: `sell_now`.
"""

CARD = Product(
    provider="played",
    item="ACME-25",
    brand="Acme Games",
    name="Acme Games 25 USD",
    currency="USD",
    delivery="codes",
    category="games",
    face=Money(2500, "USD"),
    cost=Money(2400, "USD"),
)
MERCHANT = Product(
    provider="played",
    item="77",
    brand="Café Lumen",
    name="Café Lumen",
    currency="USD",
    delivery="email",
    least=Money(1000, "USD"),
    address="14 Quay Street",
)


@dataclass
class SoldOrder:
    """What the provider's own books say about one order."""

    order_id: str
    codes: list[dict[str, str]]
    amount: Money
    shown: int
    """How many of the codes a look at the order shows by now."""
    created_at: datetime | None = None


@dataclass
class PlayedProvider:
    """A provider in memory. `plays` are used up one a purchase; without any, everything is sold."""

    name: str = "played"
    account: str = "account-1"
    plays: deque[Play] = field(default_factory=deque[Play])
    sold: dict[str, SoldOrder] = field(default_factory=dict[str, SoldOrder])
    left: Money = field(default_factory=lambda: Money(500_000, "USD"))
    in_stock: bool = True
    reachable: bool = True
    names_items: bool = False
    """Whether it says which item a card is of."""
    odd_date: str | None = None
    """What it says in the place of a date."""
    sends: int = 0
    fetches: int = 0
    cards: deque[list[dict[str, str]]] = field(default_factory=deque[list[dict[str, str]]])
    """What the next orders consist of, where a test wants to say so: `code`, and `pin` or `link`."""
    refusal: str = "out of stock"
    answer_now: asyncio.Event = field(default_factory=asyncio.Event)
    lists_dates: bool = True
    """Whether its list says when an order came to be; the order itself does."""
    now: Callable[[], datetime] | None = None
    """The provider's own clock; without one it tells no time."""
    left_after: Money | None = None
    """What the balance is at the end of a look, where somebody else buys meanwhile."""
    page: int = 100
    """How many orders its list shows: a look that would need more does not reach the fence."""

    async def products(self) -> AsyncIterator[tuple[Product, ...]]:
        self._reach()
        yield (CARD,)
        yield (MERCHANT,)

    async def quote(self, product: Product, quantity: int, face: Money) -> Quote:
        self._reach()
        return Quote(available=self.in_stock, cost=product.cost)

    async def fence(self) -> Fence | None:
        self._reach()
        if self.plays and self.plays[0] == "no_fence":
            self.plays.popleft()
            raise NotTaken("no_fence")
        newest_first = tuple(reversed(self.sold))
        return Fence(newest_first[: self.page], len(self.sold), self.left, self._date())

    async def rows(self, known: AbstractSet[str]) -> Look | None:
        self._reach()
        shown = list(reversed(self.sold.values()))[: self.page]
        newer = [order for order in shown if order.order_id not in known]
        after = self.left if self.left_after is None else self.left_after
        return Look(
            rows=tuple(
                Row(order.order_id, order.amount, order.created_at if self.lists_dates else None, "completed")
                for order in newer
            ),
            nameless=0,
            reached=len(newer) < len(shown) if known else len(shown) == len(self.sold),
            total=len(self.sold),
            balance=self.left,
            balance_after=after,
            provider_date=self._date(),
        )

    async def send(self, purchase: Purchase) -> Reply:
        self._reach()
        self.sends += 1
        play: Play = self.plays.popleft() if self.plays else "yes"
        if play == "not_reached":
            raise NotTaken("connection_refused")
        if play == "turned_away":
            return _reply({"away": True}, 429)
        if play == "refused":
            return _reply({"no": self.refusal}, 400)
        if play == "lost_before":
            raise OutcomeUnknown("cut")
        if play == "waits":
            await self.answer_now.wait()
        order = self._sell(purchase, play)
        if play == "silent":
            await asyncio.Event().wait()
        if play == "lost":
            raise OutcomeUnknown("cut")
        told = _reply(
            {"order": order.order_id, "codes": order.codes[: order.shown], "confirm": play == "confirm"}
        )
        if play == "cut":
            return Reply(told.status, told.reason, told.headers, told.body[:20], complete=False)
        return told

    def read(self, reply: Reply, purchase: Purchase) -> Answer:
        if not reply.complete:
            return Unclear("cut")
        if reply.status == 429:
            return NotTakenUp("too_many_requests", 30)
        if reply.status == 400:
            return Refused("other", json.loads(reply.body)["no"])
        return self._bought(reply, purchase)

    async def fetch(self, provider_order_id: str) -> Reply | None:
        self._reach()
        self.fetches += 1
        order = self.sold.get(provider_order_id)
        if order is None:
            return _reply({"unknown": True}, 404)
        at = None if order.created_at is None else order.created_at.isoformat()
        return _reply({"order": order.order_id, "codes": order.codes[: order.shown], "at": at})

    def read_order(self, reply: Reply, purchase: Purchase) -> Bought | None:
        return self._bought(reply, purchase) if reply.status == 200 else None

    async def balance(self) -> Money | None:
        self._reach()
        return self.left

    async def close(self) -> None:
        """Nothing to let go of."""

    def sell_now(self, product: Product = CARD, quantity: int = 1) -> SoldOrder:
        """Put an order into the books that nobody here hears of: late, or somebody else's."""
        assert product.face is not None
        cost = None if product.cost is None else product.cost * quantity
        return self._sell(Purchase(product.item, quantity, product.face, cost), "yes")

    def _date(self) -> str | None:
        if self.odd_date is not None:
            return self.odd_date
        return None if self.now is None else format_datetime(self.now(), usegmt=True)

    def _reach(self) -> None:
        if not self.reachable:
            raise NotTaken("offline")

    def _sell(self, purchase: Purchase, play: Play) -> SoldOrder:
        order_id = str(len(self.sold) + 1)
        count = 0 if purchase.recipient else purchase.quantity * (2 if play == "doubled" else 1)
        codes = [
            {"code": f"TEST-{int(order_id):04}-{place:04}-ABCD"}
            | ({"pin": f"00{order_id}{place}"} if play == "with_pins" else {})
            for place in range(1, count + 1)
        ]
        if self.cards:
            codes = self.cards.popleft()
            count = len(codes)
        amount = purchase.cost or purchase.face * purchase.quantity
        shown = {"late": 0, "part": max(0, count - 1)}.get(play, count)
        self.left -= amount
        at = None if self.now is None else self.now()
        self.sold[order_id] = SoldOrder(order_id, codes, amount, shown, at)
        return self.sold[order_id]

    def _bought(self, reply: Reply, purchase: Purchase) -> Bought:
        told = json.loads(reply.body, parse_float=Decimal)
        cards = tuple(
            Card(
                code["code"],
                code.get("pin"),
                (("link", code["link"]),) if "link" in code else (),
                face=purchase.face,
                item=purchase.item if self.names_items else None,
            )
            for code in told["codes"]
        )
        return Bought(
            provider_order_id=told["order"],
            provider_order_no=f"NO-{told['order']}",
            cost=purchase.cost,
            face=purchase.face * purchase.quantity,
            cards=cards,
            must_confirm=told.get("confirm", False),
            created_at=datetime.fromisoformat(told["at"]) if told.get("at") else None,
        )


def _reply(body: dict[str, object], status: int = 200) -> Reply:
    return Reply(status, "", (), json.dumps(body).encode(), complete=True)
