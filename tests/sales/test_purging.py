"""Codes at rest: after a purge nobody reads them, not in the file, its log or a backup; the rest goes on."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed
from pos_app.orders.order import Order, Phase
from pos_app.purging import unchanged_copies
from pos_app.register import DATABASE
from pos_app.store import backup as backup_module
from pos_app.store.backup import KEYS_TAKEN, backups, take, take_before_step
from pos_app.store.facts import Facts
from tests.world import CASHIER, SlowPrinter, World


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


async def two_days_run(world: World) -> None:
    """Let the till run until what the clock says now has held for a day."""
    for _ in range(2 * 73):
        world.clock.turn(minutes=20)
        await world.register.purging.look()


def keys_in_copies(world: World, key: bytes) -> list[str]:
    return [name for name in found(world, key) if name.startswith("store-")]


async def handed_over(world: World) -> Order:
    order = await world.sell()
    await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
    return await world.register.sales.order(order.id)


def test_ninety_days_after_the_paper_the_key_is_gone_from_every_file(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        old = await handed_over(world)
        await world.register.backup.look()
        (copy,) = backups(world.folder)
        world.clock.turn(days=87)
        young = await handed_over(world)
        await world.register.backup.look()
        key, other = wrapped(world, old), wrapped(world, young)
        await two_days_run(world)
        assert copy.path.name in keys_in_copies(world, key), "not yet"
        assert {*found(world, key)} - {*keys_in_copies(world, key)}, "nor in the store"
        world.clock.turn(days=1, minutes=1)
        await two_days_run(world)
        assert found(world, key) == []
        assert found(world, other)
        # The copies are all there, each with what is not to be purged.
        assert len(backups(world.folder)) == 2
        assert keys_in_copies(world, other) == [backups(world.folder)[0].path.name]
        after = await world.register.sales.order(old.id)
        assert after.purged is not None
        with pytest.raises(NotAllowed, match="purged") as caught:
            await world.register.sales.reveal(old.id, "1", CASHIER)
        assert caught.value.facts["at"] == after.purged.at
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
        await two_days_run(world)
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
        world.clock.turn(days=88)
        await two_days_run(world)
        world.clock.turn(days=10)
        world.provider.plays.append("waits")
        sale = await world.place()
        selling = asyncio.ensure_future(world.register.sales.perform(sale.orders[0].id))
        while not await world.register.journal.leased():  # noqa: ASYNC110
            await asyncio.sleep(0)
        for _ in range(4 * 73):
            world.clock.turn(minutes=20)
            await world.register.sales.renew_leases()
            await world.register.purging.look()
        assert found(world, key)
        selling.cancel()
        await asyncio.gather(selling, return_exceptions=True)

    play(tmp_path, scene)


# --- the clock ---------------------------------------------------------------------------------------


async def ticks(world: World, hours: float) -> None:
    """Let the till run, and look as often as it does."""
    for _ in range(round(hours * 3)):
        world.clock.turn(minutes=20)
        await world.register.purging.look()


@pytest.mark.parametrize("restarts", [False, True])
def test_a_clock_that_is_ahead_for_less_than_a_day_purges_nothing(tmp_path: Path, *, restarts: bool) -> None:
    async def scene(world: World) -> None:
        order = await handed_over(world)
        await ticks(world, 50)
        for days in (100, 27_000):
            world.clock.jump(days=days)
            for _ in range(3):
                await ticks(world, 7)
                if restarts:
                    await world.restart()
            world.clock.jump(days=-days)
            await ticks(world, 50)
        assert (await world.register.sales.order(order.id)).purged is None
        assert (await world.register.sales.reveal(order.id, "1", CASHIER)).code

    play(tmp_path, scene)


def test_it_is_purged_by_a_till_that_is_open_for_some_hours_a_day(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await handed_over(world)
        world.clock.turn(days=90)
        for _ in range(7):
            await ticks(world, 9)
            world.clock.turn(hours=15)
            await world.restart()
        await ticks(world, 1)
        assert (await world.register.sales.order(order.id)).purged is not None

    play(tmp_path, scene)


def test_a_machine_that_sleeps_has_not_run(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await handed_over(world)
        world.clock.turn(days=100)
        for _ in range(30):
            # Where the seconds go on in a sleep.
            world.clock.turn(days=1)
            await world.register.purging.look()
        assert (await world.register.sales.order(order.id)).purged is None

    play(tmp_path, scene)


# --- the copies --------------------------------------------------------------------------------------


async def by_hand(world: World, order: Order) -> None:
    await world.register.purging.by_hand(order.id, "Ada", "asked for")


def test_no_copy_is_removed_not_the_store_that_was_replaced_and_none_from_before_a_change(
    tmp_path: Path,
) -> None:
    async def scene(world: World) -> None:
        order, other = await handed_over(world), await handed_over(world)
        key, kept = wrapped(world, order), wrapped(world, other)
        database = world.folder / DATABASE
        with closing(sqlite3.connect(database)) as connection:
            take_before_step(connection, database, world.clock.at, 7)
        world.clock.turn(minutes=1)
        take(database, world.clock.at)
        # One of a day that has not come yet.
        take(database, world.clock.at + timedelta(days=20))
        world.clock.turn(minutes=1)
        # The store itself, with its log and what only that holds, as a restore sets it aside.
        last = await handed_over(world)
        young = wrapped(world, last)
        aside = backups(world.folder)[0].path.with_name("store-20261121T214400Z-replaced.db")
        for ending in ("", "-wal"):
            shutil.copyfile(f"{database}{ending}", f"{aside}{ending}")
        names = {copy.path.name for copy in backups(world.folder)}
        assert len(names) == 4
        times = {copy.path.name: copy.path.stat().st_mtime_ns for copy in backups(world.folder)}
        assert {*keys_in_copies(world, key)} >= names - {aside.name}
        await by_hand(world, order)
        assert found(world, key) == []
        assert {copy.path.name for copy in backups(world.folder)} == names
        assert {*keys_in_copies(world, kept)} == names
        assert keys_in_copies(world, young) == [aside.name]
        # The doctor goes by when a copy was written.
        assert times == {copy.path.name: copy.path.stat().st_mtime_ns for copy in backups(world.folder)}
        for copy in backups(world.folder):
            with closing(sqlite3.connect(copy.path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    play(tmp_path, scene)


def test_each_day_of_a_shop_that_purges_each_day_has_its_copy(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        orders: list[Order] = []
        for _ in range(3):
            orders.append(await handed_over(world))
            world.clock.turn(days=1)
        world.clock.turn(days=88)
        for _ in range(4):
            await world.register.backup.look()
            await ticks(world, 24)
        assert (await world.register.sales.order(orders[0].id)).purged is not None
        assert len(backups(world.folder)) == 4

    play(tmp_path, scene)


def test_a_copy_that_is_being_written_meanwhile_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may = threading.Event(), threading.Event()
    check = backup_module._check  # pyright: ignore[reportPrivateUsage]

    def slow(part: Path) -> None:
        begun.set()
        assert may.wait(60)
        check(part)

    async def scene(world: World) -> None:
        order = await handed_over(world)
        key = wrapped(world, order)
        monkeypatch.setattr(backup_module, "_check", slow)
        copying = asyncio.ensure_future(world.register.backup.look())
        assert await asyncio.to_thread(begun.wait, 60)
        await by_hand(world, order)
        may.set()
        await copying
        assert keys_in_copies(world, key)
        await world.register.purging.look()
        assert found(world, key) == []
        assert len(backups(world.folder)) == 1

    play(tmp_path, scene)


@pytest.mark.logs
def test_a_copy_that_was_changed_can_be_put_back_and_says_what_was_purged(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order, other = await handed_over(world), await handed_over(world)
        await world.register.backup.look()
        (copy,) = backups(world.folder)
        await by_hand(world, order)
        await world.close()
        shutil.copyfile(copy.path, world.folder / DATABASE)
        register = await world.open()
        assert (await register.sales.order(order.id)).purged is None
        for _ in range(2):
            await register.purging.look()
            after = await register.sales.order(order.id)
            assert after.purged is not None
            assert [entry.kind for entry in after.entries].count("purged") == 1
        assert (await register.sales.reveal(other.id, "1", CASHIER)).code
        with pytest.raises(NotAllowed, match="purged"):
            await register.sales.reveal(order.id, "1", CASHIER)

    play(tmp_path, scene)


@pytest.mark.logs
def test_an_order_that_was_open_when_the_copy_was_taken_is_a_persons(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        await world.register.backup.look()
        (copy,) = backups(world.folder)
        world.provider.sold["1"].shown = 1
        world.clock.turn(hours=1)
        await world.register.resolver.look()
        await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        await by_hand(world, order)
        await world.close()
        shutil.copyfile(copy.path, world.folder / DATABASE)
        register = await world.open()
        for _ in range(2):
            world.clock.turn(hours=1)
            await register.resolver.look()
            await register.purging.look()
        assert (await register.sales.order(order.id)).phase is Phase.CODES_PENDING

    play(tmp_path, scene)


@pytest.mark.logs
def test_a_copy_nobody_can_change_is_kept_and_told_unless_it_is_one_of_many(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(world: World) -> None:
        order = await handed_over(world)
        database = world.folder / DATABASE
        take(database, world.clock.at)
        with closing(sqlite3.connect(database)) as connection:
            aside = take_before_step(connection, database, world.clock.at, 7).path
        for copy in backups(world.folder):
            whole = copy.path.read_bytes()
            copy.path.write_bytes(b"\xff" * 4096 + whole[4096:])
        for _ in range(2):
            await world.register.purging.look()
        assert [copy.path for copy in backups(world.folder)] == [aside]
        assert await unchanged_copies(Facts(world.register.journal._database)) == [aside.name]  # pyright: ignore[reportPrivateUsage]
        await by_hand(world, order)
        said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
        assert said == [
            f"backup {aside.name.replace('-before-7', '')}: removed, for it is damaged",
            f"backup {aside.name}: keys could not be deleted: damaged",
        ]
        aside.unlink()
        await world.register.purging.look()
        assert await unchanged_copies(Facts(world.register.journal._database)) == []  # pyright: ignore[reportPrivateUsage]

    play(tmp_path, scene)


def test_a_till_killed_behind_a_purge_goes_on_at_its_next_look(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        orders = [await handed_over(world) for _ in range(60)]
        keys = [wrapped(world, order) for order in orders]
        await world.register.backup.look()
        purging = world.register.purging

        async def killed() -> None:
            raise asyncio.CancelledError

        purging._wipe = killed  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        for order in orders[::2]:
            with pytest.raises(asyncio.CancelledError):
                await by_hand(world, order)
        assert keys_in_copies(world, keys[0])
        await world.restart()
        await world.register.purging.look()
        assert [place for place, key in enumerate(keys) if not found(world, key)] == [*range(0, 60, 2)]

    play(tmp_path, scene)


# --- while it is printed -----------------------------------------------------------------------------


def test_nothing_is_purged_whose_codes_are_being_printed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        printer = SlowPrinter()
        world.printer = printer
        await world.restart()
        printer.may.set()
        order = await handed_over(world)
        printer.may.clear()
        printer.begun.clear()
        printing = asyncio.ensure_future(
            world.register.printouts.reprint(order.placed.sale.id, "Ana", full=True, reason="torn")
        )
        await asyncio.wait_for(printer.begun.wait(), 60)
        world.clock.turn(days=90)
        await two_days_run(world)
        assert (await world.register.sales.order(order.id)).purged is None
        with pytest.raises(NotAllowed, match="in_flight"):
            await by_hand(world, order)
        printer.may.set()
        await printing
        await by_hand(world, order)

    play(tmp_path, scene)


def damage(world: World, order: Order) -> None:
    with closing(sqlite3.connect(world.folder / DATABASE)) as connection:
        connection.execute("DROP TRIGGER entry_is_written_once")
        connection.execute("UPDATE entry SET body = '{' WHERE order_id = ? AND n = 1", (order.id,))
        connection.commit()


def test_a_damaged_order_keeps_no_other_from_being_purged(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            damaged, order = await handed_over(world), await handed_over(world)
            damage(world, damaged)
            world.clock.turn(days=95)
            await two_days_run(world)
            assert (await world.register.sales.order(order.id)).purged is not None

    asyncio.run(scene())


@pytest.mark.logs
def test_a_damaged_order_keeps_no_other_from_being_told_as_purged(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            orders = [await handed_over(world) for _ in range(3)]
            await world.register.backup.look()
            (copy,) = backups(world.folder)
            for order in orders:
                await by_hand(world, order)
            await world.close()
            shutil.copyfile(copy.path, world.folder / DATABASE)
            register = await world.open()
            damage(world, orders[0])
            # A manager was faster.
            await by_hand(world, orders[1])
            await register.purging.look()
            assert (await register.sales.order(orders[2].id)).purged is not None
            facts = Facts(register.journal._database)  # pyright: ignore[reportPrivateUsage]
            assert json.loads(await facts.get(KEYS_TAKEN) or "") == [orders[0].id]

    asyncio.run(scene())


# --- what a person types afterwards ------------------------------------------------------------------


@pytest.mark.parametrize("early", [False, True])
def test_a_code_that_was_purged_is_not_written_down_in_clear(tmp_path: Path, *, early: bool) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("with_pins")
        order = await handed_over(world)
        card = await world.register.sales.reveal(order.id, order.handed_cards[0].id, CASHIER)
        assert card.pin is not None
        order = await world.register.sales.order(order.id)
        await by_hand(world, order)
        order = await world.register.sales.order(order.id)
        if early:
            cards = tuple(replace(one, plain_digest="", rest_digest="") for one in order.cards)
            order = replace(order, cards=cards)
        spelled = [
            card.code,
            card.code.replace("-", ""),
            f"({card.code.replace('-', ' ')})",
            card.code.lower(),
        ]
        intake = world.register.sales._intake  # pyright: ignore[reportPrivateUsage]
        for told in [card.code] if early else [*spelled, f"x{card.code}", card.pin]:
            with pytest.raises(NotAllowed, match="code_in_evidence"):
                await intake.check_evidence(order, f"The customer has {told}, says Kim", "Ada")
        await intake.check_evidence(order, f"The one that ends with {order.cards[0].last_four}, 90", "Ada")

    play(tmp_path, scene)
