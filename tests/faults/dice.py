"""Scripts by the thousand: every pair of faults, and triples, each set and placed by the dice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

from pos_app.sandbox.fault_kinds import EXCLUSIVE, LONE, Kind
from pos_app.sandbox.faults import KINDS
from tests.faults import script
from tests.faults.script import Name, Script, Step

_CODES_CALLS: Final = {
    "cardpluspay.create": 8,
    "cardpluspay.list": 3,
    "cardpluspay.balance": 2,
    "cardpluspay.status": 3,
    "cardpluspay.check": 1,
    "cardpluspay.catalog": 1,
}
_EMAIL_CALLS: Final = {"levelup.create": 8, "levelup.locations": 2}
"""The calls a till makes for an order, each as often as it is to meet a fault."""

# What a provider says when it did nothing: one that says so and sells all the same can not be seen through.
_SAYS_NO: Final = frozenset({400, 401, 404, 422, 429})

_VALUES: Final[dict[str, Sequence[Any]]] = {
    "seconds": (5, 60, 200, 600, 3600, None),
    "delay_ms": (3000, 40_000, 320_000, 600_000),
    "pause_ms": (0, 200, 60_000),
    "pieces": (3, 10),
    "keep_percent": (0, 5, 50, 90, 99),
    "commit_after": (0, 0, 0, 1, 45, 600, 2400, 18_000),
    "in_seconds": (0, 0, 5, 600, 2400),
    "every_seconds": (0, 60),
    "times": (1, 1, 2, 3),
    "quantity": (1, 2, 3),
    "status": (500, 502, 503, 504, 400, 401, 402, 403, 404, 408, 409, 422, 429, 201, 204, 301, 307, 103),
    "count": (1, 3),
    "by": (-400, -10, 1, 10, 400),
    "percent": (5, -5, 50),
    "polls": (None, 1, 3),
    "first": (0, 0, 1),
    "each": (None, 1),
    "codes": (None, 0, 1),
    "charges": (None, 0, 1, 5),
    "retry_after": (None, 2, 3600),
    "item_code": (None,),
    "order_id": (None,),
    "amount": (None, "1.00", "100.00"),
    "currency": ("EUR", None),
    "total": (True, False),
    "how": (),
}
_WORDS: Final = (
    *("length", "chunked", "close", "binary", "tls", "bad_status", "mail", "page", "json", "bare", "text"),
    *("html", "empty", "null", "object", "list", "missing", "bom", "utf16", "gzip", "text_type", "cut_json"),
    *("twice", "broken_gzip", "garbage", "skewed", "before", "after", "email", "merchant", "minimum", "card"),
    *(
        "balance",
        "status_false",
        "success_false",
        "bad_request",
        "first",
        "second",
        "lower",
        "random",
        "huge",
    ),
    *("number", "noisy", "blanks", "long", "comma", "thousands", "sign", "exponent", "nan", "negative"),
    *("zero", "upper", "several", "extra", "item_code", "currency", "denomination", "products", "items"),
    *("catalog", "data", "block", "flat", "none", "array", "empty_array", "cut", "levelup", "absent"),
    *("other", "merchant", "user", "end", "same", "foreign", "committed", "received", "at_once"),
    *(
        "next_request",
        "amount",
        "created_at",
        "order_no",
        "status",
        "code_status",
        "last_code",
        "charged_amount",
    ),
    *("pending", "processing", "completed", "refunded", "failed"),
    *(100, 102, 103, 301, 302, 303, 307, 308, True, False),
)
_OTHERS: Final = frozenset({"foreign_order", "portal_order"})
_SHARE_RESTARTED: Final = 0.45
_SHARE_TWO: Final = 0.35
_TURNS: Final = (5, 700, 1900, 1900, 7300)


def pairs(kind: script.Kind, seed: int) -> Iterator[Script]:
    """Every pair of kinds of faults that an order of this kind can meet, also one kind twice."""
    able = [name for name in sorted(KINDS) if _calls(kind, KINDS[name])]
    for one, other in itertools.combinations_with_replacement(able, 2):
        yield with_faults(kind, (one, other), Random(f"{seed} {kind} {one} {other}"))  # noqa: S311


def triples(seed: int, first: int, count: int) -> Iterator[Script]:
    """Random triples of kinds for random kinds of orders, from the `first` on."""
    for number in range(first, first + count):
        dice = Random(f"{seed} triple {number}")  # noqa: S311
        kind = dice.choice(script.KINDS)
        able = [name for name in sorted(KINDS) if _calls(kind, KINDS[name])]
        yield with_faults(kind, tuple(dice.choice(able) for _ in range(3)), dice)


def with_faults(kind: script.Kind, names: Sequence[str], dice: Random) -> Script:
    """A script in which faults of these kinds happen, each to a call it can happen to."""
    faults = [_fault(kind, name, dice) for name in names]
    ordered = _together(faults, dice)
    registers = 2 if dice.random() < _SHARE_TWO else 1
    steps = _two_tills(dice) if registers == 2 else _one_till(dice)
    if any(call == "cardpluspay.catalog" for call, _ in ordered):
        steps.insert(0, Step("catalog"))
    for call, together in ordered:
        steps.insert(_place(steps, call, dice), script.fault(call, *together))
    if dice.random() < 0.1:
        trouble = dice.choice(("refused", "offline", "no_name"))
        steps.insert(dice.randrange(len(steps)), Step("line", 1, trouble))
    if dice.random() < 0.15:
        disk = dice.choice(("full=1", "full=2", "full=4", "full=9", "full=30", "lying=1", "lying=2"))
        steps.insert(dice.randrange(len(steps)), Step("disk", 1, disk))
    if dice.random() < 0.2:
        steps.insert(dice.randrange(len(steps)), Step("topup", 1, "250.00"))
    # Where it is said and is not so, no rule can be right: others' orders look like ours.
    if _OTHERS.isdisjoint(names) and dice.random() < 0.7:
        steps.insert(0, Step("exclusive"))
    return Script(kind, registers, tuple(steps))


def _calls(kind: script.Kind, about: Kind) -> dict[str, int]:
    calls = _EMAIL_CALLS if kind == "email" else _CODES_CALLS
    return {call: weight for call, weight in calls.items() if call in about.calls}


def _fault(kind: script.Kind, name: str, dice: Random) -> tuple[str, dict[str, Any]]:
    calls = _calls(kind, KINDS[name])
    [call] = dice.choices(list(calls), list(calls.values()))
    return call, {"fault": name, **_options(name, call, dice)}


def _options(name: str, call: str, dice: Random) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for option, about in KINDS[name].options.items():
        known = _VALUES.get(option) or ()
        fit = [value for value in known if about.accepts(value)]
        fit = fit or [value for value in _WORDS if about.accepts(value)]
        if fit and dice.random() < 0.75:
            chosen[option] = dice.choice(fit)
    says_no = chosen.get("status", 0) in _SAYS_NO or (name == "success_false" and call == "cardpluspay.check")
    if says_no and "commit" in KINDS[name].options:
        chosen["commit"] = False
    return {option: value for option, value in chosen.items() if value != KINDS[name].options[option].default}


def _together(
    faults: list[tuple[str, dict[str, Any]]], dice: Random
) -> list[tuple[str, list[dict[str, Any]]]]:
    """The faults by the call they meet: those of one call happen to it together, or to one after another."""
    ordered: list[tuple[str, list[dict[str, Any]]]] = []
    for call, one in faults:
        for other_call, together in ordered:
            if other_call == call and _fit([*together, one]) and dice.random() < 0.6:
                together.append(one)
                break
        else:
            ordered.append((call, [one]))
    return ordered


def _fit(faults: list[dict[str, Any]]) -> bool:
    stages = [KINDS[found["fault"]].stage for found in faults]
    names = [found["fault"] for found in faults]
    if any(names.count(name) > 1 and KINDS[name].stage != "beside" for name in names):
        return False
    if not LONE.isdisjoint(stages):
        return False
    return all(sum(stage in group for stage in stages) <= 1 for group in EXCLUSIVE)


def _one_till(dice: Random) -> list[Step]:
    steps = [Step("check"), Step("place"), Step("perform")]
    if dice.random() < 0.3:
        steps += [Step("place"), Step("perform")]
    if dice.random() < 0.25:
        steps[2:3] = [Step("begin"), _turn(dice, (0, 2, 20)), Step("restart")]
    if dice.random() < 0.5:
        steps.append(Step("print"))
    steps += [Step("poll"), _turn(dice), Step("settle"), Step("poll")]
    steps += [Step("refund")] * (dice.random() < 0.7)
    if dice.random() < 0.4:
        # By itself, before anybody is asked.
        at = steps.index(Step("settle"))
        steps[at:at] = [Step("resolve"), Step("resolve")]
    if dice.random() < 0.4:
        steps += [Step("resolve"), _turn(dice), Step("settle"), Step("refund"), Step("perform")]
    if dice.random() < 0.15:
        steps.insert(dice.randrange(2, len(steps)), Step("refund"))
    if dice.random() < 0.35:
        _people(steps, dice)
    if dice.random() < _SHARE_RESTARTED:
        steps.insert(dice.randrange(2, len(steps) + 1), Step("restart"))
    return steps


def _two_tills(dice: Random) -> list[Step]:
    both = [Step("place"), Step("place", 2)]
    if dice.random() < 0.6:
        both += [Step("begin"), Step("begin", 2), Step("join")]
    else:
        both += [Step("perform"), Step("perform", 2)]
    steps = [*both, Step("poll", dice.choice((1, 2))), _turn(dice)]
    steps += [Step("resolve"), Step("resolve", 2)] * (dice.random() < 0.4)
    steps += [Step("settle", dice.choice((1, 2))), Step("poll", dice.choice((1, 2)))]
    steps += [Step("refund", dice.choice((1, 2))), Step("settle", dice.choice((1, 2)))]
    if dice.random() < 0.5:
        steps += [Step("resolve", dice.choice((1, 2))), _turn(dice), Step("settle"), Step("refund", 2)]
    if dice.random() < 0.35:
        _people(steps, dice)
    if dice.random() < _SHARE_RESTARTED:
        steps.insert(dice.randrange(2, len(steps) + 1), Step("restart", dice.choice((1, 2))))
    return steps


def _people(steps: list[Step], dice: Random) -> None:
    """Somebody goes another way: gives money back, looks at a code, sells on, sells what is spare."""
    first = next(at for at, step in enumerate(steps) if step.name in {"perform", "begin"})
    names: tuple[Name, ...] = ("back", "back", "reveal", "loss", "spare", "anyway", "goon", "refund")
    for _ in range(dice.choice((1, 2, 3))):
        steps.insert(dice.randrange(first + 1, len(steps) + 1), Step(dice.choice(names)))
    if dice.random() < 0.7:
        # The next customer wants the same.
        steps += [Step("place"), Step("perform"), Step("poll")]


def _turn(dice: Random, turns: Sequence[int] = _TURNS) -> Step:
    return Step("turn", 1, str(dice.choice(turns)))


def _place(steps: list[Step], call: str, dice: Random) -> int:
    """Where in `steps` the fault is ordered: mostly before anything is sent, else anywhere."""
    if call.endswith(".create") or dice.random() < 0.4:
        return next((at for at, step in enumerate(steps) if step.name in {"perform", "begin"}), 0)
    return dice.randrange(len(steps))
