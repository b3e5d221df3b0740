"""The ledger behind the calls: what it sells, that it counts to the cent and issues nothing twice."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx
import pytest

from pos_app.sandbox import credentials, levelup_auth
from pos_app.sandbox.catalogue import products
from pos_app.sandbox.codes import PATTERNS, code, pin
from pos_app.sandbox.emails import plausible
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.merchants import merchants
from pos_app.sandbox.orders import GiftCardOrder
from tests.sandbox_process import SandboxProcess

NAMED = {
    "Acme Games",
    "Boreal",
    "Café Lumen",
    "Dalton",
    "Ebbe Music",
    "Farrow & Co",
    "Glasswing",
    "Harbour Air",
}


@pytest.mark.parametrize("seed", [0, 1, 7, 2**40, -3])
def test_every_seed_gives_a_catalogue_to_work_with(seed: int) -> None:
    found = products(seed)
    listed = list(found.values())
    currencies = Counter(product.currency for product in listed)
    dollars = [product for product in listed if product.currency == "USD"]
    assert len(found) >= 2000
    assert currencies["USD"] >= 1200
    assert set(currencies) == {"USD", "EUR", "GBP", "CAD", "JPY", "KWD"}
    assert {product.brand for product in listed} > NAMED
    assert all(item == product.item_code for item, product in found.items())
    assert all(
        product.price > 0 and product.price == product.price.quantize(Decimal("0.01")) for product in listed
    )
    below = sum(product.price < product.value for product in dollars)
    assert below > len(dollars) / 2
    assert any(product.price == product.value for product in dollars)
    assert any(product.price > product.value for product in dollars)
    assert any(product.stock == 0 for product in listed)
    assert {product.pins for product in listed} == {"none", "always", "sometimes"}
    assert {product.delivery_type for product in listed} == {"DIGITAL", "BOTH", "PHYSICAL"}
    assert any(not product.brand.isascii() for product in listed)
    assert max(len(product.product_name) for product in listed) > 60
    assert products(seed) == found


@pytest.mark.parametrize("seed", [0, 1, 7, 2**40, -3])
def test_every_seed_gives_the_merchants_that_are_needed(seed: int) -> None:
    found = merchants(seed)
    names = Counter(merchant.name for merchant in found.values())
    assert len(found) == 25
    assert names["Riverbend Kitchen"] == 2
    assert sum(merchant.delays for merchant in found.values()) == 2
    assert merchants(seed) == found


@pytest.mark.parametrize("pattern", PATTERNS)
def test_codes_say_test_and_do_not_repeat(pattern: str) -> None:
    issued = [code(pattern) for _ in range(2000)]
    assert len(set(issued)) == len(issued)
    assert all("TEST" in text and len(text) == len(pattern) for text in issued)


def test_pins_keep_their_leading_zeros() -> None:
    issued = [pin(4) for _ in range(500)]
    assert all(len(text) == 4 and text.isdigit() for text in issued)
    assert any(text.startswith("0") for text in issued)


@pytest.mark.parametrize(
    "text", ["kim@mail.example", "k.i-m+x_1@sub.mail.example", "kim@exämple.example", "ü@mail.example"]
)
def test_addresses_that_could_be(text: str) -> None:
    assert plausible(text)


@pytest.mark.parametrize(
    "text", ["", "@", "kim", "kim@mail", "kim@mail.", "kim@.example", "kim@10.0.0.1", "k im@mail.example"]
)
def test_addresses_that_could_not(text: str) -> None:
    assert not plausible(text)


def test_whatever_goes_wrong_the_ledger_adds_up(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    """Three hundred buys under every fault there is: no cent and no code is lost or made up."""
    dice = random.Random(5)  # noqa: S311  (a test that can be repeated)
    known = sandbox.admin.faults()["known"]["faults"]
    # One sells codes again, one reads nothing, one swallows the next request, one revokes the key.
    fitting = sorted(name for name, about in known.items() if "cardpluspay.create" in about["calls"])
    fitting = [
        name
        for name in fitting
        if name not in {"repeated_code", "never_read", "idle_close", "wrong_credentials"}
    ]
    quick: dict[str, dict[str, Any]] = {
        "silence": {"seconds": 0},
        "slow": {"delay_ms": 1},
        "drip": {"pause_ms": 0},
    }
    cheap = [
        p["item_code"] for p in sandbox.admin.products() if p["stock"] > 500 and Decimal(p["price"]) < 12
    ]
    sandbox.admin.topup("9000.00")
    heard: list[str] = []
    asked = 0
    for _ in range(300):
        fault = dice.choice(fitting)
        if dice.random() < 0.6:
            sandbox.admin.fault(fault, "cardpluspay.create", **quick.get(fault, {}))
        wish = {"item_code": dice.choice(cheap), "quantity": dice.randint(1, 3)}
        asked += 1
        try:
            told: dict[str, Any] = cpp.post("/orders", json=wish).json().get("data") or {}
        except (httpx.HTTPError, ValueError):
            sandbox.admin.clear_faults()
            continue
        heard += [entry["code"] for entry in told.get("codes", [])]
    ledger = sandbox.admin.ledger()
    orders, movements = ledger["cardpluspay"]["orders"], ledger["cardpluspay"]["movements"]
    issued = sandbox.admin.codes()
    debited = sum((Decimal(order["amount"]) for order in orders), Decimal(0))
    moved = sum((Decimal(move["amount"]) for move in movements), Decimal(0))
    assert len(orders) > 200
    assert {order["by"] for order in orders} == {"key", "client", "portal"}
    assert Decimal("5000.00") + moved == Decimal(ledger["balance"]) == Decimal(movements[-1]["balance"])
    assert debited == -sum((Decimal(m["amount"]) for m in movements if m["what"] == "order"), Decimal(0))
    assert debited == Decimal(ledger["totals"]["cardpluspay"]["debited"])
    assert len(set(issued)) == len(issued) == ledger["totals"]["cardpluspay"]["codes"]
    assert len(set(heard)) == len(heard)
    assert set(heard) <= set(issued)
    assert ledger["requests"]["cardpluspay.create"] == asked
    assert ledger["totals"]["cardpluspay"]["replies_lost"] == sum(order["reply_lost"] for order in orders) > 0


def test_the_ledger_shows_what_really_happened(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    item = next(
        p["item_code"] for p in sandbox.admin.products() if p["brand"] == "Dalton" and p["value"] == "10.00"
    )
    bought = cpp.post("/orders", json={"item_code": item, "quantity": 2, "email": "a@mail.example"}).json()[
        "data"
    ]
    [order] = sandbox.admin.card_orders()
    assert order["order_id"] == bought["order_id"]
    assert order["order_no"] == bought["order_no"]
    assert (order["item_code"], order["quantity"], order["email"]) == (item, 2, "a@mail.example")
    assert (order["amount"], order["charged_amount"]) == ("19.00", "9.50")
    assert order["codes"] == [
        {"code": entry["code"], "pin": entry["metadata"][0]["Pin"]} for entry in bought["codes"]
    ]
    assert order["created"] > 0
    assert (order["reply"], order["reply_lost"]) == ("sent", False)


def test_requests_are_counted_by_call(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    cpp.get("/balance")
    cpp.get("/balance", headers={"X-API-Key": "wrong"})
    cpp.get("/orders")
    cpp.get("/nothing")
    assert sandbox.admin.ledger()["requests"] == {"cardpluspay.balance": 2, "cardpluspay.list": 1}


def test_a_reset_gives_back_money_stock_prices_and_silence(
    sandbox: SandboxProcess, cpp: httpx.Client
) -> None:
    before = sandbox.admin.products()
    item = before[1]["item_code"]
    sandbox.admin.fault("price_moved", "cardpluspay.create")
    first = cpp.post("/orders", json={"item_code": item}).json()["data"]
    sandbox.admin.fault("wrong_credentials", times=1)
    cpp.get("/balance")
    sandbox.admin.fault("silence")
    sandbox.admin.reset()
    assert sandbox.admin.products() == before
    assert sandbox.admin.faults()["pending"] == sandbox.admin.faults()["revoked"] == []
    assert cpp.get("/balance").json()["data"]["balance"] == "5000.00"
    assert cpp.get("/orders").json()["data"]["orders"] == []
    assert cpp.post("/orders", json={"item_code": item}).json()["data"]["order_id"] > first["order_id"]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        [],
        "100",
        {"amount": "much"},
        {"amount": "-5"},
        {"amount": 0},
        {"amount": "0.001"},
        {"amount": "NaN"},
        {"amount": "1e400000"},
        {"amount": None},
        {"amount": "5.00", "account": "mine"},
    ],
)
def test_a_top_up_that_makes_no_sense_is_422(sandbox: SandboxProcess, wish: object) -> None:
    with sandbox.client() as client:
        answer = client.post(sandbox.ready["admin"] + "/topup", json=wish)
        assert (answer.status_code, bool(answer.json()["error"])) == (422, True)
    assert sandbox.admin.ledger()["balance"] == "5000.00"


def test_a_top_up_counts_to_the_cent(sandbox: SandboxProcess) -> None:
    with sandbox.client() as client:
        for amount in ("0.10", 0.2, 100):
            answer = client.post(sandbox.ready["admin"] + "/topup", json={"amount": amount})
    assert answer.json()["balance"] == "5100.30"
    assert sandbox.admin.ledger()["totals"]["cardpluspay"]["topped_up"] == "100.30"


def test_nothing_secret_shows_when_an_object_is_printed() -> None:
    known = credentials.fresh()
    order = Ledger(1, products(1)).buy(next(iter(products(1))), 1, "kim@mail.example")
    gift = GiftCardOrder(1, None, 1000, "kim@mail.example", "Kim", "Enjoy", delayed=False, created=0)
    tokens = levelup_auth.read(f"token {known.user_token}")
    texts = [repr(thing) for thing in (known, order, order.codes, gift, tokens)]
    for secret in (*known.as_dict().values(), order.codes[0].code, "kim@", "Enjoy"):
        assert not any(secret in text for text in texts)


def test_the_admin_side_lists_its_paths(sandbox: SandboxProcess) -> None:
    with sandbox.client() as client:
        assert "POST /admin/faults" in client.get(sandbox.ready["admin"]).json()["paths"]
