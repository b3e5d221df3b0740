"""Bluefin: a company that does not exist, written from `docs/providers.md` alone to prove the page.

Money in cents, a bearer token, lists by cursor. An order that is not ready at once is `pending`, and its
cards are asked for later.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final
from urllib.parse import quote as quoted

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from pos_app.errors import Misconfigured, NotTaken
from pos_app.money import Money
from pos_app.orders.answers import (
    Answer,
    Bought,
    Fence,
    Look,
    NotTakenUp,
    RefusalReason,
    Refused,
    Reply,
    Row,
    Unclear,
)
from pos_app.orders.cards import Card
from pos_app.orders.product import Product
from pos_app.providers import wire
from pos_app.providers.address import Address
from pos_app.providers.base import Provider, ProviderSpec, Purchase, Quote, no_answer
from pos_app.providers.http import Http, Timing
from pos_app.providers.keys import account_name, usable_key

NAME: Final = "bluefin"

_REFUSALS: Final[Mapping[tuple[int, str], RefusalReason]] = {
    (400, "bad_request"): "bad_request",
    (404, "no_such_card"): "unknown_item",
    (422, "sold_out"): "out_of_stock",
    (422, "no_funds"): "no_balance",
    (422, "not_possible"): "other",
}
_TAKEN_BACK: Final = frozenset({"cancelled", "failed"})
_CARD_PAGES: Final = 1000
_ORDER_PAGES: Final = 20
_TRIES: Final = 3
_MOST_CENTS: Final = 10**14
_TEXT: Final = 300


class BluefinSettings(BaseModel):
    """What a shop chooses about Bluefin."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    base_url: Address = Field(
        default="https://api.bluefin.example/v2", title="Address", description="Where Bluefin answers"
    )


class Bluefin:
    """Bluefin over its API, version 2."""

    def __init__(self, secrets: Mapping[str, str], http: Http) -> None:
        self._secrets = dict(secrets)
        self._http = http
        self._account = account_name(NAME, secrets.get("token", ""))

    @override
    def __repr__(self) -> str:
        return f"Bluefin(account={self._account!r})"

    @property
    def name(self) -> str:
        return NAME

    @property
    def account(self) -> str:
        return self._account

    async def products(self) -> AsyncIterator[tuple[Product, ...]]:
        seen: set[str] = set()
        async for _reply, body in self._pages("/cards", "sku", _CARD_PAGES):
            fresh: list[Product] = []
            for row in wire.rows(body["items"]) or []:
                product = _product(row)
                if product is not None and product.item not in seen:
                    seen.add(product.item)
                    fresh.append(product)
            if fresh:
                yield tuple(fresh)

    async def quote(self, product: Product, quantity: int, face: Money) -> Quote:
        reply = await self._http.read("GET", "/stock", self._headers(), query={"sku": product.item})
        if reply.status == 404 and _kind(reply) == "no_such_card":
            return Quote(available=False)
        stock = wire.table(wire.table(wire.document(reply)).get("stock"))
        left = wire.whole(stock.get("left"))
        if reply.status != 200 or left is None:
            raise _failed(reply)
        return Quote(left >= quantity, _money(stock, "cost_cents"))

    async def fence(self) -> Fence:
        for _try in range(_TRIES):
            before = await self.balance()
            reply = await self._http.read("GET", "/orders", self._headers())
            body = _page(reply)
            if before == await self.balance():
                ids = [wire.text(wire.table(row).get("ref")) for row in wire.rows(body["items"]) or []]
                return Fence(
                    tuple(one for one in ids if one),
                    wire.whole(body.get("count")),
                    before,
                    reply.header("date"),
                )
        raise NotTaken("no_fence", provider=NAME)

    async def rows(self, known: AbstractSet[str]) -> Look:
        before = await self.balance()
        found: dict[str, Row] = {}
        totals: list[int | None] = []
        dates: list[str | None] = []
        nameless, reached, ended = 0, False, False
        async for reply, body in self._pages("/orders", "ref", _ORDER_PAGES):
            totals.append(wire.whole(body.get("count")))
            dates.append(reply.header("date"))
            for value in wire.rows(body["items"]) or []:
                row = wire.table(value)
                ref = wire.text(row.get("ref"))
                reached = reached or ref in known
                if reached:
                    break
                nameless += not ref
                if ref:
                    found.setdefault(ref, _row(ref, row))
            ended = not wire.text(body.get("next"))
            if reached:
                break
        return Look(
            tuple(found.values()),
            nameless,
            reached or (ended and not known),
            totals[0] if len(set(totals)) == 1 else None,
            before,
            await self.balance(),
            dates[0],
        )

    async def send(self, purchase: Purchase) -> Reply:
        body = {"sku": purchase.item, "count": purchase.quantity}
        return await self._http.send_once("/orders", self._headers(), body)

    def read(self, reply: Reply, purchase: Purchase) -> Answer:
        if not reply.complete:
            return Unclear("cut")
        if reply.status >= 500:
            return Unclear("server_error")
        if (bought := _order(reply)) is not None:
            return bought
        kind = _kind(reply)
        if (reason := _REFUSALS.get((reply.status, kind))) is not None:
            return Refused(reason, wire.text(_error(reply).get("text"), _TEXT))
        if (reply.status, kind) == (401, "bad_token"):
            return NotTakenUp("unauthorized")
        if (reply.status, kind) == (429, "slow_down"):
            return NotTakenUp("too_many_requests", wire.retry_after(reply))
        return Unclear("unreadable" if wire.document(reply) is None else "unexpected")

    async def fetch(self, provider_order_id: str) -> Reply:
        # A person may have typed it.
        return await self._http.read("GET", f"/orders/{quoted(provider_order_id, safe='')}", self._headers())

    def read_order(self, reply: Reply, purchase: Purchase) -> Bought | None:
        return _order(reply)

    async def balance(self) -> Money:
        reply = await self._http.read("GET", "/wallet", self._headers())
        left = _money(wire.table(wire.document(reply)), "left_cents")
        if reply.status != 200 or left is None:
            raise _failed(reply)
        return left

    async def close(self) -> None:
        await self._http.close()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {usable_key(NAME, self._secrets, 'token')}"}

    async def _pages(self, path: str, key: str, most: int) -> AsyncIterator[tuple[Reply, dict[str, object]]]:
        """The pages of a list: to its end, to one that adds nothing, or `most`; `key` names a row."""
        query: dict[str, str] = {}
        known: set[str] = set()
        for _page_number in range(most):
            reply = await self._http.read("GET", path, self._headers(), query=query)
            body = _page(reply)
            yield reply, body
            names = {wire.text(wire.table(row).get(key)) for row in wire.rows(body["items"]) or []}
            cursor = wire.text(body.get("next"))
            if not cursor or names <= known:
                return
            known |= names
            query = {"after": cursor}


def open_bluefin(settings: BaseModel, secrets: Mapping[str, str], timing: Timing | None = None) -> Provider:
    """A Bluefin that has sent nothing yet."""
    if not isinstance(settings, BluefinSettings):
        raise TypeError("not Bluefin's settings")
    return Bluefin(secrets, Http(NAME, settings.base_url, timing))


def _in_sandbox(ready: Mapping[str, str]) -> tuple[BluefinSettings, dict[str, str]]:
    """Its stand-in's address and token; no token, and so no Bluefin in training, where none is played."""
    settings = BluefinSettings(base_url=ready.get("base_url", "http://localhost"))
    return settings, {"token": ready["token"]} if "token" in ready else {}


SPEC: Final = ProviderSpec(
    name=NAME,
    title="Bluefin",
    delivery="codes",
    settings=BluefinSettings,
    secrets=("token",),
    open=open_bluefin,
    sandbox=_in_sandbox,
)


def _money(row: Mapping[str, object], name: str) -> Money | None:
    """The amount called `name`, in the currency its row names; cents are whole minor units."""
    cents, unit = wire.whole(row.get(name)), wire.currency(row.get("currency"))
    return None if cents is None or unit is None or not 0 <= cents <= _MOST_CENTS else Money(cents, unit)


def _product(value: object) -> Product | None:
    row = wire.table(value)
    face, brand = _money(row, "face_cents"), wire.text(row.get("maker"))
    sku = wire.text(row.get("sku"))
    if not sku or sku != row["sku"] or not brand or not face or row.get("on_sale") is not True:
        return None
    return Product(
        NAME,
        sku,
        brand,
        wire.text(row.get("title")) or brand,
        face.currency,
        "codes",
        category=wire.text(row.get("shelf")),
        face=face,
        cost=_money(row, "cost_cents"),
    )


def _page(reply: Reply) -> dict[str, object]:
    body = wire.table(wire.document(reply))
    if reply.status != 200 or wire.rows(body.get("items")) is None:
        raise _failed(reply)
    return body


def _row(ref: str, row: Mapping[str, object]) -> Row:
    return Row(ref, _money(row, "total_cents"), wire.moment(row.get("at")), wire.text(row.get("state")))


def _order(reply: Reply) -> Bought | None:
    """The order a reply shows, if it is one that was carried out and not taken back."""
    body = wire.table(wire.document(reply))
    order = {} if "error" in body else wire.table(body.get("order"))
    ref, state = wire.text(order.get("ref")), wire.text(order.get("state"))
    if not reply.complete or not 200 <= reply.status < 300 or not ref or not state or state in _TAKEN_BACK:
        return None
    rows = [wire.table(row) for row in wire.rows(order.get("cards")) or []]
    cards = tuple(_card(row, order) for row in rows if wire.secret(row.get("code")))
    return Bought(
        ref,
        wire.text(order.get("number")) or None,
        _money(order, "total_cents"),
        _money(order, "worth_cents"),
        cards,
        final=state == "delivered",
    )


def _card(row: Mapping[str, object], order: Mapping[str, object]) -> Card:
    serial = wire.secret(row.get("serial"))
    return Card(
        wire.secret(row.get("code")),
        wire.secret(row.get("pin")) or None,
        (("serial", serial),) if serial else (),
        item=wire.text(order.get("sku")) or None,
    )


def _error(reply: Reply) -> dict[str, object]:
    return wire.table(wire.table(wire.document(reply)).get("error"))


def _kind(reply: Reply) -> str:
    return wire.text(_error(reply).get("kind"))


def _failed(reply: Reply) -> NotTaken | Misconfigured:
    """Why a read got nothing."""
    if (reply.status, _kind(reply)) == (401, "bad_token"):
        return Misconfigured("key_refused", provider=NAME)
    if (reply.status, _kind(reply)) == (429, "slow_down"):
        return NotTaken("too_many_requests", provider=NAME, retry_after=wire.retry_after(reply))
    if wire.somebody_else(reply):
        because = "somebody_else"
    elif reply.status >= 500:
        because = "server_error"
    else:
        because = "unreadable" if wire.document(reply) is None else "unexpected"
    return no_answer(NAME, because, status=reply.status)
