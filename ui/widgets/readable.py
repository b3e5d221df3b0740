"""What is pasted into a field: only what a person can see may stay, since it goes on paper and to others."""

from __future__ import annotations

import unicodedata
from typing import Final

from PySide6.QtWidgets import QLineEdit

_NEVER: Final = frozenset({"Cc", "Cs"})
_LINE_ENDS: Final = frozenset("\t\n\r\v\f\x85\u2028\u2029")
# Marks that turn the direction of what stands beside them. Joiners stay: emoji and some scripts need them.
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def readable(text: str) -> str:
    """`text` with a blank for each line end or tab, and without what has no shape or turns the direction."""
    whole = text.replace("\r\n", "\n")
    blanks = (" " if mark in _LINE_ENDS else mark for mark in whole)
    return "".join(
        mark for mark in blanks if unicodedata.category(mark) not in _NEVER and mark not in _TURNING
    )


def keep_readable(edit: QLineEdit) -> None:
    """Let `edit` hold only what can be seen, however it came in."""

    def clean(text: str) -> None:
        kept = readable(text)
        if kept != text:
            place = edit.cursorPosition()
            edit.setText(kept)
            edit.setCursorPosition(len(readable(text[:place])))

    edit.textChanged.connect(clean)
