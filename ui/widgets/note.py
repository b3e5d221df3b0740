"""A few words on a tinted card: what holds for the whole screen until it is over."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.widgets.parts import Text


class Note(QFrame):
    """A headline and a sentence or two; there only while there is something to say."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "note")
        self._title = Text(f"{name}_title", "notestrong", wrap=True)
        self._words = Text(f"{name}_words", "notetext", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(15, 9, 15, 9)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._words)
        self.hide()

    def tell(self, title: str, words: str) -> None:
        """Show these; hide for an empty headline."""
        self._title.setText(title)
        self._words.say(words)
        self.setVisible(bool(title))
