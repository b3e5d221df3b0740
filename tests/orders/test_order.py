"""An order is what its entries say: every step that is allowed, every other one refused."""

from __future__ import annotations

import dataclasses
from typing import Any, Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import Answered, AnyEntry, CodesArrived, Refunded, Settled, TurnedUp
from pos_app.orders.order import IllegalStep, Order, Phase, Status, fold, merged, replace
from tests.orders.stories import FACE, ORDER, PRICE, card, entry, placed

KINDS: Final = sorted(kind.model_fields["kind"].default for kind in get_args(get_args(AnyEntry)[0]))

CUSTODY: Final = {"printed", "print_failed"}
# Written out here from the design, not read from the program: money and codes hang on every line of it.
SEEING: Final = {"revealed", "handed_over"}
SPARE: Final = {"given_on", "made_spare", "claimed", "claim_closed"}
ALLOWED: Final = {
    Phase.TO_DO: {"sent", "withdrawn", "supplied", "left_to_a_person", "approved"},
    Phase.SENT: {
        "heard", "answered", "was_not_taken", "settled", "refunded", "deferred", "left_to_a_person",
    },
    Phase.CODES_PENDING: {"heard", "codes_arrived", "settled", "refunded", "deferred"} | SEEING | SPARE,
    Phase.TO_BE_CONFIRMED: {"refunded", "claimed", "claim_closed", "purged"},
    Phase.FULFILLED: {"heard", "codes_arrived", "refunded", "purged"} | SEEING | SPARE,
    Phase.REFUSED: {"refunded", "purged"},
    Phase.NOT_BOUGHT: {"refunded", "purged"} | SPARE,
    Phase.WITHDRAWN: {"refunded", "purged"},
}  # fmt: skip
# Allowed where there is a spare or parked card, or an open claim: told in tests/orders/test_spares.py.
CONDITIONAL: Final = {"given_on", "made_spare", "claim_closed"}
# An answer may come behind any verdict; only what a person saw turn up can be settled once more.
BEHIND_A_VERDICT: Final = {
    "bought": {"heard", "turned_up", "codes_arrived"},
    "not_bought": {"heard", "turned_up"},
}


def sent() -> Order:
    return fold([placed()]).step(entry("sent", 1))


def settled(verdict: str, **more: object) -> Order:
    return sent().step(entry("settled", 2, verdict=verdict, **more))


def may_follow(order: Order) -> set[str]:
    allowed = ALLOWED[order.phase] | CUSTODY
    if order.settled is not None:
        allowed = allowed | BEHIND_A_VERDICT[order.settled.verdict]
    return allowed | {"settled"} if order.reopened else allowed


def ways_to(phase: Phase) -> list[Order]:
    """Orders in `phase`, one for each way that leads there."""
    pending = entry("answered", 2, complete=False, cards=(card("a"),))
    match phase:
        case Phase.TO_DO:
            back = sent().step(entry("was_not_taken", 2, sent=f"{ORDER}-1"))
            return [fold([placed()]), back]
        case Phase.SENT:
            again = ways_to(Phase.TO_DO)[1]
            return [sent(), again.step(entry("sent", 3)), sent().step(entry("heard", 2))]
        case Phase.CODES_PENDING:
            more = sent().step(pending).step(entry("codes_arrived", 3, complete=False, cards=(card("b"),)))
            by_hand = settled("bought", cards=(card("a"),), complete=False)
            return [sent().step(pending), more, by_hand]
        case Phase.TO_BE_CONFIRMED:
            return [sent().step(entry("answered", 2, must_confirm=True, cards=()))]
        case Phase.FULFILLED:
            late = sent().step(pending).step(entry("codes_arrived", 3))
            by_hand = settled("bought", cards=(card("a"), card("b")))
            doubted = by_hand.step(entry("turned_up", 3, word="no"))
            seen = doubted.step(entry("settled", 4, cards=()))
            return [sent().step(entry("answered", 2)), late, by_hand, doubted, seen]
        case Phase.REFUSED:
            return [sent().step(entry("answered", 2, refusal="out_of_stock", cards=(), complete=False))]
        case Phase.NOT_BOUGHT:
            plain = settled("not_bought", complete=False)
            after_all = plain.step(entry("turned_up", 3, cards=(card("a", parked=True),)))
            return [plain, after_all, plain.step(entry("turned_up", 3, word="no"))]
        case Phase.WITHDRAWN:
            return [fold([placed()]).step(entry("withdrawn", 1))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("phase", Phase)
def test_every_step_is_allowed_or_refused(phase: Phase, kind: str) -> None:
    for order in ways_to(phase):
        assert order.phase is phase
        following = entry(kind, order.n)
        if kind == "settled" and order.settled is not None:
            following = following.model_copy(update={"verdict": order.settled.verdict})
        if kind == "was_not_taken" and order.unanswered:
            following = following.model_copy(update={"sent": order.unanswered[-1]})
        if kind == "codes_arrived" and phase is Phase.FULFILLED:
            following = following.model_copy(update={"cards": (card("beyond", parked=True),)})
        if kind in CONDITIONAL & may_follow(order):
            continue
        if kind in may_follow(order):
            after = order.step(following)
            assert after.n == order.n + 1
            assert after.entries == (*order.entries, following)
            if kind in CUSTODY | SEEING | {"heard", "refunded", "turned_up", "purged"}:
                assert after.phase is phase
        else:
            with pytest.raises(IllegalStep):
                order.step(following)


@pytest.mark.parametrize(
    ("answer", "phase"),
    [
        ({"complete": True}, Phase.FULFILLED),
        ({"complete": False}, Phase.CODES_PENDING),
        ({"complete": True, "must_confirm": True}, Phase.TO_BE_CONFIRMED),
        ({"refusal": "no_balance", "cards": ()}, Phase.REFUSED),
    ],
)
def test_what_an_answer_leads_to(answer: dict[str, object], phase: Phase) -> None:
    order = sent().step(entry("answered", 2, **answer))
    assert order.phase is phase
    assert order.unanswered == ()
    assert order.was_bought is (phase is not Phase.REFUSED)


@st.composite
def stories(draw: st.DrawFn) -> list[AnyEntry]:
    """Any entries at all behind a placing, numbered as if they followed, sensible more often than not."""
    made: list[AnyEntry] = [placed(delivery=draw(st.sampled_from(["codes", "email"])))]
    cards = st.lists(
        st.builds(card, st.sampled_from("abcd"), pin=st.booleans(), parked=st.booleans()), max_size=4
    ).map(tuple)
    for n in range(1, draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(KINDS))
        more: dict[str, object] = {}
        match kind:
            case "answered":
                more = {
                    "cards": draw(cards),
                    "complete": draw(st.booleans()),
                    "must_confirm": draw(st.booleans()),
                    "refusal": draw(st.none() | st.just("other")),
                }
            case "settled":
                more = {
                    "verdict": draw(st.sampled_from(["bought", "not_bought"])),
                    "cards": draw(st.just(()) | cards),
                    "complete": draw(st.booleans()),
                    "provider_order_id": draw(st.none() | st.sampled_from(["7", "8"])),
                }
            case "turned_up":
                more = {
                    "word": draw(st.sampled_from(["yes", "no", "not_taken", "unclear"])),
                    "cards": draw(st.just(()) | cards),
                    "provider_order_id": draw(st.none() | st.sampled_from(["7", "8"])),
                    "flags": draw(st.just(()) | st.just(("other_order",))),
                }
            case "codes_arrived":
                more = {"cards": draw(cards), "complete": draw(st.booleans())}
            case "was_not_taken":
                more = {"sent": f"{ORDER}-{draw(st.integers(max(1, n - 2), n))}"}
            case "refunded":
                more = {
                    "amount": draw(st.sampled_from([PRICE, FACE, PRICE - Money(1, "USD")])),
                    "cards": draw(st.sampled_from([None, 1, 2])),
                    "loss": draw(st.booleans()),
                }
            case "printed" | "print_failed" | "handed_over" | "made_spare" | "claimed":
                more = {"cards": tuple(draw(st.lists(st.sampled_from("abcd"), max_size=2)))}
            case "revealed" | "given_on":
                more = {"card": draw(st.sampled_from("abcd"))}
            case _:
                pass
        made.append(entry(kind, n, **more))
    return made


@given(stories())
def test_whatever_is_accepted_makes_sense(story: list[AnyEntry]) -> None:
    order = fold(story[:1])
    accepted = [story[0]]
    for told in story[1:]:
        following = told.model_copy(update={"n": order.n, "id": f"{ORDER}-{order.n}"})
        try:
            order = order.step(following)
        except IllegalStep:
            continue
        accepted.append(following)
    assert fold(accepted) == order
    assert order.entries == tuple(accepted)
    assert order.n == len(accepted)
    assert order.status(in_flight=False) in Status
    assert (order.phase is Phase.SENT) == bool(order.unanswered)
    kinds = [made.kind for made in accepted]
    decided = order.settled is not None and order.answer is None
    sendings = kinds.count("sent") - kinds.count("was_not_taken") - kinds.count("answered") - decided
    assert sendings == len(order.unanswered) <= 1
    assert kinds.count("answered") <= 1
    # Never more than was paid; and what the customer has no claim to any more is no card of theirs.
    given = [made.amount.minor for made in accepted if isinstance(made, Refunded)]
    assert sum(given) == (order.refunded.minor if order.refunded else 0) <= PRICE.minor
    lost = any(made.loss for made in accepted if isinstance(made, Refunded))
    if order.refunded == PRICE and not lost:
        assert order.money_owed is None
        unseen = [known for known in order.handed_cards if known.id not in order.seen_cards()]
        assert unseen == [] or order.customers > 0
    owed = order.phase in {Phase.REFUSED, Phase.NOT_BOUGHT, Phase.WITHDRAWN}
    assert (order.money_owed is not None) == (owed and sum(given) < PRICE.minor)
    if "refunded" in kinds:
        # What was paid back is never sent.
        assert "sent" not in kinds[kinds.index("refunded") :]
    assert not any(known.parked for known in order.handed_cards)
    if order.settled is not None:
        # Whatever was decided, nothing is sent behind it, and no card turns up for a customer.
        verdict = next(place for place, made in enumerate(accepted) if made.kind == "settled")
        assert "sent" not in kinds[verdict:]
        assert order.settled.verdict == ("bought" if order.was_bought else "not_bought")
    if order.phase is Phase.NOT_BOUGHT:
        assert order.handed_cards == ()
    assert len({known.id for known in order.cards}) == len(order.cards)
    assert order.printed_cards() <= {known.id for known in order.cards}


@given(stories())
def test_no_pin_that_came_is_ever_lost(story: list[AnyEntry]) -> None:
    order = fold(story[:1])
    with_pin = set[str]()
    for told in story[1:]:
        try:
            order = order.step(told.model_copy(update={"n": order.n}))
        except IllegalStep:
            continue
        if isinstance(told, Answered | CodesArrived | Settled | TurnedUp):
            with_pin |= {known.id for known in told.cards if known.has_pin}
        assert with_pin <= {known.id for known in order.cards if known.has_pin}


def test_a_poorer_card_never_replaces_a_richer() -> None:
    rich, poor = card("a", sealed="code and PIN"), card("a", pin=False, sealed="code")
    assert merged((rich,), (poor,)) == (rich,)
    assert merged((poor,), (rich,)) == (rich,)
    assert merged((), (rich, poor)) == (rich,)
    assert merged((), (poor, rich)) == (rich,)


def test_cards_keep_the_order_in_which_they_came() -> None:
    first = (card("a", pin=False), card("b"))
    late = (card("c"), card("a"))
    assert [known.id for known in merged(first, late)] == ["a", "b", "c"]
    assert [known.has_pin for known in merged(first, late)] == [True, True, True]


def test_parked_cards_are_nobodys_yet() -> None:
    cards = (card("a"), card("b"), card("c", parked=True))
    order = sent().step(entry("answered", 2, cards=cards))
    assert [known.id for known in order.handed_cards] == ["a", "b"]
    assert len(order.cards) == 3


def test_a_taking_back_concerns_its_own_request_only() -> None:
    first = ways_to(Phase.TO_DO)[1]
    again = first.step(entry("sent", 3))
    assert again.unanswered == (f"{ORDER}-3",)
    for wrong in (f"{ORDER}-1", f"{ORDER}-2", "somebody else's", ""):
        with pytest.raises(IllegalStep):
            again.step(entry("was_not_taken", 4, sent=wrong))
    assert again.step(entry("was_not_taken", 4, sent=f"{ORDER}-3")).phase is Phase.TO_DO


def test_an_answer_that_says_which_request_it_is_about_is_about_the_open_one() -> None:
    again = ways_to(Phase.TO_DO)[1].step(entry("sent", 3))
    for wrong in (f"{ORDER}-1", f"{ORDER}-2", "somebody else's"):
        with pytest.raises(IllegalStep, match="not open"):
            again.step(entry("answered", 4, sent=wrong))
    assert again.step(entry("answered", 4, sent=f"{ORDER}-3")).phase is Phase.FULFILLED
    assert again.step(entry("answered", 4)).phase is Phase.FULFILLED, "as older programs wrote it"


def test_a_taking_back_leaves_the_other_request_open() -> None:
    two = dataclasses.replace(sent(), unanswered=("earlier", f"{ORDER}-1"))
    left = two.step(entry("was_not_taken", 2, sent=f"{ORDER}-1"))
    assert (left.phase, left.unanswered) == (Phase.SENT, ("earlier",))


@pytest.mark.parametrize("phase", [Phase.REFUSED, Phase.NOT_BOUGHT, Phase.WITHDRAWN])
def test_money_goes_back_once_and_in_full(phase: Phase) -> None:
    order = ways_to(phase)[0]
    assert order.money_owed == PRICE
    for wrong in (FACE, PRICE + Money(1, "USD"), Money(0, "USD"), -PRICE, Money(PRICE.minor, "EUR")):
        with pytest.raises(IllegalStep):
            order.step(entry("refunded", order.n, amount=wrong))
    paid = order.step(entry("refunded", order.n))
    assert paid.money_owed is None
    assert paid.refunded == PRICE
    with pytest.raises(IllegalStep):
        paid.step(entry("refunded", paid.n))


@pytest.mark.parametrize("place", [0, 1, 3, -1])
def test_an_entry_stands_in_its_own_place(place: int) -> None:
    with pytest.raises(IllegalStep):
        sent().step(entry("heard", place))


def test_an_entry_belongs_to_its_own_order() -> None:
    with pytest.raises(IllegalStep):
        sent().step(entry("heard", 2, order_id="order-2"))


@pytest.mark.parametrize(
    "story", [[], [entry("sent", 0)], [placed().model_copy(update={"n": 1})], [placed(), placed()]]
)
def test_an_order_begins_with_its_placing(story: list[AnyEntry]) -> None:
    with pytest.raises(IllegalStep):
        fold(story)


@pytest.mark.parametrize("kind", ["printed", "print_failed", "revealed"])
def test_custody_speaks_of_cards_that_are_there(kind: str) -> None:
    order = sent().step(entry("answered", 2))
    known: dict[str, object] = {"card": "b"} if kind == "revealed" else {"cards": ("a", "b")}
    unknown: dict[str, object] = {"card": "z"} if kind == "revealed" else {"cards": ("a", "z")}
    assert order.step(entry(kind, 3, **known)).n == 4
    with pytest.raises(IllegalStep):
        order.step(entry(kind, 3, **unknown))


def test_copies_are_counted_by_document() -> None:
    order = sent().step(entry("answered", 2))
    order = order.step(entry("printed", 3, document="slip", cards=("a",)))
    order = order.step(entry("print_failed", 4, document="slip", cards=("b",)))
    order = order.step(entry("printed", 5, document="receipt"))
    assert [order.copies(document) for document in ("slip", "receipt", "pending")] == [1, 1, 0]
    assert order.printed_cards() == {"a"}


def test_a_paper_nobody_can_speak_for_counts_as_out_until_one_is_out_for_certain() -> None:
    order = sent().step(entry("answered", 2))
    order = order.step(entry("print_failed", 3, document="slip", cards=("a",), maybe=True))
    order = order.step(entry("print_failed", 4, document="slip", cards=("b",)))
    assert order.perhaps_printed_cards() == {"a"}
    assert (order.copies("slip"), order.slips_of("a"), order.slips_of("b")) == (1, 1, 0)
    assert order.printed_cards() == frozenset()
    order = order.step(entry("printed", 5, document="slip", cards=("a", "b")))
    assert order.perhaps_printed_cards() == frozenset()
    assert (order.copies("slip"), order.slips_of("a"), order.slips_of("b")) == (2, 2, 1)


def test_in_flight_matters_only_while_the_answer_is_out() -> None:
    assert sent().status(in_flight=True) is Status.IN_PROGRESS
    assert sent().status(in_flight=False) is Status.NOT_CONFIRMED
    for phase in set(Phase) - {Phase.SENT}:
        for order in ways_to(phase):
            assert order.status(in_flight=True) == order.status(in_flight=False) == phase.value


def test_an_order_without_answer_says_nothing_about_its_provider() -> None:
    assert sent().provider_order_id is None
    assert sent().step(entry("answered", 2)).provider_order_id == "1001"


def test_flags_add_up() -> None:
    order = sent().step(entry("answered", 2, complete=False, flags=("other_cost",)))
    order = order.step(entry("codes_arrived", 3, flags=("more_cards",)))
    assert order.flags == ("other_cost", "more_cards")


def test_nothing_sealed_is_in_an_orders_repr() -> None:
    cards: tuple[SealedCard, ...] = (card("a"),)
    order = sent().step(entry("heard", 2, reply="SEALED-REPLY")).step(entry("answered", 3, cards=cards))
    assert "SEALED-REPLY" not in repr(order)


def test_a_verdict_says_what_the_order_is() -> None:
    whole = settled("bought", provider_order_id="7", provider_order_no="NO-7", cards=(card("a"), card("b")))
    assert (whole.phase, whole.provider_order_id, whole.provider_order_no) == (Phase.FULFILLED, "7", "NO-7")
    assert (whole.money_owed, whole.was_bought, whole.unanswered) == (None, True, ())
    assert settled("bought", cards=(card("a"),), complete=False).phase is Phase.CODES_PENDING
    none = settled("not_bought", complete=False)
    assert (none.phase, none.money_owed, none.was_bought, none.unanswered) == (
        Phase.NOT_BOUGHT, PRICE, False, (),
    )  # fmt: skip


def test_nothing_bought_is_decided_away() -> None:
    for order in (*ways_to(Phase.CODES_PENDING), *ways_to(Phase.FULFILLED)):
        with pytest.raises(IllegalStep):
            order.step(entry("settled", order.n, verdict="not_bought", complete=False))
    with pytest.raises(IllegalStep):
        sent().step(entry("settled", 2, verdict="not_bought", cards=(card("a"),)))


def test_a_yes_behind_not_bought_reopens_it_and_its_cards_are_nobodys() -> None:
    order = settled("not_bought", complete=False)
    with pytest.raises(IllegalStep):
        order.step(entry("turned_up", 3, cards=(card("a"),)))
    up = order.step(entry("turned_up", 3, cards=(card("a", parked=True),)))
    assert (up.phase, up.reopened, up.handed_cards, len(up.cards)) == (Phase.NOT_BOUGHT, True, (), 1)
    assert up.money_owed == PRICE
    with pytest.raises(IllegalStep):
        up.step(entry("settled", 4, verdict="bought"))
    with pytest.raises(IllegalStep):
        up.step(entry("revealed", 4, card="a"))
    seen = up.step(entry("settled", 4, verdict="not_bought", complete=False))
    assert (seen.phase, seen.reopened, seen.money_owed) == (Phase.NOT_BOUGHT, False, PRICE)


@pytest.mark.parametrize(
    ("verdict", "word", "reopens"),
    [
        ("not_bought", "yes", True),
        ("not_bought", "no", False),
        ("not_bought", "not_taken", False),
        ("not_bought", "unclear", False),
        ("bought", "yes", False),
        ("bought", "no", True),
        ("bought", "not_taken", True),
        ("bought", "unclear", False),
    ],
)
def test_only_what_speaks_against_a_verdict_reopens_it(verdict: str, word: str, reopens: bool) -> None:
    heard = settled(verdict).step(entry("heard", 3))
    assert heard.unread
    up = heard.step(entry("turned_up", 4, word=word))
    assert (up.reopened, up.unread) == (reopens, False)
    assert up.phase is heard.phase


def test_a_look_by_number_is_no_late_answer() -> None:
    assert not settled("bought").step(entry("heard", 3, about="look")).unread


def test_the_real_answer_behind_a_verdict_makes_its_cards_richer() -> None:
    order = settled("bought", cards=(card("a", pin=False, sealed="code"), card("b")))
    order = order.step(entry("codes_arrived", 3, cards=(card("a", sealed="code and PIN"),), complete=False))
    assert order.phase is Phase.FULFILLED
    assert [(known.sealed, known.has_pin) for known in order.cards] == [
        ("code and PIN", True),
        ("sealed", True),
    ]
    order = order.step(entry("turned_up", 4, provider_order_id="7", provider_order_no="NO-7"))
    assert (order.provider_order_id, order.reopened) == ("7", False)


def test_codes_that_never_came_are_entered_by_a_person() -> None:
    order = ways_to(Phase.CODES_PENDING)[0].step(entry("settled", 3, cards=(card("b"),)))
    assert order.phase is Phase.FULFILLED
    assert [known.id for known in order.handed_cards] == ["a", "b"]
    assert order.provider_order_id == "1001"


def test_a_changed_order_is_the_one_dataclasses_would_make() -> None:
    order = fold([placed(), entry("sent", 1)])
    changes: dict[str, Any] = {"n": 7, "flags": ("odd",), "phase": Phase.WITHDRAWN}
    assert replace(order, **changes) == dataclasses.replace(order, **changes)
    assert order == fold(order.entries)
    with pytest.raises(TypeError):
        replace(order, phases=Phase.WITHDRAWN)
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(order, n=7).n = 8  # pyright: ignore[reportAttributeAccessIssue]
