"""The journal on a real file: written once, chained, never twice the same, whoever is at it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pos_app.errors import Misconfigured, NotAllowed, StoreProblem
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import AnyEntry, Heard, Revealed, Sent, Settled, WasNotTaken, Withdrawn
from pos_app.orders.order import IllegalStep, Order, Phase
from pos_app.seal import OrderKey, Sealer
from pos_app.store import journal, verify
from pos_app.store.journal import Verification
from pos_app.store.leases import LEASE
from pos_app.store.verify import chained_line
from tests.store.shelf import SEALER, Shelf, Shelves, card, play


def reason(caught: pytest.ExceptionInfo[NotAllowed]) -> str:
    return caught.value.reason


async def count(shelf: Shelf, table: str) -> int:
    row = await shelf.database.run(lambda tx: tx.one(f"SELECT COUNT(*) FROM {table}"))  # noqa: S608
    assert row is not None
    return int(row[0])


# --- placing ----------------------------------------------------------------------------------------


def test_pressing_twice_places_once(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open(), await shelves.open("two")
        sales = await asyncio.gather(*(shelf.place("sale", ["a", "b"]) for shelf in (one, two) * 5))
        assert all(sale == sales[0] for sale in sales)
        assert await count(one, "entry") == 2
        assert await count(one, "order_key") == 2
        key = await one.journal.key("a")
        await two.place("sale", ["a", "b"])
        assert await two.journal.key("a") == key

    play(path, scene)


def test_sale_numbers_follow_each_other_by_register(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open(register="03"), await shelves.open(register="07")
        numbers = [
            (await shelf.place(f"sale {n}")).head.number for n, shelf in enumerate([one, one, two, one, two])
        ]
        assert numbers == ["03-000001", "03-000002", "07-000001", "03-000003", "07-000002"]

    play(path, scene)


def test_a_sale_that_can_not_be_built_leaves_nothing(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()

        def build(_number: str, _keys: dict[str, OrderKey]) -> list[AnyEntry]:
            raise LookupError

        with pytest.raises(LookupError):
            await shelf.journal.place(build, "sale", ["a"])  # pyright: ignore[reportArgumentType]
        assert await shelf.journal.sale("sale") is None
        assert await count(shelf, "order_key") == 0
        assert (await shelf.place("other")).head.number == "03-000001"

    play(path, scene)


def test_orders_stand_in_the_basket_s_order(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        ids = ["z", "a", "m"]
        await shelf.place("sale", ids)
        sale = await shelf.journal.sale("sale")
        assert sale is not None
        assert [order.id for order in sale.orders] == ids

    play(path, scene)


def test_what_is_not_there_is_said(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        journal = (await shelves.open()).journal
        assert await journal.sale("nothing") is None
        with pytest.raises(NotAllowed) as caught:
            await journal.order("nothing")
        assert reason(caught) == "unknown_order"
        with pytest.raises(NotAllowed) as caught:
            await journal.key("nothing")
        assert reason(caught) == "no_codes"

    play(path, scene)


# --- appending --------------------------------------------------------------------------------------


def test_what_was_written_is_read_again_by_the_next_process(path: Path) -> None:
    async def write(shelves: Shelves) -> Order:
        shelf = await shelves.open()
        order = await shelf.send(await shelf.to_do("sale"))
        return await shelf.answer(order, card("a", pin=True), provider_order_id="1001")

    async def read(shelves: Shelves) -> Order:
        return await (await shelves.open("later")).journal.order("sale.1")

    written = play(path, write)
    assert play(path, read) == written
    assert written.phase is Phase.FULFILLED


def test_who_has_not_seen_the_latest_may_not_write(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open(), await shelves.open("two")
        seen = await one.to_do("sale")
        await two.print(seen.id)
        for act in (one.send(seen), one.journal.append(seen, Withdrawn(**one.journal.head(seen, "Mia")))):
            with pytest.raises(NotAllowed) as caught:
                await act
            assert reason(caught) == "moved_on"
        assert (await one.journal.order(seen.id)).n == 2
        assert await one.journal.leased() == frozenset()

    play(path, scene)


def test_of_many_who_send_at_once_one_does(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf_of = {holder: await shelves.open(holder) for holder in ("one", "two", "three")}
        order = await shelf_of["one"].to_do("sale")
        results = await asyncio.gather(
            *(shelf.send(order) for shelf in shelf_of.values() for _ in range(3)), return_exceptions=True
        )
        assert sum(isinstance(result, Order) for result in results) == 1
        assert {result.reason for result in results if isinstance(result, NotAllowed)} == {"moved_on"}
        assert [e.kind for e in (await shelf_of["two"].journal.order(order.id)).entries] == ["placed", "sent"]

    play(path, scene)


def test_several_entries_are_written_all_or_none(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        order = await shelf.to_do("sale")
        sent = Sent(**shelf.journal.head(order, "Mia"))
        odd = Revealed(**shelf.journal.head(order, "Mia", ahead=1), card="none")
        with pytest.raises(IllegalStep):
            await shelf.journal.append(order, sent, odd)
        assert await shelf.journal.order(order.id) == order
        assert await shelf.journal.leased() == frozenset()

    play(path, scene)


def test_the_same_entry_is_never_written_twice(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        order = await shelf.print((await shelf.to_do("sale")).id)
        again = order.entries[-1].model_copy(update={"n": order.n})
        with pytest.raises(sqlite3.IntegrityError):
            await shelf.journal.append(order, again)
        assert await shelf.journal.order(order.id) == order

    play(path, scene)


def test_a_reply_is_written_whatever_was_printed_meanwhile(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open(), await shelves.open("two")
        sent = await one.send(await one.to_do("sale"))
        await two.print(sent.id)
        await two.print(sent.id)

        def heard(order: Order) -> AnyEntry:
            return Heard(**one.journal.head(order, "countercard"), status=200, complete=True, reply="sealed")

        order = await one.journal.add(sent.id, heard)
        assert [entry.kind for entry in order.entries] == ["placed", "sent", "printed", "printed", "heard"]
        with pytest.raises(IllegalStep):
            await one.journal.add(sent.id, lambda now: Sent(**one.journal.head(now, "Mia")))

    play(path, scene)


def test_many_at_once_leave_one_sound_journal(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open(), await shelves.open("two", register="07")
        orders = [await one.to_do(f"sale {n}") for n in range(3)]
        await asyncio.gather(
            *(shelf.print(order.id) for _ in range(8) for order in orders for shelf in (one, two))
        )
        for order in orders:
            now = await one.journal.order(order.id)
            assert [entry.n for entry in now.entries] == list(range(17))
        assert await one.journal.verify() == Verification(51, None)
        assert await two.journal.verify() == Verification(51, None)

    play(path, scene)


def test_a_caller_that_goes_away_has_written_all_the_same(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        order = await shelf.to_do("sale")
        sending = asyncio.ensure_future(shelf.send(order))
        await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert (await shelf.journal.order(order.id)).phase is Phase.SENT
        assert await shelf.journal.leased() == {order.id}

    play(path, scene)


def test_on_a_full_disk_nothing_is_sent(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        order = await shelf.to_do("sale")
        await shelf.database.run(lambda tx: tx.rows("PRAGMA max_page_count = 1"))
        assert await _fill(shelf) == "full"
        await shelf.database.run(lambda tx: tx.rows("PRAGMA max_page_count = 100000"))
        assert (await shelf.send(order)).phase is Phase.SENT
        assert (await shelf.journal.verify()).broken is None

    play(path, scene)


async def _fill(shelf: Shelf) -> str:
    """Sell until it fails; why it did."""
    try:
        for n in range(1000):
            await shelf.to_do(f"filling {n}")
    except StoreProblem as error:
        return error.reason
    return ""


def test_what_another_process_wrote_meanwhile_is_seen(path: Path) -> None:
    """Each remembers the order as it wrote it itself."""

    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open(), await shelves.open("two", register="07")
        order = await one.to_do("sale")
        for shelf in (one, two, two, one, two, one):
            order = await shelf.print(order.id)
            assert [entry.n for entry in order.entries] == list(range(order.n))
        assert await one.journal.order(order.id) == order
        assert (await one.send(order)).n == 8

    play(path, scene)


def test_what_was_undone_is_not_remembered(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        order = await shelf.print((await shelf.to_do("sale")).id)
        sent = Sent(**shelf.journal.head(order, "Mia"))
        odd = Revealed(**shelf.journal.head(order, "Mia", ahead=1), card="none")
        with pytest.raises(IllegalStep):
            await shelf.journal.append(order, sent, odd)
        again = await shelf.print(order.id)
        assert [entry.kind for entry in again.entries] == ["placed", "printed", "printed"]
        assert await shelf.journal.order(order.id) == again

    play(path, scene)


def test_only_the_last_orders_are_remembered(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        orders = [await shelf.to_do(f"sale {n}") for n in range(4)]
        for order in orders:
            assert (await shelf.print(order.id)).entries[:1] == order.entries
        assert (await shelf.journal.verify()).broken is None

    monkeypatch.setattr(journal, "_IN_MIND", 2)
    play(path, scene)


def test_a_row_that_is_gone_is_written_with_the_next_entry(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        order = await shelf.to_do("sale")
        before = await shelf.views.orders()
        await shelf.database.run(lambda tx: tx.execute("DELETE FROM order_row"))
        await shelf.print(order.id)
        assert await shelf.views.orders() == before
        await shelf.database.run(lambda tx: tx.execute("UPDATE order_row SET phase = 'fulfilled', waits = 0"))
        await shelf.print(order.id)
        assert await shelf.views.orders() == before

    play(path, scene)


# --- leases -----------------------------------------------------------------------------------------


def test_another_process_may_not_send_while_one_is_at_it(path: Path) -> None:
    """The first sender's request was not taken, and it is still at it: waiting for a second try, say."""

    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open(), await shelves.open("two")
        order = await one.send(await one.to_do("sale"))
        back = WasNotTaken(
            **one.journal.head(order, "countercard"), sent=order.unanswered[0], reason="offline"
        )
        order = await one.journal.append(order, back)
        with pytest.raises(NotAllowed) as caught:
            await two.send(order)
        assert reason(caught) == "in_flight"
        assert (await two.journal.order(order.id)).phase is Phase.TO_DO
        shelves.clock.turn(seconds=LEASE.total_seconds() - 1)
        await one.journal.renew_lease(order.id)
        shelves.clock.turn(seconds=LEASE.total_seconds() - 1)
        with pytest.raises(NotAllowed):
            await two.send(order)
        shelves.clock.turn(seconds=1)
        # It slept perhaps, and renews it now that it is awake.
        with pytest.raises(NotAllowed):
            await two.send(order)
        shelves.clock.turn(seconds=LEASE.total_seconds())
        assert (await two.send(order)).phase is Phase.SENT

    play(path, scene)


def test_nobody_decides_while_somebody_has_the_lease(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open("one"), await shelves.open("two")
        order = await one.send(await one.to_do("sale"))
        for shelf in (one, two):
            verdict = Settled(**shelf.journal.head(order, "Ana"), verdict="not_bought", evidence="looked")
            with pytest.raises(NotAllowed) as caught:
                await shelf.journal.append(order, verdict)
            assert reason(caught) == "in_flight"
        shelves.clock.turn(seconds=LEASE.total_seconds())
        assert await two.journal.perhaps_leased() == {order.id}
        # Who took the lease knows whether it still works on it.
        assert await one.journal.perhaps_leased() == frozenset()
        await one.journal.renew_lease(order.id)
        shelves.clock.turn(seconds=LEASE.total_seconds())
        verdict = Settled(**two.journal.head(order, "Ana"), verdict="not_bought", evidence="looked")
        with pytest.raises(NotAllowed) as caught:
            await two.journal.append(order, verdict)
        assert reason(caught) == "in_flight"
        shelves.clock.turn(seconds=LEASE.total_seconds())
        verdict = Settled(**two.journal.head(order, "Ana"), verdict="not_bought", evidence="looked")
        assert (await two.journal.append(order, verdict)).phase is Phase.NOT_BOUGHT

    play(path, scene)


def test_the_same_process_may_send_again(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one = await shelves.open()
        order = await one.send(await one.to_do("sale"))
        back = WasNotTaken(
            **one.journal.head(order, "countercard"), sent=order.unanswered[0], reason="offline"
        )
        order = await one.send(await one.journal.append(order, back))
        assert order.phase is Phase.SENT

    play(path, scene)


def test_a_lease_is_its_holder_s_and_runs_out(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        one, two = await shelves.open(), await shelves.open("two")
        order = await one.send(await one.to_do("sale"))
        assert await two.journal.leased() == {order.id}
        await two.journal.release_lease(order.id)
        assert await two.journal.leased() == {order.id}
        shelves.clock.turn(seconds=LEASE.total_seconds() - 1)
        await two.journal.renew_lease(order.id)
        assert await one.journal.leased() == {order.id}
        shelves.clock.turn(seconds=1)
        assert await one.journal.leased() == frozenset()
        await one.journal.renew_lease(order.id)
        assert await two.journal.leased() == {order.id}
        await one.journal.release_lease(order.id)
        assert await two.journal.leased() == frozenset()
        await one.journal.renew_lease(order.id)
        assert await two.journal.leased() == frozenset()

    play(path, scene)


# --- a till that dies -------------------------------------------------------------------------------


def _die(path: Path, where: str) -> None:
    """Let another process come to `where`, and kill it there."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.dies", str(path), where],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().decode().strip() == where
        finally:
            process.kill()


def test_a_till_killed_after_sending_leaves_the_order_as_sent(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open("the next one")
        order = await shelf.journal.order("sale.1")
        assert [entry.kind for entry in order.entries] == ["placed", "sent"]
        assert await shelf.journal.leased() == {order.id}
        await shelf.journal.forget_leases()
        assert await shelf.journal.leased() == frozenset()
        assert await shelf.journal.in_phase(Phase.SENT) == (order,)
        assert await shelf.journal.verify() == Verification(2, None)
        with pytest.raises(IllegalStep):
            await shelf.send(order)

    _die(path, "sent")
    play(path, scene)


def test_a_till_killed_while_writing_has_written_nothing(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open("the next one")
        assert (await shelf.journal.order("sale.1")).phase is Phase.TO_DO
        assert (await shelf.journal.key("sale.1")).order_id == "sale.1"
        (line,) = await shelf.views.orders()
        assert line.phase == "to_do"
        assert (await shelf.send(await shelf.journal.order("sale.1"))).phase is Phase.SENT

    _die(path, "writing")
    play(path, scene)


# --- the chain --------------------------------------------------------------------------------------


async def _three_sales(shelves: Shelves) -> None:
    """Eight lines: three placings, then what became of the first two."""
    shelf = await shelves.open()
    first, second, _third = [await shelf.to_do(f"sale {n}") for n in range(3)]
    await shelf.answer(await shelf.send(first), card("a"))
    await shelf.print(first.id)
    await shelf.print(second.id)
    await shelf.print(second.id)


async def _verified(shelves: Shelves) -> Verification:
    journal = (await shelves.open()).journal
    found = await journal.verify()
    # What the chain alone tells, it tells without the stories as well.
    quick = await journal.verify(stories=False)
    if found.because == "story":
        assert quick == Verification(quick.entries, None)
        assert quick.entries > found.entries
    else:
        assert quick == found
    return found


def test_an_untouched_journal_holds_together(path: Path) -> None:
    assert play(path, _verified) == Verification(0, None)
    play(path, _three_sales)
    assert play(path, _verified) == Verification(8, None)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET body = replace(body, 'Mia', 'Kim')",
        "UPDATE entry SET n = n + 1",
        "DELETE FROM entry",
        "DELETE FROM entry WHERE seq = 8",
    ],
)
def test_the_file_itself_refuses_changes(path: Path, sql: str) -> None:
    play(path, _three_sales)
    with contextlib.closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(sql)
    assert play(path, _verified) == Verification(8, None)


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        (["UPDATE entry SET body = replace(body, '\"Mia\"', '\"Kim\"') WHERE seq = 4"], "03/4"),
        (["UPDATE entry SET body = body || ' ' WHERE seq = 8"], "03/8"),
        (["UPDATE entry SET body = 'torn' WHERE seq = 1"], "03/1"),
        (["UPDATE entry SET kind = 'heard' WHERE seq = 6"], "03/6"),
        (["UPDATE entry SET n = 9 WHERE seq = 6"], "03/6"),
        (["UPDATE entry SET order_id = 'sale 2.1' WHERE seq = 8"], "03/8"),
        (["UPDATE entry SET id = 'another' WHERE seq = 5"], "03/5"),
        (["UPDATE entry SET register = '04' WHERE seq = 5"], "03/5"),
        (["UPDATE entry SET link = '' WHERE seq = 3"], "03/3"),
        (["UPDATE entry SET link = (SELECT link FROM entry WHERE seq = 2) WHERE seq = 3"], "03/3"),
        # A blob has the same bytes, and no query finds it: what was paid back would be owed again.
        (["UPDATE entry SET order_id = CAST(order_id AS BLOB) WHERE seq = 8"], "03/8"),
        (["UPDATE entry SET kind = CAST(kind AS BLOB) WHERE seq = 6"], "03/6"),
        (["UPDATE entry SET register = CAST(register AS BLOB) WHERE seq = 8"], "03/8"),
        (["DELETE FROM entry WHERE seq = 1"], "03/1"),
        (["DELETE FROM entry WHERE seq = 5"], "03/5"),
        (["DELETE FROM entry WHERE seq = 5", "UPDATE entry SET seq = seq - 1 WHERE seq > 5"], "03/5"),
        (
            [
                "UPDATE entry SET seq = 100 WHERE seq = 7",
                "UPDATE entry SET seq = 7 WHERE seq = 8",
                "UPDATE entry SET seq = 8 WHERE seq = 100",
            ],
            "03/7",
        ),
        (
            [
                """INSERT INTO entry SELECT register, 9, 'forged', order_id, n + 1, kind,
                replace(replace(body, id, 'forged'), '"n":' || n, '"n":' || (n + 1)), link
                FROM entry WHERE seq = 8"""
            ],
            "03/9",
        ),
    ],
)
def test_tampering_is_found_where_it_begins(path: Path, tampering: list[str], broken: str) -> None:
    play(path, _three_sales)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entry_is_written_once")
        connection.execute("DROP TRIGGER entry_is_kept")
        for sql in tampering:
            assert connection.execute(sql).rowcount > 0, sql
        connection.commit()
    assert play(path, _verified) == Verification(int(broken[3:]) - 1, broken, "chain")


def _write_another(path: Path, change: Callable[[str], str], kind: str) -> None:
    """Behind `_three_sales`, a ninth line that the store's own key vouches for: the eighth one changed."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        columns = "order_id, n, body, link"
        (line,) = connection.execute(f"SELECT {columns} FROM entry WHERE seq = 8").fetchall()  # noqa: S608
        order_id, n, body, link = line
        body = change(json.dumps(json.loads(body) | {"id": "ninth", "n": n + 1}))
        following = SEALER.link(link, chained_line("03", 9, order_id, n + 1, kind, body))
        values = ("03", 9, "ninth", order_id, n + 1, kind, body, following)
        connection.execute(
            "INSERT INTO entry (register, seq, id, order_id, n, kind, body, link)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        connection.commit()


def _unchanged(body: str) -> str:
    return body


def _of_tomorrow(body: str) -> str:
    return json.dumps(json.loads(body) | {"kind": "folded"})


def _answer_to_nothing(body: str) -> str:
    kept = ("id", "order_id", "n", "at", "by")
    told = json.loads(body)
    return json.dumps({name: told[name] for name in kept} | {"kind": "refunded"} | _ALL_BACK)


_ALL_BACK = {"amount": {"minor": 2500, "currency": "USD"}, "tender": "cash"}


@pytest.mark.parametrize(
    ("change", "kind", "held", "broken"),
    [
        (_unchanged, "printed", 9, None),
        # A newer program's line is not understood, and counts as far as this one can tell for broken.
        (_of_tomorrow, "folded", 8, "03/9"),
        # Each line holds, and yet money was given back for an order that was never given up.
        (_answer_to_nothing, "refunded", 8, "03/9"),
    ],
)
def test_what_the_key_vouches_for_must_make_sense_too(
    path: Path, change: Callable[[str], str], kind: str, held: int, broken: str | None
) -> None:
    play(path, _three_sales)
    _write_another(path, change, kind)
    assert play(path, _verified) == Verification(held, broken, "" if broken is None else "story")


def _sign(path: Path, register: str, told: dict[str, object]) -> None:
    """Behind all lines of `register`, one that the store's own key vouches for."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        sql = "SELECT seq, link FROM entry WHERE register = ? ORDER BY seq DESC LIMIT 1"
        seq, link = connection.execute(sql, (register,)).fetchone() or (0, "")
        order_id, n, kind, body = str(told["order_id"]), told["n"], str(told["kind"]), json.dumps(told)
        assert isinstance(n, int)
        following = SEALER.link(link, chained_line(register, seq + 1, order_id, n, kind, body))
        connection.execute(
            "INSERT INTO entry (register, seq, id, order_id, n, kind, body, link)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (register, seq + 1, told["id"], order_id, n, kind, body, following),
        )
        connection.commit()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("no words", "printed"),
        ('["id", "ninth"]', "printed"),
        ('{"id": "another"}', "printed"),
        (None, "revealed"),
    ],
)
def test_a_line_that_is_not_what_its_columns_say_does_not_hold(
    path: Path, body: str | None, kind: str
) -> None:
    """Whoever has the key could write one; a line's id is told by its body alone."""
    play(path, _three_sales)

    def other(told: str) -> str:
        return told if body is None else body

    _write_another(path, other, kind)

    async def found(shelves: Shelves) -> Verification:
        return await (await shelves.open()).journal.verify()

    assert play(path, found) == Verification(8, "03/9", "chain")


def _line(order_id: str, n: int, **more: object) -> dict[str, object]:
    head = {"id": f"{order_id}-{n}", "order_id": order_id, "n": n, "at": "2026-11-21T21:42:00Z", "by": "Mia"}
    return head | more


async def _two_registers(shelves: Shelves) -> None:
    """An order of 03 that goes on at 01, which comes first in the walk, and at 03 again."""
    three, one = await shelves.open(), await shelves.open("two", register="01")
    order = await three.to_do("sale")
    for shelf in (one, three, one):
        await shelf.print(order.id)


def test_an_order_that_goes_on_at_another_register_is_told_in_its_own_order(path: Path) -> None:
    play(path, _two_registers)
    assert play(path, _verified) == Verification(4, None)


def test_what_can_not_follow_at_another_register_is_named_there(path: Path) -> None:
    play(path, _two_registers)
    _sign(path, "01", _line("sale.1", 4, kind="refunded", **_ALL_BACK))
    assert play(path, _verified) == Verification(2, "01/3", "story")


def test_an_order_that_begins_with_no_placing_is_named_where_it_begins(path: Path) -> None:
    play(path, _two_registers)
    _sign(path, "01", _line("other", 1, kind="printed", document="receipt", printer="paper"))
    _sign(path, "03", _line("other", 0, kind="printed", document="receipt", printer="paper"))
    assert play(path, _verified) == Verification(3 + 2, "03/3", "story")


def test_a_journal_of_which_nothing_is_left_lacks_its_first_line(path: Path) -> None:
    play(path, _three_sales)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entry_is_kept")
        connection.execute("DELETE FROM entry")
        connection.commit()
    assert play(path, _verified) == Verification(0, "03/1", "cut")


def test_many_orders_are_kept_in_mind_and_others_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A late line of an order that is not kept in mind any more; and rows looked over handful by handful."""

    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        orders = [await shelf.to_do(f"sale {n}") for n in range(6)]
        for order in orders:
            await shelf.print(order.id)
        assert await shelf.journal.verify() == Verification(12, None)

    for name, few in (("_AT_ONCE", 2), ("_ORDERS", 2), ("_LINES", 5)):
        monkeypatch.setattr(verify, name, few)
    play(path, scene)


def test_a_journal_written_under_another_store_key_does_not_hold(path: Path) -> None:
    async def scene(shelves: Shelves) -> Verification:
        shelf = await shelves.open(sealer=Sealer(bytes(32)))
        with pytest.raises(Misconfigured) as caught:
            await shelf.journal.key("sale 0.1")
        assert caught.value.reason == "store_key_wrong"
        return await shelf.journal.verify()

    play(path, _three_sales)
    assert play(path, scene) == Verification(0, "03/1", "chain")


@pytest.mark.parametrize("numbers", [("03", "01"), ("01", "03")])
def test_an_order_may_go_on_under_another_number_of_the_till(path: Path, numbers: tuple[str, str]) -> None:
    """The shop gives its till another number, or another till does the rest."""

    async def scene(shelves: Shelves) -> None:
        before, after = [await shelves.open(number, number) for number in numbers]
        order = await before.to_do("sale")
        order = await after.print(order.id)
        order = await before.send(order)
        await after.answer(order, card("a"))
        assert await after.journal.verify() == Verification(4, None)

    play(path, scene)


def test_an_order_that_lost_an_entry_is_told_and_the_others_are_not_hurt(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        with pytest.raises(StoreProblem) as caught:
            await shelf.journal.order("sale 0.1")
        assert caught.value.reason == "broken_journal"
        assert (await shelf.journal.order("sale 1.1")).n == 3

    play(path, _three_sales)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entry_is_kept")
        connection.execute("DELETE FROM entry WHERE kind = 'sent'")
        connection.commit()
    play(path, scene)


def test_an_order_that_lost_all_its_entries_is_no_unknown_order(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        with pytest.raises(StoreProblem) as caught:
            await shelf.journal.order("sale 1.1")
        assert caught.value.reason == "broken_journal"
        with pytest.raises(NotAllowed, match="unknown_order"):
            await shelf.journal.order("sale 9.1")
        assert (await shelf.journal.order("sale 0.1")).phase is Phase.FULFILLED

    play(path, _three_sales)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entry_is_kept")
        connection.execute("DELETE FROM entry WHERE order_id = 'sale 1.1'")
        connection.commit()
    play(path, scene)


# --- what is found ----------------------------------------------------------------------------------


def test_orders_are_found_by_phase_oldest_first(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        late, early = "a", "b"
        shelves.clock.turn(hours=1)
        first = await shelf.to_do(late)
        shelves.clock.turn(hours=-1)
        second = await shelf.to_do(early)
        await shelf.place("c", ["c.2", "c.1"])
        found = await shelf.journal.in_phase(Phase.TO_DO, Phase.SENT)
        assert {order.id for order in found[:3]} == {second.id, "c.1", "c.2"}
        assert found[-1] == first
        places = [order.id for order in found if order.id.startswith("c.")]
        assert places == ["c.2", "c.1"]
        await shelf.send(second)
        assert [order.id for order in await shelf.journal.in_phase(Phase.SENT)] == [second.id]
        assert await shelf.journal.in_phase(Phase.REFUSED) == ()

    play(path, scene)


async def always(shelf: Shelf, provider: str, item: str, order_id: str) -> bool:
    return await shelf.journal.beside(
        order_id, lambda elsewhere: elsewhere.always_carries_pins(provider, item)
    )


def test_a_code_is_known_on_other_orders_only(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        for name in ("one", "two"):
            order = await shelf.send(await shelf.to_do(name))
            await shelf.answer(order, card(name, pin=name == "two"))
            # Asked about a new order: one card without a PIN is enough for "not always".
            assert not await always(shelf, "cardpluspay", "ACME-25", "new")
        own = await always(shelf, "cardpluspay", "ACME-25", "one.1")
        assert own, "an order's own cards say nothing about it"
        assert not await always(shelf, "cardpluspay", "acme-25", "new")
        assert not await always(shelf, "levelup", "ACME-25", "new")
        for order_id, known in (("one.1", {"two"}), ("new", {"one", "two"})):
            names = ("one", "two", "three")
            has = [
                await shelf.journal.beside(
                    order_id, lambda other, name=name: other.has(f"digest of {name}", "")
                )
                for name in names
            ]
            assert {name for name, there in zip(names, has, strict=True) if there} == known

    play(path, scene)


def test_a_provider_s_order_belongs_to_whoever_claimed_it_first(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        for name in ("one", "two"):
            order = await shelf.send(await shelf.to_do(name))
            await shelf.answer(order, card(name), provider_order_id="1001")
        claimed = shelf.journal.claimed_by_another
        assert not await claimed("account", "1001", "one.1")
        assert await claimed("account", "1001", "two.1")
        assert not await claimed("other account", "1001", "two.1")
        assert not await claimed("account", "1002", "two.1")

    play(path, scene)


def test_a_verdict_takes_no_card_that_another_order_has(path: Path) -> None:
    """Two people type the same code at the same moment: both looked before either of them wrote."""

    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        orders = [await shelf.send(await shelf.to_do(name)) for name in ("one", "two", "three")]
        for order in orders:
            await shelf.journal.release_lease(order.id)

        def settled(order: Order, *cards: SealedCard) -> Settled:
            head = shelf.journal.head(order, "Ana")
            return Settled(**head, verdict="bought", evidence="seen", cards=cards, complete=True)

        await shelf.journal.append(orders[0], settled(orders[0], card("same")))
        with pytest.raises(NotAllowed, match="code_seen_before"):
            await shelf.journal.append(orders[1], settled(orders[1], card("other"), card("same")))
        assert (await shelf.journal.order(orders[1].id)).phase is Phase.SENT
        # Parked it is nobody's, and may be kept twice.
        parked = card("same", parked=True)
        await shelf.journal.append(orders[2], settled(orders[2], card("third"), parked))

    play(path, scene)


def test_nobody_has_claimed_what_is_not_asked_about(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        order = await shelf.send(await shelf.to_do("one"))
        await shelf.answer(order, card("one"), provider_order_id="1001")
        assert await shelf.journal.claimed("account", []) == frozenset()
        assert await shelf.journal.claimed("account", ["1000", "1001"]) == {"1001"}
        assert await shelf.journal.claimed("other account", ["1001"]) == frozenset()

    play(path, scene)
