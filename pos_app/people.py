"""Who may decide at the till: managers with a PIN, and no way to find a PIN by trying.

A PIN has few digits, so its hash alone would not keep it. What is hashed is therefore a digest that needs
the store key: whoever copies the disk has nothing to try PINs against. The till in training has no managers.

A pause has to be over by this machine's clock, which the store remembers over a restart, and by the seconds
of the program that runs, which nobody can set: a clock turned forward gives no further tries at a till that
stays open. Over a restart the clock alone counts, and whoever may set it and restart the till at will has
tries for that work.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from pos_app import clock
from pos_app.clock import Now, Seconds
from pos_app.orders.digits import western_digits
from pos_app.orders.notes import SettingWhat
from pos_app.orders.rules import Problem
from pos_app.printing.document import is_seen, printable
from pos_app.seal import Sealer
from pos_app.setting_log import SettingLog
from pos_app.store.database import Database, Tx
from pos_app.store.managers import ManagerRow, Managers, unnoted

_log = logging.getLogger(__name__)

FEWEST_DIGITS: Final = 4
MOST_DIGITS: Final = 8
LONGEST_NAME: Final = 40

_FREE_TRIES: Final = 3
_FIRST_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_MOST_DOUBLINGS: Final = 8
# scrypt's cost as RFC 7914 names it: N, r, p. 16 MB and some 50 ms on a till of today.
_COST: Final = "16384:8:1"
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Manager:
    """Who may decide, by the name they were added under, and since when."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PinCheck:
    """Whether a PIN is right, and how long nobody may try again for this manager."""

    right: bool
    wait: timedelta = timedelta(0)


class People:
    """The managers of one store. What is changed is written into `log`, with who did it (`by`).

    Without one, as before the first start is over, nothing is; a method that writes raises
    NotAllowed("code_in_evidence") for a card's code in a name.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        now: Now,
        seconds: Seconds = clock.seconds,
        log: SettingLog | None = None,
    ) -> None:
        self._managers = Managers(database)
        self._sealer = sealer
        self._now = now
        self._seconds = seconds
        self._setting_log = log
        # Of each manager tried here: when, in seconds nobody can set, and the pause if it was wrong.
        self._tried: dict[str, tuple[float, timedelta]] = {}

    async def managers(self) -> tuple[str, ...]:
        """Their names, in the order in which they were added."""
        return await self._managers.names()

    async def known(self) -> tuple[Manager, ...]:
        """Who they are and since when, in the order in which they were added."""
        return tuple(Manager(name, since) for name, since in await self._managers.all())

    async def add_manager(
        self, name: str, pin: str, again: str, *, by: str = "", alone: bool = False
    ) -> tuple[Problem, ...]:
        """Add a manager, in the place of all others if `alone`. Returns what is wrong, nothing being kept.

        A PIN that another manager has is not refused: to say so would tell whose it is by trying.
        """
        name = tidied(name)
        problems = problems_with_manager(name, pin, again)
        if problems:
            return problems
        noted = await self._noted("manager_added", by, name)
        row = await self._row(name, pin)
        if not await self._managers.add(row, self._now(), alone=alone, noted=noted):
            return (Problem("manager", "taken"),)
        _log.info("a manager was added")
        return ()

    async def change_pin(self, name: str, pin: str, again: str, *, by: str = "") -> tuple[Problem, ...]:
        """Have the manager `name` decide with another PIN; a pause after wrong ones ends with the old one.

        Returns what is wrong, nothing being kept.
        """
        problems = problems_with_pin(pin, again)
        if problems:
            return problems
        if not printable(name):
            return (Problem("manager", "unknown"),)
        noted = await self._noted("pin_changed", by, name)
        if not await self._managers.change_pin(await self._row(name, pin), noted):
            return (Problem("manager", "unknown"),)
        self._tried.pop(_key(name), None)
        _log.info("a manager's PIN was changed")
        return ()

    async def retire(self, name: str, *, by: str = "") -> tuple[Problem, ...]:
        """Have `name` be no manager any more. What they decided stays written; the last one can not go."""
        became = "unknown"
        if printable(name):
            became = await self._managers.remove(_key(name), await self._noted("manager_retired", by, name))
        if became != "removed":
            return (Problem("manager", "last" if became == "last" else "unknown"),)
        self._tried.pop(_key(name), None)
        _log.info("a manager was retired")
        return ()

    async def verify(self, name: str, pin: str) -> PinCheck:
        """Whether `pin` is that of the manager `name`.

        Three wrong ones in a row are let through; then each is followed by a pause, 5 seconds at first and
        twice as long each time, at most 15 minutes. Within it nothing is compared, not even a right PIN, and
        it goes on over a restart. A try that was cut off counts as wrong.
        """
        key = _key(name)
        # No manager is called by halves of characters, and the store can not be asked for them.
        if left := self._left(key):
            return PinCheck(right=False, wait=left)
        found = await self._managers.begin_try(key, self._now(), _pause) if printable(name) else None
        if isinstance(found, timedelta):
            return PinCheck(right=False, wait=found)
        if found is None:
            # As slow as for somebody who is there.
            await self._hash(key, pin, "", _COST)
            return PinCheck(right=False)
        self._tried[key] = self._seconds(), _pause(found.wrong + 1)
        if not hmac.compare_digest(await self._hash(key, pin, found.salt, found.cost), found.hash):
            return PinCheck(right=False, wait=_pause(found.wrong + 1))
        await self._managers.forgive(key)
        self._tried.pop(key, None)
        return PinCheck(right=True)

    async def restart_pauses(self) -> None:
        """Have every pause begin anew: whoever sets the clock forward has not waited."""
        await self._managers.restart_pauses(self._now())

    async def _noted(self, what: SettingWhat, by: str, name: str) -> Callable[[Tx], None]:
        if self._setting_log is None:
            return unnoted
        return await self._setting_log.noted(what, by, tidied(name))

    async def _row(self, name: str, pin: str) -> ManagerRow:
        key = _key(name)
        salt = base64.b64encode(os.urandom(_SALT_BYTES)).decode()
        return ManagerRow(key, name, salt, await self._hash(key, pin, salt, _COST), _COST)

    def _left(self, key: str) -> timedelta:
        """What is left of the manager's pause by the seconds that passed, whatever the clock says."""
        if key not in self._tried:
            return timedelta(0)
        since, pause = self._tried[key]
        return max(pause - timedelta(seconds=self._seconds() - since), timedelta(0))

    async def _hash(self, key: str, pin: str, salt: str, cost: str) -> str:
        # The same PIN, whichever keyboard it is typed on.
        digest = self._sealer.digest("manager", key, western_digits(pin))
        return await asyncio.to_thread(_scrypt, digest, salt, cost)


def problems_with_manager(name: str, pin: str, again: str) -> tuple[Problem, ...]:
    """What is wrong with a new manager's name and PIN, as typed twice; empty when nothing is."""
    problems: list[Problem] = []
    name = name.strip()
    if not is_seen(name):
        problems.append(Problem("manager", "missing"))
    elif len(name) > LONGEST_NAME:
        problems.append(Problem("manager", "too_long", {"most": LONGEST_NAME}))
    elif not printable(name):
        problems.append(Problem("manager", "not_printable"))
    return (*problems, *problems_with_pin(pin, again))


def problems_with_pin(pin: str, again: str) -> tuple[Problem, ...]:
    """What is wrong with a new PIN, as typed twice; empty when nothing is."""
    problems: list[Problem] = []
    pin, again = western_digits(pin), western_digits(again)
    if not (pin.isascii() and pin.isdigit() and FEWEST_DIGITS <= len(pin) <= MOST_DIGITS):
        problems.append(Problem("pin", "not_digits", {"least": FEWEST_DIGITS, "most": MOST_DIGITS}))
    elif _is_easy(pin):
        problems.append(Problem("pin", "too_easy"))
    if again != pin:
        problems.append(Problem("again", "different"))
    return tuple(problems)


def _is_easy(pin: str) -> bool:
    """Whether a stranger tries it first: one digit, digits in even steps (1234, 8642), a pair repeated."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 or pin == (pin[:2] * MOST_DIGITS)[: len(pin)]


def _pause(wrong: int) -> timedelta:
    if wrong < _FREE_TRIES:
        return timedelta(0)
    return min(_FIRST_PAUSE * 2 ** min(wrong - _FREE_TRIES, _MOST_DOUBLINGS), _LONGEST_PAUSE)


def tidied(name: str) -> str:
    """`name` as it is kept: two that look alike, but for blanks and how an accent is written, are one."""
    return unicodedata.normalize("NFC", " ".join(part for part in name.strip().split(" ") if part))


def _key(name: str) -> str:
    return name.strip().casefold()


def _scrypt(secret: str, salt: str, cost: str) -> str:
    n, r, p = (int(figure) for figure in cost.split(":"))
    found = hashlib.scrypt(secret.encode(), salt=base64.b64decode(salt), n=n, r=r, p=p, dklen=32)
    return base64.b64encode(found).decode()
