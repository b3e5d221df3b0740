"""The basket: what stands in it, what it costs, and what forbids selling it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_app.money import Money
from pos_app.orders.draft import Draft, Line, Recipient
from pos_app.orders.product import Product

USD25 = Money(2500, "USD")
CARD = Product("cardpluspay", "ACME-25", "Acme", "Acme card", "USD", "codes", face=USD25)
GIFT = Product("levelup", "77", "Bean There", "Gift card", "USD", "email", least=Money(1000, "USD"))
KIM = Recipient("kim@mail.example", "Kim", "Enjoy!")


def card(name: str = "line-1", quantity: int = 1) -> Line:
    return Line(name, CARD, quantity, USD25, USD25)


def gift(recipient: Recipient | None = KIM, quantity: int = 1, minor: int = 1000) -> Line:
    amount = Money(minor, "USD")
    return Line("line-2", GIFT, quantity, amount, amount, recipient)


def reasons(line: Line) -> list[tuple[str, str]]:
    return [(problem.field, problem.reason) for problem in line.problems]


def test_a_basket_costs_its_prices_times_its_quantities() -> None:
    dearer = replace(card("line-3", 3), price=Money(2695, "USD"))
    basket = Draft("sale", "USD", (card(quantity=2), gift(), dearer))
    assert basket.total == Money(5000 + 1000 + 8085, "USD")
    assert basket.problems == ()
    assert Draft("sale", "JPY").total == Money(0, "JPY")


def test_an_empty_basket_is_not_sold() -> None:
    assert [(p.field, p.reason) for p in Draft("sale", "USD").problems] == [("basket", "empty")]


def test_a_line_takes_the_place_of_the_one_with_its_id() -> None:
    basket = Draft("sale", "USD").with_line(card("a")).with_line(card("b")).with_line(card("c"))
    changed = basket.with_line(card("b", 5))
    assert [(line.id, line.quantity) for line in changed.lines] == [("a", 1), ("b", 5), ("c", 1)]
    assert [line.id for line in changed.without_line("a").lines] == ["b", "c"]
    assert changed.without_line("nobody") == changed
    assert [line.quantity for line in basket.lines] == [1, 1, 1]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (card(quantity=100), []),
        (card(quantity=0), [("quantity", "out_of_range")]),
        (card(quantity=101), [("quantity", "out_of_range")]),
        (card(quantity=-1), [("quantity", "out_of_range")]),
        (replace(card(), face=Money(2400, "USD")), [("amount", "other_value")]),
        (replace(card(), price=Money(0, "USD")), [("price", "not_positive")]),
        (replace(card(), price=Money(-2500, "USD")), [("price", "not_positive")]),
        (gift(minor=999), [("amount", "too_little")]),
        (gift(quantity=2), [("quantity", "one_per_email")]),
        (gift(recipient=None), [("email", "missing")]),
        (gift(recipient=Recipient("kim")), [("email", "no_address")]),
        (
            gift(Recipient("kim", "n" * 101, "m" * 501), 0, 0),
            [
                ("amount", "not_positive"),
                ("quantity", "out_of_range"),
                ("price", "not_positive"),
                ("email", "no_address"),
                ("name", "too_long"),
                ("message", "too_long"),
                ("quantity", "one_per_email"),
            ],
        ),
    ],
)  # fmt: skip
def test_what_forbids_a_line(line: Line, expected: list[tuple[str, str]]) -> None:
    assert reasons(line) == expected
    assert Draft("sale", "USD", (card(), line)).problems == line.problems


@pytest.mark.parametrize(
    "line",
    [
        replace(card(), price=Money(2500, "EUR")),
        Line("eur", replace(CARD, currency="EUR", face=Money(2500, "EUR")), 1, Money(2500, "EUR"), USD25),
    ],
)
def test_only_the_shop_s_currency_is_sold(line: Line) -> None:
    problems = Draft("sale", "USD", (card(), line)).problems
    assert [(p.field, p.reason, p.facts) for p in problems] == [
        ("currency", "foreign_currency", {"currency": "EUR"})
    ]


def test_a_total_of_mixed_money_is_no_number() -> None:
    with pytest.raises(ValueError, match="do not mix"):
        _ = Draft("sale", "USD", (replace(card(), price=Money(1, "EUR")),)).total


def test_a_recipient_is_in_no_repr() -> None:
    recipient = Recipient("kim@mail.example", "Kim Possible", "with love")
    shown = repr(Draft("sale", "USD", (gift(recipient),)))
    assert "line-2" in shown
    for secret in ("kim@", "Possible", "love"):
        assert secret not in shown
