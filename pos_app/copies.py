"""What a person does with copies of a store: takes one, lists them, puts the store back from one.

Putting back begins a new life of the store: what was sold and sent since the copy was taken is not in it, and
nobody here knows what became of it. So nothing of that is done by itself; see `pos_app.store.home`.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_app import clock, i18n
from pos_app.clock import NewId, Now
from pos_app.errors import Misconfigured, NotAllowed, StoreProblem
from pos_app.opening import SETTINGS, Options, store_folder, vault_for
from pos_app.register import DATABASE, WORKSHOP, hold_store
from pos_app.seal import Sealer
from pos_app.settings import load
from pos_app.store.backup import (
    FOLDER,
    Backup,
    backups,
    copy_to,
    copy_untouched,
    is_database,
    keep_aside,
    put_in_place,
    take,
)
from pos_app.store.checkup import Contents, contents, newest_step, numbers_given
from pos_app.store.database import Database, look_into_database, open_database
from pos_app.store.facts import Facts
from pos_app.store.high_water import HighWater
from pos_app.store.home import Home
from pos_app.store.journal import Journal
from pos_app.store.key import known_id, open_seal
from pos_app.store.schema import LATEST
from pos_app.vault import Vault

_PRESENT: Final = "present.db"


@dataclass(frozen=True, slots=True)
class PutBack:
    """What putting a store back did: how many orders are left to a person, where the other store lies now."""

    left: int
    kept: Backup | None


async def back_up(options: Options, target: Path | None = None) -> Path:
    """Back up the store `options` name, beside it or to the file `target`; a till that sells goes on.

    Raises StoreProblem ("missing", "full", "read_only", "damaged"; "not_copied": `target` can not be written)
    and NotAllowed("file_exists", "inside_the_store").
    """
    database = await _there(options)
    if target is None:
        return (await asyncio.to_thread(take, database, clock.now())).path
    if await asyncio.to_thread(_is_the_store_s, target, database.parent):
        # As its settings or its lock, a copy would shut everybody out.
        raise NotAllowed("inside_the_store", path=str(target))
    try:
        await asyncio.to_thread(copy_to, database, target)
    except StoreProblem as error:
        if error.reason not in {"full", "read_only"}:
            raise
        # Not the store's disk: who sells goes on.
        raise StoreProblem("not_copied", path=str(target)) from None
    return target


async def list_backups(options: Options) -> tuple[Backup, ...]:
    """The backups of the store `options` name, newest first, also of one that is gone itself."""
    folder = store_folder(options)
    settings = await asyncio.to_thread(load, folder / SETTINGS)
    i18n.set_language(settings.language, settings.shop.currency)
    return await asyncio.to_thread(backups, folder)


async def zone_of(options: Options) -> str:
    """The IANA time zone of the shop `options` name."""
    return (await asyncio.to_thread(load, store_folder(options) / SETTINGS)).shop.zone


class Restoring:
    """A copy that was looked at and can take the store's place; nothing was changed yet.

    `copy` and `present` tell what is in each; `present` is None where there is no store that can be read.
    Opened with `restoring`.
    """

    def __init__(
        self,
        folder: Path,
        register: str,
        copy: Contents,
        present: Contents | None,
        sealing: tuple[Vault, Sealer, str],
        times: tuple[Now, NewId],
    ) -> None:
        self.folder = folder
        self.copy = copy
        self.present = present
        self._register = register
        self._vault, self._sealer, self._store_id = sealing
        self._now, self._new_id = times

    async def carry_out(self) -> PutBack:
        """Put the copy in the store's place. The store that lies there is kept among the backups.

        Raises StoreProblem and Misconfigured; the store is the one it was then.
        """
        fresh = self.folder / WORKSHOP / DATABASE
        least = await _numbers_given(self.folder / WORKSHOP / _PRESENT)
        database = await open_database(fresh)
        try:
            home = Home(Facts(database), self._vault, self._store_id, self.folder, self._new_id)
            journal = Journal(database, self._sealer, self._register, "restore", self._now, self._new_id)
            evidence = "" if self.copy.newest is None else self.copy.newest.isoformat(timespec="seconds")
            begun = await home.begin_life(journal, "backup", evidence, "countercard", least=least)
        finally:
            await database.close()
        kept = await asyncio.to_thread(keep_aside, self.folder / DATABASE, self._now())
        await asyncio.to_thread(put_in_place, fresh, self.folder / DATABASE)
        with contextlib.suppress(Misconfigured):
            # A vault that takes nothing now is told when the store is opened.
            await home.keep(begun)
            await self._start_mark_over()
        return PutBack(begun.left, kept)

    async def _start_mark_over(self) -> None:
        database = await look_into_database(self.folder / DATABASE)
        try:
            await HighWater(database, self._vault, self._store_id).start_over()
        finally:
            await database.close()


@asynccontextmanager
async def restoring(
    options: Options,
    source: Path,
    vault: Vault | None = None,
    now: Now = clock.now,
    new_id: NewId = clock.new_id,
) -> AsyncGenerator[Restoring]:
    """Hold the store `options` name and look at the copy `source`, a file or the name of a backup.

    Raises StoreProblem: "in_use", "missing" (no such copy), "not_a_backup", "damaged", "newer",
    "other_store", "network_drive"; Misconfigured: "wrong_store_kind", or its key is not in the vault or
    does not fit.
    """
    folder = store_folder(options)
    settings = await asyncio.to_thread(load, folder / SETTINGS)
    i18n.set_language(settings.language, settings.shop.currency)
    async with AsyncExitStack() as stack:
        await hold_store(folder, stack)
        workshop = folder / WORKSHOP
        stack.callback(shutil.rmtree, workshop, ignore_errors=True)
        await asyncio.to_thread(_copy_in, _found(folder, source), workshop)
        kept = vault or vault_for(options, folder)
        kind = "live" if options.live else "training"
        database = await look_into_database(workshop / DATABASE)
        try:
            store_id, sealer = await _fits(database, source, kind, kept)
            copy = await contents(database)
        finally:
            await database.close()
        present_id, present = await _present(folder)
        if present_id not in {None, store_id}:
            raise StoreProblem("other_store", path=str(source))
        yield Restoring(folder, settings.register_id, copy, present, (kept, sealer, store_id), (now, new_id))


async def _there(options: Options) -> Path:
    """The file of the store `options` name. Raises StoreProblem("missing")."""
    folder = store_folder(options)
    settings = await asyncio.to_thread(load, folder / SETTINGS)
    i18n.set_language(settings.language, settings.shop.currency)
    if not await asyncio.to_thread((folder / DATABASE).exists):
        raise StoreProblem("missing", path=str(folder))
    return folder / DATABASE


def _found(folder: Path, source: Path) -> Path:
    """The file meant: a path, or the name of one of the store's own backups."""
    named = folder / FOLDER / source
    return named if not source.exists() and source.name == str(source) and named.exists() else source


def _is_the_store_s(target: Path, folder: Path) -> bool:
    """Whether `target` lies in the store's folder, where only the copies are anybody's to name."""
    real, store = target.resolve(), folder.resolve()
    return real.is_relative_to(store) and not real.is_relative_to(store / FOLDER)


def _copy_in(source: Path, workshop: Path) -> None:
    try:
        shutil.rmtree(workshop, ignore_errors=True)
        workshop.mkdir(mode=0o700)
    except OSError:
        raise StoreProblem("read_only", path=str(workshop)) from None
    try:
        copy_to(source, workshop / DATABASE)
    except StoreProblem as error:
        if error.reason == "damaged" and not is_database(source):
            raise StoreProblem("not_a_backup", path=str(source)) from None
        raise


async def _fits(database: Database, source: Path, kind: str, vault: Vault) -> tuple[str, Sealer]:
    """The copy's store and the seal that opens it. Raises StoreProblem and Misconfigured."""
    facts = Facts(database)
    try:
        step, own_id, found = await newest_step(database), await known_id(facts), await facts.get("kind")
    except StoreProblem:
        raise StoreProblem("not_a_backup", path=str(source)) from None
    if step > LATEST:
        raise StoreProblem("newer", found=step, known=LATEST)
    if own_id is None:
        raise StoreProblem("not_a_backup", path=str(source))
    if found != kind:
        raise Misconfigured("wrong_store_kind", kind=kind)
    return own_id, await open_seal(vault, facts, clock.new_id, exclusive=False)


async def _present(folder: Path) -> tuple[str | None, Contents | None]:
    """The id of the store that lies in `folder` and what is in it; nothing for one nobody can read."""
    path = folder / DATABASE
    if not await asyncio.to_thread(lambda: path.exists() and path.stat().st_size):
        return None, None
    # A store that can not be read is why somebody wants a copy back; it is kept as it is.
    with contextlib.suppress(StoreProblem):
        await asyncio.to_thread(copy_untouched, path, folder / WORKSHOP / _PRESENT)
        database = await look_into_database(folder / WORKSHOP / _PRESENT)
        try:
            return await known_id(Facts(database)), await contents(database)
        finally:
            await database.close()
    return None, None


async def _numbers_given(path: Path) -> dict[str, int]:
    """The highest numbers of sales and claims in the store at `path`, as far as it can be read."""
    with contextlib.suppress(StoreProblem):
        if await asyncio.to_thread(path.exists):
            database = await look_into_database(path)
            try:
                return await numbers_given(database)
            finally:
                await database.close()
    return {}
