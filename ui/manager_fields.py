"""Who decides: one of the managers, who says so with a PIN; without managers anybody, by name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.people import MOST_DIGITS
from ui.widgets.entry import ChoiceEntry, LineEntry
from ui.widgets.secret_edit import SecretEdit

_LONGEST = 200


class ManagerFields(QWidget):
    """The fields, for a sheet that asks who decides. `entered`: Enter in one of them.

    Of `managers`, `by` is chosen at first; `prefix` begins the names of the fields.
    """

    entered = Signal()

    def __init__(self, prefix: str, managers: Sequence[str], by: str) -> None:
        super().__init__()
        self._managers = tuple(managers)
        # parts
        keys = {str(place): name for place, name in enumerate(self._managers)}
        self._who = ChoiceEntry("manager", _("Manager"), keys) if keys else None
        self._by = QLineEdit() if self._who is None else SecretEdit(f"{prefix}_pin", _("PIN"))
        # layout
        column = QVBoxLayout(self)
        # Who decides is another question than what was decided: it stands a little apart.
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        if self._who is not None:
            self._who.show_value(str(self._managers.index(by)) if by in self._managers else "0")
            self._by.setMaxLength(MOST_DIGITS)
            self._by.setInputMethodHints(self._by.inputMethodHints() | Qt.InputMethodHint.ImhDigitsOnly)
            column.addWidget(self._who)
            column.addWidget(LineEntry(f"{prefix}_pin", _("PIN"), self._by))
        else:
            self._by.setMaxLength(_LONGEST)
            self._by.setText(by)
            column.addWidget(LineEntry(f"{prefix}_by", _("Your name"), self._by))
        # connections
        self._by.returnPressed.connect(self.entered)

    def stops(self) -> list[QWidget]:
        """Everything the focus goes through."""
        return [self._by] if self._who is None else [self._who.stop(), self._by]

    def take_focus(self) -> None:
        """Let typing begin here."""
        self._by.setFocus(Qt.FocusReason.OtherFocusReason)

    def name(self) -> str:
        """Who decides."""
        return self._by.text().strip() if self._who is None else self._managers[int(self._who.value())]

    def pin(self) -> str:
        """The PIN that was typed; empty where there are no managers."""
        return "" if self._who is None else self._by.text()

    def lacks(self) -> str:
        """What is still missing, in words; empty when nothing is."""
        if self._who is None:
            return "" if self.name() else _("Enter your name.")
        return "" if self.pin() else _("Enter your PIN.")

    def forget(self) -> None:
        """Let go of the PIN."""
        if self._who is not None:
            self._by.clear()
