"""The time that a wrong clock can not give: it follows a day of running behind, and is never ahead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from pos_app.store.database import Database, open_database
from pos_app.store.facts import Facts
from pos_app.store.steady import HELD_SECONDS, LONGEST_SECONDS, SteadyTime
from tests.store.shelf import BOUND
from tests.world import HandClock

_LOOKS = round(HELD_SECONDS / LONGEST_SECONDS)


def play(path: Path, scene: Callable[[Database, HandClock], Awaitable[None]]) -> None:
    async def run() -> None:
        database = await open_database(path)
        try:
            await scene(database, HandClock())
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(run(), BOUND))


def begun(database: Database, clock: HandClock) -> SteadyTime:
    return SteadyTime(Facts(database), clock, clock.seconds)


async def runs(steady: SteadyTime, clock: HandClock, looks: int) -> datetime | None:
    held = None
    for _ in range(looks):
        clock.turn(seconds=LONGEST_SECONDS)
        held = await steady.look()
    return held


def test_nothing_holds_before_a_day_has_run_and_then_what_the_clock_said_before_it(path: Path) -> None:
    async def scene(database: Database, clock: HandClock) -> None:
        steady, first = begun(database, clock), clock.at
        assert await steady.look() is None
        assert await runs(steady, clock, _LOOKS - 1) is None
        assert await runs(steady, clock, 1) == first
        second = clock.at
        assert await runs(steady, clock, _LOOKS - 1) == first
        assert await runs(steady, clock, 1) == second

    play(path, scene)


def test_a_till_that_is_begun_again_counts_on_to_the_hour(path: Path) -> None:
    async def scene(database: Database, clock: HandClock) -> None:
        steady, first = begun(database, clock), clock.at
        await steady.look()
        for _ in range(7):
            # Three hours and twenty minutes, of which the last twenty are lost.
            assert await runs(steady, clock, 10) is None
            clock.turn(days=1)
            steady = begun(database, clock)
            assert await steady.look() is None
        assert await runs(steady, clock, 8) is None
        assert await runs(steady, clock, 1) == first

    play(path, scene)


def test_a_clock_that_is_put_right_begins_the_day_anew(path: Path) -> None:
    async def scene(database: Database, clock: HandClock) -> None:
        # As it was when the machine was switched on.
        clock.jump(days=30_000)
        assert await begun(database, clock).look() is None
        steady = begun(database, clock)
        assert await runs(steady, clock, _LOOKS - 1) is None
        clock.jump(days=-30_000)
        first = clock.at
        assert await steady.look() is None
        assert await runs(steady, clock, _LOOKS - 1) is None
        assert await runs(steady, clock, 1) == first
        # And what held was wrong itself, or the clock is now.
        clock.jump(days=-30)
        assert await steady.look() == clock.at

    play(path, scene)


def test_what_nobody_can_read_is_begun_anew(path: Path) -> None:
    async def scene(database: Database, clock: HandClock) -> None:
        await Facts(database).put("steady time", '{"held": "yesterday"}')
        steady = begun(database, clock)
        assert await steady.look() is None
        assert await runs(steady, clock, _LOOKS) is not None

    play(path, scene)


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("turn"), st.integers(1, 3 * 3600)),
        st.tuples(st.just("jump"), st.integers(-(10**7), 10**7)),
        st.tuples(st.just("again"), st.just(0)),
    ),
    min_size=1,
    max_size=60,
)


class _Kept(Facts):
    """Facts of a store that is in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    @override
    async def get(self, name: str) -> str | None:
        return self.kept.get(name)

    @override
    async def put(self, name: str, value: str) -> None:
        self.kept[name] = value


@settings(deadline=None)
@given(_STEPS)
def test_whatever_the_clock_does_what_holds_was_said_a_day_of_running_ago_and_never_taken_back(
    steps: list[tuple[str, int]],
) -> None:
    async def run() -> None:
        clock, facts = HandClock(), _Kept()
        steady = SteadyTime(facts, clock, clock.seconds)
        # What the clock said at each look, and how long the till had run until then.
        said: list[tuple[float, datetime]] = []
        for what, amount in steps:
            if what == "turn":
                clock.turn(seconds=amount)
            elif what == "jump":
                clock.at += timedelta(seconds=amount)
            else:
                steady = SteadyTime(facts, clock, clock.seconds)
            held = await steady.look()
            said.append((clock.passed, clock.at))
            if held is not None:
                since = [at for passed, at in said if clock.passed - passed < HELD_SECONDS]
                assert held <= min(since)

    asyncio.run(run())
