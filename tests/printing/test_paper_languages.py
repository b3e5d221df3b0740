"""Every paper in every language of the program, letter by letter.

After a wanted change: COUNTERCARD_WRITE_GOLDEN=1 python -m pytest ...
"""

from __future__ import annotations

import unicodedata
from itertools import product
from typing import Final

import pytest

from pos_app import i18n
from pos_app.printing import encode, text
from pos_app.printing.document import Document, Secret
from pos_app.settings import Paper
from tests.printing import escpos_reader
from tests.printing.escpos_reader import Picture
from tests.printing.golden import GOLDEN as ALL_GOLDEN
from tests.printing.golden import compared, spoken
from tests.printing.papers import PAPERS
from ui.printing.qt_printer import render_raster

pytestmark = pytest.mark.usefixtures("qapp")

GOLDEN: Final = ALL_GOLDEN / "languages"
LANGUAGES: Final = tuple(name for name in i18n.languages() if name != "en")
COLUMNS: Final = (32, 42, 48)
DRAWN: Final = ("receipt", "slip", "pending")


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
    with spoken(language, "EUR" if name.startswith("french") else "USD"):
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
        holding = [line for line in lines if code.replace(" ", "") in line.replace(" ", "")]
        assert holding or len(code) > 48
        assert not [line for line in holding if any(unicodedata.category(letter) == "Cf" for letter in line)]


def secrets(document: Document) -> list[str]:
    return [block.value for block in document.blocks if isinstance(block, Secret)]


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
    assert {file.name for file in GOLDEN.iterdir()} == wanted
