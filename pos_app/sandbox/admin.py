"""What really happened, and what shall go wrong next: the side of the counter only tests and teachers see.

It needs no key, since the server listens on this machine only and nothing it keeps has any worth.
"""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pos_app.sandbox import jsontext
from pos_app.sandbox.calls import Desk
from pos_app.sandbox.catalogue import amount_text
from pos_app.sandbox.faults import Pending, UnknownFault, vocabulary
from pos_app.sandbox.ledger import CURRENCY
from pos_app.sandbox.merchants import Merchant

_MOST_MONEY = Decimal(1_000_000_000)


class Admin:
    """The calls under `/admin`."""

    def __init__(self, desk: Desk, merchants: Mapping[int, Merchant]) -> None:
        self._desk = desk
        self._ledger = desk.ledger
        self._merchants = merchants
        self._faults = desk.faults

    def routes(self) -> list[Route]:
        """Every path with its methods."""
        return [
            Route("/admin", self._index, methods=["GET"]),
            Route("/admin/ledger", self._show_ledger, methods=["GET"]),
            Route("/admin/products", self._show_products, methods=["GET"]),
            Route("/admin/merchants", self._show_merchants, methods=["GET"]),
            Route("/admin/faults", self._show_faults, methods=["GET"]),
            Route("/admin/faults", self._order_faults, methods=["POST"]),
            Route("/admin/faults", self._clear_faults, methods=["DELETE"]),
            Route("/admin/reset", self._reset, methods=["POST"]),
            Route("/admin/topup", self._top_up, methods=["POST"]),
        ]

    async def _index(self, _request: Request) -> Response:
        paths = [
            f"{method} {route.path}" for route in self.routes() for method in sorted(route.methods or ())
        ]
        return _json({"paths": [path for path in paths if not path.startswith("HEAD")]})

    async def _show_ledger(self, _request: Request) -> Response:
        self._desk.later.catch_up()
        ledger, now = self._ledger, self._desk.clock.now()
        cards = [
            {**order.as_dict(), "status": order.status(now), "codes_shown": len(order.shown(now))}
            for order in ledger.card_orders.values()
        ]
        gifts: list[dict[str, Any]] = []
        for order in ledger.gift_orders:
            merchant = None if order.merchant_id is None else self._merchants.get(order.merchant_id)
            gifts.append({**order.as_dict(), "merchant_name": None if merchant is None else merchant.name})
        debited = sum((order.amount for order in ledger.card_orders.values()), Decimal("0.00"))
        totals = {
            "cardpluspay": {
                "orders": len(cards),
                "codes": sum(len(order.codes) for order in ledger.card_orders.values()),
                "debited": str(debited),
                "topped_up": str(ledger.topped_up),
                "replies_lost": sum(order.reply_lost for order in ledger.card_orders.values()),
            },
            "levelup": {
                "orders": len(gifts),
                "charged_amount": sum(order.value_amount for order in ledger.gift_orders),
                "replies_lost": sum(order.reply_lost for order in ledger.gift_orders),
                **ledger.value.totals(),
            },
        }
        return _json(
            {
                "seed": ledger.seed,
                "balance": str(ledger.balance),
                "currency": CURRENCY,
                "cardpluspay": {
                    "orders": cards,
                    "movements": [move.as_dict() for move in ledger.movements],
                    "waiting": [waiting.shown() for waiting in ledger.waiting.values()],
                },
                "levelup": {"orders": gifts, "credit_amount": ledger.credit, **ledger.value.shown()},
                "totals": totals,
                "requests": dict(ledger.requests),
            }
        )

    async def _show_products(self, _request: Request) -> Response:
        self._desk.later.catch_up()
        rows = [
            {
                "item_code": product.item_code,
                "brand": product.brand,
                "currency": product.currency,
                "value": amount_text(product.value, product.currency),
                "price": str(self._ledger.price(product)),
                "stock": self._ledger.left(product),
                "pins": product.pins,
                "delivery_type": product.delivery_type,
            }
            for product in self._ledger.products.values()
        ]
        return _json({"products": rows})

    async def _show_merchants(self, _request: Request) -> Response:
        rows = [
            {
                "id": merchant.id,
                "name": merchant.name,
                "delays_gift_cards": merchant.delays,
                "locations": [
                    {"id": location.id, "name": location.name, "address": location.address}
                    for location in merchant.locations
                ],
            }
            for merchant in self._merchants.values()
        ]
        return _json({"merchants": rows})

    async def _show_faults(self, _request: Request) -> Response:
        pending = [fault.as_dict() for fault in self._faults.pending]
        revoked = sorted(self._ledger.revoked)
        return _json({"pending": pending, "revoked": revoked, "known": vocabulary()})

    async def _order_faults(self, request: Request) -> Response:
        try:
            wishes = jsontext.loads(await request.body())
        except ValueError:
            return _json({"error": "The body is not valid JSON.", "known": vocabulary()}, 422)
        ordered: list[Pending] = []
        several: list[Any] = wishes if isinstance(wishes, list) else [wishes]  # pyright: ignore[reportUnknownVariableType]
        try:
            for wish in several:
                ordered.append(self._faults.order(wish))  # noqa: PERF401  (what was ordered must be known on failure)
        except UnknownFault as error:
            for pending in ordered:
                self._faults.pending.remove(pending)
            return _json({"error": str(error), "known": vocabulary()}, 422)
        return _json({"ordered": [pending.as_dict() for pending in ordered]}, 201)

    async def _clear_faults(self, _request: Request) -> Response:
        self._ledger.revoked.clear()
        return _json({"cleared": self._faults.clear()})

    async def _reset(self, _request: Request) -> Response:
        self._desk.reset()
        return _json({"balance": str(self._ledger.balance)})

    async def _top_up(self, request: Request) -> Response:
        try:
            wish = jsontext.loads(await request.body())
            amount = Decimal(str(wish["amount"]))
            account = str(wish.get("account", "cardpluspay"))
        except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
            return _json({"error": 'The body is an object like {"amount": "100.00"}.'}, 422)
        fits = amount.is_finite() and 0 < amount <= _MOST_MONEY and amount == amount.quantize(Decimal("0.01"))
        if not fits or account not in {"cardpluspay", "levelup"}:
            return _json(
                {"error": "amount is dollars and cents above 0; account is cardpluspay or levelup."}, 422
            )
        if account == "levelup":
            self._ledger.top_up_levelup(int(amount * 100))
        else:
            self._desk.later.catch_up()
            self._ledger.top_up(amount.quantize(Decimal("0.01")))
        return _json({"balance": str(self._ledger.balance), "levelup_credit_amount": self._ledger.credit})


def _json(content: object, status: int = 200) -> Response:
    # Starlette's own Response writes letters as they are and stumbles over half a surrogate pair, which a
    # recipient's name may contain.
    return Response(json.dumps(content), status, media_type="application/json")
