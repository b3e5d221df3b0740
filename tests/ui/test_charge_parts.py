"""What may be a part of a payment: never more than is left, never a card's code, never nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint

from pos_app.i18n import money
from pos_app.money import Money
from pos_app.orders.cash_rounding import Rounding
from pos_app.orders.draft import Draft, Line
from pos_app.orders.rules import Problem
from pos_app.orders.sale import Tender
from pos_app.sales import LineCheck
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, codes_brand, usd
from ui.screens.charge import ChargeScreen

CODE = "TEST-4MHD-9PTR-WZ00"


async def begin(till: FakeTill, cashier: Cashier, value: str = "$50") -> None:
    await cashier.take("acme", value)
    await cashier.charge()
    await cashier.until(lambda: not cashier.reads("Checking once more"), "the first check")
    till.seconds += 1


async def take(till: FakeTill, cashier: Cashier, place: int = 0) -> None:
    """Take what is entered as the part in row `place`."""
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees(f"part_{place}"), f"part {place}")
    await cashier.see_enabled("issue")
    till.seconds += 1


async def take_cash(till: FakeTill, cashier: Cashier, amount: str) -> None:
    cashier.type(amount)
    await take(till, cashier)


async def take_card(till: FakeTill, cashier: Cashier, amount: str, place: int = 0) -> None:
    cashier.click("pay_terminal")
    if not cashier.sees("part_amount"):
        cashier.click("pay_split")
    cashier.write("part_amount", amount)
    cashier.write("reference", f"A-{place}")
    await take(till, cashier, place)


async def to_one_card_of_two(cashier: Cashier) -> None:
    """Back to the basket, one card fewer of its one line, and to Charge again."""
    cashier.press("F2")
    [edit] = [name for name in cashier.names() if name.startswith("line_edit_")]
    cashier.click(edit)
    cashier.press("-")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.reads("1 × Acme Games"), "one card")
    await cashier.charge()
    await cashier.until(lambda: cashier.sees("part_0"), "the part again")


def is_below(cashier: Cashier, lower: str, upper: str) -> bool:
    one, other = cashier.find(lower), cashier.find(upper)
    window = cashier.window
    return one.mapTo(window, QPoint(0, 0)).y() >= other.mapTo(window, QPoint(0, other.height())).y()


async def test_a_card_is_no_way_to_get_cash_back(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        await take_cash(till, cashier, "35")
        for kind, field in (("pay_terminal", "reference"), ("pay_other", "rung")):
            cashier.click(kind)
            cashier.write("part_amount", "15.01")
            cashier.write(field, "A-771")
            cashier.press("Enter")
            await cashier.see("At most $15.00 is left to pay. More is not taken this way.")
            assert cashier.find("part_amount").property("wrong") == "true"
        assert till.sales.placed == []
        cashier.write("part_amount", "15")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.tenders == [(Tender("cash", usd("35")), Tender("other", usd("15"), "A-771"))]


async def test_what_rounds_to_nothing_is_no_cash(till: FakeTill, at_window: Opener) -> None:
    till.sales.coin = usd("0.05")
    async with at_window() as cashier:
        await cashier.take_by_email("lumen", "30.02", "kim@mail.example")
        await cashier.charge()
        till.seconds += 1
        await take_card(till, cashier, "20")
        cashier.click("pay_terminal")
        cashier.write("part_amount", "10")
        cashier.write("reference", "A-1")
        assert cashier.reads("Money received · issue"), "the two cents are nobody's"
        cashier.press("Enter")
        await cashier.see("Done.")
        assert till.sales.tenders == [
            (Tender("terminal", usd("20"), "A-0"), Tender("terminal", usd("10"), "A-1"))
        ]
        (sale_id,) = till.sales.sales
        assert (await till.sales.sale(sale_id)).head.rounding == Rounding(-usd("0.02"), usd("0.05"))
        assert till.printouts.drawer == [], "no cash, no drawer"


async def test_nothing_is_left_to_hand_over(till: FakeTill, at_window: Opener) -> None:
    """A part was taken by card before the shop chose to round cash."""
    async with at_window() as cashier:
        await cashier.take_by_email("lumen", "30.02", "kim@mail.example")
        await cashier.charge()
        till.seconds += 1
        await take_card(till, cashier, "30")
        assert cashier.find("received").property("text") == "0.02"
        cashier.press("F2")
        till.sales.coin = usd("0.05")
        await cashier.charge()
        await cashier.see("To pay in cash $0.00 · rounded")
        till.seconds += 1
        assert cashier.find("received").property("text") == "0.00"
        cashier.press("Enter")
        await cashier.see("Done.")
        assert till.sales.tenders == [(Tender("terminal", usd("30"), "A-0"),)]
        assert till.printouts.drawer == []


async def test_a_basket_that_became_cheaper_says_what_to_give_back(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", "$50", 2)
        await cashier.charge()
        till.seconds += 1
        await take_card(till, cashier, "70")
        await to_one_card_of_two(cashier)
        # Said at once, and nothing that could be taken for change to count out.
        await cashier.see("$20.00 too much was taken, and only cash gives change.")
        assert cashier.reads("Take out a part that is not cash, give it back, and take what there is to pay.")
        assert cashier.reads("Too much")
        assert not cashier.can_press("issue")
        assert cashier.find("change").property("role") != "change"
        till.seconds += 1
        for kind in ("pay_cash", "pay_terminal"):
            cashier.click(kind)
            cashier.press("Enter")
        assert till.sales.placed == []
        await cashier.until(lambda: is_below(cashier, "part_amount", "pay_terminal"), "its usual place")
        cashier.click("part_remove_0")
        await cashier.see("Give back $70.00")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.until(lambda: not cashier.sees("part_0"), "the part to go")
        assert not cashier.reads("too much was taken")
        till.seconds += 1
        cashier.click("pay_cash")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.tenders == [(Tender("cash", usd("50")),)]


async def test_parts_that_are_enough_want_no_number(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", "$50", 2)
        await cashier.charge()
        till.seconds += 1
        await take_cash(till, cashier, "60")
        await to_one_card_of_two(cashier)
        till.seconds += 1
        await cashier.see("$10.00")
        assert cashier.find("change").property("role") == "change"
        cashier.click("pay_terminal")
        assert cashier.find("part_amount").property("text") == "0.00"
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.tenders == [(Tender("cash", usd("60")),)]


@pytest.mark.parametrize("kind", ["terminal", "other"])
async def test_a_cards_code_is_no_number_of_a_part(till: FakeTill, at_window: Opener, kind: str) -> None:
    till.sales.codes = frozenset({CODE})
    field = {"terminal": "reference", "other": "rung"}[kind]
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.click(f"pay_{kind}")
        cashier.click("pay_split")
        for amount in ("20", "50"):
            # As a part, and as what pays all of it.
            cashier.write("part_amount", amount)
            cashier.write(field, CODE)
            cashier.press("Enter")
            await cashier.see("That was the code of a gift card: it is not kept here.")
            await cashier.see_enabled("issue")
            assert not cashier.reads(CODE)
            assert cashier.find(field).property("text") == ""
            assert cashier.find(field).property("undoAvailable") is False
            assert cashier.find(field).hasFocus()
            assert not cashier.sees("part_0")
            assert till.sales.placed == []
        cashier.type("90017")
        assert till.sales.placed == []
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert [tender.reference for tender in till.sales.tenders[0]] == ["90017"]


async def test_the_main_tills_number_is_scanned_and_confirmed_by_hand(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.click("pay_other")
        cashier.scan("90017-4711")
        assert cashier.find("rung").property("text") == "90017-4711"
        assert cashier.can_press("issue"), "the scanner's Enter is nobody's"
        cashier.press("Enter")
        await cashier.see("Rung up on the main till")
        assert till.sales.tenders == [(Tender("other", usd("50"), "90017-4711"),)]


async def test_a_part_is_taken_as_it_was_confirmed(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.click("pay_terminal")
        cashier.click("pay_split")
        cashier.write("part_amount", "20")
        cashier.write("reference", "A-1")
        gate = till.sales.code_gate = asyncio.Event()
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.can_press("issue"), "the look at the number")
        cashier.press("Enter")
        cashier.press("Esc")
        cashier.write("part_amount", "30")
        cashier.type("7")
        gate.set()
        await cashier.until(lambda: cashier.sees("part_0"), "the part")
        await cashier.see_enabled("issue")
        assert cashier.reads("$20.00")
        assert cashier.reads("$30.00"), "still to pay"
        till.seconds += 1
        # And one that is still looked at when somebody leaves is told.
        cashier.click("pay_terminal")
        cashier.write("part_amount", "5")
        cashier.write("reference", "A-2")
        gate = till.sales.code_gate = asyncio.Event()
        cashier.press("Enter")
        cashier.press("F3")
        await cashier.until(lambda: not cashier.sees("paid_parts"), "another screen")
        gate.set()
        await cashier.see("$25.00 was taken, and nothing is bought yet.")
        assert till.sales.placed == []


async def test_nothing_is_taken_for_what_can_not_be_had(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        till.sales.checks["Acme Games"] = LineCheck(ok=True)
        await cashier.take("acme", "$50")
        await cashier.see_enabled("charge")
        sold_out = Problem("stock", "not_available", {"quantity": 1})
        till.sales.checks["Acme Games"] = LineCheck(ok=False, problem=sold_out)
        await cashier.charge()
        await cashier.see("Not in stock at the moment.")
        till.seconds += 1
        cashier.type("20")
        cashier.press("Enter")
        assert not cashier.sees("part_0")
        assert cashier.reads("Nothing was bought.")


@pytest.mark.parametrize(
    ("currency", "coin", "due", "part", "asked", "left", "change"),
    [
        ("JPY", None, "5000", "1500", "3500", "3500", "500"),
        ("KWD", None, "12.345", "2.345", "10.000", "10.000", "0.500"),
        ("CHF", "0.05", "10.02", "5", "5.00", "5.02", "0.50"),
    ],
)
async def test_every_currency_is_paid_in_parts(
    till: FakeTill,
    at_window: Opener,
    *,
    currency: str,
    coin: str | None,
    due: str,
    part: str,
    asked: str,
    left: str,
    change: str,
) -> None:
    till.sales.coin = None if coin is None else Money.of(coin, currency)
    async with at_window() as cashier:
        screen = ChargeScreen(till.sales, cashier.window.notices, "Mia", clock=till.clock)
        cashier.window.frame.stack.addWidget(screen)
        _brand, (product,) = codes_brand("Acme", "games", "25")
        price = Money.of(due, currency)
        product = replace(product, currency=currency, face=price, cost=price)
        screen.begin(Draft("sale", currency, (Line("line", product, 1, price, price),)), paper=True)
        cashier.window.frame.stack.setCurrentWidget(screen)
        screen.opened()
        await cashier.until(lambda: not screen.tasks.busy("check"), "the check")
        till.seconds += 1
        await take_cash(till, cashier, part)
        assert cashier.reads(money(Money.of(left, currency))), "exactly, for the card that is asked for first"
        cashier.click("pay_cash")
        assert cashier.find("received").property("text") == asked
        more = Money.of(asked, currency) + Money.of(change, currency)
        cashier.write("received", str(more.major))
        assert cashier.reads(money(Money.of(change, currency)))
        cashier.press("Enter")
        await cashier.until(lambda: bool(till.sales.placed), "the sale")
        assert till.sales.tenders == [(Tender("cash", Money.of(part, currency)), Tender("cash", more))]
        sale = await till.sales.sale("sale")
        assert sale.head.change == Money.of(change, currency)
        await cashier.until(lambda: not screen.tasks.busy("issue"), "the end")
