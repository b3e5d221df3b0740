"""A reply the journal does not take outlives the process: it lies in a file, and is written down once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed, OutcomeUnknown, StoreProblem
from pos_app.orders.order import IllegalStep, Order, Phase
from pos_app.store.backup import copy_to, put_in_place
from pos_app.store.spill import Kept
from tests.full_disk import FullDisk
from tests.world import CASHIER, World


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def play_closed(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    """Like `play`, by a till that has sold before."""

    async def sold_before(world: World) -> None:
        await world.sell()
        await scene(world)

    play(folder, sold_before)


def lying(world: World) -> list[Path]:
    return sorted((world.folder / "spill").glob("*.reply"))


async def spilled(world: World, disk: FullDisk, quantity: int = 1) -> Order:
    disk.refuses = frozenset({"heard"})
    sale = await world.place(world.line(quantity=quantity))
    with pytest.raises(OutcomeUnknown, match="not_kept"):
        await world.register.sales.perform(sale.orders[0].id)
    disk.refuses = frozenset()
    return await world.register.sales.order(sale.orders[0].id)


def heard(order: Order) -> int:
    return sum(entry.kind == "heard" for entry in order.entries)


def test_after_a_power_cut_it_is_taken_up_at_the_next_start(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        order = await spilled(world, disk)
        (path,) = lying(world)
        code = world.provider.sold["1"].codes[0]["code"]
        assert code.encode() not in path.read_bytes()
        copy = path.read_bytes()
        await world.restart()
        now = await world.register.sales.order(order.id)
        assert (now.phase, heard(now), lying(world)) == (Phase.FULFILLED, 1, [])
        card = await world.register.sales.reveal(order.id, now.handed_cards[0].id, CASHIER)
        assert card.code == code
        # It died between the commit and the removal: the file is there again, and writes nothing twice.
        path.write_bytes(copy)
        await world.restart()
        now = await world.register.sales.order(order.id)
        assert (heard(now), lying(world)) == (1, [])
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_while_the_till_is_open_it_is_taken_up_when_there_is_room(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        order = await spilled(world, disk)
        await world.pull_the_plug()
        disk.refuses = frozenset({"heard"})
        await world.open()
        assert len(lying(world)) == 1
        await world.register.sales.keep_what_was_heard()
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT
        disk.refuses = frozenset()
        await world.register.sales.keep_what_was_heard()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED
        assert lying(world) == []

    play(tmp_path, scene)


def test_late_codes_the_disk_does_not_take_are_not_lost(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        world.provider.sold["1"].shown = 1
        disk.refuses = frozenset({"heard", "codes_arrived"})
        with pytest.raises(StoreProblem):
            await world.register.resolver.ask_for_codes(order.id)
        assert len(lying(world)) == 1
        disk.refuses = frozenset({"codes_arrived"})
        await world.register.sales.keep_what_was_heard()
        assert lying(world) == []
        (same,) = await world.register.rereading.everything()
        assert not same.changed
        disk.refuses = frozenset()
        (now,) = await world.register.rereading.everything()
        assert now.after.phase is Phase.FULFILLED
        assert heard(now.after) == 2

    play(tmp_path, scene)


def test_behind_a_verdict_it_goes_in_too(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        order = await spilled(world, disk)
        (path,) = lying(world)
        copy = path.read_bytes()
        path.unlink()
        await world.restart()
        world.clock.turn(hours=1)
        await world.register.settling.not_bought(order.id, "the portal lists nothing", "Ada", confirmed=())
        path.write_bytes(copy)
        await world.restart()
        now = await world.register.sales.order(order.id)
        assert (now.phase, now.reopened, lying(world)) == (Phase.NOT_BOUGHT, True, [])

    play(tmp_path, scene)


def test_no_verdict_is_written_over_a_reply_that_lies_in_a_file(tmp_path: Path, disk: FullDisk) -> None:
    """The disk takes it again, and who decides is quicker than who writes it down."""

    async def scene(world: World) -> None:
        by_hand = await spilled(world, disk)
        world.clock.turn(hours=1)
        with pytest.raises(NotAllowed, match="moved_on"):
            await world.register.settling.not_bought(
                by_hand.id, "the portal lists nothing", "Ada", confirmed=()
            )
        assert (await world.register.sales.order(by_hand.id)).phase is Phase.FULFILLED
        by_itself = await spilled(world, disk)
        await world.register.resolver.look()
        now = await world.register.sales.order(by_itself.id)
        assert (now.phase, now.settled, lying(world)) == (Phase.FULFILLED, None, [])

    play(tmp_path, scene)


@pytest.mark.parametrize("change", ["status", "sent", "reply", "order"])
def test_what_was_changed_or_is_nobodys_stays_where_it_is(
    tmp_path: Path, disk: FullDisk, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(world: World) -> None:
        order = await spilled(world, disk)
        (path,) = lying(world)
        kept = Kept.model_validate_json(path.read_bytes())
        other = {"status": 404, "sent": "x", "reply": "c2VhbGVk", "order": "nobody's"}[change]
        field = "order_id" if change == "order" else change
        path.unlink()
        name = f"nobody%27s-{kept.id}.reply" if change == "order" else path.name
        path.with_name(name).write_text(
            kept.model_copy(update={field: other}).model_dump_json(), encoding="utf-8"
        )
        await world.restart()
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT
        assert len(lying(world)) == 1
        assert "can not be written" in caplog.text

    play(tmp_path, scene)


def test_the_reply_to_a_request_that_is_over_is_not_believed_about_the_next(
    tmp_path: Path, disk: FullDisk
) -> None:
    async def scene(world: World) -> None:
        answered = await world.sell()
        await spilled(world, disk)
        (path,) = lying(world)
        kept = Kept.model_validate_json(path.read_bytes())
        intake = world.register.sales._intake  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(IllegalStep, match="over"):
            await intake.write_down(kept.model_copy(update={"order_id": answered.id, "id": "another"}))

    play(tmp_path, scene)


async def put_back_before_it_was_sent(world: World, disk: FullDisk) -> Order:
    """An order whose purchase only a file knows of: the till is closed, its store older than the request."""
    database = world.folder / "countercard.db"
    sale = await world.place()
    await asyncio.to_thread(copy_to, database, world.folder / "copy")
    disk.refuses = frozenset({"heard"})
    with pytest.raises(OutcomeUnknown, match="not_kept"):
        await world.register.sales.perform(sale.orders[0].id)
    await world.pull_the_plug()
    disk.refuses = frozenset()
    for log in ("-wal", "-shm"):
        database.with_name(database.name + log).unlink(missing_ok=True)
    put_in_place(world.folder / "copy", database)
    return sale.orders[0]


@pytest.mark.logs
def test_what_only_a_file_knows_of_is_not_sold_again_without_a_person(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        order = await put_back_before_it_was_sent(world, disk)
        register = await world.open()
        now = await register.sales.order(order.id)
        assert (now.phase, now.left_because, len(lying(world))) == (Phase.TO_DO, "restored", 1)
        with pytest.raises(NotAllowed, match="needs_a_manager"):
            await register.sales.perform(order.id)
        # Who allows it was told: the same file says nothing new at the next start.
        await register.sales.approve(order.id, "Ada", "the portal lists nothing")
        register = await world.restart()
        assert not (await register.sales.order(order.id)).left_because
        assert len(lying(world)) == 1, "the doctor tells of it"
        assert (await register.sales.perform(order.id)).phase is Phase.FULFILLED
        register = await world.restart()
        assert [entry.kind for entry in (await register.sales.order(order.id)).entries].count("sent") == 1

    play_closed(tmp_path, scene)


@pytest.mark.logs
def test_nor_when_it_is_on_its_way_once_more(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        order = await put_back_before_it_was_sent(world, disk)
        (path,) = lying(world)
        away = path.rename(tmp_path / "away")
        register = await world.open()
        if (await register.sales.order(order.id)).left_because:
            await register.sales.approve(order.id, "Ada", "the portal lists nothing")
        world.provider.plays.append("lost_before")
        with pytest.raises(OutcomeUnknown):
            await register.sales.perform(order.id)
        await world.pull_the_plug()
        away.rename(path)
        register = await world.open()
        now = await register.sales.order(order.id)
        assert (now.phase, now.left_because) == (Phase.SENT, "restored")

    play_closed(tmp_path, scene)


def test_a_bug_in_reading_one_is_told_and_tried_again(
    tmp_path: Path, disk: FullDisk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(world: World) -> None:
        order = await spilled(world, disk)
        read, left = type(world.provider).read, [1]

        def fails(*given: object) -> object:
            left[0] -= 1
            if left[0] >= 0:
                raise LookupError
            return read(*given)  # pyright: ignore[reportArgumentType]

        monkeypatch.setattr(type(world.provider), "read", fails)
        await world.register.sales.keep_what_was_heard()
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT
        await world.register.sales.keep_what_was_heard()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED
        assert "what was heard is not written: LookupError" in caplog.text

    play(tmp_path, scene)
