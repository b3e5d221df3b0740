"""`countercard reprint`: the last four for everybody, whole cards for a manager with PIN and reason."""

from __future__ import annotations

import asyncio
import io
import json
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typing_extensions import override

from pos_app.__main__ import _COMMANDS, _parser, main  # pyright: ignore[reportPrivateUsage]
from pos_app.commands.course import Course
from pos_app.commands.exits import Exit
from pos_app.errors import DeviceProblem, NotAllowed
from pos_app.messages import explain
from pos_app.orders.entries import Printed
from pos_app.settings import TRAINING_SHOP
from tests.world import World

Run = Callable[..., Awaitable[Exit]]
FULL = ("--full", "--by", "ana", "--reason", "paper torn")


def play(folder: Path, scene: Callable[[World, Run, str], Awaitable[None]]) -> None:
    """A sale of one card whose papers are out, and commands about it by its number."""

    async def run() -> None:
        async with World(folder) as world:

            async def command(*words: str) -> Exit:
                args: Namespace = _parser().parse_args(words)
                args.course = Course()
                return await _COMMANDS[args.command](world.register, args)

            order = await world.sell()
            await world.register.printouts.print_sale(order.placed.sale.id, "Mia")
            world.printer.papers.clear()
            await scene(world, command, order.placed.sale.number)

    asyncio.run(run())


def test_without_a_name_the_receipt_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def scene(world: World, run: Run, sale: str) -> None:
        assert await run("reprint", sale, "--reason", "lost it") is Exit.DONE
        assert capsys.readouterr().out == "1 paper printed: kept\n"
        assert list(world.printer.papers) == [f"{sale}-receipt-copy-1"]
        assert await run("order", sale) is Exit.DONE
        assert "receipt → kept DUPLICATE No. 1  (lost it)" in capsys.readouterr().out
        assert await run("custody", sale) is Exit.DONE
        assert "its last four printed again: receipt on kept, duplicate 1: lost it" in capsys.readouterr().out

    play(tmp_path, scene)


def test_whole_cards_are_printed_for_a_manager_with_pin_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World, run: Run, sale: str) -> None:
        assert not await world.register.people.add_manager("Ana", "7391", "7391")
        monkeypatch.setattr("sys.stdin", io.StringIO("7392\n7391\n7391\n"))
        for words in (("--full",), ("--full", "--by", "Ana"), ("--full", "--reason", "torn")):
            with pytest.raises(NotAllowed, match="needs_a_manager") as told_why:
                await run("reprint", sale, *words)
            assert "--by, and say why with --reason." in explain(told_why.value).advice
        with pytest.raises(NotAllowed, match="not_a_manager"):
            await run("reprint", sale, *FULL)
        assert not world.printer.papers
        assert await run("reprint", sale, *FULL, "--pin-stdin", "--json") is Exit.DONE
        told = json.loads(capsys.readouterr().out)
        assert (told["sale_number"], told["full"], told["printed"], told["problem"]) == (sale, True, 1, None)
        assert await run("reprint", sale, *FULL, "--large") is Exit.DONE
        assert list(world.printer.papers) == [f"{sale}-slip-1-copy-1", f"{sale}-slip-1-copy-2"]
        (row,) = await world.register.sales.orders()
        entry = (await world.register.sales.order(row.order_id)).entries[-1]
        assert isinstance(entry, Printed)
        assert (entry.by, entry.evidence) == ("Ana", "paper torn")

    play(tmp_path, scene)


def test_a_pin_can_be_piped_where_somebody_sits_at_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        @override
        def isatty(self) -> bool:
            return True

    async def scene(world: World, run: Run, sale: str) -> None:
        assert not await world.register.people.add_manager("Ana", "7391", "7391")
        monkeypatch.setattr("sys.stdin", Terminal("7391\n"))
        assert await run("reprint", sale, *FULL, "--pin-stdin") is Exit.DONE

    play(tmp_path, scene)


def test_a_printer_that_does_not_print_ends_with_its_own_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World, run: Run, sale: str) -> None:
        world.printer.trouble = DeviceProblem("cover_open")
        assert await run("reprint", sale, "--json") is Exit.DEVICE
        said = capsys.readouterr()
        assert json.loads(said.out)["problem"] == "cover_open"
        assert said.err
        world.register.printouts.use(None, TRAINING_SHOP, on_screen=True)
        assert await run("reprint", sale) is Exit.DEVICE
        assert "prints nothing" in capsys.readouterr().err

    play(tmp_path, scene)


def test_large_print_is_for_whole_cards(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["reprint", "03-000001", "--large"])
    assert "--large goes with --full" in capsys.readouterr().err
