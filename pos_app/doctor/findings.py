"""What a check says, and how it is run: bounded in time, and unable to spoil the others."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pos_app.errors import DeviceProblem, PosError
from pos_app.i18n import _, ngettext
from pos_app.messages import explain

State = Literal["ok", "warn", "fail"]

_log = logging.getLogger(__name__)
_EMAIL: Final = re.compile(r"[^\s@/\\]+@[^\s@/\\]+\.[^\s@/\\]+")


@dataclass(frozen=True, slots=True)
class Said:
    """What one check found, in words, and what to do about it.

    `ends`: what builds on this check has nothing to look at, and is left out; so it is after every failure.
    """

    state: State
    what: str
    advice: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `name` is for programs, `title` for people.

    `overdue`: the check did not come back in time and may still hang on its thread.
    """

    name: str
    title: str
    state: State
    what: str
    advice: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A finding, and whether what builds on it can be looked at."""

    finding: Finding
    goes_on: bool


async def answer(name: str, title: str, seconds: float, check: Callable[[], Awaitable[Said]]) -> Answer:
    """Run one check for at most `seconds`. Whatever it raises becomes a finding."""
    overdue = False
    try:
        async with asyncio.timeout(seconds):
            said = await check()
    except TimeoutError:
        overdue = True
        said = _late(round(seconds))
    except PosError as error:
        said = said_of(error)
    except Exception as error:  # noqa: BLE001  one check that crashes must not cost the others
        kind = type(error).__name__
        _log.error("the check %s crashed with %s", name, kind)
        said = Said(
            "fail",
            _("This check itself broke off ({kind}).").format(kind=kind),
            _("Show this line to your support. The other lines hold."),
        )
    finding = Finding(name, title, said.state, _for_all(said.what), _for_all(said.advice), overdue)
    return Answer(finding, said.state != "fail" and not said.ends)


def said_of(error: PosError) -> Said:
    """`error` in words; a device that only wants to be seen to is a warning."""
    message = explain(error)
    mild = isinstance(error, DeviceProblem) and not error.hinders
    return Said("warn" if mild else "fail", message.what, message.advice)


def local(at: datetime, zone: str) -> str:
    """`at` as a clock in `zone` shows it, in the form nobody on a support line can take for another."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _late(seconds: int) -> Said:
    return Said(
        "fail",
        ngettext(
            "This check took longer than {n} second.", "This check took longer than {n} seconds.", seconds
        ).format(n=seconds),
        _("Try again when less is going on. If it stays so, the disk or the network is failing."),
    )


def _for_all(text: str) -> str:
    """`text` as it may be posted: without the name of the computer's user, and without any address."""
    home = str(Path.home())
    return _EMAIL.sub("…@…", text.replace(home, "~") if len(home) > 1 else text)
