"""The same scripts over real sockets, with real threads: the sandbox listens on this machine's loopback.

Clocks are turned by hand here too; only what the network itself takes is waited for, and that is kept short.
Which answers still come in time may differ from run to run. What is promised holds for all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import tempfile
from collections.abc import AsyncGenerator, Generator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from pos_app.providers.http import Timing
from pos_app.sandbox.wire import Protocol
from tests.faults import script
from tests.faults.company import Company
from tests.faults.play import Outcome, ended_by, to_the_end
from tests.faults.script import Script
from tests.faults.shop import BEGIN, Shop, get_ready, memory

_TIMING: Final = Timing(connect=5.0, reading=0.7, listening=0.9, pause=0.01, longest_pause=0.05)


class HandTime:
    """Time that passes when it is turned, and by no wall clock."""

    def __init__(self) -> None:
        self.company: Company | None = None
        self._passed = 0.0
        self._skew = timedelta()

    def now(self) -> datetime:
        """What the till's clock shows."""
        return BEGIN + timedelta(seconds=self._passed) + self._skew

    def seconds(self) -> float:
        """Since the script began."""
        return self._passed

    def unix(self) -> float:
        """What the providers' clock shows."""
        return BEGIN.timestamp() + self._passed

    async def turn(self, seconds: float) -> None:
        """Turn both clocks, and let go on at the providers' whoever waited for it."""
        self._passed += seconds
        if self.company is not None:
            self.company.desk.clock.turn(0)
            await self.company.desk.caught_up()

    def skew(self, seconds: float) -> None:
        """Set the till's clock wrong."""
        self._skew += timedelta(seconds=seconds)


class _Street:
    """What listens: whichever company is open at the moment."""

    def __init__(self) -> None:
        self.company: Company | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.company is not None
        await self.company(scope, receive, send)


class _Server(uvicorn.Server):
    """Uvicorn's server, which leaves this process's signals alone."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def play_over_http(texts: Sequence[str]) -> list[Outcome]:
    """Play these scripts one after the other."""
    get_ready()
    return asyncio.run(_play_all([script.read(text) for text in texts]))


async def _play_all(scripts: Sequence[Script]) -> list[Outcome]:
    async with _listening() as (street, root):
        return [await _play(one, street, root) for one in scripts]


@contextlib.asynccontextmanager
async def _listening() -> AsyncGenerator[tuple[_Street, str]]:
    street = _Street()
    config = uvicorn.Config(
        street,
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
        timeout_graceful_shutdown=1,
    )
    # With the protocol named, asyncio sends without delay.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        server = _Server(config)
        serving = asyncio.get_running_loop().create_task(server.serve([listener]))
        try:
            yield street, f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def _play(one: Script, street: _Street, root: str) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="countercard-faults-", dir=memory()))
    time = HandTime()
    company = Company(time.unix)
    street.company = time.company = company
    shop = Shop(folder / "store", company, time, one.kind, root=root, timing=_TIMING)
    try:
        await shop.open(one.registers)
        return await to_the_end(one, shop)
    except Exception as error:  # noqa: BLE001  a script in which the till fails is what is looked for
        return ended_by(one, error)
    finally:
        company.desk.stopping.set()
        await shop.close()
        shutil.rmtree(folder, ignore_errors=True)
