"""Whole sales at the window, by keyboard, against a provider over real HTTP that plays tricks."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Counter


async def test_a_basket_from_both_providers_for_cash(counter: Counter) -> None:
    cards, gifts = len(counter.admin.card_orders()), len(counter.admin.gift_orders())
    merchant = next(one["name"] for one in counter.admin.merchants() if not one["delays_gift_cards"])
    async with counter.open() as cashier:
        await cashier.take("acme games", "$25", quantity=2)
        await cashier.take_by_email(merchant, "30", "kim@mail.example")
        await cashier.charge()
        assert cashier.reads("kim@mail.example"), " | ".join(cashier.texts())
        counter.wait_a_moment()
        cashier.type("100")
        assert cashier.reads("$20.00")
        cashier.press("Enter")
        await cashier.see("Done.")
        await cashier.see("$20.00")
        await cashier.until(lambda: len(list(counter.paper.glob("*slip-2.pdf"))) == 1, "the slips")
    (order,) = counter.admin.card_orders()[cards:]
    (gift,) = counter.admin.gift_orders()[gifts:]
    assert order["quantity"] == 2
    assert gift["recipient_email"] == "kim@mail.example"
    for number, card in enumerate(order["codes"], 1):
        (slip,) = counter.paper.glob(f"*slip-{number}.txt")
        assert card["code"] in slip.read_text(encoding="utf-8")


async def test_enter_held_down_and_pressed_twice_buys_once(counter: Counter) -> None:
    before = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        await cashier.take("boreal")
        await cashier.charge()
        cashier.hold("Enter", 30)
        assert cashier.reads("Read back"), "a screen that has just appeared takes no Enter"
        counter.wait_a_moment()
        cashier.press("Enter")
        cashier.press("Enter")
        cashier.hold("Enter", 30)
        await cashier.see("Done. Hand over 1 slip")
    assert len(counter.admin.card_orders()) == before + 1


@pytest.mark.parametrize("fault", ["lost_reply", "truncated", "reset_after_read"])
async def test_no_answer_is_told_and_nothing_buys_it_again(counter: Counter, fault: str) -> None:
    counter.admin.fault(fault, "cardpluspay.create", times=1)
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.see("Not confirmed")
        assert not cashier.sees("try_again")
        await cashier.until(lambda: any(counter.paper.glob("*pending*.pdf")), "the pending slip")
    bought = len(counter.admin.card_orders())
    async with counter.open() as cashier:
        cashier.press("F3")
        await cashier.until(lambda: cashier.sees("orders_table"), "the list of orders")
        assert counter.register is not None
        (row,) = await counter.register.sales.orders()
        assert row.status == "not_confirmed"
    assert len(counter.admin.card_orders()) == bought


async def test_a_refusal_says_what_to_give_back(counter: Counter) -> None:
    counter.admin.fault("out_of_stock", "cardpluspay.create", times=1)
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.see("$10.00")
        await cashier.see("Give")
        assert counter.register is not None
        (row,) = await counter.register.sales.orders(limit=1)
        assert row.status == "refused"


async def test_turned_away_then_tried_again(counter: Counter) -> None:
    before = len(counter.admin.card_orders())
    counter.admin.fault("too_many_requests", "cardpluspay.create", times=1)
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.see("Nothing was bought")
        await cashier.see("Try again in")
        counter.wait_a_moment()
        await cashier.until(lambda: any(name.startswith("again_") for name in cashier.names()), "the button")
        (again,) = (name for name in cashier.names() if name.startswith("again_"))
        cashier.click(again)
        await cashier.see("Done. Hand over 1 slip")
    assert len(counter.admin.card_orders()) == before + 1


async def test_late_codes_come_while_the_cashier_looks(counter: Counter) -> None:
    counter.admin.fault("late_codes", "cardpluspay.create", times=1, seconds=600)
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.see("Bought. A code is still to come")
        counter.admin.advance(601)
        await cashier.see("Done. Hand over 1 slip")
    assert any(counter.paper.glob("*slip-1.pdf")), "late codes go on paper by themselves"


async def test_stock_that_is_gone_is_said_before_any_money(counter: Counter) -> None:
    before = len(counter.admin.card_orders())
    counter.admin.fault("unavailable", "cardpluspay.check", share=1)
    async with counter.open() as cashier:
        await cashier.take("acme games", "$10")
        await cashier.see("Not in stock")
        assert not cashier.can_press("charge")
        cashier.press("F12")
        assert not cashier.reads("Read back")
    assert len(counter.admin.card_orders()) == before
