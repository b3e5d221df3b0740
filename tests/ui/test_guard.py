"""The scam guard at the window: before any money is taken, by keyboard, and never when nothing fired."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from pos_app import i18n
from pos_app.errors import DeviceProblem
from pos_app.guard import Hit
from pos_app.guard_words import card_lines, card_title
from pos_app.guarding import Weighed
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, usd

QUESTION = "Is anyone on the phone telling you to do this?"
BIG = Hit("question", "limit", "ask", limit=usd("500"), reached=usd("600"))
OVER = Hit("shop_day", "limit", "approve", limit=usd("1000"), reached=usd("1200"))
NEVER = Hit("card", "limit", "refuse", "Acme Games", usd("100"), usd("200"))


async def held_up(cashier: Cashier) -> None:
    await cashier.take("acme")
    await cashier.see_enabled("charge")
    cashier.press("F12")
    await cashier.see("Stop for a moment")


def focused(cashier: Cashier) -> str:
    return cashier.window.focusWidget().objectName()


def go_to(cashier: Cashier, name: str) -> None:
    for _step in range(8):
        if focused(cashier) == name:
            return
        cashier.press("Tab")
    raise AssertionError(f"Tab never reached {name}")


def is_open(cashier: Cashier) -> bool:
    return any(
        part.objectName() == "sheet" and part.isVisible() for part in cashier.window.findChildren(QWidget)
    )


async def test_where_no_rule_fires_nothing_is_asked(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.guarding.told == []


async def test_enter_does_nothing_until_the_answer_counts(till: FakeTill, at_window: Opener) -> None:
    till.guarding.weighed = Weighed((BIG,), 4)
    async with at_window() as cashier:
        await held_up(cashier)
        assert cashier.reads("This sale comes to $600.00. From $500.00 on, the customer is asked first.")
        assert cashier.reads(QUESTION)
        till.seconds += 1
        cashier.press("Enter")
        cashier.hold("Enter", 30)
        go = cashier.find("sheet_go")
        assert not go.isEnabled()
        assert "(in 4 seconds)" in go.accessibleName()
        assert is_open(cashier)
        assert till.guarding.told == [("asked", "Mia")]
        till.seconds += 3
        await cashier.see_enabled("sheet_go")
        cashier.hold("Enter", 30)
        cashier.press("Enter")
        assert is_open(cashier), "nothing is chosen by itself"
        go_to(cashier, "sheet_go")
        cashier.press("Enter")
        await cashier.see("Read back")
        assert till.guarding.told == [("asked", "Mia"), ("answered", "Mia")]
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")


async def test_the_keys_of_the_question_are_told_over_it(till: FakeTill, at_window: Opener) -> None:
    till.guarding.weighed = Weighed((BIG,), 4)
    async with at_window() as cashier:
        await held_up(cashier)
        till.seconds += 5
        await cashier.see_enabled("sheet_go")
        cashier.press("F1")
        await cashier.until(lambda: cashier.sees("key_rows"), "the keys")
        rows = cashier.find("key_rows").accessibleName()
        assert "Arrows: From button to button" in rows
        cashier.press("F1")
        assert sum(part.isVisible() for part in cashier.window.findChildren(QWidget, "key_rows")) == 1
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("key_rows"), "the keys to go")
        assert cashier.reads(QUESTION), "the question is still there, and nobody answered it"
        assert till.guarding.told == [("asked", "Mia")]
        go_to(cashier, "sheet_go")
        cashier.press("Enter")
        await cashier.see("Read back")


@pytest.mark.parametrize("way", ["Esc", "sheet_stop"])
async def test_a_stopped_sale_goes_back_to_the_basket(till: FakeTill, at_window: Opener, way: str) -> None:
    till.guarding.weighed = Weighed((BIG,), 4)
    async with at_window() as cashier:
        await held_up(cashier)
        till.seconds += 1
        if way == "Esc":
            cashier.press("Esc")
        else:
            go_to(cashier, way)
            cashier.press("Enter")
        await cashier.until(lambda: ("dropped", "Mia") in till.guarding.told, "the record")
        assert not is_open(cashier)
        assert cashier.lines() == 1
        assert not cashier.reads("Read back")
        assert till.sales.placed == []


async def test_the_customer_s_card_is_shown_large_and_printed(till: FakeTill, at_window: Opener) -> None:
    till.guarding.weighed = Weighed((BIG,), 4)
    async with at_window() as cashier:
        await held_up(cashier)
        till.seconds += 1
        go_to(cashier, "sheet_show")
        cashier.press("Enter")
        await cashier.see("Please read this first")
        assert cashier.reads("Gift cards are for gifts.")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.reads("Please read this first"), "the card to go")
        assert is_open(cashier), "Esc put the card away and nothing else"
        go_to(cashier, "sheet_print")
        cashier.press("Enter")
        await cashier.see("The card for the customer is printed.")
        assert till.printouts.warnings == 1
        till.printouts.problem = DeviceProblem("no_paper")
        go_to(cashier, "sheet_print")
        cashier.press("Enter")
        await cashier.see("paper")
        assert till.printouts.warnings == 1


async def test_the_customer_reads_the_card_in_another_language(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is chosen there is printed, too; the till goes on in its own."""
    printed_in: list[str] = []
    print_it = till.printouts.print_customer_card

    async def printing() -> None:
        printed_in.append(i18n.language())
        await print_it()

    monkeypatch.setattr(till.printouts, "print_customer_card", printing)
    till.guarding.weighed = Weighed((BIG,), 4)
    async with at_window() as cashier:
        await held_up(cashier)
        till.seconds += 1
        go_to(cashier, "sheet_show")
        cashier.press("Enter")
        await cashier.see("Please read this first")
        with i18n.speaking("es"):
            spanish = card_title(), *card_lines()
        with i18n.speaking("ar"):
            arabic = card_title(), *card_lines()
        assert spanish[0] != arabic[0] != card_title() == "Please read this first"
        cashier.click("customer_card_es")
        await cashier.until(lambda: all(map(cashier.reads, spanish)), "Spanish")
        title = cashier.find("customer_card_title")
        assert isinstance(title, QLabel)
        assert title.layoutDirection() == Qt.LayoutDirection.LeftToRight
        cashier.click("customer_card_ar")
        await cashier.until(lambda: all(map(cashier.reads, arabic)), "Arabic")
        assert title.layoutDirection() == Qt.LayoutDirection.RightToLeft
        assert title.alignment() & Qt.AlignmentFlag.AlignRight
        assert cashier.reads("Back"), "the cashier's own buttons stay as they are"
        cashier.press("Left")
        await cashier.see("Please read this first")
        assert title.alignment() & Qt.AlignmentFlag.AlignLeft
        cashier.press("Left")
        cashier.press("Esc")
        go_to(cashier, "sheet_print")
        cashier.press("Enter")
        await cashier.see("The card for the customer is printed.")
        assert printed_in == ["es"]
        assert i18n.language() == "en"


async def test_a_manager_approves_with_the_pin(till: FakeTill, at_window: Opener) -> None:
    till.guarding.weighed = Weighed((BIG, OVER), 6)
    till.people.pins = {"Ana": "4827"}
    async with at_window() as cashier:
        await held_up(cashier)
        assert cashier.reads("A manager has to approve it.")
        till.seconds += 7
        await cashier.see_enabled("sheet_go")
        cashier.press("Enter")
        assert cashier.reads("Enter your PIN.")
        cashier.type("0000")
        cashier.press("Enter")
        await cashier.see("Wrong PIN.")
        assert ("approved", "Mia", "Ana") not in till.guarding.told
        cashier.type("4827")
        cashier.press("Enter")
        await cashier.see("Read back")
        assert till.guarding.told == [("asked", "Mia"), ("approved", "Mia", "Ana")]


async def test_what_the_settings_refuse_nobody_can_approve(till: FakeTill, at_window: Opener) -> None:
    till.guarding.weighed = Weighed((NEVER,))
    async with at_window() as cashier:
        await held_up(cashier)
        assert cashier.reads("One card of Acme Games is $200.00. The shop's limit for one card is $100.00.")
        assert cashier.reads("Nobody can approve it at the till.")
        assert "sheet_go" not in cashier.names()
        cashier.press("Esc")
        await cashier.until(lambda: ("held_back", "Mia") in till.guarding.told, "the record")
        assert till.sales.placed == []


async def test_what_other_registers_sold_meanwhile_is_asked_at_the_money(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.guarding.weighed = Weighed((BIG,), 4)
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Stop for a moment")
        assert till.sales.placed == []
        till.seconds += 5
        await cashier.see_enabled("sheet_go")
        go_to(cashier, "sheet_go")
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert len(till.sales.placed) == 1


async def test_what_comes_up_while_the_question_stands_there_is_asked_behind_it(
    till: FakeTill, at_window: Opener
) -> None:
    till.guarding.weighed, till.guarding.comes_up = Weighed((BIG,)), Weighed((OVER,))
    async with at_window() as cashier:
        await held_up(cashier)
        till.seconds += 1
        cashier.click("sheet_go")
        await cashier.see("A manager has to approve it.")
        assert not cashier.reads("Read back"), "nobody is at the money yet"
        assert till.guarding.told == [("asked", "Mia"), ("answered", "Mia"), ("asked", "Mia")]
        till.seconds += 1
        cashier.press("Esc")
        await cashier.until(lambda: ("dropped", "Mia") in till.guarding.told, "the record")


async def test_who_stops_at_the_money_is_told_to_give_it_back(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.guarding.weighed = Weighed((OVER,))
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Stop for a moment")
        till.seconds += 1
        cashier.press("Esc")
        await cashier.see("Nothing was bought. If you have taken money already, give it back, then go back.")
        assert cashier.reads("The sale was stopped.")
        assert cashier.reads("Read back"), "what was typed stays"
        await cashier.until(lambda: ("dropped", "Mia") in till.guarding.told, "the record")
        assert till.sales.placed == []
