"""The claims behind `make faults` can fail: each kind of broken till is found out, and a sound one is not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pos_app.errors import OutcomeUnknown
from pos_app.intake import Intake
from pos_app.orders.answers import Answer, Refused, Reply, Unclear
from pos_app.printing.devices import FilePrinter
from pos_app.providers.base import Purchase
from pos_app.providers.cardpluspay import CardPlusPay
from pos_app.providers.http import Http
from pos_app.sales import Sales
from pos_app.settings import Paper, Shop
from tests.faults import dice, script
from tests.faults.claims import unknown_papers
from tests.faults.play import Outcome, play
from tests.faults.script import Script
from tests.faults.shop import Manager
from tests.faults.shrink import shortest
from tests.world import CASHIER, World

pytestmark = pytest.mark.logs

LOST = 'single 1 place fault:buy:[{"fault":"lost_reply"}] perform poll'
REPEATED = 'single 1 place perform fault:buy:[{"fault":"repeated_code"}] place perform'


def what(outcome: Outcome) -> set[str]:
    assert not outcome.error, outcome.error
    return {broken.what for broken in outcome.broken}


@pytest.mark.parametrize("kind", script.KINDS)
def test_a_sound_till_holds(kind: script.Kind) -> None:
    assert play(script.read(f"{kind} 2 check place perform place@2 perform@2 print poll settle refund")).holds
    assert play(script.read(f"{kind} 1 place begin turn:1 restart perform turn:1900 settle refund")).holds


def test_a_lost_reply_waits_under_attention() -> None:
    assert play(script.read(LOST)).holds
    assert play(script.read(f"{LOST} settle refund")).holds
    assert play(script.read(REPEATED)).holds


# Each of these broke a promise once, of the till or of the claims.
FOUND = (
    (
        'single 1 exclusive place fault:buy:[{"fault":"garbage","commit":true,"commit_after":2400}]'
        " perform turn:1900 settle refund"
    ),
    (
        'several 1 exclusive place fault:buy:[{"fault":"empty_body","commit_after":18000}]'
        " perform turn:1900 resolve resolve refund"
    ),
    'single 1 place fault:buy:[{"fault":"bought_twice","answer":"second"}] perform print',
    'single 1 place fault:buy:[{"fault":"late_codes"}] perform back',
    (
        'pins 1 exclusive place fault:buy:[{"fault":"bought_twice"}] disk:lying=2 begin turn:1900 settle'
        " place perform"
    ),
)


SUPPLIED = (
    "several 2 place place@2 perform fault:cardpluspay.create:"
    '[{"fault":"reset_before_read"}] perform@2 back place perform'
)


def test_an_order_from_spare_cards_is_in_nobodys_books() -> None:
    """The one not confirmed is looked for behind it."""
    found = play(script.read(SUPPLIED))
    assert found.holds, found.error
    assert {"supplied", "sent"} <= set(found.happened)


@pytest.mark.parametrize("text", FOUND)
def test_what_was_found_stays_mended(text: str) -> None:
    assert play(script.read(text)).holds


def test_the_program_decides_by_itself_and_is_overtaken() -> None:
    lost = "single 1 exclusive place fault:buy:[{wish}] perform turn:1900 resolve resolve"
    bought = play(script.read(lost.replace("{wish}", '{"fault":"lost_reply"}')))
    assert bought.holds
    # Whether this item's cards have a PIN nobody has seen yet: a look-up shows none.
    assert {"codes_pending", "by_look"} <= set(bought.happened)
    late = play(script.read(lost.replace("{wish}", '{"fault":"lost_reply","commit_after":18000}')))
    assert late.holds
    assert {"not_bought", "by_look", "turned_up"} <= set(late.happened)


def test_a_till_that_sends_again_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    once = Http.send_once

    async def twice(self: Http, path: str, headers: Mapping[str, str], body: object) -> Reply:
        try:
            return await once(self, path, headers, body)
        except OutcomeUnknown:
            return await once(self, path, headers, body)

    monkeypatch.setattr(Http, "send_once", twice)
    assert "double" in what(play(script.read(LOST)))


def test_a_till_that_takes_silence_for_a_no_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    read = CardPlusPay.read

    def brave(self: CardPlusPay, reply: Reply, purchase: Purchase) -> Answer:
        answer = read(self, reply, purchase)
        return Refused("other") if isinstance(answer, Unclear) else answer

    monkeypatch.setattr(CardPlusPay, "read", brave)
    wish = '[{"fault":"error_status","commit":true}]'
    assert what(play(script.read(f"several 1 place fault:buy:{wish} perform poll"))) == {"loss"}


def test_a_till_that_forgets_an_order_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(_self: object) -> tuple[()]:
        return ()

    from pos_app.settling import Settling

    monkeypatch.setattr(Settling, "waiting", nothing)
    assert what(play(script.read(LOST))) == {"loss"}


def test_a_verdict_against_the_books_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_self: Manager, _order: object) -> list[object]:
        return []

    monkeypatch.setattr(Manager, "_page", nothing)
    wish = '[{"fault":"lost_reply"}]'
    email = f"email 1 place fault:levelup.create:{wish} perform poll turn:1900 settle"
    assert "wrong verdict" in what(play(script.read(email)))


def test_a_code_that_two_customers_get_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_what: object) -> bool:
        return False

    monkeypatch.setattr(Intake, "_is_elsewhere", never)
    assert "double" in what(play(script.read(REPEATED)))


def test_an_error_nobody_can_be_told_of_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_what: Any) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(Sales, "_buy", broken)
    outcome = play(script.read(LOST))
    assert "a bug" in outcome.error
    assert not outcome.holds


# --- the scripts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", script.KINDS)
def test_a_script_is_what_its_text_says(kind: script.Kind) -> None:
    found = [*list(dice.pairs(kind, 7))[::50], *dice.triples(7, 0, 20)]
    assert [script.read(str(one)) for one in found] == found
    assert [str(one) for one in dice.triples(7, 0, 20)] == [str(one) for one in dice.triples(7, 0, 20)]


@pytest.mark.parametrize("text", ["", "single", "cash 1 place", "single 3 place", "single 1 dance"])
def test_another_text_is_no_script(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        script.read(text)


def test_what_is_not_needed_is_left_out() -> None:
    text = (
        'single 2 check place@2 fault:buy:[{"fault":"lost_reply"},{"fault":"slow","delay_ms":3000}]'
        " perform@2 poll turn:5 settle"
    )

    def breaks(found: Script) -> bool:
        return "lost_reply" in str(found) and any(step.name == "perform" for step in found.steps)

    short = shortest(script.read(text), breaks)
    assert str(short) == 'single 1 fault:buy:[{"fault":"lost_reply"}] perform'


def test_a_code_on_paper_that_nobody_wrote_down_is_found_out(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path / "store") as world:
            register, papers = world.register, tmp_path / "papers"
            register.printouts.use(FilePrinter(papers, Paper()), Shop())
            told, untold = await world.sell(), await world.sell()
            await register.printouts.print_sale(told.placed.sale.id, CASHIER)
            assert await unknown_papers(register, papers, [told.id, untold.id]) == []
            key = await register.journal.key(untold.id)
            clear = register.sales._intake.open_card  # pyright: ignore[reportPrivateUsage]
            code = clear(key, untold.cards[0]).code
            (papers / ".a draft.txt.part").write_text(" ".join(code), encoding="utf-8")
            [broken] = await unknown_papers(register, papers, [told.id, untold.id])
            assert broken.what == "double"

    asyncio.run(run())
