"""`countercard account`: a manager says who buys on an account, and everybody may read it."""

from __future__ import annotations

import asyncio
import io
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from pos_app.commands.account import account
from pos_app.commands.exits import Exit
from pos_app.errors import NotAllowed
from tests.commands.conftest import CommandLine
from tests.world import World


def words(**said: Any) -> Namespace:
    """The arguments of the command as they are where nothing else is said."""
    plain = {"exclusive": None, "top_up": None, "explain": None, "evidence": "", "by": "ana", "json": False}
    return Namespace(provider="played", **{**plain, **said})


def test_a_script_shows_and_declares(shop: CommandLine, tmp_path: Path) -> None:
    # A store of its own: what others have sold on the account meanwhile is foreign to theirs.
    countercard = CommandLine(tmp_path / "store", shop.ready, shop.admin, shop.secrets)
    assert countercard.sell().code == 0
    told = countercard("account", "cardpluspay", "--json")
    assert told.code == 0, told.err
    assert told.object == {
        "provider": "cardpluspay",
        "exclusive": True,
        "verdicts": True,
        "foreign_orders": [],
        "top_ups": [],
    }
    assert countercard("account", "cardpluspay", "--exclusive", "no").code == 3, "nobody said so"
    told = countercard("account", "cardpluspay", "--exclusive", "no", "--by", "Ana", "--json")
    assert (told.code, told.object["exclusive"], told.object["verdicts"]) == (0, False, False)
    assert countercard("account", "cardpluspay", "--exclusive", "yes", "--by", "Ana").code == 0


def test_a_manager_proves_it_and_is_told_what_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            assert not await world.register.people.add_manager("Ana", "7391", "7391")

            async def say(pin: str = "7391", **said: Any) -> str:
                monkeypatch.setattr("sys.stdin", io.StringIO(f"{pin}\n"))
                assert await account(world.register, words(**said)) is Exit.DONE
                return capsys.readouterr().out

            with pytest.raises(NotAllowed, match="not_a_manager"):
                await say("7392", exclusive="yes")
            assert "Others may buy" in await say()
            assert "is found out by the program" in await say(exclusive="yes", evidence="A new key")
            await world.sell()
            world.provider.sell_now()
            await world.sell()
            await world.register.resolver.look()
            told = await say()
            assert "nobody here placed: 2" in told
            assert "decided by a manager" in told
            assert "found out by the program" in await say(explain="Ben, in the portal")
            told = await say(top_up="250.00", evidence="By bank")
            assert "Paid in: $250.00" in told
            assert "Ana" in told
            for unreadable in ("a lot", "0", "1.005"):
                with pytest.raises(NotAllowed, match="amount_unreadable"):
                    await say(top_up=unreadable)

    asyncio.run(run())


def test_where_a_company_tells_no_balance_the_shop_s_currency_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:

            async def none() -> None:
                return None

            world.provider.balance = none
            assert await account(world.register, words(top_up="5")) is Exit.DONE
            known = await world.register.accounts.account("played")
            assert [paid.amount.currency for paid in known.top_ups] == ["USD"]

    asyncio.run(run())


def test_who_only_looks_says_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            beside = await world.open(exclusive=False)
            try:
                assert await account(beside, words(exclusive="yes", json=True)) is Exit.DONE
                assert not (await beside.accounts.account("played")).declared
            finally:
                await beside.close()

    asyncio.run(run())
