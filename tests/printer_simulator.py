"""A receipt printer in the network, played on this computer: it answers, prints and fails as real ones do."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Literal, Self, cast

from typing_extensions import override

from tests.printing import escpos_reader
from tests.printing.escpos_reader import Event

WELL: Final = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
"""What a printer answers to DLE EOT 1 to 4 when nothing is wrong."""

PAPER_END: Final = WELL | {1: 0x1A, 2: 0x32, 4: 0x72}
COVER_OPEN: Final = WELL | {1: 0x1A, 2: 0x16, 4: 0x72}

Fate = Literal["reset", "close", "half_close", "stall"]

_AT_ONCE = re.compile(rb"\x10\x04([\x01-\x04])")
_HALF_A_QUESTION = re.compile(rb"\x10\x04?$")
_WHEN_DONE: Final = b"\x1dr\x01"
_SMALL: Final = 4096


@dataclass
class PrinterSimulator:
    """A printer; `async with` switches it on. What it is to do can be changed at any time.

    `answers`: to DLE EOT, by question; a question that is missing is not answered. `middle`: the same from
    the first byte of a paper on. `when_done`: the answer to GS r, None for none. `unasked`: sent before each
    answer. `hang_ups`: so many calls are taken and ended at once; with `one_at_a_time` also those that come
    while another is on. `fate`: what happens to the connection when `fate_at` bytes of a paper have come,
    after `spare` papers that come out. `roll`: in the middle of the paper behind so many it comes to its end,
    and says so until it is None. `hangs_up`: it ends the connection when the other side has, after its
    `last_words`.
    """

    answers: dict[int, int] = field(default_factory=lambda: dict(WELL))
    middle: dict[int, int] | None = None
    when_done: int | None = 0
    unasked: bytes = b""
    hang_ups: int = 0
    one_at_a_time: bool = False
    fate: Fate | None = None
    fate_at: int = 1
    spare: int = 0
    roll: int | None = None
    hangs_up: bool = True
    last_words: bytes = b""
    calls: int = 0
    began: int = 0
    asked: int = 0
    jobs: list[bytes] = field(default_factory=list[bytes], repr=False)
    on: list[asyncio.Protocol] = field(default_factory=list[asyncio.Protocol], repr=False)
    _server: asyncio.Server | None = None
    port: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the roll came to its end."""
        return self.roll is not None and self.began > self.roll

    @property
    def papers(self) -> list[list[Event]]:
        """What came out, paper by paper, as a printer would read it."""
        return [escpos_reader.read(job) for job in self.jobs]

    @property
    def codes(self) -> list[str]:
        """What every symbol that came out is read as."""
        return [code for paper in self.papers for code in escpos_reader.scanned(paper)]

    async def __aenter__(self) -> Self:
        listening = socket.socket()
        # A small receive buffer, as printers have: a long paper does not fit into it.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
        listening.bind(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Call(self), sock=listening)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.switch_off()

    def say(self, words: bytes) -> None:
        """Say something to whoever is on, asked or not."""
        for call in list(self.on):
            cast("_Call", call).say(words)

    def switch_off(self) -> None:
        """Pull the plug: nobody listens any more, and every call is cut."""
        if self._server is not None:
            self._server.close()
        for call in list(self.on):
            cast("_Call", call).cut()


class _Call(asyncio.Protocol):
    """One connection to the printer."""

    def __init__(self, printer: PrinterSimulator) -> None:
        self._printer = printer
        self._transport: asyncio.Transport | None = None
        self._unread = b""
        self._job = b""
        self._is_printed = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._printer.calls += 1
        if self._printer.hang_ups or (self._printer.one_at_a_time and self._printer.on):
            self._printer.hang_ups = max(0, self._printer.hang_ups - 1)
            self._transport.close()
            return
        self._printer.on.append(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self in self._printer.on:
            self._printer.on.remove(self)

    @override
    def data_received(self, data: bytes) -> None:
        self._unread += data
        while question := _AT_ONCE.search(self._unread):
            self._take(self._unread[: question.start()])
            self._unread = self._unread[question.end() :]
            self._answer(question[1][0])
        half = _HALF_A_QUESTION.search(self._unread)
        end = half.start() if half else len(self._unread)
        self._take(self._unread[:end])
        self._unread = self._unread[end:]

    @override
    def eof_received(self) -> bool:
        if self._job and not self._is_printed and not self._printer.is_empty:
            self._print()
        self.say(self._printer.last_words)
        return not self._printer.hangs_up

    def cut(self) -> None:
        """Reset the connection, as a printer does that loses its power or its mind."""
        if self._transport is not None:
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()

    def _answer(self, question: int) -> None:
        self._printer.asked += 1
        answers = self._printer.answers
        if self._job and self._printer.middle is not None:
            answers = self._printer.middle
        if self._printer.is_empty:
            answers = PAPER_END
        if question in answers:
            self.say(self._printer.unasked + bytes([answers[question]]))

    def say(self, answer: bytes) -> None:
        """Send `answer`, unless the connection is ending."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)

    def _take(self, data: bytes) -> None:
        if not data:
            return
        printer = self._printer
        if not self._job:
            printer.began += 1
        self._job += data
        fate = printer.fate if printer.began > printer.spare else None
        if fate is not None and len(self._job) >= printer.fate_at:
            self._meet(fate)
        elif self._job.endswith(_WHEN_DONE) and printer.when_done is not None and not printer.is_empty:
            self._print()
            self.say(bytes([printer.when_done]))

    def _meet(self, fate: Fate) -> None:
        if self._transport is None:
            return
        match fate:
            case "reset":
                self.cut()
            case "close":
                self._transport.close()
            case "half_close":
                self._transport.write_eof()
            case "stall":
                self._transport.pause_reading()

    def _print(self) -> None:
        self._is_printed = True
        self._printer.jobs.append(self._job.removesuffix(_WHEN_DONE))
