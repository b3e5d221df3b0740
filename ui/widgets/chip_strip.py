"""Filters in one line: what does not fit is scrolled to, by hand, by wheel or by the arrow at the end."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QScroller, QWidget
from typing_extensions import override

from ui import theme
from ui.widgets import mirror
from ui.widgets.buttons import Chip, IconButton
from ui.widgets.parts import empty, give_viewport, named

_FADING: Final = 32


class _Fade(QWidget):
    """Lets a chip that goes on beyond the edge end softly: nobody takes its letters for a whole word."""

    def __init__(self, parent: QWidget, *, at_the_end: bool) -> None:
        super().__init__(parent)
        named(self, "fade_end" if at_the_end else "fade_start")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._over, self._at_the_end = parent, at_the_end
        self.hide()

    def find_place(self) -> None:
        """Stand at the edge of what it lies over."""
        room = self._over.rect()
        at_left = self._at_the_end == mirror.turned(self)
        left = room.left() if at_left else room.right() + 1 - _FADING
        self.setGeometry(left, room.top(), _FADING, room.height())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        solid = theme.colour("background")
        clear = QColor(solid)
        clear.setAlpha(0)
        at_left = self._at_the_end == mirror.turned(self)
        shade = QLinearGradient(0, 0, self.width(), 0)
        shade.setColorAt(0 if at_left else 1, solid)
        shade.setColorAt(1 if at_left else 0, clear)
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade)
        painter.end()


class ChipStrip(QWidget):
    """A row of chips as wide as its place."""

    def __init__(self, name: str, words: str, further: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self._inside = QWidget()
        self._inside.setProperty("role", "clear")
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        viewport = give_viewport(self._area)
        self._area.setWidget(self._inside)
        QScroller.grabGesture(viewport, QScroller.ScrollerGestureType.TouchGesture)
        self._fades = (_Fade(viewport, at_the_end=False), _Fade(viewport, at_the_end=True))
        self._further = IconButton(f"{name}_further", further, "forward")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._area, 1)
        row.addWidget(self._further)
        self.setFixedHeight(48)
        self._further.clicked.connect(self._on_further)
        self._area.horizontalScrollBar().rangeChanged.connect(self._on_range)
        self._area.horizontalScrollBar().valueChanged.connect(self._fade)
        self._on_range(0, 0)

    def put(self, chips: list[Chip]) -> None:
        """Show these chips."""
        empty(self._row)
        for chip in chips:
            chip.installEventFilter(self)
            self._row.addWidget(chip)
        self._row.addStretch(1)

    def _on_range(self, _least: int, _most: int) -> None:
        self._further.setVisible(self._inside.sizeHint().width() > self.width())
        self._fade()

    def _fade(self, _at: int = 0) -> None:
        bar = self._area.horizontalScrollBar()
        hidden = (bar.value() > bar.minimum(), bar.value() < bar.maximum())
        for fade, is_needed in zip(self._fades, hidden, strict=True):
            fade.find_place()
            fade.setVisible(is_needed)
            fade.raise_()

    def _on_further(self) -> None:
        bar = self._area.horizontalScrollBar()
        bar.setValue(0 if bar.value() >= bar.maximum() else bar.value() + self._area.width() - 80)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self._area.ensureWidgetVisible(watched, 48, 0)
        return False

    @override
    def wheelEvent(self, event: QWheelEvent, /) -> None:
        bar = self._area.horizontalScrollBar()
        bar.setValue(bar.value() - event.angleDelta().y() - event.angleDelta().x())
        event.accept()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._on_range(0, 0)
