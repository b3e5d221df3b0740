"""Words for people: each names its facts, says whether anything was bought, and knows no secret."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pos_app import i18n, messages
from pos_app.errors import Misconfigured, NotAllowed, NotTaken, OutcomeUnknown, StoreProblem
from pos_app.money import Money
from pos_app.orders.entries import Answered, Head
from pos_app.orders.order import fold
from pos_app.orders.product import Product
from pos_app.orders.rules import (
    Problem,
    problem_with_amount,
    problem_with_quantity,
    problems_with_recipient,
)
from pos_app.orders.sale import Tender, problem_with_tenders
from tests import sales_made_up as made_up

OPEN = Product("levelup", "77", "B", "N", "USD", "email", least=Money(1000, "USD"), most=Money(50000, "USD"))
DUE = Money(4250, "USD")


def words(problem: Problem | None) -> str:
    assert problem is not None
    return messages.problem(problem)


@pytest.mark.parametrize("reason", sorted(NotTaken.REASONS))
def test_what_was_not_taken_was_not_bought_and_says_so(reason: str) -> None:
    assert "Nothing was bought and nothing was charged." in messages.explain(NotTaken(reason)).what


@pytest.mark.parametrize("reason", sorted(OutcomeUnknown.REASONS))
def test_what_is_unknown_may_have_been_bought_and_is_not_sold_again(reason: str) -> None:
    said = messages.explain(OutcomeUnknown(reason))
    assert "may have been bought" in said.what
    assert "Nothing was bought" not in said.what
    assert "Do not sell it again" in said.advice


def test_facts_are_named() -> None:
    assert "cardpluspay" in messages.explain(Misconfigured("no_key", provider="cardpluspay")).what
    assert (
        "/shop/settings" in messages.explain(Misconfigured("settings_unreadable", path="/shop/settings")).what
    )
    assert "/shop" in messages.explain(StoreProblem("missing", path="/shop")).what
    broken = Problem("tenders", "incomplete", {"missing": Money(750, "USD")})
    assert "$7.50 is still missing" in messages.explain(NotAllowed("money_incomplete", problem=broken)).what


def test_a_fact_with_braces_in_it_is_only_a_fact() -> None:
    said = messages.explain(Misconfigured("no_key", provider="{nothing}"))
    assert "{nothing}" in said.what


def test_what_the_rules_find_is_said_with_its_numbers() -> None:
    assert "$10.00" in words(problem_with_amount(OPEN, Money(999, "USD")))
    assert "$500.00" in words(problem_with_amount(OPEN, Money(50001, "USD")))
    assert "EUR" in words(problem_with_amount(OPEN, Money(2500, "EUR")))
    assert "1 to 100" in words(problem_with_quantity(101))
    said = " ".join(map(messages.problem, problems_with_recipient("kim", "n" * 101, "m" * 501)))
    assert "100" in said
    assert "500" in said
    assert "kim@mail.example" in said
    assert "$7.50" in words(problem_with_tenders(DUE, (Tender("cash", Money(3500, "USD")),)))
    assert "$0.50" in words(problem_with_tenders(DUE, (Tender("terminal", Money(4300, "USD"), "A"),)))
    twice = (Tender("terminal", Money(4000, "USD"), "A-7"), Tender("terminal", Money(250, "USD"), "A-7"))
    assert words(problem_with_tenders(DUE, twice)).startswith("A-7 is in this sale already")
    assert words(Problem("account", "orders_open", {"n": 1})).startswith("1 order bought")
    assert words(Problem("account", "orders_open", {"n": 3})).startswith("3 orders bought")
    assert words(Problem("stock", "not_available", {"quantity": 1})) == "Not in stock at the moment."
    assert words(Problem("stock", "not_available", {"quantity": 3})).startswith("3 of these")


def test_the_example_of_an_address_is_one() -> None:
    """The address that is shown as an example must be accepted when it is typed."""
    (bad,) = problems_with_recipient("kim", "", "")
    example = messages.problem(bad).rpartition(" ")[2].rstrip(".")
    assert problems_with_recipient(example, "", "") == []


def test_amounts_are_written_as_people_here_write_them() -> None:
    try:
        i18n.set_language("de")
        assert "10,00" in words(problem_with_amount(OPEN, Money(999, "USD")))
    finally:
        i18n.set_language("en")


def test_why_a_provider_refused_is_said_for_refused_orders_only() -> None:
    (refused,) = made_up.sale(made_up.Plan(ending="refused")).orders
    assert messages.refusal_words(refused) == "The card company has none left."
    for ending in ("to_do", "unanswered", "fulfilled", "withdrawn"):
        (order,) = made_up.sale(made_up.Plan(ending=ending)).orders
        assert messages.refusal_words(order) == ""


def test_a_provider_s_own_words_are_not_mixed_into_ours() -> None:
    (sent,) = made_up.sale(made_up.Plan(ending="unanswered")).orders
    head = Head(id="x", order_id=sent.id, n=2, at=datetime(2026, 1, 2, tzinfo=UTC), by="countercard")
    answer = Answered(**head, refusal="no_balance", text="Card TEST-4MHD {is} <b>gone</b>")
    said = messages.refusal_words(fold([*sent.entries, answer]))
    assert "balance" in said
    assert "TEST" not in said
