"""The print service of Linux and macOS: CUPS, asked by IPP over its own socket on this computer."""

from __future__ import annotations

import asyncio
import importlib
import ipaddress
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing import ipp
from pos_app.printing.ipp import Said, Value
from pos_app.printing.system_queue import Content, Fate, Job, Queue, Spooler

_SOCKETS: Final = ("/run/cups/cups.sock", "/var/run/cups/cups.sock", "/private/var/run/cupsd")
_USUAL: Final = "localhost:631"
_SECONDS: Final = 4.0
_UNKNOWN_USER: Final = "countercard"

_FORMATS: Final[dict[Content, str]] = {
    "raw": "application/vnd.cups-raw",
    "pdf": "application/pdf",
    "text": "text/plain; charset=utf-8",
}
_PLAIN_TEXT: Final = "text/plain"

_STOPPED: Final = 5
_FATES: Final[dict[Value, Fate]] = {7: "given_up", 8: "given_up", 9: "printed"}
"""Canceled, aborted, completed."""

_OF_A_QUEUE: Final = (
    "printer-name",
    "printer-info",
    "printer-make-and-model",
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "document-format-supported",
)
_OF_A_JOB: Final = ("job-state", "time-at-processing")
_RAW_MODEL: Final = "raw"

# What drivers report of a printer, without its ending; a word that is not here hinders nobody.
_REASONS: Final = {
    "cover-open": "cover_open",
    "door-open": "cover_open",
    "interlock-open": "cover_open",
    "media-empty": "no_paper",
    "media-needed": "no_paper",
    "media-jam": "printer_error",
    "offline": "printer_offline",
    "shutdown": "printer_offline",
    "connecting-to-device": "printer_silent",
    "timed-out": "printer_silent",
    "media-low": "paper_low",
}
_MILD_ENDINGS: Final = ("-warning", "-report")
_ENDINGS: Final = ("-error", *_MILD_ENDINGS)
_NEVER_MILD: Final = frozenset({"printer_offline", "printer_silent", "paper_low"})
_TURNED_AWAY: Final = Said(ipp.NOT_ALLOWED)


class CupsSpooler(Spooler):
    """CUPS at `address`: a socket's path, or a host and port of this computer; else where it usually is."""

    def __init__(self, address: str = "", *, seconds: float = _SECONDS) -> None:
        self._address = address
        self._seconds = seconds

    @override
    async def queues(self) -> tuple[Queue, ...]:
        facts: tuple[ipp.Fact, ...] = (_user(), ("requested-attributes", "keyword", _OF_A_QUEUE))
        said = await self._ask("/", ipp.asked(ipp.PRINTERS, facts))
        if said.status == ipp.MISSING:
            # CUPS has no answer with nothing in it.
            return ()
        if not said.ok:
            raise DeviceProblem("spooler_gone")
        return tuple(sorted((_queue(found) for found in said.printers), key=lambda queue: queue.name))

    @override
    async def look(self, name: str) -> Queue:
        facts: tuple[ipp.Fact, ...] = (
            _uri(name),
            _user(),
            ("requested-attributes", "keyword", _OF_A_QUEUE),
        )
        said = await self._ask(_path(name), ipp.asked(ipp.PRINTER, facts))
        if said.status == ipp.MISSING:
            raise DeviceProblem("queue_missing", printer=name)
        if not said.ok or not said.printers:
            raise DeviceProblem("spooler_gone", printer=name)
        return _queue(said.printers[0])

    @override
    async def begin(self, name: str, content: Content, title: str) -> int:
        facts: tuple[ipp.Fact, ...] = (_uri(name), _user(), ("job-name", "name", title))
        # A page that is too long for the paper is made smaller; no page is made larger.
        of_job: tuple[ipp.Fact, ...] = (("print-scaling", "keyword", "auto-fit"),) if content == "pdf" else ()
        said = await self._ask(_path(name), ipp.asked(ipp.CREATE_JOB, facts, of_job=of_job))
        number = _first(said.jobs[0], "job-id") if said.ok and said.jobs else None
        if not isinstance(number, int):
            reasons = {ipp.MISSING: "queue_missing", ipp.NOT_ACCEPTING: "queue_stopped"}
            raise DeviceProblem(reasons.get(said.status, "queue_refused"), printer=name)
        return number

    @override
    async def hand_over(self, name: str, number: int, content: Content, job: bytes) -> None:
        facts: tuple[ipp.Fact, ...] = (
            _uri(name),
            ("job-id", "number", number),
            _user(),
            ("document-format", "mime", _FORMATS[content]),
            ("last-document", "flag", True),
        )
        said = await self._ask(_path(name), ipp.asked(ipp.SEND_DOCUMENT, facts, job))
        if not said.ok:
            raise DeviceProblem("queue_refused", printer=name)

    @override
    async def job(self, name: str, number: int) -> Job:
        facts: tuple[ipp.Fact, ...] = (
            _uri(name),
            ("job-id", "number", number),
            _user(),
            ("requested-attributes", "keyword", _OF_A_JOB),
        )
        said = await self._ask("/jobs", ipp.asked(ipp.JOB, facts))
        if not said.ok or not said.jobs:
            raise DeviceProblem("spooler_gone", printer=name)
        found = said.jobs[0]
        fate = _FATES.get(_first(found, "job-state"), "on_its_way")
        return Job(fate, began=_first(found, "time-at-processing") is not None)

    @override
    async def withdraw(self, name: str, number: int) -> None:
        facts: tuple[ipp.Fact, ...] = (_uri(name), ("job-id", "number", number), _user())
        await self._ask("/jobs", ipp.asked(ipp.CANCEL_JOB, facts))

    @override
    async def forget(self, name: str, number: int) -> None:
        facts: tuple[ipp.Fact, ...] = (
            _uri(name),
            ("job-id", "number", number),
            _user(),
            ("purge-job", "flag", True),
        )
        await self._ask("/jobs", ipp.asked(ipp.CANCEL_JOB, facts))

    async def _ask(self, path: str, message: bytes) -> Said:
        """What CUPS answers. Raises DeviceProblem("spooler_gone") when nothing comes that could be one."""
        httpx = await asyncio.to_thread(importlib.import_module, "httpx")
        socket, base = _where(self._address)
        headers = {"Content-Type": "application/ipp"}
        if socket is not None:
            # Whoever asks over the socket is known by it, and may take out what is his own.
            headers["Authorization"] = f"PeerCred {_user_name()}"
        transport = httpx.AsyncHTTPTransport(uds=socket, verify=False, trust_env=False)
        try:
            async with (
                asyncio.timeout(self._seconds),
                httpx.AsyncClient(
                    transport=transport, base_url=base, timeout=None, trust_env=False
                ) as client,
            ):
                reply = await client.post(path, content=message, headers=headers)
            return ipp.read(reply.content) if reply.is_success else _TURNED_AWAY
        except (httpx.HTTPError, TimeoutError, ipp.Unreadable):
            raise DeviceProblem("spooler_gone") from None


def _where(address: str) -> tuple[str | None, str]:
    """CUPS's socket, if it has one, and the address its messages are for. Never another computer's."""
    named = address or os.environ.get("CUPS_SERVER", "")
    if named.startswith("/"):
        return named, "http://localhost"
    if named and _is_here(named):
        return None, f"http://{named}" if ":" in named else f"http://{named}:631"
    for path in _SOCKETS:
        if Path(path).exists():
            return path, "http://localhost"
    return None, f"http://{_USUAL}"


def _is_here(address: str) -> bool:
    host = address.rpartition(":")[0] or address
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _queue(found: Mapping[str, Sequence[Value]]) -> Queue:
    name = str(_first(found, "printer-name") or "")
    model = str(_first(found, "printer-make-and-model") or "")
    is_raw = _RAW_MODEL in model.casefold().split()
    formats = found.get("document-format-supported", (_PLAIN_TEXT,))
    return Queue(
        name,
        str(_first(found, "printer-info") or name),
        is_raw=is_raw,
        tells=not is_raw,
        takes_text=_PLAIN_TEXT in formats,
        reason=_hindrance(found),
    )


def _hindrance(found: Mapping[str, Sequence[Value]]) -> str | None:
    if _first(found, "printer-state") == _STOPPED or _first(found, "printer-is-accepting-jobs") is False:
        return "queue_stopped"
    told = [reason for word in found.get("printer-state-reasons", ()) if (reason := _reason(str(word)))]
    # What hinders comes before what only warns.
    return min(told, key=lambda reason: reason in DeviceProblem.WARNINGS, default=None)


def _reason(word: str) -> str | None:
    ending = next((ending for ending in _ENDINGS if word.endswith(ending)), "")
    reason = _REASONS.get(word.removesuffix(ending))
    return None if ending in _MILD_ENDINGS and reason not in _NEVER_MILD else reason


def _first(found: Mapping[str, Sequence[Value]], name: str) -> Value:
    values = found.get(name)
    return values[0] if values else None


def _uri(name: str) -> ipp.Fact:
    return "printer-uri", "uri", f"ipp://localhost{_path(name)}"


def _path(name: str) -> str:
    return f"/printers/{quote(name, safe='')}"


def _user() -> ipp.Fact:
    return "requesting-user-name", "name", _user_name()


def _user_name() -> str:
    """Who this process is, not who the environment says: CUPS compares."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return _UNKNOWN_USER
