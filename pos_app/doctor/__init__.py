"""Everything a till needs, asked one by one: `countercard doctor` and whoever wants to know before selling.

Nothing is changed and no file is made; a till that sells from the store meanwhile does not notice. What is
found holds no code, PIN, key, name or address and may be shown to anybody who is to help.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from pos_app import clock
from pos_app.clock import Now
from pos_app.doctor import companies, machine, paper, stored
from pos_app.doctor.case import Case
from pos_app.doctor.findings import Finding, Said, State, answer
from pos_app.i18n import _
from pos_app.opening import Options, store_folder, vault_for
from pos_app.providers import SPECS
from pos_app.vault import KeyringVault, Vault

__all__ = ["Finding", "State", "examine"]

_QUICK: Final = 10.0
_ASKING: Final = 30.0
# A read may be tried three times, for ten seconds each, and a list may have several pages.
_READING: Final = 90.0
_WALKING: Final = 300.0
_KEYRING_SECONDS: Final = 15.0


@dataclass(frozen=True)
class _Check:
    """`needs`: what must have been found in order, or there is nothing to look at."""

    name: str
    title: str
    seconds: float
    ask: Callable[[Case], Awaitable[Said]]
    needs: tuple[str, ...] = ()


async def examine(
    options: Options, vault: Vault | None = None, now: Now = clock.now
) -> AsyncIterator[Finding]:
    """Each finding as soon as it is there. Raises StoreProblem("missing") for the home of nobody."""
    folder = store_folder(options)
    kept = vault or (KeyringVault(patience=_KEYRING_SECONDS) if options.live else vault_for(options, folder))
    case = Case(options, folder, kept, now)
    held: set[str] = set()
    for check in _checks():
        if not held.issuperset(check.needs):
            continue
        said = await answer(check.name, check.title, check.seconds, partial(check.ask, case))
        if said.goes_on:
            held.add(check.name)
        yield said.finding


def _checks() -> Iterator[_Check]:
    """All checks in their order. The settings are read first: they say in which language the rest is told."""
    yield _Check("settings", _("Settings"), _QUICK, machine.settings)
    yield _Check("program", _("Program"), _QUICK, machine.program)
    yield _Check("window", _("Window"), _QUICK, machine.window)
    yield _Check("parts", _("Parts"), _QUICK, machine.parts)
    yield _Check("zone", _("Time zone"), _QUICK, machine.zone, ("settings",))
    yield _Check("folder", _("Folder"), _QUICK, machine.folder)
    yield _Check("drive", _("Drive"), _QUICK, machine.drive)
    yield _Check("disk", _("Disk"), _QUICK, machine.disk)
    yield _Check("store", _("Store"), _QUICK, stored.store)
    yield _Check("lock", _("In use"), _QUICK, stored.lock, ("store",))
    yield _Check("database", _("Version"), _QUICK, stored.database, ("store",))
    yield _Check("integrity", _("File"), _WALKING, stored.integrity, ("database",))
    yield _Check("backups", _("Backups"), _QUICK, stored.copies, ("database", "settings"))
    yield _Check("kind", _("Kind"), _QUICK, stored.kind, ("integrity",))
    yield _Check("keyring", _("Keyring"), _ASKING, companies.keyring)
    yield _Check("key", _("Store key"), _ASKING, stored.key, ("kind", "keyring"))
    yield _Check("journal", _("Journal"), _WALKING, stored.journal, ("key", "settings"))
    yield _Check("replies", _("Replies"), _QUICK, stored.replies, ("key",))
    yield _Check("lists", _("Lists"), _WALKING, stored.lists, ("journal",))
    yield _Check("attention", _("Attention"), _QUICK, stored.attention, ("kind", "settings"))
    yield _Check("first_start", _("First start"), _QUICK, stored.first_start, ("kind",))
    yield _Check("managers", _("Managers"), _QUICK, stored.managers, ("kind",))
    for spec in SPECS:
        keys, clocks = f"{spec.name}_keys", f"{spec.name}_clock"
        at = partial(_("{company}, {what}").format, company=spec.title)
        kept = ("settings", "keyring")
        yield _Check(keys, at(what=_("keys")), _ASKING, partial(companies.keys, spec=spec), kept)
        yield _Check(clocks, at(what=_("clock")), _ASKING, partial(companies.clocks, spec=spec), (keys,))
        name = f"{spec.name}_account"
        yield _Check(name, at(what=_("account")), _READING, partial(companies.account, spec=spec), (clocks,))
    yield _Check("companies", _("Card companies"), _QUICK, companies.some_company, ("settings", "keyring"))
    yield _Check("network", _("Network"), _QUICK, companies.network)
    yield _Check("printer", _("Printer"), _ASKING, paper.printer, ("settings",))
    yield _Check("picture", _("Picture"), _QUICK, paper.picture, ("settings",))
