"""`countercard setup` at a real terminal: what is secret is not shown, and Ctrl-C ends it at once."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.environment import unwatched

fcntl = pytest.importorskip("fcntl", reason="there are no such terminals on Windows")
termios = pytest.importorskip("termios")

_SECONDS: Final = 120
_ANSWERS: Final = """
[shop]
name = "Corner Kiosk"
address = ""
phone = ""
currency = "USD"
zone = "America/New_York"
[register]
number = "03"
cashier = "Mia"
"""


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, environment: dict[str, str], *words: str) -> None:
        self.shown = ""
        self._end, theirs = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pos_app", *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
            # What is typed as Ctrl-C becomes a signal only for those whose terminal it is.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(theirs)

    def answer(self, question: str, text: str) -> None:
        """Wait until `question` is asked and type `text`."""
        seen = len(self.shown)
        until = time.monotonic() + _SECONDS
        while question not in self.shown[seen:]:
            assert select.select([self._end], [], [], max(0.0, until - time.monotonic()))[0], self.shown
            self.shown += os.read(self._end, 4096).decode()
        os.write(self._end, text.encode())

    def ended(self) -> int:
        """How the program ended, and everything it still said."""
        until = time.monotonic() + _SECONDS
        while select.select([self._end], [], [], max(0.0, until - time.monotonic()))[0]:
            try:
                more = os.read(self._end, 4096)
            except OSError:
                # The other end of the terminal is closed.
                break
            self.shown += more.decode()
        os.close(self._end)
        return self._process.wait(_SECONDS)


def test_what_is_secret_is_not_shown_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(_ANSWERS, encoding="utf-8")
    environment = unwatched() | {
        "PYTHON_KEYRING_BACKEND": "tests.keyrings.OnDisk",
        "TEST_KEYRING": str(tmp_path / "keyring.json"),
    }
    store = tmp_path / "shop"
    terminal = Terminal(environment, "setup", "--store", str(store), "--from", str(answers))
    terminal.answer("CardPlusPay (y/n)", "n\n")
    terminal.answer("LevelUp (y/n)", "y\n")
    terminal.answer("Address", "http://127.0.0.1:1\n")
    terminal.answer("User token", "TESTSECRET1\n")
    terminal.answer("Merchant token", "TESTSECRET2\n")
    terminal.answer("Try again", "\x03")
    assert terminal.ended() == 130
    assert "TESTSECRET" not in terminal.shown
    assert "did not take the call" in terminal.shown
    assert tomllib.loads((store / "settings.toml").read_text("utf-8"))["register_id"] == "03"
