"""Orders that could be taken for one another wait; too many open ones pause; what is open is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

import pos_app.lane
from pos_app.errors import Misconfigured, NotAllowed, OutcomeUnknown, PosError
from pos_app.money import Money
from pos_app.orders.answers import Reply
from pos_app.orders.draft import Draft
from pos_app.orders.entries import LeftToAPerson
from pos_app.orders.order import Order, Phase
from pos_app.orders.sale import Tender
from pos_app.providers.base import Purchase
from tests.played_provider import CARD
from tests.sales.verdicts import lost, refused
from tests.world import CASHIER, World, until

DEAR = replace(CARD, item="ACME-50", cost=Money(4800, "USD"))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait that is over at once, for what comes behind it."""
    monkeypatch.setattr(pos_app.lane, "WAITS_SECONDS", 0.0)


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


async def caught(act: Awaitable[object]) -> PosError:
    with pytest.raises(PosError) as found:
        await act
    return found.value


def test_who_would_be_taken_for_another_stays_to_do_and_sells_when_that_is_cleared_up(
    tmp_path: Path, short: None
) -> None:
    async def scene(world: World) -> None:
        first = await lost(world)
        sale = await world.place()
        second = sale.orders[0].id
        sales, fences = world.register.sales, world.provider.sends
        error = await caught(sales.perform(second))
        assert (error.reason, error.facts["order"], error.facts["since"]) == (
            "lane_taken",
            first.id,
            first.entries[-1].at,
        )
        assert world.provider.sends == fences
        assert (await sales.order(second)).phase is Phase.TO_DO
        assert sales.lane_wait(second) is None
        await world.register.settling.not_bought(first.id, "looked", "Ana", confirmed=["too_early"])
        assert (await sales.perform(second)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_another_card_and_another_number_of_cards_wait_for_nobody(tmp_path: Path, short: None) -> None:
    async def scene(world: World) -> None:
        await lost(world)
        for line in (world.line(quantity=2), world.line(DEAR)):
            sale = await world.place(line)
            assert (await world.register.sales.perform(sale.orders[0].id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_who_waits_is_told_for_whom_and_goes_on_when_the_answer_comes(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        sales = world.register.sales
        first, second = (await world.place()).orders[0].id, (await world.place()).orders[0].id
        selling = asyncio.create_task(sales.perform(first))
        await until(lambda: world.provider.sends == 1)
        waiting = asyncio.create_task(sales.perform(second))
        await until(lambda: sales.lane_wait(second) is not None)
        wait = sales.lane_wait(second)
        assert wait is not None
        sent = (await sales.order(first)).entries[-1]
        assert (wait.behind, wait.since) == (first, sent.at)
        assert wait.seconds >= 0
        assert world.provider.sends == 1
        world.provider.answer_now.set()
        assert (await selling).phase is Phase.FULFILLED
        assert (await waiting).phase is Phase.FULFILLED
        assert sales.lane_wait(second) is None

    play(tmp_path, scene)


def test_a_wait_that_is_given_up_leaves_the_order_to_do(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await lost(world)
        sales = world.register.sales
        order_id = (await world.place()).orders[0].id
        sales.stop_waiting(order_id)
        waiting = asyncio.create_task(sales.perform(order_id))
        await until(lambda: sales.lane_wait(order_id) is not None)
        sales.stop_waiting(order_id)
        assert (await caught(waiting)).reason == "lane_taken"
        assert (await sales.withdraw(order_id, CASHIER)).phase is Phase.WITHDRAWN

    play(tmp_path, scene)


def test_selling_anyway_leaves_the_other_one_to_a_person(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first = await lost(world)
        sales = world.register.sales
        order_id = (await world.place()).orders[0].id
        waiting = asyncio.create_task(sales.perform(order_id))
        await until(lambda: sales.lane_wait(order_id) is not None)
        sold = await sales.perform(order_id, sell_anyway=True, by="Kim")
        assert sold == await waiting
        assert (sold.phase, world.provider.sends) == (Phase.FULFILLED, 2)
        left = await sales.order(first.id)
        entry = left.entries[-1]
        assert isinstance(entry, LeftToAPerson)
        assert (entry.reason, entry.by, left.left_because) == ("sold_on", "Kim", "sold_on")
        # Nobody waits for it any more.
        again = (await world.place()).orders[0].id
        assert (await sales.perform(again)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_without_a_name_who_took_the_money_sells_anyway(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first = await lost(world)
        await world.sell()
        assert (await world.register.sales.order(first.id)).entries[-1].by == CASHIER

    play(tmp_path, scene)


def test_a_lane_is_held_on_every_register_of_the_store(tmp_path: Path, short: None) -> None:
    async def scene(world: World) -> None:
        sale = await world.place()
        other = await world.open(exclusive=False)
        await lost(world)
        assert (await caught(other.sales.perform(sale.orders[0].id))).reason == "lane_taken"
        assert (await other.sales.perform(sale.orders[0].id, sell_anyway=True)).phase is Phase.FULFILLED
        await other.close()

    play(tmp_path, scene)


def test_who_is_quicker_while_the_books_are_read_has_the_lane(tmp_path: Path) -> None:
    """Decided where `Sent` is written: both were free to go when they looked."""

    async def scene(world: World) -> None:
        sales = world.register.sales
        first, second = (await world.place()).orders[0].id, (await world.place()).orders[0].id
        fence, reading, go_on = world.provider.fence, [0], asyncio.Event()

        async def slow() -> object:
            reading[0] += 1
            await go_on.wait()
            return await fence()

        world.provider.fence = slow  # pyright: ignore[reportAttributeAccessIssue]  the same books, later
        world.provider.plays.append("waits")
        selling = [asyncio.create_task(sales.perform(one)) for one in (first, second)]
        await until(lambda: reading[0] == 2)
        go_on.set()
        await until(lambda: sales.lane_wait(first) is not None or sales.lane_wait(second) is not None)
        assert world.provider.sends == 1
        world.provider.answer_now.set()
        assert {order.phase for order in await asyncio.gather(*selling)} == {Phase.FULFILLED}
        assert (world.provider.sends, reading[0]) == (2, 3)

    play(tmp_path, scene)


def test_two_orders_that_are_not_confirmed_pause_selling_until_a_manager_goes_on(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.goes_on = False
        sales = world.register.sales
        to_do = (await world.place(world.line(quantity=5))).orders[0].id
        first = await lost(world)
        assert await sales.paused() == ()
        second = await lost(world, world.line(quantity=2))
        (pause,) = await sales.paused()
        assert (pause.provider, pause.orders) == ("played", (first.id, second.id))
        assert pause.since == second.entries[-1].at
        error = await caught(sales.perform(to_do))
        assert (error.reason, error.facts["orders"]) == ("account_paused", [first.id, second.id])
        draft = Draft(world.new_id(), "USD", (world.line(),))
        placing = sales.place(draft, (Tender("cash", draft.total),), CASHIER)
        assert (await caught(placing)).reason == "account_paused"
        await sales.lane.refuse_paused({"another"})
        for by, why, reason in (("", "seen", "not_a_manager"), ("Ana", " ", "needs_evidence")):
            assert (await caught(sales.go_on("played", by, why))).reason == reason
        assert isinstance(await caught(sales.go_on("nobody", "Ana", "seen")), Misconfigured)
        assert await sales.go_on("played", "Ana", "they are looking into it") == (first.id, second.id)
        assert await sales.go_on("played", "Ana", "once more") == ()
        assert await sales.paused() == ()
        assert (await sales.perform(to_do)).phase is Phase.FULFILLED
        # One more is one more; two more pause again.
        third = await lost(world, world.line(quantity=3))
        assert await sales.paused() == ()
        fourth = await lost(world, world.line(quantity=4))
        assert (await sales.paused())[0].orders == (third.id, fourth.id)

    play(tmp_path, scene)


def test_what_is_on_its_way_pauses_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.goes_on = False
        world.provider.plays.extend(["waits", "waits"])
        lines = (world.line(), world.line(quantity=2))
        orders = [(await world.place(line)).orders[0].id for line in lines]
        selling = [asyncio.create_task(world.register.sales.perform(one)) for one in orders]
        await until(lambda: world.provider.sends == 2)
        assert await world.register.sales.paused() == ()
        await world.place()
        world.provider.answer_now.set()
        await asyncio.gather(*selling)

    play(tmp_path, scene)


def test_what_is_open_is_taken_off_the_balance(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.left = Money(7200, "USD")
        check = world.register.sales.check
        assert (await check(world.line(quantity=3))).ok
        await world.place(world.line(quantity=2))
        assert (await check(world.line())).ok
        too_much = await check(world.line(quantity=2))
        assert too_much.problem is not None
        assert too_much.problem.reason == "balance_too_low"

    play(tmp_path, scene)


def test_a_balance_in_another_currency_tells_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.left = Money(1, "EUR")
        assert (await world.register.sales.check(world.line())).ok

    play(tmp_path, scene)


def test_what_was_left_to_a_person_is_bought_when_a_manager_allowed_it(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sales, journal = world.register.sales, world.register.journal
        order = (await world.place()).orders[0]
        await refused("nothing_to_settle", sales.approve(order.id, "Ana", "seen"))
        order = await journal.append(order, LeftToAPerson(**journal.head(order, "store"), reason="restored"))
        await refused("needs_a_manager", sales.perform(order.id))
        await refused("not_a_manager", sales.approve(order.id, " ", "seen"))
        await refused("needs_evidence", sales.approve(order.id, "Ana", ""))
        approved = await sales.approve(order.id, "Ana", "not in the other till's list")
        assert (approved.left_because, approved.entries[-1].kind) == ("", "approved")
        sold = await sales.perform(order.id)
        assert sold.phase is Phase.FULFILLED
        await refused("nothing_to_settle", sales.approve(order.id, "Ana", "seen"))

    play(tmp_path, scene)


EMAIL = "kim@mail.example"


@pytest.mark.parametrize(
    ("email", "amount", "hours", "found"),
    [
        (EMAIL, 3000, 1, True),
        (" Kim@Mail.example ", 3000, 24, True),
        (EMAIL, 3000, 25, False),
        (EMAIL, 3001, 1, False),
        ("kit@mail.example", 3000, 1, False),
    ],
)
def test_the_same_card_to_the_same_address_is_asked_about_for_a_day(
    tmp_path: Path, email: str, amount: int, hours: float, *, found: bool
) -> None:
    async def scene(world: World) -> None:
        repeats = world.register.sales.repeats
        assert await repeats(world.email_line(email, amount)) is None
        earlier = (await world.place(world.email_line(EMAIL))).orders[0]
        world.clock.turn(hours=hours)
        again = await repeats(world.email_line(email, amount))
        assert again == (earlier if found else None)

    play(tmp_path, scene)
    assert EMAIL.encode() not in b"".join(one.read_bytes() for one in tmp_path.glob("*.db*"))


def test_what_went_nowhere_or_can_not_be_read_is_no_repetition(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        assert await sales.repeats(world.line()) is None
        first = (await world.place(world.email_line(EMAIL))).orders[0]
        second = (await world.place(world.email_line(EMAIL))).orders[0]
        assert await sales.repeats(world.email_line(EMAIL)) == second
        await sales.withdraw(second.id, CASHIER)
        assert await sales.repeats(world.email_line(EMAIL)) == first
        await sales.refund(first.id, CASHIER)
        assert await sales.repeats(world.email_line(EMAIL)) is None

    play(tmp_path, scene)


def test_an_order_of_an_unreadable_outcome_is_in_the_lane_too(tmp_path: Path, short: None) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("cut")
        first: Order = (await world.place()).orders[0]
        assert isinstance(await caught(world.register.sales.perform(first.id)), OutcomeUnknown)
        second = (await world.place()).orders[0]
        with pytest.raises(NotAllowed, match="lane_taken"):
            await world.register.sales.perform(second.id)

    play(tmp_path, scene)


def test_what_was_sold_on_from_and_refused_then_is_paid_back_like_any_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        sales, send = world.register.sales, world.provider.send
        sending = asyncio.Event()

        async def refuses(purchase: Purchase) -> Reply:
            if sending.is_set():
                return await send(purchase)
            sending.set()
            await world.provider.answer_now.wait()
            world.provider.plays.append("refused")
            return await send(purchase)

        monkeypatch.setattr(world.provider, "send", refuses)
        first, second = (await world.place()).orders[0], (await world.place()).orders[0]
        buying = asyncio.create_task(sales.perform(first.id))
        await sending.wait()
        await sales.perform(second.id, sell_anyway=True)
        assert (await sales.order(first.id)).left_because == "sold_on"
        world.provider.answer_now.set()
        after = await buying
        assert (after.phase, after.left_because) == (Phase.REFUSED, "")
        assert (await sales.refund(first.id, CASHIER)).money_owed is None

    play(tmp_path, scene)
