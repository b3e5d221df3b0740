"""An event loop on which no time passes: where everybody waits, its clock jumps to who is due first.

What a program does on worker threads is done at once and on the spot, so that a script of many hours takes
milliseconds, and the same script always goes the same way. Nothing on it may wait for a real socket.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import override


class StandsStill(Exception):
    """Everybody waits for something that will never happen."""


class _Waiting(selectors.BaseSelector):
    """Lets the loop's clock jump where a real selector would wait."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.time = 0.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise StandsStill
        self.time += max(0.0, timeout)
        return []

    @override
    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    @override
    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    @override
    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    @override
    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time` begins at 0 and moves only when everybody waits."""

    def __init__(self) -> None:
        self._waiting = _Waiting()
        super().__init__(self._waiting)

    @override
    def time(self) -> float:
        return self._waiting.time

    @override
    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  it is raised where it is waited for
            future.set_exception(error)
        return future
