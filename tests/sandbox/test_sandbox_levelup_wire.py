"""LevelUp's calls over wires that fail: connections, broken HTTP, odd bodies, and answers that take too long.

Time is the sandbox's own: tests turn its clock, so nobody waits.
"""

import gzip
import json
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.sandbox import raw
from tests.sandbox.levelup_till import LevelUpTill, added
from tests.sandbox.test_sandbox_levelup_answers import CALLS
from tests.sandbox_process import SandboxProcess

KEY = "e2b7d6a0-3c55-4d09-8f0a-6f1d2c3b4a59"
MOVING = ["levelup.create", "levelup.add", "levelup.remove"]
_PATIENCE = 60.0


@pytest.fixture
def till(sandbox: SandboxProcess, levelup: httpx.Client) -> LevelUpTill:
    return LevelUpTill(sandbox, levelup)


def done(till: LevelUpTill, call: str) -> list[dict[str, Any]]:
    """What the ledger has of a call that moves money."""
    ledger = till.ledger()
    where = {"levelup.create": "orders", "levelup.add": "additions", "levelup.remove": "removals"}
    return ledger[where[call]] if call in where else []


def turn(till: LevelUpTill, seconds: int) -> None:
    """Lets so much time go by at the sandbox."""
    address = till.sandbox.ready["admin"] + "/clock"
    till.http.post(address, json={"advance_seconds": seconds}).raise_for_status()


def until(happened: Callable[[], bool]) -> bool:
    """Asks again and again, but not for ever."""
    end = time.monotonic() + _PATIENCE
    while not (met := happened()) and time.monotonic() < end:
        pass
    return met


# --- nobody gets a readable answer -----------------------------------------------------------------

UNREADABLE: list[tuple[str, dict[str, Any]]] = [
    ("cut_head", {}),
    ("cut_head", {"reset": True}),
    ("truncated", {"framing": "chunked"}),
    ("truncated", {"keep_percent": 0, "reset": True}),
    ("wrong_length", {"by": 10}),
    ("garbage", {"what": "binary"}),
    ("garbage", {"what": "tls"}),
    ("garbage", {"what": "bad_status"}),
    ("garbage", {"what": "mail"}),
    ("garbage", {"what": "page"}),
    ("interim_only", {}),
    ("never_read", {"seconds": 0}),
]


@pytest.mark.parametrize("call", CALLS)
def test_no_call_is_safe_from_a_broken_wire(till: LevelUpTill, call: str) -> None:
    for fault, more in UNREADABLE:
        till.sandbox.admin.fault(fault, call, **more)
        with pytest.raises(httpx.TransportError):
            CALLS[call](till)
    assert till.sandbox.admin.faults()["pending"] == []
    assert till.sandbox.admin.ledger()["requests"][call] == len(UNREADABLE)


@pytest.mark.parametrize("call", ["levelup.create", "levelup.add"])
@pytest.mark.parametrize(("fault", "more"), UNREADABLE)
def test_what_a_broken_wire_hides(till: LevelUpTill, call: str, fault: str, more: dict[str, Any]) -> None:
    till.sandbox.admin.fault(fault, call, **more)
    with pytest.raises(httpx.TransportError):
        CALLS[call](till)
    happened = done(till, call)
    assert all((each["reply"], each["reply_lost"]) == (fault, True) for each in happened)
    assert len(happened) == (0 if fault in {"never_read", "garbage"} else 1)


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("truncated", {"framing": "close"}),
        ("wrong_length", {"by": -10}),
        ("broken_body", {"how": "cut_json"}),
        ("broken_body", {"how": "twice"}),
        ("empty_body", {}),
        ("html_200", {"commit": True}),
    ],
)
@pytest.mark.parametrize("call", ["levelup.create", "levelup.add"])
def test_a_whole_answer_that_says_nothing(
    till: LevelUpTill, call: str, fault: str, more: dict[str, Any]
) -> None:
    till.sandbox.admin.fault(fault, call, **more)
    answer = CALLS[call](till)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert [each["reply_lost"] for each in done(till, call)] == [True]


@pytest.mark.parametrize("call", ["levelup.create", "levelup.add"])
def test_a_redirect_is_not_followed_into_a_second_purchase(till: LevelUpTill, call: str) -> None:
    till.sandbox.admin.fault("redirect", call, commit=True)
    answer = CALLS[call](till)
    assert (answer.status_code, "Server" in answer.headers) == (307, False)
    assert len(done(till, call)) == 1


# --- the right answer, in an odd way ---------------------------------------------------------------


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("drip", {"pause_ms": 0}),
        ("interim", {"status": 103, "count": 3}),
        ("idle_close", {"when": "at_once"}),
        ("odd_date", {"how": "missing"}),
        ("odd_date", {"how": "garbage"}),
    ],
)
def test_the_right_answer_in_an_odd_way(
    till: LevelUpTill, call: str, fault: str, more: dict[str, Any]
) -> None:
    till.sandbox.admin.fault(fault, call, **more)
    answer = CALLS[call](till)
    assert answer.headers.get_list("Server") == ["LevelUp"]
    assert answer.json()
    assert not any(each["reply_lost"] for each in done(till, call))


SPELLINGS: list[tuple[str, Callable[[bytes], str]]] = [
    ("bom", lambda body: body.decode("utf-8-sig")),
    ("utf16", lambda body: body.decode("utf-16")),
    ("gzip", lambda body: gzip.decompress(body).decode()),
    ("text_type", lambda body: body.decode()),
]


@pytest.mark.parametrize(("how", "reads"), SPELLINGS)
def test_an_odd_spelling_of_the_right_answer(
    till: LevelUpTill, how: str, reads: Callable[[bytes], str]
) -> None:
    till.sandbox.admin.fault("odd_body", "levelup.add", how=how)
    said = {"gift_card_value_addition": {"payment_token_data": till.card, "value_amount": 2500}}
    headers = {**till.token, "Accept": "application/json", "Connection": "close"}
    path = "/levelup" + till.addition_path()
    seen = raw.exchange(till.sandbox.address, raw.request("POST", path, headers, said))
    told = json.loads(reads(seen.body))["gift_card_value_addition"]
    [addition] = done(till, "levelup.add")
    assert (told["added_value_amount"], told["uuid"]) == (2500, addition["uuid"])


# --- time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["levelup.create", "levelup.add"])
@pytest.mark.parametrize("commit_first", [False, True])
def test_an_answer_later_than_any_published_client_waits(
    till: LevelUpTill, call: str, *, commit_first: bool
) -> None:
    # 20 s is what the published clients wait at most.
    till.sandbox.admin.fault("slow", call, delay_ms=25_000, commit_first=commit_first)
    with ThreadPoolExecutor(1) as pool:
        answer: Future[httpx.Response] = pool.submit(CALLS[call], till)
        assert until(lambda: till.sandbox.admin.ledger()["requests"].get(call) == 1)
        if commit_first:
            assert until(lambda: len(done(till, call)) == 1)
        else:
            assert done(till, call) == []
        assert not answer.done()
        assert until(lambda: turn(till, 30) is None and answer.done())
        assert answer.result().status_code == 200
    assert [each["reply_lost"] for each in done(till, call)] == [False]


@pytest.mark.parametrize("call", ["levelup.create", "levelup.add"])
def test_a_client_that_gave_up_is_served_all_the_same(till: LevelUpTill, call: str) -> None:
    till.sandbox.admin.fault("slow", call, delay_ms=25_000)
    till.give_up(call, lambda: till.sandbox.admin.ledger()["requests"].get(call) == 1)
    assert done(till, call) == []
    turn(till, 30)
    assert until(lambda: len(done(till, call)) == 1)
    assert [(each["reply"], each["reply_lost"]) for each in done(till, call)] == [("client_gone", True)]


def test_value_that_is_added_late_is_added_once_with_an_identifier(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("lost_reply", "levelup.add", commit_after=60)
    with pytest.raises(httpx.TransportError):
        till.add(external_identifier=KEY)
    assert till.movements() == ([], [])
    assert added(till.add(external_identifier=KEY))["new_value_at_merchant_amount"] == 2500
    turn(till, 61)
    assert till.movements() == ([2500], [])
    assert [addition["asked"] for addition in done(till, "levelup.add")] == [2]
    assert till.worth() == 2500


def test_value_that_is_added_late_is_added_twice_without(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("lost_reply", "levelup.add", commit_after=60)
    with pytest.raises(httpx.TransportError):
        till.add()
    assert added(till.add())["new_value_at_merchant_amount"] == 2500
    turn(till, 61)
    assert [each["reply_lost"] for each in done(till, "levelup.add")] == [False, True]
    assert till.worth() == 5000


def test_a_gift_card_that_is_bought_late_and_again_is_bought_twice(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("silence", "levelup.create", seconds=0, commit_after=60)
    with pytest.raises(httpx.TransportError):
        till.create()
    assert done(till, "levelup.create") == []
    assert till.create().status_code == 200
    turn(till, 61)
    orders = done(till, "levelup.create")
    assert [(order["reply"], order["reply_lost"]) for order in orders] == [("sent", False), ("silence", True)]


@pytest.mark.parametrize("call", MOVING)
def test_two_things_can_go_wrong_with_one_call(till: LevelUpTill, call: str) -> None:
    added(till.add())
    before = len(done(till, call))
    wishes = [{"fault": "odd_date", "how": "missing"}, {"fault": "truncated", "framing": "close"}]
    order = till.http.post(till.sandbox.ready["admin"] + "/faults", json={"call": call, "faults": wishes})
    assert order.status_code == 201, order.text
    answer = CALLS[call](till)
    assert "Date" not in answer.headers
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert [each["reply"] for each in done(till, call)[before:]] == ["truncated"]
