"""How many: less, a number one can also type, more."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRegularExpression, Qt, Signal
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget
from typing_extensions import override

from ui.widgets.buttons import IconButton
from ui.widgets.parts import named


class Stepper(QWidget):
    """A quantity between 1 and `most`."""

    changed = Signal(int)

    def __init__(  # noqa: PLR0913, RUF100  four names for four things a screen reader says
        self, name: str, words: str, less: str, more: str, most: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, name, words)
        self._most = most
        self._less = IconButton(f"{name}_less", less, "minus", role="round")
        self._more = IconButton(f"{name}_more", more, "plus", role="round")
        self._edit = named(QLineEdit("1"), f"{name}_number", words)
        self._edit.setProperty("role", "quantity")
        self._edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # Digits of every script: an Arabic keyboard has its own.
        digits = QRegularExpression(r"\p{Nd}*")
        self._edit.setValidator(QRegularExpressionValidator(digits, self._edit))
        self._edit.setMaxLength(4)
        self._edit.setFixedWidth(64)
        self._edit.installEventFilter(self)
        # The three parts stay together however much room there is beside them.
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in (self._less, self._edit, self._more):
            row.addWidget(part)
        self._less.clicked.connect(lambda: self.step(-1))
        self._more.clicked.connect(lambda: self.step(1))
        self._edit.textEdited.connect(self._on_edited)

    def number(self) -> int | None:
        """The quantity, None while nothing or nonsense is written; may be above `most`."""
        text = self._edit.text()
        return int(text) if text.isdecimal() else None

    def put(self, number: int) -> None:
        """Show `number`."""
        if number != self.number():
            self._edit.setText(str(number))
        self._less.setEnabled(number > 1)
        self._more.setEnabled(number < self._most)

    def step(self, by: int) -> None:
        """One more or less, within the limits."""
        number = min(self._most, max(1, (self.number() or 1) + by))
        self.put(number)
        self.changed.emit(number)

    def _on_edited(self, _text: str) -> None:
        self.changed.emit(self.number() or 0)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Plus}:
                self.step(1)
                return True
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Minus}:
                self.step(-1)
                return True
        if watched is self._edit and event.type() == QEvent.Type.FocusIn:
            self._edit.selectAll()
        return False
