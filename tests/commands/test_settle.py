"""`countercard settle`: a verdict from a script, with exit codes to rely on and no code in an argument."""

from __future__ import annotations

import asyncio
import io
import subprocess
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from pos_app.commands.course import Course
from pos_app.commands.exits import Exit
from pos_app.commands.settle import settle as decide
from pos_app.errors import NotAllowed, OutcomeUnknown
from tests.commands.conftest import CommandLine, Told
from tests.world import World

WHY = ("--evidence", "seen in the portal", "--by", "Ana")


@pytest.fixture
def lost(countercard: CommandLine) -> str:
    """The id of an order that was bought and whose answer was lost."""
    countercard.admin.fault("lost_reply", "cardpluspay.create", times=1)
    told = countercard.sell()
    assert told.code == 5, told.err
    return str(told.object["order_id"])


def provider_id(countercard: CommandLine) -> str:
    return str(countercard.admin.card_orders()[-1]["order_id"])


def settle(countercard: CommandLine, *words: str, stdin: str = "") -> Told:
    arguments = countercard.arguments("settle", *words, *WHY, "--json")
    done = subprocess.run(
        arguments, input=stdin.encode(errors="surrogateescape"), capture_output=True, timeout=120, check=False
    )
    return Told(done.returncode, done.stdout.decode(), done.stderr.decode())


def kinds(told: Told) -> list[Any]:
    return [entry["kind"] for entry in told.object["entries"]]


def test_by_the_companys_number(countercard: CommandLine, lost: str) -> None:
    number, bought = provider_id(countercard), len(countercard.admin.card_orders())
    # Other tests leave orders open in this store, which may cost the same.
    named = ("--bought", "--provider-order", number, "--others-checked")
    told = settle(countercard, lost, *named)
    assert (told.code, told.object["error"]["reason"]) == (3, "item_not_told")
    told = settle(countercard, lost, *named, "--item-checked", "--no-pin")
    assert told.code == 0, told.err
    assert (told.object["status"], told.object["provider_order_id"]) == ("fulfilled", number)
    assert told.object["settled"] == {
        "verdict": "bought",
        "how": "by_hand",
        "by": "Ana",
        "evidence": "seen in the portal",
        "reopened": False,
    }
    assert kinds(told)[-2:] == ["heard", "settled"]
    assert not [code for code in countercard.admin.codes() if code in told.out + told.err]
    again = settle(countercard, lost, "--not-bought")
    assert (again.code, again.object["error"]["reason"]) == (3, "nothing_to_settle")
    assert len(countercard.admin.card_orders()) == bought


def test_without_a_verdict_the_books_are_asked_and_may_decide(countercard: CommandLine, lost: str) -> None:
    """Others may buy on the account of these tests, so nothing is decided by itself."""
    number = provider_id(countercard)
    told = countercard("settle", lost, "--json")
    assert (told.code, told.object["status"]) == (5, "not_confirmed"), told.err
    assert number in [row["provider_order_id"] for row in told.object["witnesses"]["new_orders"]]
    assert told.object["own_look"]["judgement"] == "ForAPerson"
    assert "not_exclusive" in told.object["own_look"]["reasons"]
    assert told.object["books_unread"] is None
    assert told.object["recommended"] is None, "no list speaks for an id"
    people = countercard("settle", lost)
    assert people.code == 5
    for words in ("Others may buy on this account too.", "New orders nobody here has", "What to do now"):
        assert words in people.out
    assert number in people.out
    countercard.admin.fault("reset_before_read", "cardpluspay.list", times=20)
    away = countercard("settle", lost, "--json")
    countercard.admin.clear_faults()
    assert (away.code, bool(away.object["books_unread"])) == (5, True), away.out
    assert away.object["witnesses"] is None


def test_half_a_verdict_is_none(countercard: CommandLine, lost: str) -> None:
    for words in (["--by", "Ana"], ["--evidence", "seen"], [*WHY], ["--wait"], ["--wait", "--by", "Ana"]):
        assert countercard("settle", lost, *words).code == 2, words


def test_a_manager_may_wait_and_says_why(countercard: CommandLine, lost: str) -> None:
    told = countercard("settle", lost, "--wait", "--evidence", "they call back", "--by", "Ada", "--json")
    assert told.object["status"] == "not_confirmed", told.err
    assert told.object["entries"][-1]["kind"] == "deferred"


def test_not_bought_is_paid_back_like_any_other(countercard: CommandLine, lost: str) -> None:
    sale = countercard("order", lost, "--json").object["sale_number"]
    told = settle(countercard, sale, "--not-bought")
    assert (told.code, told.object["error"]["reason"]) == (3, "too_early")
    told = settle(countercard, sale, "--not-bought", "--early")
    assert (told.code, told.object["status"]) == (4, "not_bought")
    assert told.object["money_owed"] == {"amount": "25.00", "currency": "USD"}
    assert countercard("order", lost, "--money-back", "--json").code == 0
    assert countercard("order", lost, "--sell-now", "--json").code == 4


def test_codes_come_by_standard_input_or_a_file(countercard: CommandLine, lost: str, tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("TEST-ONE 1 2\n", encoding="utf-8")
    assert settle(countercard, lost, "--bought", "--codes-from", str(file)).code == 3
    assert settle(countercard, lost, "--bought", "--codes-from", str(tmp_path / "none")).code == 3
    broken = settle(countercard, lost, "--bought", "--codes-from", "-", stdin="TEST\udcff00012345\n")
    assert (broken.code, broken.object["error"]["reason"]) == (3, "codes_unreadable")
    told = settle(countercard, lost, "--bought", "--codes-from", "-", stdin=f"TEST-{lost[:8]}\n")
    assert (told.code, told.object["status"]) == (0, "fulfilled"), told.err
    assert f"TEST-{lost[:8]}" not in told.out + told.err


def test_wrong_words_decide_nothing(countercard: CommandLine, lost: str) -> None:
    for words in (
        ["--bought"],
        ["--not-bought", "--provider-order", "1"],
        ["--bought", "--not-bought"],
        ["--provider-order", "1"],
        ["--bought", "--by-email", "--provider-order", "1"],
    ):
        assert settle(countercard, lost, *words).code == 2, words
    assert settle(countercard, "no such order", "--not-bought").code == 3
    unknown = settle(countercard, lost, "--bought", "--provider-order", "987654321")
    assert (unknown.code, unknown.object["error"]["reason"]) == (3, "no_such_provider_order")
    assert settle(countercard, lost, "--seen").code == 3
    assert countercard("order", lost, "--json").object["status"] == "not_confirmed"


def test_a_manager_proves_it_with_a_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            world.provider.plays.append("lost")
            sale = await world.place()
            with pytest.raises(OutcomeUnknown):
                await world.register.sales.perform(sale.orders[0].id)
            assert not await world.register.people.add_manager("Ana", "7391", "7391")
            words = Namespace(
                id=sale.head.number,
                by="ana ",
                evidence="seen in the portal",
                bought=True,
                not_bought=False,
                seen=False,
                wait=False,
                provider_order=None,
                codes_from="-",
                by_email=False,
                item_checked=False,
                others_checked=False,
                portal_checked=False,
                amount_checked=False,
                early=False,
                no_pin=False,
                json=True,
                course=Course(),
            )
            monkeypatch.setattr("sys.stdin", io.StringIO("7392\nTEST-ONE\n"))
            with pytest.raises(NotAllowed, match="not_a_manager"):
                await decide(world.register, words)
            monkeypatch.setattr("sys.stdin", io.StringIO("7391\nTEST-ONE\n"))
            assert await decide(world.register, words) is Exit.DONE
            order = await world.register.sales.order(sale.orders[0].id)
            assert order.settled is not None
            assert order.settled.by == "Ana"

    asyncio.run(run())
