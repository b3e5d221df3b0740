"""Copies of a store's file: taken while it is sold from, proven whole, a few weeks of them kept.

A copy has a name of its own only once it is complete and on the disk: before, it is called `.part`. It is
changed in one way only: the keys of orders that were purged since are taken out of it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pos_app.errors import NotAllowed, StoreProblem
from pos_app.store.trouble import store_problem

FOLDER: Final = "backups"
DAYS_KEPT: Final = 14
"""For how many days there is a daily backup; those with a `why` of their own are kept besides."""

KEYS_TAKEN: Final = "keys taken"
"""The fact, in a copy, that says the keys of which orders were taken out of it: a list of their ids."""

_PART: Final = ".part"
_LOGS: Final = ("-wal", "-shm")
_JOURNAL: Final = "-journal"
_BEGINS: Final = b"SQLite format 3\0"
_NAME: Final = re.compile(r"store-(\d{8}T\d{6}Z)(?:-before-(\d+)|-(replaced))?\.db")
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_PAGES: Final = 256
_ABANDONED: Final = timedelta(hours=1)
_RESERVE: Final = 50_000_000
"""Bytes a backup leaves free: a till that can not write sells nothing."""

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy: the file, the instant it shows (UTC), its bytes.

    `before_step` is the step of the tables (see `pos_app.store.schema`) before which it was taken, None for
    any other. `replaced`: it was the store itself, until another was put in its place.
    """

    path: Path
    taken_at: datetime
    before_step: int | None
    size: int
    replaced: bool = False

    @property
    def is_daily(self) -> bool:
        """Whether it is one of many, and may be let go of when there are newer ones."""
        return self.before_step is None and not self.replaced


class Stopped(Exception):
    """The copy was given up because somebody does not want to wait for it. Nothing of it is left."""


def backups(store: Path) -> tuple[Backup, ...]:
    """The backups of the store in the folder `store`, newest first. Raises StoreProblem("read_only")."""
    found: list[Backup] = []
    try:
        with contextlib.suppress(FileNotFoundError):
            for path in (store / FOLDER).iterdir():
                # One that is still the store itself, under a second name, is no copy.
                if (named := _NAME.fullmatch(path.name)) is not None and path.stat().st_nlink == 1:
                    # Not by the stamp's pattern: reading one costs a waiting till a library of its own.
                    taken = datetime.fromisoformat(named[1])
                    step = None if named[2] is None else int(named[2])
                    size = sum(one.stat().st_size for one in _with_log(path))
                    found.append(Backup(path, taken, step, size, replaced=named[3] is not None))
    except OSError:
        raise StoreProblem("read_only", path=str(store / FOLDER)) from None
    return tuple(sorted(found, key=lambda backup: (backup.taken_at, backup.path.name), reverse=True))


def is_database(path: Path) -> bool:
    """Whether the file is one of SQLite's, damaged or not. Raises StoreProblem."""
    with _troubles(path.parent), path.open("rb") as file:
        return file.read(len(_BEGINS)) == _BEGINS


def free_at(folder: Path) -> int:
    """How many bytes of the disk `folder` is on nobody uses."""
    return shutil.disk_usage(folder).free


def take(
    database: Path,
    at: datetime,
    go_on: Callable[[], bool] = lambda: True,
    free: Callable[[Path], int] = free_at,
) -> Backup:
    """Back up the store's file `database` as it is at the instant `at`, beside it, and let go of old ones.

    Whoever sells meanwhile goes on. Raises StoreProblem (`full`: too little would be left to sell with;
    `read_only`, `damaged`, `unavailable`), and Stopped as soon as `go_on()` is False.
    """
    with _troubles(database.parent / FOLDER), contextlib.closing(_to_read(database)) as source:
        if free(database.parent) < database.stat().st_size + _RESERVE:
            raise StoreProblem("full", path=str(database.parent / FOLDER))
        made = _take(source, database.parent, at, None, go_on)
        remove(superseded(backups(database.parent)))
    return made


def take_before_step(connection: sqlite3.Connection, database: Path, at: datetime, step: int) -> Backup:
    """Back up the file `database`, open as `connection`, before the tables are brought to `step`.

    Raises StoreProblem like `take`.
    """
    with _troubles(database.parent / FOLDER):
        return _take(connection, database.parent, at, step, lambda: True)


def copy_to(database: Path, target: Path, go_on: Callable[[], bool] = lambda: True) -> None:
    """Write a copy of the store's file `database` to `target`, where nothing may be yet.

    `database` may be any file of a store, another backup too. Raises NotAllowed("file_exists"), and like
    `take`; StoreProblem("missing") when there is no such file.
    """
    if target.exists():
        raise NotAllowed("file_exists", path=str(target))
    if not database.exists():
        raise StoreProblem("missing", path=str(database))
    with _troubles(target.parent), contextlib.closing(_to_read(database)) as source:
        _copy(source, target, go_on)


def remove(found: Iterable[Backup]) -> None:
    """Delete backups, for good as far as a disk lets go of what was on it. One that is gone is no trouble."""
    folders: set[Path] = set()
    for backup in found:
        with _troubles(backup.path.parent):
            for path in _with_log(backup.path):
                path.unlink(missing_ok=True)
        folders.add(backup.path.parent)
    for folder in folders:
        sync_folder(folder)


def keys_in(backup: Backup) -> frozenset[str]:
    """The ids of the orders whose keys are in the copy; it is only looked at. None in one that is gone.

    Raises StoreProblem.
    """
    # A log would be folded into the file by the last to close it: what is damaged may be worse then.
    mode = "ro" if backup.path.with_name(f"{backup.path.name}-wal").exists() else "rw"
    with _troubles(backup.path.parent):
        if not backup.path.exists():
            return frozenset()
        with contextlib.closing(_opened(backup.path, mode)) as copy:
            return frozenset(str(order_id) for (order_id,) in copy.execute("SELECT order_id FROM order_key"))


def take_keys_out(backup: Backup, order_ids: Collection[str]) -> None:
    """Delete the keys of the orders `order_ids` from the copy, all or none, and overwrite where they were.

    The copy is what it was besides, and says whose keys are gone (`KEYS_TAKEN`). For whoever may be killed:
    begun again, it ends. Raises StoreProblem; a copy in which SQLite finds anything damaged is not changed.
    """
    with _troubles(backup.path.parent):
        before = backup.path.stat()
        with contextlib.closing(_opened(backup.path)) as copy:
            if not backup.is_daily and copy.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                # Perhaps all that is left of a store: it is not made worse.
                raise StoreProblem("damaged", path=str(backup.path))
            # One file, that needs none beside it: a log would keep what is deleted in the file.
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.execute("PRAGMA secure_delete = ON")
            copy.execute("BEGIN IMMEDIATE")
            _without(copy, frozenset(order_ids))
            copy.execute("COMMIT")
        # Its time tells whether the store was written since.
        os.utime(backup.path, ns=(before.st_atime_ns, before.st_mtime_ns))


def superseded(found: Iterable[Backup]) -> tuple[Backup, ...]:
    """Which of `found` are no longer needed: all but the newest of each of the last days that have one.

    Those from before a change of the tables stay, and those that were the store itself.
    """
    newest_first = sorted(
        (backup for backup in found if backup.is_daily),
        key=lambda backup: backup.taken_at,
        reverse=True,
    )
    days: list[object] = []
    old: list[Backup] = []
    for backup in newest_first:
        day = backup.taken_at.date()
        if day in days or len(days) == DAYS_KEPT:
            old.append(backup)
        else:
            days.append(day)
    return tuple(old)


def keep_aside(database: Path, at: datetime) -> Backup | None:
    """Give the store's file `database` a second name among its backups, and take away what lay beside it.

    For who holds the store and is about to put another file in its place. The file is kept as it is, whole or
    damaged, with its write-ahead log if it has one. None where there is no file. Raises StoreProblem.
    """
    with _troubles(database.parent / FOLDER):
        if not database.exists():
            return None
        (database.parent / FOLDER).mkdir(mode=0o700, exist_ok=True)
        for other in (database.parent / FOLDER).glob("*.db"):
            # A second name from a time when nothing came in its place.
            if other.samefile(database):
                other.unlink()
        stamp = at.astimezone(UTC).strftime(_STAMP)
        aside = database.parent / FOLDER / f"store-{stamp}-replaced.db"
        _second_name(database, aside)
        # Left there, the log would be read into the file that comes.
        for ending in _LOGS:
            log = database.with_name(f"{database.name}{ending}")
            if log.exists():
                log.replace(aside.with_name(f"{aside.name}{ending}"))
        sync_folder(aside.parent)
    return Backup(aside, at.replace(microsecond=0), None, aside.stat().st_size, replaced=True)


def put_in_place(fresh: Path, database: Path) -> None:
    """Have the file `fresh`, of the same folder's disk, be the store's. At no moment is there none."""
    with _troubles(database.parent):
        sync_file(fresh)
        fresh.replace(database)
        sync_folder(database.parent)


def copy_untouched(database: Path, target: Path) -> None:
    """Copy the file `database`, which nobody has open, and its log to `target`, to be looked at there.

    Looking at a store brings its log into it, and what is damaged may be worse afterwards.
    """
    with _troubles(target.parent):
        for path in _with_log(database):
            shutil.copyfile(path, target.with_name(path.name.replace(database.name, target.name, 1)))


def sync_folder(folder: Path) -> None:
    """Have the disk know which files are in `folder`. Windows, and some disks, can not be asked to."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def sync_file(path: Path) -> None:
    """Have the disk keep what was written to `path`."""
    number = os.open(path, os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _second_name(path: Path, other: Path) -> None:
    try:
        os.link(path, other)
    except OSError:
        # Some disks know one name for each file only.
        part = other.with_name(f"{other.name}{_PART}")
        shutil.copyfile(path, part)
        part.chmod(0o600)
        sync_file(part)
        part.replace(other)


def _with_log(path: Path) -> list[Path]:
    """The file and what SQLite keeps beside it, as far as it is there."""
    beside = (path.with_name(f"{path.name}{ending}") for ending in (*_LOGS, _JOURNAL))
    return [path, *(one for one in beside if one.exists())]


def _take(
    source: sqlite3.Connection, store: Path, at: datetime, step: int | None, go_on: Callable[[], bool]
) -> Backup:
    folder = store / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    _clear(folder, at)
    before = "" if step is None else f"-before-{step}"
    target = folder / f"store-{at.astimezone(UTC).strftime(_STAMP)}{before}.db"
    _copy(source, target, go_on)
    return Backup(target, at.replace(microsecond=0), step, target.stat().st_size)


def _to_read(path: Path) -> sqlite3.Connection:
    """A connection of its own that sees the store as it is at this moment until it is closed."""
    connection = _opened(path)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        # Without it each write of the till would begin the copy anew.
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _copy(source: sqlite3.Connection, target: Path, go_on: Callable[[], bool]) -> None:
    # A name of its own, for who copies at the same second; and only its owner reads it.
    number, name = tempfile.mkstemp(_PART, f"{target.name}.", target.parent)
    os.close(number)
    part = Path(name)

    def each(_status: int, _remaining: int, _total: int) -> None:
        if not go_on():
            raise Stopped

    try:
        with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            source.backup(copy, pages=_PAGES, progress=each)
            # One file, that needs none beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        sync_file(part)
        _check(part)
        part.replace(target)
    except BaseException:
        _discard(part)
        raise
    sync_folder(target.parent)


def _opened(path: Path, mode: str = "rw") -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)


def _without(copy: sqlite3.Connection, order_ids: frozenset[str]) -> None:
    """Leave the keys of others alone in the table; filled anew, for emptied pages are overwritten whole."""
    rows = copy.execute("SELECT order_id, wrapped FROM order_key ORDER BY rowid").fetchall()
    copy.execute("DELETE FROM order_key")
    others = (row for row in rows if row[0] not in order_ids)
    copy.executemany("INSERT INTO order_key (order_id, wrapped) VALUES (?, ?)", others)
    told = copy.execute("SELECT value FROM fact WHERE name = ?", (KEYS_TAKEN,)).fetchone()
    taken = order_ids.union(json.loads(told[0]) if told else ())
    copy.execute(
        "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (KEYS_TAKEN, json.dumps(sorted(taken)))
    )


def _check(path: Path) -> None:
    """Raise StoreProblem("damaged") unless SQLite finds every page of the file in order."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        said = connection.execute("PRAGMA quick_check(1)").fetchall()
    if said != [("ok",)]:
        raise StoreProblem("damaged")


def _clear(folder: Path, at: datetime) -> None:
    """Remove what a killed program left half written; what is young may be being written."""
    for path in folder.glob(f"*{_PART}*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < (at - _ABANDONED).timestamp():
                path.unlink()


def _discard(part: Path) -> None:
    for path in part.parent.glob(f"{part.name}*"):
        with contextlib.suppress(OSError):
            path.unlink()


@contextlib.contextmanager
def _troubles(folder: Path) -> Generator[None]:
    """Say in our words what the disk or the file raises."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_problem(error) from None
    except OSError as error:
        reason = "full" if error.errno in _FULL else "read_only"
        raise StoreProblem(reason, path=str(folder)) from None
