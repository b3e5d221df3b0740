"""Faults in a row, together and by chance: what can be ordered, and that any script leaves honest books."""

import contextlib
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox import raw
from tests.sandbox_process import SandboxProcess

BUY = "cardpluspay.create"


def order(sandbox: SandboxProcess, wish: object) -> httpx.Response:
    with sandbox.client() as client:
        return client.post(sandbox.ready["admin"] + "/faults", json=wish)


# --- in a row ------------------------------------------------------------------------------------


def test_a_list_of_faults_is_a_script_for_the_next_calls(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    script = [
        {"call": "balance", "fault": "error_status"},
        {"call": "balance", "fault": "none"},
        {"call": "balance", "fault": "too_many_requests", "times": 2},
    ]
    assert order(sandbox, script).status_code == 201
    assert [cpp.get("/balance").status_code for _ in range(5)] == [500, 200, 429, 429, 200]


@pytest.mark.parametrize(
    ("short", "call"),
    [
        ("buy", "cardpluspay.create"),
        ("list", "cardpluspay.list"),
        ("get", "cardpluspay.status"),
        ("balance", "cardpluspay.balance"),
        ("catalog", "cardpluspay.catalog"),
        ("check", "cardpluspay.check"),
        ("challenge", "cardpluspay.challenge"),
    ],
)
def test_calls_have_short_names(sandbox: SandboxProcess, short: str, call: str) -> None:
    sandbox.admin.fault("silence", short)
    assert sandbox.admin.faults()["pending"][0]["call"] == call
    assert sandbox.admin.faults()["known"]["short"][short] == call


def test_each_endpoint_meets_its_own(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    item = sandbox.admin.products()[0]["item_code"]
    bought = cpp.post("/orders", json={"item_code": item}).json()["data"]["order_id"]
    calls: dict[str, tuple[str, str, Any]] = {
        "buy": ("POST", "/orders", {"item_code": item}),
        "list": ("GET", "/orders", None),
        "get": ("GET", f"/orders/{bought}", None),
        "balance": ("GET", "/balance", None),
        "catalog": ("GET", "/catalog", None),
        "check": ("POST", "/orders/check", {"item_id": item}),
    }
    for short in calls:
        sandbox.admin.fault("error_status", short, status=503)
        answered = {
            name: cpp.request(method, path, json=wish) for name, (method, path, wish) in calls.items()
        }
        assert [name for name, answer in answered.items() if answer.status_code == 503] == [short]


# --- together ------------------------------------------------------------------------------------


def test_faults_of_one_call_happen_together(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    item = sandbox.admin.products()[0]["item_code"]
    sandbox.admin.together(
        "buy",
        {"fault": "foreign_order", "when": "before"},
        {"fault": "foreign_order", "when": "after", "quantity": 2},
        {"fault": "price_moved", "percent": 10},
        {"fault": "late_codes", "never": True, "status": "pending"},
        {"fault": "odd_order_id", "how": "lower"},
        {"fault": "odd_status", "status": "queued"},
        {"fault": "odd_money", "how": "comma"},
        {"fault": "odd_date", "how": "missing"},
        {"fault": "drip", "pause_ms": 0},
    )
    [pending] = sandbox.admin.faults()["pending"]
    assert len(pending["faults"]) == 9
    answer = cpp.post("/orders", json={"item_code": item})
    told = answer.json()["data"]
    orders = sandbox.admin.card_orders()
    assert [found["by"] for found in orders] == ["client", "key", "client"]
    assert (told["status"], told["codes"]) == ("queued", [])
    assert told["order_id"] == orders[1]["order_id"] < orders[0]["order_id"]
    assert told["amount"] == orders[1]["amount"].replace(".", ",")
    assert "Date" not in answer.headers
    assert cpp.get(f"/orders/{told['order_id']}").json()["data"]["status"] == "pending"
    assert sandbox.admin.faults()["pending"] == []


def test_an_error_may_be_cut_too(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    sandbox.admin.together(
        "balance",
        {"fault": "error_status", "status": 504, "body": "html"},
        {"fault": "truncated", "framing": "close", "keep_percent": 20},
    )
    answer = cpp.get("/balance")
    assert (answer.status_code, answer.text[:9]) == (504, "<!DOCTYPE")
    assert not answer.text.endswith("</html>")


def test_a_share_of_the_calls_meets_them_together(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    def run() -> list[tuple[int, str | None]]:
        sandbox.admin.reset()
        sandbox.admin.together("balance", {"fault": "error_status"}, {"fault": "odd_date"}, share=0.5)
        answers = [cpp.get("/balance") for _ in range(30)]
        return [(answer.status_code, "Date" if "Date" in answer.headers else None) for answer in answers]

    first = run()
    assert set(first) == {(200, "Date"), (500, None)}
    assert run() == first


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        ({"faults": []}, "list of 1 to"),
        ({"faults": "slow"}, "list of 1 to"),
        ({"faults": [{"fault": "slow"}], "fault": "slow"}, "list of 1 to"),
        ({"faults": [{"fault": "slow"}] * 11}, "list of 1 to"),
        ({"faults": [{"fault": "slow"}], "delay_ms": 5}, "its own options"),
        ({"faults": [{"fault": "gremlins"}]}, "no such fault"),
        ({"faults": ["slow"]}, "JSON object"),
        ({"faults": [{"fault": "slow", "delay": 5}]}, "no option"),
        ({"faults": [{"fault": "slow", "times": 5}]}, "no option"),
        ({"faults": [{"fault": "slow"}, {"fault": "slow"}]}, "once"),
        ({"faults": [{"fault": "lost_reply"}, {"fault": "silence"}]}, "one wire"),
        ({"faults": [{"fault": "html_200"}, {"fault": "error_status"}]}, "one way of answering"),
        ({"faults": [{"fault": "out_of_stock"}, {"fault": "empty_body"}]}, "one way of answering"),
        ({"faults": [{"fault": "reset_before_read"}, {"fault": "slow"}]}, "nothing else"),
        ({"call": "list", "faults": [{"fault": "slow"}, {"fault": "late_codes"}]}, "can not happen to this"),
        ({"call": "purchase", "faults": [{"fault": "slow"}]}, "no such call"),
    ],
)
def test_what_can_not_happen_together_is_422(
    sandbox: SandboxProcess, wish: dict[str, object], word: str
) -> None:
    answer = order(sandbox, wish)
    assert answer.status_code == 422
    assert word in answer.json()["error"]
    assert "foreign_order" in answer.json()["known"]["faults"]
    assert sandbox.admin.faults()["pending"] == []


def test_slow_may_mean_late_or_answered_late(sandbox: SandboxProcess) -> None:
    """With `commit_first` an impatient client leaves an order behind that it was never told of."""
    wish = {"item_code": sandbox.admin.products()[0]["item_code"]}
    headers = {"X-API-Key": sandbox.ready["api_key"]}
    sent = raw.request("POST", "/cardpluspay/v1/orders", headers, wish)
    for commit_first in (True, False):
        sandbox.admin.reset()
        sandbox.admin.fault("slow", "buy", delay_ms=600_000, commit_first=commit_first)
        raw.leave(sandbox.address, sent, lambda: sandbox.admin.ledger()["requests"].get(BUY) == 1)
        assert len(sandbox.admin.card_orders()) == int(commit_first)
        sandbox.admin.advance(601)
        [found] = sandbox.admin.card_orders()
        assert (found["reply"], found["reply_lost"]) == ("client_gone", True)


# --- by chance -----------------------------------------------------------------------------------

Wish = dict[str, Any]

AFTER = st.sampled_from([0, 1, 1200, 18_000])
LOSING = st.sampled_from(["lost_reply", "reset_after_read", "error_status", "garbage", "empty_body"])
EVENTS = st.sampled_from(["foreign_order", "portal_order", "top_up", "refund"])
WITHIN: st.SearchStrategy[Wish] = st.sampled_from(
    [
        {"fault": "late_codes", "seconds": 60, "each": 1, "status": "pending"},
        {"fault": "partial_fill"},
        {"fault": "bought_twice"},
        {"fault": "two_codes_three_charges"},
        {"fault": "odd_order_id", "how": "random"},
        {"fault": "price_moved", "percent": 5},
        {"fault": "odd_money", "how": "comma"},
    ]
)


@st.composite
def buying(draw: st.DrawFn) -> Wish:
    """A purchase that meets up to four faults together."""
    faults: list[Wish] = []
    if draw(st.booleans()):
        faults.append({"fault": draw(LOSING), "commit": draw(st.booleans()), "commit_after": draw(AFTER)})
    faults += [
        {"fault": event, "when": draw(st.sampled_from(["before", "after"])), "in_seconds": draw(AFTER)}
        for event in draw(st.lists(EVENTS, max_size=2))
    ]
    if draw(st.booleans()):
        faults.append(draw(WITHIN))
    return {"faults": faults, "quantity": draw(st.integers(1, 3))}


STEPS: st.SearchStrategy[list[Wish | int]] = st.lists(
    st.one_of(buying(), st.sampled_from([1, 60, 1200, 18_000])), min_size=1, max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_script_leaves_honest_books_and_honest_witnesses(
    server: SandboxProcess, cpp_client: httpx.Client, acme_item: str, steps: list[Wish | int]
) -> None:
    """Whatever happened: movements, balance and orders agree, and so do the client's two witnesses."""
    admin = server.admin
    admin.reset()
    for step in steps:
        if isinstance(step, int):
            admin.advance(step)
            continue
        if step["faults"]:
            admin.together("buy", *step["faults"])
        with contextlib.suppress(httpx.HTTPError):
            cpp_client.post("/orders", json={"item_code": acme_item, "quantity": step["quantity"]})
    admin.advance(24 * 3600)
    ledger = admin.ledger()
    orders, moves = ledger["cardpluspay"]["orders"], ledger["cardpluspay"]["movements"]
    assert Decimal("5000.00") + sum(Decimal(move["amount"]) for move in moves) == Decimal(ledger["balance"])
    assert [move["at"] for move in moves] == sorted(move["at"] for move in moves)
    debits = {move["order_id"]: -Decimal(move["amount"]) for move in moves if move["what"] == "order"}
    assert debits == {found["order_id"]: Decimal(found["amount"]) for found in orders}
    assert all(found["received"] <= found["committed"] for found in orders)
    assert {entry["outcome"] for entry in ledger["cardpluspay"]["waiting"]} <= {
        "done",
        "answered 500",
        "no such order",
    }
    codes = admin.codes()
    assert len(set(codes)) == len(codes)
    rows = cpp_client.get("/orders", params={"per_page": 100}).json()["data"]["orders"]
    assert {row["order_id"] for row in rows} == set(debits)
    assert cpp_client.get("/balance").json()["data"]["balance"] == ledger["balance"]
    for row in rows:
        told = cpp_client.get(f"/orders/{row['order_id']}").json()["data"]
        issued = next(found["codes"] for found in orders if found["order_id"] == row["order_id"])
        assert [code["code"] for code in told["codes"]] == [code["code"] for code in issued]


@pytest.fixture(scope="session")
def acme_item(server: SandboxProcess) -> str:
    return next(
        product["item_code"]
        for product in server.admin.products()
        if product["brand"] == "Acme Games" and product["currency"] == "USD"
    )


def test_a_seed_repeats_everything_but_the_codes() -> None:
    """Two servers of one seed, one script: the same rows, amounts and refusals in the same order."""

    def run() -> list[object]:
        with SandboxProcess(seed=3) as process, process.client() as client:
            item = process.admin.products()[0]["item_code"]
            process.admin.fault("error_status", "buy", share=0.4)
            process.admin.event("foreign_order", times=3)
            process.admin.fault("odd_order_id", "buy", how="random", times=2)
            headers = {"X-API-Key": process.ready["api_key"]}
            url = process.ready["cardpluspay"] + "/orders"
            statuses: list[object] = [
                client.post(url, json={"item_code": item}, headers=headers).status_code for _ in range(12)
            ]
            kept = ("order_id", "order_no", "item_code", "amount", "by")
            return statuses + [{name: found[name] for name in kept} for found in process.admin.card_orders()]

    assert run() == run()
