"""CardPlusPay with request signing on: a fresh challenge for every attempt, and nothing without one."""

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pydantic import ValidationError

from pos_app.errors import Misconfigured, NotTaken, PosError
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.answers import Bought, NotTakenUp, Unclear
from pos_app.orders.product import Product
from pos_app.providers.base import Purchase
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings
from pos_app.providers.http import TRIES
from pos_app.providers.signing import Signer
from tests.providers.answering import Answered
from tests.providers.test_cardpluspay import CREATED, LOOKED_UP

PURCHASE = Purchase("ACME-10USD-aB3x", 2, Money(1000, "USD"), Money(1920, "USD"))
PRODUCT = Product("cardpluspay", "ACME-10USD-aB3x", "Acme", "Acme", "USD", "codes", face=Money(1000, "USD"))


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return private_key().private_bytes(Encoding.PEM, form, NoEncryption()).decode()


class Company:
    """Takes signed requests only: each challenge once, and only the shop's signature of it."""

    def __init__(self, *, nested: bool = True) -> None:
        self.nested = nested
        self.open: set[str] = set()
        self.calls: list[str] = []
        self.instead: dict[str, list[httpx.Response]] = {}

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1")
        self.calls.append(path)
        assert request.headers["X-API-Key"] == "TESTKEY"
        refusal = None if path == "/challenge" else self._refusal(request.headers)
        if refusal is not None:
            return httpx.Response(401, json={"success": False, "message": refusal})
        if waiting := self.instead.get(path):
            return waiting.pop(0)
        if path == "/challenge":
            assert "X-API-Signature" not in request.headers
            challenge = f"TESTCHALLENGE-{len(self.calls)}"
            self.open.add(challenge)
            inner: dict[str, object] = {"challenge": challenge}
            return httpx.Response(
                200, json={"success": True, "data": inner} if self.nested else {"success": True} | inner
            )
        return self._data(request.method, path)

    def _refusal(self, headers: httpx.Headers) -> str | None:
        challenge, signature = headers.get("X-API-Challenge"), headers.get("X-API-Signature")
        if challenge is None or signature is None:
            return "Missing X-API-Challenge or X-API-Signature header"
        if challenge not in self.open:
            return "Signature verification failed: challenge expired"
        self.open.remove(challenge)
        try:
            private_key().public_key().verify(
                base64.b64decode(signature, validate=True), challenge.encode(), PKCS1v15(), SHA256()
            )
        except InvalidSignature:
            return "Signature verification failed"
        return None

    def _data(self, method: str, path: str) -> httpx.Response:
        if path == "/orders" and method == "POST":
            return httpx.Response(201, text=CREATED)
        if path.startswith("/orders/47"):
            return httpx.Response(200, text=LOOKED_UP)
        data: dict[str, object] = {
            "/balance": {"balance": "100.50", "currency": "USD"},
            "/orders": {"orders": [{"order_id": 1, "amount": 5}], "pagination": {"total": 1}},
            "/orders/check": {"price": 9.6, "state": "in_stock", "status": True},
            "/catalog": {"products": []},
        }
        return httpx.Response(200, json={"success": True, "data": data[path]})


def call(company: Company, asking: Callable[[CardPlusPay], Awaitable[Any]], **secrets: str) -> Any:
    """What comes of a call to the company by an account that signs."""

    async def calling() -> Any:
        made = CardPlusPaySettings(base_url="http://127.0.0.1:1/v1", signing="yes")
        given = {"api_key": "TESTKEY", "signing_key": pem()} | secrets
        acme = CardPlusPay(made, given, Answered("cardpluspay", made.base_url, company.answer))
        try:
            return await asking(acme)
        finally:
            await acme.close()

    return asyncio.run(calling())


async def catalogue(acme: CardPlusPay) -> list[Product]:
    return [product async for page in acme.products() for product in page]


async def bought(acme: CardPlusPay) -> Any:
    return acme.read(await acme.send(PURCHASE), PURCHASE)


CALLS: dict[str, tuple[Callable[[CardPlusPay], Awaitable[Any]], int]] = {
    "balance": (lambda acme: acme.balance(), 1),
    "products": (catalogue, 1),
    "quote": (lambda acme: acme.quote(PRODUCT, 2, Money(1000, "USD")), 1),
    "fence": (lambda acme: acme.fence(), 3),
    "rows": (lambda acme: acme.rows({"1"}), 3),
    "fetch": (lambda acme: acme.fetch("4711"), 1),
    "buy": (bought, 1),
}


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize(("asking", "signed"), CALLS.values(), ids=CALLS)
def test_every_request_is_signed_with_a_challenge_of_its_own(
    asking: Callable[[CardPlusPay], Awaitable[Any]], signed: int, nested: bool
) -> None:
    company = Company(nested=nested)
    call(company, asking)
    assert company.calls[0::2] == ["/challenge"] * signed
    assert "/challenge" not in company.calls[1::2]
    assert len(company.calls) == 2 * signed
    assert company.open == set()


def test_a_buy_that_is_signed_is_a_buy() -> None:
    assert isinstance(call(Company(), bought), Bought)


def test_every_retry_has_a_challenge_of_its_own() -> None:
    company = Company()
    company.instead["/balance"] = [httpx.Response(503), httpx.Response(429, headers={"Retry-After": "0"})]
    assert call(company, lambda acme: acme.balance()) == Money(10050, "USD")
    assert company.calls == ["/challenge", "/balance"] * TRIES


def test_a_buy_is_sent_once_even_if_its_signature_is_refused() -> None:
    company = Company()
    company.instead["/orders"] = [httpx.Response(503)]
    assert call(company, bought) == Unclear("server_error")
    assert company.calls == ["/challenge", "/orders"]


NO: dict[str, object] = {"success": False, "message": "no"}


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (httpx.Response(404, json=NO), NotTaken, "no_challenge"),
        (httpx.Response(405), NotTaken, "no_challenge"),
        (httpx.Response(500), NotTaken, "no_challenge"),
        (httpx.Response(200, html="<p>Welcome"), NotTaken, "no_challenge"),
        (httpx.Response(302, headers={"Location": "http://evil.example"}), NotTaken, "no_challenge"),
        (httpx.Response(200, json=NO | {"data": {"challenge": "TESTX"}}), NotTaken, "no_challenge"),
        (httpx.Response(200, json={"success": True, "data": {}}), NotTaken, "no_challenge"),
        (httpx.Response(200, json={"success": True, "data": {"challenge": 5}}), NotTaken, "no_challenge"),
        (httpx.Response(200, json={"challenge": ""}), NotTaken, "no_challenge"),
        (httpx.Response(200, json={"challenge": "TEST\r\nX-Evil: 1"}), NotTaken, "no_challenge"),
        (httpx.Response(200, json={"challenge": " TEST"}), NotTaken, "no_challenge"),
        (httpx.Response(200, json={"challenge": "TESTö"}), NotTaken, "no_challenge"),
        (httpx.Response(200, json={"challenge": "T" * 5000}), NotTaken, "no_challenge"),
        (httpx.Response(401, json=NO), Misconfigured, "key_refused"),
        (
            httpx.Response(401, json={"success": False, "message": "Missing signature"}),
            Misconfigured,
            "signature_refused",
        ),
        (httpx.Response(429, json=NO, headers={"Retry-After": "60"}), NotTaken, "too_many_requests"),
    ],
)
def test_without_a_challenge_nothing_is_bought(answer: httpx.Response, kind: type[Any], reason: str) -> None:
    company = Company()
    company.instead["/challenge"] = [answer] * TRIES
    with pytest.raises(kind) as caught:
        call(company, bought)
    assert caught.value.reason == reason
    assert "/orders" not in company.calls
    assert "Nothing was bought" in explain(caught.value).what


def test_a_challenge_may_come_without_the_envelope() -> None:
    """Its shape is not documented."""
    company = Company()
    company.open.add("TEST challenge/+=")
    company.instead["/challenge"] = [httpx.Response(200, json={"challenge": "TEST challenge/+="})]
    assert isinstance(call(company, bought), Bought)


def test_a_company_that_can_not_be_reached_for_a_challenge_sold_nothing() -> None:
    def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    company = Company()
    company.answer = dead
    with pytest.raises(NotTaken) as caught:
        call(company, bought)
    assert caught.value.reason == "connection_refused"


# --- a signature that is refused ------------------------------------------------------------


def another_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_wrong_key_is_told_as_that() -> None:
    wrong = another_key()
    company = Company()
    assert call(company, bought, signing_key=wrong) == NotTakenUp("signature_refused")
    with pytest.raises(Misconfigured) as caught:
        call(company, lambda acme: acme.balance(), signing_key=wrong)
    assert caught.value.reason == "signature_refused"
    said = explain(caught.value)
    assert "signature" in said.what
    assert "public key" in said.advice
    assert explain(NotTaken("signature_refused")) == said


@pytest.mark.parametrize("message", ["Unauthorized", "", None])
def test_where_requests_are_signed_a_401_is_about_the_signature(message: object) -> None:
    """The key was accepted with the challenge a moment ago."""
    company = Company()
    company.instead["/orders"] = [httpx.Response(401, json={"success": False, "message": message})]
    assert call(company, bought) == NotTakenUp("signature_refused")


def test_an_account_that_has_to_sign_and_does_not_is_told_so() -> None:
    async def asking() -> None:
        made = CardPlusPaySettings(base_url="http://127.0.0.1:1/v1")
        http = Answered("cardpluspay", made.base_url, Company().answer)
        acme = CardPlusPay(made, {"api_key": "TESTKEY"}, http)
        try:
            assert await bought(acme) == NotTakenUp("signature_refused")
            with pytest.raises(Misconfigured) as caught:
                await acme.fence()
            assert caught.value.reason == "signature_refused"
        finally:
            await acme.close()

    asyncio.run(asking())


# --- keys ------------------------------------------------------------


def sign(text: str, challenge: str = "TESTCHALLENGE") -> bytes:
    return base64.b64decode(asyncio.run(Signer("acme", text).sign(challenge)), validate=True)


def test_a_key_is_read_however_it_was_entered() -> None:
    text = pem()
    legacy = pem(PrivateFormat.TraditionalOpenSSL)
    for entered in (
        text,
        f"\n  {text}\n",
        text.replace("\n", "\r\n"),
        text.replace("\n", " "),
        text.replace("\n", ""),
        text.replace("\n", "\\n"),
        text.replace("\n", "\\r\\n"),
        legacy,
        legacy.replace("\n", " "),
    ):
        private_key().public_key().verify(sign(entered), b"TESTCHALLENGE", PKCS1v15(), SHA256())


def test_a_challenge_is_signed_as_utf_8() -> None:
    private_key().public_key().verify(sign(pem(), "TESTö€"), "TESTö€".encode(), PKCS1v15(), SHA256())


def test_a_key_is_read_once() -> None:
    async def twice() -> None:
        signer = Signer("acme", pem())
        assert await signer.sign("a") == await signer.sign("a")
        assert await signer.sign("a") != await signer.sign("b")

    asyncio.run(twice())


def unusable() -> list[str]:
    curve = ec.generate_private_key(ec.SECP256R1())
    edwards = ed25519.Ed25519PrivateKey.generate()
    form = (Encoding.PEM, PrivateFormat.PKCS8)
    return [
        "TESTKEY",
        pem()[:200],
        pem().replace("PRIVATE", "PUBLIC"),
        "-----BEGIN PRIVATE KEY-----\nTESTÖTEST\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nVEVTVA==\n-----END PRIVATE KEY-----",
        curve.private_bytes(*form, NoEncryption()).decode(),
        edwards.private_bytes(*form, NoEncryption()).decode(),
        private_key().private_bytes(*form, BestAvailableEncryption(b"TESTWORD")).decode(),
        private_key()
        .private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"TESTWORD"))
        .decode(),
    ]


def test_what_is_no_usable_key_stops_everything_before_it_is_sent() -> None:
    for text in unusable():
        company = Company()
        with pytest.raises(Misconfigured) as caught:
            call(company, bought, signing_key=text)
        assert caught.value.reason == "signing_key_unreadable"
        assert caught.value.facts == {"provider": "cardpluspay"}
        assert caught.value.__context__ is None
        assert "/orders" not in company.calls


@pytest.mark.parametrize("key", ["", "  \n"])
def test_without_a_signing_key_nothing_is_sent(key: str) -> None:
    company = Company()
    with pytest.raises(Misconfigured) as caught:
        call(company, lambda acme: acme.fence(), signing_key=key)
    assert (caught.value.reason, caught.value.facts["secret"]) == ("no_key", "signing_key")
    assert company.calls == []


def test_without_signing_no_challenge_is_asked_for() -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        assert "X-API-Challenge" not in request.headers
        return httpx.Response(201, text=CREATED)

    async def buying() -> None:
        made = CardPlusPaySettings(base_url="http://127.0.0.1:1/v1")
        secrets = {"api_key": "TESTKEY", "signing_key": pem()}
        acme = CardPlusPay(made, secrets, Answered("cardpluspay", made.base_url, answer))
        assert isinstance(await bought(acme), Bought)
        await acme.close()

    asyncio.run(buying())
    assert paths == ["/v1/orders"]


@pytest.mark.parametrize("path", [" /auth/challenge ", "/challenge"])
def test_the_path_of_the_challenge_is_a_setting(path: str) -> None:
    assert CardPlusPaySettings(challenge_path=path).challenge_path == path.strip()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "challenge",
        "//evil.example",
        "/../v2",
        "/a b",
        "/a?b",
        "/a#b",
        "/%2e%2e",
        "/ö",
        "/a\\b",
        "https://evil.example/x",
        "@evil.example",
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        CardPlusPaySettings(challenge_path=path)


def test_neither_key_nor_challenge_nor_signature_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []

    async def buying(acme: CardPlusPay) -> None:
        told.extend([repr(acme), repr(vars(acme)["_signer"]), repr(await acme.send(PURCHASE))])
        try:
            await acme.balance()
        except PosError as error:
            told.extend([repr(error), repr(error.facts), repr(error.__context__)])

    company = Company()
    company.instead["/balance"] = [httpx.Response(401, json=NO)]
    call(company, buying)
    said = caplog.text + " ".join(told)
    assert len(told) > 3
    for secret in ("TESTKEY", "TESTCHALLENGE", "PRIVATE KEY", pem().splitlines()[3]):
        assert secret not in said
    assert json.loads(CREATED)["data"]["codes"][0]["code"] not in said
