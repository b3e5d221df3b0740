"""Pieces in the dots of a receipt printer. What stands on paper after paper is drawn once.

A slip differs from the one before it in its number, its code and its symbol; a hundred of them are drawn
block by block, and the head, the notices and the rows they share are taken from what was drawn before.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter

from pos_app.printing import symbols
from pos_app.printing.document import QR, Barcode, Block, Cut, Document, Secret, Text
from pos_app.printing.raster import Bitmap, stacked
from ui.printing.fonts import MM
from ui.printing.layout import is_mirrored, lay_out, pieces_of
from ui.printing.pieces import Stack

DOT: Final = MM / symbols.DOTS_A_MM
"""The length of a receipt printer's dot."""

_WHITE: Final = 0xFFFFFFFF
_TURNED: Final = bytes(255 - byte for byte in range(256))
_BEYOND: Final = 8
"""Dots looked at above and below a block: marks of some scripts stand out of their lines."""

_MOST_STRIPS: Final = 64
"""About 3 KB each."""


def in_dots(body: Stack, width: float, margin: float) -> Bitmap:
    """`body` in black and white dots, with a white margin around it."""
    return _black_and_white(painted(body, round((width + 2 * margin) / DOT), DOT, margin))


def in_strips(document: Document, dots: int, margin: int) -> Bitmap:
    """`document` in lines of `dots` dots with `margin` white ones around it, block under block.

    The same as its layout drawn at once, but that each block begins at a whole dot. Raises DeviceProblem as
    `lay_out`.
    """
    mirrored = is_mirrored(document)
    strips = [
        (_strip if _is_secret(block) else _kept_strip)(block, dots, margin, mirrored=mirrored)
        for block in document.blocks
        if not isinstance(block, Cut)
    ]
    edge = Bitmap(dots, margin, bytes(margin * ((dots + 7) // 8)))
    whole = [strip for strip in strips if strip is not None]
    if len(whole) < len(strips):
        # Something reaches into the block above or below: only drawn together they are right.
        width = (dots - 2 * margin) * DOT
        return in_dots(Stack(lay_out(document, width, DOT)), width, margin * DOT)
    return stacked([edge, *whole, edge])


def painted(body: Stack, dots: int, dot: float, margin: float, above: float | None = None) -> QImage:
    """`body` in black on white, `margin` from its left and right edges; from the others too, or `above`."""
    top = margin if above is None else above
    image = QImage(dots, round((body.height + 2 * top) / dot), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(1 / dot, 1 / dot)
    body.paint(painter, QPointF(margin, top))
    painter.end()
    return image


def _is_secret(block: Block) -> bool:
    """Whether nothing of it may be kept."""
    return isinstance(block, Secret | QR | Barcode) or (isinstance(block, Text) and block.private)


def _strip(block: Block, dots: int, margin: int, *, mirrored: bool) -> Bitmap | None:
    """`block` as high as it is; None where it reaches further."""
    body = Stack(tuple(pieces_of(block, (dots - 2 * margin) * DOT, DOT, mirrored=mirrored)))
    drawn = _black_and_white(painted(body, dots, DOT, margin * DOT, _BEYOND * DOT))
    beyond = _BEYOND * drawn.stride
    edges = drawn.bits[:beyond], drawn.bits[-beyond:]
    if any(edge.count(0) < len(edge) for edge in edges):
        return None
    return Bitmap(dots, drawn.height - 2 * _BEYOND, drawn.bits[beyond:-beyond])


_kept_strip = lru_cache(_MOST_STRIPS)(_strip)


def _black_and_white(grey: QImage) -> Bitmap:
    flags = Qt.ImageConversionFlag.MonoOnly | Qt.ImageConversionFlag.ThresholdDither
    image = grey.convertToFormat(QImage.Format.Format_Mono, flags)
    if image.color(0) == _WHITE:
        image.invertPixels()
    stride = (image.width() + 7) // 8
    bits, each = bytes(image.constBits()), image.bytesPerLine()
    # Qt's rows end at four bytes; 1 is white in it, and black for a printer.
    if each != stride:
        bits = b"".join(bits[row * each : row * each + stride] for row in range(image.height()))
    return Bitmap(image.width(), image.height(), bits.translate(_TURNED))
