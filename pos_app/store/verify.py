"""Whether the journal holds: walked once from end to end, some lines at a time.

The store serves others between two handfuls, and they are understood on another thread than its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from typing_extensions import TypeIs

from pos_app.orders.entries import read_entry
from pos_app.orders.notes import MARK, AnyLine, AnyNote, read_line
from pos_app.orders.order import IllegalStep, Order, fold
from pos_app.seal import Sealer
from pos_app.store.database import Database, Tx
from pos_app.store.heads import JournalEnd

Because = Literal["", "chain", "story", "cut", "other"]
"""Why a line does not hold.

`chain`: it, or one before it, is not the one that was written there. `story`: it is, but can not follow in
its order, or is not understood. `cut`: it is missing, and with it all behind it. `other`: the chain holds,
but is not the one that was known.
"""

_LINES: Final = 1000
"""How many lines are read in one transaction: some milliseconds."""

_ORDERS: Final = 1000
_AT_ONCE: Final = 100
"""Orders that are kept in mind while their lines come by. Others are read once more when they go on."""

# As bytes: what is no UTF-8 any more is one line's trouble, not the whole query's.
_COLUMNS: Final = (
    "SELECT rowid, CAST(register AS BLOB), seq, CAST(id AS BLOB), CAST(order_id AS BLOB), n,"
    " CAST(kind AS BLOB), CAST(body AS BLOB), CAST(link AS BLOB),"
    " typeof(register) || typeof(seq) || typeof(id) || typeof(order_id) || typeof(n) || typeof(kind)"
    " || typeof(body) || typeof(link) FROM entry"
)
_TYPES: Final = "textintegertexttextintegertexttexttext"
"""A line stored as blobs has the same bytes, and no query finds it: its order would be told without it."""

_Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: how many lines hold, and the first, if any, that does not, and why."""

    entries: int
    broken: str | None
    because: Because = ""


async def verify(
    database: Database,
    sealer: Sealer,
    register: str,
    known: Iterable[JournalEnd] = (),
    *,
    stories: bool = True,
) -> Verification:
    """Walk the whole journal: each line's link in the chain and its place, and that the orders fold.

    Without `stories` the chain and the places alone, in a quarter of the time: no line was changed since it
    was written, and none is written that can not follow in its order.

    `known` are ends of the chain that are known from elsewhere: nothing may be missing before them. What is
    written meanwhile is walked too. `register` names the first line that is missing from a journal of which
    nothing is left.
    """
    walk = _Walk(sealer, register, known, stories=stories)
    more = True
    while more and walk.broken is None:
        lines = await database.run(walk.read)
        more = len(lines) == _LINES
        apart = await asyncio.to_thread(walk.understand, lines)
        for order_id in apart:
            story = await database.run(lambda tx, order_id=order_id: _story(tx, order_id))
            walk.take_apart(story)
        walk.judge()
    if walk.broken is None:
        walk.finish()
    after: str | None = ""
    while after is not None and walk.broken is None:
        after, cut = await database.run(lambda tx, after=after: _cut_off(tx, after))
        if cut:
            walk.stop(walk.next_place(), "cut")
    return walk.result()


def chained_line(register: str, seq: int, order_id: str, n: int, kind: str, body: str | bytes) -> str:
    """The part of a line the chain covers; the body is long and goes in by its hash."""
    digest = hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()
    return f"{register}/{seq}/{order_id}/{n}/{kind}/{digest}"


class _Walk:
    """How far a verification has come. Every method but `read` belongs to one thread at a time."""

    def __init__(self, sealer: Sealer, register: str, known: Iterable[JournalEnd], *, stories: bool) -> None:
        self._sealer = sealer
        self._stories = stories
        self._first = register
        self._known: dict[_Place, set[str]] = {}
        for end in known:
            self._known.setdefault((end.register, end.count), set()).add(end.link)
        self._begun = False
        self._register, self._seq, self._link, self._rowid = "", 0, "", 0
        # How many lines the registers have that were walked to their ends.
        self._ends: dict[str, int] = {}
        self._orders: OrderedDict[str, Order] = OrderedDict()
        self._illegal: list[_Place] = []
        self.broken: _Place | None = None
        self._because: Because = ""

    def read(self, tx: Tx) -> list[tuple[Any, ...]]:
        """The lines that come next. A walk that has not begun starts at the first, wherever that was put."""
        order = "ORDER BY register, seq LIMIT ?"
        if not self._begun:
            return tx.rows(f"{_COLUMNS} {order}", (_LINES,))
        behind = (self._register, self._seq, _LINES)
        return tx.rows(f"{_COLUMNS} WHERE (register, seq) > (?, ?) {order}", behind)

    def understand(self, lines: Sequence[tuple[Any, ...]]) -> list[str]:
        """Go over `lines` until one does not hold; the orders of which more must be read than stands here."""
        self._begun = True
        apart: dict[str, None] = {}
        for rowid, register_bytes, seq, line_id, order_bytes, n, kind_bytes, body, link_bytes, types in lines:
            register = register_bytes.decode(errors="replace")
            if register != self._register:
                self._turn_to(register)
                if self.broken is not None:
                    break
            if seq != self._seq + 1 or types != _TYPES:
                self.stop((register, self._seq + 1), "chain")
                break
            order_id, kind = order_bytes.decode(errors="replace"), kind_bytes.decode(errors="replace")
            link = self._sealer.link(self._link, chained_line(register, seq, order_id, n, kind, body))
            # Lines of one register were written one after the other: SQLite counts them in that order.
            if link_bytes != link.encode() or rowid <= self._rowid:
                self.stop((register, seq), "chain")
                break
            if any(not link.startswith(known) for known in self._known.get((register, seq), ())):
                self.stop((register, seq), "other")
                break
            if not body.startswith(b'{"id":"%b"' % line_id) and _told_id(body) != line_id:
                # The one column the chain does not cover but by the body; every program has it there first.
                self.stop((register, seq), "chain")
                break
            self._seq, self._link, self._rowid = seq, link, rowid
            if self._stories and not self._is_understood((register, seq), (order_id, n, kind), body, apart):
                break
        return list(apart)

    def _is_understood(
        self, place: _Place, columns: tuple[str, int, str], body: bytes, apart: dict[str, None]
    ) -> bool:
        """Whether the line at `place` can be read; its order goes on, or is to be read `apart`."""
        try:
            entry = read_line(body)
        except ValueError:
            self.stop(place, "story")
            return False
        if (entry.order_id, entry.n, entry.kind) != columns:
            self.stop(place, "chain")
            return False
        if entry.order_id not in apart and not self._follows(entry):
            apart[entry.order_id] = None
        return True

    def _follows(self, entry: AnyLine) -> bool:
        """Tell the entry's order on; False when lines of it stand elsewhere that must be read first."""
        if _is_a_note(entry):
            return True
        order_id = entry.order_id
        order = self._orders.get(order_id)
        if order is not None and entry.n < order.n:
            # Read before, with all of its order.
            return True
        if entry.n != (0 if order is None else order.n):
            return False
        try:
            self._keep(fold([entry]) if order is None else order.step(entry))
        except IllegalStep:
            self._illegal.append((self._register, self._seq))
        return True

    def take_apart(self, story: list[tuple[str, int, bytes]]) -> None:
        """Go over all lines of one order, wherever they stand, in their own order."""
        order: Order | None = None
        for register, seq, body in story:
            try:
                entry = read_entry(body)
                order = fold([entry]) if order is None else order.step(entry)
            except (ValueError, IllegalStep):
                self._illegal.append((register, seq))
                break
        if order is not None:
            self._keep(order)

    def _keep(self, order: Order) -> None:
        self._orders[order.id] = order
        self._orders.move_to_end(order.id)
        if len(self._orders) > _AT_ONCE:
            self._orders.popitem(last=False)

    def judge(self) -> None:
        """Stop at a line that can not follow, if the walk has come as far."""
        first = min(self._illegal, default=None)
        if first is not None and first <= (self.broken or (self._register, self._seq)):
            self.stop(first, "story")

    def finish(self) -> None:
        """Stop where a register ends before what is known of it, or that was never come to."""
        self._turn_to(None)

    def _turn_to(self, register: str | None) -> None:
        """Leave a register behind its last line; `register` is the one that comes next."""
        if self._seq:
            self._ends[self._register] = self._seq
        for known, count in sorted(self._known):
            here = self._ends.get(known, 0)
            if (register is None or known < register) and here < count:
                self.stop((known, here + 1), "cut")
                return
        if register is not None:
            self._register, self._seq, self._link, self._rowid = register, 0, "", 0

    def next_place(self) -> _Place:
        """The line that would come behind the last one."""
        return self._register or self._first, self._seq + 1

    def stop(self, place: _Place, because: Because) -> None:
        """The line at `place` is the first that does not hold."""
        self.broken, self._because = place, because

    def result(self) -> Verification:
        """What was found."""
        self._ends[self._register] = self._seq
        if self.broken is None:
            return Verification(sum(self._ends.values()), None)
        register, seq = self.broken
        before = sum(count for name, count in self._ends.items() if name < register)
        return Verification(before + seq - 1, f"{register}/{seq}", self._because)


def _told_id(body: bytes) -> bytes | None:
    """The line's id by its own words; None where they say nothing this program can read."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    match told:
        case {"id": str(name)}:
            return name.encode()
        case _:
            return None


def _is_a_note(line: AnyLine) -> TypeIs[AnyNote]:
    return line.order_id.startswith(MARK)


def _story(tx: Tx, order_id: str) -> list[tuple[str, int, bytes]]:
    return tx.rows(
        "SELECT register, seq, CAST(body AS BLOB) FROM entry WHERE order_id = ? ORDER BY n", (order_id,)
    )


def _cut_off(tx: Tx, after: str) -> tuple[str | None, bool]:
    """Whether one of the rows behind `after` has seen more than the journal has; the last row looked at."""
    rows = tx.rows(
        "SELECT order_id, n, (SELECT MAX(n) FROM entry WHERE entry.order_id = order_row.order_id)"
        " FROM order_row WHERE order_id > ? ORDER BY order_id LIMIT ?",
        (after, _ORDERS),
    )
    last = str(rows[-1][0]) if len(rows) == _ORDERS else None
    return last, any(int(n) > (-1 if most is None else int(most)) + 1 for _order, n, most in rows)
