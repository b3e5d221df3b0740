"""Printing again: what is missing at once; the last four for everybody; whole cards for a manager."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from pos_app.errors import DeviceProblem, NotAllowed, OutcomeUnknown
from pos_app.i18n import clock_time, date_and_time
from pos_app.orders.entries import Printed, PrintFailed, Purged, Settled
from pos_app.orders.order import fold
from pos_app.printing.ways import Way
from pos_app.settings import Paper
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import NOON, PRINTER, FakeTill, Plan
from tests.ui.waiting import sell_to_a_slow_company
from ui.widgets.buttons import Chip
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
        await cashier.see("Printed: hand over 1 slip.")
        assert cashier.find("banner").property("tone") == "ok"


async def test_a_sale_on_the_screen_is_printed_again_under_whoever_sells_now_and_in_the_zone_of_now(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        sale = await _sold(cashier, till)
        order = till.sales.bought[0]
        assert await till.preferences.keep_shop({"zone": "Asia/Tokyo"}) == ()
        await cashier.see(clock_time(NOON, "Asia/Tokyo"))
        assert await till.preferences.keep_cashier("Noor", "Ana") == ()
        await cashier.see("Noor")
        till.sales.append(Purged(**till.sales.head(order, "countercard"), reason="policy"))
        await _asked(cashier, till)
        (purged,) = [one.at for one in till.sales.entries[order] if isinstance(one, Purged)]
        assert cashier.reads(date_and_time(purged, "Asia/Tokyo"))
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.printouts.reprinted == [(sale, "Noor", False, False, "")]


async def test_f8_says_that_nothing_was_sold_yet(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.press("F8")
        await cashier.see("Nothing was sold here yet.")


async def test_f8_prints_nothing_of_a_sale_that_is_still_on_its_way(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        plan = await sell_to_a_slow_company(till, cashier)
        await cashier.see_enabled("new_sale")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("basket_empty"), "the next customer's basket")
        cashier.press("F8")
        await cashier.see("Sale 01-000418 is not finished yet.")
        assert till.printouts.printed == []
        plan.go.set()
        await cashier.see("Acme Games $10.00: Done. Hand over 1 slip.")


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
        assert "Say why" in cashier.find("reprint_reason").accessibleDescription()
        assert not cashier.sees("reprint_wrong")
        cashier.write("reprint_reason", "paper torn")
        assert not cashier.reads("Say why")
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


async def test_the_arrows_choose_what_is_printed(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _sold(cashier, till)
        await _asked(cashier, till)
        cashier.press("Tab")
        cashier.press("Tab")
        seen: list[str] = []
        for key in ("Down", "Right", "Right", "Left", "Up"):
            cashier.press(key)
            chosen = cashier.window.focusWidget()
            assert isinstance(chosen, Chip)
            assert chosen.isChecked()
            seen.append(chosen.objectName())
        assert seen == [f"reprint_{name}" for name in ("whole", "large", "last_four", "large", "whole")]
        assert cashier.sees("reprint_reason")


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
        assert cashier.reads("Printed: hand over 1 slip.")
        assert fold(till.sales.entries[order_id]).is_printed("failure")


# --- when it does not come out ----------------------------------------------------------------------

OFFICE = Way("The printer Office", Paper(printer="queue", queue="office"))
FILES = Way("As files, in ~/Documents/Countercard", Paper(folder="/slips"))
SCREEN = Way("No paper: show the codes here", Paper(printer="screen"))


async def _failed(cashier: Cashier, till: FakeTill) -> None:
    """Whole cards were wanted once more, allowed by Ana, and the printer did not print them."""
    await _asked(cashier, till)
    assert not cashier.sees("sheet_elsewhere")
    till.printouts.problem = DeviceProblem("cover_open")
    cashier.click("reprint_whole")
    cashier.write("reprint_reason", "paper torn")
    cashier.write("reprint_pin", "8264")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("sheet_elsewhere"), "another printer")


async def test_a_reprint_that_failed_comes_out_elsewhere(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "8264"}
    till.printouts.ways = (OFFICE, FILES, SCREEN)
    async with at_window() as cashier:
        sale = await _sold(cashier, till)
        till.printouts.out = frozenset([("slip", ("order0001",), ("0",))])
        await _failed(cashier, till)
        assert cashier.reads("1 paper is out.")
        cashier.click("sheet_elsewhere")
        await cashier.see("Print another way")
        assert cashier.reads("a duplicate, with its number")
        assert cashier.reads("Files hold the codes")
        assert not cashier.reads("show the codes here"), "a code is shown beside its order"
        till.seconds += 1
        cashier.click("sheet_way_0")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.printouts.reprinted == [(sale, "Ana", True, False, "paper torn")] * 2
        assert till.printouts.through[-1] == OFFICE.paper
        assert till.printouts.but_for == [frozenset(), till.printouts.out]


async def test_whoever_wants_no_other_printer_can_try_again(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "8264"}
    till.printouts.ways = (OFFICE,)
    async with at_window() as cashier:
        await _sold(cashier, till)
        await _failed(cashier, till)
        cashier.click("sheet_elsewhere")
        await cashier.see("Print another way")
        cashier.press("Esc")
        await cashier.until(lambda: cashier.sees("reprint_pin"), "the sheet to come back")
        assert cashier.window.focusWidget().objectName() == "sheet_elsewhere"
        till.printouts.problem = None
        cashier.click("sheet_print")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.printouts.through[-1] is None
        assert len(till.printouts.reprinted) == 2


async def test_another_wish_begins_anew(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "8264"}
    async with at_window() as cashier:
        await _sold(cashier, till)
        till.printouts.out = frozenset([("slip", ("order0001",), ("0",))])
        await _failed(cashier, till)
        till.printouts.problem = None
        cashier.click("reprint_large")
        cashier.click("sheet_print")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.printouts.but_for == [frozenset(), frozenset()]


async def test_that_there_is_no_other_printer_is_said(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "8264"}
    till.printouts.ways = (SCREEN,)
    async with at_window() as cashier:
        await _sold(cashier, till)
        await _failed(cashier, till)
        cashier.click("sheet_elsewhere")
        await cashier.see("No other printer was found.")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert len(till.printouts.reprinted) == 1


async def test_whoever_goes_away_while_it_prints_meets_no_error(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "8264"}
    gate = till.printouts.reprint_gate = asyncio.Event()
    async with at_window() as cashier:
        await _sold(cashier, till)
        await _asked(cashier, till)
        till.printouts.problem = DeviceProblem("cover_open")
        cashier.press("Enter")
        await cashier.see("Printing…")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        gate.set()
        await cashier.see_enabled("print_again")
        assert not cashier.reads("incident")


@pytest.mark.parametrize("where", ["sell", "orders"])
async def test_where_nothing_offers_another_printer_it_is_asked_about(
    till: FakeTill, at_window: Opener, where: str
) -> None:
    till.printouts.ways = (OFFICE, SCREEN)
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.printouts.problem = DeviceProblem("can_not_write")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Bought. Not on paper yet")
        await cashier.see_enabled("print_again")
        till.seconds += 1
        if where == "sell":
            cashier.click("new_sale")
            await cashier.see("Nothing here yet")
        else:
            cashier.press("F3")
            model = cashier.window.findChildren(OrderTable)[0].model()
            await cashier.until(lambda: model.rowCount() == 1, "the list")
            cashier.press("Down")
        cashier.press("F8")
        await cashier.see("Print another way")
        assert not cashier.reads("show the codes here")
        till.seconds += 1
        cashier.click("sheet_way_0")
        await cashier.until(lambda: till.printouts.through[-1] == OFFICE.paper, "the paper")
        await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")


@pytest.mark.parametrize("size", [(1024, 768), (960, 540), (800, 480)])
async def test_in_a_low_window_the_sheet_has_its_buttons_and_scrolls_to_the_rest(
    till: FakeTill, at_window: Opener, size: tuple[int, int]
) -> None:
    till.people.pins = {"Ana": "8264"}
    async with at_window(size) as cashier:
        await _sold(cashier, till)
        await _failed(cashier, till)

        def is_whole(name: str) -> bool:
            part = cashier.find(name)
            return part.visibleRegion().boundingRect() == part.rect()

        for name in ("sheet_title", "sheet_print", "sheet_elsewhere", "sheet_close"):
            assert is_whole(name), name
        await cashier.until(lambda: is_whole("reprint_wrong"), "what is wrong")
        seen: list[str] = []
        for _step in range(9):
            cashier.press("Tab")
            name = cashier.window.focusWidget().objectName()
            seen.append(name)
            assert is_whole(name), name
        assert {"reprint_last_four", "reprint_reason", "manager_0", "reprint_pin"} < set(seen)
