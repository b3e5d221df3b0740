"""CardPlusPay's stand-in against the documentation: every call, every shape, every documented oddity.

The key sets are written out from the documentation, on purpose: a field more is as wrong as a field less.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.sandbox_process import SandboxProcess

PRODUCT = {
    "item_code",
    "product_name",
    "brand",
    "category",
    "region",
    "currency",
    "delivery_type",
    "country_code",
    "value",
    "price",
}
CREATED = {
    "type",
    "brand",
    "codes",
    "state",
    "status",
    "amount",
    "denomination_unit",
    "total_denomination",
    "order_id",
    "order_no",
    "created_at",
}
CREATED_CODE = {"code", "currency", "item_code", "denomination", "charged_amount", "denomination_unit"}
PAGINATION = {"total", "per_page", "current_page", "last_page"}


def data(answer: httpx.Response) -> Any:
    """What a success carries, with every number of the text kept as it was written."""
    envelope = json.loads(answer.content, parse_float=Decimal)
    assert answer.status_code == 200, answer.text
    assert set(envelope) == {"success", "message", "data"}
    assert envelope["success"] is True
    return envelope["data"]


def is_no(answer: httpx.Response, status: int) -> None:
    envelope = answer.json()
    assert answer.status_code == status
    assert envelope["success"] is False
    assert envelope["message"]
    assert set(envelope) <= {"success", "message", "data"}


def buy(cpp: httpx.Client, item_code: str, **more: object) -> Any:
    return data(cpp.post("/orders", json={"item_code": item_code, **more}))


def item(cpp: httpx.Client, brand: str, value: str = "10.00", currency: str = "USD") -> str:
    found = data(cpp.get("/catalog", params={"brand": brand, "currency": currency, "per_page": 100}))
    return next(product["item_code"] for product in found["products"] if product["value"] == value)


def test_the_root_tells_the_version(cpp: httpx.Client) -> None:
    assert data(cpp.get("/"))["version"] == "v1"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/catalog"),
        ("POST", "/orders/check"),
        ("POST", "/orders"),
        ("GET", "/orders"),
        ("GET", "/orders/4711"),
        ("GET", "/balance"),
    ],
)
@pytest.mark.parametrize("key", [None, "", "wrong"])
def test_without_the_key_nothing_is_told(
    sandbox: SandboxProcess, method: str, path: str, key: str | None
) -> None:
    headers = {} if key is None else {"X-API-Key": key}
    with sandbox.client() as client:
        is_no(client.request(method, sandbox.ready["cardpluspay"] + path, headers=headers, json={}), 401)


def test_every_answer_carries_the_moment_it_was_given(cpp: httpx.Client, acme: dict[str, Any]) -> None:
    answer = cpp.post("/orders", json={"item_code": acme["item_code"]})
    created = datetime.fromisoformat(data(answer)["created_at"])
    assert created.utcoffset() == timedelta(hours=2)
    assert abs(parsedate_to_datetime(answer.headers["Date"]) - created) <= timedelta(seconds=30)
    assert "server" not in answer.headers


# --- catalogue -----------------------------------------------------------------------------------


def test_the_catalogue_has_the_documented_fields_and_no_other(cpp: httpx.Client) -> None:
    found = data(cpp.get("/catalog"))
    assert set(found) == {"products", "pagination", "state"}
    assert found["state"] == "success"
    assert set(found["pagination"]) == PAGINATION
    assert len(found["products"]) == found["pagination"]["per_page"] == 10
    for product in found["products"]:
        assert set(product) == PRODUCT
        assert isinstance(product["value"], str)
        assert isinstance(product["price"], str)
        assert isinstance(product["country_code"], list)


def test_all_pages_together_are_the_whole_catalogue(cpp: httpx.Client) -> None:
    first = data(cpp.get("/catalog", params={"per_page": 100}))["pagination"]
    pages = [
        data(cpp.get("/catalog", params={"per_page": 100, "page": number + 1}))
        for number in range(first["last_page"] + 1)
    ]
    assert [page["pagination"] for page in pages] == [
        {**first, "current_page": number + 1} for number in range(first["last_page"] + 1)
    ]
    seen = [product["item_code"] for page in pages for product in page["products"]]
    assert len(seen) == len(set(seen)) == first["total"] > 2000
    assert pages[-1]["products"] == []


Fits = Callable[[dict[str, Any]], bool]
FILTERS: list[tuple[dict[str, str], Fits]] = [
    ({"currency": "EUR"}, lambda product: product["currency"] == "EUR"),
    ({"region": "eu"}, lambda product: product["region"] == "eu"),
    ({"brand": "Café Lumen"}, lambda product: product["brand"] == "Café Lumen"),
    ({"brand": "café lumen"}, lambda product: product["brand"] == "Café Lumen"),
    ({"q": "farrow & CO"}, lambda product: product["brand"] == "Farrow & Co"),
    ({"country_code": "JP"}, lambda product: "JP" in product["country_code"]),
    ({"delivery_type": "PHYSICAL"}, lambda product: product["delivery_type"] == "PHYSICAL"),
    ({"value_min": "20", "value_max": "25.00"}, lambda product: 20 <= Decimal(product["value"]) <= 25),
    ({"q": "acme", "currency": "GBP"}, lambda product: product["item_code"].startswith("ACME-")),
]


@pytest.mark.parametrize(("query", "fits"), FILTERS)
def test_filters(cpp: httpx.Client, query: dict[str, str], fits: Fits) -> None:
    found = data(cpp.get("/catalog", params={"per_page": 100, **query}))
    assert found["pagination"]["total"] > 0
    assert all(fits(product) for product in found["products"])


def test_one_item_by_its_code_which_is_case_sensitive(cpp: httpx.Client, acme: dict[str, Any]) -> None:
    assert data(cpp.get("/catalog", params={"item_id": acme["item_code"]}))["products"] == [acme]
    assert data(cpp.get("/catalog", params={"item_id": acme["item_code"].swapcase()}))["products"] == []


def test_an_unknown_item_is_an_empty_list(cpp: httpx.Client) -> None:
    found = data(cpp.get("/catalog", params={"item_id": "NOBODY-1USD-none"}))
    assert found["products"] == []
    assert found["pagination"] == {"total": 0, "per_page": 10, "current_page": 1, "last_page": 1}


@pytest.mark.parametrize("key", ["brand", "value", "category"])
def test_sorting(cpp: httpx.Client, key: str) -> None:
    rising = data(cpp.get("/catalog", params={"sort_by": key, "order": "asc", "per_page": 100}))["products"]
    falling = data(cpp.get("/catalog", params={"sort_by": key, "order": "desc", "per_page": 100}))["products"]

    def keys(products: list[dict[str, str]]) -> list[Any]:
        return [Decimal(product[key]) if key == "value" else product[key] for product in products]

    assert keys(rising) == sorted(keys(rising))
    assert keys(falling) == sorted(keys(falling), reverse=True)
    assert keys(falling)[0] > keys(rising)[0]


def test_an_order_without_a_sort_turns_the_catalogue_round(cpp: httpx.Client) -> None:
    query = {"brand": "Acme Games", "currency": "USD", "per_page": "100"}
    rising = data(cpp.get("/catalog", params=query))["products"]
    assert data(cpp.get("/catalog", params={**query, "order": "desc"}))["products"] == rising[::-1]


@pytest.mark.parametrize(
    "query",
    [
        {"per_page": "0"},
        {"per_page": "101"},
        {"per_page": "ten"},
        {"page": "0"},
        {"q": "x" * 256},
        {"sort_by": "price"},
        {"order": "up"},
        {"delivery_type": "digital"},
        {"value_min": "-1"},
        {"value_max": "cheap"},
        {"value_max": "NaN"},
    ],
)
def test_a_query_out_of_bounds_is_422(cpp: httpx.Client, query: dict[str, str]) -> None:
    is_no(cpp.get("/catalog", params=query), 422)


def test_the_longest_search_text_is_allowed(cpp: httpx.Client) -> None:
    assert data(cpp.get("/catalog", params={"q": "x" * 255}))["products"] == []


# --- check ---------------------------------------------------------------------------------------


def test_a_check_has_a_number_for_a_price_and_a_boolean_for_a_status(
    cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    answer = cpp.post("/orders/check", json={"item_id": acme["item_code"], "quantity": 2})
    found = data(answer)
    assert answer.json()["message"] == "Gift card in Stock"
    assert found == {
        "price": Decimal("9.6"),
        "state": "in_stock",
        "status": True,
        "message": "Available",
        "requested": 2,
    }
    assert isinstance(found["price"], Decimal)


def test_a_check_of_nothing_in_particular_is_for_one(cpp: httpx.Client, acme: dict[str, Any]) -> None:
    assert data(cpp.post("/orders/check", json={"item_id": acme["item_code"]}))["requested"] == 1


def test_a_check_has_no_upper_bound_but_the_stock(cpp: httpx.Client, acme: dict[str, Any]) -> None:
    assert (
        data(cpp.post("/orders/check", json={"item_id": acme["item_code"], "quantity": 5000}))["status"]
        is True
    )
    found = data(cpp.post("/orders/check", json={"item_id": acme["item_code"], "quantity": 5001}))
    assert (found["status"], found["state"]) == (False, "out_of_stock")


def test_a_sold_out_product_is_checked_and_refused(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    gone = next(product["item_code"] for product in sandbox.admin.products() if product["stock"] == 0)
    assert data(cpp.post("/orders/check", json={"item_id": gone}))["status"] is False
    is_no(cpp.post("/orders", json={"item_code": gone}), 400)
    assert sandbox.admin.card_orders() == []


def test_a_check_of_an_unknown_item_is_404(cpp: httpx.Client) -> None:
    is_no(cpp.post("/orders/check", json={"item_id": "NOBODY-1USD-none"}), 404)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"item_code": "the name is item_id here"},
        {"item_id": ""},
        {"item_id": 5},
        {"item_id": "X", "quantity": 0},
        {"item_id": "X", "quantity": -1},
        {"item_id": "X", "quantity": 1.5},
        {"item_id": "X", "quantity": "2"},
        {"item_id": "X", "quantity": True},
        [],
    ],
)
def test_a_check_that_makes_no_sense_is_422(cpp: httpx.Client, wish: object) -> None:
    is_no(cpp.post("/orders/check", json=wish), 422)


# --- create --------------------------------------------------------------------------------------


def test_an_order_in_the_documented_shape(cpp: httpx.Client, acme: dict[str, Any]) -> None:
    answer = cpp.post("/orders", json={"item_code": acme["item_code"], "quantity": 2})
    found = data(answer)
    assert answer.json()["message"] == "Gift card purchased successfully"
    assert set(found) == CREATED
    assert found["type"] == "bulk"
    assert found["brand"] == acme["item_code"]
    assert found["amount"] == "19.20"
    assert found["total_denomination"] == 20
    assert not isinstance(found["total_denomination"], str)
    assert found["denomination_unit"] == "USD"
    assert found["status"] == found["state"] == "completed"
    assert isinstance(found["order_id"], int)
    assert re.fullmatch(r"ORD-\d{4}-\d{4,}", found["order_no"])
    assert found["created_at"].endswith("+02:00")
    for code in found["codes"]:
        assert set(code) == CREATED_CODE
        assert (code["denomination"], code["charged_amount"]) == ("10.00", "9.60")
        assert (code["currency"], code["denomination_unit"]) == ("USD", "USD")
        assert code["item_code"] == acme["item_code"]
        assert "TEST" in code["code"]


def test_a_pin_stands_in_a_list_of_one_key_objects(cpp: httpx.Client) -> None:
    found = buy(cpp, item(cpp, "Dalton"), quantity=3)
    for code in found["codes"]:
        assert set(code) == {*CREATED_CODE, "metadata"}
        [[(name, pin)]] = [list(entry.items()) for entry in code["metadata"]]
        assert name == "Pin"
        assert re.fullmatch(r"\d{4}", pin)


def test_a_code_may_have_a_pin_and_its_sibling_none(cpp: httpx.Client) -> None:
    found = buy(cpp, item(cpp, "Farrow & Co"), quantity=4)
    assert ["metadata" in code for code in found["codes"]] == [False, True, False, True]


def test_the_alias_item_id_buys_too(cpp: httpx.Client, acme: dict[str, Any]) -> None:
    assert data(cpp.post("/orders", json={"item_id": acme["item_code"]}))["brand"] == acme["item_code"]


def test_two_posts_are_two_orders(sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]) -> None:
    first, second = buy(cpp, acme["item_code"]), buy(cpp, acme["item_code"])
    assert second["order_id"] > first["order_id"]
    assert first["order_no"] != second["order_no"]
    assert first["codes"][0]["code"] != second["codes"][0]["code"]
    assert sandbox.admin.ledger()["balance"] == "4980.80"


@pytest.mark.parametrize("email", [None, "kim@mail.example"])
def test_the_email_is_optional(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any], email: str
) -> None:
    buy(cpp, acme["item_code"], email=email)
    assert sandbox.admin.card_orders()[0]["email"] == email


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"item_code": ""},
        {"item_code": None},
        {"item_code": ["X"]},
        {"item_code": "X", "quantity": 0},
        {"item_code": "X", "quantity": 101},
        {"item_code": "X", "quantity": "1"},
        {"item_code": "X", "quantity": 2.0},
        {"item_code": "X", "email": "nobody"},
        {"item_code": "X", "email": "a@@mail.example"},
        {"item_code": "X", "email": 7},
        "X",
    ],
)
def test_an_order_that_makes_no_sense_is_422(
    sandbox: SandboxProcess, cpp: httpx.Client, wish: object
) -> None:
    is_no(cpp.post("/orders", json=wish), 422)
    assert sandbox.admin.card_orders() == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"item_code=X", b'{"item_code": NaN}', b"[" * 100_000, b"\xff\xfe"]
)
@pytest.mark.parametrize("path", ["/orders", "/orders/check"])
def test_a_body_that_is_no_json_is_400(cpp: httpx.Client, path: str, body: bytes) -> None:
    is_no(cpp.post(path, content=body, headers={"Content-Type": "application/json"}), 400)


def test_the_three_kinds_of_400_differ_in_words_only(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    scarce = next(product for product in sandbox.admin.products() if 0 < product["stock"] < 6)
    dear = item(cpp, "Acme Games", "500.00")
    answers = [
        cpp.post("/orders", json={"item_code": "NOBODY-1USD-none"}),
        cpp.post("/orders", json={"item_code": scarce["item_code"], "quantity": 6}),
        cpp.post("/orders", json={"item_code": dear, "quantity": 11}),
    ]
    for answer in answers:
        is_no(answer, 400)
    assert len({answer.json()["message"] for answer in answers}) == 3
    assert len({tuple(answer.json()) for answer in answers}) == 1
    assert sandbox.admin.ledger()["balance"] == "5000.00"
    assert sandbox.admin.card_orders() == []


def test_the_balance_can_be_spent_to_the_last_cent_and_no_further(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    dear = item(cpp, "Acme Games", "500.00")
    buy(cpp, dear, quantity=10)
    sandbox.admin.topup("0.01")
    buy(cpp, acme["item_code"], quantity=20)
    assert data(cpp.get("/balance"))["balance"] == "8.01"
    is_no(cpp.post("/orders", json={"item_code": acme["item_code"]}), 400)
    sandbox.admin.topup("1.59")
    buy(cpp, acme["item_code"])
    assert data(cpp.get("/balance"))["balance"] == "0.00"


@pytest.mark.parametrize(
    ("brand", "currency", "value", "total"),
    [
        ("Acme Games", "JPY", "1000", "2000"),
        ("Glasswing", "KWD", "2.500", "5"),
        ("Acme Games", "EUR", "10.00", "20"),
    ],
)
def test_a_face_value_has_its_currencys_digits_and_the_debit_is_in_dollars(
    cpp: httpx.Client, brand: str, currency: str, value: str, total: str
) -> None:
    found = buy(cpp, item(cpp, brand, value, currency), quantity=2)
    assert {code["denomination"] for code in found["codes"]} == {value}
    assert found["total_denomination"] == Decimal(total)
    assert found["denomination_unit"] == currency
    charged = [Decimal(code["charged_amount"]) for code in found["codes"]]
    assert Decimal(found["amount"]) == sum(charged)
    assert Decimal(data(cpp.get("/balance"))["balance"]) == Decimal("5000.00") - sum(charged)


def test_a_hundred_cards_at_once_and_no_code_twice(cpp: httpx.Client) -> None:
    found = buy(cpp, item(cpp, "Boreal", "5.00"), quantity=100)
    codes = {code["code"] for code in found["codes"]}
    assert len(codes) == 100
    assert all("TEST" in code for code in codes)
    assert Decimal(found["amount"]) == 100 * Decimal(found["codes"][0]["charged_amount"])


# --- status --------------------------------------------------------------------------------------


def test_an_order_asked_for_later_has_forgotten_most(cpp: httpx.Client) -> None:
    bought = buy(cpp, item(cpp, "Dalton"), quantity=2)
    answer = cpp.get(f"/orders/{bought['order_id']}")
    found = data(answer)
    assert answer.json()["message"] == "Order details retrieved successfully"
    assert set(found) == {"order_id", "order_no", "status", "state", "codes", "amount", "created_at"}
    assert (found["status"], found["state"]) == ("completed", "success")
    assert found["codes"] == [{"code": code["code"], "status": "completed"} for code in bought["codes"]]
    assert found["amount"] == Decimal(bought["amount"])
    assert not isinstance(found["amount"], str)
    assert found["created_at"] == bought["created_at"]


def test_amounts_are_numbers_without_the_noise_of_binary_fractions(
    cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    bought = buy(cpp, acme["item_code"], quantity=3)
    assert b'"amount":28.80,' in cpp.get(f"/orders/{bought['order_id']}").content
    assert b'"amount":28.80}' in cpp.get("/orders").content
    assert (
        b'"amount":"28.80",'
        in cpp.post("/orders", json={"item_code": acme["item_code"], "quantity": 3}).content
    )


@pytest.mark.parametrize("order_id", ["1", "99999999", "abc", "-1", "4711x", "9" * 40, "%C2%B2"])
def test_an_unknown_order_is_404(cpp: httpx.Client, order_id: str) -> None:
    is_no(cpp.get(f"/orders/{order_id}"), 404)


def test_unknown_paths_and_methods_are_404_in_the_envelope(cpp: httpx.Client) -> None:
    is_no(cpp.get("/nothing"), 404)
    is_no(cpp.delete("/orders/4711"), 404)
    is_no(cpp.post("/balance"), 404)


# --- list and balance ----------------------------------------------------------------------------


def test_a_row_of_the_list_tells_four_things(cpp: httpx.Client, acme: dict[str, Any]) -> None:
    bought = buy(cpp, acme["item_code"])
    answer = cpp.get("/orders")
    found = data(answer)
    assert answer.json()["message"] == "Orders retrieved successfully"
    assert set(found) == {"orders", "pagination", "state"}
    assert found["pagination"] == {"total": 1, "per_page": 10, "current_page": 1, "last_page": 1}
    [row] = found["orders"]
    assert row == {
        "order_id": bought["order_id"],
        "order_no": bought["order_no"],
        "status": "completed",
        "amount": Decimal("9.60"),
    }


def test_the_list_is_newest_first_paged_and_sorted(cpp: httpx.Client, acme: dict[str, Any]) -> None:
    ids = [buy(cpp, acme["item_code"], quantity=count)["order_id"] for count in (2, 3, 1)]

    def listed(**query: object) -> list[int]:
        return [row["order_id"] for row in data(cpp.get("/orders", params=query))["orders"]]  # type: ignore[arg-type]

    assert listed() == ids[::-1]
    assert listed(sort_by="created_at", order="desc") == ids[::-1]
    assert listed(sort_by="created_at", order="asc") == ids
    assert listed(sort_by="amount", order="asc") == [ids[2], ids[0], ids[1]]
    assert listed(per_page=2) + listed(per_page=2, page=2) == ids[::-1]
    assert listed(per_page=2, page=3) == []
    assert listed(sort_by="status") == ids[::-1]
    assert listed(status="completed") == ids[::-1]
    assert listed(status="pending") == []
    assert data(cpp.get("/orders", params={"per_page": 2}))["pagination"] == {
        "total": 3,
        "per_page": 2,
        "current_page": 1,
        "last_page": 2,
    }


@pytest.mark.parametrize("query", [{"per_page": "101"}, {"sort_by": "order_id"}, {"order": "down"}])
def test_a_list_out_of_bounds_is_422(cpp: httpx.Client, query: dict[str, str]) -> None:
    is_no(cpp.get("/orders", params=query), 422)


def test_the_balance_is_text(cpp: httpx.Client) -> None:
    answer = cpp.get("/balance")
    assert answer.json()["message"] == "Balance retrieved successfully"
    assert data(answer) == {"balance": "5000.00", "currency": "USD", "state": "success"}
