"""Several people want papers of one sale at once: each wish is done, by itself, and told to whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from pos_app.errors import NotAllowed
from pos_app.printouts import PrintResult
from tests.world import CASHIER, SlowPrinter, World

NUMBER = "03-000001"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def test_what_came_while_a_reprint_ran_is_printed_when_the_cashier_prints(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        register = world.register
        world.provider.plays.append("late")
        order = await world.sell()
        sale = order.placed.sale.id
        await register.printouts.print_sale(sale, CASHIER)
        slow = SlowPrinter()
        register.printouts.use(slow, register.settings.shop)
        reprint = asyncio.ensure_future(register.printouts.reprint(sale, CASHIER))
        await slow.begun.wait()
        world.provider.sold["1"].shown = 1
        await register.resolver.ask_again(order.id)
        print_ = asyncio.ensure_future(register.printouts.print_sale(sale, CASHIER))
        slow.may.set()
        assert ((await reprint).printed, (await print_).printed) == (1, 1)
        assert list(slow.papers) == [f"{NUMBER}-receipt-copy-1", f"{NUMBER}-slip-1"]
        assert not (await register.sales.order(order.id)).not_handed_over

    play(tmp_path, scene)


def test_nobody_is_told_why_another_one_may_not(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        printouts = world.register.printouts
        sale = (await world.sell()).placed.sale.id
        refused, printed, again = await asyncio.gather(
            printouts.reprint(sale, "Ana", full=True),
            printouts.print_sale(sale, CASHIER),
            printouts.reprint(sale, CASHIER),
            return_exceptions=True,
        )
        assert isinstance(refused, NotAllowed)
        assert refused.reason == "needs_evidence"
        assert isinstance(printed, PrintResult)
        assert isinstance(again, PrintResult)
        assert "slip" in {name for name, _orders, _cards in printed.out}
        assert {name for name, _orders, _cards in again.out} == {"receipt"}

    play(tmp_path, scene)


def test_a_key_pressed_twice_is_one_wish_and_two_people_have_two(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        printouts, slow = world.register.printouts, SlowPrinter()
        sale = (await world.sell()).placed.sale.id
        printouts.use(slow, world.register.settings.shop)
        first = asyncio.ensure_future(printouts.print_sale(sale, CASHIER))
        await slow.begun.wait()
        others = asyncio.gather(printouts.print_sale(sale, CASHIER), printouts.print_sale(sale, "Ana"))
        slow.may.set()
        twice, behind = await others
        assert (await first) is twice
        assert (twice.printed, behind.printed) == (2, 0)
        assert list(slow.papers) == [f"{NUMBER}-receipt", f"{NUMBER}-slip-1"]

    play(tmp_path, scene)
