"""Every fault, as a client meets it and as the ledger remembers it."""

import socket
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.sandbox import raw
from tests.sandbox_process import SandboxProcess, eventually

CREATE = "cardpluspay.create"
GIFT = "/v15/users/gift_card_value_orders"
WISH = {"gift_card_value_order": {"recipient_email": "friend@mail.example", "value_amount": 2500}}

Buy = Callable[[], httpx.Response]


@pytest.fixture
def buy(cpp: httpx.Client, acme: dict[str, Any]) -> Buy:
    return lambda: cpp.post("/orders", json={"item_code": acme["item_code"]})


@pytest.fixture
def send_raw(sandbox: SandboxProcess, acme: dict[str, Any]) -> Callable[..., raw.Seen]:
    """An order on a bare socket, the connection to be closed after it."""
    headers = {"X-API-Key": sandbox.ready["api_key"], "Connection": "close"}

    def send(**more: int) -> raw.Seen:
        wish = {"item_code": acme["item_code"]}
        sent = raw.request("POST", "/cardpluspay/v1/orders", headers, wish, **more)
        return raw.exchange(sandbox.address, sent)

    return send


@pytest.fixture
def unheard(sandbox: SandboxProcess, acme: dict[str, Any]) -> bytes:
    """An order, for a client that does not stay for the answer."""
    headers = {"X-API-Key": sandbox.ready["api_key"]}
    return raw.request("POST", "/cardpluspay/v1/orders", headers, {"item_code": acme["item_code"]})


def asked(sandbox: SandboxProcess, call: str) -> int:
    return sandbox.admin.ledger()["requests"].get(call, 0)


def orders(sandbox: SandboxProcess) -> list[tuple[str, bool]]:
    return [(order["reply"], order["reply_lost"]) for order in sandbox.admin.card_orders()]


# --- on the wire ---------------------------------------------------------------------------------


def test_without_a_fault_the_socket_shows_a_whole_answer(send_raw: Callable[..., raw.Seen]) -> None:
    seen = send_raw()
    assert seen.head.startswith("HTTP/1.1 200")
    assert len(seen.body) == seen.promised
    assert seen.end == "closed"


def test_a_lost_reply_is_an_order_and_not_one_byte(
    sandbox: SandboxProcess, send_raw: Callable[..., raw.Seen]
) -> None:
    sandbox.admin.fault("lost_reply", CREATE)
    assert send_raw() == raw.Seen("", b"", "closed")
    assert orders(sandbox) == [("lost_reply", True)]
    assert sandbox.admin.ledger()["balance"] == "4990.40"
    assert sandbox.admin.ledger()["totals"]["cardpluspay"]["replies_lost"] == 1


def test_a_reset_before_reading_needs_no_body(
    sandbox: SandboxProcess, send_raw: Callable[..., raw.Seen]
) -> None:
    sandbox.admin.fault("reset_before_read", CREATE)
    assert send_raw(more=100_000) == raw.Seen("", b"", "reset")
    assert orders(sandbox) == []


@pytest.mark.parametrize("commit", [False, True])
def test_a_reset_after_reading(
    sandbox: SandboxProcess, send_raw: Callable[..., raw.Seen], *, commit: bool
) -> None:
    sandbox.admin.fault("reset_after_read", CREATE, commit=commit)
    assert send_raw() == raw.Seen("", b"", "reset")
    assert orders(sandbox) == ([("reset_after_read", True)] if commit else [])


@pytest.mark.parametrize("percent", [0, 50, 99])
def test_a_truncated_body_is_shorter_than_promised(
    sandbox: SandboxProcess, send_raw: Callable[..., raw.Seen], percent: int
) -> None:
    sandbox.admin.fault("truncated", CREATE, keep_percent=percent)
    seen = send_raw()
    assert seen.head.startswith("HTTP/1.1 200")
    assert len(seen.body) == seen.promised * percent // 100
    assert b'{"success":true'.startswith(seen.body[:15])
    assert seen.end == "closed"
    assert orders(sandbox) == [("truncated", True)]


def test_a_body_that_never_comes_whole_buys_nothing(sandbox: SandboxProcess, acme: dict[str, Any]) -> None:
    headers = {"X-API-Key": sandbox.ready["api_key"]}
    sent = raw.request("POST", "/cardpluspay/v1/orders", headers, {"item_code": acme["item_code"]}, more=10)
    with socket.create_connection(sandbox.address, timeout=60) as sock:
        sock.sendall(sent)
    eventually(lambda: asked(sandbox, CREATE) == 1)
    assert orders(sandbox) == []


@pytest.mark.parametrize("commit", [True, False])
def test_silence_ends_in_a_closed_connection(
    sandbox: SandboxProcess, send_raw: Callable[..., raw.Seen], *, commit: bool
) -> None:
    sandbox.admin.fault("silence", CREATE, commit=commit, seconds=0.05)
    assert send_raw() == raw.Seen("", b"", "closed")
    assert orders(sandbox) == ([("silence", True)] if commit else [])


def test_silence_lasts_until_the_client_gives_up(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    sandbox.admin.fault("silence", "cardpluspay.balance")
    sent = raw.request("GET", "/cardpluspay/v1/balance", {"X-API-Key": sandbox.ready["api_key"]})
    raw.leave(sandbox.address, sent, lambda: asked(sandbox, "cardpluspay.balance") == 1)
    assert cpp.get("/balance").status_code == 200


def test_an_order_may_be_carried_out_long_after_the_client_left(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("lost_reply", CREATE, commit_after=300)
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    assert orders(sandbox) == []
    sandbox.admin.advance(301)
    assert orders(sandbox) == [("lost_reply", True)]


def test_a_reset_ledger_forgets_what_was_put_off(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("silence", CREATE, commit_after=200, seconds=0.1)
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    sandbox.admin.reset()
    sandbox.admin.fault("lost_reply", CREATE, commit_after=400)
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    sandbox.admin.advance(401)
    assert orders(sandbox) == [("lost_reply", True)]


def test_an_answer_nobody_waits_for_is_remembered_as_lost(sandbox: SandboxProcess, unheard: bytes) -> None:
    sandbox.admin.fault("slow", CREATE, delay_ms=400_000)
    raw.leave(sandbox.address, unheard, lambda: asked(sandbox, CREATE) == 1)
    sandbox.admin.advance(401)
    assert orders(sandbox) == [("client_gone", True)]


# --- answers of the wrong kind -------------------------------------------------------------------


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize(
    ("body", "content_type", "start"),
    [
        ("json", "application/json", b'{"success":false'),
        ("html", "text/html", b"<!DOCTYPE"),
        ("empty", None, b""),
    ],
)
def test_a_server_error(
    sandbox: SandboxProcess, buy: Buy, body: str, content_type: str | None, start: bytes, *, commit: bool
) -> None:
    sandbox.admin.fault("error_status", CREATE, status=503, body=body, commit=commit)
    answer = buy()
    assert answer.status_code == 503
    assert answer.headers.get("Content-Type") == content_type
    assert answer.content.startswith(start)
    assert bool(answer.content) == bool(start)
    assert orders(sandbox) == ([("error_status", True)] if commit else [])


def test_the_usual_server_error_is_500_and_nothing_bought(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("error_status", CREATE)
    answer = buy()
    assert (answer.status_code, answer.json()["success"]) == (500, False)
    assert orders(sandbox) == []
    assert buy().status_code == 200


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize("fault", ["html_200", "empty_body", "success_false"])
def test_a_200_that_is_none(sandbox: SandboxProcess, buy: Buy, fault: str, *, commit: bool) -> None:
    sandbox.admin.fault(fault, CREATE, commit=commit)
    answer = buy()
    assert answer.status_code == 200
    if fault == "success_false":
        assert answer.json()["success"] is False
    else:
        assert b"success" not in answer.content
    assert orders(sandbox) == ([(fault, True)] if commit else [])


@pytest.mark.parametrize(
    ("data", "left"),
    [("null", {"data": None}), ("object", {"data": {}}), ("list", {"data": []}), ("missing", {})],
)
def test_a_success_without_data(
    sandbox: SandboxProcess, buy: Buy, data: str, left: dict[str, object]
) -> None:
    sandbox.admin.fault("no_data", CREATE, data=data)
    assert buy().json() == {"success": True, "message": "Gift card purchased successfully", **left}
    assert orders(sandbox) == [("no_data", True)]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("unauthorized", 401),
        ("not_found", 404),
        ("invalid_item", 400),
        ("insufficient_balance", 400),
        ("out_of_stock", 400),
        ("unprocessable", 422),
        ("too_many_requests", 429),
    ],
)
def test_a_no_of_the_provider(sandbox: SandboxProcess, buy: Buy, fault: str, status: int) -> None:
    sandbox.admin.fault(fault, CREATE)
    answer = buy()
    assert (answer.status_code, answer.json()["success"]) == (status, False)
    assert answer.json()["message"]
    assert orders(sandbox) == []
    assert buy().status_code == 200


@pytest.mark.parametrize(("seconds", "header"), [(7, "7"), (None, None)])
def test_too_many_requests_may_say_when_to_come_back(
    sandbox: SandboxProcess, buy: Buy, seconds: int | None, header: str | None
) -> None:
    sandbox.admin.fault("too_many_requests", CREATE, retry_after=seconds)
    answer = buy()
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, header)


def test_wrong_credentials_stay_wrong_until_the_faults_are_cleared(
    sandbox: SandboxProcess, cpp: httpx.Client, levelup: httpx.Client, user: dict[str, str]
) -> None:
    sandbox.admin.fault("wrong_credentials", "cardpluspay.balance")
    assert [cpp.get("/balance").status_code for _ in range(2)] == [401, 401]
    assert cpp.get("/catalog").status_code == 401
    assert levelup.post(GIFT, json=WISH, headers=user).status_code == 200
    assert sandbox.admin.faults()["revoked"] == ["cardpluspay"]
    sandbox.admin.clear_faults()
    assert cpp.get("/balance").status_code == 200


def test_a_slow_answer_is_right_and_late(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("slow", CREATE, delay_ms=200)
    before = time.monotonic()
    assert buy().status_code == 200
    assert time.monotonic() - before >= 0.2
    assert orders(sandbox) == [("sent", False)]


# --- orders that are not as they should be -------------------------------------------------------


def codes(answer: httpx.Response) -> list[str]:
    return [code["code"] for code in answer.json()["data"]["codes"]]


def test_late_codes_come_after_two_polls(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    sandbox.admin.fault("late_codes", CREATE)
    bought = buy()
    assert codes(bought) == []
    assert bought.json()["data"]["status"] == "completed"
    assert bought.json()["data"]["amount"] == "9.60"
    path = f"/orders/{bought.json()['data']['order_id']}"
    assert [codes(cpp.get(path)) for _ in range(4)] == [[], [], sandbox.admin.codes(), sandbox.admin.codes()]


def test_late_codes_may_come_in_part_and_with_an_unknown_status(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    sandbox.admin.fault("late_codes", CREATE, polls=1, first=2, status="processing")
    bought = cpp.post("/orders", json={"item_code": acme["item_code"], "quantity": 3}).json()["data"]
    assert len(bought["codes"]) == 2
    assert (bought["status"], bought["amount"], bought["total_denomination"]) == ("processing", "28.80", 30)
    assert cpp.get("/orders").json()["data"]["orders"][0]["status"] == "processing"
    first, second = (cpp.get(f"/orders/{bought['order_id']}").json()["data"] for _ in range(2))
    assert (first["status"], len(first["codes"])) == ("processing", 2)
    assert (second["status"], len(second["codes"])) == ("completed", 3)
    assert first["amount"] == second["amount"] == 28.8


def test_late_codes_may_come_with_time(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    sandbox.admin.fault("late_codes", CREATE, seconds=500)
    path = f"/orders/{buy().json()['data']['order_id']}"
    assert [codes(cpp.get(path)) for _ in range(3)] == [[], [], []]
    sandbox.admin.advance(501)
    assert codes(cpp.get(path)) == sandbox.admin.codes()


@pytest.mark.parametrize("told", [False, True])
def test_late_pins_are_told_only_on_request(
    sandbox: SandboxProcess, cpp: httpx.Client, *, told: bool
) -> None:
    dalton = next(
        p["item_code"] for p in sandbox.admin.products() if p["brand"] == "Dalton" and p["currency"] == "USD"
    )
    sandbox.admin.fault("late_codes", CREATE, polls=0, pins=told)
    bought = cpp.post("/orders", json={"item_code": dalton}).json()["data"]
    [code] = cpp.get(f"/orders/{bought['order_id']}").json()["data"]["codes"]
    assert ("metadata" in code) is told


def test_two_codes_three_charges(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("two_codes_three_charges", CREATE)
    bought = buy().json()["data"]
    assert len(bought["codes"]) == 2
    assert [code["charged_amount"] for code in bought["codes"]] == ["9.60", "9.60"]
    assert (bought["amount"], bought["total_denomination"]) == ("28.80", 30)
    assert sandbox.admin.ledger()["balance"] == "4971.20"
    assert sandbox.admin.card_orders()[0]["quantity"] == 1


@pytest.mark.parametrize(("percent", "price"), [(5, "10.08"), (-10, "8.64"), (2.5, "9.84")])
def test_a_price_moves_between_check_and_order(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any], buy: Buy, percent: float, price: str
) -> None:
    sandbox.admin.fault("price_moved", CREATE, percent=percent)
    wish = {"item_id": acme["item_code"]}
    assert cpp.post("/orders/check", json=wish).json()["data"]["price"] == 9.6
    assert buy().json()["data"]["amount"] == price
    assert cpp.get("/catalog", params=wish).json()["data"]["products"][0]["price"] == price
    assert Decimal(str(cpp.post("/orders/check", json=wish).json()["data"]["price"])) == Decimal(price)


def test_the_stock_is_gone_between_check_and_order(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any], buy: Buy
) -> None:
    sandbox.admin.fault("stock_gone", CREATE)
    wish = {"item_id": acme["item_code"]}
    assert cpp.post("/orders/check", json=wish).json()["data"]["status"] is True
    assert buy().status_code == 400
    assert cpp.post("/orders/check", json=wish).json()["data"]["status"] is False
    assert orders(sandbox) == []


@pytest.mark.parametrize("fault", ["price_moved", "stock_gone"])
@pytest.mark.parametrize("wish", [{}, {"item_code": "NOBODY-1USD-none"}])
def test_nothing_happens_to_an_item_that_is_none(
    sandbox: SandboxProcess, cpp: httpx.Client, fault: str, wish: dict[str, str]
) -> None:
    products = sandbox.admin.products()
    sandbox.admin.fault(fault, CREATE)
    assert cpp.post("/orders", json=wish).status_code in {400, 422}
    assert sandbox.admin.products() == products


@pytest.mark.parametrize(
    ("answer", "status", "success"),
    [("status_false", 200, True), ("success_false", 200, False), ("bad_request", 400, False)],
)
def test_a_check_says_no_in_three_ways(
    sandbox: SandboxProcess,
    cpp: httpx.Client,
    acme: dict[str, Any],
    answer: str,
    status: int,
    *,
    success: bool,
) -> None:
    sandbox.admin.fault("unavailable", "cardpluspay.check", answer=answer)
    found = cpp.post("/orders/check", json={"item_id": acme["item_code"]})
    assert (found.status_code, found.json()["success"]) == (status, success)
    if success:
        assert found.json()["data"]["status"] is False


def test_a_page_may_be_ignored(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    sandbox.admin.fault("page_ignored", times=2)
    first, again, second = (cpp.get("/catalog", params={"page": page}).json()["data"] for page in (1, 2, 2))
    assert first == again
    assert second["products"] != first["products"]


# --- LevelUp -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["lost_reply", "reset_after_read", "silence", "truncated"])
def test_a_gift_card_without_an_answer(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str], fault: str
) -> None:
    more: dict[str, object] = {"seconds": 0} if fault == "silence" else {}
    more |= {"commit": True} if fault == "reset_after_read" else {}
    sandbox.admin.fault(fault, "levelup.create", **more)
    with pytest.raises(httpx.TransportError):
        levelup.post(GIFT, json=WISH, headers=user)
    [order] = sandbox.admin.gift_orders()
    assert (order["reply"], order["reply_lost"]) == (fault, True)


@pytest.mark.parametrize(
    ("body", "named"), [("json", ["LevelUp"]), ("empty", ["LevelUp"]), ("html", list[str]())]
)
@pytest.mark.parametrize("status", [401, 404, 500, 501, 503])
def test_only_its_own_errors_carry_levelups_name(
    sandbox: SandboxProcess,
    levelup: httpx.Client,
    user: dict[str, str],
    body: str,
    named: list[str],
    status: int,
) -> None:
    sandbox.admin.fault("error_status", "levelup.create", status=status, body=body)
    answer = levelup.post(GIFT, json=WISH, headers=user)
    assert answer.status_code == status
    assert answer.headers.get_list("Server") == named
    if body == "json":
        assert answer.json()[0]["error"]["message"]
    assert sandbox.admin.gift_orders() == []


def test_the_header_may_be_missing(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    sandbox.admin.fault("no_server_header", "levelup.create")
    answer = levelup.post(GIFT, json=WISH, headers=user)
    assert answer.json()["gift_card_value_order"]["added_value_amount"] == 2500
    assert "Server" not in answer.headers
    assert sandbox.admin.gift_orders()[0]["reply_lost"] is False


def test_a_delayed_card(sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]) -> None:
    sandbox.admin.fault("delayed", "levelup.create")
    told = [levelup.post(GIFT, json=WISH, headers=user).json()["gift_card_value_order"] for _ in range(2)]
    assert [answer["delay_gift_card_migration"] for answer in told] == [True, False]
    assert [order["delayed"] for order in sandbox.admin.gift_orders()] == [True, False]


@pytest.mark.parametrize("reason", ["email", "merchant", "minimum", "positive", "card"])
def test_levelups_no(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str], reason: str
) -> None:
    sandbox.admin.fault("unprocessable", "levelup.create", reason=reason)
    answer = levelup.post(GIFT, json=WISH, headers=user)
    assert answer.status_code == 422
    assert answer.json()[0]["error"]["property"] == "base"
    assert sandbox.admin.gift_orders() == []


def test_levelup_refuses_who_was_right(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    for fault, status in (("unauthorized", 401), ("not_found", 404), ("too_many_requests", 429)):
        sandbox.admin.fault(fault, "levelup.create")
        answer = levelup.post(GIFT, json=WISH, headers=user)
        assert (answer.status_code, answer.content) == (status, b"")
        assert answer.headers.get_list("Server") == ["LevelUp"]
    sandbox.admin.fault("wrong_credentials", "levelup.create")
    assert [levelup.post(GIFT, json=WISH, headers=user).status_code for _ in range(2)] == [401, 401]
    login = {
        "api_key": sandbox.ready["levelup_api_key"],
        "username": sandbox.ready["user_username"],
        "password": sandbox.ready["user_password"],
    }
    assert levelup.post("/v15/access_tokens", json=login).status_code == 422
    sandbox.admin.reset()
    sandbox.admin.fault("unauthorized", "levelup.tokens")
    assert [levelup.post("/v15/access_tokens", json=login).status_code for _ in range(2)] == [422, 200]


# --- ordering faults -----------------------------------------------------------------------------


def test_every_fault_can_be_ordered_for_every_call_it_names(sandbox: SandboxProcess) -> None:
    known = sandbox.admin.faults()["known"]
    assert known["calls"][-1] == "*"
    for fault, about in known["faults"].items():
        assert set(about["calls"]) <= set(known["calls"])
        for call in [*about["calls"], "*"]:
            sandbox.admin.fault(
                fault, call, **{name: option["default"] for name, option in about["options"].items()}
            )


def test_a_fault_happens_as_often_as_it_was_ordered(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy
) -> None:
    sandbox.admin.fault("error_status", CREATE, times=2)
    assert cpp.get("/balance").status_code == 200
    assert [buy().status_code for _ in range(3)] == [500, 500, 200]
    assert sandbox.admin.faults()["pending"] == []


def test_faults_for_all_calls_happen_to_those_they_fit(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy
) -> None:
    sandbox.admin.fault("out_of_stock")
    assert cpp.get("/balance").status_code == 200
    assert [pending["fault"] for pending in sandbox.admin.faults()["pending"]] == ["out_of_stock"]
    assert buy().status_code == 400


def test_faults_happen_in_the_order_they_were_ordered_in(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("too_many_requests", CREATE)
    sandbox.admin.fault("unauthorized")
    assert [buy().status_code for _ in range(3)] == [429, 401, 200]


def test_a_share_of_the_calls_is_the_same_share_each_time(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    def run() -> list[int]:
        sandbox.admin.reset()
        sandbox.admin.fault("error_status", "cardpluspay.balance", share=0.3)
        return [cpp.get("/balance").status_code for _ in range(60)]

    first = run()
    assert 5 < first.count(500) < 35
    assert run() == first


def test_cleared_faults_do_not_happen(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("error_status", share=1)
    sandbox.admin.clear_faults()
    assert sandbox.admin.faults()["pending"] == []
    assert buy().status_code == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"fault": "gremlins"},
        {"call": CREATE},
        {"call": "cardpluspay.refund", "fault": "slow"},
        {"call": "cardpluspay.balance", "fault": "late_codes"},
        {"fault": "slow", "delay_ms": "long"},
        {"fault": "slow", "delay": 5},
        {"fault": "slow", "times": 0},
        {"fault": "slow", "times": 1.5},
        {"fault": "slow", "share": 2},
        {"fault": "slow", "share": "half"},
        {"fault": "error_status", "status": 200},
        {"fault": ["slow"]},
        {"call": ["*"], "fault": "slow"},
        {"fault": "lost_reply", "commit": "yes"},
        ["slow"],
        5,
    ],
)
def test_a_fault_nobody_knows_is_422_with_the_ones_there_are(sandbox: SandboxProcess, wish: object) -> None:
    with sandbox.client() as client:
        answer = client.post(sandbox.ready["admin"] + "/faults", json=wish)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert CREATE in answer.json()["known"]["calls"]
    assert "lost_reply" in answer.json()["known"]["faults"]
    assert sandbox.admin.faults()["pending"] == []


def test_several_faults_are_ordered_together_or_not_at_all(sandbox: SandboxProcess) -> None:
    with sandbox.client() as client:
        url = sandbox.ready["admin"] + "/faults"
        assert client.post(url, json=[{"fault": "slow"}, {"fault": "gremlins"}]).status_code == 422
        assert sandbox.admin.faults()["pending"] == []
        assert client.post(url, json=[{"fault": "slow"}, {"fault": "html_200"}]).status_code == 201
        assert client.post(url, content=b"{").status_code == 422
    assert [pending["fault"] for pending in sandbox.admin.faults()["pending"]] == ["slow", "html_200"]


def test_calls_are_not_held_up_by_one_that_waits(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy
) -> None:
    sandbox.admin.fault("silence", CREATE, seconds=100)
    ended = threading.Event()

    def wait() -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            buy()
        ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    eventually(lambda: orders(sandbox) == [("silence", True)])
    assert cpp.get("/balance").json()["data"]["balance"] == "4990.40"
    assert not ended.is_set()
    sandbox.admin.advance(101)
    waiting.join(60)
    assert ended.is_set()
