"""What can be sold: found by any part of its name, there without a network, in the shop's currency."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from typing_extensions import override

from pos_app import i18n
from pos_app.catalog import Catalog
from pos_app.errors import NotTaken
from pos_app.money import Money
from pos_app.orders.product import Product
from tests.played_provider import CARD, MERCHANT, PlayedProvider
from tests.world import World


@dataclass
class Stocked(PlayedProvider):
    """Sells what a test puts on its shelf."""

    shelf: tuple[Product, ...] = ()
    asked: int = 0
    """How often it was asked for its list."""
    lists: bool = True
    """Whether its list can be had when it is reachable."""

    @override
    async def products(self) -> AsyncIterator[tuple[Product, ...]]:
        self._reach()
        self.asked += 1
        if not self.lists:
            raise NotTaken("no_fence")
        for product in self.shelf:
            yield (product,)


def card(
    brand: str, dollars: int, *, cost: int = 0, region: str = "global", item: str = "", **more: str
) -> Product:
    face = Money(dollars * 100, more.get("currency", "USD"))
    return replace(
        CARD,
        brand=brand,
        name=f"{brand} {dollars}",
        item=item or f"{brand}-{dollars}-{region}",
        region=region,
        face=face,
        currency=face.currency,
        cost=Money(cost or dollars * 96, "USD"),
        category=more.get("category", "games"),
    )


def names(catalog: Catalog, text: str = "", category: str = "") -> list[str]:
    return [brand.name for brand in catalog.brands(text, category)]


async def stocked(world: World, *shelf: Product) -> Catalog:
    provider = Stocked(shelf=shelf)
    world.provider = provider
    await world.restart()
    await world.register.catalog.refresh()
    return world.register.catalog


def test_found_without_accents_in_any_order_and_beginnings_first(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            catalog = await stocked(
                world,
                card("Café Lumen", 10),
                card("Lumen & Co", 10),
                card("Acme Games", 25),
                card("Große Oper", 5),
            )
            assert names(catalog, "LUMEN") == ["Lumen & Co", "Café Lumen"]
            assert names(catalog, "lumen cafe") == ["Café Lumen"]
            assert names(catalog, "grosse") == ["Große Oper"]
            assert names(catalog, "acme 25") == ["Acme Games"]
            assert names(catalog, "\u200fac\u200bme \u2066$25\u2069") == ["Acme Games"], "unseen marks"
            assert names(catalog, "nonesuch") == []
            assert names(catalog) == ["Acme Games", "Café Lumen", "Große Oper", "Lumen & Co"]

    asyncio.run(run())


def test_an_amount_finds_what_can_be_had_for_it(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            least, most = Money(1000, "USD"), Money(50_000, "USD")
            gift = replace(MERCHANT, brand="Mill Bakery", name="Mill Bakery", address="", item="9")
            gift = replace(gift, least=least, most=most)
            free = replace(gift, brand="Open House", name="Open House", item="8", least=None, most=None)
            acme = replace(card("Acme Games", 25), name="Acme Games")
            catalog = await stocked(world, acme, gift, free)
            assert (
                names(catalog, "25")
                == names(catalog, "$25.00")
                == ["Acme Games", "Mill Bakery", "Open House"]
            )
            # Where people write the symbol behind, and with the digits of an Arabic keyboard.
            arabic = {ord("0") + one: 0x660 + one for one in range(10)} | {ord("."): 0x66B}
            for typed in (
                "acme 25$",
                "acme 25,00€",
                "25 acme".translate(arabic),
                "acme 25.00".translate(arabic),
            ):
                assert names(catalog, typed) == ["Acme Games"], typed
            assert names(catalog, "$") == names(catalog, "acme $") == []
            assert names(catalog, "mill 500") == ["Mill Bakery"]
            assert names(catalog, "mill 9,99") == names(catalog, "mill 501") == []
            assert names(catalog, "acme 24") == names(catalog, "1.2.3") == names(catalog, "1e99999") == []
            assert names(catalog, "nan1") == names(catalog, "snan1") == names(catalog, "-nan7") == []
            assert names(catalog, "9") == ["Mill Bakery", "Open House"], "its item's number; any amount"

    asyncio.run(run())


def test_a_category_is_found_by_its_name_here_and_by_the_companys(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            catalog = await stocked(
                world,
                card("Acme", 25),
                card("Juno", 25, category="Food & Drink"),
                card("Ludo", 25, category="numismatics"),
            )
            assert names(catalog, "juegos") == names(catalog, "beb") == []
            i18n.set_language("es")
            assert (
                names(catalog, "juegos") == names(catalog, "JUEG 25") == names(catalog, "games") == ["Acme"]
            )
            assert names(catalog, "comida beb") == names(catalog, "drink") == ["Juno"]
            assert names(catalog, "uegos") == names(catalog, "juegos 24") == []
            assert names(catalog, "j") == ["Juno", "Acme"], "names that begin with it come first"
            assert names(catalog, "numism") == ["Ludo"]
            i18n.set_language("ar")
            assert names(catalog, "ألعاب") == ["Acme"]

    try:
        asyncio.run(run())
    finally:
        i18n.set_language("en")


def test_one_tile_a_region_values_ascending_and_of_twins_the_cheaper(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            catalog = await stocked(
                world,
                card("Acme", 50),
                card("Acme", 10),
                card("Acme", 10, cost=900, item="cheaper"),
                card("Acme", 10, region="eu"),
                card("Acme", 10, item="euro", currency="EUR"),
            )
            brands = catalog.brands("acme")
            assert sorted(brand.region for brand in brands) == ["eu", "global"]
            world_wide = next(brand for brand in brands if brand.region == "global")
            assert [value.minor for value in world_wide.values] == [1000, 5000]
            assert catalog.products_of(world_wide)[0].item == "cheaper"
            assert catalog.count == 3
            assert len(catalog.all()) == 4

    asyncio.run(run())


def test_merchants_of_one_name_stay_two_and_are_found_by_their_address(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            other = replace(MERCHANT, item="78", address="9 Mill Lane")
            catalog = await stocked(world, MERCHANT, other, card("Acme", 10))
            assert [brand.address for brand in catalog.brands("lumen")] == ["14 Quay Street", "9 Mill Lane"]
            assert [brand.address for brand in catalog.brands("mill lane")] == ["9 Mill Lane"]
            assert names(catalog, category="email") == ["Café Lumen", "Café Lumen"]
            assert names(catalog, category="games") == ["Acme"]
            assert catalog.categories() == ("games",)
            assert catalog.doubles() == frozenset()
            twin, elsewhere = (
                replace(other, item=item, address=f"9 Mill Lane{town}")
                for item, town in (("79", ", Ostermill"), ("80", ", Dunmoor"))
            )
            third = replace(elsewhere, item="81", brand="Tollgate", name="Tollgate")
            catalog = await stocked(world, MERCHANT, other, twin, third)
            assert catalog.doubles() == {("Café Lumen", "9 Mill Lane")}

    asyncio.run(run())


def test_what_was_read_once_is_there_without_a_network(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            await stocked(world, card("Acme", 10), card("Boreal", 5))
            world.provider.reachable = False
            await world.restart()
            catalog = world.register.catalog
            assert names(catalog) == ["Acme", "Boreal"]
            await catalog.refresh()
            assert catalog.failure is not None
            assert not catalog.loading
            assert names(catalog) == ["Acme", "Boreal"]
            world.provider.reachable = True
            await catalog.refresh()
            assert catalog.failure is None

    asyncio.run(run())


def test_a_list_that_could_not_be_read_is_read_as_soon_as_its_company_answers(tmp_path: Path) -> None:
    """A till that is opened without a network has nothing to sell, and nobody presses anything for it."""

    async def run() -> None:
        async with World(tmp_path) as world:
            provider = world.provider = Stocked(shelf=(card("Acme", 10),), reachable=False)
            register = await world.restart()
            await register.connections.look()
            await register.catalog.refresh()
            world.clock.turn(hours=9)
            await register.read_again()
            assert provider.asked == 0, "nobody is there to be asked"
            provider.reachable = True
            await register.connections.look()
            await register.read_again()
            assert names(register.catalog) == ["Acme"]
            assert register.catalog.failure is None
            await register.read_again()
            assert provider.asked == 1, "what was read is not asked for again"

    asyncio.run(run())


def test_a_list_that_stays_broken_is_asked_for_more_and_more_seldom(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            provider = world.provider = Stocked(lists=False)
            register = await world.restart()
            await register.connections.look()
            await register.catalog.refresh()
            asked_at: list[int] = []
            for half_minute in range(1, 500):
                world.clock.turn(seconds=30)
                before = provider.asked
                await register.read_again()
                asked_at += [half_minute] * (provider.asked - before)
            assert asked_at == [1, 3, 7, 15, 31, 63, 127, 247, 367, 487]

    asyncio.run(run())


def test_most_sold_today_comes_first(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            catalog = await stocked(world, card("Acme", 10), card("Boreal", 5))
            product = catalog.products_of(catalog.brands("boreal")[0])[0]
            await world.sell(world.line(product, quantity=3))
            await catalog.refresh()
            assert names(catalog) == ["Boreal", "Acme"]
            world.clock.turn(days=1)
            await catalog.refresh()
            assert names(catalog) == ["Acme", "Boreal"]

    asyncio.run(run())


def test_what_was_sold_comes_first_behind_its_sale_but_never_before_somebody_s_eyes(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            catalog = await stocked(world, card("Acme", 10), card("Boreal", 5), card("Cleo", 5))
            for brand, quantity in (("boreal", 3), ("cleo", 4)):
                product = catalog.products_of(catalog.brands(brand)[0])[0]
                await world.sell(world.line(product, quantity=quantity))
                await catalog.follow_sales(lambda: True)
                assert names(catalog)[0] != brand.capitalize()
                await catalog.follow_sales(lambda: False)
                assert names(catalog)[0] == brand.capitalize()
            assert names(catalog) == ["Cleo", "Boreal", "Acme"]
            world.clock.turn(days=1)
            await catalog.follow_sales(lambda: False)
            assert names(catalog) == ["Acme", "Boreal", "Cleo"]

    asyncio.run(run())


def test_what_is_sold_as_before_is_kept_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            await stocked(world, card("Acme", 10), card("Boreal", 5))
            world.provider = Stocked(shelf=(card("Acme", 10), card("Boreal", 5, cost=999), card("Cleo", 5)))
            await world.restart()
            catalog = world.register.catalog
            before = {brand.name: brand for brand in catalog.brands()}
            await catalog.refresh()
            after = {brand.name: brand for brand in catalog.brands()}
            assert after["Acme"] is before["Acme"]
            (boreal,) = catalog.products_of(after["Boreal"])
            assert boreal.cost == Money(999, "USD"), "what has changed is taken as it is now"
            assert "Cleo" in after

    asyncio.run(run())
