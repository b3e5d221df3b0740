"""The managers of a store: their names, the hashes of their PINs, and how often somebody guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from pos_app.store.database import Database, Tx

_NOTHING: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class ManagerRow:
    """One manager. `key` is the name as it is compared; `wrong` are the tries in a row that failed."""

    key: str
    name: str
    salt: str = field(repr=False)
    hash: str = field(repr=False)
    cost: str
    wrong: int = 0


def unnoted(_tx: Tx) -> None:
    """Before a store is set up there is no journal to write into."""


class Managers:
    """Rows of managers. A try counts as wrong from its beginning until it is known to be right."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def names(self) -> tuple[str, ...]:
        """What all managers are called, in the order in which they were added."""
        rows = await self._database.run(
            lambda tx: tx.rows("SELECT name FROM manager ORDER BY added_at, name_key")
        )
        return tuple(str(name) for (name,) in rows)

    async def all(self) -> tuple[tuple[str, datetime], ...]:
        """What all managers are called and when they were added, in this order."""
        rows = await self._database.run(
            lambda tx: tx.rows("SELECT name, added_at FROM manager ORDER BY added_at, name_key")
        )
        return tuple((str(name), datetime.fromisoformat(added)) for name, added in rows)

    async def add(
        self, row: ManagerRow, at: datetime, *, alone: bool, noted: Callable[[Tx], None] = unnoted
    ) -> bool:
        """Add a manager, in the place of all others if `alone`; False when the name is taken.

        Here and below `noted` writes in the same transaction what was changed, if it was.
        """

        def act(tx: Tx) -> bool:
            if alone:
                tx.execute("DELETE FROM manager")
            added = tx.execute(
                "INSERT INTO manager (name_key, name, salt, hash, cost, added_at, wrong, last_try) "
                "VALUES (?, ?, ?, ?, ?, ?, 0, '') ON CONFLICT (name_key) DO NOTHING",
                (row.key, row.name, row.salt, row.hash, row.cost, _written(at)),
            )
            if added == 1:
                noted(tx)
            return added == 1

        return await self._database.run(act)

    async def change_pin(self, row: ManagerRow, noted: Callable[[Tx], None] = unnoted) -> bool:
        """Keep another PIN of a manager, whose wrong tries are over with it; False when there is none."""
        sql = "UPDATE manager SET salt = ?, hash = ?, cost = ?, wrong = 0, last_try = '' WHERE name_key = ?"
        kept = row.salt, row.hash, row.cost, row.key

        def act(tx: Tx) -> bool:
            changed = tx.execute(sql, kept) == 1
            if changed:
                noted(tx)
            return changed

        return await self._database.run(act)

    async def remove(
        self, key: str, noted: Callable[[Tx], None] = unnoted
    ) -> Literal["removed", "unknown", "last"]:
        """Take a manager out, unless nobody would be left to decide; what stood against it is told."""

        def act(tx: Tx) -> Literal["removed", "unknown", "last"]:
            if tx.one("SELECT 1 FROM manager WHERE name_key = ?", (key,)) is None:
                return "unknown"
            if tx.one("SELECT 1 FROM manager WHERE name_key != ?", (key,)) is None:
                return "last"
            tx.execute("DELETE FROM manager WHERE name_key = ?", (key,))
            noted(tx)
            return "removed"

        return await self._database.run(act)

    async def begin_try(
        self, key: str, at: datetime, pause: Callable[[int], timedelta]
    ) -> ManagerRow | timedelta | None:
        """Count a try against the manager `key` and return the row as it was, for the PIN to be compared.

        While `pause` after so many wrong tries is not over it is not counted, and what is left of the pause
        is returned; None when there is no such manager.
        """

        def act(tx: Tx) -> ManagerRow | timedelta | None:
            found = tx.one(
                "SELECT name, salt, hash, cost, wrong, last_try FROM manager WHERE name_key = ?", (key,)
            )
            if found is None:
                return None
            name, salt, digest, cost, wrong, last_try = found
            if last_try and (left := _left(tx, key, at, last_try, pause(wrong))):
                return left
            tx.execute(
                "UPDATE manager SET wrong = wrong + 1, last_try = ? WHERE name_key = ?", (_written(at), key)
            )
            return ManagerRow(key, str(name), str(salt), str(digest), str(cost), int(wrong))

        return await self._database.run(act)

    async def restart_pauses(self, at: datetime) -> None:
        """Let the last try of everybody who guessed wrong have been at `at`."""
        sql = "UPDATE manager SET last_try = ? WHERE wrong > 0"
        await self._database.run(lambda tx: tx.execute(sql, (_written(at),)))

    async def forgive(self, key: str) -> None:
        """The try was right: the count begins anew."""
        await self._database.run(
            lambda tx: tx.execute("UPDATE manager SET wrong = 0, last_try = '' WHERE name_key = ?", (key,))
        )


def _left(tx: Tx, key: str, at: datetime, last_try: str, pause: timedelta) -> timedelta:
    """What is left of `pause`; it begins anew when the clock was turned back behind the last try."""
    since = at - datetime.fromisoformat(last_try)
    if since < _NOTHING:
        tx.execute("UPDATE manager SET last_try = ? WHERE name_key = ?", (_written(at), key))
        since = _NOTHING
    return max(pause - since, _NOTHING)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
