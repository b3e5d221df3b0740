"""What happens at one or two tills, step by step, in words that can be printed and typed again.

`several 2 fault:buy:[{"fault":"lost_reply"}] place perform@2 turn:1900 settle` is a sale of several codes in
a store with two registers. A step without `@` is the first register's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from typing_extensions import override

Kind = Literal["single", "several", "pins", "email"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

Name = Literal[
    "fault",
    "line",
    "event",
    "catalog",
    "check",
    "place",
    "perform",
    "begin",
    "join",
    "print",
    "poll",
    "turn",
    "skew",
    "restart",
    "settle",
    "refund",
    "exclusive",
    "topup",
    "anyway",
    "goon",
    "reveal",
    "back",
    "loss",
    "spare",
    "disk",
    "resolve",
]
_NAMES: Final = frozenset(get_args(Name))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done, or happens. `register` is 1 or 2."""

    name: Name
    register: int = 1
    argument: str = ""

    @override
    def __str__(self) -> str:
        at = f"@{self.register}" if self.register > 1 else ""
        return f"{self.name}{at}" + (f":{self.argument}" if self.argument else "")

    @property
    def faults(self) -> tuple[str, list[dict[str, Any]]]:
        """Which call meets which faults together."""
        call, _, wish = self.argument.partition(":")
        return call, json.loads(wish)


@dataclass(frozen=True, slots=True)
class Script:
    """What is sold, at how many registers, and what happens."""

    kind: Kind
    registers: int
    steps: tuple[Step, ...]

    @override
    def __str__(self) -> str:
        return " ".join((self.kind, str(self.registers), *map(str, self.steps)))


def fault(call: str, *faults: dict[str, Any]) -> Step:
    """The step that lets the next such call meet these faults."""
    return Step("fault", 1, f"{call}:{json.dumps(faults, separators=(',', ':'))}")


def read(text: str) -> Script:
    """The script `str` gives. Raises ValueError for any other text."""
    kind, registers, *steps = text.split()
    if kind not in KINDS or registers not in {"1", "2"}:
        raise ValueError("a script begins with the kind of order and the number of registers")
    return Script(kind, int(registers), tuple(map(_step, steps)))


def _step(text: str) -> Step:
    head, _, argument = text.partition(":")
    name, _, register = head.partition("@")
    if name not in _NAMES:
        raise ValueError(f"there is no step {name}")
    return Step(cast("Name", name), int(register or 1), argument)
