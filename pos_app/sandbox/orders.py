"""What was bought: the two kinds of order a provider keeps, and how they are written down and read back."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from typing_extensions import override

Numbering = Literal["next", "lower", "random", "huge"]
Buyer = Literal["key", "client", "portal"]
"""Who bought: a request with this account's key, another client with the same key, somebody in the portal."""

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

    They come once the order was asked for `polls` times without them, or `seconds` after it was made; with
    `each` so many at a time, again and again; with `never` not at all. With `pins` whoever asks for the order
    is told the PINs too, which the provider does not do otherwise. `listed` is how an answer shows a list of
    codes that is empty.
    """

    first: int
    polls: int | None
    seconds: Decimal | None
    status: str
    pins: bool = False
    each: int | None = None
    never: bool = False
    listed: str = "empty"
    asked: int = 0

    def shown(self, of: int, age: float) -> int:
        """How many of so many codes are there, once the order is `age` seconds old."""
        rounds = 0
        if not self.never and self.polls is not None:
            rounds = of if self.polls == 0 else self.asked // self.polls
        if not self.never and self.seconds is not None and age >= 0:
            rounds = max(rounds, of if self.seconds == 0 else int(age // float(self.seconds)))
        late = rounds * self.each if self.each is not None else of if rounds else 0
        return min(of, self.first + late)

    def end(self) -> None:
        """From now on all codes are there; what is told about their PINs stays as it was."""
        self.never, self.polls, self.each = False, 0, None

    def as_dict(self) -> dict[str, Any]:
        """Everything, as it is written down."""
        return {**vars(self), "seconds": None if self.seconds is None else str(self.seconds)}

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "Hold":
        """What was written down of it."""
        seconds: str | None = found["seconds"]
        read: dict[str, Any] = {**found, "seconds": None if seconds is None else Decimal(seconds)}
        return cls(**read)


@dataclass(frozen=True)
class Terms:
    """How a purchase departs from an ordinary one, which is made by this account's key at this moment.

    `received` is when it was asked for, if that was earlier; `dated_received` lets the order bear that date.
    `listed` and `charged` are how many codes there are and how many are paid, if not the quantity. `repeats`
    sells the codes of the order before once more.
    """

    by: Buyer = "key"
    received: float | None = None
    dated_received: bool = False
    listed: int | None = None
    charged: int | None = None
    hold: Hold | None = None
    numbering: Numbering = "next"
    repeats: bool = False


@dataclass
class CardOrder:
    """One CardPlusPay order. `created` is the Unix time the provider tells.

    `received` is when it was asked for, `committed` when it was carried out and the account debited; neither
    is told to a client. `charged_amount` (of one card) and `amount` (of all) are what the account was
    debited, in US dollars; `value` (of one) and `total_denomination` (of all) are face values in `currency`.
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
    by: Buyer = "key"
    received: float = 0.0
    committed: float = 0.0
    refunded: Decimal = Decimal("0.00")
    told_status: str | None = None

    def held(self, now: float) -> bool:
        """Whether codes are still on their way."""
        return self.hold is not None and self.hold.shown(len(self.codes), now - self.committed) < len(
            self.codes
        )

    def shown(self, now: float) -> list[IssuedCode]:
        """The codes an answer lists at this moment."""
        if self.hold is None:
            return self.codes
        return self.codes[: self.hold.shown(len(self.codes), now - self.committed)]

    def status(self, now: float) -> str:
        """The state as the provider tells it: `completed` unless codes are late or it was refunded."""
        if self.told_status is not None:
            return self.told_status
        return self.hold.status if self.hold and self.held(now) else "completed"

    def as_dict(self) -> dict[str, Any]:
        """Everything, amounts as text, as the state file and the admin side show it."""
        return {
            **vars(self),
            **{name: str(getattr(self, name)) for name in (*_MONEY, "refunded")},
            "codes": [dict(vars(code)) for code in self.codes],
            "hold": None if self.hold is None else self.hold.as_dict(),
        }

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "CardOrder":
        """The order `as_dict` wrote. Raises `KeyError`, `TypeError` or `ArithmeticError` for others."""
        hold: dict[str, Any] | None = found["hold"]
        # Ledgers that were written before these two were kept knew one moment only.
        moments = {name: found.get(name, found["created"]) for name in ("received", "committed")}
        read: dict[str, Any] = {
            **found,
            **moments,
            **{name: Decimal(found[name]) for name in _MONEY},
            "refunded": Decimal(found.get("refunded", "0.00")),
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
