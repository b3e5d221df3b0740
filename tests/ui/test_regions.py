"""Cards of one region only, at Sell: by hand and by key, kept for this register."""

from __future__ import annotations

from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import SHELF, FakeTill, codes_brand
from ui.widgets.brand_grid import BrandGrid

WIDE = (*SHELF, codes_brand("Kestrel", "games", "25", region="global"))


def brands(cashier: Cashier) -> set[str]:
    grid = cashier.find("brands")
    assert isinstance(grid, BrandGrid)
    return {tile.name for tile in grid.tiles()}


def region(cashier: Cashier) -> str:
    return cashier.find("region").accessibleName().removeprefix("Region: ").partition(".")[0]


async def test_the_next_region_by_key_and_by_hand_and_kept(till: FakeTill, at_window: Opener) -> None:
    till.catalog.shelf = WIDE
    async with at_window() as cashier:
        assert region(cashier) == "All regions"
        cashier.press("F6")
        assert region(cashier) == "Global"
        # What is sent by e-mail tells no region: it is in each.
        assert brands(cashier) == {"Kestrel", "Café Lumen"}
        await cashier.until(lambda: till.settings.region == "global", "what is kept")
        cashier.click("region")
        assert region(cashier) == "US"
        assert "Kestrel" not in brands(cashier)
        assert "Acme Games" in brands(cashier)
        # A new sale, and another day, find it as it was left.
        await cashier.until(lambda: till.settings.region == "us", "what is kept")
        await cashier.take("acme")
        cashier.press("Esc")
        assert region(cashier) == "US"
        cashier.type("kestrel")
        assert cashier.reads("Try fewer letters, another category or another region.")
    async with at_window() as cashier:
        assert region(cashier) == "US"
        cashier.press("F6")
        assert region(cashier) == "All regions"
        cashier.press("F1")
        assert "F6: The next region" in cashier.find("key_rows").accessibleName()


async def test_where_there_is_one_region_nothing_is_asked(till: FakeTill, at_window: Opener) -> None:
    till.preferences.settings = till.settings.model_copy(update={"region": "global"})
    async with at_window() as cashier:
        assert not cashier.sees("region")
        cashier.press("F6")
        assert "Acme Games" in brands(cashier)
        till.catalog.shelf = WIDE
        till.changes.announce("products")
        await cashier.until(lambda: brands(cashier) == {"Kestrel", "Café Lumen"}, "the region that was kept")
