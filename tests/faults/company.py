"""The stand-in for the providers, whose books tell for which of our orders each of theirs was made."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from starlette.types import Receive, Scope, Send
from typing_extensions import override

from pos_app.sandbox.app import application
from pos_app.sandbox.calls import Desk
from pos_app.sandbox.catalogue import Product, products
from pos_app.sandbox.clock import Clock
from pos_app.sandbox.faults import Faults
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.orders import CardOrder, GiftCardOrder, Terms
from pos_app.sandbox.waiting import Waiting
from tests.faults.wire import WHOSE, whose

SEED = 1
_PRODUCTS = 130


@dataclass
class Charge:
    """What the account was charged for one request of ours.

    `order_id` is our order's, `request` counts requests. `minor` is in cents. `number` is the provider's
    order id; e-mail orders have none. `at` is when it was carried out, by the sandbox's clock.
    """

    order_id: str
    request: int
    minor: int
    at: float
    number: str | None
    order: CardOrder | GiftCardOrder = field(repr=False)


class Books(Ledger):
    """The sandbox's ledger; `charges` is what was charged for orders of ours."""

    def __init__(self, clock: Clock) -> None:
        self.charges: list[Charge] = []
        self._requests: dict[int, str] = {}
        self._putting_off: dict[int, tuple[str, int]] = {}
        self._made_up_for: tuple[str, int] | None = None
        super().__init__(SEED, catalogue(), None, clock)

    def began(self, order_id: str) -> int:
        """A request for our order begins; its number."""
        number = len(self._requests) + 1
        self._requests[number] = order_id
        return number

    @override
    def wait(self, waiting: Waiting) -> None:
        if waiting.event == "call":
            if waiting.outcome == "waiting":
                self._putting_off.setdefault(waiting.number, _this_request())
            elif self._made_up_for is None:
                self._made_up_for = self._putting_off.get(waiting.number, ("", 0))
            else:
                self._made_up_for = None
        super().wait(waiting)

    @override
    def buy(self, item_code: str, quantity: int, email: str | None, terms: Terms = Terms()) -> CardOrder:  # noqa: B008
        order = super().buy(item_code, quantity, email, terms)
        if terms.by == "key":
            self._charge(order, int(order.amount * 100), str(order.order_id))
        return order

    @override
    def give(self, *what: Any, **more: Any) -> GiftCardOrder:
        order = super().give(*what, **more)
        self._charge(order, order.value_amount, None)
        return order

    def _charge(self, order: CardOrder | GiftCardOrder, minor: int, number: str | None) -> None:
        order_id, request = self._made_up_for or _this_request()
        self.charges.append(Charge(order_id, request, minor, self.clock.now(), number, order))


class Company:
    """Both providers on one desk, as an ASGI application. `wall` is the time there, in Unix seconds."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self.books = Books(Clock(wall))
        self.desk = Desk(self.books, Faults(SEED), 0)
        self._application = application(self.desk)

    @property
    def ready(self) -> Mapping[str, str]:
        """What the sandbox's ready line would say, for a till without sockets."""
        return self.reached_at("http://127.0.0.1:9")

    def reached_at(self, root: str) -> Mapping[str, str]:
        """What the ready line would say of a sandbox at this address."""
        known = self.books.credentials.as_dict()
        return {"cardpluspay": f"{root}/cardpluspay/v1", "levelup": f"{root}/levelup", **known}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, known by the header that says for which order of ours it is."""
        if scope["type"] == "http":
            order_id = dict(scope["headers"]).get(WHOSE.encode(), b"").decode()
            number = self.books.began(order_id) if scope["method"] == "POST" else 0
            whose.set(f"{order_id} {number}")
        await self._application(scope, receive, send)

    def order(self, call: str, faults: list[dict[str, Any]]) -> None:
        """Let the next such call meet these faults together. Raises `UnknownFault`."""
        self.desk.faults.order({"call": call, "faults": faults})

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.desk.faults.clear()
        self.books.revoked.clear()

    def catch_up(self) -> None:
        """Let everything happen that is due."""
        self.desk.later.catch_up()

    def still_to_come(self) -> float:
        """How many seconds from now the last thing that was put off is due."""
        waiting = [entry.due for entry in self.books.waiting.values() if entry.outcome == "waiting"]
        return max(waiting, default=0.0) - self.books.clock.now() if waiting else 0.0


@cache
def catalogue() -> Mapping[str, Product]:
    """The first products of the seed, two pages of them, made once in a process."""
    return dict(itertools.islice(products(SEED).items(), _PRODUCTS))


def _this_request() -> tuple[str, int]:
    order_id, _, number = whose.get().partition(" ")
    return order_id, int(number or 0)
