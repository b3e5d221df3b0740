"""Verdicts by hand: what a manager decides stands, binds one order of the provider's, and buys nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed, NotTaken, OutcomeUnknown, StoreProblem
from pos_app.money import Money
from pos_app.orders.answers import Bought, Reply
from pos_app.orders.cards import Card
from pos_app.orders.entries import AnyEntry, Printed, Settled, TurnedUp
from pos_app.orders.order import Order, Phase, Status
from pos_app.printing.text import render
from pos_app.providers.base import Purchase
from pos_app.register import Register
from pos_app.settling import Confirmed, read_cards
from pos_app.store.elsewhere import Elsewhere
from pos_app.store.journal import Journal
from tests.played_provider import Play, SoldOrder
from tests.sales.verdicts import lost, refused
from tests.world import CASHIER, World, until

ANA = "Ana"
SEEN = "seen in the portal"
LOOKED: tuple[Confirmed, ...] = ("item_not_told", "others_open", "too_early", "no_pin")


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)
            sent = world.provider.sends
            # Whatever was decided, a new start sends nothing, and the journal holds.
            await world.restart()
            assert world.provider.sends == sent
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


async def claims(world: World) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for row in await world.register.sales.orders(limit=100):
        order = await world.register.sales.order(row.order_id)
        if order.provider_order_id is not None:
            found.append((order.provider_order_id, order.id))
    return sorted(found)


def kinds(order: Order) -> list[str]:
    return [entry.kind for entry in order.entries]


def test_by_the_providers_number_the_codes_are_fetched_and_sealed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world, world.line(quantity=2))
        settled = await world.register.settling.bought_by_number(order.id, " 1 ", SEEN, ANA, confirmed=LOOKED)
        assert settled.phase is Phase.FULFILLED
        assert kinds(settled)[-3:] == ["sent", "heard", "settled"]
        assert (settled.provider_order_id, settled.provider_order_no) == ("1", "NO-1")
        verdict = settled.settled
        assert verdict is not None
        assert (verdict.by, verdict.evidence, verdict.how) == (ANA, SEEN, "by_hand")
        assert settled.money_owed is None
        card = await world.register.sales.reveal(order.id, settled.handed_cards[0].id, ANA)
        assert card.code == "TEST-0001-0001-ABCD"
        printed = await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert (printed.printed, printed.problem) == (3, None)
        assert "TEST-0001" not in repr(settled)

    play(tmp_path, scene)


def test_one_order_of_the_providers_settles_one_of_ours(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first, second = await lost(world), await lost(world)
        settling = world.register.settling
        await settling.bought_by_number(first.id, "1", SEEN, ANA, confirmed=LOOKED)
        await refused(
            "already_claimed", settling.bought_by_number(second.id, "1", SEEN, ANA, confirmed=LOOKED)
        )
        assert (await world.register.sales.order(second.id)).phase is Phase.SENT
        await settling.bought_by_number(second.id, "2", SEEN, ANA, confirmed=LOOKED)
        assert await claims(world) == [("1", first.id), ("2", second.id)]
        # An order that was answered in the ordinary way has its number too.
        await world.sell()
        third = await lost(world)
        await refused(
            "already_claimed", settling.bought_by_number(third.id, "3", SEEN, ANA, confirmed=LOOKED)
        )

    play(tmp_path, scene)


def test_numbers_that_can_not_be_it_are_refused_in_words(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        # Somebody else sold this one on the same account, before ours was sent.
        world.provider.plays.append("yes")
        elsewhere = await world.sell()
        assert elsewhere.provider_order_id == "1"
        order = await lost(world)
        await lost(world, world.line(quantity=2))
        settling = world.register.settling
        await refused(
            "no_such_provider_order", settling.bought_by_number(order.id, "99", SEEN, ANA, confirmed=LOOKED)
        )
        await refused("other_amount", settling.bought_by_number(order.id, "3", SEEN, ANA, confirmed=LOOKED))
        await refused(
            "nothing_to_settle", settling.bought_by_number(order.id, "  ", SEEN, ANA, confirmed=LOOKED)
        )
        await refused("needs_evidence", settling.bought_by_number(order.id, "2", " ", ANA, confirmed=LOOKED))
        await refused("not_a_manager", settling.bought_by_number(order.id, "2", SEEN, "", confirmed=LOOKED))
        await refused("unknown_order", settling.bought_by_number("no such", "2", SEEN, ANA, confirmed=LOOKED))
        now = await world.register.sales.order(order.id)
        assert now.phase is Phase.SENT
        assert "settled" not in kinds(now)
        assert now.provider_order_id is None
        world.provider.reachable = False
        await refused("offline", settling.bought_by_number(order.id, "2", SEEN, ANA, confirmed=LOOKED))
        world.provider.reachable = True
        world.provider.account = "account-2"
        await refused("other_account", settling.bought_by_number(order.id, "2", SEEN, ANA, confirmed=LOOKED))

    play(tmp_path, scene)


def test_what_was_there_before_is_no_answer(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first = await lost(world)
        second = await lost(world)
        act = world.register.settling.bought_by_number(second.id, "1", SEEN, ANA, confirmed=LOOKED)
        await refused("older_provider_order", act)
        assert (await world.register.sales.order(first.id)).phase is Phase.SENT

    play(tmp_path, scene)


def test_an_order_whose_codes_were_sold_before_is_refused(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.append([{"code": "TEST-SOLD"}])
        await world.sell()
        world.provider.cards.append([{"code": "TEST-SOLD"}])
        order = await lost(world)
        settling = world.register.settling
        await refused(
            "code_seen_before", settling.bought_by_number(order.id, "2", SEEN, ANA, confirmed=LOOKED)
        )
        await refused("code_seen_before", settling.bought_by_codes(order.id, (Card("TEST-SOLD"),), SEEN, ANA))
        assert (await world.register.sales.order(order.id)).phase is Phase.SENT

    play(tmp_path, scene)


def test_codes_typed_once_are_never_new_again(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first, second = await lost(world), await lost(world)
        settling = world.register.settling
        await settling.bought_by_codes(first.id, (Card("TEST-TYPED"),), SEEN, ANA)
        await refused(
            "code_seen_before", settling.bought_by_codes(second.id, (Card("TEST-TYPED"),), SEEN, ANA)
        )

    play(tmp_path, scene)


def test_an_order_that_cost_something_else_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        read = world.provider.read_order

        def dearer(reply: Reply, purchase: Purchase) -> Bought | None:
            bought = read(reply, purchase)
            return bought and replace(bought, cost=Money(2401, "USD"))

        with monkeypatch.context() as moved:
            moved.setattr(world.provider, "read_order", dearer)
            await refused(
                "other_amount",
                world.register.settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED),
            )
        settled = await world.register.settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
        assert settled.phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_codes_from_the_portal_are_counted(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world, world.line(quantity=2))
        settling = world.register.settling

        async def enter(text: str) -> Order:
            return await settling.bought_by_codes(order.id, read_cards(text), SEEN, ANA)

        await refused("nothing_to_settle", enter("\n  \n"))
        await refused("codes_unreadable", enter("TEST-1 0042"))
        await refused("code_twice", enter("TEST-1,0042\nTEST-1,0042"))
        await refused("too_many_codes", enter("TEST-1\nTEST-2\nTEST-3"))
        half = await enter("TEST-1 PIN 0042\n")
        assert (half.phase, len(half.handed_cards)) == (Phase.CODES_PENDING, 1)
        await refused("code_twice", enter("TEST-1;0042"))
        await refused("too_many_codes", enter("TEST-2,1\nTEST-3,2"))
        whole = await enter("TEST-2\t0043")
        assert whole.phase is Phase.FULFILLED
        shown = [await world.register.sales.reveal(order.id, card.id, ANA) for card in whole.handed_cards]
        assert [(card.code, card.pin) for card in shown] == [("TEST-1", "0042"), ("TEST-2", "0043")]
        await refused("nothing_to_settle", enter("TEST-9"))

    play(tmp_path, scene)


def test_the_order_behind_typed_codes_is_named_later_and_fills_in_pins(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.append([{"code": "TEST-A", "pin": "01"}, {"code": "TEST-B", "pin": "02"}])
        order = await lost(world, world.line(quantity=2))
        settling = world.register.settling
        half = await settling.bought_by_codes(order.id, (Card("TEST-A"),), SEEN, ANA)
        assert [card.has_pin for card in half.cards] == [False]
        whole = await settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
        assert whole.phase is Phase.FULFILLED
        assert [card.has_pin for card in whole.handed_cards] == [True, True]
        assert await claims(world) == [("1", order.id)]

    play(tmp_path, scene)


def test_pins_that_the_look_up_does_not_show_are_typed(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.append([{"code": "TEST-OLD", "pin": "1"}])
        await world.sell()
        world.provider.cards.append([{"code": "TEST-NEW"}])
        order = await lost(world)
        settling = world.register.settling
        bare = await settling.bought_by_number(order.id, "2", SEEN, ANA, confirmed=("item_not_told",))
        assert (bare.phase, bare.flags) == (Phase.CODES_PENDING, ("pin_missing", "item_not_told"))
        await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert not [stem for stem in world.printer.papers if "slip" in stem]
        await refused("code_twice", settling.bought_by_codes(order.id, (Card("TEST-NEW"),), SEEN, ANA))
        whole = await settling.bought_by_codes(order.id, (Card("TEST-NEW", "0042"),), SEEN, ANA)
        assert (whole.phase, [card.has_pin for card in whole.handed_cards]) == (Phase.FULFILLED, [True])
        assert whole.provider_order_id == "2"

    play(tmp_path, scene)


def test_late_codes_of_a_settled_order_are_asked_for_like_any_others(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world, world.line(quantity=2))
        world.provider.sold["1"].shown = 1
        half = await world.register.settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
        assert half.phase is Phase.CODES_PENDING
        world.provider.sold["1"].shown = 2
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_card_by_email_is_settled_by_its_senders_word(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order, other = await lost(world, world.email_line()), await lost(world)
        settling = world.register.settling
        await refused("nothing_to_settle", settling.bought_by_codes(order.id, (Card("TEST-1"),), SEEN, ANA))
        settled = await settling.sent_by_email(order.id, "confirmation mail of 9:14", ANA)
        assert (settled.phase, settled.money_owed) == (Phase.FULFILLED, None)
        await refused("nothing_to_settle", settling.sent_by_email(other.id, SEEN, ANA))
        await refused("nothing_to_settle", settling.not_bought(order.id, SEEN, ANA, confirmed=LOOKED))

    play(tmp_path, scene)


def test_not_bought_owes_the_money_until_it_was_given_back(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        sales, settling = world.register.sales, world.register.settling
        await refused("nothing_to_refund", sales.refund(order.id, CASHIER))
        settled = await settling.not_bought(
            order.id, "not in their list, balance as before", ANA, confirmed=LOOKED
        )
        assert (sales.status(settled), settled.money_owed) == (Status.NOT_BOUGHT, order.price)
        assert [row.status for row in await sales.orders(only_open=True)] == [Status.NOT_BOUGHT]
        assert [found.status for found in await settling.waiting()] == [Status.NOT_BOUGHT]
        await refused("already_sent", sales.perform(order.id))
        await refused("already_sent", sales.withdraw(order.id, CASHIER))
        paid = await sales.refund(order.id, CASHIER)
        assert paid.refunded == order.price
        assert await settling.waiting() == ()
        await refused("nothing_to_settle", settling.not_bought(order.id, SEEN, ANA, confirmed=LOOKED))
        await refused(
            "nothing_to_settle", settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
        )
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_two_managers_at_the_same_moment(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        settling = world.register.settling
        done = await asyncio.gather(
            settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED),
            settling.not_bought(order.id, SEEN, "Bo", confirmed=LOOKED),
            settling.bought_by_number(order.id, "1", SEEN, "Cy", confirmed=LOOKED),
            return_exceptions=True,
        )
        reasons = sorted(one.reason for one in done if isinstance(one, NotAllowed))
        assert len(reasons) == 2
        assert set(reasons) <= {"moved_on", "nothing_to_settle"}
        now = await world.register.sales.order(order.id)
        assert kinds(now).count("settled") == 1

    play(tmp_path, scene)


def test_two_orders_with_one_number_at_the_same_moment(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.extend(["silent", "silent"])
        sale = await world.place(world.line(), world.line())
        perform = world.register.sales.perform
        tasks = [asyncio.create_task(perform(order.id, sell_anyway=True)) for order in sale.orders]
        await until(lambda: world.provider.sends == 2)
        await world.restart()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        settling = world.register.settling
        done = await asyncio.gather(
            *(settling.bought_by_number(order.id, "2", SEEN, ANA, confirmed=LOOKED) for order in sale.orders),
            return_exceptions=True,
        )
        assert [getattr(one, "reason", "") for one in done].count("already_claimed") == 1
        assert len(await claims(world)) == 1
        # However close they are: it is asked once more in the transaction of the verdict itself.
        journal = world.register.journal
        left = [await journal.order(order.id) for order in sale.orders]
        (late,) = [order for order in left if order.settled is None]
        verdict = Settled(
            **journal.head(late, ANA), verdict="bought", how="by_hand", evidence=SEEN, provider_order_id="2"
        )
        with pytest.raises(NotAllowed, match="already_claimed"):
            await journal.append(late, verdict)

    play(tmp_path, scene)


def test_a_kill_between_heard_and_settled_claims_nothing_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        journal = world.register.journal

        async def dies(_order: Order, *_entries: AnyEntry) -> Order:
            raise StoreProblem("full")

        with monkeypatch.context() as dying:
            dying.setattr(journal, "append", dies)
            await refused(
                "full", world.register.settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
            )
        await world.restart()
        now = await world.register.sales.order(order.id)
        assert (now.phase, kinds(now)[-1]) == (Phase.SENT, "heard")
        assert await claims(world) == []
        settled = await world.register.settling.bought_by_number(order.id, "1", SEEN, ANA, confirmed=LOOKED)
        assert settled.phase is Phase.FULFILLED
        await world.restart()
        assert await claims(world) == [("1", order.id)]

    play(tmp_path, scene)


async def _still_listening(world: World) -> tuple[asyncio.Task[Order], Register, Order]:
    """A sender that goes on listening although its lease ran out, and a second process beside it."""
    world.provider.plays.append("waits")
    sale = await world.place()
    order_id = sale.orders[0].id
    sending = asyncio.create_task(world.register.sales.perform(order_id))
    await until(lambda: world.provider.sends == 1)
    other = await world.open(exclusive=False)
    for register in (world.register, other):
        await refused("in_flight", register.settling.not_bought(order_id, SEEN, ANA, confirmed=LOOKED))
    assert await other.settling.waiting() == ()
    world.clock.turn(seconds=60)
    # Who slept renews it on waking: the other one waits for that.
    await refused("in_flight", other.settling.not_bought(order_id, SEEN, ANA, confirmed=LOOKED))
    world.clock.turn(seconds=30)
    # The process that sends knows that it is on it, whatever its lease says.
    await refused("in_flight", world.register.settling.not_bought(order_id, SEEN, ANA, confirmed=LOOKED))
    return sending, other, await world.register.sales.order(order_id)


def test_a_yes_behind_not_bought_turns_up_and_its_cards_are_the_shops(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sending, other, order = await _still_listening(world)
        await other.settling.not_bought(order.id, SEEN, ANA, confirmed=LOOKED)
        await other.close()
        world.provider.answer_now.set()
        now = await sending
        assert (now.phase, now.reopened, now.handed_cards) == (Phase.NOT_BOUGHT, True, ())
        assert kinds(now)[-3:] == ["settled", "heard", "turned_up"]
        assert [card.parked for card in now.cards] == [True]
        assert await claims(world) == []
        sales, settling = world.register.sales, world.register.settling
        await refused(
            "already_claimed",
            settling.bought_by_number((await lost(world)).id, "1", SEEN, ANA, confirmed=LOOKED),
        )
        with pytest.raises(NotAllowed, match="no_codes"):
            await sales.reveal(order.id, now.cards[0].id, ANA)
        await world.register.printouts.print_sale(order.placed.sale.id, CASHIER)
        assert not [stem for stem in world.printer.papers if "slip" in stem]
        await sales.refund(order.id, CASHIER)
        # The money is back, and still somebody has to see that the card came.
        assert order.id in {found.order.id for found in await settling.waiting()}
        await refused("code_in_evidence", settling.seen(order.id, "it was TEST-0001-0001-ABCD", ANA))
        seen = await settling.seen(order.id, "claimed back from the provider", ANA)
        assert not seen.reopened
        assert order.id not in {found.order.id for found in await settling.waiting()}
        await refused("nothing_to_settle", settling.seen(order.id, SEEN, ANA))

    play(tmp_path, scene)


def test_an_answer_behind_bought_makes_it_richer_and_names_the_order(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.cards.append([{"code": "TEST-A", "pin": "0042"}])
        sending, other, order = await _still_listening(world)
        await other.settling.bought_by_codes(order.id, (Card("TEST-A"),), SEEN, ANA)
        await other.close()
        world.provider.answer_now.set()
        now = await sending
        assert (now.phase, now.reopened, now.provider_order_id) == (Phase.FULFILLED, False, "1")
        assert kinds(now)[-2:] == ["codes_arrived", "turned_up"]
        (card,) = now.handed_cards
        assert (await world.register.sales.reveal(order.id, card.id, ANA)).pin == "0042"

    play(tmp_path, scene)


def test_other_cards_behind_bought_are_parked_and_asked_about(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sending, other, order = await _still_listening(world)
        await other.settling.bought_by_codes(order.id, (Card("TEST-ELSE"),), SEEN, ANA)
        await other.close()
        world.provider.answer_now.set()
        now = await sending
        assert (now.phase, now.reopened) == (Phase.FULFILLED, True)
        assert [card.parked for card in now.cards] == [False, True]
        assert len(now.handed_cards) == 1
        assert not (await world.register.settling.seen(order.id, SEEN, ANA)).reopened

    play(tmp_path, scene)


def test_the_answer_of_another_order_behind_bought_is_not_mixed_with_it(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sending, other, order = await _still_listening(world)
        codes = [{"code": "TEST-WRONG-ONE"}]
        world.provider.sold["9"] = SoldOrder("9", codes, Money(2400, "USD"), shown=0)
        await other.settling.bought_by_number(order.id, "9", SEEN, ANA, confirmed=LOOKED)
        await other.close()
        world.provider.answer_now.set()
        now = await sending
        assert (now.provider_order_id, now.reopened, now.flags) == (
            "9",
            True,
            ("item_not_told", "other_order"),
        )
        # A card is still missing, and yet this one is not it.
        assert (now.phase, now.handed_cards) == (Phase.CODES_PENDING, ())
        assert [card.parked for card in now.cards] == [True]
        second = await lost(world)
        await refused(
            "already_claimed",
            world.register.settling.bought_by_number(second.id, "2", SEEN, ANA, confirmed=LOOKED),
        )

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("how", "word"), [("refused", "no"), ("turned_away", "not_taken"), ("cut", "unclear")]
)
def test_what_agrees_with_not_bought_is_written_behind_it(tmp_path: Path, how: Play, word: str) -> None:
    async def scene(world: World) -> None:
        sending, other, order = await _still_listening_for(world, how)
        await other.settling.not_bought(order.id, SEEN, ANA, confirmed=LOOKED)
        await other.close()
        world.provider.answer_now.set()
        await asyncio.gather(sending, return_exceptions=True)
        now = await world.register.sales.order(order.id)
        assert (now.phase, now.reopened, now.unread) == (Phase.NOT_BOUGHT, False, False)
        up = now.entries[-1]
        assert isinstance(up, TurnedUp)
        assert up.word == word
        assert now.money_owed == order.price

    play(tmp_path, scene)


async def _still_listening_for(world: World, how: Play) -> tuple[asyncio.Task[Order], Register, Order]:
    """Like `_still_listening`, for an answer that is none of the ordinary ones."""
    send = world.provider.send

    async def waits(purchase: object) -> object:
        await world.provider.answer_now.wait()
        world.provider.plays.clear()
        world.provider.plays.append(how)
        return await send(purchase)  # type: ignore[arg-type]

    world.provider.send = waits  # type: ignore[method-assign, assignment]
    sale = await world.place()
    sending = asyncio.create_task(world.register.sales.perform(sale.orders[0].id))
    await asyncio.sleep(0)
    await _until_sent(world, sale.orders[0].id)
    world.clock.turn(seconds=60)
    other = await world.open(exclusive=False)
    await other.journal.perhaps_leased()
    world.clock.turn(seconds=30)
    return sending, other, await world.register.sales.order(sale.orders[0].id)


async def _until_sent(world: World, order_id: str) -> None:
    for _ in range(500):
        if (await world.register.sales.order(order_id)).phase is Phase.SENT:
            return
    raise AssertionError("it was never sent")


def test_a_kill_before_a_late_answer_was_understood_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(world: World) -> None:
        sending, other, order = await _still_listening(world)
        await other.settling.not_bought(order.id, SEEN, ANA, confirmed=LOOKED)
        await other.close()

        async def dies(_order_id: str, _build: object) -> Order:
            raise StoreProblem("full")

        with monkeypatch.context() as dying:
            dying.setattr(world.register.journal, "take_in", dies)
            world.provider.answer_now.set()
            await asyncio.gather(sending, return_exceptions=True)
        now = await world.register.sales.order(order.id)
        assert (now.unread, now.reopened) == (True, False)
        await world.restart()
        now = await world.register.sales.order(order.id)
        assert (now.unread, now.reopened, len(now.cards)) == (False, True, 1)
        # Read once, not again at every start.
        await world.restart()
        assert (await world.register.sales.order(order.id)).n == now.n

    play(tmp_path, scene)


def test_a_late_answer_finds_its_place_behind_what_others_write_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Papers are printed between keeping the reply and writing what it says."""

    async def scene(world: World) -> None:
        sending, other, order = await _still_listening(world)
        await other.settling.not_bought(order.id, SEEN, ANA, confirmed=LOOKED)
        await other.close()
        journal = world.register.journal
        take_in = journal.take_in

        def printed(current: Order) -> AnyEntry:
            return Printed(**journal.head(current, CASHIER), document="pending", printer="paper")

        async def busy(order_id: str, build: Callable[[Order, Elsewhere], Sequence[AnyEntry]]) -> Order:
            await journal.add(order_id, printed)
            return await take_in(order_id, build)

        with monkeypatch.context() as crowded:
            crowded.setattr(journal, "take_in", busy)
            world.provider.answer_now.set()
            assert (await sending).reopened
        now = await world.register.sales.order(order.id)
        assert (now.unread, now.reopened, len(now.cards)) == (False, True, 1)
        assert kinds(now)[-3:] == ["heard", "printed", "turned_up"]

    play(tmp_path, scene)


@pytest.mark.logs
@pytest.mark.parametrize("restarted", [False, True])
def test_a_reply_that_was_kept_speaks_before_anybody_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restarted: bool
) -> None:
    async def scene(world: World) -> None:
        sale = await world.place()
        order_id = sale.orders[0].id

        async def full(_journal: object, _order_id: str, _build: object) -> Order:
            raise StoreProblem("full")

        with monkeypatch.context() as filling:
            filling.setattr(Journal, "take_in", full)
            with pytest.raises(OutcomeUnknown):
                await world.register.sales.perform(order_id)
            if restarted:
                await world.restart()
        await refused("moved_on", world.register.settling.not_bought(order_id, SEEN, ANA, confirmed=LOOKED))
        assert (await world.register.sales.order(order_id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_the_witnesses_are_the_fence_and_the_books_now(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        await world.sell()
        order = await lost(world)
        await world.sell()
        settling = world.register.settling
        seen = await settling.witnesses(order.id)
        assert seen.fence is not None
        assert seen.look is not None
        assert (seen.fence.balance, seen.look.balance) == (Money(497_600, "USD"), Money(492_800, "USD"))
        assert [row.provider_order_id for row in seen.look.rows] == ["3", "2"]
        # The order sold after it is ours; the one that is left is the one nobody has.
        assert [row.provider_order_id for row in seen.unclaimed] == ["2"]
        assert (seen.reply_kept, seen.rivals) == (False, 0)
        await lost(world)
        assert (await settling.witnesses(order.id)).rivals == 1
        world.provider.reachable = False
        with pytest.raises(NotTaken):
            await settling.witnesses(order.id)
        world.provider.account = "account-2"
        assert (await settling.witnesses(order.id)).look is None
        fresh = await world.place()
        assert (await settling.witnesses(fresh.orders[0].id)).fence is None

    play(tmp_path, scene)


def test_what_waits_is_told_oldest_first_and_since_when(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        first = await world.place()
        world.clock.turn(minutes=1)
        second = await lost(world)
        world.clock.turn(minutes=1)
        world.provider.plays.append("refused")
        await world.sell()
        waiting = await world.register.settling.waiting()
        assert [found.status for found in waiting] == [Status.TO_DO, Status.NOT_CONFIRMED, Status.REFUSED]
        assert [found.order.id for found in waiting[:2]] == [first.orders[0].id, second.id]
        assert waiting[0].since < waiting[1].since < waiting[2].since
        assert len(await world.register.settling.waiting(limit=2)) == 2

    play(tmp_path, scene)


def test_the_receipt_is_printed_once_more_after_a_verdict(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        order = await lost(world)
        sale_id = order.placed.sale.id
        await world.register.printouts.print_sale(sale_id, CASHIER)
        await world.register.settling.not_bought(order.id, SEEN, ANA, confirmed=LOOKED)
        await world.register.printouts.print_sale(sale_id, CASHIER)
        receipts = [paper for stem, paper in world.printer.papers.items() if "receipt" in stem]
        assert len(receipts) == 2
        words = " ".join(render(receipts[1], 48).split())
        assert "not bought: no card, your money is owed back" in words
        assert not [stem for stem in world.printer.papers if "pending" in stem][1:]

    play(tmp_path, scene)
