"""What stands on a piece of paper, as data: blocks that say what they are, not how wide the paper is.

Every form of a document (text, ESC/POS, PDF, picture) is made from the same blocks. Nothing here shows a
code in its `repr`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

Kind = Literal["receipt", "slip", "pending", "failure", "refund", "sheet"]
Align = Literal["left", "center"]
Size = Literal["small", "normal", "large", "headline"]
Border = Literal["double", "bang", "star"]

_GROUP: Final = 4
_SHORTEST_TO_GROUP: Final = 12
_SEPARATORS: Final = "- "
_LINK_JOINTS: Final = "/?&=#"
_BETWEEN_THOUGHTS: Final = re.compile(r" [-–—·] |[,،] ")
# U+2028 and U+2029 break lines as a control character would.
_NOT_ON_PAPER: Final = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})
_UNSEEN: Final = frozenset({"Cc", "Cf"})


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `indent` is in columns (about 2 mm each where there are no columns).

    `private`: it tells what only the card's owner may know, and nothing of it is kept. `like_codes`: it tells
    how to read a code, so it is set in the same letters.
    """

    text: str = field(repr=False)
    align: Align = "left"
    bold: bool = False
    size: Size = "normal"
    indent: int = 0
    private: bool = False
    like_codes: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A name at the left edge and its value at the right one; the value goes under the name when it must."""

    left: str
    right: str
    bold: bool = False
    size: Size = "normal"


@dataclass(frozen=True, slots=True)
class Either:
    """`wide` where each of its paragraphs and rows fits on one line, otherwise `narrow`."""

    wide: tuple[Text | Row, ...]
    narrow: tuple[Text | Row, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """Which card this is and what it is worth: the headline of a slip. `large`: for weak eyes."""

    brand: str
    amount: str
    large: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Banner:
    """Something nobody may overlook, in a frame: centred lines and, under them, a paragraph."""

    lines: tuple[str, ...]
    border: Border
    text: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """A code, PIN or further secret field, on as few lines as it can be read on.

    `large`: for weak eyes, in the largest type there is, on as many lines as that takes.
    """

    label: str
    value: str = field(repr=False)
    large: bool = False


@dataclass(frozen=True, slots=True)
class QR:
    """`payload` as a QR code and nothing else in it. `says` tells people who can not see it what it holds.

    `modules` is filled in when the code is made, which takes a while: a row of bytes each, 1 is black.
    """

    payload: str = field(repr=False)
    says: str
    modules: tuple[bytes, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Barcode:
    """`payload` in the bars of Code 128 and nothing else in it; `says` as with a QR code."""

    payload: str = field(repr=False)
    says: str


@dataclass(frozen=True, slots=True)
class Logo:
    """The shop's picture, a PNG; left out where there are no pictures, and where it can not be read."""

    png: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ruler:
    """A line that shows how much of the paper is printed on: every column counted, or a scale."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """Here the paper is cut."""


Block = Text | Row | Either | Face | Rule | Banner | Secret | QR | Barcode | Logo | Ruler | Feed | Cut


@dataclass(frozen=True, slots=True)
class Document:
    """One piece of paper, from its head to the cut. `title` names it for people and holds no code."""

    kind: Kind
    title: str
    blocks: tuple[Block, ...]


def plain(text: str) -> str:
    """`text` with a blank for each line end and control character: nothing in it commands a printer."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(" " if unicodedata.category(c) in _NOT_ON_PAPER else c for c in text).strip()


def printable(value: str) -> bool:
    """Whether every character of a code can stand on paper at all."""
    return not any(unicodedata.category(character) in _NOT_ON_PAPER for character in value)


def is_seen(value: str) -> bool:
    """Whether there is anything to be seen of it: neither blanks alone nor marks that nobody sees."""
    return any(
        not character.isspace() and unicodedata.category(character) not in _UNSEEN for character in value
    )


def is_grouped(value: str) -> bool:
    """Whether `value` is shown with blanks that are not part of it, because it is long and has no joints."""
    return len(value) >= _SHORTEST_TO_GROUP and value.isascii() and value.isalnum()


def thoughts(line: str) -> list[str]:
    """What a headline says, each thing for a line of its own where together they have no room on one."""
    return _BETWEEN_THOUGHTS.split(line)


def groups(value: str) -> tuple[str, ...]:
    """The pieces of a code that stay together on a line.

    A code with hyphens or blanks is split behind them, a link at its joints; one without any is split into
    fours, which are then written with blanks between them (`is_grouped`). Joined, they are the code.
    """
    if is_grouped(value):
        cuts = [*range(_GROUP, len(value) - 1, _GROUP)]
    else:
        joints = _SEPARATORS + _LINK_JOINTS if "://" in value else _SEPARATORS
        cuts = [place for place in range(1, len(value)) if value[place - 1] in joints]
    edges = [0, *cuts, len(value)]
    return tuple(value[start:end] for start, end in pairwise(edges))
