"""Finds out what became of orders that are not finished: unread replies, and codes that come late.

It only reads from providers and from the journal; nothing here ever sends a purchase.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import NotAllowed, PosError
from pos_app.intake import Intake, purchase
from pos_app.orders.order import Order, Phase
from pos_app.providers.base import Provider
from pos_app.sales import Sales
from pos_app.store.journal import Journal

_log = logging.getLogger(__name__)
_SELF = "countercard"

LOOK_SECONDS: Final = 2.0
"""How often the resolver wakes to see whether an order is due."""

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)


class Resolver:
    """Works by itself at start and while anything is open, each order less and less often."""

    def __init__(
        self,
        journal: Journal,
        intake: Intake,
        sales: Sales,
        providers: Mapping[str, Provider],
        changes: Changes,
        now: Now,
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._sales = sales
        self._providers = providers
        self._changes = changes
        self._now = now
        self._due: dict[str, tuple[datetime, timedelta]] = {}
        self._looked_at_step = -1

    async def reread(self) -> None:
        """Understand replies that were kept but not understood before the program stopped."""
        settled = await self._journal.settled_and_waiting()
        late = tuple(order for order in settled if order.unread)
        for order in (*await self._journal.in_phase(Phase.SENT), *late):
            if self._sales.in_flight(order.id):
                continue
            try:
                await self._reread(order)
            except PosError as error:
                _log.warning("order %s: not read again: %s", order.id, error.reason)

    async def look(self) -> None:
        """Ask for the late codes of every order that is due."""
        step = self._changes.step("orders")
        if step == self._looked_at_step and not self._due:
            # Nothing was pending and nothing moved since: an idle till does not wake its disk.
            return
        self._looked_at_step = step
        orders = await self._journal.in_phase(Phase.CODES_PENDING)
        self._due = {order.id: self._due[order.id] for order in orders if order.id in self._due}
        for order in orders:
            due, pause = self._due.get(order.id, (self._now(), _FIRST_PAUSE))
            # A due time further off than the longest pause is left over from before the clock was set back.
            if self._now() < due <= self._now() + _LONGEST_PAUSE:
                continue
            self._due[order.id] = (self._now() + pause, min(pause * 2, _LONGEST_PAUSE))
            try:
                await self.ask_for_codes(order.id)
            except PosError as error:
                _log.info("order %s: codes not asked for: %s", order.id, error.reason)

    def ask_anew(self) -> None:
        """Forget how long to wait for which order: those times are of a clock that was set, or slept."""
        self._due.clear()
        self._looked_at_step = -1

    async def ask_for_codes(self, order_id: str) -> Order:
        """Ask the provider for the codes of a bought order; returns the order with whatever has come.

        Raises NotTaken, OutcomeUnknown or Misconfigured when it could not be asked.
        """
        order = await self._journal.order(order_id)
        provider = self._providers.get(order.placed.product.provider)
        if order.phase is not Phase.CODES_PENDING or order.provider_order_id is None or provider is None:
            return order
        if provider.account != order.placed.account:
            raise NotAllowed("other_account")
        reply = await provider.fetch(order.provider_order_id)
        if reply is None:
            return order
        key = await self._journal.key(order_id)
        bought = provider.read_order(reply, purchase(order, key))
        if bought is None or bought.provider_order_id not in {None, order.provider_order_id}:
            return order
        after = await self._intake.codes(order, key, bought, reply=reply, by=_SELF)
        if after.n != order.n:
            self._changes.announce("orders")
        if after.handed_cards != order.handed_cards:
            self._changes.announce("late")
        return after

    async def _reread(self, order: Order) -> None:
        provider = self._providers.get(order.placed.product.provider)
        if provider is None:
            return
        key = await self._journal.key(order.id)
        after = await self._intake.understand(order, key, provider, _SELF)
        if after.n != order.n:
            self._changes.announce("orders")
