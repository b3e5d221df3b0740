"""What a purge does to the file: whose keys may go, and that nothing of a deleted key stays behind in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from pos_app.store.database import Database, Tx

_AT_ONCE: Final = 500


class Keys:
    """The wrapped keys of orders, as rows of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def old(self, before: datetime, after: tuple[str, str], limit: int) -> tuple[tuple[str, str], ...]:
        """Orders placed before `before` that have a key and wait for nobody, oldest first.

        At most `limit` of them, behind the pair of time and order id `after`; as such pairs.
        """
        sql = (
            "SELECT at, order_row.order_id FROM order_row JOIN order_key"
            " ON order_key.order_id = order_row.order_id WHERE waits = 0 AND at < ?"
            " AND (at, order_row.order_id) > (?, ?) ORDER BY at, order_row.order_id LIMIT ?"
        )
        values = (before.isoformat(timespec="microseconds"), *after, limit)
        rows = await self._database.run(lambda tx: tx.rows(sql, values))
        return tuple((str(at), str(order_id)) for at, order_id in rows)

    async def purged(self, order_ids: Collection[str]) -> frozenset[str]:
        """Which of `order_ids` were purged here."""

        def act(tx: Tx) -> frozenset[str]:
            living = {str(order_id) for (order_id,) in tx.rows("SELECT order_id FROM order_key")}
            asked = [order_id for order_id in order_ids if order_id not in living]
            found: set[str] = set()
            for start in range(0, len(asked), _AT_ONCE):
                some = asked[start : start + _AT_ONCE]
                marks = ", ".join("?" for _ in some)
                sql = f"SELECT order_id FROM entry WHERE order_id IN ({marks}) AND kind = 'purged'"  # noqa: S608
                found.update(str(order_id) for (order_id,) in tx.rows(sql, some))
            return frozenset(found)

        return await self._database.run(act)

    async def wipe(self) -> bool:
        """Leave nothing of deleted keys in the file nor in its log; False while somebody still reads it.

        A deleted row is overwritten, but what was moved from page to page before leaves copies of itself in
        the gaps: the table is emptied and filled anew, for emptied pages are overwritten whole.
        """
        await self._database.run(_written_anew)
        return await self._database.fold_log()


def _written_anew(tx: Tx) -> None:
    rows = tx.rows("SELECT order_id, wrapped FROM order_key ORDER BY rowid")
    tx.execute("DELETE FROM order_key")
    for row in rows:
        tx.execute("INSERT INTO order_key (order_id, wrapped) VALUES (?, ?)", row)
