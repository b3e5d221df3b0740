"""What a mapped barcode stands for as the companies' lists move under it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from typing_extensions import override

from pos_app.orders.product import Product
from pos_app.orders.rules import Problem
from tests.played_provider import CARD, MERCHANT, PlayedProvider
from tests.world import World

NUMBER = "4006381333931"


class Moving(PlayedProvider):
    """A company whose list is another one tomorrow."""

    sells: tuple[Product, ...] = (CARD, MERCHANT)

    @override
    async def products(self) -> AsyncIterator[tuple[Product, ...]]:
        yield self.sells


def test_a_barcode_follows_its_card_through_new_lists(tmp_path: Path) -> None:
    async def scene() -> None:
        world = World(tmp_path)
        world.provider = provider = Moving()
        await world.open()
        register = world.register
        try:
            barcodes = register.barcodes
            assert await barcodes.all() == ()
            assert await barcodes.find(NUMBER) is None
            await register.catalog.refresh()
            assert await barcodes.map(NUMBER, CARD, "Ana") is None
            assert await barcodes.map("SHELF-7", MERCHANT, "Ana") is None
            wrong = await barcodes.map("4006381333932", CARD, "Ana")
            assert isinstance(wrong, Problem)
            again = await barcodes.map(f"0{NUMBER}", MERCHANT, "Ana")
            assert not isinstance(again, Problem)
            assert again is not None
            assert again.product == CARD
            assert [one.product for one in await barcodes.all()] == [CARD, MERCHANT]
            # Under another item of the same brand, region and value; and, of another region, not at all.
            for products, sold in (
                ((replace(CARD, item="ACME-25-B"), MERCHANT), True),
                ((replace(CARD, item="ACME-25-C", region="elsewhere"), MERCHANT), False),
                ((CARD, replace(MERCHANT, item="another")), True),
            ):
                provider.sells = products
                await register.catalog.refresh()
                found = await barcodes.find(NUMBER)
                assert found is not None
                assert (found.name, found.face) == (CARD.brand, CARD.face)
                assert (found.product is not None) is sold
                regions = {one.region for one in products} - {""}
                assert set(register.catalog.regions()) == regions
                for region in regions:
                    # What tells no region is in each of them.
                    assert len(register.catalog.brands(region=region)) == len(products)
                assert [one.name for one in register.catalog.brands(region="nowhere")] == [
                    one.brand for one in products if not one.region
                ]
            gift = await barcodes.find("SHELF-7")
            assert gift is not None
            assert (gift.name, gift.face, gift.brand) == (MERCHANT.brand, None, None)
            await barcodes.remove("SHELF-7")
            assert len(await barcodes.all()) == 1
        finally:
            await world.close()

    asyncio.run(asyncio.wait_for(scene(), 60))
