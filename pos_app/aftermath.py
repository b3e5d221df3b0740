"""What the card companies have that a store does not: orders of the time it lost when it was put back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pos_app.errors import Misconfigured, NotTaken
from pos_app.orders.answers import Row
from pos_app.orders.notes import STORE, Restored
from pos_app.providers.base import Provider
from pos_app.store.journal import Journal
from pos_app.store.views import Views

_MOST_KNOWN: Final = 50
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """What one company's list shows that no order here is known to be: `rows`, newest first.

    `nameless` counts rows that show no id. `reached`: the list was read back to an order that is known; if
    not, there may be more, or these may be older than the store. `asked` is False where the company did not
    answer: then nothing is known about it.
    """

    provider: str
    account: str
    rows: tuple[Row, ...]
    nameless: int = 0
    reached: bool = True
    asked: bool = True


class Aftermath:
    """Looks at the companies' lists after a store was restored, moved, or found put back."""

    def __init__(self, journal: Journal, views: Views, providers: Mapping[str, Provider]) -> None:
        self._journal = journal
        self._views = views
        self._providers = providers

    async def restored(self) -> Restored | None:
        """The last time the store began a new life; None if it never did."""
        notes = [note for note in await self._journal.notes(STORE) if isinstance(note, Restored)]
        return notes[-1] if notes else None

    async def unclaimed_since_restore(self) -> tuple[Unclaimed, ...]:
        """By company, the orders in its list that are newer than what was known before, and nobody's here.

        Nothing for a store that never began a new life, for a company with nothing of the kind, and for one
        that shows no list. Each may be a card that was sold in the time that was lost, or somebody else's.
        """
        restored = await self.restored()
        if restored is None:
            return ()
        found = [
            await self._unclaimed(provider, restored) for _name, provider in sorted(self._providers.items())
        ]
        return tuple(one for one in found if one is not None)

    async def _unclaimed(self, provider: Provider, restored: Restored) -> Unclaimed | None:
        known = await self._views.provider_orders(provider.account, restored.id, _MOST_KNOWN)
        try:
            look = await provider.rows(known)
        except (NotTaken, Misconfigured) as error:
            _log.info("%s: its list was not read: %s", provider.name, error.reason)
            return Unclaimed(provider.name, provider.account, (), reached=False, asked=False)
        if look is None:
            return None
        ids = [row.provider_order_id for row in look.rows]
        rows = look.unclaimed(await self._journal.claimed(provider.account, ids))
        if not rows and not look.nameless:
            return None
        return Unclaimed(provider.name, provider.account, rows, look.nameless, look.reached)
