"""From the sale to the network printer and into the journal: each code that may be on paper has its line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

import pytest

from pos_app.errors import DeviceProblem, OutcomeUnknown
from pos_app.messages import explain
from pos_app.opening import SETTINGS, Options, open_till
from pos_app.orders.entries import Printed, PrintFailed
from pos_app.orders.order import Order
from pos_app.printing.choice import printer_for
from pos_app.printing.devices import FilePrinter
from pos_app.printing.network import NetworkPrinter, Patience
from pos_app.printouts import PrintResult
from pos_app.register import Parts, open_register
from pos_app.settings import TRAINING_SHOP, Paper, Settings, save
from pos_app.vault import TrainingVault
from tests import quiet_time
from tests.printer_simulator import COVER_OPEN, PAPER_END, WELL, Fate, PrinterSimulator
from tests.printing.escpos_reader import PrintedLine
from tests.world import CASHIER, World, until

CALM: Final = Patience(60, 60, 60, 60, 0.001, 60, 60, 60)


class Counter:
    """A till with a network printer, and one sale of two cards."""

    def __init__(self, world: World, device: PrinterSimulator, order: Order) -> None:
        self.world, self.device, self._order_id = world, device, order.id
        self._sale_id = order.placed.sale.id

    async def print(self, *, again: bool = False, through: Paper | None = None) -> PrintResult:
        return await self.world.register.printouts.print_sale(
            self._sale_id, CASHIER, again=again, through=through
        )

    async def order(self) -> Order:
        return await self.world.register.sales.order(self._order_id)

    async def codes(self) -> list[str]:
        order = await self.order()
        cards = [
            await self.world.register.sales.reveal(order.id, card.id, CASHIER) for card in order.handed_cards
        ]
        return [card.code for card in cards]

    async def custody(self) -> list[tuple[str, str, int]]:
        """What the journal says of each paper: what became of it, which paper, how many cards are on it."""
        order = await self.order()
        return [
            (_fate(entry), entry.document, len(entry.cards))
            for entry in order.entries
            if isinstance(entry, Printed | PrintFailed)
        ]


def _fate(entry: Printed | PrintFailed) -> str:
    if isinstance(entry, Printed):
        return f"duplicate {entry.copy_no}" if entry.copy_no else "original"
    return "maybe" if entry.maybe else "no"


def play(
    folder: Path,
    device: PrinterSimulator,
    scene: Callable[[Counter], Awaitable[None]],
    patience: Patience = CALM,
) -> None:
    async def run() -> None:
        world = World(folder)
        async with device:
            network = NetworkPrinter(
                "127.0.0.1", device.port, Paper(columns=42, profile="TM-T88V"), patience=patience
            )
            world.printer = network  # pyright: ignore[reportAttributeAccessIssue]  another one of the kind
            async with world:
                await scene(Counter(world, device, await world.sell(world.line(quantity=2))))

    quiet_time.run(run())


def words(device: PrinterSimulator, place: int) -> str:
    return "\n".join(event.text for event in device.papers[place] if isinstance(event, PrintedLine))


def _cards(device: PrinterSimulator) -> list[str]:
    """The QR codes that came out, but for those of the sale's number."""
    return [payload for payload in device.codes if payload != "03-000001"]


RECEIPT: Final = ("original", "receipt", 0)
SLIP: Final = ("original", "slip", 1)


def test_every_code_that_came_out_has_its_line_and_says_training(tmp_path: Path) -> None:
    async def scene(counter: Counter) -> None:
        state = await counter.world.register.printouts.ready()
        assert (state.ok, state.problem, state.warning) == (True, None, None)
        result = await counter.print()
        assert (result.printed, result.problem) == (3, None)
        assert result.where == f"127.0.0.1:{counter.device.port}"
        assert _cards(counter.device) == await counter.codes()
        assert await counter.custody() == [RECEIPT, SLIP, SLIP]
        assert all("TRAINING, NO VALUE" in words(counter.device, place) for place in range(3))
        order = await counter.order()
        assert {entry.printer for entry in order.entries if isinstance(entry, Printed)} == {result.where}

    play(tmp_path, PrinterSimulator(), scene)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [(COVER_OPEN, "cover_open"), (PAPER_END, "no_paper"), (WELL | {1: 0x1A}, "printer_offline")],
)
def test_what_never_reached_the_printer_is_an_original_later(
    tmp_path: Path, answers: dict[int, int], reason: str
) -> None:
    async def scene(counter: Counter) -> None:
        state = await counter.world.register.printouts.ready()
        assert not state.ok
        assert state.problem is not None
        assert state.problem.reason == reason
        result = await counter.print()
        assert result.problem is not None
        assert (result.printed, result.problem.reason) == (0, reason)
        assert await counter.custody() == [("no", "receipt", 0)]
        counter.device.answers = dict(WELL)
        assert (await counter.print()).printed == 3
        assert await counter.custody() == [("no", "receipt", 0), RECEIPT, SLIP, SLIP]
        assert "DUPLICATE" not in "".join(words(counter.device, place) for place in range(3))

    play(tmp_path, PrinterSimulator(dict(answers)), scene)


# A mute printer that reads to the end and hangs up does nothing else than one that prints.
@pytest.mark.parametrize(("answers", "fate"), [(WELL, "reset"), (WELL, "close"), ({}, "reset")])
def test_a_slip_broken_off_is_a_duplicate_when_a_person_asks_for_it_again(
    tmp_path: Path, answers: dict[int, int], fate: Fate
) -> None:
    async def scene(counter: Counter) -> None:
        device = counter.device
        device.fate, device.spare = fate, 1
        result = await counter.print()
        assert result.problem is not None
        assert (result.printed, result.problem.reason) == (1, "connection_lost")
        assert await counter.custody() == [RECEIPT, ("maybe", "slip", 1)]
        order = await counter.order()
        first, second = (card.id for card in order.handed_cards)
        assert order.printed_cards() == frozenset()
        assert order.perhaps_printed_cards() == {first}
        assert order.not_handed_over, "somebody has to look after it"

        device.fate = None
        assert (await counter.print()).printed == 1, "by itself only the slip that was never sent"
        assert await counter.custody() == [RECEIPT, ("maybe", "slip", 1), SLIP]
        assert (await counter.order()).printed_cards() == {second}
        assert (await counter.print(again=True)).printed == 1, "and the other one when it is asked for"
        assert (await counter.custody())[3:] == [("duplicate 1", "slip", 1)]
        assert "DUPLICATE No. 1" in words(device, -1)
        assert "DUPLICATE" not in words(device, -2)
        order = await counter.order()
        assert order.printed_cards() == {first, second}
        assert order.perhaps_printed_cards() == frozenset()
        assert _cards(device) == list(reversed(await counter.codes()))

    play(tmp_path, PrinterSimulator(dict(answers)), scene, replace(CALM, answer=60 if answers else 0.02))


@pytest.mark.parametrize(
    ("fate", "reason", "custody"),
    [
        ("refuse", "printer_refused", "no"),
        ("stall", "printer_fell_silent", "maybe"),
        ("reset", "connection_lost", "maybe"),
    ],
)
def test_however_a_printer_fails_the_sale_can_be_handed_over_elsewhere(
    tmp_path: Path, fate: str, reason: str, custody: str
) -> None:
    """A cashier has something to do, and every code that came out has its line."""

    async def scene(counter: Counter) -> None:
        device = counter.device
        if fate == "refuse":
            device.hang_ups = 1_000_000
        else:
            device.fate, device.middle, device.when_done = cast("Fate", fate), {}, None
        result = await counter.print()
        assert result.problem is not None
        assert result.problem.reason == reason
        said = explain(result.problem)
        assert said.what
        assert said.advice, "there is something to do"
        assert await counter.custody() == [(custody, "receipt", 0)]
        order = await counter.order()
        assert order.not_handed_over
        assert order.printed_cards() | order.perhaps_printed_cards() == frozenset()

        files = tmp_path / "files"
        counter.world.register.printouts.others_by(lambda _paper: FilePrinter(files, Paper()), Paper)
        elsewhere = await counter.print(again=True, through=Paper(folder=str(files)))
        assert (elsewhere.printed, elsewhere.problem) == (3, None)
        again = ("duplicate 1" if custody == "maybe" else "original", "receipt", 0)
        assert (await counter.custody())[1:] == [again, SLIP, SLIP]
        texts = "".join(path.read_text(encoding="utf-8") for path in sorted(files.glob("*slip*.txt")))
        for code in await counter.codes():
            assert code in texts
        assert not (await counter.order()).not_handed_over

    play(
        tmp_path,
        PrinterSimulator(),
        scene,
        replace(CALM, busy=0.05, answer=0.1 if fate == "stall" else 60, finish=0.2),
    )


@pytest.mark.parametrize(
    ("middle", "reason"), [(PAPER_END, "paper_ran_out"), (COVER_OPEN, "printer_stopped")]
)
def test_a_receipt_that_may_be_out_is_not_repeated_by_itself(
    tmp_path: Path, middle: dict[int, int], reason: str
) -> None:
    async def scene(counter: Counter) -> None:
        result = await counter.print()
        assert result.problem is not None
        assert (result.printed, result.problem.reason) == (0, reason)
        assert await counter.custody() == [("maybe", "receipt", 0)]
        counter.device.middle, counter.device.when_done = None, 0
        assert (await counter.print()).printed == 2
        assert await counter.custody() == [("maybe", "receipt", 0), SLIP, SLIP]
        assert (await counter.print(again=True)).printed == 1
        assert (await counter.custody())[-1] == ("duplicate 1", "receipt", 0)
        assert (await counter.print(again=True)).printed == 0, "then everything is out"

    play(
        tmp_path,
        PrinterSimulator(middle=dict(middle), when_done=None),
        scene,
        replace(CALM, answer=0.1),
    )


def test_a_pending_slip_that_may_be_out_is_a_duplicate_too(tmp_path: Path) -> None:
    async def scene(counter: Counter) -> None:
        world = counter.world
        world.provider.plays.append("lost")
        sale = await world.place()
        with pytest.raises(OutcomeUnknown):
            await world.register.sales.perform(sale.orders[0].id)
        later = Counter(world, counter.device, sale.orders[0])
        counter.device.fate, counter.device.spare = "reset", 1
        await later.print()
        assert await later.custody() == [RECEIPT, ("maybe", "pending", 0)]
        counter.device.fate = None
        await later.print(again=True)
        assert (await later.custody())[2:] == [("duplicate 1", "pending", 0)]

    play(tmp_path, PrinterSimulator(), scene)


def test_a_till_closed_in_the_middle_of_a_slip_knows_it_afterwards(tmp_path: Path) -> None:
    async def scene(counter: Counter) -> None:
        device, world = counter.device, counter.world
        device.when_done = None
        printing = asyncio.ensure_future(counter.print())
        await until(lambda: device.began == 1)
        await world.register.close(0)
        with pytest.raises(asyncio.CancelledError):
            await printing
        await world.open()
        assert await counter.custody() == [("maybe", "receipt", 0)]
        order = await counter.order()
        (failed,) = (entry for entry in order.entries if isinstance(entry, PrintFailed))
        assert failed.reason == "print_interrupted"

    play(tmp_path, PrinterSimulator(), scene)


@pytest.mark.parametrize(("answers", "warning"), [(WELL | {4: 0x1E}, "paper_low"), ({}, "printer_mute")])
def test_a_warning_stops_nobody(tmp_path: Path, answers: dict[int, int], warning: str) -> None:
    async def scene(counter: Counter) -> None:
        state = await counter.world.register.printouts.ready()
        assert (state.ok, state.problem) == (True, None)
        assert state.warning is not None
        assert state.warning.reason == warning
        assert (await counter.print()).printed == 3

    play(tmp_path, PrinterSimulator(dict(answers)), scene, replace(CALM, answer=60 if answers else 0.02))


# --- which printer ----------------------------------------------------------------------------------


def test_the_shop_chooses_its_printer(tmp_path: Path) -> None:
    network = printer_for(Paper(printer="network", host="192.0.2.7", port=9101), tmp_path)
    assert isinstance(network, NetworkPrinter)
    assert network.name == "192.0.2.7:9101"
    folder = printer_for(Paper(folder=str(tmp_path / "chosen")), tmp_path)
    assert isinstance(folder, FilePrinter)
    assert folder.name == str(tmp_path / "chosen")
    usual = printer_for(Paper(), tmp_path)
    assert usual is not None
    assert usual.name == str(tmp_path)
    assert printer_for(Paper(), None) is None
    assert printer_for(Paper(printer="screen", folder=str(tmp_path), host="192.0.2.7"), tmp_path) is None


@pytest.mark.parametrize("reason", sorted(DeviceProblem.REASONS))
def test_what_may_be_printed_or_only_warns_is_never_both(reason: str) -> None:
    problem = DeviceProblem(reason)
    assert not (problem.maybe_printed and not problem.hinders)


def test_a_shop_without_paper_misses_none_and_shows_its_codes(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            order = await world.sell()
        settings = Settings(shop=TRAINING_SHOP, paper=Paper(printer="screen"))
        parts = Parts(
            folder=tmp_path,
            settings=settings,
            vault=TrainingVault(tmp_path / "vault.json"),
            providers={},
            specs=(),
            printer=printer_for(settings.paper, tmp_path),
            training=True,
            now=world.clock,
            new_id=world.new_id,
            holder="another process",
        )
        register = await open_register(parts)
        try:
            state = await register.printouts.ready()
            assert (state.ok, state.on_screen, state.problem, state.warning) == (True, True, None, None)
            result = await register.printouts.print_sale(order.placed.sale.id, CASHIER, again=True)
            assert (result.printed, result.on_screen, result.problem) == (0, True, None)
            before = await register.sales.order(order.id)
            assert before.not_handed_over
            await register.sales.reveal(order.id, before.handed_cards[0].id, CASHIER)
            after = await register.sales.order(order.id)
            assert [entry.kind for entry in after.entries[before.n :]] == ["revealed"]
            assert not after.not_handed_over
        finally:
            await register.close(0)

    quiet_time.run(run())


def test_the_till_prints_where_its_settings_say_unless_a_folder_is_asked_for(tmp_path: Path) -> None:
    async def run() -> None:
        store = tmp_path / "store"
        store.mkdir()
        async with World(store) as world:
            await world.sell()
        (store / "vault.json").rename(store / "training-vault.json")
        async with PrinterSimulator() as device:
            save(
                Settings(paper=Paper(printer="network", host="127.0.0.1", port=device.port)), store / SETTINGS
            )
            for folder in (None, tmp_path / "chosen"):
                register = await open_till(Options(str(store), selling=False, looking=True, paper=folder))
                try:
                    state = await register.printouts.ready()
                finally:
                    await register.close(0)
                assert state.ok
                assert state.name == (str(folder) if folder else f"127.0.0.1:{device.port}")
            assert device.calls == 1

    quiet_time.run(run())


@pytest.mark.parametrize("reason", sorted(DeviceProblem.MAYBE_PRINTED))
def test_what_may_be_out_is_said_with_what_to_do_about_it(reason: str) -> None:
    said = explain(DeviceProblem(reason))
    assert said.title == "Perhaps printed"
    assert "The codes are safe." in said.what
    assert "DUPLICATE" in said.advice


@pytest.mark.parametrize(
    "reason", ["printer_not_found", "printer_no_route", "printer_refused", "printer_silent"]
)
def test_a_printer_that_is_not_reached_is_named(reason: str) -> None:
    assert "192.0.2.7:9100" in explain(DeviceProblem(reason, printer="192.0.2.7:9100")).what
