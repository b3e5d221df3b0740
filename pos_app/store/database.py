"""One transaction at a time, on one worker thread, so that a slow disk never holds up the window."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from pos_app import clock
from pos_app.errors import NotAllowed, StoreProblem
from pos_app.store.backup import take_before_step
from pos_app.store.schema import LATEST, behind, migrate
from pos_app.store.trouble import store_problem

T = TypeVar("T")
_BUSY_MILLISECONDS = 5000
_MODE_TRIES = 100
_CACHE_KIBIBYTES = 128
# Steps of SQLite's own machine: some tens of rows.
_LONGER = 1000


class Tx:
    """The transaction a function given to `Database.run` works in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement; returns how many rows it touched."""
        return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, None when there is none."""
        return self._connection.execute(sql, values).fetchone()


class Database:
    """An SQLite file. Open with `open_database`; `run` is the only way in."""

    def __init__(
        self, connection: sqlite3.Connection, executor: ThreadPoolExecutor, begin: str = "BEGIN IMMEDIATE"
    ) -> None:
        self._only_looks = begin != "BEGIN IMMEDIATE"
        self._connection = connection
        self._executor = executor
        self._begin = begin
        self._ended = False
        if self._only_looks:
            # Now, and on the worker's own thread: whoever did it while a statement runs would wait for that
            # one, holding the interpreter that the statement waits for.
            executor.submit(connection.set_progress_handler, lambda: self._ended, _LONGER)

    async def run(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in one transaction: committed when it returns, undone when it raises.

        A caller that is cancelled stops waiting; the transaction goes on to its end. Raises StoreProblem
        when the disk or the file does not play along, and NotAllowed("only_looking") for what would write
        where somebody only looks; what `fn` raises comes out as it is.
        """
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._executor, self._transact, fn))

    def interrupt(self) -> None:
        """End the statement that runs at this moment, and every longer one from here on.

        Its transaction is undone, and who waits for it is told StoreProblem. For a database that is only
        looked at, before it is closed.
        """
        self._ended = True
        self._connection.interrupt()

    async def fold_log(self) -> bool:
        """Fold the write-ahead log into the file and empty it; False while another process reads from it."""
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._executor, self._folded))

    async def close(self) -> None:
        """Finish what runs, fold the write-ahead log into the file and let go of it."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, self._connection.close)
        self._executor.shutdown(wait=True)

    def _folded(self) -> bool:
        try:
            busy, _frames, _done = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise store_problem(error) from None
        return not busy

    def _transact(self, fn: Callable[[Tx], T]) -> T:
        connection = self._connection
        try:
            connection.execute(self._begin)
            try:
                result = fn(Tx(connection))
                connection.execute("COMMIT")
            except BaseException:
                # A full disk ends the transaction by itself.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            problem = store_problem(error)
            if self._only_looks and problem.reason == "read_only":
                raise NotAllowed("only_looking") from None
            raise problem from None
        else:
            return result


async def open_database(path: Path) -> Database:
    """Open (or begin) the database at `path` and bring its tables up to date, after a backup of them.

    Raises StoreProblem: `newer` for a database of a newer program, `damaged`, `read_only`, `full`, or
    `unavailable` when it can not be opened at all.
    """
    return await _opened(path, _connect, "BEGIN IMMEDIATE")


async def look_into_database(path: Path) -> Database:
    """Open the database at `path` to read only. It is not made, changed or brought up to date.

    Whoever works with it is not held up, and a newer one is opened too. Raises StoreProblem like
    `open_database`.
    """
    return await _opened(path, _connect_to_look, "BEGIN")


def is_behind(path: Path) -> bool:
    """Whether the tables of the database at `path` are those of an older program. Raises StoreProblem."""
    with contextlib.closing(_connect_to_look(path)) as connection:
        return behind(connection)


@contextlib.contextmanager
def scratch() -> Generator[Tx]:
    """All tables, empty and in memory only, for what is to be compared with a store's."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        yield Tx(connection)


async def _opened(path: Path, connect: Callable[[Path], sqlite3.Connection], begin: str) -> Database:
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
    loop = asyncio.get_running_loop()
    try:
        connection = await loop.run_in_executor(executor, connect, path)
    except BaseException:
        executor.shutdown(wait=False)
        raise
    return Database(connection, executor, begin)


def _connect_to_look(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        # `rw` makes no file, and the last to leave tidies up what SQLite keeps beside it; `ro` would not.
        uri = f"{path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise store_problem(error) from None
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    try:
        with contextlib.ExitStack() as on_failure:
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            on_failure.callback(connection.close)
            path.chmod(0o600)
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
            _use_write_ahead_log(connection)
            # NORMAL may lose the last commits at a power cut; a lost `Sent` would be bought again.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            # One register's rows are few and short; the system keeps the file's pages anyway.
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
            if behind(connection):
                # What a newer program made of the tables an older one can not read: there is a way back.
                take_before_step(connection, path, clock.now(), LATEST)
            migrate(connection)
            on_failure.pop_all()
    except sqlite3.Error as error:
        if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
            # SQLite only says that it can not open the file, or one of those it keeps beside it.
            raise StoreProblem("read_only", path=str(path)) from None
        raise store_problem(error) from None
    except OSError:
        # Rights are changed by the file's owner on a disk that takes it, and by nobody else.
        raise StoreProblem("read_only", path=str(path)) from None
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Set the journal mode, which lasts for ever: only the first process to open a file really changes it.

    SQLite does not wait when two do so at once. An empty transaction does, so it stands between the tries.
    """
    tries = _MODE_TRIES
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            tries -= 1
            if not tries or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
        else:
            return
