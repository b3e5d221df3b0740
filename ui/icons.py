"""The shipped line drawings, in the colour of a role, sharp at any scale."""

from __future__ import annotations

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


@cache
def _drawing(name: str) -> QSvgRenderer:
    data = resources.files("resources").joinpath("icons", f"{name}.svg").read_bytes()
    return QSvgRenderer(QByteArray(data))


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _drawing(name).render(painter)
    # The drawing is black on nothing; its shape is kept and takes the colour asked for.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(colour))
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
