"""What a customer is likely to hand over for an amount: the next round sums in notes."""

from __future__ import annotations

from typing import Final

from pos_app.money import Money, digits

_STEPS = (5, 10, 20, 50, 100)
_MOST = 3
_FAR = 1000

# What people count notes in where one of the currency is small money: no note is worth more than a thousand
# times this. Where a currency is not here, that is one.
_SMALL_MONEY: Final[dict[int, str]] = {
    10: "BDT CZK DKK DOP EGP HKD INR KES MUR MXN NOK PHP RUB SEK THB TRY TWD UAH UYU",
    100: (
        "ALL AMD ARS BIF CLP CRC DJF DZD HUF ISK JMD JPY KMF KRW KZT LKR NGN NPR PKR RSD RWF TZS VUV XAF XOF"
        " XPF YER"
    ),
    1000: "COP GNF IDR IQD KHR LAK LBP MGA MMK MNT PYG UGX UZS",
    10_000: "VND",
}
_COUNTED_IN: Final = {
    currency: unit for unit, all_of_it in _SMALL_MONEY.items() for currency in all_of_it.split()
}


def likely_sums(due: Money) -> tuple[Money, ...]:
    """At most three sums above `due`, each a multiple of a usual note, ascending."""
    unit = _unit(due.currency)
    if due.minor <= 0:
        return ()
    sums = {-(-due.minor // (step * unit)) * step * unit for step in _STEPS}
    above = sorted(minor for minor in sums if minor > due.minor)
    return tuple(Money(minor, due.currency) for minor in above[:_MOST])


def is_far_too_much(due: Money, received: Money) -> bool:
    """Whether nobody would hand over `received` for `due`: it was scanned, or typed with a zero too many."""
    return received.minor - due.minor > _FAR * _unit(due.currency)


def _unit(currency: str) -> int:
    """What a shop counts notes in, in minor units: a dollar, a hundred yen, a thousand dong."""
    return 10 ** digits(currency) * _COUNTED_IN.get(currency, 1)
