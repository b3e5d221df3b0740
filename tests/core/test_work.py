"""Tasks that outlive whoever asked for them, and end when the register closes."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from typing_extensions import override

from pos_app.work import Work

BOUND = 60.0


def play(scene: Callable[[Work], Awaitable[None]]) -> None:
    """Run `scene` and make sure that nothing of it goes on afterwards."""

    async def run() -> None:
        work = Work()
        await asyncio.wait_for(scene(work), BOUND)
        await work.close(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left

    asyncio.run(run())


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def test_a_second_caller_joins_the_first() -> None:
    async def scene(work: Work) -> None:
        go, runs = asyncio.Event(), 0

        async def act() -> str:
            nonlocal runs
            runs += 1
            await go.wait()
            return "bought"

        callers = [asyncio.ensure_future(work.keep("order 1", act)) for _ in range(3)]
        await turns()
        assert work.busy("order 1")
        assert not work.busy("order 2")
        go.set()
        assert await asyncio.gather(*callers) == ["bought"] * 3
        assert runs == 1
        assert not work.busy("order 1")

    play(scene)


def test_the_same_name_can_be_used_again_afterwards() -> None:
    async def scene(work: Work) -> None:
        results = iter(["first", "second"])

        async def act() -> str:
            return next(results)

        assert await work.keep("order 1", act) == "first"
        assert await work.keep("order 1", act) == "second"

    play(scene)


def test_a_waiter_that_goes_away_does_not_stop_the_work() -> None:
    async def scene(work: Work) -> None:
        go, done = asyncio.Event(), asyncio.Event()

        async def act() -> None:
            await go.wait()
            done.set()

        waiter = asyncio.ensure_future(work.keep("order 1", act))
        stays = asyncio.ensure_future(work.keep("order 1", act))
        await turns()
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        assert work.busy("order 1")
        go.set()
        await stays
        assert done.is_set()

    play(scene)


def test_everybody_who_waits_gets_the_error_and_nobody_is_needed_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scene(work: Work) -> None:
        go = asyncio.Event()

        async def act() -> None:
            await go.wait()
            raise LookupError("TEST-SECRET-CODE")

        callers = [asyncio.ensure_future(work.keep("order 77", act)) for _ in range(2)]
        gone = asyncio.ensure_future(work.keep("order 78", act))
        await turns()
        gone.cancel()
        go.set()
        results = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(result) for result in results] == [LookupError, LookupError]
        await turns()
        assert not work.busy("order 78")

    caplog.set_level(logging.DEBUG)
    play(scene)
    said = [record.getMessage() for record in caplog.records if record.name == "pos_app.work"]
    assert said == ["order ended with LookupError", "order ended with LookupError"]
    assert "TEST-SECRET-CODE" not in caplog.text


def test_close_waits_for_what_is_done_in_time() -> None:
    async def scene(work: Work) -> None:
        done = asyncio.Event()

        async def act() -> None:
            await turns(20)
            done.set()

        caller = asyncio.ensure_future(work.keep("order 1", act))
        await turns()
        await work.close(BOUND)
        assert done.is_set()
        await caller

    play(scene)


def test_close_cancels_what_does_not_end_and_lets_it_clean_up() -> None:
    async def scene(work: Work) -> None:
        cleaned = asyncio.Event()

        async def act() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await turns()
                cleaned.set()

        caller = asyncio.ensure_future(work.keep("order 1", act))
        await turns()
        await work.close(0.01)
        assert cleaned.is_set()
        assert not work.busy("order 1")
        with pytest.raises(asyncio.CancelledError):
            await caller

    play(scene)


def test_a_drain_ends_nothing() -> None:
    async def scene(work: Work) -> None:
        go = asyncio.Event()
        caller = asyncio.ensure_future(work.keep("order 1", go.wait))
        await turns()
        await work.drain(0.01)
        assert work.busy("order 1")
        go.set()
        await work.drain(BOUND)
        assert not work.busy("order 1")
        assert await caller

    play(scene)


def test_a_watch_goes_on_after_an_error_and_ends_at_close(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(work: Work) -> None:
        looks = 0
        enough = asyncio.Event()

        async def look() -> None:
            nonlocal looks
            looks += 1
            if looks == 4:
                enough.set()
            if looks < 4:
                raise RuntimeError("TEST-SECRET-CODE")

        work.every("late codes", 0, look)
        await enough.wait()
        await work.close(0)
        at_close = looks
        await turns(20)
        assert looks == at_close

    play(scene)
    said = [record.getMessage() for record in caplog.records if record.name == "pos_app.work"]
    assert said == ["late codes: RuntimeError"] * 3
    assert "TEST-SECRET-CODE" not in caplog.text


def test_a_watch_never_runs_twice_at_once() -> None:
    async def scene(work: Work) -> None:
        at_once, most, looks = 0, 0, 0

        async def look() -> None:
            nonlocal at_once, most, looks
            at_once += 1
            most = max(most, at_once)
            await turns()
            at_once -= 1
            looks += 1

        work.every("lights", 0, look)
        with pytest.raises(AssertionError, match="lights"):
            work.every("lights", 0, look)
        while looks < 5:
            await turns()
        assert most == 1

    play(scene)


def test_a_watch_in_the_middle_of_a_look_ends_at_close() -> None:
    async def scene(work: Work) -> None:
        inside, left = asyncio.Event(), asyncio.Event()

        async def look() -> None:
            inside.set()
            try:
                await asyncio.Event().wait()
            finally:
                left.set()

        work.every("lights", 1000, look)
        await inside.wait()
        await work.close(0)
        assert left.is_set()

    play(scene)


class TurnedAround(asyncio.SelectorEventLoop):
    """Of what is due, the last comes first. Qt's loop keeps no order either."""

    @override
    def call_soon(self, *args: Any, **named: Any) -> asyncio.Handle:
        handle = super().call_soon(*args, **named)
        ready: deque[asyncio.Handle] = vars(self)["_ready"]
        ready.appendleft(ready.pop())
        return handle


def test_what_has_ended_is_joined_by_nobody_in_whatever_order_callbacks_come() -> None:
    async def scene() -> None:
        work, ran = Work(), 0

        async def act() -> int:
            nonlocal ran
            ran += 1
            return ran

        found: list[int] = []
        for _ in range(20):
            found.append(await work.keep("act", act))
            assert not work.busy("act")
        assert found == list(range(1, 21))
        await work.close(0)

    with asyncio.Runner(loop_factory=TurnedAround) as runner:
        runner.run(asyncio.wait_for(scene(), BOUND))


@pytest.mark.parametrize("fails", [False, True], ids=["done", "failed"])
def test_who_joins_nobody_comes_when_what_runs_is_over_however_it_ends(*, fails: bool) -> None:
    async def scene(work: Work) -> None:
        go, running = asyncio.Event(), 0

        async def first() -> str:
            await go.wait()
            if fails:
                raise RuntimeError("told to the first one alone")
            return "first"

        async def alone() -> str:
            nonlocal running
            running += 1
            assert running == 1
            await turns()
            running -= 1
            return "mine"

        begun = asyncio.ensure_future(work.keep("order 1", first))
        await turns()
        others = asyncio.gather(*(work.keep_next("order 1", alone) for _ in range(3)))
        await turns()
        assert not running
        go.set()
        assert await others == ["mine"] * 3
        ended = (await asyncio.gather(begun, return_exceptions=True))[0]
        assert isinstance(ended, RuntimeError) is fails

    play(scene)
