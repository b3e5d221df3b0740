"""One gift card received: what is secret about it, and what may be seen of it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from pos_app.money import Money

MASK: Final = "•"
_SHOWN = 4
# Showing four of five characters would give the card away.
_SHORTEST_TO_SHOW_FOUR = 8


@dataclass(frozen=True, slots=True)
class Card:
    """A card in clear, as a provider handed it out; exists only in memory.

    `face` is what it is worth, `cost` what our account was debited; either is None where the provider did
    not say. `extras` are further secret fields (serial, link), as name and text, in the provider's order.
    """

    code: str = field(repr=False)
    pin: str | None = field(default=None, repr=False)
    extras: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    face: Money | None = None
    cost: Money | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class SealedCard:
    """A card as the journal keeps it: everything secret is in `sealed`, under the order's key.

    `id` names it within its order. `digest` finds it by code to the letter, `plain_digest` however it
    is grouped (empty for cards that older programs took in), and `rest_digest` by PIN and further secret
    fields (empty where there are none); all are keyed, so they tell nothing by themselves. `hint` is the
    masked code. `parked` cards were not asked for: they may be somebody else's and are never handed
    over by themselves.
    """

    id: str
    sealed: str
    digest: str
    hint: str
    has_pin: bool
    face: Money | None = None
    cost: Money | None = None
    parked: bool = False
    rest_digest: str = ""
    plain_digest: str = ""

    @property
    def last_four(self) -> str:
        """The characters of the code that may be seen, for receipts and searches."""
        return "".join(character for character in self.hint if character.isalnum())


def same_card(one: Card, other: Card) -> bool:
    """Whether two readings can be of one card: codes equal but for hyphens and blanks, and an equal rest.

    A reading may be poorer than the other, without PIN or further fields; what both have must be equal. Codes
    that differ in their capitals only, or cards that share a code such as SEE LINK, are different cards.
    """
    if bare(one.code) != bare(other.code):
        return False
    pins_agree = one.pin is None or other.pin is None or one.pin == other.pin
    return pins_agree and (not one.extras or not other.extras or one.extras == other.extras)


def bare(code: str) -> str:
    """`code` without the blanks and hyphens that only group it; where they stand tells no two cards apart."""
    return "".join(mark for mark in code if not mark.isspace() and unicodedata.category(mark) != "Pd")


def masked(code: str) -> str:
    """`code` with its shape kept and all but the last characters hidden: `••••-••••-••••-2WZA`."""
    letters = [place for place, character in enumerate(code) if character.isalnum()]
    shown = _SHOWN if len(letters) >= _SHORTEST_TO_SHOW_FOUR else len(letters) // 4
    visible = set(letters[len(letters) - shown :])
    return "".join(
        character if place in visible or character in "- " else MASK for place, character in enumerate(code)
    )


def masked_email(email: str) -> str:
    """`email` with all but the first letter of its name hidden: `k•••@mail.example`."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}{MASK * 3}{at}{domain}" if at else MASK * 4
