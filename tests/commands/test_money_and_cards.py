"""`refund`, `allow`, `spares` and `claims`: what a manager does from a command line, in this process."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from pos_app.__main__ import _COMMANDS, _parser, main  # pyright: ignore[reportPrivateUsage]
from pos_app.commands.course import Course
from pos_app.commands.exits import Exit
from pos_app.errors import NotAllowed, StoreProblem
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.entries import LeftToAPerson
from tests.sales.verdicts import lost
from tests.world import World

Run = Callable[..., Awaitable[Exit]]
REASON = ("--by", "Ana", "--evidence", "she said so")


def play(folder: Path, scene: Callable[[World, Run], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:

            async def command(*words: str) -> Exit:
                args: Namespace = _parser().parse_args(words)
                args.course = Course()
                if args.command == "sell":
                    # The one company of this world is none that a shop could name.
                    args.provider = "played"
                return await _COMMANDS[args.command](world.register, args)

            await scene(world, command)

    asyncio.run(run())


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_sale_is_paid_in_parts_and_cash_is_rounded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World, run: Run) -> None:
        item, by = world.line().product.item, ("--by", "Mia")
        sell = ("sell", "--provider", "cardpluspay", "--item", item, *by, "--json")

        async def paid(*how: str) -> Any:
            assert await run(*sell, *how) is Exit.DONE
            return told(capsys)

        def usd(amount: str) -> dict[str, str]:
            return {"amount": amount, "currency": "USD"}

        found = await paid("--cash", "10", "--terminal", "T-1")
        assert (found["change"], found["rounding"]) == (usd("0.00"), usd("0.00"))
        sale = (await world.register.sales.order(found["order_id"])).placed.sale
        assert [(one.kind, str(one.received), one.reference) for one in sale.tenders] == [
            ("cash", "10.00 USD", ""), ("terminal", "15.00 USD", "T-1"),
        ]  # fmt: skip
        assert (await paid("--cash", "20", "--terminal", "T-2", "--terminal-amount", "15"))["change"] == usd(
            "10.00"
        )
        world.register.sales.rounds_cash(lambda _currency: Money(10, "USD"))
        odd = ("--cash", "15", "--terminal", "T-3", "--terminal-amount", "10.03")
        assert (await paid(*odd))["rounding"] == usd("0.03")
        # What is left is less than half a coin, and cash of nothing is no tender.
        for none in ((), ("--cash", "0")):
            found = await paid(*none, "--terminal", "T-5", "--terminal-amount", "24.97")
            sale = (await world.register.sales.order(found["order_id"])).placed.sale
            assert [one.kind for one in sale.tenders] == ["terminal"]
            assert (found["change"], found["rounding"]) == (usd("0.00"), usd("-0.03"))
        plain = tuple(word for word in sell if word != "--json")
        assert await run(*plain, *odd) is Exit.DONE
        assert "Cash rounding $0.03" in capsys.readouterr().out
        for how, reason in (
            (("--cash", "10", "--terminal", "T-4", "--terminal-amount", "5"), "incomplete"),
            (("--cash", "30", "--terminal", "T-4"), "not_positive"),
            (("--terminal", "T-4", "--terminal-amount", "26"), "change_needs_cash"),
            (("--terminal", "T-4", "--terminal-amount", "-1"), "not_positive"),
        ):
            with pytest.raises(NotAllowed, match="money_incomplete") as refused:
                await run(*sell, *how)
            assert getattr(refused.value.facts["problem"], "reason", "") == reason

    play(tmp_path, scene)
    for words, sentence in (
        ((), "paid with --cash, with --terminal, or with both"),
        (("--cash", "25", "--terminal-amount", "5"), "--terminal-amount goes with --terminal"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["sell", "--provider", "cardpluspay", "--item", "I", *words])
        assert ended.value.code == 2
        assert sentence in " ".join(capsys.readouterr().err.split())


def test_money_is_given_back_as_the_table_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def scene(world: World, run: Run) -> None:
        to_do = (await world.place()).orders[0]
        assert await run("refund", to_do.id, "--json") is Exit.DONE
        found = told(capsys)
        assert (found["status"], found["given_back"]) == (
            "withdrawn",
            [{"tender": "cash", "reference": None, "amount": {"amount": "25.00", "currency": "USD"}}],
        )
        bought = await world.sell(world.line(quantity=2))
        with pytest.raises(NotAllowed, match="needs_a_manager") as told_why:
            await run("refund", bought.id)
        assert "--by, and say why with --evidence." in explain(told_why.value).advice
        with pytest.raises(NotAllowed, match="needs_a_manager"):
            await run("refund", bought.id, "--evidence", "no name")
        assert await run("refund", bought.placed.sale.number, "--cards", "1", *REASON) is Exit.DONE
        assert capsys.readouterr().out.startswith("Give back $25.00: cash\n")
        await world.register.sales.reveal(bought.id, "1", "Mia")
        with pytest.raises(NotAllowed, match="only_as_loss"):
            await run("refund", bought.id, *REASON)
        assert await run("refund", bought.id, "--loss", *REASON) is Exit.DONE
        with pytest.raises(NotAllowed, match="nothing_to_refund"):
            await run("refund", bought.id, *REASON)
        two = await world.place(world.line(), world.line())
        with pytest.raises(NotAllowed, match="nothing_to_refund"):
            await run("refund", two.head.number)

    play(tmp_path, scene)


def test_a_manager_proves_it_with_a_pin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World, run: Run) -> None:
        assert not await world.register.people.add_manager("Ana", "7391", "7391")
        order = await world.sell()
        monkeypatch.setattr("sys.stdin", io.StringIO("7392\n7391\n"))
        with pytest.raises(NotAllowed, match="not_a_manager"):
            await run("refund", order.id, *REASON)
        assert await run("refund", order.id, *REASON, "--json") is Exit.DONE
        assert told(capsys)["entries"][-1]["by"] == "Ana"

    play(tmp_path, scene)


def test_selling_goes_on_and_what_was_left_to_a_person_may_be_sold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World, run: Run) -> None:
        world.goes_on = False
        for quantity in (1, 2):
            await lost(world, world.line(quantity=quantity))
        sales, journal = world.register.sales, world.register.journal
        words = Namespace(provider="played", order=None, by="Ana", evidence="they know", json=True)
        from pos_app.commands.allow import allow

        assert await allow(world.register, words) is Exit.DONE
        assert len(told(capsys)["orders"]) == 2
        words.json = False
        assert await allow(world.register, words) is Exit.DONE
        assert capsys.readouterr().out == "Nothing was paused.\n"
        await lost(world, world.line(quantity=3))
        assert await allow(world.register, words) is Exit.DONE
        assert capsys.readouterr().out.startswith("Selling goes on; 1 order ")
        for as_json in ((), ("--json",)):
            order = (await world.place(world.line(quantity=9))).orders[0]
            left = LeftToAPerson(**journal.head(order, "store"), reason="moved")
            await journal.append(order, left)
            with pytest.raises(NotAllowed, match="needs_a_manager") as not_yet:
                await sales.perform(order.id)
            assert explain(not_yet.value).advice.startswith("Call a manager: the order waits")
            assert await run("allow", "--order", order.id, *REASON, *as_json) is Exit.NOT_TAKEN
            shown = capsys.readouterr().out
            assert "approved" in shown
            await sales.perform(order.id)

    play(tmp_path, scene)


def test_cards_that_are_nobodys_are_listed_and_made_the_shops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World, run: Run) -> None:
        assert await run("spares") is Exit.DONE
        assert capsys.readouterr().out == "No such cards.\n"
        world.provider.plays.append("doubled")
        order = await world.sell()
        await run("spares")
        assert "parked" in capsys.readouterr().out
        for words in (("--card", "2"), ("--card", "2", "--by", "Ana"), REASON):
            with pytest.raises(NotAllowed, match="needs_evidence"):
                await run("spares", "--own", order.id, *words)
        await run("spares", "--own", order.id, "--card", "2", *REASON)
        assert "the shop's own; sold next" in capsys.readouterr().out
        await run("claims", "--open", order.id, "--why", "spare_card", "--card", "2", *REASON)
        capsys.readouterr()
        await run("spares", "--json")
        assert [(one["card_id"], one["standing"], one["claim"]) for one in told(capsys)] == [
            ("2", "claimed", "C-03-0001")
        ]
        await run("spares")
        assert "claimed: C-03-0001" in capsys.readouterr().out
        assert "TEST" not in capsys.readouterr().out

    play(tmp_path, scene)


def test_claims_are_opened_closed_and_written_for_the_company(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(world: World, run: Run) -> None:
        assert await run("claims") is Exit.DONE
        assert capsys.readouterr().out == "No claims.\n"
        world.provider.plays.append("doubled")
        order = await world.sell()
        await run("claims", "--json")
        assert told(capsys)["proposals"] == [
            {
                "why": "parked_card",
                "order_id": order.id,
                "sale_number": order.placed.sale.number,
                "cards": ["2"],
                "amount": {"amount": "24.00", "currency": "USD"},
            }
        ]
        await run("claims")
        assert "could be claimed: " in capsys.readouterr().out
        opening = ("claims", "--open", order.id, "--card", "2", "--amount", "24.00")
        for words in ((), ("--by", "Ana")):
            with pytest.raises(NotAllowed, match="needs_evidence"):
                await run(*opening, *words)
        with pytest.raises(NotAllowed, match="invalid_draft"):
            await run(*opening[:-1], "much", *REASON)
        file = tmp_path / "claims.csv"
        await run(*opening, "--file", str(file), *REASON)
        assert "C-03-0001" in capsys.readouterr().out
        with pytest.raises(StoreProblem, match="read_only"):
            await run("claims", "--file", str(tmp_path))
        with pytest.raises(NotAllowed, match="unknown_claim"):
            await run("claims", "--close", "C-03-0002", *REASON)
        await run("claims", "--close", "c-03-0001", "--outcome", "replaced", *REASON)
        capsys.readouterr()
        await run("claims", "--all", "--json")
        assert [(one["claim"], one["state"]) for one in told(capsys)["claims"]] == [("C-03-0001", "replaced")]

    play(tmp_path, scene)
    table = (tmp_path / "claims.csv").read_text(encoding="utf-8")
    assert [row["claimed"] for row in csv.DictReader(io.StringIO(table))] == ["24.00"]
    assert (tmp_path / "claims.csv.txt").read_text(encoding="utf-8").startswith("C-03-0001  ")
