"""Papers of a sale that never was, to show how the shop's own come out. Their codes say TEST."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pos_app.money import Money
from pos_app.orders.cards import Card, SealedCard, masked
from pos_app.orders.entries import Answered, Placed, Sent
from pos_app.orders.order import Sale, fold
from pos_app.orders.product import Product
from pos_app.orders.sale import SaleHead, Tender
from pos_app.printing.document import Document
from pos_app.printing.receipts import card_slip, sale_receipt
from pos_app.settings import Settings, Shop

_CODES: Final = (("TEST-4MHD-9PTR-2WZA", "7694269"), ("TEST-8GKV-3XBN-7LQE", "0050118"))
_FACE: Final = 25
_BRAND: Final = "Acme Games"
_ORDER: Final = "sample"


def sample_receipt(settings: Settings, shop: Shop, at: datetime) -> Document:
    """The receipt of two cards, paid in cash, with the head and foot of `shop`."""
    return sale_receipt(_sale(settings, shop, at), shop)


def sample_slip(settings: Settings, shop: Shop, at: datetime) -> Document:
    """The slip of the first of two cards, with the head and foot of `shop`."""
    sale = _sale(settings, shop, at)
    order = sale.orders[0]
    code, pin = _CODES[0]
    card = Card(code, pin, face=Money.of(_FACE, shop.currency))
    return card_slip(sale, order, order.handed_cards[0], card, 1, len(_CODES), shop)


def _sale(settings: Settings, shop: Shop, at: datetime) -> Sale:
    face = Money.of(_FACE, shop.currency)
    due = face * len(_CODES)
    head = SaleHead(
        id=_ORDER,
        number=f"{settings.register_id}-000418",
        at=at,
        register=settings.register_id,
        by=settings.cashier,
        due=due,
        tenders=(Tender("cash", due),),
        order_ids=(_ORDER,),
        training=False,
    )
    product = Product(
        provider="sample",
        item="sample",
        brand=_BRAND,
        name=f"{_BRAND} gift card",
        currency=shop.currency,
        delivery="codes",
        face=face,
    )
    cards = tuple(
        SealedCard(str(place), "", str(place), masked(code), has_pin=True, face=face)
        for place, (code, _pin) in enumerate(_CODES)
    )

    def common(n: int) -> dict[str, object]:
        return {"id": f"{_ORDER}-{n}", "order_id": _ORDER, "n": n, "at": at, "by": settings.cashier}

    placed = {"sale": head, "account": "", "product": product, "quantity": len(cards)}
    entries = (
        Placed.model_validate({**common(0), **placed, "face": face, "price": face}),
        Sent.model_validate(common(1)),
        Answered.model_validate(
            {**common(2), "provider_order_no": "ORD-2026-001", "cards": cards, "complete": True}
        ),
    )
    return Sale(head, (fold(entries),))
