"""The page for limits: from which amounts on a sale is asked about, and beyond which none is made unseen."""

from __future__ import annotations

import time
from collections.abc import Mapping

from typing_extensions import override

from pos_app.entered import limits_of
from pos_app.guard import rules
from pos_app.guard_words import limit_label
from pos_app.i18n import _
from pos_app.limits import BEYOND, NAMES, OFF, PATTERNS, beyond, has_patterns
from pos_app.messages import problem
from pos_app.orders.rules import Problem
from ui.borders import Preferring
from ui.screen import Clock
from ui.settings.page import Page
from ui.widgets.entry import ChoiceEntry, LineEntry


class LimitsPage(Page):
    """Amounts in the shop's currency; an empty one is no limit."""

    def __init__(self, preferences: Preferring, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "limits_page",
            _("Limits"),
            _("When a sale is looked at twice, before any money is taken. All registers of the store count."),
            clock,
        )
        self._preferences = preferences
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

    @override
    def kept_values(self) -> dict[str, str]:
        chosen, currency = self._preferences.settings.limits, self._currency
        own, book = chosen.get(currency, {}), rules()
        kept = {name: own.get(name, book.shipped_amount(name, currency)) for name in NAMES}
        amounts = {name: "" if amount == OFF else amount for name, amount in kept.items()}
        signs = "on" if has_patterns(chosen, currency) else OFF
        return {**amounts, BEYOND: beyond(chosen, currency), PATTERNS: signs}

    @override
    def wrong(self) -> Mapping[str, str]:
        return _told(limits_of(self.values(), self._currency)[1])

    @override
    async def keep(self) -> Mapping[str, str]:
        return _told(await self._preferences.keep_limits(self.values()))

    @override
    def saved_words(self) -> str:
        return _("Saved. It holds from the next sale on.")


def _told(problems: tuple[Problem, ...]) -> dict[str, str]:
    return {str(one.facts["name"]): problem(one) for one in problems}
