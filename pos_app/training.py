"""Training mode's provider: a sandbox server as a process of its own, or the saved ready line of one.

What a lesson has it do wrong is held by a connection: its end puts it right, this program's too.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pos_app.errors import Misconfigured, NotAllowed, StoreProblem

if TYPE_CHECKING:
    from http.client import HTTPConnection

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 5.0
_ADMIN_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that answers: the `ready` line's names and values, and its process if it is ours."""

    ready: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    async def close(self) -> None:
        """End the process if it is ours; it also ends by itself when this program does."""
        if self.process is not None:
            await asyncio.to_thread(_stop, self.process)


class Mood:
    """What a sandbox does wrong for as long as it is held, over its admin side. One at a time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._address = sandbox.ready.get("admin", "")
        self._held: tuple[HTTPConnection, int] | None = None

    async def hold(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Have these faults happen, as `POST /admin/mood` takes them, until `put_right` or the program's end.

        Raises Misconfigured("sandbox_unreadable") when the sandbox does not take them, and
        NotAllowed("live_address_in_training") for an address that is not on this machine.
        """
        await self.put_right()
        self._held = await asyncio.to_thread(self._hold, list(faults))

    async def put_right(self) -> None:
        """Have nothing happen any more. Never raises: the connection's end does it too."""
        held, self._held = self._held, None
        if held is not None:
            await asyncio.to_thread(self._let_go, *held)

    def _hold(self, faults: list[Mapping[str, Any]]) -> tuple[HTTPConnection, int]:
        from http.client import HTTPException

        connection, path = self._open()
        try:
            connection.request("POST", path, json.dumps(faults).encode())
            reply = connection.getresponse()
            # Its one line comes at once; the end comes when it is let go of.
            number = int(json.loads(reply.readline())["mood"])
        except (OSError, HTTPException, ValueError, LookupError, TypeError):
            connection.close()
            raise Misconfigured("sandbox_unreadable", path=self._address) from None
        return connection, number

    def _let_go(self, held: HTTPConnection, number: int) -> None:
        from http.client import HTTPException

        with contextlib.suppress(OSError, HTTPException):
            # Answered when all is put right; a connection's end is seen a moment later.
            asking, path = self._open()
            with contextlib.closing(asking):
                asking.request("DELETE", f"{path}/{number}")
                asking.getresponse().read()
        held.close()

    def _open(self) -> tuple[HTTPConnection, str]:
        from http.client import HTTPConnection

        address = urlsplit(self._address)
        host = address.hostname or ""
        if not is_this_machine(host):
            raise NotAllowed("live_address_in_training")
        return HTTPConnection(host, address.port, timeout=_ADMIN_SECONDS), f"{address.path}/mood"


def is_this_machine(host: str) -> bool:
    """Whether `host` names this computer's own loopback address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_ready(path: Path) -> Sandbox:
    """The sandbox whose ready line was saved in `path`.

    Raises Misconfigured("sandbox_unreadable") when there is no such line in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Misconfigured("sandbox_unreadable", path=str(path)) from None
    for line in text.splitlines():
        if (ready := _parsed(line)) is not None:
            return Sandbox(ready)
    raise Misconfigured("sandbox_unreadable", path=str(path))


async def start_sandbox(state: Path) -> Sandbox:
    """Start a sandbox that keeps its ledger in `state`, and wait until it is ready.

    Raises Misconfigured("sandbox_unreadable") when it does not come up.
    """
    return await asyncio.to_thread(_start, state)


def _start(state: Path) -> Sandbox:
    try:
        state.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        raise StoreProblem("read_only", path=str(state.parent)) from None
    command = [*_program(), "--port", "0", "--state", str(state)]
    process = subprocess.Popen(  # noqa: S603  our own program, no shell
        [*command, "--exit-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Ctrl-C is for this program: what it has sent still wants its answer.
        start_new_session=True,
    )
    out = process.stdout
    line = out.readline().decode("utf-8", "replace") if out is not None else ""
    ready = _parsed(line)
    if ready is None:
        _stop(process)
        raise Misconfigured("sandbox_unreadable", path=str(state))
    return Sandbox(ready, process)


def _program() -> list[str]:
    """What starts a sandbox: a packaged program has no interpreter but itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "sandbox"]
    return [sys.executable, "-m", "pos_app.sandbox"]


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_STOP_SECONDS)
    if process.stdout is not None:
        process.stdout.close()


def _parsed(line: str) -> Mapping[str, str] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    ready = {str(name): value for name, value in found.items() if isinstance(value, str)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  any JSON
    return ready if {"cardpluspay", "levelup"} <= ready.keys() else None
