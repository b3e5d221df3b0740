"""A sale paid in parts at the window, with real money to count: nothing is bought before it is complete."""

from __future__ import annotations

from pos_app.money import Money
from pos_app.orders.sale import Tender
from tests.journeys.conftest import Counter


async def test_a_part_is_asked_back_after_the_till_died(counter: Counter) -> None:
    before = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        await cashier.take("acme games", "$25")
        await cashier.charge()
        counter.wait_a_moment()
        cashier.type("20")
        cashier.press("Enter")
        await cashier.see("Still to pay")
        # Nobody is asked: the window goes as it does with the power.
    async with counter.open() as cashier:
        await cashier.see("$20.00 was taken for the basket before, and nothing was bought.")
        await cashier.see("Give back $20.00")
        counter.wait_a_moment()
        cashier.click("sheet_done")
        await cashier.until(lambda: not cashier.reads("$20.00 was taken"), "the notice to go")
    async with counter.open() as cashier:
        assert counter.register is not None
        assert await counter.register.held_money.left() is None
        assert not await counter.register.sales.orders()
    assert len(counter.admin.card_orders()) == before


async def test_cash_and_two_cards_pay_one_sale(counter: Counter) -> None:
    before = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        assert counter.register is not None
        assert not await counter.register.preferences.keep_shop({"smallest_coin": "0.05"})
        await cashier.take("acme games", "$25", quantity=2)
        await cashier.charge()
        counter.wait_a_moment()
        cashier.type("20.03")
        cashier.press("Enter")
        await cashier.see("Still to pay")
        assert len(counter.admin.card_orders()) == before, "nothing is bought for a part of the money"
        assert not await counter.register.sales.orders()
        # The rest by two cards.
        counter.wait_a_moment()
        cashier.write("part_amount", "9.97")
        cashier.write("reference", "A-771")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("part_1"), "the second part")
        await cashier.see_enabled("issue")
        counter.wait_a_moment()
        cashier.click("pay_terminal")
        cashier.type("B-402")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 2 slips")
        await cashier.until(lambda: any(counter.paper.glob("*-receipt.txt")), "the receipt")
        (row,) = await counter.register.sales.orders()
        head = (await counter.register.sales.order(row.order_id)).placed.sale
        assert head.tenders == (
            Tender("cash", Money(2003, "USD")),
            Tender("terminal", Money(997, "USD"), "A-771"),
            Tender("terminal", Money(2000, "USD"), "B-402"),
        )
    (receipt,) = counter.paper.glob("*-receipt.txt")
    paper = receipt.read_text(encoding="utf-8")
    for words in ("$20.03", "$9.97", "A-771", "$20.00", "B-402"):
        assert words in paper
    assert len(counter.admin.card_orders()) == before + 1
