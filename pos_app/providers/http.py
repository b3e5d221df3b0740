"""The two ways out of the till: reads, which may be repeated, and a buy, which goes out once.

The only place that knows httpx. It is imported with the first request, on a thread, so that it slows neither
the start nor the window.
Proxies, certificates and passwords named in the environment are not looked at: what the till sends, and
where, is decided by its settings alone. No header and no body ever reaches a log or an exception.
"""

from __future__ import annotations

import asyncio
import errno
import importlib
import ipaddress
import json
import secrets
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from typing_extensions import override

from pos_app import __version__
from pos_app.errors import Misconfigured, NotTaken, OutcomeUnknown
from pos_app.orders.answers import Reply
from pos_app.providers import wire
from pos_app.providers.base import no_answer

if TYPE_CHECKING:
    import httpx

_NO_TLS: Final = object()

Headers: TypeAlias = Mapping[str, str] | Callable[[], Awaitable[Mapping[str, str]]]
"""What goes with a read: the same for every try, or made anew for each, as a signature has to be."""

TRIES: Final = 3
"""How often a read is tried (LevelUp's certification recommends three)."""

_TRY_AGAIN = frozenset({429, 502, 503, 504})
# Both providers' guides want the two types with every request, even with one that has no body.
_EVERY_REQUEST = {
    "User-Agent": f"Countercard/{__version__}",
    "Accept": "application/json",
    "Content-Type": "application/json",
}
# Who is speaking and when, how to read the body, and where a list goes on. Nothing else is kept.
_KEPT_HEADERS = frozenset(
    {"content-encoding", "content-type", "date", "link", "retry-after", "server", "via", "www-authenticate"}
)
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
# ERROR_NETWORK_UNREACHABLE and ERROR_HOST_UNREACHABLE: Windows tells them apart from errno.
_UNREACHABLE_ON_WINDOWS = frozenset({1231, 1232})


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait, in seconds.

    `connect`: until a connection stands. `reading`: for one try of a read, as a whole. `listening`: for a
    buy, as a whole. `pause`: before the second try of a read, doubled before the third; a provider's
    `Retry-After` takes its place, but when it is longer than `longest_pause` there is no further try.
    """

    connect: float = 10.0
    reading: float = 10.0
    listening: float = 300.0
    pause: float = 0.3
    longest_pause: float = 5.0


class Http:
    """HTTP with one provider. Every method raises Misconfigured before anything is sent to a bad address."""

    def __init__(self, provider: str, base_url: str, timing: Timing | None = None) -> None:
        self._provider = provider
        self._base_url = base_url
        self._timing = timing or Timing()
        self._reading: httpx.AsyncClient | None = None
        self._trust: ssl.SSLContext | None = None

    @override
    def __repr__(self) -> str:
        return f"Http({self._provider!r})"

    async def check(self) -> None:
        """Raise Misconfigured if nothing may be sent to the address; sends nothing."""
        await _load()
        self._url("")

    async def read(
        self,
        method: str,
        path: str,
        headers: Headers,
        *,
        query: Mapping[str, str] | None = None,
        body: object | None = None,
    ) -> Reply:
        """The whole reply to a request that changes nothing, whatever its status; tried up to three times.

        Raises NotTaken (no connection, or `no_answer`: silence, cut, or too long a body) or Misconfigured,
        and whatever making the headers raises.
        """
        await _load()
        return await self._read(method, self._url(path), headers, query, body)

    async def read_on(self, link: str, headers: Headers) -> Reply:
        """The page of a list that the provider's `link` names; else like `read`.

        Raises NotTaken("led_elsewhere") unless it has the scheme, host and port of our own address and names
        nobody: the keys would go to whoever answers there.
        """
        await _load()
        import httpx

        base = self._url("/")
        try:
            url = base.join(link)
        except httpx.InvalidURL:
            url = httpx.URL("")
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port) or url.userinfo:
            raise NotTaken("led_elsewhere", provider=self._provider, host=url.host)
        return await self._read("GET", url, headers, None, None)

    async def send_once(self, path: str, headers: Mapping[str, str], body: object) -> Reply:
        """POST `body` as JSON, once, over a connection of its own, and keep every byte that comes back.

        Returns as soon as the answer or the time for listening ends, with `complete` False if the body was
        not over. Raises NotTaken only when no connection stood, so that nothing of the request can have
        left; OutcomeUnknown when it may have left and not even a status line came; Misconfigured before
        anything was sent. Cancelling it says nothing about what the provider did.
        """
        await _load()
        import httpx

        url = self._url(path)
        # Unpacked: what came before a cut is then readable as it is.
        sent = {"Accept-Encoding": "identity", "Connection": "close", **headers}
        head: httpx.Response | None = None
        kept = bytearray()
        complete = False
        failure: NotTaken | OutcomeUnknown = OutcomeUnknown("silence", provider=self._provider)
        try:
            async with (
                asyncio.timeout(self._timing.listening),
                self._client(url, fresh=True) as client,
                client.stream("POST", url, headers=sent, content=json.dumps(body).encode()) as response,
            ):
                head = response
                complete = await _collect(response, kept)
        except (TimeoutError, OSError, httpx.HTTPError) as error:
            failure = self._failure(error, url)
        if head is None:
            # Raised out here, the failure does not carry the request, and with it the key, as its context.
            raise failure
        return _reply(head, bytes(kept), complete=complete)

    async def close(self) -> None:
        """Let go of the connections kept for reads."""
        reading, self._reading = self._reading, None
        if reading is not None:
            await reading.aclose()

    async def _read(
        self,
        method: str,
        url: httpx.URL,
        headers: Headers,
        query: Mapping[str, str] | None,
        body: object | None,
    ) -> Reply:
        if self._reading is None:
            self._reading = self._client(url, fresh=False)
        client = self._reading
        content = None if body is None else json.dumps(body).encode()

        async def trying() -> Reply | NotTaken | OutcomeUnknown:
            made = await headers() if callable(headers) else headers
            sent = {"Accept-Encoding": "gzip", **made}
            request = client.build_request(method, url, params=query, headers=sent, content=content)
            return await self._try(client, request)

        outcome = await trying()
        for attempt in range(1, TRIES):
            pause = self._pause(outcome, attempt)
            if pause is None:
                break
            await asyncio.sleep(pause)
            outcome = await trying()
        if isinstance(outcome, Reply):
            return outcome
        if isinstance(outcome, OutcomeUnknown):
            # It changed nothing, so nothing can have come of it: only a buy leaves an outcome behind.
            raise no_answer(self._provider, outcome.reason)
        raise outcome

    async def _try(
        self, client: httpx.AsyncClient, request: httpx.Request
    ) -> Reply | NotTaken | OutcomeUnknown:
        import httpx

        kept = bytearray()
        try:
            async with asyncio.timeout(self._timing.reading):
                response = await client.send(request, stream=True)
                try:
                    complete = await _collect(response, kept)
                finally:
                    await response.aclose()
        except (TimeoutError, OSError, httpx.HTTPError) as error:
            return self._failure(error, request.url)
        if not complete:
            return OutcomeUnknown("unexpected", provider=self._provider)
        return _reply(response, bytes(kept), complete=True)

    def _pause(self, outcome: Reply | NotTaken | OutcomeUnknown, attempt: int) -> float | None:
        """How long to wait before the next try of a read; None when there is to be none."""
        # Spread out, so that tills that failed together do not come back together.
        pause: float = self._timing.pause * 2 ** (attempt - 1) * secrets.SystemRandom().uniform(0.5, 1.5)
        if isinstance(outcome, Reply):
            if outcome.status not in _TRY_AGAIN:
                return None
            given = wire.retry_after(outcome)
            pause = pause if given is None else given
        elif outcome.reason in {"tls_failed", "unexpected"}:
            return None
        return pause if pause <= self._timing.longest_pause else None

    def _url(self, path: str) -> httpx.URL:
        """The whole address of `path`, read by the same parser that will connect to it."""
        import httpx

        try:
            base, url = httpx.URL(self._base_url), httpx.URL(self._base_url.rstrip("/") + path)
        except httpx.InvalidURL:
            base = url = httpx.URL("")
        if (
            base.scheme not in {"http", "https"}
            or not base.host
            or base.userinfo
            or base.query
            or base.fragment
        ):
            raise Misconfigured("settings_unreadable", provider=self._provider)
        if base.scheme == "http" and not _is_this_machine(base.host):
            raise Misconfigured("plain_http", provider=self._provider, host=base.host)
        return url

    def _client(self, url: httpx.URL, *, fresh: bool) -> httpx.AsyncClient:
        import httpx

        if self._trust is None:
            self._trust = _trust(url.scheme)
        limits = (
            httpx.Limits(max_connections=1, max_keepalive_connections=0)
            if fresh
            else httpx.Limits(max_connections=8)
        )
        transport = httpx.AsyncHTTPTransport(
            verify=self._trust, trust_env=False, http1=True, http2=False, limits=limits, retries=0
        )
        # The whole time is bounded where the request is made; httpx bounds each wait for itself.
        timeout = httpx.Timeout(None, connect=self._timing.connect, pool=self._timing.connect)
        return httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            headers=_EVERY_REQUEST,
        )

    def _failure(self, error: Exception, url: httpx.URL) -> NotTaken | OutcomeUnknown:
        """What `error` proves. Only an error of connecting proves that nothing was sent."""
        import httpx

        facts = {"provider": self._provider, "host": url.host}
        if isinstance(error, httpx.PoolTimeout):
            return NotTaken("no_free_connection", **facts)
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return NotTaken(_why_no_connection(error, url.scheme), **facts)
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            return OutcomeUnknown("silence", **facts)
        return OutcomeUnknown("cut", **facts)


async def _load() -> None:
    """Have httpx imported without holding up the event loop: it takes a good part of a second."""
    if "httpx" not in sys.modules or "httpcore" not in sys.modules:
        await asyncio.to_thread(_import)


def _import() -> None:
    """Import httpx without the libraries of its own command line, for which it is prepared.

    They are there by chance, for other programs' sake, and would cost a waiting till up to 5 MB.
    """
    kept = sys.modules.get("click")
    if kept is None:
        # What Python's import takes for "there is no such module".
        sys.modules["click"] = cast("ModuleType", None)
    try:
        for name in ("httpx", "httpcore"):
            importlib.import_module(name)
    finally:
        if kept is None:
            sys.modules.pop("click", None)


async def _collect(response: httpx.Response, kept: bytearray) -> bool:
    """Add what comes to `kept`; False when it is too much to go on."""
    async for chunk in response.aiter_raw():
        kept += chunk
        if len(kept) > wire.MOST_BYTES:
            return False
    return True


def _reply(response: httpx.Response, body: bytes, *, complete: bool) -> Reply:
    headers = tuple((name, value) for name, value in response.headers.multi_items() if name in _KEPT_HEADERS)
    return Reply(response.status_code, response.reason_phrase, headers, body, complete)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _trust(scheme: str) -> ssl.SSLContext:
    if scheme == "http":
        # To this machine alone, without TLS. httpx takes what it is given as a context, so that none is made:
        # an empty one would be most of a megabyte for nothing, httpx's own reads a file of certificates.
        return cast("ssl.SSLContext", _NO_TLS)
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _why_no_connection(error: Exception, scheme: str) -> str:
    chain = list(_chain(error))
    for cause in chain:
        if isinstance(cause, socket.gaierror):
            # EAI_AGAIN: no name server answered, so nothing is known about the name.
            return "offline" if cause.errno == socket.EAI_AGAIN else "name_not_found"
        if isinstance(cause, ssl.SSLError):
            return "tls_failed"
        if isinstance(cause, OSError) and (
            cause.errno in _UNREACHABLE or getattr(cause, "winerror", None) in _UNREACHABLE_ON_WINDOWS
        ):
            return "offline"
    timed_out = any(isinstance(cause, TimeoutError) for cause in chain)
    refused = any(isinstance(cause, ConnectionRefusedError) for cause in chain)
    # A connection that was taken and ended without a word was ended during the TLS handshake.
    return "tls_failed" if scheme == "https" and not timed_out and not refused else "connection_refused"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error` and everything it came from."""
    waiting: list[BaseException | None] = [error]
    met: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in met:
            continue
        met.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += cast("BaseExceptionGroup[BaseException]", current).exceptions
