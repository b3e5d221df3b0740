"""The cached catalogue: what the providers sell, as last read, so that the till opens without a network.

A list is read into rows of its own, page by page, and put on the shelves when it is there as a whole: a shelf
that is as it was is not written. Whatever is long is done in steps, each a transaction of its own, so that a
sale's entries never wait for a catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from pos_app.orders.product import Product
from pos_app.orders.shelves import Shelf, key_of, packed, shelf
from pos_app.store.database import Database, Tx
from pos_app.store.facts import write_fact

_PRODUCT: Final = TypeAdapter(Product)
_SHELVES_A_STEP: Final = 30
_ROWS_A_STEP: Final = 500

WHOLE: Final = "whole"
"""What is kept of a reading that came to its end, and is not on the shelves yet."""


@dataclass(frozen=True, slots=True)
class Step:
    """Some shelves were gone through: `changed` are not as they were; `after` is where to go on."""

    changed: tuple[Shelf, ...]
    after: tuple[str, str] | None


class Products:
    """Shelves by provider, and beside them what is being read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def shelves(self, currency: str) -> tuple[Shelf, ...]:
        """What is offered in `currency`; rows that can not be read are left out."""

        def act(tx: Tx) -> tuple[Shelf, ...]:
            if tx.one("SELECT 1 FROM sqlite_master WHERE name = 'shelf'") is None:
                # Somebody looks at a store of an older program, which is not brought up to date for that.
                return ()
            sql = "SELECT provider, currency, key, head, products FROM shelf WHERE currency = ?"
            return _read(tx.rows(sql, (currency,)))

        return await self._database.run(act)

    async def reading(self, provider: str) -> str:
        """What was kept about the list of `provider` that is being read; empty when none is."""
        row = await self._database.run(
            lambda tx: tx.one("SELECT value FROM fact WHERE name = ?", (_fact(provider),))
        )
        return "" if row is None else str(row[0])

    async def stage(self, provider: str, products: Sequence[Product], reading: str) -> None:
        """Keep a page of the list that is being read, and `reading` about it; of an item's two the later."""

        def act(tx: Tx) -> None:
            for product in products:
                tx.execute(
                    "INSERT OR REPLACE INTO product (provider, item, body, currency, shelf)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (
                        provider,
                        product.item,
                        _PRODUCT.dump_json(product).decode(),
                        product.currency,
                        key_of(product),
                    ),
                )
            write_fact(tx, _fact(provider), reading)

        await self._database.run(act)

    async def put_on_shelves(self, provider: str, after: tuple[str, str] | None) -> Step:
        """Put some of what was read on the shelves, from the first or from behind the shelf `after`."""

        def act(tx: Tx) -> Step:
            keys = tx.rows(
                "SELECT DISTINCT currency, shelf FROM product"
                " WHERE provider = ? AND (currency, shelf) > (?, ?) ORDER BY currency, shelf LIMIT ?",
                (provider, *(after or ("", "")), _SHELVES_A_STEP),
            )
            changed = [one for currency, key in keys if (one := _put(tx, provider, currency, key))]
            last = keys[-1] if len(keys) == _SHELVES_A_STEP else None
            return Step(tuple(changed), None if last is None else (last[0], last[1]))

        return await self._database.run(act)

    async def take_from_shelves(self, provider: str) -> tuple[tuple[str, str], ...]:
        """Take off what the list that was read does not have any more; with that the reading is over.

        Returns currency and key of the shelves that are gone.
        """

        def act(tx: Tx) -> tuple[tuple[str, str], ...]:
            left = (
                "FROM shelf WHERE provider = ? AND NOT EXISTS (SELECT 1 FROM product WHERE"
                " product.provider = shelf.provider AND product.currency = shelf.currency"
                " AND product.shelf = shelf.key)"
            )
            gone = tx.rows(f"SELECT currency, key {left}", (provider,))
            if gone:
                tx.execute(f"DELETE {left}", (provider,))
            _forget(tx, provider)
            return tuple((str(currency), str(key)) for currency, key in gone)

        return await self._database.run(act)

    async def forget_reading(self, provider: str) -> None:
        """What was read does not count: the list is begun anew."""
        await self._database.run(lambda tx: _forget(tx, provider))

    async def clear(self, provider: str) -> bool:
        """Take away some of what was read; whether there may be more. Shelves stay."""
        touched = await self._database.run(
            lambda tx: tx.execute(
                "DELETE FROM product WHERE rowid IN (SELECT rowid FROM product WHERE provider = ? LIMIT ?)",
                (provider, _ROWS_A_STEP),
            )
        )
        return touched == _ROWS_A_STEP


def _put(tx: Tx, provider: str, currency: str, key: str) -> Shelf | None:
    """Put one shelf in order; None where it is as it was."""
    products: list[Product] = []
    sql = "SELECT body FROM product WHERE provider = ? AND currency = ? AND shelf = ? ORDER BY rowid"
    for (body,) in tx.rows(sql, (provider, currency, key)):
        try:
            products.append(_PRODUCT.validate_json(body))
        except ValidationError:
            # Another program wrote it.
            continue
    if not products:
        return None
    head, texts = packed(products)
    known = tx.one(
        "SELECT head, products FROM shelf WHERE provider = ? AND currency = ? AND key = ?",
        (provider, currency, key),
    )
    if known == (head, texts):
        return None
    tx.execute(
        "INSERT OR REPLACE INTO shelf (provider, currency, key, head, products) VALUES (?, ?, ?, ?, ?)",
        (provider, currency, key, head, texts),
    )
    return shelf(provider, currency, key, head, texts)


def _read(rows: list[tuple[str, str, str, str, str]]) -> tuple[Shelf, ...]:
    found: list[Shelf] = []
    for row in rows:
        try:
            found.append(shelf(*row))
        except ValueError:
            continue
    return tuple(found)


def _forget(tx: Tx, provider: str) -> None:
    tx.execute("DELETE FROM fact WHERE name = ?", (_fact(provider),))


def _fact(provider: str) -> str:
    return f"catalogue {provider}"
