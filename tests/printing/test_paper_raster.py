from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pos_app.errors import DeviceProblem
from pos_app.printing import code128
from pos_app.printing.choice import printer_for
from pos_app.printing.document import QR, Banner, Barcode, Block, Cut, Document, Row, Secret, Text
from pos_app.printing.raster import Bitmap, from_rows, printing, stacked, tear_line
from pos_app.settings import Paper
from tests.printing import escpos_reader
from tests.printing.escpos_reader import Picture
from tests.printing.papers import receipt, slip
from tests.printing.scripts import wholly_arabic
from tests.sales_made_up import CARD
from ui.printing.bidi import as_written, is_right_to_left, with_numbers_kept
from ui.printing.fonts import sans, tabular, with_shapes
from ui.printing.pieces import Paragraph
from ui.printing.qt_printer import render_pages, render_raster, render_sheets

pytestmark = pytest.mark.usefixtures("qapp")

DOTS = [384, 512, 576]
MM = 72 / 25.4


def document(*blocks: Block) -> Document:
    return Document("slip", "A paper", (*blocks, Cut()))


def image(bitmap: Bitmap) -> Image.Image:
    """Black on white."""
    return Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.bits, "raw", "1;I").convert("L")


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    box = Image.eval(picture, lambda value: 255 - value).getbbox()
    assert box is not None
    return box


def drawn(*blocks: Block, dots: int = 384) -> Image.Image:
    return image(render_raster(document(*blocks), dots))


@pytest.mark.parametrize("dots", DOTS)
def test_a_paper_is_as_wide_as_the_printers_line_and_leaves_its_edges_white(
    paper: Document, dots: int
) -> None:
    bitmap = render_raster(paper, dots)
    assert bitmap.width == dots
    left, top, right, bottom = ink(image(bitmap))
    assert left >= 2
    assert top >= 2
    assert right <= dots - 2
    assert bottom <= bitmap.height - 2


def test_what_is_sent_is_what_was_drawn() -> None:
    bitmap = render_raster(slip(), 576)
    (came,) = escpos_reader.read(printing(bitmap))
    assert isinstance(came, Picture)
    assert came.image.tobytes() == image(bitmap).tobytes()


def test_equal_papers_are_drawn_equally_and_others_differently() -> None:
    assert render_raster(slip(), 384) == render_raster(slip(), 384)
    assert render_raster(slip(), 384) != render_raster(receipt(), 384)


def test_lines_and_modules_are_whole_dots_wide() -> None:
    """Nothing is half a dot: each row of a QR code is made of runs of one length."""
    picture = drawn(QR("TEST-4MHD", "x"))
    left, top, right, _bottom = ink(picture)
    module = (right - left) // 21
    assert module >= 4
    assert right - left == 21 * module
    for row in range(0, 21 * module, module):
        rows = {
            picture.crop((left, top + row + dot, right, top + row + dot + 1)).tobytes()
            for dot in range(module)
        }
        assert len(rows) == 1
        (content,) = rows
        assert all(len(set(content[at : at + module])) == 1 for at in range(0, len(content), module))


def test_a_text_begins_where_its_script_begins() -> None:
    for words, is_right in (("Keep this paper", False), ("احتفظ بهذه الورقة", True), ("کارت هدیه", True)):
        left, _top, right, _bottom = ink(drawn(Text(words)))
        assert (left > 384 - right) is is_right


def test_a_paper_read_from_right_to_left_has_its_names_right_and_its_values_left() -> None:
    narrow = Row("تاريخ", "1")
    left, _top, right, _bottom = ink(drawn(narrow))
    assert left < 10
    assert right > 374
    value = drawn(narrow).crop((0, 0, 100, 60))
    name = drawn(narrow).crop((284, 0, 384, 60))
    assert value.tobytes().count(0) < name.tobytes().count(0)
    usual = drawn(Row("Bought on this day", "1"))
    assert usual.crop((284, 0, 384, 60)).tobytes().count(0) < usual.crop((0, 0, 100, 60)).tobytes().count(0)


def test_a_code_looks_the_same_whatever_script_stands_around_it() -> None:
    """From left to right, in the same characters: ink stands in the same columns."""
    english = drawn(Secret("CODE", CARD.code), dots=576)
    arabic = drawn(Row("الرمز", "1"), Secret("الرمز", CARD.code), dots=576)
    backwards = drawn(Secret("CODE", CARD.code[::-1]), dots=576)
    assert 4 * difference(english, arabic) < difference(english, backwards)


def difference(one: Image.Image, other: Image.Image) -> int:
    """How much the ink in the columns of the lowest line differs, in a frame at the foot of a paper."""
    lines = [picture.crop((20, picture.height - 75, 556, picture.height - 30)) for picture in (one, other)]
    columns = [
        [line.crop((x, 0, x + 1, line.height)).tobytes().count(0) for x in range(line.width)]
        for line in lines
    ]
    return sum(abs(first - second) for first, second in zip(*columns, strict=True))


def test_numbers_among_right_to_left_words_keep_their_order() -> None:
    assert with_numbers_kept("اتصل بالرقم 1-800-555-0199.") == "اتصل بالرقم \u20661-800-555-0199\u2069."
    assert with_numbers_kept("بطاقة ...2WZA") == "بطاقة \u2066...2WZA\u2069"
    assert with_numbers_kept("بطاقة Harbor Coffee 25.00") == "بطاقة \u2066Harbor Coffee 25.00\u2069"
    assert with_numbers_kept("sale 03-000418") == "sale 03-000418"
    assert with_numbers_kept("Ñandú 03-000418") == "Ñandú 03-000418"
    assert as_written("TEST-1") == "TEST-1"
    assert as_written("كود-12") == "\u202dكود-12\u202c"
    assert [is_right_to_left(text) for text in ("12 קוד", "12 code", "", "12")] == [True, False, False, False]


def test_every_word_of_an_arabic_paper_is_drawn_and_its_code_is_read() -> None:
    (came,) = escpos_reader.read(printing(render_raster(wholly_arabic(), 576)))
    assert isinstance(came, Picture)
    assert came.scanned() == [CARD.code]


@pytest.mark.parametrize("code", ["TEST\n1", "TEST\x00", "TEST\U0010fffd"])
def test_a_code_no_font_has_a_shape_for_is_refused(code: str) -> None:
    with pytest.raises(DeviceProblem) as problem:
        render_raster(document(Secret("CODE", code)), 384)
    assert problem.value.reason == "can_not_render"
    assert "TEST" not in repr(problem.value)


def test_a_code_on_two_lines_stands_in_two_of_one_length() -> None:
    long = "TEST-4MHD-9PTR-2WZA-8GKV-3XBN"
    picture = drawn(Secret("", long))
    rows = [
        ink(picture.crop((10, top, 374, top + 1)))
        for top in range(20, picture.height - 20)
        if picture.crop((10, top, 374, top + 1)).getextrema() == (0, 255)
    ]
    widths = {right - left for left, _top, right, _bottom in rows}
    assert max(widths) < 330


def test_a_symbol_there_is_no_room_for_says_so() -> None:
    too_long = Barcode("TEST-" * 30, "the code")
    assert render_raster(document(too_long), 384) != render_raster(document(), 384)
    left, _top, right, bottom = ink(drawn(QR("TEST-" * 700, "the code")))
    assert bottom < 60
    assert 384 - right == pytest.approx(left, abs=3)


def test_a_bitmap_holds_all_its_dots() -> None:
    with pytest.raises(ValueError, match="dots"):
        Bitmap(9, 2, b"\x00\x00")
    assert "bits" not in repr(Bitmap(8, 1, b"\x00"))


def test_rows_become_dots() -> None:
    bitmap = from_rows([bytes([1, 0, 1]), bytes([0, 1, 0])], 2, 1)
    assert (bitmap.width, bitmap.height, bitmap.stride) == (6, 2, 1)
    assert bitmap.bits == bytes([0b11001100, 0b00110000])
    assert stacked((bitmap, bitmap)).bits == bitmap.bits * 2
    assert from_rows([bytes([1])], 3).bits == bytes([0b11100000]) * 3


@pytest.mark.parametrize("width", [384, 512, 576])
def test_where_to_tear_is_shown_within_the_edges(width: int) -> None:
    left, _top, right, _bottom = ink(image(tear_line(width)))
    assert left == 8
    assert right == width - 8


@given(st.lists(st.integers(1, 700), min_size=1, max_size=3))
def test_a_picture_of_any_height_comes_whole(heights: list[int]) -> None:
    bitmap = stacked([from_rows([bytes([place % 2, 1])] * height, 4) for place, height in enumerate(heights)])
    (came,) = escpos_reader.read(printing(bitmap))
    assert isinstance(came, Picture)
    assert came.image.tobytes() == image(bitmap).tobytes()


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=30))
def test_bars_are_never_longer_than_they_must_be(text: str) -> None:
    """Eleven modules a character, or a pair of digits, and 35 for start, check and stop."""
    row = code128.modules(text)
    assert row is not None
    assert len(row) <= 35 + 11 * len(text)
    digits = code128.modules("1234567890123456")
    assert digits is not None
    assert len(digits) == 123
    code = code128.modules(CARD.code)
    assert code is not None
    assert len(code) == 244


@pytest.mark.parametrize("text", ["", "é", "TEST\n", "\x7f"])
def test_what_bars_can_not_hold(text: str) -> None:
    assert code128.modules(text) is None


def pages(content: bytes) -> list[Any]:
    pdf: Any = pypdfium2.PdfDocument(content)
    return [pdf[number] for number in range(len(pdf))]


@pytest.mark.parametrize(("sheet", "width", "height"), [("A4", 210, 297), ("Letter", 215.9, 279.4)])
def test_a_slip_is_one_sheet_with_everything_on_it(sheet: Any, width: float, height: float) -> None:
    (page,) = pages(render_sheets(slip(), sheet=sheet))
    assert page.get_width() / MM == pytest.approx(width, abs=0.5)
    assert page.get_height() / MM == pytest.approx(height, abs=0.5)
    shown = page.get_textpage().get_text_range()
    assert CARD.code in shown
    assert "reportfraud.ftc.gov" in shown
    picture = page.render(scale=203 / 72).to_pil()
    left, top, right, bottom = ink(picture.convert("L"))
    margin = 15 * 203 / 25.4
    assert min(left, top, picture.width - right, picture.height - bottom) > margin


@pytest.mark.parametrize(("sheet", "wide"), [("roll", 80), ("A4", 210), ("Letter", 216)])
def test_pages_are_what_the_shop_prints_on(tmp_path: Path, sheet: Any, wide: int) -> None:
    paper = Paper(folder=str(tmp_path), sheet=sheet)
    printer = printer_for(paper, None, render_pages, render_raster)
    assert printer is not None
    asyncio.run(printer.print(slip(), "03-000418-slip-1"))
    (page,) = pages((tmp_path / "03-000418-slip-1.pdf").read_bytes())
    assert page.get_width() / MM == pytest.approx(wide, abs=0.5)
    assert CARD.code in page.get_textpage().get_text_range()


def test_a_long_paper_goes_on_over_the_page_and_nothing_is_cut_through() -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    rows = [Row(f"Row {number}", "$1.00") for number in range(120)]
    others = words.replace("word", "other")
    paper = document(
        Text(words, align="center"),
        Text(others, indent=2),
        *rows,
        Banner(("END",), "double", words.replace("word", "framed")),
        QR("TEST-1", "x"),
    )
    sheets = pages(render_sheets(paper))
    assert len(sheets) > 3
    shown = [page.get_textpage().get_text_range() for page in sheets]
    together = " ".join(" ".join(shown).split())
    for kind in ("word", "other", "framed"):
        assert all(f"{kind}{number}" in together for number in range(3000))
    for page in sheets:
        picture = page.render(scale=1).to_pil().convert("L")
        assert ink(picture)[3] < picture.height - 36
    assert all(f"Row {number}" in together for number in range(120))
    assert [f"page {number} of {len(sheets)}" in text for number, text in enumerate(shown, 1)] == [
        True
    ] * len(sheets)
    for page in sheets:
        assert page.get_textpage().count_rects() > 0


def test_what_is_a_little_too_long_for_a_sheet_is_enlarged_by_less() -> None:
    """Two lines on a sheet of their own would be lost."""
    few, more, most = ([Row(f"Row {number}", "$1.00") for number in range(count)] for count in (40, 58, 75))
    widths = [ink(page.render(scale=1).to_pil().convert("L")) for page in one_sheet_each(few, more)]
    (left, _top, right, bottom), (closer, _top, farther, lower) = widths
    assert left < closer < farther < right
    assert bottom < lower < 842 - 50
    assert len(pages(render_sheets(document(*most)))) > 1


def one_sheet_each(*all_rows: list[Row]) -> list[Any]:
    return [page for rows in all_rows for (page,) in [pages(render_sheets(document(*rows)))]]


def test_how_to_read_a_code_is_told_in_the_letters_of_the_code() -> None:
    """Its zero has a dot in it, which that of running text has not; long words stay on the paper."""
    plain_zero = drawn(Text("0", align="center", size="small"))
    assert drawn(Text("0", align="center", size="small", like_codes=True)) != plain_zero
    long = drawn(Text("0 = a word of many letters " * 3, align="center", like_codes=True))
    left, _top, right, _bottom = ink(long)
    assert left >= 4
    assert right <= 380


def test_no_line_ends_behind_a_hyphen_of_an_address() -> None:
    """Whoever types it in would not know whether the hyphen belongs to it."""
    address = "for-all-who-were-asked-to-pay.help.example"
    whole = Paragraph(address, sans("normal"), 1e6).last_width
    broken = Paragraph(f"Help is at {address}", sans("normal"), 1.05 * whole)
    assert len(broken.lines()) == 2
    assert broken.last_width == pytest.approx(whole)


STRANGE = "\U0001d800\U00016a40\U0010fffd"
"""A sign, a letter and something private, of none of which any usual font has a shape."""


def test_what_no_font_has_is_no_box_on_paper() -> None:
    assert with_shapes(f"A é{STRANGE} € 25", sans("normal")) == "A é?? € 25"
    assert with_shapes("متجر, a\u200db", sans("normal")) == "متجر, a\u200db"
    plain_words = drawn(Text("Games ??"), Row("Card", "Games ?? 25"))
    assert drawn(Text(f"Games {STRANGE}"), Row("Card", f"Games {STRANGE} 25")) == plain_words


@pytest.mark.parametrize("strange", STRANGE)
def test_a_code_is_never_changed_to_what_a_font_has(strange: str) -> None:
    with pytest.raises(DeviceProblem, match="can_not_render"):
        drawn(Secret("CODE", f"TEST{strange}"))


def test_digits_stand_in_columns_behind_what_qt_counts_as_two() -> None:
    font = sans("normal")
    before, after = tabular("ab 115", font), tabular("\U0001f381 115", font)
    assert [(one.start, one.length) for one in after] == [(one.start, one.length) for one in before]
    joined = tabular("\U0001f3811", font)
    assert [(one.start, one.length) for one in joined] == [(0, 2), (2, 1)]
