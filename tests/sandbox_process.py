"""The sandbox server as a process of its own, for every test that wants a provider over real HTTP."""

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

import httpx

_READY_SECONDS = 90.0
_END_SECONDS = 60.0
_LONGEST_WAIT = 120.0


class Admin:
    """The sandbox's own side: what really happened, and what shall go wrong next."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=60, trust_env=False)

    def ledger(self) -> dict[str, Any]:
        """Balance, orders with full codes, totals and request counts."""
        return self._get("/ledger")

    def card_orders(self) -> list[dict[str, Any]]:
        """The CardPlusPay orders, oldest first."""
        return self.ledger()["cardpluspay"]["orders"]

    def gift_orders(self) -> list[dict[str, Any]]:
        """The LevelUp orders, oldest first."""
        return self.ledger()["levelup"]["orders"]

    def codes(self) -> list[str]:
        """Every code that was ever issued since the last reset."""
        return [code["code"] for order in self.card_orders() for code in order["codes"]]

    def products(self) -> list[dict[str, Any]]:
        """Every product with its stock, which the provider's own catalogue does not tell."""
        return self._get("/products")["products"]

    def merchants(self) -> list[dict[str, Any]]:
        """Every LevelUp merchant, with whether its cards are delayed."""
        return self._get("/merchants")["merchants"]

    def faults(self) -> dict[str, Any]:
        """The waiting faults under `pending` and the vocabulary under `known`."""
        return self._get("/faults")

    def fault(self, fault: str, call: str = "*", **more: object) -> None:
        """Orders a fault: `times` or `share`, and the options of that fault."""
        answer = self._http.post("/faults", json={"call": call, "fault": fault, **more})
        assert answer.status_code == 201, answer.text

    def together(self, call: str, *faults: dict[str, Any], **more: object) -> None:
        """Orders several faults that happen to one call."""
        answer = self._http.post("/faults", json={"call": call, "faults": faults, **more})
        assert answer.status_code == 201, answer.text

    def event(self, event: str, **more: object) -> list[dict[str, Any]]:
        """Lets somebody else do something in the account, now or later."""
        answer = self._http.post("/events", json={"event": event, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()["planned"]

    def movements(self) -> list[dict[str, Any]]:
        """Every change of the CardPlusPay balance, oldest first."""
        return self.ledger()["cardpluspay"]["movements"]

    def waiting(self) -> list[dict[str, Any]]:
        """Calls that were put off and events, with what became of them."""
        return self.ledger()["cardpluspay"]["waiting"]

    def now(self) -> float:
        """The sandbox's clock, in Unix time."""
        return self._get("/clock")["unix"]

    def advance(self, seconds: float) -> None:
        """Turns the sandbox's clock."""
        self._http.post("/clock", json={"advance_seconds": seconds}).raise_for_status()

    def clear_faults(self) -> None:
        """Forgets the faults that have not happened yet, and gives revoked keys back their worth."""
        self._http.delete("/faults").raise_for_status()

    def reset(self) -> None:
        """Back to the start: balance, stock, orders, faults. The credentials stay."""
        self._http.post("/reset").raise_for_status()

    def topup(self, amount: str, account: str = "cardpluspay") -> None:
        """Adds dollars to one of the two accounts."""
        self._http.post("/topup", json={"amount": amount, "account": account}).raise_for_status()

    def close(self) -> None:
        """Lets go of the connection."""
        self._http.close()

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._http.get(path)
        answer.raise_for_status()
        return answer.json()


class SandboxProcess:
    """A running sandbox server; a context manager that leaves no process behind.

    `ready` is what its ready line says: base addresses `cardpluspay`, `levelup` and `admin`, and credentials.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        latency_ms: int = 0,
        state: Path | None = None,
        port: int = 0,
        signing: bool = False,
        products: int | None = None,
    ) -> None:
        command = [sys.executable, "-m", "pos_app.sandbox", "--exit-with-stdin"]
        command += ["--port", str(port), "--seed", str(seed), "--latency", str(latency_ms)]
        command += ["--state", str(state)] if state else []
        command += ["--signing"] if signing else []
        command += ["--products", str(products)] if products is not None else []
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.line = _ready_line(self.process)
        self.ready: Mapping[str, str] = json.loads(self.line)
        self.admin = Admin(self.ready["admin"])

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for whoever speaks to the socket itself."""
        url = httpx.URL(self.ready["admin"])
        return url.host, url.port or 0

    def client(self) -> httpx.Client:
        """A client without credentials that uses no proxy; the caller closes it."""
        return httpx.Client(timeout=60, trust_env=False)

    def kill(self) -> None:
        """Ends the process as a power cut would."""
        self.process.kill()
        self.process.wait(_END_SECONDS)

    def close(self) -> int:
        """Ends the process in order, if it still runs, and gives its exit code."""
        self.admin.close()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(_END_SECONDS)
        finally:
            if self.process.poll() is None:
                self.kill()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                if stream is not None:
                    stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


@contextmanager
def held_port(port: int = 0) -> Generator[int]:
    """A port, any or `port`, that the system gives nobody; a server that asks for it by number gets it."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", port))
        yield held.getsockname()[1]


def eventually(happened: Callable[[], bool]) -> None:
    """Ask again and again until `happened` holds; fails after two minutes."""
    end = time.monotonic() + _LONGEST_WAIT
    while not happened():
        assert time.monotonic() < end


def _ready_line(process: "subprocess.Popen[bytes]") -> str:
    """The first line of the process's output. Raises `RuntimeError` if it ends or takes too long."""
    out: IO[bytes] | None = process.stdout
    assert out is not None
    end = time.monotonic() + _READY_SECONDS
    line = b""
    while not line.endswith(b"\n") and time.monotonic() < end:
        ready, _, _ = select.select([out], [], [], 0.5)
        if ready:
            part = os.read(out.fileno(), 65536)
            if not part:
                break
            line += part
    if not line.endswith(b"\n"):
        process.kill()
        _, said = process.communicate()
        raise RuntimeError(f"The sandbox did not start: {said.decode()}")
    return line.decode()
