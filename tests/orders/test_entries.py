"""Entries are read for ever: what is written comes back the same, what is not understood is not guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pos_app.money import Money
from pos_app.orders.answers import Fence
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    Approved,
    ClaimClosed,
    Claimed,
    CodesArrived,
    Deferred,
    GivenOn,
    HandedOver,
    Head,
    Heard,
    LeftToAPerson,
    MadeSpare,
    Placed,
    Printed,
    PrintFailed,
    Purged,
    Refunded,
    Revealed,
    Sent,
    Settled,
    Supplied,
    TurnedUp,
    WasNotTaken,
    Withdrawn,
    read_entry,
    write_entry,
)
from pos_app.orders.order import Phase, fold
from pos_app.orders.product import Product
from pos_app.orders.sale import SaleHead, Tender

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MONEY = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(["USD", "JPY", "KWD"]))
INSTANT = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  Hypothesis adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
CARD = st.builds(
    SealedCard,
    TEXT, TEXT, TEXT, TEXT, st.booleans(),
    face=st.none() | MONEY, cost=st.none() | MONEY, parked=st.booleans(),
)  # fmt: skip
CARDS = st.lists(CARD, max_size=3).map(tuple)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
PRODUCT = st.builds(
    Product,
    TEXT, TEXT, TEXT, TEXT, st.just("USD"), st.sampled_from(["codes", "email"]),
    countries=TEXTS, face=st.none() | MONEY, least=st.none() | MONEY, cost=st.none() | MONEY,
)  # fmt: skip
TENDER = st.builds(Tender, st.sampled_from(["cash", "terminal", "other"]), MONEY, TEXT)
SALE = st.builds(
    SaleHead,
    TEXT, TEXT, INSTANT, TEXT, TEXT, MONEY, st.lists(TENDER, max_size=3).map(tuple), TEXTS, st.booleans(),
)  # fmt: skip
FENCE = st.builds(Fence, TEXTS, st.none() | st.integers(0, 10**6), MONEY, st.none() | TEXT)
HEAD = st.fixed_dictionaries(
    {"id": TEXT, "order_id": TEXT, "n": st.integers(0, 10**6), "at": INSTANT, "by": TEXT}
)


def of(kind: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[AnyEntry]:
    def made(head: Head, **own: object) -> AnyEntry:
        return kind(**head, **own)

    return st.builds(made, HEAD, **fields)


ENTRIES: dict[str, st.SearchStrategy[AnyEntry]] = {
    "placed": of(
        Placed, sale=SALE, account=TEXT, product=PRODUCT, quantity=st.integers(1, 100), face=MONEY,
        price=MONEY, quoted=st.none() | MONEY, recipient=st.none() | TEXT, recipient_hint=TEXT,
    ),
    "sent": of(Sent, fence=st.none() | FENCE),
    "heard": of(
        Heard, about=st.sampled_from(["buy", "poll", "look"]), status=st.integers(100, 999),
        complete=st.booleans(), reply=TEXT,
    ),
    "answered": of(
        Answered, refusal=st.none() | st.sampled_from(["out_of_stock", "other"]), text=TEXT,
        provider_order_id=st.none() | TEXT, cost=st.none() | MONEY, cards=CARDS, complete=st.booleans(),
        must_confirm=st.booleans(), flags=TEXTS,
    ),
    "was_not_taken": of(WasNotTaken, sent=TEXT, reason=TEXT),
    "codes_arrived": of(CodesArrived, cards=CARDS, complete=st.booleans(), flags=TEXTS),
    "settled": of(
        Settled, verdict=st.sampled_from(["bought", "not_bought"]), evidence=TEXT,
        how=st.sampled_from(["by_hand", "by_look"]), provider_order_id=st.none() | TEXT,
        provider_order_no=st.none() | TEXT, cost=st.none() | MONEY, cards=CARDS, complete=st.booleans(),
        flags=TEXTS,
    ),
    "turned_up": of(
        TurnedUp, word=st.sampled_from(["yes", "no", "not_taken", "unclear"]), text=TEXT,
        provider_order_id=st.none() | TEXT, provider_order_no=st.none() | TEXT, cost=st.none() | MONEY,
        cards=CARDS, flags=TEXTS,
    ),
    "withdrawn": of(Withdrawn, reason=TEXT),
    "refunded": of(
        Refunded, amount=MONEY, tender=st.sampled_from(["cash", "terminal", "other"]),
        cards=st.none() | st.integers(1, 9), loss=st.booleans(), evidence=TEXT,
    ),
    "printed": of(Printed, document=TEXT, printer=TEXT, cards=TEXTS, copy_no=st.integers(0, 99)),
    "print_failed": of(PrintFailed, document=TEXT, printer=TEXT, cards=TEXTS, reason=TEXT),
    "revealed": of(Revealed, card=TEXT, where=TEXT),
    "supplied": of(
        Supplied, cards=CARDS, sources=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    ),
    "given_on": of(GivenOn, card=TEXT, to=TEXT),
    "made_spare": of(MadeSpare, cards=TEXTS, evidence=TEXT),
    "claimed": of(
        Claimed, claim=TEXT, why=st.sampled_from(["spare_card", "missing_card"]), cards=TEXTS,
        amount=st.none() | MONEY, evidence=TEXT,
    ),
    "claim_closed": of(
        ClaimClosed, claim=TEXT, outcome=st.sampled_from(["credited", "refused"]),
        amount=st.none() | MONEY, evidence=TEXT,
    ),
    "deferred": of(Deferred, evidence=TEXT),
    "left_to_a_person": of(LeftToAPerson, reason=st.sampled_from(["sold_on", "restored", "moved"])),
    "approved": of(Approved, evidence=TEXT),
    "handed_over": of(HandedOver, cards=TEXTS, evidence=TEXT),
    "purged": of(Purged, reason=st.sampled_from(["policy", "by_hand"]), evidence=TEXT),
}  # fmt: skip
ANY_ENTRY = st.one_of(list(ENTRIES.values()))


def test_no_kind_is_forgotten_here() -> None:
    kinds = {kind.model_fields["kind"].default for kind in get_args(get_args(AnyEntry)[0])}
    assert set(ENTRIES) == kinds


@given(st.one_of(*ENTRIES.values()))
def test_what_is_written_is_read_again(entry: AnyEntry) -> None:
    body = write_entry(entry)
    again = read_entry(body)
    assert again == entry
    assert type(again) is type(entry)
    assert write_entry(again) == body
    assert "\n" not in body


def body_of(kind: str) -> dict[str, Any]:
    """The least body an entry of `kind` may have: only fields without a default."""
    head = {"id": "e", "order_id": "o", "n": 0, "at": "2026-11-21T21:42:00Z", "by": "Mia", "kind": kind}
    usd = {"minor": 2500, "currency": "USD"}
    sale = {
        "id": "s", "number": "03-000001", "at": "2026-11-21T21:42:00Z", "register": "03", "by": "Mia",
        "due": usd, "tenders": [{"kind": "cash", "received": usd}], "order_ids": ["o"], "training": False,
    }  # fmt: skip
    product = {
        "provider": "p", "item": "i", "brand": "B", "name": "N", "currency": "USD", "delivery": "codes",
    }  # fmt: skip
    own: dict[str, dict[str, Any]] = {
        "placed": {
            "sale": sale, "account": "a", "product": product, "quantity": 1, "face": usd, "price": usd,
        },
        "sent": {},
        "heard": {"status": 200, "complete": True, "reply": "sealed"},
        "answered": {},
        "was_not_taken": {"sent": "e", "reason": "too_many_requests"},
        "codes_arrived": {"cards": [], "complete": True},
        "settled": {"verdict": "bought"},
        "turned_up": {"word": "yes"},
        "withdrawn": {},
        "refunded": {"amount": usd, "tender": "cash"},
        "printed": {"document": "slip", "printer": "p"},
        "print_failed": {"document": "slip", "printer": "p"},
        "revealed": {"card": "c"},
        "supplied": {"cards": [], "sources": []},
        "given_on": {"card": "c", "to": "o2"},
        "made_spare": {"cards": ["c"], "evidence": "why"},
        "claimed": {"claim": "C-1", "why": "spare_card"},
        "claim_closed": {"claim": "C-1", "outcome": "credited"},
        "deferred": {"evidence": "why"},
        "left_to_a_person": {"reason": "restored"},
        "approved": {},
        "handed_over": {"cards": ["c"]},
        "purged": {"reason": "policy"},
    }  # fmt: skip
    return head | own[kind]


@pytest.mark.parametrize("kind", ENTRIES)
def test_an_old_body_without_newer_fields_is_read(kind: str) -> None:
    """These bodies are what the first release wrote at the least: they may never become unreadable."""
    assert read_entry(json.dumps(body_of(kind))).kind == kind


@pytest.mark.parametrize("kind", ENTRIES)
def test_a_field_this_program_does_not_know_is_not_passed_over(kind: str) -> None:
    with pytest.raises(ValidationError):
        read_entry(json.dumps(body_of(kind) | {"settled_by": "Mia"}))


def test_nor_one_inside_a_field() -> None:
    for inner in ("sale", "product", "face"):
        body = body_of("placed")
        body[inner] = body[inner] | {"more": 1}
        with pytest.raises(ValidationError):
            read_entry(json.dumps(body))


@pytest.mark.parametrize("kind", ["settled", "PLACED", "", None, 3])
def test_a_kind_this_program_does_not_know_is_not_guessed(kind: object) -> None:
    with pytest.raises(ValidationError):
        read_entry(json.dumps(body_of("withdrawn") | {"kind": kind}))


@pytest.mark.parametrize("kind", ENTRIES)
def test_a_field_without_default_is_needed(kind: str) -> None:
    for name in set(body_of(kind)):
        body = body_of(kind)
        del body[name]
        with pytest.raises(ValidationError):
            read_entry(json.dumps(body))


@pytest.mark.parametrize("minor", [25.5, "x", None, [25]])
def test_no_fraction_of_a_cent_is_read(minor: object) -> None:
    body = body_of("refunded") | {"amount": {"minor": minor, "currency": "USD"}}
    with pytest.raises(ValidationError):
        read_entry(json.dumps(body))


@pytest.mark.parametrize("torn", ["", "{", "null", "[]", '"sent"', "{}"])
def test_a_torn_body_is_a_validation_error(torn: str) -> None:
    with pytest.raises(ValidationError):
        read_entry(torn)


def test_an_entry_is_never_changed() -> None:
    entry = Sent(**Head(id="e", order_id="o", n=1, at=datetime(2026, 1, 1, tzinfo=UTC), by="Mia"))
    with pytest.raises(ValidationError):
        entry.n = 2  # pyright: ignore[reportAttributeAccessIssue]  that is the point


def test_an_instant_keeps_its_microseconds_wherever_it_was_written() -> None:
    at = datetime(2026, 3, 29, 1, 30, 0, 1, tzinfo=timezone(timedelta(hours=-7)))
    entry = Withdrawn(**Head(id="e", order_id="o", n=1, at=at, by="Mia"))
    again = read_entry(write_entry(entry))
    assert again.at == at
    assert again.at - at == timedelta(0)


def test_the_first_release_s_story_folds() -> None:
    """A whole order as bodies, to be read by every later program."""
    first = body_of("placed")
    card = {"id": "c", "sealed": "s", "digest": "d", "hint": "h", "has_pin": False}
    answered = body_of("answered") | {"complete": True, "cards": [card]}
    bodies = [first, body_of("sent"), body_of("heard"), answered]
    order = fold(read_entry(json.dumps(body | {"id": str(n), "n": n})) for n, body in enumerate(bodies))
    assert order.phase is Phase.FULFILLED
    assert TypeAdapter(SaleHead).dump_python(order.placed.sale)["number"] == "03-000001"
