"""Addresses no line of text ends in: a hyphen at its end would be read as one that only divides."""

from __future__ import annotations

import re
from typing import Final

_ADDRESS: Final = re.compile(r"\S*\w[./]\w\S*")
_HYPHEN: Final = "-\u2060"
"""With a mark behind it that nobody sees, at which no line ends."""


def addresses_kept(text: str) -> str:
    """`text` with no line's end behind a hyphen of an address in it."""
    if "-" not in text:
        return text
    return _ADDRESS.sub(lambda address: address[0].replace("-", _HYPHEN), text)
