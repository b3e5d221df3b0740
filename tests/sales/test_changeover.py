"""Another key of a company while the till is open: kept and in force, or neither; nothing falls between."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typing_extensions import override

from pos_app.errors import Misconfigured, NotAllowed, NotTaken
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.answers import Look
from pos_app.orders.order import Phase
from tests.played_provider import PlayedProvider
from tests.world import World, until

BOUND = 60.0


@dataclass
class Another(PlayedProvider):
    """The same company with another key: another account, other books, other codes."""

    account: str = "account-2"
    closed: bool = False

    @override
    async def close(self) -> None:
        self.closed = True


def another() -> Another:
    return Another(cards=deque([[{"code": f"TEST-2ND-{n:04}"}] for n in range(9)]))


async def kept() -> None:
    """Nothing is wrong with keeping it."""


def play(tmp_path: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            await scene(world)

    asyncio.run(asyncio.wait_for(run(), BOUND))


async def change(world: World, provider: PlayedProvider, keep: Callable[[], Awaitable[None]] = kept) -> None:
    await world.register.changeover.change(provider, keep)


async def refused(asked: Awaitable[object]) -> NotAllowed:
    with pytest.raises(NotAllowed) as caught:
        await asked
    assert explain(caught.value).title
    return caught.value


def test_the_next_order_is_bought_with_the_new_key(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        assert (await world.sell()).phase is Phase.FULFILLED
        await world.register.connections.look()
        new = another()
        new.left = Money(1234, "USD")
        await change(world, new)
        assert [light.state for light in world.register.connections.lights()] == ["unknown"]
        await world.register.connections.look()
        assert [light.amount for light in world.register.connections.lights()] == [new.left]
        order = await world.sell()
        assert (order.phase, order.placed.account) == (Phase.FULFILLED, "account-2")
        assert (world.provider.sends, new.sends) == (1, 1)
        assert not new.closed
        await world.register.close(0)
        assert new.closed

    play(tmp_path, scene)


def test_a_company_that_was_not_there_is_sold_from_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        world = World(tmp_path)
        world.connected = False
        async with world:
            assert world.register.connections.lights() == ()
            await change(world, world.provider)
            await world.register.connections.look()
            assert [light.state for light in world.register.connections.lights()] == ["ok"]
            await world.register.read_again()
            assert world.register.catalog.count == 2
            assert not world.register.catalog.is_behind
            assert (await world.sell()).phase is Phase.FULFILLED

    asyncio.run(asyncio.wait_for(run(), BOUND))


def test_a_list_that_was_stopped_is_read_with_the_new_key(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.reachable = False
        await world.register.catalog.refresh()
        assert world.register.catalog.failure is not None
        world.register.catalog.stop()
        await change(world, another())
        assert world.register.catalog.failure is None
        await world.register.connections.look()
        await world.register.read_again()
        assert world.register.catalog.count == 2

    play(tmp_path, scene)


def test_no_key_is_replaced_while_an_order_is_on_its_way(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        sale = await world.place()
        selling = asyncio.ensure_future(world.register.sales.perform(sale.orders[0].id))
        await until(lambda: world.provider.sends)

        async def never() -> None:
            raise AssertionError("kept")

        new = another()
        assert (await refused(change(world, new, never))).reason == "orders_on_their_way"
        assert new.closed
        world.provider.answer_now.set()
        assert (await selling).placed.account == "account-1"
        await change(world, another())

    play(tmp_path, scene)


@pytest.mark.parametrize("what", ["placed", "unclear", "late"])
def test_another_account_waits_for_what_is_open_on_this_one(tmp_path: Path, what: str) -> None:
    async def scene(world: World) -> None:
        sale = await world.place()
        if what == "unclear":
            world.provider.plays.append("silent")
            selling = asyncio.ensure_future(world.register.sales.perform(sale.orders[0].id))
            await until(lambda: world.provider.sold)
            await world.restart()
            selling.cancel()
        elif what == "late":
            world.provider.plays.append("late")
            await world.register.sales.perform(sale.orders[0].id)
        caught = await refused(change(world, another()))
        assert (caught.reason, caught.facts) == ("orders_open", {"n": 1})
        # A new key of the same account gets those codes, too.
        same = another()
        same.account = "account-1"
        await change(world, same)

    play(tmp_path, scene)


def test_nothing_is_placed_or_sent_while_a_key_is_being_kept(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        placed = await world.place()
        begun, may = asyncio.Event(), asyncio.Event()

        async def keep() -> None:
            begun.set()
            await may.wait()

        new = another()
        new.account = "account-1"
        changing = asyncio.ensure_future(change(world, new, keep))
        await begun.wait()
        assert (await refused(world.place())).reason == "key_changes"
        assert (await refused(world.register.sales.perform(placed.orders[0].id))).reason == "key_changes"
        assert world.provider.sends == new.sends == 0
        # Whoever asked may go away: what was begun is done.
        changing.cancel()
        may.set()
        await until(lambda: world.register.providers["played"] is new)
        order = await world.register.sales.perform(placed.orders[0].id)
        assert (order.phase, world.provider.sends, new.sends) == (Phase.FULFILLED, 0, 1)

    play(tmp_path, scene)


def test_a_key_that_is_not_kept_is_not_in_force(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        async def fails() -> None:
            raise Misconfigured("keyring_locked")

        new = another()
        with pytest.raises(Misconfigured):
            await change(world, new, fails)
        assert new.closed
        assert (await world.sell()).placed.account == "account-1"

    play(tmp_path, scene)


def test_a_look_that_was_begun_tells_of_the_account_it_was_begun_for(tmp_path: Path) -> None:
    """An order of the account before is never judged by the books of the one in use since."""

    @dataclass
    class Slow(PlayedProvider):
        asked: int = 0

        @override
        async def balance(self) -> Money | None:
            self.asked += 1
            await self.answer_now.wait()
            raise NotTaken("offline")

    async def scene(world: World) -> None:
        slow = Slow()
        await change(world, slow)
        looking = asyncio.ensure_future(world.register.connections.look())
        await until(lambda: slow.asked)
        new = another()
        await change(world, new)
        slow.answer_now.set()
        await looking
        # The trouble was the other key's.
        assert [light.state for light in world.register.connections.lights()] == ["unknown"]
        await world.register.connections.look()
        assert [light.state for light in world.register.connections.lights()] == ["ok"]

    play(tmp_path, scene)


def test_what_is_watched_on_the_account_before_is_not_looked_for_in_the_new_books(tmp_path: Path) -> None:
    @dataclass
    class Watched(Another):
        looked: int = 0

        @override
        async def rows(self, known: object) -> Look | None:
            self.looked += 1
            raise NotTaken("offline")

    async def scene(world: World) -> None:
        world.provider.plays.append("lost_before")
        with pytest.raises(Exception, match="cut"):
            await world.sell()
        (order,) = await world.register.journal.in_phase(Phase.SENT)
        world.clock.turn(minutes=50)
        order = await world.register.settling.not_bought(
            order.id, "not in the portal", "Ana", confirmed=["too_early"]
        )
        assert order.phase is Phase.NOT_BOUGHT
        new = Watched()
        # Nothing waits for the account before, and what turns up there is found when its key is back.
        await change(world, new)
        world.clock.turn(hours=2)
        await world.register.resolver.look()
        assert new.looked == 0

    play(tmp_path, scene)
