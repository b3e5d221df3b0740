"""Money in: complete, in the shop's currency, change on cash only, a reference for the terminal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.money import Money
from pos_app.orders.sale import SaleHead, Tender, TenderKind, entered_twice, problem_with_tenders

DUE = Money(4250, "USD")


def cash(minor: int) -> Tender:
    return Tender("cash", Money(minor, "USD"))


def terminal(minor: int, reference: str = "A-118") -> Tender:
    return Tender("terminal", Money(minor, "USD"), reference)


def other(minor: int, reference: str = "") -> Tender:
    return Tender("other", Money(minor, "USD"), reference)


@pytest.mark.parametrize(
    "tenders",
    [
        (cash(4250),),
        (cash(5000),),
        (terminal(4250),),
        (other(4250, "main till 77"),),
        (cash(2000), terminal(2250)),
        (terminal(4250), cash(100)),
        (terminal(4000), cash(1000)),
        (cash(1), cash(4249)),
        (other(4000, "main till 77"), cash(250)),
        (cash(0), terminal(4250)),
    ],
)
def test_paid(tenders: tuple[Tender, ...]) -> None:
    assert problem_with_tenders(DUE, tenders) is None


@pytest.mark.parametrize(
    ("tenders", "field", "reason", "facts"),
    [
        ((), "tenders", "incomplete", {"missing": Money(4250, "USD")}),
        ((cash(4249),), "tenders", "incomplete", {"missing": Money(1, "USD")}),
        ((terminal(4000), cash(249)), "tenders", "incomplete", {"missing": Money(1, "USD")}),
        ((terminal(4251),), "tenders", "change_needs_cash", {"over": Money(1, "USD")}),
        ((other(5000),), "tenders", "change_needs_cash", {"over": Money(750, "USD")}),
        ((terminal(5000), cash(749)), "tenders", "change_needs_cash", {"over": Money(1499, "USD")}),
        ((cash(5000), cash(-750)), "tenders", "not_positive", {}),
        ((terminal(-100), cash(4350)), "tenders", "not_positive", {}),
        ((Tender("cash", Money(4250, "EUR")),), "tenders", "foreign_currency", {"currency": "USD"}),
        (
            (cash(4250), Tender("cash", Money(100, "EUR"))),
            "tenders",
            "foreign_currency",
            {"currency": "USD"},
        ),
        ((terminal(4250, ""),), "reference", "missing", {}),
        ((other(4250),), "rung", "missing", {}),
        ((terminal(4250, "  \t"),), "reference", "missing", {}),
        ((cash(4000), terminal(250, "")), "reference", "missing", {}),
        ((terminal(4000, "A-7"), terminal(250, " a -7")), "reference", "twice", {"reference": "a -7"}),
    ],
)
def test_not_paid(tenders: tuple[Tender, ...], field: str, reason: str, facts: dict[str, object]) -> None:
    problem = problem_with_tenders(DUE, tenders)
    assert problem is not None
    assert (problem.field, problem.reason, problem.facts) == (field, reason, facts)


KINDS: list[TenderKind] = ["cash", "terminal", "other"]


@given(
    st.lists(
        st.builds(
            Tender,
            st.sampled_from(KINDS),
            st.integers(-50, 5000).map(lambda m: Money(m, "USD")),
            st.sampled_from(["A-1", "A-2", "B 3"]),
        )
    ).map(tuple),
    st.integers(1, 5000),
)
def test_what_is_accepted_leaves_the_drawer_right(tenders: tuple[Tender, ...], due: int) -> None:
    """Whatever is accepted, the shop keeps the price and gives back no more cash than it was given."""
    head = SaleHead(
        "s",
        "01-000001",
        datetime(2026, 1, 2, tzinfo=UTC),
        "01",
        "Mia",
        Money(due, "USD"),
        tenders,
        (),
        training=True,
    )
    received = sum(tender.received.minor for tender in tenders)
    given_cash = sum(tender.received.minor for tender in tenders if tender.kind == "cash")
    if problem_with_tenders(head.due, tenders) is None:
        assert received - head.change.minor == due
        assert 0 <= head.change.minor <= given_cash
        slips = [tender.reference for tender in tenders if tender.kind == "terminal"]
        assert len(slips) == len(set(slips))
    else:
        assert (
            received < due
            or received - due > given_cash
            or min(t.received.minor for t in tenders) < 0
            or entered_twice(tenders)
        )
