"""A queue without a print service behind it: what CUPS says, what Windows does, what answers mean."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.messages import explain
from pos_app.printing import cups, ipp, spooling, system_queue
from pos_app.printing.cups import CupsSpooler
from pos_app.printing.document import Document
from pos_app.printing.ipp import Said, Unreadable
from pos_app.printing.spooling import Found, list_printers, system_spooler
from pos_app.printing.system_queue import Content, Forms, Job, Queue, QueuePatience, QueuePrinter
from pos_app.printing.windows_spooler import WindowsSpooler
from tests import quiet_time
from tests.printing.papers import slip
from tests.world import until

STEM: Final = "03-000418-slip-1"
CALM: Final = QueuePatience(60, 60, 0.01, 60)
FORMS: Final = Forms(
    raw=lambda _document: b"bytes", text=lambda _document: b"lines", pdf=None, check=lambda: None
)


@dataclass
class FakeSpooler:
    """A print service in memory. `fates` are what it says of a paper, in turn; the last one for ever."""

    queue: Queue = field(default_factory=lambda: Queue("till", "Till", is_raw=True, tells=True))
    fates: list[Job | DeviceProblem] = field(default_factory=lambda: [Job("printed", began=True)])
    refuses: DeviceProblem | None = None
    away: bool = False
    done: list[str] = field(default_factory=list[str])
    jobs: list[tuple[Content, bytes, str]] = field(default_factory=list[tuple[Content, bytes, str]])

    async def queues(self) -> tuple[Queue, ...]:
        if self.away:
            await asyncio.get_running_loop().create_future()
        return (self.queue,)

    async def look(self, name: str) -> Queue:
        if self.away:
            await asyncio.get_running_loop().create_future()
        return self.queue

    async def begin(self, name: str, content: Content, title: str) -> int:
        if self.refuses is not None:
            raise self.refuses
        self.jobs.append((content, b"", title))
        return len(self.jobs)

    async def hand_over(self, name: str, number: int, content: Content, job: bytes) -> None:
        self.jobs[number - 1] = (content, job, self.jobs[number - 1][2])

    async def job(self, name: str, number: int) -> Job:
        fate = self.fates.pop(0) if len(self.fates) > 1 else self.fates[0]
        if isinstance(fate, DeviceProblem):
            raise fate
        return fate

    async def withdraw(self, name: str, number: int) -> None:
        self.done.append("withdraw")

    async def forget(self, name: str, number: int) -> None:
        self.done.append("forget")


def print_on(spooler: FakeSpooler, forms: Forms = FORMS, patience: QueuePatience = CALM) -> str | None:
    """The reason `print` gives up with."""

    async def scene() -> None:
        await QueuePrinter("till", spooler, forms, patience=patience).print(slip(), STEM)

    try:
        quiet_time.run(scene())
    except DeviceProblem as problem:
        return problem.reason
    return None


ON_ITS_WAY: Final = Job("on_its_way", began=False)
PRINTING: Final = Job("on_its_way", began=True)
GONE: Final = DeviceProblem("spooler_gone")


@pytest.mark.parametrize(
    ("fates", "reason"),
    [
        ([ON_ITS_WAY, PRINTING, Job("printed", began=True)], None),
        ([Job("given_up", began=True)], "queue_gave_up"),
        ([Job("given_up", began=False)], "queue_held"),
        ([ON_ITS_WAY], "queue_unknown"),
        ([PRINTING, GONE], "queue_unknown"),
        ([GONE], "queue_unknown"),
    ],
)
def test_what_becomes_of_a_paper(fates: list[Job | DeviceProblem], reason: str | None) -> None:
    spooler = FakeSpooler(fates=fates)
    assert print_on(spooler, patience=replace(CALM, finish=0.1, settle=0.1)) == reason
    assert spooler.jobs == [("raw", b"bytes", STEM)]
    assert ("withdraw" in spooler.done) == (fates == [ON_ITS_WAY])
    assert ("forget" in spooler.done) == (reason != "queue_unknown")


def test_one_that_is_printed_while_it_is_taken_out_is_printed() -> None:
    spooler = FakeSpooler(fates=[PRINTING, Job("printed", began=True)])
    assert print_on(spooler, patience=replace(CALM, finish=0)) is None
    assert spooler.done == ["withdraw", "forget"]


def test_a_service_that_takes_nothing_was_given_nothing() -> None:
    for reason in ("queue_missing", "queue_stopped", "queue_refused", "spooler_gone"):
        spooler = FakeSpooler(refuses=DeviceProblem(reason, printer="till"))
        assert print_on(spooler) == reason
        assert not DeviceProblem(reason).maybe_printed


@pytest.mark.parametrize("reason", ["no_paper", "cover_open", "queue_stopped"])
def test_what_the_service_knows_to_hinder_is_asked_first(reason: str) -> None:
    spooler = FakeSpooler(queue=Queue("till", "Till", is_raw=True, tells=True, reason=reason))
    assert print_on(spooler) == reason
    assert spooler.jobs == []


def test_little_paper_is_enough() -> None:
    assert print_on(FakeSpooler(queue=Queue("t", "T", is_raw=True, tells=True, reason="paper_low"))) is None


def _pages(document: Document) -> bytes:
    return b"%PDF"


@pytest.mark.parametrize(
    ("queue", "forms", "content"),
    [
        ({"is_raw": True}, {}, "raw"),
        ({"is_raw": True}, {"pdf": _pages}, "raw"),
        ({}, {"pdf": _pages}, "pdf"),
        ({}, {"pdf": _pages, "always_raw": True}, "raw"),
        ({}, {}, "text"),
    ],
)
def test_a_queue_gets_what_it_understands(
    queue: dict[str, Any], forms: dict[str, Any], content: Content
) -> None:
    spooler = FakeSpooler(queue=replace(Queue("t", "T", is_raw=False, tells=True), **queue))
    assert print_on(spooler, replace(FORMS, **forms)) is None
    bytes_of: dict[Content, bytes] = {"raw": b"bytes", "text": b"lines", "pdf": b"%PDF"}
    assert spooler.jobs == [(content, bytes_of[content], STEM)]


def test_where_nobody_paints_pages_and_lines_are_not_understood_nothing_is_sent() -> None:
    spooler = FakeSpooler(queue=Queue("t", "T", is_raw=False, tells=True, takes_text=False))
    assert print_on(spooler) == "can_not_render"
    assert spooler.jobs == []


def state_of(spooler: FakeSpooler, name: str = "till", forms: Forms = FORMS, look: float = 60) -> str | None:
    printer = QueuePrinter(name, spooler, forms, patience=replace(CALM, look=look))
    said = quiet_time.run(printer.state())
    return None if said is None else said.reason


def test_how_a_queue_is() -> None:
    assert state_of(FakeSpooler()) is None
    assert state_of(FakeSpooler(queue=Queue("t", "T", is_raw=True, tells=False))) == "queue_mute"
    low = Queue("t", "T", is_raw=True, tells=False, reason="paper_low")
    assert state_of(FakeSpooler(queue=low)) == "paper_low"
    assert state_of(FakeSpooler(), name="") == "no_printer"
    assert state_of(FakeSpooler(away=True), look=0.05) == "spooler_gone"


def test_an_unknown_receipt_printer_is_told_where_its_bytes_are_wanted() -> None:
    def unknown() -> None:
        raise DeviceProblem("no_printer")

    forms = replace(FORMS, check=unknown, pdf=_pages)
    assert state_of(FakeSpooler(), forms=forms) == "no_printer"
    pages = Queue("t", "T", is_raw=False, tells=True)
    assert state_of(FakeSpooler(queue=pages), forms=forms) is None


def test_a_drawer_behind_a_queue_is_not_opened_late() -> None:
    async def scene() -> None:
        spooler = FakeSpooler(fates=[ON_ITS_WAY])
        printer = QueuePrinter("till", spooler, FORMS, drawer="pin2", patience=CALM)
        with pytest.raises(DeviceProblem, match="queue_held"):
            await printer.open_drawer()
        assert spooler.done == ["withdraw", "forget"]
        assert not await QueuePrinter("till", spooler, FORMS).open_drawer()

    quiet_time.run(scene())


# --- looking for printers ---------------------------------------------------------------------------


def test_a_service_that_does_not_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    (tmp_path / "lp0").touch()
    (tmp_path / "hiddev0").touch()
    found = quiet_time.run(list_printers(0.05, FakeSpooler(away=True), tmp_path))
    assert [one for one in found if one.printer != "serial"] == [
        Found("device", str(tmp_path / "lp0"), "lp0")
    ]


def test_serial_ports_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from serial.tools import list_ports, list_ports_common

    port = list_ports_common.ListPortInfo("/dev/ttyUSB0")
    port.description = "USB-Serial"
    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    found = asyncio.run(list_printers(60, FakeSpooler(), tmp_path))
    assert found == (Found("queue", "till", "Till"), Found("serial", "/dev/ttyUSB0", "USB-Serial"))


def test_each_system_has_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(system_spooler(), CupsSpooler)
    monkeypatch.setattr(spooling.os, "name", "nt")
    assert isinstance(system_spooler(), WindowsSpooler)


# --- what CUPS says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reasons", "reason"),
    [
        (["none"], None),
        (["media-empty-error"], "no_paper"),
        (["media-empty"], "no_paper"),
        (["media-empty-warning"], None),
        (["cover-open"], "cover_open"),
        (["door-open-report"], None),
        (["offline-report"], "printer_offline"),
        (["connecting-to-device"], "printer_silent"),
        (["media-low-warning", "media-jam-error"], "printer_error"),
        (["media-low-warning"], "paper_low"),
        (["toner-empty-error", "cups-waiting-for-job-completed"], None),
    ],
)
def test_what_a_driver_reports(reasons: list[str], reason: str | None) -> None:
    async def scene() -> Queue:
        return await Scripted({"printer-state-reasons": tuple(reasons)}).look("till")

    assert asyncio.run(scene()).reason == reason


class Scripted(CupsSpooler):
    """CUPS as it answers for one printer."""

    def __init__(self, facts: dict[str, tuple[ipp.Value, ...]], status: int = 0) -> None:
        super().__init__()
        self._said = Said(status, ({"printer-name": ("till",), **facts},), ({},))

    @override
    async def _ask(self, path: str, message: bytes) -> Said:
        return self._said


def test_a_queue_with_a_driver_tells_and_one_without_does_not() -> None:
    async def look(**facts: tuple[ipp.Value, ...]) -> Queue:
        return await Scripted({name.replace("_", "-"): value for name, value in facts.items()}).look("till")

    driven = asyncio.run(look(printer_make_and_model=("Epson TM-T88",), printer_info=("Counter",)))
    assert (driven.is_raw, driven.tells, driven.title) == (False, True, "Counter")
    raw = asyncio.run(look(printer_make_and_model=("Local Raw Printer",)))
    assert (raw.is_raw, raw.tells, raw.title) == (True, False, "till")
    pages = asyncio.run(look(document_format_supported=("application/pdf",)))
    assert not pages.takes_text


def test_an_answer_without_a_number_is_no_job() -> None:
    async def scene() -> None:
        for status, reason in (
            (0, "queue_refused"),
            (ipp.MISSING, "queue_missing"),
            (0x0500, "queue_refused"),
        ):
            with pytest.raises(DeviceProblem, match=reason):
                await Scripted({}, status).begin("till", "pdf", STEM)
        for asking in (Scripted({}, 0x0500).queues, lambda: Scripted({}, 0x0500).look("till")):
            with pytest.raises(DeviceProblem, match="spooler_gone"):
                await asking()
        with pytest.raises(DeviceProblem, match="spooler_gone"):
            await Scripted({}, ipp.MISSING).job("till", 1)
        with pytest.raises(DeviceProblem, match="queue_refused"):
            await Scripted({}, ipp.NOT_ALLOWED).hand_over("till", 1, "raw", b"TEST")

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("named", "socket", "base"),
    [
        ("/run/other.sock", "/run/other.sock", "http://localhost"),
        ("localhost", None, "http://localhost:631"),
        ("127.0.0.1:8631", None, "http://127.0.0.1:8631"),
        ("[::1]:8631", None, "http://[::1]:8631"),
        ("print.example:631", None, "http://localhost:631"),
        ("192.0.2.1:631", None, "http://localhost:631"),
    ],
)
def test_codes_go_to_the_service_of_this_computer_only(
    monkeypatch: pytest.MonkeyPatch, named: str, socket: str | None, base: str
) -> None:
    monkeypatch.setattr(cups, "_SOCKETS", ())
    monkeypatch.setenv("CUPS_SERVER", named)
    assert cups._where("") == (socket, base)  # pyright: ignore[reportPrivateUsage]  where messages go


def test_the_usual_socket_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sock").touch()
    monkeypatch.delenv("CUPS_SERVER", raising=False)
    monkeypatch.setattr(cups, "_SOCKETS", (str(tmp_path / "none"), str(tmp_path / "sock")))
    assert cups._where("") == (str(tmp_path / "sock"), "http://localhost")  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    "reply", [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", b"nonsense\r\n\r\n", b""]
)
def test_what_answers_and_is_no_print_service(reply: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.close()

    async def scene() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DeviceProblem, match="spooler_gone"):
            await CupsSpooler(f"127.0.0.1:{port}", seconds=60).queues()
        server.close()

    asyncio.run(scene())


# --- its messages -----------------------------------------------------------------------------------


def test_a_message_is_spelled_as_the_protocol_says() -> None:
    facts: tuple[ipp.Fact, ...] = (
        ("job-id", "number", 7),
        ("last-document", "flag", True),
        ("requested-attributes", "keyword", ("a", "b")),
    )
    message = ipp.asked(ipp.JOB, facts, b"DATA", of_job=(("print-scaling", "keyword", "none"),))
    assert message == (
        b"\x02\x00\x00\x09\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x21\x00\x06job-id\x00\x04\x00\x00\x00\x07"
        b"\x22\x00\x0dlast-document\x00\x01\x01"
        b"\x44\x00\x14requested-attributes\x00\x01a"
        b"\x44\x00\x00\x00\x01b"
        b"\x02\x44\x00\x0dprint-scaling\x00\x04none"
        b"\x03DATA"
    )


def test_an_answer_is_read_and_what_is_not_understood_is_passed_over() -> None:
    answer = (
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x04\x42\x00\x0cprinter-name\x00\x04till"
        b"\x44\x00\x15printer-state-reasons\x00\x04none"
        b"\x44\x00\x00\x00\x03low"
        b"\x31\x00\x04date\x00\x02xx"
        b"\x22\x00\x02on\x00\x01\x00"
        b"\x02\x23\x00\x09job-state\x00\x04\x00\x00\x00\x09"
        b"\x13\x00\x12time-at-processing\x00\x00"
        b"\x03"
    )
    said = ipp.read(answer)
    assert said.ok
    assert said.printers == (
        {
            "printer-name": ("till",),
            "printer-state-reasons": ("none", "low"),
            "date": (None,),
            "on": (False,),
        },
    )
    assert said.jobs == ({"job-state": (9,), "time-at-processing": (None,)},)
    for end in range(len(answer) - 1):
        with pytest.raises(Unreadable):
            ipp.read(answer[:end])
    with pytest.raises(Unreadable):
        ipp.read(answer[:8] + answer[9:])


@given(st.binary(max_size=80))
def test_no_answer_is_more_than_unreadable(answer: bytes) -> None:
    with suppress(Unreadable):
        ipp.read(answer)


# --- Windows ----------------------------------------------------------------------------------------


class WindowsError_(Exception):  # noqa: N801  what pywin32 raises is no OSError
    """`args` are the number Windows gives, the call and its words."""


@dataclass
class FakeWin32Print:
    """pywin32's `win32print`, with one printer, `Till`."""

    status: int = 0
    jobs: dict[int, int | None] = field(default_factory=dict[int, "int | None"])
    written: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    fails: str = ""
    open: int = 0
    after: int | None = None
    commands: list[int] = field(default_factory=list[int])

    def _call(self, name: str) -> None:
        if self.fails == name:
            raise WindowsError_(1722, name, "The RPC server is unavailable.")

    def EnumPrinters(self, _flags: int, _name: None, _level: int) -> list[dict[str, Any]]:  # noqa: N802
        self._call("EnumPrinters")
        return [{"pPrinterName": "Till", "Status": self.status}]

    def OpenPrinter(self, name: str) -> str:  # noqa: N802
        self._call("OpenPrinter")
        if name != "Till":
            raise WindowsError_(1801, "OpenPrinter", "The printer name is invalid.")
        self.open += 1
        return name

    def ClosePrinter(self, _handle: str) -> None:  # noqa: N802
        self.open -= 1

    def GetPrinter(self, handle: str, _level: int) -> dict[str, Any]:  # noqa: N802
        return {"pPrinterName": handle, "Status": self.status}

    def StartDocPrinter(self, _handle: str, _level: int, document: tuple[str, None, str]) -> int:  # noqa: N802
        self._call("StartDocPrinter")
        assert document[1:] == (None, "RAW")
        self.written.append((document[0], b""))
        self.jobs[len(self.written)] = 0x8
        return len(self.written)

    def StartPagePrinter(self, _handle: str) -> None:  # noqa: N802
        pass

    def WritePrinter(self, _handle: str, data: bytes) -> None:  # noqa: N802
        self._call("WritePrinter")
        self.written[-1] = (self.written[-1][0], data)

    def EndPagePrinter(self, _handle: str) -> None:  # noqa: N802
        pass

    def EndDocPrinter(self, _handle: str) -> None:  # noqa: N802
        self.jobs[len(self.written)] = self.after

    def GetJob(self, _handle: str, number: int, _level: int) -> dict[str, Any]:  # noqa: N802
        self._call("GetJob")
        status = self.jobs.get(number)
        if status is None:
            raise WindowsError_(87, "GetJob", "The parameter is incorrect.")
        return {"Status": status}

    def SetJob(self, _handle: str, number: int, _level: int, _about: None, command: int) -> None:  # noqa: N802
        self.commands.append(command)
        if command == 5:
            self.jobs[number] = None


def windows(
    api: FakeWin32Print, scene: Callable[[QueuePrinter], Awaitable[None]], patience: QueuePatience = CALM
) -> None:
    printer = QueuePrinter("Till", WindowsSpooler(api), FORMS, patience=patience)
    asyncio.run(_played(printer, scene))
    assert api.open == 0, "every handle is given back"


async def _played(printer: QueuePrinter, scene: Callable[[QueuePrinter], Awaitable[None]]) -> None:
    await scene(printer)


@pytest.mark.parametrize("after", [None, 0x80, 0x1000])
def test_windows_prints_and_forgets(after: int | None) -> None:
    api = FakeWin32Print(after=after)

    async def scene(printer: QueuePrinter) -> None:
        said = await printer.state()
        assert said is not None
        assert said.reason == "queue_mute"
        await printer.print(slip(), STEM)

    windows(api, scene)
    assert api.written == [(STEM, b"bytes")]
    assert api.commands == []


@pytest.mark.parametrize(
    ("after", "reason", "maybe"), [(0x1, "queue_held", False), (0x10, "queue_gave_up", True)]
)
def test_what_windows_does_not_get_through_is_taken_out(after: int, reason: str, maybe: bool) -> None:
    api = FakeWin32Print(after=after)

    async def scene(printer: QueuePrinter) -> None:
        with pytest.raises(DeviceProblem) as told:
            await printer.print(slip(), STEM)
        assert (told.value.reason, told.value.maybe_printed) == (reason, maybe)

    windows(api, scene, replace(CALM, finish=0))
    assert api.commands == [1, 5], "held first, then deleted"


def test_a_paper_somebody_deletes_in_windows_may_be_out() -> None:
    async def scene(printer: QueuePrinter) -> None:
        with pytest.raises(DeviceProblem, match="queue_gave_up"):
            await printer.print(slip(), STEM)

    windows(FakeWin32Print(after=0x100), scene)


@pytest.mark.parametrize(
    ("fails", "reason"),
    [
        ("OpenPrinter", "spooler_gone"),
        ("StartDocPrinter", "spooler_gone"),
        ("WritePrinter", "queue_held"),
        ("GetJob", "queue_unknown"),
    ],
)
def test_where_windows_fails(fails: str, reason: str) -> None:
    api = FakeWin32Print(after=0x10)

    async def scene(printer: QueuePrinter) -> None:
        if fails != "OpenPrinter":
            await printer.state()
        api.fails = fails
        with pytest.raises(DeviceProblem) as told:
            await printer.print(slip(), STEM)
        assert told.value.reason == reason

    windows(api, scene, replace(CALM, finish=0, settle=0))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (0x1, "queue_stopped"),
        (0x400000, "cover_open"),
        (0x10, "no_paper"),
        (0x8, "printer_error"),
        (0x80, "printer_offline"),
    ],
)
def test_how_a_printer_is_by_windows(status: int, reason: str) -> None:
    async def scene(printer: QueuePrinter) -> None:
        said = await printer.state()
        assert said is not None
        assert said.reason == reason

    windows(FakeWin32Print(status=status), scene)


def test_a_till_that_is_closed_gives_windows_its_paper_back() -> None:
    handed_over: list[int] = []

    class Waits(WindowsSpooler):
        @override
        async def hand_over(self, name: str, number: int, content: Content, job: bytes) -> None:
            handed_over.append(number)
            await asyncio.get_running_loop().create_future()

    async def scene() -> None:
        api = FakeWin32Print()
        printing = asyncio.ensure_future(QueuePrinter("Till", Waits(api), FORMS).print(slip(), STEM))
        # Written is it by a thread, of whose end the printer hears a turn of the loop later.
        await until(lambda: bool(handed_over))
        assert api.written
        printing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printing
        assert (api.open, api.commands) == (0, [1, 5])

    asyncio.run(scene())


def test_windows_lists_its_printers_and_knows_no_others() -> None:
    async def scene() -> None:
        spooler = WindowsSpooler(FakeWin32Print())
        assert [queue.name for queue in await spooler.queues()] == ["Till"]
        with pytest.raises(DeviceProblem, match="queue_missing"):
            await spooler.look("Nowhere")
        with pytest.raises(DeviceProblem, match="spooler_gone"):
            await WindowsSpooler().queues()

    asyncio.run(scene())


# --- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reason",
    [
        "device_busy",
        "device_missing",
        "device_not_allowed",
        "device_wrong",
        "queue_held",
        "queue_missing",
        "queue_refused",
        "queue_stopped",
    ],
)
def test_a_printer_that_is_not_reached_is_named(reason: str) -> None:
    assert "till-2" in explain(DeviceProblem(reason, printer="till-2")).what


def test_no_wait_is_without_an_end() -> None:
    patience = system_queue.QueuePatience()
    assert max(patience.look, patience.finish, patience.settle) < 10
    assert spooling.LIST_SECONDS < 5
