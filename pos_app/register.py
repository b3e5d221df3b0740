"""The running till: the only place where its parts are joined."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from pos_app.catalog import Catalog
from pos_app.changes import Changes
from pos_app.clock import NewId, Now
from pos_app.connections import LOOK_SECONDS as LIGHT_SECONDS
from pos_app.connections import Connections
from pos_app.errors import Misconfigured, StoreProblem
from pos_app.intake import Intake
from pos_app.printing.devices import Printer
from pos_app.printouts import Printouts
from pos_app.providers.base import Provider, ProviderSpec
from pos_app.resolver import LOOK_SECONDS, Resolver
from pos_app.sales import RENEW_SECONDS, Sales, Till
from pos_app.seal import Sealer, new_store_key
from pos_app.settings import Settings
from pos_app.settling import Settling
from pos_app.store.database import Database, open_database
from pos_app.store.facts import Facts
from pos_app.store.journal import Journal
from pos_app.store.products import Products
from pos_app.store.views import Views
from pos_app.training import Sandbox
from pos_app.vault import Vault
from pos_app.work import Work

DATABASE: Final = "countercard.db"
_LOCK = "lock"
_CHECK = "key check"
_CLOSE_SECONDS = 10.0
_REFRESH_SECONDS = 3600.0


@dataclass(frozen=True)
class Parts:
    """What a register is opened with: everything that differs between selling, training and tests.

    `holder` names this process among those that may work on one store. `exclusive` is False for a process
    that only looks and takes no lock. `sandbox` is ended when the register closes, if it is ours.
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


@dataclass(frozen=True)
class Register:
    """The services of one till, opened once and closed once."""

    settings: Settings
    training: bool
    looking: bool
    store_name: str
    catalog: Catalog
    sales: Sales
    resolver: Resolver
    settling: Settling
    printouts: Printouts
    connections: Connections
    journal: Journal
    changes: Changes
    work: Work
    closing: AsyncExitStack = field(repr=False)

    def watch(self) -> None:
        """Begin everything that goes on by itself: late codes, lights, the catalogue, leases."""
        self.work.every("late codes", LOOK_SECONDS, self.resolver.look)
        self.work.every("leases", RENEW_SECONDS, self.sales.renew_leases)
        self.work.every("lights", LIGHT_SECONDS, self.connections.look)
        self.work.every("catalogue", _REFRESH_SECONDS, self.catalog.refresh)

    async def close(self, seconds: float = _CLOSE_SECONDS) -> None:
        """Stop watching, wait at most `seconds` for what is being done, and let go of everything.

        An order whose answer has not come by then stays *not confirmed* in the journal.
        """
        await self.work.close(seconds)
        await self.closing.aclose()


async def open_register(parts: Parts) -> Register:
    """Open the till over `parts`. Sends nothing: what was paid and not bought waits for a person.

    Raises StoreProblem (in use, damaged, newer, not writable) and Misconfigured (keyring, store key, kind).
    """
    async with AsyncExitStack() as stack:
        if parts.sandbox is not None:
            stack.push_async_callback(parts.sandbox.close)
        database = await _open_store(parts, stack)
        facts = Facts(database)
        kind = "training" if parts.training else "live"
        found = await facts.first("kind", kind) if parts.exclusive else await facts.get("kind")
        if found not in {kind, None}:
            raise Misconfigured("wrong_store_kind", kind=kind)
        sealer = await _open_seal(parts, facts)
        for provider in parts.providers.values():
            stack.push_async_callback(provider.close)
        register = _joined(parts, database, sealer, stack.pop_all())
    try:
        if parts.exclusive:
            await register.journal.forget_leases()
            with contextlib.suppress(StoreProblem):
                # A journal that was tampered with still opens, so that it can be looked at and verified.
                await register.resolver.reread()
        await register.catalog.open()
    except BaseException:
        await register.close(0)
        raise
    return register


async def _open_store(parts: Parts, stack: AsyncExitStack) -> Database:
    path = parts.folder / DATABASE
    try:
        parts.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        has_been_a_store = (parts.folder / _LOCK).exists()
        if parts.exclusive:
            lock = FileLock(parts.folder / _LOCK, timeout=0)
            lock.acquire()
            stack.callback(lock.release)
        if has_been_a_store and (not path.exists() or path.stat().st_size == 0):
            # A new store in the place of a lost one would forget every order that is still open.
            raise StoreProblem("gone", path=str(parts.folder))
    except Timeout:
        raise StoreProblem("in_use", path=str(parts.folder)) from None
    except OSError:
        raise StoreProblem("read_only", path=str(parts.folder)) from None
    database = await open_database(path)
    stack.push_async_callback(database.close)
    return database


async def _open_seal(parts: Parts, facts: Facts) -> Sealer:
    """The seal for this store, whose key lies in the vault.

    A process that only looks makes nothing: a key of its own, put in the place of the one the selling process
    has just made, would lock away everything that is sold.
    """
    store_id, check = await facts.get("id"), await facts.get("key check")
    if store_id is None or check is None:
        if not parts.exclusive:
            raise StoreProblem("unavailable", path=str(parts.folder))
        return await _begin_seal(parts, facts)
    sealer = _sealer(await parts.vault.get(_key_name(store_id)))
    if sealer.digest(_CHECK) != check:
        raise Misconfigured("store_key_wrong")
    return sealer


async def _begin_seal(parts: Parts, facts: Facts) -> Sealer:
    """A new store gets its key: into the vault, back out of it, and only then relied on."""
    name = _key_name(await facts.first("id", parts.new_id()))
    if await parts.vault.get(name) is None:
        await parts.vault.put(name, base64.b64encode(new_store_key()).decode())
    sealer = _sealer(await parts.vault.get(name))
    if await facts.first("key check", sealer.digest(_CHECK)) != sealer.digest(_CHECK):
        raise Misconfigured("store_key_wrong")
    return sealer


def _key_name(store_id: str) -> str:
    return f"store-key-{store_id}"


def _sealer(secret: str | None) -> Sealer:
    if secret is None:
        raise Misconfigured("store_key_missing")
    try:
        return Sealer(base64.b64decode(secret, validate=True))
    except ValueError:
        raise Misconfigured("store_key_wrong") from None


def _joined(parts: Parts, database: Database, sealer: Sealer, closing: AsyncExitStack) -> Register:
    changes, work = Changes(), Work()
    settings, providers = parts.settings, parts.providers
    journal = Journal(database, sealer, settings.register_id, parts.holder, parts.now, parts.new_id)
    views = Views(database)
    intake = Intake(journal, sealer)
    till = Till(settings.register_id, training=parts.training)
    sales = Sales(journal, views, intake, providers, work, changes, till, parts.now)
    return Register(
        settings=settings,
        training=parts.training,
        looking=not parts.exclusive,
        store_name=parts.folder.name,
        catalog=Catalog(Products(database), views, providers, changes, settings.shop.currency, parts.now),
        sales=sales,
        resolver=Resolver(journal, intake, sales, providers, changes, parts.now),
        settling=Settling(journal, intake, sales, providers, work, changes),
        printouts=Printouts(journal, intake, parts.printer, settings.shop, work, changes, parts.now),
        connections=Connections(providers, {spec.name: spec for spec in parts.specs}, changes, parts.now),
        journal=journal,
        changes=changes,
        work=work,
        closing=closing,
    )
