"""A card's code in letters of one width, never cut: what is too long for a line goes on in the next."""

from __future__ import annotations

from math import ceil
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.widgets.mirror import side
from ui.widgets.parts import Text

_GROUP: Final = 4
_FEWEST: Final = 2 * _GROUP
_DOT: Final = "•"


def code_lines(code: str, most: int) -> list[str]:
    """`code` on lines of at most `most` (1 or more) letters that make `code` again when joined.

    A line ends after a hyphen, a space or another sign when the code has them, otherwise after a multiple
    of four letters, so that a person reads whole groups.
    """
    lines: list[str] = []
    rest = code
    while len(rest) > most:
        signs = [place + 1 for place, letter in enumerate(rest[:most]) if not letter.isalnum()]
        end = signs[-1] if signs else (most // _GROUP * _GROUP or most)
        lines.append(rest[:end])
        rest = rest[end:]
    return [*lines, rest]


def masked_line(hint: str, most: int) -> str:
    """The last `most` (1 or more) letters of `hint`: what is readable of it stands at its end."""
    return hint[-most:]


class CodeText(Text):
    """The code, or its mask on one line."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, "code", parent=parent)
        self._masked = True
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def put(self, words: str, *, masked: bool) -> None:
        """Show a code, or its mask."""
        self._masked = masked
        self.setText(words)
        self.updateGeometry()
        self.update()

    def lines(self, width: int) -> list[str]:
        """What stands on each line when there are `width` pixels."""
        most = max(1, int(width / self._letter()))
        if self._masked:
            return [masked_line(self.text(), most)]
        return code_lines(self.text(), most)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, arg__1: int, /) -> int:
        self.ensurePolished()
        return max(self.minimumHeight(), len(self.lines(arg__1)) * self.fontMetrics().lineSpacing())

    @override
    def sizeHint(self) -> QSize:
        self.ensurePolished()
        wide = ceil(max(_FEWEST, len(self.text())) * self._letter())
        return QSize(wide, self.heightForWidth(wide))

    @override
    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(ceil(_FEWEST * self._letter()), self.fontMetrics().lineSpacing())

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        # Whatever stands around it, a code is read from left to right.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        lines, step = self.lines(self.width()), self.fontMetrics().lineSpacing()
        top = max(0, (self.height() - len(lines) * step) // 2)
        for number, line in enumerate(lines):
            here = QRect(0, top + number * step, self.width(), step)
            painter.drawText(here, side(self, Qt.AlignmentFlag.AlignVCenter), line)
        painter.end()

    def _letter(self) -> float:
        # Not in whole pixels: thirty letters would add what is cut off each to half a letter.
        metrics = QFontMetricsF(self.font())
        return max(1.0, *(metrics.horizontalAdvance(letter) for letter in ("W", "0", _DOT)))
