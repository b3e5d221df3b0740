"""Amounts are exact or refused: no float, no rounding, no mixed currencies."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.money import Money, digits, total

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KRW", "KWD", "TND", "CLF", "UYW", "ZZZ"])
MINOR = st.integers(min_value=1 - 10**12, max_value=10**12 - 1)
ANY_AMOUNT = st.builds(Money, MINOR, CURRENCIES)


@pytest.mark.parametrize(
    ("currency", "places"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0)]
)
def test_minor_units_are_those_of_iso_4217(currency: str, places: int) -> None:
    assert digits(currency) == places


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("25", "USD", 2500),
        ("25.", "USD", 2500),
        (".5", "USD", 50),
        ("+0.01", "USD", 1),
        ("-25.50", "USD", -2550),
        ("  25.00\t", "USD", 2500),
        ("25.0000000", "USD", 2500),
        ("0.1", "USD", 10),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        (Decimal("19.99"), "USD", 1999),
        (Decimal("2.5E+1"), "USD", 2500),
        (7, "KWD", 7000),
        ("999999999999.99", "USD", 99999999999999),
    ],
)
def test_an_amount_is_taken_exactly(amount: Decimal | int | str, currency: str, minor: int) -> None:
    assert Money.of(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", "-", "+-1", "1,50", "1 000", "1_000", "1e2", "1E-2", "NaN", "sNaN", "Infinity", "-inf",
        "0x10", "$25", "25 USD", "25.00.00", "\u0662\u0665", "\uff12\uff15", "²", "25\0",
    ],
)  # fmt: skip
def test_what_is_not_plain_decimal_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="plain decimal"):
        Money.of(text, "USD")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.001", "USD"),
        ("25.999", "USD"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("1.23456", "CLF"),
        ("1.0000000000000000000000000000000000001", "USD"),
        ("24.9999999999999999999999999999999999999", "USD"),
        (Decimal("0.005"), "USD"),
        (Decimal("1E-999999"), "USD"),
    ],
)
def test_what_is_finer_than_the_smallest_unit_is_refused(amount: Decimal | str, currency: str) -> None:
    with pytest.raises(ValueError, match="finer"):
        Money.of(amount, currency)


@pytest.mark.parametrize("amount", ["1000000000000", "-1000000000000", Decimal("1E+500"), 10**12, "9" * 40])
def test_more_than_a_till_holds_is_a_reading_error(amount: Decimal | int | str) -> None:
    with pytest.raises(ValueError, match="a till can hold"):
        Money.of(amount, "USD")


@pytest.mark.parametrize(
    "amount", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity")]
)
def test_no_number_is_no_amount(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="a till can hold"):
        Money.of(amount, "USD")


@pytest.mark.parametrize("amount", [25.0, 0.1, True, None, [25], (0, (2, 5), 0)])
def test_floats_and_other_things_are_refused(amount: Any) -> None:
    with pytest.raises(ValueError, match="exact"):
        Money.of(amount, "USD")


@pytest.mark.parametrize("minor", [25.0, Decimal(25), "25", True])
def test_money_is_made_of_whole_minor_units_only(minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(minor, "USD")


@pytest.mark.parametrize("times", [1.5, 0.5, Decimal(2)])
def test_money_is_not_multiplied_by_fractions(times: Any) -> None:
    with pytest.raises(TypeError):
        operator.mul(Money(1000, "USD"), times)


@pytest.mark.parametrize("currency", ["usd", "US", "USDX", "", "US1", "US\n", "USD\n", "ÜSD"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, currency)


@given(ANY_AMOUNT)
def test_major_units_and_plain_text_round_trip(amount: Money) -> None:
    assert Money.of(amount.major, amount.currency) == amount
    text, currency = str(amount).split(" ")
    assert Money.of(text, currency) == amount
    assert len(text.partition(".")[2]) == digits(currency)


@given(st.decimals(allow_nan=False, allow_infinity=False), CURRENCIES)
def test_what_is_taken_is_worth_what_was_given(amount: Decimal, currency: str) -> None:
    try:
        money = Money.of(amount, currency)
    except ValueError:
        whole = amount * 10 ** digits(currency)
        assert abs(amount) >= 10**12 or whole != whole.to_integral_value()
    else:
        assert money.major == amount


@given(st.text())
def test_any_text_is_an_amount_or_a_value_error(text: str) -> None:
    try:
        money = Money.of(text, "USD")
    except ValueError:
        return
    assert money.major == Decimal(text.strip())


@given(MINOR, MINOR, st.integers(-1000, 1000))
def test_sums_are_those_of_whole_numbers(one: int, other: int, times: int) -> None:
    a, b = Money(one, "EUR"), Money(other, "EUR")
    assert (a + b).minor == one + other
    assert (a - b).minor == one - other
    assert (a * times).minor == one * times
    assert (a < b, a <= b, a > b, a >= b) == (one < other, one <= other, one > other, one >= other)
    assert a + -a == Money.zero("EUR")
    assert not a + -a


@pytest.mark.parametrize(
    "act", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_currencies_do_not_mix(act: Callable[[Money, Money], object]) -> None:
    with pytest.raises(ValueError, match="USD and EUR"):
        act(Money(1, "USD"), Money(1, "EUR"))
    assert Money(1, "USD") != Money(1, "EUR")


def test_a_total_is_in_the_currency_asked_for() -> None:
    assert total([], "JPY") == Money(0, "JPY")
    assert total([Money(1, "USD"), Money(99, "USD")], "USD") == Money(100, "USD")
    with pytest.raises(ValueError, match="do not mix"):
        total([Money(1, "USD"), Money(1, "EUR")], "USD")
    with pytest.raises(ValueError, match="do not mix"):
        total([Money(1, "EUR")], "USD")
