"""A company that charges for more cards than were asked, and shows them one by one: all of them are found."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typing_extensions import override

from pos_app.intake import purchase
from pos_app.orders.answers import Bought, Reply
from pos_app.orders.order import Order, Phase
from pos_app.providers.base import Purchase
from tests.played_provider import PlayedProvider
from tests.world import CASHIER, World


@dataclass
class Generous(PlayedProvider):
    """Charges for `charged` cards, and says that they are worth `worth`, whatever was asked."""

    charged: int = 4
    worth: int = 4

    @override
    def read_order(self, reply: Reply, purchase: Purchase) -> Bought | None:
        return self._bought(reply, purchase)

    @override
    def _bought(self, reply: Reply, purchase: Purchase) -> Bought:
        assert purchase.cost is not None
        each = purchase.cost.minor // purchase.quantity
        cost = replace(purchase.cost, minor=each * self.charged)
        said = super()._bought(reply, purchase)
        return replace(said, cost=cost, face=purchase.face * self.worth)


def four_codes() -> list[dict[str, str]]:
    return [{"code": f"TEST-0001-000{place}-ABCD"} for place in range(1, 5)]


def play(
    folder: Path, provider: Generous, scene: Callable[[World, Generous, Order], Awaitable[None]]
) -> None:
    async def run() -> None:
        world = World(folder)
        world.provider = provider
        provider.cards.append(four_codes())
        provider.plays.append("late")
        async with world:
            order = await world.sell(world.line(quantity=2))
            assert order.phase is Phase.CODES_PENDING
            await scene(world, provider, order)

    asyncio.run(asyncio.wait_for(run(), 60))


async def looked(world: World, order: Order, **after: float) -> Order:
    """The order once the till has looked, some time later."""
    world.clock.turn(**after)
    await world.register.resolver.look()
    return await world.register.sales.order(order.id)


async def asked_for_is_here(world: World, provider: Generous, order: Order) -> Order:
    provider.sold["1"].shown = 2
    order = await looked(world, order, minutes=10)
    assert (order.phase, len(order.handed_cards), order.parked_cards) == (Phase.FULFILLED, 2, ())
    return order


def test_what_comes_behind_the_last_card_is_kept_and_handed_to_nobody(tmp_path: Path) -> None:
    async def scene(world: World, provider: Generous, order: Order) -> None:
        order = await asked_for_is_here(world, provider, order)
        assert (await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)).printed == 3
        provider.sold["1"].shown = 3
        order = await looked(world, order, hours=1)
        assert (order.phase, len(order.handed_cards), len(order.parked_cards)) == (Phase.FULFILLED, 2, 1)
        await world.restart()
        provider.sold["1"].shown = 4
        order = await looked(world, order, hours=1)
        assert (order.phase, len(order.handed_cards), len(order.parked_cards)) == (Phase.FULFILLED, 2, 2)
        assert "more_cards" in order.flags
        assert (await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)).printed == 0
        proposed = {(one.why, one.cards) for one in await world.register.claims.proposals()}
        assert {("parked_card", (card.id,)) for card in order.parked_cards} < proposed
        fetches = provider.fetches
        await looked(world, order, hours=2)
        assert provider.fetches == fetches, "all that was charged for is here"
        assert provider.sends == 1

    play(tmp_path, Generous(), scene)


def test_a_card_that_never_comes_is_looked_for_hourly_and_for_fourteen_days(tmp_path: Path) -> None:
    async def scene(world: World, provider: Generous, order: Order) -> None:
        order = await asked_for_is_here(world, provider, order)
        for _ in range(12):
            await looked(world, order, hours=1)
        fetches = provider.fetches
        await looked(world, order, minutes=30)
        assert provider.fetches == fetches, "not more than once an hour"
        await looked(world, order, minutes=31)
        assert provider.fetches == fetches + 1
        await looked(world, order, days=15)
        assert provider.fetches == fetches + 1
        await world.register.resolver.ask_for_codes(order.id)
        assert provider.fetches == fetches + 1

    play(tmp_path, Generous(), scene)


@pytest.mark.parametrize(("charged", "worth"), [(4, 2), (2, 4), (1, 1)])
def test_another_price_alone_is_no_reason_to_look(tmp_path: Path, charged: int, worth: int) -> None:
    async def scene(world: World, provider: Generous, order: Order) -> None:
        order = await asked_for_is_here(world, provider, order)
        provider.sold["1"].shown = 4
        order = await looked(world, order, hours=1)
        assert (len(order.handed_cards), order.parked_cards) == (2, ())

    play(tmp_path, Generous(charged=charged, worth=worth), scene)


def test_a_code_that_is_listed_twice_is_one_card(tmp_path: Path) -> None:
    async def scene(world: World, provider: Generous, order: Order) -> None:
        codes = provider.sold["1"].codes
        provider.sold["1"].codes = [codes[0], codes[1], codes[1], codes[0], codes[2]]
        provider.sold["1"].shown = 4
        order = await looked(world, order, minutes=10)
        assert (order.phase, len(order.handed_cards)) == (Phase.FULFILLED, 2)
        provider.sold["1"].shown = 5
        order = await looked(world, order, hours=1)
        assert len({card.digest for card in order.cards}) == 3

    play(tmp_path, Generous(charged=3, worth=3), scene)


def test_nothing_comes_to_an_order_whose_codes_were_deleted(tmp_path: Path) -> None:
    async def scene(world: World, provider: Generous, order: Order) -> None:
        order = await asked_for_is_here(world, provider, order)
        provider.sold["1"].shown = 4
        register = world.register
        key = await register.journal.key(order.id)
        reply = await provider.fetch("1")
        assert reply is not None
        told = json.loads(reply.body)
        assert len(told["codes"]) == 4
        bought = provider.read_order(reply, purchase(order, key))
        assert bought is not None
        await register.printouts.print_sale(order.placed.sale.id, CASHIER)
        await register.purging.by_hand(order.id, "Ada", "the customer asked for it")
        # The reply was on its way while they were deleted.
        after = await register.intake.codes(order, key, bought, reply=reply, by="countercard")
        assert (len(after.cards), after.purged is not None) == (2, True)
        fetches = provider.fetches
        await looked(world, order, hours=1)
        assert provider.fetches == fetches

    play(tmp_path, Generous(), scene)


def test_in_another_money_nothing_is_reckoned(tmp_path: Path) -> None:
    @dataclass
    class Abroad(Generous):
        @override
        def _bought(self, reply: Reply, purchase: Purchase) -> Bought:
            said = super()._bought(reply, purchase)
            assert said.cost is not None
            return replace(said, cost=replace(said.cost, currency="EUR"))

    async def scene(world: World, provider: Generous, order: Order) -> None:
        order = await asked_for_is_here(world, provider, order)
        fetches = provider.fetches
        await looked(world, order, hours=1)
        assert provider.fetches == fetches

    play(tmp_path, Abroad(), scene)
