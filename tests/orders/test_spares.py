"""Money that goes back before anybody knows, and the cards that are the shop's own from then on."""

from __future__ import annotations

import pytest

from pos_app.money import Money
from pos_app.orders.order import IllegalStep, Order, Phase, fold
from pos_app.store.rows import standing, waits
from tests.orders.stories import FACE, PRICE, card, entry, placed


def sent(*, by_email: bool = False) -> Order:
    return fold([placed(delivery="email" if by_email else "codes")]).step(entry("sent", 1))


def then(order: Order, kind: str, **more: object) -> Order:
    return order.step(entry(kind, order.n, **more))


def bought(**more: object) -> Order:
    return then(sent(), "answered", **more)


def ids(cards: object) -> list[str]:
    assert isinstance(cards, tuple)
    return [one.id for one in cards]  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]


def test_what_comes_for_an_order_that_was_paid_back_is_spare() -> None:
    order = then(sent(), "refunded")
    assert (order.phase, order.refunded, order.customers) == (Phase.SENT, PRICE, 0)
    assert waits(order), "the watch goes on"
    late = then(order, "answered")
    assert (late.phase, ids(late.handed_cards), ids(late.spare_cards)) == (Phase.FULFILLED, [], ["a", "b"])
    assert [standing(late, one) for one in late.cards] == ["spare", "spare"]
    assert not waits(late)


def test_so_it_is_by_verdict_and_when_codes_come_in_twos() -> None:
    order = then(sent(), "refunded")
    decided = then(order, "settled", cards=(card("a"),), complete=False)
    more = then(decided, "codes_arrived", cards=(card("b"),))
    assert ids(more.spare_cards) == ["a", "b"]
    assert not waits(decided)


def test_paid_back_and_refused_owes_nothing() -> None:
    order = then(then(sent(), "refunded"), "answered", refusal="other", cards=())
    assert (order.phase, order.money_owed) == (Phase.REFUSED, None)
    part = then(then(sent(), "refunded", amount=FACE, cards=1), "answered", refusal="other", cards=())
    assert part.money_owed == PRICE - FACE
    assert then(part, "refunded", amount=FACE).money_owed is None


def test_paid_back_it_is_never_sent_again() -> None:
    order = then(sent(), "refunded", amount=FACE, cards=1)
    free = then(order, "was_not_taken", sent=order.unanswered[-1])
    assert (free.phase, free.money_owed) == (Phase.WITHDRAWN, FACE)


def test_money_for_the_card_that_is_missing() -> None:
    order = bought(cards=(card("a"),), complete=False)
    order = then(order, "revealed", card="a")
    with pytest.raises(IllegalStep):
        then(order, "refunded")
    part = then(order, "refunded", amount=FACE, cards=1)
    assert (part.customers, ids(part.handed_cards), waits(part)) == (1, ["a"], False)
    late = then(part, "codes_arrived", cards=(card("b"),))
    assert (ids(late.handed_cards), ids(late.spare_cards)) == (["a"], ["b"])


def test_a_seen_card_stays_the_customers_whichever_came_first() -> None:
    order = then(bought(), "printed", document="slip", cards=("b",))
    part = then(order, "refunded", amount=FACE, cards=1)
    assert (ids(part.handed_cards), ids(part.spare_cards)) == (["b"], ["a"])


@pytest.mark.parametrize("kind", ["revealed", "handed_over", "printed", "print_failed"])
def test_what_was_seen_goes_back_as_a_loss_only(kind: str) -> None:
    more: dict[str, object] = {"card": "a"} if kind == "revealed" else {"cards": ("a",)}
    if kind == "print_failed":
        more["maybe"] = True
    order = then(bought(cards=(card("a"),), complete=False), kind, **more)
    with pytest.raises(IllegalStep):
        then(order, "refunded")
    lost = then(order, "refunded", loss=True)
    assert (lost.refunded, ids(lost.handed_cards), ids(lost.spare_cards)) == (PRICE, ["a"], [])
    with pytest.raises(IllegalStep):
        then(lost, "refunded", loss=True)


def test_what_the_company_mails_goes_back_as_a_loss_only() -> None:
    order = then(sent(by_email=True), "answered", cards=())
    with pytest.raises(IllegalStep):
        then(order, "refunded")
    assert then(order, "refunded", loss=True).refunded == PRICE


def test_a_mail_that_goes_out_though_its_money_is_back_is_looked_at() -> None:
    order = then(then(sent(by_email=True), "refunded"), "answered", cards=())
    assert order.reopened
    assert waits(order)
    with pytest.raises(IllegalStep):
        then(order, "settled", verdict="not_bought")
    assert not then(order, "settled", cards=()).reopened


@pytest.mark.parametrize(
    "amount", [PRICE + Money(1, "USD"), Money(0, "USD"), -FACE, Money(PRICE.minor, "EUR")]
)
def test_never_more_than_was_paid(amount: Money) -> None:
    with pytest.raises(IllegalStep):
        then(sent(), "refunded", amount=amount)


@pytest.mark.parametrize(("cards", "amount"), [(0, FACE), (3, PRICE), (1, PRICE), (None, FACE), (2, FACE)])
def test_whole_cards_are_paid_back(cards: int | None, amount: Money) -> None:
    with pytest.raises(IllegalStep):
        then(sent(), "refunded", cards=cards, amount=amount)


def test_what_is_owed_is_no_loss() -> None:
    with pytest.raises(IllegalStep):
        then(then(fold([placed()]), "withdrawn"), "refunded", loss=True)


def test_spare_cards_take_the_place_of_a_purchase() -> None:
    order = then(fold([placed()]), "supplied")
    assert (order.phase, ids(order.handed_cards)) == (Phase.FULFILLED, ["a", "b"])
    for wrong in ({"cards": (card("a"),)}, {"sources": (("o", "1"),)}):
        with pytest.raises(IllegalStep):
            then(fold([placed()]), "supplied", **wrong)


def test_only_a_spare_card_is_given_on() -> None:
    with pytest.raises(IllegalStep):
        then(bought(), "given_on")
    spare = then(then(sent(), "refunded"), "answered")
    gone = then(spare, "given_on", card="a")
    assert (ids(gone.spare_cards), standing(gone, gone.cards[0])) == (["b"], "gone")
    with pytest.raises(IllegalStep):
        then(gone, "given_on", card="a")


def test_parked_cards_are_made_spare_by_somebody() -> None:
    order = bought(cards=(card("a"), card("b"), card("c", parked=True)))
    assert [standing(order, one) for one in order.cards] == ["customer", "customer", "parked"]
    for wrong in ((), ("a",), ("z",), ("a", "c")):
        with pytest.raises(IllegalStep):
            then(order, "made_spare", cards=wrong)
    spare = then(order, "made_spare", cards=("c",))
    assert (ids(spare.spare_cards), ids(spare.parked_cards), ids(spare.handed_cards)) == (
        ["c"],
        [],
        ["a", "b"],
    )


def test_what_is_claimed_is_not_sold() -> None:
    spare = then(then(sent(), "refunded"), "answered")
    claimed = then(spare, "claimed", why="spare_card", cards=("a",))
    assert ids(claimed.spare_cards) == ["b"]
    assert standing(claimed, claimed.cards[0]) == "claimed"
    for wrong in (
        {"claim": "C-2", "cards": ("a",)},
        {"claim": "C-1", "cards": ("b",)},
        {"claim": "C-2", "cards": ("z",)},
    ):
        with pytest.raises(IllegalStep):
            then(claimed, "claimed", **wrong)
    with pytest.raises(IllegalStep):
        then(claimed, "claim_closed", claim="C-9")
    refused = then(claimed, "claim_closed", outcome="refused")
    assert ids(refused.spare_cards) == ["a", "b"]
    credited = then(claimed, "claim_closed", outcome="credited")
    assert ids(credited.spare_cards) == ["b"]
    assert standing(credited, credited.cards[0]) == "gone"


def test_the_customers_card_is_not_claimed_back() -> None:
    with pytest.raises(IllegalStep):
        then(bought(), "claimed", cards=("a",))


def test_what_a_person_has_to_decide_is_not_sent() -> None:
    order = then(fold([placed()]), "left_to_a_person")
    assert order.left_because == "restored"
    with pytest.raises(IllegalStep):
        then(order, "sent")
    assert then(then(order, "approved"), "sent").phase is Phase.SENT
    assert then(order, "supplied").left_because == ""
    waiting = then(sent(), "left_to_a_person", reason="sold_on")
    assert waiting.left_because == "sold_on"
    assert then(waiting, "settled").left_because == ""


def test_waiting_changes_nothing() -> None:
    order = then(sent(), "deferred")
    assert (order.phase, waits(order)) == (Phase.SENT, True)


def test_what_was_purged_is_not_spare_any_more() -> None:
    spare = then(then(sent(), "refunded"), "answered")
    purged = then(spare, "purged")
    assert (purged.spare_cards, purged.purged is not None, ids(purged.cards)) == ((), True, ["a", "b"])


def test_pending_for_its_pin_still_waits_beside_money_for_another() -> None:
    order = bought(cards=(card("a", pin=False),), complete=False, flags=("pin_missing",))
    part = then(order, "refunded", amount=FACE, cards=1)
    assert waits(then(part, "revealed", card="a"))
