"""Everything a person can enter wrongly while selling: said in a sentence beside it, and nothing is lost."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit

from pos_app.errors import OutcomeUnknown
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, Plan
from ui.widgets.readable import readable

LIMITS = {
    "below": ("9.99", "The smallest amount for this card is $10.00."),
    "above": ("500.01", "The largest amount for this card is $500.00."),
    "nothing": ("", "Enter an amount."),
    "zero": ("0", "The amount must be more than zero."),
    "letters": ("abc", "This is not an amount. Write it like 25 or 25.00."),
    "below zero": ("-5", "This is not an amount. Write it like 25 or 25.00."),
    "three decimals": ("10.005", "This is not an amount. Write it like 25 or 25.00."),
    "two points": ("10.0.0", "This is not an amount. Write it like 25 or 25.00."),
    "exponent": ("1e2", "This is not an amount. Write it like 25 or 25.00."),
    "huge": ("9" * 60, "This is not an amount. Write it like 25 or 25.00."),
    "large": ("9" * 9, "The largest amount for this card is $500.00."),
    "other digits": ("२५", "This is not an amount. Write it like 25 or 25.00."),
    "emoji": ("25💶", "This is not an amount. Write it like 25 or 25.00."),
}
GOOD = {"comma": ("25,50", "$25.50"), "point": ("25.5", "$25.50"), "dollars": ("$ 25", "$25.00")}


def paste(cashier: Cashier, name: str, text: str) -> None:
    """Put `text` into the field as from the clipboard, whatever is in it."""
    cashier.click(name)
    field = cashier.find(name)
    assert isinstance(field, QLineEdit)
    field.selectAll()
    field.insert(text)
    field.textEdited.emit(field.text())


async def _form(cashier: Cashier) -> None:
    cashier.type("lumen")
    await cashier.see("2 found")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("amount"), "the form")


@pytest.mark.parametrize("kind", LIMITS)
async def test_an_amount_that_can_not_be(till: FakeTill, at_window: Opener, kind: str) -> None:
    typed, sentence = LIMITS[kind]
    async with at_window((1024, 768)) as cashier:
        await _form(cashier)
        paste(cashier, "amount", typed)
        cashier.write("email", "kim@mail.example")
        cashier.press("Enter")
        await cashier.see(sentence)
        assert cashier.find("amount").property("wrong") == "true"
        assert cashier.find("email").property("text") == "kim@mail.example", "what was right stays"
        assert cashier.lines() == 0
    assert not till.sales.placed


@pytest.mark.parametrize("kind", GOOD)
async def test_an_amount_as_people_write_it(till: FakeTill, at_window: Opener, kind: str) -> None:
    typed, read = GOOD[kind]
    async with at_window((1024, 768)) as cashier:
        await _form(cashier)
        paste(cashier, "amount", typed)
        cashier.write("email", "kim@mail.example")
        cashier.press("Enter")
        await cashier.see(read)
        assert cashier.lines() == 1


ADDRESSES = [
    "kim",
    "kim@",
    "@mail.example",
    "kim@mail",
    "kim mail@mail.example",
    "kim@@mail.example",
    "kim@mail..example",
    "kim@.example",
    "kim.@mail.example",
    "kim@mail.example,lee@mail.example",
    "Kim <kim@mail.example>",
    "mailto:kim@mail.example",
    "kim@mail.example\nlee@mail.example",
    "kim@mail\u200b.example",
    "kim@mail.example\x00",
    "кім@mail.example",
    "kim😀@mail.example",
    "kim@localhost",
    "kim@127.0.0.1",
    "k" * 65 + "@mail.example",
    "kim@" + "m" * 64 + ".example",
]


@pytest.mark.parametrize("typed", ADDRESSES)
async def test_an_address_that_can_not_be(till: FakeTill, at_window: Opener, typed: str) -> None:
    async with at_window((1024, 768)) as cashier:
        await _form(cashier)
        cashier.write("amount", "25")
        paste(cashier, "email", typed)
        cashier.click("add")
        await cashier.see("This is not a complete e-mail address. Example: kim@mail.example")
        assert cashier.lines() == 0
        paste(cashier, "email", " kim@mail.example \n")
        cashier.click("add")
        await cashier.until(lambda: cashier.lines() == 1, "the line")
    assert not till.sales.placed


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "Kim\nLee"),
        ("name", "Kim\x07"),
        ("name", "Kim\u202eeeL"),
        ("message", "Happy\tbirthday"),
        ("message", "Happy\r\nbirthday"),
        ("message", "\x1b[2J"),
        ("reference", "TEST\n4711"),
        ("rung", "0\u202e815"),
    ],
)
async def test_what_can_not_be_seen_does_not_get_in(
    till: FakeTill, at_window: Opener, field: str, typed: str
) -> None:
    """A line end becomes a blank, as where lines were copied together; other such marks are left out."""
    async with at_window((1024, 768)) as cashier:
        if field in {"name", "message"}:
            await _form(cashier)
        else:
            await cashier.take("acme games")
            await cashier.charge()
            cashier.click("pay_terminal" if field == "reference" else "pay_other")
        paste(cashier, field, typed)
        text = str(cashier.find(field).property("text"))
        assert text.isprintable()
        assert text == readable(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Kim\nLee", "Kim Lee"),
        ("Kim\r\nLee", "Kim Lee"),
        ("Kim\x07", "Kim"),
        ("Kim\u202eeeL", "KimeeL"),
        ("Zoë 👩\u200d👧 Ångström", "Zoë 👩\u200d👧 Ångström"),
        ("\x1b[2J", "[2J"),
        ("a\ud800b", "ab"),
    ],
)
def test_what_stays_of_what_was_pasted(typed: str, kept: str) -> None:
    assert readable(typed) == kept


async def test_a_message_that_is_too_long_is_said_and_not_cut(till: FakeTill, at_window: Opener) -> None:
    async with at_window((1024, 768)) as cashier:
        await _form(cashier)
        cashier.write("amount", "25")
        cashier.write("email", "kim@mail.example")
        paste(cashier, "message", "x" * 501)
        paste(cashier, "name", "y" * 101)
        cashier.click("add")
        await cashier.see("The message has more than 500 characters.")
        assert cashier.reads("The name has more than 100 characters.")
        assert cashier.lines() == 0
        paste(cashier, "message", "Happy birthday 🎂")
        paste(cashier, "name", "Zoë")
        cashier.click("add")
        await cashier.until(lambda: cashier.lines() == 1, "the line")


@pytest.mark.parametrize("typed", ["0", "101", "9999", ""])
async def test_a_number_of_cards_that_can_not_be(till: FakeTill, at_window: Opener, typed: str) -> None:
    async with at_window((1024, 768)) as cashier:
        cashier.type("acme games")
        cashier.press("Enter")
        paste(cashier, "quantity_number", typed)
        cashier.click("add")
        await cashier.see("Choose 1 to 100 cards.")
        assert cashier.lines() == 0


async def test_a_number_of_cards_takes_no_letters(till: FakeTill, at_window: Opener) -> None:
    async with at_window((1024, 768)) as cashier:
        cashier.type("acme games")
        cashier.press("Enter")
        cashier.write("quantity_number", "a1.5e")
        assert cashier.find("quantity_number").property("text") == "15"
        # A two, as an Arabic keyboard types it.
        paste(cashier, "quantity_number", "\u0662")
        assert int(str(cashier.find("quantity_number").property("text"))) == 2


@pytest.mark.parametrize(
    "typed", ["zzz", "<b>x</b>", "a\nb", "💶", "x" * 5000, "%s{}\\", "' OR 1=1 --", "\x00\x1b[2J"]
)
async def test_a_search_without_a_hit_says_so(till: FakeTill, at_window: Opener, typed: str) -> None:
    async with at_window((1024, 768)) as cashier:
        paste(cashier, "search", typed)
        await cashier.see("Nothing found")
        assert cashier.reads("Try fewer letters, or another category.")
        cashier.press("Enter")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.reads("Nothing found"), "everything again")


CASH = {
    # Taken as a part; the rest is asked for.
    "too little": ("9.99", "Still to pay"),
    "nothing": ("", "Enter an amount."),
    "letters": ("ten", "This is not an amount. Write it like 25 or 25.00."),
    "three decimals": ("10.005", "This is not an amount. Write it like 25 or 25.00."),
    "a zero too many": ("10000", "This is far more than there is to pay."),
    "a scanned number": ("4006381333931", "This is not an amount."),
    "huge": ("9" * 60, "This is not an amount."),
}


@pytest.mark.parametrize("kind", CASH)
async def test_cash_that_can_not_be(till: FakeTill, at_window: Opener, kind: str) -> None:
    typed, sentence = CASH[kind]
    async with at_window((1024, 768)) as cashier:
        await cashier.take("acme games", "$10")
        await cashier.charge()
        till.seconds += 1
        paste(cashier, "received", typed)
        cashier.press("Enter")
        await cashier.see(sentence)
    assert not till.sales.placed


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        ("pay_terminal", "Enter the reference from the card terminal's slip."),
        ("pay_other", "Enter the number from the main till's receipt."),
    ],
)
@pytest.mark.parametrize("typed", ["", "   ", "\n"])
async def test_a_reference_that_is_missing(
    till: FakeTill, at_window: Opener, way: str, sentence: str, typed: str
) -> None:
    async with at_window((1024, 768)) as cashier:
        await cashier.take("acme games", "$10")
        await cashier.charge()
        till.seconds += 1
        cashier.click(way)
        paste(cashier, "reference" if way == "pay_terminal" else "rung", typed)
        cashier.press("Enter")
        await cashier.see(sentence)
    assert not till.sales.placed


async def test_what_is_written_into_the_journal_can_be_seen(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Acme Games"] = Plan("silent", OutcomeUnknown("silence"))
    till.sales.plans["Acme Games"].go.set()
    async with at_window((1024, 768)) as cashier:
        await cashier.take("acme games", "$10")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Not confirmed")
        cashier.press("F4")
        await cashier.see_enabled("verdict_not_bought")
        till.seconds += 1
        cashier.click("verdict_not_bought")
        await cashier.until(lambda: cashier.sees("verdict_evidence"), "the sheet")
        paste(cashier, "verdict_evidence", "their page\nsays\u202e no\x1b[2J")
        assert cashier.find("verdict_evidence").property("text") == "their page says no[2J"
