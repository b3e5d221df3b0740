"""Charge: reading back, taking the money once, and what is checked before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from pos_app.errors import DeviceProblem, NotAllowed, NotTaken
from pos_app.money import Money
from pos_app.orders.draft import Draft, Line
from pos_app.orders.quick_cash import is_far_too_much, likely_sums
from pos_app.orders.rules import Problem
from pos_app.sales import LineCheck
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, codes_brand, usd
from ui.screens.charge import ChargeScreen
from ui.widgets.money_field import MoneyField


async def test_change_is_counted_and_quick_sums_are_sensible(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", "$25", 2)
        await cashier.charge()
        assert cashier.reads("2 × Acme Games")
        assert cashier.reads("worth $25.00 each · code on paper")
        assert cashier.reads("Final sale.")
        cashier.click("sum_2")
        assert cashier.reads("$60")
        till.seconds += 1
        cashier.type("100")
        assert cashier.reads("$50.00")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 2 slips")
        assert till.sales.tenders[0][0].received == usd("100")
        assert cashier.reads("$50.00"), "the change stays large on the result"


async def test_enter_is_not_heard_at_once_nor_when_held_down(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        cashier.press("Enter")
        till.seconds += 0.39
        cashier.press("Enter")
        cashier.click("issue")
        assert till.sales.placed == []
        till.seconds += 0.1
        cashier.hold("Enter", 40)
        await cashier.see("Done. Hand over 1 slip")
        assert len(till.sales.placed) == 1
        assert len(till.sales.bought) == 1


async def test_two_presses_place_and_buy_once(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.click("issue")
        cashier.press("Enter")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert len(till.sales.placed) == 1
        assert len(till.sales.bought) == 1


async def test_too_little_money_is_said_and_nothing_placed(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", "$50")
        await cashier.charge()
        till.seconds += 1
        cashier.type("0")
        cashier.press("Enter")
        assert cashier.reads("$50.00 is still missing.")
        field, sentence = cashier.find("received"), cashier.find("received_sentence")
        assert field.property("wrong") == "true"
        assert field.accessibleDescription() == "$50.00 is still missing."
        below = sentence.mapTo(cashier.window, QPoint(0, 0)).y()
        assert 0 <= below - field.mapTo(cashier.window, QPoint(0, field.height())).y() < 12
        cashier.write("received", "abc")
        cashier.press("Enter")
        assert cashier.reads("This is not an amount.")
        assert till.sales.placed == []


async def test_a_scanned_number_is_not_money(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        assert cashier.find("change").property("role") == "change"
        cashier.type("4006381333")
        assert cashier.find("change").property("role") != "change", "not counted out while it is doubted"
        cashier.press("Enter")
        assert cashier.reads("This is far more than there is to pay.")
        assert till.sales.placed == []


async def test_the_card_terminal_wants_its_reference(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.click("pay_terminal")
        cashier.press("Enter")
        assert cashier.reads("Enter the reference from the card terminal's slip.")
        cashier.type("A-771")
        cashier.press("Enter")
        await cashier.see("Paid by card terminal")
        assert till.sales.tenders[0][0].kind == "terminal"
        assert till.sales.tenders[0][0].reference == "A-771"


async def test_a_sale_rung_elsewhere_wants_its_number(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.click("pay_other")
        cashier.press("Enter")
        assert cashier.reads("Enter the number from the main till's receipt.")
        cashier.type("90017")
        cashier.press("Enter")
        await cashier.see("Rung up on the main till")


async def test_esc_goes_back_and_the_basket_is_as_it_was(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        cashier.press("Esc")
        assert cashier.lines() == 1
        assert till.sales.placed == []


async def test_stock_is_asked_again_before_the_money(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        sold_out = LineCheck(ok=False, problem=Problem("stock", "not_available", {"quantity": 1}))
        till.sales.checks["Acme Games"] = sold_out
        await cashier.charge()
        await cashier.see("Not in stock at the moment.")
        till.seconds += 1
        assert not cashier.can_press("issue")
        cashier.press("Enter")
        assert till.sales.placed == []
        assert cashier.reads("Nothing was bought.")


async def test_a_provider_that_is_gone_at_the_last_moment_places_nothing(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        await cashier.until(lambda: len(till.sales.checked) == 2, "the check of this screen")
        till.sales.checks["Acme Games"] = NotTaken("offline")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Nothing was bought and nothing is written down.")
        assert till.sales.placed == []
        till.sales.checks.clear()
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")


async def test_a_company_that_is_paused_sells_nothing_and_says_why(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.sales.checks["Acme Games"] = NotAllowed("account_paused", provider="cardpluspay")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Two orders with it are not confirmed.")
        assert till.sales.placed == []


async def test_the_same_card_to_the_same_address_is_asked_about(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take_by_email("lumen", "30", "kim@mail.example")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        await cashier.until(lambda: len(till.sales.placed) == 1, "the first sale")
        till.sales.repeated = await till.sales.order(till.sales.placed[0].lines[0].id)
        await cashier.see_enabled("new_sale")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Nothing here yet")
        await cashier.take_by_email("lumen", "30", "kim@mail.example")
        for choice, placed in (("sheet_back", 1), ("sheet_again", 2)):
            if choice == "sheet_back":
                await cashier.charge()
            till.seconds += 1
            cashier.press("Enter")
            await cashier.see("This card was sold within the last day")
            assert cashier.reads("Café Lumen: $30.00 for k•••@mail.example, in sale 01-000418")
            till.seconds += 1
            cashier.click(choice)
            if placed == 1:
                await cashier.see_enabled("issue")
                assert len(till.sales.placed) == 1
        await cashier.until(lambda: len(till.sales.placed) == 2, "the second sale")


async def test_a_dead_printer_is_said_before_the_money(till: FakeTill, at_window: Opener) -> None:
    till.printouts.problem = DeviceProblem("can_not_write")
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        cashier.press("F12")
        await cashier.see("The printer is not ready")
        cashier.press("Esc")
        assert cashier.reads("Basket")
        await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")
        cashier.press("F12")
        await cashier.see("The printer is not ready")
        cashier.click("sheet_go_on")
        await cashier.see("show the codes on the screen")


async def test_the_email_is_read_back_large(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take_by_email("lumen", "30", "kim@mail.example")
        await cashier.charge()
        email = f"read_email_{till.sales.checked[0].id}"
        assert cashier.find(email).font().pixelSize() >= 24


async def test_an_address_is_read_back_before_all_cards_on_paper(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.take_by_email("lumen", "30", "kim@mail.example")
        await cashier.charge()
        on_paper, by_email = (till.sales.checked[at].id for at in (0, 1))
        tops = [
            cashier.find(f"read_{line}").mapTo(cashier.window, QPoint(0, 0)).y()
            for line in (by_email, on_paper)
        ]
        assert tops[0] < tops[1]
        # And in the lowest window, where the state's notice is long.
        cashier.window.resize(960, 540)
        email, around = cashier.find(f"read_email_{by_email}"), cashier.find("read_back_lines")

        def is_in_view() -> bool:
            return around.rect().contains(QRect(email.mapTo(around, QPoint(0, 0)), email.size()))

        await cashier.until(is_in_view, "the address in view")
        assert (
            cashier.find("final_sale").mapTo(around, QPoint(0, 0)).y() > email.mapTo(around, QPoint(0, 0)).y()
        )


def test_what_nobody_hands_over() -> None:
    assert is_far_too_much(usd("10"), usd("4006381333"))
    assert not is_far_too_much(usd("10"), usd("1000"))
    assert not is_far_too_much(Money(2500, "JPY"), Money(10000, "JPY"))


@pytest.mark.parametrize(
    ("due", "note", "currency"),
    [
        ("15000", "20000", "HUF"),
        ("400000", "500000", "VND"),
        ("500", "5000", "CZK"),
        ("7500", "10000", "XPF"),
        ("30000", "50000", "IQD"),
        ("60000", "100000", "COP"),
    ],
)
def test_the_largest_note_there_is_pays_a_card(due: str, note: str, currency: str) -> None:
    assert not is_far_too_much(Money.of(due, currency), Money.of(note, currency))
    assert is_far_too_much(Money.of(due, currency), Money.of("4006381333", currency))


def test_likely_sums() -> None:
    assert likely_sums(usd("80")) == (usd("100"),)
    assert likely_sums(usd("25")) == (usd("30"), usd("40"), usd("50"))
    assert likely_sums(usd("7.35")) == (usd("10"), usd("20"), usd("50"))
    assert likely_sums(usd("0")) == ()
    assert likely_sums(Money(2500, "JPY")) == (Money(3000, "JPY"), Money(4000, "JPY"), Money(5000, "JPY"))
    assert all(one > usd("103.20") for one in likely_sums(usd("103.20")))
    assert likely_sums(Money.of("15000", "HUF")) == (Money.of("16000", "HUF"), Money.of("20000", "HUF"))
    assert likely_sums(Money(400_000, "VND")) == (Money(500_000, "VND"), Money(1_000_000, "VND"))


def _draft(brand: str) -> Draft:
    _brand, (product,) = codes_brand(brand, "games", "25")
    draft = Draft("draft", "USD")
    for number in range(9):
        draft = draft.with_line(Line(f"{brand} {number}", product, 1, usd("25"), usd("25")))
    return draft


async def test_getting_ready_goes_on_over_a_screen_in_use(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        screen = ChargeScreen(till.sales, cashier.window.notices, "Mia", clock=till.clock)
        cashier.window.frame.stack.addWidget(screen)
        screen.begin(_draft("Acme Games"), paper=True)
        steps = screen.get_ready()
        next(steps)
        # Another basket's lines take the place of those the first step saw.
        (seen,) = screen.findChildren(QWidget, "read_Acme Games 8")
        screen.begin(_draft("Boreal Coffee"), paper=True)
        await cashier.until(lambda: not isValid(seen), "the end of the old line")
        cashier.window.frame.stack.setCurrentWidget(screen)
        assert sum(1 for _step in steps) > 0
        assert cashier.reads("Boreal")
        assert cashier.sees("received")
        await cashier.until(lambda: not screen.tasks.busy("check"), "the check")


async def test_the_field_for_the_money_is_new_for_each_customer(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", "$25")
        await cashier.charge()
        till.seconds += 1
        cashier.type("0")
        cashier.press("Enter")
        assert cashier.can_press("issue")
        screen = cashier.window.findChild(ChargeScreen)
        assert screen is not None
        field = screen.findChild(MoneyField)
        assert field is not None
        assert field.accessibleDescription()
        cashier.press("Esc")
        await cashier.charge()
        assert field.text() == "25.00", "kept, and nothing of what was written in it"
        assert not field.accessibleDescription()
        assert field.property("wrong") == "false"
        assert not field.isUndoAvailable()
        assert field.hasSelectedText()
