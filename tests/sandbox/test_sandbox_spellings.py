"""The right answer in every other spelling a client has to live with. None of them changes the ledger."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.sandbox_process import SandboxProcess

Buy = Callable[..., httpx.Response]


@pytest.fixture
def buy(cpp: httpx.Client, acme: dict[str, Any]) -> Buy:
    def post(item_code: str | None = None, quantity: int = 1) -> httpx.Response:
        return cpp.post("/orders", json={"item_code": item_code or acme["item_code"], "quantity": quantity})

    return post


def data(answer: httpx.Response) -> dict[str, Any]:
    return answer.json()["data"]


def balance(cpp: httpx.Client) -> httpx.Response:
    return cpp.get("/balance")


# --- money ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "written"),
    [
        ("text", b'"balance":"5000.00"'),
        ("number", b'"balance":5000.00,'),
        ("noisy", b'"balance":5000.0000000000000001,'),
        ("blanks", b'"balance":" 5000.00 "'),
        ("long", b'"balance":"5000.0000"'),
        ("comma", b'"balance":"5000,00"'),
        ("thousands", b'"balance":"5,000.00"'),
        ("sign", b'"balance":"$5000.00"'),
        ("exponent", b'"balance":5.00E+3,'),
        ("nan", b'"balance":NaN,'),
        ("negative", b'"balance":"-5000.00"'),
        ("zero", b'"balance":"0.00"'),
        ("empty", b'"balance":""'),
        ("null", b'"balance":null'),
    ],
)
def test_an_amount_in_another_spelling(
    sandbox: SandboxProcess, cpp: httpx.Client, how: str, written: bytes
) -> None:
    sandbox.admin.fault("odd_money", "balance", how=how)
    answer = balance(cpp)
    assert answer.status_code == 200
    assert written in answer.content
    assert b'"balance":"5000.00","currency":"USD"' in balance(cpp).content


def test_an_amount_that_is_not_there(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    sandbox.admin.fault("odd_money", "balance", how="missing")
    assert data(balance(cpp)) == {"currency": "USD", "state": "success"}


def test_every_amount_of_an_order_or_only_one(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("odd_money", "buy", how="number")
    bought = json.loads(buy(quantity=2).content, parse_float=Decimal)["data"]
    assert bought["amount"] == Decimal("19.20")
    assert [code["charged_amount"] for code in bought["codes"]] == [Decimal("9.60")] * 2
    assert [code["denomination"] for code in bought["codes"]] == [Decimal("10.00")] * 2
    sandbox.admin.fault("odd_money", "buy", how="missing", field="charged_amount")
    bought = data(buy())
    assert (bought["amount"], bought["codes"][0]["denomination"]) == ("9.60", "10.00")
    assert "charged_amount" not in bought["codes"][0]
    assert [order["amount"] for order in sandbox.admin.card_orders()] == ["19.20", "9.60"]


@pytest.mark.parametrize(
    ("call", "path", "listed", "field"),
    [("catalog", "/catalog", "products", "price"), ("list", "/orders", "orders", "amount")],
)
def test_amounts_in_lists_are_respelled_in_every_row(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, call: str, path: str, listed: str, field: str
) -> None:
    buy()
    buy()
    sandbox.admin.fault("odd_money", call, how="blanks")
    rows: list[dict[str, str]] = data(cpp.get(path))[listed]
    assert len(rows) > 1
    assert all(row[field].startswith(" ") for row in rows)


def test_a_refusal_is_spelled_as_ever(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    sandbox.admin.fault("odd_money", "buy")
    assert buy("NOBODY-1USD-none").json()["success"] is False


# --- the envelope, the status and the fields -----------------------------------------------------


@pytest.mark.parametrize(
    ("value", "told"),
    [("text", {"success": "true"}), ("number", {"success": 1}), ("null", {"success": None}), ("missing", {})],
)
def test_success_is_not_plain_true(
    sandbox: SandboxProcess, cpp: httpx.Client, value: str, told: dict[str, object]
) -> None:
    sandbox.admin.fault("odd_success", "balance", value=value)
    found = balance(cpp).json()
    assert {name: found[name] for name in found if name == "success"} == told
    assert found["data"]["balance"] == "5000.00"


@pytest.mark.parametrize(
    ("instead", "told"),
    [("missing", {}), ("null", {"data": None}), ("object", {"data": {}}), ("list", {"data": []})],
)
def test_a_failure_that_is_called_200(
    sandbox: SandboxProcess, cpp: httpx.Client, instead: str, told: dict[str, object]
) -> None:
    sandbox.admin.fault("success_false", "balance", data=instead)
    found = balance(cpp)
    assert found.status_code == 200
    assert {**found.json(), "message": ""} == {"success": False, "message": "", **told}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(
    ("instead", "told"),
    [("missing", {}), ("null", {"data": None}), ("object", {"data": {}}), ("list", {"data": []})],
)
def test_any_error_in_the_envelope(
    sandbox: SandboxProcess, buy: Buy, status: int, instead: str, told: dict[str, object]
) -> None:
    """It looks like the provider's own no, and yet the card was bought."""
    sandbox.admin.fault("error_status", "buy", status=status, data=instead, commit=True)
    answer = buy()
    assert answer.status_code == status
    assert {**answer.json(), "message": ""} == {"success": False, "message": "", **told}
    assert [found["reply"] for found in sandbox.admin.card_orders()] == ["error_status"]


def test_a_status_nobody_documented(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    sandbox.admin.fault("odd_status", "buy", status="on_hold", state="odd")
    bought = data(buy())
    assert (bought["status"], bought["state"], len(bought["codes"])) == ("on_hold", "odd", 1)
    sandbox.admin.fault("odd_status", "get", status="delivered_partially")
    told = data(cpp.get(f"/orders/{bought['order_id']}"))
    assert (told["status"], told["state"]) == ("delivered_partially", "success")
    sandbox.admin.fault("odd_status", "list", status="failed")
    assert [row["status"] for row in data(cpp.get("/orders"))["orders"]] == ["failed"]
    assert [row["status"] for row in data(cpp.get("/orders"))["orders"]] == ["completed"]


@pytest.mark.parametrize("status", [201, 202, 206])
def test_another_status_of_success(sandbox: SandboxProcess, buy: Buy, status: int) -> None:
    sandbox.admin.fault("other_2xx", "buy", status=status)
    answer = buy()
    assert (answer.status_code, answer.json()["success"]) == (status, True)
    assert [(order["reply"], order["reply_lost"]) for order in sandbox.admin.card_orders()] == [
        ("sent", False)
    ]


@pytest.mark.parametrize(
    ("without", "gone"),
    [
        ("amount", {"amount"}),
        ("created_at", {"created_at"}),
        ("order_no", {"order_no"}),
        ("status", {"status"}),
        ("codes", {"codes"}),
    ],
)
def test_an_order_tells_less_than_before(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, without: str, gone: set[str]
) -> None:
    path = f"/orders/{data(buy())['order_id']}"
    before = data(cpp.get(path))
    sandbox.admin.fault("poorer", "get", without=without)
    after = data(cpp.get(path))
    assert set(before) - set(after) == gone
    assert after == {name: before[name] for name in after}


def test_an_order_forgets_a_code_or_its_status(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    path = f"/orders/{data(buy(quantity=2))['order_id']}"
    whole = data(cpp.get(path))["codes"]
    sandbox.admin.fault("poorer", "get", without="last_code")
    sandbox.admin.fault("poorer", "get", without="code_status")
    assert data(cpp.get(path))["codes"] == whole[:1]
    assert data(cpp.get(path))["codes"] == [{"code": code["code"]} for code in whole]
    assert data(cpp.get(path))["codes"] == whole


def test_an_order_tells_as_much_as_at_first(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, dalton: str
) -> None:
    bought = data(buy(dalton))
    sandbox.admin.fault("richer", "get")
    [code] = data(cpp.get(f"/orders/{bought['order_id']}"))["codes"]
    assert code == {**bought["codes"][0], "status": "completed"}
    assert "metadata" in code


# --- codes ---------------------------------------------------------------------------------------


@pytest.fixture
def dalton(sandbox: SandboxProcess) -> str:
    """A card with a PIN."""
    products = sandbox.admin.products()
    return next(p["item_code"] for p in products if p["brand"] == "Dalton" and p["currency"] == "USD")


@pytest.mark.parametrize(
    "how", ["object", "upper", "lower", "number", "several", "extra", "empty", "null", "missing"]
)
def test_a_pin_in_another_form(sandbox: SandboxProcess, buy: Buy, dalton: str, how: str) -> None:
    sandbox.admin.fault("odd_metadata", "buy", how=how)
    [code] = data(buy(dalton))["codes"]
    [issued] = sandbox.admin.card_orders()[0]["codes"]
    pin = issued["pin"]
    extra = {"Serial": "TEST-0001", "Expiry": "2030-12-31", "Url": "https://cards.example/TEST"}
    told: dict[str, object] = {
        "object": {"Pin": pin},
        "upper": [{"PIN": pin}],
        "lower": [{"pin": pin}],
        "number": [{"Pin": pin if pin.startswith("0") else int(pin)}],
        "several": [{"Pin": pin}, {"Serial": "TEST-0001"}],
        "extra": [{"Pin": pin, **extra}],
        "empty": [],
        "null": None,
        "missing": "gone",
    }
    assert code.get("metadata", "gone") == told[how]
    assert code["code"] == issued["code"]


def test_a_card_without_a_pin_stays_without(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("odd_metadata", "buy", how="several")
    assert "metadata" not in data(buy())["codes"][0]


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("item_code", {"item_code": "OTHER-10USD-none"}),
        ("currency", {"currency": "CHF", "denomination_unit": "CHF"}),
        ("denomination", {"denomination": "5.00"}),
    ],
)
def test_codes_of_another_card(sandbox: SandboxProcess, buy: Buy, field: str, told: dict[str, str]) -> None:
    sandbox.admin.fault("wrong_card", "buy", field=field)
    [code] = data(buy())["codes"]
    assert {name: code[name] for name in told} == told
    assert code["code"] == sandbox.admin.codes()[0]


# --- the catalogue -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["products", "items", "catalog", "data"])
@pytest.mark.parametrize("pagination", ["block", "flat", "none"])
def test_the_catalogues_list_has_another_name(
    sandbox: SandboxProcess, cpp: httpx.Client, name: str, pagination: str
) -> None:
    usual = data(cpp.get("/catalog"))
    sandbox.admin.fault("odd_listing", "catalog", name=name, pagination=pagination)
    found = data(cpp.get("/catalog"))
    told: dict[str, object] = {
        "block": {"pagination": usual["pagination"]},
        "flat": usual["pagination"],
        "none": {},
    }[pagination]
    assert found == {name: usual["products"], "state": "success", **told}


def test_the_catalogue_is_a_bare_list(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    usual = data(cpp.get("/catalog"))
    sandbox.admin.fault("odd_listing", "catalog", name="bare")
    assert cpp.get("/catalog").json()["data"] == usual["products"]
