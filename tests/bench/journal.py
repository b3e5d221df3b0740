"""The journal's own cost: an entry beside the row it writes, and how long a long one takes to verify.

`python tests/bench/journal.py append PATH RUNS`, `… verify PATH` or `… stories PATH`; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pos_app import clock
from pos_app.orders.entries import Answered, AnyEntry, Heard, Placed, Printed, Sent, write_entry
from pos_app.orders.order import Order
from pos_app.seal import OrderKey
from pos_app.store.database import Database, Tx, open_database
from pos_app.store.journal import Journal
from pos_app.store.verify import verify
from tests.bench.made_journal import FACE, INSERT, REGISTER, REPLY, SEALER, card, placed

_BARE: Final = "99"


async def _append(path: Path, runs: int) -> dict[str, Any]:
    """Milliseconds of each entry of `runs` sales, and of one transaction that writes the same row alone."""
    database = await open_database(path)
    journal = Journal(database, SEALER, REGISTER, "bench", clock.now, clock.new_id)
    took: dict[str, list[float]] = {}
    bare: dict[str, list[float]] = {}
    rows = 0
    for _ in range(runs):
        order = await _placed(journal)
        for kind in ("sent", "heard", "answered", "receipt", "slip"):
            entry = _entry(journal, order, kind)
            began = time.perf_counter()
            order = await journal.append(order, entry)
            took.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
            rows += 1
            row = (_BARE, rows, clock.new_id(), clock.new_id(), 0, entry.kind, write_entry(entry), "0" * 64)
            began = time.perf_counter()
            await _write_bare(database, row)
            bare.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
    await database.close()
    return {"took": took, "bare": bare}


async def _write_bare(database: Database, row: Sequence[object]) -> None:
    def act(tx: Tx) -> None:
        tx.execute(INSERT, row)

    await database.run(act)


async def _placed(journal: Journal) -> Order:
    order_id, sale_id, entry_id = clock.new_id(), clock.new_id(), clock.new_id()

    def build(number: str, _keys: dict[str, OrderKey]) -> list[Placed]:
        made = placed(1)
        sale = replace(made.sale, id=sale_id, number=number, order_ids=(order_id,), at=clock.now())
        return [made.model_copy(update={"id": entry_id, "order_id": order_id, "sale": sale})]

    return (await journal.place(build, sale_id, [order_id])).orders[0]


def _entry(journal: Journal, order: Order, kind: str) -> AnyEntry:
    head = journal.head(order, "Mia")
    number = clock.new_id()[:8]
    match kind:
        case "sent":
            return Sent(**head)
        case "heard":
            return Heard(**head, status=200, complete=True, reply=REPLY)
        case "answered":
            return Answered(**head, provider_order_id=number, cost=FACE, cards=(card(1),), complete=True)
        case "receipt":
            return Printed(**head, document="receipt", printer="folder")
        case _:
            return Printed(**head, document="slip", printer="folder", cards=(card(1).id,))


async def _verify(path: Path, *, stories: bool) -> dict[str, Any]:
    """How long the journal takes to verify, in what memory, and how long another had to wait meanwhile."""
    database = await open_database(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    waits: list[float] = []
    began, own = time.perf_counter(), time.process_time()
    verifying = asyncio.ensure_future(verify(database, SEALER, REGISTER, stories=stories))
    while not verifying.done():
        asked = time.perf_counter()
        await database.run(lambda tx: tx.one("SELECT 1"))
        waits.append((time.perf_counter() - asked) * 1000)
        await asyncio.sleep(0.05)
    found = await verifying
    seconds, spent = time.perf_counter() - began, time.process_time() - own
    await database.close()
    if found.broken is not None:
        raise SystemExit(f"broken at {found.broken}")
    return {
        "entries": found.entries,
        "seconds": seconds,
        "processor": spent,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "before": before / 1000,
        "waited": max(waits),
    }


if __name__ == "__main__":
    what, place = sys.argv[1], Path(sys.argv[2])
    if what == "append":
        told = asyncio.run(_append(place, int(sys.argv[3])))
    else:
        told = asyncio.run(_verify(place, stories=what == "stories"))
    print(json.dumps(told))
