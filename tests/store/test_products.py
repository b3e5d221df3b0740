"""The cached catalogue: replaced as a whole for one provider, and never a reason not to open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pos_app.money import Money
from pos_app.orders.product import Product
from pos_app.store.products import Products
from tests.store.shelf import PRODUCT, Shelves, play

GIFT = Product(
    "levelup", "77", "Café Ünïcode 💳", "Gift card", "USD", "email",
    least=Money(1000, "USD"), most=Money(50000, "USD"), countries=("US", "CA"), address="14 Quay Street",
)  # fmt: skip


def test_products_come_back_as_they_were(path: Path) -> None:
    async def write(shelves: Shelves) -> None:
        products = Products((await shelves.open()).database)
        assert await products.load() == ()
        await products.replace("levelup", [GIFT])
        await products.replace("cardpluspay", [PRODUCT, replace(PRODUCT, item="acme-25")])

    async def read(shelves: Shelves) -> tuple[Product, ...]:
        return await Products((await shelves.open()).database).load()

    play(path, write)
    found = play(path, read)
    assert sorted(found, key=lambda product: product.key) == [
        PRODUCT,
        replace(PRODUCT, item="acme-25"),
        GIFT,
    ]


def test_one_provider_s_list_is_replaced_and_the_other_s_kept(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        products = Products((await shelves.open()).database)
        await products.replace("levelup", [GIFT])
        await products.replace("cardpluspay", [PRODUCT, replace(PRODUCT, item="gone")])
        await products.replace(
            "cardpluspay", [replace(PRODUCT, name="New name"), replace(PRODUCT, name="Newest")]
        )
        assert {product.key: product.name for product in await products.load()} == {
            ("levelup", "77"): "Gift card",
            ("cardpluspay", "ACME-25"): "Newest",
        }
        await products.replace("cardpluspay", [])
        assert await products.load() == (GIFT,)

    play(path, scene)


def test_rows_of_another_program_are_passed_over(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        products = Products(database)
        await products.replace("levelup", [GIFT])
        sql = "INSERT INTO product (provider, item, body) VALUES (?, ?, ?)"
        for n, body in enumerate(["", "torn {", "null", "[]", "{}", '{"provider": "x"}']):
            await database.run(lambda tx, n=n, body=body: tx.execute(sql, ("x", str(n), body)))
        assert await products.load() == (GIFT,)

    play(path, scene)
