"""Walking the journal: orders that go on at another register, damaged notes, a log that can not be folded."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from pos_app.errors import StoreProblem
from pos_app.orders.notes import STORE, AnyNote, Restored
from tests.store.shelf import Shelves, play


def test_an_order_that_goes_on_at_a_register_walked_before_is_read_once_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk goes by register number: it meets the order's end before its beginning, lines apart."""
    monkeypatch.setattr("pos_app.store.verify._LINES", 1)

    async def scene(shelves: Shelves) -> None:
        till, other = await shelves.open(), await shelves.open("two", register="01")
        order = await till.to_do("sale")
        await other.send(await other.journal.order(order.id))
        found = await till.journal.verify()
        assert (found.entries, found.broken) == (2, None)

    play(tmp_path / "store.db", scene)


def test_a_note_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "store.db"

    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()

        def begun(known: Sequence[AnyNote]) -> list[AnyNote]:
            head = shelf.journal.note_head(STORE, known, "countercard")
            return [Restored(**head, how="moved", incarnation="second")]

        assert len(await shelf.journal.note(STORE, begun)) == 1
        with sqlite3.connect(path) as connection:
            connection.execute("DROP TRIGGER entry_is_written_once")
            connection.execute("UPDATE entry SET body = '{}'")
        connection.close()
        with pytest.raises(StoreProblem) as told:
            await shelf.journal.notes(STORE)
        assert told.value.reason == "broken_journal"

    play(path, scene)


def test_a_log_that_can_not_be_folded_is_no_false_word(tmp_path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        await shelf.to_do("sale")
        assert await shelf.database.fold_log()
        shelf.database._connection.close()  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(sqlite3.ProgrammingError):
            await shelf.database.fold_log()

    play(tmp_path / "store.db", scene)
