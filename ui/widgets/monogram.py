"""A brand's sign: two letters on a colour from its name. No one's logo is shipped."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPixmap, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import theme

COLOURS: Final = (
    "#7a3cf0",
    "#0c7c7e",
    "#ad4f27",
    "#2f6f3e",
    "#c02259",
    "#3d5bd9",
    "#077a50",
    "#1763a6",
    "#8a3ab9",
    "#9a5a00",
    "#b3261e",
    "#4a5a70",
)
"""Grounds for white letters, each 4.5 to 1 or better."""

_WHITE: Final = QColor("#ffffff")


def letters(name: str) -> str:
    """The first two letters or digits of `name`, the first one large: `Ac` for Acme Games."""
    found = [character for character in name if character.isalnum()][:2]
    return "".join(found[:1]).upper() + "".join(found[1:]).lower()


def ground(name: str) -> QColor:
    """The colour of `name`: the same on every machine and every day."""
    return QColor(COLOURS[zlib.crc32(name.casefold().encode()) % len(COLOURS)])


def paint_monograms(painter: QPainter, signs: Sequence[tuple[QRectF, str, str]]) -> None:
    """Draw a sign into each square: the square, the name, and the colour it stands on, empty for any.

    On one colour that takes less time. Leaves the painter with the pen of the letters.
    """
    ratio = painter.device().devicePixelRatioF()
    for square, name, behind in signs:
        plate = _plate(_shown(name)[1], behind, round(square.height()), ratio)
        painter.drawPixmap(square.topLeft(), plate)
    painter.setPen(_WHITE)
    for square, name, _behind in signs:
        laid, down = _laid(_shown(name)[0], round(square.height()))
        laid.draw(painter, QPointF(square.x(), square.y() + down))


@lru_cache(maxsize=128)
def _laid(words: str, size: int) -> tuple[QTextLayout, float]:
    """Two letters in the middle of a square of `size` pixels, and how far below its top they begin."""
    laid = QTextLayout(words, _font(size))
    # Without it the letters would be looked up again with every drawing.
    laid.setCacheEnabled(True)
    laid.setTextOption(_middle())
    laid.beginLayout()
    line = laid.createLine()
    line.setLineWidth(size)
    laid.endLayout()
    return laid, round((size - line.height()) / 2)


@cache
def _middle() -> QTextOption:
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    return option


@lru_cache(maxsize=256)
def _shown(name: str) -> tuple[str, str]:
    return letters(name), ground(name).name()


@lru_cache(maxsize=32)
def _plate(colour: str, behind: str, size: int, ratio: float) -> QPixmap:
    """A sign without its letters: there are a dozen, and their round corners take longer than the letters."""
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    # Nothing to see through: that is drawn many times faster.
    pixmap.fill(QColor(behind) if behind else QColor(Qt.GlobalColor.transparent))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.25, size * 0.25)
    painter.end()
    return pixmap


@cache
def _font(size: int) -> QFont:
    return theme.font(round(size * 0.385), QFont.Weight.Bold)


class Monogram(QWidget):
    """A brand's sign as a part of a row."""

    def __init__(self, name: str, size: int = 52, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._size = size
        self.setFixedSize(size, size)

    def show_brand(self, name: str) -> None:
        """Show another brand's sign."""
        if name != self._name:
            self._name = name
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_monograms(painter, [(QRectF(self.rect()), self._name, "")])
        painter.end()
