"""What a paper is made of when it is drawn: pieces with a height, each of which can be painted at a place.

All lengths are hundredths of a millimetre. `dot` is the length of one of the printer's dots: lines, frames
and modules begin and end at whole dots, so that nothing of them is grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QTextLayout, QTextOption

from ui.printing.bidi import has_right_to_left, is_right_to_left, with_numbers_kept
from ui.printing.fonts import MM, font_of, tabular, unseen, with_shapes
from ui.unbroken import unbroken

LEADING: Final = Qt.AlignmentFlag.AlignLeft
"""Left; right for what is read from right to left."""
LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
CENTER: Final = Qt.AlignmentFlag.AlignHCenter

LEFT_TO_RIGHT: Final = Qt.LayoutDirection.LeftToRight
RIGHT_TO_LEFT: Final = Qt.LayoutDirection.RightToLeft
AS_IT_BEGINS: Final = Qt.LayoutDirection.LayoutDirectionAuto
"""A text runs the way its first letter does."""


class Piece(Protocol):
    """Something with a height that can be drawn at a place."""

    @property
    def height(self) -> float:
        """How much of the paper it takes."""
        ...

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Draw it with its left upper corner at `at`."""
        ...


@dataclass(frozen=True)
class Space:
    """Nothing to see."""

    height: float

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Nothing to do."""


@dataclass(frozen=True)
class Line:
    """A line across `width`."""

    width: float
    dot: float
    height: float = 0.22 * MM

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """As a bar of whole dots."""
        _fill(painter, QRectF(at.x(), at.y(), self.width, self.height), self.dot)


@dataclass(frozen=True)
class Picture:
    """A picture in the middle of `width`, each of its pixels `scale` wide."""

    picture: QImage = field(repr=False)
    width: float
    scale: float

    @property
    def height(self) -> float:
        """As its pixels make it."""
        return self.picture.height() * self.scale

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """In greys; what has none takes them apart into dots later."""
        wide = self.picture.width() * self.scale
        place = QRectF(at.x() + (self.width - wide) / 2, at.y(), wide, self.height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self.picture)
        painter.restore()


@dataclass(frozen=True)
class Scale:
    """A scale in millimetres from edge to edge, every tenth with its number."""

    width: float
    dot: float
    height: float = 6.0 * MM

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """The first mark stands at the left edge, the last one at the right one."""
        painter.setPen(QColor(Qt.GlobalColor.black))
        painter.setFont(font_of(2.4 * MM, 400))
        thick = 0.25 * MM
        for mm in range(int(self.width / MM) + 1):
            tall = (3.0 if mm % 10 == 0 else 2.2 if mm % 5 == 0 else 1.4) * MM
            left = min(at.x() + mm * MM, at.x() + self.width - thick)
            _fill(painter, QRectF(left, at.y(), thick, tall), self.dot)
            if mm % 10 == 0 and mm:
                place = QRectF(left - 4 * MM, at.y() + 3.2 * MM, 8 * MM, 2.8 * MM)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(mm))


class Paragraph:
    """Text in lines of at most `width`; its lines stand at the left, the middle or the right.

    It runs as `direction` says; by itself, as its first letter does. Its numbers run from left to right.
    Unless it is `exact`, what no font has a shape for is not drawn as a box (`with_shapes`).
    """

    def __init__(
        self,
        text: str,
        font: QFont,
        width: float,
        align: Qt.AlignmentFlag = LEADING,
        *,
        direction: Qt.LayoutDirection = AS_IT_BEGINS,
        inverted: bool = False,
        in_columns: bool = False,
        exact: bool = False,
    ) -> None:
        if not exact:
            text = with_shapes(text, font)
        if direction == AS_IT_BEGINS:
            direction = RIGHT_TO_LEFT if is_right_to_left(text) else LEFT_TO_RIGHT
        elif not has_right_to_left(text):
            # A date with its time, or a name in other letters: nothing in it is read the other way.
            direction = LEFT_TO_RIGHT
        # A layout turns the letters but not where the line begins.
        option = QTextOption(RIGHT if align == LEADING and direction == RIGHT_TO_LEFT else align)
        option.setTextDirection(direction)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        text = with_numbers_kept(text)
        if not exact:
            text = unbroken(text)
        self._layout = QTextLayout(text, font)
        # Drawn at least once as it was measured: without it the letters are set twice.
        self._layout.setCacheEnabled(True)
        self._layout.setTextOption(option)
        spaced = tabular(text, font) if in_columns else []
        self._layout.setFormats([*spaced, *unseen(text, font)])
        self._inverted = inverted
        self._aside = 0.0
        self._width = width
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

    @property
    def is_drawable(self) -> bool:
        """Whether some font has a shape for each of its characters."""
        return not any(0 in run.glyphIndexes() for run in self._layout.glyphRuns())

    def stand_in(self, width: float) -> None:
        """Stand in the middle of a wider `width`, in the lines it has."""
        self._aside = (width - self._width) / 2

    def lines(self) -> Sequence[Piece]:
        """Each of its lines by itself."""
        return [_OneLine(self, number) for number in range(self._layout.lineCount())]

    def line_height(self, number: int) -> float:
        """The height of line `number`."""
        return self._layout.lineAt(number).height()

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Black, or white on black."""
        painter.setPen(self._pen)
        self._layout.draw(painter, at + QPointF(self._aside, 0))

    def paint_line(self, number: int, painter: QPainter, at: QPointF) -> None:
        """Line `number` alone, its top at `at`."""
        painter.setPen(self._pen)
        line = self._layout.lineAt(number)
        line.draw(painter, at + QPointF(self._aside, -line.y()))

    @property
    def _pen(self) -> QColor:
        return QColor(Qt.GlobalColor.white if self._inverted else Qt.GlobalColor.black)


@dataclass(frozen=True)
class _OneLine:
    of: Paragraph
    number: int

    @property
    def height(self) -> float:
        return self.of.line_height(self.number)

    def paint(self, painter: QPainter, at: QPointF) -> None:
        self.of.paint_line(self.number, painter, at)


@dataclass(frozen=True)
class Beside:
    """A name and, on the level of its last line, a value; a value of several lines begins level with it."""

    name: Paragraph
    value: Paragraph
    name_at: float
    value_at: float

    @property
    def height(self) -> float:
        """The taller one's."""
        return max(self.name.height, self.value.height)

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Each at its place."""
        self.name.paint(painter, at + QPointF(self.name_at, 0))
        lower = max(self.name.height - self.value.height, 0)
        self.value.paint(painter, at + QPointF(self.value_at, lower))


@dataclass(frozen=True)
class Modules:
    """Rows of modules in the middle of `width`, each `module` wide and `tall` high: a QR code, or bars."""

    rows: Sequence[bytes] = field(repr=False)
    width: float
    module: float
    tall: float
    dot: float

    @property
    def height(self) -> float:
        """Of all rows."""
        return len(self.rows) * self.tall

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """In whole dots, without a grey edge."""
        left = _on_a_dot(at.x() + (self.width - len(self.rows[0]) * self.module) / 2, self.dot)
        top = _on_a_dot(at.y(), self.dot)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for y, row in enumerate(self.rows):
            for x, length in _runs(row):
                place = QRectF(left + x * self.module, top + y * self.tall, length * self.module, self.tall)
                painter.fillRect(place, Qt.GlobalColor.black)
        painter.restore()


@dataclass(frozen=True)
class Stack:
    """Pieces one under the other."""

    pieces: tuple[Piece, ...]

    @property
    def height(self) -> float:
        """Of all of them."""
        return sum(piece.height for piece in self.pieces)

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """From the first to the last."""
        for piece in self.pieces:
            piece.paint(painter, at)
            at = at + QPointF(0, piece.height)


@dataclass(frozen=True)
class Frame:
    """A box of `width` around a piece: filled, or with as many lines as it has strengths."""

    inside: Piece
    width: float
    strengths: tuple[float, ...]
    dot: float
    padding: float = 2.0 * MM
    radius: float = 0.0
    filled: bool = False

    @property
    def height(self) -> float:
        """Of what is inside and the padding around it."""
        return self.inside.height + 2 * self.padding

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """The box first, then what is inside."""
        box = _on_dots(QRectF(at.x(), at.y(), self.width, self.height), self.dot)
        painter.save()
        if self.filled:
            painter.fillRect(box, Qt.GlobalColor.black)
        for number, strength in enumerate(self.strengths):
            thick = max(_on_a_dot(strength, self.dot), self.dot)
            inset = thick / 2 + number * _on_a_dot(0.8 * MM, self.dot)
            pen = QPen(Qt.GlobalColor.black, thick)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), self.radius, self.radius)
        painter.restore()
        self.inside.paint(painter, at + QPointF(self.padding, self.padding))


@dataclass(frozen=True)
class Indented:
    """A piece that stands further to the right."""

    inside: Piece
    by: float

    @property
    def height(self) -> float:
        """Of what is inside."""
        return self.inside.height

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Moved."""
        self.inside.paint(painter, at + QPointF(self.by, 0))


@dataclass(frozen=True)
class Shrunk:
    """A piece made smaller, so that it fits."""

    inside: Piece
    to: float

    @property
    def height(self) -> float:
        """Of what is left of it."""
        return self.inside.height * self.to

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """All of it, smaller."""
        painter.save()
        painter.translate(at)
        painter.scale(self.to, self.to)
        self.inside.paint(painter, QPointF(0, 0))
        painter.restore()


def _fill(painter: QPainter, box: QRectF, dot: float) -> None:
    painter.fillRect(_on_dots(box, dot), Qt.GlobalColor.black)


def _on_dots(box: QRectF, dot: float) -> QRectF:
    left, top = _on_a_dot(box.left(), dot), _on_a_dot(box.top(), dot)
    right, bottom = _on_a_dot(box.right(), dot), _on_a_dot(box.bottom(), dot)
    return QRectF(left, top, max(right - left, dot), max(bottom - top, dot))


def _on_a_dot(value: float, dot: float) -> float:
    return round(value / dot) * dot


def _runs(row: bytes) -> Iterable[tuple[int, int]]:
    """Where dark modules begin in a row, and how many there are."""
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end - start
        start = row.find(1, end)
