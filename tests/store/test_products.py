"""The cached catalogue: read page by page, put on the shelves as a whole, and never a reason not to open."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pos_app.money import Money
from pos_app.orders.product import Product
from pos_app.orders.shelves import unpacked
from pos_app.store.database import look_into_database, open_database
from pos_app.store.products import WHOLE, Products
from tests.store.shelf import PRODUCT, Shelves, play
from tests.store.test_schemas import unpacked as older_store

GIFT = Product(
    "levelup", "77", "Café Ünïcode 💳", "Gift card", "USD", "email",
    least=Money(1000, "USD"), most=Money(50000, "USD"), countries=("US", "CA"), address="14 Quay Street",
)  # fmt: skip
ODD = Product(
    "levelup", "78", "بطاقة", "ก" * 300, "USD", "codes", region="",
    face=Money(1500, "EUR"), cost=Money(1600, "USD"), countries=("TH",),
)  # fmt: skip


async def put(products: Products, provider: str, some: Sequence[Product]) -> int:
    """Read a whole list; how many shelves have changed."""
    await products.stage(provider, some, "reading")
    after, changed = None, 0
    while True:
        step = await products.put_on_shelves(provider, after)
        changed, after = changed + len(step.changed), step.after
        if after is None:
            break
    await products.take_from_shelves(provider)
    while await products.clear(provider):
        pass
    return changed


async def everything(products: Products, currency: str = "USD") -> list[Product]:
    found = [product for shelf in await products.shelves(currency) for product in unpacked(shelf)]
    return sorted(found, key=lambda product: product.key)


def test_products_come_back_as_they_were(path: Path) -> None:
    euro = replace(PRODUCT, item="euro", currency="EUR", face=Money(1000, "EUR"))

    async def write(shelves: Shelves) -> None:
        products = Products((await shelves.open()).database)
        assert await everything(products) == []
        await put(products, "levelup", [GIFT, ODD])
        await put(products, "cardpluspay", [PRODUCT, replace(PRODUCT, item="acme-25"), euro])

    async def read(shelves: Shelves) -> tuple[list[Product], list[Product]]:
        products = Products((await shelves.open()).database)
        return await everything(products), await everything(products, "EUR")

    play(path, write)
    assert play(path, read) == ([PRODUCT, replace(PRODUCT, item="acme-25"), GIFT, ODD], [euro])


def test_one_provider_s_list_is_replaced_and_the_other_s_kept(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        products = Products((await shelves.open()).database)
        await put(products, "levelup", [GIFT])
        await put(products, "cardpluspay", [PRODUCT, replace(PRODUCT, item="gone", brand="Gone")])
        newer = [replace(PRODUCT, name="New name"), replace(PRODUCT, name="Newest")]
        assert await put(products, "cardpluspay", newer) == 1
        assert {product.key: product.name for product in await everything(products)} == {
            ("levelup", "77"): "Gift card",
            ("cardpluspay", "ACME-25"): "Newest",
        }
        assert await put(products, "cardpluspay", newer) == 0, "nothing has changed, and nothing is written"
        await put(products, "cardpluspay", [])
        assert await everything(products) == [GIFT]

    play(path, scene)


def test_a_long_list_is_put_on_the_shelves_step_by_step_and_taken_away_likewise(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        products = Products((await shelves.open()).database)
        many = [
            replace(PRODUCT, item=f"{n}-{face}", brand=f"Brand {n}", face=Money(face, "USD"))
            for n in range(90)
            for face in (500, 1000, 2500, 5000, 7500, 10_000)
        ]
        await products.stage("cardpluspay", many, "reading")
        step = await products.put_on_shelves("cardpluspay", None)
        assert step.after is not None
        assert 0 < len(step.changed) < 90
        assert await products.clear("cardpluspay"), "not at once"
        assert await put(products, "cardpluspay", many) > 0
        assert len(await everything(products)) == len(many)
        assert await products.reading("cardpluspay") == ""

    play(path, scene)


def test_a_reading_is_known_to_the_next_process_until_it_is_forgotten(path: Path) -> None:
    async def half(shelves: Shelves) -> None:
        products = Products((await shelves.open()).database)
        await products.stage("cardpluspay", [PRODUCT], "page 7")

    async def later(shelves: Shelves) -> None:
        products = Products((await shelves.open()).database)
        assert await products.reading("cardpluspay") == "page 7"
        assert await products.reading("levelup") == ""
        assert await everything(products) == [], "nothing is sold of a list that was read in part"
        await products.forget_reading("cardpluspay")
        assert await products.reading("cardpluspay") == ""

    play(path, half)
    play(path, later)


def test_rows_of_another_program_are_passed_over(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        products = Products(database)
        await put(products, "levelup", [GIFT])
        row = "INSERT INTO product (provider, item, body, currency, shelf) VALUES ('x', ?, ?, 'USD', ?)"
        shelf = "INSERT INTO shelf (provider, currency, key, head, products) VALUES ('y', 'USD', ?, ?, '[]')"
        for n, body in enumerate(["", "torn {", "null", "[]", "{}", '{"provider": "x"}']):
            await database.run(lambda tx, n=n, body=body: tx.execute(row, (str(n), body, f"b{n % 2}")))
            await database.run(lambda tx, n=n, body=body: tx.execute(shelf, (str(n), body)))
        assert (await products.put_on_shelves("x", None)).changed == ()
        assert await everything(products) == [GIFT]

    play(path, scene)


def test_what_an_older_program_read_is_a_list_that_was_read_whole(tmp_path: Path) -> None:
    path = older_store(5, tmp_path)
    olds = {
        "ACME-25": '{"provider":"cardpluspay","item":"ACME-25","brand":"Acme Games","name":"Acme card",'
        '"currency":"USD","delivery":"codes","face":{"minor":2500,"currency":"USD"}}',
        "torn": "torn {",
        "other": '{"provider": "cardpluspay"}',
    }
    gift = (
        '{"provider":"levelup","item":"77","brand":"Mill","name":"Mill","currency":"USD","delivery":"email"}'
    )
    with contextlib.closing(sqlite3.connect(path)) as database:
        sql = "INSERT INTO product (provider, item, body) VALUES (?, ?, ?)"
        database.executemany(sql, [("cardpluspay", item, body) for item, body in olds.items()])
        database.execute(sql, ("levelup", "77", gift))
        database.commit()

    async def scene() -> None:
        looked_at = await look_into_database(path)
        try:
            assert await everything(Products(looked_at)) == [], "somebody looks, and changes nothing"
        finally:
            await looked_at.close()
        database = await open_database(path)
        try:
            products = Products(database)
            for provider in ("cardpluspay", "levelup"):
                assert await products.reading(provider) == WHOLE
                await products.put_on_shelves(provider, None)
            assert [product.key for product in await everything(products)] == [
                ("cardpluspay", "ACME-25"),
                ("levelup", "77"),
            ]
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(scene(), 60))
