"""Printed once more: with the last four for everybody, whole cards for a manager with a reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import DeviceProblem, NotAllowed, OutcomeUnknown
from pos_app.orders.custody import custody
from pos_app.orders.entries import Printed, PrintFailed
from pos_app.orders.order import Order
from pos_app.papers import MOST_PERHAPS
from pos_app.printing import text
from pos_app.printing.document import Document, Logo, Secret
from pos_app.register import Register
from pos_app.settings import TRAINING_SHOP
from tests.world import CASHIER, SlowPrinter, World

PNG = b"\x89PNG\r\n\x1a\n and more"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


async def sold(world: World, quantity: int = 1) -> Order:
    """A sale whose papers are out."""
    order = await world.sell(world.line(quantity=quantity))
    await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
    world.printer.papers.clear()
    return order


def shown(world: World, stem: str, columns: int = 48) -> str:
    return " ".join(text.render(world.printer.papers[stem], columns).split())


def secrets(document: Document) -> list[str]:
    return [block.value for block in document.blocks if isinstance(block, Secret)]


def last(order: Order) -> Printed:
    entry = order.entries[-1]
    assert isinstance(entry, Printed)
    return entry


def test_anybody_prints_the_receipt_again_with_the_last_four(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await sold(world, 2)
        for copy in (1, 2):
            result = await world.register.printouts.reprint(order.placed.sale.id, CASHIER)
            assert (result.printed, result.where, result.problem) == (1, "kept", None)
            paper = shown(world, f"03-000001-receipt-copy-{copy}")
            assert f"DUPLICATE No. {copy} CODES NOT SHOWN" in paper
            assert f"By {CASHIER}" in paper
            assert all(f"...{card.last_four}" in paper for card in order.handed_cards)
        assert not any(secrets(paper) for paper in world.printer.papers.values())
        after = await world.register.sales.order(order.id)
        assert (last(after).document, last(after).cards, last(after).copy_no) == ("receipt", (), 2)

    play(tmp_path, scene)


def test_a_manager_prints_whole_cards_again_and_it_is_written_down_who_and_why(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await sold(world, 2)
        result = await world.register.printouts.reprint(
            order.placed.sale.id, "Ana", full=True, reason=" paper torn "
        )
        assert result.printed == 2
        assert list(world.printer.papers) == ["03-000001-slip-1-copy-1", "03-000001-slip-2-copy-1"]
        paper = shown(world, "03-000001-slip-1-copy-1")
        assert "DUPLICATE No. 1" in paper
        assert "By Ana Reason paper torn" in paper
        first = await world.register.sales.reveal(order.id, order.handed_cards[0].id, CASHIER)
        assert first.code in secrets(world.printer.papers["03-000001-slip-1-copy-1"])
        after = await world.register.sales.order(order.id)
        copies = [entry for entry in after.entries if isinstance(entry, Printed) and entry.evidence]
        assert [(entry.by, entry.evidence, entry.copy_no) for entry in copies] == [
            ("Ana", "paper torn", 1)
        ] * 2
        (line,) = [line for line in custody(after)[order.handed_cards[0].id] if line.by == "Ana"]
        assert (line.what, line.detail) == ("printed", "slip on kept, duplicate 1: paper torn")

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("by", "reason", "why"),
    [(" ", "torn", "not_a_manager"), ("Ana", "  ", "needs_evidence"), ("Ana", "CODE", "code_in_evidence")],
)
def test_whole_cards_need_a_name_and_a_reason_without_a_code(
    tmp_path: Path, by: str, reason: str, why: str
) -> None:
    async def scene(world: World) -> None:
        order = await sold(world)
        other = await world.place(world.line(), world.line())
        for one in other.orders:
            await world.register.sales.perform(one.id)
        card = await world.register.sales.reveal(order.id, order.handed_cards[0].id, CASHIER)
        words = reason.replace("CODE", f"it was {card.code}")
        with pytest.raises(NotAllowed, match=why):
            await world.register.printouts.reprint(order.placed.sale.id, by, full=True, reason=words)
        assert not world.printer.papers

    play(tmp_path, scene)


def test_a_reason_is_searched_for_the_codes_of_all_orders_of_the_sale(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sale = await world.place(world.line(), world.line())
        for one in sale.orders:
            await world.register.sales.perform(one.id)
        second = await world.register.sales.order(sale.orders[1].id)
        card = await world.register.sales.reveal(second.id, second.handed_cards[0].id, CASHIER)
        for full in (True, False):
            with pytest.raises(NotAllowed, match="code_in_evidence"):
                await world.register.printouts.reprint(
                    sale.head.id, "Ana", full=full, reason=f"lost {card.code}"
                )

    play(tmp_path, scene)


def test_a_sale_nobody_knows_is_not_printed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(NotAllowed, match="unknown_order"):
            await world.register.printouts.reprint("nothing", CASHIER)
        assert (await world.register.printouts.print_sale("nothing", CASHIER)).printed == 0

    play(tmp_path, scene)


def test_purged_cards_can_not_be_printed_and_the_receipt_says_since_when(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await sold(world)
        await world.register.purging.by_hand(order.id, "Ana", "asked for")
        with pytest.raises(NotAllowed, match="purged") as caught:
            await world.register.printouts.reprint(order.placed.sale.id, "Ana", full=True, reason="lost")
        assert caught.value.facts["at"] == world.clock.at
        await world.register.printouts.reprint(order.placed.sale.id, CASHIER)
        assert "code purged on 2026-11-21" in shown(world, "03-000001-receipt-copy-1")

    play(tmp_path, scene)


def test_what_has_no_card_has_none_to_print(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("refused")
        order = await world.sell()
        with pytest.raises(NotAllowed, match="no_codes"):
            await world.register.printouts.reprint(order.placed.sale.id, "Ana", full=True, reason="lost")

    play(tmp_path, scene)


def test_large_print_is_the_shops_choice_or_one_for_this_time(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await sold(world)
        printouts, sale = world.register.printouts, order.placed.sale.id
        for large in (False, True):
            await printouts.reprint(sale, "Ana", full=True, large=large, reason="weak eyes")
        printouts.use(world.printer, TRAINING_SHOP.model_copy(update={"large_print": True}))
        await printouts.reprint(sale, "Ana", full=True, reason="weak eyes")
        sizes = [
            {block.large for block in paper.blocks if isinstance(block, Secret)}
            for paper in world.printer.papers.values()
        ]
        assert sizes == [{False}, {True}, {True}]

    play(tmp_path, scene)


def test_a_pending_slip_that_is_lost_is_printed_with_the_receipt(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("lost")
        sale = await world.place()
        with pytest.raises(OutcomeUnknown):
            await world.register.sales.perform(sale.orders[0].id)
        await world.register.printouts.print_sale(sale.head.id, CASHIER)
        world.printer.papers.clear()
        await world.register.printouts.reprint(sale.head.id, CASHIER, reason="lost it")
        assert list(world.printer.papers) == ["03-000001-receipt-copy-1", "03-000001-pending-1-copy-1"]
        assert "Reason lost it" in shown(world, "03-000001-pending-1-copy-1")
        with pytest.raises(NotAllowed, match="no_codes"):
            await world.register.printouts.reprint(sale.head.id, "Ana", full=True, reason="lost")

    play(tmp_path, scene)


def test_a_receipt_that_never_came_out_is_no_duplicate(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        await world.register.printouts.reprint(order.placed.sale.id, CASHIER)
        assert "ORIGINAL" in shown(world, "03-000001-receipt")

    play(tmp_path, scene)


def test_a_reprint_that_failed_says_for_whom_and_why_too(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await sold(world)
        world.printer.trouble = DeviceProblem("connection_lost")
        result = await world.register.printouts.reprint(order.placed.sale.id, "Ana", full=True, reason="torn")
        assert result.printed == 0
        after = await world.register.sales.order(order.id)
        failed = after.entries[-1]
        assert isinstance(failed, PrintFailed)
        assert (failed.by, failed.evidence, failed.maybe) == ("Ana", "torn", True)
        (line,) = [line for line in custody(after)[order.handed_cards[0].id] if line.by == "Ana"]
        assert (line.what, line.detail) == ("perhaps_printed", "slip on kept: connection_lost: torn")
        world.printer.trouble = None
        # The one that may be out counts: what follows is the next duplicate.
        await world.register.printouts.reprint(order.placed.sale.id, "Ana", full=True, reason="torn")
        assert list(world.printer.papers) == ["03-000001-slip-1-copy-2"]

    play(tmp_path, scene)


def test_a_slip_that_may_be_out_again_and_again_is_one_for_a_manager(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        printouts, sale = world.register.printouts, order.placed.sale.id
        await printouts.reprint(sale, CASHIER)
        world.printer.trouble = DeviceProblem("connection_lost")
        for _ in range(MOST_PERHAPS + 1):
            await printouts.print_sale(sale, CASHIER, again=True)
        after = await world.register.sales.order(order.id)
        assert after.slips_of(after.handed_cards[0].id) == MOST_PERHAPS
        world.printer.trouble = None
        assert (await printouts.print_sale(sale, CASHIER, again=True)).printed == 0
        assert (await printouts.reprint(sale, "Ana", full=True, reason="bad cable")).printed == 1
        assert "03-000001-slip-1-copy-3" in world.printer.papers

    play(tmp_path, scene)


def test_a_reprint_waits_until_the_sales_papers_are_out(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell()
        slow, printouts, sale = SlowPrinter(), world.register.printouts, order.placed.sale.id
        printouts.use(slow, TRAINING_SHOP)
        first = asyncio.ensure_future(printouts.print_sale(sale, CASHIER))
        await slow.begun.wait()
        second = asyncio.ensure_future(printouts.reprint(sale, "Ana", full=True, reason="torn"))
        slow.may.set()
        assert ((await first).printed, (await second).printed) == (2, 1)
        assert list(slow.papers) == ["03-000001-receipt", "03-000001-slip-1", "03-000001-slip-1-copy-1"]

    play(tmp_path, scene)


def test_a_shop_without_paper_prints_nothing_again(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await sold(world)
        world.register.printouts.use(None, TRAINING_SHOP, on_screen=True)
        assert (await world.register.printouts.reprint(order.placed.sale.id, CASHIER)).on_screen
        world.register.printouts.use(None, TRAINING_SHOP)
        result = await world.register.printouts.reprint(order.placed.sale.id, CASHIER)
        assert result.problem is not None
        assert result.problem.reason == "no_printer"

    play(tmp_path, scene)


# --- money back -------------------------------------------------------------------------------------


def test_a_refused_order_prints_the_slip_that_sends_the_cashier_to_give_money_back(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.extend(["refused", "yes", "refused"])
        sale = await world.place(world.line(), world.line(), world.line())
        for order in sale.orders:
            await world.register.sales.perform(order.id)
        printouts = world.register.printouts
        assert (await printouts.print_sale(sale.head.id, CASHIER)).printed == 3
        assert list(world.printer.papers) == [
            "03-000001-receipt",
            "03-000001-slip-2",
            "03-000001-not-bought-1",
        ]
        assert "GIVE BACK USD $50.00 Cash $50.00" in shown(world, "03-000001-not-bought-1")
        assert (await printouts.print_sale(sale.head.id, CASHIER, again=True)).printed == 0
        for place in (0, 2):
            order = await world.register.sales.order(sale.orders[place].id)
            assert order.is_printed("failure")

    play(tmp_path, scene)


def test_a_failure_slip_that_may_be_out_is_a_duplicate_when_somebody_asks(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("refused")
        order = await world.sell()
        printouts, sale = world.register.printouts, order.placed.sale.id
        world.printer.trouble = DeviceProblem("can_not_write")
        await printouts.print_sale(sale, CASHIER)
        world.printer.trouble = None
        assert (await printouts.print_sale(sale, CASHIER)).printed == 2, "neither was out"

        world.provider.plays.append("refused")
        other = await world.sell()
        sale = other.placed.sale.id
        await world.register.printouts.reprint(sale, CASHIER)
        world.printer.trouble = DeviceProblem("connection_lost")
        await printouts.print_sale(sale, CASHIER)
        world.printer.trouble = None
        assert (await printouts.print_sale(sale, CASHIER)).printed == 0
        assert (await printouts.print_sale(sale, CASHIER, again=True)).printed == 1
        assert "DUPLICATE No. 1" in shown(world, "03-000002-not-bought-1-copy-1")

    play(tmp_path, scene)


def test_each_time_money_is_given_back_a_slip_is_signed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await world.sell(world.line(quantity=2))
        register: Register = world.register
        sale = order.placed.sale.id
        assert (await register.printouts.print_sale(sale, CASHIER)).printed == 3
        for number in (1, 2):
            await register.refunds.give_back(order.id, "Ana", cards=1, loss=True, evidence="angry")
            assert (await register.printouts.print_sale(sale, CASHIER)).printed == 1
            paper = shown(world, f"03-000001-refund-1-{number}")
            assert "MONEY GIVEN BACK" in paper
            assert "Given by Ana" in paper
            assert "Why angry" in paper
        assert (await register.printouts.print_sale(sale, CASHIER, again=True)).printed == 0
        after = await register.sales.order(order.id)
        assert after.is_printed("refund")
        assert after.is_printed("refund-2")

    play(tmp_path, scene)


# --- the shop's picture -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "drawn"),
    [(PNG, True), (b"GIF89a", False), (PNG + b"0" * 1_000_000, False), (None, False)],
    ids=["png", "another kind", "too large", "missing"],
)
def test_the_shops_picture_stands_above_receipts_and_slips(
    tmp_path: Path, content: bytes | None, *, drawn: bool
) -> None:
    async def scene(world: World) -> None:
        if content is not None:
            (tmp_path / "shop.png").write_bytes(content)
        world.provider.plays.extend(["yes", "refused"])
        sale = await world.place(world.line(), world.line())
        for order in sale.orders:
            await world.register.sales.perform(order.id)
        shop = TRAINING_SHOP.model_copy(update={"logo": "shop.png"})
        world.register.printouts.use(world.printer, shop)
        await world.register.printouts.print_sale(sale.head.id, CASHIER)
        with_picture = [stem for stem, paper in world.printer.papers.items() if Logo(PNG) in paper.blocks]
        wanted = ["03-000001-receipt", "03-000001-slip-1"] if drawn else []
        assert with_picture == wanted
        assert len(world.printer.papers) == 3

    play(tmp_path, scene)


def test_entries_of_before_are_read_as_they_were() -> None:
    from pos_app.orders.entries import read_entry

    old = {
        "id": "1", "order_id": "2", "n": 3, "at": "2026-11-21T21:42:00Z", "by": "Mia", "kind": "printed",
        "document": "slip", "printer": "kept", "cards": ["1"], "copy_no": 1,
    }  # fmt: skip
    entry = read_entry(json.dumps(old))
    assert isinstance(entry, Printed)
    assert entry.evidence == ""
