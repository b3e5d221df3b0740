"""LevelUp's documented replies and their variants, and what each is taken for."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pos_app.errors import Misconfigured, NotTaken
from pos_app.messages import explain
from pos_app.money import Money
from pos_app.orders.answers import Answer, Bought, NotTakenUp, Refused, Reply, Unclear
from pos_app.orders.draft import Recipient
from pos_app.orders.product import Product
from pos_app.providers.base import Purchase
from pos_app.providers.http import Http, Timing
from pos_app.providers.levelup import LevelUp, Login, log_in
from tests.providers.answering import Answered, Answering

PURCHASE = Purchase(
    "77", 1, Money(2500, "USD"), Money(2500, "USD"), Recipient("kim@mail.example", "Kim", "Enjoy")
)
OURS = ("server", "LevelUp")
YES = {"gift_card_value_order": {"added_value_amount": 2500, "delay_gift_card_migration": False}}


def error(message: str = "You must specify a valid merchant.", **more: object) -> dict[str, object]:
    return {"error": {"object": "gift_card_value_order", "property": "base", "message": message, **more}}


def http(answer: Answering) -> Http:
    return Answered("levelup", "http://127.0.0.1:1", answer)


def provider(
    answer: Answering = lambda _request: httpx.Response(500),
) -> LevelUp:
    """The provider, with `answer` at the other end instead of a network."""
    return LevelUp({"user_token": "222-TESTUSER", "merchant_token": "111-TESTMERCHANT"}, http(answer))


def read(body: object, status: int = 200, *headers: tuple[str, str], complete: bool = True) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return provider().read(Reply(status, "", headers, raw, complete), PURCHASE)


# --- yes ------------------------------------------------------------


def test_the_documented_success() -> None:
    value = Money(2500, "USD")
    assert read(YES, 200, OURS) == Bought(None, None, cost=value, face=value, cards=())


def test_a_success_needs_no_header() -> None:
    assert isinstance(read(YES), Bought)


@pytest.mark.parametrize(("flag", "waits"), [(True, True), (False, False), (None, False), ("no", False)])
def test_a_delayed_card_waits_for_the_sender(flag: object, waits: bool) -> None:
    answer = read({"gift_card_value_order": {"added_value_amount": 2500, "delay_gift_card_migration": flag}})
    assert isinstance(answer, Bought)
    assert answer.must_confirm is waits


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"added_value_amount": None},
        {"added_value_amount": "a"},
        {"added_value_amount": -1},
        {"added_value_amount": 25.5},
    ],
)
def test_a_success_that_tells_no_value_is_a_success(order: object) -> None:
    assert read({"gift_card_value_order": order}) == Bought(None, None, cost=None, face=None, cards=())


def test_cents_are_not_dollars() -> None:
    answer = read({"gift_card_value_order": {"added_value_amount": 1000}})
    assert isinstance(answer, Bought)
    assert answer.face == Money.of(10, "USD")


# --- no, turned away, nothing ------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ([error()], "other"),
        ([error("x", property="merchant_id", code="not_found")], "bad_merchant"),
        ([error("x", property="recipient_email")], "bad_email"),
        ([error("x", property="value_amount")], "bad_amount"),
        ([error("x", code="no_credit_card")], "no_balance"),
        ([error("x", code="not_authorized")], "other"),
        ([error("x"), error("y", property="value_amount")], "bad_amount"),
        ([{"error": {"message": "cannot be blank"}}], "other"),
    ],
)
@pytest.mark.parametrize("headers", [(), (OURS,)], ids=["without header", "with header"])
def test_a_documented_422_is_a_no(
    errors: list[object], reason: str, headers: tuple[tuple[str, str], ...]
) -> None:
    answer = read(errors, 422, *headers)
    assert isinstance(answer, Refused)
    assert answer.reason == reason


@pytest.mark.parametrize(
    "message",
    [
        "The email address you entered is invalid. Please retry with a valid email.",
        "The minimum amount you can load at once is $10.00.",
        "You must load a positive amount.",
    ],
)
def test_messages_are_shown_and_decide_nothing(message: str) -> None:
    assert read([error(message)], 422, OURS) == Refused("other", message)


def test_several_messages_are_shown_line_by_line() -> None:
    assert read([error("One."), error("Two.\n")], 422) == Refused("other", "One.\nTwo.")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b'{"error":"x","error_description":"y"}'])
@pytest.mark.parametrize(("status", "reason"), [(400, "bad_request"), (404, "other"), (422, "other")])
def test_with_the_header_no_body_is_needed(body: bytes, status: int, reason: str) -> None:
    assert read(body, status, OURS) == Refused(reason)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"<html>",
        b'{"error":"x"}',
        b'[{"error":{}}]',
        b'[{"error":{"message":"x"}}, 5]',
        b"[null]",
    ],
)
@pytest.mark.parametrize("status", [400, 401, 404, 422, 429])
@pytest.mark.parametrize("headers", [(), (("server", "nginx"),), (("server", "levelup"),)])
def test_without_header_and_errors_it_may_be_anybody(
    body: bytes, status: int, headers: tuple[tuple[str, str], ...]
) -> None:
    assert read(body, status, *headers) == Unclear("unexpected")


def test_turned_away() -> None:
    assert read(b"", 401, OURS) == NotTakenUp("unauthorized")
    assert read([error()], 401) == NotTakenUp("unauthorized")
    assert read([error()], 429, OURS, ("retry-after", "9")) == NotTakenUp("too_many_requests", 9)


@pytest.mark.parametrize("status", [202, 204, 301, 302, 304, 402, 403, 406, 408, 409])
def test_statuses_that_are_not_documented_say_nothing(status: int) -> None:
    assert read([error()], status, OURS) == Unclear("unexpected")
    assert read(YES, status, OURS) == Unclear("unexpected")


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504])
def test_the_servers_fault_says_nothing_whatever_it_carries(status: int) -> None:
    assert read([error()], status, OURS) == Unclear("server_error")
    assert read(YES, status, OURS) == Unclear("server_error")


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", "unreadable"), (b"<html>", "unreadable"), (b"[]", "unexpected"), (b"{}", "unexpected")],
)
def test_a_200_that_is_no_order_says_nothing(body: bytes, reason: str) -> None:
    assert read(body, 200, OURS) == Unclear(reason)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("order", [None, [], "ok", 5])
def test_a_root_that_is_no_object_says_nothing(order: object) -> None:
    assert read({"gift_card_value_order": order}) == Unclear("unexpected")


def test_half_a_reply_says_nothing() -> None:
    assert read(YES, 200, OURS, complete=False) == Unclear("cut")


# --- merchants ------------------------------------------------------------


def location(
    number: int, merchant: object = 77, merchant_name: object = "Riverbend", **more: object
) -> dict[str, object]:
    return {
        "location": {
            "id": number,
            "merchant_id": merchant,
            "merchant_name": merchant_name,
            "name": None,
            "address": f"{number} Mill Lane",
            **more,
        }
    }


def run(call: Callable[[LevelUp], Any], answer: Answering) -> Any:
    async def calling() -> Any:
        levelup = provider(answer)
        try:
            return await call(levelup)
        finally:
            await levelup.close()

    return asyncio.run(calling())


async def all_products(levelup: LevelUp) -> list[Product]:
    return [product async for page in levelup.products() for product in page]


def listed(*locations: object) -> list[Product]:
    return run(all_products, lambda _request: httpx.Response(200, json=list(locations)))


def test_a_merchant_is_a_product_of_an_open_amount() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json=[location(1)])

    assert run(all_products, answer) == [
        Product(
            provider="levelup",
            item="77",
            brand="Riverbend",
            name="Riverbend",
            currency="USD",
            delivery="email",
            least=Money(1000, "USD"),
            address="1 Mill Lane",
        )
    ]
    assert requests[0].url.path == "/v15/managed_locations"
    assert requests[0].headers["Authorization"] == 'token merchant="111-TESTMERCHANT"'


def test_namesakes_are_two_merchants_told_apart_by_address() -> None:
    first, second = listed(location(1, 77), location(2, 78))
    assert (first.name, second.name) == ("Riverbend", "Riverbend")
    assert first.key != second.key
    assert first.address != second.address


def test_a_merchant_has_all_its_addresses_as_far_as_they_can_be_read() -> None:
    (merchant,) = listed(*(location(number) for number in (1, 2, 2, 3, 4, 5)))
    assert merchant.address == "1 Mill Lane · 2 Mill Lane · 3 Mill Lane · +2"


@pytest.mark.parametrize(
    ("dirty", "name"),
    [
        (location(1, merchant_name=None), "#77"),
        (location(1, merchant_name=None, name="Station"), "Station"),
        (location(1, merchant_name="  "), "#77"),
        (location(1, merchant="77"), "Riverbend"),
        (location(1)["location"], "Riverbend"),
    ],
)
def test_a_name_that_is_missing_is_made_up_for(dirty: object, name: str) -> None:
    assert [merchant.name for merchant in listed(dirty)] == [name]


def test_a_name_from_a_later_location_is_better_than_none() -> None:
    assert [merchant.name for merchant in listed(location(1, merchant_name=None), location(2))] == [
        "Riverbend"
    ]


@pytest.mark.parametrize(
    "dirty",
    [
        None,
        5,
        [],
        {},
        location(1, None),
        location(1, 0),
        location(1, -1),
        location(1, "x"),
        location(1, shown=False),
        location(1, visible=False),
    ],
)
def test_what_is_no_merchant_is_left_out(dirty: object) -> None:
    assert [merchant.item for merchant in listed(dirty, location(2, 78))] == ["78"]


def test_an_address_in_parts_is_joined() -> None:
    parts = {
        "address": None,
        "street_address": "1 Mill Lane",
        "locality": "Dunmoor",
        "region": "NH",
        "postal_code": 3999,
    }
    assert [merchant.address for merchant in listed(location(1, **parts))] == [
        "1 Mill Lane, Dunmoor, NH, 3999"
    ]
    assert [merchant.address for merchant in listed(location(1, address=None))] == [""]


def test_nothing_managed_is_no_product() -> None:
    assert listed() == []
    assert run(all_products, lambda _request: httpx.Response(204)) == []


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (httpx.Response(401, headers={"Server": "LevelUp"}), Misconfigured, "key_refused"),
        (httpx.Response(401, html="<p>Log in to the Wi-Fi"), NotTaken, "no_answer"),
        (httpx.Response(429, json=[error()], headers={"Retry-After": "60"}), NotTaken, "too_many_requests"),
        (httpx.Response(404, headers={"Server": "LevelUp"}), NotTaken, "no_answer"),
        (httpx.Response(200, html="<p>Welcome"), NotTaken, "no_answer"),
        (httpx.Response(200, json={"locations": []}), NotTaken, "no_answer"),
        (httpx.Response(200, json=[None, 5]), NotTaken, "no_answer"),
        (httpx.Response(503), NotTaken, "no_answer"),
    ],
)
def test_a_list_that_does_not_come_says_why(answer: httpx.Response, kind: type[Any], reason: str) -> None:
    with pytest.raises(kind) as caught:
        run(all_products, lambda _request: answer)
    assert caught.value.reason == reason


# --- a list with pages ------------------------------------------------------------


def paged(*answers: tuple[httpx.Response, str | None]) -> tuple[list[Product], list[httpx.URL]]:
    """The merchants of a list whose pages carry these links (the last one for ever), and what was asked."""
    urls: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        urls.append(request.url)
        assert request.headers["Authorization"] == 'token merchant="111-TESTMERCHANT"'
        made, link = answers[min(len(urls), len(answers)) - 1]
        if link is not None:
            made.headers["Link"] = f'<{link}>; rel="next"'
        return made

    return run(all_products, answer), urls


def listing(*numbers: int) -> httpx.Response:
    return httpx.Response(200, json=[location(number, number) for number in numbers])


HERE = "http://127.0.0.1:1/v15/managed_locations?page="


def test_a_list_goes_on_where_its_link_leads() -> None:
    found, urls = paged(
        (listing(1, 2), f"{HERE}2"), (listing(3), "/v15/managed_locations?page=3"), (listing(4), None)
    )
    assert [merchant.item for merchant in found] == ["1", "2", "3", "4"]
    assert [url.params.get("page") for url in urls] == [None, "2", "3"]


def test_a_204_ends_the_list() -> None:
    found, urls = paged((listing(1), f"{HERE}2"), (httpx.Response(204), f"{HERE}3"))
    assert [merchant.item for merchant in found] == ["1"]
    assert len(urls) == 2


def test_a_link_that_was_followed_before_ends_the_list() -> None:
    found, urls = paged(
        (listing(1), f"{HERE}2"), (listing(2), f"{HERE}3"), (listing(3), f"{HERE}2"), (listing(4), None)
    )
    assert [merchant.item for merchant in found] == ["1", "2", "3"]
    assert len(urls) == 3


@pytest.mark.parametrize("again", [listing(1), listing(1, 1), httpx.Response(200, json=[])])
def test_a_page_with_nothing_new_ends_the_list(again: httpx.Response) -> None:
    found, urls = paged((listing(1), f"{HERE}2"), (again, f"{HERE}3"))
    assert [merchant.item for merchant in found] == ["1"]
    assert len(urls) == 2


def test_a_list_without_end_is_left() -> None:
    asked = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        made = listing(asked)
        made.headers["Link"] = f'<{HERE}{asked}>; rel="next"'
        return made

    assert len(run(all_products, answer)) == asked == 101


@pytest.mark.parametrize(
    "link",
    [
        "http://evil.example/v15/managed_locations?page=2",
        "https://127.0.0.1:1/v15/managed_locations?page=2",
        "http://127.0.0.1:2/v15/managed_locations?page=2",
        "http://me@127.0.0.1:1/v15/managed_locations?page=2",
        "//evil.example/",
    ],
)
def test_a_list_that_leads_elsewhere_stops_with_an_error(link: str) -> None:
    with pytest.raises(NotTaken) as caught:
        paged((listing(1), link))
    assert caught.value.reason == "led_elsewhere"
    said = explain(caught.value)
    assert "must not go" in said.what
    assert "Nothing was bought" in said.what


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(200, html="<p>Welcome"), "no_answer"),
        (httpx.Response(429, json=[error()]), "too_many_requests"),
    ],
)
def test_a_list_that_breaks_off_is_no_list(answer: httpx.Response, reason: str) -> None:
    with pytest.raises(NotTaken) as caught:
        paged((listing(1), f"{HERE}2"), (answer, None))
    assert caught.value.reason == reason


# --- a service that has ended ------------------------------------------------------------


async def buying(levelup: LevelUp) -> object:
    return await levelup.send(PURCHASE)


async def light(levelup: LevelUp) -> object:
    return await levelup.balance()


@pytest.mark.parametrize("call", [all_products, light, buying])
def test_a_name_that_is_gone_has_words_of_its_own(
    call: Callable[[LevelUp], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no name")

    monkeypatch.setattr(socket, "getaddrinfo", fails)

    async def calling() -> None:
        secrets = {"user_token": "222-TESTUSER", "merchant_token": "111-TESTMERCHANT"}
        levelup = LevelUp(secrets, Http("levelup", "http://localhost:9", Timing(pause=0)))
        try:
            await call(levelup)
        finally:
            await levelup.close()

    with pytest.raises(NotTaken) as caught:
        asyncio.run(calling())
    assert (caught.value.reason, caught.value.facts["host"]) == ("service_ended", "localhost")
    said = explain(caught.value)
    assert "may have been ended" in said.what
    assert "Nothing was bought" in said.what
    assert "Cards with a code can be sold as always" in said.advice


def test_other_troubles_of_connecting_keep_their_names() -> None:
    def refuses(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    for call in (light, buying):
        with pytest.raises(NotTaken) as caught:
            run(call, refuses)
        assert caught.value.reason == "connection_refused"


# --- one by one ------------------------------------------------------------

MERCHANT = Product("levelup", "77", "Riverbend", "Riverbend", "USD", "email")


@pytest.mark.parametrize(
    ("quantity", "managed", "available"), [(1, 77, True), (1, 78, False), (2, 77, False)]
)
def test_a_card_can_be_had_while_its_merchant_is_managed(
    quantity: int, managed: int, available: bool
) -> None:
    async def asking(levelup: LevelUp) -> Any:
        return await levelup.quote(MERCHANT, quantity, Money(2500, "USD"))

    quote = run(asking, lambda _request: httpx.Response(200, json=[location(1, managed)]))
    assert (quote.available, quote.cost) == (available, Money(2500, "USD"))


# --- an order on its way ------------------------------------------------------------


@pytest.mark.parametrize(
    "purchase",
    [
        Purchase("77", 1, Money(2500, "USD"), None),
        Purchase("77", 2, Money(2500, "USD"), None, Recipient("kim@mail.example")),
        Purchase("77", 1, Money(2500, "EUR"), None, Recipient("kim@mail.example")),
        Purchase("Riverbend", 1, Money(2500, "USD"), None, Recipient("kim@mail.example")),
    ],
)
def test_an_order_that_can_not_be_said_is_not_sent(purchase: Purchase) -> None:
    with pytest.raises(ValueError, match=r"e-mail|dollars"):
        run(lambda levelup: levelup.send(purchase), lambda _request: httpx.Response(500))


def test_there_is_nothing_to_look_at_afterwards() -> None:
    async def looking(levelup: LevelUp) -> tuple[object, ...]:
        return (await levelup.fence(), await levelup.rows({"1"}), await levelup.fetch("1"))

    assert run(looking, lambda _request: httpx.Response(500)) == (None, None, None)
    assert provider().read_order(Reply(200, "OK", (), b"{}", complete=True), PURCHASE) is None


def test_the_light_asks_whether_levelup_answers() -> None:
    async def asking(levelup: LevelUp) -> object:
        return await levelup.balance()

    headers = {"Server": "LevelUp"}
    assert run(asking, lambda _request: httpx.Response(200, headers=headers, json=[])) is None
    with pytest.raises(NotTaken):
        run(asking, lambda _request: httpx.Response(500))


# --- logging in ------------------------------------------------------------


def logged_in(answer: httpx.Response) -> tuple[Login, bytes]:
    bodies: list[bytes] = []

    def answer_it(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        assert request.url.path == "/v15/access_tokens"
        assert "Authorization" not in request.headers
        return answer

    async def calling() -> Login:
        made = http(answer_it)
        try:
            return await log_in(made, "TESTAPI", "owner@shop.example", "TESTWORD")
        finally:
            await made.close()

    return asyncio.run(calling()), bodies[0]


def test_a_login_gives_a_token_that_is_not_shown() -> None:
    token = {"app_id": 20, "merchant_id": 34, "token": "981-TEST", "user_id": 210}
    login, body = logged_in(httpx.Response(200, json={"access_token": token}))
    assert (login.token, login.merchant_id, login.user_id) == ("981-TEST", 34, 210)
    assert "TEST" not in repr(login)
    assert json.loads(body) == {
        "access_token": {"api_key": "TESTAPI", "username": "owner@shop.example", "password": "TESTWORD"}
    }


@pytest.mark.parametrize("merchant", [None, 0])
def test_somebody_without_a_merchant(merchant: object) -> None:
    token = {"merchant_id": merchant, "token": "981-TEST", "user_id": 210}
    assert logged_in(httpx.Response(200, json={"access_token": token}))[0].merchant_id is None


@pytest.mark.parametrize(("about", "field"), [("api_key", "api_key"), ("base", "base"), ("anything", "base")])
def test_a_login_that_is_refused_says_which_half_is_wrong(about: str, field: str) -> None:
    body = [{"error": {"object": "access_token", "property": about, "message": "No, owner@shop.example."}}]
    with pytest.raises(Misconfigured) as caught:
        logged_in(httpx.Response(422, json=body))
    assert caught.value.reason == "key_refused"
    assert caught.value.facts == {"provider": "levelup", "field": field}


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(422), httpx.Response(404), httpx.Response(200, json={}), httpx.Response(200, html="<p>")],
)
def test_a_login_that_nobody_answers_is_no_refusal(answer: httpx.Response) -> None:
    with pytest.raises(NotTaken) as caught:
        logged_in(answer)
    assert caught.value.reason == "no_answer"
