"""Whole replies as the documentation has them, and as it lets one fear: each is taken for what it is.

One reply is `recorded/PROVIDER/NAME.http`, its outcome `NAME.json` beside it; `recorded/README.md` says what
part of the documentation it follows.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pos_app.errors import PosError
from pos_app.money import Money
from pos_app.orders.answers import Answer, Bought, Look, NotTakenUp, Refused, Reply
from pos_app.orders.draft import Recipient
from pos_app.orders.product import Product
from pos_app.providers.base import Provider, Purchase, Quote
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings
from pos_app.providers.levelup import LevelUp, Login, log_in
from tests.providers.answering import Answered
from tests.providers.test_signing import pem

FOLDER = Path(__file__).parent / "recorded"
RECORDED = sorted(FOLDER.glob("*/*.http"))
ORDER = Purchase("ACME-10USD-aB3x", 2, Money(1000, "USD"), Money(1920, "USD"))
GIFT = Purchase("77", 1, Money(2500, "USD"), Money(2500, "USD"), Recipient("kim@mail.example"))
PRODUCT = Product("cardpluspay", "ACME-10USD-aB3x", "Acme", "Acme", "USD", "codes", face=Money(1000, "USD"))


def recorded(path: Path) -> httpx.Response:
    head, _, body = path.read_bytes().partition(b"\n\n")
    first, *lines = head.decode().split("\n")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return httpx.Response(int(first.split()[1]), headers=headers, content=body.removesuffix(b"\n"))


def reply(response: httpx.Response) -> Reply:
    headers = tuple((name.lower(), value) for name, value in response.headers.items())
    return Reply(response.status_code, "", headers, response.content, complete=True)


# --- outcomes, as they stand in the files ------------------------------------------------------------


def money(amount: Money | None) -> str | None:
    return None if amount is None else f"{amount.major:f} {amount.currency}"


def answered(answer: Answer | None) -> object:
    match answer:
        case None:
            return None
        case Bought():
            cards = [
                {
                    "code": card.code,
                    "pin": card.pin,
                    "extras": [list(extra) for extra in card.extras],
                    "face": money(card.face),
                    "cost": money(card.cost),
                    "item": card.item,
                }
                for card in answer.cards
            ]
            return {
                "bought": {
                    "order": answer.provider_order_id,
                    "no": answer.provider_order_no,
                    "cost": money(answer.cost),
                    "face": money(answer.face),
                    "final": answer.final,
                    "must_confirm": answer.must_confirm,
                    "cards": cards,
                }
            }
        case Refused(reason, text):
            return {"refused": reason, "text": text}
        case NotTakenUp(reason, retry_after):
            return {"turned_away": reason, "retry_after": retry_after}
        case _:
            return {"unclear": answer.reason}


def shown(product: Product) -> object:
    by_code = {"face": money(product.face), "cost": money(product.cost)}
    by_email = {"address": product.address, "least": money(product.least)}
    more = by_code if product.delivery == "codes" else by_email
    return {"item": product.item, "name": product.name, "brand": product.brand} | more


def looked(look: Look) -> object:
    return {
        "rows": [
            [
                row.provider_order_id,
                money(row.amount),
                None if row.created_at is None else row.created_at.isoformat(),
                row.status,
            ]
            for row in look.rows
        ],
        "nameless": look.nameless,
        "reached": look.reached,
        "total": look.total,
        "date": look.provider_date,
    }


def outcome(found: object) -> object:
    match found:
        case Quote(available, cost):
            return {"available": available, "cost": money(cost)}
        case Login(token, merchant_id, user_id):
            return {"token": token, "merchant_id": merchant_id, "user_id": user_id}
        case Money():
            return money(found)
        case Look():
            return looked(found)
        case _:
            return found


def failed(error: PosError) -> object:
    words = [
        type(error).__name__,
        error.reason,
        *(str(error.facts[name]) for name in ("because", "field") if name in error.facts),
    ]
    return {"error": " ".join(words)}


# --- how each is read ------------------------------------------------------------


async def catalogue(provider: Provider) -> object:
    return [shown(product) async for some in provider.products() for product in some]


async def asked(
    response: httpx.Response, call: Callable[[CardPlusPay], Awaitable[object]], **settings: Any
) -> object:
    """What CardPlusPay takes from a reply to anything but the balance, which is another reply."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/challenge"):
            return response
        if path.endswith("/balance") and call is not balance:
            seen.append(request.headers.get("X-API-Challenge", ""))
            return httpx.Response(200, json={"success": True, "data": {"balance": "5", "currency": "USD"}})
        return response

    made = CardPlusPaySettings(base_url="http://127.0.0.1:1/v1", **settings)
    http = Answered("cardpluspay", made.base_url, answer)
    acme = CardPlusPay(made, {"api_key": "TESTKEY", "signing_key": pem()}, http)
    try:
        found = await call(acme)
        return seen[-1] if settings else outcome(found)
    except PosError as error:
        return failed(error)
    finally:
        await acme.close()


async def balance(acme: CardPlusPay) -> object:
    return await acme.balance()


async def signed(acme: CardPlusPay) -> object:
    return await acme.balance()


async def quoted(acme: CardPlusPay) -> object:
    return await acme.quote(PRODUCT, 2, Money(1000, "USD"))


async def looking(acme: CardPlusPay) -> object:
    return await acme.rows(set())


async def by_levelup(response: httpx.Response, *, login: bool) -> object:
    http = Answered("levelup", "http://127.0.0.1:1", lambda _request: response)
    levelup = LevelUp({"user_token": "222-TEST", "merchant_token": "111-TEST"}, http)
    try:
        if login:
            return outcome(await log_in(http, "TESTAPI", "owner@shop.example", "TESTWORD"))
        return await catalogue(levelup)
    except PosError as error:
        return failed(error)
    finally:
        await levelup.close()


async def read(provider: str, read_as: str, response: httpx.Response) -> object:
    unasked = Answered("acme", "http://127.0.0.1:1", lambda _request: httpx.Response(500))
    acme = CardPlusPay(CardPlusPaySettings(), {}, unasked)
    calls: dict[tuple[str, str], Callable[[], Awaitable[object]]] = {
        ("cardpluspay", "catalog"): lambda: asked(response, catalogue),
        ("cardpluspay", "check"): lambda: asked(response, quoted),
        ("cardpluspay", "balance"): lambda: asked(response, balance),
        ("cardpluspay", "orders"): lambda: asked(response, looking),
        ("cardpluspay", "challenge"): lambda: asked(response, signed, signing="yes"),
        ("levelup", "locations"): lambda: by_levelup(response, login=False),
        ("levelup", "login"): lambda: by_levelup(response, login=True),
    }
    if (provider, read_as) == ("cardpluspay", "create"):
        return answered(acme.read(reply(response), ORDER))
    if (provider, read_as) == ("cardpluspay", "order"):
        return answered(acme.read_order(reply(response), ORDER))
    if (provider, read_as) == ("levelup", "create"):
        return answered(LevelUp({}, unasked).read(reply(response), GIFT))
    return await calls[provider, read_as]()


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_reply_is_taken_for_what_it_is(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = asyncio.run(read(path.parent.name, expected["read_as"], recorded(path)))
    assert found == expected["outcome"]


def test_every_recording_says_what_it_follows_and_nothing_else_lies_there() -> None:
    assert len(RECORDED) > 100
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    beside = {path.with_suffix(".http") for path in FOLDER.glob("*/*.json")}
    assert beside == set(RECORDED)
    listed = [line.split("`")[1] for line in told.splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(path.stem for path in RECORDED)
