"""What a person types is kept in clear: no code of any card of the store's is let into it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.draft import Draft
from pos_app.orders.sale import Tender
from tests.sales.verdicts import lost
from tests.world import CASHIER, World

ANA = "Ana"
CODE = "TEST-0001-0001-ABCD"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    """Play `scene` at a till that has sold one card, of the code `CODE`."""

    async def run() -> None:
        async with World(folder) as world:
            await world.sell()
            await scene(world)

    asyncio.run(run())


def test_a_code_typed_anywhere_is_refused_before_it_is_kept(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        register = world.register
        sales, settling, accounts = register.sales, register.settling, register.accounts
        sold = (await sales.orders())[0]
        order, to_do = await lost(world), (await world.place()).orders[0]
        draft = Draft(world.new_id(), "USD", (world.line(),))
        cash = Tender("cash", draft.total)
        for act in (
            sales.place(draft, (cash,), CODE),
            sales.place(draft, (Tender("terminal", draft.total, CODE),), CASHIER),
            sales.refuse_codes("A-118", CODE),
            sales.perform(to_do.id, sell_anyway=True, by=CODE),
            sales.go_on("played", ANA, f"it is {CODE}"),
            sales.withdraw(to_do.id, CODE),
            sales.refund(to_do.id, CODE),
            sales.reveal(sold.order_id, "1", CODE),
            settling.wait(order.id, f"it is {CODE}", ANA),
            settling.not_bought(order.id, "they said so", CODE, confirmed=["too_early"]),
            accounts.declare("played", exclusive=True, by=CODE),
            accounts.top_up("played", Money(100, "USD"), by=ANA, evidence=CODE),
            accounts.explain("played", by=ANA, evidence=CODE),
            register.refunds.give_back(order.id, ANA, evidence=CODE),
            register.claims.open(order.id, "missing_card", by=ANA, evidence=CODE),
            register.purging.by_hand(to_do.id, CODE, "she wants it"),
            register.printouts.reprint(sold.sale_id, CODE),
        ):
            with pytest.raises(NotAllowed, match="code_in_evidence") as caught:
                await act
            assert "in clear" in explain(caught.value).what
        await sales.refuse_codes("A-118", "")
        assert (await settling.wait(order.id, "asked for 2026-1234", ANA)).n == order.n + 1

    play(tmp_path, scene)


@pytest.mark.parametrize(
    "text",
    [
        "test-0001-0001-abcd",
        "the card (TEST 0001 0001 ABCD) of this morning",
        "code:TEST00010001ABCD.",
        "xTEST.0001.0001.ABCDx",
    ],
)
def test_it_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(NotAllowed, match="code_in_evidence"):
            await world.register.sales.go_on("played", ANA, text)

    play(tmp_path, scene)


@pytest.mark.parametrize("text", ["ABCD", "0001-ABCD", "TEST-0001-0002-ABCD", "sale 03-000001", "1" * 3000])
def test_what_is_no_code_may_be_written(tmp_path: Path, text: str) -> None:
    async def scene(world: World) -> None:
        assert await world.register.sales.go_on("played", ANA, text) == ()

    play(tmp_path, scene)
