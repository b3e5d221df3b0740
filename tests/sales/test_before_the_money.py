"""What is found out before any money is taken, and what tells on a journal that was shortened."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from pos_app.money import Money
from tests.world import World


def test_a_balance_too_low_for_the_line_is_said_on_the_line(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            line = world.line(quantity=3)
            world.provider.left = Money(7199, "USD")
            check = await world.register.sales.check(line)
            assert check.problem is not None
            assert check.problem.reason == "balance_too_low"
            world.provider.left = Money(7200, "USD")
            assert (await world.register.sales.check(line)).ok

    asyncio.run(run())


@pytest.mark.logs
def test_lines_cut_off_the_end_of_the_journal_are_noticed(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            await world.sell()
            await world.sell()
            assert (await world.register.journal.verify()).broken is None
            await world.close()
            for left in (7, 4, 0):
                with sqlite3.connect(tmp_path / "countercard.db") as database:
                    database.execute("DROP TRIGGER IF EXISTS entry_is_kept")
                    database.execute("DELETE FROM entry WHERE seq > ?", (left,))
                database.close()
                register = await world.open()
                found = await register.journal.verify()
                assert (found.entries, found.broken) == (left, f"03/{left + 1}")
                await world.close()

    asyncio.run(run())


def test_an_order_waits_until_its_card_is_on_paper_or_was_seen(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            printed, seen = await world.sell(), await world.sell()
            assert await world.register.sales.open_count() == 2
            await world.register.printouts.print_sale(printed.placed.sale.id, "Mia")
            await world.register.sales.reveal(seen.id, seen.handed_cards[0].id, "Mia")
            assert await world.register.sales.open_count() == 0

    asyncio.run(run())
