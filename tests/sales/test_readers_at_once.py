"""Several read one kept reply, each when it suits them: it is told once, and about its own request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pos_app.errors import NotAllowed, OutcomeUnknown, StoreProblem
from pos_app.intake import Intake, last_sent
from pos_app.orders.answers import Reply
from pos_app.orders.entries import Settled, WasNotTaken
from pos_app.orders.order import Order, Phase
from tests.full_disk import FullDisk
from tests.played_provider import Play
from tests.world import World, until

ANA, SEEN = "Ana", "the portal lists nothing"


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await asyncio.wait_for(scene(world), 60)
            assert (await world.register.journal.verify()).broken is None

    asyncio.run(run())


def kinds(order: Order) -> list[str]:
    return [entry.kind for entry in order.entries]


def intake_of(world: World) -> Intake:
    return world.register.sales._intake  # pyright: ignore[reportPrivateUsage]


async def not_understood(world: World, disk: FullDisk, played: Play = "turned_away") -> Order:
    """An order whose reply is kept, while what it says could not be written."""
    disk.refuses = frozenset({"was_not_taken", "answered"})
    world.provider.plays.append(played)
    sale = await world.place()
    with pytest.raises(OutcomeUnknown, match="not_kept"):
        await world.register.sales.perform(sale.orders[0].id)
    disk.refuses = frozenset()
    order = await world.register.sales.order(sale.orders[0].id)
    assert kinds(order) == ["placed", "sent", "heard"]
    return order


def test_who_read_it_before_it_was_taken_back_takes_no_later_request_back(
    tmp_path: Path, disk: FullDisk
) -> None:
    async def scene(world: World) -> None:
        sales, provider = world.register.sales, world.provider
        stale = await not_understood(world, disk)
        await sales.keep_what_was_heard()
        assert (await sales.order(stale.id)).phase is Phase.TO_DO
        provider.plays.append("waits")
        selling = asyncio.create_task(sales.perform(stale.id))
        await until(lambda: provider.sends == 2)
        key = await world.register.journal.key(stale.id)
        now = await intake_of(world).understand(stale, key, provider, ANA)
        assert (now.phase, kinds(now)[-1]) == (Phase.SENT, "sent"), "the second request is under way"
        provider.answer_now.set()
        assert (await selling).phase is Phase.FULFILLED
        assert len(provider.sold) == 1

    play(tmp_path, scene)


@pytest.mark.parametrize("played", ["turned_away", "refused", "yes"])
def test_all_who_read_it_at_one_moment_come_to_one_end(tmp_path: Path, disk: FullDisk, played: Play) -> None:
    async def scene(world: World) -> None:
        register = world.register
        order = await not_understood(world, disk, played)
        said = await asyncio.gather(
            register.resolver.ask_again(order.id),
            register.rereading.everything(),
            register.resolver.reread(),
            register.sales.keep_what_was_heard(),
            register.settling.not_bought(order.id, SEEN, ANA, confirmed=["too_early"]),
            return_exceptions=True,
        )
        refused = [one for one in said if isinstance(one, BaseException)]
        assert [type(one) for one in refused] == [NotAllowed], "a person's verdict, for it moved on"
        now = await register.sales.order(order.id)
        word = "was_not_taken" if played == "turned_away" else "answered"
        assert kinds(now) == ["placed", "sent", "heard", word]
        told = now.entries[-1]
        assert isinstance(told, WasNotTaken) or told == now.answer
        assert getattr(told, "sent", "") == now.entries[1].id

    play(tmp_path, scene)


@pytest.mark.parametrize("played", ["turned_away", "refused", "yes", "cut"])
def test_what_turns_up_is_told_once(tmp_path: Path, disk: FullDisk, played: Play) -> None:
    """Two who read it behind a verdict: what one has seen would be there to be seen again."""

    async def scene(world: World) -> None:
        register, intake = world.register, intake_of(world)
        order = await not_understood(world, disk, played) if played != "cut" else await cut(world)
        world.clock.turn(hours=1)
        head = register.journal.head(order, ANA)
        settled = Settled(**head, verdict="not_bought", evidence=SEEN)
        stale = await register.journal.append(order, settled)
        key = await register.journal.key(order.id)
        for _ in range(2):
            now = await intake.understand(stale, key, world.provider, ANA)
            assert kinds(now)[-2:] == ["settled", "turned_up"]

    async def cut(world: World) -> Order:
        world.provider.plays.append("cut")
        sale = await world.place()
        with pytest.raises(OutcomeUnknown):
            await world.register.sales.perform(sale.orders[0].id)
        return await world.register.sales.order(sale.orders[0].id)

    play(tmp_path, scene)


def test_that_it_never_left_is_said_of_its_own_request(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sales, intake = world.register.sales, intake_of(world)
        world.provider.plays.append("lost_before")
        sale = await world.place()
        with pytest.raises(OutcomeUnknown):
            await sales.perform(sale.orders[0].id)
        order = await sales.order(sale.orders[0].id)
        same = await intake.was_not_taken(order, "offline", ANA, sent="another")
        assert same.n == order.n
        for _ in range(2):
            now = await intake.was_not_taken(order, "offline", ANA, sent=last_sent(order))
            assert kinds(now) == ["placed", "sent", "was_not_taken"]

    play(tmp_path, scene)


def test_that_it_never_left_is_said_behind_a_verdict_too(tmp_path: Path) -> None:
    """Somebody decided while it was under way, and another process had forgotten that it was."""

    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        order_id = (await world.place()).orders[0].id
        selling = asyncio.create_task(world.register.sales.perform(order_id))
        await until(lambda: world.provider.sends == 1)
        journal = world.register.journal
        sent = await journal.order(order_id)
        await journal.forget_leases()
        head = journal.head(sent, ANA)
        await journal.append(sent, Settled(**head, verdict="not_bought", evidence=SEEN))
        now = await intake_of(world).was_not_taken(sent, "offline", ANA, sent=last_sent(sent))
        assert (kinds(now), now.reopened) == (["placed", "sent", "settled", "turned_up"], False)
        world.provider.answer_now.set()
        assert (await selling).reopened, "and that it was bought, behind both"

    play(tmp_path, scene)


async def said_to_be_over(world: World) -> tuple[str, asyncio.Task[Order]]:
    """An order on its way of which somebody wrote, with no right to, that it was not taken up."""
    world.provider.plays.append("waits")
    order_id = (await world.place()).orders[0].id
    selling = asyncio.create_task(world.register.sales.perform(order_id))
    await until(lambda: world.provider.sends == 1)
    order = await world.register.sales.order(order_id)
    await intake_of(world).was_not_taken(order, "offline", ANA, sent=last_sent(order))
    return order_id, selling


@pytest.mark.logs
def test_a_reply_to_what_was_said_to_be_over_leaves_the_order_to_a_person(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        order_id, selling = await said_to_be_over(world)
        world.provider.answer_now.set()
        with pytest.raises(OutcomeUnknown, match="not_kept"):
            await selling
        assert (await sales.order(order_id)).left_because == "restored"
        with pytest.raises(NotAllowed, match="needs_a_manager"):
            await sales.perform(order_id)
        assert len(list((world.folder / "spill").iterdir())) == 1, "the doctor tells of it"
        assert world.provider.sends == 1

    play(tmp_path, scene)


@pytest.mark.logs
def test_without_room_to_say_so_that_is_done_before_it_could_be_sold_again(
    tmp_path: Path, disk: FullDisk
) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        order_id, selling = await said_to_be_over(world)
        disk.refuses = frozenset({"left_to_a_person"})
        world.provider.answer_now.set()
        with pytest.raises(OutcomeUnknown, match="not_kept"):
            await selling
        with pytest.raises(StoreProblem):
            await sales.perform(order_id)
        assert (await world.sell()).phase is Phase.FULFILLED, "that is one order's trouble"
        disk.refuses = frozenset()
        with pytest.raises(NotAllowed, match="needs_a_manager"):
            await sales.perform(order_id)
        assert world.provider.sends == 2

    play(tmp_path, scene)


def test_what_was_looked_up_for_an_order_that_moved_on_is_dropped(tmp_path: Path, disk: FullDisk) -> None:
    async def scene(world: World) -> None:
        sales = world.register.sales
        order = await not_understood(world, disk)
        await sales.keep_what_was_heard()
        key = await world.register.journal.key(order.id)
        looked_up = Reply(200, "", (), b"{}", complete=True)
        with pytest.raises(NotAllowed, match="moved_on"):
            await intake_of(world).hear(order, key, looked_up, about="look", by=ANA)
        assert not (world.folder / "spill").exists()

    play(tmp_path, scene)
