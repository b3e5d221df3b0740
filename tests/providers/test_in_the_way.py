"""What stands between till and company and answers in its place: log-in pages, proxies; and hasty servers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from pos_app import messages
from pos_app.errors import NotTaken, PosError
from pos_app.money import Money
from pos_app.orders.answers import Reply, Unclear
from pos_app.orders.draft import Recipient
from pos_app.providers import cardpluspay, levelup
from pos_app.providers.base import Provider, ProviderSpec, Purchase
from pos_app.providers.http import TRIES, Timing
from tests.providers.badserver import BadServer, Manner, answers

T = TypeVar("T")
PATIENT = Timing(connect=60, reading=60, listening=60, pause=0, longest_pause=0.05)
PURCHASE = Purchase("77", 1, Money(1000, "USD"), Money(1000, "USD"), Recipient("kim@mail.example"))
Opens = Callable[[BaseModel, Mapping[str, str], Timing | None], Provider]
PROVIDERS: list[tuple[ProviderSpec, Opens]] = [
    (cardpluspay.SPEC, cardpluspay.open_cardpluspay),
    (levelup.SPEC, levelup.open_levelup),
]
PAGE = b"<!DOCTYPE html><html><body>Welcome to the Cafe's Wi-Fi. Sign in.</body></html>"
HTML = b"Content-Type: text/html; charset=utf-8"

IN_THE_WAY: dict[str, Manner] = {
    "200 with a page": answers(PAGE, b"200 OK", HTML),
    "200 with a page that claims to be JSON": answers(PAGE, b"200 OK", b"Content-Type: application/json"),
    "302 to a page": answers(b"", b"302 Found", b"Location: http://portal.example/sign-in"),
    "307 to a page": answers(b"", b"307 Temporary Redirect", b"Location: https://portal.example/"),
    "302 to ourselves": answers(b"", b"302 Found", b"Location: /"),
    "511": answers(PAGE, b"511 Network Authentication Required", HTML),
    "407": answers(b"", b"407 Proxy Authentication Required", b'Proxy-Authenticate: Basic realm="x"'),
    "401 with a page": answers(PAGE, b"401 Unauthorized", HTML),
    "403 with a page": answers(PAGE, b"403 Forbidden", HTML),
    "404 with a page": answers(PAGE, b"404 Not Found", HTML),
}


async def with_each(
    spec: ProviderSpec, opens: Opens, manner: Manner, call: Callable[[Provider], Awaitable[T]]
) -> tuple[T | PosError, list[bytes]]:
    async with BadServer(manner) as server:
        secrets = dict.fromkeys(set(spec.secrets) - spec.optional, "TESTKEY")
        provider = opens(spec.settings.model_validate({"base_url": server.url}), secrets, PATIENT)
        try:
            return await call(provider), server.requests
        except PosError as error:
            return error, server.requests
        finally:
            await provider.close()


async def listing(provider: Provider) -> object:
    return [some async for some in provider.products()]


async def light(provider: Provider) -> object:
    return await provider.balance()


async def buying(provider: Provider) -> Reply:
    return await provider.send(PURCHASE)


each_provider = pytest.mark.parametrize(
    ("spec", "opens"), PROVIDERS, ids=[spec.name for spec, _opens in PROVIDERS]
)
each_way = pytest.mark.parametrize("manner", IN_THE_WAY.values(), ids=IN_THE_WAY)


@each_provider
@each_way
@pytest.mark.parametrize("call", [listing, light])
def test_a_read_says_that_somebody_else_answered(
    spec: ProviderSpec, opens: Opens, manner: Manner, call: Callable[[Provider], Awaitable[object]]
) -> None:
    error, requests = asyncio.run(with_each(spec, opens, manner, call))
    assert isinstance(error, NotTaken)
    assert (error.reason, error.facts["because"]) == ("no_answer", "somebody_else")
    assert len(requests) == 1, "neither followed nor asked again"
    said = messages.explain(error)
    assert "web page" in said.what
    assert "Nothing was bought" in said.what
    assert "sign in" in said.advice


@each_provider
@each_way
def test_a_buy_that_somebody_else_answers_may_have_been_bought(
    spec: ProviderSpec, opens: Opens, manner: Manner
) -> None:
    """Whoever can answer in the company's place may have passed the order on before."""
    reply, requests = asyncio.run(with_each(spec, opens, manner, buying))
    assert isinstance(reply, Reply)
    assert isinstance(spec.open(spec.settings(), {}).read(reply, PURCHASE), Unclear)
    assert len(requests) == 1


@each_way
def test_no_fence_stands_where_somebody_else_answers(manner: Manner) -> None:
    async def fencing(provider: Provider) -> object:
        return await provider.fence()

    error, requests = asyncio.run(with_each(*PROVIDERS[0], manner, fencing))
    assert isinstance(error, NotTaken)
    assert (error.reason, error.facts["because"]) == ("no_fence", "somebody_else")
    assert "web page" in messages.explain(error).what
    assert len(requests) == 1


@each_provider
def test_a_gateway_of_the_companys_own_is_not_mistaken_for_the_network(
    spec: ProviderSpec, opens: Opens
) -> None:
    error, requests = asyncio.run(with_each(spec, opens, answers(PAGE, b"502 Bad Gateway", HTML), listing))
    assert isinstance(error, NotTaken)
    assert error.facts["because"] == "server_error"
    assert len(requests) == TRIES


# --- how long to wait ------------------------------------------------------------


TOO_MANY: dict[str, bytes] = {
    "cardpluspay": b'{"success": false, "message": "Too many requests"}',
    "levelup": b'[{"error": {"message": "Too many requests"}}]',
}


def slowed(spec: ProviderSpec, opens: Opens, *headers: bytes) -> tuple[Any, list[bytes]]:
    manner = answers(TOO_MANY[spec.name], b"429 Too Many Requests", *headers)
    return asyncio.run(with_each(spec, opens, manner, listing))


@each_provider
@pytest.mark.parametrize(
    ("headers", "seconds", "said"),
    [
        ([b"Retry-After: 7"], 7, "Try again in 7 seconds."),
        ([b"Retry-After: 1"], 1, "Try again in one second."),
        ([b"Retry-After: 90"], 90, "Try again in 90 seconds."),
        ([b"Retry-After: 91"], 91, "Try again in 2 minutes."),
        ([b"Retry-After: 3600"], 3600, "Try again in 60 minutes."),
        ([b"Retry-After: 5401"], 5401, "Try again in 2 hours."),
        ([b"Retry-After: 99999999999999999999"], 86_400, "Try again in 24 hours."),
        (
            [b"Date: Mon, 02 Mar 2026 12:00:00 GMT", b"Retry-After: Mon, 02 Mar 2026 12:01:00 GMT"],
            60,
            "Try again in 60 seconds.",
        ),
        (
            [b"Date: Mon, 02 Mar 2026 12:00:00 GMT", b"Retry-After: Mon, 02 Mar 2226 12:00:00 GMT"],
            86_400,
            "Try again in 24 hours.",
        ),
    ],
)
def test_a_wait_that_is_longer_than_ours_is_told(
    spec: ProviderSpec, opens: Opens, headers: list[bytes], seconds: int, said: str
) -> None:
    error, requests = slowed(spec, opens, *headers)
    assert isinstance(error, NotTaken)
    assert (error.reason, error.facts["retry_after"]) == ("too_many_requests", seconds)
    assert len(requests) == 1, "nobody waits that long, and nobody asks sooner"
    assert messages.explain(error).advice == said


@each_provider
@pytest.mark.parametrize(
    ("headers", "seconds", "said"),
    [
        ([], None, "Wait a minute and try again."),
        ([b"Retry-After: soon"], None, "Wait a minute and try again."),
        ([b"Retry-After: -5"], None, "Wait a minute and try again."),
        ([b"Retry-After: 0"], 0, "Try again in one second."),
        (
            [b"Date: Mon, 02 Mar 2026 12:00:00 GMT", b"Retry-After: Mon, 02 Mar 2026 11:00:00 GMT"],
            0,
            "Try again in one second.",
        ),
    ],
)
def test_a_wait_that_is_short_or_not_told_is_tried_again(
    spec: ProviderSpec, opens: Opens, headers: list[bytes], seconds: int | None, said: str
) -> None:
    error, requests = slowed(spec, opens, *headers)
    assert (error.reason, error.facts["retry_after"]) == ("too_many_requests", seconds)
    assert len(requests) == TRIES
    assert messages.explain(error).advice == said


def test_the_words_of_a_fence_that_failed_say_why() -> None:
    restless = messages.explain(NotTaken("no_fence"))
    unreadable = messages.explain(NotTaken("no_fence", because="unreadable"))
    assert "kept changing" in restless.what
    assert "no answer that can be read" in unreadable.what
