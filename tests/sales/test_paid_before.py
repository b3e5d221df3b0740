"""Which sale of the day a number of the card terminal paid: one slip pays once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed
from pos_app.money import Money
from pos_app.orders.draft import Draft
from pos_app.orders.order import Sale
from pos_app.orders.sale import Tender
from pos_app.store.database import open_database
from pos_app.store.views import Views
from tests.world import CASHIER, World


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


async def paid(world: World, *references: str, kind: str = "terminal") -> Sale:
    """A sale of one card, paid in equal parts."""
    draft = Draft(world.new_id(), "USD", (world.line(),))
    share = Money(draft.total.minor // len(references), "USD")
    way = "terminal" if kind == "terminal" else "other"
    tenders = tuple(Tender(way, share, reference) for reference in references)
    return await world.register.sales.place(draft, tenders, CASHIER)


def test_the_newest_sale_of_the_day_is_told(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        assert await sales.paid_before("new", "A-771") is None
        await world.place()
        await paid(world, "A-771", kind="other")
        assert await sales.paid_before("new", "A-771") is None, "no terminal's number"
        first = await paid(world, "A-7", "A-771")
        for typed in ("A-771", " a-771 ", "A - 771"):
            assert await sales.paid_before("new", typed) == first.head
        assert await sales.paid_before(first.head.id, "A-771") is None, "its own number"
        assert await sales.paid_before("new", "A-77") is None
        world.clock.turn(hours=1)
        second = await paid(world, "A-771")
        assert await sales.paid_before("new", "A-771") == second.head
        await sales.withdraw(second.orders[0].id, CASHIER)
        assert await sales.paid_before("new", "A-771") == second.head, "its money is owed back by that slip"
        assert await sales.paid_before(second.head.id, "A-771") == first.head
        world.clock.turn(hours=15, minutes=1)
        assert await sales.paid_before(second.head.id, "A-771") is None, "terminals count anew overnight"
        assert await sales.paid_before("new", "A-771") == second.head

    play(tmp_path, scene)


def test_another_register_s_terminal_has_numbers_of_its_own(tmp_path: Path) -> None:
    async def scene() -> None:
        async with World(tmp_path) as world:
            sale = await paid(world, "A-771")
        database = await open_database(tmp_path / "countercard.db")
        try:
            since = sale.head.at - timedelta(hours=1)
            assert await Views(database).paid_at_terminal(sale.head.register, since) == (sale.head,)
            assert await Views(database).paid_at_terminal("another", since) == ()
        finally:
            await database.close()

    asyncio.run(scene())


def test_what_can_not_be_read_keeps_nobody_from_selling(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        damaged = await paid(world, "A-1")
        whole = await paid(world, "A-2")
        with closing(sqlite3.connect(tmp_path / "countercard.db")) as connection:
            connection.execute("DROP TRIGGER entry_is_written_once")
            connection.execute(
                "UPDATE entry SET body = substr(body, 1, length(body) - 9) WHERE order_id = ? AND n = 0",
                (damaged.orders[0].id,),
            )
            connection.commit()
        assert await world.register.sales.paid_before("new", "A-1") is None
        assert await world.register.sales.paid_before("new", "A-2") == whole.head

    play(tmp_path, scene)


def test_one_slip_is_no_two_parts_of_a_sale(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(NotAllowed, match="money_incomplete"):
            await paid(world, "A-1", " a-1")
        assert (await paid(world, "90017", "90017", kind="other")).head.tenders

    play(tmp_path, scene)
