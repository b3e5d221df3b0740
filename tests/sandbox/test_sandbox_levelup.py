"""LevelUp's stand-in against its pages and clients: shapes, errors, and every spelling of the header."""

import json
from typing import Any

import httpx
import pytest

from tests.sandbox_process import SandboxProcess

CREATE = "/v15/users/gift_card_value_orders"
LOCATIONS = "/v15/managed_locations"
LOCATION = {
    "address",
    "id",
    "merchant_id",
    "merchant_name",
    "name",
    "pos_location_identifier",
    "tip_preference",
}

EMAIL = "The email address you entered is invalid. Please retry with a valid email."
MERCHANT = "You must specify a valid merchant."
MINIMUM = "The minimum amount you can load at once is $10.00."
POSITIVE = "You must load a positive amount."


def wish(**more: object) -> dict[str, Any]:
    return {"gift_card_value_order": {"recipient_email": "friend@mail.example", "value_amount": 2500, **more}}


def asked(sandbox: SandboxProcess, call: str) -> int:
    """How often a call came that sells nothing; and nothing was sold."""
    ledger = sandbox.admin.ledger()
    assert ledger["levelup"]["orders"] == ledger["levelup"]["additions"] == []
    return ledger["requests"].get(f"levelup.{call}", 0)


def only_error(answer: httpx.Response, about: str = "gift_card_value_order", field: str = "base") -> str:
    [entry] = answer.json()
    assert answer.status_code == 422
    assert set(entry) == {"error"}
    assert set(entry["error"]) == {"message", "object", "property"}
    assert (entry["error"]["object"], entry["error"]["property"]) == (about, field)
    return entry["error"]["message"]


def is_login_required(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.content == b""
    assert answer.headers["WWW-Authenticate"] == 'OAuth2 realm="levelup", error="invalid_token"'
    assert answer.headers.get_list("Server") == ["LevelUp"]


# --- create --------------------------------------------------------------------------------------


def test_a_gift_card_is_bought_and_charged_to_the_shop(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    merchant = next(merchant for merchant in sandbox.admin.merchants() if not merchant["delays_gift_cards"])
    before = sandbox.admin.ledger()["levelup"]["credit_amount"]
    said = wish(merchant_id=merchant["id"], recipient_name="Kim & Søn", recipient_message="Enjoy")
    answer = levelup.post(CREATE, json=said, headers=user)
    assert answer.status_code == 200
    assert answer.json() == {
        "gift_card_value_order": {"added_value_amount": 2500, "delay_gift_card_migration": False}
    }
    assert answer.headers.get_list("Server") == ["LevelUp"]
    assert "Date" in answer.headers
    [order] = sandbox.admin.gift_orders()
    assert order["merchant_id"] == merchant["id"]
    assert order["merchant_name"] == merchant["name"]
    assert order["value_amount"] == 2500
    assert order["recipient_email"] == "friend@mail.example"
    assert (order["recipient_name"], order["recipient_message"]) == ("Kim & Søn", "Enjoy")
    assert sandbox.admin.ledger()["levelup"]["credit_amount"] == before - 2500
    assert sandbox.admin.ledger()["balance"] == "5000.00"


def test_some_merchants_delay_their_cards(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    delaying = [merchant["id"] for merchant in sandbox.admin.merchants() if merchant["delays_gift_cards"]]
    assert 0 < len(delaying) < 5
    answer = levelup.post(CREATE, json=wish(merchant_id=delaying[0]), headers=user)
    assert answer.json()["gift_card_value_order"]["delay_gift_card_migration"] is True
    assert [order["delayed"] for order in sandbox.admin.gift_orders()] == [True]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"merchant_id": None, "recipient_name": None, "recipient_message": None},
        {"recipient_name": "", "recipient_message": "", "web_purchase": False},
    ],
)
def test_left_out_null_and_empty_fields_are_all_one(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str], more: dict[str, object]
) -> None:
    answer = levelup.post(CREATE, json=wish(**more), headers=user)
    assert answer.json()["gift_card_value_order"]["added_value_amount"] == 2500
    [order] = sandbox.admin.gift_orders()
    assert (order["merchant_id"], order["value_amount"]) == (None, 2500)
    assert not order["recipient_name"]
    assert not order["recipient_message"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        *(
            ({"recipient_email": email}, EMAIL)
            for email in (
                None,
                "",
                "kim",
                "kim@",
                "@mail.example",
                "kim@mail",
                "a b@mail.example",
                "a@b@mail.example",
            )
        ),
        *(
            ({"recipient_email": email}, EMAIL)
            for email in ("kim@mail..example", "kim@-mail.example", "k.@mail.example", 5)
        ),
        *(({"merchant_id": merchant}, MERCHANT) for merchant in (0, -1, 999_999, "77", 1.5, True, "")),
        *(({"value_amount": amount}, MINIMUM) for amount in (1, 500, 999)),
        *(({"value_amount": amount}, POSITIVE) for amount in (0, -1000, None, "2500", 25.5, True)),
    ],
)
def test_what_is_wrong_is_422(
    sandbox: SandboxProcess,
    levelup: httpx.Client,
    user: dict[str, str],
    more: dict[str, object],
    message: str,
) -> None:
    assert only_error(levelup.post(CREATE, json=wish(**more), headers=user)) == message
    assert sandbox.admin.gift_orders() == []


def test_the_smallest_amount_is_ten_dollars(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    assert levelup.post(CREATE, json=wish(value_amount=1000), headers=user).status_code == 200
    assert [order["value_amount"] for order in sandbox.admin.gift_orders()] == [1000]


def test_several_things_wrong_are_several_errors(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    answer = levelup.post(CREATE, json={"gift_card_value_order": {"merchant_id": 0}}, headers=user)
    assert [entry["error"]["message"] for entry in answer.json()] == [EMAIL, MERCHANT, POSITIVE]
    assert levelup.post(CREATE, json=[], headers=user).status_code == 422
    assert asked(sandbox, "create") == 2


def test_an_account_that_can_not_pay_is_not_charged(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    credit = sandbox.admin.ledger()["levelup"]["credit_amount"]
    message = only_error(levelup.post(CREATE, json=wish(value_amount=credit + 1), headers=user))
    assert message == "Sorry. We cannot charge the credit card at this time."
    assert levelup.post(CREATE, json=wish(value_amount=credit), headers=user).status_code == 200
    assert levelup.post(CREATE, json=wish(), headers=user).status_code == 422
    sandbox.admin.topup("25.00", "levelup")
    assert levelup.post(CREATE, json=wish(), headers=user).status_code == 200
    assert [order["value_amount"] for order in sandbox.admin.gift_orders()] == [credit, 2500]
    assert sandbox.admin.ledger()["levelup"]["credit_amount"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"null,", b'{"a": Infinity}'])
def test_invalid_json_is_400(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str], body: bytes
) -> None:
    answer = levelup.post(CREATE, content=body, headers=user)
    assert answer.status_code == 400
    assert answer.headers.get_list("Server") == ["LevelUp"]
    assert asked(sandbox, "create") == 1


def test_an_answer_nobody_accepts_is_406(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    for accept in ("text/html", "application/xml", ""):
        assert levelup.post(CREATE, json=wish(), headers={**user, "Accept": accept}).status_code == 406
        assert levelup.get(LOCATIONS, headers={"Accept": accept}).status_code == 406
        assert levelup.post("/v15/access_tokens", json={}, headers={"Accept": accept}).status_code == 406
    assert asked(sandbox, "create") == 3
    for accept in ("*/*", "application/*", "text/html, application/json;q=0.9"):
        assert levelup.post(CREATE, json=wish(), headers={**user, "Accept": accept}).status_code == 200
    assert len(sandbox.admin.gift_orders()) == 3


def test_half_a_surrogate_pair_in_a_name_hurts_nobody(
    sandbox: SandboxProcess, levelup: httpx.Client, user: dict[str, str]
) -> None:
    body = json.dumps(wish(recipient_name="\ud83d")).encode()
    assert levelup.post(CREATE, content=body, headers=user).status_code == 200
    assert sandbox.admin.gift_orders()[0]["recipient_name"] == "\ud83d"


# --- who is asking -------------------------------------------------------------------------------

PAYING = [
    'token service="{user}"',
    "token {user}",
    'token user="{user}"',
    "token user={user}",
    'token merchant="{merchant}", user="{user}"',
    'token merchant="{merchant}",user="{user}"',
    'token user="{user}", merchant="{merchant}"',
    "token user={user},merchant={merchant}",
    "Token {user}",
    "token {merchant}",
]
MANAGING = [
    "token {merchant}",
    'token merchant="{merchant}"',
    "token merchant={merchant}",
    'token merchant="{merchant}", user="{user}"',
    "token user={user},merchant={merchant}",
]
WRONG = [
    None,
    "",
    "token",
    "token 1-wrong",
    'token user="1-wrong"',
    'token merchant="1-wrong"',
    'token user="1-wrong", merchant="1-wrong"',
    "Bearer {user}",
    "Bearer {merchant}",
    "{user}",
    "{merchant}",
    'token service="{merchant}", user="{user}"',
    'token user="{user}", user="{user}"',
    'token merchant="{merchant}", merchant="{merchant}"',
    'token user="{user}, merchant="{merchant}"',
]


def header(sandbox: SandboxProcess, spelling: str | None) -> dict[str, str]:
    tokens = {"user": sandbox.ready["user_token"], "merchant": sandbox.ready["merchant_token"]}
    return {} if spelling is None else {"Authorization": spelling.format(**tokens)}


@pytest.mark.parametrize("spelling", PAYING)
def test_every_spelling_of_a_payer(sandbox: SandboxProcess, levelup: httpx.Client, spelling: str) -> None:
    assert levelup.post(CREATE, json=wish(), headers=header(sandbox, spelling)).status_code == 200
    assert len(sandbox.admin.gift_orders()) == 1


@pytest.mark.parametrize(
    "spelling",
    [
        *WRONG,
        'token merchant="{merchant}"',
        'token user="{user}", merchant="1-wrong"',
        'token user="{merchant}"',
    ],
)
def test_who_may_not_pay(sandbox: SandboxProcess, levelup: httpx.Client, spelling: str | None) -> None:
    is_login_required(levelup.post(CREATE, json=wish(), headers=header(sandbox, spelling)))
    assert sandbox.admin.gift_orders() == []


@pytest.mark.parametrize("spelling", MANAGING)
def test_every_spelling_of_a_merchant(sandbox: SandboxProcess, levelup: httpx.Client, spelling: str) -> None:
    assert levelup.get(LOCATIONS, headers=header(sandbox, spelling)).status_code == 200
    assert asked(sandbox, "locations") == 1


@pytest.mark.parametrize(
    "spelling", [*WRONG, "token {user}", 'token user="{user}"', 'token merchant="{merchant}", user="1-wrong"']
)
def test_who_may_not_manage(sandbox: SandboxProcess, levelup: httpx.Client, spelling: str | None) -> None:
    is_login_required(levelup.get(LOCATIONS, headers=header(sandbox, spelling)))
    assert asked(sandbox, "locations") == 1


# --- locations -----------------------------------------------------------------------------------


def test_the_locations_of_all_merchants(sandbox: SandboxProcess, levelup: httpx.Client) -> None:
    answer = levelup.get(LOCATIONS, headers=header(sandbox, MANAGING[1]))
    assert answer.headers.get_list("Server") == ["LevelUp"]
    assert "Link" not in answer.headers
    assert all(set(row) == {"location"} for row in answer.json())
    rows = [row["location"] for row in answer.json()]
    assert all(set(row) == LOCATION for row in rows)
    by_merchant: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_merchant.setdefault(row["merchant_id"], []).append(row)
    assert len(by_merchant) == 25
    assert all(1 <= len(shops) <= 4 for shops in by_merchant.values())
    assert len({row["id"] for row in rows}) == len(rows)
    assert {None, ""} < {row["name"] for row in rows}
    assert {row["tip_preference"] for row in rows} <= {"expected", "unwanted", "no preference"}
    namesakes = [
        shops[0] for shops in by_merchant.values() if shops[0]["merchant_name"] == "Riverbend Kitchen"
    ]
    assert len(namesakes) == 2
    assert namesakes[0]["address"] != namesakes[1]["address"]
    known = sandbox.admin.merchants()
    assert {merchant["id"]: len(merchant["locations"]) for merchant in known} == {
        merchant: len(shops) for merchant, shops in by_merchant.items()
    }
    assert asked(sandbox, "locations") == 1


# --- login ---------------------------------------------------------------------------------------


def login(sandbox: SandboxProcess, who: str = "merchant", **more: object) -> dict[str, object]:
    return {
        "api_key": sandbox.ready["levelup_api_key"],
        "username": sandbox.ready[f"{who}_username"],
        "password": sandbox.ready[f"{who}_password"],
        **more,
    }


@pytest.mark.parametrize("enveloped", [True, False])
def test_a_merchant_logs_in(sandbox: SandboxProcess, levelup: httpx.Client, *, enveloped: bool) -> None:
    said = login(sandbox)
    answer = levelup.post("/v15/access_tokens", json={"access_token": said} if enveloped else said)
    token = answer.json()["access_token"]
    assert answer.status_code == 200
    assert set(token) == {"app_id", "merchant_id", "token", "user_id"}
    assert token["token"] == sandbox.ready["merchant_token"]
    assert token["merchant_id"] in {merchant["id"] for merchant in sandbox.admin.merchants()}
    assert asked(sandbox, "tokens") == 1


def test_the_older_version_has_no_app_id(sandbox: SandboxProcess, levelup: httpx.Client) -> None:
    token = levelup.post("/v14/access_tokens", json={"access_token": login(sandbox)}).json()["access_token"]
    assert set(token) == {"merchant_id", "token", "user_id"}
    assert levelup.post("/v13/access_tokens", json={"access_token": login(sandbox)}).status_code == 404
    assert asked(sandbox, "tokens") == 2


def test_a_consumer_has_no_merchant(sandbox: SandboxProcess, levelup: httpx.Client) -> None:
    token = levelup.post("/v15/access_tokens", json={"access_token": login(sandbox, "user")}).json()[
        "access_token"
    ]
    assert token["merchant_id"] is None
    assert token["token"] == sandbox.ready["user_token"]
    paying = {"Authorization": f"token {token['token']}"}
    assert levelup.post(CREATE, json=wish(), headers=paying).status_code == 200
    assert len(sandbox.admin.gift_orders()) == 1


def test_the_older_name_of_the_key(sandbox: SandboxProcess, levelup: httpx.Client) -> None:
    said = login(sandbox, client_id=sandbox.ready["levelup_api_key"], device_identifier="till-1")
    del said["api_key"]
    assert levelup.post("/v15/access_tokens", json={"access_token": said}).status_code == 200
    assert (
        levelup.post("/v15/access_tokens", json={"access_token": {**said, "api_key": None}}).status_code
        == 200
    )


def test_a_wrong_login_is_422(sandbox: SandboxProcess, levelup: httpx.Client) -> None:
    def message(field: str, **more: object) -> str:
        said = {**login(sandbox), **more}
        answer = levelup.post("/v15/access_tokens", json={"access_token": said})
        assert answer.headers.get_list("Server") == ["LevelUp"]
        return only_error(answer, "access_token", field)

    assert message("api_key", api_key="wrong") == "Api key is invalid."
    assert message("api_key", api_key=None) == "Api key is invalid."
    for more in ({"password": "wrong"}, {"username": "x@mail.example"}, {"password": None}, {"username": 5}):
        assert message("base", **more) == "The email address or password you provided is incorrect."
    swapped = {"password": sandbox.ready["user_password"]}
    assert message("base", **swapped) == "The email address or password you provided is incorrect."


def test_the_login_wants_json(sandbox: SandboxProcess, levelup: httpx.Client) -> None:
    assert levelup.post("/v15/access_tokens", content=b"{").status_code == 400
    assert levelup.post("/v15/access_tokens", json=[]).status_code == 422
    assert asked(sandbox, "tokens") == 2


@pytest.mark.parametrize("field", ["api_key", "username", "password"])
def test_half_a_surrogate_pair_is_only_a_wrong_login(
    sandbox: SandboxProcess, levelup: httpx.Client, field: str
) -> None:
    said = {"access_token": login(sandbox, **{field: "\ud83d"})}
    assert levelup.post("/v15/access_tokens", content=json.dumps(said).encode()).status_code == 422
    assert asked(sandbox, "tokens") == 1


def test_a_login_may_be_answered_by_404(sandbox: SandboxProcess, levelup: httpx.Client) -> None:
    sandbox.admin.fault("not_found", "levelup.tokens")
    answer = levelup.post("/v15/access_tokens", json={"access_token": login(sandbox)})
    assert (answer.status_code, answer.content) == (404, b"")
    assert asked(sandbox, "tokens") == 1


@pytest.mark.parametrize(
    ("method", "path"), [("GET", CREATE), ("POST", LOCATIONS), ("GET", "/v15/nothing"), ("GET", "/")]
)
def test_unknown_paths_are_404_without_a_body(
    sandbox: SandboxProcess, levelup: httpx.Client, method: str, path: str
) -> None:
    answer = levelup.request(method, path)
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers.get_list("Server") == ["LevelUp"]
    assert sandbox.admin.ledger()["requests"] == {}
