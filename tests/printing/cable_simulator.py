"""A receipt printer at a cable, played on this computer: the other end of a pseudo terminal."""

from __future__ import annotations

import asyncio
import os
import re
import termios
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Literal, Self

from tests.printer_simulator import WELL

_AT_ONCE: Final = re.compile(rb"\x10\x04([\x01-\x04])")
_HALF_A_QUESTION: Final = re.compile(rb"\x10\x04?$")
_WHEN_DONE: Final = b"\x1dr\x01"


@dataclass
class CableSimulator:
    """A printer; `async with` plugs it in at `path`. What it is to do can be changed at any time.

    `answers`: to DLE EOT, by question; a question that is missing is not answered. `middle`: the same from
    the first byte of a paper on. `when_done`: the answer to GS r, None for none. `fate`: what happens when
    the first byte of a paper has come: it takes no more, or it is unplugged.
    """

    answers: dict[int, int] = field(default_factory=lambda: dict(WELL))
    middle: dict[int, int] | None = None
    when_done: int | None = 0
    fate: Literal["stall", "unplug"] | None = None
    began: int = 0
    asked: int = 0
    jobs: list[bytes] = field(default_factory=list[bytes], repr=False)
    paper: bytes = field(default=b"", repr=False)
    """What has come of a paper of which nobody said that it is whole."""

    path: str = ""
    _ours: int = -1
    _theirs: int = -1
    _unread: bytes = b""

    async def __aenter__(self) -> Self:
        self._ours, self._theirs = os.openpty()
        self.path = os.ttyname(self._theirs)
        os.set_blocking(self._ours, False)
        asyncio.get_running_loop().add_reader(self._ours, self._on_bytes)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
        os.close(self._theirs)

    def unplug(self) -> None:
        """Pull the cable out. Its name is nobody else's for as long as this lasts."""
        if self._ours >= 0:
            asyncio.get_running_loop().remove_reader(self._ours)
            os.close(self._ours)
            self._ours = -1

    def say(self, words: bytes) -> None:
        """Say something, asked or not."""
        os.write(self._ours, words)

    def translates(self) -> bool:
        """Whether the line would still make other bytes of what is sent through it."""
        return bool(termios.tcgetattr(self._theirs)[1] & termios.OPOST)

    def _on_bytes(self) -> None:
        try:
            self._unread += os.read(self._ours, 4096)
        except BlockingIOError:
            return
        while question := _AT_ONCE.search(self._unread):
            self._take(self._unread[: question.start()])
            self._unread = self._unread[question.end() :]
            self._answer(question[1][0])
        half = _HALF_A_QUESTION.search(self._unread)
        end = half.start() if half else len(self._unread)
        self._take(self._unread[:end])
        self._unread = self._unread[end:]

    def _answer(self, question: int) -> None:
        self.asked += 1
        answers = self.middle if self.paper and self.middle is not None else self.answers
        if question in answers:
            self.say(bytes([answers[question]]))

    def _take(self, data: bytes) -> None:
        if not data:
            return
        if not self.paper:
            self.began += 1
        self.paper += data
        if self.fate == "stall":
            asyncio.get_running_loop().remove_reader(self._ours)
        elif self.fate == "unplug":
            self.unplug()
        elif self.paper.endswith(_WHEN_DONE) and self.when_done is not None:
            self.jobs.append(self.paper.removesuffix(_WHEN_DONE))
            self.paper = b""
            self.say(bytes([self.when_done]))
