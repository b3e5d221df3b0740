"""A receipt printer in the network: bytes over TCP, and the few bytes by which it tells how it is."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing import encode, escpos
from pos_app.printing.ahead import Ahead
from pos_app.printing.devices import Printer
from pos_app.printing.document import Document
from pos_app.printing.drawer import PATIENCE, Pin, pulse
from pos_app.printing.status import ASK_WHEN_DONE, END_WHEN_DONE, QUESTIONS, Ear, question, stopped, verdict
from pos_app.settings import Paper

_SMALL_BUFFER: Final = 4096
_BUFFER: Final = 16_384


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds.

    `look`: a look at the printer, from the name's address to the last answer. `answer`: one answer of its
    own state. `connect`: a connection for a paper. `busy`: until a printer that serves somebody else lets us
    in, trying every `knock`. `send`: until it has taken a paper. `finish`: until that is printed. `goodbye`:
    until it hangs up after us.
    """

    look: float = 1.5
    answer: float = 0.4
    connect: float = 3.0
    busy: float = 4.0
    knock: float = 0.25
    send: float = 10.0
    finish: float = 6.0
    goodbye: float = 1.5


class NetworkPrinter(Printer):
    """Prints on the receipt printer at `host`:`port`; `paper` says how.

    Each paper has a connection of its own. Such a printer serves one connection at a time, and two registers
    may share it: so none is held longer than one paper takes, a register that hangs keeps nobody from
    printing, and what became of each paper is known by itself. Papers of two sales may so come out in turns;
    they are cut apart and carry their sale's number. In this program one paper waits for the other; the other
    register's are waited for by trying again.

    Everything is waited for with a limit (`patience`), and encoding and drawing happen on a worker thread.
    """

    def __init__(
        self,
        host: str,
        port: int,
        paper: Paper,
        render_raster: encode.RenderRaster | None = None,
        *,
        drawer: Pin = "none",
        patience: Patience | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._paper = paper
        self._ahead = Ahead(partial(encode.prepared, paper=paper, render_raster=render_raster))
        self._pulse = pulse(drawer)
        self._patience = patience or Patience()
        self._free: asyncio.Queue[None] = asyncio.Queue(1)
        self._free.put_nowait(None)

    @property
    @override
    def name(self) -> str:
        """Names the printer for people and in the journal: its address."""
        return f"{self._host}:{self._port}"

    @override
    async def state(self) -> DeviceProblem | None:
        """What keeps it from printing, or what is soon to be seen to, by its own words.

        Takes `Patience.look`, and once more as long if a paper is on its way. While it prints for us all that
        time, nothing is known to keep it from printing. A printer that takes the call and never answers may
        print all the same: "printer_mute", which does not hinder.
        """
        try:
            await asyncio.to_thread(escpos.check_profile, self._paper.profile)
            async with asyncio.timeout(self._patience.look):
                await self._free.get()
        except DeviceProblem as problem:
            return problem
        except TimeoutError:
            return None
        try:
            async with asyncio.timeout(self._patience.look):
                line, trouble = await self._reach(self._patience.look / 2)
        except DeviceProblem as problem:
            return problem
        except TimeoutError:
            return self._problem("printer_silent")
        finally:
            self._free.put_nowait(None)
        line.drop()
        return trouble

    @override
    async def print(self, document: Document, stem: str) -> None:
        """Print `document`, once the printer said that it can. `stem` is not needed: this paper has no file.

        Raises DeviceProblem; `maybe_printed` tells whether any of it may be on paper. A printer that answers
        about its state is asked behind the last byte whether it got to the end. One that never answers is
        believed when it has taken everything and did not hang up on us.
        """
        job = await self._ahead.made(document)
        await self._free.get()
        try:
            line, trouble = await self._reach(self._patience.busy)
            try:
                if trouble is not None and trouble.hinders:
                    raise trouble
                await self._send(line, job)
            finally:
                line.drop()
        finally:
            self._free.put_nowait(None)

    def expect(self, document: Document | None) -> None:
        """See `MakesAhead`."""
        self._ahead.expect(document)

    async def warm_up(self) -> None:
        """See `MakesAhead`."""
        await self._ahead.warm_up()

    async def open_drawer(self) -> bool:
        """Open the drawer that hangs at it; see `HasDrawer`."""
        if not self._pulse:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.get()
                try:
                    await self._open_drawer()
                finally:
                    self._free.put_nowait(None)
        except TimeoutError:
            raise self._problem("printer_silent") from None
        return True

    async def _open_drawer(self) -> None:
        line, trouble = await self._reach(self._patience.look)
        try:
            if trouble is not None and trouble.hinders:
                raise trouble
            try:
                await line.send(self._pulse)
                await line.leave()
            except OSError:
                raise self._problem("connection_lost") from None
        finally:
            line.drop()

    async def _send(self, line: _Line, job: bytes) -> None:
        try:
            if line.mute:
                await line.send(job)
                await line.leave()
            else:
                await line.send(job + ASK_WHEN_DONE)
                await line.confirm()
        except DeviceProblem as problem:
            raise self._problem(problem.reason) from None
        except OSError:
            raise self._problem("connection_lost") from None

    async def _reach(self, seconds: float) -> tuple[_Line, DeviceProblem | None]:
        """A line to the printer, and what it says of itself. Raises DeviceProblem: nothing was sent.

        Within `seconds` a printer is called again that did not take the call, or hung up at once, as some do
        while they serve somebody else.
        """
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while True:
            try:
                line = await self._call()
            except ConnectionError:
                pass
            else:
                try:
                    trouble = await line.trouble()
                except OSError:
                    line.drop()
                except BaseException:
                    line.drop()
                    raise
                else:
                    return line, None if trouble is None else self._problem(trouble)
            if now() + self._patience.knock > until:
                raise self._problem("printer_refused")
            await asyncio.sleep(self._patience.knock)

    async def _call(self) -> _Line:
        """A connection. Raises ConnectionError if it is turned down, DeviceProblem if nobody is there."""
        try:
            if not self._host:
                raise DeviceProblem("no_printer")
            async with asyncio.timeout(self._patience.connect):
                reader, writer = await asyncio.open_connection(self._host, self._port)
        except (socket.gaierror, UnicodeError):
            raise self._problem("printer_not_found") from None
        except TimeoutError:
            raise self._problem("printer_silent") from None
        except ConnectionError:
            raise
        except OSError as error:
            if error.errno is None:
                # The name has several addresses, and each of them failed in its own way.
                raise ConnectionRefusedError from None
            raise self._problem("printer_no_route") from None
        try:
            return _Line(reader, writer, self._patience)
        except OSError:
            # Cut while it was being taken.
            writer.transport.abort()
            raise ConnectionResetError from None

    def _problem(self, reason: str) -> DeviceProblem:
        return DeviceProblem(reason, printer=self.name)


class _Line:
    """One connection to a printer. Every method but `drop` raises ConnectionError when it is cut.

    Whatever else the network says of it means the same (`_cut`). A method that is cut off because its
    time is up leaves nothing half read.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: Patience
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._patience = patience
        self._ear = Ear()
        self.mute = False
        writer.transport.set_write_buffer_limits(high=0)
        self._keep_back(_SMALL_BUFFER)

    async def trouble(self) -> str | None:
        """A DeviceProblem's reason, if the printer has one to tell. After a silence it is asked no more.

        An answer does not say which question it is to: one that comes late would be taken for the next one's.
        """
        answers: dict[int, int] = {}
        for number in QUESTIONS:
            if self.mute:
                break
            answer = await self._ask(number)
            if answer is None:
                self.mute = True
            else:
                answers[number] = answer
        return verdict(answers)

    async def send(self, job: bytes) -> None:
        """Hand over `job`. Raises DeviceProblem("printer_stalled") when the printer stops taking it."""
        self._ear.done = None
        if not self.mute:
            # It says by itself how far it is: a picture need not leave us in twenty pieces.
            with _cut():
                self._keep_back(_BUFFER)
        try:
            async with asyncio.timeout(self._patience.send):
                await self._write(job)
        except TimeoutError:
            raise DeviceProblem("printer_stalled") from None
        if self._reader.at_eof():
            raise ConnectionResetError

    async def confirm(self) -> None:
        """Wait until everything sent is printed. Raises DeviceProblem if the printer stopped on the way.

        Not every printer that tells its state answers when it is done. Then it is enough that it says all the
        while that nothing is wrong.
        """
        now = asyncio.get_running_loop().time
        until = now() + self._patience.finish
        while self._ear.done is None and now() < until:
            try:
                async with asyncio.timeout(self._patience.answer):
                    await self._hear()
            except TimeoutError:
                if (reason := stopped(await self.trouble())) is not None:
                    raise DeviceProblem(reason) from None
        if self._ear.done is None and self.mute:
            raise DeviceProblem("printer_fell_silent")
        if self._ear.done is not None and self._ear.done & END_WHEN_DONE:
            raise DeviceProblem("paper_ran_out")

    async def leave(self) -> None:
        """Say that nothing more comes, and wait a moment for the printer to hang up; many never do."""
        with _cut():
            self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience.goodbye):
                with _cut():
                    while await self._reader.read(1):
                        pass

    def drop(self) -> None:
        """Let go of the connection, at once."""
        self._writer.transport.abort()

    def _keep_back(self, size: int) -> None:
        """With little room on our side, what has left us is nearly what the printer has taken."""
        line: socket.socket = self._writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)

    async def _ask(self, number: int) -> int | None:
        """The answer to question `number`, None for a silence."""
        try:
            async with asyncio.timeout(self._patience.answer):
                await self._write(question(number))
                while True:
                    answer = await self._hear()
                    if answer is not None:
                        return answer
        except TimeoutError:
            return None

    async def _hear(self) -> int | None:
        """The next byte if it is an answer to a question."""
        return self._ear.hear(await self._byte())

    async def _write(self, data: bytes) -> None:
        with _cut():
            self._writer.write(data)
            await self._writer.drain()

    async def _byte(self) -> int:
        with _cut():
            got = await self._reader.read(1)
        if not got:
            raise ConnectionResetError
        return got[0]


@contextmanager
def _cut() -> Generator[None]:
    """Say ConnectionResetError for whatever else the network says of a standing connection.

    No route, no network, not connected any more; and ETIMEDOUT, which is not our own patience's TimeoutError.
    """
    try:
        yield
    except OSError:
        raise ConnectionResetError from None
