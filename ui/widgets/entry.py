"""One thing to enter: its label, the control, and a sentence below, a hint or what is wrong.

However it is entered, an entry has a value that is a text; the rules that read it are elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui.widgets import mirror
from ui.widgets.buttons import Chip
from ui.widgets.flow import FlowRow
from ui.widgets.parts import Text, named, set_trait
from ui.widgets.pick_list import PickList
from ui.widgets.readable import keep_readable

_STEPS: Final[dict[int, int]] = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}
_LINE: Final = 22
_AROUND: Final = 18


class Entry(QWidget):
    """`changed`: a person entered something else. `left`: they went on to another."""

    changed = Signal()
    left = Signal()

    def __init__(self, label: str, control: QWidget, beside: QWidget | None = None) -> None:
        super().__init__()
        self._hint = ""
        name = control.objectName()
        self._control = control
        self._label = Text(f"{name}_label", "field", label, wrap=True)
        self._sentence = Text(f"{name}_sentence", "small", wrap=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(control, 1)
        if beside is not None:
            line.addWidget(beside)
        column.addWidget(self._label)
        column.addLayout(line)
        column.addWidget(self._sentence)
        column.addStretch(1)
        self._sentence.hide()

    def value(self) -> str:
        """What is entered."""
        raise NotImplementedError

    def show_value(self, value: str) -> None:
        """Show `value`; nobody entered it, so `changed` is not told."""
        raise NotImplementedError

    def stop(self) -> QWidget:
        """The part Tab comes to."""
        return self._control

    def take_focus(self) -> None:
        """Let typing begin here."""
        self.stop().setFocus(Qt.FocusReason.TabFocusReason)

    def hint(self, words: str) -> None:
        """What to know before entering."""
        self._hint = words
        if not self.is_wrong():
            self.wrong("")

    def wrong(self, words: str) -> None:
        """What is wrong with what is entered; empty when nothing is, then the hint stands there again."""
        self._sentence.say(words or self._hint, "danger" if words else "small")
        for part in self._dressed():
            set_trait(part, "wrong", "true" if words else "false")
            part.setAccessibleDescription(words or self._hint)

    def is_wrong(self) -> bool:
        """Whether the sentence says that something is wrong."""
        return self._dressed()[0].property("wrong") == "true"

    def sentence(self) -> str:
        """The sentence below."""
        return self._sentence.text()

    def _dressed(self) -> Sequence[QWidget]:
        """The parts that show that something is wrong."""
        return (self._control,)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return False


class LineEntry(Entry):
    """One line; a `PickList` counts by what was picked. `beside`: a button that helps to fill it."""

    def __init__(
        self, name: str, label: str, edit: QLineEdit | None = None, beside: QWidget | None = None
    ) -> None:
        self.edit = named(edit if edit is not None else QLineEdit(), name, label)
        super().__init__(label, self.edit, beside)
        keep_readable(self.edit)
        mirror.begin(self.edit)
        self.edit.installEventFilter(self)
        self.edit.textEdited.connect(self._on_text)
        if isinstance(self.edit, PickList):
            self.edit.picked.connect(self._on_text)

    def _on_text(self, _text: str) -> None:
        self.changed.emit()

    @override
    def value(self) -> str:
        if isinstance(self.edit, PickList):
            # What is none of the choices is told as it is written, so that it can be said to be wrong.
            return self.edit.chosen() or self.edit.text()
        return self.edit.text()

    @override
    def show_value(self, value: str) -> None:
        if isinstance(self.edit, PickList):
            self.edit.choose(value)
        if not isinstance(self.edit, PickList) or not self.edit.chosen():
            self.edit.setText(value)
            self.edit.setCursorPosition(0)


class LinesEntry(Entry):
    """A few lines. Tab goes on to the next entry."""

    def __init__(self, name: str, label: str, lines: int = 3) -> None:
        self.edit = named(QPlainTextEdit(), name, label)
        super().__init__(label, self.edit)
        mirror.begin_lines(self.edit)
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(lines * _LINE + _AROUND)
        self.edit.installEventFilter(self)
        self._shows = False
        self.edit.textChanged.connect(self._on_text)

    @override
    def value(self) -> str:
        return self.edit.toPlainText()

    @override
    def show_value(self, value: str) -> None:
        self._shows = True
        self.edit.setPlainText(value)
        self._shows = False

    def _on_text(self) -> None:
        if not self._shows:
            self.changed.emit()


class ChoiceEntry(Entry):
    """One of a few, as chips: Tab comes to the chosen one, the arrows choose."""

    def __init__(self, name: str, label: str, choices: Mapping[str, str], *, labelled: bool = True) -> None:
        row = named(FlowRow(6), name, label)
        self._chips = {key: Chip(f"{name}_{key}", words) for key, words in choices.items()}
        super().__init__(label, row)
        for key, chip in self._chips.items():
            chip.setAccessibleName(f"{label}: {choices[key]}")
            chip.clicked.connect(partial(self._on_clicked, key))
            chip.installEventFilter(self)
            row.flow.addWidget(chip)
        self._label.setVisible(labelled)
        self._chosen = next(iter(choices))
        self.show_value(self._chosen)

    @override
    def value(self) -> str:
        return self._chosen

    @override
    def show_value(self, value: str) -> None:
        self._chosen = value
        known = value if value in self._chips else next(iter(self._chips))
        for key, chip in self._chips.items():
            chip.setChecked(key == value)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus if key == known else Qt.FocusPolicy.NoFocus)

    @override
    def stop(self) -> QWidget:
        """The chosen chip, or the first."""
        return self._chips.get(self._chosen) or next(iter(self._chips.values()))

    def stops(self) -> tuple[QWidget, ...]:
        """All chips, of which one can have the focus."""
        return tuple(self._chips.values())

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(mirror.key(self, event.key()), 0)
            if step:
                keys = list(self._chips)
                here = keys.index(self._chosen) if self._chosen in keys else 0
                self._choose(keys[min(len(keys) - 1, max(0, here + step))])
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                # The chip that has the focus is chosen already: Enter is for whoever goes on with it.
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def _on_clicked(self, key: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self._choose(key)

    def _choose(self, key: str) -> None:
        before = self._chosen
        self.show_value(key)
        self.take_focus()
        if key != before:
            self.changed.emit()

    @override
    def _dressed(self) -> Sequence[QWidget]:
        return tuple(self._chips.values())
