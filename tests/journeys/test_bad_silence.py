"""Purchases nobody answers for, over real HTTP: found, not bought, or turned up after all, by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_app.clock import now
from pos_app.errors import OutcomeUnknown
from pos_app.money import Money
from pos_app.opening import Options, open_till
from pos_app.orders.draft import Draft, Line
from pos_app.orders.order import Order, Phase
from pos_app.orders.sale import Tender
from pos_app.register import Register
from tests.sandbox_process import SandboxProcess

Scene = Callable[[Register], Awaitable[None]]


def play(folder: Path, sandbox: SandboxProcess, scene: Scene) -> None:
    """Play `scene` at a till that has sold the card before, so that it is known to come without PIN."""

    async def run() -> None:
        async with _open(folder, sandbox) as register:
            await register.catalog.refresh()
            await _bought(register)
            await scene(register)
            assert (await register.journal.verify()).broken is None

    sandbox.admin.reset()
    asyncio.run(run())


@asynccontextmanager
async def _open(folder: Path, sandbox: SandboxProcess) -> AsyncGenerator[Register]:
    ready = folder / "ready.json"
    ready.write_text(sandbox.line, encoding="utf-8")
    register = await open_till(Options(str(folder / "store"), ready))
    try:
        yield register
    finally:
        await register.close()


async def _placed(register: Register) -> str:
    product = next(
        one for one in register.catalog.all() if (one.brand, one.face) == ("Acme Games", Money(1000, "USD"))
    )
    assert product.face is not None
    made = register.journal._new_id  # pyright: ignore[reportPrivateUsage]  the till's own
    line = Line(made(), product, 1, product.face, product.face)
    check = await register.sales.check(line)
    assert check.ok
    sale = await register.sales.place(
        Draft(made(), "USD", (line,)), (Tender("cash", product.face),), "Mia 07"
    )
    return sale.orders[0].id


async def _bought(register: Register) -> Order:
    return await register.sales.perform(await _placed(register))


async def _unanswered(register: Register, sandbox: SandboxProcess, fault: str, **more: Any) -> str:
    order_id = await _placed(register)
    sandbox.admin.fault(fault, "cardpluspay.create", times=1, **more)
    with pytest.raises(OutcomeUnknown):
        await register.sales.perform(order_id)
    return order_id


def _orders(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    return sandbox.admin.ledger()["cardpluspay"]["orders"]


def test_a_lost_reply_is_made_good_without_anybody_s_doing(tmp_path: Path, sandbox: SandboxProcess) -> None:
    async def scene(register: Register) -> None:
        order_id = await _unanswered(register, sandbox, "lost_reply")
        await register.resolver.look()
        order = await register.sales.order(order_id)
        assert order.phase is Phase.FULFILLED, register.resolver.standing(order_id)
        card = await register.sales.reveal(order_id, order.handed_cards[0].id, "Mia 07")
        assert card.code == _orders(sandbox)[-1]["codes"][0]["code"]
        assert len(_orders(sandbox)) == 2

    play(tmp_path, sandbox, scene)


def test_what_was_never_taken_up_is_not_bought_and_a_late_one_turns_up(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    async def scene(register: Register) -> None:
        resolver, turned = register.resolver, [0]

        def advance(seconds: int) -> None:
            """Turn the clocks of both sides: late enough has to be so by both."""
            turned[0] += seconds
            sandbox.admin.advance(seconds)

        resolver._now = lambda: now() + timedelta(seconds=turned[0])  # pyright: ignore[reportPrivateUsage]
        fault = {"commit": True, "commit_after": 5400}
        order_id = await _unanswered(register, sandbox, "reset_after_read", **fault)
        await resolver.look()
        for minutes in (31, 9):
            advance(minutes * 60)
            assert (await resolver.ask_again(order_id)).phase is Phase.SENT
        advance(60)
        order = await resolver.ask_again(order_id)
        assert order.phase is Phase.NOT_BOUGHT
        assert order.money_owed == order.price
        advance(3600)
        order = await resolver.ask_again(order_id)
        assert order.phase is Phase.NOT_BOUGHT
        assert order.reopened
        assert len(order.parked_cards) == 1
        assert order.handed_cards == ()

    play(tmp_path, sandbox, scene)


def test_somebody_else_on_the_account_leaves_it_to_a_person(tmp_path: Path, sandbox: SandboxProcess) -> None:
    async def scene(register: Register) -> None:
        order_id = await _unanswered(register, sandbox, "reset_before_read")
        sandbox.admin.event("foreign_order", quantity=3)
        await register.resolver.look()
        assert (await register.sales.order(order_id)).phase is Phase.SENT
        known = await register.accounts.account("cardpluspay")
        assert not known.exclusive
        assert len(known.strangers) == 1

    play(tmp_path, sandbox, scene)
