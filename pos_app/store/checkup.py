"""What a store's file says about its own health. Read only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pos_app.store.database import Database

NUMBERS_GIVEN: Final = "SELECT name, value FROM counter WHERE name LIKE 'sale %' OR name LIKE 'claim %'"
"""The highest number of a sale and of a claim that each register gave."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a store: how many orders, the oldest and the newest sale's time (UTC; None without any)."""

    orders: int
    oldest: datetime | None
    newest: datetime | None


async def contents(database: Database) -> Contents:
    """What is in the store of `database`."""
    row = await database.run(lambda tx: tx.one("SELECT COUNT(*), MIN(at), MAX(at) FROM order_row"))
    count, *ends = row or (0, None, None)
    oldest, newest = (None if end is None else datetime.fromisoformat(str(end)) for end in ends)
    return Contents(int(count), oldest, newest)


async def is_cut_off(database: Database) -> bool:
    """Whether lists have seen more than the journal has: lines were cut off it, it was not put back."""
    sql = (
        "SELECT 1 FROM order_row WHERE n >"
        " (SELECT COUNT(*) FROM entry WHERE entry.order_id = order_row.order_id) LIMIT 1"
    )
    return await database.run(lambda tx: tx.one(sql)) is not None


async def numbers_given(database: Database) -> dict[str, int]:
    """The highest number that was given to a sale and to a claim, by counter."""
    rows = await database.run(lambda tx: tx.rows(NUMBERS_GIVEN))
    return {str(name): int(value) for name, value in rows}


async def newest_step(database: Database) -> int:
    """The newest step of the tables in the file; see `pos_app.store.schema`."""
    row = await database.run(lambda tx: tx.one("SELECT COALESCE(MAX(step), 0) FROM schema_step"))
    return int(row[0]) if row else 0


async def is_sound(database: Database) -> bool:
    """Whether SQLite finds every page of the file in order. Raises StoreProblem("damaged") for the worst."""
    rows = await database.run(lambda tx: tx.rows("PRAGMA quick_check(1)"))
    return [str(said) for (said,) in rows] == ["ok"]
