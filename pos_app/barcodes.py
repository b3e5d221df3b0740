"""Barcodes of cards that hang in the shop: what each stands for, and whether it can be sold now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from pos_app.catalog import Brand, Catalog
from pos_app.clock import Now
from pos_app.money import Money
from pos_app.orders.barcode import code_of, problem_with_barcode
from pos_app.orders.product import Product
from pos_app.orders.rules import Problem
from pos_app.store.barcodes import BarcodeRow, BarcodeRows

_MOST_BRANDS = 100_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """A mapped barcode: its brand and face value (None: an open amount), and what is sold now.

    `number` is what it is kept by. `brand` and `product` are None while the card is not sold.
    """

    number: str
    name: str
    face: Money | None
    brand: Brand | None = None
    product: Product | None = None


class Barcodes:
    """The barcodes of one store. What writes raises StoreProblem, and NotAllowed where one only looks.

    `refuse_codes` is asked about what is scanned before it is kept in clear: it may be off a card that was
    sold.
    """

    def __init__(
        self,
        rows: BarcodeRows,
        catalog: Catalog,
        now: Now,
        refuse_codes: Callable[..., Awaitable[None]],
    ) -> None:
        self._refuse_codes = refuse_codes
        self._rows = rows
        self._catalog = catalog
        self._now = now

    async def find(self, scanned: str) -> Labelled | None:
        """What `scanned` stands for, None for a barcode nobody mapped."""
        row = await self._rows.find(code_of(scanned))
        return None if row is None else self._found(row)

    async def all(self) -> tuple[Labelled, ...]:
        """Every mapped barcode, the newest first."""
        rows = await self._rows.all()
        named: defaultdict[str, list[Brand]] = defaultdict(list)
        for brand in self._catalog.brands(limit=_MOST_BRANDS) if rows else ():
            named[brand.name].append(brand)
        return tuple(self._labelled(row, named[row.brand]) for row in rows)

    async def map(self, scanned: str, product: Product, by: str) -> Labelled | Problem | None:
        """Have `scanned` stand for `product` from now on, in all registers of the store.

        Returns what is wrong with it, or what it stands for already; nothing is changed then. Raises
        NotAllowed("code_in_evidence") for the code of a card this store has bought.
        """
        if (wrong := problem_with_barcode(scanned)) is not None:
            return wrong
        await self._refuse_codes(scanned, by)
        row = await self._rows.put(code_of(scanned), product, by, self._now())
        return None if row is None else self._found(row)

    async def remove(self, code: str) -> None:
        """Have the barcode that is kept by `code` stand for nothing."""
        await self._rows.remove(code)

    def _found(self, row: BarcodeRow) -> Labelled:
        return self._labelled(row, self._catalog.brands(row.brand, limit=_MOST_BRANDS))

    def _labelled(self, row: BarcodeRow, brands: Iterable[Brand]) -> Labelled:
        """What `row` stands for, sold under one of `brands`: itself, or a twin that costs us less."""
        told = Labelled(row.number, row.brand, row.face)
        for brand in brands:
            for product in self._catalog.products_of(brand):
                if product.key == (row.provider, row.item):
                    return Labelled(row.number, product.brand, product.face, brand, product)
                if brand.delivery == "codes" and _card(product) == (
                    row.provider,
                    row.brand,
                    row.region,
                    row.face,
                ):
                    told = Labelled(row.number, row.brand, row.face, brand, product)
        return told


def _card(product: Product) -> tuple[str, str, str, Money | None]:
    """What a customer gets, whichever of a company's items it is bought as."""
    return (product.provider, product.brand, product.region, product.face)
