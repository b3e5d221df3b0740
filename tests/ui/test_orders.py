"""Orders: pages, search, one order's story."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex

from pos_app import i18n
from pos_app.errors import NotTaken, StoreProblem
from pos_app.orders.draft import Draft, Line
from pos_app.orders.notes import Guarded
from pos_app.orders.order import Order
from pos_app.orders.sale import Tender
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, Plan, code_of, codes_brand, usd
from ui.story import story
from ui.tables import Rows
from ui.widgets.order_table import OrderTable


async def _sell(till: FakeTill, number: int, *, brand: str = "Acme Games") -> str:
    _brand, products = codes_brand(brand, "games", "10")
    product = products[0]
    assert product.face is not None
    order_id = f"order{number:04}"
    line = Line(order_id, product, 1, product.face, product.face)
    sale = await till.sales.place(
        Draft(f"sale{number:04}", "USD", (line,)), (Tender("cash", line.total),), "Mia"
    )
    till.sales.at = sale.head.at
    return order_id


async def test_pages_are_read_by_key_as_one_scrolls(till: FakeTill, at_window: Opener) -> None:
    for number in range(120):
        await _sell(till, number)
    async with at_window() as cashier:
        cashier.press("F3")
        tables = cashier.window.findChildren(OrderTable)
        model = tables[0].model()
        assert isinstance(model, Rows)
        await cashier.until(lambda: model.rowCount() == 50, "the first page")
        assert till.sales.pages[-1] is None
        tables[0].scrollToBottom()
        await cashier.until(lambda: model.rowCount() == 100, "the second page")
        assert till.sales.pages[-1] is not None
        tables[0].scrollToBottom()
        await cashier.until(lambda: model.rowCount() == 120, "the last page")
        assert not model.canFetchMore(QModelIndex())


async def test_searching_and_what_waits(till: FakeTill, at_window: Opener) -> None:
    for number in range(3):
        await _sell(till, number)
    await till.sales.perform("order0001")
    await till.printouts.print_sale("sale0001", "Mia")
    async with at_window() as cashier:
        cashier.press("F3")
        await cashier.until(lambda: cashier.sees("orders_table"), "the list")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 3, "all")
        cashier.click("orders_open")
        await cashier.until(lambda: model.rowCount() == 2, "those that wait")
        cashier.click("orders_all")
        cashier.type("01-000419")
        await cashier.until(lambda: model.rowCount() == 1, "the one searched")
        cashier.write("orders_search", "99")
        await cashier.see("Nothing found")
        cashier.press("Esc")
        await cashier.until(lambda: model.rowCount() == 3, "all again")
        cashier.press("Esc")
        assert cashier.sees("basket")


async def test_one_order_tells_its_story_and_shows_its_code(till: FakeTill, at_window: Opener) -> None:
    order = await _sell(till, 1)
    await till.sales.perform(order)
    async with at_window() as cashier:
        cashier.press("F3")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 1, "the list")
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.see("$10.00 received, order placed")
        assert cashier.reads("$10.00 cash")
        assert cashier.reads("Print the slip, or show the code to the customer.")
        for words in ("Sent to the card company", "Answer received and kept", "Bought"):
            assert cashier.reads(words)
        cashier.click(f"card_{order}_0_show")
        await cashier.see(code_of(order, 0))
        await cashier.see("shown")
        cashier.press("F8")
        await cashier.see("Slip printed")
        cashier.press("Esc")
        assert not cashier.reads(code_of(order, 0))


async def test_who_approved_a_sale_that_was_held_up_stands_in_its_story(
    till: FakeTill, at_window: Opener
) -> None:
    order = await till.sales.order(await _sell(till, 1))
    sale = order.placed.sale
    till.sales.approved[sale.id] = tuple(
        Guarded(
            **till.sales.head(order.id, "Ana"),
            rule=rule,
            asks="approve",
            became="approved",
            till="01",
            cashier="Kim",
            total=usd("10"),
            sale=sale.number,
        )
        for rule in ("sale", "day")
    )
    async with at_window() as cashier:
        cashier.press("F3")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 1, "the list")
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.see("Held up by the scam guard, approved")
        steps = story(order, "UTC", till.sales.approved[sale.id])
        assert [step.by for step in steps][1:2] == ["Ana"], "once, though it ran into two rules"
        assert len(steps) == len(story(order, "UTC")) + 1


async def test_an_order_still_to_do_is_sold_or_paid_back(till: FakeTill, at_window: Opener) -> None:
    first, second = await _sell(till, 1), await _sell(till, 2, brand="Boreal")
    till.sales.plans["Boreal"] = Plan("not_taken", error=NotTaken("offline"))
    async with at_window() as cashier:
        await cashier.see("Attention, 2 wait for you")
        cashier.press("F3")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 2, "the list")
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees(f"again_{second}"), "what can be done")
        cashier.click(f"again_{second}")
        await cashier.see("There is no connection")
        cashier.click(f"refund_{second}")
        await cashier.see("Take it out of the drawer")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.see("Given up. $10.00 given back")
        assert till.sales.bought == [second]
        cashier.press("Esc")
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees(f"again_{first}"), "the other order")
        cashier.click(f"again_{first}")
        await cashier.see("Slip printed")
        await cashier.see("printed")


async def test_cards_nobody_has_yet_wait_until_they_are_shown_or_printed(
    till: FakeTill, at_window: Opener
) -> None:
    order = await _sell(till, 1)
    await till.sales.perform(order)
    async with at_window() as cashier:
        await cashier.see("Attention, 1 waits for you")
        cashier.press("F3")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 1, "the list")
        assert model.index(0, 4).data() == "Not on paper yet"
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.see("Bought. Not on paper yet")
        cashier.press("F8")
        await cashier.until(lambda: not cashier.reads("Not on paper yet"), "the slip")
        cashier.press("F3")
        await cashier.until(lambda: model.index(0, 4).data() != "Not on paper yet", "the row as it is now")


async def test_f3_reads_the_list_again(till: FakeTill, at_window: Opener) -> None:
    await _sell(till, 1)
    async with at_window() as cashier:
        cashier.press("F3")
        model = cashier.window.findChildren(OrderTable)[0].model()
        await cashier.until(lambda: model.rowCount() == 1, "the list")
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.see("$10.00 received, order placed")
        await _sell(till, 2)
        cashier.press("F3")
        await cashier.until(lambda: model.rowCount() == 2, "the new order")


async def test_an_empty_till_says_so(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.press("F3")
        await cashier.see("No orders yet")


async def test_what_was_cut_off_is_said_when_the_till_opens(till: FakeTill, at_window: Opener) -> None:
    await _sell(till, 1)
    async with at_window() as cashier:
        await cashier.see("Sale 01-000418: the money for Acme Games was taken, and nothing is bought yet.")
        assert cashier.reads("Do not sell it again. It waits under Attention.")
        cashier.press("F4")
        await cashier.until(lambda: not cashier.reads("Do not sell it again"), "the banner to go")


async def _cut_off(till: FakeTill) -> str:
    """A sale of before this till was opened: $50 taken for $25, and the screen with the change never seen."""
    till.sales.at -= timedelta(hours=1)
    _brand, products = codes_brand("Acme Games", "games", "25")
    line = Line("order0001", products[0], 1, usd("25"), usd("25"))
    await till.sales.place(Draft("sale0001", "USD", (line,)), (Tender("cash", usd("50")),), "Mia")
    return "order0001"


async def test_the_change_of_what_was_cut_off_is_asked_for(till: FakeTill, at_window: Opener) -> None:
    await _cut_off(till)
    async with at_window() as cashier:
        await cashier.see("$25.00 change was due: ask whether it was given.")


async def test_a_code_that_came_for_what_was_cut_off_names_its_sale_and_change(
    till: FakeTill, at_window: Opener
) -> None:
    order = await _cut_off(till)
    await till.sales.perform(order)
    async with at_window() as cashier:
        till.changes.announce("late")
        await cashier.see("Sale 01-000418: the code of Acme Games is here.")
        assert cashier.reads("Print the slip. $25.00 change was due: ask whether it was given.")
        cashier.click("banner_action")
        await cashier.see("Answer received and kept")


async def test_a_card_that_is_on_no_paper_is_told_when_the_till_opens(
    till: FakeTill, at_window: Opener
) -> None:
    """Killed between the company's answer and the printer: whoever paid stands there without a card."""
    await till.sales.perform(await _cut_off(till))
    async with at_window() as cashier:
        await cashier.see("Sale 01-000418: the code of Acme Games is here.")
        assert cashier.reads("Print the slip. $25.00 change was due: ask whether it was given.")


async def test_money_that_is_owed_is_told_when_the_till_opens(till: FakeTill, at_window: Opener) -> None:
    """Killed between the company's no and the screen that says so."""
    till.sales.plans["Acme Games"] = Plan("no")
    await till.sales.perform(await _cut_off(till))
    async with at_window() as cashier:
        await cashier.see("Sale 01-000418, Acme Games: Give back $25.00.")
        assert cashier.reads("$25.00 change was due: ask whether it was given.")
        cashier.press("F4")
        await cashier.until(lambda: not cashier.reads("change was due"), "the banner to go")


async def test_several_that_were_cut_off_are_counted(till: FakeTill, at_window: Opener) -> None:
    for number in range(3):
        await _sell(till, number)
    async with at_window() as cashier:
        await cashier.see("3 orders were not finished before this till was opened.")
        await cashier.see("Do not sell them again. They wait under Attention.")


async def test_a_damaged_order_keeps_nobody_from_hearing_of_the_others(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _sell(till, 2)
    damaged = await _cut_off(till)
    await till.sales.perform(damaged)
    order = till.sales.order

    async def read(order_id: str) -> Order:
        if order_id == damaged:
            raise StoreProblem("broken_journal")
        return await order(order_id)

    monkeypatch.setattr(till.sales, "order", read)
    async with at_window() as cashier:
        await cashier.see("2 orders were not finished before this till was opened.")


@pytest.mark.parametrize("language", ["en", "es", "ar"])
async def test_number_time_and_price_are_never_cut(till: FakeTill, at_window: Opener, language: str) -> None:
    face = usd("1250")
    _brand, products = codes_brand("Acme Games", "games", "1250")
    line = Line("order0001", products[0], 1, face, face)
    await till.sales.place(Draft("sale0001", "USD", (line,)), (Tender("cash", line.total),), "Mia")
    i18n.set_language(language)
    try:
        async with at_window((1024, 768)) as cashier:
            cashier.press("F3")
            (table,) = cashier.window.findChildren(OrderTable)
            await cashier.until(lambda: table.model().rowCount() == 1, "the order")
            for column in (0, 1, 3):
                assert table.sizeHintForColumn(column) <= table.columnWidth(column)
    finally:
        i18n.set_language("en")
