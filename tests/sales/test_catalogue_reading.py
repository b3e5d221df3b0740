"""A long list is read page by page: gone on with after a kill, stopped, aside for a sale, patient."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from typing_extensions import override

from pos_app.catalog import Catalog
from pos_app.changes import Changes
from pos_app.errors import NotTaken
from pos_app.money import Money
from pos_app.orders.answers import Reply
from pos_app.orders.product import Product
from pos_app.orders.shelves import packed
from pos_app.providers.base import Page, Purchase
from pos_app.store.database import open_database
from pos_app.store.products import WHOLE, Products
from pos_app.store.views import Views
from pos_app.work import Work
from tests.played_provider import CARD, PlayedProvider
from tests.world import HandClock, World, until

PATIENCE = 60


def cards(number: int, first: int = 0) -> list[Product]:
    return [
        replace(CARD, item=f"item-{n}", brand=f"Brand {n:03}", name=f"Brand {n:03} 25 USD")
        for n in range(first, first + number)
    ]


@dataclass
class Paged(PlayedProvider):
    """Tells its `shelf` four at a time; `asked` is every page anybody asked for, by its number."""

    shelf: list[Product] = field(default_factory=list[Product])
    asked: list[int] = field(default_factory=list[int])
    gates: dict[int, asyncio.Event] = field(default_factory=dict[int, asyncio.Event])
    """Pages that are not told before their event."""
    troubles: dict[int, list[NotTaken]] = field(default_factory=dict[int, list[NotTaken]])
    """What is raised instead of a page, once each."""
    in_the_air: int = 0
    air_when_sending: list[int] = field(default_factory=list[int])

    async def pages(self, mark: str = "") -> AsyncIterator[Page]:
        number = int(mark or 1)
        while True:
            self.asked.append(number)
            self.in_the_air += 1
            try:
                await asyncio.sleep(0)
                if (gate := self.gates.get(number)) is not None:
                    await gate.wait()
                if self.troubles.get(number):
                    raise self.troubles[number].pop(0)
            finally:
                self.in_the_air -= 1
            some = tuple(self.shelf[4 * number - 4 : 4 * number])
            is_last = 4 * number >= len(self.shelf)
            yield Page(some, str(number), "" if is_last else str(number + 1), len(some), len(self.shelf))
            if is_last:
                return
            number += 1

    @override
    async def send(self, purchase: Purchase) -> Reply:
        self.air_when_sending.append(self.in_the_air)
        return await super().send(purchase)


async def selling(world: World, provider: Paged) -> Catalog:
    world.provider = provider
    await world.restart()
    return world.register.catalog


def run(scene: object) -> None:
    assert asyncio.iscoroutine(scene)
    asyncio.run(asyncio.wait_for(scene, PATIENCE))


def names(catalog: Catalog) -> list[str]:
    return [brand.name for brand in catalog.brands(limit=1000)]


def test_a_killed_reading_goes_on_at_its_page(tmp_path: Path) -> None:
    async def scene() -> None:
        gate = asyncio.Event()
        async with World(tmp_path / "till") as world:
            catalog = await selling(world, Paged(shelf=cards(20), gates={4: gate}))
            reading = asyncio.create_task(catalog.refresh())
            await until(lambda: catalog.progress is not None and catalog.progress.done == 12)
            # What a killed till leaves behind.
            shutil.copytree(tmp_path / "till", tmp_path / "killed")
            gate.set()
            await reading
        async with World(tmp_path / "killed") as world:
            catalog = await selling(world, provider := Paged(shelf=cards(20)))
            await catalog.refresh()
            assert provider.asked == [3, 4, 5], "the last page once more, to see whether it still is the same"
            assert len(names(catalog)) == 20
            assert catalog.progress is None
            await catalog.refresh()
            assert provider.asked[3:] == [1, 2, 3, 4, 5], "a list that was read whole is read anew"

    run(scene())


def test_what_was_left_is_not_gone_on_with_when_it_is_another_list(tmp_path: Path) -> None:
    async def left(world: World) -> None:
        """Have three of five pages read, and stop."""
        provider = Paged(shelf=cards(20), gates={4: asyncio.Event()})
        catalog = await selling(world, provider)
        reading = asyncio.create_task(catalog.refresh())
        await until(lambda: 4 in provider.asked)
        catalog.stop()
        await reading
        assert catalog.failure is None

    async def scene() -> None:
        async with World(tmp_path) as world:
            for provider, clock in (
                (Paged(shelf=cards(24, first=2)), 0),
                (Paged(shelf=cards(20, first=1)), 0),
                (Paged(shelf=cards(20), account="another"), 0),
                (Paged(shelf=cards(20)), 3),
            ):
                await left(world)
                world.clock.turn(hours=clock)
                catalog = await selling(world, provider)
                await catalog.refresh()
                assert provider.asked[-5:] == [1, 2, 3, 4, 5] or provider.asked[-6:] == [1, 2, 3, 4, 5, 6]
                assert sorted(names(catalog)) == [product.brand for product in provider.shelf]

    run(scene())


def test_the_first_reading_shows_what_it_has_and_can_be_stopped(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            provider = Paged(shelf=cards(20), gates={2: asyncio.Event()})
            catalog = await selling(world, provider)
            assert catalog.reads("played")
            assert not catalog.reads("another")
            reading = asyncio.create_task(catalog.refresh())
            await until(lambda: len(names(catalog)) == 4 and 2 in provider.asked)
            joined = asyncio.create_task(catalog.refresh())
            catalog.stop()
            await asyncio.gather(reading, joined)
            assert (catalog.loading, catalog.progress, provider.in_the_air) == (False, None, 0)
            assert provider.asked == [1, 2], "who asked meanwhile has joined"
            del provider.gates[2]
            await catalog.refresh()
            assert provider.asked[2:] == [1, 2, 3, 4, 5]
            assert len(names(catalog)) == 20

    run(scene())


async def read_anew(world: World) -> tuple[Catalog, Paged, asyncio.Task[None]]:
    """A list that failed is being read again, and waits at its first page."""
    provider = Paged(shelf=cards(8), troubles={1: [NotTaken("offline")]})
    catalog = await selling(world, provider)
    await catalog.refresh()
    assert (provider.asked, names(catalog)) == ([1], [])
    provider.gates[1] = asyncio.Event()
    world.clock.turn(seconds=60)
    retry = asyncio.create_task(catalog.read_again({"played"}))
    await until(lambda: provider.asked == [1, 1])
    return catalog, provider, retry


def test_a_list_whose_reading_was_stopped_is_not_read_again_by_itself(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            catalog, provider, retry = await read_anew(world)
            catalog.stop()
            await retry
            world.clock.turn(hours=9)
            await catalog.read_again({"played"})
            assert provider.asked == [1, 1]
            assert catalog.failure is not None
            provider.gates.clear()
            provider.troubles[1] = [NotTaken("offline")]
            await catalog.refresh()
            world.clock.turn(hours=9)
            await catalog.read_again({"played"})
            assert provider.asked == [1, 1, 1, 1, 2], "somebody wants to have it read"
            assert len(names(catalog)) == 8

    run(scene())


def test_a_list_that_failed_comes_by_itself_although_another_was_stopped(tmp_path: Path) -> None:
    async def scene() -> None:
        database = await open_database(tmp_path / "countercard.db")
        try:
            clock = HandClock()
            slow = Paged(name="slow", account="slow", shelf=cards(8), gates={2: asyncio.Event()})
            failed = Paged(shelf=cards(8, first=20), troubles={1: [NotTaken("offline")]})
            providers = {provider.name: provider for provider in (failed, slow)}
            catalog = Catalog(Products(database), Views(database), providers, Work(), Changes(), "USD", clock)
            reading = asyncio.create_task(catalog.refresh())
            await until(lambda: slow.asked == [1, 2])
            # Nothing is begun beside what goes on.
            clock.turn(hours=9)
            await catalog.read_again({"played", "slow"})
            catalog.stop()
            await reading
            await catalog.read_again({"slow"})
            assert failed.asked == [1], "its company does not answer yet"
            await catalog.read_again({"played", "slow"})
            assert failed.asked == [1, 1, 2]
            assert catalog.failure_of("played") is None
            assert slow.asked == [1, 2], "what a person stopped stays stopped"
            assert [name for name in names(catalog) if name >= "Brand 020"] == [
                product.brand for product in failed.shelf
            ]
            slow.gates.clear()
            await catalog.refresh()
            assert slow.asked[2:] == [1, 2]
        finally:
            await database.close()

    run(scene())


def test_all_is_read_behind_a_list_that_is_read_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            catalog, provider, retry = await read_anew(world)
            everything = [asyncio.create_task(catalog.refresh()) for _ in range(2)]
            provider.gates[1].set()
            await asyncio.gather(retry, *everything)
            assert provider.asked == [1, 1, 2, 1, 2], "once, whoever wanted it"

    run(scene())


def test_who_stops_the_reading_stops_also_what_waits_for_its_turn(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            catalog, provider, retry = await read_anew(world)
            everything = asyncio.create_task(catalog.refresh())
            await until(lambda: world.register.work.busy("whole catalogue"))
            catalog.stop()
            await asyncio.gather(retry, everything)
            assert (provider.asked, catalog.loading) == ([1, 1], False)

    run(scene())


def test_no_page_is_asked_for_while_an_order_is_on_its_way(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            provider = Paged(shelf=cards(12), gates={2: asyncio.Event()})
            catalog = await selling(world, provider)
            reading = asyncio.create_task(catalog.refresh())
            await until(lambda: 2 in provider.asked)
            provider.plays.append("waits")
            sale = asyncio.create_task(world.sell())
            await until(lambda: bool(provider.air_when_sending))
            assert provider.in_the_air == 0, "the page that was asked for is given up"
            asked = list(provider.asked)
            provider.gates.clear()
            for _ in range(50):
                await asyncio.sleep(0)
            assert provider.asked == asked
            provider.answer_now.set()
            await sale
            await reading
            assert provider.air_when_sending == [0]
            assert provider.asked == [1, 2, 2, 3], "the page that was given up, and on from there"
            assert len(names(catalog)) == 12

    run(scene())


def test_who_is_asked_for_patience_waits_as_long_and_goes_on_at_the_page(tmp_path: Path) -> None:
    def busy(seconds: int | None) -> NotTaken:
        return NotTaken("too_many_requests", provider="played", retry_after=seconds)

    async def scene() -> None:
        async with World(tmp_path) as world:
            provider = Paged(shelf=cards(12), troubles={2: [busy(0), busy(0)], 3: [busy(0)]})
            catalog = await selling(world, provider)
            await catalog.refresh()
            assert provider.asked == [1, 2, 2, 2, 3, 3]
            assert len(names(catalog)) == 12
            for trouble, minutes in ((busy(600), 10), (busy(None), 0.5)):
                provider.troubles[3] = [trouble]
                reading = asyncio.create_task(catalog.refresh())
                await until(lambda: catalog.progress is not None and catalog.progress.waits_until is not None)
                assert catalog.progress is not None
                assert catalog.progress.waits_until is not None
                assert (catalog.progress.waits_until - world.clock.at).total_seconds() == minutes * 60
                provider.asked.clear()
                sale = await world.sell()
                assert sale.id
                assert provider.asked == [], "a sale that is over does not end the wait"
                catalog.stop()
                await reading
            for trouble, patient in ((busy(3600), True), (busy(1), False), (NotTaken("offline"), True)):
                provider.troubles[3] = [trouble]
                await catalog.refresh(patient=patient)
                assert catalog.failure is trouble
                assert len(names(catalog)) == 12, "the list there was"
            provider.troubles[3] = [busy(0) for _ in range(11)]
            await catalog.refresh()
            assert catalog.failure is not None, "not for ever"
            provider.asked.clear()
            await catalog.refresh()
            assert provider.asked == [2, 3]
            assert catalog.failure is None

    run(scene())


@dataclass
class InOnePart(PlayedProvider):
    """Tells its list in two parts, and can not be asked for one of them."""

    shelf: list[Product] = field(default_factory=list[Product])
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0

    @override
    async def products(self) -> AsyncIterator[tuple[Product, ...]]:
        self.begun += 1
        yield tuple(self.shelf[:2])
        await self.gate.wait()
        yield tuple(self.shelf[2:])


def test_a_list_without_pages_is_begun_anew_after_a_sale(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            provider = InOnePart(shelf=cards(5))
            world.provider = provider
            await world.restart()
            catalog = world.register.catalog
            reading = asyncio.create_task(catalog.refresh())
            await until(lambda: catalog.progress is not None and catalog.progress.done == 2)
            await world.sell()
            provider.gate.set()
            await reading
            assert provider.begun == 2
            assert len(names(catalog)) == 5

    run(scene())


def test_what_vanished_is_not_sold_any_more_and_what_changed_is_as_it_is_now(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            provider = Paged(shelf=cards(9))
            catalog = await selling(world, provider)
            await catalog.refresh()
            gone, stays = provider.shelf[3], provider.shelf[4]
            twin = replace(stays, item="dearer", cost=Money(9999, "USD"))
            kept = {brand.name: brand for brand in catalog.brands(limit=100)}
            provider.shelf = [*(one for one in provider.shelf if one is not gone), twin]
            await catalog.refresh()
            assert catalog.brand_of(gone) is None
            assert catalog.brand_of(stays) is not None
            assert catalog.brand_of(twin) is catalog.brand_of(stays), "sold, though not offered"
            assert catalog.products_of(kept[gone.brand]) == ()
            after = {brand.name: brand for brand in catalog.brands(limit=100)}
            assert [name for name in after if after[name] is not kept[name]] == [stays.brand]
            await world.restart()
            assert sorted(names(world.register.catalog)) == sorted(after)

    run(scene())


def test_a_whole_list_that_came_no_further_is_put_on_the_shelves_at_the_next_start(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            await world.pull_the_plug()
            database = await open_database(tmp_path / "countercard.db")
            products = Products(database)
            await products.stage("played", cards(70), WHOLE)
            await database.close()
            register = await world.open()
            assert len(names(register.catalog)) == 70
            # Killed while it was put there: some shelves are new already, and it is not over.
            await Products(register.database).stage("played", cards(71), WHOLE)
            catalog = await selling(world, Paged(shelf=cards(72)))
            assert len(names(catalog)) == 70
            await catalog.refresh()
            assert len(names(catalog)) == 72

    run(scene())


def test_one_name_at_two_companies_is_two_tiles_and_odd_names_are_found(tmp_path: Path) -> None:
    odd = ["بطاقة الهدايا", "บัตรของขวัญ", "🎁 Gift 💳", "Ünïcode " + "x" * 292, "Acme"]

    def shelf(provider: str) -> list[Product]:
        return [
            replace(
                CARD, provider=provider, item=f"{provider}-{n}", brand=name, name=name, category="", cost=None
            )
            for n, name in enumerate(odd)
        ]

    async def scene() -> None:
        database = await open_database(tmp_path / "countercard.db")
        try:
            providers = {name: Paged(name=name, shelf=shelf(name)) for name in ("one", "two")}
            catalog = Catalog(
                Products(database), Views(database), providers, Work(), Changes(), "USD", HandClock()
            )
            await catalog.refresh()
            for name in odd:
                found = catalog.brands(name)
                assert [brand.name for brand in found] == [name, name]
                assert {catalog.products_of(brand)[0].provider for brand in found} == {"one", "two"}
            assert catalog.categories() == ()
            assert len({brand.key for brand in catalog.brands()}) == 10
            assert catalog.brands("ของขวัญ")
            assert catalog.brands("💳")
        finally:
            await database.close()

    run(scene())


def test_a_shelf_is_told_in_ascii_whatever_its_names_are() -> None:
    assert all(text.isascii() for text in packed([replace(CARD, brand="بطاقة", name="ก" * 300)]))
