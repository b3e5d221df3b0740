"""One store's file, opened as a till opens it, and sales to put into it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import Answered, AnyEntry, Head, Placed, Printed, Sent
from pos_app.orders.order import Order, Sale
from pos_app.orders.product import Product
from pos_app.orders.sale import SaleHead, Tender
from pos_app.seal import OrderKey, Sealer
from pos_app.store.database import Database, open_database
from pos_app.store.journal import Journal
from pos_app.store.views import Views

SEALER: Final = Sealer(bytes(range(32)))
FACE: Final = Money(2500, "USD")
PRODUCT: Final = Product("cardpluspay", "ACME-25", "Acme Games", "Acme card", "USD", "codes", face=FACE)
BOUND: Final = 90.0
T = TypeVar("T")


@dataclass
class Clock:
    """Stands still until it is turned."""

    at: datetime = datetime(2026, 11, 21, 21, 42, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)

    def seconds(self) -> float:
        """What the monotonic clock says."""
        return self.at.timestamp()


@dataclass
class Shelf:
    """A journal and the lists over one open database."""

    database: Database
    journal: Journal
    views: Views
    clock: Clock
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def place(
        self,
        sale_id: str,
        order_ids: Sequence[str] = (),
        *,
        product: Product = PRODUCT,
        quantity: int = 1,
        account: str = "account",
        hint: str = "",
    ) -> Sale:
        """Place the orders `order_ids` (one called like the sale without any) as one sale."""
        ids = tuple(order_ids) or (f"{sale_id}.1",)

        def build(number: str, _keys: dict[str, OrderKey]) -> list[Placed]:
            sale = SaleHead(
                id=sale_id,
                number=number,
                at=self.clock.at,
                register=number.partition("-")[0],
                by="Mia",
                due=FACE * len(ids),
                tenders=(Tender("cash", FACE * len(ids)),),
                order_ids=ids,
                training=True,
            )
            return [
                Placed(
                    **Head(id=f"{order_id}-0", order_id=order_id, n=0, at=sale.at, by=sale.by),
                    sale=sale,
                    account=account,
                    product=product,
                    quantity=quantity,
                    face=FACE,
                    price=FACE,
                    recipient_hint=hint,
                )
                for order_id in ids
            ]

        return await self.journal.place(build, sale_id, ids)

    async def to_do(self, sale_id: str) -> Order:
        """The order of a new sale of one card."""
        return (await self.place(sale_id)).orders[0]

    async def send(self, order: Order) -> Order:
        return await self.journal.append(order, Sent(**self.journal.head(order, "Mia")))

    async def answer(self, order: Order, *cards: SealedCard, **more: object) -> Order:
        """The provider's yes with `cards`; `more` are further fields of the entry."""
        yes = Answered(**self.journal.head(order, "countercard"), cards=cards, complete=True)
        return await self.journal.append(order, yes.model_copy(update=more))

    async def print(self, order_id: str) -> Order:
        return await self.journal.add(order_id, self.printed)

    def printed(self, order: Order) -> AnyEntry:
        return Printed(**self.journal.head(order, "Mia"), document="receipt", printer="paper")


def card(name: str, hint: str = "••••-2WZA", *, pin: bool = False, parked: bool = False) -> SealedCard:
    return SealedCard(name, "sealed", f"digest of {name}", hint, has_pin=pin, parked=parked)


class Shelves:
    """Opens one file as often as there are tills at it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = Clock()
        self._ids = itertools.count(1)
        self._stack = AsyncExitStack()

    async def open(self, holder: str = "one", register: str = "03", sealer: Sealer = SEALER) -> Shelf:
        database = await open_database(self.path)
        self._stack.push_async_callback(database.close)
        journal = Journal(database, sealer, register, holder, self.clock, self._new_id, self.clock.seconds)
        return Shelf(database, journal, Views(database), self.clock)

    async def close(self) -> None:
        await self._stack.aclose()

    def _new_id(self) -> str:
        return f"id-{next(self._ids)}"


def play(path: Path, scene: Callable[[Shelves], Awaitable[T]]) -> T:
    """Run `scene` over the store at `path`, for a bounded time, and close whatever it opened."""

    async def run() -> T:
        shelves = Shelves(path)
        try:
            return await asyncio.wait_for(scene(shelves), BOUND)
        finally:
            await shelves.close()

    return asyncio.run(run())
