"""Who stands in for Bluefin: a few cards, its books, and its own words for a no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from tests.providers.standin import Asked, Said, StandInServer
from tests.providers.subjects import Sold

TOKEN: Final = "TESTTOKEN"
SLOW: Final = "BF-TEST-SLOW"
"""The card whose orders are pending until `pack` is called."""

_PAGE: Final = 2
_START: Final = 100_000


@dataclass
class _Order:
    ref: str
    sku: str
    cents: int
    worth: int
    codes: list[str]
    state: str


@dataclass(frozen=True)
class _Kind:
    sku: str
    maker: str
    face: int
    cost: int
    left: int = 50
    currency: str = "USD"

    @property
    def listed(self) -> dict[str, object]:
        return {
            "sku": self.sku,
            "maker": self.maker,
            "title": f"{self.maker} {self.face // 100}",
            "shelf": "games",
            "face_cents": self.face,
            "cost_cents": self.cost,
            "currency": self.currency,
            "on_sale": True,
        }


CARDS: Final = {
    kind.sku: kind
    for kind in (
        _Kind("BF-TEST-5", "Fin & Co", 500, 460, left=0),
        _Kind("BF-TEST-10", "Fin & Co", 1000, 960),
        _Kind("BF/TEST 25", "Fin & Co", 2500, 2400),
        _Kind("BF-TEST-EUR", "Thon", 2000, 1900, currency="EUR"),
        _Kind(SLOW, "Slow Tuna", 2000, 1900),
    )
}


@dataclass
class BluefinCompany:
    """Bluefin as its documents would have it; `orders` are its books, oldest first."""

    orders: list[_Order] = field(default_factory=list[_Order])

    def call(self, asked: Asked) -> str:
        calls = {("POST", "/orders"): "buying", ("GET", "/cards"): "listing"}
        return calls.get((asked.method, urlsplit(asked.path).path), "other")

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.words("unauthorized", {})
        if self.call(asked) == "buying":
            return self._buy(json.loads(asked.body))
        url = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        match url.path.split("/")[1:]:
            case ["cards"]:
                return _paged([kind.listed for kind in CARDS.values()], query)
            case ["stock"]:
                return _stock(query.get("sku", ""))
            case ["wallet"]:
                left = _START - sum(order.cents for order in self.orders)
                return Said(200, {"left_cents": left, "currency": "USD"})
            case ["orders"]:
                return _paged([_shown(order, codes=False) for order in reversed(self.orders)], query)
            case ["orders", ref]:
                found = [order for order in self.orders if order.ref == unquote(ref)]
                return Said(200, {"order": _shown(found[0])}) if found else _no(404, "no_such_order")
            case _:
                return _no(404, "no_such_path")

    def words(self, fault: str, options: Mapping[str, object]) -> Said:
        match fault:
            case "unprocessable":
                return _no(422, "sold_out")
            case "unauthorized":
                return _no(401, "bad_token")
            case "too_many_requests":
                after = options.get("retry_after")
                return _no(429, "slow_down", {} if after is None else {"Retry-After": str(after)})
            case "no_in_200":
                return _no(200, "sold_out")
            case "no_order":
                return Said(200, {"order": None})
            case "cancelled":
                return Said(200, {"order": {"ref": "bo_1", "state": "cancelled"}})
            case _:
                return _no(500, "broken")

    def sold(self) -> list[Sold]:
        return [Sold(order.ref, tuple(order.codes)) for order in self.orders]

    def reset(self) -> None:
        self.orders.clear()

    def pack(self, state: str = "delivered") -> None:
        """What was pending is no longer."""
        for order in self.orders:
            order.state = state

    def _buy(self, wanted: dict[str, Any]) -> Said:
        kind, count = CARDS.get(wanted["sku"]), wanted["count"]
        if kind is None:
            return _no(404, "no_such_card")
        if kind.left < count:
            return _no(422, "sold_out")
        number = len(self.orders) + 1
        codes = [f"TEST-{number:04}-{place:04}-FIN" for place in range(count)]
        state = "pending" if kind.sku == SLOW else "delivered"
        order = _Order(f"bo_{number}", kind.sku, kind.cost * count, kind.face * count, codes, state)
        self.orders.append(order)
        return Said(202 if state == "pending" else 201, {"order": _shown(order)})


def bluefin_server() -> StandInServer:
    """Bluefin on this machine."""
    return StandInServer(BluefinCompany(), {"token": TOKEN})


def _shown(order: _Order, *, codes: bool = True) -> dict[str, object]:
    cards = [{"code": code, "pin": f"{code[5:9]}", "serial": f"S{code[5:14]}"} for code in order.codes]
    shown: dict[str, object] = {
        "ref": order.ref,
        "number": order.ref.upper(),
        "state": order.state,
        "sku": order.sku,
        "total_cents": order.cents,
        "worth_cents": order.worth,
        "currency": "USD",
        "at": "2026-03-02T12:00:00Z",
    }
    return shown | {"cards": cards if order.state == "delivered" else []} if codes else shown


def _paged(rows: list[dict[str, object]], query: Mapping[str, str]) -> Said:
    """A page behind the cursor, which names how many rows were shown."""
    start = int(query.get("after", "at-0").removeprefix("at-"))
    end = start + _PAGE
    following = f"at-{end}" if end < len(rows) else None
    return Said(200, {"items": rows[start:end], "next": following, "count": len(rows)})


def _stock(sku: str) -> Said:
    kind = CARDS.get(sku)
    if kind is None:
        return _no(404, "no_such_card")
    shown = {"sku": sku, "left": kind.left, "cost_cents": kind.cost, "currency": kind.currency}
    return Said(200, {"stock": shown})


def _no(status: int, kind: str, headers: Mapping[str, str] | None = None) -> Said:
    return Said(status, {"error": {"kind": kind, "text": f"TEST {kind}"}}, headers or {})
