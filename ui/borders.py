"""What the window asks of the services: the borders its screens are tested at."""

# ruff: noqa: D102  each is described where it is done

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from pos_app.catalog import Brand
from pos_app.changes import Changes
from pos_app.connections import Light
from pos_app.errors import PosError
from pos_app.orders.cards import Card
from pos_app.orders.draft import Draft, Line
from pos_app.orders.order import Order, Sale, Status
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.printouts import PrinterState, PrintResult
from pos_app.sales import LineCheck, OrderRow
from pos_app.settings import Settings

T = TypeVar("T")


class Brands(Protocol):
    """What can be sold, searched in memory."""

    @property
    def count(self) -> int: ...
    @property
    def loading(self) -> bool: ...
    @property
    def failure(self) -> PosError | None: ...
    def brands(self, text: str = "", category: str = "", *, limit: int = 60) -> tuple[Brand, ...]: ...
    def categories(self) -> tuple[str, ...]: ...
    def products_of(self, brand: Brand) -> tuple[Product, ...]: ...
    async def refresh(self) -> None: ...


class Selling(Protocol):
    """Everything that can happen to a sale."""

    async def check(self, line: Line) -> LineCheck: ...
    async def place(self, draft: Draft, tenders: tuple[Tender, ...], by: str) -> Sale: ...
    async def perform(self, order_id: str) -> Order: ...
    def status(self, order: Order) -> Status: ...
    async def sale(self, sale_id: str) -> Sale: ...
    async def order(self, order_id: str) -> Order: ...
    async def refund(self, order_id: str, by: str) -> Order: ...
    async def reveal(self, order_id: str, card_id: str, by: str) -> Card: ...
    async def orders(
        self,
        *,
        before: tuple[str, str] | None = None,
        limit: int = 50,
        search: str = "",
        only_open: bool = False,
    ) -> tuple[OrderRow, ...]: ...
    async def open_count(self) -> int: ...


class Papers(Protocol):
    """The printer and what goes to it."""

    async def ready(self) -> PrinterState: ...
    async def print_sale(self, sale_id: str, by: str, *, again: bool = False) -> PrintResult: ...


class Lights(Protocol):
    """Whether the providers answer."""

    def lights(self) -> tuple[Light, ...]: ...


class Keeping(Protocol):
    """What is done to its end, whoever asked for it."""

    async def keep(self, name: str, fn: Callable[[], Coroutine[Any, Any, T]]) -> T: ...


class Till(Protocol):
    """The open register, as far as the window needs it."""

    @property
    def catalog(self) -> Brands: ...
    @property
    def sales(self) -> Selling: ...
    @property
    def printouts(self) -> Papers: ...
    @property
    def connections(self) -> Lights: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def work(self) -> Keeping: ...
    @property
    def training(self) -> bool: ...
    async def close(self) -> None: ...
