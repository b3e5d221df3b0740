"""Codes that come after the answer: asked for again, also after a restart, and never bought twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from pos_app.orders.order import Phase
from tests.world import CASHIER, World


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def test_late_codes_are_found_after_a_restart(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell(world.line(quantity=2))
        assert order.phase is Phase.CODES_PENDING
        await world.restart()
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.CODES_PENDING
        world.provider.sold["1"].shown = 2
        world.clock.turn(minutes=1)
        await world.register.resolver.look()
        order = await world.register.sales.order(order.id)
        assert order.phase is Phase.FULFILLED
        assert len(order.handed_cards) == 2
        card = await world.register.sales.reveal(order.id, order.handed_cards[1].id, CASHIER)
        assert card.code == world.provider.sold["1"].codes[1]["code"]
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_codes_in_part_are_handed_over_as_they_come_and_none_twice(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("part")
        order = await world.sell(world.line(quantity=3))
        assert order.phase is Phase.CODES_PENDING
        assert len(order.handed_cards) == 2
        assert (await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)).printed == 3
        world.provider.sold["1"].shown = 3
        order = await world.register.resolver.ask_for_codes(order.id)
        assert order.phase is Phase.FULFILLED
        assert len({card.id for card in order.handed_cards}) == 3
        result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert result.printed == 1
        order = await world.register.sales.order(order.id)
        assert order.printed_cards() == {card.id for card in order.handed_cards}

    play(tmp_path, scene)


def test_a_pin_is_not_lost_to_a_poorer_look_and_a_missing_one_is_not_complete(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("with_pins")
        first = await world.sell()
        assert first.handed_cards[0].has_pin
        # The item is known to carry PINs now; a late answer shows the code without one.
        world.provider.plays.append("late")
        late = await world.sell()
        world.provider.sold["2"].shown = 1
        late = await world.register.resolver.ask_for_codes(late.id)
        assert late.phase is Phase.CODES_PENDING
        assert "pin_missing" in late.flags
        world.provider.sold["2"].codes[0]["pin"] = "0042"
        late = await world.register.resolver.ask_for_codes(late.id)
        assert late.phase is Phase.FULFILLED
        card = await world.register.sales.reveal(late.id, late.handed_cards[0].id, CASHIER)
        assert card.pin == "0042"

    play(tmp_path, scene)


def test_a_pin_that_is_missing_costs_the_next_customer_none(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.extend(("with_pins", "late", "late"))
        orders = [await world.sell() for _ in range(3)][1:]
        for number in ("2", "3"):
            world.provider.sold[number].shown = 1
        late = [await world.register.resolver.ask_for_codes(order.id) for order in orders]
        assert [order.phase for order in late] == [Phase.CODES_PENDING, Phase.CODES_PENDING]
        assert all("pin_missing" in order.flags for order in late)

    play(tmp_path, scene)


def test_an_order_is_asked_about_less_and_less_often(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        await world.sell()
        for _ in range(600):
            await world.register.resolver.look()
            world.clock.turn(seconds=2)
        # 20 minutes: after 0, 2, 6, 14, 30, 62, 126, 254, 510 s, then every five minutes.
        assert 9 <= world.provider.fetches <= 13

    play(tmp_path, scene)


def test_a_provider_out_of_reach_costs_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        world.provider.reachable = False
        await world.register.resolver.look()
        world.provider.reachable = True
        world.provider.sold["1"].shown = 1
        world.clock.turn(minutes=5)
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_code_seen_before_is_not_handed_over_again(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first = await world.sell()
        world.provider.plays.append("late")
        second = await world.sell()
        world.provider.sold["2"].codes = list(world.provider.sold["1"].codes)
        world.provider.sold["2"].shown = 1
        second = await world.register.resolver.ask_for_codes(second.id)
        assert second.handed_cards == ()
        assert "code_seen_before" in second.flags
        assert second.phase is Phase.CODES_PENDING
        assert first.handed_cards[0].digest == second.cards[0].digest

    play(tmp_path, scene)
