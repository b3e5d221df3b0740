"""A slip of the card terminal pays once: its number is refused twice in one sale, asked about in another."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pos_app.orders.sale import SaleHead, Tender
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, usd
from tests.ui.test_charge_parts import begin, take_card

EARLIER = SaleHead(
    "earlier",
    "01-000031",
    datetime(2026, 1, 2, 9, tzinfo=UTC),
    "01",
    "Mia",
    usd("40"),
    (Tender("terminal", usd("40"), "A-771"),),
    ("o",),
    training=True,
)


async def by_card(cashier: Cashier, reference: str) -> None:
    cashier.click("pay_terminal")
    cashier.write("reference", reference)
    cashier.press("Enter")


async def answer(till: FakeTill, cashier: Cashier, choice: str) -> None:
    await cashier.see("This number paid a sale before")
    till.seconds += 1
    cashier.click(choice)
    await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")


@pytest.mark.parametrize("typed", ["A-0", " a-0", "A - 0"])
@pytest.mark.parametrize("rest", ["10", "20"])
async def test_one_slip_is_not_two_parts_of_a_sale(
    till: FakeTill, at_window: Opener, typed: str, rest: str
) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        await take_card(till, cashier, "30")
        cashier.click("pay_terminal")
        cashier.write("part_amount", rest)
        cashier.write("reference", typed)
        cashier.press("Enter")
        await cashier.see("is in this sale already: one slip of the card terminal pays once.")
        assert cashier.find("reference").property("wrong") == "true"
        assert not cashier.sees("part_1")
        assert till.sales.placed == []
        cashier.write("part_amount", "20")
        cashier.write("reference", "A-1")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")


async def test_the_slip_of_an_earlier_sale_is_asked_about(till: FakeTill, at_window: Opener) -> None:
    till.sales.earlier["A-771"] = EARLIER
    async with at_window() as cashier:
        await begin(till, cashier)
        await by_card(cashier, "A-771")
        await cashier.see("A-771 stands in sale 01-000031 already, which came to $40.00.")
        # Enter alone sells nothing for a slip that may have paid.
        till.seconds += 1
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")
        await cashier.see_enabled("issue")
        assert till.sales.placed == []
        assert cashier.window.focusWidget() is cashier.find("reference")
        till.seconds += 1
        cashier.press("Enter")
        await answer(till, cashier, "sheet_another")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.tenders == [(Tender("terminal", usd("50"), "A-771"),)]


async def test_a_part_is_asked_about_when_it_is_entered_and_no_second_time(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.earlier["A-771"] = EARLIER
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.click("pay_terminal")
        cashier.click("pay_split")
        cashier.write("part_amount", "30")
        cashier.write("reference", "A-771")
        cashier.press("Enter")
        await answer(till, cashier, "sheet_back")
        await cashier.see_enabled("issue")
        assert not cashier.sees("part_0")
        till.seconds += 1
        cashier.press("Enter")
        await answer(till, cashier, "sheet_another")
        await cashier.until(lambda: cashier.sees("part_0"), "the part")
        await cashier.see_enabled("issue")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.asked_about == ["A-771", "A-771"]


async def test_an_ordinary_sale_is_asked_about_nothing(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.asked_about == []
