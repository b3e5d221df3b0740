"""A command when the shop itself fails around a purchase: the exit code is that of the order."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pos_app.commands.course import Course, stopped
from pos_app.commands.exits import Exit, worst
from pos_app.commands.orders import show_order
from pos_app.commands.sell import sell
from pos_app.errors import DeviceProblem, NotAllowed, NotTaken, OutcomeUnknown, PosError, StoreProblem
from pos_app.money import Money
from pos_app.orders.draft import Draft
from pos_app.orders.order import Order, Status
from pos_app.orders.sale import Tender
from pos_app.providers.base import Purchase
from pos_app.settings import Paper
from tests.world import CASHIER, World


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def words(**changes: object) -> Namespace:
    """What `countercard sell` was given, for one card of $25."""
    given: dict[str, object] = {
        "provider": "played",
        "item": "ACME-25",
        "merchant": None,
        "quantity": 1,
        "amount": None,
        "email": None,
        "name": None,
        "message": None,
        "cash": "25",
        "terminal": None,
        "by": "Mia",
        "paper": None,
        "sell_anyway": False,
        "show_codes": False,
        "json": True,
        "course": Course(),
    }
    return Namespace(**(given | changes))


def asked(order_id: str, **changes: object) -> Namespace:
    """What `countercard order` was given."""
    given: dict[str, object] = {
        "id": order_id,
        "by": "Mia",
        "sell_now": False,
        "money_back": False,
        "sell_anyway": False,
        "show_codes": False,
        "json": True,
        "course": Course(),
    }
    return Namespace(**(given | changes))


def breaks(world: World, error: Exception) -> None:
    """The next purchase reaches the provider, and then this goes wrong here."""
    sends = world.provider.send

    async def send(purchase: Purchase) -> NoReturn:
        await sends(purchase)
        raise error

    world.provider.send = send


@pytest.mark.parametrize(
    "error",
    [StoreProblem("full"), NotAllowed("moved_on"), OutcomeUnknown("cut"), ValueError("a mistake of ours")],
    ids=["store", "not allowed", "unknown", "bug"],
)
@pytest.mark.logs
def test_an_order_that_was_sent_is_not_confirmed_whatever_went_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    async def scene(world: World) -> None:
        breaks(world, error)
        assert await sell(world.register, words()) is Exit.NOT_CONFIRMED
        out, err = capsys.readouterr()
        told = json.loads(out)
        assert told["status"] == "not_confirmed"
        assert told["error"]["title"] == "Not confirmed"
        assert "Do not sell it again" in err
        again = await show_order(world.register, asked(told["order_id"], sell_now=True))
        assert again is Exit.NOT_CONFIRMED
        assert "Do not sell it again" in capsys.readouterr().err
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_an_order_that_can_not_even_be_read_may_have_been_bought(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        async def gone(order_id: str) -> Order:
            raise StoreProblem("gone", order=order_id)

        breaks(world, StoreProblem("gone"))
        world.register.sales.order = gone
        with pytest.raises(OutcomeUnknown) as caught:
            await sell(world.register, words())
        assert caught.value.reason == "not_kept"

    play(tmp_path, scene)


def test_a_sale_is_done_even_if_its_paper_can_not_be_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World) -> None:
        async def fails(
            sale_id: str, by: str, *, again: bool = False, through: Paper | None = None
        ) -> NoReturn:
            raise StoreProblem("full", sale=sale_id, by=by)

        world.register.printouts.print_sale = fails
        assert await sell(world.register, words(paper=tmp_path)) is Exit.DEVICE
        assert json.loads(capsys.readouterr().out)["status"] == "fulfilled"

    play(tmp_path, scene)


def test_a_printer_that_fails_after_the_sale_is_told_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World) -> None:
        async def ready() -> None:
            return None

        world.printer.trouble = DeviceProblem("can_not_write")
        with pytest.raises(DeviceProblem):
            await sell(world.register, words(paper=tmp_path))
        assert world.provider.sends == 0
        world.printer.state = ready
        assert await sell(world.register, words(paper=tmp_path)) is Exit.DEVICE
        assert json.loads(capsys.readouterr().out)["status"] == "fulfilled"

    play(tmp_path, scene)


async def two_orders(world: World) -> tuple[str, str, str]:
    """A sale of two cards nobody bought yet: its number and the orders' ids."""
    draft = Draft(world.new_id(), "USD", (world.line(), world.line()))
    sale = await world.register.sales.place(draft, (Tender("cash", Money(5000, "USD")),), CASHIER)
    return sale.head.number, sale.orders[0].id, sale.orders[1].id


def test_money_goes_back_for_all_orders_of_a_sale_or_for_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World) -> None:
        number, first, second = await two_orders(world)
        await world.register.sales.perform(second)
        with pytest.raises(NotAllowed) as caught:
            await show_order(world.register, asked(number, money_back=True))
        assert caught.value.facts["orders"] == [second]
        err = capsys.readouterr().err
        assert second in err
        assert first not in err
        assert (await world.register.sales.order(first)).refunded is None
        number, first, second = await two_orders(world)
        world.provider.plays.append("refused")
        await world.register.sales.perform(second)
        assert await show_order(world.register, asked(number, money_back=True)) is Exit.DONE
        assert [order["money_owed"] for order in json.loads(capsys.readouterr().out)] == [None, None]
        for order_id in (first, second):
            assert (await world.register.sales.order(order_id)).refunded == Money(2500, "USD")

    play(tmp_path, scene)


def test_what_must_not_be_sold_again_is_said_before_anything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World) -> None:
        number, first, _second = await two_orders(world)
        world.provider.plays.append("lost")
        with pytest.raises(OutcomeUnknown):
            await world.register.sales.perform(first)
        assert await show_order(world.register, asked(number)) is Exit.NOT_CONFIRMED
        told = [order["status"] for order in json.loads(capsys.readouterr().out)]
        assert told == [Status.NOT_CONFIRMED, Status.TO_DO]

    play(tmp_path, scene)


def test_the_gravest_code_stands_for_all() -> None:
    every = [Exit.DONE, Exit.REFUSED, Exit.CODES_PENDING, Exit.NOT_TAKEN, Exit.NOT_CONFIRMED]
    assert worst([]) is Exit.DONE
    for place, code in enumerate(every):
        assert worst(every[: place + 1]) is code
        assert worst(reversed(every[: place + 1])) is code


def test_everything_a_card_brings_is_told_with_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World) -> None:
        card = {"code": "TEST\u00a00001", "pin": "0007", "link": "https://redeem.example/TEST\x1b[2J"}
        world.provider.cards.append([card])
        assert await sell(world.register, words(show_codes=True)) is Exit.DONE
        told = json.loads(capsys.readouterr().out)
        (shown,) = told["cards"]
        assert (shown["code"], shown["pin"]) == (card["code"], card["pin"])
        assert shown["extras"] == [{"name": "link", "value": card["link"]}]
        await show_order(world.register, asked(told["order_id"], show_codes=True, json=False))
        said = capsys.readouterr().out
        assert "TEST\\xa00001  PIN 0007" in said
        assert "link: https://redeem.example/TEST\\x1b[2J" in said

    play(tmp_path, scene)


def test_the_named_companys_own_failure_is_told(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        def fails(provider: str) -> PosError | None:
            return {"played": NotTaken("no_answer"), "other": NotTaken("offline")}.get(provider)

        world.register.catalog.failure_of = fails
        await world.register.catalog.refresh()
        for provider, reason in (("played", "no_answer"), ("other", "offline"), ("third", "not_sellable")):
            with pytest.raises(PosError) as caught:
                await sell(world.register, words(provider=provider, item="NO-SUCH"))
            assert caught.value.reason == reason

    play(tmp_path, scene)


def test_who_stops_a_command_is_told_what_it_left_behind(capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped(Course()) is Exit.INTERRUPTED
    assert stopped(Course(["order-1"])) is Exit.NOT_CONFIRMED
    assert "order-1" in capsys.readouterr().err
    done: Any = Course(["order-1"], Exit.CODES_PENDING)
    assert stopped(done) is Exit.CODES_PENDING
