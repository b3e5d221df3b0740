"""One code for two customers: whoever's answer is written first has it, however close the other one is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed
from pos_app.orders.cards import Card
from pos_app.orders.order import Order, Phase
from pos_app.store.database import Tx
from tests.played_provider import CARD
from tests.world import CASHIER, World, until

SAME = {"code": "TEST-SAME-0001-ABCD"}
OTHER = replace(CARD, item="ACME-50", name="Acme Games other card")
THIRD = replace(CARD, item="ACME-75", name="Acme Games a third card")
ANA, SEEN = "Ana", "seen in the portal"


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


async def answered_together(world: World, *, quantity: int = 1) -> list[Order]:
    """Two orders of one till whose replies come at the same moment; whose was written first comes first."""
    world.provider.plays.extend(["waits", "waits"])
    sales = [await world.place(world.line(quantity=quantity)) for _ in range(2)]
    perform = world.register.sales.perform
    performing = [asyncio.create_task(perform(sale.orders[0].id, sell_anyway=True)) for sale in sales]
    await until(lambda: world.provider.sends == 2)
    world.provider.answer_now.set()
    orders = list(await asyncio.gather(*performing))
    return sorted(orders, key=lambda order: len(order.flags))


async def codes(world: World, order: Order) -> list[str]:
    reveal = world.register.sales.reveal
    return [(await reveal(order.id, card.id, CASHIER)).code for card in order.handed_cards]


def test_a_code_in_two_replies_that_come_together_is_one_customer_s(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.extend([[SAME], [SAME]])
        first, second = await answered_together(world)
        assert (first.phase, first.flags) == (Phase.FULFILLED, ())
        assert await codes(world, first) == [SAME["code"]]
        assert (second.phase, second.flags) == (Phase.CODES_PENDING, ("code_seen_before",))
        assert second.handed_cards == ()
        assert [card.parked for card in second.cards] == [True], "it is kept all the same"

    play(tmp_path, scene)


def test_what_only_one_of_two_replies_has_is_handed_over_beside_it(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.extend([[SAME, {"code": f"TEST-OWN-000{n}-ABCD"}] for n in (1, 2)])
        first, second = await answered_together(world, quantity=2)
        handed = [*await codes(world, first), *await codes(world, second)]
        assert sorted(handed) == ["TEST-OWN-0001-ABCD", "TEST-OWN-0002-ABCD", SAME["code"]]
        assert (len(first.handed_cards), len(second.handed_cards)) == (2, 1)
        assert second.phase is Phase.CODES_PENDING

    play(tmp_path, scene)


def test_an_order_of_the_provider_s_in_two_replies_that_come_together_is_flagged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        read = world.provider.read

        def first_number(*what: object) -> object:
            return replace(read(*what), provider_order_id="1")  # pyright: ignore[reportArgumentType, reportCallIssue]

        monkeypatch.setattr(world.provider, "read", first_number)
        first, second = await answered_together(world)
        assert (first.flags, second.flags) == ((), ("provider_order_seen_before",))
        claimed = world.register.journal.claimed_by_another
        assert not await claimed("account-1", "1", first.id)
        assert await claimed("account-1", "1", second.id)

    play(tmp_path, scene)


def test_a_late_code_of_two_orders_that_are_asked_about_together_is_one_customer_s(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.extend(["late", "late"])
        orders = [await world.sell() for _ in range(2)]
        for sold in world.provider.sold.values():
            sold.codes, sold.shown = [SAME], 1
        ask = world.register.resolver.ask_for_codes
        asked = await asyncio.gather(*(ask(order.id) for order in orders))
        assert sorted(len(order.handed_cards) for order in asked) == [0, 1]
        assert sorted(order.phase for order in asked) == [Phase.CODES_PENDING, Phase.FULFILLED]
        assert sorted(order.flags for order in asked) == [(), ("code_seen_before",)]

    play(tmp_path, scene)


def test_codes_that_are_asked_for_twice_at_once_arrive_once(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell(world.line(quantity=2))
        ask = world.register.resolver.ask_for_codes
        for shown, phase in ((1, Phase.CODES_PENDING), (2, Phase.FULFILLED)):
            world.provider.sold["1"].shown = shown
            asked = await asyncio.gather(ask(order.id), ask(order.id))
            assert [(one.phase, len(one.cards)) for one in asked] == [(phase, shown), (phase, shown)]
        assert [entry.kind for entry in asked[0].entries][3:] == ["answered", *["heard", "codes_arrived"] * 2]

    play(tmp_path, scene)


PINNED = {"code": "TEST-6006-4912", "pin": "0042"}


@pytest.mark.parametrize("card", [SAME, PINNED, {"code": "TEST-LINK", "link": "https://a"}])
def test_a_card_of_another_item_is_not_sold_once_more(tmp_path: Path, card: dict[str, str]) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.extend([[card], [{**card, "code": f" {card['code']} "}]])
        first = await world.sell()
        second = await world.sell(world.line(OTHER))
        assert first.phase is Phase.FULFILLED
        assert (second.phase, second.flags) == (Phase.CODES_PENDING, ("code_seen_before",))
        assert [sealed.parked for sealed in second.cards] == [True]
        # Nor is it what a manager may type for an order of the other item.
        world.provider.plays.append("late")
        third = await world.sell(world.line(OTHER))
        typed = Card(card["code"], card.get("pin"), (("link", card["link"]),) if "link" in card else ())
        with pytest.raises(NotAllowed, match="code_seen_before"):
            await world.register.settling.bought_by_codes(third.id, (typed,), SEEN, ANA)

    play(tmp_path, scene)


def test_a_card_an_early_version_sealed_is_known_under_another_item_to_the_letter(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        grouped = {**PINNED, "code": PINNED["code"].replace("-", " ")}
        world.provider.cards.extend([[PINNED], [PINNED], [grouped]])
        await world.sell()

        def forget(tx: Tx) -> None:
            # The digest that no grouping changes came later.
            tx.execute("UPDATE card_row SET plain_digest = ''")

        await world.register.database.run(forget)
        again = await world.sell(world.line(OTHER))
        assert (again.phase, again.flags) == (Phase.CODES_PENDING, ("code_seen_before",))
        await world.register.database.run(forget)
        third = await world.sell(world.line(THIRD))
        assert (third.phase, third.flags) == (Phase.FULFILLED, ())

    play(tmp_path, scene)


@pytest.mark.parametrize(
    "other",
    [
        {"code": "TEST-6006-4912", "pin": "0043"},
        {"code": "TEST-6006-4912"},
        {"code": "test-6006-4912", "pin": "0042"},
        {"code": "TEST-7007-4912", "pin": "0042"},
    ],
    ids=["another PIN", "no PIN", "other capitals", "another code"],
)
def test_a_card_of_another_item_that_only_looks_like_one_is_sold(
    tmp_path: Path, other: dict[str, str]
) -> None:
    """Codes are each item's own: only the very same code and PIN can not be chance."""

    async def scene(world: World) -> None:
        world.provider.cards.extend([[PINNED], [other]])
        await world.sell()
        second = await world.sell(world.line(OTHER))
        assert (second.phase, second.flags) == (Phase.FULFILLED, ())

    play(tmp_path, scene)
