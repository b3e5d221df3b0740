"""`countercard doctor`: each thing that can be wrong has its own line, and the store is left in peace."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import importlib.util
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import keyring
import pytest
from keyring.errors import KeyringLocked
from PIL import Image

from pos_app import doctor
from pos_app.doctor import Finding, companies, examine, machine, paper, stored
from pos_app.doctor import case as case_module
from pos_app.doctor.case import Case
from pos_app.doctor.findings import Said, answer, local
from pos_app.errors import DeviceProblem, Misconfigured, StoreProblem
from pos_app.opening import Options, rebuild_rows
from pos_app.orders.order import Phase
from pos_app.printing import spooling
from pos_app.printing.spooling import Found
from pos_app.providers.http import Timing
from pos_app.register import DATABASE, SET_UP, open_store
from pos_app.settings import load
from pos_app.store.facts import Facts
from pos_app.store.key import open_seal
from pos_app.vault import KeyringVault, TrainingVault
from tests import quiet_time
from tests.commands.conftest import CommandLine
from tests.keyrings import Ring
from tests.printer_simulator import PAPER_END, PrinterSimulator
from tests.printing.cups_server import CupsServer, needs_cups
from tests.sandbox_process import SandboxProcess
from tests.world import World

_SECONDS: Final = 120
_ALWAYS: Final = {"settings", "program", "window", "parts", "zone", "folder", "drive", "disk", "store"}


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """No check is late because the machine is busy; those that are to be late are given their own time."""
    for name in ("_QUICK", "_ASKING"):
        monkeypatch.setattr(doctor, name, _SECONDS)
    monkeypatch.setattr(companies, "_TIMING", Timing(connect=30, reading=30, longest_pause=2))


def _examined(
    folder: Path, *, live: bool = False, sandbox: Path | None = None, now: datetime | None = None
) -> dict[str, Finding]:
    """The findings by name; the store's keys lie in `vault.json` beside it."""
    options = Options(store=str(folder), live=live, sandbox=sandbox)
    return asyncio.run(_collected(options, folder, now))


async def _collected(options: Options, folder: Path, now: datetime | None = None) -> dict[str, Finding]:
    clock = {} if now is None else {"now": lambda: now}
    vault = TrainingVault(folder / "vault.json")
    found = [finding async for finding in examine(options, vault, **clock)]
    assert len({finding.name for finding in found}) == len(found)
    assert not [finding for finding in found if finding.state == "fail" and not finding.advice]
    return {finding.name: finding for finding in found}


def _troubled(found: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.state for name, finding in found.items() if finding.state != "ok"}


def _played(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(asyncio.wait_for(run(), _SECONDS))


async def _sell_two(world: World) -> None:
    await world.sell()
    await world.sell()


def _change(folder: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("DROP TRIGGER entry_is_kept")
        for sql in statements:
            connection.execute(sql)
        connection.commit()


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- nothing there yet ------------------------------------------------------------------------------


def test_where_nothing_is_set_up_it_is_said_and_nothing_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    found = _examined(folder, live=True)
    assert _troubled(found) == {"store": "fail", "companies": "fail", "printer": "fail"}
    assert "countercard setup" in found["store"].advice
    assert not list(tmp_path.iterdir())


def test_training_needs_nothing(tmp_path: Path) -> None:
    found = _examined(tmp_path / "training")
    assert _troubled(found) == {}
    assert set(found) > _ALWAYS
    assert not list(tmp_path.iterdir())


def test_a_store_whose_database_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    found = _examined(tmp_path)
    assert _troubled(found) == {"store": "fail"}
    assert "has been a store" in found["store"].what


# --- a store ----------------------------------------------------------------------------------------


def test_a_till_that_sells_is_not_disturbed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await _sell_two(world)
        placed = await world.place()
        options = Options(store=str(tmp_path))
        looking = asyncio.ensure_future(_collected(options, tmp_path))
        order = await world.register.sales.perform(placed.orders[0].id)
        found = await looking
        assert order.phase is Phase.FULFILLED
        assert _troubled(found) == {"attention": "warn"}
        assert f"process {os.getpid()}" in found["lock"].what
        assert "orders wait" in found["attention"].what
        await world.sell()

    _played(tmp_path, scene)


def test_looking_leaves_the_files_as_they_were(tmp_path: Path) -> None:
    _played(tmp_path, _sell_two)
    before = _files(tmp_path)
    found = _examined(tmp_path)
    assert found["journal"].what == "The journal holds: 8 entries."
    assert found["lock"].what == "No till has the store open."
    assert _files(tmp_path) == before


def test_no_secret_stands_in_the_report(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.sell(world.email_line("kim@mail.example"))

    _played(tmp_path, scene)
    told = str(_examined(tmp_path))
    assert "@" not in told
    assert not [line for line in (tmp_path / "vault.json").read_text("utf-8").split('"') if len(line) > 20 and line in told]  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(
    ("change", "troubled"),
    [
        (["INSERT INTO schema_step VALUES (99)"], {"database": "fail"}),
        (["DELETE FROM schema_step WHERE step > 1"], {"database": "warn"}),
        (["UPDATE fact SET value = 'live' WHERE name = 'kind'"], {"kind": "fail"}),
        (["UPDATE fact SET value = 'x' WHERE name = 'key check'"], {"key": "fail"}),
        (["DELETE FROM fact WHERE name IN ('id', 'key check')"], {"key": "warn"}),
        (["UPDATE order_row SET brand = 'x'"], {"lists": "fail"}),
        (["DELETE FROM card_row"], {"lists": "fail"}),
        (["DELETE FROM entry WHERE seq = 3"], {"journal": "fail"}),
        (["DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)"], {"journal": "fail"}),
        (["DELETE FROM fact WHERE name = 'id'"], {"key": "fail"}),
        (["DROP TABLE schema_step"], {"database": "fail"}),
    ],
)
def test_what_is_wrong_with_a_store_has_its_line(
    tmp_path: Path, change: list[str], troubled: dict[str, str]
) -> None:
    _played(tmp_path, _sell_two)
    _change(tmp_path, *change)
    found = _troubled(_examined(tmp_path))
    found.pop("attention", None)
    assert found == troubled


def test_a_store_looked_at_as_one_of_the_other_kind_is_told(tmp_path: Path) -> None:
    _played(tmp_path, _sell_two)
    found = _examined(tmp_path, live=True)
    assert found["kind"].state == "fail"
    assert "Leave --live out" in found["kind"].advice
    assert not {"key", "journal", "first_start"} & set(found)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    _played(tmp_path, _sell_two)
    path = tmp_path / DATABASE
    whole = path.read_bytes()
    # Pages behind the first, whose tables are found by it.
    path.write_bytes(whole[:8192] + bytes(len(whole) - 8192))
    found = _troubled(_examined(tmp_path))
    assert "fail" in {found.get("database"), found.get("integrity")}
    path.write_bytes(b"no database at all" * 500)
    assert _troubled(_examined(tmp_path)) == {"database": "fail"}


def test_an_index_that_does_not_fit_its_table_is_told(tmp_path: Path) -> None:
    _played(tmp_path, _sell_two)
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'order_row_by_time'")
        connection.commit()
    assert _troubled(_examined(tmp_path))["integrity"] == "fail"


def test_settings_that_mean_nothing_are_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[limit.USD]\ncard = '100'\n", encoding="utf-8")
    told = _examined(tmp_path)["settings"]
    assert told.state == "warn"
    assert "nobody knows here: limit." in told.what


def test_torn_settings_are_told_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    _played(tmp_path, _sell_two)
    (tmp_path / "settings.toml").write_text("[shop", encoding="utf-8")
    found = _examined(tmp_path)
    assert _troubled(found) == {"settings": "fail"}
    assert "key" in found
    assert not {"zone", "printer", "companies"} & set(found)


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    _played(tmp_path, _sell_two)
    (tmp_path / "vault.json").unlink()
    found = _examined(tmp_path)
    assert found["key"].state == "fail"
    assert "recovery sheet" in found["key"].advice
    assert "journal" not in found


# --- real sales -------------------------------------------------------------------------------------


async def _a_real_store(folder: Path, *, done: bool) -> None:
    async with contextlib.AsyncExitStack() as stack:
        facts = Facts(await open_store(folder, stack))
        await facts.first("kind", "live")
        await open_seal(TrainingVault(folder / "vault.json"), facts, lambda: "id")
        if done:
            await facts.first(SET_UP, "2026-11-21")


def _keys(folder: Path, **secrets: str) -> None:
    async def put() -> None:
        for name, secret in secrets.items():
            await TrainingVault(folder / "vault.json").put("id:" + name.replace("__", ":"), secret)

    asyncio.run(put())


@pytest.mark.parametrize("done", [False, True])
def test_a_first_start_that_is_not_finished_is_told(tmp_path: Path, *, done: bool) -> None:
    asyncio.run(_a_real_store(tmp_path, done=done))
    found = _examined(tmp_path, live=True)
    assert found["first_start"].state == ("ok" if done else "fail")
    assert found["managers"].state == "fail"
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("INSERT INTO manager VALUES ('kim', 'Kim', 's', 'h', '2:8:1', '', 0, '')")
        connection.commit()
    managers = _examined(tmp_path, live=True)["managers"]
    assert (managers.state, managers.what) == ("ok", "There is 1 manager.")


def _trading(folder: Path, sandbox: SandboxProcess, printer: str = '[paper]\nprinter = "screen"\n') -> None:
    """A real store whose companies are played by `sandbox`."""
    asyncio.run(_a_real_store(folder, done=True))
    addresses = "".join(
        f'[providers.{name}]\nbase_url = "{sandbox.ready[name]}"\n' for name in ("cardpluspay", "levelup")
    )
    (folder / "settings.toml").write_text(printer + addresses, encoding="utf-8")
    _keys(
        folder,
        cardpluspay__api_key=sandbox.ready["api_key"],
        levelup__user_token=sandbox.ready["user_token"],
        levelup__merchant_token=sandbox.ready["merchant_token"],
    )


@pytest.fixture
def trading(tmp_path: Path, sandbox: SandboxProcess, countercard: CommandLine) -> Path:
    assert countercard
    _trading(tmp_path, sandbox)
    return tmp_path


def test_companies_that_answer_and_take_the_keys(trading: Path, sandbox: SandboxProcess) -> None:
    found = _examined(trading, live=True)
    assert _troubled(found) == {"managers": "fail"}
    assert found["companies"].what == "Cards are bought from 2 companies."
    told = str(found)
    assert not [key for name, key in sandbox.ready.items() if "token" in name or "key" in name if key in told]


def test_a_key_that_is_revoked_is_told(trading: Path, countercard: CommandLine) -> None:
    countercard.admin.fault("wrong_credentials", times=1)
    found = _examined(trading, live=True)
    assert "fail" in {found["cardpluspay_account"].state, found["levelup_account"].state}


def test_a_web_page_in_the_place_of_a_company_is_told(trading: Path, countercard: CommandLine) -> None:
    countercard.admin.fault("html_200", "balance", times=5)
    found = _examined(trading, live=True)
    assert "browser" in found["cardpluspay_account"].advice
    assert found["levelup_account"].state == "ok"


@pytest.mark.parametrize(("minutes", "words"), [(-61, "61 minutes behind"), (59, "59 minutes ahead")])
def test_a_clock_that_is_wrong_is_told(trading: Path, minutes: int, words: str) -> None:
    now = datetime.now(UTC) + timedelta(minutes=minutes)  # noqa: TID251  the sandbox's clock is the real one
    found = _examined(trading, live=True, now=now)
    assert found["cardpluspay_clock"].state == "warn"
    assert words in found["cardpluspay_clock"].what


def test_a_company_that_tells_no_time_is_no_trouble(trading: Path, countercard: CommandLine) -> None:
    countercard.admin.fault("odd_date", "*", how="missing", times=20)
    assert "cardpluspay_clock" not in _troubled(_examined(trading, live=True))


def test_a_company_that_is_not_reached_is_told_once(trading: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:TEST-password@127.0.0.1:1")
    assert _examined(trading, live=True)["network"].state == "ok"
    settings = (trading / "settings.toml").read_text("utf-8")
    closed = settings.replace("http://127.0.0.1:", "http://127.0.0.1:1/")
    (trading / "settings.toml").write_text(closed, encoding="utf-8")
    found = _examined(trading, live=True)
    assert found["cardpluspay_clock"].state == "fail"
    assert "cardpluspay_account" not in found
    assert found["network"].state == "warn"
    assert "password" not in str(found)


def test_half_of_the_keys_is_too_little(trading: Path) -> None:
    kept = TrainingVault(trading / "vault.json")
    asyncio.run(kept.put("id:levelup:merchant_token", ""))
    found = _examined(trading, live=True)
    assert found["levelup_keys"].state == "fail"
    assert "merchant_token" in found["levelup_keys"].what
    assert "levelup_clock" not in found


def test_a_balance_that_is_used_up_is_told(trading: Path, countercard: CommandLine) -> None:
    countercard.admin.fault("odd_money", "balance", how="zero", times=5)
    told = _examined(trading, live=True)["cardpluspay_account"]
    assert (told.state, "Top up" in told.advice) == ("warn", True)


@pytest.mark.parametrize("trouble", [None, KeyringLocked()])
def test_the_keyring_is_asked(tmp_path: Path, trouble: Exception | None) -> None:
    before, ring = keyring.get_keyring(), Ring()
    ring.trouble = trouble
    keyring.set_keyring(ring)

    async def keep() -> dict[str, Finding]:
        options = Options(store=str(tmp_path / "shop"), live=True)
        return {finding.name: finding async for finding in examine(options, KeyringVault(patience=_SECONDS))}

    try:
        found = asyncio.run(keep())
    finally:
        keyring.set_keyring(before)
    assert found["keyring"].state == ("ok" if trouble is None else "fail")
    assert ("companies" in found) is (trouble is None)
    assert not ring.kept


# --- the computer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "state"),
    [("cifs", "fail"), ("fuse.sshfs", "fail"), ("9p", "fail"), ("tmpfs", "warn"), ("xfs", "ok"), ("", "ok")],
)
def test_a_network_drive_is_no_place_for_a_store(kind: str, state: str) -> None:
    assert machine.about_drive(kind).state == state


@pytest.mark.parametrize(("free", "state"), [(0, "fail"), (100_000_000, "warn"), (10**10, "ok")])
def test_little_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    usage = shutil.disk_usage(tmp_path)

    def told(_path: Path) -> object:
        return usage._replace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", told)
    assert _examined(tmp_path)["disk"].state == state


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = _examined(tmp_path / "file" / "store")
    assert found["folder"].state == "fail"


def test_the_lock_s_holder_is_read_and_not_tried(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    locks = tmp_path / "locks"
    assert stored.holder(lock, locks) is None
    at = f"{os.major(tmp_path.stat().st_dev):02x}:{os.minor(tmp_path.stat().st_dev):02x}"
    locks.write_text("1: FLOCK  ADVISORY  WRITE 17 00:00:1 0 EOF\n", encoding="ascii")
    assert stored.holder(lock, locks) == 0
    lock.touch()
    assert stored.holder(lock, locks) == 0
    number = lock.stat().st_ino
    lines = (
        f"1: -> FLOCK ADVISORY WRITE 18 {at}:{number} 0 EOF\n2: FLOCK ADVISORY WRITE 17 {at}:{number} 0 EOF\n"
    )
    locks.write_text(lines, encoding="ascii")
    assert stored.holder(lock, locks) == 17
    # As on btrfs: another device is told, and only who has the file open can be meant.
    own = os.getpid()
    other = f"FLOCK ADVISORY WRITE {{process}} ff:ff:{number} 0 EOF\n".format
    locks.write_text(f"1: {other(process=0)}2: {other(process=own)}", encoding="ascii")
    assert stored.holder(lock, locks) == 0
    with lock.open():
        assert stored.holder(lock, locks) == own


# --- paper ------------------------------------------------------------------------------------------


def _printer(store: Path, **chosen: object) -> Finding:
    lines = [f"{name} = {value!r}" for name, value in chosen.items()]
    (store / "settings.toml").write_text("\n".join(["[paper]", *lines, ""]), encoding="utf-8")
    return _examined(store, live=True)["printer"]


def test_where_slips_go_is_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    assert _printer(tmp_path, printer="screen").state == "ok"
    assert _printer(tmp_path, printer="folder").state == "fail"
    assert "first paper" in _printer(tmp_path, printer="folder", folder=str(folder)).what
    assert not folder.exists()
    folder.mkdir()
    assert "takes files" in _printer(tmp_path, printer="folder", folder=str(folder)).what
    (tmp_path / "file").touch()
    assert _printer(tmp_path, printer="folder", folder=str(tmp_path / "file" / "x")).state == "fail"


def _png(wide: int, high: int) -> bytes:
    made = io.BytesIO()
    Image.new("L", (wide, high), 255).save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize(
    ("picture", "chosen", "state", "said"),
    [
        (None, "", "warn", "is not there"),
        (b"", "", "warn", "is no PNG"),
        (b"GIF89a" + bytes(40), "", "warn", "is no PNG"),
        (_png(400, 200)[:60], "", "warn", "damaged"),
        (_png(400, 200) + bytes(1_000_000), "", "warn", "too large"),
        (_png(8, 8)[:16] + b"\x00\x01\x00\x00" * 2 + _png(8, 8)[24:], "", "warn", "too large"),
        (_png(40, 20), "", "warn", "44 mm wide and 22 mm high"),
        (_png(570, 10), "", "warn", "50 mm wide and 1 mm high"),
        (_png(400, 200), "", "ok", "44 mm wide and 22 mm high"),
        (_png(400, 200), "columns = 32", "ok", "38 mm wide and 19 mm high"),
        (_png(400, 200), 'printer = "network"\nform = "text"', "warn", "sent text alone"),
        (_png(400, 200), 'printer = "network"\nprofile = "no such profile"', "ok", "44 mm wide"),
        (_png(400, 200), 'printer = "queue"\nqueue = "none"', "ok", "44 mm wide"),
    ],
)
def test_the_shops_picture_is_looked_at(
    tmp_path: Path, picture: bytes | None, chosen: str, state: str, said: str
) -> None:
    settings = f'[shop]\nlogo = "logo-1.png"\n[paper]\n{chosen}\n'
    (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")
    if picture is not None:
        (tmp_path / "logo-1.png").write_bytes(picture)
    case = Case(
        Options(), tmp_path, TrainingVault(tmp_path / "vault"), lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    case.settings = load(tmp_path / "settings.toml")
    found = asyncio.run(paper.picture(case))
    assert (found.state, said in found.what) == (state, True), found.what
    assert bool(found.advice) == (state == "warn")


def test_a_picture_that_can_not_be_read_is_told_and_none_is_in_order(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[shop]\nlogo = "logo-1.png"\n', encoding="utf-8")
    (tmp_path / "logo-1.png").mkdir()
    found = _examined(tmp_path, live=True)["picture"]
    assert (found.state, "can not be read" in found.what) == ("warn", True)
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    assert _examined(tmp_path, live=True)["picture"].state == "ok"


def test_what_is_missing_of_the_program_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(
        Options(), Path("nowhere"), TrainingVault(Path("nowhere")), lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert asyncio.run(machine.program(case)).state == "ok"
    find, version = importlib.util.find_spec, importlib.metadata.version

    def without(name: str) -> object:
        return None if name in {"PySide6", "segno"} else find(name)

    def unnoted(name: str) -> str:
        if name == "PySide6-Essentials":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", unnoted)
    assert asyncio.run(machine.window(case)).what == "Qt 6 is installed."
    monkeypatch.setattr(importlib.util, "find_spec", without)
    assert asyncio.run(machine.window(case)).state == "warn"
    program = asyncio.run(machine.program(case))
    assert (program.state, "segno" in program.what) == ("fail", True)
    monkeypatch.setattr(importlib.util, "find_spec", find)
    monkeypatch.setattr(sys, "version_info", (3, 15, 0, "final", 0))
    assert asyncio.run(machine.program(case)).state == "warn"
    monkeypatch.setattr(machine, "PARTS", (*machine.PARTS, ("resources", "fonts/None.otf")))
    parts = asyncio.run(machine.parts(case))
    assert (parts.state, "None.otf" in parts.what) == ("fail", True)


@pytest.mark.parametrize("empty", [False, True])
def test_a_receipt_printer_is_asked(tmp_path: Path, *, empty: bool) -> None:
    async def scene() -> Finding:
        async with PrinterSimulator() as simulator:
            simulator.answers |= PAPER_END if empty else {}
            settings = f'[paper]\nprinter = "network"\nhost = "127.0.0.1"\nport = {simulator.port}\n'
            (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")
            found = (await _collected(Options(store=str(tmp_path)), tmp_path))["printer"]
            assert not simulator.jobs
            return found

    assert quiet_time.run(scene()).state == ("fail" if empty else "ok")


@needs_cups
def test_a_queue_is_asked_and_where_it_is_not_there_the_others_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def found(queue: str) -> Finding:
        settings = f'[paper]\nprinter = "queue"\nqueue = "{queue}"\n'
        (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")
        return (await _collected(Options(store=str(tmp_path)), tmp_path))["printer"]

    async def scene() -> None:
        async with CupsServer() as cups:
            monkeypatch.setenv("CUPS_SERVER", cups.socket)
            cups.add("till", 9)
            there = await found("till")
            assert (there.state, "does not say how the printer is" in there.what) == ("warn", True)
            gone = await found("office")
            assert (gone.state, "office" in gone.what, "till" in gone.advice) == ("fail", True, True)
        away = await found("till")
        assert (away.state, "print service" in away.what) == ("fail", True)

    asyncio.run(scene())


@pytest.mark.parametrize("kind", ["device", "serial"])
def test_a_printer_that_is_not_plugged_in_is_told(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none() -> tuple[Found, ...]:
        return ()

    monkeypatch.setattr(spooling, "list_printers", none)
    found = _printer(tmp_path, printer=kind, device="/dev/no-such-printer", drawer="pin2")
    assert (found.state, "/dev/no-such-printer" in found.what) == ("fail", True)
    assert "This computer has" not in found.advice


def test_a_drawer_is_told_and_not_opened(tmp_path: Path) -> None:
    async def scene() -> None:
        async with PrinterSimulator() as simulator:
            network = f'printer = "network"\nhost = "127.0.0.1"\nport = {simulator.port}'
            settings = f'[paper]\n{network}\ndrawer = "pin2"\n'
            (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")
            found = (await _collected(Options(store=str(tmp_path)), tmp_path))["printer"]
            assert "not opened" in found.what
            assert simulator.began == 0

    quiet_time.run(scene())


# --- one check among others -------------------------------------------------------------------------


def _answered(check: Callable[[], Awaitable[Said]], seconds: float = _SECONDS) -> Finding:
    return asyncio.run(answer("name", "Title", seconds, check)).finding


@pytest.mark.logs
def test_a_check_that_crashes_is_told_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    async def crash() -> Said:
        raise ValueError("TEST-CODE-1234")

    found = _answered(crash)
    assert (found.state, found.overdue) == ("fail", False)
    assert "ValueError" in found.what
    assert "TEST-CODE" not in f"{found}{caplog.text}"


def test_a_check_that_does_not_come_back_is_given_up() -> None:
    async def wait() -> Said:
        await asyncio.Event().wait()
        raise AssertionError

    found = _answered(wait, 0)
    assert (found.state, found.overdue) == ("fail", True)


def test_a_drive_that_does_not_answer_costs_one_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _played(tmp_path, _sell_two)
    monkeypatch.setattr(case_module, "CLOSING_SECONDS", 0.05)
    case = Case(
        Options(), tmp_path, TrainingVault(tmp_path / "vault.json"), lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    hung = threading.Event()

    async def read() -> Said:
        async with case.looking() as found:
            await found.run(lambda _tx: hung.wait(_SECONDS))
        raise AssertionError

    try:
        late = _answered(read, 0.05)
    finally:
        hung.set()
    assert (late.state, late.overdue) == ("fail", True)


def test_little_paper_is_no_failure() -> None:
    async def low() -> Said:
        raise DeviceProblem("paper_low")

    assert _answered(low).state == "warn"


def test_neither_a_home_nor_an_address_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def say() -> Said:
        return Said("ok", f"{Path.home()}/shop of kim@mail.example", ends=True)

    monkeypatch.setenv("HOME", str(tmp_path))
    assert _answered(say).what == "~/shop of …@…"


def test_times_are_those_of_the_shop() -> None:
    assert local(datetime(2026, 11, 21, 21, 42, tzinfo=UTC), "America/New_York") == "2026-11-21 16:42"


# --- as a command -----------------------------------------------------------------------------------


def test_the_command_tells_people_and_programs(countercard: CommandLine, tmp_path: Path) -> None:
    shop = replace(countercard, store=tmp_path / "own")
    assert shop.sell("--show-codes").code == 0
    told = shop("doctor", "--json")
    states = {finding["name"]: finding["state"] for finding in _list(told.objects)}
    assert (told.code, set(states.values())) == (0, {"ok"})
    assert {"levelup_account", "journal", "printer"} <= set(states)
    told = shop("doctor")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines()[-1] == "Everything needed is in order."
    _change(shop.store, "UPDATE order_row SET waits = 1")
    told = shop("doctor")
    assert (told.code, told.out.splitlines()[-1]) == (12, "1 thing has to be put right.")
    assert "countercard journal rebuild" in told.out
    rebuilt = shop("journal", "rebuild", "--json")
    assert (rebuilt.code, rebuilt.object) == (0, {"orders": 1})
    assert shop("journal", "rebuild").out == "The lists were made anew from the journal: 1 order.\n"
    assert shop("doctor").code == 0
    assert shop.sell().code == 0
    told = shop("doctor")
    assert (told.code, told.out.splitlines()[-1]) == (
        0,
        "Nothing hinders the till; 1 thing wants to be seen to.",
    )


def _list(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert all(set(one) == {"name", "state", "what", "advice"} for one in objects)
    return objects


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there is nothing to hang on")
def test_what_hangs_does_not_keep_the_command_from_ending(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "settings.toml")
    done = subprocess.run(
        [sys.executable, "-m", "pos_app", "doctor", "--json", "--store", str(tmp_path)],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 12
    assert b"took longer than" in done.stdout
    assert b'"disk"' in done.stdout


# --- lists made anew --------------------------------------------------------------------------------


async def _rebuild(folder: Path) -> int:
    return await rebuild_rows(Options(store=str(folder)), TrainingVault(folder / "vault.json"))


def _refused(folder: Path) -> str:
    with pytest.raises((StoreProblem, Misconfigured)) as caught:
        asyncio.run(_rebuild(folder))
    return caught.value.reason


def test_lists_are_made_anew_only_when_nobody_else_has_the_store(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await _sell_two(world)
        with pytest.raises(StoreProblem) as caught:
            await _rebuild(tmp_path)
        assert caught.value.reason == "in_use"

    assert _refused(tmp_path) == "missing"
    _played(tmp_path, scene)
    assert asyncio.run(_rebuild(tmp_path)) == 2


def test_leases_stay_when_lists_are_made_anew(tmp_path: Path) -> None:
    _played(tmp_path, _sell_two)
    lease = "INSERT INTO lease VALUES ('order', 'holder', '2026-11-21')"
    _change(tmp_path, lease, "DELETE FROM order_row")
    asyncio.run(_rebuild(tmp_path))
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        assert connection.execute("SELECT * FROM lease").fetchall() == [("order", "holder", "2026-11-21")]
        assert connection.execute("SELECT COUNT(*) FROM order_row").fetchone() == (2,)


def test_a_store_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    _played(tmp_path, _sell_two)
    _change(tmp_path, "UPDATE fact SET value = 'live' WHERE name = 'kind'")
    assert _refused(tmp_path) == "wrong_store_kind"


def test_a_broken_journal_is_refused_with_its_own_code(countercard: CommandLine, tmp_path: Path) -> None:
    shop = replace(countercard, store=tmp_path / "own")
    assert shop.sell().code == 0
    _change(shop.store, "DELETE FROM entry WHERE seq = 2")
    told = shop("journal", "rebuild", "--json")
    assert (told.code, told.object["error"]["reason"]) == (10, "broken_journal")
    assert shop("journal", "verify").code == 10


def test_the_proxies_of_a_browser_are_meant() -> None:
    assert companies.proxies_of({"https": "x", "no": "y", "ftp": "z"}) == {"https"}
