"""Faults to order: which of them there are, and which of those that were ordered happens next.

`KINDS` is the vocabulary of `POST /admin/faults`; `GET /admin/faults` shows it too. Faults are ordered for a
call (or `*` for all they fit) and happen the next `times` times, or to a `share` of the calls, chosen by the
seed. One call meets one order; of several that wait for it, the one that was ordered first. An order is one
fault, or several that happen to one call together.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from pos_app.sandbox.fault_kinds import CALLS, EXCLUSIVE, LONE, SHORT, Kind, number, whole
from pos_app.sandbox.kinds_account import EVENTS, WITNESSES
from pos_app.sandbox.kinds_everywhere import EVERYWHERE
from pos_app.sandbox.kinds_levelup import LEVELUP_ONLY
from pos_app.sandbox.kinds_orders import ORDERS
from pos_app.sandbox.kinds_spelling import SPELLINGS

ANY = "*"
_MOST_TOGETHER = 10
_OWN = {"call", "fault", "faults", "times", "share"}

KINDS: Mapping[str, Kind] = {**EVERYWHERE, **EVENTS, **ORDERS, **WITNESSES, **SPELLINGS, **LEVELUP_ONLY}
"""Every fault there is, under its name."""


@dataclass(frozen=True)
class Fault:
    """A fault that happens to one call now."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def kind(self) -> Kind:
        """What sort of fault this is."""
        return KINDS[self.name]

    @property
    def commits(self) -> bool:
        """Whether the call is carried out all the same."""
        return self.kind.stage not in {"instead", "door"} and self.options.get("commit", True)

    def as_dict(self) -> dict[str, Any]:
        """The fault with its options, numbers that no float could hold as text."""
        told = {
            name: str(value) if isinstance(value, Decimal) else value for name, value in self.options.items()
        }
        return {"fault": self.name, "options": told}


@dataclass
class Pending:
    """Faults that were ordered and wait for their call. `left` of None: they stay until they are cleared."""

    number: int
    call: str
    faults: tuple[Fault, ...]
    left: int | None
    share: Decimal | None

    def fits(self, call: str) -> bool:
        """Whether they can happen to this call."""
        return self.call in (ANY, call) and all(call in fault.kind.calls for fault in self.faults)

    def as_dict(self) -> dict[str, Any]:
        """The order as the admin side shows it."""
        told = [fault.as_dict() for fault in self.faults]
        share = None if self.share is None else str(self.share)
        head = {"id": self.number, "call": self.call, "times": self.left, "share": share}
        return {**head, **(told[0] if len(told) == 1 else {"faults": told})}


class UnknownFault(Exception):
    """The order of a fault can not be understood; the text says why."""


class Faults:
    """The faults that were ordered and have not happened yet."""

    def __init__(self, seed: int) -> None:
        self.pending: list[Pending] = []
        self._seed = seed
        self._next = 1
        self._dice = self._new_dice()

    def clear(self) -> int:
        """Forgets every waiting order and says how many there were; the dice begin again."""
        cleared = len(self.pending)
        self.pending.clear()
        self._dice = self._new_dice()
        return cleared

    def order(self, wish: Any) -> Pending:
        """Takes an order such as `{"call": "buy", "fault": "lost_reply", "times": 1}`.

        With `faults` instead of `fault`, a list of such objects, several happen to one call together.
        Raises `UnknownFault` for a call, fault or option that does not exist or does not fit.
        """
        said = _object(wish)
        call, share, times = said.get("call", ANY), said.get("share"), said.get("times")
        call = SHORT.get(call, call) if isinstance(call, str) else call
        if call != ANY and call not in CALLS:
            raise UnknownFault("There is no such call.")
        faults = tuple(map(_fault, _wishes(said)))
        _fit_together(faults, call)
        if share is not None and not number(0, 1)(share):
            raise UnknownFault("share is a number from 0 to 1.")
        if times is not None and not whole(1, 1_000_000)(times):
            raise UnknownFault("times is a whole number from 1 up.")
        left = 1 if times is None and share is None else times
        pending = Pending(self._next, call, faults, left, None if share is None else Decimal(share))
        self._next += 1
        self.pending.append(pending)
        return pending

    def _new_dice(self) -> Random:
        return Random(f"faults {self._seed}")

    def take(self, call: str) -> tuple[Fault, ...]:
        """The faults that happen to this call, used up by it."""
        for pending in self.pending:
            if not pending.fits(call):
                continue
            if pending.share is not None and Decimal(self._dice.random()) >= pending.share:
                continue
            if pending.left is not None:
                pending.left -= 1
                if pending.left == 0:
                    self.pending.remove(pending)
            return pending.faults
        return ()


def options(name: str, kind: Kind, said: Mapping[str, Any]) -> dict[str, Any]:
    """Every option of a fault, as said or as it is if nobody says. Raises `UnknownFault`."""
    unknown = sorted(set(said) - set(kind.options))
    if unknown:
        raise UnknownFault(
            f"{name} has no option {', '.join(unknown)}; it has: {', '.join(kind.options) or 'none'}."
        )
    found = {option: said.get(option, about.default) for option, about in kind.options.items()}
    for option, value in found.items():
        if not kind.options[option].accepts(value):
            raise UnknownFault(f"{option} of {name} is {kind.options[option].text}.")
    return found


def vocabulary() -> dict[str, Any]:
    """Every call and every fault with its options, for whoever asks or got a name wrong."""
    kinds = {
        name: {
            "what": kind.text,
            "stage": kind.stage,
            "calls": list(kind.calls),
            "options": {
                option: {"default": about.default, "what": about.text}
                for option, about in kind.options.items()
            },
        }
        for name, kind in KINDS.items()
    }
    return {"calls": [*CALLS, ANY], "short": SHORT, "faults": kinds}


def _object(wish: Any) -> dict[str, Any]:
    if not isinstance(wish, dict):
        raise UnknownFault("A fault is a JSON object with a call and a fault.")
    return dict(wish)  # pyright: ignore[reportUnknownArgumentType]  (JSON objects have text keys)


def _wishes(said: dict[str, Any]) -> list[Any]:
    several = said.get("faults")
    if several is None:
        return [{name: value for name, value in said.items() if name not in _OWN - {"fault"}}]
    if not isinstance(several, list) or not 0 < len(several) <= _MOST_TOGETHER or "fault" in said:  # pyright: ignore[reportUnknownArgumentType]
        raise UnknownFault(f"faults is a list of 1 to {_MOST_TOGETHER} faults, instead of fault.")
    if set(said) - _OWN:
        raise UnknownFault("Where there are faults, each has its own options.")
    return several  # pyright: ignore[reportUnknownVariableType]


def _fault(wish: Any) -> Fault:
    said = _object(wish)
    name = said.pop("fault", None)
    if not isinstance(name, str) or name not in KINDS:
        raise UnknownFault("There is no such fault.")
    return Fault(name, options(name, KINDS[name], said))


def _fit_together(faults: tuple[Fault, ...], call: str) -> None:
    for fault in faults:
        if call != ANY and call not in fault.kind.calls:
            raise UnknownFault(
                f"{fault.name} can not happen to this call, only to: {', '.join(fault.kind.calls)}."
            )
    stages = [fault.kind.stage for fault in faults]
    twice = [name for name, count in Counter(fault.name for fault in faults).items() if count > 1]
    if any(KINDS[name].stage != "beside" for name in twice):
        raise UnknownFault("One call meets the same fault once.")
    if len(faults) > 1 and not LONE.isdisjoint(stages):
        raise UnknownFault("What happens before the call is read leaves room for nothing else.")
    if any(sum(stage in group for stage in stages) > 1 for group in EXCLUSIVE):
        raise UnknownFault(
            "These faults can not happen to one call together: one way of answering, one wire."
        )
