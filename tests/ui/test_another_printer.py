"""When paper fails: another printer, files or the screen; and the drawer, which keeps nobody waiting."""

from __future__ import annotations

import asyncio

import pytest

from pos_app.errors import DeviceProblem
from pos_app.orders.draft import Draft, Line
from pos_app.orders.sale import Tender
from pos_app.printing.ways import Way
from pos_app.settings import Paper
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, codes_brand
from ui.widgets.order_table import OrderTable

OFFICE = Way("The printer Office", Paper(printer="queue", queue="office"))
FILES = Way("As files, in ~/Documents/Countercard", Paper(folder="/slips"))
SCREEN = Way("No paper: show the codes here", Paper(printer="screen"))


async def _pay_without_paper(cashier: Cashier, till: FakeTill, reason: str = "can_not_write") -> None:
    till.printouts.ways = (OFFICE, FILES, SCREEN)
    await cashier.take("acme")
    await cashier.charge()
    till.printouts.problem = DeviceProblem(reason)
    till.seconds += 1
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("print_elsewhere"), "the way out")
    await cashier.see_enabled("print_elsewhere")


async def test_a_sale_whose_paper_failed_is_printed_elsewhere(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _pay_without_paper(cashier, till)
        cashier.click("print_elsewhere")
        await cashier.see("Print another way")
        assert cashier.reads("says DUPLICATE")
        assert cashier.reads("Files hold the codes")
        till.seconds += 1
        cashier.click("sheet_way_0")
        await cashier.see("Done. Hand over 1 slip")
        assert till.printouts.through[-1] == OFFICE.paper
        assert till.printouts.wished[-1], "a person asked for it"
        assert not cashier.sees("print_elsewhere")
        assert not cashier.reads("The slips could not be written.")


async def test_the_codes_can_be_shown_instead(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _pay_without_paper(cashier, till)
        cashier.click("print_elsewhere")
        await cashier.see("Print another way")
        till.seconds += 1
        cashier.click("sheet_way_2")
        await cashier.see("Bought. Show the code")


async def test_codes_shown_for_once_are_printed_where_the_sale_waits(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await _pay_without_paper(cashier, till)
        cashier.click("print_elsewhere")
        await cashier.see("Print another way")
        till.seconds += 1
        cashier.click("sheet_way_2")
        await cashier.see("Bought. Show the code")
        cashier.press("F4")
        await cashier.see_enabled("attention_print")
        assert cashier.find("attention_print").property("role") == "primary"
        assert cashier.find("attention_print").x() < cashier.find("verdict_money").x()
        till.printouts.problem = None
        till.seconds += 1
        cashier.click("attention_print")
        await cashier.see("Nothing waits for you")


@pytest.mark.parametrize("how", ["Esc", "back"])
async def test_nothing_is_printed_where_nothing_was_chosen(
    till: FakeTill, at_window: Opener, how: str
) -> None:
    async with at_window() as cashier:
        await _pay_without_paper(cashier, till)
        printed = len(till.printouts.printed)
        cashier.click("print_elsewhere")
        await cashier.see("Print another way")
        till.seconds += 1
        if how == "back":
            cashier.click("sheet_back")
        else:
            cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")
        await cashier.see_enabled("print_elsewhere")
        assert len(till.printouts.printed) == printed


async def test_a_sale_that_is_on_paper_offers_no_other_printer(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert not cashier.sees("print_elsewhere")


async def test_in_a_low_window_everything_has_room(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.window.resize(800, 480)
        await _pay_without_paper(cashier, till)
        more = [Way(f"The printer Q{n}", Paper(printer="queue", queue=f"q{n}")) for n in range(5)]
        till.printouts.ways = (*more, FILES, SCREEN)
        assert not cashier.sees("open_order")
        cashier.click("print_elsewhere")
        await cashier.see("Print another way")
        assert cashier.reads("The printer Q0")
        assert not cashier.reads("The printer Q1")
        till.seconds += 1
        cashier.click("sheet_way_2")
        await cashier.see("Bought. Show the code")
        assert cashier.sees("open_order")


async def test_an_older_sale_is_printed_elsewhere_from_its_order(till: FakeTill, at_window: Opener) -> None:
    _brand, (product, *_others) = codes_brand("Acme Games", "games", "10")
    assert product.face is not None
    line = Line("order0001", product, 1, product.face, product.face)
    await till.sales.place(Draft("sale0001", "USD", (line,)), (Tender("cash", line.total),), "Mia")
    await till.sales.perform("order0001")
    till.printouts.problem = DeviceProblem("connection_lost")
    await till.printouts.print_sale("sale0001", "Mia")
    till.printouts.ways = (OFFICE, SCREEN)
    async with at_window() as cashier:
        cashier.press("F3")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 1, "the list")
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.see_enabled("order_print_elsewhere")
        cashier.click("order_print_elsewhere")
        await cashier.see("Print another way")
        assert not cashier.reads("Files hold the codes")
        till.seconds += 1
        cashier.click("sheet_way_1")
        await cashier.see("Press Show beside each card.")
        await cashier.see_enabled("order_print_elsewhere")
        cashier.click("order_print_elsewhere")
        await cashier.see("Print another way")
        till.seconds += 1
        cashier.click("sheet_way_0")
        await cashier.until(lambda: not cashier.sees("order_print_elsewhere"), "the paper")
        assert till.printouts.through[-1] == OFFICE.paper


# --- the drawer -------------------------------------------------------------------------------------


async def _pay(cashier: Cashier, till: FakeTill, kind: str = "cash") -> None:
    await cashier.take("acme")
    await cashier.charge()
    if kind != "cash":
        cashier.click(f"pay_{kind}")
        cashier.type("A-7712")
    till.seconds += 1
    cashier.press("Enter")
    await cashier.see("Done. Hand over 1 slip")


async def test_cash_opens_the_drawer_once_and_a_reprint_does_not(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _pay(cashier, till)
        assert till.printouts.drawer == [draft.id for draft in till.sales.placed]
        await cashier.see_enabled("print_again")
        cashier.press("F8")
        await cashier.until(lambda: cashier.sees("sheet_print"), "what is wanted")
        till.seconds += 1
        cashier.click("sheet_print")
        await cashier.until(lambda: bool(till.printouts.reprinted), "the duplicate")
        assert len(till.printouts.drawer) == 1


async def test_no_drawer_for_what_is_no_cash(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _pay(cashier, till, "terminal")
        assert till.printouts.drawer == []


async def test_a_drawer_that_stays_shut_is_said_quietly_and_the_sale_goes_on(
    till: FakeTill, at_window: Opener
) -> None:
    till.printouts.stuck = DeviceProblem("drawer_not_opened")
    till.printouts.drawer_gate = asyncio.Event()
    async with at_window() as cashier:
        await _pay(cashier, till)
        assert not cashier.reads("The cash drawer was not opened"), "nobody waited for it"
        till.printouts.drawer_gate.set()
        await cashier.see("The cash drawer was not opened")
        assert cashier.reads("Open it with its key.")
        assert cashier.reads("Done. Hand over 1 slip")
