"""Who may come to the settings: a manager, who says so with the PIN."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui.approval import why_not
from ui.borders import Approvals
from ui.manager_fields import ManagerFields
from ui.sheet import Choice, Sheet
from ui.widgets.parts import Text


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
        self._who = ManagerFields("manager", managers, by)
        self._wrong = Text("manager_wrong", "danger", wrap=True)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._who)
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
        self._who.entered.connect(lambda: self._on_chosen("open"))
        self._who.take_focus()

    def wrong(self, words: str) -> None:
        """Say why it is not right; the PIN is to be typed again."""
        self._who.forget()
        self._wrong.say(words)
        self._buttons[0].setEnabled(True)
        self._who.take_focus()

    @override
    def close_with(self, key: str) -> None:
        if self._open:
            self._who.forget()
        super().close_with(key)

    @override
    def _on_chosen(self, key: str) -> None:
        if key != "open":
            super()._on_chosen(key)
        elif self._buttons[0].isEnabled():
            if lacks := self._who.lacks():
                self.wrong(lacks)
                return
            self._buttons[0].setEnabled(False)
            self.given.emit(self._who.name(), self._who.pin())

    @override
    def stops(self) -> list[QWidget]:
        return [*self._who.stops(), *(button for button in self._buttons if button.isEnabled())]
