"""The places where a till is killed: each is numbered as it is reached, and at one of them the process ends.

Nothing of this is in the program. A process that is to die puts itself around the program's own functions:
every transaction that writes, every step of every request, every print, every statement of a migration, and
every call that makes a change to the disk last.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx

from pos_app.orders.answers import Reply
from pos_app.printing.devices import FilePrinter
from pos_app.printing.document import Document
from pos_app.providers.http import Http
from pos_app.store import schema
from pos_app.store.database import Database, Tx

_LASTING = ("fsync", "replace", "rename", "link", "unlink")


class Points:
    """Counts what is reached in this process; at the `dies_at`th it is killed, as by a power cut."""

    def __init__(self, dies_at: int | None) -> None:
        self.names: list[str] = []
        self._dies_at = dies_at

    def reach(self, name: str) -> None:
        """This point is reached."""
        self.names.append(name)
        if len(self.names) == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """From now on everything counts. There is no way back: only for a process that ends."""
        self._watch_transactions()
        self._watch_requests()
        self._watch_prints()
        self._watch_migrations()
        for name in _LASTING:
            self._watch_system(name)

    def _watch_transactions(self) -> None:
        real: Callable[..., Any] = Database._transact  # pyright: ignore[reportPrivateUsage]

        def transact(database: Database, fn: Callable[[Tx], Any]) -> Any:
            wrote: list[bool] = []

            def inside(tx: Tx) -> Any:
                before = database._connection.total_changes  # pyright: ignore[reportPrivateUsage]
                result = fn(tx)
                wrote.append(database._connection.total_changes > before)  # pyright: ignore[reportPrivateUsage]
                if wrote[-1]:
                    self.reach("before COMMIT")
                return result

            result = real(database, inside)
            if wrote and wrote[-1]:
                self.reach("after COMMIT")
            return result

        setattr(Database, "_transact", transact)  # noqa: B010

    def _watch_requests(self) -> None:
        real_client: Callable[..., httpx.AsyncClient] = Http._client  # pyright: ignore[reportPrivateUsage]
        real_send: Callable[..., Awaitable[Reply]] = Http.send_once

        async def step(name: str, _info: object) -> None:
            self.reach(name)

        async def trace(request: httpx.Request) -> None:
            request.extensions = {**request.extensions, "trace": step}

        def client(http: Http, url: httpx.URL, *, fresh: bool) -> httpx.AsyncClient:
            made = real_client(http, url, fresh=fresh)
            made.event_hooks = {"request": [trace]}
            return made

        async def send_once(http: Http, *what: Any) -> Reply:
            self.reach("before the buy")
            reply = await real_send(http, *what)
            self.reach("the reply is in hand")
            return reply

        setattr(Http, "_client", client)  # noqa: B010
        setattr(Http, "send_once", send_once)  # noqa: B010

    def _watch_prints(self) -> None:
        real: Callable[..., Awaitable[None]] = FilePrinter.print

        async def print_(printer: FilePrinter, document: Document, stem: str) -> None:
            self.reach("before the print")
            await real(printer, document, stem)
            self.reach("after the print")

        setattr(FilePrinter, "print", print_)  # noqa: B010

    def _watch_migrations(self) -> None:
        real = schema._statements  # pyright: ignore[reportPrivateUsage]

        def statements(name: str) -> Iterator[str]:
            for statement in real(name):
                self.reach(f"a statement of {name}")
                yield statement

        setattr(schema, "_statements", statements)  # noqa: B010

    def _watch_system(self, name: str) -> None:
        real: Callable[..., Any] = getattr(os, name)

        def call(*what: Any, **more: Any) -> Any:
            self.reach(f"before {name}")
            result = real(*what, **more)
            self.reach(f"after {name}")
            return result

        setattr(os, name, call)
