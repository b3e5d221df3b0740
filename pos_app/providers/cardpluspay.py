"""CardPlusPay, API v1: codes to hand over, paid from a prepaid balance in the account's currency.

A status is the provider's word only inside its envelope, JSON with a `success` of true or false. Message
texts are for people and never interpreted. What the guide leaves open is listed in `docs/providers.md`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import AsyncIterator, Mapping
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import quote as escaped

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
    Unclear,
)
from pos_app.orders.cards import Card
from pos_app.orders.product import Product
from pos_app.providers import wire
from pos_app.providers.address import Address, Path
from pos_app.providers.base import Page, ProviderSpec, Purchase, Quote, no_answer
from pos_app.providers.cardpluspay_books import Walk
from pos_app.providers.keys import account_name, usable_key
from pos_app.providers.signing import Signer

if TYPE_CHECKING:
    from pos_app.providers.http import Http, Timing

NAME: Final = "cardpluspay"

_TurnedAway = Literal["unauthorized", "signature_refused", "too_many_requests"]
_Word = Literal["yes", "no", "cut", "unreadable", "server_error", "unexpected"] | _TurnedAway

# Guide, list orders and catalogue: `per_page` is 1 to 100 and only 10 unless asked for.
_PER_PAGE = "100"
# Paging is not documented for requests; 100,000 products are more than anybody sells.
_MOST_PAGES = 1000
# A list that shrinks all the time is not run after for ever.
_MOST_STEPS_BACK = 10
# A look reads back to the last fence: 2,000 orders since then are more than one can account for.
_MOST_LOOK_PAGES = 20
_NEWEST_FIRST: Final = {"per_page": _PER_PAGE, "sort_by": "created_at", "order": "desc"}
_FENCE_TRIES = 3
_LONGEST_TEXT = 300
_REFUSALS: Final[dict[int, RefusalReason]] = {
    HTTPStatus.BAD_REQUEST: "other",
    HTTPStatus.NOT_FOUND: "unknown_item",
    HTTPStatus.UNPROCESSABLE_ENTITY: "bad_request",
}
_TURNED_AWAY: Final[dict[int, _TurnedAway]] = {
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
}
# Guide, authentication: the message of a 401 about the signature speaks of it, or of one of its two headers.
# It only chooses between words for a person: turned away is turned away.
_ABOUT_THE_SIGNATURE = re.compile(r"signature|challenge", re.IGNORECASE)
# What a header can carry unchanged.
_CHALLENGE = re.compile(r"[!-~](?:[ -~]{0,4094}[!-~])?")
# Only `completed` is documented; the others say the same in plain English. `success` does not: it is said
# of the call, not of the delivery.
_DELIVERED = frozenset({"completed", "complete", "delivered", "fulfilled"})
_PIN_NAMES = frozenset({"pin", "pincode"})
# The documented fields of a code that are no secret of it. Any other may be what the customer needs.
_NOT_SECRET = frozenset(
    {
        "code",
        "metadata",
        "status",
        "state",
        "item_code",
        "currency",
        "denomination",
        "denomination_unit",
        "charged_amount",
        "amount",
        "total_denomination",
    }
)


class CardPlusPaySettings(BaseModel):
    """How to reach the account; its key lies in the vault as `api_key`, the private one as `signing_key`."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    base_url: Address = Field(
        default="https://api.cardpluspay.com/v1",
        title="Address",
        description="Where CardPlusPay answers, with the version at the end",
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = Field(
        default="USD",
        title="Account currency",
        description="The currency of the prepaid balance, in which every purchase is charged",
    )
    signing: Literal["no", "yes"] = Field(
        default="no",
        title="Signed requests",
        description="Yes, if the dashboard's security settings ask for it; then a signing key is needed",
    )
    challenge_path: Path = Field(
        default="/challenge",
        title="Path of the challenge",
        description="Where, below the address, a signed request gets what it has to sign",
    )


class CardPlusPay:
    """The provider `cardpluspay`; see `pos_app.providers.base.Provider`. Amounts are decimal major units."""

    def __init__(self, settings: CardPlusPaySettings, secrets: Mapping[str, str], http: Http) -> None:
        self._http = http
        self._secrets = dict(secrets)
        self._currency = settings.currency
        self._challenge_path = settings.challenge_path
        self._signer = Signer(NAME, secrets.get("signing_key", "")) if settings.signing == "yes" else None
        self._account = account_name(NAME, secrets.get("api_key", ""))

    @override
    def __repr__(self) -> str:
        return f"CardPlusPay(account={self._account!r})"

    @property
    def name(self) -> str:
        """`cardpluspay`."""
        return NAME

    @property
    def account(self) -> str:
        """A digest of the key."""
        return self._account

    async def products(self) -> AsyncIterator[tuple[Product, ...]]:
        """The catalogue, page by page, without what can not be sold here: no code, no price, or by post."""
        async for page in self.pages():
            if page.products:
                yield page.products

    async def pages(self, mark: str = "") -> AsyncIterator[Page]:
        """See `InPages`. A mark says the page, and how many entries there were when it was written.

        The list ends where the paging says so, at an empty page, or at one without anything new: `page` is
        not documented and may be ignored. Where entries were taken out meanwhile, those behind them have
        moved to pages that were read: the page before is read once more.
        """
        met: set[str] = set()
        promised = False
        page, total = _place(mark)
        back, again = 0, False
        while page <= _MOST_PAGES:
            query = {"per_page": _PER_PAGE} | ({"page": str(page)} if page > 1 else {})
            data = await self._ask("GET", "/catalog", query=query)
            found, paging = _listing(data, ("products", "items", "catalog", "data"))
            if not _is_list(found) and (page == 1 or promised):
                # Taken for an empty catalogue it would empty the till's own.
                raise no_answer(NAME, "unexpected")
            said = wire.whole(paging.get("total"))
            if (
                page > 1
                and back < _MOST_STEPS_BACK
                and said is not None
                and total is not None
                and said < total
            ):
                page, total, back, again = page - 1, said, back + 1, True
                continue
            total = said
            entries = {wire.text(wire.table(row).get("item_code")): row for row in reversed(found or [])}
            unmet = {item: row for item, row in reversed(entries.items()) if item not in met}
            if not unmet and not again:
                return
            again = False
            met |= unmet.keys()
            promised = wire.whole(paging.get("last_page")) is not None
            is_last = not found or _is_last(paging, page)
            yield Page(
                tuple(product for row in unmet.values() if (product := self._product(row))),
                here=_mark(page, total),
                next="" if is_last else _mark(page + 1, total),
                entries=len(found or []),
                total=total,
            )
            if is_last:
                return
            page += 1

    async def quote(self, product: Product, quantity: int, face: Money) -> Quote:  # noqa: ARG002
        """The stock check. It reserves nothing, and its price is per card. A fixed value needs no `face`."""
        body = {"item_id": product.item, "quantity": quantity}
        reply = await self._http.read("POST", "/orders/check", self._headers, body=body)
        word, envelope = self._heard(reply)
        # A 2xx with `success` false is no answer to an order, but to this harmless question it is a no.
        if word in {"no", "unexpected"} and envelope.get("success") is False:
            return Quote(available=False)
        data = wire.table(self._data(reply, word, envelope))
        # Here, and only here, `status` is a boolean.
        available = data.get("status") in (None, True) and data.get("state") in (None, "in_stock")
        return Quote(available, wire.paid(data.get("price"), self._currency))

    async def fence(self) -> Fence:
        """The first page of the order list between two equal balances.

        Raises NotTaken("no_fence") when no such moment comes, or a row has no id to be known by again.
        """
        try:
            for _ in range(_FENCE_TRIES):
                before = await self.balance()
                reply = await self._http.read("GET", "/orders", self._headers, query=_NEWEST_FIRST)
                found, paging = _listing(self._data(reply, *self._heard(reply)), ("orders", "items", "data"))
                ids = tuple(wire.text(wire.table(row).get("order_id")) for row in found or [])
                if found is not None and all(ids) and await self.balance() == before:
                    return Fence(ids, wire.whole(paging.get("total")), before, reply.header("date"))
        except NotTaken as error:
            if error.reason != "no_answer":
                raise
            raise NotTaken("no_fence", provider=NAME, because=error.facts["because"]) from None
        raise NotTaken("no_fence", provider=NAME)

    async def rows(self, known: AbstractSet[str]) -> Look:
        """The order list, newest first, back to the page with the first order of `known`.

        Taken again, three times at most, while balance or total move. Neither `page` nor `last_page` is
        believed: it ends at an order that is known, where `total` rows were met, at a page without anything
        new, or after twenty pages.
        """
        look, moved = await self._look(known)
        for _ in range(1, _FENCE_TRIES):
            if not moved:
                break
            look, moved = await self._look(known)
        return look

    async def send(self, purchase: Purchase) -> Reply:
        """Create the order. No e-mail address is ever sent: the provider might mail the code itself.

        Where requests are signed, a challenge is fetched first; without one nothing leaves (NotTaken).
        """
        body = {"item_code": purchase.item, "quantity": purchase.quantity}
        return await self._http.send_once("/orders", await self._headers(), body)

    def read(self, reply: Reply, purchase: Purchase) -> Answer:
        """Yes, no, turned away, or nothing to rely on; by status and envelope only."""
        word, envelope = self._heard(reply)
        if word == "yes":
            # A yes that names neither an order nor a code is not the documented one, and nothing could be
            # done with it; left unclear, the order is looked for in the provider's books.
            return self._bought(envelope.get("data"), purchase) or Unclear("unexpected")
        if word == "no":
            return Refused(_REFUSALS[reply.status], wire.text(envelope.get("message"), _LONGEST_TEXT))
        if word in ("unauthorized", "signature_refused", "too_many_requests"):
            return NotTakenUp(word, wire.retry_after(reply))
        return Unclear(word)

    async def fetch(self, provider_order_id: str) -> Reply:
        """Ask for one order; late codes come this way."""
        path = f"/orders/{escaped(provider_order_id, safe='')}"
        return await self._http.read("GET", path, self._headers)

    def read_order(self, reply: Reply, purchase: Purchase) -> Bought | None:
        """The order in a reply to `fetch`. Its codes may lack the PIN and every amount they once had."""
        word, envelope = _understood(reply)
        return self._bought(envelope.get("data"), purchase) if word == "yes" else None

    async def balance(self) -> Money:
        """The prepaid balance, shared by everybody who uses the account."""
        data = wire.table(await self._ask("GET", "/balance"))
        balance = wire.amount(data.get("balance"), wire.currency(data.get("currency")) or self._currency)
        if balance is None:
            raise no_answer(NAME, "unreadable")
        return balance

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.close()

    async def _headers(self) -> dict[str, str]:
        """What goes with one attempt; made anew for each, since a challenge works once."""
        # The guide calls the names case-sensitive.
        key = {"X-API-Key": usable_key(NAME, self._secrets, "api_key")}
        if self._signer is None:
            return key
        if not self._secrets.get("signing_key", "").strip():
            raise Misconfigured("no_key", provider=NAME, secret="signing_key")  # noqa: S106
        challenge = await self._challenge(key)
        return {
            **key,
            "X-API-Challenge": challenge,
            "X-API-Signature": await self._signer.sign(challenge),
        }

    async def _challenge(self, key: Mapping[str, str]) -> str:
        """A text to sign, fetched with the key alone.

        Its path and shape are not documented: it is looked for as `challenge` in `data` or beside it.
        """
        reply = await self._http.read("GET", self._challenge_path, key)
        word, envelope = _understood(reply)
        if word in ("unauthorized", "signature_refused", "too_many_requests"):
            raise self._turned_away(word, reply)
        good = HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES
        if good and envelope.get("success") is not False:
            given = wire.table(envelope.get("data")).get("challenge") or envelope.get("challenge")
            if isinstance(given, str) and _CHALLENGE.fullmatch(given):
                return given
        raise NotTaken("no_challenge", provider=NAME, status=reply.status)

    async def _look(self, known: AbstractSet[str]) -> tuple[Look, bool]:
        """One look, and whether the books moved while it was taken."""
        before = await self.balance()
        walk = Walk(known, self._currency)
        for page in range(1, _MOST_LOOK_PAGES + 1):
            query = _NEWEST_FIRST | ({"page": str(page)} if page > 1 else {})
            reply = await self._http.read("GET", "/orders", self._headers, query=query)
            found, paging = _listing(self._data(reply, *self._heard(reply)), ("orders", "items", "data"))
            if found is None:
                raise no_answer(NAME, "unexpected")
            if page == 1:
                walk.date = reply.header("date")
            if not walk.goes_on(found, paging, page):
                break
        after = await self.balance()
        return walk.look(before, after), before != after or len(walk.totals) > 1

    async def _ask(self, method: str, path: str, query: Mapping[str, str] | None = None) -> object:
        reply = await self._http.read(method, path, self._headers, query=query)
        return self._data(reply, *self._heard(reply))

    def _heard(self, reply: Reply) -> tuple[_Word, dict[str, object]]:
        """What a reply says to a request that was signed if this account signs.

        The key of a signed request was accepted a moment ago, with the challenge: a 401 is not about it.
        """
        word, envelope = _understood(reply)
        return ("signature_refused" if word == "unauthorized" and self._signer else word), envelope

    def _data(self, reply: Reply, word: _Word, envelope: dict[str, object]) -> object:
        """What a read was answered with; the error it stands for when it was not."""
        if word == "yes":
            return envelope.get("data")
        if word in ("unauthorized", "signature_refused", "too_many_requests"):
            raise self._turned_away(word, reply)
        because = "unexpected" if word == "no" else word
        if word != "no" and wire.somebody_else(reply):
            because = "somebody_else"
        raise no_answer(NAME, because, status=reply.status)

    def _turned_away(self, word: _TurnedAway, reply: Reply) -> Misconfigured | NotTaken:
        if word == "too_many_requests":
            return NotTaken(word, provider=NAME, retry_after=wire.retry_after(reply))
        return Misconfigured("key_refused" if word == "unauthorized" else word, provider=NAME)

    def _product(self, row: object) -> Product | None:
        entry = wire.table(row)
        item, currency = wire.text(entry.get("item_code")), wire.currency(entry.get("currency"))
        cost = wire.paid(entry.get("price"), self._currency)
        if not item or currency is None or cost is None:
            return None
        face = wire.amount(entry.get("value"), currency)
        by_post = wire.text(entry.get("delivery_type")).upper() == "PHYSICAL"
        if face is None or face.minor <= 0 or by_post:
            return None
        name = wire.text(entry.get("product_name"), _LONGEST_TEXT) or item
        countries = entry.get("country_code")
        codes = wire.rows(countries) or [countries]
        # The same few words stand on thousands of products: each is kept once.
        return Product(
            provider=NAME,
            item=item,
            brand=sys.intern(wire.text(entry.get("brand"), _LONGEST_TEXT) or name),
            name=name,
            currency=sys.intern(currency),
            delivery="codes",
            category=sys.intern(wire.text(entry.get("category"), _LONGEST_TEXT)),
            region=sys.intern(wire.text(entry.get("region"), _LONGEST_TEXT)),
            countries=tuple(sys.intern(code) for country in codes if (code := wire.text(country))),
            face=face,
            cost=cost,
        )

    def _bought(self, data: object, purchase: Purchase) -> Bought | None:
        """The order in `data`; None when it names neither itself nor a code."""
        order = wire.table(data)
        order_id = wire.text(order.get("order_id"))
        charged_in = purchase.cost.currency if purchase.cost else self._currency
        entries = wire.rows(order.get("codes")) or []
        cards = tuple(card for entry in entries if (card := _card(entry, charged_in, purchase.face.currency)))
        if not order_id and not cards:
            return None
        worth_in = wire.currency(order.get("denomination_unit")) or purchase.face.currency
        # `status` is the order's state; `state` only repeats it when an order is created, and says of a
        # list or a look-up that the call went well.
        state = wire.text(order.get("status")) or wire.text(order.get("state"))
        return Bought(
            provider_order_id=order_id or None,
            provider_order_no=wire.text(order.get("order_no")) or None,
            cost=wire.paid(order.get("amount"), charged_in),
            face=wire.paid(order.get("total_denomination"), worth_in),
            cards=cards,
            final=state.casefold() in _DELIVERED,
            created_at=wire.moment(order.get("created_at")),
        )


def _understood(reply: Reply) -> tuple[_Word, dict[str, object]]:
    """Whose word a reply is and what it says, with the envelope (empty when there is none)."""
    if not reply.complete:
        return "cut", {}
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server_error", {}
    good = HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES
    if not good and reply.status not in _REFUSALS and reply.status not in _TURNED_AWAY:
        return "unexpected", {}
    body = wire.document(reply)
    if body is None:
        return "unreadable", {}
    envelope = wire.table(body)
    success = envelope.get("success")
    if success is True and good:
        return "yes", envelope
    if success is False and reply.status in _REFUSALS:
        return "no", envelope
    if (
        success is False
        and reply.status == HTTPStatus.UNAUTHORIZED
        and (_ABOUT_THE_SIGNATURE.search(wire.text(envelope.get("message"), _LONGEST_TEXT)))
    ):
        return "signature_refused", envelope
    if success is False and reply.status in _TURNED_AWAY:
        return _TURNED_AWAY[reply.status], envelope
    return "unexpected", envelope


def _listing(data: object, names: tuple[str, ...]) -> tuple[list[object] | None, dict[str, object]]:
    """The list in `data` (under one of `names`, or `data` itself) and what tells its pages."""
    holder = wire.table(data)
    lists = [wire.rows(data), *(wire.rows(holder.get(name)) for name in names)]
    return next((found for found in lists if found is not None), None), (
        wire.table(holder.get("pagination")) or holder
    )


def _mark(page: int, total: int | None) -> str:
    return f"{page}:{'' if total is None else total}"


def _place(mark: str) -> tuple[int, int | None]:
    """The page a mark names and how many entries there were; the first page for anything else."""
    page, _colon, total = mark.partition(":")
    return max(1, wire.whole(page) or 1), wire.whole(total)


def _is_list(found: list[object] | None) -> bool:
    """Whether `found` is a list with objects in it, or an empty one."""
    return found is not None and (not found or any(wire.table(row) for row in found))


def _is_last(paging: dict[str, object], asked: int) -> bool:
    current, last = wire.whole(paging.get("current_page")), wire.whole(paging.get("last_page"))
    return (current is not None and current != asked) or (last is not None and asked >= last)


def _card(entry: object, charged_in: str, worth_in: str) -> Card | None:
    """One entry of `codes`; None without a code. A bare text is taken for the code itself."""
    fields = wire.table(entry)
    code = wire.secret(fields.get("code")) or wire.secret(entry)
    if not code:
        return None
    unit = wire.currency(fields.get("denomination_unit")) or wire.currency(fields.get("currency")) or worth_in
    beside = [
        (name, value)
        for name, value in fields.items()
        if name not in _NOT_SECRET and not isinstance(value, bool)
    ]
    named = [
        (wire.text(name) or "metadata", told)
        for name, value in (*_pairs(fields.get("metadata")), *beside)
        if (told := _told(value))
    ]
    pin = next((told for name, told in named if _is_pin(name)), None)
    return Card(
        code=code,
        pin=pin,
        # A second PIN that says something else may be the right one: it is kept under its own name.
        extras=tuple((name, told) for name, told in named if not (_is_pin(name) and told == pin)),
        face=wire.paid(fields.get("denomination"), unit),
        cost=wire.paid(fields.get("charged_amount"), charged_in),
        item=wire.text(fields.get("item_code")) or None,
    )


def _pairs(metadata: object) -> list[tuple[str, object]]:
    """The fields in `metadata`: documented as a list of one-key objects; an object is taken as well.

    What stands there without a name is kept under the name of the list.
    """
    entries = wire.rows(metadata) or [metadata]
    return [pair for entry in entries for pair in (list(wire.table(entry).items()) or [("metadata", entry)])]


def _is_pin(name: str) -> bool:
    return "".join(filter(str.isalnum, name)).casefold() in _PIN_NAMES


def _told(value: object) -> str:
    """A secret field as text, leading zeros and all; something nested as JSON rather than lost."""
    if nested := wire.rows(value) or wire.table(value):
        try:
            return json.dumps(nested, default=str)
        except RecursionError:
            return ""
    return str(value).lower() if isinstance(value, bool) else wire.secret(value)


def open_cardpluspay(
    settings: BaseModel, secrets: Mapping[str, str], timing: Timing | None = None
) -> CardPlusPay:
    """The provider with these settings, its key under `api_key` and, where it signs, `signing_key`."""
    from pos_app.providers.http import Http

    if not isinstance(settings, CardPlusPaySettings):
        raise TypeError("CardPlusPay is opened with its own settings")
    return CardPlusPay(settings, secrets, Http(NAME, settings.base_url, timing))


def _sandbox(ready: Mapping[str, str]) -> tuple[BaseModel, dict[str, str]]:
    return CardPlusPaySettings(base_url=ready["cardpluspay"]), {"api_key": ready["api_key"]}


SPEC: Final = ProviderSpec(
    name=NAME,
    title="CardPlusPay",
    delivery="codes",
    settings=CardPlusPaySettings,
    secrets=("api_key", "signing_key"),
    optional=frozenset({"signing_key"}),
    open=open_cardpluspay,
    sandbox=_sandbox,
)
