"""What was taken for a sale that is not written down yet: what a killed till leaves of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import StoreProblem
from pos_app.held_money import Held
from pos_app.money import Money
from pos_app.orders.sale import Tender
from pos_app.store.facts import Facts
from pos_app.store.held_parts import HeldParts
from tests.world import World

PARTS = (Tender("cash", Money(2000, "USD")), Tender("terminal", Money(3000, "USD"), "A-771"))


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def test_a_killed_till_leaves_what_it_held(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.register.held_money.hold("basket", PARTS[:1])
        await world.register.held_money.hold("basket", PARTS)
        await world.pull_the_plug()
        await world.open()
        assert await world.register.held_money.left() == Held("basket", PARTS)
        await world.register.held_money.hold("basket", ())
        await world.restart()
        assert await world.register.held_money.left() is None

    play(tmp_path, scene)


def test_what_paid_a_sale_is_nobody_s_any_more(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sale = await world.place(world.line())
        # Killed between the sale and the word that nothing is held any more.
        await world.register.held_money.hold(sale.head.id, PARTS)
        await world.pull_the_plug()
        await world.open()
        assert await world.register.held_money.left() is None

    play(tmp_path, scene)


def test_who_only_looks_asks_nobody_for_what_another_till_holds(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.register.held_money.hold("basket", PARTS)
        beside = await world.open(exclusive=False)
        try:
            assert await beside.held_money.left() is None
            await beside.held_money.hold("basket", ())
        finally:
            await beside.close()
        assert await world.register.held_money.left() == Held("basket", PARTS)

    play(tmp_path, scene)


@pytest.mark.logs
def test_a_store_that_does_not_answer_keeps_no_money_from_going_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_held: HeldParts, _what: Held) -> None:
        raise StoreProblem("full")

    async def scene(world: World) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(HeldParts, "put", full)
            await world.register.held_money.hold("basket", PARTS)
        assert await world.register.held_money.left() is None

    play(tmp_path, scene)


@pytest.mark.parametrize("said", ["", "{}", '{"sale_id": "basket", "parts": [{"kind": "shells"}]}'])
def test_what_nobody_can_read_is_no_money(tmp_path: Path, said: str) -> None:
    async def scene(world: World) -> None:
        register = world.register
        await Facts(register.database).put(f"money held at register {register.settings.register_id}", said)
        assert await register.held_money.left() is None

    play(tmp_path, scene)
