"""Something is being looked for: a turning arc and the words for it. It turns only while it can be seen.

Where the system says that nothing is to move, the arc stands still; its words say the same.
"""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStyle, QWidget
from typing_extensions import override

from ui import theme
from ui.widgets.parts import Text, named

_SIZE: Final = 18
_STEP_MS: Final = 80
_STEP: Final = 40


class Spinner(QWidget):
    """Hidden until it is turned on."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._on_step)
        row = QHBoxLayout(self)
        row.setContentsMargins(_SIZE + 8, 0, 0, 0)
        row.addWidget(Text(f"{name}_words", "small", words))
        row.addStretch(1)
        self.setMinimumHeight(_SIZE + 4)
        self.hide()

    def turn(self, *, on: bool) -> None:
        """Show that it goes on, or that it is over."""
        self.setVisible(on)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        if self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) and _effects_wanted():
            self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def _on_step(self) -> None:
        self._angle = (self._angle + _STEP) % 360
        self.update(0, 0, _SIZE + 4, self.height())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(2, (self.height() - _SIZE) / 2 + 2, _SIZE - 4, _SIZE - 4)
        painter.setPen(QPen(theme.colour("line"), 2.5))
        painter.drawEllipse(place)
        painter.setPen(QPen(theme.colour("accent"), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(place, -self._angle * 16, 100 * 16)
        painter.end()


def _effects_wanted() -> bool:
    """Whether Windows is to show animations; elsewhere Qt's style alone knows what the system says."""
    return sys.platform != "win32" or QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
