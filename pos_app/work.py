"""Tasks that outlive the screen that asked: everything that moves value, prints or keeps watch."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Work:
    """Named tasks owned by the register; a second caller with the same name joins the one that runs."""

    def __init__(self) -> None:
        self._acting: dict[str, asyncio.Task[Any]] = {}
        self._watching: dict[str, asyncio.Task[None]] = {}

    def busy(self, name: str) -> bool:
        """Whether the task `name` runs."""
        task = self._acting.get(name)
        return task is not None and not task.done()

    async def keep(self, name: str, fn: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run `fn` to its end under `name`; whoever waits here may go away without stopping it."""
        task: asyncio.Task[T] | None = self._acting.get(name)
        # One that has ended may still be listed: who waited for it can be woken before `_acted` is called,
        # since Qt's loop keeps no order among what is due. Joining it would end at once, and do nothing.
        if task is None or task.done():
            task = asyncio.get_running_loop().create_task(fn(), name=name)
            self._acting[name] = task
            task.add_done_callback(self._acted)
        return await asyncio.shield(task)

    async def keep_next(self, name: str, fn: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Like `keep`, but joining nobody: what runs under `name` is over first, however it ends."""
        while (task := self._acting.get(name)) is not None and not task.done():
            await asyncio.wait([task])
        return await self.keep(name, fn)

    def every(self, name: str, seconds: float, fn: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `fn` now and then every `seconds`, one at a time, until `close`; errors are logged."""
        if name in self._watching:
            raise AssertionError(f"{name} is watched already")
        self._watching[name] = asyncio.get_running_loop().create_task(
            self._watch(name, seconds, fn), name=name
        )

    async def drain(self, seconds: float) -> None:
        """Wait at most `seconds` for what is being done; what is not done by then goes on alone."""
        if self._acting:
            await asyncio.wait(list(self._acting.values()), timeout=seconds)

    async def close(self, seconds: float) -> None:
        """Stop watching, wait at most `seconds` for acting tasks, then let go of them.

        A task that is let go of is cancelled; an order it was working on stays as the journal has it.
        """
        for task in self._watching.values():
            task.cancel()
        await asyncio.gather(*self._watching.values(), return_exceptions=True)
        self._watching.clear()
        await self.drain(seconds)
        left = list(self._acting.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _watch(self, name: str, seconds: float, fn: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            try:
                await fn()
            except Exception as error:  # noqa: BLE001  a watch that dies would never be missed
                _log.warning("%s: %s", name, type(error).__name__)
            await asyncio.sleep(seconds)

    def _acted(self, task: asyncio.Task[Any]) -> None:
        if self._acting.get(task.get_name()) is task:
            del self._acting[task.get_name()]
        if not task.cancelled() and (error := task.exception()):
            _log.info("%s ended with %s", task.get_name().split(" ")[0], type(error).__name__)
