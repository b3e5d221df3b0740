"""Tasks end with their owner, and only errors are told."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject

from ui.tasks import Tasks


class _Watched:
    def __init__(self) -> None:
        self.owner = QObject()
        self.changes = 0
        self.errors: list[BaseException] = []
        self.tasks = Tasks(self.owner, on_change=self._changed, on_error=self.errors.append)

    def _changed(self) -> None:
        self.changes += 1


async def test_the_newer_of_two_with_one_name_wins_or_is_refused() -> None:
    seen: list[str] = []
    gate = asyncio.Event()

    async def look(name: str) -> None:
        await gate.wait()
        seen.append(name)

    watched = _Watched()
    watched.tasks.start("look", look("first"), when_busy="replace")
    watched.tasks.start("look", look("second"), when_busy="replace")
    watched.tasks.start("look", look("third"), when_busy="refuse")
    assert watched.tasks.busy("look")
    gate.set()
    await watched.tasks.settle()
    await asyncio.sleep(0)
    assert seen == ["second"]
    assert not watched.tasks.busy("look")
    assert watched.changes >= 3
    assert watched.errors == []


async def test_one_that_has_ended_refuses_nobody() -> None:
    """Whoever presses again between a task's end and the last of its callbacks is not turned away."""
    seen: list[str] = []
    watched = _Watched()
    loop = asyncio.get_running_loop()

    async def second() -> None:
        seen.append("second")

    async def first() -> None:
        loop.call_soon(lambda: watched.tasks.start("look", second(), when_busy="refuse"))

    watched.tasks.start("look", first(), when_busy="refuse")
    for _turn in range(10):
        await asyncio.sleep(0)
    await watched.tasks.settle()
    assert seen == ["second"]


async def test_it_has_ended_in_the_very_step_that_drew_what_it_found() -> None:
    """Nobody can read the answer while the screen still says "one moment" and turns presses away."""
    watched = _Watched()
    heard: list[bool] = []
    loop = asyncio.get_running_loop()

    async def look() -> None:
        # Comes before anything that the end of the task asks the loop for.
        loop.call_soon(lambda: heard.append(watched.tasks.busy("look")))

    watched.tasks.start("look", look(), when_busy="refuse")
    assert watched.changes == 1
    await watched.tasks.settle()
    assert heard == [False]
    assert watched.changes == 2


async def test_one_that_is_stopped_before_it_begins_ends_too() -> None:
    began: list[str] = []

    async def look() -> None:
        began.append("look")
        await asyncio.Event().wait()

    watched = _Watched()
    watched.tasks.start("look", look(), when_busy="replace")
    watched.tasks.cancel()
    await watched.tasks.settle()
    await asyncio.sleep(0)
    assert (began, watched.tasks.busy("look"), watched.errors) == ([], False, [])


async def test_errors_are_told_and_cancelling_is_silent() -> None:
    async def fail() -> None:
        raise ValueError("x")

    async def wait() -> None:
        await asyncio.Event().wait()

    watched = _Watched()
    watched.tasks.start("fail", fail(), when_busy="replace")
    watched.tasks.start("wait", wait(), when_busy="replace")
    watched.tasks.stop("wait")
    await watched.tasks.settle()
    await asyncio.sleep(0)
    assert [type(error) for error in watched.errors] == [ValueError]


async def test_they_end_with_their_owner_and_touch_it_no_more() -> None:
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    watched = _Watched()
    watched.tasks.start("wait", wait(), when_busy="replace")
    await asyncio.sleep(0)
    before = watched.changes
    watched.owner.deleteLater()
    watched.owner = QObject()
    await asyncio.wait_for(ended.wait(), 60)
    await asyncio.sleep(0)
    assert watched.changes == before
    assert watched.errors == []
