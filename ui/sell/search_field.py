"""Where one searches for a brand, and how much was found."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit
from typing_extensions import override

from ui import icons, theme
from ui.widgets import mirror
from ui.widgets.parts import named

_LONGEST: Final = 100
_SIGN, _COUNT = 30, 196
"""Room for the glass before the words, and for what was found behind them."""


class SearchField(QLineEdit):
    """Search for brands; arrows and Enter go on to the tiles."""

    down = Signal()
    entered = Signal()

    def __init__(self, words: str) -> None:
        super().__init__()
        named(self, "search", words)
        self.setPlaceholderText(words)
        self.setProperty("role", "search")
        self.setClearButtonEnabled(False)
        # Whatever is pasted here is looked for word by word, at each key.
        self.setMaxLength(_LONGEST)
        self._count = QLabel(self)
        self._count.setObjectName("search_count")
        self._count.setProperty("role", "muted")
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def tell_count(self, words: str) -> None:
        """Show how much was found, or how much there is."""
        if words != self._count.text():
            self._count.setText(words)

    @override
    def keyPressEvent(self, arg__1: QKeyEvent, /) -> None:
        if arg__1.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif arg__1.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not arg__1.isAutoRepeat():
                self.entered.emit()
        else:
            super().keyPressEvent(arg__1)

    @override
    def resizeEvent(self, arg__1: QResizeEvent, /) -> None:
        super().resizeEvent(arg__1)
        count = QRectF(self.width() - 240, 0, 220, self.height())
        self._count.setGeometry(mirror.placed(self, count).toRect())
        before, behind = _SIGN, _COUNT
        self.setTextMargins(*mirror.margins(self, before, 0, behind, 0))
        # Names in other letters begin on the same side as everything else here.
        self.setAlignment(mirror.side(self, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter))

    @override
    def paintEvent(self, arg__1: QPaintEvent, /) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        sign = mirror.placed(self, QRectF(16, self.height() / 2 - 11, 22, 22))
        icons.paint(painter, "search", sign, theme.colour("muted"))
        painter.end()
