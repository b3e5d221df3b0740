"""The connection under a request: what HTTP has no word for.

A reset, a reply that never comes and a body cut short do not exist in ASGI, which only knows whole answers.
So the server's protocol class puts the connection itself into the scope of each request, and the faults act
on the socket.
"""

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Receive, Scope
from typing_extensions import override
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

_KEY = "connection"


class Connection:
    """One client's connection."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._doomed: bool | None = None

    @property
    def gone(self) -> bool:
        """Whether the client has hung up, or we have."""
        return self._transport.is_closing()

    def write(self, sent: bytes) -> None:
        """Sends these bytes as they are, past everything that knows HTTP."""
        if not self.gone:
            self._transport.write(sent)

    def doom(self, *, reset: bool) -> None:
        """Lets the connection end as soon as something more comes over it."""
        self._doomed = reset

    def meets_its_end(self) -> bool:
        """Whether it was doomed, and has ended now that something came."""
        if self._doomed is None:
            return False
        if self._doomed:
            self.reset()
        else:
            self.close()
        return True

    def close(self) -> None:
        """Ends the connection in the ordinary way (FIN), after what was written so far."""
        self._transport.close()

    def reset(self) -> None:
        """Ends it with a TCP reset: with no time to linger the kernel drops it instead of closing it."""
        found: Any = self._transport.get_extra_info("socket")
        if found is not None and not self.gone:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()


class Protocol(H11Protocol):
    """Uvicorn's HTTP/1.1 protocol, which also hands the connection to the application.

    `app_state` is copied into each request's `scope["state"]`, a door uvicorn itself keeps open.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, dict(app_state), _loop)

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called once per connection, before its first byte."""
        super().connection_made(transport)
        self._connection = Connection(transport)
        self.app_state[_KEY] = self._connection

    @override
    def data_received(self, data: bytes) -> None:
        """Called with each piece the client sends."""
        if not self._connection.meets_its_end():
            super().data_received(data)


def connection(scope: Scope) -> Connection:
    """The connection a request came over."""
    found: Connection = scope["state"][_KEY]
    return found


async def ended(receive: Receive) -> None:
    """Returns once the connection is no more. What still comes from the client is dropped."""
    while (await receive())["type"] != "http.disconnect":
        pass
