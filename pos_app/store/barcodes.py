"""Rows of barcodes: which of a company's cards each stands for, shared by all registers of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pos_app.money import Money
from pos_app.orders.product import Product
from pos_app.store.database import Database, Tx

_FIND: Final = "SELECT code, provider, item, brand, region, face, currency FROM barcode WHERE code = ?"
_ALL: Final = "SELECT code, provider, item, brand, region, face, currency FROM barcode ORDER BY at DESC, code"
_ADD: Final = (
    "INSERT INTO barcode (code, provider, item, brand, region, face, currency, by_whom, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class BarcodeRow:
    """What the barcode `number` stands for: a company's `item`, its brand, region and face value.

    `face` is None for an open amount.
    """

    number: str
    provider: str
    item: str
    brand: str
    region: str
    face: Money | None


class BarcodeRows:
    """The mapped barcodes of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, code: str) -> BarcodeRow | None:
        """What `code` stands for, None for a barcode nobody mapped."""
        found = await self._database.run(lambda tx: tx.one(_FIND, (code,)))
        return None if found is None else _row(found)

    async def all(self) -> tuple[BarcodeRow, ...]:
        """All of them, the newest first."""
        return tuple(_row(found) for found in await self._database.run(lambda tx: tx.rows(_ALL)))

    async def put(self, code: str, product: Product, by: str, at: datetime) -> BarcodeRow | None:
        """Have `code` stand for `product`; returns what it stands for already, nothing being changed then."""

        def act(tx: Tx) -> BarcodeRow | None:
            if (found := tx.one(_FIND, (code,))) is not None:
                return _row(found)
            face = None if product.face is None else product.face.minor
            card = (product.provider, product.item, product.brand, product.region, face, product.currency)
            tx.execute(_ADD, (code, *card, by, at.isoformat(timespec="microseconds")))
            return None

        return await self._database.run(act)

    async def remove(self, code: str) -> bool:
        """Have `code` stand for nothing; False when it already does."""
        sql = "DELETE FROM barcode WHERE code = ?"
        return await self._database.run(lambda tx: tx.execute(sql, (code,)) == 1)


def _row(found: tuple[Any, ...]) -> BarcodeRow:
    code, provider, item, brand, region, face, currency = found
    amount = None if face is None else Money(int(face), str(currency))
    return BarcodeRow(str(code), str(provider), str(item), str(brand), str(region), amount)
