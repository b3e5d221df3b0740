"""What CardPlusPay's two lists can be asked for: filters, order and page, with their documented bounds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from starlette.datastructures import QueryParams

from pos_app.sandbox.catalogue import Product
from pos_app.sandbox.orders import CardOrder

_Row = TypeVar("_Row")
_MOST_PER_PAGE = 100
_LONGEST_SEARCH = 255
_MOST_DIGITS = 9


class Invalid(Exception):
    """A field is missing or of the wrong kind; the text says which."""


@dataclass(frozen=True)
class Slice(Generic[_Row]):
    """One page of a list, with the four numbers of its pagination block."""

    rows: Sequence[_Row]
    total: int
    per_page: int
    current_page: int
    last_page: int


@dataclass(frozen=True)
class _Paged:
    per_page: int
    page: int

    def slice(self, found: Sequence[_Row], *, ignore_page: bool = False) -> Slice[_Row]:
        """The page that was asked for. A page after the last is empty."""
        page = 1 if ignore_page else self.page
        start = (page - 1) * self.per_page
        last = max(1, -(-len(found) // self.per_page))
        return Slice(found[start : start + self.per_page], len(found), self.per_page, page, last)


@dataclass(frozen=True)
class ProductQuery(_Paged):
    """The filters of `GET /catalog`; every one that is given must fit."""

    fits: tuple[Callable[[Product], bool], ...]
    sort_by: str | None
    descending: bool

    @classmethod
    def read(cls, query: QueryParams) -> "ProductQuery":
        """The query as asked. Raises `Invalid`."""
        fits: list[Callable[[Product], bool]] = []
        if item := query.get("item_id"):
            fits.append(lambda product: product.item_code == item)
        if brand := query.get("brand", "").casefold():
            fits.append(lambda product: product.brand.casefold() == brand)
        if search := query.get("q", "").casefold():
            if len(query["q"]) > _LONGEST_SEARCH:
                raise Invalid(f"The q field must not be longer than {_LONGEST_SEARCH} characters.")
            fits.append(lambda product: search in _searched(product))
        if region := query.get("region", "").casefold():
            fits.append(lambda product: product.region == region)
        if currency := query.get("currency", "").upper():
            fits.append(lambda product: product.currency == currency)
        if delivery := _choice(query, "delivery_type", ("PHYSICAL", "DIGITAL", "BOTH")):
            fits.append(lambda product: product.delivery_type == delivery)
        if country := query.get("country_code", "").upper():
            fits.append(lambda product: country in product.country_code)
        lowest, highest = _amount(query, "value_min"), _amount(query, "value_max")
        if lowest is not None:
            fits.append(lambda product: product.value >= lowest)
        if highest is not None:
            fits.append(lambda product: product.value <= highest)
        sort_by = _choice(query, "sort_by", ("brand", "value", "category"))
        return cls(*_page(query), tuple(fits), sort_by, _choice(query, "order", ("asc", "desc")) == "desc")

    def select(self, products: Iterable[Product]) -> Sequence[Product]:
        """The products that fit, in the order asked for."""
        found = [product for product in products if all(fit(product) for fit in self.fits)]
        if self.sort_by == "value":
            found.sort(key=lambda product: product.value, reverse=self.descending)
        elif self.sort_by is not None:
            by_category = self.sort_by == "category"
            found.sort(
                key=lambda product: product.category if by_category else product.brand,
                reverse=self.descending,
            )
        elif self.descending:
            found.reverse()
        return found


@dataclass(frozen=True)
class OrderQuery(_Paged):
    """The filters of `GET /orders`."""

    status: str | None
    sort_by: str
    descending: bool

    @classmethod
    def read(cls, query: QueryParams) -> "OrderQuery":
        """The query as asked; the newest first if nothing else is said. Raises `Invalid`."""
        sort_by = _choice(query, "sort_by", ("created_at", "amount", "status")) or "created_at"
        descending = (_choice(query, "order", ("asc", "desc")) or "desc") == "desc"
        return cls(*_page(query), query.get("status") or None, sort_by, descending)

    def select(self, orders: Iterable[CardOrder], now: float) -> Sequence[CardOrder]:
        """The orders that fit, in the order asked for."""
        found = [order for order in orders if self.status in (None, order.status(now))]
        if self.sort_by == "amount":
            found.sort(key=lambda order: (order.amount, order.order_id), reverse=self.descending)
        elif self.sort_by == "status":
            found.sort(key=lambda order: (order.status(now), order.order_id), reverse=self.descending)
        else:
            found.sort(key=lambda order: (order.created, order.order_id), reverse=self.descending)
        return found


def _searched(product: Product) -> str:
    return f"{product.product_name}\n{product.brand}\n{product.item_code}".casefold()


def _page(query: QueryParams) -> tuple[int, int]:
    return _count(query, "per_page", 10, _MOST_PER_PAGE), _count(query, "page", 1, 1_000_000)


def _count(query: QueryParams, name: str, default: int, most: int) -> int:
    text = query.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS) or not 1 <= int(text) <= most:
        raise Invalid(f"The {name} field must be an integer from 1 to {most}.")
    return int(text)


def _choice(query: QueryParams, name: str, choices: tuple[str, ...]) -> str | None:
    text = query.get(name)
    if not text:
        return None
    if text not in choices:
        raise Invalid(f"The {name} field must be one of: {', '.join(choices)}.")
    return text


def _amount(query: QueryParams, name: str) -> Decimal | None:
    text = query.get(name)
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise Invalid(f"The {name} field must be a number of at least 0.")
    return amount
