"""What a store's file says about its own health. Read only."""

from __future__ import annotations

from pos_app.store.database import Database


async def newest_step(database: Database) -> int:
    """The newest step of the tables in the file; see `pos_app.store.schema`."""
    row = await database.run(lambda tx: tx.one("SELECT COALESCE(MAX(step), 0) FROM schema_step"))
    return int(row[0]) if row else 0


async def is_sound(database: Database) -> bool:
    """Whether SQLite finds every page of the file in order. Raises StoreProblem("damaged") for the worst."""
    rows = await database.run(lambda tx: tx.rows("PRAGMA quick_check(1)"))
    return [str(said) for (said,) in rows] == ["ok"]
