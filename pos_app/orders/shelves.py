"""Products put together as they are offered: a brand in one region with its values, or a merchant by e-mail.

A catalogue is long and most of it is never sold. So a shelf keeps its products packed, as one short text, and
only what tells a tile and answers a search lies open.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final, cast

from pos_app.money import Money, digits
from pos_app.orders.digits import western_digits
from pos_app.orders.product import Delivery, Product

_MOST_DIGITS: Final = 16
_SYMBOLS: Final = "$€£¥"
_ARABIC_POINT: Final = "\u066b"
_BETWEEN: Final = "\x1f"
"""Stands between the parts of a key; no name has a character in it that can not be printed."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A tile: one brand in one region with its values, or one merchant by e-mail.

    `address` tells merchants of one name apart. `values` are the fixed faces, ascending; `least` and `most`
    bound an open amount.
    """

    key: str
    name: str
    delivery: Delivery
    category: str
    region: str
    address: str
    least: Money | None
    most: Money | None
    values: tuple[Money, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """A brand of `provider`, priced in `currency`, with what it is found by and its products, packed.

    `count` is how many of them are offered: of twins only the one that costs less.
    """

    provider: str
    currency: str
    brand: Brand
    words: str
    start: str
    count: int
    packed: str


def street(merchant: Brand) -> str:
    """Where `merchant` is, without its town."""
    return merchant.address.partition(",")[0]


def doubles(brands: Iterable[Brand]) -> frozenset[tuple[str, str]]:
    """The names and streets that more than one merchant by e-mail among `brands` has."""
    merchants = [brand for brand in brands if brand.delivery == "email"]
    # Few of thousands have one name: only of those the street is looked at.
    names, again = set[str](), set[str]()
    for merchant in merchants:
        (again if merchant.name in names else names).add(merchant.name)
    seen, twice = set[tuple[str, str]](), set[tuple[str, str]]()
    for merchant in merchants:
        if merchant.name in again:
            place = merchant.name, street(merchant)
            (twice if place in seen else seen).add(place)
    return frozenset(twice)


def key_of(product: Product) -> str:
    """Names the shelf of `product` among those of its provider and currency."""
    if product.delivery == "email":
        return f"{_BETWEEN}{product.item}"
    return f"{product.brand}{_BETWEEN}{product.region}"


def brand_key(provider: str, key: str) -> str:
    """Names the tile of the shelf `key` of `provider` among all."""
    return f"{provider}{_BETWEEN}{key}"


def packed(products: Iterable[Product]) -> tuple[str, str]:
    """The shelf of `products`, one at least, all of one shelf: what lies open of it, and its products."""
    group = list(products)
    offered = _offered(group)
    first = offered[0]
    unit = first.currency
    # Each word once: what is looked for has no blank in it, and most products of a brand differ in one word.
    told = (plain(f"{p.brand} {p.name} {p.item} {p.address} {p.category}") for p in group)
    words = " ".join(sorted({word for one in told for word in one.split()}))
    head = [
        first.brand,
        first.delivery,
        first.category,
        first.region,
        first.address,
        _told(first.least, unit),
        _told(first.most, unit),
        [_told(product.face, unit) for product in offered if product.face is not None],
        words,
        plain(first.brand),
        len(offered),
    ]
    rows = [
        [
            product.item,
            product.name,
            product.brand,
            product.category,
            product.region,
            product.countries,
            _told(product.face, unit),
            _told(product.least, unit),
            _told(product.most, unit),
            _told(product.cost, unit),
            product.address,
        ]
        for product in group
    ]
    return _text(head), _text(rows)


def shelf(provider: str, currency: str, key: str, head: str, products: str) -> Shelf:
    """The shelf that `packed` made these two texts of. Raises ValueError for texts it did not make."""
    try:
        name, delivery, category, region, address, least, most, values, words, start, count = json.loads(head)
        # The same few words stand on thousands of shelves: each is kept once.
        provider, currency = sys.intern(provider), sys.intern(currency)
        brand = Brand(
            key=brand_key(provider, key),
            name=name,
            delivery=cast("Delivery", sys.intern(delivery)),
            category=sys.intern(category),
            region=sys.intern(region),
            address=address,
            least=_read(least, currency),
            most=_read(most, currency),
            values=tuple([_amount(*_parts(value, currency)) for value in values]),
        )
        return Shelf(provider, currency, brand, words, start, count, products)
    except TypeError as error:
        raise ValueError("not a shelf") from error


def unpacked(shelf: Shelf) -> tuple[Product, ...]:
    """Every product of `shelf`, also a twin that costs more than another."""
    unit, delivery = shelf.currency, shelf.brand.delivery
    return tuple(
        Product(
            provider=shelf.provider,
            item=item,
            brand=brand,
            name=name,
            currency=unit,
            delivery=delivery,
            category=category,
            region=region,
            countries=tuple(countries),
            face=_read(face, unit),
            least=_read(least, unit),
            most=_read(most, unit),
            cost=_read(cost, unit),
            address=address,
        )
        for item, name, brand, category, region, countries, face, least, most, cost, address in cast(
            "list[Any]", json.loads(shelf.packed)
        )
    )


def offered(shelf: Shelf) -> tuple[Product, ...]:
    """The products of `shelf` that are offered: one a value, ascending."""
    return tuple(_offered(unpacked(shelf)))


def found(shelves: Sequence[Shelf], word: str, categories: Collection[str] = ()) -> list[Shelf]:
    """Those of `shelves` that `word`, written as `plain` does, finds: by part of a word, or by a value.

    All of `categories` are found too: what the word calls in the language in force.
    """
    amount = _amount_in(word)
    if amount is None:
        if not categories:
            return [shelf for shelf in shelves if word in shelf.words]
        return [shelf for shelf in shelves if word in shelf.words or shelf.brand.category in categories]
    # An amount of one currency is a whole number of its units; found once, not for each of thousands.
    units = {currency: amount.scaleb(digits(currency)) for currency in {shelf.currency for shelf in shelves}}
    return [
        shelf for shelf in shelves if word in shelf.words or _sells_for(shelf.brand, units[shelf.currency])
    ]


def plain(text: str) -> str:
    """`text` as it is searched: without accents and capitals, and every script's digits as `0` to `9`.

    Marks nobody sees, which come along with what is pasted or with some keyboards' keys, count for nothing.
    """
    # Most texts need no taking apart, which would hold up the window while thousands of products are read.
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in decomposed if not _is_mark(letter)).casefold()
    return western_digits(letters)


def _is_mark(letter: str) -> bool:
    return bool(unicodedata.combining(letter)) or unicodedata.category(letter) == "Cf"


def _offered(group: Iterable[Product]) -> list[Product]:
    cheapest: dict[Money | None, Product] = {}
    for product in group:
        other = cheapest.get(product.face)
        if other is None or _dearness(product) < _dearness(other):
            cheapest[product.face] = product
    return sorted(cheapest.values(), key=lambda product: product.face.minor if product.face else 0)


def _dearness(product: Product) -> int:
    """Of two products of one brand, region and value the one that costs the shop less is offered."""
    return product.cost.minor if product.cost else 0


def _amount_in(word: str) -> Decimal | None:
    """The amount that `word` is, with its symbol before or behind it as people write it."""
    bare = word.strip(_SYMBOLS)
    if not bare or not bare[-1].isdecimal():
        return None
    try:
        amount = Decimal(bare.replace(",", ".").replace(_ARABIC_POINT, "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount.adjusted() < _MOST_DIGITS else None


def _sells_for(brand: Brand, units: Decimal) -> bool:
    """Whether a card of `brand` can have a value of so many minor units."""
    if brand.values:
        return any(value.minor == units for value in brand.values)
    least, most = brand.least, brand.most
    return not ((least is not None and units < least.minor) or (most is not None and units > most.minor))


def _told(amount: Money | None, unit: str) -> int | list[int | str] | None:
    if amount is None:
        return None
    return amount.minor if amount.currency == unit else [amount.minor, amount.currency]


def _read(told: int | list[Any] | None, unit: str) -> Money | None:
    return None if told is None else _amount(*_parts(told, unit))


def _parts(told: int | list[Any], unit: str) -> tuple[int, str]:
    if isinstance(told, int):
        return told, unit
    minor, currency = told
    return minor, currency


@lru_cache(maxsize=2048)
def _amount(minor: int, currency: str) -> Money:
    """Thousands of cards have the same few values: each is kept once."""
    return Money(minor, currency)


def _text(value: object) -> str:
    # All in ASCII: a character beyond it would have each of a text take twice or four times the room.
    return json.dumps(value, separators=(",", ":"))
