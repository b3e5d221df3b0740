"""A till that died with many open orders is opened again: how long until all of them are resolved.

Half of them wait for codes that have come by now, half were never answered and stand in the company's books,
which are in memory: what is measured is the till's own time. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pos_app.errors import OutcomeUnknown
from pos_app.money import Money
from pos_app.orders.notes import AnyNote, WentOn, about
from pos_app.orders.order import Phase
from tests.played_provider import CARD
from tests.world import World


async def _open_orders(world: World, count: int) -> list[str]:
    """`count` orders of as many items, so that no two of them can be taken for each other."""
    world.provider.now = world.clock
    world.provider.left = Money(100_000_000, "USD")
    world.provider.page = 10 * count
    await world.register.accounts.declare("played", exclusive=True, by="Ana")
    await world.sell()
    orders: list[str] = []
    for n in range(count):
        # Each is an order of another minute; nobody else is at work on it any more.
        world.clock.turn(minutes=1)
        product = replace(CARD, item=f"ACME-{n}", cost=Money(2401 + n, "USD"))
        world.provider.plays.append("lost" if n % 2 else "late")
        sale = await world.place(world.line(product))
        order_id = sale.orders[0].id
        orders.append(order_id)
        try:
            await world.register.sales.perform(order_id)
        except OutcomeUnknown:
            await _go_on(world, orders)
    for sold in world.provider.sold.values():
        sold.shown = len(sold.codes)
    return orders


async def _go_on(world: World, orders: Sequence[str]) -> None:
    """A manager has selling go on, although orders are not confirmed."""
    journal, subject = world.register.journal, about(world.provider.account)

    def build(known: Sequence[AnyNote]) -> list[AnyNote]:
        return [WentOn(**journal.note_head(subject, known, "Ana"), orders=tuple(orders))]

    await journal.note(subject, build)


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with World(Path(folder)) as world:
            orders = await _open_orders(world, count)
            await world.pull_the_plug()
            world.clock.turn(minutes=5)
            began, own = time.perf_counter(), time.process_time()
            register = await world.open()
            opened = time.perf_counter()
            await register.resolver.look()
            resolved, spent = time.perf_counter(), time.process_time() - own
            found = [await register.sales.order(order_id) for order_id in orders]
    # An item that is new here waits for its PIN, once it is known to have been bought.
    left = [order for order in found if order.phase is not Phase.FULFILLED and order.settled is None]
    told = {
        "orders": count,
        "left": len(left),
        "open": opened - began,
        "look": resolved - opened,
        "processor": spent,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
