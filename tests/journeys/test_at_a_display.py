"""The program as it is started, at a display of its own, with keys from outside; and killed in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from pos_app.opening import Options, open_till
from tests.sandbox_process import SandboxProcess, eventually

_MISSING: Final = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
_PATIENCE: Final = 120.0

pytestmark = pytest.mark.skipif(bool(_MISSING), reason=f"needs {' and '.join(_MISSING)}")


class Keyboard:
    """A keyboard at the display `number`: keys come from the X server, as from a real one."""

    def __init__(self, number: str) -> None:
        self._environment = {**os.environ, "DISPLAY": f":{number}"}

    def go_to_window(self) -> None:
        """Wait for the window and have it hear keys: nobody manages windows here."""
        self._do("search", "--sync", "--onlyvisible", "--name", "Countercard", "windowfocus", "--sync")

    def type(self, text: str) -> None:
        """Type as a person does, slower than any scanner."""
        self._do("type", "--delay", "90", text)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, half a second apart."""
        self._do(*(word for key in keys for word in ("key", key, "sleep", "0.5")))

    def _do(self, *words: str) -> None:
        done = subprocess.run(
            ["xdotool", *words],  # noqa: S607
            env=self._environment,
            timeout=_PATIENCE,
            check=False,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def display() -> Generator[str]:
    """The number of a display that nobody sees."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        ready, _writable, _failed = select.select([server.stdout], [], [], _PATIENCE)
        assert ready, "the display did not come up"
        yield server.stdout.readline().decode().strip()
    finally:
        server.terminate()
        server.wait(_PATIENCE)
        if server.stdout is not None:
            server.stdout.close()


@contextmanager
def program(number: str, store: Path, ready: Path) -> Generator[subprocess.Popen[bytes]]:
    """The window over `store`, in a process of its own; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", "--training", "--store", str(store), "--sandbox", str(ready)],
        env={**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(_PATIENCE)


async def stocked(store: Path, ready: Path) -> None:
    """Make the store and read the list of products, so that the window has them when it opens."""
    register = await open_till(Options(str(store), ready))
    try:
        await register.catalog.refresh()
    finally:
        await register.close()


def told(store: Path, ready: Path) -> list[dict[str, Any]]:
    """What the journal says, by the command line."""
    done = subprocess.run(
        [sys.executable, "-m", "pos_app", "orders", "--store", str(store), "--sandbox", str(ready), "--json"],
        timeout=_PATIENCE,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


def test_a_card_is_sold_by_keys_alone_and_a_kill_doubles_none(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    store, ready, admin = tmp_path / "store", tmp_path / "ready.json", sandbox.admin
    ready.write_text(sandbox.line, encoding="utf-8")
    before = len(admin.card_orders())
    asyncio.run(asyncio.wait_for(stocked(store, ready), _PATIENCE))

    def asked() -> int:
        return sum(admin.ledger()["requests"].values())

    def open_till(keyboard: Keyboard) -> None:
        # What the open till watches it asks for behind its window: then Sell is there.
        earlier = asked()
        eventually(lambda: asked() > earlier)
        keyboard.go_to_window()

    def choose(keyboard: Keyboard) -> None:
        checked = admin.ledger()["requests"].get("cardpluspay.check", 0)
        keyboard.type("acme")
        keyboard.press("Return", "Return")
        eventually(lambda: admin.ledger()["requests"].get("cardpluspay.check", 0) > checked)

    def pay_until(keyboard: Keyboard, number: int) -> None:
        # As somebody does who presses again and again: one basket is one purchase all the same.
        def bought() -> bool:
            keyboard.press("F12", "Return")
            return len(admin.card_orders()) > before + number - 1

        eventually(bought)

    try:
        with display() as number:
            keyboard = Keyboard(number)
            with program(number, store, ready) as till:
                open_till(keyboard)
                choose(keyboard)
                pay_until(keyboard, 1)
                eventually(lambda: any((store / "paper").glob("*slip-1.pdf")))
                keyboard.press("Return", "Return", "F12", "Return")
                assert len(admin.card_orders()) == before + 1
                assert [one["status"] for one in told(store, ready)] == ["fulfilled"]
                admin.fault("slow", "cardpluspay.create", times=1, delay_ms=600_000, commit_first=True)
                choose(keyboard)
                pay_until(keyboard, 2)
                # The order is bought, and its answer on its way.
                till.kill()
                till.wait(_PATIENCE)
            with program(number, store, ready):
                open_till(keyboard)
                keyboard.press("Return", "F12", "Return", "Escape", "Return")
            # Not confirmed until the company's books were looked at, which show that it was bought.
            second, first = (one["status"] for one in told(store, ready))
            assert first == "fulfilled"
            assert second in {"not_confirmed", "fulfilled"}
            assert len(admin.card_orders()) == before + 2
    finally:
        admin.clear_faults()
