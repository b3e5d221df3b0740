"""Codes at rest: what was handed over long ago is made unreadable for good, by deleting its order's key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import NotAllowed, StoreProblem
from pos_app.intake import Intake
from pos_app.orders.entries import HandedOver, Printed, PrintFailed, Purged, Revealed
from pos_app.orders.order import Order, Phase
from pos_app.store.backup import backups, remove
from pos_app.store.journal import Journal
from pos_app.store.purge import Keys
from pos_app.store.rows import waits

_log = logging.getLogger(__name__)
_SELF = "countercard"

LOOK_SECONDS: Final = 600.0
"""How often it is seen whether a day has passed, and nobody is being served."""

WATCHED: Final = timedelta(days=14)
"""How long an order somebody decided about is watched: an answer may still come."""

_A_DAY: Final = timedelta(days=1)
_MOST: Final = 200
_PAGE: Final = 50
_FINISHED: Final = frozenset(
    {Phase.FULFILLED, Phase.TO_BE_CONFIRMED, Phase.REFUSED, Phase.NOT_BOUGHT, Phase.WITHDRAWN}
)


class Purging:
    """Purges by itself once a day what is older than the shop keeps it, and whatever a manager names."""

    def __init__(
        self,
        journal: Journal,
        intake: Intake,
        keys: Keys,
        folder: Path,
        changes: Changes,
        now: Now,
        days: int,
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._keys = keys
        self._folder = folder
        self._changes = changes
        self._now = now
        self._days = timedelta(days=days)
        self._looked_at: datetime | None = None
        self._behind = ("", "")
        self._unwiped = False

    async def look(self) -> None:
        """Purge once a day what is due, when nobody is being served; some of it at a time."""
        if await self._journal.leased():
            return
        if self._unwiped:
            await self._wipe()
        now = self._now()
        if self._looked_at is not None and abs(now - self._looked_at) < _A_DAY:
            return
        if await self.by_policy() < _MOST:
            self._looked_at, self._behind = now, ("", "")

    async def by_policy(self) -> int:
        """Purge some of the orders that are due; returns how many."""
        before, purged = self._now() - self._days, 0
        while purged < _MOST:
            found = await self._keys.old(before, self._behind, _PAGE)
            for at, order_id in found:
                self._behind = at, order_id
                try:
                    order = await self._journal.order(order_id)
                    since = done_since(order, self._now())
                    if since is not None and since < before and not self._has_files(order):
                        await self._purge(
                            order, _SELF, Purged(**self._journal.head(order, _SELF), reason="policy")
                        )
                        purged += 1
                except (NotAllowed, StoreProblem) as error:
                    # A damaged order, or one that moves on at this moment: the others are not kept by it.
                    _log.info("order %s: not purged: %s", order_id, error.reason)
            if len(found) < _PAGE:
                break
        if purged:
            await self._wipe()
            self._changes.announce("orders")
        return purged

    async def by_hand(self, order_id: str, by: str, evidence: str) -> Order:
        """Purge a finished order now, for the reason `evidence`.

        Raises NotAllowed: "not_finished", "needs_evidence", "code_in_evidence", "not_a_manager", and "purged"
        for what was before.
        """
        order = await self._journal.order(order_id)
        if order.purged is not None:
            raise NotAllowed("purged", at=order.purged.at)
        await self._intake.check_evidence(order, evidence, by)
        if done_since(order, self._now()) is None or self._has_files(order):
            raise NotAllowed("not_finished")
        entry = Purged(**self._journal.head(order, by), reason="by_hand", evidence=evidence)
        order = await self._purge(order, by, entry)
        await self._wipe()
        self._changes.announce("orders")
        return order

    async def _purge(self, order: Order, by: str, entry: Purged) -> Order:
        after = await self._journal.append(order, entry)
        self._unwiped = True
        _log.info("order %s: purged by %s", order.id, "policy" if by == _SELF else "hand")
        return after

    async def _wipe(self) -> None:
        """Nothing of the key stays in the file, its log, or a backup that is older."""
        clean = await self._keys.wipe()
        now = self._now()

        def older() -> None:
            remove(backup for backup in backups(self._folder) if backup.taken_at <= now)

        await asyncio.to_thread(older)
        self._unwiped = not clean

    def _has_files(self, order: Order) -> bool:
        """Whether a reply to it still waits for the journal: its key is needed to read it."""
        return any(kept.order_id == order.id for kept in self._intake.spill.left())


def done_since(order: Order, now: datetime) -> datetime | None:
    """Since when nobody needs what is secret about `order`; None while somebody may.

    That is when its codes were last shown, handed over or printed; without any, when it came to its end.
    """
    if order.phase not in _FINISHED or order.purged is not None or waits(order):
        return None
    if order.spare_cards or order.parked_cards or order.claims:
        return None
    if order.settled is not None and now - order.settled.at < WATCHED:
        return None
    return max(_shown(order), default=max(entry.at for entry in order.entries))


def _shown(order: Order) -> Iterator[datetime]:
    for entry in order.entries:
        match entry:
            case Printed(cards=cards) | PrintFailed(cards=cards) if cards:
                yield entry.at
            case Revealed() | HandedOver():
                yield entry.at
            case _:
                pass
