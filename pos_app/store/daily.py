"""A backup each day, by itself, while a register is open. It never stops the till, and never waits for it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from pos_app.clock import Now
from pos_app.errors import StoreProblem
from pos_app.store.backup import backups, free_at, take

LOOK_SECONDS: Final = 900.0
"""How often to see whether today has its backup."""

_log = logging.getLogger(__name__)


class DailyBackup:
    """Backs the store's file `database` up once a day.

    `trouble` is why the last try failed, None if it did not.
    """

    def __init__(self, database: Path, now: Now, free: Callable[[Path], int] = free_at) -> None:
        self._database = database
        self._now = now
        self._free = free
        self._done: date | None = None
        self.trouble: StoreProblem | None = None

    async def look(self) -> None:
        """Take today's backup (by UTC) unless there is one."""
        at = self._now()
        if self._done == at.date():
            # An idle till does not wake its disk.
            return
        given_up = threading.Event()

        def act() -> None:
            newest = next((one for one in backups(self._database.parent) if one.is_daily), None)
            # A backup of the future is from before the clock was set back.
            if newest is None or newest.taken_at.date() != at.date():
                take(self._database, at, lambda: not given_up.is_set(), self._free)

        try:
            await asyncio.to_thread(act)
        except StoreProblem as error:
            if self.trouble is None or self.trouble.reason != error.reason:
                _log.warning("no backup could be taken: %s", error.reason)
            self.trouble = error
        else:
            self._done, self.trouble = at.date(), None
        finally:
            # Whoever waited has gone: the copy is given up at its next piece.
            given_up.set()
