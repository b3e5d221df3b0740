"""Entries of one order, made up: each follows the one before it, none is written anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    CodesArrived,
    Head,
    Heard,
    Placed,
    Printed,
    PrintFailed,
    Refunded,
    Revealed,
    Sent,
    Settled,
    TurnedUp,
    WasNotTaken,
    Withdrawn,
)
from pos_app.orders.product import Delivery, Product
from pos_app.orders.sale import SaleHead, Tender

AT = datetime(2026, 11, 21, 21, 42, 0, 123456, tzinfo=UTC)
ORDER = "order-1"
QUANTITY = 2
FACE = Money(2500, "USD")
PRICE = FACE * QUANTITY


def product(delivery: Delivery = "codes") -> Product:
    return Product("cardpluspay", "ACME-25", "Acme Games", "Acme Games card", "USD", delivery, face=FACE)


def head(n: int, order_id: str = ORDER, name: str = "") -> Head:
    return Head(id=name or f"{order_id}-{n}", order_id=order_id, n=n, at=AT, by="Mia")


def placed(order_id: str = ORDER, *, delivery: Delivery = "codes") -> Placed:
    sale = SaleHead(
        id=f"sale of {order_id}",
        number="03-000418",
        at=AT,
        register="03",
        by="Mia",
        due=PRICE,
        tenders=(Tender("cash", PRICE),),
        order_ids=(order_id,),
        training=True,
    )
    return Placed(
        **head(0, order_id),
        sale=sale,
        account="account",
        product=product(delivery),
        quantity=QUANTITY,
        face=FACE,
        price=FACE,
    )


def card(name: str, *, pin: bool = True, parked: bool = False, sealed: str = "sealed") -> SealedCard:
    return SealedCard(
        id=name, sealed=sealed, digest=f"digest of {name}", hint="••••2WZA", has_pin=pin, parked=parked
    )


def entry(kind: str, n: int, **more: object) -> AnyEntry:
    """An entry of `kind` at the place `n`, sound in itself; `more` replaces its fields."""
    match kind:
        case "sent":
            made = Sent(**head(n))
        case "heard":
            made = Heard(**head(n), status=200, complete=True, reply="sealed")
        case "answered":
            made = Answered(**head(n), provider_order_id="1001", cards=(card("a"), card("b")), complete=True)
        case "was_not_taken":
            made = WasNotTaken(**head(n), sent="none", reason="too_many_requests")
        case "codes_arrived":
            made = CodesArrived(**head(n), cards=(card("a"), card("b")), complete=True)
        case "settled" | "turned_up":
            made = _decided(kind, n)
        case "withdrawn":
            made = Withdrawn(**head(n))
        case "refunded":
            made = Refunded(**head(n), amount=PRICE, tender="cash")
        case "printed" | "print_failed" | "revealed":
            made = _custody(kind, n)
        case "placed":
            made = placed().model_copy(update={"n": n, "id": f"{ORDER}-{n}"})
        case _:
            raise AssertionError(kind)
    return made.model_copy(update=more)


def _decided(kind: str, n: int) -> Settled | TurnedUp:
    if kind == "turned_up":
        return TurnedUp(**head(n), word="yes")
    return Settled(**head(n), verdict="bought", evidence="seen in the portal", complete=True)


def _custody(kind: str, n: int) -> Printed | PrintFailed | Revealed:
    if kind == "revealed":
        return Revealed(**head(n), card="a")
    made = Printed if kind == "printed" else PrintFailed
    return made(**head(n), document="receipt", printer="paper")
