"""Printing again: what is missing at once; the last four for everybody; whole cards for a manager."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos_app.errors import DeviceProblem, NotAllowed, OutcomeUnknown
from pos_app.orders.entries import Printed, PrintFailed, Purged, Settled
from pos_app.orders.order import fold
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import PRINTER, FakeTill, Plan
from ui.widgets.order_table import OrderTable


async def _sold(cashier: Cashier, till: FakeTill) -> str:
    """Sell a card at the window; its slip is out. The sale's id."""
    await cashier.take("acme")
    await cashier.charge()
    till.seconds += 1
    cashier.press("Enter")
    await cashier.see("Done. Hand over 1 slip")
    await cashier.see_enabled("print_again")
    return next(iter(till.sales.sales))


async def _asked(cashier: Cashier, till: FakeTill) -> None:
    cashier.press("F8")
    await cashier.until(lambda: cashier.sees("reprint_last_four"), "what is wanted")
    till.seconds += 1


async def test_f8_and_enter_print_the_receipt_with_the_last_four(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        sale = await _sold(cashier, till)
        await _asked(cashier, till)
        assert cashier.reads("Print again: sale 01-000418")
        assert not cashier.sees("reprint_pin")
        assert not cashier.sees("reprint_reason")
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.printouts.reprinted == [(sale, "Mia", False, False, "")]


async def test_the_first_moment_is_no_answer(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _sold(cashier, till)
        cashier.press("F8")
        await cashier.until(lambda: cashier.sees("reprint_last_four"), "what is wanted")
        cashier.press("Enter")
        assert cashier.sees("sheet")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.printouts.reprinted == []


async def test_whole_cards_want_a_reason_and_a_managers_pin(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "8264", "Bo": "1907"}
    till.people.wait = timedelta(seconds=5)
    async with at_window() as cashier:
        sale = await _sold(cashier, till)
        await _asked(cashier, till)
        cashier.click("reprint_whole")
        cashier.press("Enter")
        cashier.press("Enter")
        await cashier.see("Say why the cards are printed again.")
        cashier.write("reprint_reason", "paper torn")
        cashier.press("Enter")
        cashier.press("Enter")
        await cashier.see("Enter your PIN.")
        cashier.click("manager_1")
        cashier.write("reprint_pin", "8264")
        cashier.press("Enter")
        await cashier.see("Wrong PIN. Wait 5 seconds.")
        assert till.printouts.reprinted == []
        till.people.wait = timedelta(0)
        cashier.write("reprint_pin", "0000")
        cashier.press("Enter")
        await cashier.see("Wrong PIN.")
        cashier.write("reprint_pin", "1907")
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.printouts.reprinted == [(sale, "Bo", True, False, "paper torn")]
        order = fold(till.sales.entries[till.sales.bought[0]])
        entry = order.entries[-1]
        assert isinstance(entry, Printed)
        assert (entry.by, entry.evidence, entry.copy_no) == ("Bo", "paper torn", 1)
        cashier.click("open_order")
        await cashier.see("Slip printed again, duplicate 1. “paper torn”")


async def test_large_print_without_managers_needs_a_name(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        sale = await _sold(cashier, till)
        await _asked(cashier, till)
        cashier.click("reprint_large")
        cashier.write("reprint_reason", "weak eyes")
        cashier.write("reprint_by", "")
        cashier.press("Enter")
        await cashier.see("Enter your name.")
        cashier.write("reprint_by", "Kim")
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.printouts.reprinted == [(sale, "Kim", True, True, "weak eyes")]


async def test_choosing_the_receipt_again_asks_for_nobody(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "8264"}
    async with at_window() as cashier:
        await _sold(cashier, till)
        await _asked(cashier, till)
        cashier.click("reprint_whole")
        assert cashier.sees("reprint_pin")
        cashier.click("reprint_last_four")
        assert not cashier.sees("reprint_pin")
        cashier.click("sheet_print")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert [wish[2] for wish in till.printouts.reprinted] == [False]


@pytest.mark.parametrize("asked", ["rule", "printer"])
async def test_what_keeps_it_from_printing_is_said_in_the_sheet(
    till: FakeTill, at_window: Opener, asked: str
) -> None:
    async with at_window() as cashier:
        await _sold(cashier, till)
        await _asked(cashier, till)
        cashier.click("reprint_whole")
        cashier.write("reprint_reason", "it was TEST-4MHD")
        if asked == "rule":
            till.printouts.wrong = NotAllowed("code_in_evidence")
        else:
            till.printouts.problem = DeviceProblem("cover_open")
        cashier.click("sheet_print")
        await cashier.until(lambda: cashier.sees("reprint_wrong"), "why not")
        till.printouts.wrong = till.printouts.problem = None
        cashier.click("sheet_print")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")


async def test_purged_cards_can_not_be_chosen(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _sold(cashier, till)
        order_id = till.sales.bought[0]
        till.sales.append(Purged(**till.sales.head(order_id, "countercard"), reason="policy"))
        await _asked(cashier, till)
        assert cashier.reads("Its codes were purged on")
        assert not cashier.can_press("reprint_whole")
        assert not cashier.can_press("reprint_large")
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert [wish[2] for wish in till.printouts.reprinted] == [False]


async def test_what_may_be_out_comes_as_a_duplicate_without_being_asked_about(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.printouts.problem = DeviceProblem("connection_lost")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Bought. Look at what came out")
        till.printouts.problem = None
        await cashier.see_enabled("print_again")
        cashier.press("F8")
        await cashier.see("Done. Hand over 1 slip")
        assert not cashier.sees("sheet")
        entries = till.sales.entries[till.sales.bought[0]]
        told = [entry for entry in entries if isinstance(entry, Printed | PrintFailed)]
        assert [(entry.kind, entry.printer) for entry in told] == [
            ("print_failed", PRINTER),
            ("printed", PRINTER),
        ]
        assert isinstance(told[-1], Printed)
        assert told[-1].copy_no == 1


async def test_f8_on_sell_prints_what_was_sold_last(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.press("F8")
        sale = await _sold(cashier, till)
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Nothing here yet")
        await _asked(cashier, till)
        cashier.press("Enter")
        await cashier.until(lambda: len(till.printouts.reprinted) == 1, "the receipt")
        assert till.printouts.reprinted[0][0] == sale


async def test_a_number_scanned_into_orders_opens_its_sale(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _sold(cashier, till)
        cashier.press("F3")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 1, "the list")
        cashier.type("01-000418")
        cashier.press("Enter")
        await cashier.see("$10.00 received, order placed")
        await _asked(cashier, till)
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")


async def test_f8_in_the_list_is_about_the_chosen_row(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        sale = await _sold(cashier, till)
        cashier.press("F3")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 1, "the list")
        cashier.press("F8")
        cashier.press("Down")
        await _asked(cashier, till)
        cashier.press("Enter")
        await cashier.until(lambda: len(till.printouts.reprinted) == 1, "the receipt")
        assert till.printouts.reprinted[0][0] == sale


async def test_the_keyboard_goes_round_in_the_sheet(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "8264"}
    async with at_window() as cashier:
        await _sold(cashier, till)
        await _asked(cashier, till)
        cashier.click("reprint_whole")
        seen: list[str] = []
        for _step in range(8):
            focus = cashier.window.focusWidget()
            seen.append(focus.objectName())
            cashier.press("Tab")
        assert seen == [
            "reprint_reason",
            "manager_0",
            "reprint_pin",
            "sheet_print",
            "sheet_close",
            "reprint_last_four",
            "reprint_whole",
            "reprint_large",
        ]


async def test_that_nothing_was_bought_goes_on_paper_while_the_customer_waits(
    till: FakeTill, at_window: Opener
) -> None:
    plan = till.sales.plans["Acme Games"] = Plan("silent", error=OutcomeUnknown("silence"))
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        plan.go.set()
        await cashier.see("Not confirmed. Hand over the pending slip")
        order_id = till.sales.bought[0]
        head = till.sales.head(order_id, "countercard")
        till.sales.append(Settled(**head, verdict="not_bought", how="by_look", evidence="nothing there"))
        till.changes.announce("orders")

        def papers() -> list[str]:
            return [entry.document for entry in till.sales.entries[order_id] if isinstance(entry, Printed)]

        await cashier.until(lambda: papers() == ["failure"], "the slip")
        await cashier.see("Give back $10.00")
        till.changes.announce("orders")
        await cashier.until(lambda: not cashier.reads("Printing…"), "everything to be printed")
        assert papers() == ["failure"], "once is enough"


async def test_money_that_is_owed_since_can_be_printed_where_it_waits(
    till: FakeTill, at_window: Opener
) -> None:
    plan = till.sales.plans["Acme Games"] = Plan("silent", error=OutcomeUnknown("silence"))
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        plan.go.set()
        await cashier.see("Not confirmed. Hand over the pending slip")
        cashier.press("F3")
        order_id = till.sales.bought[0]
        head = till.sales.head(order_id, "countercard")
        till.sales.append(Settled(**head, verdict="not_bought", how="by_look", evidence="nothing there"))
        cashier.press("F4")
        await cashier.until(lambda: cashier.can_press("attention_print"), "something to print")
        cashier.press("F8")
        await cashier.until(lambda: not cashier.sees("attention_print"), "the slip")
        assert fold(till.sales.entries[order_id]).is_printed("failure")
