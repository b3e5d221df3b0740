"""How a paper of the shop's will look, as a picture to be seen: drawn as it would be, or in its characters.

Needs a running QGuiApplication, on any thread: only pictures and fonts are touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPen

from pos_app.printing import encode, escpos, symbols
from pos_app.printing.document import QR, Barcode, Document, plain
from pos_app.printing.logo import headed
from pos_app.printing.raster import Bitmap
from pos_app.printing.samples import sample_receipt, sample_slip
from pos_app.printing.text import Line, lay_out, width
from pos_app.settings import Paper, Settings, Shop
from ui.printing.fonts import load_fonts, mono
from ui.printing.qt_printer import render_image, render_raster

Which = Literal["slip", "receipt"]
Form = Literal["picture", "text"]

_NARROW_DOTS: Final = 384
_NARROW_MM: Final = 58
_WIDE_MM: Final = 80
_DOTS_A_MM: Final = 8
_CELL: Final = 12
"""A character is so many dots wide and twice as high: a receipt printer's font A."""
_EDGE: Final = 24
_FINE: Final = 2


@dataclass(frozen=True, slots=True)
class Preview:
    """A paper as it will look. `mm` is how wide the paper is; `characters`, what can be read on it."""

    image: QImage
    mm: float
    characters: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What a paper is drawn from; `picture` is the shop's, a PNG, or empty."""

    settings: Settings
    shop: Shop
    paper: Paper
    picture: bytes = field(default=b"", repr=False)


def paper_mm(paper: Paper) -> int:
    """How wide the paper is that has so many dots."""
    return _NARROW_MM if paper.dots == _NARROW_DOTS else _WIDE_MM


def preview(sample: Sample, which: Which, form: Form, at: datetime) -> Preview:
    """The paper `which` of a sale that never was. Raises DeviceProblem("can_not_render")."""
    load_fonts()
    paper = sample.paper
    document = symbols.chosen(_document(sample, which, at), paper.symbol, paper.dots)
    mm = paper_mm(paper)
    if form == "text":
        image = _in_characters(document, paper, mm)
    elif paper.printer in {"folder", "queue"}:
        image = render_image(document, mm * _DOTS_A_MM * _FINE, paper_mm=mm)
    else:
        image = _on_paper(_picture_of(render_raster(document, paper.dots)), mm)
    return Preview(image, mm, _characters(document, paper.columns))


def prove(sample: Sample, which: Which, at: datetime) -> bool:
    """Make the paper as it would be sent, and read it back; whether it goes as a picture for want of letters.

    Slow. Raises DeviceProblem for what would not be printed.
    """
    paper, document = sample.paper, _document(sample, which, at)
    encode.prepared(document, paper, render_raster)
    return (
        paper.form == "auto"
        and escpos.draws(paper.profile)
        and not escpos.has_letters_for(document, profile=paper.profile, columns=paper.columns)
    )


def _document(sample: Sample, which: Which, at: datetime) -> Document:
    make = sample_slip if which == "slip" else sample_receipt
    return headed(make(sample.settings, sample.shop, at), sample.picture)


def _characters(document: Document, columns: int) -> str:
    return "\n".join(part.text.strip() for part in lay_out(document, columns) if isinstance(part, Line))


def _picture_of(dots: Bitmap) -> QImage:
    shown = QImage(dots.bits, dots.width, dots.height, dots.stride, QImage.Format.Format_Mono)
    shown.setColorTable([0xFFFFFFFF, 0xFF000000])
    # A copy: the first one reads the bytes it was made of, which go.
    return shown.convertToFormat(QImage.Format.Format_Grayscale8)


def _on_paper(printed: QImage, mm: float) -> QImage:
    """`printed` in the middle of the roll, where its dots begin and end."""
    whole = _blank(round(mm * _DOTS_A_MM), printed.height() + 2 * _EDGE)
    painter = QPainter(whole)
    painter.drawImage((whole.width() - printed.width()) // 2, _EDGE, printed)
    painter.end()
    return whole


def _blank(wide: int, high: int) -> QImage:
    image = QImage(wide, high, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    return image


def _in_characters(document: Document, paper: Paper, mm: float) -> QImage:
    """The lines a receipt printer prints, each character in its cell."""
    # A file holds every letter; a printer has its own, and puts others in the place of those it lacks.
    spell = plain if paper.printer == "folder" else escpos.speller(paper.profile)
    parts = list(lay_out(document, paper.columns, spell=spell, double=True))
    drawn = [symbols.picture(part, paper.dots) if isinstance(part, QR | Barcode) else None for part in parts]
    high = sum(_height(part, symbol) for part, symbol in zip(parts, drawn, strict=True))
    whole = _blank(round(mm * _DOTS_A_MM), high + 2 * _EDGE)
    # What does not fit between the paper's edges is not hidden: whoever chose it is to see it.
    left = (whole.width() - max(paper.dots, 0)) // 2
    painter = QPainter(whole)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    y = _EDGE
    for part, symbol in zip(parts, drawn, strict=True):
        if isinstance(part, Line):
            _write(painter, part, left, y)
        elif symbol is not None:
            picture = _picture_of(symbol)
            painter.drawImage(left + (paper.columns * _CELL - picture.width()) // 2, y, picture)
        else:
            _cut(painter, whole.width(), y + _CELL)
        y += _height(part, symbol)
    painter.end()
    return whole


def _height(part: object, symbol: Bitmap | None) -> int:
    if symbol is not None:
        return symbol.height
    return 4 * _CELL if isinstance(part, Line) and part.tall else 2 * _CELL + 6


def _write(painter: QPainter, line: Line, left: int, y: int) -> None:
    font = mono(_CELL / 0.6)
    font.setWeight(QFont.Weight.Bold if line.bold else QFont.Weight.Medium)
    painter.save()
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.black)
    painter.translate(left, y)
    # Blanks in front are counted in cells of the line's own width only where it is not centred by them.
    painter.scale(2 if line.wide else 1, 2 if line.tall else 1)
    x = 0
    for character in line.text:
        cells = width(character)
        place = QRectF(x * _CELL, 0, max(cells, 1) * _CELL, 2 * _CELL)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), character)
        x += cells
    painter.restore()


def _cut(painter: QPainter, wide: int, y: int) -> None:
    painter.setPen(QPen(Qt.GlobalColor.gray, 2, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(0, y), QPointF(wide, y))
