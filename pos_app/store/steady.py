"""A time that one wrong reading of the clock can not give: for what is done once and never undone."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from pos_app.clock import Now, Seconds
from pos_app.store.facts import Facts

HELD_SECONDS: Final = 86_400.0
"""How long a till must have run since the clock said so."""

LONGEST_SECONDS: Final = 1200.0
"""At most this counts between two looks: a machine that slept has not run."""

_FACT: Final = "steady time"
_WRITTEN_EVERY: Final = 3600.0


class _Held(BaseModel):
    """`held` is what holds, `first` what the clock said when the till began to count, `ran` seconds since."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    held: AwareDatetime | None
    first: AwareDatetime
    ran: float


class SteadyTime:
    """What the clock said once the till has run for a day since, and the clock was never behind it again.

    A clock that is ahead for a moment, or since the machine was switched on, has to stay so for all of that
    day; being put right begins the day anew. It runs on through restarts, whatever lies between them.
    """

    def __init__(self, facts: Facts, now: Now, seconds: Seconds) -> None:
        self._facts = facts
        self._now, self._seconds = now, seconds
        self._known: _Held | None = None
        self._looked_at = 0.0
        self._written = 0.0

    async def look(self) -> datetime | None:
        """Look at the clock. Returns the newest instant that holds (UTC), None while there is none.

        To be asked every few minutes. Raises StoreProblem.
        """
        now, seconds = self._now(), self._seconds()
        before = self._known
        if before is None:
            before, self._looked_at = await self._read(now), seconds
            self._written = before.ran
        ran = before.ran + min(max(0.0, seconds - self._looked_at), LONGEST_SECONDS)
        self._looked_at = seconds
        held = before.held
        if now < before.first:
            known = _Held(held=None if held is None else min(held, now), first=now, ran=0.0)
        elif ran >= HELD_SECONDS:
            known = _Held(held=before.first, first=now, ran=0.0)
        else:
            known = _Held(held=held, first=before.first, ran=ran)
        self._known = known
        # An idle till does not wake its disk for every look: a restart costs an hour at most.
        if known.first != before.first or known.ran - self._written >= _WRITTEN_EVERY:
            await self._facts.put(_FACT, known.model_dump_json())
            self._written = known.ran
        return known.held

    async def _read(self, now: datetime) -> _Held:
        told = await self._facts.get(_FACT)
        if told is not None:
            # One that nobody can read: the day begins anew.
            with contextlib.suppress(ValidationError):
                return _Held.model_validate_json(told)
        begun = _Held(held=None, first=now, ran=0.0)
        await self._facts.put(_FACT, begun.model_dump_json())
        return begun
