"""Codes that a person types: one card is one card however it is spelled, and none gets into the evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_app.books import spellings
from pos_app.errors import NotAllowed
from pos_app.orders.cards import Card, same_card
from pos_app.orders.order import Phase
from pos_app.settling import read_cards
from tests.played_provider import CARD
from tests.sales.test_settling_guards import ANA, ITEM, SEEN, by_number, lost, play, refused
from tests.world import World


@pytest.mark.parametrize("typed", ["TEST-0001-0001-ABCD", "TEST00010001ABCD", "test00010001abcd"])
def test_a_code_of_another_order_is_refused_in_any_spelling(tmp_path: Path, typed: str) -> None:
    async def scene(world: World) -> None:
        await world.sell()
        order = await lost(world)
        act = world.register.settling.bought_by_codes(order.id, (Card(typed),), SEEN, ANA)
        await refused("code_seen_before", act)
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT

    play(tmp_path, scene)


def test_a_code_that_was_typed_without_hyphens_is_not_fetched_for_another_order(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first = await lost(world)
        await world.register.settling.bought_by_codes(first.id, (Card("TEST00020001ABCD"),), SEEN, ANA)
        second = await lost(world)
        await refused("code_seen_before", by_number(world, second, "2", *ITEM))

    play(tmp_path, scene)


def test_one_card_typed_bare_and_arriving_with_hyphens_is_one_card(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        sale = await world.place(world.line(CARD, quantity=2))
        order = await world.register.sales.perform(sale.orders[0].id)
        settling = world.register.settling
        half = await settling.bought_by_codes(order.id, read_cards("TEST00010001ABCD"), SEEN, ANA)
        assert half.phase is Phase.CODES_PENDING
        # Once more in small letters: a person's spelling, not another card.
        await refused(
            "code_twice", settling.bought_by_codes(order.id, (Card("test-00010001abcd"),), SEEN, ANA)
        )
        world.provider.sold["1"].shown = 2
        whole = await world.register.resolver.ask_for_codes(order.id)
        assert (whole.phase, [card.parked for card in whole.cards]) == (Phase.FULFILLED, [False, False])
        shown = [await world.register.sales.reveal(order.id, card.id, ANA) for card in whole.handed_cards]
        assert [card.code for card in shown] == ["TEST00010001ABCD", "TEST-0001-0002-ABCD"]

    play(tmp_path, scene)


@pytest.mark.parametrize(
    "evidence",
    ["their page shows TEST-0001-0001-ABCD", "it is test 0001 0001 abcd", "PIN 0042, on their page"],
)
def test_evidence_with_a_code_or_pin_in_it_is_refused(tmp_path: Path, evidence: str) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        cards = (Card("TEST-0001-0001-ABCD", "0042"),)
        settling = world.register.settling
        await refused("code_in_evidence", settling.bought_by_codes(order.id, cards, evidence, ANA))
        settled = await settling.bought_by_codes(order.id, cards, "order 0001 on their page, 9:42", ANA)
        assert settled.phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_evidence_with_a_code_that_is_only_fetched_is_refused_too(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        act = world.register.settling.bought_by_number(
            order.id, "1", "shows TEST00010001ABCD", ANA, confirmed=ITEM
        )
        await refused("code_in_evidence", act)

    play(tmp_path, scene)


def test_a_blank_is_no_sign_between_a_code_and_its_pin() -> None:
    for line in ("6006 4912", "TEST-1 0042", "TEST-1,", ",0042", "TEST-1,1,2", "TEST-1 PIN", "TEST-1,00 42"):
        with pytest.raises(NotAllowed, match="codes_unreadable"):
            read_cards(line)
    for line in ("TEST-1\t0042", "TEST-1,0042", "TEST-1; 0042", "TEST-1 PIN 0042", "TEST-1 pin: 0042"):
        assert read_cards(line) == (Card("TEST-1", "0042"),)
    assert read_cards("6006 4912 1234\t77\n\nTESTPIN1") == (Card("6006 4912 1234", "77"), Card("TESTPIN1"))


@pytest.mark.parametrize("line", ["TEST-\u202e1", "TEST-1,00\u20001", "TEST-" + "1" * 500])
def test_what_nobody_sees_or_reads_out_is_no_code(line: str) -> None:
    with pytest.raises(NotAllowed, match="codes_unreadable"):
        read_cards(line)


def test_hyphens_and_blanks_tell_no_two_cards_apart_but_capitals_do() -> None:
    assert same_card(Card("TEST-12 34"), Card("TEST1234"))
    assert same_card(Card("TEST\u20111234"), Card("TEST1234"))
    assert not same_card(Card("TEST-1234"), Card("test-1234"))
    assert not same_card(Card("TEST-1234", "1"), Card("TEST1234", "2"))
    assert {"test-1234", "TEST-1234", "TEST 1234", "TEST1234"} <= set(spellings("Test1234"))


@pytest.mark.parametrize("scanned", ["TEST-0001-0001-ABCD", "TEST00010001ABCD"])
def test_the_code_of_a_card_is_no_barcode(tmp_path: Path, scanned: str) -> None:
    async def scene(world: World) -> None:
        await world.sell()
        barcodes = world.register.barcodes
        with pytest.raises(NotAllowed, match="code_in_evidence"):
            await barcodes.map(scanned, CARD, ANA)
        assert await barcodes.all() == ()

    play(tmp_path, scene)
