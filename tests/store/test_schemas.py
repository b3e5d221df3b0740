"""Stores that older versions wrote are opened for ever: brought up to date, whole, and with their codes."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
from filelock import FileLock

from pos_app.errors import StoreProblem
from pos_app.intake import Intake
from pos_app.orders.barcode import code_of
from pos_app.orders.order import Phase
from pos_app.people import People
from pos_app.register import lock_file, open_store
from pos_app.store.barcodes import BarcodeRows
from pos_app.store.checkup import is_sound, newest_step
from pos_app.store.database import open_database
from pos_app.store.facts import Facts
from pos_app.store.journal import Journal
from pos_app.store.key import open_seal
from pos_app.store.rebuild import differing, rebuild
from pos_app.store.schema import LATEST
from pos_app.vault import TrainingVault
from tests.store.keep_schema import BARCODE, MANAGER, PIN, SCHEMAS
from tests.store.shelf import Clock

KEPT: Final = sorted(int(path.stem) for path in SCHEMAS.glob("*.sql"))
BOUND: Final = 120.0


def unpacked(step: int, folder: Path) -> Path:
    """The store of schema `step`, as its version left it; the file's path."""
    path = folder / "countercard.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript((SCHEMAS / f"{step}.sql").read_text(encoding="utf-8"))
    shutil.copyfile(SCHEMAS / f"{step}.vault.json", folder / "vault.json")
    return path


def test_who_only_looks_changes_no_tables_under_an_older_program(tmp_path: Path) -> None:
    path = unpacked(2, tmp_path)

    async def looked() -> int:
        async with AsyncExitStack() as stack:
            return await newest_step(await open_store(tmp_path, stack, exclusive=False))

    async def scene() -> None:
        with FileLock(lock_file(tmp_path), timeout=0):
            with pytest.raises(StoreProblem, match="in_use"):
                await looked()
            with contextlib.closing(sqlite3.connect(path)) as untouched:
                assert untouched.execute("SELECT MAX(step) FROM schema_step").fetchone() == (2,)
        assert await looked() == LATEST

    asyncio.run(asyncio.wait_for(scene(), BOUND))


def test_a_store_of_the_newest_schema_is_kept_too() -> None:
    """Whoever changes the tables keeps a store of them: `python -m tests.store.keep_schema`."""
    assert {1, 2, LATEST} <= set(KEPT)


@pytest.mark.parametrize("step", KEPT)
def test_a_store_of_an_older_version_opens_is_whole_and_gives_its_codes(step: int, tmp_path: Path) -> None:
    path = unpacked(step, tmp_path)
    with contextlib.closing(sqlite3.connect(path)) as before:
        entries = before.execute("SELECT COUNT(*) FROM entry").fetchone()[0]
        rows = before.execute("SELECT order_id, phase, n FROM order_row ORDER BY order_id").fetchall()
        assert before.execute("SELECT MAX(step) FROM schema_step").fetchone() == (step,)

    async def scene() -> None:
        database = await open_database(path)
        try:
            assert await newest_step(database) == LATEST
            assert await is_sound(database)
            sealer = await open_seal(TrainingVault(tmp_path / "vault.json"), Facts(database), _no_id)
            journal = Journal(database, sealer, "03", "today", Clock(), _no_id)
            walked = await journal.verify()
            assert (walked.broken, walked.entries) == (None, entries)
            orders = await journal.in_phase(*Phase)
            assert sorted((order.id, str(order.phase), order.n) for order in orders) == rows
            assert len({order.phase for order in orders}) >= 6
            intake = Intake(journal, sealer)
            cards = [
                intake.open_card(await journal.key(order.id), card)
                for order in orders
                for card in order.cards
            ]
            assert Counter(card.code[:5] for card in cards) == {"TEST-": len(cards)}
            assert any(card.pin for card in cards)
            assert len(cards) >= 7
            assert await rebuild(database, sealer, "03") == len(orders)
            assert await differing(database) == 0
            # Barcodes came with the fifth.
            mapped = await BarcodeRows(database).find(code_of(BARCODE))
            assert (mapped is not None) is (step > 4)
            people = People(database, sealer, Clock(), lambda: 0.0)
            # Managers came with the second schema.
            assert await people.managers() == ((MANAGER,) if step > 1 else ())
            assert (await people.verify(MANAGER, PIN)).right is (step > 1)
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(scene(), BOUND))


def _no_id() -> str:
    raise AssertionError("an old store has its id")
