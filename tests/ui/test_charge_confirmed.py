"""What Enter confirmed is what is placed, or nothing is: a company may take long to answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pos_app.orders.sale import Tender
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, usd
from ui.screens.charge import ChargeScreen


async def begin(till: FakeTill, cashier: Cashier) -> None:
    await cashier.take("acme", "$50")
    await cashier.charge()
    till.seconds += 1


async def begin_with_a_part(till: FakeTill, cashier: Cashier) -> None:
    """$20.00 in cash is taken; the rest, $30.00, is asked for by card."""
    await begin(till, cashier)
    cashier.type("20")
    cashier.press("Enter")
    await cashier.see("Still to pay")
    till.seconds += 1


def is_checking(cashier: Cashier) -> bool:
    [screen] = cashier.window.findChildren(ChargeScreen)
    return screen.tasks.busy("issue")


@asynccontextmanager
async def while_it_is_checked(till: FakeTill, cashier: Cashier) -> AsyncGenerator[None]:
    """Press Enter; what is done within comes before the company has answered; its answer is waited for."""
    await cashier.until(lambda: not cashier.reads("Checking once more"), "the first check")
    gate = till.sales.check_gate = asyncio.Event()
    asked = len(till.sales.checked)
    cashier.press("Enter")
    # It is told before it is asked, and what is asked from here on is another basket's.
    await cashier.until(lambda: len(till.sales.checked) > asked, "the check")
    till.sales.check_gate = None
    yield
    gate.set()
    await cashier.until(lambda: not is_checking(cashier), "the answer")


async def test_another_basket_is_not_sold_for_the_money_of_this_one(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        async with while_it_is_checked(till, cashier):
            cashier.press("F2")
            await cashier.see_enabled("charge")
            [edit] = [name for name in cashier.names() if name.startswith("line_edit_")]
            cashier.click(edit)
            cashier.press("+")
            cashier.press("Enter")
            await cashier.until(lambda: cashier.can_press("charge") and cashier.reads("$100.00"), "two cards")
            cashier.press("F12")
            await cashier.see("Read back to the customer")
        assert till.sales.placed == []
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 2 slips")
        assert till.sales.tenders == [(Tender("cash", usd("100")),)]


async def test_another_way_to_pay_is_not_what_was_confirmed(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.click("pay_terminal")
        cashier.type("A-1")
        async with while_it_is_checked(till, cashier):
            cashier.click("pay_cash")
        assert till.sales.placed == []
        cashier.click("pay_terminal")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.tenders == [(Tender("terminal", usd("50"), "A-1"),)]


async def test_a_digit_that_comes_late_is_not_money(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.type("60")
        async with while_it_is_checked(till, cashier):
            cashier.type("0")
        assert till.sales.placed == []
        await cashier.see("Nothing was bought: something was changed meanwhile.")
        till.seconds += 1
        cashier.write("received", "60")
        cashier.press("Enter")
        assert not cashier.reads("something was changed")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.tenders == [(Tender("cash", usd("60")),)]


async def test_leaving_stops_no_sale_and_nobody_is_told_to_give_its_money_back(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await begin_with_a_part(till, cashier)
        cashier.type("A-1")
        async with while_it_is_checked(till, cashier):
            cashier.press("F3")
            await cashier.until(lambda: not cashier.reads("Still to pay"), "another screen")
            assert not cashier.reads("$20.00 was taken")
        await cashier.see("Done. Hand over 1 slip")
        assert not cashier.reads("$20.00 was taken")
        assert till.sales.tenders == [(Tender("cash", usd("20")), Tender("terminal", usd("30"), "A-1"))]


async def test_who_left_is_told_of_the_part_when_the_rest_was_not_sold(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await begin_with_a_part(till, cashier)
        cashier.type("A-1")
        async with while_it_is_checked(till, cashier):
            cashier.click("pay_cash")
            cashier.press("F3")
            await cashier.until(lambda: not cashier.reads("Still to pay"), "another screen")
        await cashier.see("$20.00 was taken, and nothing is bought yet.")
        assert till.sales.placed == []


async def test_who_left_is_told_that_nothing_was_sold(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        async with while_it_is_checked(till, cashier):
            cashier.type("6")
            cashier.press("F3")
            await cashier.until(lambda: not cashier.reads("Read back"), "another screen")
        await cashier.see("Nothing was bought and nothing is written down.")
        assert till.sales.placed == []
