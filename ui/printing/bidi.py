"""Which way a text runs, and what in it is read from left to right whatever stands around it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_STRONG: Final = frozenset({"L", "R", "AL"})
_BEGIN: Final = frozenset({"LRI", "RLI", "FSI"})
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_RUN: Final = r"[#$+(.]*[0-9A-Za-z](?:[!-~•]*[0-9A-Za-z%)])?"
_RUNS: Final = re.compile(rf"{_RUN}(?: {_RUN})*")
_ISOLATED: Final = "\u2066{}\u2069"
_AS_WRITTEN: Final = "\u202d{}\u202c"


def is_right_to_left(text: str) -> bool:
    """Whether its first letter is of a script that runs so; what is isolated in it does not count."""
    depth = 0
    for one in map(unicodedata.bidirectional, text):
        if one in _BEGIN:
            depth += 1
        elif one == "PDI":
            depth = max(depth - 1, 0)
        elif not depth and one in _STRONG:
            return one in _RIGHT_TO_LEFT
    return False


def has_right_to_left(text: str) -> bool:
    """Whether any of its letters is of such a script."""
    return not (text.isascii() or _RIGHT_TO_LEFT.isdisjoint(map(unicodedata.bidirectional, text)))


def with_numbers_kept(text: str) -> str:
    """`text` with its amounts, dates, numbers and ends of codes kept as they are among such letters.

    Without it a telephone number between Arabic words is drawn with its groups in the wrong order.
    """
    if not has_right_to_left(text):
        return text
    return _RUNS.sub(lambda run: _ISOLATED.format(run[0]), text)


def as_written(code: str) -> str:
    """`code` with its characters one after the other as they are typed, whatever way their script runs."""
    # Plain characters need no override, and a PDF's reader would find it among what it copies.
    return code if code.isascii() else _AS_WRITTEN.format(code)
