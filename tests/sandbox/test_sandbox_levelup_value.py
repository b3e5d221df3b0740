"""Value on cards: the documented rows of add, remove, check and validate, and what the ledger then says."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.levelup_till import LevelUpTill, added, bare, no, removed
from tests.sandbox_process import SandboxProcess

ADDER = ("gift_cards/value_adder", "base")
TOO_LITTLE = (*ADDER, "The minimum amount you can load at once is $10.00.")
NOT_POSITIVE = (*ADDER, "You must load a positive amount.")
NOTHING_TO_REMOVE = (*ADDER, "You must remove a positive value.")
KEY = "0b9c6a0e-7f4b-4d0e-9d57-6f1f2a3b4c5d"
UNKNOWN = "LU02TEST0UNKNOWN0TOKEN00030000LU"
MALFORMED = [
    "4006381333931",
    "LU",
    "LULU",
    "LU02TEST0UNKNOWN0TOKEN00030000",
    "lu02test0unknown0token00030000lu",
]


@pytest.fixture
def till(sandbox: SandboxProcess, levelup: httpx.Client) -> LevelUpTill:
    return LevelUpTill(sandbox, levelup)


# --- the scenarios that were run against the real sandbox ------------------------------------------


def test_g1_what_was_added_is_there_and_can_be_removed(till: LevelUpTill) -> None:
    before = till.worth()
    assert added(till.add(value_amount=1000))["added_value_amount"] == 1000
    assert till.worth() == before + 1000
    assert till.booked() == {str(till.merchant): 1000}
    assert removed(till.remove(value_amount=1000))["removed_value_amount"] == 1000
    assert till.worth() == before
    assert till.movements() == ([1000], [1000])


@pytest.mark.parametrize(
    ("amount", "error"),
    [(50, TOO_LITTLE), (999, TOO_LITTLE), (-50, NOT_POSITIVE), (0, NOT_POSITIVE), (None, NOT_POSITIVE)],
)
def test_g2_too_little_is_not_added(till: LevelUpTill, amount: object, error: tuple[str, str, str]) -> None:
    assert no(till.add(value_amount=amount)) == [error]
    assert till.worth() == 0
    assert till.movements() == ([], [])


def test_g3_old_and_new_are_told(till: LevelUpTill) -> None:
    assert till.worth() == 0
    put_on = added(till.add(value_amount=2000))
    assert (put_on["old_value_at_merchant_amount"], put_on["new_value_at_merchant_amount"]) == (0, 2000)
    assert removed(till.remove(value_amount=1000)) == {
        "removed_value_amount": 1000,
        "old_value_at_merchant_amount": 2000,
        "new_value_at_merchant_amount": 1000,
    }
    assert till.worth() == 1000
    assert till.booked() == {str(till.merchant): 1000}


def test_g4_more_than_there_is_can_not_be_removed(till: LevelUpTill) -> None:
    till.add(value_amount=1234)
    too_much = (*ADDER, "This giftcard has a balance of $12.34. Please retry with that amount.")
    assert no(till.remove(value_amount=1235)) == [too_much]
    for amount in (0, -1, None, "1000", 10.5, True):
        assert no(till.remove(value_amount=amount)) == [NOTHING_TO_REMOVE]
    assert till.movements() == ([1234], [])
    assert removed(till.remove(value_amount=1234))["new_value_at_merchant_amount"] == 0
    assert till.booked() == {str(till.merchant): 0}


@pytest.mark.parametrize("card", MALFORMED)
def test_g4_a_malformed_qr_is_422(till: LevelUpTill, card: str) -> None:
    wrong = ("payment_token_data", "is invalid")
    assert no(till.remove(payment_token_data=card, value_amount=1000)) == [
        ("gift_card_value_removal", *wrong)
    ]
    assert no(till.add(payment_token_data=card)) == [("gift_card_value_addition", *wrong)]
    assert till.movements() == ([], [])


def test_g4_a_wrong_merchant_token_is_401(till: LevelUpTill) -> None:
    till.token = {"Authorization": "token 1-wrong"}
    for answer in (till.add(), till.remove(value_amount=1000), till.value(), till.validate()):
        assert bare(answer) == 401
        assert answer.headers["WWW-Authenticate"] == 'OAuth2 realm="levelup", error="invalid_token"'
    assert till.movements() == ([], [])


def test_g5_an_empty_card_is_worth_nothing_and_an_unknown_one_is_404(till: LevelUpTill) -> None:
    answer = till.value()
    assert answer.json() == {"merchant_funded_gift_card_credit": {"total_amount": 0}}
    assert answer.status_code == 200
    for card in (UNKNOWN, *MALFORMED, 5):
        assert bare(till.value(card)) == 404
    assert till.booked() == {}


# --- add -------------------------------------------------------------------------------------------


def test_everything_that_is_said_of_an_addition_is_kept(till: LevelUpTill) -> None:
    said: dict[str, Any] = {
        "location_id": till.location,
        "order_uuid": None,
        "tender_types": ["cash", "credit_card"],
        "type": "gift_card",
        "identifier_from_merchant": "T1-000123",
        "external_identifier": KEY,
    }
    told = added(till.add(**said))
    assert set(told) == {
        "added_value_amount",
        "new_value_at_merchant_amount",
        "old_value_at_merchant_amount",
        "uuid",
    }
    [addition] = till.ledger()["additions"]
    assert {name: addition[name] for name in said} == said
    assert (addition["uuid"], addition["merchant_id"]) == (told["uuid"], till.merchant)
    assert addition["card"] in till.card
    assert (addition["reply"], addition["reply_lost"], addition["asked"]) == ("sent", False, 1)


def test_the_shops_own_account_is_not_charged(till: LevelUpTill) -> None:
    before = till.ledger()["credit_amount"]
    added(till.add())
    assert till.ledger()["credit_amount"] == before
    totals = till.sandbox.admin.ledger()["totals"]["levelup"]
    assert (totals["added_amount"], totals["removed_amount"], totals["charged_amount"]) == (2500, 0, 0)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"location_id": "1201"}, "location_id"),
        ({"tender_types": "cash"}, "tender_types"),
        ({"tender_types": [1]}, "tender_types"),
        ({"external_identifier": 5}, "external_identifier"),
        ({"identifier_from_merchant": ["T1"]}, "identifier_from_merchant"),
        ({"order_uuid": {"a": 1}}, "order_uuid"),
    ],
)
def test_a_field_of_another_type_is_422(till: LevelUpTill, more: dict[str, Any], field: str) -> None:
    assert no(till.add(**more)) == [("gift_card_value_addition", field, "is invalid")]
    assert till.movements() == ([], [])


def test_several_things_wrong_are_several_errors(till: LevelUpTill) -> None:
    answer = till.http.post(till.addition_path(), json={}, headers=till.token)
    blank = ("gift_card_value_addition", "payment_token_data", "cannot be blank")
    assert no(answer) == [blank, NOT_POSITIVE]
    assert till.movements() == ([], [])


def test_an_unknown_card_is_404_without_a_body(till: LevelUpTill) -> None:
    assert bare(till.add(payment_token_data=UNKNOWN)) == 404
    assert bare(till.remove(payment_token_data=UNKNOWN, value_amount=1000)) == 404
    assert till.movements() == ([], [])


def test_a_foreign_merchant_or_location_is_401(till: LevelUpTill) -> None:
    assert bare(till.add(merchant=9_999)) == 401
    assert bare(till.remove(merchant=9_999, value_amount=1000)) == 401
    assert bare(till.add(location_id=till.other_location)) == 401
    assert bare(till.value(location=999)) == 401
    assert (
        bare(till.http.post("/v15/merchants/x/gift_card_value_additions", json={}, headers=till.token)) == 401
    )
    assert till.movements() == ([], [])


def test_value_counts_at_its_merchant_only(till: LevelUpTill) -> None:
    added(till.add())
    there = till.value(location=till.other_location)
    assert there.json()["merchant_funded_gift_card_credit"]["total_amount"] == 0
    assert removed(till.remove(value_amount=500))["new_value_at_merchant_amount"] == 2000
    assert no(till.remove(merchant=till.other_merchant, value_amount=500)) == [
        (*ADDER, "This giftcard has a balance of $0.00. Please retry with that amount.")
    ]
    assert till.booked() == {str(till.merchant): 2000}


def test_tip_and_colour_do_not_make_it_another_card(till: LevelUpTill) -> None:
    stem = till.card.removesuffix("030000LU")
    for preferences in ("032JKALU", "0300FALU", "0300A0LU"):
        added(till.add(payment_token_data=stem + preferences))
    assert till.worth() == 7500
    assert till.booked() == {str(till.merchant): 7500}


def test_a_longer_text_is_a_card_too(till: LevelUpTill) -> None:
    [longer] = [card["payment_token_data"] for card in till.cards if len(card["payment_token_data"]) > 32]
    assert added(till.add(payment_token_data=longer))["added_value_amount"] == 2500
    assert till.value(longer).json()["merchant_funded_gift_card_credit"]["total_amount"] == 2500
    assert till.movements() == ([2500], [])


def test_invalid_json_is_400(till: LevelUpTill) -> None:
    for path in (till.addition_path(), till.removal_path(), till.value_path(), "/v15/qr_code_validations"):
        assert bare(till.http.post(path, content=b"{", headers=till.token)) == 400
        accept = {**till.token, "Accept": "text/html"}
        assert bare(till.http.post(path, json={}, headers=accept)) == 406
    assert till.movements() == ([], [])


# --- the identifier --------------------------------------------------------------------------------


def test_the_same_identifier_is_one_addition_and_the_same_answer(till: LevelUpTill) -> None:
    answers = [till.add(external_identifier=KEY) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert till.movements() == ([2500], [])
    assert till.ledger()["additions"][0]["asked"] == 3


@pytest.mark.parametrize("identifier", [None, ""])
def test_without_an_identifier_each_request_adds(till: LevelUpTill, identifier: object) -> None:
    answers = [added(till.add(external_identifier=identifier)) for _ in range(2)]
    assert [answer["old_value_at_merchant_amount"] for answer in answers] == [0, 2500]
    assert answers[0]["uuid"] != answers[1]["uuid"]
    assert till.movements() == ([2500, 2500], [])


OTHERS: list[dict[str, Any]] = [{"value_amount": 5000}, {"card": 1}, {"merchant": True}]


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("refused", [False, True])
def test_a_known_identifier_with_something_else(
    till: LevelUpTill, other: dict[str, Any], *, refused: bool
) -> None:
    more = {"value_amount": 2500, **other}
    merchant = till.other_merchant if more.pop("merchant", None) else None
    if more.pop("card", None):
        more["payment_token_data"] = till.cards[1]["payment_token_data"]
    first = till.add(external_identifier=KEY)
    if refused:
        till.sandbox.admin.fault("identifier_refused", "levelup.add")
    again = till.add(merchant, external_identifier=KEY, **more)
    if refused:
        about = ("gift_card_value_addition", "external_identifier")
        assert no(again) == [(*about, "has already been used")]
    else:
        assert (again.status_code, again.content) == (200, first.content)
    assert till.movements() == ([2500], [])
    assert till.ledger()["additions"][0]["asked"] == (1 if refused else 2)


def test_even_who_refuses_changes_repeats_the_same_answer(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("identifier_refused", "levelup.add", times=2)
    assert till.add(external_identifier=KEY).content == till.add(external_identifier=KEY).content
    assert till.movements() == ([2500], [])


def test_an_older_server_ignores_the_identifier(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("identifier_ignored", "levelup.add", times=2)
    answers = [added(till.add(external_identifier=KEY)) for _ in range(3)]
    assert [answer["new_value_at_merchant_amount"] for answer in answers] == [2500, 5000, 2500]
    assert answers[0] == answers[2]
    assert till.movements() == ([2500, 2500], [])


def test_an_older_server_tells_no_uuid(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("no_uuid", "levelup.add")
    assert set(added(till.add())) == {
        "added_value_amount",
        "new_value_at_merchant_amount",
        "old_value_at_merchant_amount",
    }
    assert till.ledger()["additions"][0]["uuid"]


LOST: list[tuple[str, dict[str, object]]] = [
    ("lost_reply", {}),
    ("reset_after_read", {"commit": True}),
    ("silence", {"seconds": 0}),
    ("truncated", {"keep_percent": 40}),
]


@pytest.mark.parametrize(("fault", "more"), LOST)
def test_added_and_the_answer_lost(till: LevelUpTill, fault: str, more: dict[str, object]) -> None:
    till.sandbox.admin.fault(fault, "levelup.add", **more)
    with pytest.raises(httpx.TransportError):
        till.add(external_identifier=KEY)
    [addition] = till.ledger()["additions"]
    assert (addition["reply"], addition["reply_lost"], addition["asked"]) == (fault, True, 1)
    assert added(till.add(external_identifier=KEY))["new_value_at_merchant_amount"] == 2500
    assert till.worth() == 2500
    assert till.movements() == ([2500], [])
    assert till.ledger()["additions"][0]["asked"] == 2


def test_added_and_an_error_instead_of_the_answer(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("error_status", "levelup.add", status=503, commit=True, body="html")
    answer = till.add(external_identifier=KEY)
    assert (answer.status_code, "Server" in answer.headers) == (503, False)
    assert till.movements() == ([2500], [])
    assert added(till.add(external_identifier=KEY))["old_value_at_merchant_amount"] == 0
    assert till.movements() == ([2500], [])


@pytest.mark.parametrize(
    ("fault", "more"),
    [("reset_before_read", {}), ("reset_after_read", {}), ("lost_reply", {"commit": False})],
)
def test_nothing_added_and_no_answer(till: LevelUpTill, fault: str, more: dict[str, object]) -> None:
    till.sandbox.admin.fault(fault, "levelup.add", **more)
    with pytest.raises(httpx.TransportError):
        till.add(external_identifier=KEY)
    assert till.movements() == ([], [])
    assert added(till.add(external_identifier=KEY))["new_value_at_merchant_amount"] == 2500
    assert till.movements() == ([2500], [])


def test_an_identifier_is_known_after_a_power_cut(tmp_path: Path) -> None:
    book = tmp_path / "book"
    json = {"Accept": "application/json"}
    with (
        SandboxProcess(state=book) as sandbox,
        httpx.Client(base_url=sandbox.ready["levelup"], headers=json, trust_env=False) as http,
    ):
        till = LevelUpTill(sandbox, http)
        first = till.add(external_identifier=KEY, tender_types=["cash"])
        assert till.add(external_identifier=KEY).content == first.content
        undone = added(till.add(value_amount=1000))["uuid"]
        assert till.remove(uuid=undone).content == till.remove(uuid=undone).content
        till.add(value_amount=1000)
        till.remove(value_amount=500)
        before = till.ledger()
        assert [each["asked"] for each in (*before["additions"], *before["removals"])] == [2, 1, 1, 2, 1]
        sandbox.kill()
    with (
        SandboxProcess(state=book) as sandbox,
        httpx.Client(base_url=sandbox.ready["levelup"], headers=json, trust_env=False) as http,
    ):
        till = LevelUpTill(sandbox, http)
        assert till.ledger() == before
        assert till.add(external_identifier=KEY).content == first.content
        assert removed(till.remove(uuid=added(first)["uuid"]))["old_value_at_merchant_amount"] == 3000
        assert till.movements() == ([2500, 1000, 1000], [1000, 500, 2500])
        sandbox.admin.reset()
        assert till.movements() == ([], [])


# --- remove ----------------------------------------------------------------------------------------


def test_an_addition_is_undone_once(till: LevelUpTill) -> None:
    till.add(value_amount=1000)
    uuid: str = added(till.add())["uuid"]
    dashed = "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
    answers = [till.remove(value_amount=None, uuid=each) for each in (uuid, dashed, uuid.upper())]
    assert removed(answers[0]) == {
        "removed_value_amount": 2500,
        "old_value_at_merchant_amount": 3500,
        "new_value_at_merchant_amount": 1000,
    }
    assert len({answer.content for answer in answers}) == 1
    assert till.movements() == ([1000, 2500], [2500])
    [removal] = till.ledger()["removals"]
    assert (removal["reverses"], removal["asked"]) == (uuid, 3)


def test_a_removal_by_amount_happens_each_time(till: LevelUpTill) -> None:
    till.add()
    olds = [removed(till.remove(value_amount=1000))["old_value_at_merchant_amount"] for _ in range(2)]
    assert olds == [2500, 1500]
    assert till.movements() == ([2500], [1000, 1000])


def test_what_was_spent_can_not_be_undone(till: LevelUpTill) -> None:
    uuid = added(till.add())["uuid"]
    till.remove(value_amount=2000)
    spent = (*ADDER, "This giftcard has a balance of $5.00. Please retry with that amount.")
    assert no(till.remove(uuid=uuid)) == [spent]
    assert till.movements() == ([2500], [2000])


def test_an_addition_elsewhere_can_not_be_undone_here(till: LevelUpTill) -> None:
    uuid = added(till.add())["uuid"]
    assert bare(till.remove(uuid="0" * 32)) == 404
    assert bare(till.remove(merchant=till.other_merchant, uuid=uuid)) == 404
    other = till.cards[1]["payment_token_data"]
    assert bare(till.remove(payment_token_data=other, uuid=uuid)) == 404
    assert till.movements() == ([2500], [])


def test_removed_by_uuid_and_the_answer_lost(till: LevelUpTill) -> None:
    uuid = added(till.add())["uuid"]
    till.sandbox.admin.fault("lost_reply", "levelup.remove")
    with pytest.raises(httpx.TransportError):
        till.remove(uuid=uuid)
    [removal] = till.ledger()["removals"]
    assert (removal["reply"], removal["reply_lost"]) == ("lost_reply", True)
    assert removed(till.remove(uuid=uuid))["removed_value_amount"] == 2500
    assert till.movements() == ([2500], [2500])
    assert till.worth() == 0


def test_an_undone_addition_does_not_come_back_with_its_identifier(till: LevelUpTill) -> None:
    first = till.add(external_identifier=KEY)
    removed(till.remove(uuid=added(first)["uuid"]))
    assert till.add(external_identifier=KEY).content == first.content
    assert till.worth() == 0
    assert till.movements() == ([2500], [2500])


# --- validate --------------------------------------------------------------------------------------


def test_what_sort_of_card_it_is(till: LevelUpTill) -> None:
    told: set[tuple[bool, bool]] = set()
    for card in till.cards:
        answer = till.validate(card["payment_token_data"])
        kind = {"gift_card": card["gift_card"], "linked_to_user": card["linked_to_user"]}
        assert answer.json() == {"qr_code_validation": kind}
        told.add((card["gift_card"], card["linked_to_user"]))
    assert told == {(True, False), (True, True), (False, True)}
    for unknown in (UNKNOWN, *MALFORMED, 5):
        assert bare(till.validate(unknown)) == 404
    assert till.movements() == ([], [])
    assert till.sandbox.admin.ledger()["requests"]["levelup.validate"] == len(till.cards) + 7


def test_every_card_says_that_it_is_worth_nothing_really(till: LevelUpTill) -> None:
    texts = [card["payment_token_data"] for card in till.cards]
    assert all("TEST" in text and text.startswith("LU02") and text.endswith("LU") for text in texts)
    assert len(set(texts)) == len(texts)
    till.sandbox.admin.reset()
    assert [card["payment_token_data"] for card in till.ledger()["cards"]] == texts
