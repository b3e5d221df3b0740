"""The running till: the only place where its parts are joined."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from pos_app import clock, seal
from pos_app.accounts import Accounts
from pos_app.aftermath import Aftermath
from pos_app.catalog import Catalog
from pos_app.changes import Changes
from pos_app.clock import ClockWatch, NewId, Now, Seconds
from pos_app.connections import LOOK_SECONDS as LIGHT_SECONDS
from pos_app.connections import Connections, Light
from pos_app.errors import Misconfigured, StoreProblem
from pos_app.held_money import HeldMoney
from pos_app.intake import Intake
from pos_app.key_watch import LOOK_SECONDS as KEY_SECONDS
from pos_app.key_watch import KeyWatch
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.cash_rounding import smallest_coin
from pos_app.orders.notes import NewLife
from pos_app.people import People
from pos_app.preferences import Preferences, no_printer
from pos_app.printing.devices import Printer
from pos_app.printouts import Printouts
from pos_app.providers.base import Provider, ProviderSpec
from pos_app.purging import LOOK_SECONDS as PURGE_SECONDS
from pos_app.purging import Purging
from pos_app.refunds import Refunds
from pos_app.rereading import Rereading
from pos_app.resolver import LOOK_SECONDS, Resolver
from pos_app.sales import RENEW_SECONDS, Sales, Till
from pos_app.seal import Sealer
from pos_app.setting_log import SettingLog
from pos_app.settings import FILE_NAME, Paper, Settings
from pos_app.spares import Spares
from pos_app.store.checkup import is_cut_off
from pos_app.store.daily import LOOK_SECONDS as BACKUP_SECONDS
from pos_app.store.daily import DailyBackup
from pos_app.store.database import Database, is_behind, look_into_database, open_database
from pos_app.store.drive import drive_of, is_remote
from pos_app.store.facts import Facts
from pos_app.store.held_parts import HeldParts
from pos_app.store.high_water import MARK_SECONDS, HighWater
from pos_app.store.home import Begun, Home
from pos_app.store.journal import Journal
from pos_app.store.key import open_seal, store_id
from pos_app.store.looks import Looks
from pos_app.store.products import Products
from pos_app.store.purge import Keys
from pos_app.store.spill import Spill
from pos_app.store.steady import SteadyTime
from pos_app.store.views import Views
from pos_app.training import Sandbox
from pos_app.vault import Vault
from pos_app.work import Work

if TYPE_CHECKING:
    from pos_app.barcodes import Barcodes
    from pos_app.changeover import Changeover
    from pos_app.claims import Claims
    from pos_app.guarding import Guarding
    from pos_app.orders.product import Product
    from pos_app.practice import Practice
    from pos_app.settling import Settling

DATABASE: Final = "countercard.db"
SET_UP: Final = "recovery sheet checked"
"""The fact that the first start is finished: when somebody typed back what the recovery sheet says."""

WORKSHOP: Final = "restoring"
"""Where a copy that is to take the store's place is made ready; a killed restore leaves it behind."""

_SELF = "countercard"
_LOCK = "lock"
_SPILL = "spill"
_CLOSE_SECONDS = 10.0
_REFRESH_SECONDS = 3600.0
_CLOCK_SECONDS = 2.0
_MARK_PATIENCE = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What a register is opened with: everything that differs between selling, training and tests.

    `holder` names this process among those that may work on one store. `exclusive` is False for a process
    that only looks and takes no lock. `sandbox` is ended when the register closes, if it is ours. `drive`
    tells the kind of drive a folder is on. `moved`: somebody said that the store is at home here from now on.
    `only_looks`: nothing at all is written; for a process that is not `exclusive`.
    `ours_alone`: nobody else can reach the accounts, so that what their books show is this store's doing.
    """

    folder: Path
    settings: Settings
    vault: Vault
    providers: Mapping[str, Provider]
    specs: Sequence[ProviderSpec]
    printer: Printer | None
    training: bool
    now: Now
    new_id: NewId
    holder: str
    exclusive: bool = True
    sandbox: Sandbox | None = None
    seconds: Seconds = clock.seconds
    drive: Callable[[Path], str] = drive_of
    moved: bool = False
    only_looks: bool = False
    ours_alone: bool = False
    spills: Sequence[Path] = ()
    rereads: bool = True
    """Whether kept replies are read again at once; not by who asked to see what they say."""

    printer_of: Callable[[Paper], Printer | None] = no_printer
    """Makes the printer that the shop chooses while the till is open."""


@dataclass(frozen=True)
class Register:
    """The services of one till, opened once and closed once.

    `begun`: the store began a new life in being opened (it was moved, or found rolled back).
    """

    preferences: Preferences
    training: bool
    looking: bool
    store_name: str
    catalog: Catalog
    sales: Sales
    accounts: Accounts
    aftermath: Aftermath
    resolver: Resolver
    rereading: Rereading
    people: People
    setting_log: SettingLog
    printouts: Printouts
    connections: Connections
    journal: Journal
    high_water: HighWater
    backup: DailyBackup
    key_watch: KeyWatch
    purging: Purging
    changes: Changes
    work: Work
    clock: ClockWatch
    closing: AsyncExitStack = field(repr=False)
    intake: Intake = field(repr=False)
    database: Database = field(repr=False)
    providers: dict[str, Provider] = field(repr=False)
    now: Now = field(repr=False)
    begun: Begun | None = None
    sandbox: Sandbox | None = field(default=None, repr=False)
    printer_of: Callable[[Paper], Printer | None] = field(default=no_printer, repr=False)

    def __post_init__(self) -> None:
        self.sales.guarded_by(lambda: self.guarding)
        self.sales.rounds_cash(self._smallest_coin)
        self.sales.refunds.not_while(self.printouts.is_printing)
        self.purging.not_while(self.printouts.is_printing)

    def _smallest_coin(self, currency: str) -> Money | None:
        shop = self.settings.shop
        # What was chosen is a coin of the shop's own currency.
        return smallest_coin(currency, shop.smallest_coin if currency == shop.currency else "")

    @property
    def settings(self) -> Settings:
        """What the shop has chosen, as it is now."""
        return self.preferences.settings

    @property
    def new_life(self) -> NewLife:
        """How the store came to begin a new life in being opened; empty where it did not."""
        return "" if self.begun is None else self.begun.note.how

    @property
    def refunds(self) -> Refunds:
        """Money back."""
        return self.sales.refunds

    @property
    def spares(self) -> Spares:
        """Cards that are the shop's own."""
        return self.sales.spares

    @property
    def held_money(self) -> HeldMoney:
        """Parts of a payment that pay nothing yet."""
        return self._held_money

    @cached_property
    def _held_money(self) -> HeldMoney:
        held = HeldParts(self.database, self.settings.register_id)
        return HeldMoney(held, self.work, looking=self.looking)

    @property
    def practice(self) -> Practice | None:
        """What lessons may do; None where cards are real, nobody plays the companies, or it looks only."""
        return self._practice

    @cached_property
    def _practice(self) -> Practice | None:
        if not self.training or self.looking or self.sandbox is None:
            return None
        from pos_app.practice import Practice, Tools

        tools = Tools(
            Facts(self.database),
            self.catalog,
            self.printouts,
            self.preferences,
            self.printer_of,
            self.resolver,
            self.changes,
            self.now,
        )
        return Practice(self.sandbox, tools)

    @property
    def barcodes(self) -> Barcodes:
        """The shop's own barcodes. Made when one is scanned: a till that waits needs none."""
        from pos_app.barcodes import Barcodes
        from pos_app.store.barcodes import BarcodeRows

        return Barcodes(BarcodeRows(self.database), self.catalog, self.now, self.intake.refuse_codes)

    @property
    def guarding(self) -> Guarding:
        """The scam guard. Made with the first sale: a till that waits needs none."""
        return self._guarding

    @cached_property
    def _guarding(self) -> Guarding:
        from pos_app.guarding import Guarding

        return Guarding(
            self.journal,
            self._of_brand,
            lambda: self.settings,
            self.settings.register_id,
            self.now,
        )

    @property
    def settling(self) -> Settling:
        """A person's verdicts. Made with the first look at what waits: most days need none."""
        return self._settling

    @cached_property
    def _settling(self) -> Settling:
        from pos_app.settling import Settling

        return Settling(self.journal, self.intake, self.sales, self.providers, self.work, self.changes)

    @property
    def changeover(self) -> Changeover:
        """Another key in force at once. Made when a manager has one: most tills never need it."""
        from pos_app.changeover import Changeover

        return Changeover(
            self.providers,
            Looks(self.database),
            self.sales,
            self.catalog,
            self.connections,
            self.work,
            self.changes,
            self.closing,
        )

    @property
    def claims(self) -> Claims:
        """What is claimed back from the companies; made when somebody looks."""
        return self._claims

    @cached_property
    def _claims(self) -> Claims:
        from pos_app.claims import Claims

        return Claims(self.journal, self.intake, self.changes, self.now)

    def _of_brand(self, product: Product) -> tuple[Product, ...]:
        """What is sold of the brand of `product`; nothing once it is not sold any more."""
        brand = self.catalog.brand_of(product)
        return () if brand is None else self.catalog.products_of(brand)

    def watch(self) -> None:
        """Begin everything that goes on by itself: late codes, lights, the catalogue, leases, backups.

        Where the store is only looked at, the lights alone: everything else writes into it.
        """
        self.work.every("lights", LIGHT_SECONDS, self.connections.look)
        if self.looking:
            return
        self.work.every("late codes", LOOK_SECONDS, self.resolver.look)
        self.work.every("leases", RENEW_SECONDS, self.sales.renew_leases)
        self.work.every("unkept replies", RENEW_SECONDS, self.sales.keep_what_was_heard)
        self.work.every("clock", _CLOCK_SECONDS, self.look_at_clock)
        self.work.every("catalogue", _REFRESH_SECONDS, self.catalog.refresh)
        self.work.every("lists not read", LIGHT_SECONDS, self.read_again)
        self.work.every("backup", BACKUP_SECONDS, self.backup.look)
        self.work.every("store key", KEY_SECONDS, self.key_watch.look)
        self.work.every("purge", PURGE_SECONDS, self.purging.look)
        self.work.every("mark", MARK_SECONDS, self.high_water.keep)

    async def look_at_clock(self) -> None:
        """When the clock was set or the machine slept: begin anew what was timed, and look what is true now.

        An order on its way stays so. It listens for its time in monotonic seconds, those a machine is awake
        on most systems: an answer that came before the sleep may still be there to be read.
        """
        jump = self.clock.jumped()
        if jump is None:
            return
        _log.info("the clock jumped by %d s: it was set, or this machine slept", jump.total_seconds())
        await self.sales.renew_leases()
        await self.people.restart_pauses()
        self.resolver.ask_anew()
        await self.connections.look_anew()

    async def read_again(self) -> None:
        """Read the lists that could not be read, once their companies answer: nobody has to ask for them."""
        if self.catalog.is_behind:
            lights = self.connections.lights()
            await self.catalog.read_again({light.name for light in lights if light.state == "ok"})

    async def warm_up(self) -> None:
        """Have loaded what the first sale of a day would wait for, and a till that only waits never needs."""
        await asyncio.to_thread(seal.load)
        await self.printouts.warm_up()

    async def close(self, seconds: float = _CLOSE_SECONDS) -> None:
        """Stop watching, wait at most `seconds` for what is being done, and let go of everything.

        An order whose answer has not come by then stays *not confirmed* in the journal.
        """
        # What was read is kept; nobody waits for the rest of a catalogue to leave.
        self.catalog.stop()
        await self.work.close(seconds)
        try:
            if seconds:
                await self.sales.keep_what_was_heard()
                await self._keep_mark()
        finally:
            await self.closing.aclose()

    async def _keep_mark(self) -> None:
        """Tell the vault how far the journal came; a keyring that asks somebody keeps nobody from leaving."""
        if not self.looking:
            with contextlib.suppress(StoreProblem, TimeoutError):
                async with asyncio.timeout(_MARK_PATIENCE):
                    await self.high_water.keep()


async def open_register(parts: Parts) -> Register:
    """Open the till over `parts`. Sends nothing: what was paid and not bought waits for a person.

    Raises StoreProblem (in use, damaged, newer, not writable; `elsewhere`: it was copied or moved) and
    Misconfigured (keyring, store key, kind).
    """
    async with AsyncExitStack() as stack:
        if parts.sandbox is not None:
            stack.push_async_callback(parts.sandbox.close)
        database = await (
            look_into_store(parts.folder, stack, parts.drive)
            if parts.only_looks
            else open_store(parts.folder, stack, exclusive=parts.exclusive, drive=parts.drive)
        )
        facts = Facts(database)
        kind = "training" if parts.training else "live"
        found = await facts.first("kind", kind) if parts.exclusive else await facts.get("kind")
        if found not in {kind, None}:
            raise Misconfigured("wrong_store_kind", kind=kind)
        try:
            sealer = await open_seal(parts.vault, facts, parts.new_id, exclusive=parts.exclusive)
        except Misconfigured as error:
            if parts.training and error.reason in {"store_key_missing", "store_key_wrong"}:
                # Practice has no keyring and no recovery sheet, and nothing in it is of value.
                raise Misconfigured("training_key_missing", path=str(parts.folder)) from None
            raise
        own_id = await store_id(facts)
        home = Home(facts, parts.vault, own_id, parts.folder, parts.new_id)
        high_water = HighWater(database, parts.vault, own_id)
        begins = parts.exclusive and await _begins_here(home, parts)
        set_up = parts.training or await facts.get(SET_UP) is not None
        for provider in parts.providers.values():
            stack.push_async_callback(provider.close)
        spill = Spill(spill_folder(parts.folder), parts.spills, own_id)
        register = _joined(parts, database, sealer, spill, high_water, stack.pop_all(), set_up=set_up)
    try:
        if parts.exclusive:
            await register.journal.forget_leases()
            await spill.look()
            await register.sales.keep_what_was_heard()
            if parts.rereads:
                with contextlib.suppress(StoreProblem):
                    # A journal that was tampered with still opens, so that it can be looked at and verified.
                    await register.resolver.reread()
            begun = await _settled_in(register, database, home, parts, begins=begins)
            register = replace(register, begun=begun)
            with contextlib.suppress(StoreProblem):
                # Tried again before anything is printed.
                await register.printouts.look_back()
        await register.catalog.open()
    except BaseException:
        await register.close(0)
        raise
    return register


async def _settled_in(
    register: Register, database: Database, home: Home, parts: Parts, *, begins: bool
) -> Begun | None:
    """Keep that the store is at home here; the life that begins where it was moved, or put back by hand.

    A journal that lines were cut off stays as it is: a further line would take the place of the first one.
    """
    put_back = await register.high_water.check()
    if begins:
        begun = await home.move(register.journal, str(parts.folder), _SELF)
    elif put_back is not None and not await is_cut_off(database):
        evidence = f"{put_back.register}: {put_back.found} < {put_back.known}"
        begun = await home.begin_life(register.journal, "rolled_back", evidence, _SELF)
        await home.keep(begun)
    else:
        await home.stay()
        return None
    register.high_water.acknowledge()
    _log.info("the store began a new life (%s): %d orders are left to a person", begun.note.how, begun.left)
    return begun


async def _begins_here(home: Home, parts: Parts) -> bool:
    """Whether the store begins a new life here, for it was moved. Raises StoreProblem."""
    if await home.standing() != "elsewhere":
        return False
    # Practice is worth nothing: a copy of it is another place to practise.
    if not parts.moved and not parts.training:
        raise StoreProblem("elsewhere", path=str(parts.folder))
    left = await home.left_for()
    if left is not None and was_a_store(left):
        try:
            with FileLock(lock_file(left), timeout=0):
                pass
        except Timeout:
            raise StoreProblem("in_use", path=str(left)) from None
        except OSError:
            _log.info("whether the store is open where it was can not be seen")
    return True


async def open_store(
    folder: Path,
    stack: AsyncExitStack,
    *,
    exclusive: bool = True,
    drive: Callable[[Path], str] = drive_of,
) -> Database:
    """The database of the store in `folder`, held for this process if `exclusive`, until `stack` is closed.

    Raises StoreProblem: on a network drive, in use, gone, not writable, or what `open_database` raises.
    """
    path = folder / DATABASE
    try:
        kind = await asyncio.to_thread(drive, folder)
        if is_remote(kind):
            raise StoreProblem("network_drive", path=str(folder), drive=kind)
        has_been_a_store = _made_ready(folder)
        if not has_been_a_store:
            # The lock says that there is a store, so it comes second: a start cut off leaves no trap.
            await (await open_database(path)).close()
        if exclusive:
            lock = FileLock(lock_file(folder), timeout=0)
            lock.acquire()
            stack.callback(lock.release)
            await asyncio.to_thread(shutil.rmtree, folder / WORKSHOP, ignore_errors=True)
        if has_been_a_store and _is_empty(path):
            # A new store in the place of a lost one would forget every order that is still open.
            raise StoreProblem("gone", path=str(folder))
        if not exclusive and await asyncio.to_thread(is_behind, path):
            # Tables are changed by who holds the store: an older program may be selling with those that are.
            with FileLock(lock_file(folder), timeout=0):
                await (await open_database(path)).close()
    except Timeout:
        raise StoreProblem("in_use", path=str(folder)) from None
    except OSError:
        raise StoreProblem("read_only", path=str(folder)) from None
    database = await open_database(path)
    stack.push_async_callback(database.close)
    return database


async def look_into_store(
    folder: Path, stack: AsyncExitStack, drive: Callable[[Path], str] = drive_of
) -> Database:
    """The database of the store in `folder`, to read only, until `stack` is closed. Raises StoreProblem."""
    kind = await asyncio.to_thread(drive, folder)
    if is_remote(kind):
        raise StoreProblem("network_drive", path=str(folder), drive=kind)
    database = await look_into_database(folder / DATABASE)
    stack.push_async_callback(database.close)
    return database


async def hold_store(folder: Path, stack: AsyncExitStack, drive: Callable[[Path], str] = drive_of) -> None:
    """Hold the store in `folder`, whatever is or is not in it, for this process until `stack` is closed.

    A folder that was no store and has not become one is left as none. Raises StoreProblem: on a network
    drive, in use, not writable.
    """
    try:
        kind = await asyncio.to_thread(drive, folder)
        if is_remote(kind):
            raise StoreProblem("network_drive", path=str(folder), drive=kind)
        has_been_a_store = _made_ready(folder)
        lock = FileLock(lock_file(folder), timeout=0)
        lock.acquire()
        stack.callback(lock.release)
        if not has_been_a_store:
            stack.callback(_leave_as_none, folder)
    except Timeout:
        raise StoreProblem("in_use", path=str(folder)) from None
    except OSError:
        raise StoreProblem("read_only", path=str(folder)) from None


def _leave_as_none(folder: Path) -> None:
    """Take the lock away that would say that a store was lost here."""
    if _is_empty(folder / DATABASE):
        lock_file(folder).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()


def was_a_store(folder: Path) -> bool:
    """Whether `folder` has been a store, even if its database is gone by now."""
    return lock_file(folder).exists()


def lock_file(folder: Path) -> Path:
    """The file of the store in `folder` that the process locks which has it open."""
    return folder / _LOCK


def spill_folder(folder: Path) -> Path:
    """Where the store in `folder` lays replies its journal does not take."""
    return folder / _SPILL


def _made_ready(folder: Path) -> bool:
    """Make `folder` where there is none; whether it has been a store."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return was_a_store(folder)


def _is_empty(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _key_light(key_watch: KeyWatch, zone: str) -> tuple[Light, ...]:
    """Why nothing is sold, since when, and what to do, while the keyring does not give the store's key."""
    why, since = key_watch.why, key_watch.since
    if why is None or since is None:
        return ()
    said = explain(why)
    at = since.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    return (Light("keyring", f"{said.title} ({at})", "trouble", f"{said.what} {said.advice}".strip()),)


def _joined(
    parts: Parts,
    database: Database,
    sealer: Sealer,
    spill: Spill,
    high_water: HighWater,
    closing: AsyncExitStack,
    *,
    set_up: bool,
) -> Register:
    changes, work = Changes(), Work()
    # The one that all have before them: who replaces a key while the till is open changes it for all.
    settings, providers = parts.settings, dict(parts.providers)
    journal = Journal(
        database, sealer, settings.register_id, parts.holder, parts.now, parts.new_id, parts.seconds
    )
    views = Views(database)
    intake = Intake(journal, sealer, spill)
    kept = None if parts.training else parts.vault
    key_watch = KeyWatch(kept, Facts(database), sealer, changes, parts.now)
    till = Till(settings.register_id, training=parts.training, set_up=set_up)
    sales = Sales(journal, views, intake, providers, work, changes, till, parts.now)
    sales.needs(key_watch.refuse_without)
    catalog = Catalog(Products(database), views, providers, work, changes, settings.shop.currency, parts.now)
    sales.goes_before(catalog.step_aside)
    specs = {spec.name: spec for spec in parts.specs}
    connections = Connections(providers, specs, changes, parts.now)
    connections.tell_also(lambda: _key_light(key_watch, settings.shop.zone))
    looks = Looks(database)
    titles = {name: spec.title for name, spec in specs.items() if spec.delivery == "codes"}
    accounts = Accounts(
        journal,
        looks,
        providers,
        changes,
        parts.now,
        intake.refuse_codes,
        ours_alone=parts.ours_alone,
        titles=titles,
    )
    printouts = Printouts(
        journal,
        intake,
        parts.printer,
        settings.shop,
        work,
        changes,
        parts.now,
        on_screen=settings.paper.printer == "screen",
    )
    printouts.pictures_in(parts.folder)
    setting_log = SettingLog(journal, intake.refuse_codes)
    preferences = Preferences(
        settings,
        parts.folder / FILE_NAME,
        parts.printer_of,
        printouts,
        work,
        changes,
        parts.now,
        setting_log,
        training=parts.training,
        looking=not parts.exclusive,
    )
    printouts.others_by(parts.printer_of, lambda: preferences.settings.paper)
    return Register(
        preferences=preferences,
        training=parts.training,
        looking=not parts.exclusive,
        store_name=parts.folder.name,
        catalog=catalog,
        sales=sales,
        accounts=accounts,
        aftermath=Aftermath(journal, views, providers),
        resolver=Resolver(journal, intake, sales, accounts, providers, work, changes, parts.now),
        rereading=Rereading(journal, intake, sales, providers, changes),
        providers=providers,
        people=People(database, sealer, parts.now, parts.seconds, setting_log),
        setting_log=setting_log,
        printouts=printouts,
        connections=connections,
        journal=journal,
        high_water=high_water,
        key_watch=key_watch,
        purging=Purging(
            journal,
            intake,
            Keys(database),
            Facts(database),
            SteadyTime(Facts(database), parts.now, parts.seconds),
            parts.folder,
            changes,
            settings.codes_kept_days,
        ),
        backup=DailyBackup(parts.folder / DATABASE, parts.now),
        changes=changes,
        work=work,
        clock=ClockWatch(parts.now, parts.seconds),
        sandbox=parts.sandbox,
        printer_of=parts.printer_of,
        closing=closing,
        intake=intake,
        database=database,
        now=parts.now,
    )
