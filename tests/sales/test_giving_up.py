"""A sale that is not gone through with: given up before it is sent, and never while it is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed
from pos_app.orders.order import Phase
from tests.world import CASHIER, World, until


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def test_an_order_given_up_is_never_sent_and_its_money_waits_for_the_customer(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        sale = await world.place()
        order = await sales.withdraw(sale.orders[0].id, CASHIER)
        assert (order.phase, order.money_owed) == (Phase.WITHDRAWN, order.price)
        assert [row.waits for row in await sales.orders()] == [True]
        for act in (sales.perform(order.id), sales.withdraw(order.id, CASHIER)):
            with pytest.raises(NotAllowed, match="already_sent"):
                await act
        paid = await sales.refund(order.id, CASHIER)
        assert [entry.kind for entry in paid.entries] == ["placed", "withdrawn", "refunded"]
        assert (paid.money_owed, world.provider.sends) == (None, 0)

    play(tmp_path, scene)


def test_an_order_on_its_way_is_neither_given_up_nor_paid_back(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        sales = world.register.sales
        sale = await world.place()
        order_id = sale.orders[0].id
        sending = asyncio.create_task(sales.perform(order_id))
        await until(lambda: world.provider.sends == 1)
        for act in (sales.withdraw(order_id, CASHIER), sales.refund(order_id, CASHIER)):
            with pytest.raises(NotAllowed, match="in_flight"):
                await act
        world.provider.answer_now.set()
        assert (await sending).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_before_it_left_an_order_somebody_works_on_is_not_given_up_either(tmp_path: Path) -> None:
    """The fence is being read: what is given up now would be sent all the same."""

    async def scene(world: World) -> None:
        sales = world.register.sales
        sale = await world.place()
        order_id = sale.orders[0].id
        looked, go_on, fence = asyncio.Event(), asyncio.Event(), world.provider.fence

        async def slow() -> object:
            looked.set()
            await go_on.wait()
            return await fence()

        world.provider.fence = slow  # pyright: ignore[reportAttributeAccessIssue]  the same books, later
        selling = asyncio.create_task(sales.perform(order_id))
        await looked.wait()
        assert (await sales.order(order_id)).phase is Phase.TO_DO
        for act in (sales.withdraw(order_id, CASHIER), sales.refund(order_id, CASHIER)):
            with pytest.raises(NotAllowed, match="in_flight"):
                await act
        go_on.set()
        assert (await selling).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_sale_is_found_by_its_own_id_only(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        sale = await world.place(world.line(), world.line())
        assert await sales.sale(sale.head.id) == sale
        for name in (sale.orders[0].id, "", "no such"):
            with pytest.raises(NotAllowed, match="unknown_order"):
                await sales.sale(name)

    play(tmp_path, scene)
