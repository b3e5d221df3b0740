"""Attention: what waits, oldest first; what is known; the verdicts, by keyboard and by name."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QScrollArea

from pos_app.aftermath import Unclaimed
from pos_app.errors import NotAllowed, NotTaken, OutcomeUnknown
from pos_app.orders.answers import Row
from pos_app.orders.draft import Draft, Line, Recipient
from pos_app.orders.entries import LeftToAPerson, PrintFailed, Revealed, Settled
from pos_app.orders.order import Phase
from pos_app.orders.sale import Tender
from pos_app.orders.verdicts import EmptyLook, ForAPerson, FoundRow, Judgement, Unusable
from pos_app.resolver import Standing
from pos_app.spares import Lying
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, Plan, codes_brand, fake_cards, merchant, usd
from tests.ui.waiting import sell_to_a_slow_company
from ui.widgets.buttons import ActionButton
from ui.widgets.wait_row import WaitRow

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


async def sell(
    till: FakeTill, number: int, plan: Plan | None = None, *, brand: str = "Acme Games", quantity: int = 1
) -> str:
    """An order that `plan` leads to; one that was never tried without a plan."""
    _brand, products = codes_brand(brand, "games", "25")
    line = Line(f"order{number:04}", products[0], quantity, usd("25"), usd("25"))
    return await place(till, line, plan)


async def place(
    till: FakeTill, line: Line, plan: Plan | None, tenders: tuple[Tender, ...] | None = None
) -> str:
    draft = Draft(f"sale of {line.id}", "USD", (line,))
    await till.sales.place(draft, tenders or (Tender("cash", line.total),), "Mia")
    if plan is not None:
        till.sales.plans[line.product.brand] = plan
        with contextlib.suppress(OutcomeUnknown):
            await till.sales.perform(line.id)
    till.sales.at += timedelta(minutes=5)
    return line.id


def lost() -> Plan:
    return Plan(error=OutcomeUnknown("cut"))


def rows(cashier: Cashier) -> list[str]:
    """The list as one sees it, from top to bottom."""
    shown = [row for row in cashier.window.findChildren(WaitRow) if row.isVisible()]
    return [row.words() for row in sorted(shown, key=lambda row: row.y())]


async def go(cashier: Cashier, till: FakeTill, until: str = "wait_order0001") -> None:
    cashier.press("F4")
    await cashier.until(lambda: cashier.sees(until), "what waits")
    till.seconds += 1


async def test_what_was_left_while_it_waits_is_found_here_until_it_is_answered(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        plan = await sell_to_a_slow_company(till, cashier)
        await cashier.see("This sale stays under Attention")
        cashier.press("F4")
        await cashier.see("No answer yet: 01-000418 Acme Games.")
        assert cashier.reads("Nothing waits for you")
        plan.go.set()
        await cashier.until(lambda: not cashier.reads("No answer yet"), "the answer")


async def test_what_waits_is_listed_oldest_first_and_the_first_is_told(
    till: FakeTill, at_window: Opener
) -> None:
    await sell(till, 1, lost())
    await sell(till, 2, Plan("no"), brand="Boreal")
    await sell(till, 3, Plan("pending"), brand="Dalton")
    await sell(till, 4, brand="Juno")
    await sell(till, 5, Plan(), brand="Ebbe Music")
    till.settling.rows = (Row("4715", usd("25"), None), Row("4714", usd("50"), None))
    async with at_window() as cashier:
        await cashier.see("Attention, 5 wait for you")
        await go(cashier, till)
        told = rows(cashier)
        assert [row.split("\n")[0] for row in told] == [
            "Acme Games $25.00",
            "Boreal $25.00",
            "Dalton $25.00",
            "Juno $25.00",
            "Ebbe Music $25.00",
        ]
        states = [row.split("\n")[1] for row in told]
        assert states[0] == "Not confirmed: the card may have been bought"
        assert states[1] == "Refused: give back $25.00"
        assert states[4] == "Bought. Not on paper yet"
        assert "since" in told[0]
        await cashier.see("Orders there belong to nobody here")
        for words in ("$412.60", "$337.60", "4715 for $25.00, 4714 for $50.00", "Sent to the card company"):
            assert cashier.reads(words)
        roles = [cashier.find(name).property("role") for name in ("verdict_number", "verdict_not_bought")]
        assert roles == ["plain", "plain"]
        cashier.click("verdict_number")
        await cashier.until(lambda: cashier.sees("verdict_entry"), "the question")
        entry = cashier.find("verdict_entry")
        assert isinstance(entry, QLineEdit)
        # Somebody else buys on the account as well: none of the two is suggested.
        assert entry.text() == ""


@pytest.mark.parametrize(
    ("rows", "balance", "rivals", "words", "likely"),
    [
        ((), "412.60", 0, "it was probably not bought", "verdict_not_bought"),
        ((), "387.60", 0, "no order explains it", ""),
        (("25",), "", 0, "It may be ours; compare brand and value in the portal", ""),
        (("25",), "", 1, "More than one order of ours is open", ""),
        (("25", "25"), "", 0, "Orders there belong to nobody here", ""),
        (("50",), "", 0, "Orders there belong to nobody here", ""),
    ],
)
async def test_the_witnesses_recommend_only_what_they_prove(
    till: FakeTill,
    at_window: Opener,
    rows: tuple[str, ...],
    balance: str,
    rivals: int,
    words: str,
    likely: str,
) -> None:
    await sell(till, 1, lost())
    till.settling.rows = tuple(Row(f"47{at}", usd(amount), None) for at, amount in enumerate(rows))
    till.settling.balance = usd(balance) if balance else None
    till.settling.rivals = rivals
    till.settling.waited, till.settling.empty_looks = timedelta(minutes=30), 2
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see(words)
        primary = [
            name
            for name in ("verdict_number", "verdict_codes", "verdict_not_bought")
            if cashier.find(name).property("role") == "primary"
        ]
        assert primary == ([likely] if likely else [])
        till.resolver.wrong = NotTaken("offline")
        cashier.click("attention_look")
        await cashier.see("The card company's books: Offline")


@pytest.mark.parametrize(
    ("finds", "said"),
    [
        ("bought", "sale 01-000418: Done"),
        ("not_bought", "sale 01-000418: Not bought"),
    ],
)
async def test_looking_again_lets_the_program_decide(
    till: FakeTill, at_window: Opener, finds: Literal["bought", "not_bought"], said: str
) -> None:
    order = await sell(till, 1, lost())
    till.resolver.finds = finds
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("attention_look")
        await cashier.see(said)
        assert till.resolver.asked == [order]
        assert not cashier.sees("attention_look")
        assert not cashier.sees("verdict_not_bought")


@pytest.mark.parametrize(
    ("judgement", "refused", "words"),
    [
        (ForAPerson(("not_exclusive", "other_rows")), "", "Others may buy on this account too. The list"),
        (EmptyLook(NOON, counts=False), "", "That counts once half an hour has passed"),
        (EmptyLook(NOON, counts=True), "", "A second look, ten minutes after the first, decides it."),
        (Unusable("balance_moved"), "", "Another look may tell more."),
        (FoundRow(Row("4715", None, None)), "code_seen_before", "It is in the company's books, and was not"),
    ],
)
async def test_what_the_programs_own_look_came_to_is_told(
    till: FakeTill, at_window: Opener, judgement: Judgement, refused: str, words: str
) -> None:
    await sell(till, 1, lost())
    till.resolver.stands = Standing(judgement, NOON, NOON + timedelta(minutes=5), refused)
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("Wait. The card company has no new order")
        assert not cashier.reads(words)
        cashier.click("attention_look")
        await cashier.see(words)
        assert cashier.reads("Looked at 8:00\u202fAM. Looks again by itself at 8:05\u202fAM.")


async def test_late_codes_are_asked_for_here(till: FakeTill, at_window: Opener) -> None:
    order = await sell(till, 1, Plan("pending"))
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("The codes are asked for by themselves.")
        cashier.click("attention_look")
        await cashier.until(lambda: till.resolver.asked == [order], "the question")
        till.resolver.finds = "bought"
        till.seconds += 1
        cashier.click("attention_look")
        await cashier.see("sale 01-000418: Done")


async def test_how_many_wait_stands_above_the_words_of_what_waits(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, lost())
    async with at_window() as cashier:
        await go(cashier, till)

        def first_ink(name: str) -> int:
            shown = cashier.find(name)
            image = shown.grab().toImage()
            # Past the corners of a row that is marked.
            high = range(6, min(26, shown.height()))
            dark = [x for x in range(100) for y in high if image.pixelColor(x, y).value() < 90]
            return shown.mapTo(cashier.window, QPoint(min(dark), 0)).x()

        assert abs(first_ink("attention_count") - first_ink("wait_order0001")) <= 3


async def test_the_keyboard_alone_decides(till: FakeTill, at_window: Opener) -> None:
    first = await sell(till, 1, lost())
    second = await sell(till, 2, lost(), brand="Boreal")
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.press("Down")
        await cashier.until(lambda: cashier.reads("Sale 01-000419"), "the second order")
        await cashier.see("Wait. The card company has no new order")
        cashier.press("Enter")
        for _further in range(2):
            cashier.press("Tab")
        assert cashier.find("verdict_not_bought").hasFocus()
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("verdict_evidence"), "the question")
        cashier.type("not in their list")
        cashier.press("Enter")
        assert cashier.find("verdict_by").hasFocus()
        cashier.press("Enter")
        await cashier.see("Not bought: give back $25.00")
        assert till.settling.given == [("not_bought", "", "not in their list", "Mia")]
        assert (await till.sales.order(second)).phase is Phase.NOT_BOUGHT
        assert (await till.sales.order(first)).phase is Phase.SENT
        # One step back at a time: to the list, then to Sell.
        cashier.press("Enter")
        cashier.press("Esc")
        assert cashier.find(f"wait_{second}").hasFocus()
        cashier.press("Esc")
        assert cashier.sees("basket")


async def test_money_of_a_card_that_was_not_bought_is_given_back_here(
    till: FakeTill, at_window: Opener
) -> None:
    order = await sell(till, 1, lost())
    await till.settling.not_bought(order, "not in their list", "Ana")
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("Decided: it was not bought. “not in their list”")
        cashier.click(f"refund_{order}")
        await cashier.see("Take it out of the drawer")
        till.seconds += 1
        cashier.click("sheet_done")
        await cashier.see("Nothing waits for you")
        assert (await till.sales.order(order)).refunded == usd("25")
        assert till.sales.bought == [order]


def said_below(cashier: Cashier, field: str) -> str:
    """What is said to be wrong with `field`, below it."""
    edit, sentence = cashier.find(f"verdict_{field}"), cashier.find(f"verdict_{field}_sentence")
    assert isinstance(sentence, QLabel)
    return sentence.text() if edit.property("wrong") == "true" else ""


async def test_a_number_that_is_refused_is_said_and_what_was_typed_stays(
    till: FakeTill, at_window: Opener
) -> None:
    order = await sell(till, 1, lost(), quantity=2)
    till.settling.wrong = NotAllowed("already_claimed")
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_number")
        await cashier.until(lambda: cashier.sees("verdict_entry"), "the question")
        cashier.click("sheet_decide")
        await cashier.see("That is still missing.")
        assert said_below(cashier, "entry") == "That is still missing."
        cashier.type("4715")
        assert not said_below(cashier, "entry"), "it is being written"
        cashier.click("sheet_decide")
        await cashier.see("Write down where you looked.")
        assert said_below(cashier, "evidence") == "Write down where you looked."
        cashier.write("verdict_evidence", "portal, 9:14")
        cashier.click("sheet_decide")
        await cashier.see("Tick what you looked at.")
        wrong, tick, name = (
            cashier.find(part) for part in ("verdict_wrong", "verdict_item_not_told", "verdict_by")
        )
        heights = [part.mapToGlobal(part.rect().topLeft()).y() for part in (tick, wrong, name)]
        assert heights == sorted(heights), "it stands below the tick, not below who decides"
        cashier.click("verdict_item_not_told")
        cashier.click("sheet_decide")
        await cashier.see("already the answer to another order")
        assert "already the answer" in said_below(cashier, "entry")
        assert not cashier.sees("verdict_wrong")
        entry = cashier.find("verdict_entry")
        assert isinstance(entry, QLineEdit)
        assert entry.text() == "4715"
        assert till.settling.given == []
        cashier.click("sheet_decide")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.settling.given == [("number", "4715", "portal, 9:14", "Mia")]
        await cashier.see("Bought. Not on paper yet")
        cashier.press("F8")
        await cashier.see("Nothing waits for you")
        assert cashier.reads("Printed: hand over 2 slips.")
        assert len((await till.sales.order(order)).printed_cards()) == 2


async def test_what_is_refused_until_somebody_looked_is_asked_with_a_tick(
    till: FakeTill, at_window: Opener
) -> None:
    await sell(till, 1, lost())
    till.settling.rows = (Row("4715", usd("25"), None),)
    till.settling.wrong = NotAllowed("others_open")
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_number")
        await cashier.until(lambda: cashier.sees("verdict_entry"), "the question")
        assert not cashier.sees("verdict_others_open")
        assert cashier.reads("The company does not tell which card this is")
        cashier.write("verdict_evidence", "portal, 9:14")
        cashier.click("verdict_item_not_told")
        cashier.click("sheet_decide")
        await cashier.see("Compare the times on the card company's page")
        cashier.click("sheet_decide")
        await cashier.see("Tick what you looked at.")
        cashier.click("verdict_others_open")
        cashier.click("sheet_decide")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.settling.confirmed == [{"item_not_told"}, {"item_not_told", "others_open"}]
        assert till.settling.given == [("number", "4715", "portal, 9:14", "Mia")]


async def test_not_bought_within_half_an_hour_is_no_recommendation_and_asks_once_more(
    till: FakeTill, at_window: Opener
) -> None:
    await sell(till, 1, lost())
    till.settling.waited, till.settling.empty_looks = timedelta(minutes=29), 5
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("Wait. The card company has no new order")
        assert cashier.find("verdict_not_bought").property("role") == "plain"
        cashier.click("verdict_not_bought")
        await cashier.until(lambda: cashier.sees("verdict_too_early"), "the question")
        cashier.write("verdict_evidence", "their word")
        cashier.click("sheet_decide")
        await cashier.see("Tick what you looked at.")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        # A single look says nothing either, however late it is.
        till.settling.waited, till.settling.empty_looks = timedelta(hours=2), 1
        till.seconds += 1
        cashier.click("attention_look")
        await cashier.see("Wait. The card company has no new order")
        till.settling.empty_looks = 2
        cashier.click("attention_look")
        await cashier.see("it was probably not bought")
        assert cashier.find("verdict_not_bought").property("role") == "primary"


async def test_a_slip_that_may_be_out_is_printed_again_when_somebody_wishes_it(
    till: FakeTill, at_window: Opener
) -> None:
    order = await sell(till, 1, Plan())
    head = till.sales.head(order, "Mia")
    (card,) = (await till.sales.order(order)).handed_cards
    till.sales.append(
        PrintFailed(**head, document="slip", printer="paper", cards=(card.id,), reason="offline", maybe=True)
    )
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.press("F8")
        await cashier.see("Nothing waits for you")
        assert till.printouts.wished == [True]


async def test_codes_are_entered_and_leave_nothing_behind(till: FakeTill, at_window: Opener) -> None:
    order = await sell(till, 1, Plan("pending"), quantity=2)
    async with at_window() as cashier:
        await go(cashier, till)
        assert not cashier.sees("verdict_not_bought")
        cashier.click("verdict_codes")
        await cashier.see("2 cards are missing")
        cashier.type("TEST-1 1 1")
        cashier.write("verdict_evidence", "portal")
        cashier.click("sheet_decide")
        await cashier.see("A line is not one code")
        codes = cashier.find("verdict_cards")
        assert isinstance(codes, QPlainTextEdit)
        codes.selectAll()
        cashier.write("verdict_cards", "TEST-1, 0042")
        cashier.press("Enter")
        cashier.type("TEST-2")
        cashier.click("sheet_decide")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert not [one for one in cashier.window.findChildren(QPlainTextEdit) if one.toPlainText()]
        assert till.settling.given[0][:2] == ("codes", "TEST-1 TEST-2")
        assert (await till.sales.order(order)).phase is Phase.FULFILLED


async def test_waiting_is_a_verdict_too(till: FakeTill, at_window: Opener) -> None:
    order = await sell(till, 1, lost())
    till.settling.waited, till.settling.empty_looks = timedelta(minutes=9), 1
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("Wait. The card company has no new order")
        assert cashier.find("verdict_wait").property("role") == "primary"
        cashier.click("verdict_wait")
        await cashier.see("Nothing changes: the order stays here")
        cashier.write("verdict_evidence", "they call back at ten")
        cashier.click("sheet_decide")
        await cashier.see("Decided: wait. “they call back at ten”")
        assert till.settling.given == [("wait", "", "they call back at ten", "Mia")]
        assert (await till.sales.order(order)).phase is Phase.SENT


async def test_money_goes_back_before_anybody_knows_and_the_order_is_watched_on(
    till: FakeTill, at_window: Opener
) -> None:
    order = await sell(till, 1, lost())
    till.people.pins = {"Ana": "7391"}
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_money")
        await cashier.see("Give back $25.00")
        assert cashier.reads("Whatever comes after that is the shop's")
        cashier.write("verdict_evidence", "the customer can not wait")
        cashier.write("verdict_pin", "7391")
        till.refunds.wrong = NotAllowed("in_flight")
        cashier.click("sheet_decide")
        await cashier.until(lambda: cashier.sees("verdict_wrong"), "why not")
        cashier.write("verdict_pin", "7391")
        cashier.click("sheet_decide")
        await cashier.see("$25.00 given back")
        found = await till.sales.order(order)
        assert (found.phase, found.refunded, found.customers) == (Phase.SENT, usd("25"), 0)
        assert cashier.sees(f"wait_{order}")
        assert not cashier.sees("verdict_money")


async def test_money_that_came_in_parts_goes_back_each_way(till: FakeTill, at_window: Opener) -> None:
    _brand, products = codes_brand("Acme Games", "games", "25")
    line = Line("order0001", products[0], 1, usd("25"), usd("25"))
    tenders = (Tender("cash", usd("10")), Tender("terminal", usd("15"), "A-771"))
    order = await place(till, line, lost(), tenders)
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_money")
        await cashier.see("Give back $25.00")
        assert cashier.reads("$10.00 in cash, out of the drawer")
        assert cashier.reads("$15.00 on the card terminal, to the same card (reference A-771)")
        cashier.write("verdict_evidence", "the customer can not wait")
        cashier.click("sheet_decide")
        await cashier.see("$25.00 given back")
        assert [str(one.amount) for one in till.sales.given(order)] == ["10.00 USD", "15.00 USD"]


async def test_of_an_order_that_came_in_part_the_money_for_the_rest_goes_back(
    till: FakeTill, at_window: Opener
) -> None:
    order = await sell(till, 1, lost(), quantity=3)
    head = till.sales.head(order, "Ana")
    cards = fake_cards(order, 2, usd("25"))
    till.sales.append(Settled(**head, verdict="bought", evidence="portal", cards=cards, complete=False))
    for card in cards:
        till.sales.append(Revealed(**till.sales.head(order, "Mia"), card=card.id))
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_money")
        await cashier.see("Give back $25.00")
        assert cashier.reads("This is the money for 1 card.")
        cashier.write("verdict_evidence", "it does not come")
        cashier.click("sheet_decide")
        await cashier.see("Nothing waits for you")
        assert (await till.sales.order(order)).refunded == usd("25")


async def test_of_cards_that_were_seen_money_goes_back_as_a_loss(till: FakeTill, at_window: Opener) -> None:
    order = await sell(till, 1, Plan(), quantity=2)
    card = (await till.sales.order(order)).handed_cards[0]
    till.sales.append(Revealed(**till.sales.head(order, "Mia"), card=card.id))
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_money")
        await cashier.see("Give back $25.00")
        assert cashier.reads("The card is the shop's then")
        cashier.write("verdict_evidence", "took one only")
        cashier.click("sheet_decide")
        await cashier.see("Nothing waits for you")
        assert len((await till.sales.order(order)).spare_cards) == 1


async def test_an_order_other_copies_may_have_bought_is_bought_by_a_manager(
    till: FakeTill, at_window: Opener
) -> None:
    order = await sell(till, 1)
    till.sales.append(LeftToAPerson(**till.sales.head(order, "countercard"), reason="restored"))
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("This store was copied or put back since it was paid")
        assert not cashier.can_press(f"again_{order}")
        assert not cashier.can_press(f"refund_{order}")
        cashier.click("verdict_money")
        await cashier.see("Another copy of this store may have bought it: look in the portal first.")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        till.seconds += 1
        cashier.click("verdict_sell_now")
        await cashier.see("Bought now, it is bought for certain")
        cashier.write("verdict_evidence", "not in the portal")
        cashier.click("sheet_decide")
        await cashier.until(lambda: order in till.sales.bought, "the order to be bought")
        assert (await till.sales.order(order)).left_because == ""


async def test_cards_set_aside_are_the_shops_own_claimed_back_or_gone(
    till: FakeTill, at_window: Opener
) -> None:
    first, second = await sell(till, 1, lost()), await sell(till, 2, Plan(), brand="Boreal")
    lying = Lying(
        order_id=first,
        sale_number="01-000418",
        card_id="3",
        masked="••••-2WZA",
        provider="cardpluspay",
        item="ACME-25",
        brand="Acme Games",
        face=usd("25"),
        standing="parked",
        sellable=False,
        claim="",
        at=till.sales.at,
        flags=(),
        provider_order_no="",
    )
    own = replace(lying, order_id=second, card_id="1", brand="Boreal", standing="spare")
    till.spares.cards = [lying, own]
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.until(lambda: cashier.sees("attention_aside"), "what is set aside")
        cashier.click("attention_aside")
        await cashier.see("2 cards set aside")
        assert cashier.reads("Came unasked with sale 01-000418")
        assert cashier.reads("The shop's own, from sale 01-000418. It lacks its PIN and is not sold")
        cashier.click("aside_spare_0")
        await cashier.see("is nobody else's")
        cashier.write("verdict_evidence", "their support, Nov 22")
        cashier.click("sheet_decide")
        await cashier.until(lambda: not cashier.sees("aside_spare_0"), "it to be the shop's")
        cashier.click("aside_claim_1")
        await cashier.see("It is sold to nobody meanwhile")
        cashier.write("verdict_evidence", "never sold")
        cashier.click("sheet_decide")
        await cashier.see("Claimed back as C-01-0001")
        cashier.click("aside_credited_1")
        await cashier.see("it is gone")
        cashier.write("verdict_evidence", "their statement")
        cashier.click("sheet_decide")
        await cashier.see("1 card set aside")
        assert till.spares.done == [
            ("spare", "Mia", "their support, Nov 22"),
            ("spare_card", "Mia", "never sold"),
            ("credited", "Mia", "their statement"),
        ]
        cashier.click("attention_waiting")
        await cashier.until(lambda: cashier.sees("attention_card"), "what waits")


async def test_a_store_that_was_put_back_says_so_and_what_the_companies_have_is_listed(
    till: FakeTill, at_window: Opener
) -> None:
    order = await sell(till, 1, lost())
    till.new_life = "rolled_back"
    found = (Row("4715", usd("25"), None), Row("4714", None, None))
    till.aftermath.strays = (
        Unclaimed("cardpluspay", "account", found, nameless=1, reached=False),
        Unclaimed("levelup", "account", (), asked=False),
    )
    async with at_window() as cashier:
        await cashier.see("This store is older than it was when it was last open")
        await go(cashier, till, f"wait_{order}")
        await cashier.until(lambda: cashier.sees("attention_aside"), "what is there")
        cashier.click("attention_aside")
        await cashier.see("cardpluspay has 3 orders from before this store was put back or moved")
        assert cashier.reads("4715 for $25.00, 4714, and 1 more. There may be more.")
        assert cashier.reads("levelup could not be asked")


async def test_an_esc_decides_nothing(till: FakeTill, at_window: Opener) -> None:
    order = await sell(till, 1, lost())
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_not_bought")
        await cashier.until(lambda: cashier.sees("verdict_evidence"), "the question")
        cashier.type("nothing yet")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.settling.given == []
        assert (await till.sales.order(order)).phase is Phase.SENT
        assert cashier.sees("attention_card")


async def test_only_a_manager_with_the_right_pin_decides(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, lost())
    till.people.pins = {"Ana": "7391", "Bo": "2864"}
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_not_bought")
        await cashier.until(lambda: cashier.sees("verdict_pin"), "the question")
        assert not cashier.sees("verdict_by")
        cashier.type("not in their list")
        cashier.click("manager_1")
        cashier.click("sheet_decide")
        await cashier.see("Enter your PIN.")
        cashier.write("verdict_pin", "7391")
        till.people.wait = timedelta(seconds=5)
        cashier.press("Enter")
        await cashier.see("Wrong PIN. Wait 5 seconds.")
        pin = cashier.find("verdict_pin")
        assert isinstance(pin, QLineEdit)
        assert (pin.text(), pin.echoMode()) == ("", QLineEdit.EchoMode.Password)
        assert till.settling.given == []
        cashier.write("verdict_pin", "2864")
        cashier.press("Enter")
        await cashier.see("Not bought: give back $25.00")
        assert till.settling.given == [("not_bought", "", "not in their list", "Bo")]


async def test_what_is_not_about_the_pin_leaves_the_pin(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, lost())
    till.people.pins = {"Ana": "7391"}
    till.settling.wrong = NotAllowed("already_claimed")
    async with at_window() as cashier:
        await go(cashier, till)
        cashier.click("verdict_number")
        await cashier.until(lambda: cashier.sees("verdict_pin"), "the question")
        pin = cashier.find("verdict_pin")
        assert isinstance(pin, QLineEdit)
        cashier.write("verdict_entry", "4715")
        cashier.write("verdict_pin", "7391")
        cashier.press("Enter")
        await cashier.see("Write down where you looked.")
        assert pin.text() == "7391"
        cashier.write("verdict_evidence", "portal, 9:14")
        cashier.click("verdict_item_not_told")
        cashier.click("sheet_decide")
        await cashier.see("already the answer to another order")
        assert pin.text() == "7391"
        cashier.click("sheet_decide")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert till.settling.given == [("number", "4715", "portal, 9:14", "Ana")]


async def test_a_card_by_email_has_no_witness_and_its_own_verdicts(till: FakeTill, at_window: Opener) -> None:
    _brand, products = merchant("Café Lumen", "14 Quay Street")
    line = Line(
        "order0001", products[0], 1, usd("30"), usd("30"), Recipient("kim@mail.example", "Kim", "Enjoy")
    )
    await place(till, line, lost())
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("There are no books to look at")
        assert not cashier.sees("verdict_number")
        assert not cashier.sees("verdict_codes")
        cashier.click("verdict_email")
        await cashier.until(lambda: cashier.sees("verdict_evidence"), "the question")
        cashier.type("their mail of 9:14")
        cashier.click("sheet_decide")
        await cashier.see("Nothing waits for you")
        assert till.settling.given == [("email", "", "their mail of 9:14", "Mia")]


async def test_what_turned_up_behind_a_verdict_is_shown_until_it_was_seen(
    till: FakeTill, at_window: Opener
) -> None:
    order = await sell(till, 1, lost())
    await till.settling.not_bought(order, "not in their list", "Ana")
    await till.sales.refund(order, "Mia")
    async with at_window() as cashier:
        cashier.press("F4")
        await cashier.see("Nothing waits for you")
        till.settling.turn_up(order)
        await cashier.see("It turned up after $25.00 was given back")
        assert cashier.reads("An answer came after the verdict: it was bought")
        till.seconds += 1
        cashier.click("verdict_seen")
        await cashier.until(lambda: cashier.sees("verdict_evidence"), "the question")
        cashier.type("claimed back")
        cashier.click("sheet_decide")
        await cashier.see("Nothing waits for you")


async def test_books_that_can_not_be_read_are_said(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, lost())
    till.settling.books = NotTaken("offline")
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("The card company's books: Offline")
        assert cashier.sees("verdict_not_bought")


async def test_a_paid_order_that_was_never_sent_is_sold_now(till: FakeTill, at_window: Opener) -> None:
    order = await sell(till, 1)
    async with at_window() as cashier:
        await go(cashier, till)
        await cashier.see("Nothing was sent. Sell it now")
        cashier.click(f"again_{order}")
        await cashier.see("Nothing waits for you")
        assert till.sales.bought == [order]
        assert (await till.sales.order(order)).printed_cards()


async def test_orders_tell_the_verdict_too(till: FakeTill, at_window: Opener) -> None:
    order = await sell(till, 1, lost())
    await till.settling.not_bought(order, "not in their list", "Ana")
    async with at_window() as cashier:
        cashier.press("F3")
        await cashier.until(lambda: cashier.sees("orders_table"), "the list")
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.see("Not bought: give back $25.00")
        assert cashier.sees(f"refund_{order}")
        assert not cashier.sees(f"again_{order}")


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (900, 640)])
async def test_every_button_can_be_pressed_where_there_is_little_room(
    till: FakeTill, at_window: Opener, size: tuple[int, int]
) -> None:
    for number in range(1, 12):
        await sell(till, number, lost(), brand=f"Ivory Coast Trading Company {number}")
    async with at_window(size) as cashier:
        await go(cashier, till)
        window = cashier.window
        for name in ("verdict_number", "verdict_codes", "verdict_not_bought"):
            action = cashier.find(name)
            assert isinstance(action, ActionButton)
            assert action.height() >= 48
            corner = action.mapTo(window, action.rect().bottomRight())
            assert window.rect().contains(corner)
        for _further in range(10):
            cashier.press("Down")
        row = cashier.find("wait_order0011")
        assert row.hasFocus()

        view = next(one.viewport() for one in window.findChildren(QScrollArea) if one.isAncestorOf(row))

        def is_in_view() -> bool:
            return view.rect().contains(row.mapTo(view, row.rect().center()))

        await cashier.until(is_in_view, "the chosen row in view")


async def test_a_press_on_the_chosen_row_does_not_let_go_of_it(till: FakeTill, at_window: Opener) -> None:
    await sell(till, 1, lost())
    async with at_window() as cashier:
        await go(cashier, till)
        row = cashier.find("wait_order0001")
        assert isinstance(row, WaitRow)
        assert row.isChecked()
        cashier.click("wait_order0001")
        assert row.isChecked()
