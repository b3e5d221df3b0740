"""CardPlusPay's calls as its integration guide documents them: every inconsistency, and no field beyond it.

The same amount is text in one answer and a number in the next, `status` and `state` say different things,
`brand` holds an item code, and an order that is asked for later has forgotten its PINs and prices. All of
that is documented, and a client has to live with it. Where the guide says nothing (the texts of errors, what
stands in `data` then), the words here are this file's own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from pos_app.sandbox import jsontext
from pos_app.sandbox.cardpluspay_query import Invalid, OrderQuery, ProductQuery, Slice
from pos_app.sandbox.catalogue import Product, amount_text
from pos_app.sandbox.emails import plausible
from pos_app.sandbox.exchange import Path, Reply, Request
from pos_app.sandbox.faults import Fault
from pos_app.sandbox.ledger import CURRENCY, Ledger, Reason, Refused
from pos_app.sandbox.orders import CardOrder, Hold, IssuedCode, Terms
from pos_app.sandbox.signing import Signing

_PREFIX = "/cardpluspay/v1"
_OFFSET = timezone(timedelta(hours=2))
_MOST_CARDS = 100
_USUAL_POLLS = 2
_MOST_DIGITS = 19

_REFUSALS: Mapping[str, str] = {
    "invalid_item": "The selected item is invalid.",
    "out_of_stock": "This item is out of stock.",
    "insufficient_balance": "Your balance is not sufficient for this order.",
}


class CardPlusPay:
    """The stand-in for CardPlusPay."""

    headers: tuple[tuple[str, str], ...] = ()

    def __init__(self, ledger: Ledger, signing: Signing | None = None) -> None:
        self._ledger = ledger
        self._signing = signing or Signing(ledger.clock)

    def challenge_path(self) -> Path:
        """Where a challenge is fetched. It is not documented, so it can be chosen, and change at any time."""
        rules = self._signing.rules
        pattern = _PREFIX.removesuffix("/v1") + rules.challenge_path
        return Path(pattern, {rules.challenge_method: ("cardpluspay.challenge", self._challenge)})

    def paths(self) -> tuple[Path, ...]:
        """Every documented path."""
        info = {"GET": ("cardpluspay.info", self._info)}
        return (
            Path(_PREFIX, info),
            Path(f"{_PREFIX}/", info),
            Path(f"{_PREFIX}/catalog", {"GET": ("cardpluspay.catalog", self._catalog)}),
            Path(f"{_PREFIX}/orders/check", {"POST": ("cardpluspay.check", self._check)}),
            Path(
                f"{_PREFIX}/orders",
                {"POST": ("cardpluspay.create", self._create), "GET": ("cardpluspay.list", self._list)},
            ),
            Path(f"{_PREFIX}/orders/{{ident}}", {"GET": ("cardpluspay.status", self._status)}),
            Path(f"{_PREFIX}/balance", {"GET": ("cardpluspay.balance", self._balance)}),
        )

    # --- the calls ------------------------------------------------------------

    def _info(self, _request: Request) -> Reply:
        return _success("CardPlusPay API", {"version": "v1", "deprecations": []})

    def _catalog(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        try:
            query = ProductQuery.read(request.query)
        except Invalid as error:
            return _invalid(str(error))
        found = query.select(self._ledger.products.values())
        page = query.slice(found, ignore_page=request.meets("page_ignored"))
        products = [self._product(product) for product in page.rows]
        return _success("Catalog retrieved successfully", _listing("products", products, page))

    def _check(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        try:
            wish = _object(request.body)
            item_code, quantity = _item(wish, "item_id"), _quantity(wish, most=None)
        except _NotJson:
            return _bad_json()
        except Invalid as error:
            return _invalid(str(error))
        product = self._ledger.products.get(item_code)
        if product is None:
            return _failure(404, "Item not found.", data={})
        answer = request.option("unavailable", "answer")
        if answer in {"success_false", "bad_request"}:
            return _failure(200 if answer == "success_false" else 400, "Gift card out of Stock", data=None)
        available = answer is None and quantity <= self._ledger.left(product)
        return _success(
            "Gift card in Stock" if available else "Gift card out of Stock",
            {
                "price": _short(self._ledger.price(product)),
                "state": "in_stock" if available else "out_of_stock",
                "status": available,
                "message": "Available" if available else "Not available",
                "requested": quantity,
            },
        )

    def _create(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        try:
            wish = _object(request.body)
            item_code = _item(wish, "item_code", "item_id")
            quantity, email = _quantity(wish, most=_MOST_CARDS), _email(wish)
        except _NotJson:
            return _bad_json()
        except Invalid as error:
            return _invalid(str(error))
        terms = _terms(request, quantity)
        try:
            order = self._ledger.buy(item_code, quantity, email, terms)
            if request.meets("bought_twice"):
                order = self._again(order, terms, answered=request.option("bought_twice", "answer"))
        except Refused as no_more:
            return _refused(no_more.reason)
        return _success("Gift card purchased successfully", _created(order, self._ledger.clock.now()), order)

    def _again(self, first: CardOrder, terms: Terms, *, answered: str) -> CardOrder:
        """Sells the same once more, if it can be sold, and gives the one that is told of."""
        try:
            second = self._ledger.buy(first.item_code, first.quantity, first.email, terms)
        except Refused:
            return first
        told, untold = (first, second) if answered == "first" else (second, first)
        untold.reply, untold.reply_lost = "bought_twice", True
        self._ledger.save(untold)
        return told

    def _status(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        order = self._ledger.card_orders.get(int(request.ident)) if _is_id(request.ident) else None
        now = self._as_of(request)
        if order is None or order.committed > now:
            return _failure(404, "Order not found.", data={})
        data = _told(order, now, richer=request.meets("richer"))
        if order.hold is not None and order.held(now):
            order.hold.asked += 1
            self._ledger.save(order)
        return _success("Order details retrieved successfully", data)

    def _list(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        try:
            query = OrderQuery.read(request.query)
        except Invalid as error:
            return _invalid(str(error))
        now = self._as_of(request)
        known = [order for order in self._ledger.card_orders.values() if order.committed <= now]
        hidden = sum(order.held(now) for order in known) if request.meets("hides_pending") else 0
        if hidden:
            known = [order for order in known if not order.held(now)]
        found = query.select(known, now)
        page = query.slice(found, ignore_page=request.meets("page_ignored"))
        if request.option("hides_pending", "total"):
            page = replace(page, total=page.total + hidden)
        rows: list[dict[str, object]] = [
            {
                "order_id": order.order_id,
                "order_no": order.order_no,
                "status": order.status(now),
                "amount": order.amount,
            }
            for order in page.rows
        ]
        return _success("Orders retrieved successfully", _listing("orders", rows, page))

    def _balance(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        known = self._ledger.balance_at(self._as_of(request))
        balance = {"balance": str(known), "currency": CURRENCY, "state": "success"}
        return _success("Balance retrieved successfully", balance)

    def _challenge(self, request: Request) -> Reply:
        if not self._knows(request):
            return _unauthorized()
        field = self._signing.rules.challenge_field
        return _success("Challenge created", {field: self._signing.challenge(), "state": "success"})

    # --- what the faults need ------------------------------------------------------------

    def upset(self, request: Request, fault: Fault) -> None:
        """The key is revoked, or something happens to the item that a check or an order names."""
        if fault.name == "wrong_credentials":
            self._ledger.revoked.add("cardpluspay")
            return
        try:
            item_code = _item(_object(request.body), "item_code", "item_id")
        except (_NotJson, Invalid):
            return
        if fault.name == "price_moved":
            self._ledger.move_price(item_code, Decimal(fault.options["percent"]))
        else:
            self._ledger.sell_out(item_code)

    def refusal(self, call: str, fault: Fault) -> Reply:  # noqa: ARG002  (the words are the same for every call)
        """A documented no, whatever the ledger says."""
        if fault.name in _REFUSALS:
            return _failure(400, _REFUSALS[fault.name], data=None)
        if fault.name == "unprocessable":
            return _invalid("The given data was invalid.")
        if fault.name == "not_found":
            return _failure(404, "Not found.", data={})
        if fault.name == "too_many_requests":
            after = fault.options["retry_after"]
            headers = () if after is None else (("Retry-After", str(after)),)
            return _failure(429, "Too many requests.", headers=headers)
        return _unauthorized()

    def failure(self, status: int) -> Reply:
        """An error of the server, in the envelope."""
        return _failure(status, "The request could not be completed.")

    def no_such_path(self) -> Reply:
        """404 in the envelope."""
        return _failure(404, "Not found.", data={})

    # --- parts ------------------------------------------------------------

    def _as_of(self, request: Request) -> float:
        """The moment an answer tells of: now, unless it is behind."""
        return self._ledger.clock.now() - float(request.option("behind", "seconds") or 0)

    def _objection(self, request: Request) -> Reply | None:
        """401 for a request nobody may make: the key is checked first, then the signature."""
        if not self._knows(request):
            return _unauthorized()
        return None if request.objection is None else _failure(401, request.objection)

    def _knows(self, request: Request) -> bool:
        key = request.headers.get("x-api-key")
        return key == self._ledger.credentials.api_key and "cardpluspay" not in self._ledger.revoked

    def _product(self, product: Product) -> dict[str, object]:
        return {
            "item_code": product.item_code,
            "product_name": product.product_name,
            "brand": product.brand,
            "category": product.category,
            "region": product.region,
            "currency": product.currency,
            "delivery_type": product.delivery_type,
            "country_code": product.country_code,
            "value": amount_text(product.value, product.currency),
            "price": str(self._ledger.price(product)),
        }


# --- shapes ------------------------------------------------------------


def _created(order: CardOrder, now: float) -> dict[str, object]:
    status = order.status(now)
    return {
        "type": "bulk",
        "brand": order.item_code,
        **_codes(order, [_code(order, issued) for issued in order.shown(now)]),
        "state": status,
        "status": status,
        "amount": str(order.amount),
        "denomination_unit": order.currency,
        "total_denomination": _short(order.total_denomination),
        "order_id": order.order_id,
        "order_no": order.order_no,
        "created_at": _time(order.created),
    }


def _told(order: CardOrder, now: float, *, richer: bool) -> dict[str, object]:
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


def _listing(name: str, rows: list[dict[str, object]], page: Slice[Any]) -> dict[str, object]:
    pagination = {
        "total": page.total,
        "per_page": page.per_page,
        "current_page": page.current_page,
        "last_page": page.last_page,
    }
    return {name: rows, "pagination": pagination, "state": "success"}


def _short(amount: Decimal) -> Decimal:
    """The number without idle zeros, as stock checks and face totals show it: 9.6, 20."""
    return Decimal(format(amount.normalize(), "f"))


def _time(created: float) -> str:
    return datetime.fromtimestamp(int(created), tz=_OFFSET).isoformat()


# --- the envelope ------------------------------------------------------------

_NOTHING = object()


def _success(message: str, data: Mapping[str, object], order: CardOrder | None = None) -> Reply:
    return Reply(200, jsontext.dumps({"success": True, "message": message, "data": data}), order=order)


def _failure(
    status: int, message: str, *, data: object = _NOTHING, headers: tuple[tuple[str, str], ...] = ()
) -> Reply:
    # `data` is optional in failures. Missing, null, {} and [] all occur here, so no client relies on one.
    envelope: dict[str, object] = {"success": False, "message": message}
    if data is not _NOTHING:
        envelope["data"] = data
    return Reply(status, jsontext.dumps(envelope), headers)


def _unauthorized() -> Reply:
    return _failure(401, "Invalid or missing API key.")


def _invalid(message: str) -> Reply:
    return _failure(422, message, data=[])


def _bad_json() -> Reply:
    return _failure(400, "The request body is not valid JSON.", data=None)


def _refused(reason: Reason) -> Reply:
    return _failure(400, _REFUSALS[reason], data=None)


# --- reading requests ------------------------------------------------------------


class _NotJson(Exception):
    pass


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = jsontext.loads(body)
    except ValueError as error:
        raise _NotJson from error
    if not isinstance(found, dict):
        raise Invalid("The request body must be an object.")
    return found  # pyright: ignore[reportUnknownVariableType]  (JSON objects have text keys)


def _item(wish: dict[str, Any], *names: str) -> str:
    item = next((wish[name] for name in names if wish.get(name) is not None), None)
    if item is None or item == "":
        raise Invalid(f"The {names[0]} field is required.")
    if not isinstance(item, str):
        raise Invalid(f"The {names[0]} field must be a string.")
    return item


def _quantity(wish: dict[str, Any], *, most: int | None) -> int:
    quantity = wish.get("quantity")
    if quantity is None:
        return 1
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise Invalid("The quantity field must be an integer.")
    if quantity < 1 or (most is not None and quantity > most):
        raise Invalid("The quantity field is out of range.")
    return quantity


def _email(wish: dict[str, Any]) -> str | None:
    email = wish.get("email")
    if email is not None and not (isinstance(email, str) and plausible(email)):
        raise Invalid("The email field must be a valid email address.")
    return email


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _terms(request: Request, quantity: int) -> Terms:
    """How the faults of a request let its purchase depart from an ordinary one."""
    listed = charged = None
    if request.meets("two_codes_three_charges"):
        listed, charged = quantity + 1, quantity + 2
    elif request.meets("partial_fill"):
        said = request.option("partial_fill", "codes")
        listed = quantity - 1 if said is None else said
        charges = request.option("partial_fill", "charges")
        charged = listed if charges is None else charges
    return Terms(
        received=request.received,
        dated_received=any(fault.options.get("dated") == "received" for fault in request.faults),
        listed=listed,
        charged=charged,
        hold=_hold(request),
        numbering=request.option("odd_order_id", "how") or "next",
        repeats=request.meets("repeated_code"),
    )


def _hold(request: Request) -> Hold | None:
    fault = request.met("late_codes")
    if fault is None:
        return None
    options = fault.options
    polls, seconds = options["polls"], options["seconds"]
    return Hold(
        first=options["first"],
        polls=_USUAL_POLLS if polls is None and seconds is None else polls,
        seconds=None if seconds is None else Decimal(seconds),
        status=options["status"],
        pins=options["pins"],
        each=options["each"],
        never=options["never"],
        listed=options["listed"],
    )
