"""Sales that never were, folded from real entries: for every test that needs one to print or to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pos_app.money import Money
from pos_app.orders.cards import Card, SealedCard, masked
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    CodesArrived,
    Placed,
    Refunded,
    Sent,
    Withdrawn,
)
from pos_app.orders.order import Order, Sale, fold
from pos_app.orders.product import Product
from pos_app.orders.sale import SaleHead, Tender
from pos_app.settings import Shop

Ending = Literal[
    "to_do",
    "unanswered",
    "fulfilled",
    "codes_pending",
    "arrived_late",
    "to_be_confirmed",
    "refused",
    "refunded",
    "withdrawn",
]

SHOP = Shop(
    name="HARBOUR NEWS & GIFTS",
    address="14 Quay Street, Albany NY 12207",
    phone="518-555-0100",
    zone="America/New_York",
)
SOLD_AT = datetime(2026, 11, 21, 21, 42, tzinfo=UTC)
"""16:42 in Albany."""

FACE = Money(2500, "USD")
CARD = Card("TEST-4MHD-9PTR-2WZA", "7694269", face=FACE)
OTHER_CARD = Card("TEST-8GKV-3XBN-7LQE", "0050118", face=FACE)


def product(
    brand: str = "Acme Games",
    name: str = "Acme Games gift card",
    face: Money = FACE,
    *,
    by_email: bool = False,
    region: str = "",
    cost: Money | None = None,
) -> Product:
    """A card of a fixed face value from the provider that hands out codes, or by e-mail from the other."""
    return Product(
        provider="levelup" if by_email else "cardpluspay",
        item="ACME-25USD-tEsT",
        brand=brand,
        name=name,
        currency=face.currency,
        delivery="email" if by_email else "codes",
        region=region,
        face=face,
        cost=cost,
    )


ACME = product()


@dataclass(frozen=True)
class Plan:
    """One order to be: what is bought, what comes of it, and the cards that arrive."""

    product: Product = ACME
    cards: tuple[Card, ...] = (CARD,)
    ending: Ending = "fulfilled"
    quantity: int = 0
    recipient_hint: str = ""
    provider_order_no: str | None = "ORD-2026-001"

    @property
    def number_of_cards(self) -> int:
        """What is ordered: as many cards as arrive, unless said otherwise, and at least one."""
        return self.quantity or max(len(self.cards), 1)

    @property
    def face(self) -> Money:
        """What one card is worth and, in these sales, costs the customer."""
        assert self.product.face is not None
        return self.product.face


def sealed(card: Card, place: int = 0) -> SealedCard:
    """`card` as the journal would keep it, with invented seals."""
    return SealedCard(
        id=f"card-{place}",
        sealed="sealed",
        digest=f"digest-{place}",
        hint=masked(card.code),
        has_pin=card.pin is not None,
        face=card.face,
        cost=card.cost,
    )


def sale(
    *plans: Plan,
    tenders: tuple[Tender, ...] | None = None,
    number: str = "03-000418",
    at: datetime = SOLD_AT,
    by: str = "MIA",
    training: bool = False,
) -> Sale:
    """The sale of `plans` (one fulfilled card without any), paid exactly and in cash if not said."""
    chosen = plans or (Plan(),)
    currency = chosen[0].face.currency
    due = Money.zero(currency)
    for plan in chosen:
        due += plan.face * plan.number_of_cards
    head = SaleHead(
        id="sale",
        number=number,
        at=at,
        register="03",
        by=by,
        due=due,
        tenders=tenders if tenders is not None else (Tender("cash", due),),
        order_ids=tuple(f"order-{place}" for place in range(len(chosen))),
        training=training,
    )
    orders = tuple(_order(head, place, plan) for place, plan in enumerate(chosen))
    return Sale(head, orders)


def _order(head: SaleHead, place: int, plan: Plan) -> Order:
    order_id = head.order_ids[place]
    cards = tuple(sealed(card, number) for number, card in enumerate(plan.cards))
    price = plan.face * plan.number_of_cards

    def common(n: int) -> dict[str, object]:
        return {"id": f"{order_id}-{n}", "order_id": order_id, "n": n, "at": head.at, "by": head.by}

    placed = Placed.model_validate(
        {
            **common(0),
            "sale": head,
            "account": "account",
            "product": plan.product,
            "quantity": plan.number_of_cards,
            "face": plan.face,
            "price": plan.face,
            "recipient_hint": plan.recipient_hint,
        }
    )
    sent = Sent.model_validate(common(1))

    def answered(**said: object) -> Answered:
        number = {"provider_order_id": "1001", "provider_order_no": plan.provider_order_no}
        return Answered.model_validate({**common(2), **number, **said})

    refused = Answered.model_validate({**common(2), "refusal": "out_of_stock"})
    refunded = Refunded.model_validate({**common(3), "amount": price, "tender": "cash"})
    late = CodesArrived.model_validate({**common(3), "cards": cards, "complete": True})
    stories: dict[Ending, tuple[AnyEntry, ...]] = {
        "to_do": (placed,),
        "unanswered": (placed, sent),
        "fulfilled": (placed, sent, answered(cards=cards, complete=True)),
        "codes_pending": (placed, sent, answered(cards=cards)),
        "arrived_late": (placed, sent, answered(), late),
        "to_be_confirmed": (placed, sent, answered(must_confirm=True)),
        "refused": (placed, sent, refused),
        "refunded": (placed, sent, refused, refunded),
        "withdrawn": (placed, Withdrawn.model_validate(common(1))),
    }
    return fold(stories[plan.ending])
