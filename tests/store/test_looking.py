"""A store that is only looked into: it is read as it is, and nothing in its folder becomes another."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from pos_app.errors import StoreProblem
from pos_app.store.checkup import is_sound, newest_step
from pos_app.store.database import Database, look_into_database
from pos_app.store.schema import LATEST
from pos_app.store.views import Views
from tests.store.shelf import BOUND, Shelves, play

T = TypeVar("T")


def look(path: Path, act: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = await look_into_database(path)
        try:
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(asyncio.wait_for(run(), BOUND))


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "unavailable"), (b"this is a letter to the shop " * 500, "damaged")]
)
def test_what_is_no_store_is_told_and_left_as_it_is(path: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreProblem) as caught:
        look(path, newest_step)
    assert caught.value.reason == reason
    assert [file.read_bytes() for file in path.parent.iterdir()] == ([] if content is None else [content])


def test_a_store_of_any_program_tells_its_step(path: Path) -> None:
    play(path, Shelves.open)
    assert look(path, newest_step) == LATEST
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO schema_step VALUES (?)", (LATEST + 7,))
        connection.commit()
    assert look(path, newest_step) == LATEST + 7


def test_pages_that_are_missing_are_found(path: Path) -> None:
    async def fill(shelves: Shelves) -> None:
        shelf = await shelves.open()
        for n in range(40):
            await shelf.to_do(f"sale {n:03}")

    play(path, fill)
    assert look(path, is_sound)
    data = bytearray(path.read_bytes())
    # The header's number of pages that are free: five are said to be, and nobody knows which.
    data[36:40] = (5).to_bytes(4)
    path.write_bytes(data)
    assert not look(path, is_sound)


def test_what_waits_is_counted_and_how_long_the_oldest_has(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        assert await Views(shelf.database).waiting_since() == (None, 0)
        first = await shelf.to_do("first")
        began = shelves.clock.at
        shelves.clock.turn(minutes=5)
        await shelf.to_do("second")
        assert await shelf.views.waiting_since() == (began, 2)
        await shelf.answer(await shelf.send(first))
        assert await shelf.views.waiting_since() == (shelves.clock.at, 1)

    play(path, scene)
