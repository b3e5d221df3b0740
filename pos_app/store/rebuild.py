"""The rows lists are made of, made anew from the journal, or only compared with it.

Nothing else is touched: entries, keys of orders, leases, facts, managers and the catalogue stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from pos_app.errors import StoreProblem
from pos_app.orders.entries import Claimed, read_entry
from pos_app.orders.notes import MARK
from pos_app.orders.order import Order, fold
from pos_app.seal import Sealer
from pos_app.store.database import Database, Tx, scratch
from pos_app.store.rows import claim_of, write_claim, write_own_rows
from pos_app.store.verify import verify

_ORDERS: Final = 200
_OWN: Final = ("order_row", "card_row", "claimed_row")

_CLAIM: Final = re.compile(r"C-([0-9]{2}-[0-9]+)")
"""The claims' numbers the journal counts."""

_Claim = tuple[str, str, str]


@dataclass
class _Told:
    """What the journal tells beyond each order's own rows, as far as it was read."""

    orders: int = 0
    claims: list[tuple[int, _Claim]] = field(default_factory=list[tuple[int, _Claim]])
    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def count(self, what: str, number: str) -> None:
        """A `number` such as 03-000418 was given: the counter of that register has come so far."""
        register, _dash, counted = number.rpartition("-")
        counter = f"{what} {register}"
        self.numbers[counter] = max(self.numbers.get(counter, 0), int(counted))

    def claims_in_time(self) -> Iterator[_Claim]:
        """All claims in the order in which they were written: of two, the first one holds."""
        return (claim for _line, claim in sorted(self.claims))


async def rebuild(database: Database, sealer: Sealer, register: str) -> int:
    """Make all rows anew in one transaction, and return of how many orders. For who holds the store's lock.

    A counter of sale or claim numbers that lags behind the journal is brought up to it; none is ever lowered.
    Raises StoreProblem("broken_journal") unless the whole journal holds: rows that have seen more than it has
    may be the only trace of lines that were cut off.
    """
    if (await verify(database, sealer, register)).broken is not None:
        raise StoreProblem("broken_journal")
    return await database.run(_rebuild)


async def differing(database: Database) -> int:
    """How many orders have rows that are not what the journal says. Changes nothing.

    The journal must have been verified.
    """
    return await database.run(_differing)


def _rebuild(tx: Tx) -> int:
    for table in (*_OWN, "claim"):
        tx.execute(f"DELETE FROM {table}")  # noqa: S608
    told = _Told()
    for first, last in _spans(tx):
        _replay(tx, tx, first, last, told)
    for claim in told.claims_in_time():
        write_claim(tx, claim)
    for counter, highest in told.numbers.items():
        tx.execute(
            "INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE"
            " SET value = excluded.value WHERE counter.value < excluded.value",
            (counter, highest),
        )
    return told.orders


def _differing(tx: Tx) -> int:
    told = _Told()
    different: set[str] = set()
    with scratch() as ideal:
        for first, last in _spans(tx):
            _replay(tx, ideal, first, last, told)
            for table in _OWN:
                columns = f"SELECT * FROM {table} WHERE order_id >= ? AND order_id <= ?"  # noqa: S608
                found, wanted = (Counter(db.rows(columns, (first, last))) for db in (tx, ideal))
                different |= {str(row[0]) for row in (found - wanted) + (wanted - found)}
                ideal.execute(f"DELETE FROM {table}")  # noqa: S608
        for claim in told.claims_in_time():
            write_claim(ideal, claim)
        claims = "SELECT order_id, account, provider_order_id FROM claim"
        found, wanted = (set(db.rows(claims)) for db in (tx, ideal))
        different |= {str(row[0]) for row in found ^ wanted}
    for table in _OWN:
        # Rows of an order nobody ever placed.
        sql = f"SELECT order_id FROM {table} WHERE order_id NOT IN (SELECT order_id FROM entry)"  # noqa: S608
        different |= {str(order_id) for (order_id,) in tx.rows(sql)}
    return len(different)


def _spans(tx: Tx) -> Iterator[tuple[str, str]]:
    """All orders of the journal, some at a time: the first and the last of each handful."""
    sql = (
        "SELECT DISTINCT order_id FROM entry WHERE order_id > ? AND order_id NOT LIKE ?"
        " ORDER BY order_id LIMIT ?"
    )
    notes = f"{MARK}%"
    ids = tx.rows(sql, ("", notes, _ORDERS))
    while ids:
        last = str(ids[-1][0])
        yield str(ids[0][0]), last
        ids = tx.rows(sql, (last, notes, _ORDERS))


def _replay(journal: Tx, rows: Tx, first: str, last: str, told: _Told) -> None:
    """Write the rows of the orders from `first` to `last`, entry by entry, as it was done on the way."""
    # SQLite counts lines as they come, whatever number the till had at the time.
    lines: list[tuple[Any, ...]] = journal.rows(
        "SELECT order_id, rowid, body FROM entry WHERE order_id >= ? AND order_id <= ?"
        " AND order_id NOT LIKE ? ORDER BY order_id, n",
        (first, last, f"{MARK}%"),
    )
    for _order_id, own in groupby(lines, key=lambda line: line[0]):
        order: Order | None = None
        for _id, line, body in own:
            entry = read_entry(body)
            before, order = order, fold([entry]) if order is None else order.step(entry)
            write_own_rows(rows, order, entry, before)
            if (claim := claim_of(order, entry)) is not None:
                told.claims.append((int(line), claim))
            if order.n == 1:
                told.orders += 1
                told.count("sale", order.placed.sale.number)
            if isinstance(entry, Claimed) and (claimed := _CLAIM.fullmatch(entry.claim)):
                told.count("claim", claimed[1])
