"""The stand-in for further companies does what the contract orders, on the wire and in the books."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import pytest

from pos_app.errors import NotTaken, OutcomeUnknown
from pos_app.money import Money
from pos_app.orders.answers import Answer, Bought, NotTakenUp, Refused, Unclear
from pos_app.providers.base import Purchase
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings, open_cardpluspay
from pos_app.providers.http import TRIES, Timing
from tests.providers.standin import Asked, Said, StandInServer
from tests.providers.subjects import Sold

T = TypeVar("T")
PATIENT = Timing(connect=60, reading=60, listening=60, pause=0, longest_pause=0.01)
ITEMS = ("ACME-10USD-TEST", "ACME-25USD-TEST")
WANTED = Purchase(ITEMS[0], 1, Money(1000, "USD"), Money(960, "USD"))


class TwoCards:
    """A company that speaks CardPlusPay's language and sells two cards."""

    def __init__(self) -> None:
        self._orders: list[dict[str, Any]] = []

    def call(self, asked: Asked) -> str:
        calls = {("POST", "/orders"): "buying", ("GET", "/catalog"): "listing"}
        return calls.get((asked.method, asked.path.partition("?")[0]), "other")

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("x-api-key") != "TESTKEY":
            return self.words("unauthorized", {})
        path = asked.path.partition("?")[0]
        if (asked.method, path) == ("POST", "/orders"):
            return self._buy(json.loads(asked.body))
        return self._look(path, asked)

    def words(self, fault: str, options: Mapping[str, object]) -> Said:
        told = {"unprocessable": 422, "unauthorized": 401, "too_many_requests": 429}.get(fault, 200)
        after = options.get("retry_after")
        headers = {} if after is None else {"Retry-After": str(after)}
        return Said(told, {"success": False, "message": f"TEST {fault}"}, headers)

    def sold(self) -> list[Sold]:
        return [
            Sold(str(order["order_id"]), tuple(code["code"] for code in order["codes"]))
            for order in self._orders
        ]

    def reset(self) -> None:
        self._orders.clear()

    def _buy(self, wanted: dict[str, Any]) -> Said:
        number = len(self._orders) + 1
        codes = [{"code": f"TEST-{number}-{place}"} for place in range(wanted["quantity"])]
        self._orders.append(
            {
                "order_id": number,
                "status": "completed",
                "amount": "9.60",
                "codes": codes,
                "total_denomination": 10,
            }
        )
        return Said(201, {"success": True, "data": self._orders[-1]})

    def _look(self, path: str, asked: Asked) -> Said:
        left = 100_000 - 960 * len(self._orders)
        newest_first = [{**order, "codes": None} for order in reversed(self._orders)]
        data: dict[str, object] = {
            "/balance": {"balance": f"{left // 100}.{left % 100:02}", "currency": "USD"},
            "/orders": {"orders": newest_first, "pagination": {"total": len(newest_first)}},
            "/catalog": {
                "products": [
                    {"item_code": item, "value": "10", "price": "9.60", "currency": "USD"} for item in ITEMS
                ],
                "pagination": {"last_page": 1},
            },
            **{f"/orders/{order['order_id']}": order for order in self._orders},
        }
        if path == "/orders/check":
            known = json.loads(asked.body)["item_id"] in ITEMS
            return Said(200, {"success": True, "data": {"price": 9.6, "status": known}})
        if path not in data:
            return Said(404, {"success": False, "message": "TEST unknown"})
        return Said(200, {"success": True, "data": data[path]})


def served(*faults: Any, call: Callable[[CardPlusPay], Awaitable[T]]) -> tuple[T, StandInServer]:
    """What comes of a call while these faults wait, and the stand-in with its books."""

    async def calling() -> T:
        acme = open_cardpluspay(
            CardPlusPaySettings(base_url=server.ready["base_url"]),
            {"api_key": server.ready["api_key"]},
            PATIENT,
        )
        try:
            return await call(acme)
        finally:
            await acme.close()

    with StandInServer(TwoCards(), {"api_key": "TESTKEY"}) as server:
        for fault in faults:
            server.fault(**({"at": "buying"} | fault))
        return asyncio.run(calling()), server


async def bought(acme: CardPlusPay) -> Answer | OutcomeUnknown:
    try:
        return acme.read(await acme.send(WANTED), WANTED)
    except OutcomeUnknown as error:
        return error


def test_without_a_fault_it_sells() -> None:
    answer, server = served(call=bought)
    assert isinstance(answer, Bought)
    assert server.sold() == [Sold("1", ("TEST-1-0",))]
    assert server.requests() == {"buying": 1}
    server.reset()
    assert (server.sold(), server.requests()) == ([], {})


@pytest.mark.parametrize(
    ("fault", "answer", "orders"),
    [
        ({"fault": "truncated"}, Unclear("cut"), 1),
        ({"fault": "truncated", "keep_percent": 90}, Unclear("cut"), 1),
        ({"fault": "error_status", "status": 503}, Unclear("server_error"), 0),
        ({"fault": "error_status", "status": 404, "body": "html", "commit": True}, Unclear("unreadable"), 1),
        ({"fault": "error_status", "status": 422, "body": "empty"}, Unclear("unreadable"), 0),
        ({"fault": "html_200"}, Unclear("unreadable"), 0),
        ({"fault": "empty_body"}, Unclear("unreadable"), 1),
        ({"fault": "success_false", "commit": True}, Unclear("unexpected"), 1),
        ({"fault": "unprocessable"}, Refused("bad_request", "TEST unprocessable"), 0),
        ({"fault": "unauthorized"}, NotTakenUp("unauthorized"), 0),
        ({"fault": "too_many_requests", "retry_after": 2}, NotTakenUp("too_many_requests", 2), 0),
        ({"fault": "too_many_requests", "retry_after": None}, NotTakenUp("too_many_requests"), 0),
    ],
)
def test_a_fault_is_an_answer(fault: dict[str, Any], answer: Answer, orders: int) -> None:
    found, server = served(fault, call=bought)
    assert found == answer
    assert len(server.sold()) == orders
    assert server.requests() == {"buying": 1}


@pytest.mark.parametrize(
    ("fault", "reason", "orders"),
    [
        ({"fault": "lost_reply"}, "cut", 1),
        ({"fault": "lost_reply", "commit": False}, "cut", 0),
        ({"fault": "reset_before_read"}, "cut", 0),
        ({"fault": "reset_after_read", "commit": True}, "cut", 1),
        ({"fault": "silence", "seconds": 0.05}, "cut", 1),
    ],
)
def test_a_fault_is_no_answer(fault: dict[str, Any], reason: str, orders: int) -> None:
    found, server = served(fault, call=bought)
    assert isinstance(found, OutcomeUnknown)
    assert found.reason == reason
    assert len(server.sold()) == orders


def test_a_fault_happens_as_often_as_it_was_ordered() -> None:
    async def thrice(acme: CardPlusPay) -> list[object]:
        return [type(await bought(acme)) for _ in range(4)]

    found, server = served({"fault": "unprocessable", "times": 2}, {"fault": "html_200"}, call=thrice)
    assert found == [Refused, Refused, Unclear, Bought]
    assert len(server.sold()) == 1


def test_a_list_has_faults_of_its_own() -> None:
    async def listing(acme: CardPlusPay) -> object:
        with pytest.raises(NotTaken):
            assert [some async for some in acme.products()]
        return [product.item async for some in acme.products() for product in some]

    found, server = served(
        {"at": "listing", "fault": "error_status", "status": 503, "times": TRIES}, call=listing
    )
    assert found == list(ITEMS)
    assert server.requests() == {"listing": TRIES + 1}


def test_a_wrong_key_is_the_companys_to_refuse() -> None:
    said = TwoCards().answer(Asked("GET", "/balance", {}, b""))
    assert said.status == 401
