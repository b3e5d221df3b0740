"""What no line may end within.

Behind the hyphen of an address or a code nobody who reads it would know whether it belongs to it. On a
screen, where widths vary, no number is left at a line's end without what it counts either.
"""

from __future__ import annotations

import re
from typing import Final

_HYPHEN: Final = "-\u2060"
"""With a mark behind it that nobody sees, at which no line ends. Not every shipped font has U+2011."""
_SPACE: Final = "\u00a0\u2060"
"""A space at which no line ends. The mark tells it from one that was like this from the start."""
_COUNTED: Final = re.compile(r"(?<=\d) (?=[^\W\d_])")
"""Between a number and the word it counts."""
_BEFORE_LETTER: Final = re.compile(r"-(?!\d)")
"""Before a digit no line ends anyhow."""
_WHOLE: Final = re.compile(r"\S*\w[./@]\w\S*|\S*\d\S*-\S*|\S*-\S*\d\S*|\b\w-\w+|--\w\S*")
"""An address, a code or a number, a word such as e-mail, an option of a command."""


def unbroken(text: str) -> str:
    """`text` with no place for a line's end behind a hyphen of what is to be read as a whole."""
    if "-" not in text:
        return text
    return _WHOLE.sub(lambda whole: _BEFORE_LETTER.sub(_HYPHEN, whole[0]), text)


def unbroken_on_screen(text: str) -> str:
    """The same, with no place for a line's end between a number and what it counts."""
    return _COUNTED.sub(_SPACE, unbroken(text))


def as_said(text: str) -> str:
    """What either made its text of."""
    return text.replace(_HYPHEN, "-").replace(_SPACE, " ")
