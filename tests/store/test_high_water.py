"""The mark in the vault: it follows the journal, tells one that was put back, and is in nobody's way."""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pos_app.errors import Misconfigured, StoreProblem
from pos_app.store.heads import JournalEnd, ends
from pos_app.store.high_water import HighWater, RolledBack
from pos_app.store.journal import Verification
from pos_app.store.verify import verify
from tests.store.shelf import SEALER, Shelf, Shelves, play


@dataclass
class KeepingVault:
    """Keeps secrets in memory; `trouble` is raised by whatever is asked."""

    kept: dict[str, str] = field(default_factory=dict[str, str])
    trouble: Misconfigured | StoreProblem | None = None
    asked: int = 0

    async def get(self, name: str) -> str | None:
        self._trouble()
        return self.kept.get(name)

    async def put(self, name: str, secret: str) -> None:
        self._trouble()
        self.kept[name] = secret

    async def remove(self, name: str) -> None:
        self._trouble()
        self.kept.pop(name, None)

    def _trouble(self) -> None:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def vault() -> KeepingVault:
    return KeepingVault()


def of(shelf: Shelf, vault: KeepingVault) -> HighWater:
    return HighWater(shelf.database, vault, "store")


async def _sell(shelves: Shelves, *sale_ids: str, register: str = "03") -> None:
    shelf = await shelves.open(register=register)
    for sale_id in sale_ids:
        order = await shelf.to_do(sale_id)
        printed = shelf.printed(order).model_copy(update={"id": f"{order.id}-1"})
        await shelf.journal.append(order, printed)


def _selling(*sale_ids: str, register: str = "03") -> Callable[[Shelves], Awaitable[None]]:
    return lambda shelves: _sell(shelves, *sale_ids, register=register)


def _keeping(vault: KeepingVault) -> Callable[[Shelves], Awaitable[None]]:
    async def scene(shelves: Shelves) -> None:
        await of(await shelves.open(), vault).keep()

    return scene


def _checking(vault: KeepingVault) -> Callable[[Shelves], Awaitable[RolledBack | None]]:
    async def scene(shelves: Shelves) -> RolledBack | None:
        return await of(await shelves.open(), vault).check()

    return scene


def _change(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS entry_is_written_once")
        connection.execute("DROP TRIGGER IF EXISTS entry_is_kept")
        for sql in statements:
            connection.execute(sql)
        connection.commit()


def test_a_store_nobody_kept_a_mark_of_is_not_behind_it(path: Path, vault: KeepingVault) -> None:
    play(path, _selling("a"))
    assert play(path, _checking(vault)) is None
    assert not vault.kept


def test_the_mark_follows_the_journal_and_is_written_when_it_has_moved(
    path: Path, vault: KeepingVault
) -> None:
    async def scene(shelves: Shelves) -> None:
        one, seven = await shelves.open(), await shelves.open(register="07")
        mark = of(one, vault)
        await mark.keep()
        assert await mark.known() == ()
        await one.to_do("a")
        await seven.to_do("b")
        await one.print("b.1")
        asked = vault.asked
        await mark.keep()
        found = await one.database.run(ends)
        assert [(end.register, end.count) for end in found] == [("03", 2), ("07", 1)]
        known = await mark.known()
        assert [(end.register, end.count) for end in known] == [("03", 2), ("07", 1)]
        assert all(end.link.startswith(mark.link) for end, mark in zip(found, known, strict=True))
        assert all(len(end.link) == 32 for end in known)
        await mark.keep()
        assert vault.asked == asked + 2
        # The next process knows it too, and has nothing to write.
        again = of(await shelves.open("later"), vault)
        assert await again.check() is None
        await again.keep()
        assert vault.asked == asked + 3

    play(path, scene)


def test_a_journal_that_went_on_is_not_behind(path: Path, vault: KeepingVault) -> None:
    """The mark lags behind the entries: a till that is killed leaves an old one."""
    play(path, _selling("a"))
    play(path, _keeping(vault))
    play(path, _selling("b", "c"))
    assert play(path, _checking(vault)) is None


@pytest.mark.logs
def test_an_older_copy_in_the_store_s_place_is_known(path: Path, vault: KeepingVault) -> None:
    play(path, _selling("a"))
    older = path.with_name("older.db")
    shutil.copy(path, older)
    play(path, _selling("b"))
    play(path, _keeping(vault))
    shutil.copy(older, path)
    assert play(path, _checking(vault)) == RolledBack("03", 2, 4)


@pytest.mark.logs
def test_another_journal_under_the_same_key_is_known_however_long(path: Path, vault: KeepingVault) -> None:
    """Put back, and sold from: it holds by itself, and has as many lines."""
    play(path, _selling("a"))
    older = path.with_name("older.db")
    shutil.copy(path, older)
    play(path, _selling("b"))
    play(path, _keeping(vault))
    shutil.copy(older, path)
    play(path, _selling("c"))
    assert play(path, _checking(vault)) == RolledBack("03", 4, 4)
    play(path, _selling("d"))
    assert play(path, _checking(vault)) == RolledBack("03", 6, 4)

    async def verifying(shelves: Shelves) -> Verification:
        shelf = await shelves.open()
        return await verify(shelf.database, SEALER, "03", await of(shelf, vault).known())

    assert play(path, verifying) == Verification(3, "03/4", "other")


@pytest.mark.logs
def test_a_tail_that_was_cut_with_its_rows_is_known(path: Path, vault: KeepingVault) -> None:
    play(path, _selling("a", "b"))
    play(path, _keeping(vault))
    _change(path, "DELETE FROM entry WHERE seq > 2", "DELETE FROM order_row WHERE order_id = 'b.1'")
    assert play(path, _checking(vault)) == RolledBack("03", 2, 4)

    async def verifying(shelves: Shelves) -> tuple[Verification, Verification]:
        shelf = await shelves.open()
        known = await of(shelf, vault).known()
        return await verify(shelf.database, SEALER, "03"), await verify(shelf.database, SEALER, "03", known)

    alone, held_against = play(path, verifying)
    assert alone == Verification(2, None)
    assert held_against == Verification(2, "03/3", "cut")


@pytest.mark.logs
def test_a_register_that_is_gone_as_a_whole_is_known(path: Path, vault: KeepingVault) -> None:
    play(path, _selling("a"))
    play(path, _selling("b", register="01"))
    play(path, _keeping(vault))
    _change(path, "DELETE FROM entry WHERE register = '01'", "DELETE FROM order_row WHERE order_id = 'b.1'")
    assert play(path, _checking(vault)) == RolledBack("01", 0, 2)


@pytest.mark.logs
def test_nothing_is_kept_over_the_mark_until_somebody_decided(path: Path, vault: KeepingVault) -> None:
    play(path, _selling("a"))
    older = path.with_name("older.db")
    shutil.copy(path, older)
    play(path, _selling("b"))
    play(path, _keeping(vault))
    before = dict(vault.kept)
    shutil.copy(older, path)
    play(path, _keeping(vault))
    assert vault.kept == before

    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        mark = of(shelf, vault)
        assert await mark.check() is not None
        await shelf.to_do("c")
        await mark.keep()
        assert vault.kept == before
        mark.acknowledge()
        assert mark.rolled_back is None
        await mark.keep()
        assert [end.count for end in await mark.known()] == [3]
        assert await of(shelf, vault).check() is None

    play(path, scene)


@pytest.mark.parametrize(
    "trouble", [Misconfigured("keyring_locked"), StoreProblem("full")], ids=["keyring", "disk"]
)
def test_a_vault_that_takes_nothing_is_told_of_once_and_left_alone_for_a_while(
    path: Path, vault: KeepingVault, trouble: Misconfigured | StoreProblem, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        mark = of(shelf, vault)
        await mark.check()
        await shelf.to_do("a")
        vault.trouble = trouble
        with caplog.at_level(logging.WARNING):
            asked = vault.asked
            for _turn in range(62):
                await mark.keep()
        assert vault.asked == asked + 2
        assert [record.getMessage() for record in caplog.records] == [
            f"the journal's mark can not be kept: {trouble.reason}"
        ]
        caplog.clear()
        assert not vault.kept
        vault.trouble = None
        for _turn in range(61):
            await mark.keep()
        assert [end.count for end in await mark.known()] == [1]

    play(path, scene)


def test_a_mark_that_could_not_be_read_is_not_written_over_unread(
    path: Path, vault: KeepingVault, caplog: pytest.LogCaptureFixture
) -> None:
    play(path, _selling("a", "b"))
    play(path, _keeping(vault))
    before = dict(vault.kept)
    _change(path, "DELETE FROM entry WHERE seq > 2", "DELETE FROM order_row WHERE order_id = 'b.1'")

    async def scene(shelves: Shelves) -> None:
        mark = of(await shelves.open(), vault)
        vault.trouble = Misconfigured("keyring_locked")
        with caplog.at_level(logging.WARNING):
            assert await mark.check() is None
            vault.trouble = None
            for _turn in range(61):
                await mark.keep()
        caplog.clear()
        assert mark.rolled_back == RolledBack("03", 2, 4)
        assert vault.kept == before

    play(path, scene)


def test_a_torn_mark_is_none(path: Path, vault: KeepingVault) -> None:
    vault.kept["high-water-store"] = '{"03": [4'
    play(path, _selling("a"))
    assert play(path, _checking(vault)) is None
    play(path, _keeping(vault))

    async def scene(shelves: Shelves) -> tuple[JournalEnd, ...]:
        return await of(await shelves.open(), vault).known()

    assert [(end.register, end.count) for end in play(path, scene)] == [("03", 2)]
