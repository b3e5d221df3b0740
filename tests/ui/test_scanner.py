"""A scanner beside the keyboard: it types nowhere and presses nothing; what people type arrives whole."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, Plan
from tests.ui.test_attention import go, lost, sell
from ui.scanner import GAP_MS


def field(cashier: Cashier, name: str) -> str:
    found = cashier.find(name)
    assert isinstance(found, QLineEdit)
    return found.text()


async def test_a_sale_number_is_opened_from_sell_and_leaves_no_trace(
    till: FakeTill, at_window: Opener
) -> None:
    await sell(till, 1, Plan())
    async with at_window() as cashier:
        await cashier.take("acme")
        cashier.type("bor")
        cashier.scan("01-000418")
        await cashier.see("Answer received and kept")
        cashier.press("F2")
        assert field(cashier, "search") == "bor"
        assert cashier.lines() == 1


async def test_a_selection_that_the_first_character_replaced_is_there_again(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        cashier.type("boreal")
        search = cashier.find("search")
        assert isinstance(search, QLineEdit)
        search.setSelection(2, 3)
        cashier.scan("4006381333931")
        await cashier.see("This barcode is not known: map it in Settings.")
        assert (search.text(), search.selectedText()) == ("boreal", "rea")
        assert not cashier.reads("4006381333931")


async def test_of_several_orders_of_a_sale_the_list_shows_all(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, Plan())
    await sell(till, 2, Plan())
    async with at_window() as cashier:
        cashier.scan("01-0004")
        await cashier.until(lambda: cashier.sees("orders_search"), "the list")


async def test_while_money_is_taken_a_scan_is_no_amount_and_presses_nothing(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        before = field(cashier, "received")
        cashier.scan("4006381333931")
        await cashier.see("Take the money first, or go back with Esc.")
        assert field(cashier, "received") == before
        assert till.sales.placed == []
        cashier.click("pay_terminal")
        cashier.scan("A-7712345")
        assert field(cashier, "reference") == "A-7712345"
        assert till.sales.placed == []


async def test_codes_are_scanned_where_codes_are_asked_for_and_nowhere_else_in_a_question(
    till: FakeTill, at_window: Opener
) -> None:
    await sell(till, 1, lost())
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("Wait. The card")
        cashier.click("verdict_codes")
        await cashier.until(lambda: cashier.sees("verdict_cards"), "the question")
        cashier.scan("TEST-AAAA-0001")
        cashier.scan("TEST-AAAA-0002", end="Tab")
        lines = cashier.find("verdict_cards")
        assert isinstance(lines, QPlainTextEdit)
        assert lines.toPlainText() == "TEST-AAAA-0001\nTEST-AAAA-0002\n"
        cashier.click("verdict_evidence")
        cashier.scan("TEST-AAAA-0003")
        assert cashier.reads("there is a question open")
        assert field(cashier, "verdict_evidence") == ""
        assert cashier.sees("sheet")


async def test_two_end_keys_are_of_one_scan(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, Plan())
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.keys_at("4006381333931", 4, "Enter", "Enter")
        await cashier.see("Take the money first, or go back with Esc.")
        assert len(till.sales.placed) == 1, "the one from before"
        assert not cashier.reads("This is far more")


@pytest.mark.parametrize("apart", [GAP_MS + 1, 80, 400])
async def test_what_a_person_types_arrives_whole(till: FakeTill, at_window: Opener, apart: int) -> None:
    async with at_window() as cashier:
        cashier.keys_at("boreal", apart)
        await cashier.until(lambda: field(cashier, "search") == "boreal", "the word")


async def test_fingers_that_roll_over_keys_lose_none_of_them(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        # Six keys in a moment, and no end key behind them: whoever rolls over the keyboard is no scanner.
        cashier.keys_at("boreal", 10)
        await cashier.until(lambda: field(cashier, "search") == "boreal", "the word")
        # Too short for a scan, though Enter follows at once.
        cashier.keys_at("x", 10, "Backspace")
        assert field(cashier, "search") == "boreal"


async def test_a_short_burst_with_enter_is_typed_and_entered(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.keys_at("acme", 10, "Enter")
        await cashier.until(lambda: cashier.sees("value_0") or cashier.reads("Add"), "the brand")
