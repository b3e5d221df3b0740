"""What lists show: orders by page and key, never by offset, so that a million cost no more than fifty."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from pos_app.money import Money
from pos_app.orders.entries import Placed, read_entry
from pos_app.orders.sale import SaleHead
from pos_app.seal import normalised
from pos_app.store.database import Database, Tx


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order as the row tables have it. `waits`: it waits for somebody."""

    order_id: str
    sale_id: str
    sale_number: str
    at: datetime
    by: str
    provider: str
    brand: str
    quantity: int
    price: Money
    recipient_hint: str
    phase: str
    waits: bool
    provider_order_no: str


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card by which its order may be found: `digest` and `plain_digest` of its code, as it was sealed."""

    order_id: str
    provider: str
    item: str
    digest: str
    plain_digest: str


_LAST = 4

_COLUMNS = (
    "order_id, sale_id, sale_number, at, by_whom, provider, brand, quantity, price_minor, currency,"
    " recipient_hint, phase, waits, provider_order_no"
)


class Views:
    """Reads lists for screens and commands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def orders(
        self,
        *,
        before: tuple[str, str] | None = None,
        limit: int = 50,
        search: str = "",
        also: Collection[str] = (),
        only_waiting: bool = False,
    ) -> tuple[OrderLine, ...]:
        """At most `limit` orders, newest first, older than `before` (time as ISO text and order id).

        `search` finds by the beginning of the sale number, by the provider's order number or by the last
        four characters of a code; `also` are ids of orders that it finds besides.
        """
        where: list[str] = []
        values: list[object] = []
        if before is not None:
            where.append("(at < ? OR (at = ? AND order_id < ?))")
            values += [before[0], before[0], before[1]]
        if only_waiting:
            where.append("waits = 1")
        if text := search.strip():
            found = (
                "(sale_number >= ? AND sale_number < ?)",
                "provider_order_no = ?",
                "order_id IN (SELECT order_id FROM card_row WHERE last_four = ? AND last_four <> '')",
                f"order_id IN ({', '.join('?' for _ in also)})",
            )
            where.append(f"({' OR '.join(found)})")
            values += [text, text + "\U0010ffff", text, normalised(text), *also]
        condition = f"WHERE {' AND '.join(where)}" if where else ""
        sql = f"SELECT {_COLUMNS} FROM order_row {condition} ORDER BY at DESC, order_id DESC LIMIT ?"  # noqa: S608
        rows = await self._database.run(lambda tx: tx.rows(sql, [*values, limit]))
        return tuple(_line(row) for row in rows)

    async def cards_ending_like(self, code: str) -> tuple[FoundCard, ...]:
        """The cards whose last four characters are those of `code`; none for one of four or fewer."""
        bare = normalised(code)
        if len(bare) <= _LAST:
            return ()
        sql = "SELECT order_id, provider, item, digest, plain_digest FROM card_row WHERE last_four = ?"
        rows = await self._database.run(lambda tx: tx.rows(sql, (bare[-_LAST:],)))
        return tuple(FoundCard(*(str(value) for value in row)) for row in rows)

    async def provider_orders(self, account: str, until: str, limit: int) -> frozenset[str]:
        """The provider's ids of the newest `limit` orders of `account` known before the entry `until`."""
        sql = (
            "SELECT claim.provider_order_id FROM claim JOIN order_row ON claim.order_id = order_row.order_id"
            " WHERE claim.account = ? AND EXISTS (SELECT 1 FROM entry JOIN entry AS mark ON mark.id = ?"
            " WHERE entry.order_id = claim.order_id AND entry.kind IN ('answered', 'settled', 'turned_up')"
            " AND (entry.register <> mark.register OR entry.seq < mark.seq)) ORDER BY at DESC LIMIT ?"
        )
        rows = await self._database.run(lambda tx: tx.rows(sql, (account, until, limit)))
        return frozenset(str(number) for (number,) in rows)

    async def waiting(self) -> int:
        """How many orders wait for somebody."""
        row = await self._database.run(lambda tx: tx.one("SELECT COUNT(*) FROM order_row WHERE waits = 1"))
        return int(row[0]) if row else 0

    async def waiting_since(self) -> tuple[datetime | None, int]:
        """When the oldest order that waits was placed (UTC, None without any), and how many wait."""
        row = await self._database.run(
            lambda tx: tx.one("SELECT MIN(at), COUNT(*) FROM order_row WHERE waits = 1")
        )
        if row is None or row[0] is None:
            return None, 0
        return datetime.fromisoformat(str(row[0])), int(row[1])

    async def paid_at_terminal(self, register: str, since: datetime) -> tuple[SaleHead, ...]:
        """The sales of `register` placed at `since` or later that a card terminal paid, newest first.

        One that can not be read is left out: its damage keeps nobody from selling.
        """

        def act(tx: Tx) -> tuple[SaleHead, ...]:
            rows = tx.rows(
                "SELECT CAST(entry.body AS BLOB) FROM order_row JOIN entry USING (order_id)"
                " WHERE order_row.at >= ? AND order_row.register = ? AND order_row.position = 0"
                " AND entry.n = 0 AND entry.body LIKE '%\"terminal\"%'"
                " ORDER BY order_row.at DESC, order_id DESC",
                (since.astimezone(UTC).isoformat(timespec="microseconds"), register),
            )
            heads: list[SaleHead] = []
            for (body,) in rows:
                with contextlib.suppress(ValueError):
                    heads += [entry.sale for entry in (read_entry(body),) if isinstance(entry, Placed)]
            return tuple(heads)

        return await self._database.run(act)

    async def sold_since(self, since: datetime) -> dict[tuple[str, str], int]:
        """Cards sold since `since` (UTC), by provider and brand."""

        def act(tx: Tx) -> dict[tuple[str, str], int]:
            rows = tx.rows(
                "SELECT provider, brand, SUM(quantity) FROM order_row WHERE at >= ? GROUP BY provider, brand",
                (since.isoformat(timespec="microseconds"),),
            )
            return {(str(provider), str(brand)): int(count) for provider, brand, count in rows}

        return await self._database.run(act)


def _line(row: tuple[object, ...]) -> OrderLine:
    (
        order_id,
        sale_id,
        number,
        at,
        by,
        provider,
        brand,
        quantity,
        minor,
        currency,
        hint,
        phase,
        waits,
        no,
    ) = (str(value) for value in row)
    return OrderLine(
        order_id=order_id,
        sale_id=sale_id,
        sale_number=number,
        at=datetime.fromisoformat(at),
        by=by,
        provider=provider,
        brand=brand,
        quantity=int(quantity),
        price=Money(int(minor), currency),
        recipient_hint=hint,
        phase=phase,
        waits=waits == "1",
        provider_order_no=no,
    )
