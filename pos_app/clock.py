"""What differs on every run: the time and fresh ids, which everybody is given; and a time that jumps."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

Now = Callable[[], datetime]
"""Gives the present instant, in UTC."""

NewId = Callable[[], str]
"""Gives an id nobody has had before: 32 hexadecimal digits."""


Seconds = Callable[[], float]
"""Gives seconds that only ever grow, whatever is done to the clock."""

_UNEVEN: Final = timedelta(seconds=5)
_LONGEST_TURN: Final = timedelta(seconds=60)


class ClockWatch:
    """Notices that the clock was set, or that the machine slept: nothing timed before holds then.

    The two can not be told apart. Most systems stop their monotonic seconds while they sleep; where they go
    on (Windows), a turn that took far longer than any turn takes was a sleep too.
    """

    def __init__(self, now: Now, seconds: Seconds) -> None:
        self._now, self._seconds = now, seconds
        self._last = now(), seconds()

    def jumped(self) -> timedelta | None:
        """How far the clock went beyond what passed since the last look; None when it went evenly."""
        (at, since), self._last = self._last, (self._now(), self._seconds())
        passed = timedelta(seconds=self._last[1] - since)
        uneven = (self._last[0] - at) - passed
        if abs(uneven) > _UNEVEN:
            return uneven
        return passed if passed > _LONGEST_TURN else None


def seconds() -> float:
    """This machine's monotonic clock, in seconds."""
    return time.monotonic()


def now() -> datetime:
    """The present instant by this machine's clock, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place that asks the machine


def new_id() -> str:
    """A random id (UUID 4) of 32 hexadecimal digits."""
    return uuid.uuid4().hex  # noqa: TID251  the one place that asks the machine
