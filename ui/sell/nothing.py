"""Instead of tiles: why there are none, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from ui.widgets.buttons import ActionButton
from ui.widgets.even_text import EvenText
from ui.widgets.parts import Text, named


class NoTiles(QWidget):
    """A title, a sentence, and a button that asks for the products once more."""

    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "nothing")
        self._title = Text("nothing_title", "title")
        self._words = EvenText("nothing_words", "muted")
        self._again = ActionButton("nothing_again", _("Read again"), icon="refresh")
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 24)
        column.setSpacing(8)
        column.addStretch(1)
        for text in (self._title, self._words):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        column.addSpacing(8)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._again.clicked.connect(self.again_wanted)

    def tell(self, title: str, words: str, *, can_retry: bool) -> None:
        """Say why; `can_retry` offers to read the products again."""
        self._title.setText(title)
        self._words.setText(words)
        self._again.setVisible(can_retry)
