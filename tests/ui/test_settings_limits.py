"""The page for limits: amounts are typed, nonsense is told beside its field, an empty one is no limit."""

from __future__ import annotations

from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill


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
