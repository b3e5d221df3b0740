"""The provider's clock: this machine's, until somebody turns it."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Generator

LIMIT = 4_102_444_800
"""The latest moment it can be set to, in Unix time: the beginning of the year 2100."""


class Clock:
    """Unix time with fractions. It runs on by itself; `turn` and `set` move it, and wake who waits for it."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._held: float | None = None
        self._turned = asyncio.Event()
        self.offset = 0.0
        """How many seconds it is ahead of this machine's clock."""

    def now(self) -> float:
        """The moment it shows."""
        return self._wall() + self.offset if self._held is None else self._held

    def turn(self, seconds: float) -> None:
        """Moves it on by so many seconds, or back. Raises `ValueError` for a moment no answer could name."""
        self.set(self.now() + seconds)

    def set(self, moment: float) -> None:
        """Lets it show this moment and run on from there. Raises `ValueError` as `turn` does."""
        if not 0 <= moment <= LIMIT:
            raise ValueError(moment)
        self.offset = moment - self._wall()
        self._wake()

    def right(self) -> None:
        """Lets it show this machine's time again."""
        self.offset = 0.0
        self._wake()

    @contextlib.contextmanager
    def held_at(self, moment: float) -> Generator[None]:
        """Stands still at `moment` while something that was due then is made up for."""
        self._held = moment
        try:
            yield
        finally:
            self._held = None

    async def reaches(self, moment: float) -> None:
        """Returns once it shows `moment`, by itself or because it was turned."""
        while (left := moment - self.now()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._turned.wait()

    def _wake(self) -> None:
        waited, self._turned = self._turned, asyncio.Event()
        waited.set()
