"""The lists: every order once, found by what a cashier has in hand, in step with the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.money import Money
from pos_app.orders.entries import CodesArrived, Printed, Refunded, Settled, WasNotTaken, Withdrawn
from pos_app.orders.order import Order, Phase
from pos_app.store.rows import waits
from pos_app.store.views import OrderLine, Views
from tests.store.shelf import FACE, PRODUCT, Shelf, Shelves, card, play


def key(line: OrderLine) -> tuple[str, str]:
    return (line.at.isoformat(timespec="microseconds"), line.order_id)


async def pages(views: Views, limit: int, *, only_waiting: bool = False) -> list[list[OrderLine]]:
    """All pages, asked for one behind the other."""
    found: list[list[OrderLine]] = []
    before: tuple[str, str] | None = None
    while page := await views.orders(before=before, limit=limit, only_waiting=only_waiting):
        found.append(list(page))
        before = key(page[-1])
    return found


@pytest.mark.parametrize("limit", [1, 7, 50, 1000])
def test_paging_shows_each_order_once_newest_first(path: Path, limit: int) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        for n in range(90):
            # Many at one instant, among them those of one sale; and whole seconds beside parts of them.
            shelves.clock.turn(microseconds=(n % 3 == 0) * 250_000)
            await shelf.place(f"sale {n}", [f"{n}.{part}" for part in range(n % 4)])
        found = await pages(shelf.views, limit)
        lines = [line for page in found for line in page]
        assert len(lines) == len({line.order_id for line in lines}) == await _count(shelf)
        assert [key(line) for line in lines] == sorted(map(key, lines), reverse=True)
        assert all(len(page) == limit for page in found[:-1])

    play(path, scene)


async def _count(shelf: Shelf) -> int:
    row = await shelf.database.run(lambda tx: tx.one("SELECT COUNT(*) FROM order_row"))
    assert row is not None
    assert row[0] > 100
    return int(row[0])


def test_what_is_sold_while_somebody_pages_does_not_move_the_pages(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        for n in range(10):
            shelves.clock.turn(minutes=1)
            await shelf.to_do(f"sale {n}")
        first = await shelf.views.orders(limit=5)
        shelves.clock.turn(minutes=1)
        await shelf.to_do("new one")
        rest = await shelf.views.orders(before=key(first[-1]), limit=50)
        assert [line.sale_id for line in first + rest] == [f"sale {n}" for n in range(9, -1, -1)]

    play(path, scene)


async def _stories(shelves: Shelves) -> Shelf:
    """One order for each way it can end, called like that."""
    shelf = await shelves.open()
    journal = shelf.journal
    await shelf.to_do("to do")
    names = ("sent", "back", "refused", "refunded", "pending", "late", "done", "mail", "settled")
    sent = {name: await shelf.send(await shelf.to_do(name)) for name in names}
    withdrawn = await shelf.to_do("withdrawn")
    await journal.append(withdrawn, Withdrawn(**journal.head(withdrawn, "Mia")))
    back = sent["back"]
    await journal.append(
        back, WasNotTaken(**journal.head(back, "countercard"), sent=back.unanswered[0], reason="offline")
    )
    await shelf.answer(sent["refused"], refusal="other", complete=False)
    refused = await shelf.answer(sent["refunded"], refusal="other", complete=False)
    await journal.append(refused, Refunded(**journal.head(refused, "Mia"), amount=FACE, tender="cash"))
    await shelf.answer(sent["pending"], complete=False, provider_order_no="ORD-9", provider_order_id="9")
    late = await shelf.answer(sent["late"], card("p", "••••-ab34"), complete=False, provider_order_id="7b")
    head = journal.head(late, "countercard")
    await journal.append(late, CodesArrived(**head, cards=(card("l", "••••••-12-34"),), complete=True))
    cards = (card("d", "••••2WZA"), card("short", "•••"))
    done = await shelf.answer(sent["done"], *cards, provider_order_no="ORD-1")
    slips = Printed(
        **journal.head(done, "Mia"), document="slip", printer="paper", cards=tuple(one.id for one in cards)
    )
    await journal.append(done, slips)
    await shelf.answer(sent["mail"], must_confirm=True)
    settled = sent["settled"]
    await journal.release_lease(settled.id)
    verdict = Settled(**journal.head(settled, "Ana"), verdict="not_bought", evidence="not in the portal")
    await journal.append(settled, verdict)
    return shelf


# The late cards have come, and nobody has printed or seen them.
WAITING = {"to do", "sent", "back", "refused", "pending", "withdrawn", "late", "settled"}


def test_what_waits_for_somebody_is_shown_and_counted(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await _stories(shelves)
        lines = await shelf.views.orders(only_waiting=True)
        assert {line.sale_id for line in lines} == WAITING
        assert all(line.waits for line in lines)
        assert await shelf.views.waiting() == len(WAITING)
        paged = await pages(shelf.views, 2, only_waiting=True)
        assert {line.sale_id for page in paged for line in page} == WAITING
        others = {line.sale_id for line in await shelf.views.orders() if not line.waits}
        assert others == {"refunded", "done", "mail"}

    play(path, scene)


def test_rows_say_what_the_journal_says(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await _stories(shelves)
        lines = await shelf.views.orders()
        assert len(lines) == 11
        for line in lines:
            order = await shelf.journal.order(line.order_id)
            placed = order.placed
            assert Phase(line.phase) is order.phase
            assert line.waits == waits(order)
            assert (line.sale_number, line.at, line.by) == (
                placed.sale.number,
                placed.sale.at,
                placed.sale.by,
            )
            assert (line.provider, line.brand, line.quantity) == ("cardpluspay", "Acme Games", 1)
            assert line.price == order.price
            rows = await shelf.database.run(
                lambda tx, order=order: tx.rows(
                    "SELECT card_id FROM card_row WHERE order_id = ?", (order.id,)
                )
            )
            assert {name for (name,) in rows} == {known.id for known in order.cards}

    play(path, scene)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("03-000001", {"to do"}),
        ("03-00000", {"to do", "sent", "back", "refused", "refunded", "pending", "late", "done", "mail"}),
        ("03-", None),
        ("3-", set[str]()),
        ("000001", set[str]()),
        ("ORD-1", {"done"}),
        ("ORD-", set[str]()),
        ("ORD-9", {"pending"}),
        ("7b", {"late"}),
        ("2WZA", {"done"}),
        ("2wza", {"done"}),
        (" 2WZA ", {"done"}),
        ("AB34", {"late"}),
        ("ab34", {"late"}),
        ("1234", {"late"}),
        ("12-34", {"late"}),
        ("WZA", set[str]()),
        ("-", set[str]()),
        ("•", set[str]()),
        ("%", set[str]()),
        ("_", set[str]()),
        ("' OR 1=1 --", set[str]()),
        ("", None),
        ("   ", None),
    ],
)
def test_orders_are_found_by_what_is_in_hand(path: Path, search: str, found: set[str] | None) -> None:
    async def scene(shelves: Shelves) -> set[str]:
        shelf = await _stories(shelves)
        lines = await shelf.views.orders(search=search)
        assert len(lines) == len({line.order_id for line in lines})
        return {line.sale_id for line in lines}

    everything = WAITING | {"refunded", "late", "done", "mail"}
    assert play(path, scene) == (everything if found is None else found)


def test_a_search_keeps_to_what_waits(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await _stories(shelves)
        lines = await shelf.views.orders(search="03-", only_waiting=True, limit=100)
        assert {line.sale_id for line in lines} == WAITING
        first = await shelf.views.orders(search="03-", only_waiting=True, limit=2)
        rest = await shelf.views.orders(search="03-", only_waiting=True, before=key(first[-1]))
        assert [line.order_id for line in first + rest] == [line.order_id for line in lines]

    play(path, scene)


def test_cards_sold_are_counted_by_brand_from_an_instant_on(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        other = replace(PRODUCT, brand="Other")
        await shelf.place("old", quantity=50)
        shelves.clock.turn(days=1)
        since = shelves.clock.at
        await shelf.place("at the instant", quantity=2)
        shelves.clock.turn(microseconds=1)
        await shelf.place("later", quantity=3)
        await shelf.place("other", product=other, quantity=7)
        assert await shelf.views.sold_since(since) == {
            ("cardpluspay", "Acme Games"): 5,
            ("cardpluspay", "Other"): 7,
        }
        assert await shelf.views.sold_since(since + timedelta(days=1)) == {}

    play(path, scene)


def test_a_line_keeps_money_of_any_currency_and_the_masked_address(path: Path) -> None:
    async def scene(shelves: Shelves) -> None:
        shelf = await shelves.open()
        await shelf.place("sale", quantity=100, hint="k•••@mail.example")
        (line,) = await shelf.views.orders()
        assert line.price == Money(250000, "USD")
        assert line.recipient_hint == "k•••@mail.example"

    play(path, scene)


@pytest.mark.parametrize("phase", Phase)
def test_money_that_is_owed_waits(path: Path, phase: Phase) -> None:
    async def scene(shelves: Shelves) -> list[Order]:
        shelf = await _stories(shelves)
        return list(await shelf.journal.in_phase(phase))

    found = play(path, scene)
    assert found
    for order in found:
        if order.money_owed is not None:
            assert waits(order)
