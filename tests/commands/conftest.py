"""One sandbox and one shop for the commands' tests; each test asks for the faults it wants."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox_process import Admin, SandboxProcess, eventually

_SECONDS = 120
_NOT_ALLOWED = 3


@dataclass(frozen=True)
class Told:
    """What a command said: exit code, the JSON of standard output where there is some, and both streams."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """Standard output as one JSON object."""
        return json.loads(self.out)

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Standard output as a JSON list."""
        return json.loads(self.out)


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class CommandLine:
    """`countercard` as a script sees it, against one sandbox and one store."""

    store: Path
    ready: Path
    admin: Admin
    secrets: Mapping[str, str]
    begun: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    def arguments(self, *words: str) -> list[str]:
        """The whole command line for `words`."""
        place = ["--store", str(self.store), "--sandbox", str(self.ready)]
        return [sys.executable, "-m", "pos_app", *words, *place]

    def __call__(self, *words: str) -> Told:
        """Run a command to its end. A sale waits for none of the orders that other tests left open."""
        if words[0] == "sell" and "--sell-anyway" not in words:
            words = (*words, "--sell-anyway")
        told = self._run(*words)
        if words[0] == "sell" and told.code == _NOT_ALLOWED and "account_paused" in told.out:
            self.go_on()
            told = self._run(*words)
        return told

    def go_on(self) -> None:
        """A manager lets selling go on, whatever orders other tests of this store left open."""
        went = self._run("allow", "--provider", "cardpluspay", "--by", "Ana", "--evidence", "a test")
        assert went.code == 0, went.err

    def _run(self, *words: str) -> Told:
        done = subprocess.run(self.arguments(*words), capture_output=True, timeout=_SECONDS, check=False)
        return Told(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Begin a command and do not wait for it; the test's end ends it if nothing else has."""
        if words[0] == "sell":
            self.go_on()
        process = subprocess.Popen(
            self.arguments(*words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Whoever runs the tests in the background has Ctrl-C ignored, and children inherit that.
            preexec_fn=_heed_ctrl_c,  # noqa: PLW1509
        )
        self.begun.append(process)
        return process

    def until(self, happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
        """Wait until something that `process` is to do has happened."""
        eventually(lambda: happened() or process.poll() is not None)
        assert process.poll() is None, process.communicate()

    def sell(self, *more: str, quantity: int = 1, cash: str = "500") -> Told:
        """Sell Acme Games cards of $25 for cash, told as JSON."""
        return self(*self.sale(quantity=quantity, cash=cash), *more)

    def sale(self, *, quantity: int = 1, cash: str = "500") -> list[str]:
        """The words that sell Acme Games cards of $25."""
        words = ["sell", "--provider", "cardpluspay", "--item", self.item(), "--sell-anyway", "--json"]
        return [*words, "--quantity", str(quantity), "--cash", cash]

    def item(self, *, pins: bool = False) -> str:
        """A product in dollars that is in stock."""
        found = next(
            product
            for product in self.admin.products()
            if product["currency"] == "USD"
            and product["value"] == "25.00"
            and product["stock"] > 150
            and (product["pins"] == "always") is pins
        )
        return found["item_code"]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture(scope="session")
def shop(sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    folder = tmp_path_factory.mktemp("shop")
    ready = folder / "ready.json"
    ready.write_text(sandbox.line, encoding="utf-8")
    shop = CommandLine(folder / "store", ready, sandbox.admin, sandbox.ready)
    # In practice nobody else buys, and what a lost reply bought may be found in the books at any moment.
    said = shop("account", "cardpluspay", "--exclusive", "no", "--by", "Ana", "--evidence", "a test")
    assert said.code == 0, said.err
    return shop


@pytest.fixture
def countercard(shop: CommandLine) -> Iterator[CommandLine]:
    yield shop
    shop.admin.clear_faults()
    while shop.begun:
        process = shop.begun.pop()
        process.kill()
        process.communicate(timeout=_SECONDS)
