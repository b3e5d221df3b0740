"""What no line may end within.

Behind the hyphen of an address or a code nobody who reads it would know whether it belongs to it.
"""

from __future__ import annotations

import re
from typing import Final

_HYPHEN: Final = "-\u2060"
"""With a mark behind it that nobody sees, at which no line ends. Not every shipped font has U+2011."""
_STROKE: Final = "/\u2060"
_LINK: Final = re.compile(r"(?<![\w./~-])[\w-]+(?:\.[\w-]+)+/[^\s/]{1,24}(?!\S)")
"""A short address of the web. A longer one is broken at its strokes, and so is the way to a file."""
_BEFORE_LETTER: Final = re.compile(r"-(?!\d)")
"""Before a digit no line ends anyhow."""
_WHOLE: Final = re.compile(r"\S*\w[./@]\w\S*|\S*\d\S*-\S*|\S*-\S*\d\S*|\b\w-\w+|--\w\S*")
"""An address, a code or a number, a word such as e-mail, an option of a command."""


def unbroken(text: str, *, links: bool = False) -> str:
    """`text` with no place for a line's end behind a hyphen of what is to be read as a whole.

    With `links` short addresses of the web are not broken at their strokes either: where every line has room
    for one, which not every paper has.
    """
    if links and "/" in text:
        text = _LINK.sub(lambda link: link[0].replace("/", _STROKE), text)
    if "-" in text:
        text = _WHOLE.sub(lambda whole: _BEFORE_LETTER.sub(_HYPHEN, whole[0]), text)
    return text


def as_said(text: str) -> str:
    """What `unbroken` made its text of."""
    return text.replace(_HYPHEN, "-").replace(_STROKE, "/")
