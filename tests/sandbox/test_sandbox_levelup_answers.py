"""Every status and every sort of body, with LevelUp's name on it or without, and connections that fail.

What is not LevelUp's own word is told from it by the header `Server`. Nothing here may sell or load anything
unless the test says so.
"""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox import raw
from tests.sandbox.levelup_till import LevelUpTill, added, bare
from tests.sandbox_process import SandboxProcess

KEY = "5a1f7c62-9d34-4f0b-8b1e-1d2c3b4a5968"
CALLS: dict[str, Callable[[LevelUpTill], httpx.Response]] = {
    "levelup.create": lambda till: till.create(),
    "levelup.add": lambda till: till.add(),
    "levelup.remove": lambda till: till.remove(value_amount=1000),
    "levelup.value": lambda till: till.value(),
    "levelup.validate": lambda till: till.validate(),
    "levelup.locations": lambda till: till.get("/v15/managed_locations"),
    "levelup.merchant_locations": lambda till: till.get(f"/v15/merchants/{till.merchant}/locations"),
    "levelup.app_locations": lambda till: till.get("/v15/apps/20/locations"),
    "levelup.all_locations": lambda till: till.get("/v14/locations"),
    "levelup.location": lambda till: till.get(f"/v15/locations/{till.location}"),
    "levelup.orders": lambda till: till.http.get("/v15/users/orders", headers=till.payer),
    "levelup.tokens": lambda till: till.http.post("/v15/access_tokens", json={}),
}
"""Every call of LevelUp's, as a till would make it; the login here is a wrong one."""


@pytest.fixture
def till(sandbox: SandboxProcess, levelup: httpx.Client) -> LevelUpTill:
    return LevelUpTill(sandbox, levelup)


def nothing_happened(till: LevelUpTill) -> bool:
    return till.sandbox.admin.gift_orders() == [] and till.movements() == ([], [])


def test_the_calls_above_are_all_there_are(till: LevelUpTill) -> None:
    known = till.sandbox.admin.faults()["known"]["calls"]
    assert {call for call in known if call.startswith("levelup.")} == set(CALLS)
    for ask in CALLS.values():
        ask(till)
    assert till.sandbox.admin.ledger()["requests"] == dict.fromkeys(CALLS, 1)
    assert till.movements() == ([2500], [1000])
    assert len(till.sandbox.admin.gift_orders()) == 1


# --- statuses and bodies ---------------------------------------------------------------------------

BODIES: list[tuple[str, Callable[[httpx.Response], bool]]] = [
    ("array", lambda answer: isinstance(answer.json()[0]["error"]["message"], str)),
    ("object", lambda answer: set(answer.json()) == {"error", "error_description"}),
    ("empty_array", lambda answer: answer.json() == []),
    ("html", lambda answer: answer.text.startswith("<!DOCTYPE html>")),
    ("cut", lambda answer: answer.text.startswith('[{"error":') and not answer.text.endswith("]")),
    ("empty", lambda answer: answer.content == b""),
]
NAMES: dict[str, list[str]] = {"levelup": ["LevelUp"], "absent": [], "other": ["gateway"]}


@pytest.mark.parametrize("named", NAMES)
@pytest.mark.parametrize(("body", "fits"), BODIES)
@pytest.mark.parametrize("call", ["levelup.create", "levelup.add"])
def test_any_body_with_any_name(
    till: LevelUpTill, call: str, body: str, fits: Callable[[httpx.Response], bool], named: str
) -> None:
    for status in (200, 400, 401, 404, 422, 500, 501, 502, 503):
        till.sandbox.admin.fault("other_answer", call, status=status, body=body, server=named)
        answer = CALLS[call](till)
        assert answer.status_code == status
        assert fits(answer)
        assert answer.headers.get_list("Server") == NAMES[named]
    assert nothing_happened(till)
    assert CALLS[call](till).status_code == 200
    assert not nothing_happened(till)


@pytest.mark.parametrize("call", CALLS)
def test_every_documented_status_of_every_call(till: LevelUpTill, call: str) -> None:
    for status in (202, 204, 304, 400, 401, 403, 404, 406, 422, 429, 500, 501, 503, 504):
        till.sandbox.admin.fault("other_answer", call, status=status)
        assert bare(CALLS[call](till)) == status
    assert nothing_happened(till)


@pytest.mark.parametrize("call", CALLS)
def test_maintenance_and_too_old_a_client(till: LevelUpTill, call: str) -> None:
    for status in (501, 503):
        till.sandbox.admin.fault("error_status", call, status=status)
        answer = CALLS[call](till)
        assert answer.status_code == status
        assert answer.headers.get_list("Server") == ["LevelUp"]
        assert answer.json()[0]["error"]["message"]
    assert nothing_happened(till)


@pytest.mark.parametrize("call", CALLS)
def test_the_right_answer_without_levelups_name(till: LevelUpTill, call: str) -> None:
    named = CALLS[call](till)
    till.sandbox.admin.reset()
    till.sandbox.admin.fault("no_server_header", call)
    nameless = CALLS[call](till)
    assert named.headers.get_list("Server") == ["LevelUp"]
    assert "Server" not in nameless.headers
    assert nameless.status_code == named.status_code
    orders, additions = till.sandbox.admin.gift_orders(), till.ledger()["additions"]
    assert len(orders) == (call == "levelup.create")
    assert len(additions) == (call == "levelup.add")
    assert not any(each["reply_lost"] for each in (*orders, *additions))


def test_a_wrong_token_without_levelups_name(till: LevelUpTill) -> None:
    till.token = till.payer = {"Authorization": "token 1-wrong"}
    till.sandbox.admin.fault("no_server_header", times=2)
    for answer in (till.create(), till.add()):
        assert (answer.status_code, answer.content) == (401, b"")
        assert "Server" not in answer.headers
    assert nothing_happened(till)


# --- what the payer is told ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    ["debit_card_only", "delinquent_bundle", "excessive_chargebacks", "no_credit_card", "payment_ineligible"],
)
def test_an_account_that_can_not_be_charged_says_why(till: LevelUpTill, code: str) -> None:
    till.sandbox.admin.fault("unprocessable", "levelup.create", reason=code)
    answer = till.create()
    [entry] = answer.json()
    assert answer.status_code == 422
    assert entry == {
        "error": {
            "message": "Sorry. We cannot charge the credit card at this time.",
            "object": "gift_card_value_order",
            "property": "base",
            "code": code,
        }
    }
    assert nothing_happened(till)


@pytest.mark.parametrize(
    ("call", "reason", "message"),
    [
        ("levelup.add", "minimum", "The minimum amount you can load at once is $10.00."),
        ("levelup.add", "positive", "You must load a positive amount."),
        ("levelup.remove", "positive", "You must remove a positive value."),
        ("levelup.remove", "balance", "This giftcard has a balance of $0.00. Please retry with that amount."),
    ],
)
def test_no_is_said_in_the_words_of_the_call(till: LevelUpTill, call: str, reason: str, message: str) -> None:
    till.sandbox.admin.fault("unprocessable", call, reason=reason)
    answer = CALLS[call](till)
    about = {"object": "gift_cards/value_adder", "property": "base"}
    assert (answer.status_code, answer.json()) == (422, [{"error": {"message": message, **about}}])
    assert nothing_happened(till)


def test_an_answer_without_the_word_about_delay(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("no_delay_flag", "levelup.create", times=2)
    delaying = next(each["id"] for each in till.sandbox.admin.merchants() if each["delays_gift_cards"])
    for merchant in (None, delaying):
        told = till.create(merchant_id=merchant).json()
        assert told == {"gift_card_value_order": {"added_value_amount": 2500}}
    assert [order["delayed"] for order in till.sandbox.admin.gift_orders()] == [False, True]


def test_the_same_order_again_is_another_card(till: LevelUpTill) -> None:
    before = till.ledger()["credit_amount"]
    answers = [till.create(external_identifier=KEY) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert [order["number"] for order in till.sandbox.admin.gift_orders()] == [1, 2]
    assert till.ledger()["credit_amount"] == before - 5000


# --- tokens that are revoked while the shop is open ------------------------------------------------


def test_a_token_is_revoked_between_two_calls(till: LevelUpTill) -> None:
    added(till.add())
    assert till.create().status_code == 200
    till.sandbox.admin.fault("wrong_credentials", "levelup.value")
    assert bare(till.value()) == 401
    with_token = set(CALLS) - {
        "levelup.merchant_locations",
        "levelup.app_locations",
        "levelup.all_locations",
        "levelup.location",
        "levelup.tokens",
    }
    for call in sorted(with_token):
        answer = CALLS[call](till)
        assert bare(answer) == 401
        assert answer.headers["WWW-Authenticate"] == 'OAuth2 realm="levelup", error="invalid_token"'
    assert till.http.get("/v15/apps/20/locations").status_code == 200
    assert till.movements() == ([2500], [])
    assert len(till.sandbox.admin.gift_orders()) == 1
    till.sandbox.admin.clear_faults()
    assert till.worth() == 2500


def login(till: LevelUpTill, who: str) -> str:
    """A token, for the right name and password."""
    known = till.sandbox.ready
    said = {
        "api_key": known["levelup_api_key"],
        "username": known[f"{who}_username"],
        "password": known[f"{who}_password"],
    }
    answer = till.http.post("/v15/access_tokens", json={"access_token": said})
    assert answer.status_code == 200
    return answer.json()["access_token"]["token"]


def test_an_addition_is_repeated_after_a_new_login(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("token_revoked", "levelup.add")
    for _ in range(2):
        assert bare(till.add(external_identifier=KEY)) == 401
    assert nothing_happened(till)
    assert till.create().status_code == 200
    new = login(till, "merchant")
    assert new != till.sandbox.ready["merchant_token"]
    assert login(till, "merchant") == new
    for spelling in ("token {}", 'token merchant="{}"'):
        till.token = {"Authorization": spelling.format(new)}
        assert added(till.add(external_identifier=KEY))["old_value_at_merchant_amount"] == 0
    assert till.movements() == ([2500], [])


def test_a_card_is_bought_after_the_payer_has_logged_in_again(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("token_revoked", "levelup.create", whose="user")
    for _ in range(2):
        assert bare(till.create()) == 401
    assert till.sandbox.admin.gift_orders() == []
    assert till.get("/v15/managed_locations").status_code == 200
    till.payer = {"Authorization": f'token user="{login(till, "user")}"'}
    assert till.create().status_code == 200
    assert len(till.sandbox.admin.gift_orders()) == 1


def test_a_token_can_be_revoked_again_and_given_back(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("token_revoked", "levelup.value", times=2)
    assert bare(till.value()) == 401
    first = login(till, "merchant")
    till.token = {"Authorization": f"token {first}"}
    assert bare(till.value()) == 401
    assert login(till, "merchant") not in {first, till.sandbox.ready["merchant_token"]}
    till.sandbox.admin.clear_faults()
    assert login(till, "merchant") == till.sandbox.ready["merchant_token"]
    till.token = {"Authorization": f"token {till.sandbox.ready['merchant_token']}"}
    assert till.worth() == 0
    assert nothing_happened(till)


# --- connections -----------------------------------------------------------------------------------

BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("reset_before_read", {}),
    ("reset_after_read", {}),
    ("lost_reply", {"commit": False}),
    ("silence", {"commit": False, "seconds": 0}),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("fault", "more"), BROKEN)
def test_every_call_can_break(till: LevelUpTill, call: str, fault: str, more: dict[str, Any]) -> None:
    till.sandbox.admin.fault(fault, call, **more)
    with pytest.raises(httpx.TransportError):
        CALLS[call](till)
    assert nothing_happened(till)
    assert till.sandbox.admin.faults()["pending"] == []


@pytest.mark.parametrize("call", [call for call in CALLS if call != "levelup.tokens"])
def test_every_answer_can_be_cut(till: LevelUpTill, call: str) -> None:
    added(till.add())
    till.sandbox.admin.fault("truncated", call)
    with pytest.raises(httpx.RemoteProtocolError):
        CALLS[call](till)
    assert till.sandbox.admin.faults()["pending"] == []
    added_amounts, removed_amounts = till.movements()
    assert added_amounts == ([2500, 2500] if call == "levelup.add" else [2500])
    assert removed_amounts == ([1000] if call == "levelup.remove" else [])
    assert len(till.sandbox.admin.gift_orders()) == (call == "levelup.create")


def test_even_a_no_can_be_cut(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("truncated", "levelup.add", keep_percent=30)
    said = {"gift_card_value_addition": {"payment_token_data": till.card, "value_amount": 50}}
    path = "/levelup" + till.addition_path()
    headers = {**till.token, "Accept": "application/json"}
    seen = raw.exchange(till.sandbox.address, raw.request("POST", path, headers, said))
    assert " 422 " in seen.head.splitlines()[0]
    assert 0 < len(seen.body) < seen.promised
    assert nothing_happened(till)


@pytest.mark.parametrize("call", ["levelup.create", "levelup.add"])
def test_the_client_gives_up_and_it_is_done_all_the_same(till: LevelUpTill, call: str) -> None:
    # Longer than any client waits: 20 s is what the published ones do.
    till.sandbox.admin.fault("silence", call, seconds=60)

    def done() -> list[dict[str, Any]]:
        return till.sandbox.admin.gift_orders() if call == "levelup.create" else till.ledger()["additions"]

    till.give_up(call, lambda: done() != [])
    assert [(each["reply"], each["reply_lost"]) for each in done()] == [("silence", True)]


@pytest.mark.parametrize("call", ["levelup.create", "levelup.add"])
def test_an_answer_can_be_late(till: LevelUpTill, call: str) -> None:
    till.sandbox.admin.fault("slow", call, delay_ms=200)
    answer = CALLS[call](till)
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.2
    done = till.sandbox.admin.gift_orders() if call == "levelup.create" else till.ledger()["additions"]
    assert [each["reply_lost"] for each in done] == [False]
