"""A card company's own words, without the people it may quote: those are sealed, and words are not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from pos_app.orders.cards import MASK
from pos_app.orders.draft import Recipient

_HIDDEN: Final = MASK * 3
_SHORTEST_WORD: Final = 3
_SHORTEST_QUOTE: Final = 12
"""So many letters of a message in a row, without what stands between them, are no accident."""


def without_people(text: str, recipient: Recipient | None) -> str:
    """`text` with the recipient's address, name and message hidden, and every other address.

    Capitals and blanks make no difference. Words that may still tell the recipient in another form (accents
    left out, letters spaced by hyphens, `(at)` for `@`, a part of the message) are hidden as a whole.
    """
    if recipient is None:
        return _without_addresses(text)
    told = text
    for part in sorted({recipient.email, recipient.message, recipient.name}, key=len, reverse=True):
        if letters := "".join(part.split()):
            told = _hidden(letters, told)
    told = _without_addresses(told)
    for word in _words_about(recipient):
        told = _hidden(word, told)
    return _HIDDEN if _may_tell(told, recipient) else told


def _without_addresses(text: str) -> str:
    return re.sub(r"\S+@\S+", _HIDDEN, text)


def _hidden(letters: str, text: str) -> str:
    """`text` without `letters`, wherever they are no part of a longer word."""
    spaced = r"\s*".join(map(re.escape, letters))
    return re.sub(rf"(?<!\w){spaced}(?!\w)", _HIDDEN, text, flags=re.IGNORECASE)


def _words_about(recipient: Recipient) -> Iterator[str]:
    """The words of the name and the address, and both its sides, that are long enough to mean somebody."""
    local, _, domain = recipient.email.strip().rpartition("@")
    words = (domain, local, *re.findall(r"\w+", local), *re.findall(r"\w+", recipient.name))
    yield from (word for word in words if len(word) >= _SHORTEST_WORD)


def _may_tell(told: str, recipient: Recipient) -> bool:
    plain, words = _squeezed(told), {_squeezed(word) for word in re.findall(r"\w+", told)}
    if words & {_squeezed(word) for word in _words_about(recipient)}:
        return True
    local, _, domain = recipient.email.strip().rpartition("@")
    whole = (_squeezed(recipient.name), _squeezed(domain), _squeezed(domain.replace(".", " dot ")))
    if any(len(one) >= _SHORTEST_WORD and one in plain for one in (*whole, *_squeezed_all(local))):
        return True
    message = _squeezed(recipient.message)
    starts = range(max(1, len(message) - _SHORTEST_QUOTE + 1))
    return len(message) >= _SHORTEST_WORD and any(message[n : n + _SHORTEST_QUOTE] in plain for n in starts)


def _squeezed_all(local: str) -> tuple[str, ...]:
    """The address's own side where it has several words; a single one is looked for as a word only."""
    return (_squeezed(local),) if len(re.findall(r"\w+", local)) > 1 else ()


def _squeezed(text: str) -> str:
    """The letters and digits of `text` alone, small, without accents and in their plain forms."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(mark for mark in folded if mark.isalnum())
