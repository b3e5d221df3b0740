"""Whatever bytes come back, reading them gives an answer: it never raises, never guesses a yes."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_app.errors import Misconfigured, NotTaken
from pos_app.money import Money
from pos_app.orders.answers import Answer, Bought, NotTakenUp, Refused, Reply, Unclear
from pos_app.orders.draft import Recipient
from pos_app.orders.product import Product
from pos_app.providers import SPECS, wire
from pos_app.providers.base import Provider, Purchase
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings
from pos_app.providers.http import Http
from pos_app.providers.levelup import LevelUp
from tests.providers import test_cardpluspay, test_levelup
from tests.providers.answering import Answered

PURCHASE = Purchase("77", 1, Money(1000, "USD"), Money(960, "USD"), Recipient("kim@mail.example"))
PRODUCT = Product("acme", "77", "Acme", "Acme", "USD", "codes", face=Money(1000, "USD"))
PROVIDERS = [spec.open(spec.settings(), dict.fromkeys(spec.secrets, "TESTKEY")) for spec in SPECS]
DOCUMENTED = [
    test_cardpluspay.CREATED.encode(),
    test_cardpluspay.LOOKED_UP.encode(),
    json.dumps(test_cardpluspay.NO).encode(),
    json.dumps(test_levelup.YES).encode(),
    json.dumps([test_levelup.error()]).encode(),
    json.dumps({"success": True, "data": {"products": [test_cardpluspay.entry(10)]}}).encode(),
    json.dumps([test_levelup.location(1)]).encode(),
]


def _words(value: object) -> set[str]:
    """Every field name anywhere in a JSON value."""
    fields = wire.table(value)
    inner = [*fields.values(), *(wire.rows(value) or [])]
    return set(fields).union(*map(_words, inner))


# The names the providers use, so that what is made up gets past the first question.
NAMES = sorted({"Pin", *(word for body in DOCUMENTED for word in _words(json.loads(body)))})

numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.decimals().map(str),
    st.integers(10**30, 10**60),
    st.just(10**4000).map(str),
)
values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), numbers, st.text(), st.sampled_from(["completed", "USD", "9.60", "0012"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=6)
    ),
    max_leaves=30,
)
envelopes = st.fixed_dictionaries(
    {"success": st.booleans() | values, "data": values},
    optional={"message": values, "gift_card_value_order": values},
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A documented body with a piece taken out, doubled or replaced."""
    body = draw(st.sampled_from(DOCUMENTED))
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    return body[:start] + draw(st.binary(max_size=8) | st.just(body[start:end] * 2)) + body[end:]


bodies = st.one_of(
    st.binary(),
    st.text().map(lambda text: text.encode("utf-8", "surrogatepass")),
    (values | envelopes).map(lambda value: json.dumps(value).encode()),
    damaged(),
    st.sampled_from([*DOCUMENTED, b"[" * 50_000, b'{"data":' * 50_000, b"\x1f\x8b\x08\x00broken"]),
)
header_values = st.text(st.characters(max_codepoint=255), max_size=40) | st.sampled_from(
    ["LevelUp", "gzip", "deflate", "7", "Mon, 02 Mar 2026 12:00:00 GMT", "Mon, 02 Mar 99999 12:00:00 +9999"]
)
headers = st.lists(
    st.tuples(st.sampled_from(["server", "date", "retry-after", "content-encoding"]), header_values),
    max_size=4,
)
statuses = st.sampled_from(
    [200, 201, 202, 204, 301, 400, 401, 403, 404, 408, 409, 422, 429, 500, 503]
) | st.integers(100, 999)
replies = st.builds(
    Reply,
    statuses,
    st.text(max_size=5),
    headers.map(tuple),
    bodies,
    complete=st.booleans() | st.just(value=True),
)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
@settings(max_examples=400, deadline=None)
@given(reply=replies)
def test_any_bytes_are_read_as_one_of_four_answers(provider: Provider, reply: Reply) -> None:
    answer = provider.read(reply, PURCHASE)
    assert isinstance(answer, get_args(Answer))
    assert answer == provider.read(reply, PURCHASE)
    if not reply.complete or reply.status >= 500:
        assert isinstance(answer, Unclear)
    if isinstance(answer, Bought):
        assert_documented_yes(provider, reply)
        assert_sound(answer)
    if isinstance(answer, Refused):
        assert reply.status in {400, 404, 422}
        assert len(answer.text) <= 300
    if isinstance(answer, NotTakenUp):
        assert reply.status in {401, 429}
        assert answer.retry_after is None or answer.retry_after >= 0


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
@settings(max_examples=200, deadline=None)
@given(reply=replies)
def test_any_bytes_are_read_as_an_order_or_as_none(provider: Provider, reply: Reply) -> None:
    order = provider.read_order(reply, PURCHASE)
    assert order == provider.read_order(reply, PURCHASE)
    if order is not None:
        assert_documented_yes(provider, reply)
        assert_sound(order)


def _page(value: object) -> dict[str, object]:
    return {"success": True, "data": {"products": value}}


def _places(value: object) -> list[object]:
    return [{"location": value}, {"location": value}, value]


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


catalogues = st.one_of(values.map(_json), envelopes.map(_json), values.map(_page).map(_json), bodies)
catalogues |= values.map(_places).map(_json)
listings = st.builds(
    httpx.Response,
    st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 404, 422, 429, 500]),
    headers=st.fixed_dictionaries(
        {},
        optional={
            "Server": st.sampled_from(["LevelUp", "nginx"]),
            "Link": st.sampled_from(['</x?page=2>; rel="next"', '<http://evil.example/>; rel="next"', "<"]),
            "Retry-After": st.sampled_from(["0", "7", "soon", "9" * 30]),
        },
    ),
    content=catalogues,
)
OPENED: list[Callable[[Http], Provider]] = [
    lambda http: CardPlusPay(CardPlusPaySettings(), {"api_key": "TESTKEY"}, http),
    lambda http: LevelUp({"user_token": "TESTUSER", "merchant_token": "TESTMERCHANT"}, http),
]


@pytest.mark.parametrize("opened", OPENED, ids=["cardpluspay", "levelup"])
@settings(max_examples=150, deadline=None)
@given(listing=listings)
def test_any_bytes_are_a_catalogue_or_an_error_that_says_so(
    opened: Callable[[Http], Provider], listing: httpx.Response
) -> None:
    """Products that can be shown and sold, or NotTaken, or Misconfigured: whatever the list is made of."""

    async def reading() -> None:
        provider = opened(Answered("acme", "http://127.0.0.1:1", lambda _request: listing))
        keys: set[tuple[str, str]] = set()
        try:
            with suppress(NotTaken, Misconfigured):
                async for product in (one async for some in provider.products() for one in some):
                    assert product.key not in keys
                    keys.add(product.key)
                    assert_sellable(product)
            with suppress(NotTaken, Misconfigured):
                quote = await provider.quote(PRODUCT, 1, Money(1000, "USD"))
                assert quote.cost is None or quote.cost.minor >= 0
        finally:
            await provider.close()

    asyncio.run(reading())


def assert_sellable(product: Product) -> None:
    least = product.face or product.least
    assert least is not None
    assert least.minor > 0
    assert product.item
    for line in (product.item, product.name, product.brand, product.category, product.region):
        assert line.isprintable()


def assert_documented_yes(provider: Provider, reply: Reply) -> None:
    """Nothing less than the whole documented form is a yes."""
    assert reply.complete
    assert 200 <= reply.status < 300
    body = wire.table(wire.document(reply))
    if provider.name == "cardpluspay":
        assert body["success"] is True
        assert wire.table(body["data"]).keys() & {"order_id", "codes"}
    else:
        assert reply.status in {200, 201}
        assert isinstance(body["gift_card_value_order"], dict)


def assert_sound(bought: Bought) -> None:
    """Everything in it can be shown, stored and summed up."""
    texts = [bought.provider_order_id, bought.provider_order_no]
    for card in bought.cards:
        assert card.code
        texts += [card.item, *(name for name, _value in card.extras)]
        # Kept as they were sent, whatever that is: only what can be stored is asked of them.
        for secret in (card.code, card.pin or "", *(value for _name, value in card.extras)):
            assert secret.encode().decode().strip() == secret
    assert all(text.isprintable() for text in texts if text is not None)
    for amount in [bought.cost, bought.face, *(card.cost for card in bought.cards)]:
        assert amount is None or (isinstance(amount.minor, int) and amount.minor >= 0)


@given(
    value=values | st.decimals() | st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal("1e400")])
)
def test_any_value_is_an_amount_or_not_said(value: Any) -> None:
    amount = wire.amount(value, "USD")
    assert amount is None or wire.amount(str(amount.major), "USD") == amount
