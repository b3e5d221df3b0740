"""Claims against providers: what is proposed, what is opened and closed, and the file that goes to them."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.claims import COLUMNS, Claim, Proposal, Why, claim_letter, claim_table, why_words
from pos_app.errors import NotAllowed
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.answers import Answer, Bought, Reply
from pos_app.orders.entries import TurnedUp
from pos_app.orders.order import Order, Phase
from pos_app.providers.base import Purchase
from pos_app.store.rebuild import differing, rebuild
from tests.played_provider import CARD
from tests.sales.verdicts import lost, refused
from tests.world import CASHIER, World

ANA, WHY = "Ana", "they asked us to write"
COST = Money(2400, "USD")


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            journal = world.register.journal
            assert (await journal.verify()).broken is None
            database, sealer = journal._database, journal._sealer  # pyright: ignore[reportPrivateUsage]
            assert await differing(database) == 0
            await rebuild(database, sealer, "03")
            assert await differing(database) == 0

    asyncio.run(run())


async def doubled(world: World) -> Order:
    """An order with one card more than was asked for."""
    world.provider.plays.append("doubled")
    return await world.sell()


def told(proposals: tuple[Proposal, ...]) -> list[tuple[str, str, tuple[str, ...], Money | None]]:
    return [(one.order.id, one.why, one.cards, one.amount) for one in proposals]


def charged(world: World, monkeypatch: pytest.MonkeyPatch, cost: Money | None) -> None:
    """Have the provider say that it debits `cost`."""
    read = world.provider.read

    def other(reply: Reply, purchase: Purchase) -> Answer:
        answer = read(reply, purchase)
        return replace(answer, cost=cost) if isinstance(answer, Bought) else answer

    monkeypatch.setattr(world.provider, "read", other)


def test_parked_and_spare_cards_are_proposed_claimed_and_sold_to_nobody_meanwhile(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        claims, spares = world.register.claims, world.register.spares
        order = await doubled(world)
        assert told(await claims.proposals()) == [(order.id, "parked_card", ("2",), COST)]
        number = await claims.open(order.id, "parked_card", cards=["2"], amount=COST, by=ANA, evidence=WHY)
        assert number == "C-03-0001"
        assert await claims.proposals() == ()
        (lying,) = await spares.list()
        assert (lying.standing, lying.claim) == ("claimed", number)
        (open_one,) = await claims.list()
        assert (open_one.number, open_one.order.id, open_one.closed) == (number, order.id, None)
        after = await claims.close(f" {number.lower()} ", "refused", by=ANA, evidence="they say it is ours")
        assert after.claims == ()
        assert await claims.list() == ()
        (closed,) = await claims.list(closed=True)
        assert closed.closed is not None
        assert closed.closed.outcome == "refused"
        await spares.make_spare(order.id, ["2"], ANA, WHY)
        assert told(await claims.proposals()) == [(order.id, "spare_card", ("2",), COST)]
        second = await claims.open(order.id, "spare_card", cards=["2"], by=ANA, evidence=WHY)
        sent = world.provider.sends
        await world.sell()
        assert world.provider.sends == sent + 1, "what is claimed back is not sold"
        gone = await claims.close(second, "credited", amount=COST, by=ANA, evidence="on the statement")
        assert (second, gone.gone) == ("C-03-0002", {"2"})
        assert [one.number for one in await claims.list(closed=True)] == [number, second]
        assert await spares.list() == ()

    play(tmp_path, scene)


def test_what_can_not_be_claimed_is_refused_in_words(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        claims = world.register.claims
        order = await doubled(world)
        to_do = (await world.place()).orders[0]
        for order_id, why, cards in (
            (order.id, "parked_card", []),
            (order.id, "parked_card", ["1"]),
            (order.id, "spare_card", ["2"]),
            (order.id, "wrong_charge", ["1"]),
            (to_do.id, "missing_card", []),
        ):
            with pytest.raises(NotAllowed, match="not_claimable"):
                await claims.open(order_id, why, cards=cards, by=ANA, evidence=WHY)  # pyright: ignore[reportArgumentType]
        for by, evidence, reason in (
            ("", WHY, "not_a_manager"),
            (ANA, " ", "needs_evidence"),
            (ANA, "TEST 0001 0002 ABCD", "code_in_evidence"),
        ):
            with pytest.raises(NotAllowed, match=reason):
                await claims.open(order.id, "parked_card", cards=["2"], by=by, evidence=evidence)
        await refused("unknown_claim", claims.close("C-03-0001", "credited", by=ANA, evidence=WHY))
        number = await claims.open(order.id, "parked_card", cards=["2", "2"], by=ANA, evidence=WHY)
        await refused("needs_evidence", claims.close(number, "credited", by=ANA, evidence=""))
        with pytest.raises(NotAllowed, match="not_claimable"):
            await claims.open(order.id, "parked_card", cards=["2"], by=ANA, evidence=WHY)
        told = await asyncio.gather(
            *(claims.close(number, outcome, by=ANA, evidence=WHY) for outcome in ("replaced", "credited")),
            return_exceptions=True,
        )
        (late,) = [one for one in told if isinstance(one, BaseException)]
        assert isinstance(late, NotAllowed)
        assert late.reason == "unknown_claim"
        await refused("unknown_claim", claims.close(number, "credited", by=ANA, evidence=WHY))

    play(tmp_path, scene)


def test_the_same_money_is_claimed_once_unless_the_company_refused_it(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        claims, order = world.register.claims, await world.sell()

        async def claimed(why: Why) -> str:
            return await claims.open(order.id, why, by=ANA, evidence=WHY, amount=Money(100, "USD"))

        number = await claimed("wrong_charge")
        same: tuple[Why, ...] = ("wrong_charge", "turned_up")
        for why in same:
            with pytest.raises(NotAllowed, match="claimed_before") as caught:
                await claimed(why)
            assert number in explain(caught.value).what
        await claimed("missing_card")
        with pytest.raises(NotAllowed, match="claimed_before"):
            await claimed("missing_card")
        await claims.close(number, "refused", by=ANA, evidence=WHY)
        number = await claimed("wrong_charge")
        await claims.close(number, "credited", by=ANA, evidence=WHY)
        with pytest.raises(NotAllowed, match="claimed_before"):
            await claimed("wrong_charge")

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("cost", "amount"),
    [(Money(2600, "USD"), Money(200, "USD")), (Money(2300, "USD"), None), (Money(2600, "EUR"), None)],
)
def test_a_charge_other_than_quoted_is_proposed_until_it_was_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cost: Money, amount: Money | None
) -> None:
    async def scene(world: World) -> None:
        charged(world, monkeypatch, cost)
        order = await world.sell()
        claims = world.register.claims
        assert told(await claims.proposals()) == [(order.id, "wrong_charge", (), amount)]
        await claims.open(order.id, "wrong_charge", by=ANA, evidence=WHY)
        assert await claims.proposals() == ()

    play(tmp_path, scene)


def test_an_order_of_the_companys_that_came_twice_is_proposed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        read = world.provider.read

        def first_number(*what: object) -> object:
            return replace(read(*what), provider_order_id="1", cost=None)  # pyright: ignore[reportArgumentType, reportCallIssue]

        monkeypatch.setattr(world.provider, "read", first_number)
        await world.sell()
        second = await world.sell()
        assert told(await world.register.claims.proposals()) == [(second.id, "wrong_charge", (), None)]

    play(tmp_path, scene)


def test_what_was_claimed_of_an_order_hides_nothing_else_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        charged(world, monkeypatch, Money(2600, "USD"))
        order = await doubled(world)
        claims = world.register.claims
        assert [one.why for one in await claims.proposals()] == ["parked_card", "wrong_charge"]
        await claims.open(order.id, "wrong_charge", by=ANA, evidence=WHY)
        assert [one.why for one in await claims.proposals()] == ["parked_card"]

    play(tmp_path, scene)


@pytest.mark.parametrize("quoted", [COST, None])
def test_cards_that_do_not_come_are_proposed_after_two_days(tmp_path: Path, quoted: Money | None) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("part")
        order = await world.sell(world.line(replace(CARD, cost=quoted), quantity=3))
        claims = world.register.claims
        world.clock.turn(hours=47)
        assert await claims.proposals() == ()
        world.clock.turn(hours=2)
        assert told(await claims.proposals()) == [(order.id, "missing_card", (), quoted)]
        await claims.open(order.id, "missing_card", by=ANA, evidence=WHY)
        assert await claims.proposals() == ()

    play(tmp_path, scene)


async def turned_up(world: World) -> Order:
    """An order that was judged as not bought, and was delivered all the same."""
    register = world.register
    order = await lost(world)
    await register.settling.not_bought(order.id, "not in the list", ANA, confirmed=["too_early"])
    await register.refunds.give_back(order.id, CASHIER)
    current = await register.sales.order(order.id)
    heard = TurnedUp(
        **register.journal.head(current, "countercard"),
        word="yes",
        provider_order_id="=1+1",
        provider_order_no="NO-9",
        cost=COST,
    )
    return await register.journal.append(current, heard)


def test_what_turned_up_is_proposed_and_told_to_the_company(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await turned_up(world)
        assert order.phase is Phase.NOT_BOUGHT
        claims = world.register.claims
        assert told(await claims.proposals()) == [(order.id, "turned_up", (), COST)]
        number = await claims.open(order.id, "turned_up", amount=COST, by=ANA, evidence=WHY)
        assert await claims.proposals() == ()
        found = await claims.list()
        rows = list(csv.DictReader(io.StringIO(claim_table(found))))
        assert rows == [
            {
                "claim": number,
                "state": "open",
                "why": "turned_up",
                "our_order": order.placed.sale.number,
                "our_order_id": order.id,
                "provider": "played",
                "provider_order_id": "'=1+1",
                "provider_order_number": "NO-9",
                "sent_utc": "2026-11-21T21:42:00+00:00",
                "answered_utc": "2026-11-21T21:42:00+00:00",
                "item": "ACME-25",
                "quantity": "1",
                "quoted": "24.00",
                "charged": "24.00",
                "currency": "USD",
                "claimed": "24.00",
                "claimed_currency": "USD",
                "cards": "",
            }
        ]

    play(tmp_path, scene)


def test_the_file_has_no_code_no_pin_and_no_address(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.append(
            [{"code": f"TEST-0001-000{place}-ABCD", "pin": f"00777{place}"} for place in (1, 2)]
        )
        order = await world.sell()
        world.provider.plays.append("confirm")
        mailed = await world.sell(world.email_line("kim@mail.example"))
        claims = world.register.claims
        await claims.open(order.id, "parked_card", cards=["2"], by=ANA, evidence=WHY)
        second = await claims.open(mailed.id, "wrong_charge", by=ANA, evidence="kim@mail.example wrote")
        await claims.close(second, "credited", by=ANA, evidence=WHY)
        found: tuple[Claim, ...] = await claims.list(closed=True)
        table, letter = claim_table(found), claim_letter(found)
        assert table.splitlines()[0] == ",".join(COLUMNS)
        assert [row["state"] for row in csv.DictReader(io.StringIO(table))] == ["open", "credited"]
        for text in (table, letter):
            assert "••••-••••-••••-ABCD" in text
            for secret in ("TEST-0001", "007772", "mail.example"):
                assert secret not in text
        assert letter.startswith(f"C-03-0001  {why_words('parked_card')}\n  our order: 03-00000")
        assert letter.count("\n\n") == 1

    play(tmp_path, scene)


def test_without_claims_there_is_nothing_to_say() -> None:
    assert claim_letter(()) == ""
    assert claim_table(()).splitlines() == [",".join(COLUMNS)]
