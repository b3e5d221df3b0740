"""Every paper as three printers get it: what comes out line by line, and the bytes that make it.

After a wanted change: COUNTERCARD_WRITE_GOLDEN=1 python -m pytest ...; then read what has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import product
from typing import Final

import pytest

from pos_app.printing import encode, text
from pos_app.printing.document import Document
from pos_app.settings import Paper
from tests.printing import escpos_reader
from tests.printing.escpos_reader import DrawerOpened, Fed, Picture, PrintedLine, PrintedQR, Severed, Started
from tests.printing.golden import GOLDEN, compared, spoken
from tests.printing.papers import PAPERS
from tests.printing.scripts import arabic_pending, arabic_receipt, arabic_slip
from ui.printing.qt_printer import render_raster

pytestmark = pytest.mark.usefixtures("qapp")

ARABIC: Final[dict[str, Callable[[], Document]]] = {
    "slip": arabic_slip,
    "receipt": arabic_receipt,
    "pending": arabic_pending,
}
"""Names in another script among English words."""
LANGUAGES: Final = ("en", "pseudo", "ar")
PROFILES: Final = {"default": 42, "POS-5890": 32, "TM-T20II": 48}
COLUMNS: Final = (32, 42, 48)

_PICTURE: Final = b"\x1dv0\x00"


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("name", sorted(ARABIC))
def test_names_in_another_script_read_as_they_were_approved(name: str, columns: int) -> None:
    compared(GOLDEN / "tongues" / f"{name}-ar-{columns}.txt", text.render(ARABIC[name](), columns))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_printer_does_what_was_approved(name: str, profile: str, language: str) -> None:
    paper = Paper(columns=PROFILES[profile], profile=profile)
    with spoken(language):
        job = encode.prepared(PAPERS[name](), paper, render_raster)
    said = "".join(told(job, profile, paper.dots)) + "\nThe bytes:\n" + "".join(spelled(job, paper.dots))
    compared(GOLDEN / "printers" / f"{name}-{language}-{profile}.txt", said)


def told(job: bytes, profile: str, dots: int) -> Iterator[str]:
    pages = escpos_reader.ZJIANG if profile == "POS-5890" else escpos_reader.EPSON
    for event in escpos_reader.read(job, pages):
        match event:
            case PrintedLine():
                looks = "".join(
                    sign for sign, so in (("B", event.bold), ("T", event.tall), ("W", event.wide)) if so
                )
                yield f"{looks:3}|{event.text}\n"
            case Picture():
                found = "a whole paper" if event.width == dots else ", ".join(event.scanned())
                yield f"[picture, {event.width} x {len(event.rows)}, centred {event.centred}: {found}]\n"
            case PrintedQR():
                yield f"[symbol of the printer's own: {event.payload}]\n"
            case Fed():
                yield f"[fed {event.lines}]\n"
            case Severed():
                yield "[cut]\n"
            case DrawerOpened():
                yield "[drawer]\n"
            case Started():
                yield "[started]\n"


def spelled(job: bytes, dots: int) -> Iterator[str]:
    """Every byte of `job`; of a symbol's dots a digest, of a whole paper's none: those are looked at."""
    plain, *pictures = job.split(_PICTURE)
    yield from _spelled(plain)
    for picture in pictures:
        stride, height = (int.from_bytes(picture[at : at + 2], "little") for at in (0, 2))
        end = 4 + stride * height
        digest = "" if 8 * stride == dots else f", sha256 {hashlib.sha256(picture[4:end]).hexdigest()[:16]}"
        yield f"[{_PICTURE!r}, {stride} bytes x {height}{digest}]\n"
        yield from _spelled(picture[end:])


def _spelled(plain: bytes) -> Iterator[str]:
    for line in plain.splitlines(keepends=True):
        yield f"{line!r}\n"


def test_no_golden_file_of_a_printer_is_left_from_a_paper_that_is_gone() -> None:
    wanted = {f"tongues/{name}-ar-{at}.txt" for name, at in product(ARABIC, COLUMNS)}
    wanted |= {
        f"printers/{name}-{language}-{at}.txt" for name, language, at in product(PAPERS, LANGUAGES, PROFILES)
    }
    kept = {
        file.relative_to(GOLDEN).as_posix()
        for folder in ("tongues", "printers")
        for file in (GOLDEN / folder).iterdir()
    }
    assert kept == wanted
