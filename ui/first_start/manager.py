"""Page 5: the first manager, who decides what a cashier may not."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit
from typing_extensions import override

from pos_app.i18n import _
from pos_app.people import FEWEST_DIGITS, MOST_DIGITS, problems_with_manager
from ui.borders import FirstStart
from ui.first_start.form import FormPage, sentences
from ui.screen import Clock
from ui.widgets.parts import named
from ui.widgets.secret_edit import SecretEdit


class ManagerPage(FormPage):
    """A name and a PIN, typed twice."""

    def __init__(self, service: FirstStart, *, done: bool, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "manager_page",
            _("The first manager"),
            _("A manager decides about money given back and orders nobody can explain, with a PIN."),
            clock=clock,
        )
        self._service = service
        # parts
        self._name = named(QLineEdit(), "manager")
        self._pin = SecretEdit("pin", _("PIN"))
        self._again = SecretEdit("pin_again", _("The same PIN again"))
        for edit in (self._pin, self._again):
            edit.setInputMethodHints(edit.inputMethodHints() | Qt.InputMethodHint.ImhDigitsOnly)
        self.add_field("manager", _("Manager's name"), self._name)
        self.add_field(
            "pin",
            _("PIN"),
            self._pin,
            _("{least} to {most} digits, not in a row like 1234, no digit or pair repeated.").format(
                least=FEWEST_DIGITS, most=MOST_DIGITS
            ),
        )
        self.add_field("again", _("The same PIN again"), self._again)
        # layout
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.fields["manager"], 0, 0, 1, 2)
        grid.addWidget(self.fields["pin"], 1, 0)
        grid.addWidget(self.fields["again"], 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self._set_done(done=done)

    def _set_done(self, *, done: bool) -> None:
        self._done = done
        if done:
            self.fields["manager"].hint(_("There is a manager already: leave all empty to keep that one."))

    def _stays(self) -> bool:
        return self._done and not any(one.edit.text() for one in self.fields.values())

    @override
    def wrong(self) -> Mapping[str, str]:
        if self._stays():
            return {}
        return sentences(problems_with_manager(self._name.text(), self._pin.text(), self._again.text()))

    @override
    async def keep(self) -> Mapping[str, str]:
        if self._stays():
            return {}
        told = await self._service.keep_manager(self._name.text(), self._pin.text(), self._again.text())
        if not told:
            # Nothing of a PIN stays in the window longer than it must.
            self._set_done(done=True)
            for one in self.fields.values():
                one.edit.clear()
        return sentences(told)
