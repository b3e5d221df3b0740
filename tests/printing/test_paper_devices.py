from __future__ import annotations

import asyncio
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from pos_app.errors import DeviceProblem
from pos_app.printing import escpos, text
from pos_app.printing.devices import FilePrinter, Printer
from pos_app.printing.document import Cut, Document, Secret
from pos_app.settings import Paper
from tests.printing.papers import slip

STEM = "03-000418-slip-1"


def printer(folder: Path) -> FilePrinter:
    return FilePrinter(
        folder, Paper(columns=42, profile="TM-T88V"), lambda document: f"PDF of {document.title}".encode()
    )


def print_to(folder: Path, stem: str = STEM) -> None:
    asyncio.run(printer(folder).print(slip(), stem))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_paper_becomes_three_files_of_the_same_name(tmp_path: Path) -> None:
    print_to(tmp_path)
    assert names(tmp_path) == [f"{STEM}.escpos", f"{STEM}.pdf", f"{STEM}.txt"]
    assert (tmp_path / f"{STEM}.txt").read_text(encoding="utf-8") == text.render(slip(), 42)
    assert (tmp_path / f"{STEM}.escpos").read_bytes() == escpos.render(slip(), profile="TM-T88V", columns=42)
    assert (tmp_path / f"{STEM}.pdf").read_bytes() == b"PDF of Gift card 1 of 2, sale 03-000418"


def test_without_a_renderer_there_is_no_pdf(tmp_path: Path) -> None:
    asyncio.run(FilePrinter(tmp_path, Paper(columns=42, profile="default")).print(slip(), STEM))
    assert names(tmp_path) == [f"{STEM}.escpos", f"{STEM}.txt"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are a Unix matter")
def test_files_and_the_folder_made_for_them_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "paper"
    before = os.umask(0)
    try:
        print_to(folder)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_what_a_power_cut_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / f".{STEM}.pdf.part").write_text("left by a power cut")
    print_to(tmp_path)
    assert names(tmp_path) == [f"{STEM}.escpos", f"{STEM}.pdf", f"{STEM}.txt"]


def left(folder: Path, *names: str, text: str = "", seconds_ago: float = 3600) -> None:
    """Put files into `folder` as they were left long ago."""
    for name in names:
        path = folder / name
        path.write_text(text)
        then = time.time() - seconds_ago
        os.utime(path, (then, then))


def test_half_written_papers_of_a_killed_program_are_cleared_away_at_the_first_look(tmp_path: Path) -> None:
    """Another sale's: its drafts have codes in clear, and its claimed names lie empty."""
    left(tmp_path, ".03-000007-slip-1.txt.part", ".03-000007-slip-12-copy-3-2.pdf.part", text="TEST-1")
    left(tmp_path, ".03-000007-receipt.escpos.part")
    left(tmp_path, "03-000007-slip-1.txt", "03-000007-pending-1-copy-1.escpos", "03-000007-receipt-2.pdf")
    device = printer(tmp_path)
    assert asyncio.run(device.state()) is None
    assert names(tmp_path) == []
    left(tmp_path, ".03-000007-slip-1.txt.part")
    assert asyncio.run(device.state()) is None
    assert names(tmp_path) == [".03-000007-slip-1.txt.part"], "looked for once: another till may be writing"
    print_to(tmp_path)
    assert names(tmp_path) == [f"{STEM}.escpos", f"{STEM}.pdf", f"{STEM}.txt"]


def test_what_is_not_certainly_ours_and_given_up_stays(tmp_path: Path) -> None:
    left(tmp_path, "03-000007-slip-1.txt", text="a whole paper")
    left(tmp_path, "03-000007-slip-2.txt", ".03-000007-slip-2.pdf.part", seconds_ago=30)
    left(tmp_path, ".letter.txt.part", "letter.txt", ".03-000007-note.txt.part", "03-000007-slip-1.odt")
    left(tmp_path, "03-000007-slip-3.txt.part", ".03-000007-slip-3.txt")
    (tmp_path / ".03-000007-slip-4.txt.part").mkdir()
    (tmp_path / "03-000007-slip-5.txt").symlink_to(tmp_path / "letter.txt")
    before = names(tmp_path)
    assert asyncio.run(printer(tmp_path).state()) is None
    assert names(tmp_path) == before


def test_two_papers_of_one_name_lie_side_by_side(tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.txt").write_text("older")
    for _paper in range(2):
        print_to(tmp_path)
    assert (tmp_path / f"{STEM}.txt").read_text() == "older"
    forms = ("escpos", "pdf", "txt")
    assert names(tmp_path) == [*(f"{STEM}-{n}.{form}" for n in (2, 3) for form in forms), f"{STEM}.txt"]
    assert (tmp_path / f"{STEM}-2.txt").read_text(encoding="utf-8") == text.render(slip(), 42)


@pytest.mark.parametrize("taken", ["txt", "escpos", "pdf"])
def test_all_forms_of_a_paper_have_one_name(tmp_path: Path, taken: str) -> None:
    (tmp_path / f"{STEM}.{taken}").mkdir()
    print_to(tmp_path)
    assert names(tmp_path) == sorted(
        [f"{STEM}.{taken}", *(f"{STEM}-2.{form}" for form in ("txt", "escpos", "pdf"))]
    )


@pytest.mark.parametrize("stem", ["", "../x", "a/b", "a.b", ".x", "-x", "a b", "x\n"])
def test_a_stem_that_is_no_plain_name_is_a_mistake(tmp_path: Path, stem: str) -> None:
    with pytest.raises(ValueError, match="plain file name"):
        print_to(tmp_path, stem)
    assert names(tmp_path) == []


@pytest.mark.parametrize("form", ["txt", "escpos", "pdf"])
def test_a_failure_half_way_leaves_nothing_behind_and_takes_nothing_older(tmp_path: Path, form: str) -> None:
    print_to(tmp_path)
    before = names(tmp_path)
    in_the_way = tmp_path / f".{STEM}-2.{form}.part"
    in_the_way.mkdir()
    with pytest.raises(DeviceProblem) as problem:
        print_to(tmp_path)
    assert problem.value.reason == "can_not_write"
    in_the_way.rmdir()
    assert names(tmp_path) == before


def test_a_name_the_disk_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(DeviceProblem) as problem:
        print_to(tmp_path, "x" * 300)
    assert problem.value.reason == "can_not_write"
    assert problem.value.facts == {"folder": str(tmp_path), "error": "OSError"}
    assert names(tmp_path) == []


def test_a_folder_that_can_not_be_is_told_by_state_and_by_print(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    problem = asyncio.run(printer(file / "paper").state())
    assert problem is not None
    assert problem.reason == "can_not_write"
    with pytest.raises(DeviceProblem):
        print_to(file / "paper")
    assert file.read_text() == "in the way"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told_by_state_and_by_print(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        problem = asyncio.run(printer(tmp_path).state())
        assert problem is not None
        assert problem.reason == "can_not_write"
        with pytest.raises(DeviceProblem):
            print_to(tmp_path)
    finally:
        tmp_path.chmod(0o700)
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder nobody may write to")
def test_a_folder_nobody_may_write_to_is_told_by_state_and_by_print() -> None:
    folder = Path("/proc/self/paper")
    problem = asyncio.run(printer(folder).state())
    assert problem is not None
    assert problem.reason == "can_not_write"
    with pytest.raises(DeviceProblem):
        print_to(folder)


def test_a_good_folder_is_made_and_reported_ready(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    device: Printer = printer(folder)
    assert asyncio.run(device.state()) is None
    assert folder.is_dir()
    assert device.name == str(folder)


def test_an_unknown_receipt_printer_is_told_before_anything_is_sold(tmp_path: Path) -> None:
    device = FilePrinter(tmp_path / "paper", Paper(columns=42, profile="no such profile"))
    problem = asyncio.run(device.state())
    assert problem is not None
    assert problem.reason == "no_printer"
    with pytest.raises(DeviceProblem) as told:
        asyncio.run(device.print(slip(), STEM))
    assert told.value.reason == "no_printer"
    assert names(tmp_path / "paper") == []


def test_nothing_is_written_before_everything_is_encoded(tmp_path: Path) -> None:
    broken = Document("slip", "A paper", (Secret("CODE", "TEST\n1"), Cut()))
    with pytest.raises(DeviceProblem) as problem:
        asyncio.run(printer(tmp_path).print(broken, STEM))
    assert problem.value.reason == "can_not_render"

    def refuse(document: Document) -> bytes:
        raise DeviceProblem("can_not_render")

    with pytest.raises(DeviceProblem):
        asyncio.run(FilePrinter(tmp_path, Paper(columns=42, profile="default"), refuse).print(slip(), STEM))
    assert names(tmp_path) == []


def test_the_pdf_is_drawn_where_it_holds_nobody_up(tmp_path: Path) -> None:
    threads: list[threading.Thread] = []

    def render(document: Document) -> bytes:
        threads.append(threading.current_thread())
        return b""

    asyncio.run(FilePrinter(tmp_path, Paper(columns=42, profile="default"), render).print(slip(), STEM))
    assert threads
    assert threading.main_thread() not in threads
