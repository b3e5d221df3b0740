"""`countercard backup`, `backups`, `restore` and `moved-here`, and what the doctor says of copies."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import keyring
import pytest

from pos_app import recovery
from pos_app.__main__ import main
from pos_app.commands.exits import Exit
from pos_app.doctor import Finding, examine
from pos_app.opening import SETTINGS, Options
from pos_app.register import DATABASE
from pos_app.store.backup import FOLDER, backups, take_before_step
from pos_app.vault import KeyringVault
from tests.environment import unwatched
from tests.keyrings import Ring
from tests.world import World

_SECONDS = 120


@pytest.fixture
def ring() -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def practised(folder: Path, act: Callable[[World], Awaitable[object]] | None = None) -> None:
    """Let there be a store for practice, with a sale in it."""

    async def scene() -> None:
        async with World(folder) as world:
            world.clock.at = datetime.fromisoformat("2026-11-21T21:42:00+00:00")
            await world.sell()
            if act is not None:
                await act(world)
            await world.register.close()

    asyncio.run(asyncio.wait_for(scene(), _SECONDS))
    (folder / SETTINGS).write_text('register_id = "03"\n', encoding="utf-8")
    # The program keeps the key of practice under this name.
    (folder / "vault.json").rename(folder / "training-vault.json")


def examined(folder: Path, world: World) -> dict[str, Finding]:
    async def collect() -> dict[str, Finding]:
        options = Options(store=str(folder))
        return {one.name: one async for one in examine(options, now=world.clock)}

    return asyncio.run(asyncio.wait_for(collect(), _SECONDS))


def test_a_backup_is_taken_listed_and_put_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    practised(tmp_path)
    store = ["--store", str(tmp_path)]
    assert main(["backups", *store]) == Exit.DONE
    assert "no backup yet" in capsys.readouterr().out
    assert main(["backup", *store]) == Exit.DONE
    (made,) = backups(tmp_path)
    assert str(made.path) in capsys.readouterr().out
    assert main(["backup", *store, "--to", str(tmp_path / FOLDER / "copy.db"), "--json"]) == Exit.DONE
    assert json.loads(capsys.readouterr().out) == {"backup": str(tmp_path / FOLDER / "copy.db")}
    assert main(["backup", *store, "--to", str(tmp_path / FOLDER / "copy.db")]) == Exit.NOT_ALLOWED
    assert "There is such a file" in capsys.readouterr().err
    assert main(["backups", *store]) == Exit.DONE
    assert made.path.name in capsys.readouterr().out
    assert main(["backups", *store, "--json"]) == Exit.DONE
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["path"], told["why"], told["size"]) == (str(made.path), "daily", made.size)

    # Nobody at a terminal, and nobody who said yes.
    assert main(["restore", made.path.name, *store]) == Exit.NOT_ALLOWED
    said = capsys.readouterr()
    assert "Nothing was changed" in said.err
    assert "1 order, the newest of" in said.out
    assert main(["restore", made.path.name, *store, "--yes"]) == Exit.DONE
    out = capsys.readouterr().out
    assert "The store was put back." in out
    assert "-replaced.db" in out
    assert "manager decides" not in out
    assert main(["restore", str(tmp_path / FOLDER / "copy.db"), *store, "--yes", "--json"]) == Exit.DONE
    done = json.loads(capsys.readouterr().out)
    assert done["left_to_a_person"] == 0
    assert main(["backups", *store]) == Exit.DONE
    assert "until another was put in its place" in capsys.readouterr().out


def test_an_order_to_do_is_said_to_be_a_manager_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    practised(tmp_path, lambda world: world.place())
    store = ["--store", str(tmp_path)]
    assert main(["backup", *store]) == Exit.DONE
    (made,) = backups(tmp_path)
    (tmp_path / DATABASE).unlink()
    assert main(["restore", str(made.path), *store, "--yes"]) == Exit.DONE
    out = capsys.readouterr().out
    assert "1 open order may have been bought since" in out
    assert "The store now" not in out
    assert "kept as" not in out


@pytest.mark.parametrize(
    ("typed", "code"), [("yes", Exit.DONE), ("no", Exit.NOT_ALLOWED), ("", Exit.NOT_ALLOWED)]
)
def test_a_person_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, typed: str, code: Exit
) -> None:
    practised(tmp_path)
    store = ["--store", str(tmp_path)]
    assert main(["backup", *store]) == Exit.DONE
    monkeypatch.setattr("pos_app.commands.asking.is_a_person", lambda: True)

    def answer(_question: str) -> str:
        return typed

    monkeypatch.setattr("pos_app.commands.asking.ask", answer)
    assert main(["restore", backups(tmp_path)[0].path.name, *store]) == code


@pytest.mark.parametrize("why", ["missing", "in the way", "nothing"])
def test_what_can_not_be_backed_up_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], why: str
) -> None:
    if why != "missing":
        practised(tmp_path)
        (tmp_path / FOLDER).write_text(why, encoding="utf-8")
    assert main(["backup", "--store", str(tmp_path)]) == Exit.STORE
    assert capsys.readouterr().err
    assert main(["restore", "nothing.db", "--store", str(tmp_path), "--yes"]) == Exit.STORE


def test_a_copy_never_takes_the_place_of_what_is_the_store_s(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    practised(tmp_path)
    store = ["--store", str(tmp_path)]
    (tmp_path / SETTINGS).unlink()
    (tmp_path / "beside").symlink_to(tmp_path)
    for target in (tmp_path / SETTINGS, tmp_path / "spill" / "a.db", tmp_path / "beside" / SETTINGS):
        assert main(["backup", *store, "--to", str(target)]) == Exit.NOT_ALLOWED
        assert "the store's own folder" in capsys.readouterr().err
        assert not target.exists()
    (tmp_path / FOLDER).mkdir()
    assert main(["backup", *store, "--to", str(tmp_path / FOLDER / "mine.db")]) == Exit.DONE


def test_it_is_said_which_file_is_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "shop"
    practised(folder)
    store = ["--store", str(folder)]
    nowhere = tmp_path / "none" / "copy.db"
    assert main(["backup", *store, "--to", str(nowhere)]) == Exit.STORE
    said = capsys.readouterr().err
    assert f"{nowhere} could not be written" in said
    assert "store's folder" not in said
    letter, torn = tmp_path / "letter.db", tmp_path / "torn.db"
    letter.write_text("a letter to somebody" * 500, encoding="utf-8")
    assert main(["restore", str(letter), *store, "--yes"]) == Exit.STORE
    assert f"{letter} is no copy of a store" in capsys.readouterr().err
    whole = (folder / DATABASE).read_bytes()
    torn.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert main(["restore", str(torn), *store, "--yes"]) == Exit.STORE
    assert "damaged" in capsys.readouterr().err
    torn.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    (folder / DATABASE).write_bytes(torn.read_bytes())
    assert main(["backup", *store, "--to", str(tmp_path / "copy.db")]) == Exit.STORE
    assert "damaged" in capsys.readouterr().err


# --- a store for real sales ---------------------------------------------------------------------------


def live(folder: Path) -> bytes:
    """A store for real sales as its first start leaves it; its key."""

    async def begin() -> bytes:
        from tests.store.shop import Shop

        shop = Shop(folder)
        shop.keyring = KeyringVault()  # pyright: ignore[reportAttributeAccessIssue]
        await shop.look_in(folder)
        names = [name for _service, name in ring_of().kept if name.startswith("store-key-")]
        return names[0].encode()

    asyncio.run(asyncio.wait_for(begin(), _SECONDS))
    import base64

    (secret,) = (text for (_service, name), text in ring_of().kept.items() if name.startswith("store-key-"))
    return base64.b64decode(secret)


def ring_of() -> Ring:
    found = keyring.get_keyring()
    assert isinstance(found, Ring)
    return found


@pytest.mark.logs
def test_a_moved_store_is_said_to_be_one(
    tmp_path: Path, ring: Ring, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    live(old)
    old.joinpath(SETTINGS).write_text(
        'register_id = "03"\n[providers.cardpluspay]\nbase_url = "https://cards.example"\n', encoding="utf-8"
    )
    import shutil

    shutil.copytree(old, new)
    assert main(["orders", "--live", "--store", str(new)]) == Exit.STORE
    assert "moved-here" in capsys.readouterr().err
    assert main(["moved-here", "--store", str(new)]) == Exit.DONE
    assert "at home here" in capsys.readouterr().out
    assert main(["moved-here", "--store", str(new)]) == Exit.DONE
    assert "Nothing was changed" in capsys.readouterr().out
    assert main(["moved-here", "--store", str(old), "--json"]) == Exit.DONE
    assert json.loads(capsys.readouterr().out) == {"moved": True, "left_to_a_person": 0}
    assert main(["orders", "--live", "--store", str(new)]) == Exit.STORE
    assert ring.kept


def test_a_copy_opens_on_a_computer_that_has_only_the_sheet(
    tmp_path: Path, ring: Ring, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = live(tmp_path / "shop")
    assert main(["backup", "--live", "--store", str(tmp_path / "shop"), "--to", str(tmp_path / "c.db")]) == 0
    ring.kept.clear()
    new = ["--store", str(tmp_path / "new")]
    assert main(["restore", str(tmp_path / "c.db"), "--live", "--yes", *new]) == Exit.MISCONFIGURED
    assert "countercard recover --backup FILE" in capsys.readouterr().err
    sheet = " ".join(recovery.groups(key))
    monkeypatch.setattr("pos_app.commands.asking.all_lines", lambda: sheet)
    assert main(["recover", *new]) == Exit.STORE
    assert main(["recover", "--backup", str(tmp_path / "none.db"), *new]) == Exit.STORE
    assert main(["recover", "--backup", str(tmp_path / "c.db"), *new]) == Exit.DONE
    assert main(["restore", str(tmp_path / "c.db"), "--live", "--yes", *new]) == Exit.DONE
    assert main(["orders", "--live", *new]) == Exit.DONE


def test_the_sheet_is_for_real_stores(
    tmp_path: Path, ring: Ring, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    practised(tmp_path)
    monkeypatch.setattr("pos_app.commands.asking.all_lines", lambda: " ".join(recovery.groups(bytes(32))))
    assert main(["recover", "--backup", str(tmp_path / DATABASE)]) == Exit.MISCONFIGURED
    assert "never kept in one store" in capsys.readouterr().err
    assert not ring.kept


# --- killed -------------------------------------------------------------------------------------------


def test_a_restore_that_is_killed_leaves_a_store_that_opens(tmp_path: Path) -> None:
    practised(tmp_path)
    assert main(["backup", "--store", str(tmp_path)]) == Exit.DONE
    script = (
        "import os, signal, sys\n"
        "import pos_app.copies as copies\n"
        "def killed(*_what):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "copies.put_in_place = killed\n"
        "from pos_app.__main__ import main\n"
        "main(sys.argv[1:])\n"
    )
    words = ["restore", backups(tmp_path)[0].path.name, "--store", str(tmp_path), "--yes"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words], env=unwatched(), timeout=_SECONDS, check=False
    )
    assert done.returncode < 0
    assert len(backups(tmp_path)) == 1
    assert (tmp_path / "restoring").exists()
    assert main(["journal", "verify", "--store", str(tmp_path)]) == Exit.DONE
    # What was made ready goes with the next start.
    assert main(["orders", "--store", str(tmp_path)]) == Exit.DONE
    assert not (tmp_path / "restoring").exists()
    assert main(words) == Exit.DONE
    assert not (tmp_path / "restoring").exists()


# --- what the doctor says -----------------------------------------------------------------------------


def test_the_doctor_wants_a_backup_of_these_days(tmp_path: Path) -> None:
    practised(tmp_path)
    world = World(tmp_path)
    (tmp_path / "training-vault.json").rename(tmp_path / "vault.json")
    young = examined(tmp_path, world)["backups"]
    assert (young.state, young.advice) == ("ok", "")
    world.clock.turn(days=3)
    assert examined(tmp_path, world)["backups"].state == "warn"

    (tmp_path / "vault.json").rename(tmp_path / "training-vault.json")
    assert main(["backup", "--store", str(tmp_path)]) == Exit.DONE
    (made,) = backups(tmp_path)
    world.clock.at = made.taken_at
    assert examined(tmp_path, world)["backups"].state == "ok"
    world.clock.turn(days=3)
    hour = 3600
    now = time.time()
    os.utime(made.path, (now, now))
    os.utime(tmp_path / DATABASE, (now - hour, now - hour))
    # Nobody sold from it since.
    assert examined(tmp_path, world)["backups"].state == "ok"
    os.utime(tmp_path / DATABASE, (now + hour, now + hour))
    found = examined(tmp_path, world)["backups"]
    assert found.state == "warn"
    assert found.advice
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        assert database.execute("SELECT COUNT(*) FROM order_row").fetchone() == (1,)


@pytest.mark.logs
def test_the_doctor_names_a_copy_that_may_still_hold_what_was_purged(tmp_path: Path) -> None:
    async def damage(world: World) -> None:
        database = tmp_path / DATABASE
        with closing(sqlite3.connect(database)) as connection:
            copy = take_before_step(connection, database, world.clock.at, 7)
        copy.path.write_bytes(b"\xff" * copy.size)
        await world.register.purging.look()

    practised(tmp_path, damage)
    world = World(tmp_path)
    found = examined(tmp_path, world)["backups"]
    (copy,) = backups(tmp_path)
    assert found.state == "warn"
    assert copy.path.name in found.what
    assert found.advice
    copy.path.unlink()
    assert copy.path.name not in examined(tmp_path, world)["backups"].what
