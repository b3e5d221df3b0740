"""Every paper in every language of the program, letter by letter, and dot by dot where it is drawn.

After a wanted change: COUNTERCARD_WRITE_GOLDEN=1 python -m pytest ...; then look at the pictures.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from pos_app import i18n
from pos_app.printing import encode, text
from pos_app.printing.document import Document, Secret
from pos_app.settings import Paper
from tests.printing import escpos_reader
from tests.printing.escpos_reader import Picture
from tests.printing.papers import PAPERS
from tests.printing.scripts import pseudo_language
from tests.printing.test_paper_golden_printed import WRITES, coarse, compared, differing
from ui.printing.qt_printer import render_raster

pytestmark = pytest.mark.usefixtures("qapp")

GOLDEN: Final = Path(__file__).parent.parent / "golden" / "languages"
LANGUAGES: Final = tuple(name for name in i18n.languages() if name != "en")
COLUMNS: Final = (32, 42, 48)
DRAWN: Final = ("receipt", "slip", "pending")
"""As pictures too, in the languages no receipt printer has the letters of."""
DOTS: Final = (384, 576)
_FEW: Final = 0.01


@contextmanager
def spoken(language: str) -> Generator[None]:
    with pseudo_language() if language == "pseudo" else nullcontext():
        if language != "pseudo":
            i18n.set_language(language)
        try:
            yield
        finally:
            i18n.set_language("en")


def turned() -> list[str]:
    found: list[str] = []
    for language in LANGUAGES:
        with spoken(language):
            found += [language] if i18n.right_to_left() else []
    return found


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("language", [*LANGUAGES, "pseudo"])
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_paper_reads_as_it_was_approved(name: str, language: str, columns: int) -> None:
    with spoken(language):
        document = PAPERS[name]()
        rendered = text.render(document, columns)
    assert all(text.width(line) <= columns for line in rendered.splitlines())
    compared(GOLDEN / f"{name}-{language}-{columns}.txt", rendered)


@pytest.mark.parametrize("language", turned())
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_code_in_a_file_stands_alone_and_as_it_is(name: str, language: str) -> None:
    with spoken(language):
        document = PAPERS[name]()
        lines = text.render(document, 48).splitlines()
    for code in secrets(document):
        holding = [line for line in lines if code in line.replace(" ", "")]
        assert holding or len(code) > 48
        assert not [line for line in holding if any(unicodedata.category(letter) == "Cf" for letter in line)]


def secrets(document: Document) -> list[str]:
    return [block.value for block in document.blocks if isinstance(block, Secret)]


@pytest.mark.parametrize("dots", DOTS)
@pytest.mark.parametrize("language", turned())
@pytest.mark.parametrize("name", DRAWN)
def test_a_paper_is_drawn_as_it_was_approved(name: str, language: str, dots: int) -> None:
    with spoken(language):
        bitmap = render_raster(PAPERS[name](), dots)
    picture = Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.bits, "raw", "1;I")
    file = GOLDEN / f"{name}-{language}-{dots}.png"
    if WRITES:
        picture.save(file, optimize=True)
    with Image.open(file) as approved:
        assert approved.width == dots
        assert abs(approved.height - bitmap.height) <= 2
        assert differing(coarse(picture), coarse(approved)) <= _FEW


@pytest.mark.parametrize("language", turned())
@pytest.mark.parametrize("name", DRAWN)
def test_what_no_printer_has_letters_for_goes_out_as_a_picture(name: str, language: str) -> None:
    with spoken(language):
        document = PAPERS[name]()
        job = encode.prepared(document, Paper(columns=48, profile="TM-T20II"), render_raster)
    told = list(escpos_reader.read(job, escpos_reader.EPSON))
    assert any(isinstance(event, Picture) for event in told)
    assert not [
        event for event in told if isinstance(event, escpos_reader.PrintedLine) and event.text.strip()
    ]


def test_no_golden_file_is_left_from_a_paper_or_a_language_that_is_gone() -> None:
    wanted = {
        f"{name}-{language}-{at}.txt"
        for name, language, at in product(PAPERS, [*LANGUAGES, "pseudo"], COLUMNS)
    }
    wanted |= {f"{name}-{language}-{dots}.png" for name, language, dots in product(DRAWN, turned(), DOTS)}
    assert {file.name for file in GOLDEN.iterdir()} == wanted
