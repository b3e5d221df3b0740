"""The system's queue against a real CUPS: what it takes, what it keeps, and what never comes out later."""

from __future__ import annotations

import asyncio
import getpass
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing import escpos, ipp, text
from pos_app.printing.cups import CupsSpooler
from pos_app.printing.document import Document
from pos_app.printing.drawer import HasDrawer, pulse
from pos_app.printing.spooling import Found, list_printers
from pos_app.printing.system_queue import Content, Forms, Job, Queue, QueuePatience, QueuePrinter
from tests.printer_simulator import PrinterSimulator
from tests.printing.cups_server import NOBODY, CupsServer, needs_cups
from tests.printing.papers import receipt, slip
from tests.printing.test_paper_network import long_paper
from tests.world import until

pytestmark = needs_cups

STEM: Final = "03-000418-slip-1"
CALM: Final = QueuePatience(60, 60, 0.02, 60)
BRIEF: Final = replace(CALM, finish=0.5)
"""For papers that never get through."""

RAW: Final = partial(escpos.render, profile="TM-T88V", columns=42)
FORMS: Final = Forms(
    raw=RAW, text=lambda document: text.render(document, 42).encode(), pdf=None, check=lambda: None
)


@dataclass
class Office:
    """CUPS, a printer behind its queue `till`, and a till that prints on it."""

    cups: CupsServer
    device: PrinterSimulator
    spooler: CupsSpooler

    def printer(
        self, patience: QueuePatience = CALM, forms: Forms = FORMS, name: str = "till"
    ) -> QueuePrinter:
        return QueuePrinter(name, self.spooler, forms, drawer="pin2", patience=patience)

    async def refused(self, printer: QueuePrinter, paper: Document | None = None) -> DeviceProblem:
        with pytest.raises(DeviceProblem) as told:
            await printer.print(paper or slip(), STEM)
        return told.value


Scene = Callable[[Office], Awaitable[None]]


def play(
    scene: Scene,
    *,
    device: PrinterSimulator | None = None,
    cups: CupsServer | None = None,
    kind: Callable[[str], CupsSpooler] = CupsSpooler,
) -> PrinterSimulator:
    async def run(device: PrinterSimulator) -> None:
        async with cups or CupsServer() as server, device:
            server.add("till", device.port)
            await scene(Office(server, device, kind(server.socket)))

    played = device or PrinterSimulator()
    asyncio.run(run(played))
    return played


class PausedSince(CupsSpooler):
    """Somebody pauses the queue just after it was looked at."""

    @override
    async def look(self, name: str) -> Queue:
        return Queue(name, name, is_raw=True, tells=False)


def test_a_paper_comes_out_byte_for_byte_and_nothing_of_it_stays_in_the_queue() -> None:
    async def scene(office: Office) -> None:
        printer = office.printer()
        said = await printer.state()
        assert said is not None
        assert (said.reason, said.hinders) == ("queue_mute", False), (
            "a raw queue knows nothing of the printer"
        )
        for paper in (receipt(), slip()):
            await printer.print(paper, STEM)
        assert office.cups.kept == [], "codes lie in no spool"

    assert play(scene).jobs == [RAW(receipt()), RAW(slip())]


def test_queues_are_listed_and_the_remembered_one_is_not_looked_for() -> None:
    async def scene(office: Office) -> None:
        office.cups.admin(
            "lpadmin", "-p", "bar", "-E", "-v", "socket://127.0.0.1:9", "-m", "raw", "-D", "Bar"
        )
        assert [queue.name for queue in await office.spooler.queues()] == ["bar", "till"]
        found = await list_printers(60, office.spooler, Path("/nowhere"))
        assert [one for one in found if one.printer == "queue"] == [
            Found("queue", "bar", "Bar"),
            Found("queue", "till", "till"),
        ]

    play(scene)


def test_a_computer_without_printers_lists_none() -> None:
    async def run() -> None:
        async with CupsServer() as cups:
            assert await CupsSpooler(cups.socket).queues() == ()

    asyncio.run(run())


def test_a_paper_is_called_by_its_sale_in_the_queue() -> None:
    class Names(CupsSpooler):
        @override
        async def job(self, name: str, number: int) -> Job:
            facts: tuple[ipp.Fact, ...] = (
                ("printer-uri", "uri", f"ipp://localhost/printers/{name}"),
                ("job-id", "number", number),
                ("requesting-user-name", "name", getpass.getuser()),
                ("requested-attributes", "keyword", ("job-name",)),
            )
            said = await self._ask("/jobs", ipp.asked(ipp.JOB, facts))
            names.append(str(said.jobs[0]["job-name"][0]))
            return await super().job(name, number)

    names: list[str] = []

    async def scene(office: Office) -> None:
        await office.printer().print(slip(), STEM)

    play(scene, kind=Names)
    assert set(names) == {STEM}


def test_a_paused_queue_is_told_before_money_is_taken_and_takes_no_paper() -> None:
    async def scene(office: Office) -> None:
        office.cups.admin("cupsdisable", "till")
        said = await office.printer().state()
        assert said is not None
        assert (said.reason, said.facts) == ("queue_stopped", {"printer": "till"})
        problem = await office.refused(office.printer())
        assert (problem.reason, problem.maybe_printed) == ("queue_stopped", False)
        assert office.cups.kept == []
        office.cups.admin("cupsenable", "till")
        await office.printer().print(slip(), STEM)

    assert play(scene).jobs == [RAW(slip())]


def test_a_queue_that_takes_nothing_is_told_too() -> None:
    async def scene(office: Office) -> None:
        office.cups.admin("cupsreject", "till")
        said = await office.printer().state()
        assert said is not None
        assert said.reason == "queue_stopped"
        with pytest.raises(DeviceProblem) as told:
            await office.spooler.begin("till", "raw", STEM)
        assert told.value.reason == "queue_stopped"

    play(scene)


def test_what_never_left_the_queue_is_taken_out_and_is_no_duplicate_later() -> None:
    async def scene(office: Office) -> None:
        office.cups.admin("cupsdisable", "till")
        problem = await office.refused(office.printer(BRIEF))
        assert (problem.reason, problem.maybe_printed) == ("queue_held", False)
        assert office.cups.kept == []
        office.cups.admin("cupsenable", "till")
        await office.printer().print(receipt(), STEM)

    device = play(scene, kind=PausedSince)
    assert device.jobs == [RAW(receipt())], "the slip that was taken out never came"


def test_a_printer_that_is_off_may_have_begun_and_gets_nothing_when_it_is_on_again() -> None:
    async def run() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            async with CupsServer() as cups, PrinterSimulator() as later:
                cups.add("till", taken.getsockname()[1])
                spooler = CupsSpooler(cups.socket)
                with pytest.raises(DeviceProblem) as told:
                    await QueuePrinter("till", spooler, FORMS, patience=BRIEF).print(slip(), STEM)
                assert (told.value.reason, told.value.maybe_printed) == ("queue_gave_up", True)
                assert cups.kept == []
                cups.add("till", later.port)
                await QueuePrinter("till", spooler, FORMS, patience=CALM).print(receipt(), STEM)
                assert later.jobs == [RAW(receipt())]

    asyncio.run(run())


def test_a_printer_that_stops_in_the_middle_may_have_printed() -> None:
    async def scene(office: Office) -> None:
        problem = await office.refused(office.printer(BRIEF), long_paper())
        assert (problem.reason, problem.maybe_printed) == ("queue_gave_up", True)
        assert office.cups.kept == []

    play(scene, device=PrinterSimulator(fate="stall"))


def test_an_unknown_queue_is_told() -> None:
    async def scene(office: Office) -> None:
        nowhere = office.printer(name="nowhere")
        said = await nowhere.state()
        assert said is not None
        assert (said.reason, said.facts) == ("queue_missing", {"printer": "nowhere"})
        problem = await office.refused(nowhere)
        assert (problem.reason, problem.maybe_printed) == ("queue_missing", False)
        with pytest.raises(DeviceProblem, match="queue_missing"):
            await office.spooler.begin("nowhere", "raw", STEM)

    play(scene)


def test_a_print_service_that_is_gone_is_told_and_nothing_was_handed_over() -> None:
    async def scene(office: Office) -> None:
        await office.cups.stop()
        said = await office.printer().state()
        assert said is not None
        assert said.reason == "spooler_gone"
        problem = await office.refused(office.printer())
        assert (problem.reason, problem.maybe_printed) == ("spooler_gone", False)
        assert await list_printers(60, office.spooler, Path("/nowhere")) == await list_printers(
            60, CupsSpooler("/nowhere"), Path("/nowhere")
        )
        await office.cups.start()
        office.cups.add("till", office.device.port)
        await office.printer().print(slip(), STEM)

    assert play(scene).jobs == [RAW(slip())]


@dataclass
class Dies(CupsSpooler):
    """The service ends when it has taken the paper, or in the middle of taking it."""

    address: str
    kills: list[Callable[[], Awaitable[None]]] = field(default_factory=list[Callable[[], Awaitable[None]]])
    first: bool = False

    def __post_init__(self) -> None:
        super().__init__(self.address)

    @override
    async def hand_over(self, name: str, number: int, content: Content, job: bytes) -> None:
        if not self.first:
            await super().hand_over(name, number, content, job)
        for kill in self.kills:
            await kill()
        if self.first:
            await super().hand_over(name, number, content, job)


@pytest.mark.parametrize("first", [True, False])
def test_a_print_service_that_ends_with_our_paper_may_print_it(*, first: bool) -> None:
    async def scene(office: Office) -> None:
        assert isinstance(office.spooler, Dies)
        office.spooler.kills.append(office.cups.stop)
        problem = await office.refused(office.printer())
        assert (problem.reason, problem.maybe_printed) == ("queue_unknown", True)

    play(scene, kind=partial(Dies, first=first))


def test_a_paper_that_is_not_taken_was_never_begun() -> None:
    class Refuses(CupsSpooler):
        @override
        async def hand_over(self, name: str, number: int, content: Content, job: bytes) -> None:
            raise DeviceProblem("queue_refused")

    async def scene(office: Office) -> None:
        problem = await office.refused(office.printer())
        assert (problem.reason, problem.maybe_printed) == ("queue_held", False)

    assert play(scene, kind=Refuses).began == 0


def test_a_paper_that_may_not_be_taken_out_may_come_out_later() -> None:
    async def scene(office: Office) -> None:
        office.cups.admin("cupsdisable", "till")
        problem = await office.refused(office.printer(replace(BRIEF, settle=0.1)))
        assert (problem.reason, problem.maybe_printed) == ("queue_unknown", True)
        assert len(office.cups.kept) == 1

    play(scene, cups=CupsServer(cancel=NOBODY), kind=PausedSince)


def test_a_till_that_is_closed_takes_its_paper_out() -> None:
    async def scene(office: Office) -> None:
        office.cups.admin("cupsdisable", "till")
        printing = asyncio.ensure_future(office.printer().print(slip(), STEM))
        await until(lambda: office.cups.kept)
        printing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printing
        assert office.cups.kept == []

    play(scene, kind=PausedSince)


def test_the_drawer_is_a_job_of_its_own() -> None:
    async def scene(office: Office) -> None:
        printer = office.printer()
        assert isinstance(printer, HasDrawer)
        assert await printer.open_drawer()
        office.cups.admin("cupsdisable", "till")
        with pytest.raises(DeviceProblem, match="queue_stopped"):
            await printer.open_drawer()
        office.cups.admin("cupsenable", "till")
        await printer.print(receipt(), STEM)

    assert play(scene).jobs == [pulse("pin2"), RAW(receipt())]


def _painted(document: Document) -> bytes:
    return b"%PDF " + document.title.encode()


def test_pages_go_to_a_printer_with_a_driver() -> None:
    """Or lines, where nobody paints pages; a shop that says so sends it a receipt printer's bytes."""
    sent: list[Content] = []

    class Records(CupsSpooler):
        @override
        async def hand_over(self, name: str, number: int, content: Content, job: bytes) -> None:
            sent.append(content)
            await super().hand_over(name, number, "raw", job)

        @override
        async def look(self, name: str) -> Queue:
            return replace(await super().look(name), is_raw=False, tells=True)

    async def scene(office: Office) -> None:
        assert await office.printer().state() is None
        await office.printer().print(slip(), STEM)
        painted = replace(FORMS, pdf=_painted)
        await office.printer(forms=painted).print(slip(), STEM)
        await office.printer(forms=replace(painted, always_raw=True)).print(slip(), STEM)

    device = play(scene, kind=Records)
    assert sent == ["text", "pdf", "raw"]
    assert device.jobs == [
        text.render(slip(), 42).encode(),
        b"%PDF Gift card 1 of 2, sale 03-000418",
        RAW(slip()),
    ]
