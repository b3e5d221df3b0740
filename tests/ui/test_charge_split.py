"""Charge in parts and in rounded coins: nothing is placed before it is complete, and no part is lost."""

from __future__ import annotations

from pos_app.orders.cash_rounding import Rounding
from pos_app.orders.draft import Draft, Line
from pos_app.orders.sale import Tender
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, Plan, codes_brand, usd
from ui.screens.charge import ChargeScreen
from ui.widgets.buttons import ActionButton


def words_on(cashier: Cashier, name: str) -> str:
    button = cashier.window.findChild(ActionButton, name)
    assert button is not None
    return button.words()


async def begin(till: FakeTill, cashier: Cashier, value: str = "$50") -> None:
    await cashier.take("acme", value)
    await cashier.charge()
    till.seconds += 1


async def part_is_taken(cashier: Cashier, place: int) -> None:
    """Wait for the part in row `place`, and for the next one to be asked for."""
    await cashier.until(lambda: cashier.sees(f"part_{place}"), f"part {place}")
    await cashier.see_enabled("issue")


async def test_part_in_cash_and_the_rest_by_card(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        assert words_on(cashier, "issue") == "Money received · issue"
        assert not cashier.sees("paid_parts")
        cashier.type("20")
        assert words_on(cashier, "issue") == "Add this payment"
        assert cashier.reads("Still to pay after this")
        cashier.press("Enter")
        await cashier.see("Still to pay")
        assert cashier.reads("$30.00")
        assert till.sales.placed == []
        # The same press twice: the rest is not taken by it, and the card's reference is wanted.
        cashier.press("Enter")
        till.seconds += 1
        cashier.press("Enter")
        assert cashier.reads("Enter the reference from the card terminal's slip.")
        assert till.sales.placed == []
        cashier.type("A-771")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.tenders == [(Tender("cash", usd("20")), Tender("terminal", usd("30"), "A-771"))]
        await cashier.see("Paid in parts, no change")


async def test_two_cards_and_the_rest_in_cash_with_change(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        for place, (amount, reference) in enumerate((("15", "A-1"), ("10.50", "B-2"))):
            cashier.click("pay_terminal")
            if reference == "A-1":
                cashier.click("pay_split")
                assert cashier.find("part_amount").hasFocus()
                cashier.press("Enter")
                assert cashier.reads("Enter the reference from the card terminal's slip.")
            cashier.write("part_amount", amount)
            cashier.write("reference", reference)
            assert words_on(cashier, "issue") == "Add this payment"
            cashier.press("Enter")
            # A key that is held down, and a hand that presses twice.
            cashier.hold("Enter", 20)
            cashier.press("Enter")
            await part_is_taken(cashier, place)
            cashier.press("Enter")
            assert till.sales.placed == []
            till.seconds += 1
        assert cashier.find("received").property("text") == "24.50"
        cashier.type("30")
        assert cashier.reads("$5.50")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        (tenders,) = till.sales.tenders
        assert [(one.kind, one.received, one.reference) for one in tenders] == [
            ("terminal", usd("15"), "A-1"), ("terminal", usd("10.50"), "B-2"), ("cash", usd("30"), ""),
        ]  # fmt: skip
        assert cashier.reads("$5.50"), "the change stays large on the result"


async def test_a_card_pays_never_more_than_there_is_to_pay(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.click("pay_other")
        cashier.click("pay_split")
        cashier.write("part_amount", "60")
        cashier.write("rung", "90017")
        cashier.press("Enter")
        assert cashier.find("part_amount").property("wrong") == "true"
        assert till.sales.placed == []
        cashier.write("part_amount", "nothing")
        cashier.press("Enter")
        assert cashier.reads("This is not an amount.")
        cashier.write("part_amount", "50")
        cashier.press("Enter")
        await cashier.see("Rung up on the main till")


async def test_who_meant_no_split_ends_it(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.click("pay_terminal")
        cashier.click("pay_split")
        cashier.write("part_amount", "20")
        cashier.click("pay_split")
        assert not cashier.sees("part_amount")
        cashier.type("A-771")
        cashier.press("Enter")
        await cashier.see("Paid by card terminal")
        assert till.sales.tenders == [(Tender("terminal", usd("50"), "A-771"),)]


async def test_no_part_is_lost_without_a_word(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.type("20")
        cashier.press("Enter")
        await cashier.see("Still to pay")
        till.seconds += 1
        await cashier.until(lambda: cashier.sees("part_0"), "the part")
        assert not cashier.sees("pay_split"), "with parts there is no other way to pay"
        # Esc asks whether it was given back; not yet, and all is as it was.
        for key in ("Esc", "Enter"):
            cashier.press("Esc")
            await cashier.see("Give the cash you took back to the customer.")
            assert cashier.reads("Give back $20.00")
            till.seconds += 1
            cashier.press(key)
            await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")
            assert cashier.sees("part_0")
        # Elsewhere in the window it is said, and back at Charge it is still there.
        cashier.press("F3")
        await cashier.see("$20.00 was taken, and nothing is bought yet.")
        cashier.press("F2")
        await cashier.charge()
        till.seconds += 1
        await cashier.until(lambda: cashier.sees("part_0"), "the part again")
        await cashier.see("$30.00")
        # Taken out once it was given back.
        cashier.click("part_remove_0")
        await cashier.see("Give the cash you took back to the customer.")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.until(lambda: not cashier.sees("part_0"), "the part to go")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("read_back_lines"), "the basket")
        assert cashier.lines() == 1
        assert till.sales.placed == []


async def test_parts_of_another_basket_are_told_and_pay_nothing(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.type("20")
        cashier.press("Enter")
        await cashier.see("Still to pay")
        screen = cashier.window.findChild(ChargeScreen)
        assert screen is not None
        _brand, (product,) = codes_brand("Boreal", "games", "25")
        screen.begin(Draft("other", "USD", (Line("l", product, 1, usd("25"), usd("25")),)), paper=True)
        await cashier.see("$20.00 was taken for the basket before, and nothing was bought.")
        assert not cashier.sees("paid_parts")
        assert cashier.find("received").property("text") == "25.00"
        await cashier.until(lambda: not screen.tasks.busy("check"), "the check")


async def test_going_back_gives_back_each_part_its_own_way(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.type("20")
        cashier.press("Enter")
        till.seconds += 1
        cashier.write("part_amount", "5")
        cashier.write("reference", "A-7")
        cashier.press("Enter")
        await part_is_taken(cashier, 1)
        till.seconds += 1
        cashier.click("pay_other")
        cashier.write("part_amount", "5")
        cashier.write("rung", "90017")
        cashier.press("Enter")
        await part_is_taken(cashier, 2)
        till.seconds += 1
        cashier.press("Esc")
        await cashier.see("Give back $30.00")
        assert cashier.reads("$20.00 in cash")
        assert not cashier.reads("out of the drawer"), "it opens with the sale: nothing was put in"
        assert cashier.reads("$5.00 on the card terminal, to the same card (reference A-7)")
        assert cashier.reads("$5.00 on the main till (number 90017)")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.until(lambda: not cashier.sees("read_back_lines"), "the basket")
        await cashier.charge()
        assert not cashier.sees("paid_parts")
        assert cashier.find("received").property("text") == "50.00"


async def test_cash_is_rounded_and_cards_are_not(till: FakeTill, at_window: Opener) -> None:
    till.sales.coin = usd("0.05")
    async with at_window() as cashier:
        await cashier.take_by_email("lumen", "30.02", "kim@mail.example")
        await cashier.charge()
        till.seconds += 1
        assert cashier.reads("To pay in cash $30.00 · rounded")
        assert cashier.find("received").property("text") == "30.00"
        cashier.click("pay_terminal")
        assert not cashier.reads("· rounded")
        cashier.click("pay_split")
        cashier.write("part_amount", "10")
        cashier.write("reference", "A-7")
        cashier.press("Enter")
        await cashier.see("To pay in cash $20.00 · rounded")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done.")
        assert till.sales.tenders == [(Tender("terminal", usd("10"), "A-7"), Tender("cash", usd("20")))]
        (sale_id,) = till.sales.sales
        sale = await till.sales.sale(sale_id)
        assert sale.head.rounding == Rounding(-usd("0.02"), usd("0.05"))
        assert not sale.head.change
        await cashier.see_enabled("open_order")
        cashier.click("open_order")
        await cashier.see("$10.00 by card terminal, $20.00 cash, -$0.02 cash rounding")


async def test_what_rounding_forgives_completes_the_sale(till: FakeTill, at_window: Opener) -> None:
    till.sales.coin = usd("0.05")
    async with at_window() as cashier:
        await cashier.take_by_email("lumen", "30.02", "kim@mail.example")
        await cashier.charge()
        till.seconds += 1
        cashier.type("10")
        cashier.press("Enter")
        till.seconds += 1
        cashier.write("part_amount", "20")
        cashier.write("reference", "A-7")
        assert words_on(cashier, "issue") == "Money received · issue", "the two cents are rounded away"
        cashier.press("Enter")
        await cashier.see("Done.")
        assert till.sales.tenders == [(Tender("cash", usd("10")), Tender("terminal", usd("20"), "A-7"))]


async def test_what_was_paid_in_parts_goes_back_each_way(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Acme Games"] = Plan("no")
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.type("20")
        cashier.press("Enter")
        till.seconds += 1
        cashier.type("A-771")
        cashier.press("Enter")
        await cashier.see("Give back $50.00")
        (order_id,) = till.sales.bought
        await cashier.see_enabled(f"refund_{order_id}")
        cashier.click(f"refund_{order_id}")
        await cashier.see("$20.00 in cash, out of the drawer")
        assert cashier.reads("$30.00 on the card terminal, to the same card (reference A-771)")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.see("Money given back")
        assert [str(one.amount) for one in till.sales.given(order_id)] == ["20.00 USD", "30.00 USD"]
