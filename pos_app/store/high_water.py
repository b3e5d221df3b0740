"""How far the journal had come, kept in the vault: a store that was put back, or cut off, is known by it.

The mark is written some seconds behind the entries, never in their way, so it may lag; it is never ahead.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from pos_app.errors import Misconfigured, StoreProblem
from pos_app.store.database import Database, Tx
from pos_app.store.heads import JournalEnd, ends
from pos_app.vault import Vault

MARK_SECONDS: Final = 10.0
"""How often somebody should `keep` the mark: a vault may take its time, and a busy counter needs one mark."""

_PAUSE: Final = 60
"""How many turns a vault that took nothing is left alone: it may ask a person each time."""

_DIGITS: Final = 32
"""How much of a link is kept: a keyring's secrets are short, on Windows 2,560 bytes for all registers."""

_MARKS: Final = TypeAdapter(dict[str, tuple[int, str]])
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The journal is not the one it was: `register` has `found` lines and is known to have had `known`.

    With as many lines or more it is another journal, which took the place of the one that was.
    """

    register: str
    found: int
    known: int


class HighWater:
    """The mark of the store `store_id`: for each register the end its lines are known to have had."""

    def __init__(self, database: Database, vault: Vault, store_id: str) -> None:
        self._database = database
        self._vault = vault
        self._name = f"high-water-{store_id}"
        self._kept: tuple[JournalEnd, ...] | None = None
        self._pause = 0
        self._was_told = False
        self.rolled_back: RolledBack | None = None
        """What `check` found; None once it was acknowledged."""

    async def known(self) -> tuple[JournalEnd, ...]:
        """The ends that are kept. Raises Misconfigured when the vault can not be asked."""
        told = await self._vault.get(self._name)
        try:
            marks = _MARKS.validate_json(told) if told is not None else {}
        except ValidationError:
            # Whoever can write into the vault can do worse; a torn mark is none.
            marks = {}
        return tuple(JournalEnd(register, *mark) for register, mark in sorted(marks.items()))

    async def check(self) -> RolledBack | None:
        """Whether the journal is behind its mark, or another one; None if the vault can not be asked."""
        try:
            known = await self.known()
        except Misconfigured as error:
            self._tell(error)
            return None
        self.rolled_back = await self._database.run(lambda tx: _behind(tx, known))
        self._kept = known
        if self.rolled_back is not None:
            found = self.rolled_back
            _log.warning(
                "register %s: the journal has %d lines and is known to have had %d",
                found.register,
                found.found,
                found.known,
            )
        return self.rolled_back

    def acknowledge(self) -> None:
        """What is to become of a store that was put back is decided: from now on its journal is the one."""
        self.rolled_back = None

    async def start_over(self) -> None:
        """Take the journal as it is now for the one, whatever was known of another; raises like `keep`."""
        self._kept, self.rolled_back = (), None
        await self.keep()

    async def keep(self) -> None:
        """Bring the mark to where the journal is. What the vault does not take is logged once, and waits.

        Nothing is kept over the mark of a journal that was rolled back, until that is acknowledged. Raises
        StoreProblem when the journal can not be read.
        """
        if self._pause:
            self._pause -= 1
            return
        if self._kept is None:
            await self.check()
        if self._kept is None or self.rolled_back is not None:
            return
        now = await self._database.run(_shortened)
        if now == self._kept:
            return
        marks = {end.register: (end.count, end.link) for end in now}
        try:
            await self._vault.put(self._name, _MARKS.dump_json(marks).decode())
        except (Misconfigured, StoreProblem) as error:
            self._tell(error)
            return
        self._kept = now

    def _tell(self, error: Misconfigured | StoreProblem) -> None:
        self._pause = _PAUSE
        if not self._was_told:
            self._was_told = True
            _log.warning("the journal's mark can not be kept: %s", error.reason)


def _shortened(tx: Tx) -> tuple[JournalEnd, ...]:
    return tuple(JournalEnd(end.register, end.count, end.link[:_DIGITS]) for end in ends(tx))


def _behind(tx: Tx, known: tuple[JournalEnd, ...]) -> RolledBack | None:
    for end in known:
        row = tx.one("SELECT link FROM entry WHERE register = ? AND seq = ?", (end.register, end.count))
        if row is None or not str(row[0]).startswith(end.link):
            last = tx.one("SELECT COALESCE(MAX(seq), 0) FROM entry WHERE register = ?", (end.register,))
            return RolledBack(end.register, int(last[0]) if last else 0, end.count)
    return None
