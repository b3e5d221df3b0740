"""The shipped line drawings, in the colour of a role, sharp at any scale."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from ui.strokes import lines_of

_GRID: Final = 24
"""Units each drawing is wide and high."""


@cache
def _drawing(name: str) -> tuple[QPainterPath, float]:
    return lines_of(resources.files("resources").joinpath("icons", f"{name}.svg").read_text("utf-8"))


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    lines, wide = _drawing(name)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(pixmap.width() / _GRID, pixmap.height() / _GRID)
    pen = QPen(QColor(colour), wide)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(lines, pen)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, colour: QColor, size: int, ratio: float) -> QPixmap:
    """The drawing `name` in `colour`, `size` logical pixels wide and high on a screen of scale `ratio`."""
    return _pixmap(name, colour.name(), size, ratio)


def paint(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw `name` in `colour` into the middle of `rect`."""
    size = int(min(rect.width(), rect.height()))
    made = pixmap(name, colour, size, painter.device().devicePixelRatioF())
    left = rect.x() + (rect.width() - size) / 2
    top = rect.y() + (rect.height() - size) / 2
    painter.drawPixmap(QRectF(left, top, size, size), made, QRectF(made.rect()))
