"""Whether the journal holds: walked some lines at a time, so that others are served in between."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from pos_app.orders.entries import AnyEntry, read_entry
from pos_app.orders.notes import MARK, read_line
from pos_app.orders.order import IllegalStep, Order, fold
from pos_app.seal import Sealer
from pos_app.store.database import Database, Tx

_LINES: Final = 200
"""How many lines are read and understood in one transaction: some ten milliseconds."""

_ORDERS: Final = 50
_TEXTS: Final = (0, 2, 3, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: how many lines hold together, and at which line, if any, they stop."""

    entries: int
    broken: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """How far the walk has come: the last line that held, and its link."""

    register: str = ""
    seq: int = 0
    link: str = ""


async def verify(database: Database, sealer: Sealer, register: str) -> Verification:
    """Walk the whole journal: each line's link in the chain, its place, and that the orders fold.

    What is written meanwhile is walked too. `register` names the first line that is missing from a journal
    of which nothing is left.
    """
    place, checked = _Place(), 0
    more = True
    while more:
        place, held, broken, more = await database.run(
            lambda tx, at=place, begun=checked > 0: _walk(tx, sealer, at, begun=begun)
        )
        checked += held
        if broken is not None:
            return Verification(checked, broken)
    if await database.run(_is_cut_off):
        return Verification(checked, f"{place.register or register}/{place.seq + 1}")
    illegal: list[tuple[str, int]] = []
    last: str | None = ""
    while last is not None:
        last, found = await database.run(lambda tx, after=last: _fold_some(tx, after))
        illegal += found
    first = min(illegal, default=None)
    return Verification(checked, None if first is None else f"{first[0]}/{first[1]}")


def chained_line(register: str, seq: int, order_id: str, n: int, kind: str, body: str) -> str:
    """The part of a line the chain covers; the body is long and goes in by its hash."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f"{register}/{seq}/{order_id}/{n}/{kind}/{digest}"


def _walk(tx: Tx, sealer: Sealer, place: _Place, *, begun: bool) -> tuple[_Place, int, str | None, bool]:
    """Some lines behind `place`: where they end, how many hold, the first that does not; whether to go on.

    A walk that has not `begun` starts at the very first line, wherever that was put.
    """
    columns = "SELECT register, seq, id, order_id, n, kind, body, link FROM entry"
    order = "ORDER BY register, seq LIMIT ?"
    lines = (
        tx.rows(f"{columns} WHERE (register, seq) > (?, ?) {order}", (place.register, place.seq, _LINES))
        if begun
        else tx.rows(f"{columns} {order}", (_LINES,))
    )
    for held, line in enumerate(lines):
        register, line_id, order_id, kind, body, link = (str(line[column]) for column in _TEXTS)
        seq, n = int(line[1]), int(line[4])
        if register != place.register:
            place = _Place(register)
        if seq != place.seq + 1:
            return place, held, f"{register}/{place.seq + 1}", False
        if link != sealer.link(place.link, chained_line(register, seq, order_id, n, kind, body)):
            return place, held, f"{register}/{seq}", False
        try:
            entry = read_line(body)
        except ValueError:
            return place, held, f"{register}/{seq}", False
        if (entry.id, entry.order_id, entry.n, entry.kind) != (line_id, order_id, n, kind):
            return place, held, f"{register}/{seq}", False
        place = _Place(register, seq, link)
    return place, len(lines), None, len(lines) == _LINES


def _is_cut_off(tx: Tx) -> bool:
    """Whether a row has seen more than the journal has: lines were cut off the end."""
    sql = (
        "SELECT 1 FROM order_row WHERE n >"
        " (SELECT COUNT(*) FROM entry WHERE entry.order_id = order_row.order_id) LIMIT 1"
    )
    return tx.one(sql) is not None


def _fold_some(tx: Tx, after: str) -> tuple[str | None, list[tuple[str, int]]]:
    """Fold the orders that come behind `after`: the last of them, and each one's first illegal line."""
    ids = [
        str(order_id)
        for (order_id,) in tx.rows(
            "SELECT DISTINCT order_id FROM entry WHERE order_id > ? AND order_id NOT LIKE ?"
            " ORDER BY order_id LIMIT ?",
            (after, f"{MARK}%", _ORDERS),
        )
    ]
    if not ids:
        return None, []
    lines = tx.rows(
        "SELECT order_id, register, seq, body FROM entry"
        " WHERE order_id >= ? AND order_id <= ? AND order_id NOT LIKE ? ORDER BY order_id, n",
        (ids[0], ids[-1], f"{MARK}%"),
    )
    found: list[tuple[str, int]] = []
    for _order_id, own in groupby(lines, key=lambda line: line[0]):
        story = ((str(register), int(seq), read_entry(body)) for _id, register, seq, body in own)
        found += _first_illegal(story)
    return ids[-1], found


def _first_illegal(story: Iterable[tuple[str, int, AnyEntry]]) -> Iterator[tuple[str, int]]:
    """The place of the first entry that can not follow the ones before it in its order.

    An order may go on at another register (or under another number of this one): it is told in its own order.
    """
    order: Order | None = None
    for register, seq, entry in story:
        try:
            order = fold([entry]) if order is None else order.step(entry)
        except IllegalStep:
            yield register, seq
            return
