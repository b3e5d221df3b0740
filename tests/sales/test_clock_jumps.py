"""A clock that is set while the till is open, and a machine that sleeps with an order on its way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pos_app.clock import ClockWatch
from pos_app.errors import NotAllowed
from pos_app.orders.order import Phase, Status
from tests.world import CASHIER, HandClock, World, until

DAYS = [pytest.param(1, id="a day forward"), pytest.param(-1, id="a day back")]


def play(folder: Path, scene: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        async with World(folder) as world:
            await scene(world)

    asyncio.run(run())


def test_time_that_goes_evenly_is_no_jump() -> None:
    clock = HandClock()
    watch = ClockWatch(clock, clock.seconds)
    for seconds in (0, 2, 3, 59):
        clock.turn(seconds=seconds)
        assert watch.jumped() is None


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(days=-1), timedelta(seconds=6)])
def test_a_jump_is_told_once_and_how_far(by: timedelta) -> None:
    clock = HandClock()
    watch = ClockWatch(clock, clock.seconds)
    clock.turn(seconds=2)
    clock.at += by
    assert watch.jumped() == by
    assert watch.jumped() is None


def test_a_sleep_in_which_the_seconds_go_on_is_noticed_too() -> None:
    clock = HandClock()
    watch = ClockWatch(clock, clock.seconds)
    clock.turn(hours=2)
    assert watch.jumped() == timedelta(hours=2)


@pytest.mark.parametrize("days", DAYS)
def test_sale_numbers_and_entries_keep_their_order(tmp_path: Path, days: int) -> None:
    async def scene(world: World) -> None:
        before = await world.place()
        world.clock.jump(days=days)
        await world.register.look_at_clock()
        after = await world.place()
        assert (before.head.number, after.head.number) == ("03-000001", "03-000002")
        order = await world.register.sales.perform(before.orders[0].id)
        assert order.phase is Phase.FULFILLED
        assert [entry.n for entry in order.entries] == list(range(order.n))
        assert after.head.at - before.head.at == timedelta(days=days)
        rows = await world.register.sales.orders()
        assert {row.sale_number for row in rows} == {"03-000001", "03-000002"}
        assert (await world.register.journal.verify()).broken is None
        await world.restart()
        assert (await world.place()).head.number == "03-000003"

    play(tmp_path, scene)


@pytest.mark.parametrize("days", DAYS)
def test_what_was_sold_today_still_comes_first_when_the_clock_is_right_again(
    tmp_path: Path, days: int
) -> None:
    async def scene(world: World) -> None:
        await world.sell(world.email_line())
        for jump in (days, -days):
            world.clock.jump(days=jump)
            await world.register.look_at_clock()
            await world.register.catalog.refresh()
        assert [brand.name for brand in world.register.catalog.brands()] == ["Café Lumen", "Acme Games"]

    play(tmp_path, scene)


@pytest.mark.parametrize("days", DAYS)
def test_the_lights_are_asked_at_once_and_the_log_tells_why(
    tmp_path: Path, days: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def scene(world: World) -> None:
        await world.register.connections.look()
        (light,) = world.register.connections.lights()
        assert light.state == "ok"
        world.provider.reachable = False
        world.clock.turn(seconds=2)
        await world.register.look_at_clock()
        assert world.register.connections.lights() == (light,)
        world.clock.jump(days=days)
        await world.register.look_at_clock()
        (light,) = world.register.connections.lights()
        assert light.state == "trouble"
        assert "There is no connection to the card company." in light.detail
        assert [record.message for record in caplog.records if "clock" in record.message] == [
            f"the clock jumped by {days * 86400} s: it was set, or this machine slept"
        ]

    play(tmp_path, scene)


@pytest.mark.parametrize("days", DAYS)
def test_late_codes_are_asked_for_at_once(tmp_path: Path, days: int) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("late")
        order = await world.sell()
        for _ in range(6):
            await world.register.resolver.look()
            world.clock.turn(seconds=40)
        world.provider.sold["1"].shown = 1
        world.clock.jump(days=days)
        await world.register.look_at_clock()
        await world.register.resolver.look()
        assert (await world.register.sales.order(order.id)).phase is Phase.FULFILLED

    play(tmp_path, scene)


@pytest.mark.parametrize("days", DAYS)
def test_who_sets_the_clock_has_not_waited_for_a_pin(tmp_path: Path, days: int) -> None:
    async def scene(world: World) -> None:
        people = world.register.people
        assert await people.add_manager("Ada", "4711", "4711") == ()
        for _ in range(4):
            await people.verify("Ada", "9999")
            world.clock.turn(seconds=6)
        waiting = (await people.verify("Ada", "9999")).wait
        assert waiting > timedelta(0)
        world.clock.jump(days=days)
        await world.register.look_at_clock()
        check = await people.verify("Ada", "4711")
        assert not check.right
        assert timedelta(0) < check.wait <= timedelta(minutes=15)
        world.clock.turn(minutes=16)
        assert (await people.verify("Ada", "4711")).right

    play(tmp_path, scene)


@pytest.mark.parametrize("hours", [2, 24, -24])
def test_an_order_on_its_way_stays_so_and_its_late_answer_is_taken(tmp_path: Path, hours: int) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("waits")
        sale = await world.place()
        order_id = sale.orders[0].id
        buying = asyncio.get_running_loop().create_task(world.register.sales.perform(order_id))
        await until(lambda: world.provider.sends == 1)
        world.clock.jump(hours=hours)
        await world.register.look_at_clock()
        order = await world.register.sales.order(order_id)
        assert order.phase is Phase.SENT
        assert world.register.sales.status(order) is Status.IN_PROGRESS
        looking = await world.open(exclusive=False)
        try:
            # Whoever looks from outside sees a lease by the clock as it is now.
            assert await looking.sales.status_anywhere(order) is Status.IN_PROGRESS
        finally:
            await looking.close()
        world.provider.answer_now.set()
        assert (await buying).phase is Phase.FULFILLED
        assert world.provider.sends == 1

    play(tmp_path, scene)


def test_two_that_wake_together_decide_nothing_about_what_one_of_them_works_on(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.now = world.clock
        world.provider.plays.append("waits")
        sale = await world.place()
        order_id = sale.orders[0].id
        buying = asyncio.get_running_loop().create_task(world.register.sales.perform(order_id))
        await until(lambda: world.provider.sends == 1)
        other = await world.open(exclusive=False)
        try:
            world.clock.jump(hours=1)
            # The one beside it is the first to look.
            await other.resolver.look()
            assert other.resolver.standing(order_id) is None
            for act in (
                other.resolver.ask_again(order_id),
                other.settling.not_bought(order_id, "the list shows nothing", "Ana"),
                other.refunds.give_back(order_id, "Ana", evidence="he left"),
            ):
                with pytest.raises(NotAllowed, match="in_flight"):
                    await act
            await world.register.look_at_clock()
            world.clock.turn(seconds=29)
            assert await other.journal.perhaps_leased() == {order_id}
        finally:
            await other.close()
        world.provider.answer_now.set()
        assert (await buying).phase is Phase.FULFILLED

    play(tmp_path, scene)


def test_a_till_that_went_to_sleep_and_was_killed_does_not_buy_again(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.provider.plays.append("silent")
        sale = await world.place()
        order_id = sale.orders[0].id
        buying = asyncio.get_running_loop().create_task(world.register.sales.perform(order_id))
        await until(lambda: world.provider.sends == 1)
        world.clock.jump(hours=2)
        await world.restart()
        assert buying.done()
        order = await world.register.sales.order(order_id)
        assert world.register.sales.status(order) is Status.NOT_CONFIRMED
        await world.register.look_at_clock()
        assert world.provider.sends == 1
        result = await world.register.printouts.print_sale(sale.head.id, CASHIER)
        assert result.problem is None

    play(tmp_path, scene)


def test_times_on_paper_are_of_the_clock_as_it_was(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        at: list[datetime] = []
        for days in (0, 1, -1):
            world.clock.jump(days=days)
            at.append((await world.place()).head.at)
        assert at == [at[0], at[0] + timedelta(days=1), at[0]]

    play(tmp_path, scene)
