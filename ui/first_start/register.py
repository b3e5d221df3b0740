"""Page 2: which of the shop's registers this is, and who sells at it."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from pos_app.first_start.entries import problems_with_register
from pos_app.i18n import _
from ui.borders import FirstStart
from ui.first_start.form import FormPage, sentences
from ui.screen import Clock
from ui.widgets.parts import named


class RegisterPage(FormPage):
    """This till among the shop's tills."""

    def __init__(self, service: FirstStart, *, done: bool, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "register_page",
            _("This register"),
            _("Its number begins every sale's number, so that two tills never give out the same."),
            clock=clock,
        )
        self._service = service
        settings = service.settings()
        self._number = named(QLineEdit(settings.register_id), "register_number")
        # One more than fits: cut silently, 123 would be register 12.
        self._number.setMaxLength(3)
        self._number.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._number.setFixedWidth(112)
        self._cashier = named(QLineEdit(settings.cashier if done else ""), "cashier")
        number = self.add_field(
            "register",
            _("Number of this register"),
            self._number,
            _("Two digits, 01 to 99. A shop's first register is 01."),
        )
        cashier = self.add_field(
            "cashier", _("Who sells here"), self._cashier, _("A first name is enough. It stands on receipts.")
        )
        self.body.setSpacing(16)
        self.body.addWidget(number)
        self.body.addWidget(cashier)

    def _typed(self) -> tuple[str, str]:
        number = self._number.text().strip()
        # Whoever types 3 means 03.
        return (f"0{number}" if len(number) == 1 else number), self._cashier.text().strip()

    @override
    def wrong(self) -> Mapping[str, str]:
        return sentences(problems_with_register(*self._typed()))

    @override
    async def keep(self) -> Mapping[str, str]:
        number, cashier = self._typed()
        self._number.setText(number)
        return sentences(await self._service.keep_register(number, cashier))
