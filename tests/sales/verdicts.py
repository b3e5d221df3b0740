"""Orders nobody answered for, and verdicts that are refused, for whoever tries verdicts."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from pos_app.errors import OutcomeUnknown, PosError
from pos_app.orders.draft import Line
from pos_app.orders.order import Order
from tests.world import World


async def lost(world: World, line: Line | None = None) -> Order:
    """An order that was sent and has no answer; the provider has sold it."""
    world.provider.plays.append("lost")
    sale = await world.place(line or world.line())
    with pytest.raises(OutcomeUnknown):
        await world.register.sales.perform(sale.orders[0].id, sell_anyway=True)
    return await world.register.sales.order(sale.orders[0].id)


async def refused(reason: str, act: Awaitable[Order]) -> None:
    """`act` is refused for `reason`."""
    with pytest.raises(PosError) as caught:
        await act
    assert caught.value.reason == reason
