"""What can be sold: all providers' products, kept in the store, searched in memory, refreshed behind."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from pos_app.changes import Changes
from pos_app.clock import Now
from pos_app.errors import PosError
from pos_app.money import Money
from pos_app.orders.product import Delivery, Product
from pos_app.providers.base import Provider
from pos_app.store.products import Products
from pos_app.store.views import Views

_BUSY_HOURS = timedelta(hours=16)


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


@dataclass(frozen=True, slots=True)
class _Shelf:
    brand: Brand
    products: tuple[Product, ...]
    words: str
    start: str


class Catalog:
    """The products of all providers in the shop's currency."""

    def __init__(
        self,
        products: Products,
        views: Views,
        providers: Mapping[str, Provider],
        changes: Changes,
        currency: str,
        now: Now,
    ) -> None:
        self._products = products
        self._views = views
        self._providers = providers
        self._changes = changes
        self._currency = currency
        self._now = now
        self._all: tuple[Product, ...] = ()
        self._shelves: tuple[_Shelf, ...] = ()
        self._by_key: dict[str, _Shelf] = {}
        self._loading = False
        self._failures: dict[str, PosError] = {}

    @property
    def count(self) -> int:
        """How many products can be sold."""
        return sum(len(shelf.products) for shelf in self._shelves)

    @property
    def loading(self) -> bool:
        """Whether a provider is being read at this moment."""
        return self._loading

    @property
    def failure(self) -> PosError | None:
        """Why the last refresh did not reach some provider, None when it reached all."""
        return next(iter(self._failures.values()), None)

    def failure_of(self, provider: str) -> PosError | None:
        """Why the last refresh did not reach `provider`, None when it did."""
        return self._failures.get(provider)

    async def open(self) -> None:
        """Take what the store has, without asking anybody."""
        await self._arrange(await self._products.load())

    async def refresh(self) -> None:
        """Read every provider's list and keep it; one that fails leaves its old list and a `failure`."""
        self._loading = True
        self._changes.announce("products")
        try:
            for name, provider in self._providers.items():
                try:
                    # What is known already is kept once: a till that waits would hold every product twice.
                    known = {product.key: product for product in self._all}
                    read = [_kept(known, product) async for some in provider.products() for product in some]
                except PosError as error:
                    self._failures[name] = error
                    continue
                self._failures.pop(name, None)
                await self._products.replace(name, read)
                others = [product for product in self._all if product.provider != name]
                await self._arrange([*others, *read])
        finally:
            self._loading = False
            self._changes.announce("products")

    def brands(self, text: str = "", category: str = "", *, limit: int = 60) -> tuple[Brand, ...]:
        """The brands that `text` finds, best first: names that begin with it, then the rest.

        An amount among its words finds what can be had for it, by value or within the limits.
        `category` is one of `categories()`, "email" for cards by e-mail, or empty for all.
        """
        words = _plain(text).split()
        begins: list[Brand] = []
        others: list[Brand] = []
        for shelf in self._shelves:
            if not _in_category(shelf.brand, category) or not all(_fits(shelf, word) for word in words):
                continue
            (begins if words and shelf.start.startswith(words[0]) else others).append(shelf.brand)
        return tuple((begins + others)[:limit])

    def categories(self) -> tuple[str, ...]:
        """The categories of cards with codes, by name."""
        return tuple(
            sorted(
                {shelf.brand.category for shelf in self._shelves if shelf.brand.category}, key=str.casefold
            )
        )

    def products_of(self, brand: Brand) -> tuple[Product, ...]:
        """The products behind `brand`: one a value, ascending; for an e-mail merchant its open amount."""
        shelf = self._by_key.get(brand.key)
        return shelf.products if shelf else ()

    def all(self) -> tuple[Product, ...]:
        """Every product in the shop's currency, also one a tile leaves out because a twin costs less."""
        return self._all

    async def _arrange(self, products: Iterable[Product]) -> None:
        groups: defaultdict[str, list[Product]] = defaultdict(list)
        # What is priced in another currency is in the store alone: nobody can be sold it here.
        self._all = tuple(product for product in products if product.currency == self._currency)
        for product in self._all:
            groups[_shelf_key(product)].append(product)
        sold = await self._views.sold_since(self._now() - _BUSY_HOURS)
        shelves = [_shelf(key, group) for key, group in groups.items()]

        def rank(shelf: _Shelf) -> tuple[int, str, str]:
            first = shelf.products[0]
            return (-sold.get((first.provider, first.brand), 0), _plain(shelf.brand.name), shelf.brand.key)

        self._shelves = tuple(sorted(shelves, key=rank))
        self._by_key = {shelf.brand.key: shelf for shelf in self._shelves}
        self._changes.announce("products")


def _kept(known: Mapping[tuple[str, str], Product], product: Product) -> Product:
    """`product`, or the one of `known` that is the same."""
    known_one = known.get(product.key)
    return known_one if known_one is not None and known_one == product else product


def _shelf_key(product: Product) -> str:
    if product.delivery == "email":
        return f"{product.provider}\0{product.item}"
    return f"{product.provider}\0{product.brand}\0{product.region}"


def _shelf(key: str, group: list[Product]) -> _Shelf:
    cheapest: dict[Money | None, Product] = {}
    for product in group:
        other = cheapest.get(product.face)
        if other is None or _dearness(product) < _dearness(other):
            cheapest[product.face] = product
    products = sorted(cheapest.values(), key=lambda product: product.face.minor if product.face else 0)
    first = products[0]
    brand = Brand(
        key=key,
        name=first.brand,
        delivery=first.delivery,
        category=first.category,
        region=first.region,
        address=first.address,
        least=first.least,
        most=first.most,
        values=tuple(product.face for product in products if product.face is not None),
    )
    # Each word once: what is looked for has no blank in it, and most products of a brand differ in one word.
    told = (_plain(f"{p.brand} {p.name} {p.item} {p.address} {p.category}") for p in group)
    words = " ".join({word for one in told for word in one.split()})
    return _Shelf(brand, tuple(products), words, _plain(first.brand))


def _dearness(product: Product) -> int:
    """Of two products of one brand, region and value the one that costs the shop less is offered."""
    return product.cost.minor if product.cost else 0


def _fits(shelf: _Shelf, word: str) -> bool:
    return word in shelf.words or (word[-1].isdecimal() and _sells_for(shelf.brand, word))


def _sells_for(brand: Brand, word: str) -> bool:
    """Whether a card of `brand` can have the value that `word` says."""
    try:
        amount = Decimal(word.lstrip("$€£¥").replace(",", "."))
    except InvalidOperation:
        return False
    if brand.values:
        return any(value.major == amount for value in brand.values)
    least, most = brand.least, brand.most
    return not ((least is not None and amount < least.major) or (most is not None and amount > most.major))


def _in_category(brand: Brand, category: str) -> bool:
    if not category:
        return True
    return brand.delivery == "email" if category == "email" else brand.category == category


def _plain(text: str) -> str:
    """`text` as it is searched: without accents and without difference between capitals and small letters."""
    # Most texts need no taking apart, which would hold up the window while thousands of products are read.
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
