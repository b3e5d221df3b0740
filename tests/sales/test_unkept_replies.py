"""A reply the disk did not take when it came: in memory until there is room, and written down once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import OutcomeUnknown, StoreProblem
from pos_app.intake import Intake
from pos_app.orders.entries import Heard
from pos_app.orders.order import Order, Phase, Status
from pos_app.store.spill import Kept
from tests.full_disk import FullDisk
from tests.world import CASHIER, World

BOUGHT = ["placed", "sent", "heard", "answered"]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            assert world.provider.sends == 1, "whatever the disk does, an order is sent once"
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


async def sold_on(world: World) -> Order:
    """An order whose purchase the disk did not keep."""
    sale = await world.place()
    with pytest.raises(OutcomeUnknown, match="not_kept"):
        await world.register.sales.perform(sale.orders[0].id)
    order = await world.register.sales.order(sale.orders[0].id)
    assert world.register.sales.status(order) is Status.NOT_CONFIRMED
    return order


def kinds(order: Order) -> list[str]:
    return [entry.kind for entry in order.entries]


@pytest.mark.parametrize("kind", ["heard", "answered"])
def test_it_is_written_down_as_soon_as_there_is_room(tmp_path: Path, disk: FullDisk, kind: str) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        disk.refuses = frozenset({kind})
        order = await sold_on(world)
        before = disk.refused
        await sales.keep_what_was_heard()
        assert disk.refused == before + 1, "it is tried, and that there is still no room is no error"
        assert (await sales.order(order.id)).phase is Phase.SENT
        disk.refuses = frozenset()
        await sales.keep_what_was_heard()
        now = await sales.order(order.id)
        assert (now.phase, kinds(now)) == (Phase.FULFILLED, BOUGHT)
        card = await sales.reveal(order.id, now.handed_cards[0].id, CASHIER)
        assert card.code == world.provider.sold["1"].codes[0]["code"]
        # It is written down and let go of: nothing is kept a second time.
        await sales.keep_what_was_heard()
        assert kinds(await sales.order(order.id)) == [*BOUGHT, "revealed"]

    play(tmp_path, scene)


def test_room_for_the_reply_comes_before_room_for_what_it_says(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        disk.refuses = frozenset({"heard", "answered"})
        order = await sold_on(world)
        for refuses, phase in ((frozenset({"answered"}), Phase.SENT), (frozenset[str](), Phase.FULFILLED)):
            disk.refuses = refuses
            await sales.keep_what_was_heard()
            now = await sales.order(order.id)
            assert (now.phase, kinds(now).count("heard")) == (phase, 1)

    play(tmp_path, scene)


def test_who_is_about_to_write_it_down_is_not_overtaken(
    tmp_path: Path, disk: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The till looks for unkept replies every few seconds, also between two tries of the order's own."""
    write_down, looked = Intake.write_down, list[int]()

    async def looked_for(self: Intake, kept: Kept) -> Order:
        try:
            return await write_down(self, kept)
        except StoreProblem:
            disk.refuses = frozenset()
            looked.append(1)
            await world_of[0].register.sales.keep_what_was_heard()
            raise

    world_of: list[World] = []

    async def scene(world: World) -> None:
        world_of.append(world)
        disk.refuses = frozenset({"heard"})
        monkeypatch.setattr(Intake, "write_down", looked_for)
        order = await world.sell()
        assert (looked, kinds(order)) == ([1], BOUGHT)

    play(tmp_path, scene)


def test_two_who_write_it_down_at_one_time_write_it_once(tmp_path: Path, disk: FullDisk) -> None:
    """The till's round, the resolver's and a person's verdict ask for it each when it suits them."""

    async def scene(world: World) -> None:
        sales = world.register.sales
        disk.refuses = frozenset({"heard"})
        order = await sold_on(world)
        disk.refuses = frozenset()
        await asyncio.gather(*(sales.keep_what_was_heard() for _ in range(3)))
        assert kinds(await sales.order(order.id)) == BOUGHT

    play(tmp_path, scene)


def test_at_the_latest_it_is_written_down_when_the_till_is_closed(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        disk.refuses = frozenset({"heard"})
        order = await sold_on(world)
        disk.refuses = frozenset()
        await world.close()
        await world.open()
        now = await world.register.sales.order(order.id)
        assert (now.phase, kinds(now)) == (Phase.FULFILLED, BOUGHT)
        assert sum(isinstance(entry, Heard) for entry in now.entries) == 1

    play(tmp_path, scene)
