"""A till that dies in the middle of a paper: the next one knows that it may be out."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from typing_extensions import override

from pos_app.errors import NotAllowed, StoreProblem
from pos_app.orders.custody import custody as told
from pos_app.orders.entries import Printed, PrintFailed, Supplied
from pos_app.orders.order import Order
from pos_app.printing import text
from pos_app.printing.document import Document
from pos_app.register import DATABASE
from pos_app.store.papers_begun import PaperBegun, PapersBegun
from tests.world import CASHIER, KeepingPrinter, World


@dataclass
class DyingPrinter(KeepingPrinter):
    """Keeps what lay on the disk in the moment a paper was out and nobody had written that down."""

    store: Path = Path()
    image: Path = Path()
    at: str = ""

    @override
    async def print(self, document: Document, stem: str) -> None:
        await super().print(document, stem)
        if stem == self.at:
            # What a killed process leaves: the files, and nothing that was still to be written.
            await asyncio.to_thread(shutil.copytree, self.store, self.image)


async def prints_again(world: World, sale_id: str) -> None:
    await world.register.printouts.reprint(sale_id, "Ana", full=True, reason="lost it")


def play(
    folder: Path,
    at: str,
    scene: Callable[[World, Order], Awaitable[None]],
    cards: int = 3,
    then: Callable[[World, str], Awaitable[None]] | None = None,
) -> None:
    """`scene` at the till that is opened when another one was killed behind the paper `at`.

    That one sold and printed, and did `then`.
    """

    async def run() -> None:
        before = World(folder / "before")
        before.printer = DyingPrinter(store=folder / "before", image=folder / "after", at=at)
        async with before:
            order = await before.sell(before.line(quantity=cards))
            await before.register.printouts.print_sale(order.placed.sale.id, CASHIER)
            if then is not None:
                await then(before, order.placed.sale.id)
        # In its place: a store that lies elsewhere begins a new life.
        shutil.rmtree(folder / "before")
        (folder / "after").rename(folder / "before")
        after = World(folder / "before")
        after.new_id, after.provider = before.new_id, before.provider
        async with after:
            await scene(after, await after.register.sales.order(order.id))

    asyncio.run(run())


def _custody(order: Order) -> list[tuple[str, str]]:
    return [
        ("out" if isinstance(entry, Printed) else "maybe" if entry.maybe else "no", entry.document)
        for entry in order.entries
        if isinstance(entry, Printed | PrintFailed)
    ]


def test_a_slip_that_may_be_out_is_a_duplicate_and_never_printed_by_itself(tmp_path: Path) -> None:
    async def scene(world: World, order: Order) -> None:
        assert _custody(order) == [("out", "receipt"), ("out", "slip"), ("maybe", "slip")]
        assert order.printed_cards() == {order.handed_cards[0].id}
        printouts, sale_id = world.register.printouts, order.placed.sale.id
        result = await printouts.print_sale(sale_id, CASHIER)
        assert (result.printed, list(world.printer.papers)) == (1, ["03-000001-slip-3"])
        result = await printouts.print_sale(sale_id, CASHIER, again=True)
        assert (result.printed, list(world.printer.papers)[1:]) == (1, ["03-000001-slip-2-copy-1"])
        assert "DUPLICATE" in text.render(world.printer.papers["03-000001-slip-2-copy-1"], 42)
        card = await world.register.sales.reveal(order.id, order.handed_cards[1].id, CASHIER)
        assert card.code.startswith("TEST")

    play(tmp_path, "03-000001-slip-2", scene)


def test_what_may_be_on_paper_is_paid_back_as_a_loss_only_and_sold_to_nobody_else(tmp_path: Path) -> None:
    async def scene(world: World, order: Order) -> None:
        refunds = world.register.refunds
        assert order.seen_cards() == {card.id for card in order.handed_cards}
        assert (await refunds.asked(order.id)).needs == "manager_as_loss"
        with pytest.raises(NotAllowed, match="only_as_loss"):
            await refunds.give_back(order.id, "Ana", evidence="changed her mind")
        await refunds.give_back(order.id, "Ana", evidence="changed her mind", loss=True)
        assert await world.register.spares.list() == ()
        assert not any(isinstance(entry, Supplied) for entry in (await world.sell()).entries)

    play(tmp_path, "03-000001-slip-1", scene, cards=1)


def test_who_printed_whole_cards_again_and_why_is_known_though_the_till_died(tmp_path: Path) -> None:
    async def scene(world: World, order: Order) -> None:
        line = told(order)[order.handed_cards[0].id][-1]
        assert (line.by, line.what) == ("Ana", "perhaps_printed")
        assert "lost it" in line.detail
        await prints_again(world, order.placed.sale.id)
        assert list(world.printer.papers) == ["03-000001-slip-1-copy-2"]

    play(tmp_path, "03-000001-slip-1-copy-1", scene, cards=1, then=prints_again)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entry SET body = substr(body, 1, 40) WHERE order_id = ? AND n = 1",
        "DELETE FROM entry WHERE order_id = ? AND n > 1",
    ],
    ids=["unreadable", "lines are missing"],
)
def test_a_damaged_order_keeps_no_other_ones_papers_and_is_told_when_it_is_put_right(
    tmp_path: Path, damage: str
) -> None:
    async def scene(world: World, order: Order) -> None:
        begun = PaperBegun(
            order_id=order.id,
            entry_id="under way",
            at=world.clock(),
            by=CASHIER,
            document="slip",
            printer="kept",
            cards=(order.handed_cards[2].id,),
        )
        other = await world.sell()
        await world.register.journal.papers_begun.begin(order.placed.sale.id, (begun,))
        await world.pull_the_plug()
        with closing(sqlite3.connect(world.folder / DATABASE)) as store:
            store.executescript("DROP TRIGGER entry_is_written_once; DROP TRIGGER entry_is_kept")
            store.execute("CREATE TABLE kept AS SELECT * FROM entry")
            store.execute(damage, (order.id,))
            store.commit()
        await world.open()
        assert (await world.register.printouts.print_sale(other.placed.sale.id, CASHIER)).printed == 2
        await world.pull_the_plug()
        with closing(sqlite3.connect(world.folder / DATABASE)) as store:
            store.execute("DELETE FROM entry WHERE order_id = ?", (order.id,))
            store.execute("INSERT INTO entry SELECT * FROM kept WHERE order_id = ?", (order.id,))
            store.execute("DROP TABLE kept")
            store.commit()
        await world.open()
        assert _custody(await world.register.sales.order(order.id))[-1] == ("maybe", "slip")
        assert await world.register.journal.papers_begun.left() == {}

    play(tmp_path, "03-000001-slip-1", scene)


def test_it_is_written_once_however_often_the_till_is_opened(tmp_path: Path) -> None:
    async def scene(world: World, order: Order) -> None:
        assert _custody(order)[-1] == ("maybe", "slip")
        await world.restart()
        assert (await world.register.sales.order(order.id)).entries == order.entries
        assert await world.register.journal.papers_begun.left() == {}

    play(tmp_path, "03-000001-slip-1", scene)


def test_a_receipt_of_two_orders_is_told_of_both(tmp_path: Path) -> None:
    async def run() -> None:
        before = World(tmp_path / "before")
        before.printer = DyingPrinter(
            store=tmp_path / "before", image=tmp_path / "after", at="03-000001-receipt"
        )
        async with before:
            sale = await before.place(before.line(), before.line())
            for order in sale.orders:
                await before.register.sales.perform(order.id)
            await before.register.printouts.print_sale(sale.head.id, CASHIER)
        after = World(tmp_path / "after")
        after.new_id = before.new_id
        async with after:
            found = [await after.register.sales.order(order.id) for order in sale.orders]
            assert [_custody(order) for order in found] == [[("maybe", "receipt")]] * 2

    asyncio.run(run())


def test_a_till_that_was_closed_has_nothing_under_way(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            order = await world.sell()
            await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
            assert await world.register.journal.papers_begun.left() == {}

    asyncio.run(run())


def test_what_was_written_down_before_it_died_stays_as_it_is(tmp_path: Path) -> None:
    """The entry was there; only that the paper was over was not."""

    async def run() -> None:
        async with World(tmp_path) as world:
            order = await world.sell()
            sale_id = order.placed.sale.id
            await world.register.printouts.print_sale(sale_id, CASHIER)
            order = await world.register.sales.order(order.id)
            last = order.entries[-1]
            assert isinstance(last, Printed)
            begun = PaperBegun(
                order_id=order.id, entry_id=last.id, at=last.at, by=last.by, document="slip", printer="kept"
            )
            nobodys = begun.model_copy(update={"order_id": "no order here", "entry_id": "none"})
            await world.register.journal.papers_begun.begin(sale_id, (nobodys, begun))
            await world.restart()
            assert (await world.register.sales.order(order.id)).entries == order.entries
            assert await world.register.journal.papers_begun.left() == {}

    asyncio.run(run())


def test_a_store_that_takes_nothing_opens_and_prints_nothing_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World, order: Order) -> None:
        async def full(_papers: PapersBegun, _sale_id: str) -> None:
            raise StoreProblem("full")

        begun = PaperBegun(
            order_id=order.id,
            entry_id="under way",
            at=world.clock(),
            by=CASHIER,
            document="slip",
            printer="kept",
            cards=(order.handed_cards[2].id,),
        )
        await world.register.journal.papers_begun.begin(order.placed.sale.id, (begun,))
        with monkeypatch.context() as patched:
            patched.setattr(PapersBegun, "end", full)
            await world.restart()
            with pytest.raises(StoreProblem, match="full"):
                await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
            # Nobody knows yet whose codes are out.
            assert (await world.register.refunds.asked(order.id)).why_not == "in_flight"
        assert world.printer.papers == {}
        result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER, again=True)
        assert list(world.printer.papers) == [
            "03-000001-slip-1-copy-1",
            "03-000001-slip-2",
            "03-000001-slip-3-copy-1",
        ]
        assert result.problem is None

    play(tmp_path, "03-000001-slip-1", scene)
