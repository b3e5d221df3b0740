"""The amounts beyond which a shop wants a sale looked at: as they stand in its settings, by currency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from pos_app.money import Money

LimitName = Literal[
    "question", "card", "sale", "cashier_day", "register_day", "brand_day", "recipient_day", "shop_day"
]
"""What is limited. `question`: the sale from which on is asked; no sale goes beyond the others."""

Beyond = Literal["approve", "refuse"]

NAMES: Final[tuple[LimitName, ...]] = get_args(LimitName)
OFF: Final = "off"
"""What stands in the place of an amount where there is no limit."""

BEYOND: Final = "beyond"
PATTERNS: Final = "patterns"
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {BEYOND: get_args(Beyond), PATTERNS: ("on", OFF)}

Chosen = Mapping[str, Mapping[str, str]]
"""The table `limits` of the settings: by currency, each limit's name and its amount as text, or `off`."""


class WrongLimit(ValueError):
    """What can not be a limit; `place` is where it stands: the currency, and the name where one is meant."""

    def __init__(self, *place: str) -> None:
        super().__init__("no such limit")
        self.place = place


def limit_of(chosen: Chosen, name: LimitName, currency: str, shipped: str = OFF) -> Money | None:
    """The limit `name` in `currency`, None where there is none. Raises ValueError for what is no amount."""
    return _amount(chosen.get(currency, {}).get(name, shipped), currency)


def beyond(chosen: Chosen, currency: str) -> Beyond:
    """What becomes of a sale beyond a limit: a manager approves it, or it is refused."""
    return "refuse" if chosen.get(currency, {}).get(BEYOND) == "refuse" else "approve"


def has_patterns(chosen: Chosen, currency: str) -> bool:
    """Whether the rules about patterns are in force."""
    return chosen.get(currency, {}).get(PATTERNS) != OFF


def checked(chosen: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """`chosen` as it is. Raises WrongLimit for a limit nobody knows, or an amount that is none."""
    for currency, values in chosen.items():
        for name, value in values.items():
            try:
                _check(name, value, currency)
            except ValueError:
                raise WrongLimit(currency, name) from None
        try:
            # A currency that is none is found even where nothing is limited in it.
            Money.zero(currency)
        except ValueError:
            raise WrongLimit(currency) from None
    return dict(chosen)


def _check(name: str, value: str, currency: str) -> None:
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise ValueError("no such choice")
    elif name in NAMES:
        _amount(value, currency)
    else:
        raise ValueError("no such limit")


def _amount(text: str, currency: str) -> Money | None:
    if text == OFF:
        return None
    amount = Money.of(text, currency)
    if amount.minor <= 0:
        raise ValueError("a limit is more than nothing")
    return amount
