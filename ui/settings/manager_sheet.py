"""Who may come to the settings: a manager, who says so with the PIN."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from pos_app.people import MOST_DIGITS
from ui.approval import why_not
from ui.borders import Approvals
from ui.sheet import Choice, Sheet
from ui.widgets.entry import ChoiceEntry, LineEntry
from ui.widgets.parts import Text
from ui.widgets.secret_edit import SecretEdit


async def let_in(
    host: QWidget, people: Approvals, managers: Sequence[str], by: str, clock: Callable[[], float]
) -> str | None:
    """Which of `managers` gave the right PIN, asked for over `host`; None for none. `by` is offered first."""
    tries: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
    sheet = ManagerSheet(host, managers, by, clock)

    def given_up(_key: str) -> None:
        tries.put_nowait(None)

    def tried(name: str, pin: str) -> None:
        tries.put_nowait((name, pin))

    sheet.given.connect(tried)
    sheet.closed.connect(given_up)
    try:
        while (given := await tries.get()) is not None:
            if not (why := await why_not(people, *given)):
                sheet.close_with("in")
                return given[0]
            sheet.wrong(why)
    finally:
        sheet.close_with("")
    return None


class ManagerSheet(Sheet):
    """Asks for a manager's PIN. `given`: name and PIN; it stays until it is told that they are right."""

    given = Signal(str, str)

    def __init__(self, host: QWidget, managers: Sequence[str], by: str, clock: Callable[[], float]) -> None:
        body = QWidget()
        self._who = ChoiceEntry("manager", _("Manager"), dict(zip(managers, managers, strict=True)))
        if by in managers:
            self._who.show_value(by)
        self._edit = SecretEdit("manager_pin", _("PIN"))
        self._edit.setMaxLength(MOST_DIGITS)
        self._edit.setInputMethodHints(self._edit.inputMethodHints() | Qt.InputMethodHint.ImhDigitsOnly)
        self._pin = LineEntry("manager_pin", _("PIN"), self._edit)
        self._wrong = Text("manager_wrong", "danger", wrap=True)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._who)
        column.addWidget(self._pin)
        column.addWidget(self._wrong)
        super().__init__(
            host,
            _("A manager opens the settings"),
            (_("What is changed there stands on every paper from then on."),),
            (Choice("open", _("Open"), primary=True), Choice("leave", _("Not now"))),
            body=body,
            clock=clock,
        )
        self._wrong.hide()
        self._edit.returnPressed.connect(lambda: self._on_chosen("open"))
        self._pin.take_focus()

    def wrong(self, words: str) -> None:
        """Say why it is not right; the PIN is to be typed again."""
        self._edit.clear()
        self._wrong.say(words)
        self._buttons[0].setEnabled(True)
        self._pin.take_focus()

    @override
    def close_with(self, key: str) -> None:
        if self._open:
            self._edit.clear()
        super().close_with(key)

    @override
    def _on_chosen(self, key: str) -> None:
        if key != "open":
            super()._on_chosen(key)
        elif self._buttons[0].isEnabled():
            if not self._edit.text():
                self.wrong(_("Enter your PIN."))
                return
            self._buttons[0].setEnabled(False)
            self.given.emit(self._who.value(), self._edit.text())

    @override
    def focusNextPrevChild(self, forward: bool, /) -> bool:
        buttons = [button for button in self._buttons if button.isEnabled()]
        stops: list[QWidget] = [self._who, self._edit, *buttons]
        here = next((at for at, one in enumerate(stops) if one.hasFocus() or _within(one)), -1)
        wanted = stops[(here + (1 if forward else -1)) % len(stops)]
        if wanted is self._who:
            self._who.take_focus()
        else:
            wanted.setFocus(Qt.FocusReason.TabFocusReason)
        return True


def _within(part: QWidget) -> bool:
    return any(one.hasFocus() for one in part.findChildren(QWidget))
