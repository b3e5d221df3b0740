"""The products CardPlusPay's stand-in sells: over two thousand, of brands nobody owns, all from the seed."""

import itertools
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Literal

from pos_app.sandbox import names
from pos_app.sandbox.codes import PATTERNS

DIGITS = {"USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "JPY": 0, "KWD": 3}
"""Digits after the point, for each currency there are cards in (ISO 4217)."""

_DOLLARS = {"USD": "1", "EUR": "1.09", "GBP": "1.27", "CAD": "0.73", "JPY": "0.0066", "KWD": "3.25"}
_CENT = Decimal("0.01")
_SHARE_WITH_PIN, _SHARE_SOLD_OUT, _SHARE_SCARCE = 0.15, 0.03, 0.05
_DELIVERY = {10: "PHYSICAL", 12: "BOTH", 25: "BOTH"}
"""Which of forty invented brands do not come by wire alone."""
_LONG_NAMED = 5
"""Which of forty invented brands has a name no label is wide enough for."""

_REGIONS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "USD": (("global", ("US", "CA", "GB", "DE", "FR", "AU", "JP")), ("us", ("US",)), ("us", ("US", "PR"))),
    "EUR": (("eu", ("DE", "FR", "IT", "ES", "NL", "AT", "IE")), ("de", ("DE", "AT")), ("fr", ("FR",))),
    "GBP": (("uk", ("GB",)), ("uk", ("GB", "IE"))),
    "CAD": (("ca", ("CA",)),),
    "JPY": (("jp", ("JP",)),),
    "KWD": (("gcc", ("KW", "SA", "AE")),),
}
_VALUES = {
    "USD": (
        "5",
        "10",
        "15",
        "20",
        "25",
        "30",
        "50",
        "75",
        "100",
        "150",
        "200",
        "250",
        "300",
        "500",
        "9.99",
        "12.50",
    ),
    "EUR": ("5", "10", "15", "20", "25", "50", "75", "100", "150", "200", "19.90"),
    "GBP": ("5", "10", "15", "20", "25", "50", "75", "100", "150", "200"),
    "CAD": ("5", "10", "20", "25", "50", "75", "100", "150", "200"),
    "JPY": ("500", "1000", "1500", "2000", "3000", "5000", "10000", "20000"),
    "KWD": ("1", "2.500", "5", "10", "12.500", "20", "50"),
}
_BRANDS_IN = {"USD": 175, "EUR": 36, "GBP": 26, "CAD": 16, "JPY": 9, "KWD": 8}
_VALUES_OF_A_BRAND = {"USD": 9, "EUR": 8, "GBP": 8, "CAD": 7, "JPY": 6, "KWD": 5}

Pins = Literal["none", "always", "sometimes"]


@dataclass(frozen=True)
class Product:
    """One card of one fixed value.

    `value` is its face value in `currency`; `price` is what one costs the account, in US dollars, because the
    account is kept in US dollars. `stock` is how many there were at the start. `pins` says whether its codes
    come with a PIN; `sometimes` is every second code of an order, as in the documentation's example.
    """

    item_code: str
    product_name: str
    brand: str
    category: str
    region: str
    currency: str
    delivery_type: str
    country_code: tuple[str, ...]
    value: Decimal
    price: Decimal
    stock: int
    pins: Pins
    pin_digits: int
    code_pattern: str


@dataclass(frozen=True)
class _Brand:
    name: str
    category: str
    discount: Decimal
    pins: Pins = "none"
    pin_digits: int = 4
    code_pattern: str = PATTERNS[0]
    delivery_type: str = "DIGITAL"
    plenty: bool = False


_NAMED: tuple[tuple[_Brand, tuple[str, ...]], ...] = (
    (_Brand("Acme Games", "games", Decimal("0.04"), plenty=True), ("USD", "EUR", "GBP", "JPY")),
    (_Brand("Boreal", "stores", Decimal("0.06"), code_pattern=PATTERNS[1], plenty=True), ("USD", "CAD")),
    (_Brand("Café Lumen", "food", Decimal("0.08"), code_pattern=PATTERNS[3], plenty=True), ("USD", "EUR")),
    (
        _Brand("Dalton", "stores", Decimal("0.05"), "always", 4, PATTERNS[2], plenty=True),
        ("USD", "GBP"),
    ),
    (_Brand("Ebbe Music", "music", Decimal("0.10"), "always", 7, PATTERNS[4], plenty=True), ("USD", "EUR")),
    (
        _Brand("Farrow & Co", "fashion", Decimal("0.03"), "sometimes", 6, PATTERNS[5], plenty=True),
        ("USD", "GBP"),
    ),
    (_Brand("Glasswing", "home", Decimal(0), code_pattern=PATTERNS[6], plenty=True), ("USD", "KWD")),
    (
        _Brand("Harbour Air", "travel", Decimal("-0.02"), code_pattern=PATTERNS[7], plenty=True),
        ("USD", "CAD"),
    ),
)
_NAMED_VALUES = {
    "USD": ("5", "10", "15", "20", "25", "50", "75", "100", "200", "500"),
    "EUR": ("10", "20", "25", "50", "100"),
    "GBP": ("10", "20", "25", "50", "100"),
    "CAD": ("10", "25", "50", "100"),
    "JPY": ("1000", "3000", "5000", "10000"),
    "KWD": ("2.500", "5", "10"),
}


def products(seed: int, number: int | None = None) -> Mapping[str, Product]:
    """Every product by its item code, in the catalogue's order; the same seed gives the same ones.

    `number` is how many there are to be; without it over two thousand. More of them are more brands of the
    same kinds, behind the ones there always are.
    """
    rng = Random(f"catalogue {seed}")
    found: dict[str, Product] = {}
    for brand, currency, values in _assortment(rng, without_end=number is not None):
        region, countries = rng.choice(_REGIONS[currency]) if not brand.plenty else _REGIONS[currency][0]
        for text in values:
            if len(found) == number:
                return found
            product = _product(rng, brand, currency, Decimal(text), region, countries)
            found[product.item_code] = product
    return found


def amount_text(value: Decimal, currency: str) -> str:
    """`value` with as many digits as the currency has: `10.00` USD, `1000` JPY, `2.500` KWD."""
    return format(value.quantize(Decimal(1).scaleb(-DIGITS[currency])), "f")


def _assortment(rng: Random, *, without_end: bool) -> Iterator[tuple[_Brand, str, Iterable[str]]]:
    for brand, currencies in _NAMED:
        for currency in currencies:
            yield brand, currency, _NAMED_VALUES[currency]
    taken = {brand.name for brand, _ in _NAMED}
    for _round in itertools.count() if without_end else range(1):
        for currency, count in _BRANDS_IN.items():
            for number in range(count):
                brand = _invented(rng, taken, number % 40)
                taken.add(brand.name)
                values = rng.sample(_VALUES[currency], _VALUES_OF_A_BRAND[currency])
                yield brand, currency, sorted(values, key=Decimal)


def _invented(rng: Random, taken: set[str], number: int) -> _Brand:
    long = number == _LONG_NAMED
    category = rng.choice(tuple(names.TRADES))
    name = names.brand(rng, category, long=long)
    while name in taken:
        name = names.brand(rng, category, long=long)
    # Mostly cheaper than the face value, a few equal to it, a few dearer.
    percent = rng.choice(
        ("0", "-1.5", "-3", *("1", "2", "2.5", "3", "4", "5", "6", "7.5", "8", "9", "10", "12") * 3)
    )
    pins: Pins = "always" if rng.random() < _SHARE_WITH_PIN else "none"
    delivery = _DELIVERY.get(number, "DIGITAL")
    digits = rng.choice((4, 4, 6, 8))
    return _Brand(name, category, Decimal(percent) / 100, pins, digits, rng.choice(PATTERNS), delivery)


def _product(
    rng: Random, brand: _Brand, currency: str, value: Decimal, region: str, countries: tuple[str, ...]
) -> Product:
    price = (value * Decimal(_DOLLARS[currency]) * (1 - brand.discount)).quantize(_CENT, ROUND_HALF_UP)
    suffix = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(4))
    number = format(value.normalize(), "f")
    return Product(
        item_code=f"{_slug(brand.name)}-{number}{currency}-{suffix}",
        product_name=f"{brand.name} {number} {currency}",
        brand=brand.name,
        category=brand.category,
        region=region,
        currency=currency,
        delivery_type=brand.delivery_type,
        country_code=countries,
        value=value,
        price=price,
        stock=5000 if brand.plenty else _stock(rng),
        pins=brand.pins,
        pin_digits=brand.pin_digits,
        code_pattern=brand.code_pattern,
    )


def _stock(rng: Random) -> int:
    kind = rng.random()
    if kind < _SHARE_SOLD_OUT:
        return 0
    return rng.randint(1, 5) if kind < _SHARE_SOLD_OUT + _SHARE_SCARCE else rng.randint(50, 2000)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    words = ["".join(letter for letter in word if letter.isalnum()).upper() for word in plain.split()]
    return next(
        (word[:10] for word in words if word and word not in {"CAFE", "MAISON", "THE", "GRANDE"}), "CARD"
    )
