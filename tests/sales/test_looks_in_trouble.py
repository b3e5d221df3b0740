"""What a store in trouble, or a clock that jumped, kept from being looked at is looked at once more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from pos_app.errors import OutcomeUnknown, StoreProblem
from pos_app.orders.answers import Look
from pos_app.orders.order import Order, Phase
from pos_app.store.journal import Journal
from tests.world import HandClock, World

ANA = "Ana"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    """Play `scene` at a till that alone buys on its account, and has sold a card before."""

    async def run() -> None:
        async with World(folder) as world:
            world.provider.now = world.clock
            await world.register.accounts.declare("played", exclusive=True, by=ANA)
            await world.sell()
            await world.register.resolver.look()
            await scene(world)

    asyncio.run(run())


async def not_carried_out(world: World) -> Order:
    """An order that was sent, has no answer, and is not in the books."""
    world.provider.plays.append("lost_before")
    sale = await world.place()
    with pytest.raises(OutcomeUnknown):
        await world.register.sales.perform(sale.orders[0].id)
    return await world.register.sales.order(sale.orders[0].id)


async def no_room(*_args: object) -> None:
    """What the store says to whoever wants something of it."""
    raise StoreProblem("full")


def test_a_foreign_row_nobody_could_write_down_is_found_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        resolver, accounts = world.register.resolver, world.register.accounts
        world.provider.sell_now()
        await world.sell()
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "note", no_room)
            with pytest.raises(StoreProblem):
                await resolver.look()
        await resolver.look()
        assert (await accounts.account("played")).strangers == ("2",)
        order = await not_carried_out(world)
        # What the stranger buys next is not taken for it.
        world.provider.sell_now()
        world.clock.turn(minutes=1)
        await resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT

    play(tmp_path, scene)


def test_an_order_that_could_not_be_read_for_a_moment_is_watched_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await not_carried_out(world)
        await world.register.settling.not_bought(order.id, "asked them", ANA, confirmed=["too_early"])
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "order", no_room)
            assert not await world.register.accounts.watched()
        world.provider.sell_now()
        world.clock.turn(hours=2)
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).reopened

    play(tmp_path, scene)


def test_what_was_decided_while_the_clock_was_years_behind_is_watched(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        company, years = HandClock(), 5 * 365.0
        world.provider.now = company
        world.clock.jump(days=-years)
        order = await not_carried_out(world)
        await world.register.settling.not_bought(order.id, "asked them", ANA, confirmed=["too_early"])
        world.clock.jump(days=years)
        assert [one.id for one in await world.register.accounts.watched()] == [order.id]
        for clock in (company, world.clock):
            clock.turn(days=14)
        assert await world.register.accounts.watched() == ()

    play(tmp_path, scene)


def test_a_till_that_could_not_look_looks_again_though_nothing_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        world.provider.sold["2"].shown = 1
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "in_phase", no_room)
            with pytest.raises(StoreProblem):
                await world.register.resolver.look()
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_clock_that_jumps_during_a_look_makes_it_everybody_s_turn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        await not_carried_out(world)
        resolver, rows, looks = world.register.resolver, world.provider.rows, list[int]()

        async def jumping(known: AbstractSet[str]) -> Look | None:
            looks.append(len(known))
            if len(looks) == 1:
                resolver.ask_anew()
            return await rows(known)

        monkeypatch.setattr(world.provider, "rows", jumping)
        await resolver.look()
        await resolver.look()
        assert len(looks) == 2

    play(tmp_path, scene)
