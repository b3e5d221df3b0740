"""The six pages over one store: each is kept as soon as it is right, so that a start cut off goes on."""

from __future__ import annotations

import asyncio
import secrets as randomness
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pos_app import clock, i18n, logs, recovery
from pos_app.entered import address_lines, zones
from pos_app.errors import Misconfigured, NotAllowed, PosError, StoreProblem
from pos_app.first_start.companies import (
    Entries,
    as_supplier,
    filled,
    not_typed,
    spec_of,
    tried,
    unlike_default,
)
from pos_app.first_start.entries import paper_of, problems_with_register, problems_with_shop
from pos_app.first_start.pages import PaperEntries, Progress, Sheet, ShopEntries, Supplier, SupplierTest
from pos_app.opening import SETTINGS, Options, keys_of, store_folder
from pos_app.orders.rules import Problem
from pos_app.people import People
from pos_app.preferences import TestSlip, ask_to_print
from pos_app.printing import sheets
from pos_app.printing.choice import printer_for
from pos_app.printing.document import Document
from pos_app.printing.encode import RenderRaster
from pos_app.providers import SPECS
from pos_app.providers.base import ProviderSpec
from pos_app.register import DATABASE, SET_UP, open_store, was_a_store
from pos_app.seal import Sealer
from pos_app.settings import Settings, load, save
from pos_app.store.database import Database, look_into_database, open_database
from pos_app.store.facts import Facts
from pos_app.store.key import is_sealed, key_to_write_down, open_seal, store_id
from pos_app.store.provider_keys import ProviderKeys
from pos_app.vault import KeyringVault, Vault

if TYPE_CHECKING:
    from pos_app.printing.spooling import Found

TYPED_BACK: Final = 3
"""How many groups of the recovery sheet are typed back."""

_PRINTED: Final = "recovery sheet printed"


class FirstStart:
    """The six pages over one store. Opened with `open_first_start`; it holds the store until it is closed.

    `keep_…` return what is wrong, nothing being kept then; the empty tuple means that it is on the disk.
    Every method may raise StoreProblem (the disk does not take it) and those that need the keyring
    Misconfigured("keyring_…"). Once the sheet was checked, all that keeps or prints something raises
    NotAllowed("set_up_before").
    """

    def __init__(  # noqa: PLR0913  the parts are joined in open_first_start only
        self,
        folder: Path,
        settings: Settings,
        database: Database,
        vault: Vault,
        render_pdf: Callable[[Document, str], bytes] | None,
        closing: AsyncExitStack,
        now: clock.Now,
        new_id: clock.NewId,
        *,
        finished: bool,
        looking: bool = False,
        render_raster: RenderRaster | None = None,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._database = database
        self._facts = Facts(database)
        self._vault = vault
        self._render_pdf = render_pdf
        self._render_raster = render_raster
        self._closing = closing
        self._now = now
        self._new_id = new_id
        self._finished = finished
        self._looking = looking
        self._sealer: Sealer | None = None
        self._kept: frozenset[str] = frozenset()
        self._passed: dict[str, tuple[Entries, SupplierTest]] = {}
        places = randomness.SystemRandom().sample(range(1, recovery.GROUPS + 1), TYPED_BACK)
        self._places = tuple(sorted(places))

    async def progress(self) -> Progress:
        """What is done. Tries the keyring anew each time, so that a person can mend it and try again."""
        trouble: PosError | None = None
        manager = False
        try:
            if self._looking and not await is_sealed(self._facts):
                # The keyring is asked all the same: it is what most often keeps a start from going on.
                await self._vault.get("nothing is called so")
            else:
                manager = bool(await (await self._people()).managers())
            self._kept = frozenset([spec.name for spec in SPECS if await self._is_kept(spec)])
        except Misconfigured as error:
            trouble, self._kept = error, frozenset()
        chosen = self._settings
        return Progress(
            keyring=trouble,
            shop="name" in chosen.shop.model_fields_set,
            register={"register_id", "cashier"} <= chosen.model_fields_set,
            supplier=bool(self._kept),
            printer=bool(chosen.paper.model_fields_set),
            manager=manager,
            recovery=self._finished,
        )

    def settings(self) -> Settings:
        """The settings as they are now."""
        return self._settings

    def zone(self) -> str:
        """The IANA name of this machine's time zone, empty when it has none that can be named."""
        from babel.localtime import get_localzone

        try:
            name = str(getattr(get_localzone(), "key", ""))
        except LookupError:
            return ""
        return name if name in self.zones() else ""

    def zones(self) -> tuple[str, ...]:
        """All IANA names there are to choose from."""
        return zones()

    def folder(self) -> str:
        """A folder to offer for slips: among the user's documents."""
        import platformdirs

        return str(platformdirs.user_documents_path() / "Countercard")

    async def keep_shop(self, entries: ShopEntries) -> tuple[Problem, ...]:
        """Page 1. Fields: shop_name, address, phone, currency, zone."""
        self._refuse_when_finished()
        problems = problems_with_shop(entries)
        if not problems:
            changed = {
                "name": entries.name.strip(),
                "address": address_lines(entries.address),
                "phone": entries.phone.strip(),
                "currency": entries.currency.strip().upper(),
                "zone": entries.zone.strip(),
            }
            await self._change(shop=self._settings.shop.model_copy(update=changed))
        return problems

    async def keep_register(self, register_id: str, cashier: str) -> tuple[Problem, ...]:
        """Page 2. Fields: register (two digits), cashier."""
        self._refuse_when_finished()
        problems = problems_with_register(register_id.strip(), cashier.strip())
        if not problems:
            await self._change(register_id=register_id.strip(), cashier=cashier.strip())
        return problems

    def suppliers(self) -> tuple[Supplier, ...]:
        """Page 3: whom there is; `kept` as `progress` found it last."""
        return tuple(
            as_supplier(spec, self._settings.providers.get(spec.name, {}), kept=spec.name in self._kept)
            for spec in SPECS
        )

    async def test_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str]
    ) -> SupplierTest:
        """Ask the company whether it takes the keys. Nothing is kept.

        An empty secret stands for the one in the keyring, which never goes anywhere but where it goes
        already. Fields of the problems: secret, setting; which one is meant stands in their facts as `name`.
        Raises NotTaken (not reached) and Misconfigured("key_refused").
        """
        spec, entries = spec_of(name), Entries(filled(fields), filled(secrets))
        keys = await self._keys()
        kept = {key: await keys.get(name, key) or "" for key in spec.secrets}
        if problems := not_typed(spec, self._settings.providers.get(name, {}), entries, kept):
            return SupplierTest(name, problems=problems)
        test = await tried(spec, entries, kept)
        if test.passed:
            self._passed[name] = (entries, test)
        return test

    async def keep_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str]
    ) -> SupplierTest:
        """Page 3: test, unless just these passed; keep keys in the keyring, fields in the settings."""
        self._refuse_when_finished()
        spec, entries = spec_of(name), Entries(filled(fields), filled(secrets))
        passed, test = self._passed.get(name, (None, None))
        if test is None or passed != entries:
            test = await self.test_supplier(name, fields, secrets)
            if not test.passed:
                return test
        before = self._settings.providers
        await self._change(providers=before | {name: unlike_default(spec, entries.fields)})
        await self._seal()
        keys = await self._keys()
        # The keys come last: while they are not there the page is asked again.
        kept = {key: await keys.get(name, key) or None for key in entries.secrets}
        try:
            await keys.stand_alone()
            for secret_name, secret in entries.secrets.items():
                await keys.put(name, secret_name, secret)
        except BaseException:
            # A key from before and the new address never meet, and neither do two halves of two keys.
            for secret_name, secret in kept.items():
                with suppress(PosError):
                    await keys.put_back(name, secret_name, secret)
            if any(kept.values()):
                with suppress(PosError):
                    await self._change(providers=before)
            raise
        self._kept |= {name}
        return test

    async def printers(self) -> tuple[Found, ...]:
        """The printers and ports of this computer, as far as they answer within a few seconds."""
        from pos_app.printing.spooling import list_printers

        return await list_printers()

    async def test_printer(self, entries: PaperEntries) -> TestSlip:
        """Print a test page, without anything secret on it; with the screen only there is nothing to print.

        The printer is asked first. Raises DeviceProblem when it would not print, or did not.
        """
        paper, problems = await asyncio.to_thread(paper_of, entries, self._folder)
        printer = None if problems else printer_for(paper, None, self._render_pdf, self._render_raster)
        if printer is None:
            return TestSlip(problems=problems)
        page = sheets.test_page(self._settings.shop, self._settings.register_id, self._now())
        said = await ask_to_print(printer)
        await printer.print(page, f"test-{self._settings.register_id}")
        return TestSlip(printer.name, warning=said)

    async def keep_printer(self, entries: PaperEntries) -> tuple[Problem, ...]:
        """Page 4. Fields: printer, folder, host, port, device, baud, queue, columns, profile, sheet."""
        self._refuse_when_finished()
        paper, problems = await asyncio.to_thread(paper_of, entries, self._folder)
        if not problems:
            await self._change(paper=paper)
        return problems

    async def keep_manager(self, name: str, pin: str, again: str) -> tuple[Problem, ...]:
        """Page 5: the first manager, in the place of an earlier one. Fields: manager, pin, again."""
        self._refuse_when_finished()
        return await (await self._people()).add_manager(name, pin, again, alone=True)

    async def print_recovery_sheet(self) -> Sheet:
        """Page 6: print the sheet, as often as it is asked for. Raises DeviceProblem, Misconfigured."""
        self._refuse_when_finished()
        own_id = await self._own_id()
        document = sheets.recovery_sheet(self._settings.shop, own_id, await self._groups(), self._now())
        printer = printer_for(self._settings.paper, None, self._render_pdf, self._render_raster)
        if printer is not None:
            await printer.print(document, f"recovery-{sheets.store_number(own_id)}")
        await self._facts.first(_PRINTED, self._now().isoformat())
        return Sheet(document, printer.name if printer is not None else "")

    async def sheet_was_printed(self) -> bool:
        """Whether the sheet was printed, or shown to be copied, now or in an earlier run."""
        return await self._facts.get(_PRINTED) is not None

    def recovery_groups(self) -> int:
        """How many groups stand on the sheet."""
        return recovery.GROUPS

    def recovery_places(self) -> tuple[int, ...]:
        """Which groups, counted from 1, are to be typed back."""
        return self._places

    async def check_recovery(self, typed: Mapping[int, str]) -> tuple[int, ...]:
        """Page 6: compare what was typed back, by group; returns those that are wrong.

        Those of `recovery_places` have to be there; others are compared too. When none is wrong the first
        start is done and real cards can be sold. Small letters, O for 0, I and L for 1 and blanks are let
        through. Raises NotAllowed("not_set_up") while an earlier page is open or nothing was printed.
        """
        self._refuse_when_finished()
        done = replace(await self.progress(), recovery=True)
        if done.keyring is not None:
            raise done.keyring
        if not done.finished or not await self.sheet_was_printed():
            raise NotAllowed("not_set_up")
        groups = await self._groups()
        wrong = tuple(
            place
            for place in sorted({*self._places, *typed})
            if not 1 <= place <= len(groups) or not recovery.same(groups[place - 1], typed.get(place, ""))
        )
        if not wrong:
            await self._facts.first(SET_UP, self._now().isoformat())
            self._finished = True
        return wrong

    async def close(self) -> None:
        """Let go of the store, so that the till can open it."""
        await self._closing.aclose()

    def _refuse_when_finished(self) -> None:
        if self._finished:
            raise NotAllowed("set_up_before")

    async def _change(self, **changed: object) -> None:
        """Keep what was chosen: the whole file or, when the disk does not take it, the one before."""
        settings = self._settings.model_copy(update=changed)
        await asyncio.to_thread(save, settings, self._folder / SETTINGS)
        self._settings = settings

    async def _seal(self) -> Sealer:
        if self._sealer is None:
            self._sealer = await open_seal(
                self._vault, self._facts, self._new_id, exclusive=not self._looking
            )
        return self._sealer

    async def _people(self) -> People:
        return People(self._database, await self._seal(), self._now)

    async def _own_id(self) -> str:
        await self._seal()
        return await store_id(self._facts)

    async def _groups(self) -> tuple[str, ...]:
        await self._seal()
        return recovery.groups(await key_to_write_down(self._vault, self._facts))

    async def _is_kept(self, spec: ProviderSpec) -> bool:
        wanted = [name for name in spec.secrets if name not in spec.optional]
        keys = await self._keys()
        return all([await keys.get(spec.name, name) for name in wanted])

    async def _keys(self) -> ProviderKeys:
        return await keys_of(self._facts, self._vault)


async def first_start_needed(folder: Path) -> bool:
    """Whether the store for real sales in `folder` is still to be set up.

    False for one whose database is gone: opening it says so. Raises StoreProblem when it can not be read.
    """
    if not await asyncio.to_thread((folder / DATABASE).exists):
        return not await asyncio.to_thread(was_a_store, folder)
    database = await open_database(folder / DATABASE)
    try:
        return await Facts(database).get(SET_UP) is None
    finally:
        await database.close()


async def open_first_start(
    options: Options,
    render_pdf: Callable[[Document, str], bytes] | None = None,
    vault: Vault | None = None,
    *,
    render_raster: RenderRaster | None = None,
) -> FirstStart:
    """Begin, or go on with, the first start of the real store `options` name.

    With `options.looking` only `progress` is to be asked, and nothing is made. `render_pdf` and
    `render_raster` are handed in by the window. Raises StoreProblem (in use, damaged, not writable; missing,
    for one who only looks) and Misconfigured (the settings can not be read, the store is for training). The
    keyring is not asked yet.
    """
    options = replace(options, live=True)
    folder = store_folder(options)
    settings = await asyncio.to_thread(load, folder / SETTINGS)
    i18n.set_language(settings.language, settings.shop.currency)
    async with AsyncExitStack() as stack:
        if options.looking:
            if not await asyncio.to_thread((folder / DATABASE).exists):
                raise StoreProblem("missing", path=str(folder))
            database = await look_into_database(folder / DATABASE)
            stack.push_async_callback(database.close)
        else:
            database = await open_store(folder, stack)
            await asyncio.to_thread(logs.set_up, folder / "logs")
        facts = Facts(database)
        kind = await (facts.get("kind") if options.looking else facts.first("kind", "live"))
        if kind not in {"live", None}:
            raise Misconfigured("wrong_store_kind", kind="live")
        finished = await facts.get(SET_UP) is not None
        closing = stack.pop_all()
    return FirstStart(
        folder,
        settings,
        database,
        vault or KeyringVault(),
        render_pdf,
        closing,
        clock.now,
        clock.new_id,
        finished=finished,
        looking=options.looking,
        render_raster=render_raster,
    )
