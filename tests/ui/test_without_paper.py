"""A shop that prints nothing misses no printer, a warning stops nobody, what may be out is looked at."""

from __future__ import annotations

import pytest

from pos_app.errors import DeviceProblem
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, code_of


@pytest.mark.parametrize("quantity", [1, 2])
async def test_codes_are_handed_over_on_the_screen(till: FakeTill, at_window: Opener, quantity: int) -> None:
    till.printouts.on_screen = True
    async with at_window() as cashier:
        await cashier.see("Codes on the screen")
        await cashier.take("acme", "$25", quantity)
        await cashier.charge()
        assert not cashier.reads("The printer is not ready: show the codes on the screen.")
        assert cashier.reads("code on the screen")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Bought. Show the code" if quantity == 1 else "Bought. Show the 2 codes")
        await cashier.see("Show the code to the customer here on the screen.")
        assert not cashier.sees("print_again")
        cashier.press("F8")
        order = till.sales.bought[0]
        for place in range(quantity):
            cashier.click(f"card_{order}_{place}_show")
            await cashier.see(code_of(order, place))
        await cashier.see("Done. Handed over on the screen")
        assert len(till.printouts.printed) == 1, "F8 prints nothing here"
        assert not cashier.reads("on paper")


@pytest.mark.parametrize(
    ("reason", "words"), [("paper_low", "Little paper"), ("printer_mute", "Printer's state not known")]
)
async def test_a_warning_is_said_and_stops_nobody(
    till: FakeTill, at_window: Opener, reason: str, words: str
) -> None:
    till.printouts.warning = DeviceProblem(reason)
    async with at_window() as cashier:
        await cashier.see(words)
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")


async def test_what_may_be_on_paper_is_looked_at_first(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.printouts.problem = DeviceProblem("paper_ran_out")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Bought. Look at what came out")
        await cashier.see("Bought. Perhaps on paper")
        assert cashier.reads("The printer's roll ended in the middle of the paper. The codes are safe.")
        till.printouts.problem = None
        cashier.press("F8")
        await cashier.see("Done. Hand over 1 slip")
        (order_id,) = till.sales.bought
        cashier.click("open_order")
        await cashier.see("Slip perhaps printed")
        assert cashier.reads("Slip printed again, duplicate 1")
        assert (await till.sales.order(order_id)).perhaps_printed_cards() == frozenset()


async def test_a_shop_without_a_printer_is_offered_no_printing(till: FakeTill, at_window: Opener) -> None:
    till.printouts.on_screen = True
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Bought. Show the code")
        cashier.press("F4")
        await cashier.until(lambda: cashier.sees("verdict_money"), "what waits")
        assert not cashier.sees("attention_print")
