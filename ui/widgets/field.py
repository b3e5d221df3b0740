"""A field with its label above and one sentence below: a hint, or what is wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from ui.widgets import mirror
from ui.widgets.parts import Text, set_trait


class Field(QWidget):
    """Label, edit and sentence as one; the sentence is part of what a screen reader says."""

    def __init__(self, label: str, edit: QLineEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = edit
        mirror.begin(edit)
        self._hint = ""
        name = edit.objectName()
        self._label = QLabel(label)
        self._label.setObjectName(f"{name}_label")
        self._label.setProperty("role", "field")
        self._label.setBuddy(edit)
        self._sentence = Text(f"{name}_sentence", "small", wrap=True)
        self._sentence.setMinimumHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._label)
        column.addWidget(edit)
        column.addWidget(self._sentence)
        column.addStretch(1)
        if not edit.accessibleName():
            edit.setAccessibleName(label)

    def hint(self, words: str) -> None:
        """What to know before writing."""
        self._hint = words
        self.wrong(self.sentence() if self.is_wrong() else "")

    def wrong(self, words: str) -> None:
        """What is wrong with what is written; empty when nothing is, then the hint stands there again."""
        set_trait(self.edit, "wrong", "true" if words else "false")
        self._sentence.setText(words or self._hint)
        set_trait(self._sentence, "role", "danger" if words else "small")
        self.edit.setAccessibleDescription(words or self._hint)

    def is_wrong(self) -> bool:
        """Whether the sentence says that something is wrong."""
        return self.edit.property("wrong") == "true"

    def sentence(self) -> str:
        """The sentence under the field."""
        return self._sentence.text()
