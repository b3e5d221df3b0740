"""What there is to pay, what was taken of it, and what is wrong with what is entered. No widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_app.errors import PosError, StoreProblem
from pos_app.money import Money, total
from pos_app.orders.draft import Draft
from pos_app.orders.quick_cash import is_far_too_much
from pos_app.orders.rules import Problem
from pos_app.orders.sale import (
    Tender,
    TenderKind,
    entered_twice,
    over,
    problem_with_tenders,
    still_to_pay,
)
from pos_app.sales import LineCheck


@dataclass(frozen=True)
class State:
    """The sale being paid. `checks` holds what the providers said since this screen opened.

    `pressed`: the cashier has tried to take the money, so what is missing is said. `placed`: it is done;
    `unplaced`: why it could not be written down.
    `on_screen`: the shop prints nothing and hands codes over on the screen. `parts` are what was taken while
    there is still to pay, `split` whether how much is paid one way is asked. Cash is rounded to `coin`.
    `is_code`: what was entered as a number last is a gift card's code, and was taken out of the field again.
    `is_changed`: what was confirmed was not sold, as the screen said something else by then.
    """

    draft: Draft
    coin: Money | None = None
    kind: TenderKind = "cash"
    split: bool = False
    parts: tuple[Tender, ...] = ()
    checks: Mapping[str, LineCheck | PosError] = field(default_factory=dict[str, LineCheck | PosError])
    paper: bool = True
    on_screen: bool = False
    pressed: bool = False
    placed: bool = False
    unplaced: StoreProblem | None = None
    is_code: bool = False
    is_changed: bool = False

    @property
    def taken(self) -> Money:
        """What all parts come to."""
        return total([part.received for part in self.parts], self.draft.currency)

    def left_by(self, kind: TenderKind) -> Money:
        """What there is still to pay, if all of it goes by `kind`."""
        return still_to_pay(self.draft.total, self.parts, kind, self.coin)

    def left(self) -> Money:
        """What there is still to pay, if all of it goes the way that is chosen."""
        return self.left_by(self.kind)

    def tenders_with(self, tender: Tender | None) -> tuple[Tender, ...]:
        """All that was and is paid; nothing twice where the parts before are enough."""
        if tender is None or (not tender.received and self.more(self.parts).minor >= 0):
            return self.parts
        return (*self.parts, tender)

    def more(self, tenders: tuple[Tender, ...]) -> Money:
        """What `tenders` are over what there is to pay; below zero: what is missing."""
        return over(self.draft.total, tenders, self.coin)

    def is_part(self, tender: Tender | None) -> bool:
        """Whether `tender`, as it is entered, is a part of what there is to pay."""
        return (
            tender is not None
            and tender.received.minor > 0
            and self.more(self.tenders_with(tender)).minor < 0
        )

    def too_much(self) -> Money | None:
        """What was taken over what there is to pay, where it can not all go back as change.

        The basket was made smaller since.
        """
        due = self.draft.total
        exactly = total([part.received for part in self.parts if part.kind != "cash"], due.currency)
        return self.taken - due if exactly > due else None

    def is_far_too_much(self, tender: Tender | None) -> bool:
        """Whether `tender` is so much that it is mistyped, more likely than not."""
        return tender is not None and is_far_too_much(self.left(), tender.received)

    def can_be_had(self, *, unknown_is_fine: bool = False) -> bool:
        """Whether every line can be had, as far as is known."""
        for line in self.draft.lines:
            check = self.checks.get(line.id)
            if check is None or isinstance(check, PosError):
                # What could not be asked is asked again when the money is taken.
                if not unknown_is_fine:
                    return False
            elif not check.ok:
                return False
        return True

    def problem(self, tender: Tender | None, *, is_written: bool) -> Problem | None:
        """What is wrong with paying by `tender`; None: it can not be read, if something `is_written`."""
        if (over_parts := self.too_much()) is not None:
            return Problem("parts", "too_much", {"over": over_parts})
        if tender is None:
            return Problem("amount", "unreadable" if is_written else "missing")
        if tender.kind != "cash":
            # Whatever cash is there: a card that pays more than is left would be paid out in cash.
            if tender.received > self.left():
                return Problem("part", "too_much", {"most": self.left()})
            if not tender.received and self.tenders_with(tender) == self.parts:
                return None
        if tender.kind == "other" and not tender.reference:
            return Problem("rung", "missing")
        if tender.kind == "terminal" and not tender.reference:
            return Problem("reference", "missing")
        if twice := entered_twice(self.tenders_with(tender)):
            return Problem("reference", "twice", {"reference": twice})
        if self.is_part(tender):
            return None
        return problem_with_tenders(self.draft.total, self.tenders_with(tender), self.coin)
