"""The left side of the first start: the steps, and the way to practise first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from pos_app.i18n import _
from ui.widgets.buttons import Pressable
from ui.widgets.parts import Text, plain
from ui.widgets.step_list import StepList


class Side(QFrame):
    """Dark like the rail that will take its place."""

    practise_wanted = Signal()

    def __init__(self, steps: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("first_start_side")
        self.setProperty("role", "rail")
        self._steps = StepList("steps", steps)
        self._practise = Pressable("practise", _("Practise first"), "onrail")
        self._practise.setText(plain(_("Practise first")))
        column = self._column = QVBoxLayout(self)
        column.setSpacing(24)
        column.addWidget(Text("wordmark", "wordmark", _("Countercard")))
        column.addWidget(self._steps)
        column.addStretch(1)
        column.addWidget(self._practise)
        self._practise.clicked.connect(self.practise_wanted)

    def tell(self, here: int, done: Sequence[int], *, can_practise: bool) -> None:
        """Which step one is at (-1: none), and which are done."""
        self._steps.tell(here, done)
        self._practise.setVisible(can_practise)

    def stops(self) -> list[QWidget]:
        """Where Tab goes here."""
        return [self._practise] if self._practise.isVisible() else []

    def set_wide(self, wide: bool) -> None:  # noqa: FBT001  the state itself
        """Whether there is room for a wide side."""
        self.setFixedWidth(280 if wide else 216)
        edge = 28 if wide else 20
        self._column.setContentsMargins(edge, 28, edge, 32 if wide else 16)
