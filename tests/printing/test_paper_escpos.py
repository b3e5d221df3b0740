from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pos_app.errors import DeviceProblem
from pos_app.printing import escpos
from pos_app.printing.document import QR, Cut, Document, Face, Row, Secret, Text
from tests.printing.escpos_reader import (
    EPSON,
    ZJIANG,
    DrawerOpened,
    Event,
    Fed,
    Picture,
    PrintedLine,
    Severed,
    Started,
    read,
    scanned,
)
from tests.printing.papers import NUMBER_CARD, french_training_slip, mixed_receipt, pending, receipt, slip

PRINTERS = [("default", 42), ("TM-T88V", 42), ("POS-5890", 32), ("TM-T20II", 48), ("simple", 30)]


def lines(events: list[Event]) -> list[str]:
    return [event.text.strip() for event in events if isinstance(event, PrintedLine)]


def document(*blocks: Text | Row | Face | Secret | QR) -> Document:
    return Document("slip", "A paper", (*blocks, Cut()))


@pytest.mark.parametrize(("profile", "columns"), PRINTERS)
def test_code_pin_and_qr_reach_the_paper(profile: str, columns: int) -> None:
    events = read(escpos.render(slip(), profile=profile, columns=columns))
    assert "TEST-4MHD-9PTR-2WZA" in lines(events)
    assert "7694269" in lines(events)
    assert scanned(events) == ["TEST-4MHD-9PTR-2WZA"]


@pytest.mark.parametrize(("profile", "columns"), PRINTERS)
def test_nothing_is_wider_than_the_paper(profile: str, columns: int, paper: Document) -> None:
    events = read(escpos.render(paper, profile=profile, columns=columns))
    assert max(event.columns for event in events if isinstance(event, PrintedLine)) <= columns


@pytest.mark.parametrize("profile", ["default", "TM-T88V"])
def test_a_paper_ends_with_feed_and_cut(profile: str, paper: Document) -> None:
    events = read(escpos.render(paper, profile=profile, columns=42))
    assert events[-2:] == [Fed(6), Severed(partially=True)]
    assert events.count(Severed(partially=True)) == 1


def test_a_printer_without_a_knife_shows_where_to_tear_and_feeds_past_the_bar() -> None:
    events = read(escpos.render(slip(), profile="POS-5890", columns=32))
    assert lines(events)[-1] == "- - - cut here - - -"
    assert events[-1] == Fed(6)
    assert not any(isinstance(event, Severed) for event in events)


def test_a_job_starts_the_printer_and_never_opens_the_drawer(paper: Document) -> None:
    for profile, columns in PRINTERS:
        job = escpos.render(paper, profile=profile, columns=columns)
        assert job.startswith(b"\x1b@")
        events = read(job)
        assert events.count(Started()) == 1
        assert not any(isinstance(event, DrawerOpened) for event in events)


def test_a_printer_that_starts_in_chinese_is_told_not_to() -> None:
    assert escpos.render(slip(), profile="POS-5890", columns=32).startswith(b"\x1b@\x1c.")
    assert b"\x1c." not in escpos.render(slip(), profile="TM-T88V", columns=42)


def test_headlines_and_codes_are_large_and_the_rest_is_not() -> None:
    events = read(escpos.render(slip(), profile="TM-T88V", columns=42))
    looks = {event.text.strip(): event for event in events if isinstance(event, PrintedLine)}
    code = looks["TEST-4MHD-9PTR-2WZA"]
    assert (code.bold, code.tall, code.wide) == (True, True, True)
    bought = next(event for text, event in looks.items() if text.startswith("Bought"))
    assert (bought.bold, bought.tall, bought.wide) == (False, False, False)


@pytest.mark.parametrize("profile", ["default", "TM-T88V", "POS-5890"])
@pytest.mark.parametrize(
    "text", ["Café Ñandú", "25,00 €", "Łódź", "Ωμέγα", "Привет", "Œuvre", "naïve – “so”"]
)
def test_european_letters_are_printed_as_they_are(profile: str, text: str) -> None:
    pages = ZJIANG if profile == "POS-5890" else EPSON
    events = read(escpos.render(document(Text(text)), profile=profile, columns=42), pages)
    assert text in lines(events)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("25 €", "25 EUR"),
        ("Łódź", "Lódz"),
        ("Œuvre – “so”", 'OEuvre - "so"'),
        ("k•••@mail.example", "k***@mail.example"),
        ("e\u0301te\u0301", "été"),
        ("漢字", "??"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\uff37\uff49\uff44\uff45", "Wide"),
        ("a\u00a0b\u3000c", "a\u00a0b c"),
    ],
)
def test_what_a_simple_printer_lacks_is_spelled_so_that_it_can_be_seen(text: str, spelled: str) -> None:
    events = read(escpos.render(document(Text(text)), profile="simple", columns=42))
    assert lines(events)[0] == spelled


def test_a_name_can_not_command_the_printer() -> None:
    attack = "Acme\x1bp0\x19\xfa\x1d(k\n\x1b@ Games"
    job = escpos.render(
        document(Text(attack), Row(attack, "x"), Face(attack, "y")), profile="default", columns=42
    )
    events = read(job)
    assert events.count(Started()) == 1
    assert not any(isinstance(event, DrawerOpened) for event in events)


@pytest.mark.parametrize(
    "code", ["TEST-漢字", "TEST\u00ad1", "TEST-\u0627", "TEST\x1b@", "TEST\n1", "TEST-\U0001f600"]
)
def test_a_code_that_can_not_be_printed_as_it_is_stops_the_print(code: str) -> None:
    with pytest.raises(DeviceProblem) as problem:
        escpos.render(document(Secret("CODE", code)), profile="default", columns=42)
    assert problem.value.reason == "can_not_render"
    assert "TEST" not in repr(problem.value)
    assert "TEST" not in repr(problem.value.facts)


def test_a_code_with_letters_outside_the_only_code_page_is_never_spelled() -> None:
    with pytest.raises(DeviceProblem):
        escpos.render(document(Secret("CODE", "TEST-€")), profile="simple", columns=42)
    events = read(escpos.render(document(Secret("CODE", "TEST-€é")), profile="default", columns=42))
    assert "TEST-€é" in lines(events)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60))
def test_every_character_of_any_plain_code_is_printed(code: str) -> None:
    for profile, columns in (("TM-T88V", 42), ("POS-5890", 32)):
        events = read(
            escpos.render(document(Secret("CODE", code), QR(code, "x")), profile=profile, columns=columns)
        )
        printed = "".join(event.text for event in events if isinstance(event, PrintedLine) and event.bold)
        assert printed.replace(" ", "") == code
        assert scanned(events) == [code]


@given(st.text(max_size=80))
def test_any_name_can_be_printed(name: str) -> None:
    for profile, columns in PRINTERS:
        job = escpos.render(
            document(Text(name), Row(name, "$25.00"), Face(name, "USD 25.00")),
            profile=profile,
            columns=columns,
        )
        events = read(job, ZJIANG if profile == "POS-5890" else EPSON)
        assert max(event.columns for event in events if isinstance(event, PrintedLine)) <= columns
        assert any(line.endswith("$25.00") for line in lines(events))


@pytest.mark.parametrize("profile", ["no such printer", "", "AF-240"])
def test_an_unknown_printer_is_a_printer_problem(profile: str) -> None:
    with pytest.raises(DeviceProblem) as problem:
        escpos.render(slip(), profile=profile, columns=42)
    assert problem.value.reason == "no_printer"


def test_a_printer_that_can_draw_nothing_says_so_instead_of_a_qr_code() -> None:
    events = read(escpos.render(slip(), profile="OCD-100", columns=42))
    assert "QR: can not be printed here" in lines(events)
    assert "TEST-4MHD-9PTR-2WZA" in lines(events)


@pytest.mark.parametrize(("profile", "columns"), PRINTERS)
def test_a_code_too_long_for_a_qr_code_is_printed_without_one(profile: str, columns: int) -> None:
    code = "test-" * 600
    paper = document(Secret("CODE", code), QR(code, "the code"))
    events = read(escpos.render(paper, profile=profile, columns=columns))
    printed = [event for event in events if isinstance(event, PrintedLine)]
    assert "".join(event.text for event in printed if event.bold).replace(" ", "") == code
    assert scanned(events) == []
    assert "QR: can not be printed here" in " ".join(lines(events))


def test_a_qr_code_is_large_enough_for_a_phone() -> None:
    events = read(escpos.render(slip(), profile="TM-T88V", columns=42))
    code = next(event for event in events if isinstance(event, Picture))
    dark = Image.eval(code.image, lambda value: 255 - value).getbbox()
    assert dark is not None
    # Nineteen capitals and digits are 21 modules a side, with four of quiet zone; 0.5 mm are 4 dots.
    module = (dark[2] - dark[0]) // 21
    assert module >= 4
    assert (dark[0], dark[1]) == (4 * module, 4 * module)
    assert code.centred


def test_other_papers_hold_what_they_are_about() -> None:
    training = read(escpos.render(french_training_slip(), profile="POS-5890", columns=32))
    assert scanned(training) == [NUMBER_CARD.code]
    assert lines(training).count("TRAINING, NO VALUE") == 2
    assert "Épicerie Ñandú & Söhne" in lines(training)
    assert scanned(read(escpos.render(pending(), profile="default", columns=42))) == ["03-000419"]
    assert scanned(read(escpos.render(receipt(), profile="default", columns=42))) == ["03-000418"]
    assert "TOTAL USD                          $175.00" in lines(
        read(escpos.render(mixed_receipt(), profile="default", columns=42))
    )


def test_the_library_leaves_no_trace(tmp_path: Path) -> None:
    script = (
        "import logging, os, sys, tempfile\n"
        "from pos_app.printing import escpos\n"
        "from tests.printing.papers import slip\n"
        "assert 'escpos' not in sys.modules\n"
        "escpos.render(slip(), profile='simple', columns=42)\n"
        "assert 'escpos' in sys.modules\n"
        "assert logging.getLogger().handlers == [], logging.getLogger().handlers\n"
        "assert os.listdir(tempfile.gettempdir()) == [], os.listdir(tempfile.gettempdir())\n"
        "assert os.environ.get('ESCPOS_CAPABILITIES_PICKLE_DIR') == sys.argv[1]\n"
    )
    scratch, elsewhere = tmp_path / "scratch", tmp_path / "elsewhere"
    scratch.mkdir()
    elsewhere.mkdir()
    surroundings = {**os.environ, "TMPDIR": str(scratch), "ESCPOS_CAPABILITIES_PICKLE_DIR": str(elsewhere)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(elsewhere)],
        env=surroundings,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(scratch.iterdir()) == []
    assert list(elsewhere.iterdir()) == []


def test_rendering_says_nothing(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        for profile, columns in PRINTERS:
            escpos.render(slip(), profile=profile, columns=columns)
    assert "TEST" not in caplog.text
    assert capfd.readouterr() == ("", "")
