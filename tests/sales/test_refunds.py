"""Money back at a whole till: what a manager may give, what becomes of the cards, and by which tenders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.money import Money
from pos_app.orders.draft import Draft
from pos_app.orders.entries import Refunded
from pos_app.orders.order import Order, Phase
from pos_app.orders.sale import Tender, Way
from tests.sales.verdicts import lost, refused
from tests.world import CASHIER, World, until

ANA, WHY = "Ana", "the customer came back with the receipt"
FACE = Money(2500, "USD")


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


def paid(order: Order) -> Refunded:
    entry = order.entries[-1]
    assert isinstance(entry, Refunded)
    return entry


def test_what_is_owed_needs_no_manager_and_keeps_no_reason(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = (await world.place()).orders[0]
        refunds = world.register.refunds
        assert (await refunds.asked(order.id)).needs == "simple"
        assert await refunds.ways(order.id) == (Way("cash", FACE),)
        after = await refunds.give_back(order.id, CASHIER, evidence="no need")
        assert [entry.kind for entry in after.entries] == ["placed", "withdrawn", "refunded"]
        assert (paid(after).evidence, paid(after).given) == ("", (Way("cash", FACE),))
        assert await refunds.ways(order.id) == ()
        await refused("nothing_to_refund", refunds.give_back(order.id, CASHIER))

    play(tmp_path, scene)


def test_while_nobody_knows_a_manager_gives_it_back_and_what_comes_is_spare(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        refunds, sales = world.register.refunds, world.register.sales
        assert (await refunds.asked(order.id)).needs == "manager"
        await refused("nothing_to_refund", sales.refund(order.id, CASHIER))
        await refused("needs_a_manager", refunds.give_back(order.id, CASHIER))
        await refused("needs_a_manager", refunds.give_back(order.id, " ", evidence=WHY))
        await refused("nothing_to_refund", refunds.give_back(order.id, ANA, loss=True, evidence=WHY))
        after = await refunds.give_back(order.id, ANA, evidence=f" {WHY} ")
        assert (after.phase, after.money_left, paid(after).evidence) == (
            Phase.SENT,
            Money(0, "USD"),
            WHY,
        )
        number = world.register.settling.bought_by_number
        found = await number(order.id, "1", WHY, ANA, confirmed=["item_not_told", "no_pin"])
        assert (found.handed_cards, len(found.spare_cards)) == ((), 1)

    play(tmp_path, scene)


def test_nothing_goes_back_while_another_process_is_at_it(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        order = (await world.place()).orders[0]
        other = await world.open(exclusive=False)
        selling = asyncio.create_task(other.sales.perform(order.id))
        await until(lambda: world.provider.sends == 1)
        for refunds in (world.register.refunds, other.refunds):
            assert (await refunds.asked(order.id)).why_not == "in_flight"
            await refused("in_flight", refunds.give_back(order.id, ANA, evidence=WHY))
        world.provider.answer_now.set()
        await selling
        await other.close()

    play(tmp_path, scene)


def test_cards_nobody_has_seen_go_back_and_seen_ones_are_a_loss(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell(world.line(quantity=3))
        refunds, sales = world.register.refunds, world.register.sales
        await sales.reveal(order.id, "1", CASHIER)
        rule = await refunds.asked(order.id)
        assert (rule.needs, rule.free_cards) == ("manager_as_loss", 2)
        await refused("only_as_loss", refunds.give_back(order.id, ANA, evidence=WHY))
        await refused("too_many_cards", refunds.give_back(order.id, ANA, cards=4, evidence=WHY))
        part = await refunds.give_back(order.id, ANA, cards=2, evidence=WHY)
        assert (part.spare, part.money_left, paid(part).loss) == ({"2", "3"}, FACE, False)
        assert await refunds.ways(order.id) == (Way("cash", FACE),)
        whole = await refunds.give_back(order.id, ANA, loss=True, evidence=WHY)
        assert (whole.money_left, paid(whole).loss) == (Money(0, "USD"), True)
        assert [card.id for card in whole.handed_cards] == ["1"], "it stays the customer's"

    play(tmp_path, scene)


def test_a_reason_with_a_code_in_it_is_not_written_down(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        refunds = world.register.refunds
        await refused("code_in_evidence", refunds.give_back(order.id, ANA, evidence="TEST-0001-0001-abcd"))
        assert (await world.register.sales.order(order.id)).n == order.n

    play(tmp_path, scene)


@pytest.mark.parametrize("between", ["seen", "bought", "withdrawn"])
def test_what_is_decided_is_asked_once_more_where_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    """Somebody looks at the card, or an answer comes, between the question and the drawer."""

    async def scene(world: World) -> None:
        order = await world.sell() if between == "seen" else (await world.place()).orders[0]
        register = world.register
        pay_back = register.journal.pay_back

        async def later(*what: object) -> object:
            match between:
                case "seen":
                    await register.sales.reveal(order.id, "1", CASHIER)
                case "bought":
                    await register.sales.perform(order.id)
                case _:
                    monkeypatch.setattr(register.journal, "pay_back", pay_back)
                    await register.refunds.give_back(order.id, CASHIER)
            return await pay_back(*what)  # pyright: ignore[reportArgumentType, reportCallIssue]

        monkeypatch.setattr(register.journal, "pay_back", later)
        reason = {"seen": "only_as_loss", "bought": "needs_a_manager", "withdrawn": "nothing_to_refund"}
        evidence = WHY if between == "seen" else ""
        await refused(reason[between], register.refunds.give_back(order.id, ANA, evidence=evidence))

    play(tmp_path, scene)


def test_two_orders_of_a_sale_are_not_paid_out_of_one_tender(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        lines = (world.line(), world.line())
        draft = Draft(world.new_id(), "USD", lines)
        tenders = (Tender("terminal", Money(2000, "USD"), "T1"), Tender("cash", Money(5000, "USD")))
        sale = await world.register.sales.place(draft, tenders, CASHIER)
        refunds = world.register.refunds
        back = [await refunds.give_back(order.id, CASHIER) for order in sale.orders]
        assert paid(back[0]).ways == (Way("cash", FACE),)
        assert paid(back[1]).ways == (
            Way("cash", Money(500, "USD")),
            Way("terminal", Money(2000, "USD"), "T1"),
        )
        assert paid(back[1]).tender == "cash"

    play(tmp_path, scene)
