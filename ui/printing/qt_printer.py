"""A document as a PDF, on a roll or on sheets, and as a picture: one layout, drawn with our own fonts.

Everything is laid out in hundredths of a millimetre. Needs a running QGuiApplication, on any thread: only
pictures, papers and fonts are touched, no widget, and Qt lets those be drawn anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from shiboken6 import delete

from pos_app.i18n import _
from pos_app.printing import proof, symbols
from pos_app.printing.document import Document
from pos_app.printing.raster import Bitmap, stacked
from ui.printing.dots import DOT, in_dots, in_strips, painted
from ui.printing.fonts import MM, sans
from ui.printing.layout import lay_out
from ui.printing.pieces import CENTER, Indented, Paragraph, Piece, Shrunk, Space, Stack

Sheet = Literal["A4", "Letter"]

_UNITS_PER_INCH: Final = 2540
_NARROW: Final = 70.0
_ROLL_EDGE: Final = 16
_RASTER_MARGIN: Final = 4
"""Dots left white at either edge: heads are seldom quite where the paper is."""

_SHEETS: Final = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
_COLUMN: Final = 96.0 * MM
"""Of a sheet: a roll's layout, a little wider, and all of it a quarter larger where that fits."""
_ENLARGED: Final = 1.25
_SHEET_MARGIN: Final = 18.0 * MM
_FOOT: Final = 8.0 * MM


def render_pdf(document: Document, *, paper_mm: float = 80) -> bytes:
    """`document` as a PDF of one page, `paper_mm` wide and as long as it needs to be.

    What is drawn is drawn as a picture too, and its symbols are read back. Raises DeviceProblem:
    "can_not_render" for a code that is not made of characters, "would_misprint" for one that is not read.
    """
    margin = _roll_margin(paper_mm)
    width = paper_mm * MM - 2 * margin
    document = _fitted(document, width)
    body = Stack(lay_out(document, width, dot=1))
    proof.check_picture(in_dots(body, width, _ROLL_EDGE * DOT), document)
    size = QSizeF(paper_mm, (body.height + 2 * margin) / MM)
    page = QPageSize(size, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch)
    buffer = QBuffer()
    writer = _writer(document, buffer, page)
    painter = QPainter(writer)
    body.paint(painter, QPointF(margin, margin))
    _finish(painter)
    return bytes(buffer.data().data())


def render_pages(document: Document, sheet: str) -> bytes:
    """`document` as a PDF on a `sheet` as the settings name it: `A4` or `Letter`, else a roll of 80 mm.

    Raises DeviceProblem as `render_pdf`.
    """
    match sheet:
        case "A4" | "Letter":
            return render_sheets(document, sheet=sheet)
        case _:
            return render_pdf(document)


def render_sheets(document: Document, *, sheet: Sheet = "A4") -> bytes:
    """`document` as a PDF for an office printer: one column in larger type, on as many sheets as it takes.

    What needs only a little less room to stand on one sheet is enlarged by less. Raises DeviceProblem as
    `render_pdf`.
    """
    page = QPageSize(_SHEETS[sheet])
    size = page.size(QPageSize.Unit.Millimeter)
    document = _fitted(document, _COLUMN)
    pieces = lay_out(document, _COLUMN, dot=1)
    needed = max(sum(piece.height for piece in pieces), 1)
    on_one = (size.height() * MM - 2 * _SHEET_MARGIN) / needed * 0.999
    enlarged = min(_ENLARGED, on_one) if on_one >= 1 else _ENLARGED
    width, height = size.width() * MM / enlarged, size.height() * MM / enlarged
    top = _SHEET_MARGIN / enlarged
    left = (width - _COLUMN) / 2
    pages = list(_paged(pieces, height - 2 * top - (0 if on_one >= 1 else _FOOT)))
    proof.check_picture(stacked([in_dots(body, _COLUMN, _ROLL_EDGE * DOT) for body in pages]), document)
    buffer = QBuffer()
    writer = _writer(document, buffer, page)
    painter = QPainter(writer)
    for number, body in enumerate(pages, 1):
        if number > 1:
            writer.newPage()
        painter.save()
        painter.scale(enlarged, enlarged)
        body.paint(painter, QPointF(left, top))
        if len(pages) > 1:
            counted = _("{title} - page {number} of {of}")
            text = counted.format(title=document.title, number=number, of=len(pages))
            foot = Paragraph(text, sans("small"), _COLUMN, CENTER)
            foot.paint(painter, QPointF(left, height - top - foot.height))
        painter.restore()
    _finish(painter)
    return bytes(buffer.data().data())


def render_image(document: Document, dots: int, *, paper_mm: float = 80) -> QImage:
    """`document` as a picture `dots` pixels wide, as it would come out on paper `paper_mm` wide.

    Raises DeviceProblem("can_not_render") for a code that is not made of characters.
    """
    dot, margin = paper_mm * MM / dots, _roll_margin(paper_mm)
    width = paper_mm * MM - 2 * margin
    body = Stack(lay_out(_fitted(document, width), width, dot))
    return painted(body, dots, dot, margin)


def render_raster(document: Document, dots: int) -> Bitmap:
    """`document` as the dots of a receipt printer's line, `dots` of them, eight to the millimetre.

    Every dot is black or white. Raises DeviceProblem("can_not_render") for a code that is not made of
    characters, or of such as no font has.
    """
    margin = _RASTER_MARGIN
    return in_strips(_fitted(document, (dots - 2 * margin) * DOT), dots, margin)


def _fitted(document: Document, width: float) -> Document:
    """`document` with the symbols there is room for."""
    return symbols.chosen(document, "qr", int(width / DOT) + symbols.MARGIN)


def _roll_margin(paper_mm: float) -> float:
    return (4.0 if paper_mm >= _NARROW else 3.0) * MM


def _writer(document: Document, buffer: QBuffer, page: QPageSize) -> QPdfWriter:
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(document.title)
    writer.setCreator("Countercard")
    writer.setResolution(_UNITS_PER_INCH)
    writer.setPageSize(page)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    return writer


def _finish(painter: QPainter) -> None:
    """Have the document written, its fonts too; `painter` is gone then.

    That takes Qt 7 ms or more. Its `end` keeps the interpreter for as long, and the window waits; what ends
    it too, its destruction, does not.
    """
    delete(painter)


def _paged(pieces: Sequence[Piece], room: float) -> Iterator[Stack]:
    """`pieces` on pages of `room` height; only a text that is longer than a page is taken apart.

    A frame that is taller than a page is made smaller.
    """
    page: list[Piece] = []
    left = room
    for piece in _no_taller(pieces, room):
        if piece.height > left:
            yield Stack(tuple(page))
            page, left = [], room
        if page or not isinstance(piece, Space):
            page.append(piece)
            left -= piece.height
    yield Stack(tuple(page))


def _no_taller(pieces: Sequence[Piece], room: float) -> Iterator[Piece]:
    for piece in pieces:
        if piece.height <= room:
            yield piece
            continue
        match piece:
            case Paragraph():
                yield from piece.lines()
            case Indented(inside=Paragraph() as words, by=by):
                yield from (Indented(line, by) for line in words.lines())
            case _:
                yield Shrunk(piece, room / piece.height)
