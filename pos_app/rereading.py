"""What an earlier program could not read, this one may: kept replies are read again, whenever one likes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pos_app.changes import Changes
from pos_app.errors import PosError
from pos_app.intake import Intake
from pos_app.orders.order import Order, Phase
from pos_app.providers.base import Provider
from pos_app.sales import Sales
from pos_app.store.journal import Journal

_log = logging.getLogger(__name__)
_SELF: Final = "countercard"


@dataclass(frozen=True, slots=True)
class Reread:
    """One order whose kept replies were read again; `problem` is why they could not be."""

    before: Order
    after: Order
    problem: PosError | None = None

    @property
    def changed(self) -> bool:
        """Whether something was understood that was not before."""
        return self.after.n != self.before.n


class Rereading:
    """Reads what lies in the journal and asks nobody."""

    def __init__(
        self,
        journal: Journal,
        intake: Intake,
        sales: Sales,
        providers: Mapping[str, Provider],
        changes: Changes,
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._sales = sales
        self._providers = providers
        self._changes = changes

    async def everything(self) -> tuple[Reread, ...]:
        """Read every kept reply again that was not understood, or whose order still lacks codes."""
        done: list[Reread] = []
        for order in await self._journal.with_replies():
            provider = self._providers.get(order.placed.product.provider)
            if provider is None or order.purged is not None or self._sales.in_flight(order.id):
                continue
            try:
                done.append(Reread(order, await self._one(order, provider)))
            except PosError as error:
                _log.info("order %s: not read again: %s", order.id, error.reason)
                done.append(Reread(order, order, error))
        if any(one.changed for one in done):
            self._changes.announce("orders")
            self._changes.announce("late")
        return tuple(done)

    async def _one(self, order: Order, provider: Provider) -> Order:
        key = await self._journal.key(order.id)
        if order.phase is not Phase.CODES_PENDING:
            return await self._intake.understand_again(order, key, provider, _SELF)
        return await self._intake.find_codes_again(order, key, provider, _SELF)
