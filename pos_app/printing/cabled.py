"""A receipt printer at a cable of this computer: what it is asked and told, whatever kind of cable it is.

Such a cable is read and written by calls that block. So all of it happens on a worker thread, one paper at
a time, and every wait has a limit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing.ahead import Ahead
from pos_app.printing.devices import Printer
from pos_app.printing.document import Document
from pos_app.printing.drawer import PATIENCE, Pin, pulse
from pos_app.printing.status import ASK_WHEN_DONE, END_WHEN_DONE, QUESTIONS, Ear, question, stopped, verdict

T = TypeVar("T")
_CHUNK: Final = 256
"""So few bytes that even at 300 bits a second they are through within `CablePatience.send`."""


@dataclass(frozen=True, slots=True)
class CablePatience:
    """How long is waited for what, in seconds.

    `look`: until a printer that prints for us can be asked, and until it has told how it is. `answer`: one
    answer of its own state. `send`: until it takes the next few bytes. `finish`: until it has printed what it
    took.
    """

    look: float = 2.0
    answer: float = 0.4
    send: float = 10.0
    finish: float = 8.0


class Cable(Protocol):
    """An open cable. Its methods block, each for `seconds` at most; OSError means that it is cut."""

    def write(self, data: bytes, seconds: float) -> None:
        """Hand over all of `data`. Raises TimeoutError when the other end stops taking it."""
        ...

    def read(self, seconds: float) -> bytes:
        """What came, as soon as something did; nothing after `seconds` of silence."""
        ...

    def drained(self, seconds: float) -> bool:
        """Whether everything written has left this computer, or does within `seconds`."""
        ...

    def close(self, *, drop: bool) -> None:
        """Let go of it. With `drop`, also of what has not left yet."""
        ...


class CabledPrinter(Printer):
    """Prints at the cable that `open_cable` opens; `name` is its place, for people and for the journal.

    `open_cable` raises DeviceProblem when there is no printer. `encode` makes a paper's bytes and `check`
    raises DeviceProblem where it never could; both are called on a worker thread, as everything is. The cable
    is open only while it is used: a printer may be unplugged and plugged in, and another program have a turn.
    """

    def __init__(
        self,
        name: str,
        open_cable: Callable[[], Cable],
        encode: Callable[[Document], bytes],
        check: Callable[[], None],
        *,
        drawer: Pin = "none",
        patience: CablePatience | None = None,
    ) -> None:
        self._name = name
        self._open_cable = open_cable
        self._ahead = Ahead(encode)
        self._check = check
        self._pulse = pulse(drawer)
        self._patience = patience or CablePatience()
        self._is_printing = False
        self._free: asyncio.Queue[None] = asyncio.Queue(1)
        self._free.put_nowait(None)

    @property
    @override
    def name(self) -> str:
        """Names the printer for people and in the journal: where it is plugged in."""
        return self._name

    @override
    async def state(self) -> DeviceProblem | None:
        """What keeps it from printing, or what is soon to be seen to, by its own words.

        While it prints for us nothing is known to keep it from printing. One that never answers may print all
        the same: "printer_mute", which does not hinder. A cable that is not open in time, as one through the
        air may not be, is "printer_silent"; nobody else gets its turn until it has given up.
        """
        try:
            await asyncio.to_thread(self._check)
            async with asyncio.timeout(self._patience.look):
                await self._free.get()
        except DeviceProblem as problem:
            return problem
        except TimeoutError:
            return None if self._is_printing else self._problem("printer_silent")
        try:
            async with asyncio.timeout(self._patience.look):
                return await self._in_turn(self._look)
        except DeviceProblem as problem:
            return problem
        except TimeoutError:
            return self._problem("printer_silent")

    @override
    async def print(self, document: Document, stem: str) -> None:
        """Print `document`, once the printer said that it can. `stem` is not needed: this paper has no file.

        Raises DeviceProblem; `maybe_printed` tells whether any of it may be on paper. A printer that answers
        about its state is asked behind the last byte whether it got to the end. One that never answers is
        believed when it has taken everything. Whoever is cancelled meanwhile leaves a paper on its way, which
        goes on to its end.
        """
        job = await self._ahead.made(document)
        await self._free.get()
        await self._in_turn(lambda: self._print(job))

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
        except TimeoutError:
            raise self._problem("device_busy") from None
        await self._in_turn(lambda: self._send(self._pulse))
        return True

    async def _in_turn(self, act: Callable[[], T]) -> T:
        """`act` on a worker thread, while the cable is ours; it is until `act` ends, whoever waits here."""
        acting = asyncio.get_running_loop().run_in_executor(None, act)
        acting.add_done_callback(self._set_free)
        return await asyncio.shield(acting)

    def _set_free(self, done: asyncio.Future[T]) -> None:
        self._free.put_nowait(None)
        if not done.cancelled():
            # Looked at, so that nobody is told of what a cancelled caller did not wait for.
            done.exception()

    # --- on the worker thread -----------------------------------------------------------------------

    def _look(self) -> DeviceProblem | None:
        cable = self._open_cable()
        try:
            reason = _Talk(cable, self._patience).trouble()
        except OSError:
            return self._problem("device_missing")
        finally:
            cable.close(drop=True)
        return None if reason is None else self._problem(reason)

    def _print(self, job: bytes) -> None:
        self._is_printing = True
        try:
            self._send(job, wait=True)
        finally:
            self._is_printing = False

    def _send(self, job: bytes, *, wait: bool = False) -> None:
        """Hand `job` over once the printer said that it can; with `wait`, until it is printed."""
        cable = self._open_cable()
        is_through = False
        try:
            talk = _Talk(cable, self._patience)
            try:
                reason = talk.trouble()
            except OSError:
                raise self._problem("device_missing") from None
            if reason is not None and self._problem(reason).hinders:
                raise self._problem(reason)
            try:
                talk.send(job, wait=wait)
            except TimeoutError:
                raise self._problem("printer_stalled") from None
            except DeviceProblem as problem:
                raise self._problem(problem.reason) from None
            except OSError:
                raise self._problem("connection_lost") from None
            is_through = True
        finally:
            with suppress(OSError):
                cable.close(drop=not is_through)

    def _problem(self, reason: str) -> DeviceProblem:
        return DeviceProblem(reason, printer=self._name)


class _Talk:
    """One conversation with a printer over a cable. Raises OSError when the cable is cut."""

    def __init__(self, cable: Cable, patience: CablePatience) -> None:
        self._cable = cable
        self._patience = patience
        self._ear = Ear()
        self.mute = False

    def trouble(self) -> str | None:
        """A DeviceProblem's reason, if the printer has one to tell. After a silence it is asked no more.

        An answer does not say which question it is to: one that comes late would be taken for the next one's.
        """
        answers: dict[int, int] = {}
        for number in QUESTIONS:
            if self.mute:
                break
            answer = self._ask(number)
            if answer is None:
                self.mute = True
            else:
                answers[number] = answer
        return verdict(answers)

    def send(self, job: bytes, *, wait: bool) -> None:
        """Hand over `job`; with `wait`, also until it is printed, as far as the printer tells.

        Raises TimeoutError when the printer stops taking it, and DeviceProblem if it stopped on the way.
        """
        self._ear.done = None
        asks = wait and not self.mute
        whole = job + ASK_WHEN_DONE if asks else job
        for start in range(0, len(whole), _CHUNK):
            self._cable.write(whole[start : start + _CHUNK], self._patience.send)
        if not self._cable.drained(self._patience.send):
            raise TimeoutError
        if asks:
            self._confirm()

    def _confirm(self) -> None:
        """Wait until everything sent is printed.

        Not every printer that tells its state answers when it is done. Then it is enough that it says all the
        while that nothing is wrong.
        """
        until = time.monotonic() + self._patience.finish
        while self._ear.done is None and time.monotonic() < until:
            if not self._hear(self._patience.answer) and (reason := stopped(self.trouble())) is not None:
                raise DeviceProblem(reason)
        if self._ear.done is None and self.mute:
            raise DeviceProblem("printer_fell_silent")
        if self._ear.done is not None and self._ear.done & END_WHEN_DONE:
            raise DeviceProblem("paper_ran_out")

    def _ask(self, number: int) -> int | None:
        """The answer to question `number`, None for a silence."""
        try:
            self._cable.write(question(number), self._patience.answer)
        except TimeoutError:
            return None
        until = time.monotonic() + self._patience.answer
        while (left := until - time.monotonic()) > 0:
            if answers := self._hear(left):
                return answers[0]
        return None

    def _hear(self, seconds: float) -> list[int]:
        """The answers to questions among what comes next; none when nothing came within `seconds`."""
        heard = (self._ear.hear(byte) for byte in self._cable.read(seconds))
        return [answer for answer in heard if answer is not None]
