"""LevelUp's locations and pages: what is documented, and how untidy it can be."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.levelup_till import LevelUpTill, bare
from tests.sandbox_process import SandboxProcess

APP = "/v15/apps/20/locations"
EVERYWHERE = "/v14/locations"
HISTORY = "/v15/users/orders"
FULL = {
    "id",
    "merchant_id",
    "merchant_name",
    "name",
    "street_address",
    "extended_address",
    "locality",
    "region",
    "postal_code",
    "phone",
    "hours",
    "latitude",
    "longitude",
    "shown",
    "categories",
    "merchant_tip_preference",
    "merchant_description_html",
    "image_url",
    "updated_at",
}
STUB = {"id", "shown", "updated_at"}
ORDER = {
    "uuid",
    "created_at",
    "transacted_at",
    "refunded_at",
    "merchant_id",
    "merchant_name",
    "location_id",
    "spend_amount",
    "tip_amount",
    "total_amount",
    "balance_amount",
    "credit_applied_amount",
    "credit_earned_amount",
    "contribution_amount",
    "bundle_descriptor",
    "bundle_closed_at",
    "identifier_from_merchant",
    "tax_amount",
    "items",
}


@pytest.fixture
def till(sandbox: SandboxProcess, levelup: httpx.Client) -> LevelUpTill:
    return LevelUpTill(sandbox, levelup)


def rows(answer: httpx.Response, name: str = "location") -> list[dict[str, Any]]:
    assert answer.status_code == 200
    assert answer.headers.get_list("Server") == ["LevelUp"]
    assert all(set(row) == {name} for row in answer.json())
    return [row[name] for row in answer.json()]


def following(answer: httpx.Response) -> str | None:
    """Where `Link` leads; it is an absolute address, to be followed as it is."""
    found = answer.links.get("next")
    assert found is None or answer.headers["Link"] == f'<{found["url"]}>; rel="next"'
    return None if found is None else found["url"]


def pages(till: LevelUpTill, path: str) -> Iterator[httpx.Response]:
    """Every page up to the 204 or to a page without `Link`."""
    answer = till.http.get(path, headers=till.payer)
    yield answer
    while (address := following(answer)) is not None:
        answer = till.http.get(address, headers=till.payer)
        yield answer


def known(till: LevelUpTill) -> dict[int, int]:
    """Each location's merchant, as the admin side knows them."""
    return {
        location["id"]: merchant["id"]
        for merchant in till.sandbox.admin.merchants()
        for location in merchant["locations"]
    }


def asked(till: LevelUpTill, call: str) -> int:
    """How often a call came; and no list ever sells or loads anything."""
    ledger = till.sandbox.admin.ledger()
    assert (ledger["levelup"]["orders"], till.movements()) == ([], ([], []))
    return ledger["requests"].get(f"levelup.{call}", 0)


# --- what there is ---------------------------------------------------------------------------------


def test_g7_each_list_has_the_till_exactly_once(till: LevelUpTill) -> None:
    managed = rows(till.get("/v15/managed_locations"))
    of_merchant = rows(till.get(f"/v15/merchants/{till.merchant}/locations"))
    older = rows(till.get(f"/v14/merchants/{till.merchant}/locations"))
    for found in (managed, of_merchant, older):
        assert [row["id"] for row in found].count(till.location) == 1
    for version in ("v14", "v15"):
        details = till.get(f"/{version}/locations/{till.location}").json()["location"]
        assert (details["id"], details["merchant_id"]) == (till.location, till.merchant)
    assert asked(till, "merchant_locations") == 2
    assert asked(till, "location") == 2


def test_the_older_list_of_a_merchant_is_short_and_wants_its_token(till: LevelUpTill) -> None:
    path = f"/v14/merchants/{till.merchant}/locations"
    assert all(set(row) == {"id", "name", "merchant_tip_preference"} for row in rows(till.get(path)))
    for headers in ({}, till.payer, {"Authorization": "token 1-wrong"}):
        assert bare(till.http.get(path, headers=headers)) == 401
    assert asked(till, "merchant_locations") == 4


def test_the_newer_list_of_a_merchant_is_whole_and_for_anybody(till: LevelUpTill) -> None:
    found = rows(till.http.get(f"/v15/merchants/{till.merchant}/locations"))
    assert all(set(row) == FULL for row in found)
    assert {row["id"] for row in found} == {
        location for location, merchant in known(till).items() if merchant == till.merchant
    }
    assert asked(till, "merchant_locations") == 1


def test_what_is_unknown_or_hidden_is_404_without_a_body(till: LevelUpTill) -> None:
    for path in (
        "/v15/merchants/9999/locations",
        "/v14/merchants/x/locations",
        "/v15/apps/21/locations",
        "/v15/locations/999",
        "/v15/locations/99001",
        "/v13/locations/1000",
        "/v15/locations",
    ):
        assert bare(till.get(path)) == 404
    assert asked(till, "location") == 3


@pytest.mark.parametrize("path", [APP, "/v14/apps/20/locations"])
def test_an_app_lists_every_location_page_by_page(till: LevelUpTill, path: str) -> None:
    seen = [rows(page) for page in pages(till, path) if page.status_code == 200]
    assert all(len(page) == 10 for page in seen[:-1])
    assert {row["id"]: row["merchant_id"] for page in seen for row in page} == known(till)
    assert sum(map(len, seen)) == len(known(till))
    for page in seen:
        for row in page:
            assert set(row) == FULL
            assert isinstance(row["latitude"], float)
            assert row["shown"] is True
    assert asked(till, "app_locations") >= len(seen)


def test_an_apps_list_can_be_searched_and_ordered(till: LevelUpTill) -> None:
    found = rows(till.http.get(APP, params={"query": "riverbend KITCHEN"}))
    assert {row["merchant_name"] for row in found} == {"Riverbend Kitchen"}
    assert len({row["merchant_id"] for row in found}) == 2
    place = {"lat": str(found[0]["latitude"]), "lng": str(found[0]["longitude"])}
    assert rows(till.http.get(APP, params=place))[0]["id"] == found[0]["id"]
    for nothing in ({"query": "no such name"}, {"fulfillment_types": "delivery,pickup"}, {"page": "99"}):
        assert bare(till.http.get(APP, params=nothing)) == 204
    both = till.http.get(APP, params={"query": "e", "fulfillment_types": "in_store,pickup"})
    assert len(rows(both)) == 10
    assert "query=e" in (following(both) or "")
    assert asked(till, "app_locations") == 6


def test_all_locations_include_stubs_and_end_where_one_can_wait(till: LevelUpTill) -> None:
    seen = [row for page in pages(till, EVERYWHERE) if page.status_code == 200 for row in rows(page)]
    stubs = [row for row in seen if "merchant_id" not in row]
    assert [set(stub) for stub in stubs] == [STUB, STUB]
    assert not any(stub["shown"] for stub in stubs)
    assert {row["id"] for row in seen if row not in stubs} == set(known(till))
    changed = [(row["updated_at"], row["id"]) for row in seen]
    assert changed == sorted(changed)
    end = {"since": changed[-1][0], "last_id": str(changed[-1][1])}
    assert bare(till.http.get(EVERYWHERE, params=end)) == 204
    before = {"since": changed[-2][0], "last_id": str(changed[-2][1])}
    assert [row["id"] for row in rows(till.http.get(EVERYWHERE, params=before))] == [changed[-1][1]]
    assert asked(till, "all_locations") > 2


NONSENSE = ["", "-1", "9" * 5000, "1e99999999", "NaN", "-Infinity", "ü", "%ff", "\x00", "٣"]


@pytest.mark.parametrize("said", NONSENSE)
def test_nonsense_is_no_reason_to_fall_over(till: LevelUpTill, said: str) -> None:
    for path in (APP, EVERYWHERE):
        for query in ({"page": said}, {"lat": said, "lng": said}, {"since": said}, {"last_id": said}):
            assert till.get(path, **query).status_code in {200, 204}
    if said.isalnum():
        for path in (
            f"/v15/merchants/{said}/locations",
            f"/v15/locations/{said}",
            f"/v15/apps/{said}/locations",
        ):
            assert bare(till.get(path)) == 404
        assert (
            bare(
                till.http.post(
                    f"/v15/merchants/{said}/gift_card_value_additions", json={}, headers=till.token
                )
            )
            == 401
        )
        assert (
            bare(
                till.http.post(
                    f"/v15/locations/{said}/get_merchant_funded_gift_card_credit", json={}, headers=till.token
                )
            )
            == 401
        )
    assert asked(till, "create") == 0


# --- the payer's history ---------------------------------------------------------------------------


def test_the_last_full_page_leads_to_a_204(till: LevelUpTill) -> None:
    first, second, end = pages(till, HISTORY)
    for page in (first, second):
        found = rows(page, "order")
        assert len(found) == 10
        assert all(set(order) == ORDER for order in found)
    assert bare(end) == 204
    assert "Link" not in end.headers
    assert asked(till, "orders") == 3


def test_a_bought_gift_card_is_not_among_the_payments(till: LevelUpTill) -> None:
    before = till.http.get(HISTORY, headers=till.payer).content
    assert till.create().status_code == 200
    assert till.http.get(HISTORY, headers=till.payer).content == before
    assert len(till.sandbox.admin.gift_orders()) == 1


def test_the_history_is_the_payers(till: LevelUpTill) -> None:
    for headers in ({}, {"Authorization": "token 1-wrong"}, {"Authorization": 'token user="1-wrong"'}):
        assert bare(till.http.get(HISTORY, headers=headers)) == 401
    assert asked(till, "orders") == 3


# --- pages that lead astray ------------------------------------------------------------------------


def test_the_last_page_may_still_lead_on(till: LevelUpTill) -> None:
    path = f"/v15/merchants/{till.merchant}/locations"
    assert following(till.get(path)) is None
    till.sandbox.admin.fault("odd_link", "levelup.merchant_locations", times=2)
    first, end = pages(till, path)
    assert 0 < len(rows(first)) < 10
    assert bare(end) == 204
    assert "Link" not in end.headers
    assert asked(till, "merchant_locations") == 3


@pytest.mark.parametrize("path", [APP, EVERYWHERE, HISTORY])
def test_a_page_may_lead_to_itself(till: LevelUpTill, path: str) -> None:
    till.sandbox.admin.fault("odd_link", times=3, to="same")
    first = till.http.get(path, headers=till.payer)
    again = till.http.get(following(first) or "", headers=till.payer)
    assert again.content == first.content
    third = till.http.get(following(again) or "", headers=till.payer)
    assert third.headers["Link"] == again.headers["Link"]
    call = {APP: "app_locations", EVERYWHERE: "all_locations", HISTORY: "orders"}[path]
    assert asked(till, call) == 3


@pytest.mark.parametrize("path", [APP, EVERYWHERE, HISTORY])
def test_a_page_may_lead_to_somebody_else(till: LevelUpTill, path: str) -> None:
    till.sandbox.admin.fault("odd_link", to="foreign")
    address = httpx.URL(following(till.http.get(path, headers=till.payer)) or "")
    assert (address.scheme, address.host) == ("https", "elsewhere.example")
    assert address.path == "/levelup" + path
    usual = httpx.URL(following(till.http.get(path, headers=till.payer)) or "")
    assert usual.host == "127.0.0.1"
    call = {APP: "app_locations", EVERYWHERE: "all_locations", HISTORY: "orders"}[path]
    assert asked(till, call) == 2


# --- dirt ------------------------------------------------------------------------------------------


def dirty(till: LevelUpTill, path: str) -> list[dict[str, Any]]:
    """The whole list, dirty on every page."""
    till.sandbox.admin.fault("dirty_locations", times=50)
    answers = [page for page in (till.get(path), *list(pages(till, path))[1:]) if page.status_code == 200]
    till.sandbox.admin.clear_faults()
    return [row for page in answers for row in rows(page)]


@pytest.mark.parametrize("path", ["/v15/managed_locations", APP, EVERYWHERE])
def test_dirty_locations(till: LevelUpTill, path: str) -> None:
    till.payer = till.token
    seen = dirty(till, path)
    whole = [row for row in seen if "merchant_id" in row]
    stubs = [row for row in seen if "merchant_id" not in row]
    assert stubs
    assert all(set(stub) in (STUB, STUB - {"shown"} | {"visible"}) for stub in stubs)
    assert not any(stub.get("shown", stub.get("visible")) for stub in stubs)
    assert {row["name"] for row in whole} == {None}
    names = {row["merchant_id"]: row["merchant_name"] for row in whole}
    assert None in names.values()
    assert max(map(list(names.values()).count, names.values())) >= 3
    ids = [row["id"] for row in seen]
    assert len(set(ids)) < len(ids)
    assert {row["id"] for row in whole} == set(known(till))
    for row in whole:
        if path != "/v15/managed_locations":
            assert isinstance(row["latitude"], str)
            assert isinstance(row["longitude"], str)
            assert row["visible"] is True
            assert "shown" not in row
    assert asked(till, "create") == 0


def test_even_short_and_empty_lists_can_be_dirty(till: LevelUpTill) -> None:
    till.sandbox.admin.fault("dirty_locations", times=2)
    found = rows(till.get(f"/v14/merchants/{till.merchant}/locations"))
    assert {row.get("name") for row in found} == {None}
    assert {row["id"] for row in found} > {till.location}
    assert len(rows(till.get(APP, query="no such name"))) == 1
    assert bare(till.get(APP, query="no such name")) == 204
    assert (asked(till, "merchant_locations"), asked(till, "app_locations")) == (1, 2)


def test_dirt_is_gone_with_the_fault(till: LevelUpTill) -> None:
    clean = till.get("/v15/managed_locations").content
    till.sandbox.admin.fault("dirty_locations", "levelup.locations")
    assert till.get("/v15/managed_locations").content != clean
    assert till.get("/v15/managed_locations").content == clean
    assert asked(till, "locations") == 3
