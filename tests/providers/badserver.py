"""A server on this machine that answers as badly as it is told: one manner per connection."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Self

Manner = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class BadServer:
    """Serves the manners in order, the last one for ever. `requests` is what came in; `met` is set once
    something did.
    """

    def __init__(self, *manners: Manner, tls: ssl.SSLContext | None = None) -> None:
        self._manners = list(manners)
        self._tls = tls
        self._open: list[asyncio.StreamWriter] = []
        self.requests: list[bytes] = []
        self.met = asyncio.Event()

    @property
    def url(self) -> str:
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"{'https' if self._tls else 'http'}://{host}:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.append(writer)
        manner = self._manners.pop(0) if len(self._manners) > 1 else self._manners[0]
        try:
            self.requests.append(await request(reader))
            self.met.set()
            await manner(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # Cancelled when the test's loop ends under a manner that never answers: nobody waits any more.
            pass
        finally:
            writer.close()


async def request(reader: asyncio.StreamReader) -> bytes:
    """One whole request with its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return head + await reader.readexactly(int(value))
    return head


def says(*parts: bytes) -> Manner:
    """Writes the bytes as they are and closes."""

    async def manner(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return manner


def answers(body: bytes, status: bytes = b"200 OK", *headers: bytes) -> Manner:
    """A correct HTTP answer."""
    length = b"Content-Length: %d" % len(body)
    return says(b"\r\n".join([b"HTTP/1.1 " + status, length, *headers, b"", body]))


def goes_on(*parts: bytes) -> Manner:
    """Writes the bytes and then nothing more, with the connection left open."""

    async def manner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says(*parts)(reader, writer)
        await reader.read()

    return manner


async def resets(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ends the connection with a reset instead of an answer."""
    writer.transport.abort()
