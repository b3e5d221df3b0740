"""What a sale must obey before anything is sent: amounts, quantities, recipients.

A broken rule is a `Problem` beside a field; its words are made by `messages.problem`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pos_app.money import Money
from pos_app.orders.product import Product

MOST_CARDS: Final = 100
"""Cards in one order. CardPlusPay, create order: `quantity` is at most 100."""

MOST_AMOUNT: Final = 10_000
"""Major units (dollars) on one card where the provider states no limit: beyond it a digit has slipped."""

LONGEST_NAME: Final = 100
LONGEST_MESSAGE: Final = 500
"""Characters. LevelUp states no limit for name and message; these fit on the paper and in any mail."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that is broken: beside which `field`, by which `reason`, and the facts to name."""

    field: str
    reason: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict[str, object])


def problem_with_amount(product: Product, amount: Money | None) -> Problem | None:
    """What is wrong with selling one card of `product` worth `amount`; None when nothing is."""
    if amount is None:
        return Problem("amount", "missing")
    if amount.currency != product.currency:
        return Problem("amount", "foreign_currency", {"currency": amount.currency})
    if amount.minor <= 0:
        return Problem("amount", "not_positive")
    if product.face is not None:
        return None if amount == product.face else Problem("amount", "other_value", {"face": product.face})
    if product.least is not None and amount < product.least:
        return Problem("amount", "too_little", {"least": product.least})
    ceiling = Money.of(MOST_AMOUNT, amount.currency)
    if product.most is None and amount > ceiling:
        return Problem("amount", "too_much", {"most": ceiling})
    if product.most is not None and amount > product.most:
        return Problem("amount", "too_much", {"most": product.most})
    return None


def problem_with_quantity(quantity: int | None) -> Problem | None:
    """What is wrong with `quantity` cards in one order; None when nothing is."""
    if quantity is None or not 1 <= quantity <= MOST_CARDS:
        return Problem("quantity", "out_of_range", {"most": MOST_CARDS})
    return None


def problem_with_email(email: str) -> Problem | None:
    """What is wrong with a recipient's address by its form; None when nothing is.

    Only the form is judged: no name server is asked, so that typing never waits for the network. Names
    reserved for tests and for one's own network (`.test`, `.invalid`, `.local`, `localhost`) are no
    addresses a customer can have; `.example`, in which all our examples live, is let through.
    """
    if not email.strip():
        return Problem("email", "missing")
    from email_validator import EmailNotValidError, validate_email

    try:
        # Few mail systems take letters beyond ASCII before the @; a card that was not delivered is lost.
        found = validate_email(email, check_deliverability=False, strict=True, allow_smtputf8=False)
    except EmailNotValidError:
        return Problem("email", "no_address")
    # The provider gets the address as it was typed, not as the library would mend it.
    typed = email.rpartition("@")[2].lower()
    return None if typed in {found.domain, found.ascii_domain} else Problem("email", "no_address")


def problems_with_recipient(email: str, name: str, message: str) -> list[Problem]:
    """What is wrong with the recipient of a card by e-mail, field by field; empty when nothing is."""
    problems: list[Problem] = []
    if (bad_address := problem_with_email(email)) is not None:
        problems.append(bad_address)
    if len(name) > LONGEST_NAME:
        problems.append(Problem("name", "too_long", {"most": LONGEST_NAME}))
    if len(message) > LONGEST_MESSAGE:
        problems.append(Problem("message", "too_long", {"most": LONGEST_MESSAGE}))
    return problems
