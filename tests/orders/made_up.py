"""Entries made up for an order as it stands: of every kind, mostly such as may follow, and often not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from hypothesis import strategies as st

from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import AnyEntry
from pos_app.orders.order import Order
from tests.orders import stories

_UNION, *_ = get_args(AnyEntry)
MODELS: Final[dict[str, Any]] = {
    model.model_fields["kind"].default: model for model in get_args(_UNION) if model.__name__ != "Placed"
}
"""Every kind of entry that can follow another: also those that are added tomorrow."""

CARDS: Final = st.builds(
    SealedCard,
    id=st.sampled_from("1234"),
    sealed=st.sampled_from(["sealed", "sealed again"]),
    digest=st.sampled_from(["digest", "another"]),
    hint=st.sampled_from(["••••-2WZA", "••••-7LQE"]),
    has_pin=st.booleans(),
    face=st.sampled_from([None, stories.FACE]),
    parked=st.booleans(),
    rest_digest=st.sampled_from(["", "rest"]),
)
_OFTEN: Final = {
    "sent": 8,
    "answered": 4,
    "settled": 4,
    "turned_up": 5,
    "codes_arrived": 5,
    "made_spare": 5,
    "given_on": 4,
    "claimed": 4,
    "claim_closed": 4,
    "refunded": 3,
    "heard": 2,
}
"""What leads on, by how much more often it is told than what only stands there."""

_FLAGS: Final = st.lists(st.sampled_from(["pin_missing", "other_cost", "card_missing"]), max_size=2)
_AMOUNTS: Final = st.sampled_from([1, 2500, 5000, 7500, 0, -2500])


@st.composite
def entries(draw: st.DrawFn, order: Order, *, odd: bool = True) -> AnyEntry:
    """An entry behind `order`. Unless `odd`, it has the next place and is of a kind that may follow."""
    if odd and draw(st.integers(0, 3)) == 0:
        kind = draw(st.sampled_from(sorted(MODELS)))
    else:
        possible = sorted(order._possible())  # pyright: ignore[reportPrivateUsage]
        kind = draw(st.sampled_from([kind for kind in possible for _ in range(_OFTEN.get(kind, 1))]))
    fields = draw(_fields(kind, order))
    n = order.n + (draw(st.sampled_from([0] * 18 + [-1, 1])) if odd else 0)
    made = stories.entry(kind, n, **fields, order_id=order.id, id=f"{order.id}-{order.n}-{kind}")
    # What is put together here is what the journal could keep: nothing is skipped that reading would check.
    return type(made).model_validate(made.model_dump())


@st.composite
def _fields(draw: st.DrawFn, kind: str, order: Order) -> dict[str, object]:
    model = MODELS[kind].model_fields
    fields: dict[str, object] = {}
    if "cards" in model and kind != "refunded":
        fields["cards"] = draw(_cards(kind, order))
    if "complete" in model:
        fields["complete"] = draw(st.booleans())
    if "provider_order_id" in model:
        fields["provider_order_id"] = draw(st.sampled_from([None, "1001", "1002"]))
    if "flags" in model:
        fields["flags"] = tuple(draw(_FLAGS))
    fields |= draw(_OWN[kind](order)) if kind in _OWN else {}
    return fields


def _heard(_order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"about": st.sampled_from(["buy", "poll", "look"])})


def _answered(_order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "refusal": st.sampled_from([None, None, "out_of_stock"]),
            "must_confirm": st.sampled_from([False, False, True]),
        }
    )


def _was_not_taken(order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"sent": st.sampled_from([*order.unanswered, "none"])})


def _settled(_order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"verdict": st.sampled_from(["bought", "not_bought"])})


def _turned_up(_order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"word": st.sampled_from(["yes", "no", "not_taken", "unclear"])})


@st.composite
def _refunded(draw: st.DrawFn, order: Order) -> dict[str, object]:
    cards = draw(st.sampled_from([None, 1, 2]))
    whole = order.placed.price * (cards or order.placed.quantity)
    amount = draw(st.one_of(st.just(whole), st.just(order.money_left), _AMOUNTS.map(_dollars)))
    return {"amount": amount, "cards": cards, "loss": draw(st.booleans())}


def _supplied(order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.just({"sources": tuple((f"order {n}", "1") for n in range(order.placed.quantity))})


def _given_on(order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"card": _card_id(order.spare_cards)})


def _revealed(order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"card": _card_id(order.cards)})


def _claimed(order: Order) -> st.SearchStrategy[dict[str, object]]:
    # Numbers are counted by the store: a closed one is never given again.
    number = st.sampled_from([*(one.claim for one in order.claims), f"C-{order.n} of {order.id}"])
    return st.fixed_dictionaries({"claim": number})


@st.composite
def _claim_closed(draw: st.DrawFn, order: Order) -> dict[str, object]:
    return {**draw(_claimed(order)), "outcome": draw(st.sampled_from(["credited", "replaced", "refused"]))}


def _print_failed(_order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"maybe": st.booleans()})


def _left(_order: Order) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"reason": st.sampled_from(["sold_on", "restored", "moved"])})


_OWN: Final[dict[str, Callable[[Order], st.SearchStrategy[dict[str, object]]]]] = {
    "heard": _heard,
    "answered": _answered,
    "was_not_taken": _was_not_taken,
    "settled": _settled,
    "turned_up": _turned_up,
    "refunded": _refunded,
    "supplied": _supplied,
    "given_on": _given_on,
    "revealed": _revealed,
    "claimed": _claimed,
    "claim_closed": _claim_closed,
    "print_failed": _print_failed,
    "left_to_a_person": _left,
}


@st.composite
def _cards(draw: st.DrawFn, kind: str, order: Order) -> tuple[object, ...]:
    if kind in {"printed", "print_failed", "handed_over", "made_spare", "claimed"}:
        fit = {"made_spare": order.parked_cards, "claimed": (*order.parked_cards, *order.spare_cards)}
        return tuple(draw(st.lists(_card_id(fit.get(kind, order.cards)), max_size=2, unique=True)))
    if kind == "supplied":
        names = [f"{n + 1}" for n in range(order.placed.quantity)]
        return tuple(replace(draw(CARDS), id=name, parked=False) for name in names)
    parked = kind == "turned_up" and draw(st.sampled_from([True, True, True, False]))
    found = {
        card.id: replace(card, parked=True) if parked else card for card in draw(st.lists(CARDS, max_size=3))
    }
    return tuple(found.values())


def _card_id(cards: Sequence[SealedCard]) -> st.SearchStrategy[str]:
    return st.sampled_from([*[card.id for card in cards] * 4, "none"])


def _dollars(minor: int) -> Money:
    return Money(minor, "USD")
