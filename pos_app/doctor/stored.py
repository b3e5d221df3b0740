"""The store: who has it, its file, its key, its journal, its lists, and what waits in it."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Final

from pos_app import clock
from pos_app.doctor.case import Case
from pos_app.doctor.findings import Said, local
from pos_app.errors import StoreProblem
from pos_app.i18n import _, ngettext
from pos_app.opening import spill_folders
from pos_app.purging import unchanged_copies
from pos_app.register import DATABASE, SET_UP, lock_file, spill_folder, was_a_store
from pos_app.store.backup import backups
from pos_app.store.checkup import contents, is_sound, newest_step
from pos_app.store.facts import Facts
from pos_app.store.high_water import HighWater
from pos_app.store.journal import Journal
from pos_app.store.key import open_seal, store_id
from pos_app.store.managers import Managers
from pos_app.store.rebuild import differing
from pos_app.store.schema import LATEST
from pos_app.store.spill import Spill
from pos_app.store.views import Views

_OLD_BACKUP: Final = timedelta(days=2)
_PROCESSES: Final = Path("/proc")
_LOCKS: Final = _PROCESSES / "locks"


async def store(case: Case) -> Said:
    """Whether there is a store, and whether it is the one that was."""
    path = case.folder / DATABASE
    size = await asyncio.to_thread(lambda: path.stat().st_size if path.exists() else 0)
    if size:
        return Said("ok", _("There is a store."))
    if await asyncio.to_thread(was_a_store, case.folder):
        raise StoreProblem("gone", path=str(case.folder))
    if case.options.live:
        return Said(
            "fail",
            _("Nothing is set up yet: there is no store for real sales."),
            _("Finish the first start in the window, or with: countercard setup"),
        )
    return Said("ok", _("There is no training store yet; it is made with the first sale."), ends=True)


async def lock(case: Case) -> Said:
    """Who has the store open. The lock itself is not tried: a till that starts just now would be refused."""
    number = await asyncio.to_thread(lambda: holder(lock_file(case.folder), _LOCKS))
    if number is None:
        return Said("ok", _("Whether a till has the store open can not be seen on this system."))
    if not number:
        return Said("ok", _("No till has the store open."))
    return Said("ok", _("A till has the store open (process {number}).").format(number=number))


async def database(case: Case) -> Said:
    """Whether the file is a store's, and this program's."""
    async with case.looking() as found:
        step = await newest_step(found)
    if step > LATEST:
        raise StoreProblem("newer")
    if step < LATEST:
        return Said(
            "warn",
            _("The store was written by an older Countercard."),
            _("It is brought up to date when the till is opened the next time. Keep a copy before."),
            ends=True,
        )
    return Said("ok", _("The store is of this version."))


async def integrity(case: Case) -> Said:
    """Whether the file is whole."""
    async with case.looking() as found:
        if not await is_sound(found):
            raise StoreProblem("damaged")
    return Said("ok", _("The store's file is whole."))


async def kind(case: Case) -> Said:
    """Whether the store is for what it is used for."""
    wanted = "live" if case.options.live else "training"
    async with case.looking() as found:
        known = await Facts(found).get("kind")
    if known not in {wanted, None}:
        if case.options.live:
            return Said(
                "fail",
                _("This store is for training; nothing real is sold from it."),
                _("Leave --live out, or name another store with --store."),
            )
        return Said(
            "fail",
            _("This store is for real sales and was looked at as one for training."),
            _("Look at it with --live."),
        )
    if case.options.live:
        return Said("ok", _("The store is for real sales."))
    return Said("ok", _("The store is for training; nothing in it is real."))


async def key(case: Case) -> Said:
    """Whether the key that opens the store's codes is there and fits."""
    async with case.looking() as found:
        try:
            case.sealer = await open_seal(case.vault, Facts(found), clock.new_id, exclusive=False)
        except StoreProblem as error:
            if error.reason != "unavailable" or await Facts(found).get("key check") is not None:
                raise
            return Said("warn", _("The store has no key yet."), _("Finish the first start."), ends=True)
    return Said("ok", _("The store's key is there and fits."))


async def journal(case: Case) -> Said:
    """Whether every line of the journal holds."""
    sealer = case.sealer
    if sealer is None:
        raise AssertionError("the key comes first")
    register = case.settings.register_id
    async with case.looking() as found:
        known = await HighWater(found, case.vault, await store_id(Facts(found))).known()
        walked = await Journal(found, sealer, register, "doctor", case.now, clock.new_id).verify(known)
    if walked.broken is not None:
        if walked.because == "cut":
            what = _("Line {line} is missing from the journal, and all behind it.")
        elif walked.because == "other":
            what = _("Another journal is in the place of the one that is known, at line {line} at least.")
        else:
            what = _("The journal does not hold at line {line}.")
        return Said(
            "fail",
            what.format(line=walked.broken),
            _("Copy the store's folder, leave it as it is, and call your support. Sell from another store."),
        )
    return Said(
        "ok",
        ngettext("The journal holds: {n} entry.", "The journal holds: {n} entries.", walked.entries).format(
            n=walked.entries
        ),
    )


async def replies(case: Case) -> Said:
    """Whether a reply lies in a file because the journal could not take it."""
    async with case.looking() as found:
        own_id = await store_id(Facts(found))
    lying = await Spill(spill_folder(case.folder), spill_folders(), own_id).look()
    if lying.unreadable:
        return Said(
            "fail",
            ngettext(
                "{n} file with a card company's reply can not be read: {path}",
                "{n} files with card companies' replies can not be read, one is {path}",
                len(lying.unreadable),
            ).format(n=len(lying.unreadable), path=lying.unreadable[0]),
            _("Keep the files and call your support. Nothing deletes them."),
        )
    if lying.waiting:
        return Said(
            "warn",
            ngettext(
                "{n} reply of a card company waits in a file for the journal.",
                "{n} replies of card companies wait in files for the journal.",
                len(lying.waiting),
            ).format(n=len(lying.waiting)),
            _("Open the till: they are taken up by themselves. If one stays, call your support."),
        )
    return Said("ok", _("No reply of a card company waits for the journal."))


async def lists(case: Case) -> Said:
    """Whether the lists show what the journal says."""
    async with case.looking() as found:
        different = await differing(found)
    if different:
        return Said(
            "fail",
            ngettext(
                "The lists do not show {n} order as it is.",
                "The lists do not show {n} orders as they are.",
                different,
            ).format(n=different),
            _("Close the till, then make the lists anew with: countercard journal rebuild"),
        )
    return Said("ok", _("The lists show what the journal says."))


async def copies(case: Case) -> Said:
    """Whether there is a backup of these days: a till takes one on each day it is open."""
    found = await asyncio.to_thread(backups, case.folder)
    async with case.looking() as store_found:
        unchanged = await unchanged_copies(Facts(store_found))
    if names := [one.path.name for one in found if one.path.name in unchanged]:
        return Said(
            "warn",
            ngettext(
                "{n} copy may still hold codes that were deleted: {names}.",
                "{n} copies may still hold codes that were deleted: {names}.",
                len(names),
            ).format(n=len(names), names=", ".join(names)),
            _("It could not be changed. Delete it from the folder backups as soon as nobody needs it."),
        )
    if not found:
        async with case.looking() as store_found:
            oldest = (await contents(store_found)).oldest
        young = oldest is None or case.now() - oldest < _OLD_BACKUP
        return Said(
            "ok" if young else "warn",
            _("There is no backup of the store yet."),
            "" if young else _("The till takes one on each day it is open. At once: countercard backup"),
        )
    newest = found[0]
    told = _("The newest backup is of {day}.").format(day=local(newest.taken_at, case.settings.shop.zone))
    if case.now() - newest.taken_at > _OLD_BACKUP and await _was_written_since(case, newest.path):
        return Said(
            "warn", told, _("Free some space on the disk and see that the folder backups can be written to.")
        )
    return Said("ok", told)


async def _was_written_since(case: Case, backup: Path) -> bool:
    """Whether the store has changed since: one that nobody opens needs no backup."""

    def changed() -> bool:
        store = case.folder / DATABASE
        log = store.with_name(f"{store.name}-wal")
        written = max(path.stat().st_mtime for path in (store, log) if path.exists())
        return written > backup.stat().st_mtime

    return await asyncio.to_thread(changed)


async def first_start(case: Case) -> Said:
    """Whether the first start was finished: the recovery sheet was typed back."""
    if not case.options.live:
        return Said("ok", _("Training needs no first start."))
    async with case.looking() as found:
        if await Facts(found).get(SET_UP) is not None:
            return Said("ok", _("The first start is finished; the recovery sheet was checked."))
    return Said(
        "fail",
        _("The first start is not finished: the recovery sheet was not checked. Nothing real is sold."),
        _("Finish the first start in the window, or with: countercard setup"),
    )


async def managers(case: Case) -> Said:
    """Whether there is somebody who may decide about an order nobody answered for."""
    if not case.options.live:
        return Said("ok", _("Training needs no managers."))
    async with case.looking() as found:
        count = len(await Managers(found).names())
    if not count:
        return Said(
            "fail",
            _("There is no manager, and nobody who may decide about an open order."),
            _("Finish the first start in the window, or with: countercard setup"),
        )
    # How many and not who: names are nobody else's business.
    return Said("ok", ngettext("There is {n} manager.", "There are {n} managers.", count).format(n=count))


async def attention(case: Case) -> Said:
    """How many orders wait for somebody, and since when."""
    async with case.looking() as found:
        oldest, count = await Views(found).waiting_since()
    if oldest is None:
        return Said("ok", _("No order waits for anybody."))
    return Said(
        "warn",
        ngettext(
            "{n} order waits for somebody, since {day}.",
            "{n} orders wait for somebody, the oldest since {day}.",
            count,
        ).format(n=count, day=local(oldest, case.settings.shop.zone)),
        _("Look at them under Attention, or with: countercard orders --open"),
    )


def holder(path: Path, locks: Path) -> int | None:
    """The process that holds the lock in `path`: 0 for nobody, None where the system does not tell."""
    try:
        told = locks.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    try:
        at = path.stat()
    except OSError:
        return 0
    device = f"{os.major(at.st_dev):02x}:{os.minor(at.st_dev):02x}"
    for line in told:
        fields = line.split()
        # A process that only waits has an arrow in its second field.
        if fields[1] != "FLOCK":
            continue
        their_device, _colon, number = fields[-3].rpartition(":")
        # Some file systems (btrfs) have another number for their device than they tell here.
        if number == str(at.st_ino) and (their_device == device or _has_open(fields[-4], path)):
            return int(fields[-4])
    return 0


def _has_open(process: str, path: Path) -> bool:
    """Whether `process` has the file open, as far as this user may know."""
    try:
        return any(path.samefile(handle) for handle in (_PROCESSES / process / "fd").iterdir())
    except OSError:
        return False
