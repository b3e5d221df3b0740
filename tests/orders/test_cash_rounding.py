"""Cash where small coins are gone: rounded once, on what is left for cash, and given back as it stayed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.money import Money, total
from pos_app.orders.cash_rounding import Rounding, rounded, roundings, smallest_coin, usual_coin
from pos_app.orders.entries import Refunded, Sent, Withdrawn, read_entry, write_entry
from pos_app.orders.money_back import money_back, ways_back
from pos_app.orders.order import Order, fold
from pos_app.orders.sale import (
    SaleHead,
    Tender,
    TenderKind,
    Way,
    cash_rounding,
    problem_with_tenders,
    still_to_pay,
)
from tests.orders.stories import head, placed


def usd(minor: int) -> Money:
    return Money(minor, "USD")


FIVE = usd(5)


@pytest.mark.parametrize(
    ("amount", "coin", "is_paid"),
    [
        ("10.02 CAD", "0.05", "10.00"), ("10.03 CAD", "0.05", "10.05"), ("10.07 CAD", "0.05", "10.05"),
        ("10.08 CHF", "0.05", "10.10"), ("10.00 AUD", "0.05", "10.00"), ("0.00 AUD", "0.05", "0.00"),
        ("7.25 DKK", "0.50", "7.50"), ("7.24 DKK", "0.50", "7.00"), ("7.75 DKK", "0.50", "8.00"),
        ("19.49 SEK", "1", "19.00"), ("19.50 SEK", "1", "20.00"), ("19.50 CZK", "1", "20.00"),
        ("102 HUF", "5", "100"), ("103 HUF", "5", "105"), ("102.50 HUF", "5", "105"),
        ("4.15 ILS", "0.10", "4.20"), ("4.15 NZD", "0.10", "4.10"), ("4.16 NZD", "0.10", "4.20"),
        ("1237 JPY", "10", "1240"), ("1234 JPY", "10", "1230"), ("1.003 KWD", "0.005", "1.005"),
        ("1.002 KWD", "0.005", "1.000"), ("1.007 BHD", "0.005", "1.005"),
    ],
)  # fmt: skip
def test_to_the_nearest_coin(amount: str, coin: str, is_paid: str) -> None:
    number, currency = amount.split()
    assert rounded(Money.of(number, currency), Money.of(coin, currency)) == Money.of(is_paid, currency)


def test_the_coin_is_the_currencys_or_the_shops() -> None:
    assert smallest_coin("USD", "") is None
    assert smallest_coin("USD", "0.05") == FIVE
    assert smallest_coin("CAD", "") == usual_coin("CAD") == Money(5, "CAD")
    assert smallest_coin("CAD", "0") is None
    assert smallest_coin("NZD", "") == Money(10, "NZD")
    assert smallest_coin("HUF", "") == Money.of(5, "HUF")
    with pytest.raises(ValueError, match="unit"):
        smallest_coin("JPY", "0.5")


def cash(minor: int) -> Tender:
    return Tender("cash", usd(minor))


def terminal(minor: int, reference: str = "A-118") -> Tender:
    return Tender("terminal", usd(minor), reference)


@pytest.mark.parametrize(
    ("due", "tenders", "by", "change"),
    [
        (1002, (cash(1000),), -2, 0),
        (1002, (cash(2000),), -2, 1000),
        (1003, (cash(1005),), 2, 0),
        (1000, (cash(1000),), 0, 0),
        # Only what is left for cash is rounded, whatever came first.
        (1002, (terminal(500), cash(500)), -2, 0),
        (1002, (cash(500), terminal(502)), 0, 0),
        (1002, (cash(500), terminal(500)), -2, 0),
        (1002, (terminal(1002),), None, 0),
        (1002, (terminal(1002), cash(1000)), None, 1000),
        (1002, (terminal(1000), cash(0)), -2, 0),
        # What is left is less than half a coin: nobody can hand it over, and nobody writes down that he did.
        (1002, (terminal(1000),), -2, 0),
        (1001, (terminal(500), terminal(500, "A-119")), -1, 0),
        # Exactly is always enough.
        (1003, (cash(1003),), 0, 0),
        (1003, (cash(1004),), 0, 1),
        (1003, (terminal(500), cash(503)), 0, 0),
        # Who pays nothing but cash pays a coin at least.
        (2, (cash(5),), 3, 0),
    ],
)
def test_what_is_rounded(due: int, tenders: tuple[Tender, ...], by: int | None, change: int) -> None:
    rounding = cash_rounding(usd(due), tenders, FIVE)
    assert rounding == (None if by is None else Rounding(usd(by), FIVE))
    assert problem_with_tenders(usd(due), tenders, FIVE) is None
    assert sold((due,), tenders, rounding)[0].placed.sale.change == usd(change)
    assert cash_rounding(usd(due), tenders, None) is None


@pytest.mark.parametrize(
    ("tenders", "reason", "fact"),
    [
        ((cash(995),), "incomplete", usd(5)),
        ((terminal(500), cash(499)), "incomplete", usd(1)),
        # Three are a coin, in cash; a card alone is not rounded up.
        ((terminal(999),), "incomplete", usd(3)),
        ((), "incomplete", usd(1002)),
        ((cash(500), terminal(510)), "change_needs_cash", usd(8)),
    ],
)
def test_what_is_still_wrong(tenders: tuple[Tender, ...], reason: str, fact: Money) -> None:
    problem = problem_with_tenders(usd(1002), tenders, FIVE)
    if reason == "change_needs_cash":
        # There is cash to give back from.
        assert problem is None
        problem = problem_with_tenders(usd(1002), (terminal(1010),), FIVE)
    assert problem is not None
    assert (problem.reason, next(iter(problem.facts.values()))) == (reason, fact)


@pytest.mark.parametrize(
    ("parts", "kind", "left"),
    [
        ((), "cash", 1000), ((), "terminal", 1002),
        ((cash(500),), "cash", 500), ((cash(500),), "terminal", 502),
        ((terminal(500),), "cash", 500), ((terminal(500),), "other", 502), ((terminal(1002),), "cash", 0),
        ((cash(500), terminal(500)), "cash", 0), ((cash(500), terminal(500)), "terminal", 2),
        ((terminal(1000),), "cash", 0), ((terminal(1000),), "other", 2),
    ],
)  # fmt: skip
def test_what_is_still_to_pay(parts: tuple[Tender, ...], kind: TenderKind, left: int) -> None:
    assert still_to_pay(usd(1002), parts, kind, FIVE) == usd(left)
    exact = still_to_pay(usd(1002), parts, kind, None)
    assert exact == usd(1002) - total([part.received for part in parts], "USD")


def sold(
    prices: tuple[int, ...], tenders: tuple[Tender, ...], rounding: Rounding | None, quantity: int = 1
) -> list[Order]:
    """The orders of a sale, each of `quantity` cards that cost `prices` each, as they are placed."""
    ids = tuple(f"order-{number}" for number, _price in enumerate(prices, 1))
    totals = [usd(price * quantity) for price in prices]
    due, at = total(totals, "USD"), datetime(2026, 1, 2, tzinfo=UTC)
    sale = SaleHead("sale", "01-000001", at, "01", "Mia", due, tenders, ids, training=True, rounding=rounding)
    shares = [None for _one in totals] if rounding is None else roundings(totals, rounding)
    entries = [
        placed(order_id).model_copy(
            update={"sale": sale, "price": usd(price), "quantity": quantity, "rounding": share}
        )
        for order_id, price, share in zip(ids, prices, shares, strict=True)
    ]
    return [fold([entry]) for entry in entries]


COINS = st.sampled_from([5, 10, 25, 50, 100, 500]).map(usd)
PRICES = st.lists(st.integers(1, 3000), min_size=1, max_size=5).map(tuple)


@st.composite
def paid_sales(draw: st.DrawFn) -> list[Order]:
    """Sales paid by anything, complete, where cash is rounded to some coin."""
    prices, coin = draw(PRICES), draw(COINS)
    due = usd(sum(prices))
    parts: tuple[Tender, ...] = ()
    for _part in range(draw(st.integers(0, 3))):
        kind: TenderKind = draw(st.sampled_from(["cash", "terminal", "other"]))
        left = still_to_pay(due, parts, kind, coin).minor
        parts = (*parts, Tender(kind, usd(draw(st.integers(0, left))), f"ref {len(parts)}"))
    rest: TenderKind = draw(st.sampled_from(["cash", "terminal"]))
    left = still_to_pay(due, parts, rest, coin)
    over = usd(draw(st.integers(0, 4000)) if rest == "cash" else 0)
    last = Tender(rest, left + over, "last")
    tenders = (*parts, last) if last.received else parts
    assert problem_with_tenders(due, tenders, coin) is None
    return sold(prices, tenders, cash_rounding(due, tenders, coin))


@given(paid_sales(), st.data())
def test_all_that_stayed_goes_back_and_never_more(orders: list[Order], data: st.DataObject) -> None:
    """Whatever is given back in whatever order: never more of a tender than stayed, in all what stayed."""
    sale = orders[0].placed.sale
    received = total([tender.received for tender in sale.tenders], "USD")
    assert sale.paid == received - sale.change
    cash_in = total([tender.received for tender in sale.tenders if tender.kind == "cash"], "USD")
    assert usd(0) <= sale.change <= cash_in
    assert total([order.paid for order in orders], "USD") == sale.paid
    if sale.rounding is not None:
        for order in orders[:-1]:
            in_coins = order.paid.minor % sale.rounding.coin.minor == 0
            # Only where the last ones cost less than a coin there is nothing left for them.
            assert in_coins or not orders[-1].paid
            assert abs(order.paid.minor - order.price.minor) <= sale.rounding.coin.minor
    refunds: list[Refunded] = []
    for order in data.draw(st.permutations(orders)):
        asked = money_back(order, in_flight=False)
        if not order.paid:
            assert asked.why_not == "nothing_to_refund"
            continue
        ways = ways_back(sale, refunds, asked.amount)
        assert total([way.amount for way in ways], "USD") == asked.amount == order.paid
        assert all(way.amount.minor > 0 for way in ways)
        refund = Refunded(**head(2, order.id), amount=asked.amount, tender=ways[0].kind, ways=ways)
        done = order.step(Withdrawn(**head(1, order.id))).step(refund)
        assert (done.refunded, done.money_left) == (order.paid, usd(0))
        refunds.append(refund)
    assert total([refund.amount for refund in refunds], "USD") == sale.paid
    by_way: dict[tuple[TenderKind, str], int] = {}
    for refund in refunds:
        for way in refund.ways:
            key = way.kind, way.reference
            by_way[key] = by_way.get(key, 0) + way.amount.minor
    came: dict[tuple[TenderKind, str], int] = {}
    for tender in sale.tenders:
        key = tender.kind, tender.reference
        came[key] = came.get(key, 0) + tender.received.minor
    for key, minor in by_way.items():
        assert minor <= came[key]
    cash_back = sum(minor for (kind, _ref), minor in by_way.items() if kind == "cash")
    assert usd(cash_back) == cash_in - sale.change


def test_of_some_cards_whole_coins_go_back_and_the_rest_with_the_last() -> None:
    # Three cards at $5.02: $15.06, paid with $15.05.
    tenders = (cash(1505),)
    (order,) = sold((502,), tenders, cash_rounding(usd(1506), tenders, FIVE), quantity=3)
    order = order.step(Sent(**head(1)))
    given_back: list[int] = []
    for n in (2, 3, 4):
        asked = money_back(order, in_flight=False, cards=1)
        assert asked.needs == "manager"
        (way,) = ways_back(order.placed.sale, [], asked.amount)
        assert (way.kind, way.amount) == ("cash", asked.amount)
        refund = Refunded(**head(n), amount=asked.amount, tender="cash", cards=1, ways=(way,))
        order = order.step(refund)
        given_back.append(asked.amount.minor)
    assert given_back == [500, 500, 505]
    assert order.money_left == usd(0)


def test_a_card_that_costs_less_than_a_coin_is_given_back_with_the_others() -> None:
    tenders = (cash(10),)
    (order,) = sold((2,), tenders, cash_rounding(usd(8), tenders, FIVE), quantity=4)
    order = order.step(Sent(**head(1)))
    assert money_back(order, in_flight=False, cards=1).why_not == "too_many_cards"
    assert money_back(order, in_flight=False).amount == usd(10)


def test_cash_goes_back_in_coins_while_a_card_has_the_rest() -> None:
    tenders = (terminal(502), cash(1000))
    first, last = sold((1000, 502), tenders, cash_rounding(usd(1502), tenders, FIVE))
    sale = first.placed.sale
    assert (first.paid, last.paid) == (usd(1000), usd(502))
    (by_card,) = ways_back(sale, [], last.paid)
    assert (by_card.kind, by_card.amount) == ("terminal", usd(502))
    gone = Refunded(**head(2), amount=usd(100), tender="terminal", ways=(Way("terminal", usd(100), "A-118"),))
    two = ways_back(sale, [gone], last.paid)
    assert [(way.kind, way.amount) for way in two] == [("cash", usd(500)), ("terminal", usd(2))]
    more = gone.model_copy(update={"ways": (Way("terminal", usd(502), "A-118"),)})
    assert [way.amount for way in ways_back(sale, [more], last.paid)] == [usd(502)]


def test_older_sales_have_no_rounding_and_are_read_as_they_were() -> None:
    entry = placed()
    assert entry.sale.rounding is None
    assert entry.rounding is None
    body = write_entry(entry).replace(',"rounding":null', "")
    assert "rounding" not in body
    assert read_entry(body) == entry
    (rounded_one,) = sold((1002,), (cash(1000),), Rounding(usd(-2), FIVE))
    assert read_entry(write_entry(rounded_one.placed)) == rounded_one.placed
