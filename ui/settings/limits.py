"""The page for limits: from which amounts on a sale is asked about, and beyond which none is made unseen."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from typing_extensions import override

from pos_app.entered import limits_of
from pos_app.guard import in_force
from pos_app.guard_words import became, limit_label, rule_label
from pos_app.i18n import _, date_and_time, money
from pos_app.limits import BEYOND, NAMES, OFF, PATTERNS
from pos_app.messages import problem
from pos_app.orders.rules import Problem
from ui.borders import Guards, Preferring
from ui.dialogs import ask
from ui.screen import Clock
from ui.settings.page import Page
from ui.sheet import Choice
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import ChoiceEntry, LineEntry

_SHOWN: Final = 40
"""How many lines of the record are shown; `countercard guard` has all."""


class LimitsPage(Page):
    """Amounts in the shop's currency; an empty one is no limit. `by` is the manager who came in."""

    def __init__(self, preferences: Preferring, guarding: Guards, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "limits_page",
            _("Limits"),
            _("When a sale is looked at twice, before any money is taken. All registers of the store count."),
            clock,
        )
        self.by = ""
        self._preferences, self._guarding = preferences, guarding
        self._record = ActionButton("guard_record", _("What was held up…"), role="beside")
        self._currency = preferences.settings.shop.currency
        for name in NAMES:
            label = _("{label}, in {currency}").format(label=limit_label(name), currency=self._currency)
            entry = self.add(name, LineEntry(f"set_limit_{name}", label))
            if name == "question":
                entry.hint(_("The cashier asks whether anyone on the phone tells the customer to buy."))
            elif name == "card":
                entry.hint(_("Empty: no such limit. The same holds for those below."))
            self.body.addWidget(entry)
        ways = {"approve": _("A manager approves it"), "refuse": _("It is refused")}
        self.body.addWidget(self.add(BEYOND, ChoiceEntry("set_beyond", _("A sale beyond a limit"), ways)))
        looked = {"on": _("Yes"), OFF: _("No")}
        signs = self.add(PATTERNS, ChoiceEntry("set_patterns", _("Ask at signs of a scam"), looked))
        signs.hint(
            _(
                "Several cards of the highest value, an unusual hour, the same card or address "
                "again and again, a wrong PIN just before."
            )
        )
        self.body.addWidget(signs)
        self.body.addWidget(self._record, 0, Qt.AlignmentFlag.AlignLeft)
        # connections
        self._record.clicked.connect(self._on_record)
        self._record.installEventFilter(self)

    def _on_record(self) -> None:
        self.tasks.start("record", self._show_record(), when_busy="refuse")

    async def _show_record(self) -> None:
        """What the scam guard found at all registers, newest first: a sale that was stopped has no order."""
        # Whoever was asked has done something then: that tells more.
        notes = [note for note in await self._guarding.log(_SHOWN) if note.became != "asked"]
        zone = self._preferences.settings.shop.zone
        lines = [
            _("{at} · {amount} · {rule}: {what}").format(
                at=date_and_time(note.at, zone),
                amount=money(note.total),
                rule=rule_label(note.rule),
                what=became(note),
            )
            for note in notes
        ]
        nothing = _("The scam guard has stopped at no sale yet.")
        close = [Choice("close", _("Close"), primary=True)]
        await ask(self.window(), _("What was held up"), lines or [nothing], close, clock=self.clock)

    @override
    def kept_values(self) -> dict[str, str]:
        kept = in_force(self._preferences.settings.limits, self._currency)
        return {name: "" if name in NAMES and text == OFF else text for name, text in kept.items()}

    @override
    def wrong(self) -> Mapping[str, str]:
        return _told(limits_of(self.values(), self._currency)[1])

    @override
    async def keep(self) -> Mapping[str, str]:
        return _told(await self._preferences.keep_limits(self.values(), self.by))

    @override
    def saved_words(self) -> str:
        return _("Saved. It holds from the next sale on.")


def _told(problems: tuple[Problem, ...]) -> dict[str, str]:
    return {str(one.facts["name"]): problem(one) for one in problems}
