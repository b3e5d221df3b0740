"""From what a person asked for (which store, training or real) to an open register."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import warnings
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ValidationError

from pos_app import clock, i18n, logs
from pos_app.errors import Misconfigured, NotAllowed, StoreProblem
from pos_app.orders.rules import Problem
from pos_app.printing.choice import printer_for
from pos_app.printing.devices import Printer
from pos_app.printing.document import Document
from pos_app.printing.encode import RenderRaster
from pos_app.providers import SPECS
from pos_app.providers.base import Provider, ProviderSpec
from pos_app.providers.keys import is_a_key
from pos_app.register import DATABASE, SET_UP, Parts, Register, open_register, open_store
from pos_app.settings import FILE_NAME, TRAINING_SHOP, Paper, Settings, Shop, load
from pos_app.store.database import look_into_database
from pos_app.store.facts import Facts
from pos_app.store.key import known_id, open_seal, put_back, store_id
from pos_app.store.looks import Looks
from pos_app.store.provider_keys import ProviderKeys
from pos_app.store.rebuild import rebuild
from pos_app.training import Sandbox, is_this_machine, read_ready, start_sandbox
from pos_app.vault import KeyringVault, TrainingVault, Vault

SETTINGS: Final = FILE_NAME


@dataclass(frozen=True)
class Options:
    """What a person asked for.

    `store` is a name, kept among the user's data, or a folder if it looks like a path; empty means `training`
    or `shop`. `sandbox` is a file with a sandbox's ready line; without it training starts its own, if
    `selling`. `looking` leaves the store to the process that has it open. `moved` says that a store found
    elsewhere than where it was is at home there from now on; `only_looks`, that nothing is to be written into
    it. `paper` overrides where the file printer writes.
    """

    store: str = ""
    sandbox: Path | None = None
    live: bool = False
    selling: bool = True
    looking: bool = False
    moved: bool = False
    only_looks: bool = False
    paper: Path | None = None
    rereads: bool = True


async def open_till(
    options: Options,
    render_pdf: Callable[[Document, str], bytes] | None = None,
    render_raster: RenderRaster | None = None,
) -> Register:
    """Open the till a person asked for. Raises what `open_register` and the providers' set-up raise.

    `render_pdf` and `render_raster` are the window's: this side of the program knows no Qt. Closing
    the register also ends a sandbox that was started for it.
    """
    folder = store_folder(options)
    if not options.selling and not await asyncio.to_thread((folder / DATABASE).exists):
        raise StoreProblem("missing", path=str(folder))
    settings = load(folder / SETTINGS)
    i18n.set_language(settings.language, settings.shop.currency)
    with contextlib.suppress(OSError):
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        # A folder that can not be written is told by the store itself, in words.
        logs.set_up(folder / "logs")
    vault = vault_for(options, folder)
    # Asked before anything is begun in the folder: practice leaves nothing beside real sales.
    keys = None
    with contextlib.suppress(StoreProblem):
        # What is wrong with the store is said by opening it.
        keys = await store_keys(folder, vault, kind="live" if options.live else "training")
    sandbox = await _sandbox(options, folder)
    try:
        providers = await _providers(options, settings, keys, sandbox)
        if not options.live:
            settings = _as_training(settings)
        parts = Parts(
            folder=folder,
            settings=settings,
            vault=vault,
            providers=providers,
            specs=SPECS,
            printer=_printer(options, settings.paper, folder, render_pdf, render_raster),
            printer_of=lambda paper: _printer(options, paper, folder, render_pdf, render_raster),
            training=not options.live,
            ours_alone=not options.live,
            now=clock.now,
            new_id=clock.new_id,
            holder=f"{socket.gethostname()}/{os.getpid()}/{clock.new_id()[:8]}",
            exclusive=not (options.looking or options.only_looks),
            sandbox=sandbox,
            moved=options.moved,
            only_looks=options.only_looks,
            spills=spill_folders(),
            rereads=options.rereads,
        )
        register = await open_register(parts)
    except BaseException:
        if sandbox is not None:
            await sandbox.close()
        raise
    if options.live and not (options.looking or options.only_looks) and keys is not None:
        with contextlib.suppress(Misconfigured):
            # A keyring that takes nothing now has given what is needed: the next start tries again.
            await keys.take_over(_all_keys())
    return register


def store_folder(options: Options) -> Path:
    """The folder of the store `options` name. Raises StoreProblem("missing") for the home of nobody."""
    name = options.store or ("shop" if options.live else "training")
    try:
        path = Path(name).expanduser()
    except RuntimeError:
        raise StoreProblem("missing", path=name) from None
    if path.is_absolute() or path.name != name or name == os.pardir:
        return _that_can_be(Path(os.path.normpath(path.absolute())))
    return _that_can_be(platformdirs.user_data_path("countercard", appauthor=False) / name)


def _that_can_be(folder: Path) -> Path:
    try:
        folder.exists()
    except OSError:
        # A name no disk takes: too long, or with a sign that can not be.
        raise StoreProblem("missing", path=f"{folder.name[:80]}…") from None
    return folder


def spill_folders() -> tuple[Path, ...]:
    """Folders of this user for replies a store can not take: the last one is gone with a restart."""
    app = "countercard"
    with warnings.catch_warnings():
        # Where a system names no folder for as long as it runs, the one for temporary files is taken.
        warnings.simplefilter("ignore")
        for_now = platformdirs.user_runtime_path(app, appauthor=False)
    kept = (
        platformdirs.user_state_path(app, appauthor=False),
        platformdirs.user_cache_path(app, appauthor=False),
    )
    return tuple(folder / "spill" for folder in (*kept, for_now))


async def put_key_back(
    options: Options, key: bytes, vault: Vault | None = None, backup: Path | None = None
) -> str:
    """Keep the store key that was typed off a recovery sheet; returns the number the store has on the sheet.

    It is proven on the store `options` name or, where that is to be put back first, on the copy `backup`.
    Raises Misconfigured("sheet_wrong") when it is another store's, and StoreProblem("missing").
    """
    if backup is not None:
        return await _put_key_back_for_copy(backup, key, vault or KeyringVault())
    folder = store_folder(options)
    if not await asyncio.to_thread((folder / DATABASE).exists):
        raise StoreProblem("missing", path=str(folder))
    async with AsyncExitStack() as stack:
        facts = Facts(await open_store(folder, stack))
        if await facts.get("kind") != "live":
            raise Misconfigured("wrong_store_kind", kind="live")
        kept = vault or KeyringVault()
        await put_back(kept, facts, key)
        # Keys of all stores that lie on this computer were never this store's.
        await ProviderKeys(kept, await store_id(facts), set_up=True).stand_alone()
        return await _number_on_the_sheet(facts)


async def _number_on_the_sheet(facts: Facts) -> str:
    from pos_app.printing.sheets import store_number

    return store_number(await store_id(facts))


async def _put_key_back_for_copy(backup: Path, key: bytes, vault: Vault) -> str:
    if not await asyncio.to_thread(backup.is_file):
        raise StoreProblem("missing", path=str(backup))
    database = await look_into_database(backup)
    try:
        facts = Facts(database)
        if await facts.get("kind") != "live":
            raise Misconfigured("wrong_store_kind", kind="live")
        await put_back(vault, facts, key)
        return await _number_on_the_sheet(facts)
    finally:
        await database.close()


async def rebuild_rows(options: Options, vault: Vault | None = None) -> int:
    """Make the rows of the store `options` name anew from its journal; returns of how many orders.

    Raises StoreProblem: "missing", "in_use" (the store is held meanwhile), "broken_journal"; and
    Misconfigured: the store's key can not be had, or the store is for training and was said to be real.
    """
    folder = store_folder(options)
    if not await asyncio.to_thread((folder / DATABASE).exists):
        raise StoreProblem("missing", path=str(folder))
    settings = await asyncio.to_thread(load, folder / SETTINGS)
    i18n.set_language(settings.language, settings.shop.currency)
    async with AsyncExitStack() as stack:
        database = await open_store(folder, stack)
        facts = Facts(database)
        kind = "live" if options.live else "training"
        if await facts.get("kind") not in {kind, None}:
            raise Misconfigured("wrong_store_kind", kind=kind)
        sealer = await open_seal(vault or vault_for(options, folder), facts, clock.new_id, exclusive=False)
        return await rebuild(database, sealer, settings.register_id)


def vault_for(options: Options, folder: Path) -> Vault:
    """Where the keys of the store in `folder` lie."""
    return KeyringVault() if options.live else TrainingVault(folder / "training-vault.json")


async def store_keys(folder: Path, vault: Vault, *, kind: str = "live") -> ProviderKeys:
    """The card companies' keys of the store in `folder`; of none where it has not been sealed yet.

    The store is only looked at, also while another process has it open. Raises StoreProblem when it can not
    be read, and Misconfigured("wrong_store_kind") when it is not of `kind` ("live" or "training").
    """
    if not await asyncio.to_thread((folder / DATABASE).exists):
        return ProviderKeys(vault, None, set_up=False)
    database = await look_into_database(folder / DATABASE)
    try:
        facts = Facts(database)
        if await facts.get("kind") not in {kind, None}:
            raise Misconfigured("wrong_store_kind", kind=kind)
        return await keys_of(facts, vault)
    finally:
        await database.close()


async def open_orders(options: Options, account: str) -> int:
    """How many orders of `account` in the store `options` name are not over: only its key can look at them.

    The store is only looked at, also while another process has it open. Raises StoreProblem.
    """
    database = await look_into_database(store_folder(options) / DATABASE)
    try:
        return await Looks(database).still_open(account)
    finally:
        await database.close()


async def keys_of(facts: Facts, vault: Vault) -> ProviderKeys:
    """The card companies' keys of the store of `facts`."""
    return ProviderKeys(vault, await known_id(facts), set_up=await facts.get(SET_UP) is not None)


class KeyEntry:
    """A company's keys as they are entered for a store that was set up. Opened with `enter_keys`."""

    def __init__(self, spec: ProviderSpec, keys: ProviderKeys) -> None:
        self._spec = spec
        self._keys = keys

    async def keep(self, name: str, secret: str) -> None:
        """Keep the key `name`.

        Raises NotAllowed("invalid_draft") for what can be no key, and Misconfigured when the keyring does
        not keep it.
        """
        if not is_a_key(secret, one_word=name not in self._spec.optional):
            raise NotAllowed("invalid_draft", problem=Problem("secret", "not_a_key", {"name": name}))
        await self._keys.take_over(_all_keys())
        await self._keys.put(self._spec.name, name, secret)

    async def put_back(self, name: str, secret: str | None) -> None:
        """Have the key `name` be as it was before `keep`: None for one there was none of.

        Raises Misconfigured when the keyring does not do it.
        """
        await self._keys.put_back(self._spec.name, name, secret)


async def enter_keys(options: Options, spec: ProviderSpec, vault: Vault | None = None) -> KeyEntry:
    """Begin to enter keys of a company for the real store `options` name.

    A till that has it open meanwhile goes on; it reads keys when it is opened. Raises
    NotAllowed("not_set_up"): there is no store, or its first start, which tries keys before they are kept,
    is not finished; Misconfigured("wrong_store_kind") and StoreProblem.
    """
    folder = store_folder(options)
    keys = await store_keys(folder, vault or KeyringVault())
    if not keys.set_up:
        raise NotAllowed("not_set_up")
    return KeyEntry(spec, keys)


def _all_keys() -> list[tuple[str, str]]:
    return [(spec.name, name) for spec in SPECS for name in spec.secrets]


def _as_training(settings: Settings) -> Settings:
    """`settings`, with an invented shop and cashier where the real ones were never named."""
    plain = Settings()
    shop = TRAINING_SHOP if settings.shop == Shop() else settings.shop
    cashier = "Mia 07" if settings.cashier == plain.cashier else settings.cashier
    return settings.model_copy(update={"shop": shop, "cashier": cashier})


async def _sandbox(options: Options, folder: Path) -> Sandbox | None:
    if options.live:
        return None
    if options.sandbox is not None:
        return read_ready(options.sandbox)
    if not options.selling:
        return None
    return await start_sandbox(folder / "sandbox.json")


async def _providers(
    options: Options, settings: Settings, keys: ProviderKeys | None, sandbox: Sandbox | None
) -> dict[str, Provider]:
    providers: dict[str, Provider] = {}
    for spec in SPECS:
        if sandbox is not None:
            own, secrets = practice(spec, sandbox, options.sandbox)
        elif options.live and keys is not None:
            own, secrets = await business(spec, settings, keys)
        else:
            continue
        if secrets:
            providers[spec.name] = spec.open(own, secrets)
    if options.live and keys is not None and not providers and options.selling:
        raise Misconfigured("no_key", provider=SPECS[0].name)
    return providers


def practice(spec: ProviderSpec, sandbox: Sandbox, path: Path | None) -> tuple[BaseModel, dict[str, str]]:
    """The settings and secrets with which a company is played by `sandbox`, whose line lies in `path`.

    Raises Misconfigured("sandbox_unreadable") and NotAllowed("live_address_in_training").
    """
    try:
        own, secrets = spec.sandbox(sandbox.ready)
    except (ValidationError, KeyError):
        raise Misconfigured("sandbox_unreadable", path=str(path or "")) from None
    _refuse_real_address(own.model_dump().get("base_url"))
    return own, secrets


async def business(
    spec: ProviderSpec, settings: Settings, keys: ProviderKeys
) -> tuple[BaseModel, dict[str, str]]:
    """The shop's own settings for a real company, and those of its secrets that are kept for the store.

    Raises Misconfigured: the settings can not be so, or the keyring can not be asked.
    """
    try:
        own = spec.settings.model_validate(settings.providers.get(spec.name, {}))
    except ValidationError:
        raise Misconfigured("settings_unreadable", path=SETTINGS) from None
    found = {name: await keys.get(spec.name, name) for name in spec.secrets}
    return own, {name: secret for name, secret in found.items() if secret}


def _refuse_real_address(base_url: object) -> None:
    """Training can not reach a real host: only this computer's own loopback address is let through."""
    if not is_this_machine(urlsplit(str(base_url)).hostname or ""):
        raise NotAllowed("live_address_in_training")


def _printer(
    options: Options,
    paper: Paper,
    folder: Path,
    render_pdf: Callable[[Document, str], bytes] | None,
    render_raster: RenderRaster | None,
) -> Printer | None:
    if options.paper is not None:
        paper = paper.model_copy(update={"printer": "folder", "folder": str(options.paper)})
    # Real codes are never laid into a folder that nobody has chosen.
    return printer_for(paper, None if options.live else folder / "paper", render_pdf, render_raster)
