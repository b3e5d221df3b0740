"""The rules themselves: which a sale runs into, told from the sale and from what was sold before alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pos_app.guard import (
    Hit,
    Question,
    Rules,
    Sold,
    Wish,
    Wished,
    day_began,
    looks_back,
    looks_back_to,
    rules,
    seconds,
    weigh,
)
from pos_app.guard_words import card_lines, card_title, limit_label, question, rule_label, sentence
from pos_app.limits import NAMES, Chosen, beyond, checked, limit_of
from pos_app.money import Money

ZONE = "America/New_York"
NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
"""Noon in New York."""

OFF: Chosen = {"USD": {"question": "off"}}


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def wish(*lines: Wished, at: datetime = NOON, by: str = "Mia 07", register: str = "03") -> Wish:
    return Wish(at, by, register, lines)


def sold(
    amount: str,
    *,
    ago: timedelta = timedelta(minutes=5),
    by: str = "Mia 07",
    register: str = "03",
    brand: str = "Acme",
    quantity: int = 1,
    recipient: str = "",
    currency: str = "USD",
) -> Sold:
    return Sold(NOON - ago, by, register, brand, quantity, Money.of(amount, currency), recipient)


def cards(
    price: str, quantity: int = 1, brand: str = "Acme", recipient: str = "", *, top: bool = False
) -> Wished:
    return Wished(brand, quantity, usd(price), recipient, top)


def fired(wanted: Wish, *before: Sold, chosen: Chosen = OFF, wrong: tuple[datetime, ...] = ()) -> list[str]:
    return [hit.rule for hit in weigh(wanted, before, wrong, chosen, ZONE, rules())]


def test_nothing_is_said_about_a_usual_sale() -> None:
    assert fired(wish(cards("25", 2)), sold("25"), sold("25"), chosen={}) == []
    assert fired(wish(), chosen={}) == []


@pytest.mark.parametrize(
    ("price", "chosen", "expected"),
    [
        ("499.99", {}, []),
        ("500", {}, ["question"]),
        ("500", {"USD": {"question": "off"}}, []),
        ("80", {"USD": {"question": "80"}}, ["question"]),
        ("500", {"EUR": {"question": "1"}}, ["question"]),
        ("80", {"EUR": {"question": "1", "card": "1", "shop_day": "1"}}, []),
    ],
)
def test_the_question_is_asked_from_an_amount_on(price: str, chosen: Chosen, expected: list[str]) -> None:
    assert fired(wish(cards(price)), chosen=chosen) == expected


LIMITED: list[tuple[str, Wish, tuple[Sold, ...]]] = [
    ("card", wish(cards("100.01")), ()),
    ("sale", wish(cards("50"), cards("50.01", brand="Boreal")), ()),
    ("cashier_day", wish(cards("50")), (sold("50.01", register="07", by=" mia 07"),)),
    ("register_day", wish(cards("50")), (sold("50.01", by="Tom"),)),
    ("brand_day", wish(cards("50")), (sold("50.01", by="Tom", register="07", brand="ACME"),)),
    ("recipient_day", wish(cards("50", recipient="d1")), (sold("50.01", brand="Other", recipient="d1"),)),
    ("shop_day", wish(cards("50")), (sold("50.01", by="Tom", register="07", brand="Other"),)),
]


@pytest.mark.parametrize(("name", "wanted", "before"), LIMITED, ids=[name for name, *_ in LIMITED])
@pytest.mark.parametrize("how", ["approve", "refuse"])
def test_a_limit_is_gone_beyond_by_the_first_cent_over_it(
    name: str, wanted: Wish, before: tuple[Sold, ...], how: str
) -> None:
    chosen = {"USD": {"question": "off", name: "100", "beyond": how}}
    (hit,) = weigh(wanted, before, (), chosen, ZONE, rules())
    assert (hit.rule, hit.asks, hit.limit) == (name, how, usd("100"))
    assert hit.reached == usd("100.01")
    assert "$100.01" in sentence(hit)
    assert "$100.00" in sentence(hit)
    assert fired(wanted, *before, chosen={"USD": {"question": "off", name: "100.01"}}) == []
    # What was sold yesterday, or in other money, does not count.
    old = tuple(Sold(NOON - timedelta(hours=13), *_rest(one)) for one in before)
    assert fired(wanted, *old, chosen=chosen) == ([name] if not before else [])
    foreign = tuple(
        Sold(one.at, one.by, one.register, one.brand, 1, Money(one.total.minor, "CAD"), one.recipient)
        for one in before
    )
    assert fired(wanted, *foreign, chosen=chosen) == ([name] if not before else [])


def _rest(one: Sold) -> tuple[str, str, str, int, Money, str]:
    return one.by, one.register, one.brand, one.quantity, one.total, one.recipient


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("cashier_day", sold("500", by="Tom")),
        ("register_day", sold("500", register="07")),
        ("brand_day", sold("500", brand="Boreal")),
        ("recipient_day", sold("500", recipient="d2")),
    ],
)
def test_what_somebody_else_sold_is_not_counted(name: str, before: Sold) -> None:
    chosen = {"USD": {"question": "off", "patterns": "off", name: "100"}}
    assert fired(wish(cards("50", recipient="d1")), before, chosen=chosen) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (cards("100", 3, top=True), ["several_of_highest"]),
        (cards("100", 2, top=True), []),
        (cards("99", 3, top=True), []),
        (cards("100", 3), []),
    ],
)
def test_several_cards_of_the_highest_value_are_asked_about(line: Wished, expected: list[str]) -> None:
    assert fired(wish(line)) == expected


@pytest.mark.parametrize(
    ("hour", "amount", "expected"),
    [
        (21, "200", []),
        (22, "200", ["odd_hour"]),
        (5, "200", ["odd_hour"]),
        (6, "200", []),
        (23, "199.99", []),
    ],
)
def test_the_hour_is_the_shop_s_own(hour: int, amount: str, expected: list[str]) -> None:
    at = datetime(2026, 11, 21, hour, 30, tzinfo=UTC) + timedelta(hours=5)
    assert fired(wish(cards(amount), at=at)) == expected


def test_a_card_again_and_again_within_minutes() -> None:
    again = [sold("100", ago=timedelta(minutes=14)), sold("300", quantity=3, by="Tom", register="07")]
    assert fired(wish(cards("100")), *again) == ["same_card_again"]
    assert fired(wish(cards("100")), *again[:1]) == []
    assert fired(wish(cards("100")), again[0], sold("100", ago=timedelta(minutes=16))) == []
    assert fired(wish(cards("100", brand="Boreal")), *again) == []
    assert fired(wish(cards("99")), sold("99"), sold("99")) == []
    # One customer's basket is no repetition.
    assert fired(wish(cards("100"), cards("100"), cards("100"))) == []


def test_a_large_sale_in_parts_at_one_register() -> None:
    parts = [sold("200", quantity=2, ago=timedelta(minutes=15)), sold("150", ago=timedelta(minutes=1))]
    assert fired(wish(cards("75", 2)), *parts) == ["sold_in_parts"], "exactly the amount of one large sale"
    (hit,) = weigh(wish(cards("75", 2)), parts, (), OFF, ZONE, rules())
    assert sentence(hit) == "Acme for $500.00 at this register within 15 minutes, in several sales."
    assert fired(wish(cards("74.99", 2)), *parts) == []
    assert fired(wish(cards("75", 2)), parts[1], sold("200", ago=timedelta(minutes=16))) == []
    assert fired(wish(cards("75", 2)), parts[1], sold("200", register="07")) == []
    assert fired(wish(cards("75", 2)), parts[1], sold("200", brand="Boreal")) == []
    assert fired(wish(cards("75", 2), cards("49.99", 9)), parts[1]) == [], "small cards do not count"
    assert fired(wish(cards("75", 2)), parts[1], sold("200", quantity=5)) == []
    assert fired(wish(cards("75", 2)), parts[1], sold("200", currency="CAD")) == []
    assert fired(wish(cards("90", 5), cards("60"), cards("300", brand="Boreal"))) == [], (
        "one sale is no parts"
    )
    boreal = sold("300", brand="boreal ")
    assert fired(wish(cards("90"), cards("200", brand="Boreal")), boreal) == ["sold_in_parts"]


def test_a_recipient_again_and_again_within_the_hour() -> None:
    again = [sold("30", recipient="d1", brand="Other"), sold("80", recipient="d1")]
    assert fired(wish(cards("50", recipient="d1")), *again) == ["same_recipient_again"]
    assert fired(wish(cards("50", recipient="d2")), *again) == []
    assert fired(wish(cards("50")), *again) == []
    assert fired(wish(cards("49", recipient="d1")), *again) == []


@pytest.mark.parametrize(
    ("ago", "amount", "expected"), [(10, "50", ["after_wrong_pin"]), (11, "50", []), (1, "49", [])]
)
def test_a_wrong_pin_a_moment_ago(ago: int, amount: str, expected: list[str]) -> None:
    assert fired(wish(cards(amount)), wrong=(NOON - timedelta(minutes=ago),)) == expected


def test_patterns_can_be_switched_off_and_are_silent_in_other_money() -> None:
    wanted = wish(cards("100", 3, top=True))
    assert fired(wanted, chosen={"USD": {"question": "off", "patterns": "off"}}) == []
    yen = Wish(NOON, "Mia", "03", (Wished("Acme", 3, Money(50_000, "JPY"), highest=True),))
    assert fired(yen, chosen={}) == []


def test_the_shop_s_day_begins_at_its_own_midnight_also_when_clocks_change() -> None:
    assert day_began(NOON, ZONE) == datetime(2026, 11, 21, 5, tzinfo=UTC)
    # Clocks went back at 06:00 UTC: the day is 25 hours long.
    assert day_began(datetime(2026, 11, 2, 4, 30, tzinfo=UTC), ZONE) == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert looks_back_to(wish(cards("1")), ZONE) == NOON - timedelta(days=1)


def test_small_sales_are_not_compared_with_what_was_sold() -> None:
    assert not looks_back(wish(cards("49")), {}, rules())
    assert not looks_back(wish(), {}, rules())
    assert looks_back(wish(cards("100")), {}, rules())
    assert looks_back(wish(cards("1")), {"USD": {"shop_day": "5000"}}, rules())
    assert not looks_back(wish(cards("1")), {"CAD": {"shop_day": "5000"}}, rules())


def test_the_more_rules_the_longer_an_answer_does_not_count() -> None:
    how = Question(seconds=4, each_further=2, most=7)
    ask, approve = Hit("a", "limit", "ask"), Hit("b", "limit", "approve")
    assert [seconds(hits, how) for hits in ([], [approve], [ask], [ask, approve], [ask] * 9)] == [
        0,
        0,
        4,
        6,
        7,
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 90_000), max_size=6),
    st.integers(1, 90_000),
    st.integers(1, 200_000),
)
def test_a_daily_limit_is_the_sum_of_the_day(before: list[int], price: int, limit: int) -> None:
    chosen = {"USD": {"question": "off", "patterns": "off", "shop_day": str(Money(limit, "USD").major)}}
    past = [Sold(NOON, "Tom", "07", "Acme", 1, Money(minor, "USD")) for minor in before]
    wanted = wish(Wished("Acme", 1, Money(price, "USD")))
    assert bool(weigh(wanted, past, (), chosen, ZONE, rules())) == (sum(before) + price > limit)


@pytest.mark.parametrize(
    "chosen",
    [
        {"USD": {"card": "ten"}},
        {"USD": {"card": "0"}},
        {"USD": {"card": "-5"}},
        {"USD": {"card": "1.005"}},
        {"USD": {"nobody_knows": "5"}},
        {"USD": {"beyond": "shrug"}},
        {"USD": {"patterns": "maybe"}},
        {"dollars": {"card": "5"}},
        {"dollars": {}},
    ],
)
def test_nonsense_in_the_settings_is_refused(chosen: dict[str, dict[str, str]]) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked(chosen)


def test_what_the_shop_chose_is_read_as_it_stands() -> None:
    chosen = checked({"USD": {"card": "200", "sale": "off", "beyond": "refuse", "patterns": "on"}})
    assert limit_of(chosen, "card", "USD") == usd("200")
    assert limit_of(chosen, "sale", "USD", "500") is None
    assert limit_of(chosen, "shop_day", "USD") is None
    assert (beyond(chosen, "USD"), beyond(chosen, "CAD")) == ("refuse", "approve")


def test_the_rules_that_are_shipped_hold_and_nonsense_does_not() -> None:
    book = rules()
    assert len({rule.name for rule in book.rule}) == len(book.rule)
    told = book.model_dump(mode="json", by_alias=True)
    told["rule"][1]["from"] = 25
    with pytest.raises(ValidationError):
        Rules.model_validate(told)
    told = book.model_dump(mode="json", by_alias=True)
    told["rule"][0]["least"] = {"USD": "many"}
    with pytest.raises(ValidationError):
        Rules.model_validate(told)
    told = book.model_dump(mode="json", by_alias=True)
    parts = next(one for one in told["rule"] if one["kind"] == "split")
    del parts["whole"]["CAD"]
    with pytest.raises(ValidationError, match="an amount without the other"):
        Rules.model_validate(told)


def test_everything_that_can_fire_has_its_words() -> None:
    kinds = [
        Hit(rule.name, getattr(rule, "same", rule.kind), rule.asks, "Acme", usd("1"), usd("2"), 3, 5)
        for rule in rules().rule
    ]
    limits = [Hit(name, "limit", "approve", "Mia", usd("1"), usd("2")) for name in NAMES]
    said = [sentence(hit) for hit in (*kinds, *limits)]
    assert len(set(said)) == len(said)
    assert all(text and "{" not in text for text in said)
    assert len({limit_label(name) for name in NAMES}) == len(NAMES)
    told = [rule_label(name) for name in (*NAMES, *(rule.name for rule in rules().rule))]
    assert len({*told}) == len(told)
    assert not {*told} & {rule.name for rule in rules().rule}
    assert question()
    assert card_title()
    assert len(card_lines()) == 5
