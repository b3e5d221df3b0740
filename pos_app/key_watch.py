"""Whether the keyring still gives the store's key: what can not be opened tomorrow is not sold today."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Final

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import Misconfigured, StoreProblem
from pos_app.seal import Sealer
from pos_app.store.facts import Facts
from pos_app.store.key import key_fits
from pos_app.vault import Vault

_log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 45.0
PATIENCE_SECONDS: Final = 20.0
"""How long a keyring may think about it; one that hangs keeps no key."""


class KeyWatch:
    """Asks the vault now and then. Without one (practice) the key is always there."""

    def __init__(
        self,
        vault: Vault | None,
        facts: Facts,
        sealer: Sealer,
        changes: Changes,
        now: Now,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._vault = vault
        self._facts = facts
        self._sealer = sealer
        self._changes = changes
        self._now = now
        self._patience = patience
        self._why: Misconfigured | None = None
        self._since: datetime | None = None

    @property
    def why(self) -> Misconfigured | None:
        """What keeps the key from being had, None while it can be."""
        return self._why

    @property
    def since(self) -> datetime | None:
        """Since when it can not be had."""
        return self._since

    def refuse_without(self) -> None:
        """Raise Misconfigured while the key can not be had."""
        if self._why is not None:
            raise Misconfigured(self._why.reason, since=self._since)

    async def look(self) -> None:
        """Ask once; announces `connections` when it is gone, or back."""
        if self._vault is None:
            return
        before, self._why = self._why, await self._asked(self._vault)
        if (before is None) is (self._why is None):
            return
        self._since = None if self._why is None else self._now()
        if self._why is None:
            _log.info("the keyring gives the store's key again")
        else:
            _log.error("the keyring does not give the store's key: %s", self._why.reason)
        self._changes.announce("connections")

    async def _asked(self, vault: Vault) -> Misconfigured | None:
        try:
            async with asyncio.timeout(self._patience):
                await key_fits(vault, self._facts, self._sealer)
        except Misconfigured as error:
            return error
        except TimeoutError:
            return Misconfigured("keyring_locked")
        except StoreProblem:
            # That the store can not be read is told by whatever reads it.
            return self._why
        return None
