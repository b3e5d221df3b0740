"""Entries of one order, made up: each follows the one before it, none is written anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

from pos_app.money import Money
from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    Approved,
    ClaimClosed,
    Claimed,
    CodesArrived,
    Deferred,
    GivenOn,
    HandedOver,
    Head,
    Heard,
    LeftToAPerson,
    MadeSpare,
    Placed,
    Printed,
    PrintFailed,
    Purged,
    Refunded,
    Revealed,
    Sent,
    Settled,
    Supplied,
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
        case "refunded":
            made = Refunded(**head(n), amount=PRICE, tender="cash")
        case "printed" | "print_failed" | "revealed" | "handed_over":
            made = _custody(kind, n)
        case "supplied" | "given_on" | "made_spare" | "claimed" | "claim_closed":
            made = _spare(kind, n)
        case "deferred" | "left_to_a_person" | "approved" | "purged" | "withdrawn":
            made = _by_a_person(kind, n)
        case "placed":
            made = placed().model_copy(update={"n": n, "id": f"{ORDER}-{n}"})
        case _:
            raise AssertionError(kind)
    return made.model_copy(update=more)


def _decided(kind: str, n: int) -> Settled | TurnedUp:
    if kind == "turned_up":
        return TurnedUp(**head(n), word="yes")
    return Settled(**head(n), verdict="bought", evidence="seen in the portal", complete=True)


def _spare(kind: str, n: int) -> Supplied | GivenOn | MadeSpare | Claimed | ClaimClosed:
    match kind:
        case "supplied":
            return Supplied(**head(n), cards=(card("a"), card("b")), sources=(("o", "1"), ("o", "2")))
        case "given_on":
            return GivenOn(**head(n), card="a", to="order-2")
        case "made_spare":
            return MadeSpare(**head(n), cards=("a",), evidence="ours, says the company")
        case "claimed":
            return Claimed(**head(n), claim="C-1", why="missing_card")
        case _:
            return ClaimClosed(**head(n), claim="C-1", outcome="credited")


def _by_a_person(kind: str, n: int) -> Deferred | LeftToAPerson | Approved | Purged | Withdrawn:
    match kind:
        case "withdrawn":
            return Withdrawn(**head(n))
        case "deferred":
            return Deferred(**head(n), evidence="the company calls back")
        case "left_to_a_person":
            return LeftToAPerson(**head(n), reason="restored")
        case "approved":
            return Approved(**head(n), evidence="not in the portal")
        case _:
            return Purged(**head(n), reason="policy")


def _custody(kind: str, n: int) -> Printed | PrintFailed | Revealed | HandedOver:
    if kind == "revealed":
        return Revealed(**head(n), card="a")
    if kind == "handed_over":
        return HandedOver(**head(n), cards=("a",))
    made = Printed if kind == "printed" else PrintFailed
    return made(**head(n), document="receipt", printer="paper")
