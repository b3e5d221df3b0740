"""The result: every way an order can end, codes on the screen, and money back."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from pos_app.errors import DeviceProblem, NotTaken, OutcomeUnknown
from pos_app.orders.order import Order, Status
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, Plan, code_of
from ui.order_view import OrderView
from ui.screens.charge import ChargeScreen
from ui.screens.result import ResultScreen
from ui.telling import Telling
from ui.widgets.buttons import ActionButton


async def _pay(cashier: Cashier, till: FakeTill) -> None:
    await cashier.charge()
    till.seconds += 1
    cashier.press("Enter")
    await cashier.until(lambda: len(till.sales.placed) > 0, "the sale to be placed")


async def test_waiting_is_told_by_its_time(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Acme Games"] = plan = Plan("slow")
    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Sending…")
        till.seconds += 1.5
        await cashier.see("Asking the card company…")
        till.seconds += 4
        await cashier.see("Still waiting. This can take a minute")
        assert not cashier.can_press("new_sale")
        cashier.press("Enter")
        assert cashier.reads("Issuing…"), "nothing leaves the result before its time"
        till.seconds += 10
        await cashier.see("You can serve the next customer")
        await cashier.see_enabled("new_sale")
        plan.go.set()
        await cashier.see("Done. Hand over 1 slip")


async def test_orders_are_bought_one_after_the_other_even_when_the_cashier_leaves(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.plans["Acme Games"] = plan = Plan("slow")
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.take("boreal")
        await _pay(cashier, till)
        await cashier.see("Waiting for its turn")
        assert len(till.sales.bought) == 1
        till.seconds += 20
        await cashier.see_enabled("new_sale")
        cashier.press("Enter")
        await cashier.see("Nothing here yet")
        plan.go.set()
        await cashier.until(lambda: len(till.sales.bought) == 2, "the second order")
        await cashier.until(lambda: len(till.printouts.printed) == 1, "the papers")
        orders = [await till.sales.order(one) for one in till.sales.bought]
        assert {till.sales.status(order) for order in orders} == {Status.FULFILLED}
        assert cashier.reads("Nothing here yet"), "the next customer is not disturbed"


async def _leave_waiting(cashier: Cashier, till: FakeTill, brand: str) -> None:
    """Sell a card of `brand` and begin the next sale while it waits."""
    before = len(till.sales.bought)
    await cashier.take(brand)
    await _pay(cashier, till)
    await cashier.until(lambda: len(till.sales.bought) > before, "the order on its way")
    till.seconds += 20
    await cashier.see_enabled("new_sale")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("basket_empty"), "the next customer's basket")


async def test_a_sale_that_was_left_is_told_when_it_ends_until_somebody_has_heard_it(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.plans["Acme Games"] = plan = Plan("slow")
    ended = "Acme Games $10.00: Done. Hand over 1 slip."
    async with at_window() as cashier:
        await _leave_waiting(cashier, till, "acme")
        await cashier.take("boreal")
        assert not cashier.reads(ended)
        plan.go.set()
        await cashier.see(ended)
        # Whatever is said or done meanwhile, it is there again.
        cashier.scan("4006381333931")
        await cashier.see("This barcode is not known")
        cashier.press("Esc")
        await cashier.see(ended)
        await cashier.charge()
        assert cashier.reads(ended)
        till.seconds += 1
        cashier.press("Enter")
        await cashier.until(lambda: "Done. Hand over 1 slip" in cashier.texts(), "the second sale to end")
        assert cashier.reads(ended)
        cashier.click("banner_action")
        await cashier.see("Answer received and kept")
        assert not cashier.sees("banner")
        cashier.press("Esc")
        cashier.press("Esc")
        await cashier.until(lambda: cashier.sees("sell"), "the basket")
        assert not cashier.sees("banner")


async def test_a_sale_that_is_left_before_it_was_read_is_told_when_it_ends_too(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.plans["Acme Games"] = plan = Plan("slow")
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        (charge,) = cashier.window.findChildren(ChargeScreen)

        def leave(_sale: str) -> None:
            """Press a key right behind Enter."""
            cashier.press("F3")

        charge.placed.connect(leave)
        till.seconds += 1
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("orders_table"), "the orders")
        plan.go.set()
        await cashier.see("Acme Games $10.00: Done. Hand over 1 slip.")


async def test_the_end_of_a_sale_that_was_left_covers_no_warning(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Acme Games"] = plan = Plan("slow")
    ended = "Acme Games $10.00: Done. Hand over 1 slip."
    async with at_window() as cashier:
        await _leave_waiting(cashier, till, "acme")
        (screen,) = cashier.window.findChildren(ResultScreen)
        told: list[str] = []

        def hear(_sale: str, _order: str, _tone: str, what: str) -> None:
            told.append(what)

        screen.ended_behind.connect(hear)
        cashier.window.notices.say("Give back $20.00.", "It was taken for the basket before.", "warn")
        plan.go.set()
        await cashier.until(lambda: len(told) == 1, "the end of the sale that was left")
        assert cashier.reads("Give back $20.00.")
        assert not cashier.reads(ended)
        cashier.press("Esc")
        await cashier.see(ended)
        cashier.press("Esc")
        assert not cashier.sees("banner")


async def test_a_drawer_that_stays_shut_is_said_over_what_comes_back(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.plans["Acme Games"] = plan = Plan("slow")
    till.printouts.drawer_gate = asyncio.Event()
    ended = "Acme Games $10.00: Done. Hand over 1 slip."
    async with at_window() as cashier:
        await _leave_waiting(cashier, till, "acme")
        plan.go.set()
        await cashier.see(ended)
        till.printouts.stuck = DeviceProblem("drawer_not_opened")
        till.printouts.drawer_gate.set()
        await cashier.see("The cash drawer was not opened")
        assert not cashier.reads(ended)
        cashier.press("Esc")
        await cashier.see(ended)


async def test_of_several_that_were_left_each_is_told_the_newest_first(
    till: FakeTill, at_window: Opener
) -> None:
    plans = {brand: Plan("slow") for brand in ("Acme Games", "Boreal", "Dalton", "Juno", "Farrow & Co")}
    till.sales.plans.update(plans)
    async with at_window() as cashier:
        for brand in ("acme", "boreal", "dalton", "juno", "farrow"):
            await _leave_waiting(cashier, till, brand)
        plans["Acme Games"].does = "no"
        plans["Acme Games"].go.set()
        await cashier.see("Acme Games $10.00: Give back $10.00.")
        plans["Boreal"].error = OutcomeUnknown("silence")
        plans["Boreal"].go.set()
        await cashier.see("Boreal $5.00: Not confirmed. Hand over the pending slip.")
        for brand in ("Dalton", "Juno"):
            plans[brand].go.set()
            await cashier.see(f"{brand} $")
        (words,) = (one for one in cashier.texts() if "Juno $" in one)
        assert [line.split(", ")[-1].split(" $")[0] for line in words.split("\n")] == [
            "Juno",
            "Dalton",
            "Boreal",
            "And 1 more.",
        ]
        # A low window keeps its room for the sale.
        cashier.window.resize(800, 480)
        plans["Farrow & Co"].go.set()
        await cashier.until(lambda: cashier.reads("And 4 more."), "the newest")
        assert cashier.reads("Farrow & Co $20.00: Done. Hand over 1 slip.\nAnd 4 more.")
        # The list of orders shows them all.
        cashier.press("F3")
        await cashier.until(lambda: cashier.sees("orders_table"), "the orders")
        assert not cashier.sees("banner")


async def test_a_code_is_shown_for_twenty_seconds_and_recorded(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", quantity=2)
        await _pay(cashier, till)
        await cashier.see("Done. Hand over 2 slips")
        order = till.sales.bought[0]
        first, second = code_of(order, 0), code_of(order, 1)
        assert not cashier.reads(first)
        cashier.click(f"card_{order}_0_show")
        await cashier.see(first)
        assert cashier.reads("PIN 4711")
        assert cashier.reads("Hide · 20 s")
        assert till.sales.entries[order][-1].kind == "revealed"
        till.seconds += 13
        await cashier.see("Hide · 7 s")
        cashier.click(f"card_{order}_1_show")
        await cashier.see(second)
        assert not cashier.reads(first), "one at a time"
        till.seconds += 20.1
        await cashier.until(lambda: not cashier.reads(second), "the code to be hidden")
        assert not cashier.reads("PIN")


async def test_leaving_hides_the_code(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Done. Hand over 1 slip")
        order = till.sales.bought[0]
        code = code_of(order, 0)
        cashier.click(f"card_{order}_0_show")
        await cashier.see(code)
        cashier.press("F3")
        cashier.click("rail_sell")
        await cashier.see("Basket")
        shown = [label for label in cashier.window.findChildren(QLabel) if code in label.text()]
        assert shown == []


async def test_refused_says_what_to_give_back_and_records_it(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Boreal"] = Plan("no")
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.take("boreal", "$15")
        await _pay(cashier, till)
        await cashier.see("Give back $15.00. Hand over 1 slip")
        assert cashier.reads("The card company has none left.")
        refused = till.sales.bought[1]
        cashier.click(f"refund_{refused}")
        await cashier.see("Take it out of the drawer")
        cashier.click("sheet_not_yet")
        assert cashier.sees("sheet"), "a second press of the button below is not an answer"
        till.seconds += 1
        cashier.click("sheet_not_yet")
        await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")
        assert (await till.sales.order(refused)).refunded is None
        cashier.click(f"refund_{refused}")
        await cashier.see("Take it out of the drawer")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.see("Refused. $15.00 given back")
        assert cashier.reads("Done. Hand over 1 slip")
        await cashier.until(
            lambda: till.catalog.followed == [False], "the tiles behind it to follow the sale"
        )


async def test_another_card_begins_a_new_basket_after_the_money_is_back(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.plans["Boreal"] = Plan("no")
    async with at_window() as cashier:
        await cashier.take("boreal")
        await _pay(cashier, till)
        await cashier.see("Give back $5.00")
        cashier.click(f"other_{till.sales.bought[0]}")
        await cashier.see("Take it out of the drawer")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.see("$5.00 is written down as given back.")
        assert cashier.reads("Nothing here yet")
        assert cashier.reads("1 found")


async def test_not_confirmed_offers_nothing_that_buys_again(till: FakeTill, at_window: Opener) -> None:
    plan = till.sales.plans["Acme Games"] = Plan("silent", error=OutcomeUnknown("silence"))
    plan.go.set()
    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Not confirmed. Hand over the pending slip")
        order = till.sales.bought[0]
        for name in (f"again_{order}", f"refund_{order}", f"other_{order}"):
            assert not cashier.sees(name)
        await cashier.until(lambda: till.printouts.printed == [till.sales.placed[0].id], "the pending slip")
        await cashier.see("Attention, 1 waits for you")


async def test_not_taken_can_be_tried_again(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Acme Games"] = Plan("not_taken", error=NotTaken("connection_refused"))
    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Not bought yet")
        assert cashier.reads("Nothing was bought and nothing was charged.")
        assert cashier.find("new_sale").property("role") == "plain", "the customer still waits for a card"
        till.sales.plans.clear()
        cashier.click(f"again_{till.sales.bought[0]}")
        await cashier.see("Done. Hand over 1 slip")
        assert cashier.find("new_sale").property("role") == "primary"
        assert len(till.sales.bought) == 2


async def test_an_order_behind_another_waits_and_the_cashier_may_sell_it_anyway(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.plans["Acme Games"] = plan = Plan("behind")
    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Waiting for another purchase of the same cost")
        assert not cashier.can_press("new_sale")
        order = till.sales.placed[0].lines[0].id
        assert f"anyway_{order}" not in cashier.names()
        plan.go.set()
        await cashier.see("Another purchase of the same cost is open")
        assert {f"{name}_{order}" for name in ("again", "other", "anyway", "refund")} <= set(cashier.names())
        assert till.sales.bought == []
        till.seconds += 1
        cashier.click(f"anyway_{order}")
        await cashier.see("Done. Hand over 1 slip")
        assert len(till.sales.anyway) == 1
        assert till.sales.anyway != [""], "who sold it anyway is known"


async def test_of_several_truths_the_worst_comes_first_and_each_is_counted(
    till: FakeTill, at_window: Opener
) -> None:
    plan = till.sales.plans["Acme Games"] = Plan("silent", error=OutcomeUnknown("silence"))
    plan.go.set()
    till.sales.plans["Boreal"] = Plan("not_taken", error=NotTaken("connection_refused"))
    till.sales.plans["Juno"] = Plan("no")
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.take("boreal")
        await cashier.take("juno")
        await _pay(cashier, till)
        await cashier.see("1 not confirmed, 1 not bought, 1 to be paid back. Give back $20.00")
        assert cashier.find("new_sale").property("role") == "plain"


async def test_change_and_money_back_are_one_figure(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Juno"] = Plan("no")
    async with at_window() as cashier:
        await cashier.take("juno")
        await cashier.charge()
        cashier.write("received", "30")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Give back $30.00 in all: $20.00 for the card, $10.00 change")
        assert cashier.reads("To give back in all")
        assert cashier.find("new_sale").property("role") == "plain"
        cashier.click(f"refund_{till.sales.bought[0]}")
        await cashier.see("Take it out of the drawer")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.see("Money given back")
        assert cashier.find("new_sale").property("role") == "primary"


async def test_late_codes_of_another_sale_are_announced_and_lead_to_the_orders(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.plans["Acme Games"] = Plan("pending")
    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Bought. A code is still to come")
        late = till.sales.bought[0]
        # A reading that is still on its way would meet the codes before anybody has announced them.
        result = cashier.window.findChild(ResultScreen)
        assert result is not None
        await cashier.until(lambda: not result.tasks.busy("read"), "the result to be read")
        till.sales.come(late)
        till.changes.announce("late")
        await cashier.see("Done. Hand over 1 slip")
        assert not cashier.reads("Codes that were late are here.")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Nothing here yet")
        till.changes.announce("late")
        await cashier.see("Codes that were late are here.")
        cashier.click("banner_action")
        await cashier.until(lambda: cashier.sees("orders_table"), "the orders")


async def test_codes_that_are_late_are_said(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Acme Games"] = Plan("pending")
    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Bought. A code is still to come")


async def test_print_trouble_is_a_banner_and_f8_prints_again(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.printouts.problem = DeviceProblem("can_not_write")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Bought. Not on paper yet")
        await cashier.see("The slips could not be written. The codes are safe.")
        assert cashier.find("print_again").property("role") == "primary"
        new = cashier.find("new_sale")
        assert isinstance(new, ActionButton)
        assert (new.property("role"), new.key()) == ("plain", "")
        till.seconds += 1
        cashier.press("Enter")
        assert cashier.reads("Bought. Not on paper yet"), "nobody leaves out of habit"
        till.printouts.problem = None
        cashier.press("F8")
        await cashier.see("Done. Hand over 1 slip")
        assert not cashier.reads("The slips could not be written. The codes are safe.")
        assert (new.property("role"), new.key()) == ("primary", "Enter")
        assert len(till.sales.bought) == 1


@pytest.mark.parametrize("cards", [1, 2])
async def test_what_is_said_about_cards_reads_as_no_card_more(
    till: FakeTill, at_window: Opener, cards: int
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", quantity=cards)
        await cashier.charge()
        till.printouts.problem = DeviceProblem("cover_open")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Print the slip, or show the code to the customer.")
        assert sum("Acme Games $10.00" in text for text in cashier.texts()) == cards
        till.printouts.problem = None
        await cashier.see_enabled("print_again")
        cashier.press("F8")
        await cashier.until(lambda: not cashier.reads("Print the slip, or"), "nothing to be said")


async def test_a_code_that_was_shown_instead_of_printed_is_handed_over(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.printouts.problem = DeviceProblem("can_not_write")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Bought. Not on paper yet")
        order = till.sales.bought[0]
        cashier.click(f"card_{order}_0_show")
        await cashier.see(code_of(order, 0))
        await cashier.until(lambda: cashier.find("new_sale").property("role") == "primary", "the way on")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Nothing here yet")


async def test_email_sales_end_without_a_slip(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take_by_email("mill lane", "30", "kim@mail.example")
        await _pay(cashier, till)
        await cashier.see("Done. Sent by e-mail")
        assert cashier.reads("Sent to k•••@mail.example")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Nothing here yet")


async def test_a_basket_of_both_kinds_is_told_whole(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        for brand in ("acme", "boreal", "dalton"):
            await cashier.take(brand)
        for email in ("kim@mail.example", "bo@mail.example"):
            await cashier.take_by_email("lumen", "30", email)
        await _pay(cashier, till)
        await cashier.see("Done. Hand over 3 slips. 2 cards sent by e-mail")
        (numbers,) = (text for text in cashier.texts() if "01-000418" in text)
        assert numbers == "Sale 01-000418", "five numbers of orders would take the room of a card"


async def test_a_scan_never_leaves_the_result(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Done. Hand over 1 slip")
        till.seconds += 1
        cashier.scan("4006381333931")
        assert cashier.reads("Done. Hand over 1 slip")
        assert cashier.reads("Finish this sale first: Enter begins a new one.")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Nothing here yet")


async def test_an_announcement_that_changes_nothing_draws_nothing(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    tell = OrderView.tell

    def counted(view: OrderView, order: Order, telling: Telling) -> None:
        told.append(order.id)
        tell(view, order, telling)

    async with at_window() as cashier:
        await cashier.take("acme")
        await _pay(cashier, till)
        await cashier.see("Done. Hand over 1 slip")
        screen = cashier.window.findChild(ResultScreen)
        assert screen is not None
        await cashier.until(lambda: not screen.tasks.busy("read"), "the last reading")
        # The tick is another reason to draw.
        for timer in screen.findChildren(QTimer):
            timer.stop()
        monkeypatch.setattr(OrderView, "tell", counted)
        screen.refresh("orders")
        await cashier.until(lambda: not screen.tasks.busy("read"), "the sale to be read again")
        assert told == []
        order = till.sales.bought[0]
        await till.sales.reveal(order, "0", "cashier")
        screen.refresh("orders")
        await cashier.until(lambda: not screen.tasks.busy("read"), "the sale to be read again")
        assert told == [order], "what was written down since is seen"
