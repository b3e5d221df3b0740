"""The first page there is: set the till up, or practise first."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QHBoxLayout
from typing_extensions import override

from pos_app.i18n import _
from ui.first_start.page import Page
from ui.screen import Clock
from ui.widgets.parts import Text
from ui.widgets.tone_sign import ToneSign


class WelcomePage(Page):
    """`kept`: set it up. `other_wanted`: practise."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "welcome_page",
            _("Welcome to Countercard"),
            _("Six short pages, about ten minutes. You can stop after any of them and go on another day."),
            other=_("Practise first"),
            clock=clock,
        )
        self.body.setSpacing(12)
        self.body.addWidget(Text("welcome_needs", "strong", _("Have these at hand")))
        needs = (
            _("the key your card company gave you"),
            _("the receipt printer, switched on, if you have one"),
            _("a safe place for one sheet of paper"),
        )
        for number, words in enumerate(needs):
            row = QHBoxLayout()
            row.setSpacing(10)
            sign = ToneSign()
            sign.tell("ok")
            row.addWidget(sign)
            row.addWidget(Text(f"welcome_need_{number}", "", words, wrap=True), 1)
            self.body.addLayout(row)
        self.body.addSpacing(16)
        self.body.addWidget(
            Text(
                "welcome_practice",
                "muted",
                _(
                    "Practise first opens a till with invented brands and cards of no value."
                    " Nothing you do there costs money; set up this till whenever you like."
                ),
                wrap=True,
            )
        )

    @override
    def going_on_words(self) -> str:
        return _("Set up this till")

    @override
    def step_back(self) -> None:
        """There is nothing before this page."""

    @override
    def go_on(self) -> None:
        self.kept.emit()
