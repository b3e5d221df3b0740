"""Orders of a company that was taken out of the settings, and of one that keeps no books to look at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typing_extensions import override

from pos_app.errors import Misconfigured, NotAllowed, NotTaken
from pos_app.orders.answers import Bought, Look, Reply
from pos_app.orders.order import Phase
from pos_app.providers.base import Purchase
from pos_app.settling import Confirmed
from tests.played_provider import PlayedProvider
from tests.sales.verdicts import lost
from tests.world import CASHIER, World

ANA = "Ana"
LOOKED: tuple[Confirmed, ...] = ("item_not_told", "too_early", "no_pin")
SEEN = "seen in the portal"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


async def without_the_company(world: World) -> None:
    await world.pull_the_plug()
    world.connected = False
    await world.open()


def test_what_was_paid_is_not_sent_and_can_be_paid_back(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sale = await world.place()
        order_id = sale.orders[0].id
        await without_the_company(world)
        with pytest.raises(Misconfigured) as caught:
            await world.register.sales.perform(order_id)
        assert (caught.value.reason, caught.value.facts["provider"]) == ("unknown_provider", "played")
        assert (await world.register.sales.order(order_id)).phase is Phase.TO_DO
        paid = await world.register.sales.refund(order_id, CASHIER)
        assert (paid.refunded, world.provider.sends) == (paid.price, 0)

    play(tmp_path, scene)


def test_an_order_without_an_answer_can_still_be_decided(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        await without_the_company(world)
        settling = world.register.settling
        seen = await settling.witnesses(order.id)
        assert (seen.fence is not None, seen.look) == (True, None)
        with pytest.raises(Misconfigured) as caught:
            await settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
        assert caught.value.reason == "unknown_provider"
        with pytest.raises(NotAllowed, match="list_not_read"):
            await settling.not_bought(order.id, SEEN, ANA, confirmed=LOOKED)
        settled = await settling.not_bought(order.id, SEEN, ANA, confirmed=(*LOOKED, "list_not_read"))
        assert (settled.money_owed, settled.flags) == (order.price, ("list_not_read",))

    play(tmp_path, scene)


def test_books_of_another_account_are_books_that_were_not_read(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order, settling = await lost(world), world.register.settling
        world.provider.account = "account-2"
        world.clock.turn(hours=1)
        with pytest.raises(NotAllowed, match="list_not_read"):
            await settling.not_bought(order.id, SEEN, ANA)
        assert (await world.register.sales.order(order.id)).n == order.n
        settled = await settling.not_bought(order.id, SEEN, ANA, confirmed=("list_not_read",))
        assert (settled.phase, settled.flags) == (Phase.NOT_BOUGHT, ("list_not_read",))

    play(tmp_path, scene)


def test_late_codes_are_asked_for_when_the_company_is_back(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        world.provider.sold["1"].shown = 1
        await without_the_company(world)
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).n == order.n
        await world.pull_the_plug()
        world.connected = True
        await world.open()
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_late_codes_are_not_asked_for_on_another_account(tmp_path: Path) -> None:
    """An order number means another customer's order there."""

    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        world.provider.sold["1"].shown = 1
        world.provider.account = "account-2"
        with pytest.raises(NotAllowed, match="other_account"):
            await world.register.resolver.ask_for_codes(order.id)
        await world.register.resolver.look()
        assert world.provider.fetches == 0
        assert (await world.register.sales.order(order.id)).phase is Phase.CODES_PENDING

    play(tmp_path, scene)


@dataclass
class Bookless(PlayedProvider):
    """A provider that shows neither a list of its orders nor one of them."""

    @override
    async def rows(self, known: AbstractSet[str]) -> Look | None:
        return None

    @override
    async def fetch(self, provider_order_id: str) -> Reply | None:
        return None


def test_without_books_a_manager_is_told_so_and_decides_by_the_fence_alone(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        seen = await world.register.settling.witnesses(order.id)
        assert (seen.fence is not None, seen.look, seen.unclaimed) == (True, None, ())
        with pytest.raises(NotAllowed, match="no_such_provider_order"):
            await world.register.settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
        assert (await world.register.sales.order(order.id)).entries == order.entries

    async def run() -> None:
        world = World(tmp_path)
        world.provider = Bookless()
        async with world:
            await scene(world)

    asyncio.run(run())


@pytest.mark.parametrize("account", ["account-1", "account-2"])
def test_where_there_are_no_books_none_are_left_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    async def scene(world: World) -> None:
        async def none() -> None:
            return None

        monkeypatch.setattr(world.provider, "fence", none)
        order = await lost(world)
        world.provider.account = account
        world.clock.turn(hours=1)
        settled = await world.register.settling.not_bought(order.id, SEEN, ANA)
        assert (settled.phase, settled.flags) == (Phase.NOT_BOUGHT, ())

    play(tmp_path, scene)


def test_without_books_late_codes_wait_for_a_person(tmp_path: Path) -> None:
    async def run() -> None:
        world = World(tmp_path)
        world.provider = Bookless()
        async with world:
            world.provider.plays.append("late")
            order = await world.sell()
            again = await world.register.resolver.ask_for_codes(order.id)
            assert (again.phase, again.n) == (Phase.CODES_PENDING, order.n)

    asyncio.run(run())


@dataclass
class Muddled(PlayedProvider):
    """A provider whose word about one order can not be relied on; `how` says in what way."""

    how: str = ""

    @override
    async def fetch(self, provider_order_id: str) -> Reply | None:
        told = await super().fetch(provider_order_id)
        return replace(told, status=500) if told is not None and self.how == "broken" else told

    @override
    def read_order(self, reply: Reply, purchase: Purchase) -> Bought | None:
        bought = super().read_order(reply, purchase)
        if bought is not None and self.how == "other order":
            return replace(bought, provider_order_id="77")
        if bought is not None and self.how == "other item":
            return replace(bought, cards=tuple(replace(card, item="ELSE-25") for card in bought.cards))
        return bought


@pytest.mark.parametrize("how", ["broken", "other order"])
def test_late_codes_out_of_a_muddle_are_not_taken(tmp_path: Path, how: str) -> None:
    async def run() -> None:
        world = World(tmp_path)
        world.provider = muddled = Muddled(how=how)
        async with world:
            muddled.plays.append("late")
            order = await world.sell()
            muddled.sold["1"].shown = 1
            again = await world.register.resolver.ask_for_codes(order.id)
            assert (again.phase, again.cards) == (Phase.CODES_PENDING, ())
            muddled.how = ""
            assert (await world.register.resolver.ask_for_codes(order.id)).phase is Phase.FULFILLED

    asyncio.run(run())


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("broken", "no_answer"),
        ("other order", "other_provider_order"),
        ("other item", "other_provider_order"),
    ],
)
def test_a_muddle_settles_nothing(tmp_path: Path, how: str, reason: str) -> None:
    async def run() -> None:
        world = World(tmp_path)
        world.provider = muddled = Muddled(how=how)
        async with world:
            order = await lost(world)
            settling = world.register.settling
            with pytest.raises((NotAllowed, NotTaken)) as caught:
                await settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
            assert caught.value.reason == reason
            now = await world.register.sales.order(order.id)
            assert (now.phase, now.cards) == (Phase.SENT, ())
            muddled.how = ""
            settled = await settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
            assert settled.phase is Phase.FULFILLED

    asyncio.run(run())


def test_a_list_that_has_nothing_new_names_no_order(tmp_path: Path) -> None:
    """It never came to a purchase: the books stand as they stood before."""

    async def scene(world: World) -> None:
        await world.sell()
        order = await lost(world)
        del world.provider.sold["2"]
        seen = await world.register.settling.witnesses(order.id)
        assert seen.look is not None
        assert (seen.look.rows, seen.unclaimed) == ((), ())

    play(tmp_path, scene)
