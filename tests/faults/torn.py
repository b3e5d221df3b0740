"""A write-ahead log that ends anywhere: every store still opens, with all that was committed before.

The log of a till that sold something is cut behind each byte of its last transaction, and at some places of
all others; once so that the file ends there, and once filled up with zeros as some file systems leave it.
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import logging
import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pos_app.register import DATABASE
from tests.faults import script
from tests.faults.company import Company
from tests.faults.shop import Shop, VirtualTime, get_ready, memory
from tests.faults.virtual import VirtualLoop

_HEAD: Final = 32
_FRAME_HEAD: Final = 24
_AT_A_TIME: Final = 200
_FRESH: Final = 1_000_000
_SALE: Final = (
    'several 1 place perform print fault:buy:[{"fault":"lost_reply"}] place perform turn:1900 settle refund'
)


@dataclass(frozen=True, slots=True)
class Log:
    """A database and its log as a running till has them; `ends` is where each transaction ends in the log."""

    database: bytes = field(repr=False)
    log: bytes = field(repr=False)
    ends: tuple[int, ...]
    vault: bytes = field(repr=False)

    @property
    def last(self) -> range:
        """Every place inside the last transaction, its end too."""
        return range(self.ends[-2], self.ends[-1] + 1)


@dataclass
class Tally:
    """How many cuts were looked at, how many with the whole till, and what was wrong."""

    cuts: int = 0
    tills: int = 0
    last: int = 0
    wrong: list[str] = field(default_factory=list[str])

    def line(self) -> str:
        """The one line that is printed."""
        return (
            f"{self.cuts} torn logs ({self.last} bytes has the last transaction; {self.tills} opened by the"
            f" whole till): {len(self.wrong)} wrong"
        )


def tear_many(step: int, others: int, till_every: int) -> Tally:
    """Cut behind every `step`th byte of the last transaction, and at `others` places of the rest.

    Every `till_every`th is opened by a whole till, the rest by SQLite alone.
    """
    get_ready()
    log = sold_something()
    before = range(log.ends[0], log.last.start, max(1, (log.last.start - log.ends[0]) // max(1, others)))
    cuts = [*before, *log.last[::step], *range(log.last.stop - 40, log.last.stop)]
    cuts = sorted(set(cuts) | set(log.ends))
    tally = Tally(cuts=len(cuts) * 2, last=len(log.last) - 1)
    parts = [cuts[at : at + _AT_A_TIME] for at in range(0, len(cuts), _AT_A_TIME)]
    with ProcessPoolExecutor(os.cpu_count() or 1, initializer=_begin, initargs=(log,)) as pool:
        for tills, wrong in pool.map(_look_at, parts, [till_every] * len(parts)):
            tally.tills += tills
            tally.wrong += wrong
    return tally


def sold_something() -> Log:
    """What lies on the disk of a till that has sold something and is still open."""
    folder = Path(tempfile.mkdtemp(prefix="countercard-torn-", dir=memory()))
    store = folder / "store"

    async def sell() -> Log:
        time = VirtualTime()
        company = Company(time.unix)
        story = script.read(_SALE)
        shop = Shop(store, company, time, story.kind, company)
        await shop.open(1)
        await shop.play(story)
        log = (store / f"{DATABASE}-wal").read_bytes()
        found = Log((store / DATABASE).read_bytes(), log, _ends(log), (store / "vault.json").read_bytes())
        await shop.close()
        return found

    try:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(sell())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def entries(folder: Path) -> list[tuple[str, str]]:
    """Every entry in the store, by id and body, as SQLite alone reads it."""
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection:
        rows = connection.execute("SELECT id, body FROM entry ORDER BY seq").fetchall()
        return [(str(entry), str(body)) for entry, body in rows]


def _ends(log: bytes) -> tuple[int, ...]:
    """Where transactions end: a frame that commits says how large the database is then."""
    (page,) = struct.unpack(">I", log[8:12])
    ends: list[int] = []
    (salt,) = struct.unpack(">Q", log[16:24])
    for at in range(_HEAD, len(log) - page - _FRAME_HEAD + 1, page + _FRAME_HEAD):
        _number, size, found = struct.unpack(">IIQ", log[at : at + 16])
        if found != salt:
            break
        if size:
            ends.append(at + _FRAME_HEAD + page)
    return tuple(ends)


# --- in a worker ------------------------------------------------------------------------------------

_logs: list[Log] = []


def _begin(log: Log) -> None:
    logging.disable(logging.CRITICAL)
    get_ready()
    _logs.append(log)


def _look_at(cuts: Sequence[int], till_every: int) -> tuple[int, list[str]]:
    [log] = _logs
    folder = Path(tempfile.mkdtemp(prefix="countercard-torn-", dir=memory()))
    wrong: list[str] = []
    tills = 0
    expected: dict[int, list[tuple[str, str]]] = {}
    try:
        for cut in cuts:
            ended = bisect.bisect_right(log.ends, cut)
            if ended not in expected:
                whole = log.ends[ended - 1] if ended else 0
                _lay_out(log, folder, log.log[:whole])
                expected[ended] = entries(folder)
            for filled in (False, True):
                rest = bytes(len(log.log) - cut) if filled else b""
                _lay_out(log, folder, log.log[:cut] + rest)
                if cut % till_every == 0:
                    tills += 1
                    wrong += [f"cut at {cut}: {found}" for found in _opened(folder)]
                elif len(entries(folder)) != len(expected[ended]):
                    wrong.append(f"cut at {cut}: more entries than were committed")
                if entries(folder)[: len(expected[ended])] != expected[ended]:
                    wrong.append(f"cut at {cut}: other entries than were committed")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tills, wrong


def _lay_out(log: Log, folder: Path, torn: bytes) -> None:
    for left in folder.glob(f"{DATABASE}*"):
        left.unlink()
    (folder / DATABASE).write_bytes(log.database)
    (folder / f"{DATABASE}-wal").write_bytes(torn)
    (folder / "vault.json").write_bytes(log.vault)
    (folder / "lock").touch()


def _opened(folder: Path) -> list[str]:
    """What is wrong with the store once a whole till has opened it, found out what it can, and closed."""

    async def look() -> list[str]:
        time = VirtualTime()
        company = Company(time.unix)
        shop = Shop(folder, company, time, "several", company, first_id=_FRESH)
        before = len(entries(folder))
        await shop.begin_store()
        [register] = shop.registers
        walked = await register.journal.verify()
        for waiting in await register.settling.waiting():
            await register.sales.order(waiting.order.id)
        await shop.close()
        return [] if walked.broken is None and walked.entries >= before else ["the journal is broken"]

    try:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(look())
    except Exception as error:  # noqa: BLE001  a store that does not open is what is looked for
        return [f"the till does not open: {type(error).__name__}"]
