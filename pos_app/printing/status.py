"""How a receipt printer tells how it is: what it is asked and what its answers mean. Nothing is sent here.

The status commands and the meaning of each bit are those of the printers' command references: DLE EOT is
answered at once, whatever else the printer does; GS r is answered when everything before it was worked off,
and not at all by a printer that has stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pos_app.errors import DeviceProblem

ASK_WHEN_DONE: Final = b"\x1dr\x01"
"""Asked behind the last byte of a paper; the answer says that everything before it is printed."""

END_WHEN_DONE: Final = 0x0C
"""The bits of that answer which say that there was no paper."""

_PRINTER, _CAUSE, _ERROR, _PAPER = 1, 2, 3, 4
QUESTIONS: Final = (_PRINTER, _CAUSE, _ERROR, _PAPER)
"""What a printer can be asked at once, in the order in which it is."""

_ASK_AT_ONCE: Final = b"\x10\x04"
_OFFLINE: Final = 0x08
_COVER_OPEN: Final = 0x04
_STOPPED_FOR_PAPER: Final = 0x20
_SOME_ERROR: Final = 0x40
_ERRORS: Final = 0x6C
_PAPER_END: Final = 0x60
_NEAR_END: Final = 0x0C

# Every answer says by its fixed bits what it is one to.
_FIXED: Final = 0x93
_AT_ONCE: Final = 0x12
_UNASKED: Final = 0x10
_REST_OF_UNASKED: Final = 3
_FIXED_WHEN_DONE: Final = 0x90


class Ear:
    """Tells answers from everything else a printer says. `done` keeps the last answer to `ASK_WHEN_DONE`."""

    def __init__(self) -> None:
        self.done: int | None = None
        self._to_skip = 0

    def hear(self, byte: int) -> int | None:
        """`byte` if it is the answer to a `question`; one to `ASK_WHEN_DONE` is kept in `done`."""
        if self._to_skip:
            self._to_skip -= 1
            return None
        if byte & _FIXED == _AT_ONCE:
            return byte
        if byte & _FIXED == _UNASKED:
            # Some printers tell every change by themselves, in four bytes. The rest may come when whoever
            # waits here has gone, and is no answer to the next one.
            self._to_skip = _REST_OF_UNASKED
        elif not byte & _FIXED_WHEN_DONE:
            self.done = byte
        return None


def question(number: int) -> bytes:
    """The bytes that ask question `number` of `QUESTIONS`."""
    return _ASK_AT_ONCE + bytes([number])


def verdict(answers: Mapping[int, int]) -> str | None:
    """The reason of the gravest trouble `answers` tell of, by question; None when there is none."""
    if not answers:
        return "printer_mute"

    def says(number: int, bits: int) -> bool:
        return bool(answers.get(number, 0) & bits)

    if says(_CAUSE, _COVER_OPEN):
        return "cover_open"
    if says(_PAPER, _PAPER_END) or says(_CAUSE, _STOPPED_FOR_PAPER):
        return "no_paper"
    if says(_ERROR, _ERRORS) or says(_CAUSE, _SOME_ERROR):
        return "printer_error"
    if says(_PRINTER, _OFFLINE):
        return "printer_offline"
    return "paper_low" if says(_PAPER, _NEAR_END) else None


def stopped(verdict: str | None) -> str | None:
    """What `verdict` means in the middle of a paper: a reason after which it may be out, or None."""
    if verdict is None or verdict in DeviceProblem.WARNINGS:
        return None
    return "paper_ran_out" if verdict == "no_paper" else "printer_stopped"
