"""The keyring can not be used: said before anything is asked, with what to do."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from typing_extensions import override

from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import explain
from ui.first_start.page import Page
from ui.screen import Clock
from ui.widgets.parts import Text
from ui.widgets.tone_sign import ToneSign


class TroublePage(Page):
    """`again_wanted`: look at the keyring again. `other_wanted`: practise."""

    again_wanted = Signal()

    def __init__(self, clock: Clock = time.monotonic) -> None:
        super().__init__("keyring_page", "", "", other=_("Practise first"), clock=clock)
        self._sign = ToneSign(large=True)
        self._sign.tell("warn")
        self._advice = Text("keyring_advice", "strong", wrap=True)
        self.body.setSpacing(16)
        self.above.insertWidget(0, self._sign)
        self.above.insertSpacing(1, 8)
        self.body.addWidget(self._advice)
        self.body.addWidget(
            Text(
                "keyring_why",
                "muted",
                _(
                    "The keys that open the cards' codes are kept in this computer's keyring, nowhere else."
                    " A code is money, so Countercard uses no weaker place."
                ),
                wrap=True,
            )
        )

    def tell(self, error: PosError) -> None:
        """Say what is the matter with the keyring."""
        message = explain(error)
        self.title.setText(message.title)
        self.lead.setText(message.what)
        self._advice.setText(message.advice)
        self.setAccessibleName(f"{message.title}. {message.what} {message.advice}")

    @override
    def going_on_words(self) -> str:
        return _("Try again")

    @override
    def step_back(self) -> None:
        """There is nothing before this page."""

    @override
    def go_on(self) -> None:
        self.again_wanted.emit()
