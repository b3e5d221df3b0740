"""Of a sale's papers the next one is made while one is on its way: a hundred slips take half as long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar, runtime_checkable

from pos_app.errors import DeviceProblem
from pos_app.printing.document import QR, Document, Row, Secret, Text

T = TypeVar("T")

_SAMPLE: Final = Document(
    "sheet", "", (Text("0", bold=True), Text("0"), Row("0", "0"), Secret("0", "0"), QR("0", "0"))
)
"""A little of all that stands on a slip."""


@runtime_checkable
class MakesAhead(Protocol):
    """A printer that can make a paper while it prints another."""

    def expect(self, document: Document | None) -> None:
        """`document` is printed behind the next one; None: nothing is, and what was made for it is dropped.

        A hint: what is printed, and when, is what `print` is called with.
        """
        ...

    async def warm_up(self) -> None:
        """Have loaded what the first paper of a day would wait for. Nothing is printed."""
        ...


class Ahead(Generic[T]):
    """What `make` makes of documents on a worker thread, of one of them ahead.

    The thread is its own: what draws papers keeps its fonts and their letters anew for each thread.
    """

    def __init__(self, make: Callable[[Document], T]) -> None:
        self._make = make
        self._thread: ThreadPoolExecutor | None = None
        self._expected: Document | None = None
        self._begun: _Begun[T] | None = None

    def expect(self, document: Document | None) -> None:
        """See `MakesAhead`."""
        self._expected = document
        if document is None and self._begun is not None:
            self._begun.making.cancel()
            self._begun = None

    async def made(self, document: Document) -> T:
        """What is made of `document`; behind it the expected one is begun. Raises what `make` does."""
        begun, self._begun = self._begun, None
        if begun is not None and begun.document is document:
            made = await begun.making
        else:
            made = await self._begin(document)
        expected, self._expected = self._expected, None
        if expected is not None:
            self._begun = _Begun(expected, self._begin(expected))
            # Looked at, so that nobody is told of what went wrong with a paper that is not printed after all.
            self._begun.making.add_done_callback(_look_at)
        return made

    async def warm_up(self) -> None:
        """See `MakesAhead`: the first paper is made once for nobody, with all that is loaded for it."""
        if self._thread is None:
            with suppress(DeviceProblem):
                await self._begin(_SAMPLE)

    def _begin(self, document: Document) -> asyncio.Future[T]:
        if self._thread is None:
            self._thread = own_thread()
        return asyncio.get_running_loop().run_in_executor(self._thread, self._make, document)


def own_thread() -> ThreadPoolExecutor:
    """A thread that does one piece of work after the other; it ends when nobody can give it any."""
    return ThreadPoolExecutor(1, thread_name_prefix="paper")


@dataclass(frozen=True)
class _Begun(Generic[T]):
    document: Document
    making: asyncio.Future[T] = field(repr=False)


def _look_at(done: asyncio.Future[T]) -> None:
    if not done.cancelled():
        done.exception()
