from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel

from pos_app import i18n
from pos_app.errors import DeviceProblem
from pos_app.orders.cards import Card
from pos_app.printing.document import QR, Banner, Cut, Document, Either, Face, Row, Secret, Text
from tests.printing.papers import (
    NUMBER_CARD,
    PAPERS,
    french_training_slip,
    mixed_receipt,
    pending,
    receipt,
    slip,
)
from tests.sales_made_up import CARD
from ui import theme
from ui.printing.qt_printer import render_image, render_pdf

pytestmark = pytest.mark.usefixtures("qapp")

MM = 72 / 25.4


def open_pdf(content: bytes) -> Any:
    pdf: Any = pypdfium2.PdfDocument(content)
    assert len(pdf) == 1
    return pdf[0]


def read_pdf(content: bytes) -> str:
    return open_pdf(content).get_textpage().get_text_range()


def scan(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def as_picture(image: QImage) -> Image.Image:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    data = bytes(grey.constBits())
    return Image.frombuffer("L", (grey.width(), grey.height()), data, "raw", "L", grey.bytesPerLine(), 1)


def payloads(paper: Document) -> list[str]:
    return [block.payload for block in paper.blocks if isinstance(block, QR)]


def test_a_page_is_a_piece_of_roll(paper: Document) -> None:
    page = open_pdf(render_pdf(paper))
    assert page.get_width() / MM == pytest.approx(80, abs=1)
    assert 60 < page.get_height() / MM < 400


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_even_a_short_paper_keeps_its_width(paper_mm: float) -> None:
    page = open_pdf(render_pdf(Document("receipt", "Short", (Text("Short"), Cut())), paper_mm=paper_mm))
    assert page.get_width() / MM == pytest.approx(paper_mm, abs=1)
    assert page.get_height() < page.get_width()


def words(text: str) -> str:
    """The characters that are seen, in whatever lines; a hyphen at a line's end comes back as U+FFFE."""
    return "".join(text.replace("\ufffe", "-").split())


def test_every_character_can_be_copied_as_it_was_meant(paper: Document) -> None:
    shown = words(read_pdf(render_pdf(paper)))
    for block in paper.blocks:
        match block:
            case Secret():
                assert words(block.label + block.value) in shown
            case Text():
                assert words(block.text) in shown
            case Row():
                assert words(block.left) in shown
                assert words(block.right) in shown
            case Face():
                assert words(block.brand + block.amount) in shown
            case Banner():
                assert words("".join(block.lines) + block.text) in shown
            case Either():
                said = [
                    words(part.text if isinstance(part, Text) else part.left + part.right)
                    for part in (*block.wide, *block.narrow)
                ]
                assert any(one in shown for one in said)
            case _:
                continue
    assert not any("\ue000" <= character <= "\uf8ff" for character in shown)


@pytest.mark.parametrize(
    "code", ["TEST0O1IlB8S5Z2", "TEST->=!=www///0x0", "TEST-fi-fl-ffi-12:30-1/2", "T.E.S.T,;:1:1"]
)
def test_no_two_characters_of_a_code_melt_into_one(code: str) -> None:
    shown = words(read_pdf(render_pdf(Document("slip", "x", (Secret("CODE", code), Cut())))))
    assert shown == f"CODE{code}"


def test_accents_and_grouped_numbers_are_in_the_text() -> None:
    shown = read_pdf(render_pdf(french_training_slip()))
    assert "6034 9321 0000 1230" in shown
    assert "Épicerie Ñandú & Söhne" in shown
    assert shown.count("TRAINING, NO VALUE") == 2


def test_the_file_tells_its_title_and_no_code() -> None:
    pdf: Any = pypdfium2.PdfDocument(render_pdf(slip()))
    about = pdf.get_metadata_dict()
    assert about["Title"] == "Gift card 1 of 2, sale 03-000418"
    assert not any("4MHD" in value for value in about.values())


@pytest.mark.parametrize("name", ["slip", "pending", "french_training_slip", "duplicate_slip"])
def test_the_qr_code_on_the_page_is_the_bare_code(name: str) -> None:
    paper = PAPERS[name]()
    picture = open_pdf(render_pdf(paper)).render(scale=203 / 72).to_pil()
    assert scan(picture) == payloads(paper)


@pytest.mark.parametrize("dots", [384, 512, 576, 640])
def test_the_qr_code_in_a_picture_is_the_bare_code(dots: int) -> None:
    image = render_image(slip(), dots)
    assert image.width() == dots
    assert scan(as_picture(image)) == [CARD.code]


@pytest.mark.parametrize("length", [4, 16, 19, 40, 80])
def test_qr_codes_of_any_length_keep_their_quiet_zone_and_size(length: int) -> None:
    code = ("TEST-" * 16)[:length]
    image = render_image(Document("slip", "A code", (QR(code, "the code"), Cut())), 640)
    picture = as_picture(image)
    assert scan(picture) == [code]
    left, top, right, bottom = Image.eval(picture, lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    module = 0.5 * 640 / 80
    quiet = 4 * module
    assert right - left >= 21 * module
    assert min(left, top, image.width() - right, image.height() - bottom) >= quiet


def test_nothing_leaves_the_paper(paper: Document) -> None:
    for paper_mm, dots in ((80, 640), (58, 464)):
        picture = as_picture(render_image(paper, dots, paper_mm=paper_mm))
        left, top, right, bottom = Image.eval(picture, lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
        margin = 2 * 640 / 80
        assert left >= margin
        assert top >= margin
        assert right <= dots - margin
        assert bottom <= picture.height - margin


@pytest.mark.parametrize(
    "code",
    [
        "TEST",
        "TEST-4MHD-9PTR-2WZA-TEST-4MHD-9PTR-2WZA",
        "T" * 200,
        "https://redeem.acme.example/card?number=TEST-1234567890&check=" + "a" * 90,
        "WWWW-MMMM-WWWW-MMMM-WW",
    ],
)
def test_a_code_of_any_length_is_wholly_on_the_page(code: str) -> None:
    content = render_pdf(Document("slip", "A code", (Secret("CODE", code), Cut())))
    assert words(read_pdf(content)) == f"CODE{code}"
    picture = open_pdf(content).render(scale=203 / 72).to_pil().convert("L")
    left, _top, right, _bottom = Image.eval(picture, lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    assert left > 20
    assert right < picture.width - 20


@pytest.mark.parametrize("length", [1500, 3000])
def test_a_code_too_long_for_a_qr_code_is_printed_without_one(length: int) -> None:
    code = ("test-" * 600)[:length]
    paper = Document("slip", "A code", (Secret("CODE", code), QR(code, "the code"), Cut()))
    content = render_pdf(paper)
    assert words(read_pdf(content)) == words(f"CODE{code}QR: can not be printed here")
    assert render_image(paper, 640).width() == 640


@pytest.mark.parametrize("code", ["TEST\n1", "TEST\x00"])
def test_a_code_that_is_not_made_of_characters_is_refused(code: str) -> None:
    with pytest.raises(DeviceProblem) as problem:
        render_pdf(Document("slip", "A code", (Secret("CODE", code), Cut())))
    assert problem.value.reason == "can_not_render"


def test_the_programs_own_fonts_are_embedded(qapp: QApplication) -> None:
    content = render_pdf(slip())
    assert b"Inter" in content
    assert b"JetBrains" in content


@pytest.mark.parametrize("language", ["en", "ar"])
def test_numbers_can_be_copied_from_a_page_whatever_the_windows_own_font_does(
    qapp: QApplication, language: str
) -> None:
    """Its digits are of one width, by a feature of the font that would lose them on a page."""
    theme.apply(qapp, "light")
    i18n.set_language(language)
    try:
        said = words(read_pdf(render_pdf(receipt())))
    finally:
        i18n.set_language("en")
    for number in ("03-000418", "2026-11-21", "25.00", "12207", "518-555-0100", "2WZA"):
        assert number in said


def test_pictures_of_equal_papers_are_equal() -> None:
    assert render_image(slip(), 640) == render_image(slip(), 640)
    assert render_image(slip(), 640) != render_image(french_training_slip(), 640)


def test_cards_are_told_apart_by_their_qr_codes() -> None:
    other: Card = replace(NUMBER_CARD, code="TEST-OTHER-0001")
    picture = as_picture(render_image(Document("slip", "x", (QR(other.code, "x"), Cut())), 576))
    assert scan(picture) == ["TEST-OTHER-0001"]


def test_papers_are_drawn_on_any_thread_while_the_window_paints(qapp: QApplication) -> None:
    """Each is what this thread draws, and says the same."""
    papers = [slip(), mixed_receipt(), pending()]
    alone = [read_pdf(render_pdf(paper)) for paper in papers]
    label = QLabel("Money received")
    with ThreadPoolExecutor(2) as pool:
        drawn = [pool.submit(render_pdf, papers[number % 3]) for number in range(30)]
        while not all(one.done() for one in drawn):
            label.grab()
    assert [read_pdf(one.result()) for one in drawn] == alone * 10
