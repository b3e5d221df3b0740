"""A story told from top to bottom: when, what, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.widgets.parts import Text, empty, named
from ui.widgets.tone_sign import SignTone


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened."""

    at: str
    words: str
    by: str
    tone: SignTone = "muted"


class Timeline(QWidget):
    """Steps with a line through their dots."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self._steps: tuple[Step, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def tell(self, steps: Sequence[Step]) -> None:
        """Show `steps`."""
        if tuple(steps) == self._steps:
            return
        self._steps = tuple(steps)
        empty(self._column)
        for number, step in enumerate(self._steps):
            self._column.addWidget(_StepRow(number, step, last=number == len(self._steps) - 1))
        self._column.addStretch(1)


class _StepRow(QWidget):
    def __init__(self, number: int, step: Step, *, last: bool) -> None:
        super().__init__()
        named(self, f"step_{number}", f"{step.at} {step.words} {step.by}")
        dot = _Dot(step.tone, first=number == 0, last=last)
        grid = QGridLayout()
        grid.setContentsMargins(0, 8, 0, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(1)
        grid.addWidget(Text(f"step_words_{number}", "strong", step.words, wrap=True), 0, 0)
        grid.addWidget(Text(f"step_by_{number}", "small", f"{step.at} · {step.by}", wrap=True), 1, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(dot)
        row.addLayout(grid, 1)


class _Dot(QWidget):
    def __init__(self, tone: SignTone, *, first: bool, last: bool) -> None:
        super().__init__()
        self._tone, self._first, self._last = tone, first, last
        self.setFixedWidth(16)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 2))
        middle = QPointF(8, 18)
        if not self._first:
            painter.drawLine(QPointF(8, 0), middle)
        if not self._last:
            painter.drawLine(middle, QPointF(8, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(middle, 8, 8)
        painter.setBrush(theme.colour(self._tone))
        painter.drawEllipse(middle, 5, 5)
        painter.end()
