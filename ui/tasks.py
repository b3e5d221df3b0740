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
        task = asyncio.get_running_loop().create_task(self._run(name, coro), name=name)
        self._running[name] = task
        # One that is cancelled before its first step never comes to its own end.
        task.add_done_callback(lambda task: self._never_began(task, coro))
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

    async def _run(self, name: str, coro: Coroutine[Any, Any, None]) -> None:
        error: Exception | None = None
        try:
            await coro
        except Exception as raised:  # noqa: BLE001  # whatever it is, the owner is told
            error = raised
        finally:
            # In the step that drew what was found: who reads that can press at once, nothing stays "busy".
            self._end(name, asyncio.current_task())
        if error is not None and not self._buried:
            self._on_error(error)

    def _never_began(self, task: asyncio.Task[None], coro: Coroutine[Any, Any, None]) -> None:
        coro.close()
        self._end(task.get_name(), task)

    def _end(self, name: str, task: asyncio.Task[None] | None) -> None:
        if self._running.get(name) is task:
            del self._running[name]
            if not self._buried:
                self._on_change()
