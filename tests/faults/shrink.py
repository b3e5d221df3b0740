"""The shortest script that still breaks what a long one broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.faults import script
from tests.faults.script import Script, Step


def shortest(found: Script, still_breaks: Callable[[Script], bool]) -> Script:
    """`found` with everything left out that is not needed to break it."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _shorter(found):
            if still_breaks(candidate):
                found, smaller = candidate, True
                break
    return found


def _shorter(found: Script) -> Iterator[Script]:
    if found.registers > 1:
        yield replace(found, registers=1)
    for at, step in enumerate(found.steps):
        before, after = found.steps[:at], found.steps[at + 1 :]
        yield replace(found, steps=(*before, *after))
        for plainer in _plainer(step):
            yield replace(found, steps=(*before, plainer, *after))


def _plainer(step: Step) -> Iterator[Step]:
    if step.register > 1:
        yield replace(step, register=1)
    if step.name != "fault":
        return
    call, faults = step.faults
    for at, one in enumerate(faults):
        others = [*faults[:at], *faults[at + 1 :]]
        if others:
            yield script.fault(call, *others)
        for option in one.keys() - {"fault"}:
            told: dict[str, Any] = {name: value for name, value in one.items() if name != option}
            yield script.fault(call, *faults[:at], told, *faults[at + 1 :])
