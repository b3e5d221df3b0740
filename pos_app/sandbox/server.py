"""The process: one socket on this machine, one ready line, and a clean end."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path

import uvicorn
from typing_extensions import override

from pos_app.sandbox import app
from pos_app.sandbox.calls import Desk
from pos_app.sandbox.catalogue import products
from pos_app.sandbox.faults import Faults
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.statefile import StateFile, StateFileError
from pos_app.sandbox.wire import Protocol

_HOST = "127.0.0.1"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_IDLE_SECONDS = 15
_LAST_ANSWERS_SECONDS = 3

OK, FAILED = 0, 1


def run(
    port: int,
    seed: int,
    latency_ms: int,
    state: Path | None = None,
    *,
    products_number: int | None = None,
    signing: bool = False,
    exit_with_stdin: bool = False,
) -> int:
    """Serves until told to stop (SIGTERM or SIGINT) and returns the exit code: 0, or 1 if it could not begin.

    `port` 0 takes any free one. `latency_ms` is added to every answer of a provider. `state` is the file that
    keeps the ledger; without it, it is gone afterwards. There are `products_number` products, over two
    thousand without it. With `signing` CardPlusPay's requests must be signed, once a key was registered on
    the admin side. With `exit_with_stdin` the server also ends when its standard input does, so that no
    parent leaves it behind, whatever ended the parent.

    Once connections are accepted, one JSON object goes to standard output in one line: the base addresses
    `cardpluspay`, `levelup` and `admin`, and the credentials the stand-in accepts.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="sandbox: %(message)s")
    try:
        ledger = Ledger(seed, products(seed, products_number), StateFile(state) if state else None)
    except StateFileError as error:
        return _give_up(str(error))
    listener = _listen(port)
    if isinstance(listener, OSError):
        return _give_up(f"Port {port} on {_HOST} can not be used: {listener.strerror}.")
    with listener:
        desk = Desk(ledger, Faults(seed), latency_ms, signing=signing)
        return asyncio.run(_serve(listener, desk, exit_with_stdin=exit_with_stdin))


async def _serve(listener: socket.socket, desk: Desk, *, exit_with_stdin: bool) -> int:
    config = uvicorn.Config(
        app.application(desk),
        http=Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
    )
    server = _Server(config, desk.stopping, lambda: _say_ready(listener.getsockname()[1], desk.ledger))
    if exit_with_stdin:
        threading.Thread(target=_wait_for_end_of_stdin, args=(server,), daemon=True).start()
    await server.serve([listener])
    return OK


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it is ready and ends with 0 when told to end.

    The original raises the signal again once it has shut down, and the process then counts as killed.
    """

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._ready = ready

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to accept connections, and says so."""
        await super().startup(sockets)
        self._ready()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends; whoever is being kept waiting on purpose is let go first."""
        self._stopping.set()
        await super().shutdown(sockets)

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Makes the signals that end a program end this one in order."""
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _listen(port: int) -> socket.socket | OSError:
    # With the protocol named, asyncio sends without delay; unnamed, each answer would wait 40 ms for an
    # acknowledgement between its head and its body.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # On Windows this option would let two servers share the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        return error
    return listener


def _say_ready(port: int, ledger: Ledger) -> None:
    root = f"http://{_HOST}:{port}"
    addresses = {
        "cardpluspay": root + app.CARDPLUSPAY,
        "levelup": root + app.LEVELUP,
        "admin": root + app.ADMIN,
    }
    sys.stdout.write(json.dumps({**addresses, **ledger.credentials.as_dict()}) + "\n")
    sys.stdout.flush()


def _wait_for_end_of_stdin(server: uvicorn.Server) -> None:
    with contextlib.suppress(OSError, ValueError):
        # Not through sys.stdin: a thread that waits in its buffer can not be abandoned when the program ends.
        while os.read(0, 4096):
            pass
    server.should_exit = True


def _give_up(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return FAILED
