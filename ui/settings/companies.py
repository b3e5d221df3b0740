"""The page for the card companies: their keys, and whether anybody else buys with the shop's."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import Misconfigured
from pos_app.i18n import _, ngettext
from pos_app.orders.account import Account
from ui.borders import Accounting, Managing, Supplying
from ui.screen import Clock
from ui.settings.page import Page
from ui.settings.row import row
from ui.widgets.breaking_text import BreakingText
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import ChoiceEntry, LineEntry
from ui.widgets.parts import Text, empty, rule

if TYPE_CHECKING:
    # A page without keys never needs it.
    from pos_app.first_start import Supplier

_REASON: Final = "reason"


class CompaniesPage(Page):
    """What a manager knows about who buys on each account; `by` is that manager.

    `supplying` keeps the companies' keys, for one of `people` who gives the PIN once more; both are None
    where there are none, as in training.
    """

    def __init__(
        self,
        accounts: Accounting,
        supplying: Supplying | None = None,
        people: Managing | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(
            "companies_page",
            _("Card companies"),
            _(
                "When an order is not answered, the company's books show whether it was bought. That is "
                "a proof only if nobody else buys with the same key: no other till or program, and nobody "
                "in the company's portal."
            ),
            clock,
        )
        self.by = ""
        self._accounts = accounts
        self._known: dict[str, Account] = {}
        self._told: dict[str, Text] = {}
        self._without = frozenset[str]()
        """Companies the shop has no key of: nobody buys there."""
        self._none = Text(
            "companies_none",
            "muted",
            _("Of no company whose books can be looked at the shop has a key."),
            wrap=True,
        )
        self._supplying, self._people = supplying, people
        self._keys = QVBoxLayout()
        self._key_buttons: dict[str, ActionButton] = {}
        self._keys.setSpacing(0)
        # layout
        self.body.addWidget(self._none)
        for name, title in accounts.titles.items():
            block = QVBoxLayout()
            block.setSpacing(6)
            who = {"alone": _("Only this till"), "shared": _("Others too, or I do not know")}
            asked = _("Who buys with the key of {company}?").format(company=title)
            block.addWidget(self.add(name, ChoiceEntry(f"set_alone_{name}", asked, who)))
            self._told[name] = Text(f"alone_told_{name}", "notetext", wrap=True)
            block.addWidget(self._told[name])
            why = {"no": _("Not yet"), "yes": _("I know it, and it is over")}
            asked = _("Where did they come from?")
            block.addWidget(self.add(_explained(name), ChoiceEntry(f"set_explained_{name}", asked, why)))
            self.body.addLayout(block)
        reason = self.add(_REASON, LineEntry("set_alone_reason", _("How you know")))
        reason.hint(_("Kept in the record with your name."))
        self.body.addWidget(reason)
        if supplying is not None:
            self.body.addWidget(rule())
            self.body.addWidget(Text("companies_keys", "strong", _("Keys of the card companies"), wrap=True))
            self.body.addLayout(self._keys)

    @override
    def opened(self) -> None:
        super().opened()
        self.act("read", self._read())
        if self._supplying is not None:
            self.tasks.start("keys", self._read_keys(self._supplying), when_busy="replace")

    @override
    def kept_values(self) -> dict[str, str]:
        kept = {
            name: "alone" if self._known.get(name, Account()).declared else "shared"
            for name in self._accounts.titles
        }
        return {**kept, **{_explained(name): "no" for name in self._accounts.titles}, _REASON: ""}

    @override
    def wrong(self) -> Mapping[str, str]:
        values, kept = self.values(), self.kept_values()
        said = any(values[key] != kept[key] for key in values if key != _REASON)
        lacks_reason = said and not values[_REASON].strip()
        return {_REASON: _("Say how you know: it decides about money.")} if lacks_reason else {}

    @override
    async def keep(self) -> Mapping[str, str]:
        values = self.values()
        reason = values[_REASON]
        for name in self._accounts.titles.keys() - self._without:
            if values[name] != self.kept_values()[name]:
                alone = values[name] == "alone"
                await self._accounts.declare(name, exclusive=alone, by=self.by, evidence=reason)
            if values[_explained(name)] == "yes":
                await self._accounts.explain(name, by=self.by, evidence=reason)
            self._known[name] = await self._accounts.account(name)
        return {}

    @override
    def saved_words(self) -> str:
        return _("Saved.")

    @override
    def render_page(self) -> None:
        for name, told in self._told.items():
            words = _strangers(self._known.get(name, Account()))
            told.say(words)
            told.setVisible(bool(words))
            self.entries[_explained(name)].setVisible(bool(words))
            self.entries[name].setVisible(name not in self._without)
        nobody = self._without >= self._accounts.titles.keys()
        self.entries[_REASON].setVisible(not nobody)
        self._none.setVisible(nobody)

    async def _read(self, *, anew: bool = False) -> None:
        changed = self.is_changed() and not anew
        known: dict[str, Account] = {}
        for name in self._accounts.titles:
            try:
                known[name] = await self._accounts.account(name)
            except Misconfigured as error:
                if error.reason != "unknown_provider":
                    raise
        self._known, self._without = known, frozenset(self._accounts.titles.keys() - known.keys())
        if changed:
            self.draw()
        else:
            self.fill()
            next(iter(self.entries.values())).take_focus()

    # --- keys ---------------------------------------------------------------------------------------

    async def _read_keys(self, supplying: Supplying) -> None:
        suppliers = await supplying.suppliers()
        empty(self._keys)
        for one in suppliers:
            self._keys.addWidget(self._key_row(one))

    def _key_row(self, supplier: Supplier) -> QWidget:
        title = BreakingText(f"key_title_{supplier.name}", "strong")
        title.setText(supplier.title)
        known = BreakingText(f"key_known_{supplier.name}", "small")
        known.setText(_("Its key is in this computer's keyring.") if supplier.kept else _("No key yet."))
        button = ActionButton(f"key_of_{supplier.name}", _("New key…"), role="quiet")
        button.setAccessibleName(_("New key of {company}").format(company=supplier.title))
        button.clicked.connect(partial(self._on_key, supplier))
        self._key_buttons[supplier.name] = button
        return row(f"key_row_{supplier.name}", title, known, button)

    def _on_key(self, supplier: Supplier, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        if self._supplying is not None:
            self.act("key", self._ask_key(self._supplying, supplier))

    async def _ask_key(self, supplying: Supplying, supplier: Supplier) -> None:
        from ui.settings.company_key import Asker, ask_key

        asker = Asker(self._people, self.by)
        if words := await ask_key(self.window(), supplying, supplier, asker, self.clock):
            await self._read_keys(supplying)
            # Another key is another account: what was about to be said was said of the one before.
            await self._read(anew=True)
            self.say(words, "ok")
            self._key_buttons[supplier.name].setFocus(Qt.FocusReason.OtherFocusReason)


def _explained(name: str) -> str:
    """The field in which the orders of others on the account `name` are explained."""
    return f"explained_{name}"


def _strangers(known: Account) -> str:
    """What speaks against what is said of an account."""
    if not known.declared or known.exclusive:
        return ""
    if known.unnamed and not known.strangers:
        return _("Something in its books is not this till's. Until that is explained, a person decides.")
    n = len(known.strangers)
    return ngettext(
        "{n} order in its books is not this till's. Until that is explained, a person decides.",
        "{n} orders in its books are not this till's. Until that is explained, a person decides.",
        n,
    ).format(n=n)
