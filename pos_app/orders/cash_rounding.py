"""Cash where the small coins are gone: what is paid in coins is rounded, what goes by card never is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pos_app.money import Money

# In minor units. Currencies that are not here are paid to the last unit, unless the shop chose a coin.
_SMALLEST_COINS: Final[dict[str, int]] = {
    # Royal Australian Mint, ACCC: 1 and 2 cents withdrawn in 1992.
    "AUD": 5,
    # Department of Finance Canada, "Eliminating the Penny": not distributed since 4 February 2013.
    "CAD": 5,
    # Swissmint: 1 Rappen no longer legal tender since 1 January 2007.
    "CHF": 5,
    # Czech National Bank: 50 haléřů no longer legal tender since 1 September 2008.
    "CZK": 100,
    # Danmarks Nationalbank: 25 øre withdrawn on 1 October 2008.
    "DKK": 50,
    # Act III of 2008 on rounding: 1 and 2 forints withdrawn on 1 March 2008.
    "HUF": 500,
    # Bank of Israel: 5 agorot withdrawn on 1 January 2008.
    "ILS": 10,
    # Bank Negara Malaysia, rounding mechanism: since 1 April 2008.
    "MYR": 5,
    # Norges Bank: 50 øre no longer legal tender since 1 May 2012.
    "NOK": 100,
    # Reserve Bank of New Zealand: 5 cents no longer legal tender since 1 November 2006.
    "NZD": 10,
    # Sveriges Riksbank: 50 öre no longer legal tender since 1 October 2010.
    "SEK": 100,
}
# Half a coin is rounded up by the laws above. New Zealand leaves it to the shop, and most round down.
_HALF_GOES_DOWN: Final = frozenset({"NZD"})


@dataclass(frozen=True, slots=True)
class Rounding:
    """What rounding to `coin` put `by` on what was to pay; below zero when the customer paid less."""

    by: Money
    coin: Money


def usual_coin(currency: str) -> Money | None:
    """The smallest coin people pay `currency` with, None where they pay to the last unit."""
    minor = _SMALLEST_COINS.get(currency)
    return None if minor is None else Money(minor, currency)


def smallest_coin(currency: str, chosen: str) -> Money | None:
    """The coin that cash in `currency` is rounded to, None for no rounding.

    `chosen` is what the shop's settings say: nothing for the usual one, else an amount in major units, 0 for
    none. Raises ValueError for what is no amount in `currency`.
    """
    if not chosen:
        return usual_coin(currency)
    return Money.of(chosen, currency) or None


def rounded(amount: Money, coin: Money) -> Money:
    """`amount`, not below zero, in whole coins: the nearest sum there is."""
    coins, rest = divmod(amount.minor, coin.minor)
    half = 2 * rest == coin.minor and amount.currency not in _HALF_GOES_DOWN
    return coin * (coins + (2 * rest > coin.minor or half))


def in_coins(amount: Money, coin: Money) -> Money:
    """As much of `amount` as there are whole coins in it."""
    return coin * (amount.minor // coin.minor)


def roundings(prices: Sequence[Money], rounding: Rounding) -> tuple[Money, ...]:
    """How `rounding` lies on the orders of a sale, which cost `prices`: for each what is put on its price.

    Each order but the last then costs whole coins as long as there are as many, none less than nothing, and
    all of them what was paid.
    """
    zero = Money.zero(rounding.coin.currency)
    exact, paid = zero, zero
    stayed = sum(prices, zero) + rounding.by
    shares: list[Money] = []
    for place, price in enumerate(prices, 1):
        exact += price
        upto = stayed if place == len(prices) else min(rounded(exact, rounding.coin), stayed)
        shares.append(upto - paid - price)
        paid = upto
    return tuple(shares)
