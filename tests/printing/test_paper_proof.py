from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter

from pos_app.errors import DeviceProblem
from pos_app.printing import encode, escpos, proof, symbols, text
from pos_app.printing.devices import FilePrinter
from pos_app.printing.document import QR, Banner, Barcode, Block, Cut, Document, Face, Logo, Row, Secret, Text
from pos_app.printing.logo import headed
from pos_app.printing.raster import Bitmap, from_rows, printing
from pos_app.printing.readback import PrintedLine, Unreadable, read
from pos_app.settings import Paper
from tests.printing import escpos_reader
from tests.printing.escpos_reader import DrawerOpened, Picture, Severed, scanned
from tests.printing.papers import pending, receipt, slip
from tests.printing.scripts import arabic_receipt, arabic_slip, wholly_arabic
from tests.sales_made_up import CARD
from ui.printing.pieces import Modules, Space
from ui.printing.qt_printer import render_pdf, render_raster, render_sheets

pytestmark = pytest.mark.usefixtures("qapp")

Form = Literal["auto", "text", "picture"]

NARROW = Paper(columns=32, profile="POS-5890")
MIDDLE = Paper(columns=42, profile="TM-T88V")
WIDE = Paper(columns=48, profile="TM-T20II")
PRINTERS = [NARROW, MIDDLE, WIDE]
FORMS: list[Form] = ["auto", "text", "picture"]

AT_MOST = 60.0


def document(*blocks: Block) -> Document:
    return Document("slip", "A paper", (*blocks, Cut()))


def with_form(paper: Paper, form: Form, symbol: symbols.Symbol = "qr") -> Paper:
    return paper.model_copy(update={"form": form, "symbol": symbol})


def events(job: bytes, paper: Paper) -> list[escpos_reader.Event]:
    pages = escpos_reader.ZJIANG if paper.profile == "POS-5890" else escpos_reader.EPSON
    return escpos_reader.read(job, pages)


def picture_of_a_shop() -> bytes:
    picture = QImage(40, 20, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.black)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(picture)
    return bytes(buffer.data().data())


def is_a_picture(job: bytes, paper: Paper) -> bool:
    """Whether nothing but pictures comes out."""
    return not any(isinstance(event, escpos_reader.PrintedLine) for event in events(job, paper))


def payloads(paper: Document) -> list[str]:
    return [block.payload for block in paper.blocks if isinstance(block, QR)]


@pytest.mark.parametrize("symbol", ["qr", "code128"])
@pytest.mark.parametrize("form", ["text", "picture"])
@pytest.mark.parametrize("printer", PRINTERS, ids=lambda printer: printer.profile)
def test_every_paper_can_be_proven_in_every_form(
    paper: Document, printer: Paper, form: Form, symbol: symbols.Symbol
) -> None:
    chosen = with_form(printer, form, symbol)
    came = events(encode.prepared(paper, chosen, render_raster), chosen)
    assert scanned(came) == payloads(paper)
    assert not any(isinstance(event, DrawerOpened) for event in came)
    assert sum(isinstance(event, Severed) for event in came) == (0 if printer is NARROW else 1)


def test_what_the_shop_chose_is_what_comes() -> None:
    for printer in PRINTERS:
        assert is_a_picture(encode.prepared(slip(), with_form(printer, "picture"), render_raster), printer)
        for form in ("auto", "text"):
            job = encode.prepared(slip(), with_form(printer, form), render_raster)
            assert not is_a_picture(job, printer)


@pytest.mark.parametrize("name", ["قسيمة", "ギフトカード", "บัตรของขวัญ", "Quà tặng Phở Việt", "כרטיס", "🎁"])
def test_letters_the_printer_lacks_go_as_a_picture(name: str) -> None:
    paper = document(Text(name), Secret("CODE", CARD.code), QR(CARD.code, "x"))
    job = encode.prepared(paper, MIDDLE, render_raster)
    assert is_a_picture(job, MIDDLE)
    assert scanned(events(job, MIDDLE)) == [CARD.code]


@pytest.mark.parametrize("name", ["Épicerie Łódź – “so” 25 €", "Привет Ωμέγα", "a\u00a0b\u200bc ¼ ﬁ ™"])
def test_letters_the_printer_has_and_signs_that_can_be_spelled_go_as_text(name: str) -> None:
    assert not is_a_picture(encode.prepared(document(Text(name)), MIDDLE, render_raster), MIDDLE)


def test_a_letter_that_would_lose_its_mark_goes_as_a_picture() -> None:
    """CP437, the only page of this printer, has no Ł and no ź."""
    simple = Paper(columns=42, profile="simple")
    assert is_a_picture(encode.prepared(document(Text("Łódź")), simple, render_raster), simple)
    assert not is_a_picture(encode.prepared(document(Text("Café 25 €")), simple, render_raster), simple)


def test_a_paper_with_the_shops_picture_is_drawn_and_without_anything_that_draws_it_lacks_it() -> None:
    png = picture_of_a_shop()
    with_logo = headed(slip(), png)
    assert Logo(png) in with_logo.blocks
    assert is_a_picture(encode.prepared(with_logo, MIDDLE, render_raster), MIDDLE)
    plain = with_form(MIDDLE, "text")
    assert encode.prepared(with_logo, plain, render_raster) == encode.prepared(slip(), plain, render_raster)
    assert headed(pending(), png) == pending(), "not on what is kept for a day"
    assert headed(slip(), b"") == slip()


def test_without_anything_that_draws_all_is_text_as_ever() -> None:
    job = encode.prepared(arabic_slip(), MIDDLE)
    assert "?????" in " ".join(
        event.text for event in events(job, MIDDLE) if isinstance(event, escpos_reader.PrintedLine)
    )
    assert scanned(events(job, MIDDLE)) == [CARD.code]
    assert encode.prepared(arabic_slip(), with_form(MIDDLE, "picture")) == job
    assert encode.prepared(arabic_slip(), with_form(MIDDLE, "text"), render_raster) == job


def test_a_printer_that_prints_no_pictures_gets_text_and_says_that_there_is_no_symbol() -> None:
    impact = Paper(columns=40, profile="TM-U220", form="picture", symbol="code128")
    job = encode.prepared(slip(), impact, render_raster)
    printed = escpos_reader.read(job)
    assert scanned(printed) == []
    assert any(
        isinstance(event, escpos_reader.PrintedLine) and "QR: can not be printed here" in event.text
        for event in printed
    )


def test_a_code_of_letters_the_printer_lacks_is_drawn_where_it_can_be() -> None:
    # The program's own font has these: what other fonts this computer has makes no difference.
    paper = document(Secret("CODE", "TEST-ẞƏҚ"), QR("TEST-ẞƏҚ", "x"))
    job = encode.prepared(paper, MIDDLE, render_raster)
    assert is_a_picture(job, MIDDLE)
    assert scanned(events(job, MIDDLE)) == ["TEST-ẞƏҚ"]
    for refused in (
        lambda: encode.prepared(paper, with_form(MIDDLE, "text"), render_raster),
        lambda: encode.prepared(paper, MIDDLE),
    ):
        with pytest.raises(DeviceProblem) as problem:
            refused()
        assert problem.value.reason == "can_not_render"


@pytest.mark.parametrize(
    ("printer", "code", "is_bars"),
    [
        (WIDE, "TEST-4MHD-9PTR-2WZA", True),
        (MIDDLE, "TEST-4MHD-9PTR-2WZA", False),
        (MIDDLE, "TEST4MHD9PTR2WZA", True),
        (MIDDLE, "6034932100001230", True),
        (WIDE, "TEST-4MHD-9PTR-2WZA-AND-MORE", False),
        (WIDE, "TEST-É", False),
        (NARROW, "12", False),
    ],
)
@pytest.mark.parametrize("form", ["text", "picture"])
def test_bars_stand_where_they_fit_and_a_qr_code_elsewhere(
    printer: Paper, code: str, form: Form, is_bars: bool
) -> None:
    chosen = with_form(printer, form, "code128")
    came = events(encode.prepared(document(QR(code, "the code")), chosen, render_raster), chosen)
    assert scanned(came) == [code]
    assert formats(came) == ["Code128" if is_bars else "QRCode"]


def formats(came: Iterable[escpos_reader.Event]) -> list[str]:
    import zxingcpp

    return [
        "".join(part for part in str(found.format) if part.isalnum()).replace("BarcodeFormat", "")
        for event in came
        if isinstance(event, Picture)
        for found in zxingcpp.read_barcodes(event.image)
    ]


def test_bars_are_wide_enough_for_a_scanner_and_keep_their_quiet_zones() -> None:
    picture = symbols.picture(Barcode("TEST4MHD9PTR2WZA", "x"), 512)
    assert picture is not None
    row = bytes(
        picture.bits[picture.stride * (picture.height // 2) + dot // 8] >> (7 - dot % 8) & 1
        for dot in range(picture.width)
    )
    quiet = row.index(1)
    assert quiet == 20
    assert len(row) - len(row.rstrip(b"\0")) >= 20


def refused(check: object) -> str:
    assert callable(check)
    with pytest.raises(DeviceProblem) as problem:
        check()
    assert "TEST" not in repr(problem.value)
    return problem.value.reason


def proven(job: bytes, paper: Document, printer: Paper = MIDDLE) -> None:
    pages = escpos.code_pages(printer.profile)
    proof.check_text(job, paper, columns=printer.columns, pages=pages)


def test_a_job_that_does_not_say_what_it_should_is_not_sent() -> None:
    paper = document(Secret("CODE", "TEST-4MHD"), Secret("PIN", "0012"), QR("TEST-4MHD", "x"))
    job = escpos.render(paper, profile="TM-T88V", columns=42)
    proven(job, paper)
    spoiled = [
        job.replace(b"TEST-4MHD", b"TEST-4MHO"),
        job.replace(b"TEST-4MHD", b"TEST-4MHD-"),
        job.replace(b"TEST-4MHD", b""),
        job.replace(b"0012", b"012"),
        job.replace(b"0012", b"0012 and more"),
        job.replace(b"PIN\n", b"PIN" + 40 * b"-" + b"\n"),
        job + b"\x1bp\x00\x19\xfa",
        job + b"tail",
        job[:-1],
        job.replace(b"PIN\n", b"P\x07IN\n"),
        job.replace(b"\x1dv0", b"\x1dv1"),
        job.replace(b"\x1dV\x01", b"\x1dV\x41"),
        job + b"\x1bt\xc8",
        job + b"\x1cx",
        job + b"\x1d(k",
        escpos.render(replace_qr(paper, "TEST-4MHO"), profile="TM-T88V", columns=42),
        escpos.render(replace_qr(paper, None), profile="TM-T88V", columns=42),
    ]
    for one in spoiled:
        assert refused(lambda one=one: proven(one, paper)) == "would_misprint"


def replace_qr(paper: Document, payload: str | None) -> Document:
    others = [block for block in paper.blocks if not isinstance(block, QR)]
    return document(*others, *([] if payload is None else [QR(payload, "x")]))


def test_two_codes_that_changed_places_are_not_sent() -> None:
    one, other = Secret("CODE", "TEST-1"), Secret("PIN", "TEST-2")
    job = escpos.render(document(one, other), profile="TM-T88V", columns=42)
    assert refused(lambda: proven(job, document(other, one))) == "would_misprint"


def test_a_line_of_double_width_counts_twice() -> None:
    job = b"\x1b!\x20" + 22 * b"W" + b"\n"
    assert refused(lambda: proven(job, document())) == "would_misprint"
    proven(b"\x1b!\x20" + 21 * b"W" + b"\n", document())


def picture_of(paper: Document, dots: int = 512) -> Bitmap:
    return render_raster(symbols.chosen(paper, "qr", dots), dots)


def test_a_picture_that_does_not_show_what_it_should_is_not_sent() -> None:
    paper = document(Secret("CODE", "TEST-4MHD"), QR("TEST-4MHD", "x"))
    good = picture_of(paper)
    proof.check_picture(good, paper)
    bits = bytearray(good.bits)
    middle = len(bits) * 3 // 4
    bits[middle : middle + 40 * good.stride] = bytes(40 * good.stride)
    edge = bytearray(good.bits)
    edge[100 * good.stride] = 0x80
    spoiled = [
        Bitmap(good.width, good.height, bytes(bits)),
        Bitmap(good.width, good.height, bytes(edge)),
        Bitmap(good.width, good.height, bytes(len(good.bits))),
        picture_of(document(Secret("CODE", "TEST-4MHD"), QR("TEST-4MHO", "x"))),
        picture_of(document(Secret("CODE", "TEST-4MHD"))),
        picture_of(document(QR("TEST-4MHD", "x"), QR("TEST-4MHD", "x"))),
    ]
    for one in spoiled:
        assert refused(lambda one=one: proof.check_picture(one, paper)) == "would_misprint"


def test_a_job_of_pictures_holds_nothing_else_and_none_too_wide() -> None:
    paper = document(QR("TEST-4MHD", "x"))
    job = printing(picture_of(paper))
    proof.check_pictures(job, [paper], dots=512)
    for one, dots in ((job + b"x\n", 512), (job + b"\n" + job, 512), (b"", 512), (job, 384)):
        reason = refused(lambda one=one, dots=dots: proof.check_pictures(one, [paper], dots=dots))
        assert reason == "would_misprint"


def test_papers_cut_apart_are_each_a_picture_of_their_own() -> None:
    paper = Document("slip", "x", (Text("一"), QR("TEST-1", "x"), Cut(), Text("二"), QR("TEST-2", "x")))
    job = encode.prepared(paper, WIDE, render_raster)
    came = events(job, WIDE)
    assert [type(event) for event in came if isinstance(event, Picture | Severed)] == [
        *(Picture, Severed),
        *(Picture, Severed),
    ]
    assert scanned(came) == ["TEST-1", "TEST-2"]


def test_what_can_not_be_proven_as_text_is_drawn_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_whole(*_args: object, **_named: object) -> None:
        raise DeviceProblem("would_misprint")

    monkeypatch.setattr(proof, "check_text", not_whole)
    assert is_a_picture(encode.prepared(slip(), MIDDLE, render_raster), MIDDLE)
    for form, drawing in (("text", render_raster), ("auto", None)):
        chosen = MIDDLE.model_copy(update={"form": form})
        reason = refused(lambda chosen=chosen, drawing=drawing: encode.prepared(slip(), chosen, drawing))
        assert reason == "would_misprint"


def test_what_draws_wrongly_prints_nothing(tmp_path: Path) -> None:
    def another(_paper: Document, dots: int) -> Bitmap:
        return render_raster(document(QR("TEST-OTHER", "x")), dots)

    printer = FilePrinter(tmp_path, with_form(MIDDLE, "picture"), None, another)
    with pytest.raises(DeviceProblem) as problem:
        asyncio.run(printer.print(slip(), "03-000418-slip-1"))
    assert problem.value.reason == "would_misprint"
    assert list(tmp_path.iterdir()) == []


def test_the_till_prints_arabic_as_a_picture_and_on_a_worker_thread(tmp_path: Path) -> None:
    threads: list[threading.Thread] = []

    def drawn(paper: Document, dots: int) -> Bitmap:
        threads.append(threading.current_thread())
        return render_raster(paper, dots)

    asyncio.run(FilePrinter(tmp_path, MIDDLE, render_pdf, drawn).print(arabic_slip(), "03-000418-slip-1"))
    job = (tmp_path / "03-000418-slip-1.escpos").read_bytes()
    assert is_a_picture(job, MIDDLE)
    assert scanned(events(job, MIDDLE)) == [CARD.code]
    assert threads
    assert threading.main_thread() not in threads


def test_a_text_file_is_proven_too() -> None:
    assert encode.prepared_text(slip(), MIDDLE).decode() == text.render(slip(), 42)
    lines = text.render(slip(), 42).splitlines()
    proof.check_lines(lines, slip(), 42)
    assert refused(lambda: proof.check_lines(lines, slip(), 41)) == "would_misprint"
    shorter = [line.replace("-2WZA", "") for line in lines]
    assert refused(lambda: proof.check_lines(shorter, slip(), 42)) == "would_misprint"


def test_bars_are_named_in_a_text_file() -> None:
    shown = encode.prepared_text(slip(), with_form(WIDE, "auto", "code128")).decode()
    assert "[ Bars: the code only, no link ]" in shown


@pytest.mark.parametrize("render", [render_pdf, render_sheets])
def test_a_page_whose_symbol_can_not_be_read_is_not_made(
    monkeypatch: pytest.MonkeyPatch, render: Callable[[Document], bytes]
) -> None:
    assert render(slip())
    monkeypatch.setattr(Modules, "paint", Space(0).paint)
    assert refused(lambda: render(slip())) == "would_misprint"


any_text = st.text(max_size=60)
# All of them are in the program's own font, which draws what a printer lacks.
any_code = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x17F, exclude_characters="Ĳĳŉſ"), min_size=1, max_size=40
)


@given(name=any_text, recipient=any_text, code=any_code, form=st.sampled_from(FORMS))
def test_whatever_it_is_called_nothing_is_lost_and_every_symbol_is_read(
    name: str, recipient: str, code: str, form: Form
) -> None:
    code = "".join(filter(str.isprintable, code)) or "TEST"
    paper = document(
        Face(name, "USD 25.00"),
        Secret("CODE", code),
        QR(code, "the code"),
        Row(name, "$25.00"),
        Row("For", recipient),
        Banner((name,), "double", recipient),
        Text(recipient, align="center"),
    )
    for printer in (NARROW, WIDE):
        chosen = with_form(printer, form)
        try:
            job = encode.prepared(paper, chosen, render_raster)
        except DeviceProblem as problem:
            if (problem.reason, form) != ("can_not_render", "text"):
                raise
            # A code with a letter the printer does not have, in a shop that wants nothing but text.
            continue
        assert scanned(events(job, printer)) == [code]


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40))
def test_any_code_of_plain_characters_can_stand_in_bars(code: str) -> None:
    chosen = with_form(WIDE, "text", "code128")
    came = events(encode.prepared(document(QR(code, "the code")), chosen), chosen)
    assert scanned(came) == [code]


@pytest.mark.parametrize("code", ["かc", "é", "ñ€", "漢字", "قسيمة", "TEST-É"])
def test_a_code_in_letters_of_its_own_is_read_as_these(code: str) -> None:
    """Whose bytes may as well be two others' in another encoding."""
    came = events(encode.prepared(document(QR(code, "x")), MIDDLE), MIDDLE)
    assert scanned(came) == [code]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(job: bytes) -> None:
    try:
        came = read(job, {0: "cp437", 16: "cp1252"})
    except Unreadable:
        return
    assert all(isinstance(one, PrintedLine | Bitmap) for one in came)


def test_bands_are_one_picture_and_pictures_apart_are_two() -> None:
    tall = from_rows([bytes([1])] * 600, 8)
    assert read(printing(tall), {}) == [tall]
    assert read(printing(tall) + b"\x1bd\x06" + printing(tall), {}) == [tall, tall]


def test_papers_are_proven_on_any_thread() -> None:
    papers = (slip(), wholly_arabic(), arabic_receipt(), receipt())
    found: list[list[str]] = []

    def work() -> None:
        found.extend(scanned(events(encode.prepared(paper, WIDE, render_raster), WIDE)) for paper in papers)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join(AT_MOST)
    assert found == [payloads(paper) for paper in papers]
