"""Page 3: the card companies, their keys, and whether they take them: asked at once, told in words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import Misconfigured, NotTaken, PosError
from pos_app.first_start import SecretField, SettingField, Supplier, SupplierTest
from pos_app.i18n import _, money, ngettext
from pos_app.messages import explain
from pos_app.messages import problem as words_of
from ui.borders import FirstStart
from ui.first_start.form import FormPage
from ui.screen import Clock
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import ChoiceEntry
from ui.widgets.field import Field
from ui.widgets.parts import OneLine, Text, named, set_role
from ui.widgets.secret_edit import SecretEdit
from ui.widgets.tone_sign import SignTone, ToneSign

_NAMED_MERCHANTS = 3


@dataclass(frozen=True)
class Outcome:
    """What a test said, and whether the company may be kept with what is written now."""

    tone: SignTone
    words: str
    passed: bool = False


@dataclass(frozen=True)
class Tests:
    """What was found out about each company since its fields were last changed."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])

    def passed(self, name: str) -> bool:
        """Whether the company took what is written now."""
        outcome = self.outcomes.get(name)
        return outcome is not None and outcome.passed

    def put(self, name: str, outcome: Outcome | None) -> Tests:
        """The same with another outcome for one company; None for none."""
        rest = {key: one for key, one in self.outcomes.items() if key != name}
        return Tests(rest if outcome is None else {**rest, name: outcome})


class SupplierPage(FormPage):
    """One of the companies can be left out by leaving its fields empty, but not all of them."""

    def __init__(self, service: FirstStart, *, done: bool, clock: Clock = time.monotonic) -> None:
        del done  # each company tells by itself whether it is kept
        super().__init__(
            "supplier_page",
            _("Card companies and keys"),
            _("One is enough: leave the other empty. Keys are kept in this computer's keyring only."),
            clock=clock,
        )
        self._service = service
        self._tests = Tests()
        self._cards: dict[str, SupplierCard] = {}
        self._choices: dict[str, ChoiceEntry] = {}
        self.body.setSpacing(16)
        self._kept = {one.name for one in service.suppliers() if one.kept}
        for supplier in service.suppliers():
            card = SupplierCard(supplier)
            self._cards[supplier.name] = card
            for secret in (one for one in supplier.secrets if not one.optional):
                card.add(self._add_secret(supplier, secret))
            for setting in supplier.fields:
                card.add_more(self._add_setting(supplier, setting))
            for secret in (one for one in supplier.secrets if one.optional):
                card.add_more(self._add_secret(supplier, secret))
            card.finish()
            card.leave_out_wanted.connect(partial(self._on_leave_out, supplier.name))
            self.body.addWidget(card)
            if supplier.kept:
                self._hint_kept(supplier)

    def _add_secret(self, supplier: Supplier, secret: SecretField) -> Field:
        label, about = name_and_rest(secret.label)
        edit = SecretEdit(f"{supplier.name}_{secret.name}", f"{supplier.title}, {label}")
        edit.textChanged.connect(partial(self._on_typed, supplier.name))
        return self.add_field(edit.objectName(), label, edit, about)

    def _add_setting(self, supplier: Supplier, setting: SettingField) -> Field | ChoiceEntry:
        name = f"{supplier.name}_{setting.name}"
        if not setting.choices:
            plain = named(QLineEdit(setting.value), name)
            plain.textChanged.connect(partial(self._on_typed, supplier.name))
            return self.add_field(name, setting.label, plain, setting.help)
        choice = self._choices[name] = ChoiceEntry(name, setting.label, dict(setting.choices))
        choice.show_value(setting.value)
        choice.hint(setting.help)
        choice.changed.connect(partial(self._on_typed, supplier.name))
        choice.changed.connect(partial(self.on_changed, name))
        for chip in choice.stops():
            chip.installEventFilter(self)
        return choice

    def _hint_kept(self, supplier: Supplier) -> None:
        for secret in supplier.secrets:
            if not secret.optional:
                self.fields[f"{supplier.name}_{secret.name}"].hint(
                    _("Kept. Leave it empty to keep this key.")
                )

    # --- what is written ----------------------------------------------------------------------------

    def _secrets(self, supplier: Supplier) -> dict[str, str]:
        return {one.name: self._text(supplier, one.name) for one in supplier.secrets}

    def _settings(self, supplier: Supplier) -> dict[str, str]:
        return {one.name: self._text(supplier, one.name) for one in supplier.fields}

    def _text(self, supplier: Supplier, name: str) -> str:
        key = f"{supplier.name}_{name}"
        choice = self._choices.get(key)
        return choice.value() if choice is not None else self.fields[key].edit.text().strip()

    def _is_changed(self, supplier: Supplier) -> bool:
        """Whether something is written that has to be tested and kept."""
        if any(self._secrets(supplier).values()):
            return True
        settings = self._settings(supplier)
        return supplier.name in self._kept and any(settings[one.name] != one.value for one in supplier.fields)

    def _changed(self) -> list[Supplier]:
        return [one for one in self._service.suppliers() if self._is_changed(one)]

    def _to_test(self) -> list[Supplier]:
        return [one for one in self._changed() if not self._tests.passed(one.name)]

    # --- going on -----------------------------------------------------------------------------------

    @override
    def wrong(self) -> Mapping[str, str]:
        suppliers = self._service.suppliers()
        if self._changed() or self._kept or not suppliers:
            return {}
        first = suppliers[0]
        return {f"{first.name}_{first.secrets[0].name}": _("Enter the keys of one card company at least.")}

    @override
    async def begin(self) -> None:
        to_test = self._to_test()
        if not to_test:
            await super().begin()
            return
        for supplier in to_test:
            asking = _("Asking {company}…").format(company=supplier.title)
            self._tests = self._tests.put(supplier.name, Outcome("muted", asking))
        self.draw()
        told = await asyncio.gather(*(self._test(supplier) for supplier in to_test))
        # What was found is read before going on: that is another press.
        if self.tell({place: words for one in told for place, words in one.items()}):
            self._show_outcome()

    def _show_outcome(self) -> None:
        """Bring what the tests said into view; the focus goes to the key that is not taken."""
        for supplier in self._service.suppliers():
            outcome = self._tests.outcomes.get(supplier.name)
            if outcome is not None and not outcome.passed:
                edit = self.fields[f"{supplier.name}_{supplier.secrets[0].name}"].edit
                edit.setFocus(Qt.FocusReason.OtherFocusReason)
                said = self._cards[supplier.name].outcome
                # Where the sentence stands is known when it has taken its room.
                QTimer.singleShot(0, said, partial(self.bring_into_view, said))
                return

    @override
    async def keep(self) -> Mapping[str, str]:
        told: dict[str, str] = {}
        for supplier in self._changed():
            test = await self._service.keep_supplier(
                supplier.name, self._settings(supplier), self._secrets(supplier)
            )
            told |= told_by(supplier, test)
            if test.passed:
                self._keep_no_more(supplier)
        return told

    def _keep_no_more(self, supplier: Supplier) -> None:
        """The keys lie in the keyring now: nothing of them stays in the window."""
        outcome = self._tests.outcomes.get(supplier.name)
        self._kept.add(supplier.name)
        for secret in supplier.secrets:
            self.fields[f"{supplier.name}_{secret.name}"].edit.clear()
        self._hint_kept(supplier)
        self._tests = self._tests.put(supplier.name, outcome)
        self.draw()

    async def _test(self, supplier: Supplier) -> dict[str, str]:
        outcome: Outcome | None = None
        told: dict[str, str] = {}
        try:
            test = await self._service.test_supplier(
                supplier.name, self._settings(supplier), self._secrets(supplier)
            )
            told = told_by(supplier, test)
            outcome = Outcome("ok", success(supplier, test), passed=True) if test.passed else None
        except (NotTaken, Misconfigured) as error:
            if error.reason.startswith("keyring"):
                raise
            outcome = Outcome("danger", failure(supplier, error))
        finally:
            self._tests = self._tests.put(supplier.name, outcome)
        return told

    # --- slots --------------------------------------------------------------------------------------

    def _on_typed(self, name: str, _text: str = "") -> None:
        self._tests = self._tests.put(name, None)
        self.draw()

    def _on_leave_out(self, name: str) -> None:
        supplier = next(one for one in self._service.suppliers() if one.name == name)
        for secret in supplier.secrets:
            self.fields[f"{name}_{secret.name}"].edit.clear()
        for setting in supplier.fields:
            key = f"{name}_{setting.name}"
            if setting.choices:
                self._choices[key].show_value(setting.value)
            else:
                self.fields[key].edit.setText(setting.value)
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- drawing ------------------------------------------------------------------------------------

    @override
    def going_on_words(self) -> str:
        if not self._to_test():
            return _("Next")
        failed = any(not one.passed for one in self._tests.outcomes.values())
        return _("Test again") if failed else _("Test the connection")

    @override
    def waiting_words(self) -> str:
        return _("Testing…") if self._to_test() else _("One moment…")

    @override
    def render_page(self) -> None:
        super().render_page()
        told = self.told()
        for key, choice in self._choices.items():
            choice.wrong(told.get(key, ""))
        for name, card in self._cards.items():
            card.tell(self._tests.outcomes.get(name))
            if card.holds_wrong():
                card.show_more()


class SupplierCard(QFrame):
    """One company: its keys, what is rarely changed behind a button, and what the test said."""

    leave_out_wanted = Signal()

    def __init__(self, supplier: Supplier) -> None:
        super().__init__()
        named(self, f"supplier_{supplier.name}", supplier.title)
        self.setProperty("role", "card")
        name = supplier.name
        self._keys: list[Field] = []
        self._rest: list[Field | ChoiceEntry] = []
        # parts
        how = _("cards by e-mail") if supplier.delivery == "email" else _("codes on paper")
        self._title = OneLine(f"{name}_title", "title", supplier.title)
        self._about = OneLine(f"{name}_about", "muted", f"· {how}")
        self._more = ActionButton(f"{name}_more", _("Address and more"), role="quiet")
        self._more.setAccessibleName(_("Address and more of {company}").format(company=supplier.title))
        self._sign = ToneSign()
        self._words = Text(f"{name}_outcome", "", wrap=True)
        self._leave_out = ActionButton(f"{name}_leave_out", _("Leave it out"), role="quiet")
        # layout
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._about)
        head.addStretch(1)
        head.addWidget(self._more)
        self._grid = QGridLayout()
        self._more_box = QWidget()
        self._more_grid = QGridLayout(self._more_box)
        for grid in (self._grid, self._more_grid):
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(8)
        self.outcome = QWidget()
        said = QHBoxLayout(self.outcome)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(8)
        said.addWidget(self._sign)
        said.addWidget(self._words, 1)
        said.addWidget(self._leave_out)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 20, 14)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addWidget(self._more_box)
        column.addWidget(self.outcome)
        # connections
        self._more.clicked.connect(self._on_more)
        self._leave_out.clicked.connect(self.leave_out_wanted)
        self._more_box.hide()
        self.outcome.hide()

    def add(self, key: Field) -> None:
        """A key's field."""
        self._keys.append(key)

    def add_more(self, rest: Field | ChoiceEntry) -> None:
        """A field that is rarely changed."""
        self._rest.append(rest)

    def finish(self) -> None:
        """All fields are there: lay them out."""
        for grid, fields in ((self._grid, self._keys), (self._more_grid, self._rest)):
            wide = len(fields) == 1
            for at, one in enumerate(fields):
                grid.addWidget(one, at // 2, at % 2, 1, 2 if wide else 1)
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1)
        self._more.setVisible(bool(self._rest))

    def tell(self, outcome: Outcome | None) -> None:
        """What the test said; None for nothing yet."""
        self.outcome.setVisible(outcome is not None)
        if outcome is not None:
            self._sign.tell(outcome.tone)
            self._words.setText(outcome.words)
            set_role(self._words, {"ok": "oktext", "danger": "alarmtext"}.get(outcome.tone, "muted"))
            self._leave_out.setVisible(outcome.tone == "danger")

    def holds_wrong(self) -> bool:
        """Whether something is wrong with what is behind the button."""
        return any(one.is_wrong() for one in self._rest)

    def show_more(self) -> None:
        """Show what is rarely changed."""
        self._more_box.show()

    def _on_more(self) -> None:
        self._more_box.setVisible(not self._more_box.isVisibleTo(self))


def name_and_rest(label: str) -> tuple[str, str]:
    """What a key is called, and what is said about it behind a colon."""
    name, _colon, rest = label.partition(": ")
    return name, f"{rest[:1].upper()}{rest[1:]}." if rest else ""


def told_by(supplier: Supplier, test: SupplierTest) -> dict[str, str]:
    """What is wrong with what was typed, in words, by the name of its field on the page."""
    told: dict[str, str] = {}
    for one in test.problems:
        told.setdefault(f"{supplier.name}_{one.facts.get('name')}", words_of(one))
    return told


def success(supplier: Supplier, test: SupplierTest) -> str:
    """What a company said that took the keys."""
    words = [_("Connected.")]
    if test.balance is not None:
        words.append(_("Balance {amount}.").format(amount=money(test.balance)))
    if test.merchants is not None:
        number = len(test.merchants)
        words.append(ngettext("{n} merchant.", "{n} merchants.", number).format(n=number))
    labels = {one.name: name_and_rest(one.label)[0] for one in supplier.secrets}
    words += [
        _("{key}: only a first sale can try it.").format(key=labels.get(name, name)) for name in test.untested
    ]
    return " ".join(words)


def failure(supplier: Supplier, error: PosError) -> str:
    """Why `supplier` could not be reached or did not want the key, and what to do."""
    what = _FAILURES.get(error.reason)
    if what is None:
        message = explain(error)
        return f"{message.what} {message.advice}".strip()
    return what().format(company=supplier.title)


_FAILURES: Final[Mapping[str, Callable[[], str]]] = {
    "key_refused": lambda: _(
        "{company} does not accept this key. Copy it once more from its letter or web page, all of it."
    ),
    "no_key": lambda: _(
        "{company} wants signed requests: the private key under Address and more is missing."
    ),
    "unauthorized": lambda: _(
        "{company} does not accept this key. Copy it once more from its letter or web page, all of it."
    ),
    "name_not_found": lambda: _(
        "{company} was not found at this address. Check the internet connection, then the address."
    ),
    "offline": lambda: _(
        "This computer has no connection to the internet. Check cable or Wi-Fi, test again."
    ),
    "connection_refused": lambda: _(
        "At this address nobody answers for {company}. Check the address; if it is right, test again later."
    ),
    "tls_failed": lambda: _(
        "No safe connection to {company}: check this computer's date and time, and whether the network"
        " asks you to sign in."
    ),
    "no_answer": lambda: _(
        "{company} gave no answer that can be read. Check the address; if it is right, test again later."
    ),
    "too_many_requests": lambda: _("{company} asks to slow down. Wait a minute, then test again."),
    "plain_http": lambda: _(
        "The address of {company} begins with https://, so that no one can read the key."
    ),
}
