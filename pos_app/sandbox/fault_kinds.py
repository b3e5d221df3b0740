"""What a kind of fault is: which calls it fits, where on a call's way it happens, and its options."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

CALLS = (
    "cardpluspay.info",
    "cardpluspay.catalog",
    "cardpluspay.check",
    "cardpluspay.create",
    "cardpluspay.status",
    "cardpluspay.list",
    "cardpluspay.balance",
    "cardpluspay.challenge",
    "levelup.create",
    "levelup.add",
    "levelup.remove",
    "levelup.value",
    "levelup.validate",
    "levelup.locations",
    "levelup.merchant_locations",
    "levelup.app_locations",
    "levelup.all_locations",
    "levelup.location",
    "levelup.orders",
    "levelup.tokens",
)
"""Every call of both providers under its name."""

SHORT = {
    "catalog": "cardpluspay.catalog",
    "check": "cardpluspay.check",
    "buy": "cardpluspay.create",
    "get": "cardpluspay.status",
    "list": "cardpluspay.list",
    "balance": "cardpluspay.balance",
    "challenge": "cardpluspay.challenge",
}
"""Short names that are understood too when a fault is ordered."""

CARDPLUSPAY = tuple(call for call in CALLS if call.startswith("cardpluspay."))
LEVELUP = tuple(call for call in CALLS if call.startswith("levelup."))
BUY = ("cardpluspay.create",)

LONGEST_WAIT = 30 * 24 * 3600
"""The furthest moment a fault can put something off to, in seconds."""

_LONGEST_TEXT = 200

Stage = Literal["none", "door", "wait", "before", "beside", "within", "instead", "answer", "rewrite", "wire"]
"""Where a call meets a fault: nowhere; `door`, before its body is read; `wait`, before or after it is carried
out; `before` it, with what it asks for; `beside` it, in the same account; `within` it; `instead` of it;
`answer`, which is another one; `rewrite`, the right one in another spelling; `wire`, on the way of its bytes.
"""

LONE: frozenset[Stage] = frozenset({"door"})
"""Stages whose faults leave room for no other."""

EXCLUSIVE: tuple[frozenset[Stage], ...] = (
    frozenset({"wait"}),
    frozenset({"instead", "answer"}),
    frozenset({"wire"}),
)
"""Stages of which a call can meet one fault only."""


@dataclass(frozen=True)
class Option:
    """One setting of a fault: what it is if nobody says, which values it takes, and what it does."""

    default: Any
    accepts: Callable[[Any], bool]
    text: str


@dataclass(frozen=True)
class Kind:
    """One kind of fault. `loses_reply` is whether the client is left without a readable answer."""

    stage: Stage
    text: str
    calls: tuple[str, ...] = CALLS
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])
    loses_reply: bool = False


def yes_no(value: Any) -> bool:
    """Accepts true and false."""
    return isinstance(value, bool)


def whole(low: int, high: int, *, none: bool = False) -> Callable[[Any], bool]:
    """Accepts whole numbers from `low` to `high`, and null with `none`."""

    def accepts(value: Any) -> bool:
        if value is None:
            return none
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return accepts


def number(low: int, high: int, *, none: bool = False) -> Callable[[Any], bool]:
    """Accepts numbers from `low` to `high`, and null with `none`."""

    def accepts(value: Any) -> bool:
        if value is None:
            return none
        return isinstance(value, int | Decimal) and not isinstance(value, bool) and low <= value <= high

    return accepts


def one_of(*words: str) -> Callable[[Any], bool]:
    """Accepts these words only."""
    return lambda value: isinstance(value, str) and value in words


def one_of_numbers(*numbers: int) -> Callable[[Any], bool]:
    """Accepts these whole numbers only."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value in numbers


def some_text(value: Any) -> bool:
    """Accepts a short text that is not empty."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT


def some_text_or_none(value: Any) -> bool:
    """Accepts a short text, or null."""
    return value is None or some_text(value)


def money(value: Any) -> bool:
    """Accepts an amount above zero, as text or number, with two decimals at most, and null."""
    if value is None:
        return True
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        return False
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return False
    return amount.is_finite() and 0 < amount <= 10**9 and amount == amount.quantize(Decimal("0.01"))


def commit(*, default: bool) -> Option:
    """The option that says whether the call is carried out all the same."""
    return Option(default, yes_no, "whether the call is carried out although the answer says nothing of it")


COMMIT_AFTER = Option(
    0,
    number(0, LONGEST_WAIT),
    "seconds on the sandbox's clock after which the call is carried out (if it is), the client long gone",
)
DATA = ("null", "object", "list", "missing")
"""What stands for data where there are none: null, {}, [], or nothing."""

DATED = Option(
    "committed", one_of("committed", "received"), "which moment an order that was put off bears as its date"
)
