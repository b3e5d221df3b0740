"""What a provider sent is compared with what was asked, and handed over, parked or flagged for it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.money import Money
from pos_app.orders.answers import Bought
from pos_app.orders.audit import Asked, Findings, audit
from pos_app.orders.cards import Card


def usd(major: str) -> Money:
    return Money.of(major, "USD")


def asked(quantity: int = 1, cost: str | None = "23.50", *, by_email: bool = False) -> Asked:
    total = None if cost is None else usd(cost) * quantity
    return Asked("ACME-25", quantity, usd("25"), total, by_email=by_email)


def card(code: str, **more: Money | str | None) -> Card:
    fields: dict[str, Money | str | None] = {"face": usd("25"), "cost": usd("23.50"), "item": "ACME-25"}
    fields |= more
    return Card(f"TEST-{code}", "0001", **fields)  # pyright: ignore[reportArgumentType]  by name


def bought(*cards: Card, cost: str | None = None, face: str | None = None) -> Bought:
    return Bought("1001", "ORD-1", usd(cost) if cost else None, usd(face) if face else None, cards)


def judge(what: Asked, answer: Bought, already: int = 0, seen: Iterable[str] = ()) -> Findings:
    """Audit with a memory like the till's: a code is seen when it came before, in this reply or elsewhere."""
    known = {f"TEST-{code}" for code in seen}

    def remembered(one: Card) -> bool:
        before = one.code in known
        known.add(one.code)
        return before

    return audit(what, answer, already, remembered)


def codes(cards: tuple[Card, ...]) -> str:
    return "".join(one.code.removeprefix("TEST-") for one in cards)


def test_what_fits_is_handed_over_without_a_word() -> None:
    found = judge(asked(2), bought(card("A"), card("B"), cost="47", face="50"))
    assert (codes(found.handed), codes(found.parked), found.complete, found.flags) == ("AB", "", True, ())


def test_the_provider_s_own_example_that_does_not_add_up() -> None:
    """One card asked for, two listed, and an amount that is the price of three."""
    found = judge(asked(1), bought(card("A"), card("B"), cost="70.50"))
    assert codes(found.handed) == "A"
    assert codes(found.parked) == "B"
    assert found.complete
    assert set(found.flags) == {"more_cards", "other_cost", "costs_do_not_add_up"}


def test_a_code_listed_twice_counts_once() -> None:
    found = judge(asked(2), bought(card("A"), card("A")))
    assert codes(found.handed) == "A"
    assert not found.complete
    assert found.flags == ("code_seen_before",)
    third = judge(asked(2), bought(card("A"), card("A"), card("B")))
    assert codes(third.handed) == "AB"
    assert third.complete


def test_a_code_that_was_sold_before_is_nobody_s() -> None:
    found = judge(asked(1), bought(card("OLD"), card("NEW")), seen=["OLD"])
    assert codes(found.handed) == "NEW"
    assert codes(found.parked) == "OLD"
    assert found.complete
    assert found.flags == ("code_seen_before",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"item": "ACME-50"},
        {"item": "acme-25"},
        {"face": Money(5000, "USD")},
        {"face": Money(2500, "EUR")},
        {"item": "ACME-50", "face": None},
    ],
)
def test_another_card_is_parked(wrong: dict[str, Money | str | None]) -> None:
    found = judge(asked(1), bought(card("X", **wrong), card("A")))
    assert codes(found.handed) == "A"
    assert codes(found.parked) == "X"
    assert found.flags == ("other_card",)
    alone = judge(asked(1), bought(card("X", **wrong)))
    assert alone.handed == ()
    assert not alone.complete


def test_what_the_provider_does_not_say_is_not_held_against_the_card() -> None:
    found = judge(asked(1), bought(card("A", item=None, face=None, cost=None)))
    assert (codes(found.handed), found.complete, found.flags) == ("A", True, ())


def test_fewer_cards_are_handed_over_and_awaited() -> None:
    found = judge(asked(3), bought(card("A"), card("B")))
    assert codes(found.handed) == "AB"
    assert not found.complete
    none = judge(asked(1), bought())
    assert none == Findings((), (), complete=False, flags=())


def test_late_codes_fill_up_what_is_missing_and_no_more() -> None:
    found = judge(asked(3), bought(card("C"), card("D")), already=2)
    assert codes(found.handed) == "C"
    assert codes(found.parked) == "D"
    assert found.complete
    assert found.flags == ("more_cards",)
    assert not judge(asked(3), bought(card("C")), already=1).complete


def test_an_order_by_e_mail_waits_for_no_codes() -> None:
    assert judge(asked(by_email=True), bought()) == Findings((), (), complete=True, flags=())


@pytest.mark.parametrize(
    ("what", "answer", "flags"),
    [
        (asked(2), bought(card("A"), card("B"), cost="47.01"), {"other_cost", "costs_do_not_add_up"}),
        (asked(2, None), bought(card("A"), card("B"), cost="47"), set[str]()),
        (asked(2, None), bought(card("A"), card("B"), cost="40"), {"costs_do_not_add_up"}),
        (asked(2, None), bought(card("A", cost=None), card("B"), cost="40"), set[str]()),
        (asked(1, None), bought(card("A", cost=Money(2000, "EUR")), cost="23.50"), set[str]()),
        (asked(1), bought(cost="23.50"), set[str]()),
        (asked(1), bought(card("A"), face="50"), {"other_face_value"}),
        (asked(2), bought(card("A"), card("B"), face="50"), set[str]()),
        (asked(1), Bought("1", None, Money(2350, "EUR"), None, (card("A"),)), {"other_cost"}),
        (asked(1), Bought("1", None, None, Money(2500, "EUR"), (card("A"),)), {"other_face_value"}),
    ],
)
def test_sums_that_do_not_add_up_are_flagged_and_withhold_nothing(
    what: Asked, answer: Bought, flags: set[str]
) -> None:
    found = judge(what, answer)
    assert set(found.flags) == flags
    assert found.handed == answer.cards


CARDS = st.lists(
    st.builds(
        card,
        st.sampled_from("ABCDEF"),
        face=st.sampled_from([usd("25"), usd("25"), usd("50"), None]),
        item=st.sampled_from(["ACME-25", "ACME-25", "ACME-50", None]),
    ),
    max_size=8,
)


@given(CARDS, st.integers(1, 5), st.integers(0, 5), st.sets(st.sampled_from("ABC")))
def test_no_card_is_lost_and_none_handed_over_twice(
    cards: list[Card], quantity: int, already: int, seen: set[str]
) -> None:
    already = min(already, quantity)
    found = judge(asked(quantity), bought(*cards), already, seen)
    assert sorted(map(id, found.handed + found.parked)) == sorted(map(id, cards))
    assert len(found.handed) + already <= quantity
    assert len(set(codes(found.handed))) == len(found.handed)
    assert not set(codes(found.handed)) & seen
    assert all(one.item != "ACME-50" and one.face != usd("50") for one in found.handed)
    assert found.complete == (len(found.handed) + already >= quantity)
    assert bool(found.parked) == bool(found.flags)
    assert len(set(found.flags)) == len(found.flags)
