"""A network without sockets: what the till sends goes straight into the sandbox, byte for byte.

The sandbox acts on connections (resets, half a head, a promise of more bytes than come). Here they are acted
out on a queue, read by the same reader of HTTP that the till's client uses, and told to the till as the
errors a socket would have given it.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final, Literal

import h11
import httpx
from typing_extensions import override

from pos_app.providers.http import Http, Timing

Application = Callable[[dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Any]
Trouble = Literal["refused", "offline", "no_name"]
"""What keeps a connection from ever standing."""

WHOSE: Final = "x-whose-order"
"""The header by which this test knows, and the sandbox does not, for which order of ours a request is."""

whose: contextvars.ContextVar[str] = contextvars.ContextVar("whose", default="")
"""For which order of ours the request is that is being answered."""


class Line:
    """The sandbox's end of one connection, with the calls of `pos_app.sandbox.wire.Connection`."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.ended = asyncio.Event()
        self.by_reset = False
        self._doomed: bool | None = None

    @property
    def gone(self) -> bool:
        """Whether one of the two has hung up."""
        return self.ended.is_set()

    def write(self, sent: bytes) -> None:
        """Send these bytes."""
        if not self.gone:
            self.sent.put_nowait(sent)

    def doom(self, *, reset: bool) -> None:
        """Let the connection end as soon as something more comes over it."""
        self._doomed = reset

    def meets_its_end(self) -> bool:
        """Whether it was doomed, and has ended now that something came."""
        if self._doomed is None:
            return False
        self._end(reset=self._doomed)
        return True

    def close(self) -> None:
        """End it in the ordinary way."""
        self._end(reset=False)

    def reset(self) -> None:
        """End it with a reset: what is on its way is lost."""
        self._end(reset=True)

    def _end(self, *, reset: bool) -> None:
        if not self.gone:
            self.by_reset = reset
            self.ended.set()
            self.sent.put_nowait(None)


class Network(httpx.AsyncBaseTransport):
    """The way from a client to the sandbox. `troubles` keep the next connections from standing, one each."""

    def __init__(self, application: Application, *, keeps: bool, troubles: list[Trouble]) -> None:
        self._application = application
        self._keeps = keeps
        self._troubles = troubles
        self._line: Line | None = None

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        line = self._connected()
        if line.meets_its_end():
            raise _ended(line)
        body = await request.aread()
        serving = asyncio.get_running_loop().create_task(self._serve(line, request, body))
        _Served.tasks.add(serving)
        serving.add_done_callback(_Served.tasks.discard)
        reader = h11.Connection(our_role=h11.CLIENT)
        reader.send(h11.Request(method=request.method, target=request.url.raw_path, headers=_heads(request)))
        if body:
            reader.send(h11.Data(data=body))
        reader.send(h11.EndOfMessage())
        stream = _Body(line, reader, self)
        try:
            head = await stream.head()
        except BaseException:
            stream.hang_up()
            raise
        return httpx.Response(
            head.status_code,
            headers=list(head.headers),
            stream=stream,
            extensions={"reason_phrase": head.reason},
        )

    def keep(self, line: Line | None) -> None:
        """Keep the connection for the next request, or none."""
        self._line = line if self._keeps else None
        if line is not None and not self._keeps:
            line.close()

    def _connected(self) -> Line:
        line, self._line = self._line, None
        if line is not None and not line.gone:
            return line
        if self._troubles:
            raise _not_connected(self._troubles.pop(0))
        return Line()

    async def _serve(self, line: Line, request: httpx.Request, body: bytes) -> None:
        whose.set(request.headers.get(WHOSE, ""))
        asked = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if asked:
                return asked.pop()
            await line.ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                status: int = message["status"]
                head = [f"HTTP/1.1 {status} {_phrase(status)}".encode()]
                head += [name + b": " + value for name, value in message["headers"]]
                line.write(b"\r\n".join(head) + b"\r\n\r\n")
            elif message.get("body"):
                line.write(message["body"])

        path, _, query = request.url.raw_path.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": httpx.URL(path.decode()).path,
            "raw_path": path,
            "root_path": "",
            "query_string": query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "state": {"connection": line},
        }
        await self._application(scope, receive, send)


class _Served:
    """The sandbox's requests go on when the till has hung up, or is no more."""

    tasks: Final = set[asyncio.Task[None]]()


class _Body(httpx.AsyncByteStream):
    """One answer, read as it comes."""

    def __init__(self, line: Line, reader: h11.Connection, network: Network) -> None:
        self._line = line
        self._reader = reader
        self._network = network

    async def head(self) -> h11.Response:
        """The answer's head, behind the interim ones."""
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                return event

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            event = await self._next()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                kept = not self._line.gone and self._reader.our_state is h11.DONE
                kept = kept and self._reader.their_state is h11.DONE
                self._network.keep(self._line if kept else None)
                return

    @override
    async def aclose(self) -> None:
        if self._reader.their_state is not h11.DONE:
            self.hang_up()

    def hang_up(self) -> None:
        """The till leaves."""
        self._line.close()

    async def _next(self) -> Any:
        try:
            while True:
                event = self._reader.next_event()
                if event is not h11.NEED_DATA:
                    return event
                sent = await self._line.sent.get()
                if sent is None:
                    if self._line.by_reset:
                        raise _ended(self._line)
                    sent = b""
                self._reader.receive_data(sent)
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from None


class HttpThere(Http):
    """The till's own HTTP, but for the socket: it says for which of our orders it asks.

    With an `application` there is no socket at all.
    """

    def __init__(
        self,
        provider: str,
        base_url: str,
        timing: Timing | None,
        application: Application | None,
        troubles: list[Trouble],
    ) -> None:
        super().__init__(provider, base_url, timing)
        self._application = application
        self._troubles = troubles

    @override
    def _client(self, url: httpx.URL, *, fresh: bool) -> httpx.AsyncClient:
        client = super()._client(url, fresh=fresh)
        if self._application is not None:
            client._transport = Network(self._application, keeps=not fresh, troubles=self._troubles)  # pyright: ignore[reportPrivateUsage]
        client.event_hooks = {"request": [_say_whose]}
        return client


async def _say_whose(request: httpx.Request) -> None:
    task = asyncio.current_task()
    name = "" if task is None else task.get_name()
    if name.startswith("order "):
        request.headers[WHOSE] = name.removeprefix("order ")


def _heads(request: httpx.Request) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in request.headers.raw]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _ended(line: Line) -> httpx.TransportError:
    if line.by_reset:
        return httpx.ReadError("")
    return httpx.RemoteProtocolError("Server disconnected without sending a response.")


def _not_connected(trouble: Trouble) -> httpx.ConnectError:
    import errno
    import socket

    causes: dict[Trouble, OSError] = {
        "refused": ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
        "offline": OSError(errno.ENETUNREACH, "unreachable"),
        "no_name": socket.gaierror(socket.EAI_NONAME, "no such name"),
    }
    error = httpx.ConnectError("")
    error.__cause__ = causes[trouble]
    return error
