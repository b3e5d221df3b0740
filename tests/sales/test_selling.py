"""One order from money received to codes in hand, whatever the provider does in between."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed, NotTaken, OutcomeUnknown, StoreProblem
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.cash_rounding import Rounding
from pos_app.orders.draft import Draft
from pos_app.orders.order import Order, Phase, Status
from pos_app.orders.sale import Tender, Way
from tests.played_provider import Play
from tests.world import CASHIER, World, until


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def kinds(order: Order) -> list[str]:
    return [entry.kind for entry in order.entries]


def test_a_card_is_bought_once_and_its_code_is_kept_sealed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell(world.line(quantity=2))
        assert kinds(order) == ["placed", "sent", "heard", "answered"]
        assert world.register.sales.status(order) is Status.FULFILLED
        assert [card.last_four for card in order.handed_cards] == ["ABCD", "ABCD"]
        assert order.placed.sale.number == "03-000001"
        first = await world.register.sales.reveal(order.id, order.handed_cards[0].id, CASHIER)
        assert first.code == world.provider.sold["1"].codes[0]["code"]
        assert kinds(await world.register.sales.order(order.id))[-1] == "revealed"

    play(tmp_path, scene)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"TEST-0001" not in everything
    assert "TEST-0001".encode("utf-16-le") not in everything


def test_pressing_twice_places_and_buys_once(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        draft = Draft(world.new_id(), "USD", (world.line(),))
        tenders = (Tender("cash", Money(3000, "USD")),)
        sales = world.register.sales
        placed = await asyncio.gather(*(sales.place(draft, tenders, CASHIER) for _ in range(5)))
        assert len({sale.head.number for sale in placed}) == 1
        assert placed[0].head.change == Money(500, "USD")
        orders = await asyncio.gather(*(sales.perform(draft.lines[0].id) for _ in range(5)))
        assert world.provider.sends == 1
        assert {order.phase for order in orders} == {Phase.FULFILLED}
        with pytest.raises(NotAllowed, match="already_sent"):
            await sales.perform(draft.lines[0].id)
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_cash_is_rounded_as_the_shop_chose_and_goes_back_as_it_came(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        register = world.register
        assert register.sales.smallest_coin("USD") is None
        assert register.sales.smallest_coin("CAD") == Money(5, "CAD")
        assert not await register.preferences.keep_shop({"smallest_coin": "0.05"})
        assert register.sales.smallest_coin("USD") == Money(5, "USD")
        assert register.sales.smallest_coin("NZD") == Money(10, "NZD"), (
            "the coin is one of the shop's currency"
        )
        lines = tuple(replace(world.line(), price=Money(2501, "USD")) for _two in range(2))
        draft = Draft(world.new_id(), "USD", lines)
        with pytest.raises(NotAllowed, match="money_incomplete"):
            await register.sales.place(draft, (Tender("cash", Money(4995, "USD")),), CASHIER)
        sale = await register.sales.place(draft, (Tender("cash", Money(5000, "USD")),), CASHIER)
        assert sale.head.rounding == Rounding(Money(-2, "USD"), Money(5, "USD"))
        assert (sale.head.paid, sale.head.change) == (Money(5000, "USD"), Money(0, "USD"))
        assert [order.placed.rounding for order in sale.orders] == [Money(-1, "USD"), Money(-1, "USD")]
        ways = [await register.sales.ways_back(order.id) for order in sale.orders]
        assert ways == [(Way("cash", Money(2500, "USD")),)] * 2
        back = [await register.refunds.give_back(order.id, CASHIER) for order in sale.orders]
        assert [order.refunded for order in back] == [Money(2500, "USD")] * 2
        exact = replace(draft, id=world.new_id(), lines=(replace(lines[0], id=world.new_id()),))
        by_card = (Tender("terminal", Money(2501, "USD"), "T1"),)
        other = await register.sales.place(exact, by_card, CASHIER)
        assert other.head.rounding is other.orders[0].placed.rounding is None

    play(tmp_path, scene)


@pytest.mark.parametrize("trouble", ["lost", "cut"])
def test_no_answer_leaves_it_not_confirmed_and_never_sends_again(tmp_path: Path, trouble: Play) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append(trouble)
        sale = await world.place()
        with pytest.raises(OutcomeUnknown):
            await world.register.sales.perform(sale.orders[0].id)
        order = await world.register.sales.order(sale.orders[0].id)
        assert world.register.sales.status(order) is Status.NOT_CONFIRMED
        assert ("heard" in kinds(order)) is (trouble == "cut")
        for act in (world.register.sales.perform(order.id), world.register.sales.refund(order.id, CASHIER)):
            with pytest.raises(NotAllowed):
                await act
        await world.restart()
        with pytest.raises(NotAllowed, match="already_sent"):
            await world.register.sales.perform(order.id)
        assert world.provider.sends == 1
        assert len(world.provider.sold) == 1
        assert await world.register.sales.open_count() == 1

    play(tmp_path, scene)


@pytest.mark.parametrize("trouble", ["not_reached", "turned_away"])
def test_proof_of_not_taken_leaves_it_to_do_and_it_can_be_sold(tmp_path: Path, trouble: Play) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append(trouble)
        sale = await world.place()
        with pytest.raises(NotTaken):
            await world.register.sales.perform(sale.orders[0].id)
        order = await world.register.sales.order(sale.orders[0].id)
        assert world.register.sales.status(order) is Status.TO_DO
        order = await world.register.sales.perform(order.id)
        assert world.register.sales.status(order) is Status.FULFILLED
        assert len(world.provider.sold) == 1

    play(tmp_path, scene)


def test_how_long_to_wait_is_handed_on(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("turned_away")
        sale = await world.place()
        with pytest.raises(NotTaken) as turned_away:
            await world.register.sales.perform(sale.orders[0].id)
        assert explain(turned_away.value).advice == "Try again in 30 seconds."

    play(tmp_path, scene)


def test_without_a_fence_nothing_leaves(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("no_fence")
        sale = await world.place()
        with pytest.raises(NotTaken, match="no_fence"):
            await world.register.sales.perform(sale.orders[0].id)
        order = await world.register.sales.order(sale.orders[0].id)
        assert kinds(order) == ["placed"]
        assert world.provider.sends == 0

    play(tmp_path, scene)


def test_a_refusal_owes_the_money_until_it_is_recorded_once(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("refused")
        order = await world.sell()
        assert world.register.sales.status(order) is Status.REFUSED
        assert order.money_owed == Money(2500, "USD")
        assert await world.register.sales.open_count() == 1
        after = await world.register.sales.refund(order.id, CASHIER)
        assert after.money_owed is None
        assert await world.register.sales.open_count() == 0
        with pytest.raises(NotAllowed, match="nothing_to_refund"):
            await world.register.sales.refund(order.id, CASHIER)

    play(tmp_path, scene)


def test_an_order_never_sent_can_be_given_up_with_the_money_in_one_step(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sale = await world.place()
        order = await world.register.sales.refund(sale.orders[0].id, CASHIER)
        assert kinds(order) == ["placed", "withdrawn", "refunded"]
        with pytest.raises(NotAllowed, match="already_sent"):
            await world.register.sales.perform(order.id)
        assert world.provider.sends == 0

    play(tmp_path, scene)


def test_the_plug_is_pulled_while_the_request_is_under_way(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("silent")
        sale = await world.place()
        order_id = sale.orders[0].id
        asking = asyncio.ensure_future(world.register.sales.perform(order_id))
        await until(lambda: world.provider.sends == 1)
        assert world.register.sales.in_flight(order_id)
        order = await world.register.sales.order(order_id)
        assert world.register.sales.status(order) is Status.IN_PROGRESS
        assert await world.register.sales.open_count() == 0
        await world.restart()
        assert await world.register.sales.open_count() == 1
        with pytest.raises(asyncio.CancelledError):
            await asking
        order = await world.register.sales.order(order_id)
        assert world.register.sales.status(order) is Status.NOT_CONFIRMED
        with pytest.raises(NotAllowed, match="already_sent"):
            await world.register.sales.perform(order_id)
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_a_cashier_who_goes_away_does_not_stop_the_order(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        sale = await world.place()
        asking = asyncio.ensure_future(world.register.sales.perform(sale.orders[0].id))
        await until(lambda: world.provider.sends == 1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        world.provider.answer_now.set()
        await world.register.work.drain(5)
        order = await world.register.sales.order(sale.orders[0].id)
        assert world.register.sales.status(order) is Status.FULFILLED

    play(tmp_path, scene)


def test_a_paper_printed_meanwhile_does_not_cost_the_answer(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        sale = await world.place()
        asking = asyncio.ensure_future(world.register.sales.perform(sale.orders[0].id))
        await until(lambda: world.provider.sends == 1)
        result = await world.register.printouts.print_sale(sale.head.id, CASHIER)
        assert result.problem is None
        assert any("pending" in stem for stem in world.printer.papers)
        world.provider.answer_now.set()
        order = await asking
        assert order.phase is Phase.FULFILLED
        assert "printed" in kinds(order)

    play(tmp_path, scene)


def test_a_reply_kept_but_not_understood_is_understood_at_the_next_start(tmp_path: Path) -> None:
    """The power fails between writing down the reply and writing down what it means."""

    async def scene(world: World) -> None:
        order = await world.sell()
        await world.pull_the_plug()
        _cut_the_journal_after(world.folder, "heard")
        await world.open()
        again = await world.register.sales.order(order.id)
        assert again.phase is Phase.FULFILLED
        assert [card.id for card in again.cards] == [card.id for card in order.cards]
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_an_old_turning_away_is_not_the_answer_to_a_newer_request(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.extend(["turned_away", "lost"])
        sale = await world.place()
        order_id = sale.orders[0].id
        with pytest.raises(NotTaken):
            await world.register.sales.perform(order_id)
        with pytest.raises(OutcomeUnknown):
            await world.register.sales.perform(order_id)
        await world.restart()
        order = await world.register.sales.order(order_id)
        assert world.register.sales.status(order) is Status.NOT_CONFIRMED
        with pytest.raises(NotAllowed, match="already_sent"):
            await world.register.sales.perform(order_id)
        assert world.provider.sends == 2
        assert len(world.provider.sold) == 1

    play(tmp_path, scene)


def test_more_cards_than_asked_are_kept_but_not_handed_over(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("doubled")
        order = await world.sell()
        assert len(order.cards) == 2
        assert len(order.handed_cards) == 1
        assert "more_cards" in order.flags
        parked = next(card for card in order.cards if card.parked)
        with pytest.raises(NotAllowed, match="no_codes"):
            await world.register.sales.reveal(order.id, parked.id, CASHIER)

    play(tmp_path, scene)


def test_what_is_wrong_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        cheap = world.email_line(amount=999)
        for lines, cash, reason in (
            ((), 100, "invalid_draft"),
            ((cheap,), 999, "invalid_draft"),
            ((world.email_line("kim at mail"),), 3000, "invalid_draft"),
            ((world.line(quantity=101),), 252_500, "invalid_draft"),
            ((world.line(),), 2499, "money_incomplete"),
        ):
            draft = Draft(world.new_id(), "USD", lines)
            with pytest.raises(NotAllowed, match=reason):
                await sales.place(draft, (Tender("cash", Money(cash, "USD")),), CASHIER)
        assert await sales.orders() == ()
        check = await sales.check(cheap)
        assert not check.ok
        assert check.problem is not None
        assert check.problem.reason == "too_little"

    play(tmp_path, scene)


def test_a_card_by_email_waits_for_the_sender_when_the_provider_says_so(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("confirm")
        order = await world.sell(world.email_line())
        assert world.register.sales.status(order) is Status.TO_BE_CONFIRMED
        assert order.placed.recipient_hint == "k•••@mail.example"
        order = await world.sell(world.email_line())
        assert world.register.sales.status(order) is Status.FULFILLED

    play(tmp_path, scene)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"kim@mail" not in everything


def test_a_second_till_on_the_same_store_is_told_so_and_may_only_look(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        sale = await world.place()
        asking = asyncio.ensure_future(world.register.sales.perform(sale.orders[0].id))
        await until(lambda: world.provider.sends == 1)
        with pytest.raises(StoreProblem, match="in_use"):
            await world.open()
        second = await world.open(exclusive=False)
        order = await second.sales.order(sale.orders[0].id)
        assert await second.sales.status_anywhere(order) is Status.IN_PROGRESS
        assert (await second.sales.orders())[0].status is Status.IN_PROGRESS
        await second.close(0)
        world.provider.answer_now.set()
        await asking

    play(tmp_path, scene)


def test_an_order_of_another_account_is_not_sent(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sale = await world.place()
        world.provider.account = "account-2"
        with pytest.raises(NotAllowed, match="other_account"):
            await world.register.sales.perform(sale.orders[0].id)
        assert world.provider.sends == 0

    play(tmp_path, scene)


def _cut_the_journal_after(folder: Path, kind: str) -> None:
    """Bring the store to where it was when the entry `kind` had just been written."""
    connection = sqlite3.connect(folder / "countercard.db")
    with connection:
        (last,) = connection.execute("SELECT MAX(seq) FROM entry WHERE kind = ?", (kind,)).fetchone()
        connection.execute("DROP TRIGGER entry_is_kept")
        connection.execute("DELETE FROM entry WHERE seq > ?", (last,))
        (n,) = connection.execute("SELECT COUNT(*) FROM entry").fetchone()
        connection.execute("UPDATE order_row SET phase = 'sent', n = ?", (n,))
        connection.execute("DELETE FROM claim")
        connection.execute("DELETE FROM card_row")
    connection.close()
