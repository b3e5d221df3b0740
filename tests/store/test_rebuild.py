"""Rows made anew from the journal are those that were written on the way, whatever had become of them."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.errors import NotAllowed, StoreProblem
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import AnyEntry, Claimed, CodesArrived, Head
from pos_app.orders.order import IllegalStep, Order, Phase
from pos_app.store import verify
from pos_app.store.database import Tx, look_into_database
from pos_app.store.rebuild import differing, rebuild
from tests.orders import stories
from tests.store.shelf import SEALER, Shelf, Shelves, card, play

ROWS: Final = ("order_row", "card_row", "claim", "claimed_row", "counter")
REST: Final = ("entry", "order_key", "lease", "fact", "manager", "product")
_CARDS = st.builds(
    SealedCard,
    id=st.sampled_from("123"),
    sealed=st.just("sealed"),
    digest=st.sampled_from(["digest", "another"]),
    hint=st.sampled_from(["••••-2WZA", "••••-7LQE"]),
    has_pin=st.booleans(),
    parked=st.booleans(),
    rest_digest=st.sampled_from(["", "rest"]),
)
_STEPS = st.tuples(
    st.sampled_from(range(5)),
    st.integers(0, 11),
    st.sampled_from([None, "1001", "1002"]),
    st.lists(_CARDS, max_size=3),
    st.booleans(),
)
_STORY = st.lists(_STEPS, min_size=10, max_size=40)

_Step = tuple[int, int, str | None, list[SealedCard], bool]

GARBLING: Final = (
    "DELETE FROM order_row",
    "DELETE FROM order_row WHERE rowid % 2",
    "UPDATE order_row SET phase = 'fulfilled', waits = 1 - waits, n = n - 1",
    "UPDATE order_row SET at = '', sale_id = order_id, position = 7, provider_order_no = 'x', brand = ''",
    """INSERT OR IGNORE INTO order_row SELECT 'nobody', sale_id, sale_number, position, at, register, by_whom,
    provider, account, item, brand, quantity, price_minor, currency, recipient_hint, phase, 1, '', 0, odd
    FROM order_row LIMIT 1""",
    "DELETE FROM card_row",
    "UPDATE card_row SET has_pin = 1 - has_pin, digest = '', rest_digest = 'y', last_four = '0000'",
    """INSERT INTO card_row VALUES
    ('nobody', 'c', 'd', '', '2WZA', 'cardpluspay', 'ACME-25', 1, 'customer', '')""",
    "DELETE FROM claim",
    "UPDATE claim SET order_id = 'nobody'",
    "INSERT INTO claim VALUES ('account', 'never heard of', 'nobody')",
    "DELETE FROM counter",
    "UPDATE counter SET value = 0",
)


def _rows(path: Path, tables: tuple[str, ...]) -> dict[str, list[Any]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}"))  # noqa: S608
            for table in tables
        }


def _change(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS entry_is_written_once")
        connection.execute("DROP TRIGGER IF EXISTS entry_is_kept")
        for sql in statements:
            connection.execute(sql)
        connection.commit()
        # No empty pages are left, and no gaps between the numbers of rows.
        connection.execute("VACUUM")


async def _rebuilt(shelves: Shelves) -> int:
    return await rebuild((await shelves.open()).database, SEALER, "03")


async def _different(shelves: Shelves) -> int:
    """Asked by somebody who only looks, while the store is open elsewhere."""
    await shelves.open()
    database = await look_into_database(shelves.path)
    try:
        return await differing(database)
    finally:
        await database.close()


async def _tell(shelves: Shelves, told: list[_Step]) -> int:
    """Sales under two numbers of the till, and whatever of the story may follow; how many steps could."""
    one, two = await shelves.open(), await shelves.open("two", register="01")
    sales = [
        await one.place("a", ["a1", "a0"], quantity=2),
        await two.place("b", hint="k•••@mail.example"),
        await one.place("c", account="another"),
        await two.place("d"),
    ]
    orders = [order.id for sale in sales for order in sale.orders]
    written = 0
    for place, pick, number, cards, yes in told:
        shelf = (one, two)[yes]
        # Also back: the order of lines is not the order of times.
        shelves.clock.turn(seconds=5 if yes else -7)

        def build(
            order: Order,
            claim: str = "",
            pick: int = pick,
            number: str | None = number,
            cards: list[SealedCard] = cards,
            yes: bool = yes,
        ) -> AnyEntry:
            return _step(order, pick, number, cards, claim, yes=yes)

        try:
            if build(await shelf.journal.order(orders[place])).kind == "claimed":
                await shelf.journal.claim(orders[place], build)
            else:
                await shelf.journal.add(orders[place], build)
        except IllegalStep:
            continue
        written += 1
    return written


def _step(
    order: Order, pick: int, number: str | None, cards: list[SealedCard], claim: str, *, yes: bool
) -> AnyEntry:
    """One of the kinds of entry that may follow, with fields that mostly may."""
    possible = sorted(order._possible())  # pyright: ignore[reportPrivateUsage]  whatever the order allows
    kind = possible[pick % len(possible)]
    more: dict[str, object] = {}
    if kind in {"answered", "codes_arrived", "settled", "turned_up"}:
        parked = True if kind == "turned_up" else None
        kept = {one.id: one if parked is None else replace(one, parked=parked) for one in cards}
        more["cards"] = tuple(kept.values())
    if kind in {"codes_arrived", "settled", "answered"}:
        more["complete"] = yes
    if kind in {"answered", "settled", "turned_up"}:
        more |= {"provider_order_id": number, "provider_order_no": number and f"ORD-{number}"}
    if kind == "answered" and not cards and yes:
        more["refusal"] = "out_of_stock"
    if kind == "settled" and not cards and not yes:
        more["verdict"] = "not_bought"
    if kind == "was_not_taken":
        more["sent"] = order.unanswered[0]
    if kind == "refunded":
        more["amount"] = order.price
    if kind == "claimed":
        more["claim"] = claim
    if kind == "claim_closed":
        more["claim"] = order.claims[0].claim if order.claims else "none"
    if kind in {"printed", "revealed"}:
        name = order.cards[0].id if order.cards else "none"
        more = {"card": name} if kind == "revealed" else {"cards": (name,) if order.cards else ()}
    return stories.entry(kind, order.n, **more, order_id=order.id, id=f"{order.id}-{order.n}")


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(story=_STORY, garbling=st.lists(st.sampled_from(GARBLING), max_size=5, unique=True))
def test_rebuilt_rows_are_those_that_were_written_on_the_way(story: list[_Step], garbling: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "countercard.db"
        assert play(path, lambda shelves: _tell(shelves, story)) > 0
        on_the_way, rest = _rows(path, ROWS), _rows(path, REST)
        assert play(path, _different) == 0
        _change(path, *garbling)
        rows = ROWS[:-1]
        assert (play(path, _different) > 0) is (
            _rows(path, rows) != {name: on_the_way[name] for name in rows}
        )
        for _again in range(2):
            assert play(path, _rebuilt) == 5
            assert _rows(path, ROWS) == on_the_way
        assert _rows(path, REST) == rest
        assert play(path, _different) == 0


async def _three_sales(shelves: Shelves) -> None:
    shelf = await shelves.open()
    first, second, _third = [await shelf.to_do(f"sale {n}") for n in range(3)]
    first = await shelf.answer(await shelf.send(first), card("a"), provider_order_id="1001")
    await shelf.print(first.id)
    await shelf.answer(await shelf.send(second), card("b", pin=True), provider_order_id="1001")


def test_of_two_that_claim_one_number_the_first_has_it_whatever_the_clock_says(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        late, early = await shelf.send(await shelf.to_do("z")), await shelf.send(await shelf.to_do("a"))
        await shelf.answer(late, provider_order_id="1001")
        shelves.clock.turn(hours=-1)
        await shelf.answer(early, provider_order_id="1001")

    play(path, scene)
    _change(path, "DELETE FROM claim")
    play(path, _rebuilt)
    assert _rows(path, ("claim",))["claim"] == [("account", "1001", "z.1")]


def test_many_orders_are_done_handful_by_handful(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        await shelf.place("sale", [f"{n:03d}" for n in range(450)])

    play(path, scene)
    before = _rows(path, ROWS)
    _change(path, "DELETE FROM order_row", "INSERT INTO claim VALUES ('account', '7', 'x')")
    assert play(path, _different) == 451
    assert play(path, _rebuilt) == 450
    assert _rows(path, ROWS) == before


def test_an_empty_store_has_nothing_to_make_anew(path: Path) -> None:
    assert play(path, _rebuilt) == 0
    assert play(path, _different) == 0


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE entry SET body = replace(body, '\"Mia\"', '\"Kim\"') WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 4",
        # The rows are the only ones who know of the line that is gone.
        "DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)",
        "UPDATE order_row SET n = n + 1",
    ],
)
def test_a_journal_that_does_not_hold_is_refused_and_the_rows_stay(path: Path, tampering: str) -> None:
    play(path, _three_sales)
    _change(path, tampering)
    before = _rows(path, ROWS)
    with pytest.raises(StoreProblem) as caught:
        play(path, _rebuilt)
    assert caught.value.reason == "broken_journal"
    assert _rows(path, ROWS) == before


def test_a_counter_that_is_ahead_stays_there(path: Path) -> None:
    """A number that was given and came to nothing is not given again."""
    play(path, _three_sales)
    _change(path, "UPDATE counter SET value = 17")
    play(path, _rebuilt)
    assert _rows(path, ("counter",))["counter"] == [("sale 03", 17)]


def test_a_claims_number_is_given_once(path: Path) -> None:
    async def claimed(shelves: Shelves) -> str:
        shelf = await shelves.open()
        order = (await shelf.journal.in_phase(Phase.FULFILLED))[0]

        def build(current: Order, number: str) -> Claimed:
            head: Head = {**shelf.journal.head(current, "Ana"), "id": f"claimed-{current.n}"}
            return Claimed(**head, claim=number, why="wrong_charge")

        return (await shelf.journal.claim(order.id, build)).claims[-1].claim

    play(path, _three_sales)
    assert play(path, claimed) == "C-03-0001"
    _change(path, "DELETE FROM counter")
    play(path, _rebuilt)
    assert play(path, claimed) == "C-03-0002"


def test_on_a_full_disk_the_old_rows_stay(path: Path) -> None:
    async def placing(shelves: Shelves) -> None:
        await (await shelves.open()).place("sale", [f"{n:03d}" for n in range(200)])

    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        await shelf.database.run(lambda tx: tx.rows("PRAGMA max_page_count = 1"))
        with pytest.raises(StoreProblem) as caught:
            await rebuild(shelf.database, SEALER, "03")
        assert caught.value.reason == "full"

    play(path, placing)
    _change(path, "DELETE FROM order_row WHERE order_id > '100'")
    play(path, scene)
    assert len(_rows(path, ("order_row",))["order_row"]) == 101


_KILLED: Final = """
import asyncio, sys
from pathlib import Path
from pos_app.store import rebuild
from pos_app.store.database import open_database
from tests.store.shelf import SEALER

def stand(*_claim):
    print("writing", flush=True)
    sys.stdin.read()

async def main():
    rebuild.write_claim = stand
    await rebuild.rebuild(await open_database(Path(sys.argv[1])), SEALER, "03")

asyncio.run(main())
"""


def test_a_kill_in_the_middle_leaves_the_old_rows(path: Path) -> None:
    play(path, _three_sales)
    _change(path, "UPDATE order_row SET brand = 'garbled'", "DELETE FROM card_row")
    before = _rows(path, ROWS)
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"writing\n"
        finally:
            process.kill()
    assert _rows(path, ROWS) == before
    assert play(path, _rebuilt) == 3
    assert _rows(path, ROWS) != before


def test_who_only_looks_changes_nothing_and_sees_what_comes(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        order = await shelf.send(await shelf.to_do("sale"))
        database = await look_into_database(path)
        with pytest.raises(NotAllowed) as caught:
            await database.run(lambda tx: tx.execute("DELETE FROM order_row"))
        assert caught.value.reason == "only_looking"
        order = await shelf.answer(order, card("a"))
        more = CodesArrived(**shelf.journal.head(order, "x"), cards=(card("b"),), complete=True)
        with pytest.raises(IllegalStep):
            await shelf.journal.append(order, more)
        assert await differing(database) == 0
        await database.close()

    play(path, scene)


def test_a_long_look_can_be_ended(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.open()
        database = await look_into_database(path)
        forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
        looking = asyncio.ensure_future(database.run(lambda tx: tx.one(forever)))
        while not looking.done():
            database.interrupt()
            await asyncio.sleep(0)
        with pytest.raises(StoreProblem):
            await looking
        assert await differing(database) == 0
        await database.close()

    play(path, scene)


def test_a_look_that_was_ended_between_two_statements_does_not_begin_the_next_long_one(path: Path) -> None:
    forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"

    async def scene(shelves: Shelves) -> None:
        await shelves.open()
        database = await look_into_database(path)

        def looks(tx: Tx) -> object:
            tx.one("SELECT 1")
            database.interrupt()
            return tx.one(forever)

        with pytest.raises(StoreProblem):
            await asyncio.wait_for(database.run(looks), 60)
        await database.close()

    play(path, scene)


def test_looking_makes_no_file(path: Path) -> None:
    async def scene(_shelves: Shelves) -> None:
        with pytest.raises(StoreProblem):
            await look_into_database(path)

    play(path, scene)
    assert not list(path.parent.iterdir())


def test_many_lines_are_verified_while_others_are_served(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is read, and a sale is written, between two handfuls of lines."""

    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        await _fill(shelf)
        verifying = asyncio.ensure_future(shelf.journal.verify())
        served = 0
        while not verifying.done():
            await shelf.views.waiting()
            served += not verifying.done()
            if served == 2:
                await shelf.to_do("in between")
        found = await verifying
        assert (found.entries, found.broken) == (901, None)
        assert served > 2

    monkeypatch.setattr(verify, "_LINES", 200)
    play(path, scene)


async def _fill(shelf: Shelf) -> None:
    for part in range(3):
        sale = await shelf.place(f"sale {part}", [f"{part}-{n:03d}" for n in range(150)])
        for order in sale.orders:
            await shelf.print(order.id)
