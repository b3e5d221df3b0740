"""CardPlusPay's documented replies and their variants, and what each is taken for."""

import asyncio
import json
import sys
from typing import Any

import httpx
import pytest

from pos_app.errors import Misconfigured, NotTaken
from pos_app.money import Money
from pos_app.orders.answers import Answer, Bought, NotTakenUp, Refused, Reply, Unclear
from pos_app.orders.draft import Recipient
from pos_app.orders.product import Product
from pos_app.providers.base import Page, Purchase
from pos_app.providers.cardpluspay import CardPlusPay, CardPlusPaySettings
from tests.providers.answering import Answered, Answering

ITEM = "ACME-10USD-aB3x"
PURCHASE = Purchase(ITEM, 2, Money(1000, "USD"), Money(1920, "USD"), Recipient("kim@mail.example"))
HEADERS = (("date", "Mon, 11 May 2026 07:30:00 GMT"), ("server", "nginx"))
CREATED = """{ "success": true, "message": "Gift card purchased successfully",
  "data": {
    "type": "bulk", "brand": "ACME-10USD-aB3x",
    "codes": [
      { "code": "TEST-1111-BBBB-2222", "currency": "USD", "item_code": "ACME-10USD-aB3x",
        "denomination": "10.00", "charged_amount": "9.60", "denomination_unit": "USD" },
      { "code": "TEST-3333-DDDD-4444", "currency": "USD", "metadata": [ { "Pin": "0012345" } ],
        "item_code": "ACME-10USD-aB3x", "denomination": "10.00", "charged_amount": "9.60",
        "denomination_unit": "USD" } ],
    "state": "completed", "status": "completed",
    "amount": "19.20", "denomination_unit": "USD", "total_denomination": 20,
    "order_id": 4711, "order_no": "ORD-2026-0042", "created_at": "2026-05-11T09:30:00+02:00" } }"""
LOOKED_UP = """{ "success": true, "message": "Order details retrieved successfully",
  "data": { "order_id": 4711, "order_no": "ORD-2026-0042", "status": "completed", "state": "success",
            "codes": [ { "code": "TEST-1111-BBBB-2222", "status": "completed" } ],
            "amount": 19.20, "created_at": "2026-05-11T09:30:00+02:00" } }"""


def nobody(_request: httpx.Request) -> httpx.Response:
    raise AssertionError("reading a reply asks nobody")


def provider(answer: Answering = nobody, **settings: Any) -> CardPlusPay:
    """The provider, with `answer` at the other end instead of a network."""
    made = CardPlusPaySettings(base_url="http://127.0.0.1:1/v1", **settings)
    return CardPlusPay(made, {"api_key": "TESTKEY"}, Answered("cardpluspay", made.base_url, answer))


def reply(
    body: str | bytes | object, status: int = 200, *headers: tuple[str, str], complete: bool = True
) -> Reply:
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    return Reply(status, "", (*HEADERS, *headers), raw, complete)


def read(
    body: str | bytes | object, status: int = 200, *headers: tuple[str, str], complete: bool = True
) -> Answer:
    return provider().read(reply(body, status, *headers, complete=complete), PURCHASE)


def bought(**changes: object) -> Bought:
    """The documented success with some fields of its data changed; None takes one out."""
    document = json.loads(CREATED)
    document["data"] |= changes
    document["data"] = {key: value for key, value in document["data"].items() if value is not None}
    answer = read(document)
    assert isinstance(answer, Bought)
    return answer


def card(**entry: object) -> Any:
    """The one card of a success whose `codes` hold this entry."""
    (only,) = bought(codes=[{"code": "TEST-1", **entry}]).cards
    return only


# --- yes ------------------------------------------------------------


def test_the_documented_success() -> None:
    answer = read(CREATED)
    assert isinstance(answer, Bought)
    assert (answer.provider_order_id, answer.provider_order_no) == ("4711", "ORD-2026-0042")
    assert (answer.cost, answer.face) == (Money(1920, "USD"), Money(2000, "USD"))
    assert answer.final
    assert not answer.must_confirm
    first, second = answer.cards
    assert (first.code, first.pin, first.extras) == ("TEST-1111-BBBB-2222", None, ())
    assert (second.code, second.pin, second.extras) == ("TEST-3333-DDDD-4444", "0012345", ())
    assert (first.face, first.cost, first.item) == (Money(1000, "USD"), Money(960, "USD"), ITEM)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_2xx_is_a_success(status: int) -> None:
    assert isinstance(read(CREATED, status), Bought)


def test_a_success_may_contradict_itself() -> None:
    """The guide's own example: one asked, two listed, three charged. The audit flags it, reading does not."""
    answer = bought(amount="14.70", total_denomination=15)
    assert (answer.cost, answer.face, len(answer.cards)) == (Money(1470, "USD"), Money(1500, "USD"), 2)


@pytest.mark.parametrize("amount", ["19.20", " 19.2 ", 19.2, "19.200"])
def test_amounts_in_every_documented_type(amount: object) -> None:
    assert bought(amount=amount).cost == Money(1920, "USD")


@pytest.mark.parametrize("amount", [None, "", "a lot", "1e1", -5, True, [], {}, "19.205"])
def test_an_amount_that_is_none_is_not_said(amount: object) -> None:
    assert bought(amount=amount).cost is None


def test_a_card_in_another_currency_is_worth_that_and_debited_in_ours() -> None:
    answer = bought(
        denomination_unit="EUR", codes=[{"code": "TEST-1", "denomination": "10", "charged_amount": "11"}]
    )
    assert answer.face == Money(2000, "EUR")
    assert answer.cards[0].cost == Money(1100, "USD")
    assert card(denomination="10", denomination_unit="eur").face == Money(1000, "EUR")
    assert card(denomination="10", currency="EUR").face == Money(1000, "EUR")
    assert card(denomination="10").face == Money(1000, "USD")


@pytest.mark.parametrize(
    ("status", "state", "final"),
    [
        ("completed", "completed", True),
        ("COMPLETED", None, True),
        ("delivered", "success", True),
        (None, "completed", True),
        (None, "success", False),
        ("success", "success", False),
        ("processing", "completed", False),
        ("half done", None, False),
        (None, None, False),
        (True, None, False),
    ],
)
def test_only_words_for_delivered_are_final(status: object, state: object, final: bool) -> None:
    assert bought(status=status, state=state).final is final


@pytest.mark.parametrize(
    "codes", [None, [], {}, "", 5, [None], [[]], [{}], [{"code": ""}], [{"code": None}], [{"pin": "1"}]]
)
def test_a_success_without_codes_is_a_success(codes: object) -> None:
    answer = bought(codes=codes)
    assert answer.cards == ()
    assert answer.provider_order_id == "4711"


def test_a_success_with_codes_but_no_order_number_is_a_success() -> None:
    answer = bought(order_id=None)
    assert answer.provider_order_id is None
    assert len(answer.cards) == 2


@pytest.mark.parametrize("data", [None, {}, [], "ok", {"message": "ok"}, {"codes": []}, {"order_id": ""}])
def test_a_success_that_names_neither_order_nor_code_is_looked_for_in_the_books(data: object) -> None:
    assert read({"success": True, "data": data}) == Unclear("unexpected")
    assert read({"success": True}) == Unclear("unexpected")


@pytest.mark.parametrize(
    ("order_id", "kept"), [(4711, "4711"), ("4711", "4711"), (" A-1 ", "A-1"), (True, None), ({}, None)]
)
def test_order_numbers_are_text(order_id: object, kept: str | None) -> None:
    assert bought(order_id=order_id).provider_order_id == kept


EMPTY: tuple[list[object], dict[str, object]] = ([], {})


@pytest.mark.parametrize(
    ("metadata", "pin", "extras"),
    [
        ([{"Pin": "0012345"}], "0012345", ()),
        ([{"PIN": "0012345"}], "0012345", ()),
        ({"pin": "0012345"}, "0012345", ()),
        ({"PIN code": "0012345"}, "0012345", ()),
        ([{"Pin": 12345}], "12345", ()),
        ([{"Pin": 0}], "0", ()),
        (
            [{"Serial": "TEST-S1"}, {"Pin": "0007"}, {"Expiry": "2030-01"}],
            "0007",
            (("Serial", "TEST-S1"), ("Expiry", "2030-01")),
        ),
        (
            {"Pin": "0007", "URL": "https://redeem.example/TEST"},
            "0007",
            (("URL", "https://redeem.example/TEST"),),
        ),
        (
            [{"Uses": 3}, {"Rate": 1.50}, {"Gift": True}],
            None,
            (("Uses", "3"), ("Rate", "1.5"), ("Gift", "true")),
        ),
        ([{"Steps": ["a", {"b": 1.5}]}], None, (("Steps", '["a", {"b": "1.5"}]'),)),
        ([{"Pin": None}, {"Pin": ""}, {"Pin": "0007"}, {"pin": "0008"}], "0007", (("pin", "0008"),)),
        ([{"Pin": "0007"}, {"PIN": "0007"}], "0007", ()),
        ([{"Pin": EMPTY[0]}, {"Note": EMPTY[1]}, {"Note": None}], None, ()),
        (EMPTY[0], None, ()),
        (None, None, ()),
        ("", None, ()),
        ([None, 5, "x", EMPTY[0]], None, (("metadata", "5"), ("metadata", "x"))),
        ("0042", None, (("metadata", "0042"),)),
        (["0042"], None, (("metadata", "0042"),)),
    ],
)
def test_metadata_in_every_form(
    metadata: object, pin: str | None, extras: tuple[tuple[str, str], ...]
) -> None:
    found = card(metadata=metadata)
    assert (found.pin, found.extras) == (pin, extras)


def test_a_code_may_carry_its_pin_beside_it_or_be_a_bare_text() -> None:
    assert card(pin="0042").pin == "0042"
    assert [found.code for found in bought(codes=["TEST-1", 12345]).cards] == ["TEST-1", "12345"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (" TEST-1 \n", "TEST-1"),
        ("TEST\u00a00001", "TEST\u00a00001"),
        ("TEST\n0001", "TEST\n0001"),
        ("TEST\u202e0001", "TEST\u202e0001"),
        ("TEST  0001", "TEST  0001"),
        ("TEST\ud8000001", "TEST\\ud8000001"),
    ],
)
def test_what_is_secret_is_kept_exactly_as_it_was_sent(sent: str, kept: str) -> None:
    found = card(code=sent, metadata=[{"Pin": sent}, {"Serial": sent}])
    assert (found.code, found.pin, found.extras) == (kept, kept, (("Serial", kept),))
    assert bought(codes=[sent]).cards[0].code == kept


def test_every_further_field_of_a_code_is_kept() -> None:
    found = card(
        url="https://redeem.example/TEST",
        serial=123,
        expiry_date="2030-01-31",
        pin_code="0042",
        status="completed",
        used=False,
        note=None,
        steps=["a", "b"],
    )
    assert found.pin == "0042"
    assert found.extras == (
        ("url", "https://redeem.example/TEST"),
        ("serial", "123"),
        ("expiry_date", "2030-01-31"),
        ("steps", '["a", "b"]'),
    )


# --- no, turned away, nothing ------------------------------------------------------------

NO = {"success": False, "message": " Error\ndescription\u202e "}


@pytest.mark.parametrize(("status", "reason"), [(400, "other"), (404, "unknown_item"), (422, "bad_request")])
@pytest.mark.parametrize(
    "data", [{}, {"data": None}, {"data": {}}, {"data": []}, {"data": {"item_code": ["x"]}}]
)
def test_the_documented_no(status: int, reason: str, data: dict[str, object]) -> None:
    answer = read({**NO, **data}, status)
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.text) == (reason, "Error description")


@pytest.mark.parametrize("message", [None, 5, {}, "x" * 10_000])
def test_the_text_of_a_no_is_never_needed_and_never_long(message: object) -> None:
    answer = read({"success": False, "message": message}, 400)
    assert isinstance(answer, Refused)
    assert len(answer.text) <= 300


@pytest.mark.parametrize(
    "message", ["out of stock", "insufficient balance", "duplicate order", "bought already"]
)
def test_the_text_of_a_no_decides_nothing(message: str) -> None:
    assert read({"success": False, "message": message}, 400) == Refused("other", message)


def test_turned_away() -> None:
    assert read(NO, 401) == NotTakenUp("unauthorized")
    assert read(NO, 429) == NotTakenUp("too_many_requests")
    assert read(NO, 429, ("retry-after", "7")) == NotTakenUp("too_many_requests", 7)
    later = ("retry-after", "Mon, 11 May 2026 07:31:00 GMT")
    assert read(NO, 429, later) == NotTakenUp("too_many_requests", 60)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 422, 429])
@pytest.mark.parametrize(
    "body", [b"", b"<html>It works</html>", b"{", CREATED.encode()[:-9], b"null", b"\xff\xfe"]
)
def test_what_can_not_be_read_is_no_word_of_the_provider(status: int, body: bytes) -> None:
    assert read(body, status) == Unclear("unreadable")


@pytest.mark.parametrize("status", [200, 400, 401, 404, 422, 429])
@pytest.mark.parametrize(
    "body",
    [[], 5, "text", {}, {"message": "Forbidden"}, {"success": "true"}, {"success": 1}, {"success": None}],
)
def test_json_without_the_envelope_is_no_word_of_the_provider(status: int, body: object) -> None:
    assert read(json.dumps(body), status) == Unclear("unexpected")


@pytest.mark.parametrize(
    ("status", "success"),
    [(200, False), (201, False), (400, True), (401, True), (404, True), (422, True), (429, True)],
)
def test_status_and_envelope_that_contradict_each_other_say_nothing(status: int, success: bool) -> None:
    assert read({"success": success, "data": {"order_id": 1}}, status) == Unclear("unexpected")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 402, 403, 405, 408, 409, 410, 413, 418, 451])
def test_statuses_that_are_not_documented_say_nothing(status: int) -> None:
    assert read(NO, status) == Unclear("unexpected")
    assert read(b"<html>", status) == Unclear("unexpected")


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520, 599])
def test_the_servers_fault_says_nothing_whatever_it_carries(status: int) -> None:
    assert read(NO, status) == Unclear("server_error")
    assert read(CREATED, status) == Unclear("server_error")
    assert read(b"", status) == Unclear("server_error")


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
def test_half_a_reply_says_nothing(status: int) -> None:
    assert read(CREATED, status, complete=False) == Unclear("cut")


# --- an order that is looked up ------------------------------------------------------------


def test_an_order_looked_up_knows_less() -> None:
    answer = provider().read_order(reply(LOOKED_UP), PURCHASE)
    assert answer is not None
    assert (answer.provider_order_id, answer.cost, answer.face, answer.final) == (
        "4711",
        Money(1920, "USD"),
        None,
        True,
    )
    (only,) = answer.cards
    assert (only.code, only.pin, only.face, only.cost, only.item) == (
        "TEST-1111-BBBB-2222",
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [(NO, 404), (NO, 401), (LOOKED_UP, 500), (NO, 200), (b"", 200), ({"success": True}, 200)],
)
def test_what_is_no_order_is_none(body: object, status: int) -> None:
    assert provider().read_order(reply(body, status), PURCHASE) is None
    assert provider().read_order(reply(LOOKED_UP, complete=False), PURCHASE) is None


# --- reads ------------------------------------------------------------


def envelope(data: object) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "message": "", "data": data})


def entry(number: int, **changes: object) -> dict[str, object]:
    return {
        "item_code": f"ACME-{number}USD-aB3x",
        "product_name": f"Acme {number} USD",
        "brand": "Acme",
        "category": "games",
        "region": "global",
        "currency": "USD",
        "delivery_type": "DIGITAL",
        "country_code": ["US", "CA"],
        "value": f"{number}.00",
        "price": f"{number}.60",
    } | changes


def products(answer: Answering) -> list[Product]:
    async def listing() -> list[Product]:
        acme = provider(answer)
        try:
            return [product async for page in acme.products() for product in page]
        finally:
            await acme.close()

    return asyncio.run(listing())


def listed(data: object) -> list[Product]:
    """The products of a catalogue of one page."""
    return products(lambda request: envelope(data if "page" not in request.url.params else []))


class Shrinking:
    """A catalogue of pages that gets shorter or longer just before some of its requests."""

    def __init__(self, numbers: list[int], changes: dict[int, list[int]]) -> None:
        self.numbers, self.changes = numbers, changes
        self.asked: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", "1"))
        self.asked.append(page)
        self.numbers = self.changes.get(len(self.asked), self.numbers)
        rows = [entry(number, item_code=f"I{number}") for number in self.numbers[2 * page - 2 : 2 * page]]
        total = len(self.numbers)
        paging = {"total": total, "per_page": 2, "current_page": page, "last_page": -(-total // 2)}
        return envelope({"products": rows, "pagination": paging})


def test_what_moved_to_a_page_that_was_read_is_not_lost_and_comes_once() -> None:
    shrinks = Shrinking([1, 2, 3, 4, 5, 6], {2: [2, 3, 4, 5, 6]})
    assert [product.item for product in products(shrinks)] == ["I1", "I2", "I3", "I4", "I5", "I6"]
    assert shrinks.asked == [1, 2, 1, 2, 3], "the page before once more"
    grows = Shrinking([1, 2, 3, 4], {2: [9, 1, 2, 3, 4]})
    assert [product.item for product in products(grows)] == ["I1", "I2", "I3", "I4"], "the new one next time"
    behind = Shrinking([1, 2, 3, 4, 5], {2: [1, 2, 3, 4]})
    assert [product.item for product in products(behind)] == ["I1", "I2", "I3", "I4"]


def test_a_list_that_always_shrinks_is_not_run_after_for_ever() -> None:
    shrinks = Shrinking(list(range(1, 101)), {n: list(range(1, 102 - n)) for n in range(1, 90)})
    assert len(products(shrinks)) > 2
    assert len(shrinks.asked) < 60


@pytest.mark.parametrize(
    ("mark", "pages"), [("2:6", [2, 3]), ("3:6", [3]), ("", [1, 2, 3]), ("x:", [1, 2, 3])]
)
def test_a_catalogue_is_gone_on_with_at_a_page(mark: str, pages: list[int]) -> None:
    answers = Shrinking([1, 2, 3, 4, 5, 6], {})

    async def listing() -> list[Page]:
        acme = provider(answers)
        try:
            return [page async for page in acme.pages(mark)]
        finally:
            await acme.close()

    found = asyncio.run(listing())
    assert answers.asked == pages
    assert [page.here for page in found] == [f"{number}:6" for number in pages]
    assert [page.next for page in found] == [*(f"{number}:6" for number in pages[1:]), ""]
    assert all((page.total, page.entries) == (6, 2) for page in found)


def test_a_documented_product() -> None:
    assert listed({"products": [entry(10)]}) == [
        Product(
            provider="cardpluspay",
            item="ACME-10USD-aB3x",
            brand="Acme",
            name="Acme 10 USD",
            currency="USD",
            delivery="codes",
            category="games",
            region="global",
            countries=("US", "CA"),
            face=Money(1000, "USD"),
            cost=Money(1060, "USD"),
        )
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"products": [entry(10)]},
        {"items": [entry(10)]},
        {"catalog": [entry(10)]},
        {"data": [entry(10)]},
        [entry(10)],
    ],
)
def test_the_list_may_have_any_likely_name(data: object) -> None:
    assert [product.item for product in listed(data)] == ["ACME-10USD-aB3x"]


@pytest.mark.parametrize(
    "changes",
    [
        {"item_code": None},
        {"item_code": " "},
        {"value": None},
        {"value": "any"},
        {"value": "0"},
        {"value": "-5"},
        {"price": None},
        {"price": "1e1"},
        {"price": -1},
        {"price": "9.605"},
        {"currency": None},
        {"currency": "dollars"},
        {"delivery_type": "PHYSICAL"},
    ],
)
def test_what_can_not_be_sold_is_left_out(changes: dict[str, object]) -> None:
    assert [product.item for product in listed([entry(5, **changes), None, 7, entry(10)])] == [
        "ACME-10USD-aB3x"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 10, "price": 9.6},
        {"delivery_type": None},
        {"delivery_type": "BOTH"},
        {"brand": None, "product_name": 5},
        {"country_code": "US"},
        {"country_code": None},
        {"category": None, "region": {}},
        {"currency": "usd"},
    ],
)
def test_what_can_be_sold_is_kept(changes: dict[str, object]) -> None:
    assert len(listed([entry(10, **changes)])) == 1


def test_a_face_value_in_another_currency_costs_ours() -> None:
    (product,) = listed([entry(10, currency="EUR", price="11.20")])
    assert (product.face, product.cost) == (Money(1000, "EUR"), Money(1120, "USD"))


def pages(*answers: object) -> tuple[Answering, list[dict[str, str]]]:
    """A catalogue of these pages, the last one for ever, and the queries it was asked."""
    queries: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        queries.append(dict(request.url.params))
        return envelope(answers[min(len(queries), len(answers)) - 1])

    return answer, queries


def page(numbers: range, **paging: int) -> dict[str, object]:
    return {"products": [entry(number) for number in numbers], "pagination": paging}


FIRST, SECOND = range(1, 4), range(4, 6)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([page(FIRST, current_page=1, last_page=2), page(SECOND, current_page=2, last_page=2)], 2),
        ([page(FIRST, last_page=2), page(SECOND, last_page=2)], 2),
        ([{**page(FIRST), "current_page": "1", "last_page": "2"}, {**page(SECOND), "last_page": 2}], 2),
        ([page(FIRST), page(SECOND), page(range(0))], 3),
        ([page(FIRST), page(SECOND), {}], 3),
        ([page(FIRST), page(SECOND)], 3),
        ([page(FIRST, last_page=9), page(SECOND, last_page=9)], 3),
        ([page(FIRST), page(SECOND, current_page=1, last_page=9)], 2),
    ],
    ids=[
        "by the book",
        "no current page",
        "flattened",
        "empty page",
        "no list",
        "repeats",
        "repeats against the paging",
        "says it is the first",
    ],
)
def test_paging_ends(answers: list[object], asked: int) -> None:
    answer, queries = pages(*answers)
    assert len(products(answer)) == 5
    assert len(queries) == asked
    assert [query.get("page") for query in queries] == [None, "2", "3"][:asked]
    assert {query["per_page"] for query in queries} == {"100"}


def test_a_catalogue_without_end_is_left_after_a_thousand_pages() -> None:
    asked = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return envelope({"products": [entry(asked)], "pagination": {"last_page": 10**9, "total": 10**12}})

    assert len(products(answer)) == asked == 1000


@pytest.mark.parametrize(
    "paging",
    [
        {"last_page": 10**9, "total": 5, "per_page": 100},
        {"last_page": 10**9, "total": 0},
        {"last_page": 10**9, "total": -1},
        {"last_page": "many", "total": "many"},
        {"last_page": 2.5, "current_page": None},
        {},
    ],
)
def test_the_catalogue_ends_whatever_the_paging_says(paging: dict[str, Any]) -> None:
    """Two pages that take turns for ever, and neither is the one before."""
    answer, queries = pages(*[page(FIRST, **paging), page(SECOND, **paging)] * 20)
    assert len(products(answer)) == 5
    assert len(queries) == 3


def test_a_page_of_nothing_that_can_be_sold_is_not_the_end() -> None:
    unsold = {"products": [entry(1, price=None), entry(2, value="any")]}
    answer, queries = pages(unsold, page(FIRST), page(range(0)))
    assert [product.item for product in products(answer)] == ["ACME-3USD-aB3x"]
    assert len(queries) == 3


def test_a_product_that_slips_to_the_next_page_comes_once() -> None:
    answer, _queries = pages(page(range(1, 4)), page(range(3, 6)), page(range(0)))
    assert [product.item for product in products(answer)] == [
        f"ACME-{number}USD-aB3x" for number in range(1, 6)
    ]


def test_a_page_that_is_half_old_is_read_and_the_next_one_too() -> None:
    answer, queries = pages(*(page(range(number, number + 3)) for number in range(1, 8)))
    assert len(products(answer)) == 9
    assert len(queries) == 8


PRODUCT = Product("cardpluspay", ITEM, "Acme", "Acme", "USD", "codes", face=Money(1000, "USD"))


def quote(answer: httpx.Response) -> Any:
    requests: list[bytes] = []

    def answering(request: httpx.Request) -> httpx.Response:
        requests.append(request.content)
        return answer

    async def asking() -> Any:
        acme = provider(answering)
        try:
            return await acme.quote(PRODUCT, 2, Money(1000, "USD"))
        finally:
            await acme.close()

    result = asyncio.run(asking())
    assert json.loads(requests[0]) == {"item_id": ITEM, "quantity": 2}
    return result


@pytest.mark.parametrize(
    ("data", "available", "cost"),
    [
        (
            {"price": 9.6, "state": "in_stock", "status": True, "message": "Available", "requested": 2},
            True,
            960,
        ),
        ({"price": "9.60", "state": "in_stock"}, True, 960),
        ({"status": True}, True, None),
        ({}, True, None),
        ({"price": 9.6, "state": "out_of_stock", "status": True}, False, 960),
        ({"price": 9.6, "state": "in_stock", "status": False}, False, 960),
        ({"price": -1, "state": "in_stock", "status": True}, True, None),
        ({"status": "maybe"}, False, None),
    ],
)
def test_the_stock_check(data: object, available: bool, cost: int | None) -> None:
    found = quote(envelope(data))
    assert (found.available, found.cost) == (available, None if cost is None else Money(cost, "USD"))


@pytest.mark.parametrize("status", [200, 400, 404, 422])
def test_every_way_of_saying_no_to_a_stock_check(status: int) -> None:
    assert not quote(httpx.Response(status, json=NO)).available


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (httpx.Response(401, json=NO), Misconfigured, "key_refused"),
        (httpx.Response(401, html="<p>Log in to the Wi-Fi"), NotTaken, "no_answer"),
        (httpx.Response(429, json=NO, headers={"Retry-After": "60"}), NotTaken, "too_many_requests"),
        (httpx.Response(500, json=NO), NotTaken, "no_answer"),
        (httpx.Response(503), NotTaken, "no_answer"),
        (httpx.Response(403, json=NO), NotTaken, "no_answer"),
        (httpx.Response(302, headers={"Location": "http://evil.example"}), NotTaken, "no_answer"),
        (httpx.Response(200, html="<p>Welcome"), NotTaken, "no_answer"),
        (httpx.Response(200, json={"success": False}), NotTaken, "no_answer"),
        (httpx.Response(404, json=NO), NotTaken, "no_answer"),
        (
            httpx.Response(200, json={"success": True, "data": {"balance": "a lot"}}),
            NotTaken,
            "no_answer",
        ),
        (httpx.Response(200, json={"success": True}), NotTaken, "no_answer"),
    ],
)
def test_a_read_that_fails_says_how(answer: httpx.Response, error: type[Any], reason: str) -> None:
    async def asking() -> None:
        acme = provider(lambda _request: answer)
        try:
            await acme.balance()
        finally:
            await acme.close()

    with pytest.raises(error) as caught:
        asyncio.run(asking())
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("data", "balance"),
    [({"balance": "100.50", "currency": "EUR"}, Money(10050, "EUR")), ({"balance": -3}, Money(-300, "CAD"))],
)
def test_the_balance_is_in_its_own_currency_or_the_accounts(data: object, balance: Money) -> None:
    async def asking() -> Money:
        acme = provider(lambda _request: envelope(data), currency="CAD")
        try:
            return await acme.balance()
        finally:
            await acme.close()

    assert asyncio.run(asking()) == balance


@pytest.mark.parametrize(
    "data", [None, {}, {"products": None}, {"products": "none"}, "none", 0, [None, 5, "x"]]
)
def test_garbage_is_not_an_empty_catalogue(data: object) -> None:
    with pytest.raises(NotTaken) as caught:
        listed(data)
    assert caught.value.reason == "no_answer"


def test_garbage_where_a_page_was_promised_is_no_end_of_the_catalogue() -> None:
    answer, _queries = pages(page(FIRST, current_page=1, last_page=2), None)
    with pytest.raises(NotTaken) as caught:
        products(answer)
    assert caught.value.reason == "no_answer"


# --- the fence ------------------------------------------------------------


def fence(balances: list[object], listing: object) -> Any:
    """A fence over these balances (the last for ever) and this order list, and how often each was read."""
    counts = {"balance": 0, "orders": 0}

    def answer(request: httpx.Request) -> httpx.Response:
        what = request.url.path.rpartition("/")[2]
        counts[what] += 1
        if what == "balance":
            return envelope({"balance": balances[min(counts[what], len(balances)) - 1], "currency": "USD"})
        assert dict(request.url.params) == {"per_page": "100", "sort_by": "created_at", "order": "desc"}
        return httpx.Response(
            200, json={"success": True, "data": listing}, headers={"Date": "Mon, 11 May 2026 07:30:00 GMT"}
        )

    async def asking() -> Any:
        acme = provider(answer)
        try:
            return await acme.fence()
        finally:
            await acme.close()

    return asyncio.run(asking()), counts


ROWS = [{"order_id": 4712, "amount": 9.6}, {"order_id": "4711", "amount": 19.2}]


def test_a_fence_stands_between_two_equal_balances() -> None:
    found, counts = fence(
        ["100.50"], {"orders": ROWS, "pagination": {"total": 2, "current_page": 1, "last_page": 1}}
    )
    assert (found.ids, found.total, found.balance) == (("4712", "4711"), 2, Money(10050, "USD"))
    assert found.provider_date == "Mon, 11 May 2026 07:30:00 GMT"
    assert counts == {"balance": 2, "orders": 1}


def test_a_fence_is_tried_again_while_the_balance_moves() -> None:
    found, counts = fence(["100.50", "90.90", "90.90", "90.90"], {"orders": ROWS})
    assert (found.total, found.balance) == (None, Money(9090, "USD"))
    assert counts == {"balance": 4, "orders": 2}


@pytest.mark.parametrize("listing", [{"orders": []}, []])
def test_an_account_without_orders_has_a_fence(listing: object) -> None:
    assert fence(["100.50"], listing)[0].ids == ()


@pytest.mark.parametrize(
    ("balances", "listing"),
    [
        ([str(balance) for balance in range(100, 90, -1)], {"orders": ROWS}),
        (["100.50"], {"orders": [{"order_no": "ORD-1"}]}),
        (["100.50"], {"orders": [None]}),
        (["100.50"], {}),
        (["100.50"], None),
        (["a lot"], {"orders": ROWS}),
    ],
    ids=["restless balance", "row without id", "empty row", "no list", "no data", "no balance"],
)
def test_without_a_fence_nothing_is_bought(balances: list[object], listing: object) -> None:
    with pytest.raises(NotTaken) as caught:
        fence(balances, listing)
    assert caught.value.reason == "no_fence"


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (httpx.Response(429, json=NO, headers={"Retry-After": "60"}), NotTaken, "too_many_requests"),
        (httpx.Response(401, json=NO), Misconfigured, "key_refused"),
    ],
)
def test_a_fence_that_is_turned_away_says_so(answer: httpx.Response, kind: type[Any], reason: str) -> None:
    async def asking() -> None:
        acme = provider(lambda _request: answer)
        try:
            await acme.fence()
        finally:
            await acme.close()

    with pytest.raises(kind) as caught:
        asyncio.run(asking())
    assert caught.value.reason == reason


def test_a_field_nested_too_deep_to_be_written_down_costs_nothing_but_itself() -> None:
    limit = sys.getrecursionlimit()
    for depth in range(limit - 250, limit):
        nested = b"[" * depth + b"1" + b"]" * depth
        body = CREATED.encode().replace(b'"0012345"', nested)
        answer = read(body)
        if isinstance(answer, Bought):
            assert [found.code for found in answer.cards] == ["TEST-1111-BBBB-2222", "TEST-3333-DDDD-4444"]
        else:
            assert answer == Unclear("unreadable")


def test_an_order_number_can_not_lead_elsewhere() -> None:
    paths: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path)
        return httpx.Response(404, json=NO)

    async def asking() -> None:
        acme = provider(answer)
        await acme.fetch("1/../../balance?x=1#y")
        await acme.close()

    asyncio.run(asking())
    assert paths == [b"/v1/orders/1%2F..%2F..%2Fbalance%3Fx%3D1%23y"]
