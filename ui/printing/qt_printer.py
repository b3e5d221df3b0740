"""A document as a PDF on a paper roll, and as a picture: one layout, drawn with the program's own fonts.

Everything is laid out in hundredths of a millimetre. Needs a running QGuiApplication, on any thread: only
pictures, papers and fonts are touched, no widget, and Qt lets those be drawn anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final, Protocol, assert_never

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QImage,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

from pos_app.errors import DeviceProblem
from pos_app.i18n import _
from pos_app.printing.document import (
    QR,
    Banner,
    Block,
    Cut,
    Document,
    Either,
    Face,
    Feed,
    Logo,
    Row,
    Rule,
    Ruler,
    Secret,
    Size,
    Text,
    groups,
    is_grouped,
    plain,
    printable,
)

_MM: Final = 100
_UNITS_PER_INCH: Final = 2540
_SANS: Final = "Inter"
_MONO: Final = "JetBrains Mono"
_SIZES: Final[dict[Size, float]] = {"small": 2.7, "normal": 3.1, "large": 4.2, "headline": 4.9}
_NARROW: Final = 70.0
_GAP: Final = 2.5 * _MM
_LARGEST_CODE: Final = 6.0 * _MM
_SMALLEST_CODE: Final = 4.0 * _MM
_FOR_WEAK_EYES: Final = 9.0 * _MM
_LOGO_WIDTH: Final = 0.8
_LOGO_HEIGHT: Final = 22.0 * _MM
_MODULE: Final = 0.9 * _MM
_SMALLEST_MODULE: Final = 0.5 * _MM
_QUIET: Final = 4
_DIGITS: Final = frozenset("0123456789")
_SHORT_NAME: Final = 0.35
_SHORT_VALUE: Final = 0.45

_LEFT: Final = Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
_CENTER: Final = Qt.AlignmentFlag.AlignHCenter


def render_pdf(document: Document, *, paper_mm: float = 80) -> bytes:
    """`document` as a PDF of one page, `paper_mm` wide and as long as it needs to be.

    Raises DeviceProblem("can_not_render") for a code that is not made of characters.
    """
    sheet = _laid_out(document, paper_mm, dot=1)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(document.title)
    writer.setCreator("Countercard")
    writer.setResolution(_UNITS_PER_INCH)
    size = QSizeF(paper_mm, sheet.height / _MM)
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    _paint(sheet, QPainter(writer))
    return bytes(buffer.data().data())


def render_image(document: Document, dots: int, *, paper_mm: float = 80) -> QImage:
    """`document` as a picture `dots` pixels wide, as it would come out on paper `paper_mm` wide.

    Raises DeviceProblem("can_not_render") for a code that is not made of characters.
    """
    dot = paper_mm * _MM / dots
    sheet = _laid_out(document, paper_mm, dot=dot)
    image = QImage(dots, round(sheet.height / dot), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(1 / dot, 1 / dot)
    _paint(sheet, painter)
    return image


class _Piece(Protocol):
    """Something with a height that can be drawn at a place."""

    @property
    def height(self) -> float: ...

    def paint(self, painter: QPainter, at: QPointF) -> None: ...


@dataclass(frozen=True)
class _Space:
    height: float

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Nothing to see."""


@dataclass(frozen=True)
class _Line:
    width: float
    height: float = 0.22 * _MM

    def paint(self, painter: QPainter, at: QPointF) -> None:
        painter.fillRect(QRectF(at.x(), at.y(), self.width, self.height), Qt.GlobalColor.black)


@dataclass(frozen=True)
class _Picture:
    """A picture in the middle of `width`, each of its pixels `scale` wide."""

    picture: QImage = field(repr=False)
    width: float
    scale: float

    @property
    def height(self) -> float:
        return self.picture.height() * self.scale

    def paint(self, painter: QPainter, at: QPointF) -> None:
        wide = self.picture.width() * self.scale
        place = QRectF(at.x() + (self.width - wide) / 2, at.y(), wide, self.height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self.picture)
        painter.restore()


@dataclass(frozen=True)
class _Scale:
    """A scale in millimetres from edge to edge, every tenth with its number."""

    width: float
    height: float = 6.0 * _MM

    def paint(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(QColor(Qt.GlobalColor.black))
        painter.setFont(_font(_SANS, 2.4 * _MM, 400))
        thick = 0.2 * _MM
        for mm in range(int(self.width / _MM) + 1):
            tall = (3.0 if mm % 10 == 0 else 2.2 if mm % 5 == 0 else 1.4) * _MM
            left = min(at.x() + mm * _MM, at.x() + self.width - thick)
            painter.fillRect(QRectF(left, at.y(), thick, tall), Qt.GlobalColor.black)
            if mm % 10 == 0 and mm:
                place = QRectF(left - 4 * _MM, at.y() + 3.2 * _MM, 8 * _MM, 2.8 * _MM)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(mm))


class _Paragraph:
    """Text in lines of at most `width`; its lines stand at the left, the middle or the right."""

    def __init__(
        self,
        text: str,
        font: QFont,
        width: float,
        align: Qt.AlignmentFlag = _LEFT,
        *,
        inverted: bool = False,
        tabular: bool = False,
    ) -> None:
        option = QTextOption(align)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout = QTextLayout(text, font)
        self._layout.setTextOption(option)
        if tabular:
            self._layout.setFormats(_tabular(text, font))
        self._inverted = inverted
        self.height = 0.0
        self.last_width = 0.0
        self._layout.beginLayout()
        line = self._layout.createLine()
        while line.isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, self.height))
            self.height += line.height()
            self.last_width = line.naturalTextWidth()
            line = self._layout.createLine()
        self._layout.endLayout()

    def paint(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(QColor(Qt.GlobalColor.white if self._inverted else Qt.GlobalColor.black))
        self._layout.draw(painter, at)


@dataclass(frozen=True)
class _Beside:
    """A name and, on the level of its last line, a value; a value of several lines begins level with it."""

    left: _Paragraph
    right: _Paragraph
    right_at: float

    @property
    def height(self) -> float:
        return max(self.left.height, self.right.height)

    def paint(self, painter: QPainter, at: QPointF) -> None:
        self.left.paint(painter, at)
        lower = max(self.left.height - self.right.height, 0)
        self.right.paint(painter, at + QPointF(self.right_at, lower))


@dataclass(frozen=True)
class _Modules:
    """A QR code; `dot` is the size of a pixel, so that every module is a whole number of them."""

    rows: list[bytearray] = field(repr=False)
    width: float
    dot: float

    @property
    def _module(self) -> float:
        room = self.width / len(self.rows)
        wanted = min(_MODULE, max(room, _SMALLEST_MODULE))
        return max(int(wanted / self.dot), 1) * self.dot

    @property
    def height(self) -> float:
        return len(self.rows) * self._module

    def paint(self, painter: QPainter, at: QPointF) -> None:
        rows, module = self.rows, self._module
        left = self._on_a_dot(at.x() + (self.width - len(rows) * module) / 2)
        top = self._on_a_dot(at.y())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for y, row in enumerate(rows):
            for x, length in _runs(row):
                place = QRectF(left + x * module, top + y * module, length * module, module)
                painter.fillRect(place, Qt.GlobalColor.black)
        painter.restore()

    def _on_a_dot(self, value: float) -> float:
        return round(value / self.dot) * self.dot


@dataclass(frozen=True)
class _Stack:
    """Pieces one under the other."""

    pieces: tuple[_Piece, ...]

    @property
    def height(self) -> float:
        return sum(piece.height for piece in self.pieces)

    def paint(self, painter: QPainter, at: QPointF) -> None:
        for piece in self.pieces:
            piece.paint(painter, at)
            at = at + QPointF(0, piece.height)


@dataclass(frozen=True)
class _Frame:
    """A box of `width` around a piece: filled, or with as many lines as it has strengths."""

    inside: _Piece
    width: float
    strengths: tuple[float, ...]
    padding: float = 2.0 * _MM
    radius: float = 0.0
    filled: bool = False

    @property
    def height(self) -> float:
        return self.inside.height + 2 * self.padding

    def paint(self, painter: QPainter, at: QPointF) -> None:
        box = QRectF(at.x(), at.y(), self.width, self.height)
        painter.save()
        if self.filled:
            painter.fillRect(box, Qt.GlobalColor.black)
        for number, strength in enumerate(self.strengths):
            inset = strength / 2 + number * 0.8 * _MM
            painter.setPen(QPen(Qt.GlobalColor.black, strength))
            painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), self.radius, self.radius)
        painter.restore()
        self.inside.paint(painter, at + QPointF(self.padding, self.padding))


@dataclass(frozen=True)
class _Sheet:
    body: _Stack
    margin: float

    @property
    def height(self) -> float:
        """With as much paper at the foot as at the head."""
        return self.body.height + 2 * self.margin


def _paint(sheet: _Sheet, painter: QPainter) -> None:
    sheet.body.paint(painter, QPointF(sheet.margin, sheet.margin))
    painter.end()


def _laid_out(document: Document, paper_mm: float, dot: float) -> _Sheet:
    _load_fonts()
    margin = (4.0 if paper_mm >= _NARROW else 3.0) * _MM
    setter = _Setter(paper_mm * _MM - 2 * margin, dot)
    pieces = [piece for block in document.blocks for piece in setter.block(block)]
    return _Sheet(_Stack(tuple(pieces)), margin)


class _Setter:
    """Sets blocks in type, `width` wide."""

    def __init__(self, width: float, dot: float) -> None:
        self._width = width
        self._dot = dot

    def block(self, block: Block) -> Sequence[_Piece]:
        match block:
            case Text():
                return self._text(block)
            case Row():
                return self._row(block)
            case Either():
                fits = all(self._fits(part) for part in block.wide)
                return self._all(block.wide if fits else block.narrow)
            case Face():
                return self._face(block)
            case Banner():
                return self._banner(block)
            case Secret():
                return self._secret(block)
            case _:
                return self._between(block)

    def _between(self, block: Rule | Ruler | Logo | QR | Feed | Cut) -> Sequence[_Piece]:
        """What holds no words."""
        match block:
            case Rule():
                return [_Space(1.3 * _MM), _Line(self._width), _Space(1.3 * _MM)]
            case Ruler():
                return [_Space(1.0 * _MM), _Scale(self._width), _Space(1.0 * _MM)]
            case Logo():
                return self._logo(block)
            case QR():
                return self._qr(block)
            case Feed():
                return [_Space(2.0 * _MM * block.lines)]
            case Cut():
                return []
            case _:
                assert_never(block)

    def _all(self, blocks: Iterable[Block]) -> Sequence[_Piece]:
        return [piece for block in blocks for piece in self.block(block)]

    def _text(self, block: Text) -> Sequence[_Piece]:
        font = _sans(block.size, bold=block.bold)
        if block.align == "center":
            return [_Paragraph(plain(block.text), font, self._width, _CENTER)]
        indent = block.indent * 2.0 * _MM
        paragraph = _Paragraph(plain(block.text), font, self._width - indent)
        return [_Indented(paragraph, indent), _Space(0.9 * _MM)]

    def _row(self, block: Row) -> Sequence[_Piece]:
        font = _sans(block.size, bold=block.bold)
        left, right = plain(block.left), plain(block.right)
        taken, needed = self._one_line(left, font), self._one_line(right, font, tabular=True)
        gap = _Space(0.35 * _MM)
        if taken + _GAP + needed > self._width and needed > _SHORT_VALUE * self._width:
            if taken > _SHORT_NAME * self._width:
                value = _Paragraph(right, font, self._width, _RIGHT, tabular=True)
                return [_Paragraph(left, font, self._width), value, gap]
            needed = self._width - taken - _GAP
        # A little wider than measured, so that rounding never breaks the line.
        value = _Paragraph(right, font, needed + 1, _RIGHT, tabular=True)
        at = self._width - needed - 1
        return [_Beside(_Paragraph(left, font, at - _GAP + 2), value, at), gap]

    def _fits(self, part: Text | Row) -> bool:
        font = _sans(part.size, bold=part.bold)
        if isinstance(part, Text):
            return self._one_line(plain(part.text), font) + part.indent * 2.0 * _MM <= self._width
        left, right = plain(part.left), plain(part.right)
        taken = self._one_line(left, font) + _GAP + self._one_line(right, font, tabular=True)
        return taken <= self._width

    def _one_line(self, text: str, font: QFont, *, tabular: bool = False) -> float:
        return _Paragraph(text, font, 1e6, tabular=tabular).last_width

    def _face(self, block: Face) -> Sequence[_Piece]:
        size = _FOR_WEAK_EYES if block.large else 5.6 * _MM
        brand = _Paragraph(plain(block.brand), _font(_SANS, size, 700), self._width, _CENTER)
        amount = _Paragraph(plain(block.amount), _font(_SANS, size, 500), self._width, _CENTER)
        return [_Space(1.2 * _MM), brand, amount]

    def _banner(self, block: Banner) -> Sequence[_Piece]:
        filled = block.border == "bang"
        strengths = {"bang": (), "star": (0.7 * _MM,), "double": (0.3 * _MM, 0.3 * _MM)}[block.border]
        padding = 2.6 * _MM if block.border == "double" else 1.8 * _MM
        width = self._width - 2 * padding
        font = _font(_SANS, (4.0 if block.text else 4.4) * _MM, 700)
        inside: list[_Piece] = [
            _Paragraph(plain(line), font, width, _CENTER, inverted=filled) for line in block.lines
        ]
        if block.text:
            inside += [_Space(1.0 * _MM), _Paragraph(plain(block.text), _sans("normal"), width)]
        frame = _Frame(_Stack(tuple(inside)), self._width, strengths, padding, filled=filled)
        return [_Space(1.8 * _MM), frame, _Space(1.8 * _MM)]

    def _logo(self, block: Logo) -> Sequence[_Piece]:
        picture = QImage.fromData(QByteArray(block.png), b"PNG")
        if picture.isNull() or not picture.width():
            return []
        scale = min(self._width * _LOGO_WIDTH / picture.width(), _LOGO_HEIGHT / picture.height())
        return [_Picture(picture, self._width, scale), _Space(1.6 * _MM)]

    def _qr(self, block: QR) -> Sequence[_Piece]:
        import segno

        try:
            code = segno.make(block.payload, error="m", micro=False, boost_error=False)
            rows = [bytearray(row) for row in code.matrix_iter(border=_QUIET)]
        except segno.DataOverflowError:
            rows = []
        if rows and len(rows) * _SMALLEST_MODULE <= self._width:
            return [_Modules(rows, self._width, self._dot)]
        # Longer than any QR code, or wider than the paper: whoever expects one sees that there is none.
        says = _("QR: {says}").format(says=_("can not be printed here"))
        return [_Paragraph(says, _sans("normal"), self._width, _CENTER)]

    def _secret(self, block: Secret) -> Sequence[_Piece]:
        if not printable(block.value):
            raise DeviceProblem("can_not_render")
        padding = 1.6 * _MM
        width = self._width - 2 * padding
        between = " " if is_grouped(block.value) else ""
        label = _Paragraph(plain(block.label), _label_font(), width)
        smallest = _FOR_WEAK_EYES if block.large else _SMALLEST_CODE
        lines = _code_lines(groups(block.value), between, width, smallest)
        frame = _Frame(
            _Stack((label, _Space(0.4 * _MM), *lines)), self._width, (0.25 * _MM,), padding, radius=1.2 * _MM
        )
        return [frame, _Space(1.4 * _MM)]


@dataclass(frozen=True)
class _Indented:
    inside: _Piece
    by: float

    @property
    def height(self) -> float:
        return self.inside.height

    def paint(self, painter: QPainter, at: QPointF) -> None:
        self.inside.paint(painter, at + QPointF(self.by, 0))


def _code_lines(pieces: tuple[str, ...], between: str, width: float, smallest: float) -> list[_Paragraph]:
    """A code as large as fits on one line; on several, whole groups each, if that were below `smallest`."""
    whole = between.join(pieces)
    largest = max(_LARGEST_CODE, smallest)
    natural = _Paragraph(whole, _mono(largest), 1e6).last_width
    size = min(largest, largest * width / max(natural, 1) * 0.99)
    if size >= smallest:
        return [_Paragraph(whole, _mono(size), width, _CENTER)]
    font = _mono(smallest)
    lines = [""]
    for piece in pieces:
        joined = lines[-1] + (between if lines[-1] else "") + piece
        if not lines[-1] or _Paragraph(joined, font, 1e6).last_width <= width:
            lines[-1] = joined
        else:
            lines.append(piece)
    return [_Paragraph(line, font, width, _CENTER) for line in lines]


def _runs(row: bytearray) -> Iterable[tuple[int, int]]:
    """Where dark modules begin in a row, and how many there are."""
    start: int | None = None
    for place, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None


def _sans(size: Size, *, bold: bool = False) -> QFont:
    return _font(_SANS, _SIZES[size] * _MM, 700 if bold else 400)


def _label_font() -> QFont:
    font = _font(_SANS, 2.5 * _MM, 600)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 108)
    return font


def _mono(size: float) -> QFont:
    return _font(_MONO, size, 700)


def _font(family: str, size: float, weight: int) -> QFont:
    font = QFont(family)
    font.setPixelSize(round(size))
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # A PDF of Qt's gives the wrong characters for glyphs that a font feature has put in the place of
    # others: whoever copies the code would get another code. So there are no ligatures, no contextual
    # forms, and neither `tnum` nor `zero`; both fonts tell zero from O without it.
    for feature in ("calt", "liga", "clig"):
        font.setFeature(QFont.Tag(feature), 0)
    return font


def _tabular(text: str, font: QFont) -> list[QTextLayout.FormatRange]:
    """Spacing that gives every digit of `text` a cell of the same width, so that amounts stand in columns."""
    metrics = QFontMetricsF(font)
    cell = max(metrics.horizontalAdvance(digit) for digit in "0123456789")

    def half(place: int) -> float:
        character = text[place : place + 1]
        return (cell - metrics.horizontalAdvance(character)) / 2 if character in _DIGITS else 0.0

    formats: list[QTextLayout.FormatRange] = []
    for place in range(len(text)):
        spacing = half(place) + half(place + 1)
        if spacing:
            spaced = QTextCharFormat()
            spaced.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
            spaced.setFontLetterSpacing(spacing)
            cell_of = QTextLayout.FormatRange()
            cell_of.start, cell_of.length, cell_of.format = place, 1, spaced
            formats.append(cell_of)
    return formats


@cache
def _load_fonts() -> None:
    """Make the fonts that come with the program known to Qt, once."""
    fonts = resources.files("resources").joinpath("fonts")
    for entry in fonts.iterdir():
        if entry.name.endswith((".otf", ".ttf")):
            QFontDatabase.addApplicationFontFromData(QByteArray(entry.read_bytes()))
