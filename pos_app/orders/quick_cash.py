"""What a customer is likely to hand over for an amount: the next round sums in notes."""

from __future__ import annotations

from pos_app.money import Money, digits

_STEPS = (5, 10, 20, 50, 100)
_IN_THOUSANDS = frozenset({"JPY", "KRW", "CLP", "ISK", "XAF", "XOF"})
_MOST = 3
_FAR = 1000


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
    """What a shop counts notes in, in minor units: a dollar, a hundred yen."""
    return 10 ** digits(currency) * (100 if currency in _IN_THOUSANDS else 1)
