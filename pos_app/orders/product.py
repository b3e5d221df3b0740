"""What a provider sells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_app.money import Money

Delivery = Literal["codes", "email"]
"""`codes`: the shop hands over code and PIN. `email`: the provider sends the card to a recipient."""


@dataclass(frozen=True, slots=True)
class Product:
    """One thing a provider sells: a card of a fixed face value, or of an open amount between two limits.

    `item` is the provider's own opaque, case-sensitive name for it. `face` is set for a fixed value;
    `least` and `most` (either may be missing: no limit known) bound an open amount. `cost` is what one card
    of a fixed value debits our account by the catalogue; it can be lower or higher than the face value and
    can move. `address` tells merchants of the same name apart.
    """

    provider: str
    item: str
    brand: str
    name: str
    currency: str
    delivery: Delivery
    category: str = ""
    region: str = ""
    countries: tuple[str, ...] = ()
    face: Money | None = None
    least: Money | None = None
    most: Money | None = None
    cost: Money | None = None
    address: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the product among all providers': provider and item."""
        return (self.provider, self.item)
