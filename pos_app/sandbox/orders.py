"""What was bought: the two kinds of order a provider keeps, and how they are written down and read back."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from typing_extensions import override

_MONEY = ("value", "charged_amount", "amount", "total_denomination")


@dataclass(frozen=True)
class IssuedCode:
    """One code that was sold, with its PIN where the brand has one."""

    code: str
    pin: str | None

    @override
    def __repr__(self) -> str:
        return "IssuedCode(...)"


@dataclass
class Hold:
    """Codes that come late: until then only the first `first` of the order are shown.

    They come once the order was asked for `polls` times without them, or `seconds` after it was made. With
    `pins` whoever asks for the order is told the PINs too, which the provider does not do otherwise.
    """

    first: int
    polls: int | None
    seconds: Decimal | None
    status: str
    pins: bool = False
    asked: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Everything, as it is written down."""
        return {**vars(self), "seconds": None if self.seconds is None else str(self.seconds)}

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "Hold":
        """What was written down of it."""
        seconds: str | None = found["seconds"]
        read: dict[str, Any] = {**found, "seconds": None if seconds is None else Decimal(seconds)}
        return cls(**read)


@dataclass
class CardOrder:
    """One CardPlusPay order. `created` is Unix time.

    `charged_amount` (of one card) and `amount` (of all) are what the account was debited, in US dollars;
    `value` (of one) and `total_denomination` (of all) are face values in `currency`.
    """

    order_id: int
    order_no: str
    item_code: str
    quantity: int
    currency: str
    value: Decimal
    charged_amount: Decimal
    amount: Decimal
    total_denomination: Decimal
    email: str | None = field(repr=False)
    created: float
    codes: list[IssuedCode] = field(repr=False)
    hold: Hold | None = None
    reply: str = "sent"
    reply_lost: bool = False

    def held(self, now: float) -> bool:
        """Whether the codes are still on their way."""
        hold = self.hold
        if hold is None:
            return False
        by_polls = hold.polls is not None and hold.asked >= hold.polls
        return not (by_polls or (hold.seconds is not None and now >= self.created + float(hold.seconds)))

    def shown(self, now: float) -> list[IssuedCode]:
        """The codes an answer lists at this moment."""
        return self.codes[: self.hold.first] if self.hold and self.held(now) else self.codes

    def status(self, now: float) -> str:
        """The order's state as the provider tells it; `completed` unless late codes say otherwise."""
        return self.hold.status if self.hold and self.held(now) else "completed"

    def as_dict(self) -> dict[str, Any]:
        """Everything, amounts as text, as the state file and the admin side show it."""
        return {
            **vars(self),
            **{name: str(getattr(self, name)) for name in _MONEY},
            "codes": [dict(vars(code)) for code in self.codes],
            "hold": None if self.hold is None else self.hold.as_dict(),
        }

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "CardOrder":
        """The order `as_dict` wrote. Raises `KeyError`, `TypeError` or `ArithmeticError` for others."""
        hold: dict[str, Any] | None = found["hold"]
        read: dict[str, Any] = {
            **found,
            **{name: Decimal(found[name]) for name in _MONEY},
            "codes": [IssuedCode(**code) for code in found["codes"]],
            "hold": None if hold is None else Hold.from_dict(hold),
        }
        return cls(**read)


@dataclass
class GiftCardOrder:
    """One LevelUp gift card bought for a recipient. `value_amount` is in cents; no merchant means any."""

    number: int
    merchant_id: int | None
    value_amount: int
    recipient_email: str = field(repr=False)
    recipient_name: str | None = field(repr=False)
    recipient_message: str | None = field(repr=False)
    delayed: bool
    created: float
    reply: str = "sent"
    reply_lost: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Everything, as the state file and the admin side show it."""
        return dict(vars(self))
