"""The network printer against a printer that answers, keeps silent, hangs up and breaks off."""

from __future__ import annotations

import asyncio
import errno
import socket
from asyncio.trsock import TransportSocket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from pos_app.errors import DeviceProblem
from pos_app.printing import escpos, network
from pos_app.printing.devices import Printer
from pos_app.printing.document import Cut, Document, Secret, Text
from pos_app.printing.drawer import HasDrawer, pulse
from pos_app.printing.network import NetworkPrinter, Patience
from pos_app.settings import Paper
from tests import quiet_time
from tests.printer_simulator import COVER_OPEN, PAPER_END, WELL, Fate, PrinterSimulator
from tests.printing.papers import receipt, slip
from tests.sales_made_up import CARD
from tests.world import until

STEM: Final = "03-000418-slip-1"
CALM: Final = Patience(60, 60, 60, 60, 0.001, 60, 60, 60)
"""So long that a test which waits for its end fails. Where a silence is to be met, one of them is short.

Time is counted only while nobody has anything to do (`quiet_time`).
"""

BRIEF: Final = 0.02
MUTE: Final = replace(CALM, answer=BRIEF)


def printer(device: PrinterSimulator, patience: Patience = CALM) -> NetworkPrinter:
    return NetworkPrinter("127.0.0.1", device.port, Paper(columns=42, profile="TM-T88V"), patience=patience)


def play(device: PrinterSimulator, scene: Callable[[PrinterSimulator], Awaitable[None]]) -> None:
    async def run() -> None:
        async with device:
            await scene(device)

    quiet_time.run(run())


def state_of(device: PrinterSimulator, patience: Patience = CALM) -> str | None:
    """The reason `state` gives."""
    told: list[DeviceProblem | None] = []

    async def scene(device: PrinterSimulator) -> None:
        told.append(await printer(device, patience).state())

    play(device, scene)
    assert device.jobs == []
    return told[0].reason if told[0] else None


def trouble_of(device: PrinterSimulator, patience: Patience = CALM, paper: Document | None = None) -> str:
    """The reason `print` gives up with."""
    told: list[DeviceProblem] = []

    async def scene(device: PrinterSimulator) -> None:
        with pytest.raises(DeviceProblem) as problem:
            await printer(device, patience).print(paper or slip(), STEM)
        told.append(problem.value)
        assert problem.value.facts["printer"] == f"127.0.0.1:{device.port}"

    play(device, scene)
    assert told[0].maybe_printed == bool(device.began), "any byte of a paper may be on it"
    return told[0].reason


def print_on(device: PrinterSimulator, patience: Patience = CALM) -> None:
    play(device, lambda device: printer(device, patience).print(slip(), STEM))


# --- how it is --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (WELL, None),
        (PAPER_END, "no_paper"),
        (COVER_OPEN, "cover_open"),
        (WELL | {2: 0x32}, "no_paper"),
        (WELL | {4: 0x72}, "no_paper"),
        (WELL | {1: 0x1A, 3: 0x1A}, "printer_error"),
        (WELL | {1: 0x1A, 3: 0x32}, "printer_error"),
        (WELL | {1: 0x1A, 3: 0x52}, "printer_error"),
        (WELL | {1: 0x1A, 2: 0x52}, "printer_error"),
        (WELL | {1: 0x1A}, "printer_offline"),
        (WELL | {4: 0x1E}, "paper_low"),
        # The drawer's contact and the feed button are no trouble.
        (WELL | {1: 0x16, 2: 0x1A}, None),
    ],
    ids=lambda value: "" if isinstance(value, dict) else str(value),
)
def test_every_state_has_its_reason(answers: dict[int, int], reason: str | None) -> None:
    assert state_of(PrinterSimulator(answers)) == reason


def test_what_only_warns_hinders_nobody() -> None:
    assert not DeviceProblem("paper_low").hinders
    assert not DeviceProblem("printer_mute").hinders
    assert DeviceProblem("no_paper").hinders
    assert not DeviceProblem("no_paper").maybe_printed


def test_a_printer_that_never_answers_is_not_known_and_may_print() -> None:
    device = PrinterSimulator({})
    assert state_of(device, MUTE) == "printer_mute"
    assert device.calls == 1


@pytest.mark.parametrize("known", [{1: 0x12}, {1: 0x1A}, {1: 0x1A, 2: 0x16}])
def test_one_that_answers_only_some_questions_is_judged_by_those(known: dict[int, int]) -> None:
    reason = {0x12: None, 0x1A: "printer_offline"}[known[1]] if 2 not in known else "cover_open"
    assert state_of(PrinterSimulator(known), replace(CALM, answer=0.1)) == reason


def test_what_a_printer_says_unasked_is_no_answer() -> None:
    # Four bytes about a change, flow control, and an answer to a question nobody has asked.
    device = PrinterSimulator(dict(PAPER_END), unasked=b"\x14\x00\x00\x0f\x11\x13\x00")
    assert state_of(device) == "no_paper"
    device = PrinterSimulator(unasked=b"\x10\x7f\x7f\x7f\xff")
    assert state_of(device) is None


def test_a_printer_that_hangs_up_on_everybody_is_not_reached() -> None:
    device = PrinterSimulator(hang_ups=1000)
    assert state_of(device, replace(CALM, look=0.3)) == "printer_refused"
    assert device.calls > 1


def test_a_busy_printer_is_called_again() -> None:
    device = PrinterSimulator(hang_ups=3)
    assert state_of(device) is None
    assert device.calls == 4


def test_nobody_listens() -> None:
    async def scene() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            quick = replace(CALM, look=0.1, busy=0.02)
            nobody = NetworkPrinter("127.0.0.1", port, Paper(columns=42, profile="TM-T88V"), patience=quick)
            problem = await nobody.state()
            assert problem is not None
            assert (problem.reason, problem.facts) == ("printer_refused", {"printer": f"127.0.0.1:{port}"})
            with pytest.raises(DeviceProblem) as told:
                await nobody.print(slip(), STEM)
            assert told.value.reason == "printer_refused"
            assert not told.value.maybe_printed

    quiet_time.run(scene())


def _silence(*_args: object, **_options: object) -> Awaitable[object]:
    return asyncio.get_running_loop().create_future()


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "printer_not_found"),
        (UnicodeError("label too long"), "printer_not_found"),
        (OSError(errno.EHOSTUNREACH, "no route"), "printer_no_route"),
        (OSError(errno.ENETUNREACH, "no network"), "printer_no_route"),
        (TimeoutError(errno.ETIMEDOUT, "given up"), "printer_silent"),
        (OSError("Multiple exceptions"), "printer_refused"),
    ],
    ids=str,
)
def test_what_keeps_a_call_from_arriving(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, reason: str
) -> None:
    """Such networks can not be made here: the call itself is played."""

    async def fail(*_args: object, **_options: object) -> object:
        raise failure

    monkeypatch.setattr(asyncio, "open_connection", fail)
    device = NetworkPrinter(
        "printer.test",
        9100,
        Paper(columns=42, profile="TM-T88V"),
        patience=replace(CALM, look=0.1, busy=0.02),
    )

    async def scene() -> None:
        problem = await device.state()
        assert problem is not None
        assert (problem.reason, problem.facts["printer"]) == (reason, "printer.test:9100")
        with pytest.raises(DeviceProblem) as told:
            await device.print(slip(), STEM)
        assert (told.value.reason, told.value.maybe_printed) == (reason, False)

    quiet_time.run(scene())


def test_a_call_into_nowhere_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "open_connection", _silence)

    async def scene() -> None:
        problem = await NetworkPrinter(
            "p", 9100, Paper(columns=42, profile="TM-T88V"), patience=replace(CALM, look=BRIEF)
        ).state()
        assert problem is not None
        assert problem.reason == "printer_silent"
        with pytest.raises(DeviceProblem) as told:
            await NetworkPrinter(
                "p", 9100, Paper(columns=42, profile="TM-T88V"), patience=replace(CALM, connect=BRIEF)
            ).print(slip(), STEM)
        assert told.value.reason == "printer_silent"

    quiet_time.run(scene())


def test_a_look_that_is_given_up_leaves_no_connection_behind() -> None:
    async def scene(device: PrinterSimulator) -> None:
        problem = await printer(device, replace(CALM, look=0.05)).state()
        assert problem is not None
        assert problem.reason == "printer_silent", "it takes too long, whatever it would say"
        await until(lambda: not device.on)

    play(PrinterSimulator({}), scene)


def test_without_an_address_there_is_no_printer() -> None:
    device: Printer = NetworkPrinter("", 9100, Paper(columns=42, profile="TM-T88V"))
    problem = quiet_time.run(device.state())
    assert problem is not None
    assert problem.reason == "no_printer"


def test_an_unknown_kind_of_printer_is_told_before_anybody_is_called() -> None:
    device = NetworkPrinter("127.0.0.1", 1, Paper(columns=42, profile="no such profile"))
    problem = quiet_time.run(device.state())
    assert problem is not None
    assert problem.reason == "no_printer"
    with pytest.raises(DeviceProblem, match="no_printer"):
        quiet_time.run(device.print(slip(), STEM))


# --- printing ---------------------------------------------------------------------------------------


def test_a_paper_arrives_byte_for_byte_and_is_confirmed() -> None:
    device = PrinterSimulator()
    print_on(device)
    assert device.jobs == [escpos.render(slip(), profile="TM-T88V", columns=42)]
    assert device.codes == [CARD.code]
    assert device.calls == 1


def test_a_paper_that_is_nearly_the_last_is_printed() -> None:
    device = PrinterSimulator(WELL | {4: 0x1E}, when_done=0x03)
    print_on(device)
    assert device.codes == [CARD.code]


@pytest.mark.parametrize("answers", [COVER_OPEN, PAPER_END, WELL | {1: 0x1A}])
def test_what_hinders_is_asked_first_and_nothing_is_sent(answers: dict[int, int]) -> None:
    device = PrinterSimulator(dict(answers))
    assert trouble_of(device) in {"cover_open", "no_paper", "printer_offline"}
    assert device.began == 0


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_mute_printer_is_believed_when_it_took_everything(hangs_up: bool) -> None:
    device = PrinterSimulator({}, when_done=None, hangs_up=hangs_up)
    print_on(device, replace(MUTE, goodbye=60 if hangs_up else BRIEF))
    assert device.codes == [CARD.code]


def test_what_a_mute_printer_says_on_leaving_is_nothing_to_us() -> None:
    device = PrinterSimulator({}, last_words=b"\x16\x00bye")
    print_on(device, MUTE)
    assert device.codes == [CARD.code]


@pytest.mark.parametrize("answers", [WELL, {}])
@pytest.mark.parametrize("fate", ["reset", "close", "half_close"])
def test_broken_off_in_the_middle(answers: dict[int, int], fate: Fate) -> None:
    device = PrinterSimulator(dict(answers), fate=fate)
    assert trouble_of(device, CALM if answers else MUTE, long_paper()) == "connection_lost"


def long_paper() -> Document:
    """More than fits into the buffers between two sockets."""
    lines = [Text("x" * 42) for _line in range(1500)]
    return Document("receipt", "A long paper", (*lines, Cut()))


@pytest.mark.parametrize("answers", [WELL, {}])
def test_a_printer_that_takes_no_more(answers: dict[int, int]) -> None:
    device = PrinterSimulator(dict(answers), fate="stall")
    patience = replace(CALM if answers else MUTE, send=0.1)
    assert trouble_of(device, patience, long_paper()) == "printer_stalled"


def test_one_that_took_all_and_falls_silent() -> None:
    device = PrinterSimulator(middle={}, when_done=None)
    assert trouble_of(device, replace(CALM, answer=0.1, finish=0.2)) == "printer_fell_silent"


@pytest.mark.parametrize(
    ("middle", "reason"),
    [(PAPER_END, "paper_ran_out"), (COVER_OPEN, "printer_stopped"), (WELL | {1: 0x1A}, "printer_stopped")],
)
def test_one_that_stops_on_the_way_is_asked_why(middle: dict[int, int], reason: str) -> None:
    """Once it has stopped it does not work off what asks whether it is done."""
    device = PrinterSimulator(middle=dict(middle), when_done=None)
    assert trouble_of(device, replace(CALM, answer=0.1)) == reason


def test_a_printer_that_prints_on_past_its_paper() -> None:
    device = PrinterSimulator(when_done=0x0C)
    assert trouble_of(device) == "paper_ran_out"


@pytest.mark.parametrize("answers", [WELL, WELL | {4: 0x1E}])
def test_one_that_tells_its_state_and_not_when_it_is_done(answers: dict[int, int]) -> None:
    device = PrinterSimulator(dict(answers), when_done=None)
    print_on(device, replace(CALM, answer=0.1, finish=0.2))
    assert device.began == 1


def test_a_done_that_comes_between_two_questions_counts() -> None:
    """It takes longer than a question's patience, and is told before the next answer."""
    device = PrinterSimulator(when_done=None)

    async def scene(device: PrinterSimulator) -> None:
        printing = asyncio.ensure_future(printer(device, replace(CALM, answer=0.1)).print(slip(), STEM))
        await until(lambda: device.began == 1)
        device.unasked = b"\x00"
        await printing

    play(device, scene)


@pytest.mark.parametrize("rest", [b"\x00\x00\x0f", b"\x00\x00\x12"])
def test_half_of_what_a_printer_says_unasked_is_no_answer_to_the_next_question(rest: bytes) -> None:
    """Its rest looks like "done", or like "nothing is wrong", and comes when the question was given up."""
    device = PrinterSimulator(middle={}, when_done=None)

    async def scene(device: PrinterSimulator) -> None:
        patience = replace(CALM, answer=0.1, finish=0.2)
        printing = asyncio.ensure_future(printer(device, patience).print(slip(), STEM))
        await until(lambda: device.began == 1)
        device.say(b"\x14")
        await until(lambda: device.asked > len(WELL))
        device.say(rest)
        with pytest.raises(DeviceProblem, match="printer_fell_silent"):
            await printing

    play(device, scene)


BROKEN: Final = [
    OSError(errno.EHOSTUNREACH, "no route"),
    OSError(errno.ENETDOWN, "no network"),
    OSError(errno.ENOTCONN, "not connected"),
    TimeoutError(errno.ETIMEDOUT, "given up by the network"),
    ConnectionResetError(errno.ECONNRESET, "reset"),
]


def breaks(monkeypatch: pytest.MonkeyPatch, failure: OSError, when: Callable[[], bool]) -> None:
    """Let the network say `failure` of a standing connection, once `when` holds: it is played here."""
    read, drain = asyncio.StreamReader.read, asyncio.StreamWriter.drain

    async def no_read(self: asyncio.StreamReader, n: int = -1) -> bytes:
        got = b"" if when() else await read(self, n)
        if when():
            raise failure
        return got

    async def no_drain(self: asyncio.StreamWriter) -> None:
        await drain(self)
        if when():
            raise failure

    monkeypatch.setattr(asyncio.StreamReader, "read", no_read)
    monkeypatch.setattr(asyncio.StreamWriter, "drain", no_drain)


@pytest.mark.parametrize("failure", BROKEN, ids=str)
@pytest.mark.parametrize("answers", [WELL, {}], ids=["tells", "mute"])
def test_whatever_the_network_says_of_a_standing_connection(
    monkeypatch: pytest.MonkeyPatch, failure: OSError, answers: dict[int, int]
) -> None:
    device = PrinterSimulator(dict(answers), when_done=None)
    breaks(monkeypatch, failure, lambda: device.began == 1)
    assert trouble_of(device, replace(CALM, answer=0.1) if answers else MUTE) == "connection_lost"


@pytest.mark.parametrize("failure", BROKEN, ids=str)
def test_what_the_network_says_before_the_first_byte_costs_no_paper(
    monkeypatch: pytest.MonkeyPatch, failure: OSError
) -> None:
    breaks(monkeypatch, failure, lambda: True)
    device = PrinterSimulator()
    assert trouble_of(device, replace(CALM, busy=0.02)) == "printer_refused"
    assert device.began == 0
    assert state_of(PrinterSimulator(), replace(CALM, look=0.2)) == "printer_refused"


@pytest.mark.parametrize("failure", BROKEN, ids=str)
def test_a_connection_that_can_not_be_ended_any_more_was_lost(
    monkeypatch: pytest.MonkeyPatch, failure: OSError
) -> None:
    """The printer hangs up while it is told that nothing more comes."""

    def no_end(_self: asyncio.StreamWriter) -> None:
        raise failure

    monkeypatch.setattr(asyncio.StreamWriter, "write_eof", no_end)
    device = PrinterSimulator({})
    told: list[DeviceProblem] = []

    async def scene(device: PrinterSimulator) -> None:
        with pytest.raises(DeviceProblem) as problem:
            await printer(device, MUTE).print(slip(), STEM)
        told.append(problem.value)

    play(device, scene)
    assert (told[0].reason, told[0].maybe_printed) == ("connection_lost", True)


def test_a_connection_that_is_cut_while_it_is_taken_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    room = TransportSocket.setsockopt
    cuts = [OSError(errno.EINVAL, "cut"), OSError(errno.ENOTCONN, "cut")]

    def no_room(self: TransportSocket, level: int, option: int, value: int | bytes) -> None:
        if option == socket.SO_SNDBUF and cuts:
            raise cuts.pop()
        room(self, level, option, value)

    device = PrinterSimulator()
    monkeypatch.setattr(TransportSocket, "setsockopt", no_room)
    print_on(device)
    assert device.codes == [CARD.code]
    assert device.calls == 3


def test_a_code_that_can_not_be_printed_calls_nobody() -> None:
    device = PrinterSimulator()

    async def scene(device: PrinterSimulator) -> None:
        broken = Document("slip", "A paper", (Secret("CODE", "TEST\n1"), Cut()))
        with pytest.raises(DeviceProblem, match="can_not_render"):
            await printer(device).print(broken, STEM)
        assert device.calls == 0

    play(device, scene)


# --- the drawer -------------------------------------------------------------------------------------


def with_drawer(device: PrinterSimulator, patience: Patience = CALM) -> NetworkPrinter:
    paper = Paper(columns=42, profile="TM-T88V")
    return NetworkPrinter("127.0.0.1", device.port, paper, drawer="pin2", patience=patience)


@pytest.mark.parametrize("answers", [WELL, {}])
def test_the_drawer_is_a_job_of_its_own(answers: dict[int, int]) -> None:
    device = PrinterSimulator(dict(answers))

    async def scene(device: PrinterSimulator) -> None:
        till: Printer = with_drawer(device, CALM if answers else MUTE)
        assert isinstance(till, HasDrawer)
        assert await till.open_drawer()
        await until(lambda: device.jobs == [pulse("pin2")])
        await till.print(slip(), STEM)
        assert pulse("pin2") not in device.jobs[-1]

    play(device, scene)


def test_no_drawer_hangs_at_most_printers() -> None:
    async def scene(device: PrinterSimulator) -> None:
        assert not await printer(device).open_drawer()
        assert device.calls == 0

    play(PrinterSimulator(), scene)


@pytest.mark.parametrize("answers", [COVER_OPEN, PAPER_END, WELL | {1: 0x1A}])
def test_a_printer_that_can_not_print_keeps_no_pulse_for_later(answers: dict[int, int]) -> None:
    async def scene(device: PrinterSimulator) -> None:
        with pytest.raises(DeviceProblem):
            await with_drawer(device).open_drawer()
        assert device.began == 0

    play(PrinterSimulator(dict(answers)), scene)


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (PrinterSimulator(fate="reset"), "connection_lost"),
        (PrinterSimulator(hang_ups=1000), "printer_refused"),
    ],
)
def test_a_pulse_that_was_not_taken_is_told(device: PrinterSimulator, reason: str) -> None:
    async def scene(device: PrinterSimulator) -> None:
        with pytest.raises(DeviceProblem, match=reason):
            await with_drawer(device, replace(CALM, look=0.1)).open_drawer()

    play(device, scene)


def test_a_drawer_that_would_open_late_stays_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper is on its way for longer than anybody expects a drawer to open."""
    monkeypatch.setattr(network, "PATIENCE", BRIEF)

    async def scene(device: PrinterSimulator) -> None:
        till = with_drawer(device)
        printing = asyncio.ensure_future(till.print(slip(), STEM))
        await until(lambda: device.began == 1)
        with pytest.raises(DeviceProblem, match="printer_silent"):
            await till.open_drawer()
        printing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printing
        assert device.began == 1

    play(PrinterSimulator(when_done=None), scene)


# --- several at once --------------------------------------------------------------------------------


def test_papers_and_looks_of_one_till_wait_for_each_other() -> None:
    device = PrinterSimulator(one_at_a_time=True)

    async def scene(device: PrinterSimulator) -> None:
        till = printer(device)
        done = await asyncio.gather(*(till.print(slip(), STEM) for _paper in range(3)), till.state())
        assert done == [None] * 4
        assert device.calls == 4, "nobody was turned away"

    play(device, scene)
    assert device.codes == [CARD.code] * 3


def test_two_tills_share_one_printer() -> None:
    device = PrinterSimulator(one_at_a_time=True)

    async def scene(device: PrinterSimulator) -> None:
        one, other = printer(device), printer(device)
        await asyncio.gather(
            *(till.print(paper, STEM) for till in (one, other) for paper in (receipt(), slip(), slip()))
        )

    play(device, scene)
    whole = {escpos.render(paper, profile="TM-T88V", columns=42) for paper in (receipt(), slip())}
    assert len(device.jobs) == 6
    assert set(device.jobs) == whole, "no paper has anything of another one"


def test_while_a_paper_of_ours_is_under_way_nothing_is_known_to_hinder() -> None:
    device = PrinterSimulator(when_done=None)

    async def scene(device: PrinterSimulator) -> None:
        till = printer(device, replace(CALM, look=BRIEF))
        printing = asyncio.ensure_future(till.print(slip(), STEM))
        await until(lambda: device.began == 1)
        assert await till.state() is None
        assert device.calls == 1
        printing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printing
        await until(lambda: not device.on)
        device.when_done = 0
        await printer(device).print(slip(), STEM)

    play(device, scene)


def test_a_paper_that_failed_keeps_nobody_from_the_next() -> None:
    device = PrinterSimulator(fate="reset")

    async def scene(device: PrinterSimulator) -> None:
        till = printer(device)
        for _time in range(2):
            with pytest.raises(DeviceProblem):
                await till.print(slip(), STEM)
        device.fate = None
        await till.print(slip(), STEM)
        assert await till.state() is None

    play(device, scene)
    assert device.codes == [CARD.code]


def test_the_loop_goes_on_while_a_paper_is_on_its_way() -> None:
    """No step of a print keeps the window waiting."""
    device = PrinterSimulator(hang_ups=2)

    async def scene(device: PrinterSimulator) -> None:
        turns = 0

        async def tick() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        ticking: asyncio.Future[Any] = asyncio.ensure_future(tick())
        await printer(device).print(slip(), STEM)
        ticking.cancel()
        assert turns > 20

    play(device, scene)
