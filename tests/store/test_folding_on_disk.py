"""Whatever the journal takes on a real file: it folds to what it was told, and its rows can be made again."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.errors import NotAllowed
from pos_app.money import Money
from pos_app.orders.notes import (
    SETTINGS,
    STORE,
    AnyNote,
    Declared,
    Explained,
    ForeignSeen,
    Restored,
    SettingChanged,
    ToppedUp,
    WentOn,
    about,
)
from pos_app.orders.order import IllegalStep, Order
from pos_app.store.journal import Journal, Verification
from pos_app.store.rebuild import differing, rebuild
from tests.orders import made_up
from tests.orders.test_folding_properties import check_step
from tests.store.shelf import SEALER, Shelf, Shelves, play

_NOTES: Final = (
    "topped_up",
    "declared",
    "foreign_seen",
    "explained",
    "went_on",
    "restored",
    "setting_changed",
)


def _dump(path: Path) -> dict[str, list[Any]]:
    """Every row of every table, byte for byte."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr)  # noqa: S608
            for (name,) in tables
        }


async def _step(shelf: Shelf, order: Order, data: st.DataObject, path: Path) -> Order:
    """Try to write one made-up entry behind `order`; the order after it, or as it was when it was refused."""
    entry = data.draw(made_up.entries(order))
    before = _dump(path)
    try:
        if data.draw(st.booleans()):
            after = await shelf.journal.append(order, entry)
        else:
            after = await shelf.journal.add(order.id, lambda _now: entry)
    except (IllegalStep, NotAllowed):
        assert _dump(path) == before, "who was refused has left something"
        return order
    assert after == order.step(entry)
    check_step(order, entry, after)
    assert len(_dump(path)["entry"]) == len(before["entry"]) + 1
    return after


async def _note(journal: Journal, kind: str) -> None:
    subject = {"restored": STORE, "setting_changed": SETTINGS}.get(kind, about("account"))

    def build(known: Sequence[AnyNote]) -> list[AnyNote]:
        head = journal.note_head(subject, known, "Ada")
        made: dict[str, AnyNote] = {
            "topped_up": ToppedUp(**head, amount=Money(10_000, "USD")),
            "declared": Declared(**head, exclusive=True),
            "foreign_seen": ForeignSeen(**head, rows=("1001", "1002")),
            "explained": Explained(**head, evidence="the portal"),
            "went_on": WentOn(**head, orders=("a1",)),
            "restored": Restored(**head, how="backup", incarnation="life"),
            "setting_changed": SettingChanged(**head, what="pin_changed", till="03", about="Ben"),
        }
        return [made[kind]]

    written = await journal.note(subject, build)
    assert await journal.notes(subject) == written
    assert written[-1].kind == kind


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.data())
def test_whatever_is_taken_folds_and_its_rows_can_be_made_again(data: st.DataObject) -> None:
    async def scene(shelves: Shelves) -> None:
        tills = [await shelves.open(), await shelves.open("two", register="07")]
        sales = [
            await tills[0].place("a", ["a1", "a2"], quantity=2),
            await tills[1].place("b", account="another"),
        ]
        told = {order.id: order for sale in sales for order in sale.orders}
        notes = 0
        for _ in range(data.draw(st.integers(5, 25))):
            # Nobody is still at work on an order when the next thing happens to it.
            shelves.clock.turn(seconds=31)
            till = data.draw(st.sampled_from(tills))
            if data.draw(st.integers(0, 9)) == 0:
                await _note(till.journal, data.draw(st.sampled_from(_NOTES)))
                notes += 1
                continue
            name = data.draw(st.sampled_from(sorted(told)))
            told[name] = await _step(till, told[name], data, shelves.path)
        for till in tills:
            for name, order in told.items():
                assert await till.journal.order(name) == order
            lines = notes + sum(order.n for order in told.values())
            assert await till.journal.verify() == Verification(lines, None)
        database = tills[0].database
        assert await differing(database) == 0
        before = _dump(shelves.path)
        assert await rebuild(database, SEALER, "03") == len(told)
        assert _dump(shelves.path) == before

    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder) / "countercard.db", scene)
