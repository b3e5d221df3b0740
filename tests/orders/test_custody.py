"""Custody: for every card, who had its code, when and why; and never the code itself."""

from __future__ import annotations

from pos_app.orders.custody import custody
from pos_app.orders.order import Order, fold
from tests.orders.stories import card, entry, placed


def then(order: Order, kind: str, **more: object) -> Order:
    return order.step(entry(kind, order.n, **more))


def told(order: Order, card_id: str) -> list[tuple[str, str]]:
    return [(line.what, line.detail) for line in custody(order)[card_id]]


def sent() -> Order:
    return fold([placed()]).step(entry("sent", 1))


def test_an_order_without_cards_has_none() -> None:
    assert custody(fold([placed()])) == {}


def test_a_card_from_its_coming_to_its_end() -> None:
    order = then(sent(), "answered", cards=(card("a", pin=False),), complete=False, flags=("pin_missing",))
    order = then(order, "codes_arrived", cards=(card("a"), card("b")))
    order = then(order, "print_failed", document="slip", printer="counter", cards=("a",), reason="paper_out")
    order = then(order, "print_failed", document="slip", cards=("a",), reason="cut", maybe=True)
    order = then(order, "printed", document="slip", printer="counter", cards=("a",), copy_no=1)
    order = then(order, "printed", document="slip", printer="office", cards=("b",))
    order = then(order, "revealed", card="b")
    order = then(order, "handed_over", cards=("b",), evidence="took it along")
    order = then(order, "purged", reason="by_hand")
    assert told(order, "a") == [
        ("came", ""),
        ("richer", ""),
        ("not_printed", "slip on counter: paper_out"),
        ("perhaps_printed", "slip on paper: cut"),
        ("printed", "slip on counter, duplicate 1"),
        ("purged", "by_hand"),
    ]
    assert told(order, "b") == [
        ("came", ""),
        ("printed", "slip on office"),
        ("shown", "screen"),
        ("handed_over", "took it along"),
        ("purged", "by_hand"),
    ]


def test_a_card_nobody_asked_for() -> None:
    cards = (card("a"), card("b"), card("c", parked=True))
    order = then(sent(), "answered", cards=cards)
    order = then(order, "claimed", claim="C-1", cards=("c",))
    order = then(order, "claim_closed", claim="C-1", outcome="refused")
    order = then(order, "made_spare", cards=("c",), evidence="ours")
    order = then(order, "given_on", card="c", to="order-2")
    assert told(order, "c") == [
        ("parked", ""),
        ("claimed", "C-1"),
        ("claim_closed", "C-1: refused"),
        ("spare", "ours"),
        ("given_on", "order-2"),
    ]
    assert told(order, "a") == [("came", "")]


def test_cards_of_an_order_that_was_paid_back() -> None:
    late = then(then(sent(), "refunded"), "answered")
    assert told(late, "a") == [("came", ""), ("spare", "")]
    unseen = then(then(sent(), "answered"), "refunded", evidence="no code seen")
    assert told(unseen, "a") == [("came", ""), ("spare", "no code seen")]


def test_a_spare_card_says_where_it_was() -> None:
    order = then(fold([placed()]), "supplied")
    assert told(order, "b") == [("came", "spare of o")]


def test_who_and_when_is_said() -> None:
    line = custody(then(sent(), "answered"))["a"][0]
    assert (line.by, line.at, line.card) == ("Mia", placed().at, "a")
