"""What a lesson is: steps told one at a time, each by what can be seen of the till. Rules alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pos_app.money import Money
from pos_app.orders.cards import masked_email
from pos_app.orders.draft import Line
from pos_app.orders.entries import Placed, PrintFailed
from pos_app.orders.order import Order, Status
from pos_app.orders.product import Delivery

Place = Literal["sell", "charge_screen", "result", "orders", "attention", "settings", "lessons", ""]
"""The screen one is at, by its name; empty for one that is none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the customer of a lesson asks for: one card. `email` is where one by e-mail goes, else empty."""

    brand: str
    face: Money
    email: str = field(default="", repr=False)

    def is_met_by(self, line: Line) -> bool:
        """Whether `line` is what was asked for."""
        return line.quantity == 1 and self.is_kind_of(line)

    def is_kind_of(self, line: Line) -> bool:
        """Whether `line` is what was asked for, but for how many."""
        to = "" if line.recipient is None else line.recipient.email
        return (line.product.brand, line.face, to) == (self.brand, self.face, self.email)

    def was_met_by(self, placed: Placed) -> bool:
        """Whether what was sold is what was asked for, as far as it can be seen: an address is masked."""
        sold = (placed.product.brand, placed.quantity, placed.face, placed.recipient_hint)
        return sold == (self.brand, 1, self.face, masked_email(self.email) if self.email else "")


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be seen of the till: the screen, the basket, and the order the lesson is about, if placed."""

    place: Place
    wanted: Wanted
    lines: tuple[Line, ...] = ()
    order: Order | None = None
    status: Status | None = None

    @property
    def is_out(self) -> bool:
        """Whether the customer can have every card of the order."""
        return self.status is Status.FULFILLED and self.order is not None and not self.order.not_handed_over

    @property
    def lacks_pin(self) -> bool:
        """Whether the card is here and its PIN is not: that is for a manager."""
        order = self.order
        return order is not None and self.status is Status.CODES_PENDING and bool(order.handed_cards)

    @property
    def paper_failed(self) -> bool:
        """Whether a paper of the order was tried and did not come out."""
        return self.order is not None and any(isinstance(one, PrintFailed) for one in self.order.entries)

    @property
    def is_paid_back(self) -> bool:
        """Whether the customer has the money back."""
        return self.order is not None and self.order.refunded is not None


def _no_hint(_seen: Seen) -> str:
    return ""


def never(_seen: Seen) -> bool:
    """A condition that does not hold."""
    return False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `when` says from when on it is the one; of several the last. `hint`: what is wrong."""

    when: Callable[[Seen], bool]
    say: Callable[[Seen], str]
    hint: Callable[[Seen], str] = _no_hint


@dataclass(frozen=True, slots=True)
class Mood:
    """What goes wrong in a lesson: faults as the sandbox takes them, and whether the printer is dead."""

    faults: tuple[Mapping[str, Any], ...] = ()
    dead_printer: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. It ends when `is_over`, with one sentence to `remember`.

    `puts_right`: from when on nothing is to be wrong any more, and the till finds out by itself what became
    of the order. `delivery`: what kind of card it is about; `brand`: which one, where it is to be had.
    """

    name: str
    title: Callable[[], str]
    about: Callable[[], str]
    steps: tuple[Step, ...]
    is_over: Callable[[Seen], bool]
    remember: Callable[[], str]
    mood: Mood = Mood()
    puts_right: Callable[[Seen], bool] = never
    delivery: Delivery = "codes"
    brand: str = "Acme Games"

    def step(self, seen: Seen) -> int:
        """Which of the steps is the one now, from 0 on."""
        return max(at for at, step in enumerate(self.steps) if at == 0 or step.when(seen))
