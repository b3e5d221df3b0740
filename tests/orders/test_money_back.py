"""Money back: by whom, how much, and the way it came."""

from __future__ import annotations

import pytest

from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    Approved,
    LeftToAPerson,
    Refunded,
    Revealed,
    Sent,
    Settled,
    Withdrawn,
)
from pos_app.orders.money_back import money_back, ways_back
from pos_app.orders.order import Order, fold
from pos_app.orders.product import Delivery
from pos_app.orders.sale import SaleHead, Tender, TenderKind, Way
from tests.orders.stories import AT, PRICE, head, placed

HALF = Money(2500, "USD")


def card(name: str) -> SealedCard:
    return SealedCard(name, "sealed", f"digest {name}", "••••", has_pin=False)


def story(*entries: AnyEntry, delivery: Delivery = "codes") -> Order:
    return fold([placed(delivery=delivery), *entries])


def bought(*more: AnyEntry, cards: int = 2) -> Order:
    names = [card(str(place + 1)) for place in range(cards)]
    return story(Sent(**head(1)), Answered(**head(2), cards=tuple(names), complete=cards == 2), *more)


def told(order: Order, *, cards: int | None = None, loss: bool = False) -> tuple[str, Money, int | None, str]:
    found = money_back(order, in_flight=False, cards=cards, loss=loss)
    return found.needs, found.amount, found.cards, found.why_not


NOTHING = Money(0, "USD")


def test_what_another_copy_of_the_store_may_have_delivered_a_manager_gives_back() -> None:
    left = story(LeftToAPerson(**head(1), reason="restored"))
    assert told(left) == ("manager", PRICE, None, "")
    assert told(story(LeftToAPerson(**head(1), reason="moved"), Approved(**head(2)))) == (
        "simple", PRICE, None, "",
    )  # fmt: skip


def test_what_is_owed_is_anybodys_to_give_and_given_whole() -> None:
    refused = story(Sent(**head(1)), Answered(**head(2), refusal="other"))
    not_bought = story(Sent(**head(1)), Settled(**head(2), verdict="not_bought"))
    for order in (story(), story(Withdrawn(**head(1))), refused, not_bought):
        assert told(order) == ("simple", PRICE, None, "")
        assert told(order, cards=2) == ("simple", PRICE, None, "")
        assert told(order, cards=1) == ("no", NOTHING, 1, "too_many_cards")
        assert told(order, loss=True) == ("no", NOTHING, None, "nothing_to_refund")
    paid = refused.step(Refunded(**head(3), amount=PRICE, tender="cash"))
    assert told(paid) == ("no", NOTHING, None, "nothing_to_refund")


def test_nothing_is_paid_back_while_somebody_works_on_it() -> None:
    for order in (story(), story(Sent(**head(1)))):
        found = money_back(order, in_flight=True)
        assert (found.needs, found.why_not) == ("no", "in_flight")


def test_while_nobody_knows_a_manager_gives_it_back() -> None:
    order = story(Sent(**head(1)))
    assert told(order) == ("manager", PRICE, None, "")
    assert told(order, cards=1) == ("manager", HALF, 1, "")
    assert told(order, loss=True) == ("no", NOTHING, None, "nothing_to_refund")
    part = order.step(Refunded(**head(2), amount=HALF, tender="cash", cards=1))
    assert told(part) == ("manager", HALF, None, "")
    assert told(part, cards=2) == ("no", NOTHING, 2, "too_many_cards")


def test_cards_nobody_has_seen_are_taken_back_and_seen_ones_are_a_loss() -> None:
    assert told(bought()) == ("manager", PRICE, None, "")
    assert told(bought(), loss=True) == ("manager_as_loss", PRICE, None, "")
    seen = bought(Revealed(**head(3), card="1"))
    assert told(seen) == ("manager_as_loss", PRICE, None, "")
    assert told(seen, cards=1) == ("manager", HALF, 1, "")
    assert told(seen, cards=0) == ("no", NOTHING, 0, "too_many_cards")
    assert told(seen, cards=3) == ("no", NOTHING, 3, "too_many_cards")
    assert money_back(seen, in_flight=False).free_cards == 1


def test_money_for_what_is_missing_is_given_back() -> None:
    part = bought(Revealed(**head(3), card="1"), cards=1)
    assert told(part, cards=1) == ("manager", HALF, 1, "")
    done = part.step(Refunded(**head(4), amount=HALF, tender="cash", cards=1))
    assert told(done) == ("manager_as_loss", HALF, None, "")


def test_a_loss_is_given_once() -> None:
    seen = bought(Revealed(**head(3), card="1"), Revealed(**head(4), card="2"))
    once = seen.step(Refunded(**head(5), amount=HALF, tender="cash", cards=1, loss=True))
    assert told(once) == ("manager_as_loss", HALF, None, "")
    twice = once.step(Refunded(**head(6), amount=HALF, tender="cash", loss=True))
    assert told(twice)[3] == "nothing_to_refund"


def test_a_card_by_email_that_went_out_is_a_loss() -> None:
    order = story(Sent(**head(1)), Answered(**head(2), must_confirm=True), delivery="email")
    assert told(order)[0] == "manager_as_loss"


def sold(due: int, *tenders: tuple[TenderKind, int, str]) -> SaleHead:
    return SaleHead(
        id="sale",
        number="03-000001",
        at=AT,
        register="03",
        by="Mia",
        due=Money(due, "USD"),
        tenders=tuple(Tender(kind, Money(got, "USD"), ref) for kind, got, ref in tenders),
        order_ids=("order-1",),
        training=False,
    )


def back(sale: SaleHead, amount: int, *refunds: Refunded) -> list[tuple[TenderKind, int, str]]:
    ways = ways_back(sale, refunds, Money(amount, "USD"))
    return [(way.kind, way.amount.minor, way.reference) for way in ways]


def gave(amount: int, tender: TenderKind, *ways: Way) -> Refunded:
    return Refunded(**head(3), amount=Money(amount, "USD"), tender=tender, ways=ways)


def test_it_goes_back_the_way_it_came() -> None:
    assert back(sold(5000, ("cash", 10_000, "")), 5000) == [("cash", 5000, "")]
    assert back(sold(5000, ("terminal", 5000, "T1")), 2500) == [("terminal", 2500, "T1")]


def test_of_several_tenders_one_gives_it_all_or_cash_goes_first() -> None:
    sale = sold(5000, ("terminal", 3000, "T1"), ("cash", 5000, ""))
    assert back(sale, 2000) == [("cash", 2000, "")]
    assert back(sale, 2500) == [("terminal", 2500, "T1")]
    assert back(sale, 5000) == [("cash", 2000, ""), ("terminal", 3000, "T1")]
    two = sold(5000, ("terminal", 3000, "T1"), ("terminal", 2000, "T2"))
    assert back(two, 4000) == [("terminal", 3000, "T1"), ("terminal", 1000, "T2")]
    again = sold(5000, ("cash", 3000, ""), ("cash", 3000, ""))
    assert back(again, 5000) == [("cash", 5000, "")]


def test_what_went_back_before_is_not_there_any_more() -> None:
    sale = sold(5000, ("terminal", 3000, "T1"), ("cash", 2000, ""))
    whole = gave(2000, "cash", Way("cash", Money(2000, "USD")))
    assert back(sale, 2500, whole) == [("terminal", 2500, "T1")]
    three = sold(5000, ("cash", 1000, ""), ("terminal", 2000, "T1"), ("terminal", 2000, "T2"))
    no_cash = gave(1000, "cash", Way("cash", Money(1000, "USD")))
    assert back(three, 4000, no_cash) == [("terminal", 2000, "T1"), ("terminal", 2000, "T2")]
    # An older program told one tender only, whatever it held.
    assert back(sale, 2000, gave(3000, "cash")) == [("terminal", 2000, "T1")]
    assert back(sale, 2000, gave(3000, "terminal")) == [("cash", 2000, "")]


@pytest.mark.parametrize("amount", [5001])
def test_never_more_than_the_tenders(amount: int) -> None:
    with pytest.raises(AssertionError):
        back(sold(5000, ("cash", 5000, "")), amount)
