"""The cached catalogue: what the providers sell, as last read, so that the till opens without a network."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from pos_app.orders.product import Product
from pos_app.store.database import Database, Tx

_PRODUCT = TypeAdapter(Product)


class Products:
    """Products by provider, replaced as a whole when a provider's list was read to its end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> tuple[Product, ...]:
        """All cached products; rows another program wrote and this one can not read are left out."""
        rows = await self._database.run(lambda tx: tx.rows("SELECT body FROM product"))
        products: list[Product] = []
        for (body,) in rows:
            try:
                products.append(_PRODUCT.validate_json(body))
            except ValidationError:
                continue
        return tuple(products)

    async def replace(self, provider: str, products: Sequence[Product]) -> None:
        """Keep `products` as everything `provider` sells."""
        rows = {product.item: _PRODUCT.dump_json(product).decode() for product in products}

        def act(tx: Tx) -> None:
            tx.execute("DELETE FROM product WHERE provider = ?", (provider,))
            for item, body in rows.items():
                tx.execute(
                    "INSERT INTO product (provider, item, body) VALUES (?, ?, ?)", (provider, item, body)
                )

        await self._database.run(act)
