"""What a provider's books prove about an order nobody answered for. Rules alone: nothing is asked or written.

Times are the provider's own, out of its `Date` headers and rows. This machine's clock alone decides nothing;
that nothing was bought has to be late enough by both.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from pos_app.money import Money
from pos_app.orders.account import Account
from pos_app.orders.answers import Doubt, Fence, Look, Row

SETTLES_DOWN: Final = timedelta(minutes=30)
"""How long after it was sent an order may still come up in a provider's books."""

APART: Final = timedelta(minutes=10)
"""How far apart two looks have to be, of which neither shows anything, to prove that nothing was bought."""

WATCH: Final = timedelta(days=14)
"""How long after the verdict *not bought* the books are still looked into."""

UNEVEN: Final = timedelta(seconds=5)
"""By how much the clock that dates rows may differ from the one that dates answers."""

_YEARS: Final = range(2000, 3000)
"""Those a clock may be in; nearer to the ends of the calendar there is no room to reckon."""

Reason = Literal[
    "left",
    "no_books",
    "cost_not_told",
    "not_exclusive",
    "foreign_rows",
    "others_may_be_it",
    "several_rows",
    "other_rows",
    "amount_not_told",
    "balance_does_not_fit",
    "time_not_told",
    "outside_window",
]
"""Why a person has to decide.

`left`: one already has to, whatever the books show. `no_books`: there are none to look into. `cost_not_told`:
nobody told us what the order would cost. `not_exclusive`: others may buy on the account; `foreign_rows`: they
did, and nobody has explained it. `others_may_be_it`: a row may be another order's of ours. `several_rows` are
of this amount; `other_rows` of amounts nothing of ours explains. `amount_not_told`: by a row.
`balance_does_not_fit`: more or less left the account than the rows say. `time_not_told` by the provider;
`outside_window`: the row is older or newer than it can be.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about one order beside the books as they are now.

    `fence` and `sent_at` (UTC, our clock) are of the first request that may have been carried out; `cost` is
    the quoted debit of the whole order. `others` has the cost of each other order that may be in the books
    without our knowing which; `alike` those of them that are worth as much to the customer: only the cost
    tells those apart, and prices move. `claimed` are the provider's ids of orders that are known to be ours.
    `waited` is how long ago it was sent by our own clock: one `Date` header may be off.
    `busy`: another order of the account is on its way. `empty_looks` are the provider's times of earlier
    looks that showed nothing.
    """

    fence: Fence | None
    sent_at: datetime
    cost: Money | None
    account: Account
    claimed: frozenset[str] = frozenset()
    others: tuple[Money | None, ...] = ()
    alike: tuple[Money | None, ...] = ()
    busy: bool = False
    left: bool = False
    empty_looks: tuple[datetime, ...] = ()
    waited: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class FoundRow:
    """It was bought, and `row` is it."""

    row: Row


@dataclass(frozen=True, slots=True)
class NotBought:
    """It was not: the looks at `first` and at `at` (the provider's clock) showed nothing."""

    first: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class EmptyLook:
    """Nothing new, at the provider's time `at`; `counts`: late enough to be the first of two."""

    at: datetime
    counts: bool


@dataclass(frozen=True, slots=True)
class ForAPerson:
    """The books alone do not decide it. `row` is the one that may be it, where there is just one."""

    reasons: tuple[Reason, ...]
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """This look proves nothing; another one may. `busy`: another order of the account is on its way."""

    doubt: Doubt | Literal["busy"]


Judgement = FoundRow | NotBought | EmptyLook | ForAPerson | Unusable


def judge(case: Case, look: Look) -> Judgement:
    """What `look`, taken back to the case's fence or an older one, proves about the order."""
    fence = case.fence
    if fence is None:
        return ForAPerson(("no_books",))
    seen = look.since(fence)
    if (doubt := _doubt(case, fence, seen)) is not None:
        return Unusable(doubt)
    hindrances = _hindrances(case)
    unclaimed = _unclaimed(case, seen)
    residue = _residue(case, fence, seen)
    sent, at = instant(fence.provider_date), instant(seen.provider_date)
    if unclaimed or residue is None or residue:
        return _row(case, unclaimed, residue, sent, at, hindrances)
    if sent is None or at is None:
        return ForAPerson((*hindrances, "time_not_told"))
    if hindrances:
        return ForAPerson(hindrances)
    counts = min(at - sent, case.waited) >= SETTLES_DOWN
    # Looks from before a request that was taken back say nothing about the one behind it.
    first = min((look for look in case.empty_looks if look - sent >= SETTLES_DOWN), default=at)
    if counts and at - first >= APART:
        return NotBought(first, at)
    return EmptyLook(at, counts)


def turned_up(case: Case, look: Look) -> Row | None:
    """The row that speaks against the verdict that an order was not bought, None where there is none.

    It raises an alarm and decides nothing, so it asks for less than `judge`: the list was read back to the
    fence, and the row costs what the order would have. Where others may buy on the account it proves nothing.
    """
    fence = case.fence
    if fence is None or case.cost is None or case.left or not case.account.exclusive:
        return None
    seen = look.since(fence)
    if not seen.reached or case.cost in case.others or None in case.others:
        return None
    mine = [row for row in _unclaimed(case, seen) if row.amount == case.cost]
    return mine[-1] if mine else None


def foreign(look: Look, known: frozenset[str], ours: tuple[Money | None, ...]) -> tuple[str, ...]:
    """The ids of the rows that no order of ours explains; `known` are those claimed or told of before.

    `ours` has the cost of each order that may be among them. Of rows of one amount that are more than there
    are such orders all are named: nobody can tell which of them is not ours.
    """
    rows = look.unclaimed(known)
    costs = Counter(ours)
    unknown = costs.pop(None, 0)
    found: list[str] = []
    by_amount = Counter(row.amount for row in rows)
    for amount, count in by_amount.items():
        over = count - (len(ours) if amount is None else costs[amount])
        if over > unknown:
            found += [row.provider_order_id for row in rows if row.amount == amount]
        else:
            unknown -= max(0, over)
    return tuple(found)


def instant(date: str | None) -> datetime | None:
    """The instant of a `Date` header, None where there is none that says its zone, or one of no use."""
    try:
        found = None if date is None else parsedate_to_datetime(date)
    except (ValueError, IndexError, TypeError, OverflowError):
        # It stands in the journal: what fell over it would do so at every look.
        return None
    if found is None or found.tzinfo is None or found.year not in _YEARS:
        return None
    return found


def _doubt(case: Case, fence: Fence, seen: Look) -> Doubt | Literal["busy"] | None:
    if case.busy:
        return "busy"
    if case.cost is not None and case.cost.currency != seen.balance.currency:
        return "other_currency"
    return seen.doubt(fence)


def _unclaimed(case: Case, seen: Look) -> tuple[Row, ...]:
    """The rows that may be this order: foreign ones that a manager has explained are left out.

    Unless they cost the same or do not say what: then this order may be among what was explained.
    """
    explained = case.account.explained
    return tuple(
        row
        for row in seen.unclaimed(case.claimed)
        if row.provider_order_id not in explained or row.amount is None or row.amount == case.cost
    )


def _residue(case: Case, fence: Fence, seen: Look) -> Money | None:
    residue = seen.residue(fence)
    if residue is None:
        return None
    return residue + case.account.paid_in_since(case.sent_at, residue.currency)


def _hindrances(case: Case) -> tuple[Reason, ...]:
    """Why nothing is decided automatically about this order, whatever the books show."""
    reasons: list[Reason] = []
    if case.left:
        reasons.append("left")
    if case.cost is None:
        reasons.append("cost_not_told")
    if not case.account.declared:
        reasons.append("not_exclusive")
    elif not case.account.exclusive:
        reasons.append("foreign_rows")
    return tuple(reasons)


def _row(
    case: Case,
    unclaimed: tuple[Row, ...],
    residue: Money | None,
    sent: datetime | None,
    at: datetime | None,
    hindrances: tuple[Reason, ...],
) -> FoundRow | ForAPerson:
    reasons = list(hindrances)
    if residue is None:
        reasons.append("amount_not_told")
    elif residue:
        reasons.append("balance_does_not_fit")
    mine = [row for row in unclaimed if row.amount == case.cost]
    rest = [row for row in unclaimed if row.amount != case.cost]
    if len(mine) > 1:
        reasons.append("several_rows")
    if unclaimed and not (mine and _are_others(rest, case.others)):
        reasons.append("other_rows")
    row = mine[0] if len(mine) == 1 else None
    if row is not None:
        if case.cost in case.others or None in case.others or not _all_are_there(rest, case.alike):
            reasons.append("others_may_be_it")
        if row.provider_order_id in case.account.explained:
            reasons.append("foreign_rows")
        if row.created_at is None or sent is None or at is None:
            reasons.append("time_not_told")
        elif not sent - UNEVEN <= row.created_at <= at + UNEVEN:
            reasons.append("outside_window")
    if row is None or reasons:
        return ForAPerson(tuple(dict.fromkeys(reasons)), row)
    return FoundRow(row)


def _all_are_there(rest: list[Row], others: tuple[Money | None, ...]) -> bool:
    """Whether each other order has a row of its own: one that has none may be this row, at a moved price."""
    amounts = {row.amount for row in rest}
    return all(cost in amounts for cost in others)


def _are_others(rest: list[Row], others: tuple[Money | None, ...]) -> bool:
    """Whether each of the other rows is exactly one other order's: of an amount that only one has."""
    costs = Counter(others)
    return all(costs[row.amount] == 1 for row in rest) and len({row.amount for row in rest}) == len(rest)
