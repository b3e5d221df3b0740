"""A loop whose clock stands still while there is anything to do: a busy machine makes no silence.

For tests in which both sides of a connection live on one loop. A patience that ends there has met a silence
of that many seconds, never a process that did not get its turn.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from typing_extensions import override

T = TypeVar("T")
_TURN: Final = 0.001
"""The most a turn of the loop counts in which there was something to do; some time has to pass in it too."""


def run(scene: Coroutine[Any, Any, T]) -> T:
    """Like `asyncio.run`, by the clock of silence."""
    with asyncio.Runner(loop_factory=_QuietLoop) as runner:
        return runner.run(scene)


class _Waits(selectors.DefaultSelector):
    """Counts the seconds in which nothing came; `passed` is their sum."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self._counted = time.monotonic()

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(timeout)
        most = _TURN if events or not timeout else timeout
        now = time.monotonic()
        self.passed += min(most, now - self._counted)
        self._counted = now
        return events


class _QuietLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._waits = _Waits()
        super().__init__(self._waits)

    @override
    def time(self) -> float:
        return self._waits.passed
