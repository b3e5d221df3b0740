"""A receipt printer at a cable: a serial port and a device file, each played by a pseudo terminal."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
import struct
import termios
import threading
import tty
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from serial import Serial
from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing import cabled, escpos
from pos_app.printing.cabled import Cable, CabledPrinter, CablePatience
from pos_app.printing.device_file import open_device
from pos_app.printing.document import Cut, Document, Secret
from pos_app.printing.drawer import HasDrawer, Pin, pulse
from pos_app.printing.serial_port import open_port
from tests.printer_simulator import COVER_OPEN, PAPER_END, WELL
from tests.printing.cable_simulator import CableSimulator
from tests.printing.papers import receipt, slip
from tests.printing.test_paper_network import long_paper
from tests.world import until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")

STEM: Final = "03-000418-slip-1"
CALM: Final = CablePatience(60, 60, 60, 60)
"""So long that a test which waits for its end fails. Where a silence is to be met, one of them is short."""

BRIEF: Final = 0.02
MUTE: Final = replace(CALM, answer=BRIEF)
RAW: Final = partial(escpos.render, profile="TM-T88V", columns=42)
OPENERS: Final[dict[str, Callable[[str], Cable]]] = {
    "serial": partial(open_port, baud=115200),
    "device": open_device,
}

Opener = Callable[[str], Cable]


@pytest.fixture(params=sorted(OPENERS))
def opener(request: pytest.FixtureRequest) -> Opener:
    return OPENERS[request.param]


def printer(path: str, opener: Opener, patience: CablePatience = CALM, drawer: Pin = "none") -> CabledPrinter:
    check = partial(escpos.check_profile, "TM-T88V")
    return CabledPrinter(path, partial(opener, path), RAW, check, drawer=drawer, patience=patience)


def play(device: CableSimulator, scene: Callable[[CableSimulator], Awaitable[None]]) -> None:
    async def run() -> None:
        async with device:
            await scene(device)

    asyncio.run(run())


def state_of(device: CableSimulator, opener: Opener, patience: CablePatience = CALM) -> str | None:
    told: list[DeviceProblem | None] = []

    async def scene(device: CableSimulator) -> None:
        told.append(await printer(device.path, opener, patience).state())

    play(device, scene)
    assert (device.jobs, device.paper) == ([], b"")
    return told[0].reason if told[0] else None


def trouble_of(
    device: CableSimulator, opener: Opener, patience: CablePatience = CALM, paper: Document | None = None
) -> str:
    told: list[DeviceProblem] = []

    async def scene(device: CableSimulator) -> None:
        path = device.path
        with pytest.raises(DeviceProblem) as problem:
            await printer(path, opener, patience).print(paper or slip(), STEM)
        told.append(problem.value)
        assert problem.value.facts["printer"] == path

    play(device, scene)
    is_sent = bool(device.began or device.fate)
    assert told[0].maybe_printed == is_sent, "any byte of a paper may be on it"
    return told[0].reason


# --- how it is --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (WELL, None),
        (PAPER_END, "no_paper"),
        (COVER_OPEN, "cover_open"),
        (WELL | {1: 0x1A}, "printer_offline"),
        (WELL | {4: 0x1E}, "paper_low"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else str(value),
)
def test_it_tells_how_it_is(opener: Opener, answers: dict[int, int], reason: str | None) -> None:
    assert state_of(CableSimulator(answers), opener) == reason


def test_one_that_never_answers_is_not_known_and_may_print(opener: Opener) -> None:
    device = CableSimulator({})
    assert state_of(device, opener, MUTE) == "printer_mute"
    assert device.asked == 1


@pytest.mark.parametrize("where", ["", "/dev/no-such-printer"])
def test_nothing_is_plugged_in(opener: Opener, where: str) -> None:
    problem = asyncio.run(printer(where, opener).state())
    assert problem is not None
    assert (problem.reason, problem.hinders) == ("device_missing" if where else "no_printer", True)
    with pytest.raises(DeviceProblem) as told:
        asyncio.run(printer(where, opener).print(slip(), STEM))
    assert (told.value.reason, told.value.maybe_printed) == (problem.reason, False)


def test_a_plain_file_is_no_printer_and_gets_no_codes(opener: Opener, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for where in (file, tmp_path):
        with pytest.raises(DeviceProblem, match="device_wrong"):
            asyncio.run(printer(str(where), opener).print(slip(), STEM))
    assert file.read_text() == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use everything")
def test_one_that_this_user_may_not_use(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        os.chmod(device.path, 0)  # noqa: PTH101  on a loop, and at once
        problem = await printer(device.path, opener).state()
        assert problem is not None
        assert problem.reason == "device_not_allowed"

    play(CableSimulator(), scene)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "no"), "device_not_allowed"),
        (OSError(16, "busy"), "device_busy"),
        (OSError(19, "gone"), "device_missing"),
    ],
    ids=str,
)
def test_what_a_system_says_of_a_device(
    monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str, opener: Opener
) -> None:
    def fail(*_args: object, **_options: object) -> int:
        raise error

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(DeviceProblem) as told:
        opener("/dev/null")
    assert told.value.reason == reason


def test_windows_has_one_word_for_taken_and_not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Serial, *_args: object, **_options: object) -> None:
        raise OSError("could not open port 'COM3': PermissionError(13, 'Access is denied.')")

    monkeypatch.setattr(Serial, "open", fail)
    with pytest.raises(DeviceProblem, match="device_busy"):
        open_port("COM3", 9600)


def test_windows_has_no_device_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "name", "nt")
    with pytest.raises(DeviceProblem, match="device_wrong"):
        open_device("LPT1")


def test_two_programs_do_not_share_a_cable(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        held = opener(device.path)
        problem = await printer(device.path, opener).state()
        held.close(drop=True)
        assert problem is not None
        assert problem.reason == "device_busy"
        assert await printer(device.path, opener).state() is None

    play(CableSimulator(), scene)


# --- printing ---------------------------------------------------------------------------------------


def test_papers_arrive_byte_for_byte_and_are_confirmed(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        assert device.translates(), "a line as it comes would make other bytes of ours"
        till = printer(device.path, opener)
        for paper in (receipt(), slip()):
            await till.print(paper, STEM)

    device = CableSimulator()
    play(device, scene)
    assert device.jobs == [RAW(receipt()), RAW(slip())]


@pytest.mark.parametrize("answers", [COVER_OPEN, PAPER_END, WELL | {1: 0x1A}])
def test_what_hinders_is_asked_first_and_nothing_is_sent(opener: Opener, answers: dict[int, int]) -> None:
    device = CableSimulator(dict(answers))
    assert trouble_of(device, opener) in {"cover_open", "no_paper", "printer_offline"}
    assert device.began == 0


def test_a_mute_printer_is_believed_when_it_took_everything(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        await printer(device.path, opener, MUTE).print(slip(), STEM)
        await until(lambda: device.paper == RAW(slip()))

    play(CableSimulator({}), scene)


@pytest.mark.parametrize("answers", [WELL, {}], ids=["tells", "mute"])
def test_unplugged_in_the_middle(opener: Opener, answers: dict[int, int]) -> None:
    device = CableSimulator(dict(answers), fate="unplug")
    assert trouble_of(device, opener, CALM if answers else MUTE, long_paper()) == "connection_lost"


@pytest.mark.parametrize("answers", [WELL, {}], ids=["tells", "mute"])
def test_one_that_takes_no_more(opener: Opener, answers: dict[int, int]) -> None:
    device = CableSimulator(dict(answers), fate="stall")
    patience = replace(CALM if answers else MUTE, send=0.1)
    assert trouble_of(device, opener, patience, long_paper()) == "printer_stalled"


def test_one_that_took_all_and_falls_silent(opener: Opener) -> None:
    patience = replace(CALM, finish=2)

    async def scene(device: CableSimulator) -> None:
        printing = asyncio.ensure_future(printer(device.path, opener, patience).print(slip(), STEM))
        await until(lambda: device.paper.endswith(b"\x1dr\x01"))
        object.__setattr__(patience, "answer", BRIEF)
        device.say(b"\x11")
        with pytest.raises(DeviceProblem) as told:
            await printing
        assert (told.value.reason, told.value.maybe_printed) == ("printer_fell_silent", True)

    play(CableSimulator(middle={}, when_done=None), scene)


@pytest.mark.parametrize(
    ("middle", "reason"), [(PAPER_END, "paper_ran_out"), (COVER_OPEN, "printer_stopped")]
)
def test_one_that_stops_on_the_way_is_asked_why(opener: Opener, middle: dict[int, int], reason: str) -> None:
    device = CableSimulator(middle=dict(middle), when_done=None)

    async def scene(device: CableSimulator) -> None:
        printing = asyncio.ensure_future(
            printer(device.path, opener, replace(CALM, answer=60)).print(slip(), STEM)
        )
        await until(lambda: device.paper.endswith(b"\x1dr\x01"))
        # Something that is no answer ends the wait, and has it asked at once.
        device.say(b"\x11")
        with pytest.raises(DeviceProblem, match=reason):
            await printing

    play(device, scene)


def test_a_printer_that_prints_on_past_its_paper(opener: Opener) -> None:
    assert trouble_of(CableSimulator(when_done=0x0C), opener) == "paper_ran_out"


def test_one_that_tells_its_state_and_not_when_it_is_done(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        till = printer(device.path, opener, replace(CALM, finish=0))
        await till.print(slip(), STEM)
        await until(lambda: device.paper == RAW(slip()) + b"\x1dr\x01")

    play(CableSimulator(when_done=None), scene)


def test_a_code_that_can_not_be_printed_reaches_no_cable(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        broken = Document("slip", "A paper", (Secret("CODE", "TEST\n1"), Cut()))
        with pytest.raises(DeviceProblem, match="can_not_render"):
            await printer(device.path, opener).print(broken, STEM)
        assert (device.asked, device.began) == (0, 0)

    play(CableSimulator(), scene)


def test_papers_and_looks_of_one_till_wait_for_each_other(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        till = printer(device.path, opener)
        done = await asyncio.gather(*(till.print(slip(), STEM) for _paper in range(3)), till.state())
        assert done == [None] * 4

    device = CableSimulator()
    play(device, scene)
    assert device.jobs == [RAW(slip())] * 3


def test_while_a_paper_of_ours_is_under_way_nothing_is_known_to_hinder(opener: Opener) -> None:
    """And whoever is cancelled leaves it on its way: the next one waits for its end."""

    async def scene(device: CableSimulator) -> None:
        till = printer(device.path, opener, replace(CALM, look=BRIEF))
        printing = asyncio.ensure_future(till.print(slip(), STEM))
        await until(lambda: device.paper.endswith(b"\x1dr\x01"))
        assert await till.state() is None
        printing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printing
        following = asyncio.ensure_future(till.print(receipt(), STEM))
        device.when_done, device.paper = 0, b""
        device.say(b"\x00")
        await following

    device = CableSimulator(when_done=None)
    play(device, scene)
    assert device.jobs == [RAW(receipt())]


def test_the_loop_goes_on_while_a_paper_is_on_its_way(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        turns = 0

        async def tick() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        ticking: asyncio.Future[Any] = asyncio.ensure_future(tick())
        await printer(device.path, opener).print(slip(), STEM)
        ticking.cancel()
        assert turns > 20

    play(CableSimulator(), scene)


# --- a pipe instead of a device ---------------------------------------------------------------------


def test_a_named_pipe_is_written_to_and_never_read(tmp_path: Path) -> None:
    """Somebody else's program may be behind it."""
    pipe = tmp_path / "printer"
    os.mkfifo(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with pytest.raises(DeviceProblem, match="device_missing"):
        asyncio.run(printer(str(pipe), open_device, MUTE).print(slip(), STEM))
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        asyncio.run(printer(str(pipe), open_device, MUTE).print(slip(), STEM))
        assert os.read(reader, 65536) == b"\x10\x04\x01" + RAW(slip())
    finally:
        os.close(reader)


# --- the drawer -------------------------------------------------------------------------------------


def test_the_drawer_is_a_job_of_its_own(opener: Opener) -> None:
    async def scene(device: CableSimulator) -> None:
        till = printer(device.path, opener, drawer="pin5")
        assert isinstance(till, HasDrawer)
        assert await till.open_drawer()
        await until(lambda: device.paper == pulse("pin5"))
        device.answers = dict(COVER_OPEN)
        with pytest.raises(DeviceProblem, match="cover_open"):
            await till.open_drawer()
        assert device.paper == pulse("pin5"), "it would open when somebody closes the cover"
        assert not await printer(device.path, opener).open_drawer()

    play(CableSimulator(), scene)


def test_a_drawer_that_would_open_late_stays_shut(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cabled, "PATIENCE", BRIEF)

    async def scene(device: CableSimulator) -> None:
        till = printer(device.path, opener, drawer="pin2")
        printing = asyncio.ensure_future(till.print(slip(), STEM))
        await until(lambda: device.paper.endswith(b"\x1dr\x01"))
        with pytest.raises(DeviceProblem, match="device_busy"):
            await till.open_drawer()
        device.say(b"\x00")
        await printing
        assert device.began == 1

    play(CableSimulator(when_done=None), scene)


# --- cables that fail at a certain place ------------------------------------------------------------


@dataclass
class FailingCable(Cable):
    """A cable without a printer. `cut_at`: the call that finds it cut. `full`: no question gets through."""

    cut_at: str = ""
    full: bool = False
    drains: bool = True
    closed: list[bool] = field(default_factory=list[bool])

    @override
    def write(self, data: bytes, seconds: float) -> None:
        if self.cut_at == "write":
            raise OSError
        if self.full and len(data) <= 3:
            raise TimeoutError

    @override
    def read(self, seconds: float) -> bytes:
        if self.cut_at == "read":
            raise ConnectionResetError
        return b""

    @override
    def drained(self, seconds: float) -> bool:
        return self.drains

    @override
    def close(self, *, drop: bool) -> None:
        self.closed.append(drop)
        if self.cut_at == "close":
            raise OSError


def on(cable: FailingCable) -> CabledPrinter:
    return CabledPrinter("/dev/usb/lp0", lambda: cable, RAW, lambda: None, patience=MUTE)


@pytest.mark.parametrize("cut_at", ["write", "read"])
def test_a_cable_that_is_cut_while_it_is_asked_has_taken_nothing(cut_at: str) -> None:
    cable = FailingCable(cut_at)
    problem = asyncio.run(on(cable).state())
    assert problem is not None
    assert problem.reason == "device_missing"
    with pytest.raises(DeviceProblem) as told:
        asyncio.run(on(cable).print(slip(), STEM))
    assert (told.value.reason, told.value.maybe_printed) == ("device_missing", False)
    assert cable.closed == [True, True]


def test_a_printer_that_takes_no_question_may_print() -> None:
    cable = FailingCable(full=True)
    problem = asyncio.run(on(cable).state())
    assert problem is not None
    assert problem.reason == "printer_mute"
    asyncio.run(on(cable).print(slip(), STEM))
    assert cable.closed == [True, False], "what was printed is not dropped"


def test_what_does_not_leave_this_computer_may_be_out() -> None:
    with pytest.raises(DeviceProblem, match="printer_stalled"):
        asyncio.run(on(FailingCable(drains=False)).print(slip(), STEM))


def test_a_cable_that_can_not_be_closed_any_more_has_printed() -> None:
    asyncio.run(on(FailingCable("close")).print(slip(), STEM))


def test_a_cable_that_takes_long_to_open_keeps_nobody_waiting() -> None:
    """A port through the air looks for its printer; a look is over long before."""
    found = threading.Event()

    def open_late() -> Cable:
        found.wait(60)
        return FailingCable()

    async def scene() -> None:
        patience = replace(MUTE, look=BRIEF)
        till = CabledPrinter("/dev/rfcomm0", open_late, RAW, lambda: None, patience=patience)
        for _look in range(2):
            problem = await till.state()
            assert problem is not None
            assert problem.reason == "printer_silent"
        printing = asyncio.ensure_future(till.print(slip(), STEM))
        found.set()
        await printing

    asyncio.run(scene())


def test_a_device_whose_looks_end_with_nothing_is_silent() -> None:
    problem = asyncio.run(printer("/dev/null", open_device, MUTE).state())
    assert problem is not None
    assert problem.reason == "printer_mute"


def test_a_line_that_is_hung_up_is_cut() -> None:
    async def scene(device: CableSimulator) -> None:
        line = open_device(device.path)
        device.unplug()
        with pytest.raises(OSError):  # noqa: PT011  whichever of them the system chooses
            line.read(60)
        line.close(drop=True)

    play(CableSimulator(), scene)


def test_a_line_that_can_not_be_made_raw_is_no_printer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_handle: int) -> None:
        raise termios.error(errno.ENODEV, "gone")

    async def scene(device: CableSimulator) -> None:
        monkeypatch.setattr(tty, "setraw", fail)
        with pytest.raises(DeviceProblem, match="device_missing"):
            open_device(device.path)

    play(CableSimulator(), scene)


@pytest.mark.parametrize("ends", [True, False])
def test_what_waits_in_this_computer_is_waited_for(monkeypatch: pytest.MonkeyPatch, *, ends: bool) -> None:
    """A pseudo terminal tells of none: what the system says is played."""
    left = [200, 100]

    def waiting() -> int:
        return left.pop() if len(left) > ends else 0 if ends else left[0]

    def tell(_handle: int, _request: int, _room: bytes) -> bytes:
        return struct.pack("i", waiting())

    async def scene(device: CableSimulator) -> None:
        port = open_port(device.path, 9600)
        monkeypatch.setattr(Serial, "out_waiting", property(lambda _port: waiting()))
        assert port.drained(60 if ends else 0) == ends
        port.close(drop=True)
        left[:] = [200, 100]
        line = open_device(device.path)
        monkeypatch.setattr(fcntl, "ioctl", tell)
        assert line.drained(60 if ends else 0) == ends
        monkeypatch.undo()
        line.close(drop=True)

    play(CableSimulator(), scene)


def test_a_speed_no_port_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Serial, *_args: object, **_options: object) -> None:
        raise ValueError("Not a valid baudrate")

    monkeypatch.setattr(Serial, "open", fail)
    with pytest.raises(DeviceProblem, match="device_wrong"):
        open_port("/dev/ttyS0", 7)
