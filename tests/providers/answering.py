"""The other end of a client without a network: a function from request to response."""

from collections.abc import Callable

import httpx
from typing_extensions import override

from pos_app.providers.http import Http, Timing

Answering = Callable[[httpx.Request], httpx.Response]


class _Streamed(httpx.AsyncBaseTransport):
    """Gives answers out as streams, as a connection does."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        made = self._answering(request)
        return httpx.Response(made.status_code, headers=made.headers, stream=httpx.ByteStream(made.content))


class Answered(Http):
    """A way out that ends at the function; it never waits between tries."""

    def __init__(self, provider: str, base_url: str, answering: Answering) -> None:
        super().__init__(provider, base_url, Timing(pause=0))
        self._answering = answering

    @override
    def _client(self, url: httpx.URL, *, fresh: bool) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=_Streamed(self._answering))
