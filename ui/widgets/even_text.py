"""Words set large or in the middle, on lines about as long as each other."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from ui.widgets import mirror
from ui.widgets.parts import Text

_ENDLESS: Final = 1 << 16


class EvenText(Text):
    """A text on as many lines as it needs, no more; none of them is left with one word of a headline."""

    def __init__(self, name: str, role: str = "", words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, role, words, wrap=True, parent=parent)

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        words, place = QLabel.text(self), QRectF(self.contentsRect())
        wide = even_width(words, self.font(), self.contentsRect().width())
        spare = place.width() - wide
        if spare <= 0:
            super().paintEvent(arg__1)
            return
        if self.alignment() & Qt.AlignmentFlag.AlignHCenter:
            place.adjust(spare / 2, 0, -spare / 2, 0)
        elif mirror.turned(self):
            place.adjust(spare, 0, 0, 0)
        else:
            place.adjust(0, 0, -spare, 0)
        painter = QPainter(self)
        self.drawFrame(painter)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        if mirror.turned(self):
            mirror.write_lines(painter, self, place, words, self.alignment())
        else:
            painter.drawText(place, int(self.alignment()) | int(Qt.TextFlag.TextWordWrap), words)
        painter.end()


@lru_cache(maxsize=64)
def _narrowest(words: str, font: str, families: tuple[str, ...], wide: int) -> int:
    made = QFont()
    made.fromString(font)
    # Written down, a font keeps the first of its families only: Arabic words would be measured in another.
    made.setFamilies(families)
    metrics = QFontMetrics(made)

    def high(within: int) -> int:
        found = metrics.boundingRect(0, 0, within, _ENDLESS, int(Qt.TextFlag.TextWordWrap), words)
        # A word that is longer than its line makes the whole wider, and no line more.
        return found.height() if found.width() <= within else _ENDLESS

    most = high(wide)
    if metrics.horizontalAdvance(words) <= wide or most == _ENDLESS:
        return wide
    low, fits = 0, wide
    while fits - low > 1:
        middle = (low + fits) // 2
        low, fits = (low, middle) if high(middle) <= most else (middle, fits)
    return fits


def even_width(words: str, font: QFont, wide: int) -> int:
    """The least width, in pixels, that takes no more lines than `wide`; `wide` itself for one line."""
    return _narrowest(words, font.toString(), tuple(font.families()), wide)
