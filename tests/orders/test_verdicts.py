"""What books prove: one table of cases, and many worlds in which somebody knows the truth."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_app.messages import why_a_person
from pos_app.money import Money
from pos_app.orders.account import Account
from pos_app.orders.answers import Fence, Look, Row
from pos_app.orders.notes import ToppedUp
from pos_app.orders.verdicts import (
    APART,
    SETTLES_DOWN,
    Case,
    EmptyLook,
    ForAPerson,
    FoundRow,
    Judgement,
    NotBought,
    Reason,
    Unusable,
    foreign,
    instant,
    judge,
    turned_up,
)

T0 = datetime(2026, 11, 21, 21, 42, tzinfo=UTC)
COST = Money(2400, "USD")
OTHER = Money(1900, "USD")
OURS = Account(declared=True)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def date(minutes: float) -> str:
    return format_datetime(T0 + timedelta(minutes=minutes), usegmt=True)


def row(number: str, amount: Money | None = COST, minutes: float | None = 1) -> Row:
    return Row(number, amount, None if minutes is None else T0 + timedelta(minutes=minutes), "completed")


FENCE = Fence(("2", "1"), 2, usd(100_000), date(0))
LONG = timedelta(days=30)
CASE = Case(FENCE, T0, COST, OURS, waited=LONG)


def look(*rows: Row, minutes: float = 5, left: int | None = None, total: int | None = None) -> Look:
    """What is seen so many minutes later; the balance less by what the rows say, if nothing else is said."""
    spent = sum(one.amount.minor for one in rows if one.amount is not None)
    balance = usd(100_000 - spent if left is None else left)
    grown = 2 + len(rows) if total is None else total
    return Look(
        rows,
        0,
        reached=True,
        total=grown,
        balance=balance,
        balance_after=balance,
        provider_date=date(minutes),
    )


def reasons(found: Judgement) -> tuple[str, ...]:
    assert isinstance(found, ForAPerson)
    return found.reasons


def test_one_new_row_of_the_right_amount_is_it() -> None:
    assert judge(CASE, look(row("3"))) == FoundRow(row("3"))


def test_what_others_of_ours_are_known_to_be_is_left_aside() -> None:
    case = replace(CASE, claimed=frozenset({"4"}))
    assert judge(case, look(row("4", OTHER), row("3"))) == FoundRow(row("3"))


def test_a_row_may_be_that_of_an_order_worth_as_much_whose_price_has_moved() -> None:
    case = replace(CASE, others=(OTHER,), alike=(OTHER,))
    assert reasons(judge(case, look(row("3")))) == ("others_may_be_it",)
    assert judge(case, look(row("4", OTHER), row("3"))) == FoundRow(row("3"))
    assert reasons(judge(replace(case, alike=(None,)), look(row("4", OTHER), row("3")))) == (
        "others_may_be_it",
    )


def test_a_row_that_only_one_other_open_order_can_be_is_left_to_it() -> None:
    case = replace(CASE, others=(OTHER, usd(100)))
    assert judge(case, look(row("4", OTHER), row("3"))) == FoundRow(row("3"))
    assert reasons(judge(replace(CASE, others=(OTHER, OTHER)), look(row("4", OTHER), row("3")))) == (
        "other_rows",
    )
    twice = look(row("5", OTHER), row("4", OTHER), row("3"))
    assert reasons(judge(case, twice)) == ("other_rows",)


@pytest.mark.parametrize(
    ("case", "seen", "why"),
    [
        (replace(CASE, left=True), look(row("3")), ("left",)),
        (replace(CASE, cost=None), look(row("3")), ("cost_not_told", "other_rows")),
        (replace(CASE, account=Account()), look(row("3")), ("not_exclusive",)),
        (replace(CASE, account=replace(OURS, strangers=("9",))), look(row("3")), ("foreign_rows",)),
        (replace(CASE, account=replace(OURS, unnamed=True)), look(row("3")), ("foreign_rows",)),
        (replace(CASE, account=replace(OURS, explained=frozenset({"3"}))), look(row("3")), ("foreign_rows",)),
        (replace(CASE, others=(COST,)), look(row("3")), ("others_may_be_it",)),
        (replace(CASE, others=(None,)), look(row("3")), ("others_may_be_it",)),
        (CASE, look(row("4"), row("3")), ("several_rows",)),
        (CASE, look(row("3", OTHER)), ("other_rows",)),
        (CASE, look(row("4", OTHER), row("3")), ("other_rows",)),
        (CASE, look(row("3", None), left=97_600), ("amount_not_told", "other_rows")),
        (CASE, look(row("3"), left=90_000), ("balance_does_not_fit",)),
        (CASE, look(left=97_600), ("balance_does_not_fit",)),
        (CASE, look(row("3"), left=100_000), ("balance_does_not_fit",)),
        (CASE, look(row("3", minutes=None)), ("time_not_told",)),
        (CASE, replace(look(row("3")), provider_date=None), ("time_not_told",)),
        (CASE, replace(look(), provider_date="yesterday"), ("time_not_told",)),
        (replace(CASE, fence=replace(FENCE, provider_date=None)), look(row("3")), ("time_not_told",)),
        (CASE, look(row("3", minutes=-1)), ("outside_window",)),
        (CASE, look(row("3", minutes=9)), ("outside_window",)),
        (replace(CASE, fence=None), look(), ("no_books",)),
        (replace(CASE, account=Account()), look(minutes=60), ("not_exclusive",)),
    ],
)
def test_everything_else_is_for_a_person(case: Case, seen: Look, why: tuple[str, ...]) -> None:
    assert reasons(judge(case, seen)) == why


def test_a_row_may_be_dated_by_a_clock_that_is_a_little_off() -> None:
    for minutes in (-0.05, 5.05):
        assert isinstance(judge(CASE, look(row("3", minutes=minutes))), FoundRow)


def test_a_person_is_shown_the_only_row_it_may_be() -> None:
    found = judge(replace(CASE, left=True), look(row("3")))
    assert isinstance(found, ForAPerson)
    assert found.row == row("3")


@pytest.mark.parametrize(
    ("case", "seen", "doubt"),
    [
        (replace(CASE, busy=True), look(row("3")), "busy"),
        (replace(CASE, cost=Money(2400, "EUR")), look(row("3")), "other_currency"),
        (CASE, replace(look(row("3")), balance_after=usd(1)), "balance_moved"),
        (CASE, look(row("3"), total=4), "rows_do_not_add_up"),
        (CASE, replace(look(row("3")), reached=False), "fence_not_reached"),
        (CASE, replace(look(row("3")), nameless=1), "row_without_id"),
        (CASE, replace(look(row("3")), total=None), "total_not_told"),
    ],
)
def test_a_look_that_does_not_add_up_proves_nothing(case: Case, seen: Look, doubt: str) -> None:
    assert judge(case, seen) == Unusable(doubt)  # pyright: ignore[reportArgumentType]  one of the words


def test_money_that_was_paid_in_is_counted() -> None:
    paid = ToppedUp(id="t", order_id="@a", n=0, at=T0 + timedelta(minutes=1), by="Ana", amount=usd(50_000))
    case = replace(CASE, account=replace(OURS, top_ups=(paid,)))
    assert judge(case, look(row("3"), left=147_600)) == FoundRow(row("3"))
    assert reasons(judge(CASE, look(row("3"), left=147_600))) == ("balance_does_not_fit",)


def test_one_date_header_that_is_off_makes_nothing_late_enough() -> None:
    """The first reply's said an hour too little: by our own clock it was sent a moment ago."""
    soon = replace(CASE, waited=timedelta(minutes=29))
    assert judge(soon, look(minutes=90)) == EmptyLook(T0 + timedelta(minutes=90), counts=False)
    looked = replace(soon, empty_looks=(T0 + timedelta(minutes=60),))
    assert judge(looked, look(minutes=90)) == EmptyLook(T0 + timedelta(minutes=90), counts=False)
    late = replace(looked, waited=timedelta(minutes=30))
    assert judge(late, look(minutes=90)) == NotBought(T0 + timedelta(minutes=60), T0 + timedelta(minutes=90))


def test_not_bought_is_two_looks_far_enough_apart_and_late_enough() -> None:
    early, first, soon, second = (T0 + timedelta(minutes=at) for at in (29, 30, 39, 40))
    assert judge(CASE, look(minutes=29)) == EmptyLook(early, counts=False)
    assert judge(CASE, look(minutes=30)) == EmptyLook(first, counts=True)
    case = replace(CASE, empty_looks=(first,))
    assert judge(case, look(minutes=39)) == EmptyLook(soon, counts=True)
    assert judge(case, look(minutes=40)) == NotBought(first, second)
    # A clock that told more than it was does not bring the proof forward.
    assert judge(replace(CASE, empty_looks=(second,)), look(minutes=30)) == EmptyLook(first, counts=True)


def test_looks_from_before_it_was_sent_again_are_no_proof() -> None:
    """The first request was taken back; whoever looked for it did so before this fence."""
    case = replace(CASE, empty_looks=(T0 - timedelta(minutes=20), T0 + timedelta(minutes=29)))
    assert judge(case, look(minutes=45)) == EmptyLook(T0 + timedelta(minutes=45), counts=True)


def test_rows_that_were_explained_do_not_stand_in_the_way_of_another_amount() -> None:
    case = replace(CASE, account=replace(OURS, explained=frozenset({"3"})))
    assert judge(case, look(row("3", OTHER))) == EmptyLook(T0 + timedelta(minutes=5), counts=False)
    assert reasons(judge(case, look(row("3", None), left=97_600))) == ("amount_not_told", "other_rows")


def test_one_look_serves_a_younger_fence_too() -> None:
    younger = replace(CASE, fence=Fence(("4", "3", "2", "1"), 4, usd(95_700), date(2)))
    seen = look(row("5", minutes=3), row("4", OTHER), row("3"))
    assert judge(younger, seen) == FoundRow(row("5", minutes=3))
    # What the list put below what was known is new all the same, if the numbers say so.
    seen = look(row("4", OTHER), row("5", minutes=3), row("3"))
    assert judge(younger, seen) == FoundRow(row("5", minutes=3))
    below = look(row("4", OTHER), row("3"), row("5", minutes=3))
    assert judge(younger, below) == FoundRow(row("5", minutes=3))
    # A page that did not reach down so far: what stands below is older.
    short = replace(younger, fence=Fence(("4", "3"), 7, usd(93_300), date(2)))
    deep = look(
        row("8", minutes=3), row("4", OTHER), row("3"), row("a"), row("b"), row("c"), total=8, left=90_900
    )
    assert judge(short, deep) == FoundRow(row("8", minutes=3))
    assert judge(short, replace(deep, total=None)) == Unusable("total_not_told")


def test_after_the_verdict_one_row_of_the_amount_is_an_alarm() -> None:
    assert turned_up(CASE, look(row("3"), minutes=9000)) == row("3", minutes=1)
    assert turned_up(CASE, look(row("5"), row("4", OTHER), row("3"))) == row("3"), "the oldest that may be it"
    assert turned_up(CASE, look(row("3", OTHER))) is None
    assert turned_up(CASE, replace(look(row("3")), reached=False)) is None
    for changed in (
        replace(CASE, account=Account()),
        replace(CASE, cost=None),
        replace(CASE, fence=None),
        replace(CASE, left=True),
        replace(CASE, claimed=frozenset({"3"})),
        replace(CASE, others=(COST,)),
        replace(CASE, others=(None,)),
    ):
        assert turned_up(changed, look(row("3"))) is None


def test_foreign_is_what_nothing_of_ours_explains() -> None:
    seen = look(row("5"), row("4", OTHER), row("3"))
    assert foreign(seen, frozenset({"3", "4", "5"}), ()) == ()
    assert foreign(seen, frozenset(), (COST, COST, OTHER)) == ()
    assert foreign(seen, frozenset(), (COST, COST)) == ("4",)
    assert foreign(seen, frozenset(), (COST, OTHER)) == ("5", "3"), "nobody can tell which of the two"
    assert foreign(seen, frozenset(), (COST, OTHER, None)) == (), "one of unknown cost may be any"
    assert foreign(look(row("3", None)), frozenset(), (OTHER,)) == ()
    assert foreign(look(row("3", None)), frozenset(), ()) == ("3",)


def test_every_reason_has_words() -> None:
    words = [why_a_person(reason) for reason in get_args(Reason)]
    assert len({*words}) == len(words)
    assert all(word.endswith(".") for word in words)


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "yesterday",
        "Sat, 21 Nov 2026 21:42:00 -0000",
        "Sat, 21 Nov 2026 21:42:00 +9999999999999999",
        "Sat, 21 Nov 99999999999999999999 21:42:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ],
)
def test_a_date_that_does_not_say_when_says_nothing(date: str | None) -> None:
    assert instant(date) is None


# --- worlds in which somebody knows the truth -------------------------------------

Outcome = Literal["answered", "lost", "before", "late", "moved"]
COSTS = (usd(2400), usd(1900), usd(960))


@dataclass
class Ours:
    """One order of ours, and what really became of it."""

    name: str
    cost: Money
    fence: Fence
    sent_at: datetime
    open: bool = True
    not_bought: bool = False
    empty: tuple[datetime, ...] = ()
    commits_at: datetime | None = None


@dataclass
class World:
    """An account on which only we buy, with a provider that may lose answers and be late."""

    now: datetime = T0
    balance: Money = field(default_factory=lambda: usd(1_000_000))
    rows: list[tuple[Row, str]] = field(default_factory=list[tuple[Row, str]])
    orders: list[Ours] = field(default_factory=list[Ours])
    claimed: set[str] = field(default_factory=set[str])

    def fence(self) -> Fence:
        ids = tuple(one.provider_order_id for one, _owner in reversed(self.rows))
        return Fence(ids[:5], len(self.rows), self.balance, format_datetime(self.now, usegmt=True))

    def commit(self, order: Ours, more: int = 0) -> str:
        number = str(len(self.rows) + 1)
        amount = order.cost + usd(more)
        self.rows.append((Row(number, amount, self.now), order.name))
        self.balance -= amount
        return number

    def send(self, cost: Money, outcome: Outcome, delay: int) -> None:
        order = Ours(f"order {len(self.orders)}", cost, self.fence(), self.now)
        self.orders.append(order)
        match outcome:
            case "answered":
                self.claimed.add(self.commit(order))
                order.open = False
            case "lost":
                self.commit(order)
            case "moved":
                self.commit(order, 7)
            case "late":
                order.commits_at = self.now + timedelta(minutes=delay)
            case "before":
                pass

    def turn(self, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        for order in sorted(self.orders, key=lambda one: one.commits_at or until):
            if order.commits_at is not None and order.commits_at <= until:
                self.now, order.commits_at = order.commits_at, None
                self.commit(order)
        self.now = until

    def look(self) -> None:
        """What the resolver does with one look back to the oldest open order."""
        waiting = [one for one in self.orders if one.open or one.not_bought]
        if not waiting:
            return
        known = frozenset(waiting[0].fence.ids)
        numbers = [one.provider_order_id for one, _owner in self.rows]
        first = max((numbers.index(number) + 1 for number in known), default=0)
        rows = tuple(one for one, _owner in reversed(self.rows[first:]))
        date = format_datetime(self.now, usegmt=True)
        seen = Look(rows, 0, reached=True, total=len(self.rows), balance=self.balance,
                    balance_after=self.balance, provider_date=date)  # fmt: skip
        again = True
        while again:
            again = any(self.decide(order, seen) for order in waiting if order.open)
        for order in waiting:
            if order.not_bought:
                self.watch(order, seen)

    def case(self, order: Ours, others: list[Ours]) -> Case:
        costs = tuple(one.cost for one in others if one is not order)
        claimed = frozenset(self.claimed)
        return Case(
            order.fence, order.sent_at, order.cost, OURS, claimed, costs, empty_looks=order.empty, waited=LONG
        )

    def decide(self, order: Ours, seen: Look) -> bool:
        found = judge(self.case(order, [one for one in self.orders if one.open or one.not_bought]), seen)
        owner = {one.provider_order_id: name for one, name in self.rows}
        match found:
            case FoundRow(one):
                assert owner[one.provider_order_id] == order.name, "another order was taken for it"
                self.claimed.add(one.provider_order_id)
                order.open = False
                return True
            case NotBought(first, at):
                assert order.name not in owner.values(), "it was bought"
                assert at - first >= APART
                assert first - order.sent_at >= SETTLES_DOWN - timedelta(seconds=1)
                order.open, order.not_bought = False, True
            case EmptyLook(at, counts=True):
                order.empty = (*order.empty, at)
            case EmptyLook() | Unusable():
                pass
            case ForAPerson():
                order.empty = ()
        return False

    def watch(self, order: Ours, seen: Look) -> None:
        found = turned_up(self.case(order, [one for one in self.orders if one.open]), seen)
        if found is not None:
            self.claimed.add(found.provider_order_id)
            order.not_bought = False


STEPS = st.one_of(
    st.tuples(
        st.just("send"),
        st.sampled_from(COSTS),
        st.sampled_from(("answered", "lost", "before", "late", "moved")),
        st.integers(1, 200),
    ),
    st.tuples(st.just("turn"), st.integers(1, 45)),
    st.tuples(st.just("look")),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, min_size=2, max_size=25))
def test_no_world_of_our_own_is_judged_wrongly(steps: list[tuple[str, ...]]) -> None:
    """The asserts are in `World.decide`. Whatever was late is found, or left to a person, in the end."""
    world = World()
    for name, *given_ in steps:
        getattr(world, name)(*given_)
    world.turn(300)
    for _ in range(3):
        world.look()
        world.turn(30)
    mine = {name for one, name in world.rows if one.provider_order_id not in world.claimed}
    for order in world.orders:
        if order.name in mine:
            assert order.open or _may_be_anothers(world, order), "it was bought, and nobody is told"


def _may_be_anothers(world: World, order: Ours) -> bool:
    """Whether an order not bought is still watched, or the alarm went up for one that costs the same."""
    alike = [one for one in world.orders if one is not order and one.cost == order.cost]
    return order.not_bought and bool(alike)
