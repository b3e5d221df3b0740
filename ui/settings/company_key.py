"""Asks for a card company's key over the window, and keeps it once the company took it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QLineEdit, QWidget

from pos_app.errors import Misconfigured, NotTaken
from pos_app.first_start import Supplier
from pos_app.i18n import _
from pos_app.messages import problem as words_of
from ui.approval import why_not
from ui.borders import Managing, Supplying
from ui.first_start.supplier import failure, name_and_rest, success
from ui.settings.entries_sheet import Asked, asked, pin_entry
from ui.widgets.entry import ChoiceEntry, Entry, LineEntry
from ui.widgets.secret_edit import SecretEdit

_OWN: Final = "own"


@dataclass(frozen=True)
class Asker:
    """Who wants another key: `by`, who came in and may have left the till since, is asked for the PIN."""

    people: Managing | None
    by: str


async def ask_key(
    host: QWidget, supplying: Supplying, supplier: Supplier, asker: Asker, clock: Callable[[], float]
) -> str:
    """What the company said that took the keys; empty where nobody wants it any more."""
    said = ""
    # Where there is no manager yet, there is nobody to be asked for.
    people = asker.people if asker.people is not None and await asker.people.known() else None
    wanted = Asked(
        _("Key of {company}").format(company=supplier.title),
        _("The company is asked whether it takes the key. The till buys with it from then on."),
        _("Test and keep"),
        _entries(supplier) | ({} if people is None else _own_pin(asker.by)),
    )

    async def keep(typed: Mapping[str, str]) -> Mapping[str, str]:
        nonlocal said
        # Before anything else: what a key is good for nobody finds out without the PIN.
        if people is not None:
            if not typed[_OWN]:
                return {_OWN: _("Enter your PIN.")}
            if why := await why_not(people, asker.by, typed[_OWN]):
                return {_OWN: why}
        fields = {one.name: typed[one.name] for one in supplier.fields}
        secrets = {one.name: typed[one.name] for one in supplier.secrets}
        try:
            test = await supplying.keep_supplier(supplier.name, fields, secrets, asker.by)
        except (NotTaken, Misconfigured) as error:
            if error.reason.startswith("keyring"):
                raise
            return {"": failure(supplier, error)}
        said = success(supplier, test)
        return {str(one.facts.get("name", "")): words_of(one) for one in test.problems}

    if not await asked(host, wanted, keep, clock):
        return ""
    return " ".join((said, _("Kept. The till buys with it from now on.")))


def _own_pin(by: str) -> dict[str, LineEntry]:
    return {_OWN: pin_entry("key_own_pin", _("Your own PIN, {name}").format(name=by))}


def _entries(supplier: Supplier) -> dict[str, Entry]:
    """The keys first, then what is rarely changed."""
    needed = [one for one in supplier.secrets if not one.optional]
    found: dict[str, Entry] = {}
    for secret in (*needed, *(one for one in supplier.secrets if one.optional)):
        label, about = name_and_rest(secret.label)
        name = f"key_{supplier.name}_{secret.name}"
        entry = LineEntry(name, label, SecretEdit(name, f"{supplier.title}, {label}"))
        kept = supplier.kept and not secret.optional
        entry.hint(_("Kept. Leave it empty to keep this key.") if kept else about)
        found[secret.name] = entry
    for setting in supplier.fields:
        name = f"key_{supplier.name}_{setting.name}"
        entry = (
            ChoiceEntry(name, setting.label, dict(setting.choices))
            if setting.choices
            else LineEntry(name, setting.label, QLineEdit())
        )
        entry.show_value(setting.value)
        entry.hint(setting.help)
        found[setting.name] = entry
    return found
