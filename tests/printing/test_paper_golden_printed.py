"""Papers as printers get them: what comes out line by line, and dot by dot.

After a wanted change: COUNTERCARD_WRITE_GOLDEN=1 python -m pytest ...; then look at the pictures.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from pos_app.printing import encode, text
from pos_app.printing.document import Document
from pos_app.settings import Paper
from tests.printing import escpos_reader
from tests.printing.escpos_reader import DrawerOpened, Fed, Picture, PrintedLine, PrintedQR, Severed, Started
from tests.printing.papers import pending, receipt, slip
from tests.printing.scripts import arabic_pending, arabic_receipt, arabic_slip, pseudo_language
from ui.printing.qt_printer import render_raster

pytestmark = pytest.mark.usefixtures("qapp")

GOLDEN = Path(__file__).parent.parent / "golden"
WRITES = bool(os.environ.get("COUNTERCARD_WRITE_GOLDEN"))

ENGLISH: Final[dict[str, Callable[[], Document]]] = {"slip": slip, "receipt": receipt, "pending": pending}
ARABIC: Final = {"slip": arabic_slip, "receipt": arabic_receipt, "pending": arabic_pending}
PROFILES: Final = {"default": 42, "POS-5890": 32, "TM-T20II": 48}
COLUMNS: Final = (32, 42, 48)
DOTS: Final = (384, 576)

_CELL: Final = 4
_MUCH: Final = 96
_FEW: Final = 0.01


def paper_of(name: str, tongue: str) -> Document:
    if tongue == "ar":
        return ARABIC[name]()
    with pseudo_language() if tongue == "pseudo" else nullcontext():
        return ENGLISH[name]()


def compared(file: Path, content: str) -> None:
    if WRITES:
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="\n")
    assert content == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("tongue", ["pseudo", "ar"])
@pytest.mark.parametrize("name", sorted(ENGLISH))
def test_a_paper_reads_as_it_was_approved_in_other_tongues(name: str, tongue: str, columns: int) -> None:
    compared(
        GOLDEN / "tongues" / f"{name}-{tongue}-{columns}.txt", text.render(paper_of(name, tongue), columns)
    )


@pytest.mark.parametrize("tongue", ["en", "pseudo"])
@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("name", sorted(ENGLISH))
def test_a_printer_does_what_was_approved(name: str, profile: str, tongue: str) -> None:
    chosen = Paper(columns=PROFILES[profile], profile=profile)
    job = encode.prepared(paper_of(name, tongue), chosen, render_raster)
    compared(GOLDEN / "printers" / f"{name}-{tongue}-{profile}.txt", "".join(told(job, profile)))


def told(job: bytes, profile: str) -> Iterator[str]:
    pages = escpos_reader.ZJIANG if profile == "POS-5890" else escpos_reader.EPSON
    for event in escpos_reader.read(job, pages):
        match event:
            case PrintedLine():
                looks = "".join(
                    sign for sign, so in (("B", event.bold), ("T", event.tall), ("W", event.wide)) if so
                )
                yield f"{looks:3}|{event.text}\n"
            case Picture():
                found = ", ".join(event.scanned())
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


@pytest.mark.parametrize("dots", DOTS)
@pytest.mark.parametrize("tongue", ["en", "pseudo"])
@pytest.mark.parametrize("name", sorted(ENGLISH))
def test_a_paper_is_drawn_as_it_was_approved(name: str, tongue: str, dots: int) -> None:
    """In our own fonts it is the same everywhere but for a dot at an edge, which this lets pass."""
    bitmap = render_raster(paper_of(name, tongue), dots)
    size = (bitmap.width, bitmap.height)
    picture = Image.frombytes("1", size, bitmap.bits, "raw", "1;I")
    file = GOLDEN / "pictures" / f"{name}-{tongue}-{dots}.png"
    if WRITES:
        file.parent.mkdir(exist_ok=True)
        picture.save(file, optimize=True)
    with Image.open(file) as approved:
        assert approved.width == dots
        assert abs(approved.height - bitmap.height) <= 2
        assert differing(coarse(picture), coarse(approved)) <= _FEW


def coarse(picture: Image.Image) -> Image.Image:
    return picture.convert("L").reduce(_CELL)


def differing(one: Image.Image, other: Image.Image) -> float:
    """The share of cells that are much darker in the one than in the other."""
    height = min(one.height, other.height)
    pairs = zip(*(picture.crop((0, 0, one.width, height)).tobytes() for picture in (one, other)), strict=True)
    return sum(abs(first - second) > _MUCH for first, second in pairs) / (one.width * height)


def test_what_lets_a_dot_pass_sees_a_letter() -> None:
    bitmap = render_raster(slip(), 384)
    picture = Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.bits, "raw", "1;I")
    moved = Image.new("1", picture.size, 1)
    moved.paste(picture, (0, 12))
    assert differing(coarse(picture), coarse(moved)) > _FEW


def test_no_golden_file_of_a_printer_is_left_from_a_paper_that_is_gone() -> None:
    names = sorted(ENGLISH)
    wanted = {
        *(
            f"tongues/{name}-{tongue}-{at}.txt"
            for name in names
            for tongue in ("pseudo", "ar")
            for at in COLUMNS
        ),
        *(
            f"printers/{name}-{tongue}-{at}.txt"
            for name in names
            for tongue in ("en", "pseudo")
            for at in PROFILES
        ),
        *(
            f"pictures/{name}-{tongue}-{at}.png"
            for name in names
            for tongue in ("en", "pseudo")
            for at in DOTS
        ),
    }
    kept = {
        str(file.relative_to(GOLDEN).as_posix())
        for folder in ("tongues", "printers", "pictures")
        for file in (GOLDEN / folder).iterdir()
    }
    assert kept == wanted
