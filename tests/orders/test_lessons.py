"""Lessons as rules: which step is the one, by what can be seen; that every word can be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pos_app.lessons import LESSONS, by_email, dead_printer, first_sale, late_codes, refusal, silence
from pos_app.lessons.lesson import Lesson, Place, Seen, Wanted
from pos_app.money import Money
from pos_app.orders.draft import Line, Recipient
from pos_app.orders.entries import Answered, AnyEntry, Placed, PrintFailed, Refunded, Sent
from pos_app.orders.order import Order, Status, fold
from pos_app.orders.product import Product
from pos_app.orders.sale import SaleHead, Tender

AT = datetime(2026, 1, 2, tzinfo=UTC)
FACE = Money(2500, "USD")
CARD = Wanted("Acme Games", FACE)
GIFT = Wanted("Café Lumen", FACE, "kim@mail.example")


def line(brand: str = "Acme Games", email: str = "") -> Line:
    product = Product(
        provider="p",
        item="i",
        brand=brand,
        name=brand,
        currency="USD",
        delivery="email" if email else "codes",
    )
    return Line("l", product, 1, FACE, FACE, Recipient(email) if email else None)


def order(*more: AnyEntry) -> Order:
    product = Product(
        provider="p", item="i", brand="Acme Games", name="Acme", currency="USD", delivery="codes", face=FACE
    )
    head = SaleHead("s", "01-000001", AT, "01", "Kim", FACE, (Tender("cash", FACE),), ("o",), training=True)
    placed = Placed(
        id="0", order_id="o", n=0, at=AT, by="Kim", sale=head, account="a", product=product, quantity=1,
        face=FACE, price=FACE,
    )  # fmt: skip
    return fold([placed, *more])


SENT = Sent(id="1", order_id="o", n=1, at=AT, by="Kim")
NO = Answered(id="2", order_id="o", n=2, at=AT, by="Kim", refusal="out_of_stock")
REFUNDED = Refunded(id="3", order_id="o", n=3, at=AT, by="Kim", amount=FACE, tender="cash")
NO_PAPER = PrintFailed(
    id="2", order_id="o", n=2, at=AT, by="Kim", document="pending", printer="P", reason="no_paper"
)


def at(lesson: Lesson, seen: Seen) -> int:
    return lesson.step(seen) + 1


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_lesson_begins_alike_and_has_words_for_everything(lesson: Lesson) -> None:
    wanted = GIFT if lesson.delivery == "email" else CARD
    mine = line(wanted.brand, wanted.email)
    assert at(lesson, Seen("sell", wanted)) == 1
    assert at(lesson, Seen("sell", wanted, (mine,))) == 2
    assert at(lesson, Seen("charge_screen", wanted, (mine,))) == 3
    # Back with Esc is back by a step.
    assert at(lesson, Seen("sell", wanted, (mine,))) == 2
    assert at(lesson, Seen("result", wanted, (), order(), Status.TO_DO)) == 4
    assert not lesson.is_over(Seen("result", wanted, (), order(), Status.TO_DO))
    for step in lesson.steps:
        for place in ("sell", "result", "orders"):
            said = step.say(Seen(place, wanted, (), order(SENT), Status.IN_PROGRESS))
            assert said
            assert "{" not in said
    assert lesson.title()
    assert lesson.about()
    assert lesson.remember()


def test_lessons_are_told_apart() -> None:
    assert len({lesson.name for lesson in LESSONS}) == len(LESSONS) == 6


@pytest.mark.parametrize(
    ("wanted", "lines", "place", "hint"),
    [
        (CARD, (), "sell", ""),
        (CARD, (), "orders", "come back"),
        (CARD, (), "result", "That was something else. The customer asked for Acme Games, $25.00."),
        (GIFT, (), "result", "The customer asked for Café Lumen, $25.00 to kim@mail.example."),
        (CARD, (line("Boreal"),), "sell", "asked for Acme Games"),
        (CARD, (line("Boreal"),), "charge_screen", "asked for Acme Games"),
        (CARD, (replace(line(), quantity=2),), "sell", "asked for one card"),
        (CARD, (replace(line(), quantity=2),), "charge_screen", "asked for one card"),
        (CARD, (line(), line("Boreal")), "sell", "asked for Acme Games"),
        (CARD, (line("Café Lumen", "kim@mail.example"),), "sell", "a card on paper"),
        (GIFT, (line("Café Lumen", "tim@mail.example"),), "sell", "said kim@mail.example"),
        (GIFT, (line("Café Lumen", "tim@mail.example"),), "charge_screen", "said kim@mail.example"),
    ],
)
def test_what_goes_another_way_is_told_kindly(
    wanted: Wanted, lines: tuple[Line, ...], place: Place, hint: str
) -> None:
    lesson = by_email.LESSON if wanted is GIFT else first_sale.LESSON
    seen = Seen(place, wanted, lines)
    said = lesson.steps[lesson.step(seen)].hint(seen)
    assert hint in said
    assert bool(said) == bool(hint)


def test_what_was_sold_is_held_against_what_was_asked_for() -> None:
    placed = order().placed
    assert CARD.was_met_by(placed)
    for other in (
        placed.model_copy(update={"quantity": 2}),
        placed.model_copy(update={"face": Money(5000, "USD")}),
        placed.model_copy(update={"product": replace(placed.product, brand="Boreal")}),
        placed.model_copy(update={"recipient_hint": "k•••@mail.example"}),
    ):
        assert not CARD.was_met_by(other)
    to_kim = placed.model_copy(
        update={
            "product": replace(placed.product, brand="Café Lumen"),
            "recipient_hint": "k•••@mail.example",
        }
    )
    assert GIFT.was_met_by(to_kim)
    assert not GIFT.was_met_by(to_kim.model_copy(update={"recipient_hint": "t•••@mail.example"}))


def test_after_a_no_nobody_goes_on_before_the_money_is_back() -> None:
    lesson, no = refusal.LESSON, order(SENT, NO)
    here = Seen("result", CARD, (), no, Status.REFUSED)
    away = Seen("sell", CARD, (), no, Status.REFUSED)
    last = lesson.steps[-1]
    assert lesson.step(here) == lesson.step(away) == len(lesson.steps) - 1
    assert "$25.00" in last.say(here)
    assert not last.hint(here)
    assert "still waits" in last.hint(away)
    assert not lesson.is_over(here)
    assert lesson.is_over(Seen("result", CARD, (), order(SENT, NO, REFUNDED), Status.REFUSED))


def test_late_codes_come_once_the_next_customer_is_served() -> None:
    lesson = late_codes.LESSON
    here = Seen("result", CARD, (), order(SENT), Status.CODES_PENDING)
    away = Seen("sell", CARD, (), order(SENT), Status.CODES_PENDING)
    assert (lesson.puts_right(here), lesson.puts_right(away)) == (False, True)
    assert (at(lesson, here), at(lesson, away)) == (5, 6)


def test_silence_is_cleared_up_where_somebody_looks() -> None:
    lesson, open_one = silence.LESSON, order(SENT)
    told = [
        Seen(place, CARD, (), open_one, Status.NOT_CONFIRMED) for place in ("result", "sell", "attention")
    ]
    assert [at(lesson, seen) for seen in told] == [5, 6, 7]
    assert [lesson.puts_right(seen) for seen in told] == [False, False, True]
    again = Seen("sell", CARD, (line(),), open_one, Status.NOT_CONFIRMED)
    assert "same customer" in lesson.steps[lesson.step(again)].hint(again)
    assert lesson.is_over(Seen("orders", CARD, (), open_one, Status.NOT_BOUGHT))


def test_a_dead_printer_keeps_the_customer_waiting() -> None:
    lesson = dead_printer.LESSON
    failed = order(SENT, NO_PAPER)
    here = Seen("result", CARD, (), failed, Status.FULFILLED)
    assert at(lesson, here) == len(lesson.steps)
    away = Seen("sell", CARD, (), failed, Status.FULFILLED)
    assert "no slip yet" in lesson.steps[-1].hint(away)
    # In another lesson a printer that fails by itself is told too.
    first = first_sale.LESSON
    assert "Another printer" in first.steps[3].hint(here)
