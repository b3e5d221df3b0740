"""Who else buys on an account: declared by a manager, contradicted by the books, explained by a manager."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.errors import Misconfigured, NotAllowed, OutcomeUnknown
from pos_app.money import Money
from pos_app.orders.cards import Card
from pos_app.orders.notes import ForeignSeen, about
from pos_app.orders.order import Order, Phase
from pos_app.orders.product import Product
from tests.played_provider import CARD, Play
from tests.world import World

DEARER = replace(CARD, item="ACME-50", name="Acme Games 50 USD", cost=Money(4800, "USD"))
DEAREST = replace(CARD, item="ACME-99", name="Acme Games 99 USD", cost=Money(9500, "USD"))
ANA = "Ana"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            world.provider.now = world.clock
            await world.register.accounts.declare("played", exclusive=True, by=ANA, evidence=" only here ")
            await world.sell()
            await scene(world)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


async def unanswered(world: World, how: Play = "lost", product: Product = CARD) -> Order:
    world.provider.plays.append(how)
    sale = await world.place(world.line(product))
    with pytest.raises(OutcomeUnknown):
        await world.register.sales.perform(sale.orders[0].id)
    return await world.register.sales.order(sale.orders[0].id)


async def foreign(world: World) -> list[tuple[str, ...]]:
    """What was written down about orders from elsewhere."""
    await world.register.resolver.look()
    notes = await world.register.journal.notes(about("account-1"))
    return [note.rows for note in notes if isinstance(note, ForeignSeen)]


def test_what_a_manager_says_about_an_account_is_kept(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        accounts = world.register.accounts
        assert (await accounts.account("played")).exclusive
        known = await accounts.top_up("played", Money(10_000, "USD"), by=ANA, evidence=" by bank ")
        assert [(paid.amount, paid.evidence, paid.by) for paid in known.top_ups] == [
            (Money(10_000, "USD"), "by bank", ANA)
        ]
        assert not (await accounts.declare("played", exclusive=False, by=ANA)).exclusive
        await world.restart()
        assert not (await world.register.accounts.account("played")).declared
        assert world.register.changes.step("orders") == 0

    play(tmp_path, scene)


def test_only_somebody_with_a_name_and_a_reason_says_anything(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        accounts = world.register.accounts
        with pytest.raises(NotAllowed, match="not_a_manager"):
            await accounts.declare("played", exclusive=True, by=" ")
        with pytest.raises(NotAllowed, match="needs_evidence"):
            await accounts.explain("played", by=ANA, evidence=" ")
        with pytest.raises(NotAllowed, match="nothing_to_settle"):
            await accounts.explain("played", by=ANA, evidence="Nothing there")
        with pytest.raises(Misconfigured, match="unknown_provider"):
            await accounts.account("nobody")

    play(tmp_path, scene)


def test_an_order_nobody_here_placed_ends_the_verdicts_until_it_is_explained(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        accounts = world.register.accounts
        world.provider.sell_now(DEARER)
        await world.sell()
        assert await foreign(world) == [("2",)]
        assert (await accounts.account("played")).strangers == ("2",)
        order = await unanswered(world)
        assert await foreign(world) == [("2",)], "once"
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT
        assert (await accounts.explain("played", by=ANA, evidence="The portal, by Ben")).exclusive
        world.clock.turn(seconds=20)
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED
        assert await foreign(world) == [("2",)]

    play(tmp_path, scene)


def test_one_that_comes_while_an_order_is_open_is_seen_in_the_look(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world, "lost_before")
        world.provider.sell_now(DEARER)
        assert await foreign(world) == [("2",)]
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT

    play(tmp_path, scene)


def test_where_others_are_known_to_buy_nobody_counts_what_they_do(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.register.accounts.declare("played", exclusive=False, by=ANA)
        world.provider.sell_now(DEARER)
        await unanswered(world, "lost_before")
        world.provider.sell_now(DEARER)
        assert await foreign(world) == []

    play(tmp_path, scene)


def test_orders_of_ours_that_nobody_answered_for_are_no_strangers(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first = await unanswered(world)
        # The next fence shows it, and so does the one after that.
        await world.sell(world.line(DEARER))
        await world.sell(world.line(DEAREST))
        assert await foreign(world) == []
        assert (await world.register.sales.order(first.id)).phase is Phase.FULFILLED
        await world.sell(world.line(DEARER))
        assert await foreign(world) == []

    play(tmp_path, scene)


def test_what_an_open_order_could_be_is_a_stranger_once_that_is_settled(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await unanswered(world, "lost_before")
        world.provider.sell_now()
        # Before anybody looks, the next fence shows it, and it may be that order.
        await world.sell(world.line(DEARER))
        rows = world.provider.rows

        async def none(known: object) -> None:
            return None

        world.provider.rows = none  # pyright: ignore[reportAttributeAccessIssue]  a provider without books
        assert await foreign(world) == []
        settling = world.register.settling
        await settling.not_bought(order.id, "They say so", ANA, confirmed=["too_early"])
        world.clock.turn(days=15)
        world.provider.rows = rows
        await world.sell(world.line(DEARER))
        assert await foreign(world) == [("2",)]

    play(tmp_path, scene)


def test_an_order_whose_codes_were_typed_explains_one_row(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.register.accounts.declare("played", exclusive=False, by=ANA)
        order = await unanswered(world)
        settling, card = world.register.settling, world.provider.sold["2"].codes[0]["code"]
        await settling.bought_by_codes(order.id, (Card(card),), "Copied", ANA, confirmed=["no_pin"])
        await world.register.accounts.declare("played", exclusive=True, by=ANA)
        # Nobody answers for the next one, and one alike is there: it may be that of the typed codes.
        await world.sell(world.line(DEARER))
        assert await foreign(world) == []
        # What was sent after the codes were typed has nothing to do with it.
        world.clock.turn(minutes=1)
        alike = await unanswered(world)
        assert await foreign(world) == []
        assert (await world.register.sales.order(alike.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_fences_of_an_earlier_run_are_compared_too(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.sell_now(DEARER)
        await world.sell()
        await world.restart()
        assert await foreign(world) == [("2",)]

    play(tmp_path, scene)


def test_a_page_full_of_strangers_is_told_whole(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.page = 2
        for _ in range(3):
            world.provider.sell_now(DEARER)
        await world.sell()
        assert await foreign(world) == [("3", "4")]

    play(tmp_path, scene)


@pytest.mark.logs
def test_a_damaged_order_does_not_keep_the_books_from_being_read(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        lost = await unanswered(world, "lost_before")
        settling = world.register.settling
        await settling.not_bought(lost.id, "They say so", ANA, confirmed=["too_early"])
        await world.pull_the_plug()
        with closing(sqlite3.connect(world.folder / "countercard.db")) as connection:
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(
                "UPDATE entry SET body = 'x' WHERE order_id = ? AND kind = 'settled'", (lost.id,)
            )
            connection.commit()
        await world.open()
        order = await unanswered(world)
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED

    asyncio.run(_without_verifying(tmp_path, scene))


async def _without_verifying(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async with World(folder) as world:
        world.provider.now = world.clock
        await world.register.accounts.declare("played", exclusive=True, by=ANA)
        await world.sell()
        await scene(world)
