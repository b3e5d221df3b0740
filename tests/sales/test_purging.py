"""Codes at rest: after a purge nobody reads them, not in the file, its log or a backup; the rest goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed
from pos_app.orders.order import Order
from pos_app.store.backup import backups
from tests.world import CASHIER, World


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


def wrapped(world: World, order: Order) -> bytes:
    with closing(sqlite3.connect(world.folder / "countercard.db")) as connection:
        sql = "SELECT wrapped FROM order_key WHERE order_id = ?"
        (key,) = connection.execute(sql, (order.id,)).fetchone()
    return str(key).encode()


def found(world: World, key: bytes) -> list[str]:
    return [path.name for path in world.folder.rglob("*") if path.is_file() and key in path.read_bytes()]


async def handed_over(world: World) -> Order:
    order = await world.sell()
    await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
    return await world.register.sales.order(order.id)


def test_ninety_days_after_the_paper_the_key_is_gone_from_every_file(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        old = await handed_over(world)
        await world.register.backup.look()
        world.clock.turn(days=89)
        young = await handed_over(world)
        key, other = wrapped(world, old), wrapped(world, young)
        await world.register.purging.look()
        assert found(world, key), "not yet"
        world.clock.turn(days=1, minutes=1)
        await world.register.purging.look()
        assert found(world, key) == []
        assert found(world, other)
        assert all(backup.taken_at > world.clock.at for backup in backups(world.folder))
        with pytest.raises(NotAllowed, match="purged") as caught:
            await world.register.sales.reveal(old.id, "1", CASHIER)
        assert caught.value.facts["at"] == world.clock.at
        assert (await world.register.sales.reveal(young.id, "1", CASHIER)).code
        # Lists and receipts go on, also after a restart.
        await world.restart()
        assert len(await world.register.sales.orders()) == 2
        papers = set(world.printer.papers)
        await world.register.printouts.reprint(old.placed.sale.id, CASHIER)
        (more,) = set(world.printer.papers) - papers
        assert "receipt" in more

    play(tmp_path, scene)


def test_what_is_not_finished_is_kept(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        not_printed = await world.sell()
        world.provider.plays.append("late")
        pending = await world.sell()
        world.provider.plays.append("doubled")
        parked = await world.sell()
        await world.register.printouts.print_sale(parked.placed.sale.id, CASHIER)
        keys = [wrapped(world, order) for order in (not_printed, pending, parked)]
        world.clock.turn(days=400)
        assert await world.register.purging.by_policy() == 0
        assert all(found(world, key) for key in keys)
        for order in (not_printed, pending, parked):
            with pytest.raises(NotAllowed, match="not_finished"):
                await world.register.purging.by_hand(order.id, "Ada", "asked for")

    play(tmp_path, scene)


def test_a_manager_purges_sooner_with_a_reason_and_once(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await handed_over(world)
        key = wrapped(world, order)
        purging = world.register.purging
        with pytest.raises(NotAllowed, match="needs_evidence"):
            await purging.by_hand(order.id, "Ada", " ")
        after = await purging.by_hand(order.id, "Ada", "the customer asked for it")
        assert after.purged is not None
        assert (after.purged.reason, after.purged.by) == ("by_hand", "Ada")
        assert found(world, key) == []
        with pytest.raises(NotAllowed, match="purged"):
            await purging.by_hand(order.id, "Ada", "again")

    play(tmp_path, scene)


def test_keys_that_were_moved_within_the_file_leave_no_copy(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        orders = [await handed_over(world) for _ in range(60)]
        keys = [wrapped(world, order) for order in orders]
        for order in orders[::2]:
            await world.register.purging.by_hand(order.id, "Ada", "asked for")
        for order in orders[1::4]:
            await world.register.purging.by_hand(order.id, "Ada", "asked for")
        gone = {*range(0, 60, 2), *range(1, 60, 4)}
        assert [place for place, key in enumerate(keys) if not found(world, key)] == sorted(gone)

    play(tmp_path, scene)


def test_nobody_is_purged_while_a_customer_is_served(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await handed_over(world)
        key = wrapped(world, order)
        world.clock.turn(days=91)
        world.provider.plays.append("waits")
        sale = await world.place()
        selling = asyncio.ensure_future(world.register.sales.perform(sale.orders[0].id))
        while not await world.register.journal.leased():  # noqa: ASYNC110
            await asyncio.sleep(0)
        await world.register.purging.look()
        assert found(world, key)
        selling.cancel()
        await asyncio.gather(selling, return_exceptions=True)

    play(tmp_path, scene)
