"""What a store says about itself: its id, whether it is for training, which store key it belongs to."""

from __future__ import annotations

from pos_app.store.database import Database, Tx


class Facts:
    """Named texts about the store, each written once or replaced as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        """The fact `name`, None when it was never written."""
        row = await self._database.run(lambda tx: tx.one("SELECT value FROM fact WHERE name = ?", (name,)))
        return None if row is None else str(row[0])

    async def first(self, name: str, value: str) -> str:
        """Write `value` as the fact `name` unless there is one; returns the fact that holds."""

        def act(tx: Tx) -> str:
            tx.execute(
                "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, value)
            )
            row = tx.one("SELECT value FROM fact WHERE name = ?", (name,))
            return str(row[0]) if row else value

        return await self._database.run(act)

    async def put(self, name: str, value: str) -> None:
        """Write `value` as the fact `name`, whatever it was."""
        await self._database.run(lambda tx: write_fact(tx, name, value))


def write_fact(tx: Tx, name: str, value: str) -> None:
    """Write `value` as the fact `name`, whatever it was, in a transaction that does more."""
    tx.execute(
        "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE"
        " SET value = excluded.value",
        (name, value),
    )
