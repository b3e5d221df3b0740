"""A manager who waits says so; a card that was mailed though its money is back is looked at and done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed, OutcomeUnknown
from pos_app.orders.draft import Line
from pos_app.orders.entries import Answered, Deferred
from pos_app.orders.order import Phase
from tests.world import World


async def lost(world: World, *lines: Line) -> str:
    world.provider.plays.append("lost")
    sale = await world.place(*lines)
    with pytest.raises(OutcomeUnknown):
        await world.register.sales.perform(sale.orders[0].id)
    return sale.orders[0].id


def test_who_waits_says_why_and_nothing_else_changes(tmp_path: Path) -> None:
    async def story() -> None:
        async with World(tmp_path) as world:
            order_id = await lost(world)
            settling = world.register.settling
            after = await settling.wait(order_id, " they call back ", "Ada")
            said = after.entries[-1]
            assert isinstance(said, Deferred)
            assert (said.by, said.evidence, after.phase) == ("Ada", "they call back", Phase.SENT)
            assert [one.order.id for one in await settling.waiting()] == [order_id]
            for evidence, by, reason in (("", "Ada", "needs_evidence"), ("why", " ", "not_a_manager")):
                with pytest.raises(NotAllowed) as refused:
                    await settling.wait(order_id, evidence, by)
                assert refused.value.reason == reason

    asyncio.run(story())


def test_there_is_nothing_to_wait_for_once_it_is_decided(tmp_path: Path) -> None:
    async def story() -> None:
        async with World(tmp_path) as world:
            order = await world.sell()
            with pytest.raises(NotAllowed) as refused:
                await world.register.settling.wait(order.id, "why", "Ada")
            assert refused.value.reason == "nothing_to_settle"

    asyncio.run(story())


def test_a_card_that_was_mailed_though_its_money_is_back_is_seen_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with World(tmp_path) as world:
            order_id = await lost(world, world.email_line())
            register = world.register
            paid = await register.refunds.give_back(order_id, "Ada", evidence="the sender can not wait")
            late = Answered(**register.journal.head(paid, "countercard"), complete=True)
            order = await register.journal.append(paid, late)
            assert (order.phase, order.reopened) == (Phase.FULFILLED, True)
            assert [one.order.id for one in await register.settling.waiting()] == [order_id]
            seen = await register.settling.seen(order_id, "the shop bears it", "Ada")
            assert (seen.phase, seen.reopened) == (Phase.FULFILLED, False)
            assert await register.settling.waiting() == ()

    asyncio.run(story())


def test_it_is_no_news_when_a_manager_decides_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with World(tmp_path) as world:
            order_id = await lost(world, world.email_line())
            await world.register.refunds.give_back(order_id, "Ada", evidence="the sender can not wait")
            sent = await world.register.settling.sent_by_email(order_id, "the company's word", "Ada")
            assert (sent.phase, sent.reopened, sent.refunded) == (Phase.FULFILLED, False, sent.price)

    asyncio.run(story())
