"""The basket being put together: immutable, costs nothing, lives in the screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pos_app.money import Money, total
from pos_app.orders.product import Product
from pos_app.orders.rules import (
    Problem,
    problem_with_amount,
    problem_with_quantity,
    problems_with_recipient,
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a card by e-mail goes. Personal data: never in a log or a repr."""

    email: str = field(repr=False)
    name: str = field(default="", repr=False)
    message: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` cards of one product, each worth `face`, each sold for `price`.

    `id` is made by the screen and becomes the order's id, so that pressing twice places one order.
    """

    id: str
    product: Product
    quantity: int
    face: Money
    price: Money
    recipient: Recipient | None = None

    @property
    def total(self) -> Money:
        """What the customer pays for the line."""
        return self.price * self.quantity

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What forbids selling this line, first things first; empty when nothing does."""
        found = [problem_with_amount(self.product, self.face), problem_with_quantity(self.quantity)]
        if self.price.minor <= 0:
            found.append(Problem("price", "not_positive"))
        if self.product.delivery == "email":
            recipient = self.recipient or Recipient("")
            found += problems_with_recipient(recipient.email, recipient.name, recipient.message)
            if self.quantity != 1:
                found.append(Problem("quantity", "one_per_email"))
        return tuple(problem for problem in found if problem is not None)


@dataclass(frozen=True, slots=True)
class Draft:
    """All lines of the customer being served. `id` is made once and becomes the sale's id."""

    id: str
    currency: str
    lines: tuple[Line, ...] = ()

    @property
    def total(self) -> Money:
        """What the customer pays for everything. Raises ValueError when a line has another currency."""
        return total([line.total for line in self.lines], self.currency)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What forbids selling this basket; an empty basket is one of the things."""
        if not self.lines:
            return (Problem("basket", "empty"),)
        foreign = tuple(
            Problem("currency", "foreign_currency", {"currency": amount.currency})
            for line in self.lines
            for amount in (line.price, line.face)
            if amount.currency != self.currency
        )
        return foreign + tuple(problem for line in self.lines for problem in line.problems)

    def with_line(self, line: Line) -> Draft:
        """This basket with `line` added, or put in the place of the line with the same id."""
        if any(old.id == line.id for old in self.lines):
            return replace(self, lines=tuple(line if old.id == line.id else old for old in self.lines))
        return replace(self, lines=(*self.lines, line))

    def without_line(self, line_id: str) -> Draft:
        """This basket without the line `line_id`."""
        return replace(self, lines=tuple(line for line in self.lines if line.id != line_id))
