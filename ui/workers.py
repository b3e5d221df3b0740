"""The threads for what would hold up the window: begun when there is work for them, with one heap for all.

qasync would begin ten at the first piece of work. Each keeps a heap of its own from then on, and what one
lets go of no other can use: a till that waits all day held two megabytes for them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")

_MOST: Final = 10
_M_ARENA_MAX: Final = -8
"""glibc's own number for it, from <malloc.h>."""


class Workers:
    """The event loop's executor. Until the first piece of work it costs nothing, not even an import."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, fn: Callable[..., T], /, *args: Any, **named: Any) -> Future[T]:
        """Have `fn` called by one of them."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            _share_one_heap()
            self._pool = ThreadPoolExecutor(_MOST, thread_name_prefix="worker")
        return self._pool.submit(fn, *args, **named)

    def shutdown(self) -> None:
        """Wait until everything is done, and end them."""
        if self._pool is not None:
            self._pool.shutdown()


def _share_one_heap() -> None:
    """Threads of Python work one at a time: there is nothing to be gained by a heap for each."""
    if sys.platform != "linux":
        return
    import ctypes

    if (set_option := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        set_option(_M_ARENA_MAX, 1)
