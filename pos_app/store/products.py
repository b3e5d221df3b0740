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

        def act(tx: Tx) -> tuple[Product, ...]:
            products: list[Product] = []
            for (body,) in tx.rows("SELECT body FROM product"):
                try:
                    products.append(_PRODUCT.validate_json(body))
                except ValidationError:
                    continue
            return tuple(products)

        return await self._database.run(act)

    async def replace(self, provider: str, products: Sequence[Product]) -> None:
        """Keep `products` as everything `provider` sells; of two for one item the later one."""

        def act(tx: Tx) -> None:
            tx.execute("DELETE FROM product WHERE provider = ?", (provider,))
            for product in products:
                # Written out one by one: a whole catalogue as text would stay in a waiting till's heap.
                tx.execute(
                    "INSERT OR REPLACE INTO product (provider, item, body) VALUES (?, ?, ?)",
                    (provider, product.item, _PRODUCT.dump_json(product).decode()),
                )

        await self._database.run(act)
