"""A store's copies: whole or not there, taken beside a till that sells, kept for some weeks, then removed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed, StoreProblem
from pos_app.store import backup as module
from pos_app.store.backup import (
    DAYS_KEPT,
    FOLDER,
    KEYS_TAKEN,
    Backup,
    Stopped,
    backups,
    copy_to,
    is_database,
    keys_in,
    remove,
    superseded,
    take,
    take_before_step,
    take_keys_out,
)
from pos_app.store.daily import DailyBackup
from pos_app.store.database import open_database
from pos_app.store.schema import LATEST
from tests.store.shelf import BOUND, Clock, Shelves, play
from tests.store.test_schemas import unpacked

AT = datetime(2026, 11, 21, 21, 42, 7, 999, tzinfo=UTC)
NAME = "store-20261121T214207Z.db"


def sold(path: Path, *sales: str) -> None:
    """Place a sale of each name in the store at `path`."""

    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        for sale in sales:
            await shelf.place(sale)

    play(path, scene)


def sales_in(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        return [
            sale for (sale,) in database.execute("SELECT DISTINCT sale_id FROM order_row ORDER BY sale_id")
        ]


def files(path: Path) -> list[str]:
    return sorted(found.name for found in (path.parent / FOLDER).iterdir())


def test_a_backup_is_one_whole_file_that_only_its_owner_reads(path: Path) -> None:
    sold(path, "one", "two")
    made = take(path, AT)
    assert made == Backup(path.parent / FOLDER / NAME, AT.replace(microsecond=0), None, made.size)
    assert files(path) == [NAME]
    assert sales_in(made.path) == ["one", "two"]
    assert made.size == made.path.stat().st_size > 0
    # Opened by whom it may concern, it needs no file beside it.
    assert made.path.read_bytes()[18:20] == b"\x01\x01"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert backups(path.parent) == (made,)


def test_a_till_that_writes_meanwhile_is_not_held_up_and_the_copy_is_of_one_moment(path: Path) -> None:
    async def scene(shelves: Shelves) -> tuple[int, int, int]:
        shelf = await shelves.open()
        # Enough pages for several pieces.
        pages = "INSERT INTO fact (name, value) SELECT ?, hex(randomblob(4000000))"
        await shelf.database.run(lambda tx: tx.execute(pages, ("much",)))
        await shelf.place("before")
        loop = asyncio.get_running_loop()
        written: list[str] = []

        def write_between() -> bool:
            name = f"during {len(written)}"
            asyncio.run_coroutine_threadsafe(shelf.place(name), loop).result(BOUND)
            written.append(name)
            return True

        made = await asyncio.to_thread(take, path, AT, write_between)
        known = await shelf.database.run(lambda tx: tx.one("SELECT COUNT(*) FROM order_row"))
        assert known is not None
        return len(written), int(known[0]), len(sales_in(made.path))

    written, known, kept = play(path, scene)
    assert written >= 3
    assert known == written + 1
    assert kept == 1


@pytest.mark.parametrize("pieces", [0, 2])
def test_a_copy_that_is_given_up_leaves_nothing(path: Path, pieces: int) -> None:
    sold(path, "one")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO fact SELECT 'much', hex(randomblob(4000000))")
        database.commit()
    left = iter([True] * pieces)
    with pytest.raises(Stopped):
        take(path, AT, lambda: next(left, False))
    assert files(path) == []


def test_a_disk_that_fills_up_leaves_no_half_file(path: Path) -> None:
    """A limit on how long a file may grow is the nearest to a full disk that needs no rights."""
    sold(path, "one")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO fact SELECT 'much', hex(randomblob(1000000))")
        database.commit()
    script = (
        "import resource, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from pos_app.errors import StoreProblem\n"
        "from pos_app.store.backup import take\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))\n"
        "try:\n"
        "    take(Path(sys.argv[1]), datetime(2026, 11, 21, tzinfo=UTC))\n"
        "except StoreProblem as error:\n"
        "    print(error.reason)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, timeout=BOUND
    )
    assert done.stdout.strip() in {"full", "unavailable"}
    assert files(path) == []
    assert sales_in(path) == ["one"]


def test_a_backup_leaves_room_to_sell_with(path: Path) -> None:
    sold(path, "one")
    least = path.stat().st_size + 50_000_000
    with pytest.raises(StoreProblem) as caught:
        take(path, AT, free=lambda _folder: least - 1)
    assert caught.value.reason == "full"
    assert not (path.parent / FOLDER).exists()
    assert take(path, AT, free=lambda _folder: least).size


def test_a_program_killed_in_the_middle_leaves_a_part_that_counts_for_nothing_and_is_cleared(
    path: Path,
) -> None:
    sold(path, "one")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO fact SELECT 'much', hex(randomblob(4000000))")
        database.commit()
    script = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from pos_app.store.backup import take\n"
        "pieces = iter(range(3))\n"
        "def go_on():\n"
        "    return next(pieces, None) is not None or os.kill(os.getpid(), signal.SIGKILL)\n"
        "take(Path(sys.argv[1]), datetime(2026, 11, 21, tzinfo=UTC), go_on)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=BOUND)
    assert done.returncode < 0
    (part,) = files(path)[:1]
    assert part.endswith(".part")
    assert backups(path.parent) == ()
    young = datetime.now(UTC)  # noqa: TID251  files bear the machine's time
    made = take(path, young)
    assert part in files(path)
    assert sales_in(made.path) == ["one"]
    later = take(path, young + timedelta(hours=2))
    assert {later.path.name} <= set(files(path))
    assert not [name for name in files(path) if ".part" in name]


def test_a_damaged_store_is_not_backed_up(path: Path) -> None:
    sold(path, "one")
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    with pytest.raises(StoreProblem) as caught:
        take(path, AT)
    assert caught.value.reason == "damaged"
    assert files(path) == []


def test_what_is_no_store_at_all_is_not_backed_up(path: Path) -> None:
    path.write_bytes(b"this is a letter to somebody, and no database" * 100)
    with pytest.raises(StoreProblem) as caught:
        take(path, AT)
    assert caught.value.reason == "damaged"
    assert not (path.parent / FOLDER).exists()


def test_a_folder_that_can_not_be_written_is_said(path: Path) -> None:
    sold(path, "one")
    (path.parent / FOLDER).write_text("a file is in the way", encoding="utf-8")
    for act in (lambda: take(path, AT), lambda: backups(path.parent)):
        with pytest.raises(StoreProblem) as caught:
            act()
        assert caught.value.reason == "read_only"


def test_backups_are_listed_newest_first_and_nothing_else_is(path: Path) -> None:
    assert backups(path.parent) == ()
    sold(path, "one")
    older, newer = take(path, AT), take(path, AT + timedelta(days=1))
    (path.parent / FOLDER / "holiday.txt").write_text("sun", encoding="utf-8")
    (path.parent / FOLDER / "store-20261121T214207Z.db.part").write_bytes(b"half")
    assert backups(path.parent) == (newer, older)
    remove([older, older])
    assert backups(path.parent) == (newer,)


def test_one_a_day_is_kept_for_two_weeks_and_those_from_before_a_change_for_ever(path: Path) -> None:
    def made(day: int, hour: int = 9, step: int | None = None) -> Backup:
        return Backup(path, datetime(2026, 10, day, hour, tzinfo=UTC), step, 1)

    days = [made(day) for day in range(1, 20)]
    twice = [made(19, 7), made(19, 22), made(3, 5)]
    before = [made(1, 1, 3), made(2, 1, 4)]
    old = superseded([*days, *twice, *before])
    kept = {*days, *twice, *before} - {*old}
    assert {one.taken_at.day for one in kept if one.before_step is None} == {*range(20 - DAYS_KEPT, 20)}
    assert made(19, 22) in kept
    assert made(19, 9) in old
    assert kept >= {*before}
    assert len(kept) == DAYS_KEPT + 2


def test_taking_one_lets_go_of_the_oldest(path: Path) -> None:
    sold(path, "one")
    for day in range(DAYS_KEPT + 3):
        take(path, AT + timedelta(days=day))
    assert len(backups(path.parent)) == DAYS_KEPT


def test_a_copy_goes_where_nothing_is(path: Path, tmp_path: Path) -> None:
    sold(path, "one")
    target = tmp_path / "stick" / "shop.db"
    with pytest.raises(StoreProblem):
        copy_to(path, target)
    target.parent.mkdir()
    copy_to(path, target)
    assert sales_in(target) == ["one"]
    assert [one.name for one in target.parent.iterdir()] == ["shop.db"]
    with pytest.raises(NotAllowed) as caught:
        copy_to(path, target)
    assert caught.value.reason == "file_exists"
    with pytest.raises(StoreProblem) as gone:
        copy_to(tmp_path / "none.db", tmp_path / "other.db")
    assert gone.value.reason == "missing"


def test_what_lies_in_the_write_ahead_log_is_copied_too(path: Path, tmp_path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        await (await shelves.open()).place("one")
        copy_to(path, tmp_path / "copy.db")

    play(path, scene)
    assert sales_in(tmp_path / "copy.db") == ["one"]


@pytest.mark.skipif(os.name != "posix", reason="bytes on the disk are counted otherwise")
def test_where_a_folder_can_not_be_synced_the_file_counts_all_the_same(tmp_path: Path) -> None:
    module.sync_folder(tmp_path / "gone")


# --- before the tables are changed ------------------------------------------------------------------


def test_a_store_of_an_older_version_is_backed_up_before_it_is_changed(tmp_path: Path) -> None:
    path = unpacked(1, tmp_path)
    asyncio.run(opened(path))
    (kept,) = backups(tmp_path)
    assert kept.before_step == LATEST
    with contextlib.closing(sqlite3.connect(kept.path)) as before:
        assert before.execute("SELECT MAX(step) FROM schema_step").fetchone() == (1,)
        assert before.execute("SELECT COUNT(*) FROM entry").fetchone()[0] > 50
    # Once is enough.
    asyncio.run(opened(path))
    assert backups(tmp_path) == (kept,)


def test_a_new_store_and_one_that_is_up_to_date_need_none(path: Path) -> None:
    asyncio.run(opened(path))
    asyncio.run(opened(path))
    assert backups(path.parent) == ()


def test_without_a_backup_the_tables_stay_as_they_are(tmp_path: Path) -> None:
    path = unpacked(1, tmp_path)
    (tmp_path / FOLDER).write_text("a file is in the way", encoding="utf-8")
    with pytest.raises(StoreProblem) as caught:
        asyncio.run(opened(path))
    assert caught.value.reason == "read_only"
    with contextlib.closing(sqlite3.connect(path)) as before:
        assert before.execute("SELECT MAX(step) FROM schema_step").fetchone() == (1,)


def test_one_from_before_a_change_says_so_in_its_name(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE a (b TEXT)")
        made = take_before_step(connection, path, AT, 7)
    assert made.path.name == "store-20261121T214207Z-before-7.db"
    assert backups(path.parent)[0].before_step == 7


async def opened(path: Path) -> None:
    await (await open_database(path)).close()


# --- each day, by itself ----------------------------------------------------------------------------


def look(daily: DailyBackup) -> None:
    asyncio.run(asyncio.wait_for(daily.look(), BOUND))


def test_each_day_has_its_backup_and_only_one(path: Path) -> None:
    sold(path, "one")
    clock = Clock()
    daily = DailyBackup(path, clock)
    look(daily)
    first = backups(path.parent)
    assert len(first) == 1
    clock.turn(hours=1)
    look(daily)
    look(DailyBackup(path, clock))
    assert backups(path.parent) == first
    clock.turn(days=1)
    look(daily)
    assert len(backups(path.parent)) == 2
    # The clock was wrong for a day: what it said then keeps nothing from being saved now.
    clock.turn(days=-1, minutes=5)
    look(daily)
    assert len(backups(path.parent)) == 2
    assert backups(path.parent)[1].taken_at == clock.at


def test_a_disk_without_room_stops_nobody_and_is_told_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sold(path, "one")
    clock, room = Clock(), [0]
    daily = DailyBackup(path, clock, lambda _folder: room[0])
    for _ in range(3):
        look(daily)
    assert daily.trouble is not None
    assert daily.trouble.reason == "full"
    assert [line.getMessage() for line in caplog.records] == ["no backup could be taken: full"]
    room[0] = 10**12
    look(daily)
    assert daily.trouble is None
    assert len(backups(path.parent)) == 1


def test_a_till_that_closes_does_not_wait_for_its_backup(path: Path) -> None:
    sold(path, "one")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO fact SELECT 'much', hex(randomblob(4000000))")
        database.commit()
    asked, let_go = threading.Event(), threading.Event()

    def free(_folder: Path) -> int:
        asked.set()
        assert let_go.wait(BOUND)
        return 10**12

    async def scene() -> None:
        task = asyncio.ensure_future(DailyBackup(path, Clock(), free).look())
        assert await asyncio.to_thread(asked.wait, BOUND)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        let_go.set()

    asyncio.run(asyncio.wait_for(scene(), BOUND))
    assert files(path) == []


# --- what was purged is taken out of them -----------------------------------------------------------


def keys(path: Path) -> dict[str, bytes]:
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT order_id, wrapped FROM order_key").fetchall()
    return {order_id: wrapped.encode() for order_id, wrapped in rows}


def test_keys_are_taken_out_of_a_copy_and_nothing_else(path: Path) -> None:
    sold(path, *(f"sale {place}" for place in range(80)))
    made = take(path, AT)
    known = keys(path)
    gone = {order_id for place, order_id in enumerate(sorted(known)) if place % 3 == 0}
    assert keys_in(made) == {*known}
    first = set(list(gone)[:5])
    take_keys_out(made, first)
    take_keys_out(made, gone)
    take_keys_out(made, gone)
    left = made.path.read_bytes()
    assert all((key not in left) == (order_id in gone) for order_id, key in known.items())
    assert keys_in(made) == {*known} - gone
    assert len(sales_in(made.path)) == 80
    assert files(path) == [NAME]
    with contextlib.closing(sqlite3.connect(made.path)) as copy:
        (told,) = copy.execute("SELECT value FROM fact WHERE name = ?", (KEYS_TAKEN,)).fetchone()
    assert set(json.loads(told)) == gone


def test_a_copy_of_every_older_store_lets_its_keys_be_taken(tmp_path: Path) -> None:
    for step in (1, 2, 4):
        folder = tmp_path / str(step)
        folder.mkdir()
        path = unpacked(step, folder)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            made = take_before_step(connection, path, AT, LATEST)
        known = keys(path)
        gone = sorted(known)[:3]
        take_keys_out(made, gone)
        assert keys_in(made) == {*known} - {*gone}
        left = made.path.read_bytes()
        assert not [key for order_id, key in known.items() if order_id in gone and key in left]


def test_a_copy_that_is_gone_has_no_keys(path: Path) -> None:
    sold(path, "one")
    made = take(path, AT)
    made.path.unlink()
    assert keys_in(made) == frozenset()
    assert not made.path.exists()


def test_a_copy_with_a_log_is_looked_at_without_being_changed(path: Path) -> None:
    async def scene(shelves: Shelves) -> Backup:
        await (await shelves.open()).place("one")
        aside = path.parent / FOLDER / "store-20261121T214207Z-replaced.db"
        aside.parent.mkdir()
        for ending in ("", "-wal"):
            shutil.copyfile(f"{path}{ending}", f"{aside}{ending}")
        return backups(path.parent)[0]

    made = play(path, scene)
    log = made.path.with_name(f"{made.path.name}-wal")
    before = made.path.read_bytes(), log.read_bytes()
    assert keys_in(made) == {"one.1"}
    assert (made.path.read_bytes(), log.read_bytes()) == before
    (key,) = keys(path).values()
    take_keys_out(made, {"one.1"})
    assert keys_in(made) == frozenset()
    assert not log.exists()
    assert key not in made.path.read_bytes()
    assert sales_in(made.path) == ["one"]


def test_what_is_damaged_and_perhaps_all_there_is_is_not_made_worse(path: Path) -> None:
    sold(path, *(f"sale {place}" for place in range(40)))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        made = take_before_step(connection, path, AT, 7)
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'product'").fetchone()
    torn = bytearray(made.path.read_bytes())
    torn[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    made.path.write_bytes(torn)
    assert len(keys_in(made)) == 40
    with pytest.raises(StoreProblem) as caught:
        take_keys_out(made, keys_in(made))
    assert caught.value.reason == "damaged"
    assert made.path.read_bytes() == torn


@pytest.mark.parametrize("statement", ["DELETE FROM order_key", "INSERT OR REPLACE INTO fact", "COMMIT"])
def test_a_till_that_is_killed_while_it_takes_keys_out_leaves_a_whole_copy(
    path: Path, statement: str
) -> None:
    sold(path, *(f"sale {place}" for place in range(400)))
    take(path, AT)
    known = keys(path)
    # A cache of one page has the file written before the end.
    script = (
        "import os, signal, sqlite3, sys\n"
        "from pathlib import Path\n"
        "from pos_app.store import backup\n"
        "opened = backup._opened\n"
        "def watched(path, mode='rw'):\n"
        "    connection = opened(path, mode)\n"
        "    connection.execute('PRAGMA cache_size = 1')\n"
        "    kill = lambda said: said.startswith(sys.argv[2]) and os.kill(os.getpid(), signal.SIGKILL)\n"
        "    connection.set_trace_callback(kill)\n"
        "    return connection\n"
        "backup._opened = watched\n"
        "(copy,) = backup.backups(Path(sys.argv[1]))\n"
        "backup.take_keys_out(copy, backup.keys_in(copy))\n"
    )
    words = [sys.executable, "-c", script, str(path.parent), statement]
    assert subprocess.run(words, check=False, timeout=BOUND).returncode < 0
    (found,) = backups(path.parent)
    assert keys_in(found) == {*known}
    take_keys_out(found, {*known})
    assert files(path) == [NAME]
    left = found.path.read_bytes()
    assert not [key for key in known.values() if key in left]
    assert len(sales_in(found.path)) == 400


def test_several_copies_of_one_second_do_not_disturb_each_other(path: Path) -> None:
    sold(path, "one")
    taken: list[Backup] = []

    def another() -> bool:
        if not taken:
            taken.append(take(path, AT))
        return True

    made = take(path, AT, another)
    assert taken == [made]
    assert files(path) == [NAME]
    assert sales_in(made.path) == ["one"]


def test_a_database_is_told_from_what_is_none(path: Path, tmp_path: Path) -> None:
    sold(path, "one")
    assert is_database(path)
    letter = tmp_path / "letter"
    letter.write_text("Dear", encoding="utf-8")
    assert not is_database(letter)
    with pytest.raises(StoreProblem):
        is_database(tmp_path / "none")
