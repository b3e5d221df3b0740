"""Codes at rest: what was handed over long ago is made unreadable for good, by deleting its order's key."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pos_app.changes import Changes
from pos_app.errors import NotAllowed, StoreProblem
from pos_app.intake import Intake
from pos_app.orders.entries import HandedOver, Printed, PrintFailed, Purged, Revealed
from pos_app.orders.order import Order, Phase
from pos_app.store.backup import KEYS_TAKEN, Backup, backups, keys_in, remove, take_keys_out
from pos_app.store.facts import Facts
from pos_app.store.journal import Journal
from pos_app.store.purge import Keys
from pos_app.store.rows import waits
from pos_app.store.steady import SteadyTime

_log = logging.getLogger(__name__)
_SELF = "countercard"

LOOK_SECONDS: Final = 600.0
"""How often the clock is looked at, and whether nobody is being served."""

WATCHED: Final = timedelta(days=14)
"""How long an order somebody decided about is watched: an answer may still come."""

_UNWIPED: Final = "purged and not wiped"
_UNCHANGED: Final = "copies with purged keys"
_MOST: Final = 200
_PAGE: Final = 50
_FINISHED: Final = frozenset(
    {Phase.FULFILLED, Phase.TO_BE_CONFIRMED, Phase.REFUSED, Phase.NOT_BOUGHT, Phase.WITHDRAWN}
)


class Purging:
    """Purges by itself once a day what is older than the shop keeps it, and whatever a manager names.

    What it does is never undone, so the age of an order is not reckoned by what the clock says at this
    moment, but by a time that has held for a day (`SteadyTime`).
    """

    def __init__(
        self,
        journal: Journal,
        intake: Intake,
        keys: Keys,
        facts: Facts,
        steady: SteadyTime,
        folder: Path,
        changes: Changes,
        days: int,
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._keys = keys
        self._facts = facts
        self._steady = steady
        self._folder = folder
        self._changes = changes
        self._days = timedelta(days=days)
        self._looked_at: datetime | None = None
        self._behind = ("", "")
        self._unwiped: bool | None = None
        self._clean: set[str] = set()
        self._told: set[str] = set()
        self._is_printing: Callable[[Order], bool] = lambda _order: False

    def not_while(self, is_printing: Callable[[Order], bool]) -> None:
        """Have no order purged whose codes are on their way to paper."""
        self._is_printing = is_printing

    async def look(self) -> None:
        """Purge what is due, when nobody is being served; some of it at a time. The copies follow."""
        held = await self._steady.look()
        if await self._journal.leased():
            return
        await self._own_up()
        if held is not None and held != self._looked_at and await self._by_policy(held) < _MOST:
            self._looked_at, self._behind = held, ("", "")
        await self._wipe()

    async def by_hand(self, order_id: str, by: str, evidence: str) -> Order:
        """Purge a finished order now, for the reason `evidence`.

        Raises NotAllowed: "not_finished", "in_flight" (its codes are being printed), "needs_evidence",
        "code_in_evidence", "not_a_manager", and "purged" for what was before.
        """
        order = await self._journal.order(order_id)
        if order.purged is not None:
            raise NotAllowed("purged", at=order.purged.at)
        await self._intake.check_evidence(order, evidence, by)
        if done_since(order, await self._steady.look()) is None or self._has_files(order):
            raise NotAllowed("not_finished")
        if self._is_printing(order):
            raise NotAllowed("in_flight")
        entry = Purged(**self._journal.head(order, by), reason="by_hand", evidence=evidence)
        order = await self._purge(order, by, entry)
        await self._wipe()
        self._changes.announce("orders")
        return order

    async def _by_policy(self, held: datetime) -> int:
        """Purge some of the orders that are due at `held`; returns how many."""
        before, purged = held - self._days, 0
        while purged < _MOST:
            found = await self._keys.old(before, self._behind, _PAGE)
            for at, order_id in found:
                self._behind = at, order_id
                try:
                    order = await self._journal.order(order_id)
                    since = done_since(order, held)
                    if since is not None and since < before and not self._is_needed(order):
                        await self._purge_by_itself(order)
                        purged += 1
                except (NotAllowed, StoreProblem) as error:
                    # A damaged order, or one that moves on at this moment: the others are not kept by it.
                    _log.info("order %s: not purged: %s", order_id, error.reason)
            if len(found) < _PAGE:
                break
        if purged:
            self._changes.announce("orders")
        return purged

    async def _own_up(self) -> None:
        """Write down what was purged behind the copy that this store was put back from: its keys are gone."""
        told = await self._facts.get(KEYS_TAKEN)
        if not told:
            return
        left: list[str] = []
        for order_id in json.loads(told):
            try:
                order = await self._journal.order(order_id)
                if order.purged is None and order.phase in _FINISHED:
                    await self._purge_by_itself(order)
                elif order.purged is None:
                    left.append(order_id)
            except (NotAllowed, StoreProblem) as error:
                left.append(order_id)
                _log.info("order %s: not written down as purged: %s", order_id, error.reason)
        if len(left) < len(json.loads(told)):
            await self._facts.put(KEYS_TAKEN, json.dumps(left) if left else "")
            self._changes.announce("orders")

    async def _purge_by_itself(self, order: Order) -> None:
        await self._purge(order, _SELF, Purged(**self._journal.head(order, _SELF), reason="policy"))

    async def _purge(self, order: Order, by: str, entry: Purged) -> Order:
        if not self._unwiped:
            # First, so that whoever is killed behind it finds it.
            await self._facts.put(_UNWIPED, "yes")
        after = await self._journal.append(order, entry)
        # A look that goes on meanwhile knows neither of it.
        self._unwiped, self._clean = True, set()
        _log.info("order %s: purged by %s", order.id, "policy" if by == _SELF else "hand")
        return after

    async def _wipe(self) -> None:
        """Nothing of a purged key stays in the file, in its log, or in a copy."""
        if self._unwiped is None:
            self._unwiped = bool(await self._facts.get(_UNWIPED))
        if self._unwiped:
            await self._wipe_store()
        copies = await asyncio.to_thread(backups, self._folder)
        # Looked at again when more was purged; one that was being written meanwhile is a new one.
        new = [copy for copy in copies if copy.path.name not in self._clean]
        unchanged = [copy.path.name for copy in new if not await self._follows(copy)]
        if unchanged != await unchanged_copies(self._facts):
            await self._facts.put(_UNCHANGED, json.dumps(unchanged))

    async def _wipe_store(self) -> None:
        self._unwiped = clean = False
        try:
            clean = await self._keys.wipe()
        finally:
            self._unwiped = self._unwiped or not clean
        if not self._unwiped:
            await self._facts.put(_UNWIPED, "")

    async def _follows(self, copy: Backup) -> bool:
        """Take the keys of what was purged out of `copy`; False when it could not be."""
        clean = self._clean
        try:
            gone = await self._keys.purged(await asyncio.to_thread(keys_in, copy))
            if gone:
                await asyncio.to_thread(take_keys_out, copy, gone)
        except StoreProblem as error:
            if copy.is_daily and error.reason == "damaged":
                _log.warning("backup %s: removed, for it is damaged", copy.path.name)
                await asyncio.to_thread(remove, (copy,))
                return True
            if copy.path.name not in self._told:
                self._told.add(copy.path.name)
                _log.warning("backup %s: keys could not be deleted: %s", copy.path.name, error.reason)
            return False
        clean.add(copy.path.name)
        return True

    def _is_needed(self, order: Order) -> bool:
        return self._has_files(order) or self._is_printing(order)

    def _has_files(self, order: Order) -> bool:
        """Whether a reply to it still waits for the journal: its key is needed to read it."""
        return any(kept.order_id == order.id for kept in self._intake.spill.left())


async def unchanged_copies(facts: Facts) -> list[str]:
    """The names of the copies that may still hold keys of what was purged: nobody could change them."""
    return json.loads(await facts.get(_UNCHANGED) or "[]")


def done_since(order: Order, held: datetime | None) -> datetime | None:
    """Since when nobody needs what is secret about `order`; None while somebody may.

    `held` is the time by which a decided order is watched no more, None where no time holds yet.
    That is when its codes were last shown, handed over or printed; without any, when it came to its end.
    """
    if order.phase not in _FINISHED or order.purged is not None or waits(order):
        return None
    if order.spare_cards or order.parked_cards or order.claims:
        return None
    if order.settled is not None and (held is None or held - order.settled.at < WATCHED):
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
