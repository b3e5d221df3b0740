"""Ways to lose a code, or to tell a person the wrong thing, that were found by trying and are closed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.errors import DeviceProblem, NotAllowed, OutcomeUnknown, StoreProblem
from pos_app.intake import Intake
from pos_app.orders.draft import Recipient
from pos_app.orders.order import Order, Phase, Status
from pos_app.printing.document import Document
from pos_app.store.spill import Kept
from tests.world import CASHIER, World


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


@pytest.mark.parametrize(
    "pair",
    [
        [{"code": "https://g/r/TESTAbC"}, {"code": "https://g/r/TESTaBc"}],
        [{"code": "VOUCHER", "pin": "001"}, {"code": "VOUCHER", "pin": "002"}],
        [{"code": "SEE LINK", "link": "https://a"}, {"code": "SEE LINK", "link": "https://b"}],
        [{"code": "TEST+CD/EF"}, {"code": "TESTCD+EF"}],
    ],
    ids=["capitals", "PINs", "links", "marks"],
)
def test_cards_that_look_alike_are_two_cards(tmp_path: Path, pair: list[dict[str, str]]) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.append(pair)
        order = await world.sell(world.line(quantity=2))
        assert order.phase is Phase.FULFILLED
        shown = [await world.register.sales.reveal(order.id, card.id, CASHIER) for card in order.handed_cards]
        assert [(card.code, card.pin or "") for card in shown] == [
            (card["code"], card.get("pin", "")) for card in pair
        ]
        # And the same again from another order is told by the letter.
        world.provider.cards.append([{"code": pair[0]["code"].swapcase(), "pin": "777", "link": "https://c"}])
        assert (await world.sell()).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_card_listed_twice_is_handed_over_once_and_never_dropped(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.append([{"code": "TEST-1111"}, {"code": "TEST-1111"}])
        order = await world.sell(world.line(quantity=2))
        assert order.phase is Phase.CODES_PENDING
        assert [card.parked for card in order.cards] == [False, True]
        assert "code_seen_before" in order.flags
        world.provider.sold["1"].codes.append({"code": "TEST-2222"})
        world.provider.sold["1"].shown = 3
        order = await world.register.resolver.ask_for_codes(order.id)
        assert order.phase is Phase.FULFILLED
        assert [card.last_four for card in order.handed_cards] == ["1111", "2222"]

    play(tmp_path, scene)


def test_whoever_only_looks_makes_no_key(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.close()
        with sqlite3.connect(world.folder / "countercard.db") as database:
            database.execute("DELETE FROM fact WHERE name = 'key check'")
        database.close()
        kept = (world.folder / "vault.json").read_bytes()
        (world.folder / "vault.json").unlink()
        with pytest.raises(StoreProblem, match="unavailable"):
            await world.open(exclusive=False)
        assert not (world.folder / "vault.json").exists()
        (world.folder / "vault.json").write_bytes(kept)
        await world.open()

    play(tmp_path, scene)


@pytest.mark.parametrize("how", ["deleted", "empty"])
def test_a_store_whose_database_is_gone_does_not_begin_anew(tmp_path: Path, how: str) -> None:
    async def scene(world: World) -> None:
        await world.sell()
        await world.close()
        for path in world.folder.glob("countercard.db*"):
            path.unlink()
        if how == "empty":
            (world.folder / "countercard.db").touch()
        with pytest.raises(StoreProblem, match="gone"):
            await world.open()

    play(tmp_path, scene)


def test_a_refusal_does_not_keep_whom_the_card_was_for(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("refused")
        world.provider.refusal = "kim@mail.example (Kim) is not valid, nor is other@mail.example"
        order = await world.sell(world.email_line("kim@mail.example"))
        assert order.answer is not None
        assert "is not valid" in order.answer.text

    play(tmp_path, scene)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"@mail.example" not in everything.replace("k•••@mail.example".encode(), b"")


def test_a_refusal_about_somebody_without_a_name_stays_readable(tmp_path: Path) -> None:
    """Name and message may be left empty; nothing stands between all letters."""

    async def scene(world: World) -> None:
        world.provider.plays.append("refused")
        world.provider.refusal = "kim@mail.example can not be reached"
        line = world.email_line("kim@mail.example")
        order = await world.sell(replace(line, recipient=Recipient("kim@mail.example", "", "  ")))
        assert order.answer is not None
        assert order.answer.text == "••• can not be reached"

    play(tmp_path, scene)


def test_a_number_that_belongs_to_an_earlier_order_is_flagged_and_stays_with_it(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first = await world.sell()
        # The provider counts anew.
        world.provider.sold.clear()
        world.provider.cards.append([{"code": "TEST-NEW"}])
        second = await world.sell()
        assert (first.provider_order_id, first.flags) == ("1", ())
        assert (second.provider_order_id, second.flags) == ("1", ("provider_order_seen_before",))
        # What was paid for is handed over all the same.
        card = await world.register.sales.reveal(second.id, second.handed_cards[0].id, CASHIER)
        assert card.code == "TEST-NEW"
        claimed = world.register.journal.claimed_by_another
        assert not await claimed("account-1", "1", first.id)
        assert await claimed("account-1", "1", second.id)

    play(tmp_path, scene)


def test_no_slip_goes_out_without_the_pin_its_kind_of_card_always_has(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.extend(["with_pins", "late"])
        await world.sell()
        late = await world.sell()
        world.provider.sold["2"].shown = 1
        late = await world.register.resolver.ask_for_codes(late.id)
        assert late.phase is Phase.CODES_PENDING
        await world.register.printouts.print_sale(late.placed.sale.id, CASHIER)
        assert not any("03-000002-slip" in stem for stem in world.printer.papers)
        world.provider.sold["2"].codes[0]["pin"] = "0042"
        late = await world.register.resolver.ask_for_codes(late.id)
        await world.register.printouts.print_sale(late.placed.sale.id, CASHIER)
        assert "03-000002-slip-1" in world.printer.papers

    play(tmp_path, scene)


def test_a_kind_of_card_that_has_a_pin_only_sometimes_is_complete_without(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.append([{"code": "TEST-1", "pin": "1"}, {"code": "TEST-2"}])
        assert (await world.sell(world.line(quantity=2))).phase is Phase.FULFILLED
        world.provider.plays.append("late")
        late = await world.sell()
        world.provider.sold["2"].shown = 1
        assert (await world.register.resolver.ask_for_codes(late.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_clock_set_back_does_not_stop_the_asking(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        await world.register.resolver.look()
        world.provider.sold["1"].shown = 1
        world.clock.turn(hours=-5)
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_paper_that_can_not_be_printed_does_not_hold_up_the_others(tmp_path: Path) -> None:
    class Picky:
        """A printer that can not print one of the slips."""

        name = "picky"

        def __init__(self) -> None:
            self.stems: list[str] = []

        async def state(self) -> DeviceProblem | None:
            return None

        async def print(self, document: Document, stem: str) -> None:
            if stem.endswith("slip-1"):
                raise DeviceProblem("can_not_render")
            self.stems.append(stem)

    async def scene(world: World) -> None:
        picky = Picky()
        world.printer = picky  # pyright: ignore[reportAttributeAccessIssue]  another one of the kind
        await world.restart()
        order = await world.sell(world.line(quantity=2))
        result = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert picky.stems == ["03-000001-receipt", "03-000001-slip-2"]
        assert result.printed == 2
        assert result.problem is not None
        order = await world.register.sales.order(order.id)
        assert [entry.kind for entry in order.entries[-3:]] == ["printed", "print_failed", "printed"]

    play(tmp_path, scene)


@pytest.mark.parametrize("failures", [2, 99])
def test_a_reply_is_written_down_as_soon_as_the_disk_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """A disk can not be filled for a moment by a test, so writing a reply down fails by order."""
    write_down, left = Intake.write_down, [failures]

    async def full(self: Intake, kept: Kept) -> Order:
        left[0] -= 1
        if left[0] >= 0:
            raise StoreProblem("full")
        return await write_down(self, kept)

    monkeypatch.setattr(Intake, "write_down", full)
    monkeypatch.setattr("pos_app.sales._KEEP_PAUSES", (0.0, 0.0, 0.0))

    async def scene(world: World) -> None:
        sale = await world.place()
        order_id = sale.orders[0].id
        if failures == 2:
            order = await world.register.sales.perform(order_id)
            assert world.register.sales.status(order) is Status.FULFILLED
            return
        with pytest.raises(OutcomeUnknown, match="not_kept"):
            await world.register.sales.perform(order_id)
        order = await world.register.sales.order(order_id)
        assert world.register.sales.status(order) is Status.NOT_CONFIRMED
        with pytest.raises(NotAllowed, match="already_sent"):
            await world.register.sales.perform(order_id)
        assert world.provider.sends == 1

    play(tmp_path, scene)
