"""One transaction at a time on a real file: whole or not at all, whatever disk and callers do."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from pos_app.errors import StoreProblem
from pos_app.store.database import Database, Tx, open_database
from pos_app.store.facts import Facts
from pos_app.store.schema import LATEST
from tests.store.shelf import BOUND, Shelves, play

INSERT = "INSERT INTO fact (name, value) VALUES (?, ?)"


def facts(tx: Tx) -> list[tuple[object, ...]]:
    return tx.rows("SELECT name, value FROM fact ORDER BY name")


def reason_of_opening(path: Path) -> str:
    async def run() -> str:
        with pytest.raises(StoreProblem) as caught:
            await open_database(path)
        return caught.value.reason

    return asyncio.run(run())


def test_what_raises_is_undone_and_comes_out_as_it_is(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database

        def half(tx: Tx) -> None:
            tx.execute(INSERT, ("a", "1"))
            raise LookupError("half way")

        with pytest.raises(LookupError, match="half way"):
            await database.run(half)
        assert await database.run(facts) == []
        await database.run(lambda tx: tx.execute(INSERT, ("b", "2")))
        assert await database.run(facts) == [("b", "2")]

    play(path, scene)


def test_a_broken_constraint_is_our_bug_and_undone(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database

        def twice(tx: Tx) -> None:
            tx.execute(INSERT, ("a", "1"))
            tx.execute(INSERT, ("a", "2"))

        with pytest.raises(sqlite3.IntegrityError):
            await database.run(twice)
        assert await database.run(facts) == []

    play(path, scene)


def test_the_window_s_loop_is_never_held_up(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        begun, go = threading.Event(), threading.Event()

        def slow(_tx: Tx) -> None:
            begun.set()
            assert go.wait(BOUND), "nobody else could run meanwhile"

        waiting = asyncio.ensure_future(database.run(slow))
        assert await asyncio.to_thread(begun.wait, BOUND)
        assert not waiting.done()
        go.set()
        await waiting

    play(path, scene)


def test_a_caller_that_goes_away_loses_no_commit(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        begun, go = threading.Event(), threading.Event()

        def slow(tx: Tx) -> None:
            tx.execute(INSERT, ("running", "1"))
            begun.set()
            assert go.wait(BOUND)

        running = asyncio.ensure_future(database.run(slow))
        queued = asyncio.ensure_future(database.run(lambda tx: tx.execute(INSERT, ("queued", "1"))))
        assert await asyncio.to_thread(begun.wait, BOUND)
        for task in (running, queued):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        go.set()
        assert await database.run(facts) == [("queued", "1"), ("running", "1")]

    play(path, scene)


def test_many_callers_are_served_one_after_another(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        at_once = 0

        def act(tx: Tx) -> int:
            nonlocal at_once
            at_once += 1
            assert at_once == 1
            tx.execute("INSERT INTO counter (name, value) VALUES ('n', 0) ON CONFLICT (name) DO NOTHING")
            tx.execute("UPDATE counter SET value = value + 1 WHERE name = 'n'")
            row = tx.one("SELECT value FROM counter WHERE name = 'n'")
            at_once -= 1
            assert row is not None
            return int(row[0])

        found = await asyncio.gather(*(database.run(act) for _ in range(50)))
        assert sorted(found) == list(range(1, 51))

    play(path, scene)


def test_two_processes_wait_for_each_other(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = (await shelves.open()).database, (await shelves.open("two")).database
        begun, go = threading.Event(), threading.Event()

        def slow(tx: Tx) -> None:
            tx.execute(INSERT, ("one", "1"))
            begun.set()
            assert go.wait(BOUND)

        first = asyncio.ensure_future(one.run(slow))
        assert await asyncio.to_thread(begun.wait, BOUND)
        second = asyncio.ensure_future(two.run(lambda tx: len(facts(tx))))
        go.set()
        await first
        assert await second == 1

    play(path, scene)


def test_commits_reach_the_disk_and_deleted_text_leaves_it(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        found = {
            name: (await database.run(lambda tx, name=name: tx.one(f"PRAGMA {name}")))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
        assert found == {
            "journal_mode": ("wal",),
            "synchronous": (2,),
            "foreign_keys": (1,),
            "secure_delete": (1,),
        }
        await database.run(lambda tx: tx.execute(INSERT, ("key", "WRAPPED-TEST-KEY")))

    async def purge(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        await database.run(lambda tx: tx.execute("DELETE FROM fact"))

    play(path, scene)
    assert b"WRAPPED-TEST-KEY" in path.read_bytes()
    play(path, purge)
    assert b"WRAPPED-TEST-KEY" not in path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_nobody_else_reads_the_files(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        await database.run(lambda tx: tx.execute(INSERT, ("a", "1")))
        files = list(path.parent.iterdir())
        assert len(files) == 3
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}

    before = os.umask(0o022)
    try:
        play(path, scene)
    finally:
        os.umask(before)


def test_a_file_that_was_open_to_all_is_closed(path: Path) -> None:
    path.touch(mode=0o666)
    play(path, Shelves.open)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_told_and_leaves_what_was_there(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        await database.run(lambda tx: tx.execute(INSERT, ("a", "1")))
        await _fill(database)
        with pytest.raises(StoreProblem) as caught:
            await database.run(lambda tx: tx.execute(INSERT, ("b", "x" * 1_000_000)))
        assert caught.value.reason == "full"
        assert await database.run(facts) == [("a", "1")]
        await database.run(lambda tx: tx.rows("PRAGMA max_page_count = 100000"))
        await database.run(lambda tx: tx.execute(INSERT, ("b", "x" * 1_000_000)))
        assert len(await database.run(facts)) == 2

    play(path, scene)


async def _fill(database: Database) -> None:
    """Let the file grow no further, as on a full disk."""
    await database.run(lambda tx: tx.rows("PRAGMA max_page_count = 1"))


def test_a_file_that_may_not_be_written_is_told(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        await database.run(lambda tx: tx.rows("PRAGMA query_only = 1"))
        with pytest.raises(StoreProblem) as caught:
            await database.run(lambda tx: tx.execute(INSERT, ("a", "1")))
        assert caught.value.reason == "read_only"

    play(path, scene)


_TRY_TO_OPEN = """
import asyncio, os, sys
from pathlib import Path
from pos_app.errors import StoreProblem
from pos_app.store.database import open_database
root = os.getuid() == 0
if root:
    os.setgroups([])
    os.setresgid(65534, 65534, 0)
    os.setresuid(65534, 65534, 0)
try:
    asyncio.run(open_database(Path(sys.argv[1])))
except StoreProblem as error:
    print(error.reason)
if root:
    # What was measured is written down by whom the folder for it belongs to.
    os.setresuid(0, 0, 0)
"""


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that may be read and not written, reachable by everybody (pytest's own are not)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield folder
        folder.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have other rights there")
@pytest.mark.parametrize("begun", [False, True])
def test_a_folder_that_may_not_be_written_is_told(closed_folder: Path, begun: bool) -> None:
    """In a process that is not root, since root may write everywhere."""
    path = closed_folder / "countercard.db"
    if begun:
        play(path, Shelves.open)
        path.chmod(0o666)
    closed_folder.chmod(0o555)
    assert _reason_for_somebody_else(path) == "read_only\n"


@pytest.mark.skipif(sys.platform == "win32", reason="files have other rights there")
def test_a_file_that_belongs_to_somebody_else_is_told(closed_folder: Path) -> None:
    """Whoever does not own it can not close it to the others, and a store that is open to all is none."""
    path = closed_folder / "countercard.db"
    if os.getuid() == 0:
        path.touch()
        path.chmod(0o666)
    else:
        path.symlink_to("/etc/passwd")
    closed_folder.chmod(0o777)
    assert _reason_for_somebody_else(path) == "read_only\n"


def _reason_for_somebody_else(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _TRY_TO_OPEN, str(path)],
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("content", [b"SQLite format 3", b"this is a letter to the shop " * 500])
def test_what_is_no_database_is_told_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert reason_of_opening(path) == "damaged"
    assert path.read_bytes() == content


def test_a_damaged_page_is_told(path: Path) -> None:
    async def fill(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        await database.run(lambda tx: [tx.execute(INSERT, (f"{n:04}", "x" * 900)) for n in range(100)])

    async def read(shelves: Shelves) -> None:
        database = (await shelves.open()).database
        with pytest.raises(StoreProblem) as caught:
            await database.run(facts)
        assert caught.value.reason == "damaged"

    play(path, fill)
    data = bytearray(path.read_bytes())
    table = data.index(b"0050x")
    start = table // 4096 * 4096
    data[start : start + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    play(path, read)


def test_what_can_not_be_opened_is_told(tmp_path: Path) -> None:
    assert reason_of_opening(tmp_path) == "unavailable"
    assert reason_of_opening(tmp_path / "nowhere" / "countercard.db") == "unavailable"


def test_many_may_open_a_fresh_store_at_once(tmp_path: Path) -> None:
    """Creating the tables and the write-ahead log is a race that everybody wins."""

    async def run() -> None:
        for n in range(5):
            path = tmp_path / f"{n}.db"
            opened = await asyncio.gather(*(open_database(path) for _ in range(4)))
            assert [await database.run(facts) for database in opened] == [[]] * 4
            for database in opened:
                await database.close()

    asyncio.run(asyncio.wait_for(run(), BOUND))


class Crowded(sqlite3.Connection):
    """A connection beside which somebody else is at the file: `holder` lets go when this one waits."""

    holder: sqlite3.Connection
    tried: list[str]
    comes_back = False

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self.tried.append(sql)
        if sql == "BEGIN IMMEDIATE":
            self.holder.rollback()
        cursor = super().execute(sql, parameters)
        if sql == "COMMIT" and self.comes_back:
            self.holder.execute("BEGIN IMMEDIATE")
        return cursor


@pytest.mark.parametrize("comes_back", [False, True])
def test_who_opens_a_fresh_store_waits_for_who_came_first(
    path: Path, monkeypatch: pytest.MonkeyPatch, comes_back: bool
) -> None:
    """And is told, after a hundred tries, when the other comes back each time."""
    connect = sqlite3.connect
    with contextlib.closing(connect(path, isolation_level=None, check_same_thread=False)) as holder:
        holder.execute("PRAGMA busy_timeout = 0")
        holder.execute("BEGIN IMMEDIATE")

        class Here(Crowded):
            """Both of this test's own."""

        Here.holder, Here.tried, Here.comes_back = holder, [], comes_back
        monkeypatch.setattr(sqlite3, "connect", functools.partial(connect, factory=Here))
        if comes_back:
            assert reason_of_opening(path) == "unavailable"
            assert Here.tried.count("PRAGMA journal_mode = WAL") == 100
            return
        play(path, Shelves.open)
    assert Here.tried.count("PRAGMA journal_mode = WAL") == 2
    with contextlib.closing(connect(path)) as later:
        assert later.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_fact_is_written_once(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = (await shelves.open()).database, (await shelves.open("two")).database
        assert await Facts(one).get("id") is None
        ids = await asyncio.gather(Facts(one).first("id", "A"), Facts(two).first("id", "B"))
        assert len(set(ids)) == 1
        assert await Facts(one).get("id") == await Facts(two).get("id") == ids[0]

    play(path, scene)


# --- the schema -------------------------------------------------------------------------------------


def tables(path: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_newer_store_is_refused_and_left_as_it_is(path: Path) -> None:
    play(path, Shelves.open)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE of_tomorrow (name TEXT)")
        connection.execute("INSERT INTO schema_step VALUES (?)", (LATEST + 1,))
        connection.commit()
    before = tables(path)
    assert reason_of_opening(path) == "newer"
    assert tables(path) == before


def test_opening_again_changes_nothing(path: Path) -> None:
    async def keep(shelves: Shelves) -> None:
        await Facts((await shelves.open()).database).first("id", "A")

    async def look(shelves: Shelves) -> list[tuple[object, ...]]:
        database = (await shelves.open()).database
        assert await Facts(database).get("id") == "A"
        return await database.run(lambda tx: tx.rows("SELECT step FROM schema_step ORDER BY step"))

    play(path, keep)
    before = tables(path)
    assert play(path, look) == [(step,) for step in range(1, LATEST + 1)]
    assert tables(path) == before


def test_a_step_that_fails_leaves_nothing_behind(path: Path) -> None:
    """The last table of the first step is there already: none of the others may be."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE product (name TEXT)")
        connection.commit()
    assert reason_of_opening(path) == "unavailable"
    assert tables(path) == {"product"}
