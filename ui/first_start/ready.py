"""The last page: what was set up, and the till opens."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout
from typing_extensions import override

from pos_app.i18n import _
from ui.first_start.page import Page
from ui.screen import Clock
from ui.widgets.breaking_text import BreakingText
from ui.widgets.parts import Text, empty
from ui.widgets.tone_sign import ToneSign


class ReadyPage(Page):
    """`kept`: open the till."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "ready_page",
            _("This till is ready"),
            _("From now on cards are bought with real money."),
            clock=clock,
        )
        self._sign = ToneSign(large=True)
        self._sign.tell("ok")
        self.body.setSpacing(16)
        self._rows = QGridLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(24)
        self._rows.setVerticalSpacing(12)
        self._rows.setColumnStretch(1, 1)
        self.above.insertWidget(0, self._sign)
        self.above.insertSpacing(1, 8)
        self.body.addLayout(self._rows)
        self.other.hide()

    def tell(self, rows: Sequence[tuple[str, str]]) -> None:
        """What was set up: names and values."""
        empty(self._rows)
        for number, (label, value) in enumerate(rows):
            self._rows.addWidget(Text(f"ready_label_{number}", "muted", label), number, 0)
            self._rows.addWidget(BreakingText(f"ready_value_{number}", "strong", value), number, 1)

    @override
    def going_on_words(self) -> str:
        return _("Open the till")

    @override
    def step_back(self) -> None:
        """What is done is done."""

    @override
    def go_on(self) -> None:
        self.kept.emit()
