"""Replies that were kept are read again at a start: each for itself, and never one that is being read."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pos_app.errors import OutcomeUnknown, StoreProblem
from pos_app.intake import Intake
from pos_app.orders.order import Order, Phase
from tests.world import World


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


async def kept_unread(world: World, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order whose reply was kept, when the disk had no room left for what it says."""
    journal = world.register.journal

    async def full(_order_id: str, _build: object) -> Order:
        raise StoreProblem("full")

    sale = await world.place()
    with monkeypatch.context() as filling:
        filling.setattr(journal, "take_in", full)
        with pytest.raises(OutcomeUnknown, match="not_kept"):
            await world.register.sales.perform(sale.orders[0].id, sell_anyway=True)
    return await journal.order(sale.orders[0].id)


def test_an_order_whose_key_is_gone_does_not_keep_the_others_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    async def scene(world: World) -> None:
        first, second = [await kept_unread(world, monkeypatch) for _ in range(2)]
        await world.pull_the_plug()
        with closing(sqlite3.connect(world.folder / "countercard.db")) as connection:
            assert connection.execute("DELETE FROM order_key WHERE order_id = ?", (first.id,)).rowcount == 1
            connection.commit()
        await world.open()
        assert (await world.register.sales.order(first.id)).phase is Phase.SENT
        assert (await world.register.sales.order(second.id)).phase is Phase.FULFILLED
        told = [record.message for record in caplog.records if record.name == "pos_app.resolver"]
        assert told == [f"order {first.id}: not read again: no_codes"]

    play(tmp_path, scene)


def test_two_that_read_it_at_once_write_down_what_it_says_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await kept_unread(world, monkeypatch)
        register = world.register
        _kept, asked = await asyncio.gather(
            register.sales.keep_what_was_heard(), register.resolver.ask_again(order.id)
        )
        assert [entry.kind for entry in asked.entries] == ["placed", "sent", "heard", "answered"]

    play(tmp_path, scene)


def test_what_a_company_said_is_read_when_it_is_in_the_settings_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await kept_unread(world, monkeypatch)
        for connected, phase in ((False, Phase.SENT), (True, Phase.FULFILLED)):
            await world.pull_the_plug()
            world.connected = connected
            await world.open()
            assert (await world.register.sales.order(order.id)).phase is phase
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_a_reply_that_is_being_understood_is_left_to_who_is_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read a second time in between, it would be answered twice."""
    answer, begun = Intake.answer, list[str]()

    async def read_meanwhile(self: Intake, order: Order, *more: Any, **named: Any) -> Order:
        if not begun:
            begun.append(order.id)
            await world_of[0].register.resolver.reread()
        return await answer(self, order, *more, **named)

    world_of: list[World] = []

    async def scene(world: World) -> None:
        world_of.append(world)
        monkeypatch.setattr(Intake, "answer", read_meanwhile)
        order = await world.sell()
        assert begun == [order.id]
        assert [entry.kind for entry in order.entries] == ["placed", "sent", "heard", "answered"]

    play(tmp_path, scene)


def test_a_till_at_which_nothing_happens_leaves_the_disk_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        journal, looks = world.register.journal, list[tuple[Phase, ...]]()
        in_phase = journal.in_phase

        async def counted(*phases: Phase) -> tuple[Order, ...]:
            looks.append(phases)
            return await in_phase(*phases)

        monkeypatch.setattr(journal, "in_phase", counted)
        for _ in range(5):
            await world.register.resolver.look()
        assert len(looks) == 1
        # Something was sold: what is pending now is found, and asked for as long as it is.
        world.provider.plays.append("late")
        order = await world.sell()
        for _ in range(3):
            await world.register.resolver.look()
            world.clock.turn(minutes=5)
        assert len(looks) == 4
        world.provider.sold["1"].shown = 1
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED
        await world.register.resolver.look()
        before = len(looks)
        for _ in range(5):
            await world.register.resolver.look()
        assert len(looks) == before

    play(tmp_path, scene)
