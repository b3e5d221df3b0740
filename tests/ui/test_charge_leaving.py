"""Every way out of a payment in parts: no money that was taken is forgotten without a question."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from shiboken6 import isValid

from pos_app.errors import NotAllowed, NotTaken, StoreProblem
from pos_app.orders.sale import Tender
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, usd


async def begin(till: FakeTill, cashier: Cashier) -> None:
    await cashier.take("acme", "$50")
    await cashier.charge()
    till.seconds += 1


async def take_part(till: FakeTill, cashier: Cashier) -> None:
    """$20.00 of $50.00 in cash."""
    await begin(till, cashier)
    cashier.type("20")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("part_0"), "the part")
    till.seconds += 1


def empty_the_basket(cashier: Cashier) -> None:
    cashier.press("F2")
    [remove] = [name for name in cashier.names() if name.startswith("line_remove_")]
    cashier.click(remove)


async def close(cashier: Cashier) -> None:
    """Close the window until it asks: the first try may come before the question before is over."""

    def is_asked() -> bool:
        assert not cashier.window.close()
        return cashier.sees("sheet")

    await cashier.until(is_asked, "the question")


async def answer(till: FakeTill, cashier: Cashier, choice: str) -> None:
    """Answer whether the part was given back."""
    await cashier.see("Give back $20.00")
    till.seconds += 1
    cashier.click(choice)
    await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")


def watch_closing(cashier: Cashier) -> list[str]:
    """What is told whenever the window begins to close."""
    told: list[str] = []
    cashier.window.closing.connect(lambda: told.append("closing"))
    return told


def is_under_way(task: str) -> bool:
    """Whether something the window does under this name has not ended yet."""
    return any(one.get_name() == task for one in asyncio.all_tasks())


def listen_to(cashier: Cashier) -> list[str]:
    """What is said in the line below every screen from here on."""
    told: list[str] = []
    say = cashier.window.notices.say

    def listen(what: str, *more: Any, **named: Any) -> None:
        told.append(what)
        say(what, *more, **named)

    cashier.window.notices.say = listen
    return told


async def test_closing_the_window_asks_for_the_part(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        told = watch_closing(cashier)
        await take_part(till, cashier)
        # From Charge, and from wherever else one is while the part waits there.
        for elsewhere in ("F3", "F2", ""):
            await close(cashier)
            assert cashier.reads("Give the cash you took back to the customer.")
            cashier.window.close()
            assert len(cashier.window.findChildren(QWidget, "sheet")) == 1
            await answer(till, cashier, "sheet_not_yet")
            if elsewhere:
                cashier.press(elsewhere)
                await cashier.until(lambda: not cashier.sees("paid_parts"), "another screen")
        assert told == []
        assert cashier.lines() == 1
        # Enter alone is no yes, and Esc is none.
        for key in ("Enter", "Esc"):
            await close(cashier)
            till.seconds += 1
            cashier.press(key)
            await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")
        await cashier.charge()
        await cashier.until(lambda: cashier.sees("part_0"), "the part, still there")
        await close(cashier)
        await answer(till, cashier, "sheet_done")
        await cashier.until(lambda: told == ["closing"], "the end")
        assert till.sales.placed == []


async def test_closing_asks_no_second_question_over_the_first(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        told = watch_closing(cashier)
        await take_part(till, cashier)
        cashier.press("Esc")
        await cashier.see("Give back $20.00")
        cashier.window.close()
        await cashier.see("There is a question open.")
        assert len(cashier.window.findChildren(QWidget, "sheet")) == 1
        await answer(till, cashier, "sheet_not_yet")
        assert told == []


async def test_an_answer_is_heard_when_what_had_the_focus_is_gone(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await take_part(till, cashier)
        cashier.press("F3")
        await cashier.until(lambda: not cashier.sees("paid_parts"), "another screen")
        told, gone = watch_closing(cashier), QPushButton(cashier.window.current())
        gone.show()
        gone.setFocus()
        await close(cashier)
        gone.deleteLater()
        await cashier.until(lambda: not isValid(gone), "the end of what had the focus")
        await answer(till, cashier, "sheet_done")
        await cashier.until(lambda: told == ["closing"], "the end")


async def test_closing_without_a_part_asks_nothing(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        told = watch_closing(cashier)
        await begin(till, cashier)
        cashier.window.close()
        assert told == ["closing"]


async def test_closing_waits_for_a_sale_on_its_way(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        told = watch_closing(cashier)
        await take_part(till, cashier)
        cashier.type("A-1")
        await cashier.until(lambda: not cashier.reads("Checking once more"), "the first check")
        gate = till.sales.check_gate = asyncio.Event()
        cashier.press("Enter")
        await cashier.see("Checking once more")
        cashier.window.close()
        await cashier.see("The money for a sale is just being taken.")
        assert not cashier.sees("sheet")
        till.sales.check_gate = None
        gate.set()
        await cashier.see("Done. Hand over 1 slip")
        assert told == []
        cashier.window.close()
        assert told == ["closing"], "what was sold is held by nobody"


async def test_closing_keeps_a_sale_that_came_to_nothing(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        told = watch_closing(cashier)
        await take_part(till, cashier)
        till.sales.checks["Acme Games"] = NotTaken("offline")
        cashier.type("A-1")
        cashier.press("Enter")
        await cashier.see("Nothing was bought and nothing is written down.")
        await close(cashier)
        await answer(till, cashier, "sheet_done")
        await cashier.until(lambda: told == ["closing"], "the end")


async def test_who_empties_the_basket_is_asked_for_the_part(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await take_part(till, cashier)
        empty_the_basket(cashier)
        await answer(till, cashier, "sheet_not_yet")
        await cashier.see("$20.00 was taken for the basket before, and nothing was bought.")
        assert cashier.reads("Give it back to the customer.")
        # The next basket is not charged over it.
        cashier.press("Esc")
        await cashier.take("acme", "$25")
        await cashier.see_enabled("charge")
        cashier.press("F12")
        await answer(till, cashier, "sheet_not_yet")
        await cashier.see("$20.00 was taken for the basket before, and nothing was bought.")
        assert cashier.sees("charge")
        cashier.press("F12")
        await answer(till, cashier, "sheet_done")
        await cashier.see("Read back")
        assert not cashier.reads("$20.00 was taken")
        assert not cashier.sees("paid_parts")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert till.sales.tenders == [(Tender("cash", usd("25")),)]


async def test_what_was_given_back_is_asked_for_once(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        told = watch_closing(cashier)
        await take_part(till, cashier)
        empty_the_basket(cashier)
        await answer(till, cashier, "sheet_done")
        await cashier.until(lambda: not cashier.reads("$20.00 was taken"), "the notice to go")
        cashier.window.close()
        assert told == ["closing"]


@pytest.mark.parametrize("in_parts", [True, False])
async def test_another_basket_waits_for_the_sale_on_its_way(
    till: FakeTill, at_window: Opener, *, in_parts: bool
) -> None:
    async with at_window() as cashier:
        if in_parts:
            await take_part(till, cashier)
            cashier.type("A-1")
        else:
            await begin(till, cashier)
        await cashier.until(lambda: not cashier.reads("Checking once more"), "the first check")
        gate = till.sales.check_gate = asyncio.Event()
        asked = len(till.sales.checked)
        cashier.press("Enter")
        # It is told before it is asked, and what is asked from here on is another basket's.
        await cashier.until(lambda: len(till.sales.checked) > asked, "the check")
        till.sales.check_gate = None
        empty_the_basket(cashier)
        await cashier.take("acme", "$25")
        await cashier.see_enabled("charge")
        cashier.press("F12")
        await cashier.see("Charge again when you see what became of it.")
        assert not cashier.sees("sheet")
        gate.set()
        await cashier.see("Done. Hand over 1 slip")
        assert len(till.sales.tenders) == 1
        assert [draft.total for draft in till.sales.placed] == [usd("50")]
        cashier.press("F2")
        await cashier.see_enabled("charge")
        assert cashier.lines() == 1
        assert cashier.reads("$25.00"), "the next customer's basket is as it was"


@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("edited", [False, True])
async def test_nothing_is_charged_while_a_sale_is_written_down(
    till: FakeTill, at_window: Opener, *, edited: bool, shown: bool
) -> None:
    """It is sold by then: nobody may be told to give its money back, and its screen is not the next one's.

    `shown`: Charge is there once more before it is written; otherwise while the way there is asked for.
    """
    async with at_window() as cashier:
        await take_part(till, cashier)
        cashier.type("A-1")
        gate = till.sales.place_gate = asyncio.Event()
        asked = len(till.sales.checked)
        cashier.press("Enter")
        await cashier.until(lambda: len(till.sales.checked) > asked, "the check")
        await cashier.see("Checking once more")
        cashier.press("F2")
        if edited:
            [edit] = [name for name in cashier.names() if name.startswith("line_edit_")]
            cashier.click(edit)
            cashier.press("+")
            cashier.press("Enter")
            await cashier.until(lambda: cashier.can_press("charge") and cashier.reads("$100.00"), "two")
        await cashier.see_enabled("charge")
        told = listen_to(cashier)
        cashier.press("F12")
        if shown:
            await cashier.until(lambda: cashier.sees("paid_parts"), "Charge")
            assert not cashier.can_press("issue")
        assert till.sales.placed == []
        gate.set()
        await cashier.see("Done. Hand over 1 slip")
        await cashier.until(lambda: not is_under_way("charge"), "the end of what F12 began")
        assert cashier.reads("Done. Hand over 1 slip"), "Charge comes not over it"
        assert told == []
        assert till.sales.tenders == [(Tender("cash", usd("20")), Tender("terminal", usd("30"), "A-1"))]
        assert [draft.total for draft in till.sales.placed] == [usd("50")]


async def test_a_part_that_could_not_be_looked_up_is_told_to_be_given_back(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await begin(till, cashier)
        cashier.click("pay_terminal")
        cashier.click("pay_split")
        cashier.write("part_amount", "20")
        cashier.write("reference", "A-1")
        till.sales.code_problem = StoreProblem("unavailable")
        cashier.press("Enter")
        await cashier.see("Otherwise give the money back.")
        assert not cashier.sees("part_0")
        till.sales.code_problem = None
        till.seconds += 1
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("part_0"), "the part")
        assert not cashier.reads("Otherwise give the money back.")


async def test_what_refused_a_sale_says_also_that_its_money_was_taken(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await take_part(till, cashier)
        cashier.type("30")
        gate = till.sales.place_gate = asyncio.Event()
        till.sales.place_problem = NotAllowed("account_paused")
        asked = len(till.sales.checked)
        cashier.press("Enter")
        await cashier.until(lambda: len(till.sales.checked) > asked, "the check")
        await cashier.see("Checking once more")
        cashier.press("F3")
        await cashier.until(lambda: not cashier.sees("paid_parts"), "another screen")
        told = listen_to(cashier)
        gate.set()
        await cashier.until(lambda: any("$20.00 was taken" in one for one in told), "that money was taken")
        assert till.sales.placed == []
