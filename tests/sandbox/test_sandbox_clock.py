"""The clock that can be turned, and everything that follows it: dates, late codes, orders that come late."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox_process import SandboxProcess, eventually

Buy = Callable[[], httpx.Response]


@pytest.fixture
def buy(cpp: httpx.Client, acme: dict[str, Any]) -> Buy:
    return lambda: cpp.post("/orders", json={"item_code": acme["item_code"]})


def clock(sandbox: SandboxProcess, wish: object) -> httpx.Response:
    with sandbox.client() as client:
        return client.post(sandbox.ready["admin"] + "/clock", json=wish)


def dated(answer: httpx.Response) -> datetime:
    return parsedate_to_datetime(answer.headers["Date"])


def rows(cpp: httpx.Client) -> list[dict[str, Any]]:
    return cpp.get("/orders").json()["data"]["orders"]


def codes(answer: httpx.Response) -> list[str]:
    return [code["code"] for code in answer.json()["data"]["codes"]]


def balance(cpp: httpx.Client) -> str:
    return cpp.get("/balance").json()["data"]["balance"]


# --- turning it ----------------------------------------------------------------------------------


def test_it_shows_this_machines_time_until_it_is_turned(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    assert abs(sandbox.admin.now() - time.time()) < 60
    before = dated(cpp.get("/balance"))
    sandbox.admin.advance(3600)
    assert 3600 <= (dated(cpp.get("/balance")) - before).total_seconds() < 3660
    sandbox.admin.advance(-7200)
    assert -3600 <= (dated(cpp.get("/balance")) - before).total_seconds() < -3500


@pytest.mark.parametrize("moment", ["2026-05-11T09:30:00Z", "2026-05-11T11:30:00+02:00", 1778491800])
def test_it_can_be_set(sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, moment: object) -> None:
    assert clock(sandbox, {"set": moment}).json()["now"].startswith("2026-05-11T09:30:")
    there = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
    bought = buy()
    created = datetime.fromisoformat(bought.json()["data"]["created_at"])
    assert 0 <= (created - there).total_seconds() < 60
    assert 0 <= (dated(bought) - there).total_seconds() < 60
    assert bought.json()["data"]["order_no"].startswith("ORD-2026-")
    assert clock(sandbox, {"set": None}).json()["offset_seconds"] == 0
    assert abs(sandbox.admin.now() - time.time()) < 60


@pytest.mark.parametrize(
    "wish",
    [
        {},
        [],
        {"advance_seconds": "long"},
        {"advance_seconds": True},
        {"advance_seconds": 1e300},
        {"set": "soon"},
        {"set": "2026-05-11T09:30:00"},
        {"set": -1},
        {"set": 1e12},
        {"set": True},
        {"set": None, "advance_seconds": 1},
        {"faster": 2},
    ],
)
def test_a_clock_that_makes_no_sense_is_422(sandbox: SandboxProcess, wish: object) -> None:
    answer = clock(sandbox, wish)
    assert (answer.status_code, "advance_seconds" in answer.json()["error"]) == (422, True)
    assert abs(sandbox.admin.now() - time.time()) < 60


def test_a_reset_makes_it_right_again(sandbox: SandboxProcess) -> None:
    sandbox.admin.advance(100_000)
    sandbox.admin.reset()
    assert abs(sandbox.admin.now() - time.time()) < 60


def test_who_waits_is_spared_the_waiting(sandbox: SandboxProcess, cpp: httpx.Client) -> None:
    """Ten minutes of delay are over when the clock is turned by ten minutes."""
    sandbox.admin.fault("slow", "balance", delay_ms=600_000)
    found: list[int] = []
    waiting = threading.Thread(target=lambda: found.append(cpp.get("/balance").status_code))
    waiting.start()
    eventually(lambda: sandbox.admin.ledger()["requests"].get("cardpluspay.balance") == 1)
    sandbox.admin.advance(300)
    assert found == []
    sandbox.admin.advance(301)
    waiting.join(60)
    assert found == [200]


# --- orders that come late -----------------------------------------------------------------------


@pytest.mark.parametrize("late", [1, 20 * 60, 5 * 3600])
@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("lost_reply", {}),
        ("reset_after_read", {"commit": True}),
        ("error_status", {"status": 504, "body": "html", "commit": True}),
        ("garbage", {"commit": True}),
        ("empty_body", {}),
    ],
)
def test_an_order_is_carried_out_late(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, fault: str, more: dict[str, object], late: int
) -> None:
    began = sandbox.admin.now()
    sandbox.admin.fault(fault, "buy", commit_after=late + 60, **more)
    with contextlib.suppress(httpx.TransportError):
        assert b"order_id" not in buy().content
    sandbox.admin.advance(late)
    assert (rows(cpp), balance(cpp), sandbox.admin.card_orders()) == ([], "5000.00", [])
    [waiting] = sandbox.admin.waiting()
    assert (waiting["event"], waiting["outcome"], waiting["order_id"]) == ("call", "waiting", None)
    sandbox.admin.advance(61)
    [order] = sandbox.admin.card_orders()
    [row] = rows(cpp)
    assert (row["order_id"], balance(cpp)) == (order["order_id"], "4990.40")
    assert order["committed"] - order["received"] == pytest.approx(late + 60, abs=20)
    assert order["received"] == pytest.approx(began, abs=60)
    assert order["created"] == order["committed"] == waiting["due"]
    assert (order["reply"], order["reply_lost"], order["by"]) == (fault, True, "key")
    [waiting] = sandbox.admin.waiting()
    assert (waiting["outcome"], waiting["order_id"]) == ("done", order["order_id"])


def test_a_late_order_may_bear_the_date_it_was_received(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy
) -> None:
    sandbox.admin.fault("lost_reply", "buy", commit_after=3600, dated="received")
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    sandbox.admin.advance(3601)
    [order] = sandbox.admin.card_orders()
    assert order["created"] == order["received"] < order["committed"] - 3500
    told = cpp.get(f"/orders/{order['order_id']}").json()["data"]["created_at"]
    assert datetime.fromisoformat(told).timestamp() == int(order["received"])


def test_a_late_order_meets_the_account_as_it_is_then(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, acme: dict[str, Any]
) -> None:
    sandbox.admin.together("buy", {"fault": "lost_reply", "commit_after": 60}, {"fault": "stock_gone"})
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    sandbox.admin.advance(61)
    [waiting] = sandbox.admin.waiting()
    assert (waiting["outcome"], waiting["order_id"]) == ("answered 400", None)
    assert (rows(cpp), balance(cpp)) == ([], "5000.00")


def test_late_orders_happen_in_the_order_they_are_due(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy
) -> None:
    """Each at its own moment, however far the clock is turned at once."""
    for late in (300, 100, 200):
        sandbox.admin.fault("lost_reply", "buy", commit_after=late)
        with pytest.raises(httpx.RemoteProtocolError):
            buy()
    sandbox.admin.event("top_up", amount="50.00", in_seconds=250)
    sandbox.admin.advance(5 * 3600)
    moves = sandbox.admin.movements()
    assert [move["what"] for move in moves] == ["order", "order", "top_up", "order"]
    assert [move["balance"] for move in moves] == ["4990.40", "4980.80", "5030.80", "5021.20"]
    assert [round(after["at"] - moves[0]["at"]) for after in moves] == pytest.approx(
        [0, 100, 150, 200], abs=20
    )
    assert [row["order_id"] for row in rows(cpp)] == [
        move["order_id"] for move in moves[::-1] if move["order_id"]
    ]


def test_a_reset_forgets_what_was_still_to_come(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("lost_reply", "buy", commit_after=60)
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    sandbox.admin.event("top_up", in_seconds=60)
    sandbox.admin.reset()
    sandbox.admin.advance(3600)
    assert (sandbox.admin.waiting(), sandbox.admin.movements()) == ([], [])


def test_what_is_put_off_outlives_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with SandboxProcess(state=state) as before, before.client() as client:
        item = before.admin.products()[0]["item_code"]
        before.admin.fault("lost_reply", "buy", commit_after=5 * 3600)
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(
                before.ready["cardpluspay"] + "/orders",
                json={"item_code": item, "quantity": 2},
                headers={"X-API-Key": before.ready["api_key"]},
            )
        before.admin.event("foreign_order", item_code=item, in_seconds=6 * 3600)
        before.admin.advance(4 * 3600)
        turned = before.admin.now()
        assert before.admin.card_orders() == []
        before.kill()
    with SandboxProcess(state=state) as after:
        assert turned <= after.admin.now() < turned + 300
        after.admin.advance(3600)
        [order] = after.admin.card_orders()
        assert (order["quantity"], order["by"], order["reply"]) == (2, "key", "lost_reply")
        after.kill()
    with SandboxProcess(state=state) as again:
        assert [found["order_id"] for found in again.admin.card_orders()] == [order["order_id"]]
        again.admin.advance(3600)
        assert [found["by"] for found in again.admin.card_orders()] == ["key", "client"]
        assert [found["outcome"] for found in again.admin.waiting()] == ["done", "done"]
        assert len(again.admin.movements()) == 2


def test_the_admin_side_tells_no_key_of_a_call_that_waits(sandbox: SandboxProcess, buy: Buy) -> None:
    sandbox.admin.fault("lost_reply", "buy", commit_after=60)
    with pytest.raises(httpx.RemoteProtocolError):
        buy()
    assert sandbox.ready["api_key"] not in str(sandbox.admin.waiting())


# --- codes that come late ------------------------------------------------------------------------


def test_codes_come_one_by_one_with_time(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    sandbox.admin.fault("late_codes", "buy", seconds=600, each=1)
    bought = cpp.post("/orders", json={"item_code": acme["item_code"], "quantity": 3})
    assert codes(bought) == []
    path = f"/orders/{bought.json()['data']['order_id']}"
    seen = [codes(cpp.get(path))]
    for _ in range(4):
        sandbox.admin.advance(600)
        seen.append(codes(cpp.get(path)))
    assert [len(found) for found in seen] == [0, 1, 2, 3, 3]
    assert seen[-1] == sandbox.admin.codes()


def test_codes_come_by_twos_with_looks(
    sandbox: SandboxProcess, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    sandbox.admin.fault("late_codes", "buy", polls=1, each=2, first=1)
    bought = cpp.post("/orders", json={"item_code": acme["item_code"], "quantity": 4})
    path = f"/orders/{bought.json()['data']['order_id']}"
    assert [len(codes(found)) for found in (bought, *(cpp.get(path) for _ in range(4)))] == [1, 1, 3, 4, 4]


@pytest.mark.parametrize(("listed", "told"), [("empty", []), ("null", None), ("missing", "gone")])
def test_codes_that_never_come(
    sandbox: SandboxProcess, cpp: httpx.Client, buy: Buy, listed: str, told: object
) -> None:
    sandbox.admin.fault("late_codes", "buy", never=True, listed=listed, status="pending")
    bought = buy().json()["data"]
    path = f"/orders/{bought['order_id']}"
    sandbox.admin.advance(20 * 24 * 3600)
    looks = [cpp.get(path).json()["data"] for _ in range(5)]
    assert [look.get("codes", "gone") for look in (bought, *looks)] == [told] * 6
    assert [look["status"] for look in looks] == ["pending"] * 5
    assert len(sandbox.admin.codes()) == 1
