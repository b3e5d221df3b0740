"""Blocks set in type: which pieces a paper of some width is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, assert_never

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QFont, QImage

from pos_app.errors import DeviceProblem
from pos_app.i18n import _
from pos_app.printing import logo, symbols
from pos_app.printing.document import (
    QR,
    Banner,
    Barcode,
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
    thoughts,
)
from ui.printing.bidi import as_written, has_right_to_left, is_right_to_left
from ui.printing.fonts import MM, font_of, label_font, load_fonts, mono, sans, weight
from ui.printing.pieces import (
    CENTER,
    LEADING,
    LEFT,
    LEFT_TO_RIGHT,
    RIGHT,
    RIGHT_TO_LEFT,
    Beside,
    Frame,
    Indented,
    Line,
    Modules,
    Paragraph,
    Picture,
    Piece,
    Scale,
    Space,
    Stack,
)
from ui.printing.turns import let_others_have_theirs

_GAP: Final = 2.5 * MM
_LARGEST_CODE: Final = 6.0 * MM
_SMALLEST_CODE: Final = 3.6 * MM
_SMALLEST_NAME: Final = 3.6 * MM
_SMALLEST_HEADLINE: Final = 3.3 * MM
_SMALLEST_THOUGHT: Final = 3.0 * MM
_SMALLEST_TOTAL: Final = 3.4 * MM
_LEGEND: Final = 2.6 * MM
_SMALLEST_LEGEND: Final = 2.2 * MM
_SMALLEST_WORDS: Final = 2.6 * MM
_FOR_WEAK_EYES: Final = 9.0 * MM
_MODULE: Final = 0.9 * MM
_SMALLEST_MODULE: Final = 0.5 * MM
_BAR: Final = 0.375 * MM
_SMALLEST_BAR: Final = 0.25 * MM
_BAR_HEIGHT: Final = 12.0 * MM
_BAR_QUIET: Final = 2.0 * MM
_COARSE: Final = 0.1 * MM
_SHORT_NAME: Final = 0.35
_SHORT_VALUE: Final = 0.45


def lay_out(document: Document, width: float, dot: float) -> tuple[Piece, ...]:
    """The pieces of `document` on paper with room for `width`, whose printer's dots are `dot` wide.

    Raises DeviceProblem("can_not_render") for a code that is not made of characters, or of such as no font
    has.
    """
    mirrored = is_mirrored(document)
    pieces: list[Piece] = []
    for block in document.blocks:
        let_others_have_theirs()
        pieces += pieces_of(block, width, dot, mirrored=mirrored)
    return tuple(pieces)


def pieces_of(block: Block, width: float, dot: float, *, mirrored: bool) -> Sequence[Piece]:
    """The pieces of one block of a document that is `mirrored` or not. Raises as `lay_out`."""
    load_fonts()
    return _Setter(width, dot, mirrored=mirrored).block(block)


def is_mirrored(document: Document) -> bool:
    """Whether the paper is in a language read from right to left: most of its rows are named in it."""
    names = [block.left for block in document.blocks if isinstance(block, Row)]
    names = names or [block.text for block in document.blocks if isinstance(block, Text)]
    return 2 * sum(map(is_right_to_left, names)) > len(names)


class _Setter:
    """Sets blocks in type, `width` wide; `mirrored` where names stand right and values left."""

    def __init__(self, width: float, dot: float, *, mirrored: bool) -> None:
        self._width = width
        self._dot = dot
        self._mirrored = mirrored
        self._direction = RIGHT_TO_LEFT if mirrored else LEFT_TO_RIGHT

    def _sans(self, size: Size, *, bold: bool = False) -> QFont:
        # Where a dot is as thick as a thin stroke, strokes are thicker: half of them would be lost.
        return sans(size, bold=bold, firm=self._dot >= _COARSE)

    def _plain(self, size: float) -> QFont:
        return font_of(size, weight(firm=self._dot >= _COARSE))

    def block(self, block: Block) -> Sequence[Piece]:
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

    def _between(self, block: Rule | Ruler | Logo | QR | Barcode | Feed | Cut) -> Sequence[Piece]:
        """What holds no words."""
        match block:
            case Rule():
                return [Space(1.3 * MM), Line(self._width, self._dot), Space(1.3 * MM)]
            case Ruler():
                return [Space(1.0 * MM), Scale(self._width, self._dot), Space(1.0 * MM)]
            case Logo():
                return self._logo(block)
            case QR():
                rows = symbols.made_of(block).modules
                fits = 0 < len(rows) <= self._width / _SMALLEST_MODULE
                return [self._symbol(rows, _MODULE) if fits else self._no_symbol(block)]
            case Barcode():
                row = symbols.bars(block.payload, int(self._width / _SMALLEST_BAR))
                return [self._no_symbol(block)] if row is None else self._bars(row)
            case Feed():
                return [Space(2.0 * MM * block.lines)]
            case Cut():
                return []
            case _:
                assert_never(block)

    def _all(self, blocks: Iterable[Block]) -> Sequence[Piece]:
        return [piece for block in blocks for piece in self.block(block)]

    def _text(self, block: Text) -> Sequence[Piece]:
        font = self._sans(block.size, bold=block.bold)
        text = plain(block.text)
        if block.align == "center":
            if block.like_codes:
                font = self._like_codes(text)
            elif block.size in {"headline", "large"}:
                font = self._on_one_line(text, font, _SMALLEST_NAME)
            return [self._centred(text, font)]
        indent = block.indent * 2.0 * MM
        if self._mirrored and self._fits(block) and not has_right_to_left(text):
            # A name in other letters; what goes on over several lines is read from its own side.
            return [Paragraph(text, font, self._width - indent, RIGHT), Space(0.9 * MM)]
        paragraph = Paragraph(text, font, self._width - indent)
        from_left = 0 if is_right_to_left(text) else indent
        return [Indented(paragraph, from_left), Space(0.9 * MM)]

    def _centred(
        self, text: str, font: QFont, width: float | None = None, *, inverted: bool = False
    ) -> Paragraph:
        """`text` in the middle, on lines of about one length: none of them is a single word."""
        width = width or self._width
        needed = self._one_line(text, font)
        fewest = Paragraph(text, font, width, CENTER, inverted=inverted)
        if needed <= width:
            return fewest
        even = needed / len(fewest.lines())
        for tenths in range(10):
            narrow = Paragraph(text, font, even + (width - even) * tenths / 10, CENTER, inverted=inverted)
            if len(narrow.lines()) == len(fewest.lines()):
                narrow.stand_in(width)
                return narrow
        return fewest

    def _row(self, block: Row) -> Sequence[Piece]:
        font = self._sans(block.size, bold=block.bold)
        left, right = plain(block.left), plain(block.right)
        if block.size == "large":
            # The one amount that counts stands beside its name, if it can still be read from afar.
            width = self._one_line(left, font) + _GAP + self._one_line(right, font, in_columns=True)
            smaller = font.pixelSize() * self._width / width * 0.99
            font = font_of(smaller, font.weight()) if _SMALLEST_TOTAL <= smaller < font.pixelSize() else font
        taken, needed = self._one_line(left, font), self._one_line(right, font, in_columns=True)
        gap = Space(0.35 * MM)
        start, end = (RIGHT, LEFT) if self._mirrored else (LEFT, RIGHT)
        if taken + _GAP + needed > self._width and needed > _SHORT_VALUE * self._width:
            if taken > _SHORT_NAME * self._width or needed <= self._width:
                name = self._paragraph(left, font, self._width, start)
                value = self._paragraph(right, font, self._width, end, in_columns=True)
                return [name, value, gap]
            needed = self._width - taken - _GAP
        # A little wider than measured, so that rounding never breaks the line.
        value = self._paragraph(right, font, needed + 1, end, in_columns=True)
        name = self._paragraph(left, font, self._width - needed - 1 - _GAP + 2, start)
        beyond = self._width - needed - 1
        if self._mirrored:
            return [Beside(name, value, needed + 1 + _GAP - 2, 0), gap]
        return [Beside(name, value, 0, beyond), gap]

    def _paragraph(
        self, text: str, font: QFont, width: float, align: Qt.AlignmentFlag, *, in_columns: bool = False
    ) -> Paragraph:
        return Paragraph(text, font, width, align, direction=self._direction, in_columns=in_columns)

    def _fits(self, part: Text | Row) -> bool:
        font = self._sans(part.size, bold=part.bold)
        if isinstance(part, Text):
            return self._one_line(plain(part.text), font) + part.indent * 2.0 * MM <= self._width
        left, right = plain(part.left), plain(part.right)
        taken = self._one_line(left, font) + _GAP + self._one_line(right, font, in_columns=True)
        return taken <= self._width

    def _one_line(self, text: str, font: QFont, *, in_columns: bool = False) -> float:
        return Paragraph(text, font, 1e6, in_columns=in_columns).last_width

    def _face(self, block: Face) -> Sequence[Piece]:
        size = _FOR_WEAK_EYES if block.large else 5.6 * MM
        brand = Paragraph(plain(block.brand), font_of(size, 700), self._width, CENTER)
        amount = Paragraph(plain(block.amount), self._plain(size), self._width, CENTER)
        return [Space(1.2 * MM), brand, amount]

    def _banner(self, block: Banner) -> Sequence[Piece]:
        filled = block.border == "bang"
        strengths = {"bang": (), "star": (0.7 * MM,), "double": (0.3 * MM, 0.3 * MM)}[block.border]
        padding = 2.6 * MM if block.border == "double" else 1.8 * MM
        width = self._width - 2 * padding
        font = font_of((4.0 if block.text else 4.4) * MM, 700)
        lines: list[str] = []
        for line in map(plain, block.lines):
            smaller = self._on_one_line(line, font, _SMALLEST_HEADLINE, width)
            lines += [line] if self._one_line(line, smaller) <= width else thoughts(line)
        for line in lines:
            font = self._on_one_line(line, font, _SMALLEST_THOUGHT, width)
        inside: list[Piece] = [self._centred(line, font, width, inverted=filled) for line in lines]
        if block.text:
            text, font = plain(block.text), self._sans("normal")
            # An address to turn to is one word: it is not broken for want of half a letter's room.
            font = self._on_one_line(max(text.split(), key=len, default=""), font, _SMALLEST_WORDS, width)
            inside += [Space(1.0 * MM), Paragraph(text, font, width, inverted=filled)]
        stack = Stack(tuple(inside))
        frame = Frame(stack, self._width, strengths, self._dot, padding, filled=filled)
        return [Space(1.8 * MM), frame, Space(1.8 * MM)]

    def _on_one_line(self, text: str, font: QFont, smallest: float, width: float | None = None) -> QFont:
        """`font`, or a smaller one in which `text` stands on one line, if that is not below `smallest`."""
        size = font.pixelSize()
        fitting = size * (width or self._width) / max(self._one_line(text, font), 1) * 0.99
        return font if fitting >= size or fitting < smallest else font_of(fitting, font.weight())

    def _like_codes(self, text: str) -> QFont:
        # A zero of the running text has nothing in it, one of a code has.
        fitting = _LEGEND * self._width / max(self._one_line(text, mono(_LEGEND)), 1) * 0.99
        return mono(max(min(_LEGEND, fitting), _SMALLEST_LEGEND))

    def _logo(self, block: Logo) -> Sequence[Piece]:
        # What it is shows in itself; Qt's binding takes no name for it beside bytes.
        picture = QImage.fromData(QByteArray(block.png))
        if picture.isNull() or not picture.width():
            return []
        scale = logo.scale(picture.width(), picture.height(), self._width, MM)
        return [Picture(picture, self._width, scale), Space(1.6 * MM)]

    def _symbol(self, rows: Sequence[bytes], largest: float, tall: float | None = None) -> Piece:
        room = self._width / len(rows[0])
        module = max(int(min(largest, room) / self._dot), 1) * self._dot
        return Modules(rows, self._width, module, module if tall is None else tall, self._dot)

    def _bars(self, row: bytes) -> Sequence[Piece]:
        return [Space(_BAR_QUIET), self._symbol([row], _BAR, _BAR_HEIGHT), Space(_BAR_QUIET)]

    def _no_symbol(self, block: QR | Barcode) -> Piece:
        # Longer than any symbol, or wider than the paper: whoever expects one sees that there is none.
        text = _("can not be printed here")
        says = _("QR: {says}") if isinstance(block, QR) else _("Bars: {says}")
        return Paragraph(says.format(says=text), self._sans("normal"), self._width, CENTER)

    def _secret(self, block: Secret) -> Sequence[Piece]:
        if not printable(block.value):
            raise DeviceProblem("can_not_render")
        padding = 1.6 * MM
        width = self._width - 2 * padding
        between = " " if is_grouped(block.value) else ""
        align = RIGHT if self._mirrored else LEADING
        label = Paragraph(plain(block.label), label_font(), width, align)
        smallest = _FOR_WEAK_EYES if block.large else _SMALLEST_CODE
        lines = _code_lines(groups(block.value), between, width, smallest)
        if not all(line.is_drawable for line in lines):
            raise DeviceProblem("can_not_render")
        stack = Stack((label, Space(0.4 * MM), *lines))
        frame = Frame(stack, self._width, (0.25 * MM,), self._dot, padding, radius=1.2 * MM)
        return [frame, Space(1.4 * MM)]


def _code_lines(pieces: tuple[str, ...], between: str, width: float, smallest: float) -> list[Paragraph]:
    """A code as large as fits on one line; on several, whole groups each, if that were below `smallest`."""
    whole = between.join(pieces)
    largest = max(_LARGEST_CODE, smallest)
    natural = _code(whole, mono(largest), 1e6).last_width
    size = min(largest, largest * width / max(natural, 1) * 0.99)
    if size >= smallest:
        return [_code(whole, mono(size), width)]
    # No group is taken apart for the sake of larger type: a link is not read letter by letter.
    longest = max(_code(piece, mono(smallest), 1e6).last_width for piece in pieces)
    size = min(smallest, max(_SMALLEST_CODE, smallest * width / max(longest, 1) * 0.99))
    return _in_lines(pieces, between, width, mono(size))


def _in_lines(pieces: tuple[str, ...], between: str, width: float, font: QFont) -> list[Paragraph]:
    """Whole groups on as few lines as it takes, all of about one length."""
    lines = _filled(pieces, between, width, font)
    if len(lines) > 1:
        even = _code(between.join(pieces), font, 1e6).last_width / len(lines)
        for tenths in range(11):
            tried = _filled(pieces, between, even + (width - even) * tenths / 10, font)
            if len(tried) == len(lines):
                lines = tried
                break
    return [_code(line, font, width) for line in lines]


def _filled(pieces: tuple[str, ...], between: str, width: float, font: QFont) -> list[str]:
    lines = [""]
    for piece in pieces:
        joined = lines[-1] + (between if lines[-1] else "") + piece
        if not lines[-1] or _code(joined, font, 1e6).last_width <= width:
            lines[-1] = joined
        else:
            lines.append(piece)
    return lines


def _code(text: str, font: QFont, width: float) -> Paragraph:
    return Paragraph(as_written(text), font, width, CENTER, direction=LEFT_TO_RIGHT, exact=True)
