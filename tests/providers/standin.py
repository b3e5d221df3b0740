"""A server for a company that the sandbox does not play: the contract's faults around a few answers.

Whoever writes a provider writes a `Company` (what it answers, in its own words) and serves it with
`StandInServer`.
"""

import json
import socket
import socketserver
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Protocol, Self, cast

from typing_extensions import override

from tests.providers.subjects import At, Sold

_LONGEST_SILENCE = 60.0


@dataclass(frozen=True)
class Asked:
    """A request. `path` has its query; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Said:
    """An answer: `body` is sent as it is if it is bytes, as JSON otherwise, not at all if None."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Company(Protocol):
    """What is special about a company. All of it is called on the server's threads, one request at a time."""

    def call(self, asked: Asked) -> str:
        """Which call this is: `buying`, `listing`, or any other name."""
        ...

    def answer(self, asked: Asked) -> Said:
        """Carries the request out and answers it; refuses a wrong key by itself."""
        ...

    def words(self, fault: str, options: Mapping[str, object]) -> Said:
        """How the company says `unprocessable`, `unauthorized`, `too_many_requests` (with `retry_after`,
        seconds or None), `error_status` (its body for any failure), and its own hollow answers.
        """
        ...

    def sold(self) -> list[Sold]: ...

    def reset(self) -> None: ...


@dataclass
class _Fault:
    name: str
    options: dict[str, Any]
    times: int


class StandInServer:
    """Serves a company on 127.0.0.1; a context manager that leaves no thread behind.

    The faults with options: `reset_before_read`, `reset_after_read` (commit), `lost_reply` (commit: yes),
    `silence` (seconds; commit: yes), `truncated` (keep_percent; commit: yes), `error_status` (status; body:
    json, html or empty; commit), `html_200` (commit), `empty_body` (commit: yes). Any other is put into the
    company's words (commit). `commit` is whether the request is carried out although the answer is another;
    no, where nothing else is said here.
    """

    def __init__(self, company: Company, secrets: Mapping[str, str]) -> None:
        self.company = company
        self._faults: dict[At, list[_Fault]] = {"buying": [], "listing": []}
        self._counted: dict[str, int] = {}
        self._turn = threading.Lock()
        self.over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.stand_in = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        host, port = self._server.server_address[:2]
        self.ready: Mapping[str, str] = {"base_url": f"http://{host!s}:{port}", **secrets}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def reset(self) -> None:
        with self._turn:
            self._faults = {"buying": [], "listing": []}
            self._counted = {}
            self.company.reset()

    def fault(self, at: At, fault: str, **options: object) -> None:
        times = options.pop("times", 1)
        assert isinstance(times, int)
        with self._turn:
            self._faults[at].append(_Fault(fault, dict(options), times))

    def sold(self) -> list[Sold]:
        with self._turn:
            return self.company.sold()

    def requests(self) -> Mapping[str, int]:
        with self._turn:
            return dict(self._counted)

    def carry_out(self, asked: Asked) -> tuple[Said, _Fault | None]:
        """The right answer, or the one of a fault; the fault says what becomes of it on the wire."""
        with self._turn:
            call = self.company.call(asked)
            self._counted[call] = self._counted.get(call, 0) + 1
            fault = self._next(call)
            if fault is None:
                return self.company.answer(asked), None
            commits = fault.name in {"lost_reply", "silence", "truncated", "empty_body"}
            answered = Said()
            if fault.options.get("commit", commits):
                answered = self.company.answer(asked)
            return self._instead(fault, answered), fault

    def _next(self, call: str) -> _Fault | None:
        waiting = self._faults.get(cast("At", call), [])
        if not waiting:
            return None
        waiting[0].times -= 1
        return waiting.pop(0) if waiting[0].times <= 0 else waiting[0]

    def _instead(self, fault: _Fault, answered: Said) -> Said:
        page = Said(200, b"<!DOCTYPE html><p>Welcome", {"Content-Type": "text/html"})
        match fault.name:
            case "truncated" | "lost_reply" | "silence" | "reset_before_read" | "reset_after_read":
                return answered
            case "html_200":
                return page
            case "empty_body":
                return Said()
            case "error_status":
                status = int(fault.options.get("status", 500))
                kind = fault.options.get("body", "json")
                if kind == "json":
                    own = self.company.words("error_status", fault.options)
                    return Said(status, own.body, own.headers)
                return Said(status, page.body, page.headers) if kind == "html" else Said(status)
            case other:
                return self.company.words(other, fault.options)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    stand_in: StandInServer


class _Connection(socketserver.StreamRequestHandler):
    """One request, one answer, and the end of the connection."""

    @override
    def handle(self) -> None:
        with suppress(ConnectionError):
            self._serve(cast("_Server", self.server).stand_in)

    def _serve(self, stand_in: StandInServer) -> None:
        method, path, _version = self.rfile.readline().decode("latin-1").split()
        headers: dict[str, str] = {}
        while line := self.rfile.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", "0")))
        said, fault = stand_in.carry_out(Asked(method, path, headers, body))
        name = "" if fault is None else fault.name
        if fault is not None and name == "silence":
            stand_in.over.wait(min(float(fault.options.get("seconds", 30)), _LONGEST_SILENCE))
        elif name.startswith("reset"):
            # Linger for no time: the connection ends with a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif name != "lost_reply":
            share = (
                100 if fault is None or name != "truncated" else int(fault.options.get("keep_percent", 50))
            )
            self._answer(said, share)

    def _answer(self, said: Said, share: int) -> None:
        head = {
            "Date": formatdate(usegmt=True),
            "Content-Type": "application/json",
            "Content-Length": str(len(said.content)),
            "Connection": "close",
            **said.headers,
        }
        lines = [f"HTTP/1.1 {said.status} {HTTPStatus(said.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in head.items()]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        self.wfile.write(said.content[: len(said.content) * share // 100])
