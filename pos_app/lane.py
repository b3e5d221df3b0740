"""One after the other: orders that could be taken for one another wait, and too many open ones pause selling.

What is decided is decided by the journal, in the transaction that writes `Sent`. Here is who waits.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pos_app.errors import Misconfigured, NotAllowed
from pos_app.orders.lane import PAUSES_AT, sent_at
from pos_app.orders.notes import WentOn, about
from pos_app.orders.order import Order
from pos_app.providers.base import Provider
from pos_app.store.journal import Journal

WAITS_SECONDS: Final = 20.0
"""How long an order waits for its lane. Then somebody chooses: wait on, another card, or sell anyway."""

_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class LaneWait:
    """An order waits to be sent, until the order `behind` has its answer or was decided.

    `since` is when that one was sent (UTC). `seconds` is how long this one has waited.
    """

    behind: str
    since: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Paused:
    """Selling from a provider pauses: its account has these orders that are not confirmed, since `since`."""

    provider: str
    account: str
    since: datetime
    orders: tuple[str, ...]


class Lane:
    """Who waits for whom in this process, and which accounts pause."""

    def __init__(self, journal: Journal, providers: Mapping[str, Provider]) -> None:
        self._journal = journal
        self._providers = providers
        self._waits: dict[str, tuple[str, datetime, float]] = {}
        self._sold_on: dict[str, str] = {}
        self._given_up = set[str]()
        self._moved = asyncio.Event()

    async def free(self, order: Order) -> None:
        """Return when nothing keeps `order` from being sent, or somebody sells it anyway.

        Raises NotAllowed("lane_taken") after `WAITS_SECONDS` in all, and at once when the wait is given up.
        """
        loop = asyncio.get_running_loop()
        while order.id not in self._sold_on:
            moved = self._moved
            holder = await self._journal.lane_holder(order)
            if holder is None:
                return
            _behind, _since, began = self._waits.get(order.id, ("", None, loop.time()))
            self._waits[order.id] = holder.id, sent_at(holder), began
            left = began + WAITS_SECONDS - loop.time()
            if left <= 0 or order.id in self._given_up:
                raise NotAllowed("lane_taken", order=holder.id, since=sent_at(holder))
            # Another register's orders tell nobody here: looked at again now and then.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, _LOOK_SECONDS)):
                    await moved.wait()

    def waiting(self, order_id: str) -> LaneWait | None:
        """Whom `order_id` waits for, None when it does not."""
        if order_id not in self._waits:
            return None
        behind, since, began = self._waits[order_id]
        return LaneWait(behind, since, asyncio.get_running_loop().time() - began)

    def sell_anyway(self, order_id: str, by: str) -> None:
        """Have `order_id` not wait any more: `by` leaves whoever is before it to a person."""
        self._sold_on[order_id] = by
        self.moved()

    def sold_on_by(self, order_id: str) -> str:
        """Who sells `order_id` anyway; empty for nobody."""
        return self._sold_on.get(order_id, "")

    def give_up(self, order_id: str) -> None:
        """Have `order_id` not wait any more: it stays to do. Without effect on one that does not wait."""
        if order_id in self._waits:
            self._given_up.add(order_id)
            self.moved()

    def done_with(self, order_id: str) -> None:
        """Forget that `order_id` waited, and have those behind it look again."""
        self._waits.pop(order_id, None)
        self._sold_on.pop(order_id, None)
        self._given_up.discard(order_id)
        self.moved()

    def moved(self) -> None:
        """Have everybody who waits look again."""
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def paused(self) -> tuple[Paused, ...]:
        """The providers in use that selling pauses from."""
        found: list[Paused] = []
        for name, provider in tuple(self._providers.items()):
            orders = await self._journal.not_confirmed(provider.account)
            if len(orders) >= PAUSES_AT:
                ids = tuple(order.id for order in orders)
                found.append(Paused(name, provider.account, sent_at(orders[-1]), ids))
        return tuple(found)

    async def refuse_paused(self, names: Collection[str]) -> None:
        """Raise NotAllowed("account_paused") when selling pauses from one of the providers `names`."""
        for pause in await self.paused():
            if pause.provider in names:
                raise NotAllowed(
                    "account_paused", provider=pause.provider, orders=list(pause.orders), since=pause.since
                )

    async def go_on(self, name: str, by: str, evidence: str) -> tuple[str, ...]:
        """A manager has selling from the provider `name` go on; the ids of the orders it paused over.

        Those hold up nothing any more; others may. Raises NotAllowed ("not_a_manager", "needs_evidence") and
        Misconfigured("unknown_provider").
        """
        if not by.strip():
            raise NotAllowed("not_a_manager")
        if not evidence.strip():
            raise NotAllowed("needs_evidence")
        provider = self._providers.get(name)
        if provider is None:
            raise Misconfigured("unknown_provider", provider=name)
        subject = about(provider.account)
        orders = tuple(order.id for order in await self._journal.not_confirmed(provider.account))
        if orders:
            await self._journal.note(
                subject,
                lambda known: [
                    WentOn(
                        **self._journal.note_head(subject, known, by.strip()),
                        orders=orders,
                        evidence=evidence.strip(),
                    )
                ],
            )
        return orders
