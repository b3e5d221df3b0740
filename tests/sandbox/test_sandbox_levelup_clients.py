"""Requests exactly as the published clients send them, byte for byte but for tokens, ids and QR texts.

Names of the tests say whose they are: the C#, iOS and Ruby libraries and the provider's own scripts.
"""

import httpx
import pytest

from tests.sandbox.levelup_till import LevelUpTill, added, bare, removed
from tests.sandbox_process import SandboxProcess

ORDERS = "/v15/users/gift_card_value_orders"


@pytest.fixture
def till(sandbox: SandboxProcess, levelup: httpx.Client) -> LevelUpTill:
    return LevelUpTill(sandbox, levelup)


def send(till: LevelUpTill, path: str, authorization: str | None, body: str, **more: str) -> httpx.Response:
    """Posts the text as it is; `#QR`, `#LOCATION` and `#MERCHANT` stand for this till's own."""
    for mark, own in (("#QR", till.card), ("#LOCATION", till.location), ("#MERCHANT", till.merchant)):
        body = body.replace(mark, str(own))
    headers = {"Accept": "application/json", "Content-Type": "application/json", **more}
    if authorization is not None:
        tokens = {
            "merchant": till.sandbox.ready["merchant_token"],
            "user": till.sandbox.ready["user_token"],
        }
        headers["Authorization"] = authorization.format(**tokens)
    return till.http.post(path, content=body.encode(), headers=headers)


# --- C# --------------------------------------------------------------------------------------------

CSHARP_ADD = (
    '{"gift_card_value_addition":{"value_amount":1000,"order_uuid":null,"payment_token_data":"#QR",'
    '"identifier_from_merchant":"","location_id":#LOCATION,"external_identifier":null,"tender_types":null}}'
)
CSHARP_REMOVE = '{"gift_card_value_removal":{"value_amount":1000,"uuid":null,"payment_token_data":"#QR"}}'
CHECK = '{"get_merchant_funded_gift_card_credit":{"payment_token_data":"#QR"}}'


def test_csharp_adds_checks_and_removes(till: LevelUpTill) -> None:
    agent = {"User-Agent": "Acme-Till/1.0 [Windows | 10]"}
    answer = send(till, till.addition_path(), "token {merchant}", CSHARP_ADD, **agent)
    told = added(answer)
    assert {name: type(value) for name, value in told.items()} == {
        "added_value_amount": int,
        "new_value_at_merchant_amount": int,
        "old_value_at_merchant_amount": int,
        "uuid": str,
    }
    [addition] = till.ledger()["additions"]
    assert addition["location_id"] == till.location
    for unset in ("order_uuid", "identifier_from_merchant", "external_identifier", "tender_types", "type"):
        assert addition[unset] is None
    check = send(till, till.value_path(), 'token merchant="{merchant}"', CHECK, **agent)
    assert check.json() == {"merchant_funded_gift_card_credit": {"total_amount": 1000}}
    gone = send(till, till.removal_path(), "token {merchant}", CSHARP_REMOVE, **agent)
    assert removed(gone) == {
        "removed_value_amount": 1000,
        "new_value_at_merchant_amount": 0,
        "old_value_at_merchant_amount": 1000,
    }
    assert till.movements() == ([1000], [1000])


def test_csharp_undoes_an_addition(till: LevelUpTill) -> None:
    uuid: str = added(send(till, till.addition_path(), "token {merchant}", CSHARP_ADD))["uuid"]
    body = (
        '{"gift_card_value_removal":{"value_amount":null,"uuid":"%s","payment_token_data":"#QR"}}' % uuid  # noqa: UP031  (braces)
    )
    answers = [send(till, till.removal_path(), "token {merchant}", body) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert removed(answers[0])["removed_value_amount"] == 1000
    assert till.movements() == ([1000], [1000])


# --- the provider's scripts ------------------------------------------------------------------------

SCRIPT_ADD = '{"gift_card_value_addition":{"payment_token_data":"#QR","value_amount":1000}}'
SCRIPT_ORDER = (
    '{"gift_card_value_order":{"value_amount":1000,"web_purchase":false,"recipient_email":"a@b.example",'
    '"recipient_message":"","recipient_name":""}}'
)


def test_the_scripts_add_and_check(till: LevelUpTill) -> None:
    added(send(till, till.addition_path(), "token {merchant}", SCRIPT_ADD))
    check = send(till, till.value_path(), "token merchant={merchant}", CHECK)
    assert check.json()["merchant_funded_gift_card_credit"]["total_amount"] == 1000
    assert till.booked() == {str(till.merchant): 1000}


@pytest.mark.parametrize("authorization", ["token {merchant}", "token {user}", "token service={user}"])
def test_the_scripts_buy_for_any_merchant(till: LevelUpTill, authorization: str) -> None:
    answer = send(till, ORDERS, authorization, SCRIPT_ORDER)
    assert answer.json() == {
        "gift_card_value_order": {"added_value_amount": 1000, "delay_gift_card_migration": False}
    }
    [order] = till.sandbox.admin.gift_orders()
    assert (order["merchant_id"], order["value_amount"]) == (None, 1000)
    assert order["recipient_email"] == "a@b.example"


def test_the_scripts_log_in_with_the_older_name_of_the_key(till: LevelUpTill) -> None:
    known = till.sandbox.ready
    body = {
        "access_token": {
            "client_id": known["levelup_api_key"],
            "username": known["merchant_username"],
            "password": known["merchant_password"],
        }
    }
    answer = till.http.post("/v15/access_tokens", json=body)
    assert answer.json()["access_token"]["token"] == known["merchant_token"]
    assert till.sandbox.admin.ledger()["requests"] == {"levelup.tokens": 1}


# --- iOS -------------------------------------------------------------------------------------------

IOS_ORDER = (
    '{"gift_card_value_order":{"merchant_id":#MERCHANT,"recipient_email":"kim@mail.example",'
    '"recipient_message":"Enjoy","recipient_name":"Kim","value_amount":%d}}'
)


def test_ios_buys_with_a_bare_token_and_its_key(till: LevelUpTill) -> None:
    key = {"X-LevelUp-API-Key": till.sandbox.ready["levelup_api_key"]}
    answer = send(till, ORDERS, "token {user}", IOS_ORDER % 1000, **key)
    assert answer.json()["gift_card_value_order"]["added_value_amount"] == 1000
    [order] = till.sandbox.admin.gift_orders()
    assert (order["merchant_id"], order["recipient_name"]) == (till.merchant, "Kim")


def test_the_amount_of_ios_own_tests_is_less_than_the_documented_least(till: LevelUpTill) -> None:
    answer = send(till, ORDERS, "token {user}", IOS_ORDER % 500)
    [entry] = answer.json()
    assert answer.status_code == 422
    assert entry["error"]["message"] == "The minimum amount you can load at once is $10.00."
    assert till.sandbox.admin.gift_orders() == []


# --- Ruby ------------------------------------------------------------------------------------------


def test_ruby_lists_locations_of_app_and_merchant_in_the_older_version(till: LevelUpTill) -> None:
    first = till.http.get("/v14/apps/20/locations")
    second = till.http.get(first.links["next"]["url"])
    assert len(first.json()) == 10
    assert second.json()[0] not in first.json()
    token = {"Authorization": f'token merchant="{till.sandbox.ready["merchant_token"]}"'}
    own = till.http.get(f"/v14/merchants/{till.merchant}/locations", headers=token)
    assert till.location in [row["location"]["id"] for row in own.json()]
    assert bare(till.http.get("/v14/merchants/9999/locations", headers=token)) == 404
    assert till.sandbox.admin.ledger()["requests"] == {
        "levelup.app_locations": 2,
        "levelup.merchant_locations": 2,
    }


# --- who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "authorization",
    [
        "token {merchant}",
        "token merchant={merchant}",
        'token merchant="{merchant}"',
        'token user="{user}", merchant="{merchant}"',
        'token merchant="{merchant}",user="{user}"',
        "token service={merchant}",
    ],
)
def test_every_spelling_may_add_remove_check_and_validate(till: LevelUpTill, authorization: str) -> None:
    validate = '{"qr_code_validation":{"payment_token_data":"#QR"}}'
    calls = [
        (till.addition_path(), CSHARP_ADD),
        (till.value_path(), CHECK),
        ("/v15/qr_code_validations", validate),
        (till.removal_path(), CSHARP_REMOVE),
    ]
    assert [send(till, path, authorization, body).status_code for path, body in calls] == [200] * 4
    assert till.movements() == ([1000], [1000])


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "token",
        "token {user}",
        'token user="{user}"',
        'token user="{merchant}"',
        'token merchant="{user}"',
        'token merchant="{merchant}", user="1-wrong"',
        "Bearer {merchant}",
        "Basic {merchant}",
        "{merchant}",
        "token merchant={merchant} user={user}",
        "token merchant:{merchant}",
        "token shop={merchant}",
    ],
)
def test_no_other_spelling_or_token_may(till: LevelUpTill, authorization: str | None) -> None:
    validate = '{"qr_code_validation":{"payment_token_data":"#QR"}}'
    calls = [
        (till.addition_path(), CSHARP_ADD),
        (till.value_path(), CHECK),
        ("/v15/qr_code_validations", validate),
        (till.removal_path(), CSHARP_REMOVE),
    ]
    assert [bare(send(till, path, authorization, body)) for path, body in calls] == [401] * 4
    assert till.movements() == ([], [])
