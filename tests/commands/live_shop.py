"""A real shop on a computer of its own: a home, a keyring somebody has unlocked, and the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox_process import SandboxProcess

COUNTERCARD = f"{sys.executable} -m pos_app"
_PATIENCE = 120
_UNLOCK = 'printf "pw\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"'


@dataclass(frozen=True)
class Computer:
    """A computer with nothing on it but what was put into `home`."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What its programs see. The tests' own refusal of every keyring ends here."""
        run = self.home / "run"
        run.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            **{name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"},
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_RUNTIME_DIR": str(run),
        }

    def run(self, *steps: str) -> list[Any]:
        """Run shell commands, one after the other, beside an unlocked keyring; the JSON each of them said."""
        inside = ["dbus-run-session", "--", "bash", "-c", _UNLOCK, "_", "bash", "-ec", "; ".join(steps)]
        done = subprocess.run(
            inside, capture_output=True, timeout=_PATIENCE, env=self.environment, check=False, cwd=Path.cwd()
        )
        assert done.returncode == 0, done.stderr.decode()
        # A keyring the bus starts by itself speaks on the same output, in its own words.
        return [json.loads(line) for line in done.stdout.decode().splitlines() if line[:1] in {"{", "["}]


@dataclass(frozen=True)
class LiveShop:
    """A store that sells for real, as far as the sandbox is real, with papers in a folder."""

    folder: Path
    sandbox: SandboxProcess

    @property
    def store(self) -> Path:
        """The folder of the store."""
        return self.folder / "shop"

    @property
    def papers(self) -> Path:
        """Where its printer puts papers."""
        return self.folder / "papers"

    @property
    def key(self) -> str:
        """The card company's key."""
        return self.sandbox.ready["api_key"]

    def place(self) -> str:
        """The words every command of it ends with."""
        return f"--live --store {self.store} --json"

    def setup(self) -> list[str]:
        """The steps of its first start: what is asked for, then the sheet, read back as a person reads it."""
        self.store.mkdir(mode=0o700, exist_ok=True)
        answers = self.folder / "answers.toml"
        answers.write_text(
            '[shop]\nname = "Corner Kiosk"\nzone = "America/New_York"\n'
            '[register]\nnumber = "03"\ncashier = "Mia 07"\n'
            f'[suppliers.cardpluspay]\nbase_url = "{self.sandbox.ready["cardpluspay"]}"\n'
            f'[printer]\nprinter = "folder"\nfolder = "{self.papers}"\n'
            '[manager]\nname = "Kim"\n',
            encoding="utf-8",
        )
        setup = f"{COUNTERCARD} setup --store {self.store} --json"
        return [
            f"printf '{self.key}\\n\\n4711\\n4711\\n' | {setup} --from {answers} || test $? = 3",
            f"{self.groups_typed()} | {setup}",
        ]

    def groups_typed(self) -> str:
        """The command that says the sheet's groups: the lines under those that say which groups they are."""
        return f"grep -A1 ^GROUP {self.papers}/recovery-*.txt | grep -v -e GROUP -e --"

    def groups(self) -> list[str]:
        """The groups on its recovery sheet."""
        sheet = next(self.papers.glob("recovery-*.txt")).read_text("utf-8")
        lines: list[str] = re.findall(r"GROUP.*\n +(.*)\n", sheet)
        return " ".join(lines).split()

    def sell(self) -> str:
        """The command that sells a card of $10."""
        item = next(
            product["item_code"]
            for product in self.sandbox.admin.products()
            if product["currency"] == "USD" and product["value"] == "10.00" and product["stock"] > 10
        )
        return f"{COUNTERCARD} sell --provider cardpluspay --item {item} --cash 10 {self.place()}"
