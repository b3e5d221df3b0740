"""Money that was taken is known to the next till, should this one die before the sale is written down."""

from __future__ import annotations

import asyncio

import pytest

from pos_app.errors import NotAllowed, NotTaken
from pos_app.held_money import Held
from pos_app.orders.notes import NewLife
from pos_app.orders.sale import Tender
from pos_app.printouts import PrinterState
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, usd

CASH = Tender("cash", usd("20"))


async def take_part(till: FakeTill, cashier: Cashier) -> None:
    """$20.00 of $50.00 in cash."""
    await cashier.take("acme", "$50")
    await cashier.charge()
    till.seconds += 1
    cashier.type("20")
    cashier.press("Enter")
    await holds(till, cashier, CASH)
    till.seconds += 1


async def holds(till: FakeTill, cashier: Cashier, *parts: Tender) -> None:
    await cashier.until(lambda: till.held_money.held.parts == parts, f"{parts} to be held")


def is_on_the_way() -> bool:
    """Whether somebody is on the way from the basket to the money."""
    return any(task.get_name() == "charge" for task in asyncio.all_tasks())


async def test_a_part_is_held_until_the_sale_is_written_down(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await take_part(till, cashier)
        cashier.type("A-1")
        gate = till.sales.check_gate = asyncio.Event()
        cashier.press("Enter")
        # The rest was confirmed as well, and the companies are still being asked.
        await holds(till, cashier, CASH, Tender("terminal", usd("30"), "A-1"))
        assert till.sales.placed == []
        till.sales.check_gate = None
        gate.set()
        await cashier.see("Done. Hand over 1 slip")
        # It has paid the sale; nothing is written for that before the order goes out.
        assert till.held_money.held.sale_id == till.sales.placed[0].id


async def test_what_is_given_back_is_held_no_longer(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await take_part(till, cashier)
        cashier.press("Esc")
        await cashier.see("Give back $20.00")
        till.seconds += 1
        cashier.click("sheet_done")
        await holds(till, cashier)
        await take_part(till, cashier)
        cashier.click("part_remove_0")
        await cashier.see("Give back $20.00")
        till.seconds += 1
        cashier.click("sheet_done")
        await holds(till, cashier)


@pytest.mark.parametrize("how", ["offline", "paused"])
async def test_a_sale_that_came_to_nothing_leaves_what_was_held(
    till: FakeTill, at_window: Opener, how: str
) -> None:
    async with at_window() as cashier:
        await take_part(till, cashier)
        if how == "offline":
            till.sales.checks["Acme Games"] = NotTaken("offline")
        else:
            till.sales.place_problem = NotAllowed("account_paused", provider="cardpluspay")
        cashier.type("A-1")
        cashier.press("Enter")
        await cashier.until(lambda: len(till.held_money.told) == 3, "both to be held, and one again")
        assert [len(one.parts) for one in till.held_money.told] == [1, 2, 1]
        assert till.held_money.held.parts == (CASH,)


async def test_a_number_that_is_a_code_is_held_nowhere(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", "$50")
        await cashier.charge()
        till.seconds += 1
        cashier.click("pay_terminal")
        till.sales.codes = frozenset({"TEST-CODE"})
        cashier.type("TEST-CODE")
        cashier.press("Enter")
        await cashier.see("That was the code of a gift card")
        assert all(not one.parts for one in till.held_money.told)


async def test_what_a_till_that_died_held_is_asked_for(till: FakeTill, at_window: Opener) -> None:
    till.held_money.before = Held("gone", (CASH,))
    async with at_window() as cashier:
        await cashier.see("$20.00 was taken for the basket before, and nothing was bought.")
        await cashier.see("Give back $20.00")
        till.seconds += 1
        cashier.click("sheet_not_yet")
        await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")
        assert cashier.reads("Give it back to the customer.")
        # It pays for nobody else's card, and the window is not closed over it.
        cashier.press("Esc")
        await cashier.take("acme", "$25")
        await cashier.see_enabled("charge")
        cashier.press("F12")
        await cashier.see("Give back $20.00")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.see("Read back")
        assert till.held_money.held == Held("gone", ())
        assert not cashier.sees("paid_parts")


async def test_a_basket_on_its_way_to_the_money_makes_nobody_forget_it(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store tells late what was held, and the printer, which is asked before, answers later still."""
    told, answers = asyncio.Event(), asyncio.Event()
    asked: list[str] = []
    ready = till.printouts.ready

    async def left() -> Held:
        await told.wait()
        return Held("gone", (CASH,))

    async def slow() -> PrinterState:
        asked.append("printer")
        await answers.wait()
        return await ready()

    monkeypatch.setattr(till.held_money, "left", left)
    async with at_window() as cashier:
        monkeypatch.setattr(till.printouts, "ready", slow)
        await cashier.take("acme", "$50")
        await cashier.see_enabled("charge")
        cashier.press("F12")
        await cashier.until(lambda: asked == ["printer"], "the printer to be asked")
        told.set()
        await cashier.see("Give back $20.00")
        answers.set()
        await cashier.until(lambda: not is_on_the_way(), "the way to the money to end")
        till.seconds += 1
        cashier.click("sheet_not_yet")
        await cashier.see("$20.00 was taken for the basket before, and nothing was bought.")
        assert not cashier.sees("charge_screen")
        cashier.press("F12")
        await cashier.see("Give back $20.00")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("backup", "This store was put back from a copy."),
        ("rolled_back", "This store is older than it was when it was last open: it was put back."),
    ],
)
async def test_what_a_lost_life_held_is_nobody_s(
    till: FakeTill, at_window: Opener, how: NewLife, words: str
) -> None:
    till.held_money.before = Held("gone", (CASH,))
    till.new_life = how
    async with at_window() as cashier:
        await cashier.see(words)
        assert not cashier.sees("sheet")
        assert till.held_money.held == Held("", ())


async def test_what_a_till_held_is_asked_for_where_its_store_was_moved_to(
    till: FakeTill, at_window: Opener
) -> None:
    """The computer broke in the middle of a sale."""
    till.held_money.before = Held("gone", (CASH,))
    till.new_life = "moved"
    async with at_window() as cashier:
        await cashier.see("Give back $20.00")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.see("This store was moved to this computer.")
        assert till.held_money.held == Held("gone", ())
