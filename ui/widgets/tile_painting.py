"""What stands on a brand's tile, drawn for many tiles at once: a key brings twenty that were never drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPixmap,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from pos_app.i18n import right_to_left
from ui import icons, theme
from ui.widgets.address_lines import address_lines
from ui.widgets.monogram import paint_monograms

HIGH: Final = 104
"""How high a tile is, in pixels."""
_SIGN: Final = 44
_BEHIND: Final = 10
"""How far from the edge of their tile words end at the latest."""
_MAIL: Final = 22
"""How much room an envelope takes behind words."""
BETWEEN: Final = " – "
"""What stands between the smallest and the largest amount of a note."""


@dataclass(frozen=True, slots=True)
class Tile:
    """What one tile shows: `place` (an address) and `note` in a line each under the name.

    `mail`: the card goes out by e-mail; a small envelope says so.
    """

    key: str
    name: str
    note: str
    place: str = ""
    mail: bool = False
    spoken: str = ""


class Place(NamedTuple):
    """Where a tile is drawn: `inside` is its colour, and where it is `marked` its edge is thick."""

    tile: Tile
    box: QRectF
    inside: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What all tiles of one drawing share: asked for once, not for each of them.

    `turned` from right to left, on a screen of scale `ratio`; then colours, some of them by name.
    """

    turned: bool
    ratio: float
    text: QColor
    muted: QColor
    around: str
    line: str
    accent: str


def paint_tiles(painter: QPainter, places: Sequence[Place], look: Look) -> None:
    """Draw all of `places`: kind by kind, as each change of pen or font costs as much as a word."""
    signs: list[tuple[QRectF, str, str]] = []
    for tile, box, inside, marked in places:
        edge, thick = (look.accent, 2) if marked else (look.line, 1)
        ground = _ground(look.around, inside, edge, thick, round(box.width()), look.ratio)
        painter.drawPixmap(box.topLeft(), ground)
        left = box.right() - 12 - _SIGN if look.turned else box.x() + 12
        signs.append((QRectF(left, box.center().y() - _SIGN / 2, _SIGN, _SIGN), tile.name, inside))
    paint_monograms(painter, signs)
    painter.setPen(look.text)
    beside = 12 + _SIGN + 10
    below: list[tuple[float, float, float, _Words]] = []
    for tile, box, _inside, _marked in places:
        left, wide, middle = (
            box.x() + (_BEHIND if look.turned else beside),
            box.width() - beside - _BEHIND,
            box.center().y(),
        )
        words = _written(tile, round(wide, 2), look.turned)
        words.name.draw(painter, QPointF(left, middle + words.down))
        below.append((left, wide, middle, words))
    painter.setPen(look.muted)
    for left, wide, middle, words in below:
        for line, down in words.notes:
            line.draw(painter, QPointF(left, middle + down))
        if words.envelope is not None:
            behind, down = words.envelope
            at = left + wide - behind if look.turned else left + behind - 16
            icons.paint(painter, "mail", QRectF(at, middle + down, 16, 16), look.muted)


_NAME: Final = 0
_NOTE: Final = 1
_SMALLER: Final = 2
_NAME_HIGH: Final = 20
_LINE_END: Final = "\u2028"


class _Words(NamedTuple):
    """Words laid out, each beginning so far below the middle of their tile.

    An envelope ends so far behind where they begin, and begins so far below the middle.
    """

    name: QTextLayout
    down: float
    notes: list[tuple[QTextLayout, float]]
    envelope: tuple[float, float] | None


@lru_cache(maxsize=128)
def _written(tile: Tile, wide: float, turned: bool) -> _Words:  # noqa: FBT001  part of the key
    """What stands on a tile whose words have a room of `wide` pixels.

    Most of what a tile costs, and a key brings twenty that were never drawn: so what is laid out is measured
    too, and not once more by itself. It is kept, because the next key may bring them back.
    """
    name = _name(tile.name, wide, turned)
    told = lines_of(tile, wide, turned=turned, is_high=name.lineCount() == 1)
    # The envelope stands behind the amount. Where that is too long, it stands behind the place.
    signed = -1
    if tile.mail and told:
        signed = len(told) - 1 if _has_room(tile.note or told[-1], wide, turned=turned) else 0
    tall = _NAME_HIGH * name.lineCount()
    top = -(tall + 4 + 17 * len(told)) / 2
    begins = round(top + 10 - name.lineAt(0).height() / 2)
    top += tall + 4
    notes: list[tuple[QTextLayout, float]] = []
    envelope: tuple[float, float] | None = None
    for number, note in enumerate(told):
        beside = _MAIL if number == signed else 0
        room = wide - beside
        line, long = _note(note, room, wide, turned, _NOTE)
        if note is tile.note and line.text() != note:
            line, long = _note(note, room, wide, turned, _SMALLER)
        notes.append((line, round(top + 8.5 - line.lineAt(0).height() / 2)))
        if beside:
            envelope = long + beside, top + 0.5
        top += 17
    return _Words(name, begins, notes, envelope)


def lines_of(tile: Tile, wide: float, *, turned: bool, is_high: bool = True) -> list[str]:
    """What stands under the name on a tile whose words have a room of `wide` pixels, line by line.

    Two amounts that are too long for one line, also in letters one size smaller, stand in two of them: an
    amount is never cut. So does a place, which shows its beginning and its end, where there `is_high` room:
    not under a name of two lines.
    """
    told = [tile.note] if tile.note else []
    if tile.place:
        beside = 0 if not tile.mail or (told and _has_room(tile.note, wide, turned=turned)) else _MAIL
        place = address_lines(tile.place, _fonts()[_NOTE], wide, beside, most=2 if is_high else 1)
        told = [*place, *told]
    least, dash, most = tile.note.partition(BETWEEN)
    sizes = (_NOTE, _SMALLER)
    if (
        dash
        and not tile.mail
        and all(_note(tile.note, wide, wide, turned, size)[0].text() != tile.note for size in sizes)
    ):
        told[-1:] = [f"{least}{dash.rstrip()}", most]
    return told


def _has_room(note: str, wide: float, *, turned: bool) -> bool:
    """Whether an envelope can stand behind `note`."""
    return _note(note, wide, wide, turned, _NOTE)[1] + _MAIL <= wide


def _name(words: str, wide: float, turned: bool) -> QTextLayout:  # noqa: FBT001  as it is drawn
    """`words` in at most two lines of `wide` pixels, the last one cut with a mark."""
    laid, first, second = _in_lines(words, wide, turned)
    if first.naturalTextWidth() > wide:
        return _on_one_line(_cut(words, _NAME, wide), _NAME, wide, turned)[0]
    if not second.isValid():
        return laid
    # Qt counts in halves of what may take two of them.
    halves, at = words.encode("utf-16-le"), 2 * first.textLength()
    if second.naturalTextWidth() <= wide and 2 * second.textLength() == len(halves) - at:
        return laid
    rest = _cut(halves[at:].decode("utf-16-le"), _NAME, wide)
    both = f"{halves[:at].decode('utf-16-le').rstrip()}{_LINE_END}{rest}"
    return _in_lines(both, wide, turned, wrap=False)[0]


@lru_cache(maxsize=256)
def _note(words: str, room: float, wide: float, turned: bool, font: int) -> tuple[QTextLayout, float]:  # noqa: FBT001  part of the key
    """`words` on one line of `wide` pixels, cut with a mark where they are longer than `room`; how long."""
    laid, line = _on_one_line(words, font, wide, turned)
    if line.naturalTextWidth() > room:
        laid, line = _on_one_line(_cut(words, font, room), font, wide, turned)
    return laid, line.naturalTextWidth()


def _in_lines(
    words: str,
    wide: float,
    turned: bool,  # noqa: FBT001  as it is drawn
    *,
    wrap: bool = True,
) -> tuple[QTextLayout, QTextLine, QTextLine]:
    """A name in the first two of its lines; the second is not valid where one is enough."""
    laid = QTextLayout(words, _fonts()[_NAME])
    # Without it the letters would be looked up again with every drawing.
    laid.setCacheEnabled(True)
    laid.setTextOption(_option(turned, wrap))
    laid.beginLayout()
    first = laid.createLine()
    first.setLineWidth(wide)
    second = laid.createLine()
    if second.isValid():
        second.setLineWidth(wide)
        second.setPosition(QPointF(0, _NAME_HIGH))
    laid.endLayout()
    return laid, first, second


def _on_one_line(words: str, font: int, wide: float, turned: bool) -> tuple[QTextLayout, QTextLine]:  # noqa: FBT001  as it is drawn
    laid = QTextLayout(words, _fonts()[font])
    laid.setCacheEnabled(True)
    laid.setTextOption(_option(turned, False))
    laid.beginLayout()
    line = laid.createLine()
    line.setLineWidth(wide)
    laid.endLayout()
    return laid, line


@cache
def _option(turned: bool, wrap: bool) -> QTextOption:  # noqa: FBT001  as it is drawn
    side = Qt.AlignmentFlag.AlignRight if turned else Qt.AlignmentFlag.AlignLeft
    option = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.WordWrap if wrap else QTextOption.WrapMode.NoWrap)
    return option


def _cut(words: str, font: int, wide: float) -> str:
    return QFontMetricsF(_fonts()[font]).elidedText(words, Qt.TextElideMode.ElideRight, wide)


@lru_cache(maxsize=16)
def _ground(around: str, fill: str, edge: str, thick: int, wide: int, ratio: float) -> QPixmap:
    """A tile with nothing on it: its round corners take as long to draw as everything on it."""
    pixmap = QPixmap(QSize(round(wide * ratio), round(HIGH * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    # Nothing to see through: that is drawn many times faster.
    pixmap.fill(QColor(around))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill))
    painter.setPen(QPen(QColor(edge), thick))
    half, corner = thick / 2, 15 - thick
    painter.drawRoundedRect(QRectF(0, 0, wide, HIGH).adjusted(half, half, -half, -half), corner, corner)
    painter.end()
    return pixmap


def _fonts() -> tuple[QFont, ...]:
    return _made_fonts(right_to_left())


@cache
def _made_fonts(_turned: bool) -> tuple[QFont, ...]:  # noqa: FBT001  other letters are at hand then
    """The font of names and those of notes; making one takes longer than drawing a word with it."""
    return theme.font(16, QFont.Weight.DemiBold), theme.font(13), theme.font(12)
