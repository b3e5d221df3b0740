"""Money as whole minor units and an ISO 4217 currency; it never rounds and never mixes unasked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from typing import Final

from typing_extensions import override

# ISO 4217:2015 table A.1: every currency whose minor unit is not two digits.
_DIGITS: Final[dict[str, int]] = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
# Twelve digits of major units are more than any till holds; beyond it, it is a reading error.
_LIMIT = Decimal(10) ** 12
# Where decimal would round to its 28 digits without a word, this context raises.
_EXACT = Context(traps=[Inexact])


def digits(currency: str) -> int:
    """How many decimal places the minor unit of `currency` has (ISO 4217)."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` whole minor units (cents, yen, fils) of `currency`.

    Raises ValueError for a currency that is not three capital letters, TypeError for anything but whole
    units, so that no float slips in by a multiplication.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is whole minor units")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError("a currency is three capital letters")

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Money:
        """The exact amount of `amount` major units (dollars, not cents).

        Accepts a Decimal, a whole number or plain decimal text with blanks around it. Raises ValueError for
        anything else, for exponents, NaN and infinity, and for more decimal places than the currency has,
        unless they are zeros: money is never rounded on the way in.
        """
        if isinstance(amount, str):
            text = amount.strip()
            if not _AMOUNT.fullmatch(text):
                raise ValueError("not a plain decimal amount")
            amount = text
        elif type(amount) not in {Decimal, int}:
            # A float would be taken for the binary fraction it is, and True for one dollar.
            raise ValueError("not an exact amount")
        major = Decimal(amount)
        if not major.is_finite() or not -_LIMIT < major < _LIMIT:
            raise ValueError("not an amount a till can hold")
        try:
            minor = major.scaleb(digits(currency), _EXACT).to_integral_exact(context=_EXACT)
        except Inexact:
            raise ValueError("finer than the currency's smallest unit") from None
        return cls(int(minor), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exactly, with the currency's number of places."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    @override
    def __str__(self) -> str:
        """Plain form for logs and machines: `25.00 USD`. People read `i18n.money`."""
        return f"{self.major:f} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor


def total(amounts: list[Money] | tuple[Money, ...], currency: str) -> Money:
    """The sum of `amounts`, zero of `currency` for none. Raises ValueError when a currency differs."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
