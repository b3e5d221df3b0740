"""The page for limits: amounts are typed, nonsense is told beside its field, an empty one is no limit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from pos_app.orders.notes import Guarded
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, usd


async def open_limits(cashier: Cashier, till: FakeTill) -> None:
    cashier.press("F10")
    await cashier.until(lambda: cashier.sees("settings"), "the settings")
    till.seconds += 1
    cashier.click("page_limits")
    await cashier.see("When a sale is looked at twice")


async def test_limits_are_kept_as_typed(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_limits(cashier, till)
        assert cashier.find("set_limit_question").property("text") == "500", (
            "what holds where nothing was chosen"
        )
        cashier.write("set_limit_question", "")
        cashier.write("set_limit_card", "200")
        cashier.write("set_limit_shop_day", "nonsense")
        cashier.press("Enter")
        assert cashier.reads("Enter an amount such as 500. Empty: no such limit.")
        assert till.preferences.settings.limits == {}
        cashier.write("set_limit_shop_day", "5000.50")
        cashier.click("limits_page_save")
        await cashier.see("Saved. It holds from the next sale on.")
        kept = till.preferences.settings.limits["USD"]
        assert (kept["question"], kept["card"], kept["shop_day"]) == ("off", "200", "5000.50")
        assert (kept["beyond"], kept["patterns"]) == ("approve", "on")
        assert cashier.find("set_limit_question").property("text") == ""


def noted(rule: str, became: Literal["asked", "held_back", "approved"], by: str) -> Guarded:
    at = datetime(2026, 11, 21, 21, 42, tzinfo=UTC)
    return Guarded(
        id=f"{rule}-{became}",
        order_id="@guard 1",
        n=0,
        at=at,
        by=by,
        rule=rule,
        asks="approve",
        became=became,
        till="03",
        cashier="Mia",
        total=usd("600"),
    )


async def test_what_was_held_up_can_be_read(till: FakeTill, at_window: Opener) -> None:
    """A sale that was refused has no order: where else would a manager hear of it?"""
    async with at_window() as cashier:
        await open_limits(cashier, till)
        cashier.click("guard_record")
        await cashier.see("The scam guard has stopped at no sale yet.")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        till.guarding.written = (
            noted("shop_day", "approved", "Ana"),
            noted("sold_in_parts", "held_back", "Mia"),
            noted("question", "asked", "Mia"),
            noted("card", "held_back", "Mia"),
            noted("of_a_newer_program", "approved", "Ana"),
        )
        cashier.click("guard_record")
        await cashier.see("$600.00 · Most the shop sells in a day: approved by Ana")
        assert cashier.reads("11/21/26, 4:42")
        assert cashier.reads("A large sale in parts: held back, Mia sold nothing")
        assert not cashier.reads("was asked"), "what came of it tells more"
        assert cashier.reads("Most on one card: held back, Mia sold nothing")
        assert cashier.reads("of_a_newer_program: approved by Ana")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")


async def test_a_long_record_is_read_to_its_end_by_keyboard(till: FakeTill, at_window: Opener) -> None:
    till.guarding.written = tuple(noted("card", "held_back", "Mia") for _line in range(39))
    async with at_window() as cashier:
        await open_limits(cashier, till)
        for _step in range(30):
            if cashier.window.focusWidget().objectName() == "guard_record":
                break
            cashier.press("Tab")
        page = cashier.find("limits_page_scroll")
        button = cashier.find("guard_record")
        await cashier.until(
            lambda: page.rect().contains(button.mapTo(page, button.rect().center())), "the button in view"
        )
        cashier.press("Space")
        await cashier.until(lambda: cashier.sees("sheet_words_38"), "the record")
        scroll = cashier.find("sheet_scroll")
        assert isinstance(scroll, QScrollArea)
        bar = scroll.verticalScrollBar()
        await cashier.until(lambda: bar.maximum() > 0, "more than there is room for")
        cashier.press("Down")
        assert 0 < bar.value() < bar.maximum()
        cashier.press("Up")
        assert bar.value() == 0
        for _page in range(20):
            QTest.keyClick(cashier.window.focusWidget(), Qt.Key.Key_PageDown)
        assert bar.value() == bar.maximum()
        QTest.keyClick(cashier.window.focusWidget(), Qt.Key.Key_PageUp)
        assert bar.value() < bar.maximum()
