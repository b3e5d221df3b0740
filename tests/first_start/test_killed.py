"""A first start whose program is killed goes on where it was: what was right is neither lost nor asked."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from tests.environment import unwatched
from tests.sandbox_process import SandboxProcess

_SECONDS: Final = 120

# Ends this program, as a power cut would, when the named function is called for the nth time.
_DIES: Final = """
import importlib, os, signal, sys
module, name, n, *words = sys.argv[1:]
left = [int(n)]
owner = importlib.import_module(module)
*path, last = name.split(".")
for part in path:
    owner = getattr(owner, part)
real = getattr(owner, last)

def dying(*given, **named):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)

setattr(owner, last, dying)
from pos_app.__main__ import main
sys.exit(main(words))
"""

_PAGES: Final = ("shop", "register", "supplier", "printer", "manager", "recovery")


class Killed:
    """A shop that is set up by one program after the other."""

    def __init__(self, folder: Path, ready: dict[str, str]) -> None:
        self.store, self.papers = folder / "shop", folder / "papers"
        self._key = ready["api_key"]
        self._answers = folder / "answers.toml"
        self._answers.write_text(
            '[shop]\nname = "Corner Kiosk"\nzone = "America/New_York"\n'
            '[register]\nnumber = "03"\ncashier = "Mia 07"\n'
            f'[suppliers.cardpluspay]\nbase_url = "{ready["cardpluspay"]}"\n'
            f'[printer]\nprinter = "folder"\nfolder = "{self.papers}"\n'
            '[manager]\nname = "Kim"\n',
            encoding="utf-8",
        )
        self._environment = unwatched() | {
            "PYTHON_KEYRING_BACKEND": "tests.keyrings.OnDisk",
            "TEST_KEYRING": str(folder / "keyring.json"),
            "PYTHONPATH": str(Path.cwd()),
        }

    def setup(self, *words: str, piped: str = "", dies: tuple[str, str, str] | None = None) -> int:
        """One program; returns how it ended and keeps what it said."""
        command = ["-c", _DIES, *dies] if dies is not None else ["-m", "pos_app"]
        done = subprocess.run(
            [sys.executable, *command, "setup", "--store", str(self.store), "--json", *words],
            input=piped,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env=self._environment,
            check=False,
        )
        self.said: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
        return done.returncode

    def fill_in(self, done: list[str], dies: tuple[str, str, str] | None = None) -> int:
        """All pages but the last; the pipe holds what the pages that are still open ask for."""
        key = "" if "supplier" in done else f"{self._key}\n\n"
        pin = "" if "manager" in done else "4711\n4711\n"
        return self.setup("--from", str(self._answers), piped=key + pin, dies=dies)

    def done(self) -> list[str]:
        """The pages a new program finds done."""
        assert self.setup("--check") == 3
        return [page for page in _PAGES if self.said[page]]

    def sheet(self) -> str:
        """The groups a person reads off the newest sheet."""
        lines = max(self.papers.glob("recovery-*.txt")).read_text("utf-8").splitlines()
        return " ".join(lines[n + 1] for n, line in enumerate(lines) if line.startswith("GROUP"))


@pytest.fixture
def killed(tmp_path: Path, sandbox: SandboxProcess) -> Killed:
    return Killed(tmp_path, dict(sandbox.ready))


@pytest.mark.parametrize(
    ("dies", "done"),
    [
        # Before there is a lock, and between the store's key and the proof that it fits.
        (("pos_app.register", "FileLock", "1"), []),
        (("pos_app.store.key", "Sealer", "1"), []),
        # Before the first page takes its place, and while the second is being written.
        (("pos_app.settings", "Path.replace", "1"), []),
        (("pos_app.settings", "os.fsync", "2"), ["shop"]),
        # The company's settings are kept, its key is not.
        (("pos_app.vault", "KeyringVault.put", "2"), ["shop", "register"]),
        # The test page is out, the printer not kept.
        (("pos_app.first_start.setting_up", "save", "4"), ["shop", "register", "supplier"]),
        (("pos_app.store.managers", "ManagerRow", "1"), ["shop", "register", "supplier", "printer"]),
        # The sheet is out, and nobody wrote down that it is.
        (
            ("pos_app.first_start.setting_up", "Sheet", "1"),
            ["shop", "register", "supplier", "printer", "manager"],
        ),
    ],
)
def test_a_killed_start_goes_on(killed: Killed, dies: tuple[str, str, str], done: list[str]) -> None:
    assert killed.fill_in([], dies=dies) == -9
    if (killed.store / "settings.toml").exists():
        tomllib.loads((killed.store / "settings.toml").read_text("utf-8"))
    found = killed.done()
    assert found[: len(done)] == done
    assert len(found) <= len(done) + 1, "the page that was being kept may be kept or not, none behind it"
    assert killed.fill_in(found) == 3
    assert [page for page in _PAGES if killed.said[page]] == list(_PAGES[:-1])
    assert killed.setup(piped=killed.sheet()) == 0


def test_a_start_killed_at_the_last_word_is_finished_by_the_next(killed: Killed) -> None:
    assert killed.fill_in([]) == 3
    dies = ("pos_app.first_start.setting_up", "recovery.same", "13")
    assert killed.setup(piped=killed.sheet(), dies=dies) == -9
    assert killed.done() == list(_PAGES[:-1])
    assert killed.setup(piped=killed.sheet()) == 0
