"""Codes and PINs. They come from the machine's entropy, never from the seed.

Two runs with one seed have the same catalogue, but a code that was issued once must never be issued again: a
till keeps what it has seen and treats a repeated code as fraud.
"""

import secrets
import string

_ALPHABETS = {
    "?": "23456789ABCDEFGHJKMNPQRSTUVWXYZ",  # nothing that is mistaken for something else
    "#": string.digits,
    "*": string.ascii_letters + string.digits,
}

PATTERNS = (
    "TEST-????-????-????",
    "????-TEST-????-????",
    "TEST############",
    "TEST ???? ???? ????",
    "TEST?-?????-?????-?????-?????",
    "??????-TEST-######",
    "TEST****************",
    "TEST.########.####",
    "?????????????????????????????TEST",
)
"""How brands write their codes: `?` an unmistakable letter or digit, `#` a digit, `*` any letter or digit."""


def code(pattern: str) -> str:
    """A fresh code in the brand's way of writing; always contains the text TEST."""
    return "".join(secrets.choice(_ALPHABETS[mark]) if mark in _ALPHABETS else mark for mark in pattern)


def pin(digits: int) -> str:
    """A fresh PIN of that many digits, leading zeros included: it is text, not a number."""
    return "".join(secrets.choice(string.digits) for _ in range(digits))
