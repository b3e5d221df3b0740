"""A till that can not be opened: the program as it is started says why, and what to do."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from PySide6.QtWidgets import QApplication

from pos_app.opening import Options, open_till
from tests.cashier import Cashier
from tests.environment import unwatched
from tests.journeys.small_disk import fill, remount, small_disk
from tests.sandbox_process import SandboxProcess
from ui import start
from ui.main_window import MainWindow
from ui.options import WindowOptions

_SLOW = 90.0
_SECONDS = 120


class Shop:
    """A store on disk, a sandbox's ready line, and the two ways to start the program on them."""

    def __init__(self, folder: Path, line: str) -> None:
        self.store = folder / "store"
        self.ready = folder / "ready.json"
        self.ready.write_text(line, encoding="utf-8")

    async def begin(self) -> None:
        """Let it be a store."""
        register = await open_till(Options(str(self.store), self.ready))
        await register.close()

    @asynccontextmanager
    async def window(self, app: QApplication) -> AsyncGenerator[Cashier]:
        """The program's window, as far as it comes."""
        options = WindowOptions(store=str(self.store), sandbox=str(self.ready))
        life = asyncio.get_running_loop().create_task(
            start._life(app, options, None)  # pyright: ignore[reportPrivateUsage]
        )
        try:
            await asyncio.sleep(0)
            window = next(
                one for one in app.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()
            )
            try:
                yield Cashier(window)
            finally:
                window.close()
        finally:
            assert await asyncio.wait_for(life, _SLOW) == 0

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The program at the command line."""
        place = ["--store", str(self.store), "--sandbox", str(self.ready)]
        return subprocess.run(
            [sys.executable, "-m", "ui", *words, *place],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env=unwatched(),
        )


@pytest.fixture
def shop(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Shop]:
    yield Shop(tmp_path, sandbox.line)
    sandbox.admin.clear_faults()


SALE = ("sell", "--provider", "cardpluspay", "--item", "ANY", "--cash", "500")


def _says(told: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """The command ended with `code`, in words and without a traceback."""
    assert told.returncode == code, told.stderr
    for one in words:
        assert one in told.stderr
    assert "Traceback" not in told.stdout + told.stderr


async def _reads_and_tries_again(cashier: Cashier, *words: str) -> None:
    for one in words:
        await cashier.see(one, _SLOW)
    assert cashier.can_press("notice_again")
    assert cashier.can_press("notice_close")
    assert not cashier.can_press("rail_sell")
    cashier.click("notice_again")
    await cashier.until(lambda: cashier.reads(words[0]), "the same again", _SLOW)


async def test_a_second_window_on_the_same_store(qapp: QApplication, shop: Shop) -> None:
    await shop.begin()
    lock = FileLock(shop.store / "lock", timeout=0)
    lock.acquire()
    try:
        async with shop.window(qapp) as cashier:
            await _reads_and_tries_again(
                cashier, "This store is open in another Countercard", "Go to that window"
            )
            lock.release()
            await cashier.until(lambda: cashier.can_press("notice_again"), "the button", _SLOW)
            cashier.click("notice_again")
            await cashier.see("products", _SLOW)
    finally:
        lock.release()


async def test_a_second_copy_as_a_process_of_its_own(qapp: QApplication, shop: Shop) -> None:
    await shop.begin()
    register = await open_till(Options(str(shop.store), shop.ready))
    try:
        sells = await asyncio.to_thread(shop.command, *SALE)
        _says(sells, 9, "This store is open in another Countercard", "Go to that window, or close it first.")
        looks = await asyncio.to_thread(shop.command, "orders")
        assert looks.returncode == 0, looks.stderr
    finally:
        await register.close()


def _newer(store: Path) -> None:
    with sqlite3.connect(store / "countercard.db") as connection:
        connection.execute("INSERT INTO schema_step (step) VALUES (99)")
    connection.close()


def _damaged(store: Path) -> None:
    (store / "countercard.db").write_bytes(b"this is a letter to the shop " * 500)


def _gone(store: Path) -> None:
    (store / "countercard.db").unlink()


def _torn_settings(store: Path) -> None:
    (store / "settings.toml").write_bytes(b'[shop]\nname = "Harbo')


def _settings_of_the_impossible(store: Path) -> None:
    (store / "settings.toml").write_text('[shop]\nzone = "Middle/Earth"\n', encoding="utf-8")


def _torn_vault(store: Path) -> None:
    (store / "training-vault.json").write_bytes(b'{"store-key": "AAAA')


def _no_vault(store: Path) -> None:
    (store / "training-vault.json").unlink()


BROKEN = {
    "newer": (_newer, 9, ("written by a newer Countercard", "Install that version; nothing was changed.")),
    "damaged": (_damaged, 9, ("file is damaged", "Keep the file as it is and call your support.")),
    "gone": (_gone, 9, ("is missing or empty", "Put the database back.")),
    "torn settings": (_torn_settings, 8, ("settings.toml", "move it away", "No sale is lost.")),
    "impossible settings": (_settings_of_the_impossible, 8, ("settings.toml", "No sale is lost.")),
    "torn vault": (_torn_vault, 8, ("practice sales", "No real sale and no money is lost.")),
    "no vault": (_no_vault, 8, ("practice sales", "No real sale and no money is lost.")),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_store_that_can_not_be_used(qapp: QApplication, shop: Shop, kind: str) -> None:
    breaks, code, words = BROKEN[kind]
    await shop.begin()
    breaks(shop.store)
    before = _content(shop.store)
    async with shop.window(qapp) as cashier:
        await _reads_and_tries_again(cashier, *words)
    _says(await asyncio.to_thread(shop.command, *SALE), code, *words)
    assert _content(shop.store) == before, "nothing was changed"


def _content(store: Path) -> dict[str, bytes]:
    """What must not change: everything but the log and what SQLite keeps beside its file."""
    names = ("countercard.db", "settings.toml", "training-vault.json")
    return {name: (store / name).read_bytes() for name in names if (store / name).exists()}


async def test_a_sandbox_that_is_not_there(qapp: QApplication, shop: Shop) -> None:
    shop.ready.write_text("no line", encoding="utf-8")
    async with shop.window(qapp) as cashier:
        await _reads_and_tries_again(cashier, "does not hold the line a running sandbox prints")
    _says(await asyncio.to_thread(shop.command, *SALE), 8, "does not hold the line")


@pytest.mark.logs
async def test_a_real_disk_that_is_full_when_the_till_is_opened(
    qapp: QApplication, sandbox: SandboxProcess
) -> None:
    with small_disk() as disk:
        shop = Shop(disk, sandbox.line)
        fill(disk)
        async with shop.window(qapp) as cashier:
            await cashier.see("Try again", _SLOW)
            assert cashier.reads("The disk is full.") or cashier.reads("can not be written to")
            (disk / "filler").unlink()
            cashier.click("notice_again")
            await cashier.see("product", _SLOW)


async def test_a_real_disk_that_becomes_read_only(qapp: QApplication, sandbox: SandboxProcess) -> None:
    with small_disk(8) as disk:
        shop = Shop(disk, sandbox.line)
        await shop.begin()
        remount(disk, "ro")
        async with shop.window(qapp) as cashier:
            await _reads_and_tries_again(cashier, "can not be written to", "Check the disk")
        _says(await asyncio.to_thread(shop.command, *SALE), 9, "can not be written to")
        remount(disk, "rw")
