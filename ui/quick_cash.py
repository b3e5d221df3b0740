"""What a customer is likely to hand over for an amount: the next round sums in notes."""

from __future__ import annotations

from pos_app.money import Money, digits

_STEPS = (5, 10, 20, 50, 100)
_IN_THOUSANDS = frozenset({"JPY", "KRW", "CLP", "ISK", "XAF", "XOF"})
_MOST = 3


def likely_sums(due: Money) -> tuple[Money, ...]:
    """At most three sums above `due`, each a multiple of a usual note, ascending."""
    unit = 10 ** digits(due.currency)
    if due.currency in _IN_THOUSANDS:
        unit *= 100
    if due.minor <= 0:
        return ()
    sums = {-(-due.minor // (step * unit)) * step * unit for step in _STEPS}
    above = sorted(minor for minor in sums if minor > due.minor)
    return tuple(Money(minor, due.currency) for minor in above[:_MOST])
