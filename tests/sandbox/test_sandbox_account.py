"""One account and several hands in it: others who buy, money in and back, and witnesses that lag or hide."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.sandbox_process import SandboxProcess

Buy = Callable[..., dict[str, Any]]


@pytest.fixture
def buy(cpp: httpx.Client, acme: dict[str, Any]) -> Buy:
    def post(quantity: int = 1) -> dict[str, Any]:
        answer = cpp.post("/orders", json={"item_code": acme["item_code"], "quantity": quantity})
        assert answer.status_code == 200
        return answer.json()["data"]

    return post


def rows(cpp: httpx.Client, **query: object) -> list[dict[str, Any]]:
    return cpp.get("/orders", params={name: str(value) for name, value in query.items()}).json()["data"][
        "orders"
    ]


def total(cpp: httpx.Client) -> int:
    return cpp.get("/orders").json()["data"]["pagination"]["total"]


def balance(cpp: httpx.Client) -> str:
    return cpp.get("/balance").json()["data"]["balance"]


def moves(sandbox: SandboxProcess) -> list[tuple[str, str, str]]:
    return [(move["what"], move["by"], move["amount"]) for move in sandbox.admin.movements()]


# --- others buy ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("event", "by"), [("foreign_order", "client"), ("portal_order", "portal")])
def test_another_buys_right_inside_the_window_of_a_purchase(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, event: str, by: str
) -> None:
    """The same card at the same price, and our own order lost: the list alone can not tell which is ours."""
    sandbox.admin.together("buy", {"fault": event, "when": "after"}, {"fault": "lost_reply", "commit": False})
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    [row] = rows(cpp)
    assert set(row) == {"order_id", "order_no", "status", "amount"}
    assert (row["amount"], balance(cpp)) == (9.6, "4990.40")
    [order] = sandbox.admin.card_orders()
    assert (order["by"], order["reply"], order["reply_lost"]) == (by, "elsewhere", False)
    assert moves(sandbox) == [("order", by, "-9.60")]
    assert sandbox.admin.ledger()["totals"]["cardpluspay"]["replies_lost"] == 0


@pytest.mark.parametrize(("when", "by"), [("before", ["client", "key"]), ("after", ["key", "client"])])
def test_another_buys_before_or_after_us(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, when: str, by: list[str]
) -> None:
    sandbox.admin.fault("foreign_order", "buy", when=when, quantity=2)
    bought = buy()
    orders = sandbox.admin.card_orders()
    assert [order["by"] for order in orders] == by
    assert bought["order_id"] == next(order["order_id"] for order in orders if order["by"] == "key")
    assert (balance(cpp), total(cpp)) == ("4971.20", 2)


def test_another_buys_between_two_looks_of_a_fence(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    """Balance, list, balance: the two balances differ, and the row is there."""
    sandbox.admin.fault("foreign_order", "list", item_code=acme["item_code"])
    seen = (balance(cpp), len(rows(cpp)), balance(cpp))
    assert seen == ("5000.00", 1, "4990.40")


def test_another_buys_for_a_while(sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]) -> None:
    more = {"item_code": acme["item_code"], "times": 10, "every_seconds": 0.5, "in_seconds": 100}
    planned = sandbox.admin.event("foreign_order", **more)
    assert [entry["outcome"] for entry in planned] == ["waiting"] * 10
    assert total(cpp) == 0
    sandbox.admin.advance(102.1)
    assert 5 <= total(cpp) <= 9
    sandbox.admin.advance(60)
    assert (total(cpp), balance(cpp)) == (10, "4904.00")
    times = [move["at"] for move in sandbox.admin.movements()]
    assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx([0.5] * 9)


def test_more_orders_than_any_page_holds(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    """A hundred and twenty newer orders, and a server that ignores the page: ours is nowhere to be seen."""
    ours = buy()["order_id"]
    sandbox.admin.event("foreign_order", times=120)
    sandbox.admin.fault("page_ignored", "list", share=1)
    seen = [row["order_id"] for page in (1, 2) for row in rows(cpp, per_page=100, page=page)]
    assert (len(seen), len(set(seen)), total(cpp)) == (200, 100, 121)
    assert ours not in seen
    sandbox.admin.clear_faults()
    assert ours in [row["order_id"] for row in rows(cpp, per_page=100, page=2)]


def test_who_can_not_buy_does_not(sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]) -> None:
    sandbox.admin.event("foreign_order", item_code=acme["item_code"], quantity=100, times=6)
    sandbox.admin.event("foreign_order", item_code="NOBODY-1USD-none")
    outcomes = [entry["outcome"] for entry in sandbox.admin.waiting()]
    assert outcomes == ["done"] * 5 + ["insufficient_balance", "invalid_item"]
    assert balance(cpp) == "200.00"


def test_without_an_item_the_same_seed_buys_the_same(sandbox: SandboxProcess) -> None:
    def item() -> str:
        sandbox.admin.reset()
        sandbox.admin.event("foreign_order")
        return sandbox.admin.card_orders()[0]["item_code"]

    assert item() == item()


# --- money in and back ---------------------------------------------------------------------------


def test_a_top_up_inside_the_window(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    """Exactly what the card cost: the balance looks as if nothing had been bought."""
    sandbox.admin.together(
        "buy", {"fault": "lost_reply"}, {"fault": "top_up", "amount": "9.60", "when": "after"}
    )
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    assert (balance(cpp), len(rows(cpp))) == ("5000.00", 1)
    assert moves(sandbox) == [("order", "key", "-9.60"), ("top_up", "provider", "9.60")]


def test_a_refund_inside_the_window(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    first = buy()
    sandbox.admin.fault("refund", "buy", when="before", order_id=first["order_id"])
    second = buy()
    assert balance(cpp) == "4990.40"
    assert {row["order_id"]: row["status"] for row in rows(cpp)} == {
        first["order_id"]: "refunded",
        second["order_id"]: "completed",
    }
    refunded = next(o for o in sandbox.admin.card_orders() if o["order_id"] == first["order_id"])
    assert (refunded["refunded"], refunded["amount"]) == ("9.60", "9.60")
    assert moves(sandbox)[1] == ("refund", "provider", "9.60")


def test_part_of_the_money_back_leaves_the_row_as_it_was(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy
) -> None:
    buy()
    sandbox.admin.event("refund", amount="1.60", status=None, in_seconds=600)
    assert balance(cpp) == "4990.40"
    sandbox.admin.advance(601)
    assert (balance(cpp), rows(cpp)[0]["status"], rows(cpp)[0]["amount"]) == ("4992.00", "completed", 9.6)


def test_nothing_is_refunded_for_no_order(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    sandbox.admin.event("refund")
    sandbox.admin.event("refund", order_id=999)
    assert [entry["outcome"] for entry in sandbox.admin.waiting()] == ["no such order"] * 2
    assert (balance(cpp), moves(sandbox)) == ("5000.00", [])


@pytest.mark.parametrize(
    "wish",
    [
        {"event": "earthquake"},
        {},
        {"event": ["top_up"]},
        {"event": "top_up", "amount": "0.001"},
        {"event": "top_up", "amount": "NaN"},
        {"event": "top_up", "amount": True},
        {"event": "top_up", "in_seconds": -1},
        {"event": "foreign_order", "quantity": 101},
        {"event": "foreign_order", "times": 1001},
        {"event": "foreign_order", "colour": "red"},
        {"event": "lost_reply"},
    ],
)
def test_an_event_nobody_knows_is_422(sandbox: SandboxProcess, wish: dict[str, object]) -> None:
    with sandbox.client() as client:
        answer = client.post(sandbox.ready["admin"] + "/events", json=wish)
    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)
    assert answer.json()["known"] == ["foreign_order", "portal_order", "refund", "top_up"]
    assert (sandbox.admin.waiting(), moves(sandbox)) == ([], [])


# --- witnesses that lag, hide or name another currency -------------------------------------------


def test_a_list_behind_the_balance(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    sandbox.admin.fault("behind", "list", seconds=600, share=1)
    order = buy()["order_id"]
    assert (rows(cpp), total(cpp), balance(cpp)) == ([], 0, "4990.40")
    sandbox.admin.advance(300)
    assert rows(cpp) == []
    sandbox.admin.advance(301)
    assert [row["order_id"] for row in rows(cpp)] == [order]


def test_a_balance_behind_the_list(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    sandbox.admin.fault("behind", "balance", seconds=120, share=1)
    buy()
    sandbox.admin.advance(60)
    buy()
    assert (total(cpp), balance(cpp)) == (2, "5000.00")
    sandbox.admin.advance(61)
    assert balance(cpp) == "4990.40"
    sandbox.admin.advance(60)
    assert balance(cpp) == "4980.80"
    assert sandbox.admin.ledger()["balance"] == "4980.80"


def test_an_order_that_can_not_be_asked_for_yet(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy) -> None:
    sandbox.admin.fault("behind", "get", seconds=30, share=1)
    path = f"/orders/{buy()['order_id']}"
    assert cpp.get(path).status_code == 404
    sandbox.admin.advance(31)
    assert len(cpp.get(path).json()["data"]["codes"]) == 1


@pytest.mark.parametrize(("counted", "known"), [(False, 1), (True, 2)])
def test_a_list_hides_what_is_pending(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, known: int, *, counted: bool
) -> None:
    done = buy()["order_id"]
    sandbox.admin.fault("late_codes", "buy", seconds=600, status="pending")
    pending = buy()["order_id"]
    sandbox.admin.fault("hides_pending", "list", share=1, total=counted)
    assert [row["order_id"] for row in rows(cpp)] == [done]
    assert (total(cpp), balance(cpp)) == (known, "4980.80")
    assert cpp.get(f"/orders/{pending}").json()["data"]["status"] == "pending"
    sandbox.admin.advance(601)
    assert [row["order_id"] for row in rows(cpp)] == [pending, done]


@pytest.mark.parametrize(
    ("currency", "told"), [("EUR", {"currency": "EUR"}), ("usd", {"currency": "usd"}), (None, {})]
)
def test_a_balance_in_another_currency(
    sandbox: SandboxProcess, cpp: httpx.Client, currency: str | None, told: dict[str, str]
) -> None:
    sandbox.admin.fault("currency", "balance", currency=currency)
    assert cpp.get("/balance").json()["data"] == {"balance": "5000.00", **told, "state": "success"}
    assert cpp.get("/balance").json()["data"]["currency"] == "USD"


# --- orders that are not what was asked for ------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "codes", "amount"),
    [
        ({}, 2, "19.20"),
        ({"codes": 1}, 1, "9.60"),
        ({"codes": 0}, 0, "0.00"),
        ({"codes": 1, "charges": 3}, 1, "28.80"),
    ],
)
def test_a_part_of_what_was_asked_for(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, options: dict[str, int], codes: int, amount: str
) -> None:
    sandbox.admin.fault("partial_fill", "buy", **options)
    bought = buy(quantity=3)
    assert (len(bought["codes"]), bought["amount"], bought["status"]) == (codes, amount, "completed")
    [order] = sandbox.admin.card_orders()
    assert (order["quantity"], order["amount"], len(order["codes"])) == (3, amount, codes)
    assert Decimal(balance(cpp)) == Decimal("5000.00") - Decimal(amount)


@pytest.mark.parametrize(("answer", "lost"), [("first", [False, True]), ("second", [True, False])])
def test_one_request_becomes_two_orders(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, answer: str, lost: list[bool]
) -> None:
    sandbox.admin.fault("bought_twice", "buy", answer=answer)
    bought = buy()
    orders = sandbox.admin.card_orders()
    assert [order["reply_lost"] for order in orders] == lost
    assert {order["reply"] for order in orders} == {"sent", "bought_twice"}
    assert bought["order_id"] == orders[lost.index(False)]["order_id"]
    assert len(set(sandbox.admin.codes())) == 2
    assert (balance(cpp), total(cpp)) == ("4980.80", 2)


def test_a_code_is_sold_again(sandbox: SandboxProcess, buy: Buy) -> None:
    first = buy(quantity=2)
    sandbox.admin.fault("repeated_code", "buy")
    second = buy()
    assert second["codes"][0]["code"] == first["codes"][1]["code"]
    assert second["order_id"] != first["order_id"]
    assert len(sandbox.admin.codes()) == 3


def test_the_first_order_has_no_code_to_repeat(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("repeated_code", "buy")
    assert len(buy(quantity=2)["codes"]) == 2
    assert len(set(sandbox.admin.codes())) == 2


@pytest.mark.parametrize("how", ["lower", "random", "huge"])
def test_order_ids_do_not_count_upwards(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, how: str
) -> None:
    first = buy()["order_id"]
    sandbox.admin.fault("odd_order_id", "buy", how=how, times=2)
    second, third = buy()["order_id"], buy()["order_id"]
    fourth = buy()["order_id"]
    assert len({first, second, third, fourth}) == 4
    assert fourth > first
    if how == "lower":
        assert third < second < first
    else:
        assert min(second, third) > (2**53 if how == "huge" else 10**6)
    assert cpp.get(f"/orders/{second}").json()["data"]["order_id"] == second
    assert {row["order_id"] for row in rows(cpp)} == {first, second, third, fourth}
    assert sandbox.admin.ledger()["totals"]["cardpluspay"]["orders"] == 4


def test_the_price_moves_while_the_answer_is_lost(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy
) -> None:
    sandbox.admin.together("buy", {"fault": "price_moved", "percent": 10}, {"fault": "lost_reply"})
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    assert (rows(cpp)[0]["amount"], balance(cpp)) == (10.56, "4989.44")
    assert sandbox.admin.card_orders()[0]["charged_amount"] == "10.56"
