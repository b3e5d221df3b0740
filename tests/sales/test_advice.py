"""What is said to be done next is true: nothing is asked of anybody about an order that is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.advice import advice
from pos_app.errors import OutcomeUnknown
from pos_app.orders.order import Order, Status
from tests.world import CASHIER, World, until

ANA, SEEN = "Ana", "the portal lists nothing"
NOTHING = "Nothing is left to do."
HAND_OVER = "Print the slip, or show the code to the customer."


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await asyncio.wait_for(scene(world), 60)

    asyncio.run(run())


def said(world: World, order: Order) -> str:
    return advice(order, world.register.sales.status(order), None)


async def refused(world: World) -> Order:
    world.provider.plays.append("refused")
    return await world.sell()


async def not_bought(world: World) -> Order:
    world.provider.plays.append("lost_before")
    sale = await world.place()
    with pytest.raises(OutcomeUnknown):
        await world.register.sales.perform(sale.orders[0].id)
    settling = world.register.settling
    return await settling.not_bought(sale.orders[0].id, SEEN, ANA, confirmed=["too_early"])


async def given_up(world: World) -> Order:
    sale = await world.place()
    return await world.register.sales.withdraw(sale.orders[0].id, CASHIER)


@pytest.mark.parametrize("made", [refused, not_bought, given_up])
def test_what_was_paid_back_needs_nobody(tmp_path: Path, made: Callable[[World], Awaitable[Order]]) -> None:
    async def scene(world: World) -> None:
        order = await made(world)
        assert said(world, order) == "Give $25.00 back to the customer, then say so."
        order = await world.register.sales.refund(order.id, CASHIER)
        assert said(world, order) == NOTHING

    play(tmp_path, scene)


def test_of_codes_that_never_were_none_is_said_to_be_deleted(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.register.sales.refund((await refused(world)).id, CASHIER)
        order = await world.register.purging.by_hand(order.id, ANA, "asked for")
        assert (said(world, order), order.purged is None) == (NOTHING, False)

    play(tmp_path, scene)


def test_a_card_is_to_be_handed_over_until_it_is(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        register = world.register
        order = await world.sell()
        assert said(world, order) == HAND_OVER
        await register.printouts.print_sale(order.placed.sale.id, CASHIER)
        order = await register.sales.order(order.id)
        assert said(world, order) == NOTHING
        order = await register.purging.by_hand(order.id, ANA, "asked for")
        assert said(world, order) == "The codes of this order were deleted for good."

    play(tmp_path, scene)


def test_what_others_have_to_do_is_asked_of_nobody_here(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        by_email = await world.sell(world.email_line())
        assert said(world, by_email) == NOTHING
        world.provider.plays.extend(["confirm", "waits"])
        to_confirm = await world.sell(world.email_line("lee@mail.example"))
        assert said(world, to_confirm) == "Bought. The sender has to confirm by e-mail"
        sale = await world.place()
        selling = asyncio.create_task(world.register.sales.perform(sale.orders[0].id))
        await until(lambda: world.provider.sends == 3)
        order = await world.register.sales.order(sale.orders[0].id)
        assert world.register.sales.status(order) is Status.IN_PROGRESS
        assert said(world, order) == "Asking the card company…"
        world.provider.answer_now.set()
        assert said(world, await selling) == HAND_OVER

    play(tmp_path, scene)
