"""A row of a settings page: two lines of words, and what can be done with what they name."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.buttons import ActionButton
from ui.widgets.parts import named


def row(name: str, above: QWidget, below: QWidget, button: ActionButton) -> QWidget:
    """`above` over `below`, and `button` at the end."""
    box = named(QWidget(), name)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(above)
    words.addWidget(below)
    line = QHBoxLayout(box)
    line.setContentsMargins(0, 6, 0, 6)
    line.addLayout(words, 1)
    line.addWidget(button)
    return box
