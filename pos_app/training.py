"""Training mode's provider: a sandbox server as a process of its own, or the saved ready line of one."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_app.errors import Misconfigured, StoreProblem

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that answers: the `ready` line's names and values, and its process if it is ours."""

    ready: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    async def close(self) -> None:
        """End the process if it is ours; it also ends by itself when this program does."""
        if self.process is not None:
            await asyncio.to_thread(_stop, self.process)


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
