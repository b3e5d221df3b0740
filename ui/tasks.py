"""Looking things up for a screen: named tasks that end with their owner.

What moves value or prints is not started here but kept by the register (`Work`); a screen's task may wait
for it and be cancelled without harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from PySide6.QtCore import QObject


class Tasks:
    """Named coroutines owned by a widget; they end with it.

    `on_change` is called when one starts or ends, so that a screen can draw who is busy; `on_error` gets what
    a task raised. Cancellation is silent.
    """

    def __init__(
        self, owner: QObject, *, on_change: Callable[[], None], on_error: Callable[[BaseException], None]
    ) -> None:
        self._on_change, self._on_error, self._buried = on_change, on_error, False
        self._running: dict[str, asyncio.Task[None]] = {}
        # A lambda: Qt drops a bound method of an object that dies with the owner.
        owner.destroyed.connect(lambda: self._bury())  # noqa: PLW0108

    def busy(self, name: str) -> bool:
        """Whether the task `name` runs."""
        return name in self._running

    def start(
        self, name: str, coro: Coroutine[Any, Any, None], *, when_busy: Literal["replace", "refuse"]
    ) -> None:
        """Run `coro` under `name`; of two with one name the new one wins or is refused."""
        current = self._running.get(name)
        # One that has ended may still be listed: its last callback comes in a later turn of the loop.
        if current is not None and not current.done():
            if when_busy == "refuse":
                coro.close()
                return
            current.cancel()
        task = asyncio.get_running_loop().create_task(coro, name=name)
        self._running[name] = task
        task.add_done_callback(self._ended)
        self._on_change()

    def stop(self, name: str) -> None:
        """End the task `name`, if it runs."""
        if task := self._running.get(name):
            task.cancel()

    def cancel(self) -> None:
        """End all of them."""
        for task in list(self._running.values()):
            task.cancel()

    async def settle(self) -> None:
        """Wait until all of them have ended; meant after `cancel`, before the loop closes."""
        if left := list(self._running.values()):
            await asyncio.wait(left, timeout=2)

    def _bury(self) -> None:
        self._buried = True
        self.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._running.get(task.get_name()) is task:
            del self._running[task.get_name()]
        error = None if task.cancelled() else task.exception()
        if self._buried:
            return
        self._on_change()
        if error is not None:
            self._on_error(error)
