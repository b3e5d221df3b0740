"""A document in lines of characters: the text file, and the line layout that receipt printers share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, assert_never

from pos_app.errors import DeviceProblem
from pos_app.i18n import _, right_to_left
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

_GAP: Final = 2
_BETWEEN: Final = "   "
_RULE: Final = "-"
_BORDER: Final = {"double": "=", "bang": "!", "star": "*"}
# A character that is wide in East Asian type may begin a line of its own; others keep together as a word.
_WORD = re.compile(r"\S+")
_BETWEEN_VALUES = re.compile(r"( {2,})")
_RIGHT_TO_LEFT: Final = "\u200f"
_ISOLATED: Final = "\u2068{}\u2069"

Spell = Callable[[str], str]
"""Puts a text into characters that can be printed; codes never go through it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands, blanks in front included. `wide` characters take two columns each.

    A `verbatim` one is a line of a code and holds nothing else.
    """

    text: str = field(repr=False)
    bold: bool = False
    tall: bool = False
    wide: bool = False
    verbatim: bool = False


def render(document: Document, columns: int) -> str:
    """`document` as text of lines of at most `columns` columns, each ended by a line feed.

    Where people read from right to left, unseen marks say so of each line and keep its parts apart.
    Raises DeviceProblem("can_not_render") when a code holds something that is no character.
    """
    lines: list[str] = []
    for part in lay_out(document, columns):
        match part:
            case Line():
                lines.append(part.text if part.verbatim else _as_read(part.text))
            case QR():
                lines.extend(centred("[ {} ]".format(_("QR: {says}").format(says=part.says)), columns))
            case Barcode():
                lines.extend(centred("[ {} ]".format(_("Bars: {says}").format(says=part.says)), columns))
            case Cut():
                lines.extend(centred(mark(_("partial cut")), columns))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _as_read(line: str) -> str:
    """`line` as a file is to be shown: name and value run their own ways, the name where one begins."""
    words = line.strip()
    if not right_to_left() or not any(map(str.isalnum, words)):
        return line
    parts = _BETWEEN_VALUES.split(words)
    kept = "".join(part if part.isspace() else _ISOLATED.format(part) for part in parts)
    return line[: len(line) - len(line.lstrip())] + _RIGHT_TO_LEFT + kept


def mark(word: str) -> str:
    """A dashed line with `word` in it: where the paper is cut, or is to be cut."""
    return f"- - - {word} - - -"


def lay_out(
    document: Document, columns: int, *, spell: Spell = plain, double: bool = False
) -> Iterator[Line | QR | Barcode | Cut]:
    """The lines of `document` on paper of `columns` columns; symbols and cuts are left to the caller.

    With `double`, headlines and codes are in characters of double width where they fit; without, every
    character has the width of its kind. Raises DeviceProblem("can_not_render") for an impossible code.
    """
    layout = _Layout(columns, spell, double=double)
    for block in document.blocks:
        yield from layout.block(block)


def width(text: str) -> int:
    """How many columns `text` takes: two for East Asian wide characters, none for marks that combine."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def wrapped(text: str, columns: int, indent: int = 0) -> list[str]:
    """`text` in lines of at most `columns` columns, broken between words, inside one if need be."""
    room = max(columns - indent, 2)
    if width(text) <= room:
        return [" " * indent + text]
    lines: list[str] = []
    line = ""
    for word in _WORD.findall(text):
        joined = f"{line} {word}" if line else word
        if width(joined) <= room:
            line = joined
            continue
        if line and (width(word) <= room or not _is_wide(word)):
            lines.append(line)
            joined = word
        *full, line = broken(joined, room)
        lines.extend(full)
    lines.append(line)
    return [" " * indent + line for line in lines]


def broken(text: str, columns: int) -> list[str]:
    """`text` cut into lines of at most `columns` columns, wherever they are full; nothing is dropped."""
    lines = [""]
    taken = 0
    for character in text:
        size = _columns_of(character)
        if taken + size > columns:
            lines.append("")
            taken = 0
        lines[-1] += character
        taken += size
    return lines


def centred(text: str, columns: int) -> list[str]:
    """`text` in lines that stand in the middle of `columns`."""
    return [" " * ((columns - width(line)) // 2) + line for line in wrapped(text, columns)]


class _Layout:
    def __init__(self, columns: int, spell: Spell, *, double: bool) -> None:
        self._columns = columns
        self._spell = spell
        self._double = double

    def block(self, block: Block) -> Iterator[Line | QR | Barcode | Cut]:
        match block:
            case Text():
                yield from self._text(block)
            case Row():
                yield from self._row(block)
            case Either():
                fits = all(self._fits(part) for part in block.wide)
                for part in block.wide if fits else block.narrow:
                    yield from self.block(part)
            case Face():
                yield from self._face(block)
            case Banner():
                yield from self._banner(block)
            case Secret():
                yield from self._secret(block)
            case _:
                yield from self._between(block)

    def _between(
        self, block: Rule | Ruler | Logo | Feed | QR | Barcode | Cut
    ) -> Iterator[Line | QR | Barcode | Cut]:
        """What holds no words."""
        match block:
            case Rule():
                yield Line(_RULE * self._columns)
            case Ruler():
                yield Line("".join(str(column % 10) for column in range(1, self._columns + 1)))
            case Feed():
                yield from [Line("")] * block.lines
            case Logo():
                # Lines of characters have no pictures; the shop's name stands there in letters.
                return
            case QR() | Barcode() | Cut():
                yield block
            case _:
                assert_never(block)

    def _text(self, block: Text) -> Iterator[Line]:
        text = self._spell(block.text)
        if block.align == "center":
            yield from self._centred([text], block.size, bold=block.bold)
            return
        for line in wrapped(text, self._columns, block.indent):
            yield Line(line, block.bold, tall=block.size in {"large", "headline"})

    def _row(self, block: Row) -> Iterator[Line]:
        left, right = self._spell(block.left), self._spell(block.right)
        lines = wrapped(left, self._columns)
        room = self._columns - width(lines[-1]) - _GAP
        if width(right) <= room:
            lines[-1] += " " * (room + _GAP - width(right)) + right
        else:
            lines += [" " * (self._columns - width(line)) + line for line in wrapped(right, self._columns)]
        for line in lines:
            yield Line(line, block.bold, tall=block.size == "large")

    def _fits(self, part: Text | Row) -> bool:
        match part:
            case Text():
                return part.indent + width(self._spell(part.text)) <= self._columns
            case Row():
                return width(self._spell(part.left)) + _GAP + width(self._spell(part.right)) <= self._columns

    def _face(self, block: Face) -> Iterator[Line]:
        brand, amount = self._spell(block.brand), self._spell(block.amount)
        together = brand + _BETWEEN + amount
        lines = [together] if width(together) <= self._columns else [brand, amount]
        yield from self._centred(lines, "headline" if block.large else "large", bold=True)

    def _banner(self, block: Banner) -> Iterator[Line]:
        edge = Line(_BORDER[block.border] * self._columns)
        yield edge
        lines = [part for line in block.lines for part in self._on_lines(self._spell(line))]
        yield from self._centred(lines, "headline", bold=True)
        if block.text:
            yield from map(Line, wrapped(self._spell(block.text), self._columns))
        yield edge

    def _on_lines(self, headline: str) -> list[str]:
        return [headline] if width(headline) <= self._columns else thoughts(headline)

    def _centred(self, texts: list[str], size: Size, *, bold: bool) -> Iterator[Line]:
        tall = size in {"large", "headline"}
        for text in texts:
            wide = self._double and size == "headline" and 2 * width(text) <= self._columns
            for line in centred(text, self._columns // 2 if wide else self._columns):
                yield Line(line, bold, tall=tall, wide=wide)

    def _secret(self, block: Secret) -> Iterator[Line]:
        if not printable(block.value):
            raise DeviceProblem("can_not_render")
        yield Line(self._spell(block.label))
        pieces = groups(block.value)
        between = " " if is_grouped(block.value) else ""
        longest = max(map(width, pieces)) if block.large else width(between.join(pieces))
        wide = self._double and 2 * longest <= self._columns
        columns = self._columns // 2 if wide else self._columns
        for line in _packed(pieces, between, columns):
            indented = " " * ((columns - width(line)) // 2) + line
            yield Line(indented, bold=True, tall=True, wide=wide, verbatim=True)


def _packed(pieces: tuple[str, ...], between: str, columns: int) -> list[str]:
    """`pieces` in lines of at most `columns` columns; one is broken only when it is longer than a line."""
    lines: list[str] = []
    line = ""
    for piece in pieces:
        joined = line + (between if line else "") + piece
        if width(joined) <= columns:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = broken(piece, columns)
        lines.extend(full)
    return [*lines, line]


def _is_wide(text: str) -> bool:
    return any(_columns_of(character) > 1 for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
