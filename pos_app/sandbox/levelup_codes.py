"""LevelUp's QR texts, which calls name `payment_token_data`, and the cards behind them."""

import re
import secrets
import string
from dataclasses import dataclass, field

_LETTERS = string.digits + string.ascii_uppercase
_SENTINELS = re.compile(r"LU[0-9A-Z]+LU")
# Behind the token: version 03 of the payer's preferences, three characters of tip and one of colour.
_WHOLE = re.compile(r"LU02(?P<token>[0-9A-Z]{20,40})03[0-9A-Z]{4}LU")
_PLAIN = "030000"
_USUAL_LENGTH = 20
_PRINTED = 6


@dataclass(frozen=True)
class Card:
    """One QR: a printed gift card, or what a user of LevelUp shows on a telephone."""

    token: str = field(repr=False)
    gift_card: bool
    linked_to_user: bool

    @property
    def data(self) -> str:
        """The text of its QR, without tip and colour."""
        return f"LU02{self.token}{_PLAIN}LU"


def well_formed(text: str) -> bool:
    """Whether it begins and ends as LevelUp's texts do; nothing else about them is promised."""
    return _SENTINELS.fullmatch(text) is not None


def token_of(text: str) -> str | None:
    """What identifies the card, without the preferences, which may be different in every scan."""
    found = _WHOLE.fullmatch(text)
    return None if found is None else found["token"]


def fresh() -> tuple[Card, ...]:
    """New cards: printed ones, one with a longer text, one that a user has claimed, and one user's own QR."""
    printed = [Card(_token(), gift_card=True, linked_to_user=False) for _ in range(_PRINTED)]
    longer = Card(_token(_USUAL_LENGTH + 8), gift_card=True, linked_to_user=False)
    claimed = Card(_token(), gift_card=True, linked_to_user=True)
    users_own = Card(_token(), gift_card=False, linked_to_user=True)
    return (*printed, longer, claimed, users_own)


def _token(length: int = _USUAL_LENGTH) -> str:
    # From the machine's entropy like every code here: two runs never print the same card.
    return "TEST" + "".join(secrets.choice(_LETTERS) for _ in range(length - 4))
