"""What today's program can not read, tomorrow's can: the kept reply is read again, in every state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos_app.errors import OutcomeUnknown
from pos_app.orders.answers import Bought, Unclear
from pos_app.orders.order import Order, Phase
from tests.played_provider import PlayedProvider
from tests.world import CASHIER, World


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            assert world.provider.sends == 1
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


@pytest.fixture
def yesterday() -> Iterator[pytest.MonkeyPatch]:
    """A program that understands no word of the company's; `undo` makes it tomorrow's."""

    def unread(*_given: object) -> Unclear:
        return Unclear("unreadable")

    patch = pytest.MonkeyPatch()
    patch.setattr(PlayedProvider, "read", unread)
    yield patch
    patch.undo()


async def unread(world: World) -> Order:
    sale = await world.place()
    with pytest.raises(OutcomeUnknown, match="unreadable"):
        await world.register.sales.perform(sale.orders[0].id)
    return await world.register.sales.order(sale.orders[0].id)


def test_an_order_nobody_understood_is_fulfilled_by_tomorrows_program(
    tmp_path: Path, yesterday: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await unread(world)
        (same,) = await world.register.rereading.everything()
        assert not same.changed
        yesterday.undo()
        (now,) = await world.register.rereading.everything()
        assert (now.before.phase, now.after.phase, now.changed) == (Phase.SENT, Phase.FULFILLED, True)
        card = await world.register.sales.reveal(order.id, "1", CASHIER)
        assert card.code == world.provider.sold["1"].codes[0]["code"]
        assert await world.register.rereading.everything() == ()

    play(tmp_path, scene)


def test_behind_a_verdict_it_turns_up(tmp_path: Path, yesterday: pytest.MonkeyPatch) -> None:
    async def scene(world: World) -> None:
        order = await unread(world)
        world.clock.turn(hours=1)
        await world.register.settling.not_bought(order.id, "the portal lists nothing", "Ada", confirmed=())
        (same,) = await world.register.rereading.everything()
        assert not same.changed
        yesterday.undo()
        (now,) = await world.register.rereading.everything()
        assert (now.after.phase, now.after.reopened) == (Phase.NOT_BOUGHT, True)
        (again,) = await world.register.rereading.everything()
        assert not again.changed

    play(tmp_path, scene)


def test_codes_that_were_overlooked_in_an_answer_are_found(tmp_path: Path) -> None:
    patch, read = pytest.MonkeyPatch(), PlayedProvider.read

    def without_codes(*given: Any) -> Any:
        found = read(*given)
        return replace(found, cards=()) if isinstance(found, Bought) else found

    patch.setattr(PlayedProvider, "read", without_codes)

    async def scene(world: World) -> None:
        order = await world.sell()
        assert order.phase is Phase.CODES_PENDING
        (same,) = await world.register.rereading.everything()
        assert not same.changed
        patch.undo()
        (now,) = await world.register.rereading.everything()
        assert now.after.phase is Phase.FULFILLED
        assert len(now.after.handed_cards) == 1

    try:
        play(tmp_path, scene)
    finally:
        patch.undo()


def test_a_poll_nobody_can_read_is_kept_once_and_read_tomorrow(tmp_path: Path) -> None:
    patch = pytest.MonkeyPatch()

    def no_word(*_given: object) -> None:
        return None

    patch.setattr(PlayedProvider, "read_order", no_word)

    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        world.provider.sold["1"].shown = 1
        for _ in range(3):
            order = await world.register.resolver.ask_for_codes(order.id)
        assert sum(entry.kind == "heard" for entry in order.entries) == 2
        (same,) = await world.register.rereading.everything()
        assert not same.changed
        patch.undo()
        (now,) = await world.register.rereading.everything()
        assert now.after.phase is Phase.FULFILLED

    try:
        play(tmp_path, scene)
    finally:
        patch.undo()


def test_what_belongs_to_nobody_here_is_left_alone(tmp_path: Path, yesterday: pytest.MonkeyPatch) -> None:
    async def scene(world: World) -> None:
        await unread(world)
        yesterday.undo()
        world.connected = False
        await world.restart()
        assert await world.register.rereading.everything() == ()

    play(tmp_path, scene)
