"""Every change of the CardPlusPay balance, so that it can be told for any moment that has been."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

What = Literal["order", "refund", "top_up"]
By = Literal["key", "client", "portal", "provider"]
"""Who moved it: this account's key, another client with it, somebody in the portal, the provider."""


@dataclass(frozen=True)
class Movement:
    """US dollars in (above zero) or out (below) at a moment of the sandbox's clock, and what was left."""

    at: float
    what: What
    by: By
    amount: Decimal
    balance: Decimal
    order_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything, amounts as text."""
        return {**vars(self), "amount": str(self.amount), "balance": str(self.balance)}

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "Movement":
        """The movement `as_dict` wrote. Raises `KeyError`, `TypeError` or `ArithmeticError` for others."""
        read: dict[str, Any] = {
            **found,
            "amount": Decimal(found["amount"]),
            "balance": Decimal(found["balance"]),
        }
        return cls(**read)


def balance_at(now: Decimal, movements: Sequence[Movement], moment: float) -> Decimal:
    """The balance as it was at `moment`, reckoned back from today's."""
    return now - sum((move.amount for move in movements if move.at > moment), Decimal("0.00"))
