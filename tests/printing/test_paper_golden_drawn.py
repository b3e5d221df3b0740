"""Every paper as it is drawn: in the dots of both widths of paper, and as the page of a PDF.

After a wanted change: COUNTERCARD_WRITE_GOLDEN=1 python -m pytest ...; then look at the pictures.
"""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any, Final

import pypdfium2
import pytest
from PIL import Image, ImageChops

import pos_app.printing
from pos_app.printing.document import Cut, Document, Text
from tests.printing import papers
from tests.printing.golden import FEW, GOLDEN, picture_of, seen, spoken, strays, unlike
from tests.printing.papers import PAPERS, slip
from ui.printing.qt_printer import Sheet, render_pdf, render_raster, render_sheets

pytestmark = pytest.mark.usefixtures("qapp")

LANGUAGES: Final = ("en", "pseudo", "ar")
DOTS: Final = (384, 576)
_DOTS_OF_A_POINT: Final = 150 / 72
_DOTS_OF_A_SHEET: Final = 100 / 72
_OF_EVERY_KIND: Final = (
    "large_duplicate_slip",
    "mixed_receipt",
    "pending",
    "receipt",
    "recovery",
    "scam_card",
    "slip",
)
ON_SHEETS: Final[list[tuple[str, str, Sheet]]] = [
    *((name, "en", "A4") for name in sorted(PAPERS)),
    *((name, language, "A4") for name, language in product(_OF_EVERY_KIND, ("pseudo", "ar"))),
    *((name, "en", "Letter") for name in ("large_duplicate_slip", "receipt", "recovery", "slip")),
    ("french_training_slip", "pseudo", "Letter"),
    ("slip", "ar", "Letter"),
]


@pytest.mark.parametrize("dots", DOTS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_paper_is_drawn_as_it_was_approved(name: str, language: str, dots: int, tmp_path: Path) -> None:
    with spoken(language):
        bitmap = render_raster(PAPERS[name](), dots)
    seen(GOLDEN / "pictures" / f"{name}-{language}-{dots}.png", picture_of(bitmap), tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_page_is_drawn_as_it_was_approved(name: str, language: str, tmp_path: Path) -> None:
    """As a viewer shows it, in black and white: its dots are the page's size too. Its bytes hold a date."""
    with spoken(language):
        content = render_pdf(PAPERS[name]())
    (page,) = in_a_viewer(content, _DOTS_OF_A_POINT)
    seen(GOLDEN / "pages" / f"{name}-{language}.png", page, tmp_path)


@pytest.mark.parametrize(("name", "language", "sheet"), ON_SHEETS)
def test_a_sheet_is_drawn_as_it_was_approved(name: str, language: str, sheet: Sheet, tmp_path: Path) -> None:
    """One under the other, where there are several."""
    with spoken(language):
        content = render_sheets(PAPERS[name](), sheet=sheet)
    sheets = in_a_viewer(content, _DOTS_OF_A_SHEET)
    width, height = sheets[0].size
    whole = Image.new("1", (width, height * len(sheets)))
    for number, one in enumerate(sheets):
        whole.paste(one, (0, number * height))
    seen(GOLDEN / "sheets" / f"{name}-{language}-{sheet}.png", whole, tmp_path)


def in_a_viewer(content: bytes, dots_of_a_point: float) -> list[Image.Image]:
    """Each page of a PDF in black and white."""
    pdf: Any = pypdfium2.PdfDocument(content)
    greys = [page.render(scale=dots_of_a_point).to_pil().convert("L") for page in pdf]
    return [
        Image.eval(grey, lambda value: 255 if value > 127 else 0).convert("1", dither=Image.Dither.NONE)
        for grey in greys
    ]


def test_no_picture_is_left_from_a_paper_that_is_gone() -> None:
    wanted = {
        f"pictures/{name}-{language}-{at}.png" for name, language, at in product(PAPERS, LANGUAGES, DOTS)
    }
    wanted |= {f"pages/{name}-{language}.png" for name, language in product(PAPERS, LANGUAGES)}
    wanted |= {f"sheets/{name}-{language}-{sheet}.png" for name, language, sheet in ON_SHEETS}
    kept = {
        file.relative_to(GOLDEN).as_posix()
        for folder in ("pictures", "pages", "sheets")
        for file in (GOLDEN / folder).iterdir()
    }
    assert kept == wanted
    assert sum(file.stat().st_size for file in GOLDEN.rglob("*.png")) < 2_200_000


def test_no_kind_of_paper_is_left_out() -> None:
    """Whatever in the program makes a document of its own is called by one of the papers here."""
    names = sorted(
        found.name for found in pkgutil.iter_modules(pos_app.printing.__path__, "pos_app.printing.")
    )
    makers = {
        maker
        for module in map(import_module, names)
        for _name, maker in inspect.getmembers(module, inspect.isfunction)
        if maker.__module__ == module.__name__ != "pos_app.printing.samples"
        and maker.__annotations__.get("return") == "Document"
        and "document" not in maker.__annotations__
    }
    used = {papers.__dict__.get(name) for paper in PAPERS.values() for name in paper.__code__.co_names}
    assert len(makers) > 8
    assert makers - used == set()


def page_of(*words: str) -> Image.Image:
    return picture_of(render_raster(Document("slip", "x", (*map(Text, words), Cut())), 384))


@pytest.fixture(scope="module")
def approved() -> Image.Image:
    return picture_of(render_raster(slip(), 384))


def blank(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    spoiled = picture.copy()
    spoiled.paste(1, box)
    return spoiled


def lines_of(picture: Image.Image) -> list[tuple[int, int]]:
    """Top and bottom of each run of rows with ink in it."""
    rows = [
        0 in picture.crop((0, y, picture.width, y + 1)).convert("L").tobytes() for y in range(picture.height)
    ]
    edges = [y for y in range(1, len(rows)) if rows[y] != rows[y - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def test_a_line_that_has_moved_is_seen(approved: Image.Image) -> None:
    for top, bottom in lines_of(approved):
        line = approved.crop((0, top - 4, approved.width, bottom + 4))
        for across, down in ((0, 2), (0, -2), (2, 0), (-2, 0)):
            moved = Image.new("1", line.size, 1)
            moved.paste(line, (across, down))
            assert unlike(moved, line)


def test_what_is_clipped_is_seen(approved: Image.Image) -> None:
    edges = Image.eval(approved.convert("L"), lambda value: 255 - value).getbbox()
    assert edges is not None
    left, _top, right, _bottom = edges
    for box in ((left, 0, left + 3, approved.height), (right - 3, 0, right, approved.height)):
        assert unlike(blank(approved, box), approved)
    for top, bottom in lines_of(approved):
        if bottom - top > 8:
            line = approved.crop((0, top, approved.width, bottom))
            assert unlike(blank(line, (0, line.height - 3, line.width, line.height)), line)
    assert unlike(approved.crop((0, 0, approved.width, approved.height - 1)), approved)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tell the cashier.", "Tell the cashier"),
        ("TEST-0O11", "TEST-OO11"),
        ("code 1l", "code 11"),
        ("$25.00", "$2500"),
        ("nino", "ni\u00f1o"),
        ("KEEP IT", "KEEP T"),
        ("مكتبة", "مكتبه"),
        ("ب", "ن"),
    ],
)
def test_a_character_that_is_missing_or_another_is_seen(one: str, other: str) -> None:
    assert unlike(page_of(one), page_of(other))


def test_a_dot_at_an_edge_is_passed_by(approved: Image.Image) -> None:
    """Every stroke a dot wider to one side, or moved by one: as another version may draw it."""
    wider = ImageChops.darker(approved.convert("L"), ImageChops.offset(approved.convert("L"), 1, 0)).convert(
        "1"
    )
    assert wider.tobytes() != approved.tobytes()
    assert strays(wider, approved) + strays(approved, wider) <= FEW
    assert not unlike(wider, approved)
