"""A damaged line is one order's trouble: the others are read again, asked about and shown as ever."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed, OutcomeUnknown, StoreProblem
from pos_app.orders.order import Order, Phase
from tests.sales.verdicts import lost
from tests.world import World, until

_DAMAGE = {
    "unreadable": "UPDATE entry SET body = substr(body, 1, 40) WHERE order_id = ? AND n = 1",
    "no text": "UPDATE entry SET body = CAST(X'7BFF7D' AS TEXT) WHERE order_id = ? AND n = 1",
    "out of turn": "UPDATE entry SET body = replace(body, '\"n\":1', '\"n\":7') WHERE order_id = ? AND n = 1",
    "gone": "DELETE FROM entry WHERE order_id = ?",
}


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def damage(folder: Path, order: Order, how: str) -> None:
    with closing(sqlite3.connect(folder / "countercard.db")) as connection:
        connection.execute("DROP TRIGGER IF EXISTS entry_is_written_once")
        connection.execute("DROP TRIGGER IF EXISTS entry_is_kept")
        assert connection.execute(_DAMAGE[how], (order.id,)).rowcount
        connection.commit()


async def kept_unread(world: World, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order whose reply was kept, when the disk had no room left for what it says."""

    async def full(_order_id: str, _build: object) -> Order:
        raise StoreProblem("full")

    sale = await world.place()
    with monkeypatch.context() as filling:
        filling.setattr(world.register.journal, "take_in", full)
        with pytest.raises(OutcomeUnknown, match="not_kept"):
            await world.register.sales.perform(sale.orders[0].id, sell_anyway=True)
    return await world.register.sales.order(sale.orders[0].id)


@pytest.mark.parametrize("how", _DAMAGE)
def test_the_others_are_read_again_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    async def scene(world: World) -> None:
        damaged, waiting = await lost(world), await lost(world)
        kept = await kept_unread(world, monkeypatch)
        await world.pull_the_plug()
        damage(world.folder, damaged, how)
        await world.open()
        settling, sales = world.register.settling, world.register.sales
        assert (await sales.order(kept.id)).phase is Phase.FULFILLED
        for _ in range(2):
            shown = [one.order.id for one in await settling.waiting()]
            assert sorted(shown) == sorted([waiting.id, kept.id])
        told = [record.message for record in caplog.records if damaged.id in record.message]
        assert told == [f"order {damaged.id}: left out: broken_journal"], "once, and nothing of its text"
        with pytest.raises(StoreProblem, match="broken_journal"):
            await sales.order(damaged.id)
        assert (await sales.order(waiting.id)).phase is Phase.SENT

    with caplog.at_level(logging.INFO, "pos_app"):
        play(tmp_path, scene)


@pytest.mark.parametrize("how", _DAMAGE)
@pytest.mark.logs
def test_the_others_are_asked_for_their_late_codes(tmp_path: Path, how: str) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.extend(["late", "late"])
        damaged, late = [await world.sell() for _ in range(2)]
        world.provider.sold["2"].shown = 1
        damage(world.folder, damaged, how)
        await world.register.resolver.look()
        assert (await world.register.sales.order(late.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


@pytest.mark.logs
@pytest.mark.parametrize("how", _DAMAGE)
def test_it_may_be_what_another_order_is_taken_for(tmp_path: Path, how: str) -> None:
    """Nobody can read what it asked for, so any purchase that is nobody's may be its own."""

    async def scene(world: World) -> None:
        damaged, order = [await lost(world) for _ in range(2)]
        damage(world.folder, damaged, how)
        by_number = world.register.settling.bought_by_number
        with pytest.raises(NotAllowed, match="others_open"):
            await by_number(order.id, "2", "seen", "Ana", confirmed=("item_not_told",))
        looked = ("item_not_told", "others_open")
        settled = await by_number(order.id, "2", "seen", "Ana", confirmed=looked)
        assert settled.was_bought
        journal = world.register.journal
        assert await journal.unreadable("account-1", Phase.SENT, Phase.CODES_PENDING) == 1
        assert await journal.unreadable("account-1", Phase.CODES_PENDING) == 0
        assert await journal.unreadable("account-2", Phase.SENT) == 0

    play(tmp_path, scene)


@pytest.mark.logs
@pytest.mark.parametrize("how", _DAMAGE)
def test_answers_behind_verdicts_are_read_again_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    async def full(_order_id: str, _build: object) -> Order:
        raise StoreProblem("full")

    async def scene(world: World) -> None:
        world.provider.plays.extend(["waits", "waits"])
        sales = [await world.place() for _ in range(2)]
        perform = world.register.sales.perform
        sending = [asyncio.create_task(perform(sale.orders[0].id, sell_anyway=True)) for sale in sales]
        await until(lambda: world.provider.sends == 2)
        # Somebody else decides after the lease ran out; the answers come behind that and are not understood.
        other = await world.open(exclusive=False)
        world.clock.turn(minutes=30)
        await other.journal.perhaps_leased()
        world.clock.turn(seconds=30)
        damaged, late = [
            await other.settling.not_bought(sale.orders[0].id, "seen", "Ana", confirmed=("too_early",))
            for sale in sales
        ]
        await other.close()
        with monkeypatch.context() as filling:
            filling.setattr(world.register.journal, "take_in", full)
            world.provider.answer_now.set()
            await asyncio.gather(*sending, return_exceptions=True)
        assert (await world.register.sales.order(late.id)).unread
        await world.pull_the_plug()
        damage(world.folder, damaged, how)
        await world.open()
        now = await world.register.sales.order(late.id)
        assert (now.unread, now.reopened) == (False, True)

    play(tmp_path, scene)
