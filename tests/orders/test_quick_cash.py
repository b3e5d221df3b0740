"""The sums a customer is likely to hand over: a few, round in notes, above what is due."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.money import Money
from pos_app.orders.quick_cash import is_far_too_much, likely_sums

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "BHD"])


@given(minor=st.integers(1, 10_000_000), currency=CURRENCIES)
def test_they_are_three_at_most_each_more_than_the_one_before(minor: int, currency: str) -> None:
    due = Money(minor, currency)
    sums = likely_sums(due)
    assert len(sums) <= 3
    assert list(sums) == sorted(set(sums), key=lambda one: one.minor)
    assert all(one > due for one in sums)


@pytest.mark.parametrize(
    ("due", "sums"),
    [
        (Money(735, "USD"), (1000, 2000, 5000)),
        (Money(2500, "USD"), (3000, 4000, 5000)),
        (Money(8000, "USD"), (10_000,)),
        (Money(10_000, "USD"), ()),
        (Money(2500, "JPY"), (3000, 4000, 5000)),
        # Three digits behind the point: five dinars are 5,000 of the smallest.
        (Money(2500, "BHD"), (5000, 10_000, 20_000)),
    ],
)
def test_they_are_sums_in_notes_of_the_currency(due: Money, sums: tuple[int, ...]) -> None:
    assert likely_sums(due) == tuple(Money(minor, due.currency) for minor in sums)


@pytest.mark.parametrize("minor", [0, -500])
def test_nothing_is_handed_over_for_nothing(minor: int) -> None:
    assert likely_sums(Money(minor, "USD")) == ()


@pytest.mark.parametrize(
    ("received", "far"), [(102_500, False), (102_501, True), (2500, False), (4_006_381_333, True)]
)
def test_a_barcode_in_the_field_for_money_is_noticed(received: int, far: bool) -> None:
    """A thousand notes of the smallest kind more than is due is nobody's money."""
    assert is_far_too_much(Money(2500, "USD"), Money(received, "USD")) is far
