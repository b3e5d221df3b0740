"""Which orders could be taken for one another, and when selling pauses."""

from __future__ import annotations

import pytest

from pos_app.money import Money
from pos_app.orders.answers import Fence
from pos_app.orders.entries import Answered, LeftToAPerson, Placed, Sent, WasNotTaken
from pos_app.orders.lane import in_the_lane, last_sent, not_confirmed, open_cost, sent_at, total_cost
from pos_app.orders.order import Order, Phase, fold
from tests.orders.stories import AT, head, placed

FENCE = Fence((), 0, Money(100, "USD"), None)


def asked(name: str, quoted: int | None = 2400, quantity: int = 1) -> Placed:
    cost = None if quoted is None else Money(quoted, "USD")
    return placed(name).model_copy(update={"quoted": cost, "quantity": quantity})


def sent(name: str, quoted: int | None = 2400, quantity: int = 1, fence: Fence | None = FENCE) -> Order:
    return fold([asked(name, quoted, quantity), Sent(**head(1, name), fence=fence)])


def test_the_cost_of_an_order_is_that_of_all_its_cards() -> None:
    assert total_cost(fold([asked("a", 2400, 3)])) == Money(7200, "USD")
    assert total_cost(fold([asked("a", None)])) is None


def test_what_was_sent_last_is_told() -> None:
    to_do = fold([asked("a")])
    assert last_sent(to_do) is None
    assert sent_at(to_do) == AT
    again = fold(
        [
            asked("a"),
            Sent(**head(1, "a")),
            WasNotTaken(**head(2, "a"), sent="a-1", reason="offline"),
            Sent(**head(3, "a")),
        ]
    )
    found = last_sent(again)
    assert found is not None
    assert found.n == 3
    assert sent_at(again) == found.at


@pytest.mark.parametrize(
    ("mine", "other", "taken"),
    [
        ((2400, 1), (2400, 1), True),
        ((2400, 2), (4800, 1), True),
        ((2400, 1), (2500, 1), False),
        ((None, 1), (2500, 1), True),
        ((2400, 1), (None, 1), True),
    ],
)
def test_a_lane_is_one_cost(
    mine: tuple[int | None, int], other: tuple[int | None, int], *, taken: bool
) -> None:
    order, one = fold([asked("a", *mine)]), sent("b", *other)
    assert in_the_lane(order, [order, one]) == ((one,) if taken else ())


def test_only_who_waits_for_an_answer_in_the_books_holds_a_lane() -> None:
    order = fold([asked("a")])
    left = sent("b").step(LeftToAPerson(**head(2, "b"), reason="sold_on"))
    answered = sent("c").step(Answered(**head(2, "c"), complete=True))
    for one in (fold([asked("d")]), left, answered, sent("e", fence=None), sent("a")):
        assert in_the_lane(order, [one]) == ()


def test_not_confirmed_is_who_nobody_works_on_and_nobody_went_on_from() -> None:
    orders = [fold([asked("a")]), sent("b"), sent("c"), sent("d")]
    assert [one.id for one in not_confirmed(orders, {"c"}, {"d"})] == ["b"]


def test_what_is_open_may_still_cost() -> None:
    orders = [fold([asked("a", 2400, 2)]), sent("b", None), sent("c", 100)]
    assert open_cost(orders, "USD") == Money(4900, "USD")
    assert open_cost(orders, "EUR") == Money(0, "EUR")


def test_who_was_sold_on_and_was_never_taken_up_may_be_sent_again() -> None:
    left = sent("b").step(LeftToAPerson(**head(2, "b"), reason="sold_on"))
    back = left.step(WasNotTaken(**head(3, "b"), sent="b-1", reason="offline"))
    assert (back.phase, back.left_because) == (Phase.TO_DO, "")
    restored = sent("b").step(LeftToAPerson(**head(2, "b"), reason="restored"))
    back = restored.step(WasNotTaken(**head(3, "b"), sent="b-1", reason="offline"))
    assert (back.phase, back.left_because) == (Phase.TO_DO, "restored")
