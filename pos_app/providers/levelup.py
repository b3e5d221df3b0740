"""LevelUp, API v15, create-via-order: a card by e-mail for a merchant, charged to the shop's own account.

The reply names no order and there is no list to look one up in, so nothing can be found out afterwards.
Amounts are whole cents of US dollars. A status is LevelUp's own word only with the header `Server: LevelUp`
or with its documented array of errors: proxies and Wi-Fi log-in pages answer 401 and 404 too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from pos_app.errors import Misconfigured, NotTaken
from pos_app.money import Money
from pos_app.orders.answers import Answer, Bought, NotTakenUp, RefusalReason, Refused, Reply, Unclear
from pos_app.orders.product import Product
from pos_app.providers import wire
from pos_app.providers.address import Address
from pos_app.providers.base import ProviderSpec, Purchase, Quote, no_answer
from pos_app.providers.keys import account_name, usable_key

if TYPE_CHECKING:
    from pos_app.providers.http import Http, Timing

NAME: Final = "levelup"
LEAST: Final = Money(1000, "USD")
"""The smallest card, $10.00 (create via order: `value_amount`, "min 1000")."""

_CURRENCY: Final = "USD"
_LONGEST_TEXT = 300
# A hundred pages of locations are more than any shop manages.
_MOST_PAGES = 100
_ADDRESSES_SHOWN = 3
_BOUGHT_STATUSES = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
_REFUSED_STATUSES = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY})
# `code` of an error: the account that is charged can not pay.
_CAN_NOT_PAY = frozenset(
    {"debit_card_only", "delinquent_bundle", "excessive_chargebacks", "no_credit_card", "payment_ineligible"}
)
# `property` of an error: the field of our request it is about. Documented ones all say `base`, the whole.
_BY_PROPERTY: Final[dict[str, RefusalReason]] = {
    "merchant_id": "bad_merchant",
    "recipient_email": "bad_email",
    "value_amount": "bad_amount",
}

_TurnedAway = Literal["unauthorized", "too_many_requests"]
_Word = Literal["yes", "no", "cut", "unreadable", "server_error", "unexpected"] | _TurnedAway


class LevelUpSettings(BaseModel):
    """Where LevelUp answers; the keys lie in the vault as `user_token` and `merchant_token`."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    base_url: Address = Field(
        default="https://api.thelevelup.com",
        title="Address",
        description="Where LevelUp answers, without a version",
    )


class LevelUp:
    """The provider `levelup`; see `pos_app.providers.base.Provider`.

    The user token pays for the cards; the merchant token names the merchants whose cards are sold.
    """

    def __init__(self, secrets: Mapping[str, str], http: Http) -> None:
        self._http = http
        self._secrets = dict(secrets)
        self._account = account_name(NAME, secrets.get("user_token", ""))

    @override
    def __repr__(self) -> str:
        return f"LevelUp(account={self._account!r})"

    @property
    def name(self) -> str:
        """`levelup`."""
        return NAME

    @property
    def account(self) -> str:
        """A digest of the user token: its account is the one that is charged."""
        return self._account

    async def products(self) -> AsyncIterator[tuple[Product, ...]]:
        """One product per merchant that has a location of ours: a card of $10.00 or more. All at once."""
        if merchants := _merchants(await self._locations()):
            yield merchants

    async def quote(self, product: Product, quantity: int, face: Money) -> Quote:
        """Available while the merchant is among ours. There is no stock; a card costs what it is worth."""
        known = {merchant.item for merchant in _merchants(await self._locations())}
        return Quote(product.item in known and quantity == 1, face)

    async def fence(self) -> None:
        """Nothing: LevelUp shows no list of gift card orders.

        Raises Misconfigured where `send` would, so that it is known before an order counts as sent.
        """
        self._authorization("user", "user_token")
        await self._http.check()

    async def rows(self, known: AbstractSet[str]) -> None:
        """Nothing: there are no books to look at."""

    async def send(self, purchase: Purchase) -> Reply:
        """Order one card to be mailed to the recipient.

        Raises ValueError, before anything is sent, for what no such order can say: several cards, another
        currency, no recipient, or an item that is no merchant's number.
        """
        recipient, merchant = purchase.recipient, wire.whole(purchase.item)
        if merchant is None or recipient is None or purchase.quantity != 1:
            raise ValueError("an order by e-mail is one card of one merchant for one recipient")
        if purchase.face.currency != _CURRENCY:
            raise ValueError("LevelUp's amounts are US dollars")
        order: dict[str, object] = {
            "merchant_id": merchant,
            "recipient_email": recipient.email,
            "value_amount": purchase.face.minor,
        }
        if recipient.name:
            order["recipient_name"] = recipient.name
        if recipient.message:
            order["recipient_message"] = recipient.message
        headers = self._authorization("user", "user_token")
        try:
            return await self._http.send_once(
                "/v15/users/gift_card_value_orders", headers, {"gift_card_value_order": order}
            )
        except NotTaken as error:
            raise _maybe_ended(error) from None

    def read(self, reply: Reply, purchase: Purchase) -> Answer:  # noqa: ARG002
        """Yes, no, turned away, or nothing to rely on; by status, header and the errors' machine parts."""
        word, body = _understood(reply)
        if word == "yes":
            order = wire.table(wire.table(body).get("gift_card_value_order"))
            cents = wire.whole(order.get("added_value_amount"))
            value = Money(cents, _CURRENCY) if cents is not None and cents >= 0 else None
            # Missing means false; true means that nothing is mailed until the sender has confirmed.
            delayed = wire.table(order).get("delay_gift_card_migration") is True
            return Bought(None, None, cost=value, face=value, cards=(), must_confirm=delayed)
        if word == "no":
            errors = _errors(body)
            message = "\n".join(wire.text(error.get("message")) for error in errors)[:_LONGEST_TEXT]
            return Refused(_reason(reply.status, errors), message)
        if word in ("unauthorized", "too_many_requests"):
            return NotTakenUp(word, wire.retry_after(reply))
        return Unclear(word)

    async def fetch(self, provider_order_id: str) -> None:
        """Nothing: LevelUp names no orders, so there is none to ask for."""

    def read_order(self, reply: Reply, purchase: Purchase) -> None:
        """Nothing: there is no such reply."""

    async def balance(self) -> None:
        """Nothing, the account pays by a card of its own; but asking shows whether LevelUp answers."""
        await self._locations()

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.close()

    def _authorization(self, side: Literal["user", "merchant"], secret: str) -> dict[str, str]:
        return {"Authorization": f'token {side}="{usable_key(NAME, self._secrets, secret)}"'}

    async def _locations(self) -> list[object]:
        """The locations the merchant token manages, of any number of merchants.

        The guide calls this list unpaged; where it has pages all the same, `Link` leads through them. It
        ends without a `Link`, at a 204, at a `Link` that was followed before, or at a page with nothing new.
        """
        headers = self._authorization("merchant", "merchant_token")
        try:
            return await self._pages(headers)
        except NotTaken as error:
            raise _maybe_ended(error) from None

    async def _pages(self, headers: Mapping[str, str]) -> list[object]:
        reply = await self._http.read("GET", "/v15/managed_locations", headers)
        locations: dict[tuple[str, ...], object] = {}
        followed: set[str] = set()
        while reply.status != HTTPStatus.NO_CONTENT:
            found = wire.rows(wire.document(reply)) if reply.status == HTTPStatus.OK else None
            if found is None or (found and not any(wire.table(entry) for entry in found)):
                raise _no_answer(reply)
            before = len(locations)
            for entry in found:
                locations.setdefault(_place(entry), entry)
            link = wire.next_link(reply)
            nothing_new = len(locations) == before
            if nothing_new or link is None or link in followed or len(followed) >= _MOST_PAGES:
                break
            followed.add(link)
            reply = await self._http.read_on(link, headers)
        return list(locations.values())


@dataclass(frozen=True, slots=True)
class Login:
    """What LevelUp gives for a name and password. `merchant_id` is None for somebody who is no merchant."""

    token: str = field(repr=False)
    merchant_id: int | None
    user_id: int | None


async def log_in(http: Http, api_key: str, username: str, password: str) -> Login:
    """A token that lasts until it is revoked; name and password are not kept anywhere.

    Raises Misconfigured("key_refused"), with the `field` it is about (`api_key`, or `base` for name and
    password), when LevelUp does not accept them (a 422, not a 401); else what a read raises.
    """
    body = {"access_token": {"api_key": api_key, "username": username, "password": password}}
    reply = await http.read("POST", "/v15/access_tokens", {}, body=body)
    document = wire.document(reply)
    given = wire.table(wire.table(document).get("access_token"))
    token = wire.text(given.get("token"))
    if reply.status in _BOUGHT_STATUSES and token:
        merchant = wire.whole(given.get("merchant_id"))
        return Login(token, merchant if merchant and merchant > 0 else None, wire.whole(given.get("user_id")))
    if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and (errors := _errors(document)):
        about = wire.text(errors[0].get("property"), _LONGEST_TEXT)
        raise Misconfigured("key_refused", provider=NAME, field=about if about == "api_key" else "base")
    raise _no_answer(reply)


def _no_answer(reply: Reply) -> Misconfigured | NotTaken:
    """The error that a read ended in when `reply` is not what it asked for."""
    word, _body = _understood(reply)
    if word == "unauthorized":
        return Misconfigured("key_refused", provider=NAME)
    if word == "too_many_requests":
        return NotTaken("too_many_requests", provider=NAME, retry_after=wire.retry_after(reply))
    if word in ("unreadable", "unexpected", "server_error") and wire.somebody_else(reply):
        return no_answer(NAME, "somebody_else", status=reply.status)
    return no_answer(NAME, "unexpected" if word in ("yes", "no") else word, status=reply.status)


def _maybe_ended(error: NotTaken) -> NotTaken:
    """`error`; where LevelUp's name is not in the net any more, one that says so in its own words."""
    return NotTaken("service_ended", **error.facts) if error.reason == "name_not_found" else error


def _understood(reply: Reply) -> tuple[_Word, object]:
    """Whose word the reply to an order is and what it says, with its JSON (None when there is none)."""
    if not reply.complete:
        return "cut", None
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server_error", None
    body = wire.document(reply)
    if reply.status in _BOUGHT_STATUSES:
        if body is None:
            return "unreadable", None
        order = wire.table(body).get("gift_card_value_order")
        return ("yes" if isinstance(order, dict) else "unexpected"), body
    if (reply.header("server") or "").strip() != "LevelUp" and not _errors(body):
        return "unexpected", None
    if reply.status in _REFUSED_STATUSES:
        return "no", body
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return "unauthorized", None
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return "too_many_requests", None
    return "unexpected", None


def _errors(body: object) -> list[dict[str, object]]:
    """The entries of the documented array of errors; empty unless `body` is one through and through."""
    errors = [wire.table(wire.table(entry).get("error")) for entry in wire.rows(body) or []]
    return errors if all(wire.text(error.get("message")) for error in errors) else []


def _reason(status: int, errors: list[dict[str, object]]) -> RefusalReason:
    if status == HTTPStatus.BAD_REQUEST:
        return "bad_request"
    for error in errors:
        if wire.text(error.get("code")) in _CAN_NOT_PAY:
            return "no_balance"
        if known := _BY_PROPERTY.get(wire.text(error.get("property"))):
            return known
    return "other"


def _location(entry: object) -> dict[str, object]:
    return wire.table(wire.table(entry).get("location")) or wire.table(entry)


def _place(entry: object) -> tuple[str, ...]:
    """What tells a location from others; the same location may be listed twice."""
    location = _location(entry)
    return (*(wire.text(location.get(name)) for name in ("id", "merchant_id", "name")), _address(location))


def _merchants(locations: list[object]) -> tuple[Product, ...]:
    """One product per merchant, in the order they come; names and addresses may be missing or double."""
    names: dict[int, str] = {}
    addresses: dict[int, dict[str, None]] = {}
    for entry in locations:
        location = _location(entry)
        merchant = wire.whole(location.get("merchant_id"))
        if merchant is None or merchant <= 0 or location.get("shown", location.get("visible")) is False:
            continue
        name = wire.text(location.get("merchant_name"), _LONGEST_TEXT)
        names[merchant] = names.get(merchant) or name or wire.text(location.get("name"), _LONGEST_TEXT)
        known = addresses.setdefault(merchant, {})
        if address := _address(location):
            known[address] = None
    return tuple(
        Product(
            provider=NAME,
            item=str(merchant),
            brand=name or f"#{merchant}",
            name=name or f"#{merchant}",
            currency=_CURRENCY,
            delivery="email",
            least=LEAST,
            address=_joined(list(addresses[merchant])),
        )
        for merchant, name in names.items()
    )


def _address(location: dict[str, object]) -> str:
    """One line: `address` as managed locations have it, or the parts that other lists have."""
    parts = ("street_address", "extended_address", "locality", "region", "postal_code")
    pieces = [wire.text(location.get(part), _LONGEST_TEXT) for part in parts]
    return wire.text(location.get("address"), _LONGEST_TEXT) or ", ".join(piece for piece in pieces if piece)


def _joined(addresses: list[str]) -> str:
    more = len(addresses) - _ADDRESSES_SHOWN
    return " · ".join([*addresses[:_ADDRESSES_SHOWN], *([f"+{more}"] if more > 0 else [])])


def open_levelup(settings: BaseModel, secrets: Mapping[str, str], timing: Timing | None = None) -> LevelUp:
    """The provider with these settings, its keys under `user_token` and `merchant_token`."""
    from pos_app.providers.http import Http

    if not isinstance(settings, LevelUpSettings):
        raise TypeError("LevelUp is opened with its own settings")
    return LevelUp(secrets, Http(NAME, settings.base_url, timing))


def _sandbox(ready: Mapping[str, str]) -> tuple[BaseModel, dict[str, str]]:
    secrets = {name: ready[name] for name in ("user_token", "merchant_token")}
    return LevelUpSettings(base_url=ready["levelup"]), secrets


SPEC: Final = ProviderSpec(
    name=NAME,
    title="LevelUp",
    delivery="email",
    settings=LevelUpSettings,
    secrets=("user_token", "merchant_token"),
    open=open_levelup,
    sandbox=_sandbox,
)
