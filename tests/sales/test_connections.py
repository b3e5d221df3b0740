"""The lights of the status line follow the providers, and the balance follows each sale."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pos_app.money import Money
from tests.world import World


def test_the_balance_on_show_is_of_after_the_last_sale(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            lights = world.register.connections
            assert lights.lights()[0].state == "unknown"
            await lights.look()
            before = lights.lights()[0]
            assert (before.state, before.amount) == ("ok", world.provider.left)
            world.provider.left = Money(1, "USD")
            await lights.look()
            assert lights.lights()[0] == before, "nobody is asked again before it is time"
            await world.sell()
            await lights.look()
            assert lights.lights()[0].amount == world.provider.left

    asyncio.run(run())


def test_a_provider_out_of_reach_is_told_in_words_and_comes_back_by_itself(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            lights = world.register.connections
            world.provider.reachable = False
            await lights.look()
            light = lights.lights()[0]
            since = world.clock.at
            assert (light.state, light.since) == ("trouble", since)
            assert light.detail == (
                "There is no connection to the card company. Check the internet connection and try again."
            )
            world.clock.turn(seconds=30)
            await lights.look()
            assert lights.lights()[0].since == since, "since it was seen first, not last"
            world.provider.reachable = True
            world.clock.turn(seconds=30)
            await lights.look()
            assert (lights.lights()[0].state, lights.lights()[0].since) == ("ok", None)

    asyncio.run(run())
