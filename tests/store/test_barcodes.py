"""Mapped barcodes: kept with the store, each for one card, until somebody takes it out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pos_app.money import Money
from pos_app.orders.product import Product
from pos_app.store.barcodes import BarcodeRow, BarcodeRows
from tests.store.shelf import FACE, PRODUCT, Shelves, play

CARD = replace(PRODUCT, region="us")
OPEN = replace(CARD, item="acme-open", face=None, least=Money(1000, "USD"))


def test_a_barcode_stands_for_one_card_until_it_is_taken_out(path: Path) -> None:
    async def map_some(shelves: Shelves) -> None:
        shelf = await shelves.open()
        rows = BarcodeRows(shelf.database)
        assert await rows.put("04006381333931", CARD, "Ana", shelf.clock()) is None
        shelf.clock.turn(minutes=1)
        assert await rows.put("SHELF-1", OPEN, "Ana", shelf.clock()) is None
        taken = await rows.put("SHELF-1", PRODUCT, "Ben", shelf.clock())
        assert taken is not None
        assert taken.item == "acme-open"

    async def read(shelves: Shelves) -> tuple[BarcodeRow, ...]:
        rows = BarcodeRows((await shelves.open()).database)
        found = await rows.all()
        assert await rows.find("SHELF-1") == found[0]
        assert await rows.find("SHELF-2") is None
        assert await rows.remove("SHELF-1")
        assert not await rows.remove("SHELF-1")
        assert await rows.all() == found[1:]
        return found

    play(path, map_some)
    assert play(path, read) == (
        BarcodeRow("SHELF-1", "cardpluspay", "acme-open", "Acme Games", "us", None),
        BarcodeRow("04006381333931", "cardpluspay", "ACME-25", "Acme Games", "us", FACE),
    )


def test_products_are_told_with_their_face(path: Path) -> None:
    yen: Product = replace(PRODUCT, currency="JPY", face=Money(2500, "JPY"))

    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        rows = BarcodeRows(shelf.database)
        await rows.put("SHELF-9", yen, "Ana", shelf.clock())
        (row,) = await rows.all()
        assert row.face == Money(2500, "JPY")

    play(path, scene)
