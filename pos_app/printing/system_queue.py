"""A print queue of this computer: the paper is handed to the print service, and watched until it is out.

A print service keeps what it was given and prints it when it can: in an hour, when somebody has put in
paper, and the sale was long printed on another printer. So nothing of ours stays in a queue. A paper that is
not through within some seconds is taken out again; only then is it said what became of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing.devices import Printer
from pos_app.printing.document import Document
from pos_app.printing.drawer import PATIENCE, Pin, pulse

Content: TypeAlias = Literal["raw", "pdf", "text"]
"""What a paper is handed over as: a receipt printer's own bytes, pages, or plain lines."""

Fate: TypeAlias = Literal["on_its_way", "printed", "given_up"]


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue as it is at this moment.

    `is_raw`: nothing stands between us and the printer, so it has to understand its own bytes. `tells`: the
    service learns how the printer is. `reason` is a DeviceProblem's, None when nothing is known to hinder.
    """

    name: str
    title: str
    is_raw: bool
    tells: bool
    takes_text: bool = True
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A paper in a queue. `began`: some of it may have gone to the printer."""

    fate: Fate
    began: bool


class Spooler(Protocol):
    """The system's print service. Every method raises DeviceProblem("spooler_gone") where there is none.

    All have a limit of their own, of a few seconds.
    """

    async def queues(self) -> tuple[Queue, ...]:
        """All queues, by name."""
        ...

    async def look(self, name: str) -> Queue:
        """The queue `name`. Raises DeviceProblem("queue_missing")."""
        ...

    async def begin(self, name: str, content: Content, title: str) -> int:
        """Announce a paper; returns the number the service gives it. `title` is seen in lists and logs.

        Nothing of the paper is handed over: whoever is stopped between the two knows what to take out.
        Raises DeviceProblem: "queue_missing", "queue_stopped", "queue_refused".
        """
        ...

    async def hand_over(self, name: str, number: int, content: Content, job: bytes) -> None:
        """Hand over the whole paper `number`. Raises DeviceProblem; it may have been taken all the same."""
        ...

    async def job(self, name: str, number: int) -> Job:
        """What has become of the paper."""
        ...

    async def withdraw(self, name: str, number: int) -> None:
        """Take the paper out if it is not through."""
        ...

    async def forget(self, name: str, number: int) -> None:
        """Have the bytes of a paper that is through or out, and hold codes, deleted."""
        ...


@dataclass(frozen=True, slots=True)
class QueuePatience:
    """How long is waited for what, in seconds.

    `look`: a look at the queue. `finish`: until a paper is through, asked for every `ask`. `settle`: until
    the service has taken a paper back.
    """

    look: float = 1.5
    finish: float = 8.0
    ask: float = 0.1
    settle: float = 3.0


@dataclass(frozen=True, slots=True)
class Forms:
    """What makes a paper's bytes, on a worker thread. `pdf` is None where nobody can paint pages.

    `check` raises DeviceProblem where `raw` never could. `always_raw`: the shop says that it is a receipt
    printer, whatever the queue says.
    """

    raw: Callable[[Document], bytes]
    text: Callable[[Document], bytes]
    pdf: Callable[[Document], bytes] | None
    check: Callable[[], None]
    always_raw: bool = False


class QueuePrinter(Printer):
    """Prints through the queue `name` of `spooler`.

    A service that says a paper is through has handed all of it to the printer; that is believed, as it is of
    a printer that tells nothing. Whether the printer had paper it mostly does not know.
    """

    def __init__(
        self,
        name: str,
        spooler: Spooler,
        forms: Forms,
        *,
        drawer: Pin = "none",
        patience: QueuePatience | None = None,
    ) -> None:
        self._name = name
        self._spooler = spooler
        self._forms = forms
        self._pulse = pulse(drawer)
        self._patience = patience or QueuePatience()

    @property
    @override
    def name(self) -> str:
        """Names the printer for people and in the journal: the queue."""
        return self._name

    @override
    async def state(self) -> DeviceProblem | None:
        """What keeps the queue from printing, as far as the print service knows.

        "queue_mute", which does not hinder, where it can not know: a raw queue is a pipe.
        """
        try:
            async with asyncio.timeout(self._patience.look):
                queue = await self._look()
                if self._content(queue) == "raw":
                    await asyncio.to_thread(self._forms.check)
        except TimeoutError:
            return self._problem("spooler_gone")
        except DeviceProblem as problem:
            return problem
        if queue.reason is not None:
            return self._problem(queue.reason)
        return None if queue.tells else self._problem("queue_mute")

    @override
    async def print(self, document: Document, stem: str) -> None:
        """Print `document`; `stem` is what the paper is called in the queue.

        Raises DeviceProblem; `maybe_printed` tells whether any of it may be on paper. Nothing of it is left
        in the queue, but after "queue_unknown", which means that nobody answered.
        """
        queue = await self._look()
        if queue.reason is not None and self._problem(queue.reason).hinders:
            raise self._problem(queue.reason)
        content = self._content(queue)
        await self._hand_over(content, await asyncio.to_thread(self._encoded, document, content), stem)

    async def open_drawer(self) -> bool:
        """Open the drawer that hangs at the printer; see `HasDrawer`. Only a raw job can carry the pulse."""
        if not self._pulse:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                queue = await self._look()
                if queue.reason is not None and self._problem(queue.reason).hinders:
                    raise self._problem(queue.reason)
                await self._hand_over("raw", self._pulse, "drawer")
        except TimeoutError:
            raise self._problem("queue_held") from None
        return True

    def _content(self, queue: Queue) -> Content:
        if queue.is_raw or self._forms.always_raw:
            return "raw"
        return "text" if self._forms.pdf is None and queue.takes_text else "pdf"

    def _encoded(self, document: Document, content: Content) -> bytes:
        if content == "raw":
            return self._forms.raw(document)
        if content == "text":
            return self._forms.text(document)
        if self._forms.pdf is None:
            raise self._problem("can_not_render")
        return self._forms.pdf(document)

    async def _look(self) -> Queue:
        if not self._name:
            raise DeviceProblem("no_printer")
        return await self._spooler.look(self._name)

    async def _hand_over(self, content: Content, job: bytes, title: str) -> None:
        number = await self._spooler.begin(self._name, content, title)
        try:
            is_handed_over = await self._is_taken(number, content, job)
            became = await self._became(number, self._patience.finish if is_handed_over else 0)
        except asyncio.CancelledError:
            # Left in the queue it would come out some time, and be a second one.
            with suppress(DeviceProblem, TimeoutError):
                async with asyncio.timeout(self._patience.settle):
                    await self._spooler.withdraw(self._name, number)
                    await self._spooler.forget(self._name, number)
            raise
        except DeviceProblem:
            raise self._problem("queue_unknown") from None
        with suppress(DeviceProblem):
            await self._spooler.forget(self._name, number)
        if became.fate != "printed":
            raise self._problem("queue_gave_up" if became.began else "queue_held")

    async def _is_taken(self, number: int, content: Content, job: bytes) -> bool:
        try:
            await self._spooler.hand_over(self._name, number, content, job)
        except DeviceProblem:
            # It may have been taken all the same; the service is asked what became of it.
            return False
        return True

    async def _became(self, number: int, seconds: float) -> Job:
        """What became of the paper. Raises DeviceProblem when nobody says, or when it is still there."""
        became = await self._watched(number, seconds)
        if became.fate == "on_its_way":
            await self._spooler.withdraw(self._name, number)
            became = await self._watched(number, self._patience.settle)
        if became.fate == "on_its_way":
            raise self._problem("queue_unknown")
        return became

    async def _watched(self, number: int, seconds: float) -> Job:
        """The paper as it is when it is on its way no more, or after `seconds`."""
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while True:
            job = await self._spooler.job(self._name, number)
            if job.fate != "on_its_way" or now() >= until:
                return job
            await asyncio.sleep(self._patience.ask)

    def _problem(self, reason: str) -> DeviceProblem:
        return DeviceProblem(reason, printer=self._name)
