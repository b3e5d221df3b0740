"""CardPlusPay's calls as its integration guide documents them: every inconsistency, and no field beyond it.

The same amount is text in one answer and a number in the next, `status` and `state` say different things,
`brand` holds an item code, and an order that is asked for later has forgotten its PINs and prices. All of
that is documented, and a client has to live with it. Where the guide says nothing (the texts of errors, what
stands in `data` then), the words here are this file's own.
"""

from dataclasses import replace
from decimal import Decimal

from pos_app.sandbox import cardpluspay_replies as replies
from pos_app.sandbox import cardpluspay_shapes as shapes
from pos_app.sandbox import cardpluspay_wishes as wishes
from pos_app.sandbox.cardpluspay_query import Invalid, OrderQuery, ProductQuery
from pos_app.sandbox.catalogue import Product, amount_text
from pos_app.sandbox.exchange import Path, Reply, Request
from pos_app.sandbox.faults import Fault
from pos_app.sandbox.ledger import CURRENCY, Ledger, Refused
from pos_app.sandbox.orders import CardOrder, Terms
from pos_app.sandbox.signing import Signing

_PREFIX = "/cardpluspay/v1"
_MOST_CARDS = 100


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
        return replies.success("CardPlusPay API", {"version": "v1", "deprecations": []})

    def _catalog(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        try:
            query = ProductQuery.read(request.query)
        except Invalid as error:
            return replies.invalid(str(error))
        found = query.select(self._ledger.products.values())
        page = query.slice(found, ignore_page=request.meets("page_ignored"))
        products = [self._product(product) for product in page.rows]
        return replies.success("Catalog retrieved successfully", shapes.listing("products", products, page))

    def _check(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        try:
            wish = wishes.read(request.body)
            item_code, quantity = wishes.item(wish, "item_id"), wishes.quantity(wish, most=None)
        except wishes.NotJson:
            return replies.bad_json()
        except Invalid as error:
            return replies.invalid(str(error))
        product = self._ledger.products.get(item_code)
        if product is None:
            return replies.failure(404, "Item not found.", data={})
        answer = request.option("unavailable", "answer")
        if answer in {"success_false", "bad_request"}:
            return replies.failure(
                200 if answer == "success_false" else 400, "Gift card out of Stock", data=None
            )
        available = answer is None and quantity <= self._ledger.left(product)
        return replies.success(
            "Gift card in Stock" if available else "Gift card out of Stock",
            {
                "price": shapes.short(self._ledger.price(product)),
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
            wish = wishes.read(request.body)
            item_code = wishes.item(wish, "item_code", "item_id")
            quantity, email = wishes.quantity(wish, most=_MOST_CARDS), wishes.email(wish)
        except wishes.NotJson:
            return replies.bad_json()
        except Invalid as error:
            return replies.invalid(str(error))
        terms = wishes.terms(request, quantity)
        try:
            order = self._ledger.buy(item_code, quantity, email, terms)
            if request.meets("bought_twice"):
                order = self._again(order, terms, answered=request.option("bought_twice", "answer"))
        except Refused as no_more:
            return replies.refused(no_more.reason)
        return replies.success(
            "Gift card purchased successfully", shapes.created(order, self._ledger.clock.now()), order
        )

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
        order = self._ledger.card_orders.get(int(request.ident)) if wishes.is_id(request.ident) else None
        now = self._as_of(request)
        if order is None or order.committed > now:
            return replies.failure(404, "Order not found.", data={})
        data = shapes.told(order, now, richer=request.meets("richer"))
        if order.hold is not None and order.held(now):
            order.hold.asked += 1
            self._ledger.save(order)
        return replies.success("Order details retrieved successfully", data)

    def _list(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        try:
            query = OrderQuery.read(request.query)
        except Invalid as error:
            return replies.invalid(str(error))
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
        return replies.success("Orders retrieved successfully", shapes.listing("orders", rows, page))

    def _balance(self, request: Request) -> Reply:
        if (no := self._objection(request)) is not None:
            return no
        known = self._ledger.balance_at(self._as_of(request))
        balance = {"balance": str(known), "currency": CURRENCY, "state": "success"}
        return replies.success("Balance retrieved successfully", balance)

    def _challenge(self, request: Request) -> Reply:
        if not self._knows(request):
            return replies.unauthorized()
        field = self._signing.rules.challenge_field
        return replies.success("Challenge created", {field: self._signing.challenge(), "state": "success"})

    # --- what the faults need ------------------------------------------------------------

    def upset(self, request: Request, fault: Fault) -> None:
        """The key is revoked, or something happens to the item that a check or an order names."""
        if fault.name == "wrong_credentials":
            self._ledger.revoked.add("cardpluspay")
            return
        try:
            item_code = wishes.item(wishes.read(request.body), "item_code", "item_id")
        except (wishes.NotJson, Invalid):
            return
        if fault.name == "price_moved":
            self._ledger.move_price(item_code, Decimal(fault.options["percent"]))
        else:
            self._ledger.sell_out(item_code)

    def refusal(self, call: str, fault: Fault) -> Reply:  # noqa: ARG002  (the words are the same for every call)
        """A documented no, whatever the ledger says."""
        if fault.name in replies.REFUSALS:
            return replies.failure(400, replies.REFUSALS[fault.name], data=None)
        if fault.name == "unprocessable":
            return replies.invalid("The given data was invalid.")
        if fault.name == "not_found":
            return replies.failure(404, "Not found.", data={})
        if fault.name == "too_many_requests":
            after = fault.options["retry_after"]
            headers = () if after is None else (("Retry-After", str(after)),)
            return replies.failure(429, "Too many requests.", headers=headers)
        return replies.unauthorized()

    def failure(self, status: int) -> Reply:
        """An error of the server, in the envelope."""
        return replies.failure(status, "The request could not be completed.")

    def no_such_path(self) -> Reply:
        """404 in the envelope."""
        return replies.failure(404, "Not found.", data={})

    # --- parts ------------------------------------------------------------

    def _as_of(self, request: Request) -> float:
        """The moment an answer tells of: now, unless it is behind."""
        return self._ledger.clock.now() - float(request.option("behind", "seconds") or 0)

    def _objection(self, request: Request) -> Reply | None:
        """401 for a request nobody may make: the key is checked first, then the signature."""
        if not self._knows(request):
            return replies.unauthorized()
        return None if request.objection is None else replies.failure(401, request.objection)

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
