"""Whatever entries follow each other: an order is always something that can be, and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import AnyEntry, read_entry, write_entry
from pos_app.orders.order import STEPS, IllegalStep, Order, Phase, Status, fold, merged
from pos_app.store.rows import standing, waits
from tests.orders import made_up, stories

_STORIES = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@dataclass
class Told:
    """A story: the order after it, and what was refused on the way."""

    order: Order
    refused: int


@st.composite
def stories_told(draw: st.DrawFn) -> Told:
    """A story of up to 30 steps, each looked at as it is taken."""
    order = fold([stories.placed(delivery=draw(st.sampled_from(["codes", "codes", "email"])))])
    refused = 0
    for _ in range(draw(st.integers(5, 30))):
        entry = draw(made_up.entries(order))
        before = order
        try:
            order = before.step(entry)
        except IllegalStep:
            refused += 1
            assert before == fold(before.entries), "who was refused has changed something"
            continue
        check_step(before, entry, order)
    return Told(order, refused)


def check_step(before: Order, entry: AnyEntry, after: Order) -> None:
    """What holds of every step, whatever it is."""
    assert entry.kind in STEPS[before.phase] or before.settled is not None or before.reopened
    assert after.n == before.n + 1
    assert after.entries == (*before.entries, entry)
    check_order(after)
    _nothing_is_lost(before.cards, after.cards)
    assert before.seen_cards() <= after.seen_cards()
    assert after.money_left <= before.money_left
    assert after.gone >= before.gone


def check_order(order: Order) -> None:
    """What holds of every order."""
    assert order.phase in Phase
    assert order.status(in_flight=True) in Status
    assert order.status(in_flight=False) in Status
    zero = order.price - order.price
    assert zero <= order.money_left <= order.price
    assert order.money_owed is None or order.money_owed == order.money_left
    assert 0 <= order.customers <= order.placed.quantity
    ids = {card.id for card in order.cards}
    assert len(ids) == len(order.cards)
    handed = {card.id for card in order.handed_cards}
    parked = {card.id for card in order.parked_cards}
    spare = {card.id for card in order.spare_cards}
    assert not handed & (parked | spare | order.gone)
    assert not parked & spare
    assert handed | parked | order.spare | order.gone == ids
    assert not order.spare & order.gone
    assert {standing(order, card) for card in order.cards} <= {
        "customer",
        "parked",
        "spare",
        "claimed",
        "gone",
    }
    assert waits(order) in {True, False}


def _nothing_is_lost(before: tuple[SealedCard, ...], after: tuple[SealedCard, ...]) -> None:
    """No card, no PIN; and whose a card is stays."""
    later = {card.id: card for card in after}
    for card in before:
        assert card.id in later
        assert later[card.id].has_pin or not card.has_pin
        assert later[card.id].parked == card.parked


@_STORIES
@given(stories_told())
def test_a_story_is_the_same_after_it_was_written_and_read(told: Told) -> None:
    order = told.order
    assert fold(order.entries) == order
    assert fold(read_entry(write_entry(entry)) for entry in order.entries) == order
    assert fold(read_entry(write_entry(entry).encode()) for entry in order.entries) == order


@_STORIES
@given(stories_told(), st.data())
def test_a_story_with_a_line_missing_or_twice_is_none(told: Told, data: st.DataObject) -> None:
    lines = list(told.order.entries)
    place = data.draw(st.integers(0, len(lines) - 1))
    broken = (
        [*lines[:place], *lines[place + 1 :]]
        if data.draw(st.booleans())
        else [*lines[: place + 1], *lines[place:]]
    )
    try:
        shorter = fold(broken)
    except IllegalStep:
        return
    # Without its last line a story is a shorter one, as it was before.
    assert broken == lines[:-1]
    assert shorter == fold(lines[:-1])


@given(st.lists(made_up.CARDS, max_size=6), st.lists(made_up.CARDS, max_size=6))
def test_merging_loses_neither_a_card_nor_a_pin(known: list[SealedCard], more: list[SealedCard]) -> None:
    own = merged((), tuple(known))
    both = merged(own, tuple(more))
    _nothing_is_lost(own, both)
    assert {card.id for card in both} == {card.id for card in (*known, *more)}
    pins = {card.id for card in (*known, *more) if card.has_pin}
    assert {card.id for card in both if card.has_pin} == pins
    # What is read once more changes nothing.
    assert merged(both, both) == both
    assert merged(both, tuple(more)) == both
