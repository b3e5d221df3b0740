"""How CardPlusPay tells an order, a code and a list: as inconsistent as its guide, and no field more."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from pos_app.sandbox.cardpluspay_query import Slice
from pos_app.sandbox.catalogue import amount_text
from pos_app.sandbox.orders import CardOrder, IssuedCode

_OFFSET = timezone(timedelta(hours=2))


def created(order: CardOrder, now: float) -> dict[str, object]:
    """An order as the answer to its purchase tells it."""
    status = order.status(now)
    return {
        "type": "bulk",
        "brand": order.item_code,
        **_codes(order, [_code(order, issued) for issued in order.shown(now)]),
        "state": status,
        "status": status,
        "amount": str(order.amount),
        "denomination_unit": order.currency,
        "total_denomination": short(order.total_denomination),
        "order_id": order.order_id,
        "order_no": order.order_no,
        "created_at": _time(order.created),
    }


def told(order: CardOrder, now: float, *, richer: bool) -> dict[str, object]:
    """An order as it is told later: no prices, and `richer` aside, no PINs."""
    with_pins = order.hold is not None and order.hold.pins
    codes = [
        {
            **(_code(order, issued) if richer else {"code": issued.code}),
            "status": "completed",
            **(_metadata(issued) if with_pins else {}),
        }
        for issued in order.shown(now)
    ]
    return {
        "order_id": order.order_id,
        "order_no": order.order_no,
        "status": order.status(now),
        "state": "success",
        **_codes(order, codes),
        "amount": order.amount,
        "created_at": _time(order.created),
    }


def _codes(order: CardOrder, codes: list[dict[str, object]]) -> dict[str, object]:
    if codes or order.hold is None or order.hold.listed == "empty":
        return {"codes": codes}
    return {} if order.hold.listed == "missing" else {"codes": None}


def _code(order: CardOrder, issued: IssuedCode) -> dict[str, object]:
    return {
        "code": issued.code,
        "currency": order.currency,
        **_metadata(issued),
        "item_code": order.item_code,
        "denomination": amount_text(order.value, order.currency),
        "charged_amount": str(order.charged_amount),
        "denomination_unit": order.currency,
    }


def _metadata(issued: IssuedCode) -> dict[str, object]:
    return {} if issued.pin is None else {"metadata": [{"Pin": issued.pin}]}


def listing(name: str, rows: list[dict[str, object]], page: Slice[Any]) -> dict[str, object]:
    """One page of a list under this name."""
    pagination = {
        "total": page.total,
        "per_page": page.per_page,
        "current_page": page.current_page,
        "last_page": page.last_page,
    }
    return {name: rows, "pagination": pagination, "state": "success"}


def short(amount: Decimal) -> Decimal:
    """The number without idle zeros, as stock checks and face totals show it: 9.6, 20."""
    return Decimal(format(amount.normalize(), "f"))


def _time(created: float) -> str:
    return datetime.fromtimestamp(int(created), tz=_OFFSET).isoformat()
