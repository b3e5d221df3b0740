"""What looks into a provider's books have shown, and which orders they may be about.

Looks that showed nothing outlive a restart: two of them, far enough apart, prove that nothing was bought.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from pos_app.orders.entries import Sent
from pos_app.orders.order import Phase
from pos_app.store.database import Database

_LAST: Final = 20
_STILL_OPEN: Final = (Phase.TO_DO, Phase.SENT, Phase.CODES_PENDING)
_BOUGHT: Final = (Phase.CODES_PENDING, Phase.TO_BE_CONFIRMED, Phase.FULFILLED)


class Looks:
    """Empty looks by order, and orders by what the books may show of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def empty(self, order_ids: Collection[str]) -> dict[str, tuple[datetime, ...]]:
        """The provider's times of the looks that showed nothing about each of these orders."""
        marks = ", ".join("?" for _ in order_ids)
        sql = f"SELECT order_id, at FROM empty_look WHERE order_id IN ({marks}) ORDER BY at"  # noqa: S608
        rows = await self._database.run(lambda tx: tx.rows(sql, list(order_ids)))
        found: dict[str, tuple[datetime, ...]] = {}
        for order_id, at in rows:
            found[str(order_id)] = (*found.get(str(order_id), ()), datetime.fromisoformat(str(at)))
        return found

    async def keep_empty(self, seen: Mapping[str, datetime]) -> None:
        """Keep that a look at the provider's time given showed nothing about the order."""
        sql = "INSERT INTO empty_look (order_id, at) VALUES (?, ?) ON CONFLICT (order_id, at) DO NOTHING"
        if seen:
            await self._database.run(
                lambda tx: [
                    tx.execute(sql, (order_id, at.isoformat(timespec="microseconds")))
                    for order_id, at in seen.items()
                ]
            )

    async def forget_empty(self, order_ids: Collection[str]) -> None:
        """The books showed something, or there is nothing to prove any more: begin anew."""
        if order_ids:
            marks = ", ".join("?" for _ in order_ids)
            sql = f"DELETE FROM empty_look WHERE order_id IN ({marks})"  # noqa: S608
            await self._database.run(lambda tx: tx.execute(sql, list(order_ids)))

    async def last_sent(self) -> tuple[tuple[str, Sent], ...]:
        """The last requests, oldest first, each with its account and what the books showed before it."""
        sql = (
            "SELECT order_row.account, CAST(entry.body AS BLOB) FROM entry"
            " JOIN order_row ON order_row.order_id = entry.order_id WHERE entry.kind = 'sent'"
            " ORDER BY entry.register DESC, entry.seq DESC LIMIT ?"
        )
        rows = await self._database.run(lambda tx: tx.rows(sql, (_LAST,)))
        told: list[tuple[str, Sent]] = []
        for account, body in reversed(rows):
            # A damaged line is one order's trouble.
            with contextlib.suppress(ValueError):
                told.append((str(account), Sent.model_validate_json(body)))
        return tuple(told)

    async def bought_without_number(self, account: str) -> tuple[str, ...]:
        """The orders that were bought on `account` and of which nobody knows the provider's id."""
        marks = ", ".join("?" for _ in _BOUGHT)
        sql = (
            "SELECT order_id FROM order_row WHERE provider_order_no = '' AND account = ?"  # noqa: S608
            f" AND phase IN ({marks})"
        )
        values = [account, *(str(phase) for phase in _BOUGHT)]
        rows = await self._database.run(lambda tx: tx.rows(sql, values))
        return tuple(str(order_id) for (order_id,) in rows)

    async def still_open(self, account: str) -> int:
        """How many orders of `account` are to do, have no answer or wait for codes, readable or not."""
        marks = ", ".join("?" for _ in _STILL_OPEN)
        sql = f"SELECT COUNT(*) FROM order_row WHERE account = ? AND phase IN ({marks})"  # noqa: S608
        values = [account, *(str(phase) for phase in _STILL_OPEN)]
        ((count,),) = await self._database.run(lambda tx: tx.rows(sql, values))
        return int(count)

    async def not_bought(self) -> dict[str, int]:
        """The orders that were judged not bought, each with the number of its entries."""
        sql = "SELECT order_id, n FROM order_row WHERE phase = ?"
        rows = await self._database.run(lambda tx: tx.rows(sql, (str(Phase.NOT_BOUGHT),)))
        return {str(order_id): int(n) for order_id, n in rows}
