"""How an answer leaves, or does not: everything a connection can do to it.

A whole answer goes through the server's own way. The rest is written to the connection itself, because no
server offers to send half a head or another length than it promised.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send

from pos_app.sandbox import wire
from pos_app.sandbox.exchange import Reply
from pos_app.sandbox.faults import Fault

_NOISE = bytes(range(128, 256)) * 4
_NO_HTTP: Mapping[str, bytes] = {
    "binary": _NOISE,
    "tls": b"\x15\x03\x01\x00\x02\x02\x28",
    "bad_status": b"HTTP/1.1 OK fine\r\nContent-Length: 2\r\n\r\n{}",
    "mail": b"220 mail.example ESMTP ready\r\n",
    "page": b"<!DOCTYPE html><html><body><h1>Router</h1></body></html>",
}


class Waits(Protocol):
    """Who can wait on the sandbox's clock."""

    async def pause(self, seconds: float, other: "asyncio.Task[None] | None" = None) -> bool:
        """Waits; False if the server began to stop meanwhile. The end of `other` ends the wait."""
        ...


class Leaving:
    """One answer on its way to one client.

    `now` tells the Date it bears. `headers` are those all answers of the provider have. `abandoned` tells
    whether the client was seen to leave in the middle of it.
    """

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        now: Callable[[], float],
        headers: tuple[tuple[str, str], ...],
    ) -> None:
        self.connection = wire.connection(scope)
        self.abandoned = False
        self._headers = headers
        self._receive = receive
        self._send = send
        self._now = now

    async def whole(self, reply: Reply) -> None:
        """Sends it as it is."""
        await self._send(self._start(reply))
        await self._send({"type": "http.response.body", "body": reply.body})

    async def hang_up(self, *, reset: bool = False) -> None:
        """Ends the connection, by a close after what was written so far, or by a reset."""
        if reset:
            self.connection.reset()
        else:
            self.connection.close()
        await wire.ended(self._receive)

    async def open_for(self, seconds: float, waits: Waits, gone: "asyncio.Task[None] | None") -> None:
        """Leaves the connection open and silent, then ends it."""
        await waits.pause(seconds, gone)
        await self.hang_up()

    async def gone(self) -> None:
        """Returns once the client has hung up. What it still sends is dropped."""
        await wire.ended(self._receive)

    async def astray(self, fault: Fault, reply: Reply, waits: Waits) -> None:
        """Sends as much and in such a way as the fault lets it."""
        ways: Mapping[str, Callable[[], Awaitable[None]]] = {
            "cut_head": lambda: self._cut_head(reply, fault.options),
            "truncated": lambda: self._cut_body(reply, fault.options),
            "wrong_length": lambda: self._wrong_length(reply, fault.options["by"]),
            "drip": lambda: self._drip(reply, fault.options, waits),
            "garbage": lambda: self._raw(_NO_HTTP[fault.options["what"]]),
            "interim": lambda: self._interim(reply, fault.options),
            "interim_only": lambda: self._raw(_interim(100)),
            "idle_close": lambda: self._idle_close(reply, fault.options),
        }
        await ways[fault.name]()

    async def _raw(self, sent: bytes, *, reset: bool = False) -> None:
        self.connection.write(sent)
        await self.hang_up(reset=reset)

    async def _cut_head(self, reply: Reply, options: Mapping[str, Any]) -> None:
        head = _head(reply, self._told(reply))
        await self._raw(head[: max(1, len(head) * options["keep_percent"] // 100)], reset=options["reset"])

    async def _cut_body(self, reply: Reply, options: Mapping[str, Any]) -> None:
        told = self._told(reply)
        kept = reply.body[: len(reply.body) * options["keep_percent"] // 100]
        framing = options["framing"]
        if framing != "length":
            told = [(name, value) for name, value in told if name != "Content-Length"]
        if framing == "chunked":
            told.append(("Transfer-Encoding", "chunked"))
            kept = b"%x\r\n%s\r\n" % (len(kept), kept) if kept else b""
        elif framing == "close":
            told.append(("Connection", "close"))
        await self._raw(_head(reply, told) + kept, reset=options["reset"])

    async def _wrong_length(self, reply: Reply, by: int) -> None:
        length = str(max(0, len(reply.body) + by))
        told = [(name, length if name == "Content-Length" else value) for name, value in self._told(reply)]
        await self._raw(_head(reply, told) + reply.body)

    async def _drip(self, reply: Reply, options: Mapping[str, Any], waits: Waits) -> None:
        size = max(1, math.ceil(len(reply.body) / options["pieces"]))
        await self._send(self._start(reply))
        for start in range(0, len(reply.body), size):
            piece = reply.body[start : start + size]
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            if not await waits.pause(options["pause_ms"] / 1000) or self.connection.gone:
                self.abandoned = self.connection.gone
                await self.hang_up()
                return
        await self._send({"type": "http.response.body", "body": b""})

    async def _interim(self, reply: Reply, options: Mapping[str, Any]) -> None:
        self.connection.write(_interim(options["status"]) * options["count"])
        await self.whole(reply)

    async def _idle_close(self, reply: Reply, options: Mapping[str, Any]) -> None:
        if options["when"] == "next_request":
            self.connection.doom(reset=options["reset"])
        await self.whole(reply)
        if options["when"] == "at_once":
            if options["reset"]:
                self.connection.reset()
            else:
                self.connection.close()

    def _told(self, reply: Reply) -> list[tuple[str, str]]:
        told = [("Content-Length", str(len(reply.body)))]
        if isinstance(reply.date, int):
            # The date is that of this very answer: the till reckons with the provider's clock, to the second.
            told.insert(0, ("Date", formatdate(self._now() + reply.date, usegmt=True)))
        elif reply.date is not None:
            told.insert(0, ("Date", reply.date))
        if reply.body:
            told.append(("Content-Type", reply.content_type))
        if not reply.plain:
            told.extend(self._headers)
        told.extend(reply.headers)
        return told

    def _start(self, reply: Reply) -> dict[str, object]:
        told = self._told(reply)
        encoded = [(name.encode("ascii"), value.encode("latin-1")) for name, value in told]
        return {"type": "http.response.start", "status": reply.status, "headers": encoded}


def _head(reply: Reply, headers: list[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _interim(status: int) -> bytes:
    return f"HTTP/1.1 {status} {_phrase(status)}\r\n\r\n".encode("ascii")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
