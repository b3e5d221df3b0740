"""Makes a journal of any size, as a till would have written it, out of some dozen stories.

`python tests/bench/made_journal.py PATH ENTRIES` prints one JSON object.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    CodesArrived,
    Head,
    Heard,
    Placed,
    Printed,
    Refunded,
    Revealed,
    Sent,
    Settled,
    WasNotTaken,
    Withdrawn,
    write_entry,
)
from pos_app.orders.order import Order, fold
from pos_app.orders.product import Product
from pos_app.orders.sale import SaleHead, Tender
from pos_app.seal import Sealer
from pos_app.store.database import open_database, scratch
from pos_app.store.rows import write_own_rows
from pos_app.store.verify import chained_line

SEALER: Final = Sealer(bytes(range(32)))
REGISTER: Final = "01"
_AT: Final = datetime(2026, 11, 21, 21, 42, 0, 123456, tzinfo=UTC)
FACE: Final = Money(2500, "USD")
# A CardPlusPay reply of one card, sealed; and a card's secrets.
REPLY: Final = "r" * 1144
_SECRET: Final = "c" * 152
# What templates have in the place of an order's id, its sale's, and of a number of the provider's.
_ORDER, _SALE, _SHORT, _NUMBER = "o" * 32, "s" * 32, "e" * 24, "77777777"
_NAMES: Final = {"order": _ORDER, "sale": _SALE, "short": _SHORT, "number": _NUMBER}
_BATCH: Final = 5000
_LATER: Final = 2000

INSERT: Final = (
    "INSERT INTO entry (register, seq, id, order_id, n, kind, body, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True)
class Template:
    """A story told once, to be told again of other orders: its lines, and the rows it leaves.

    `late`: how many of its last lines come when other orders have come between.
    """

    lines: tuple[tuple[str, str], ...]
    row: tuple[object, ...]
    cards: tuple[tuple[object, ...], ...]
    late: int


def templates() -> list[Template]:
    """Some dozen ways in which an order goes, most of them well."""
    good = [_template(cards, papers) for cards in (1, 1, 1, 2, 3, 5) for papers in ("slip", "screen", "both")]
    odd = [
        _template(1, "slip", again=True),
        _template(2, "slip", pending=True),
        _template(1, "slip", settled=True),
        _template(1, "", refused=True),
        _template(1, "", withdrawn=True),
        _template(1, "", email=True),
    ]
    return good * 3 + odd


def _template(
    quantity: int,
    papers: str,
    *,
    again: bool = False,
    pending: bool = False,
    settled: bool = False,
    refused: bool = False,
    withdrawn: bool = False,
    email: bool = False,
) -> Template:
    entries: list[AnyEntry] = [placed(quantity, email=email)]

    def add(make: Callable[..., AnyEntry], **fields: Any) -> None:
        n = len(entries)
        entries.append(make(id=_entry_id(n), order_id=_ORDER, n=n, at=_AT, by="countercard", **fields))

    cards = tuple(card(name) for name in range(0 if email else quantity))
    numbers = {"provider_order_id": _NUMBER, "provider_order_no": f"ORD-{_NUMBER}", "cost": FACE}
    if withdrawn:
        add(Withdrawn, reason="customer_left")
        add(Refunded, amount=FACE, tender="cash")
        return _told(entries, 1)
    add(Sent)
    if again:
        add(WasNotTaken, sent=entries[-1].id, reason="too_many_requests")
        add(Sent)
    if settled:
        add(Settled, verdict="bought", evidence="seen in the portal", cards=cards, complete=True, **numbers)
        entries[-1] = entries[-1].model_copy(update={"by": "Ada"})
    else:
        add(Heard, status=400 if refused else 200, complete=True, reply=REPLY)
        if refused:
            add(Answered, refusal="out_of_stock", text="Out of stock")
            add(Refunded, amount=FACE, tender="cash")
            return _told(entries, 0)
        first = cards[: quantity - 1] if pending else cards
        add(Answered, cards=first, complete=not pending, **numbers)
    add(Printed, document="receipt", printer="folder")
    if pending:
        add(Heard, about="poll", status=200, complete=True, reply=REPLY)
        add(CodesArrived, cards=cards, complete=True)
    if papers in {"slip", "both"}:
        for one in cards:
            add(Printed, document="slip", printer="folder", cards=(one.id,))
    if papers in {"screen", "both"}:
        for one in cards:
            add(Revealed, card=one.id)
    return _told(entries, 1 if pending else 0)


def _told(entries: Sequence[AnyEntry], late: int) -> Template:
    with scratch() as tx:
        order: Order | None = None
        for entry in entries:
            before, order = order, fold([entry]) if order is None else order.step(entry)
            write_own_rows(tx, order, entry, before)
        (row,) = tx.rows("SELECT * FROM order_row")
        cards = tuple(tx.rows("SELECT * FROM card_row"))
    lines = tuple((entry.kind, _to_fill_in(write_entry(entry))) for entry in entries)
    return Template(lines, row, cards, late)


def _to_fill_in(body: str) -> str:
    for name, placeholder in _NAMES.items():
        body = body.replace(placeholder, f"%({name})s")
    return body


def _entry_id(n: int) -> str:
    return f"{_SHORT}{n:08x}"


def placed(quantity: int, *, email: bool = False) -> Placed:
    """The placing of an order of `quantity` cards, under the names templates have."""
    total = FACE * quantity
    product = Product(
        "levelup" if email else "cardpluspay",
        "ACME-25",
        "Acme Games",
        "Acme Games card",
        "USD",
        "email" if email else "codes",
        category="Gaming",
        countries=("US",),
        face=FACE,
        cost=FACE,
    )
    sale = SaleHead(
        _SALE, "01-000001", _AT, REGISTER, "Mia", total, (Tender("cash", total),), (_ORDER,), True
    )
    return Placed(
        **Head(id=_entry_id(0), order_id=_ORDER, n=0, at=_AT, by="Mia"),
        sale=sale,
        account="a" * 32,
        product=product,
        quantity=quantity,
        face=FACE,
        price=FACE,
        quoted=FACE,
        recipient=_SECRET if email else None,
        recipient_hint="k•••@mail.example" if email else "",
    )


def card(name: int) -> SealedCard:
    """A card as it is kept."""
    return SealedCard(
        f"card-{name}", _SECRET, f"{name}" + "d" * 63, "••••-2WZA", has_pin=True, face=FACE, cost=FACE
    )


def make(path: Path, entries: int) -> dict[str, Any]:
    """A journal of `entries` lines at `path`, as a till would have written it, but faster."""
    asyncio.run(_begin(path))
    began = time.perf_counter()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("synchronous = OFF", "cache_size = -400000", "journal_mode = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        told = _tell(entries)
        connection.execute("BEGIN")
        seq, link = 0, ""
        for template, order_id, first, last, number in told:
            names = _names(order_id, number)
            for n in range(first, last):
                kind, unfilled = template.lines[n]
                body, entry_id = unfilled % names, f"{names['short']}{n:08x}"
                seq += 1
                link = SEALER.link(link, chained_line(REGISTER, seq, order_id, n, kind, body))
                connection.execute(INSERT, (REGISTER, seq, entry_id, order_id, n, kind, body, link))
            if last == len(template.lines):
                _leave_rows(connection, template, order_id, number)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    return {"entries": seq, "seconds": time.perf_counter() - began, "bytes": path.stat().st_size}


async def _begin(path: Path) -> None:
    await (await open_database(path)).close()


def _tell(entries: int) -> Iterator[tuple[Template, str, int, int, int]]:
    """Which template is told of which order from which line to which, until there are `entries` lines."""
    chance = random.Random(1)  # noqa: S311  the same journal every time
    kinds = templates()
    late: list[tuple[int, str, Template, int, int]] = []
    written = number = owed = 0
    while written + owed < entries:
        number += 1
        template, order_id = chance.choice(kinds), f"{chance.getrandbits(128):032x}"
        now = len(template.lines) - template.late
        yield template, order_id, 0, now, number
        written += now
        if template.late:
            owed += template.late
            heapq.heappush(late, (number + chance.randrange(1, _LATER), order_id, template, now, number))
        while late and late[0][0] <= number:
            _when, order_id, template, now, about = heapq.heappop(late)
            yield template, order_id, now, len(template.lines), about
            written += template.late
            owed -= template.late
    for _when, order_id, template, now, about in sorted(late, key=lambda one: one[:2]):
        yield template, order_id, now, len(template.lines), about


def _names(order_id: str, number: int) -> dict[str, str]:
    return {"order": order_id, "sale": order_id[::-1], "short": order_id[:24], "number": f"{number:08d}"}


def _leave_rows(connection: sqlite3.Connection, template: Template, order_id: str, number: int) -> None:
    names: dict[object, object] = {
        _ORDER: order_id,
        _SALE: order_id[::-1],
        f"ORD-{_NUMBER}": f"ORD-{number:08d}",
    }
    for table, rows in (("order_row", (template.row,)), ("card_row", template.cards)):
        for row in rows:
            marks = ", ".join("?" for _ in row)
            values = [names.get(value, value) for value in row]
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608


if __name__ == "__main__":
    print(json.dumps(make(Path(sys.argv[1]), int(sys.argv[2]))))
