"""Values in a provider's JSON, in every form they were seen or may be expected in."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pos_app.money import Money
from pos_app.orders.answers import Reply
from pos_app.providers import wire


def reply(body: bytes, *headers: tuple[str, str]) -> Reply:
    return Reply(200, "OK", headers, body, complete=True)


@pytest.mark.parametrize(
    ("value", "minor"),
    [
        ("14.70", 1470),
        (" 14.7 ", 1470),
        ("100", 10000),
        (".5", 50),
        (Decimal("5.00"), 500),
        (Decimal("0.850"), 85),
        (15, 1500),
        ("-3.20", -320),
        (0, 0),
    ],
)
def test_amounts_are_exact_in_every_documented_type(value: object, minor: int) -> None:
    assert wire.amount(value, "USD") == Money(minor, "USD")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        "",
        " ",
        "1e3",
        "NaN",
        "Infinity",
        "1,50",
        "$5",
        "0.001",
        Decimal("0.001"),
        [],
        {},
        "9" * 13,
        "1" * 400,
        Decimal("NaN"),
        Decimal(10) ** 15,
    ],
)
def test_what_is_no_amount_is_not_said(value: object) -> None:
    assert wire.amount(value, "USD") is None


def test_an_amount_has_the_places_of_its_currency() -> None:
    assert wire.amount("500", "JPY") == Money(500, "JPY")
    assert wire.amount("1.250", "KWD") == Money(1250, "KWD")
    assert wire.amount("1.5", "JPY") is None


@pytest.mark.parametrize(
    ("number", "minor"),
    [
        (b"9.60", 960),
        (b"9.6", 960),
        (b"15", 1500),
        (b"0.1", 10),
        (b'"9.60"', 960),
        (b"1e1", None),
        (b"1E1", None),
        (b"1.5e0", None),
        (b"NaN", None),
        (b"-Infinity", None),
        (b"null", None),
        (b"9" * 5000, None),
        (b"0." + b"0" * 5000 + b"1", None),
        (b"1e999999999999999999999", None),
    ],
)
def test_numbers_never_pass_through_a_float(number: bytes, minor: int | None) -> None:
    body = wire.table(wire.document(reply(b'{"amount": ' + number + b"}")))
    assert list(body) == ["amount"]
    expected = None if minor is None else Money(minor, "USD")
    assert wire.amount(body["amount"], "USD") == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<html>",
        b"{",
        b'{"a"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"\x00",
        b"{'a': 1}",
        b"\xed\xa0\x80",
        b"nul",
    ],
)
def test_what_is_no_json_is_nothing(body: bytes) -> None:
    assert wire.document(reply(body)) is None


def test_a_mark_before_the_json_does_no_harm() -> None:
    assert wire.document(reply(b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}


def test_a_body_that_is_not_packed_as_it_claims_is_read_as_it_is() -> None:
    assert wire.document(reply(b'{"a": 1}', ("content-encoding", "gzip"))) == {"a": 1}


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("  Acme\r\nGames ", "Acme  Games"),
        ("0012345", "0012345"),
        (12345, "12345"),
        (Decimal("1.50"), "1.50"),
        ("\ud800x\u202ey\x00", "x y"),
        (None, ""),
        (True, ""),
        ([], ""),
        ({"a": 1}, ""),
    ],
)
def test_text_is_one_line_that_can_be_seen(value: object, line: str) -> None:
    assert wire.text(value) == line


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        ("5", 5),
        (" 5 ", 5),
        (-5, -5),
        (True, None),
        ("5.0", None),
        (Decimal(5), None),
        ("\u0665", None),
        (None, None),
    ],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert wire.whole(value) == number


@pytest.mark.parametrize(
    ("value", "code"),
    [("USD", "USD"), (" usd ", "USD"), ("US", None), ("DOLLAR", None), ("€", None), (5, None)],
)
def test_currencies(value: object, code: str | None) -> None:
    assert wire.currency(value) == code


NOON = ("date", "Mon, 02 Mar 2026 12:00:00 GMT")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("retry-after", "7")], 7),
        ([("retry-after", " 0 ")], 0),
        ([("retry-after", "86400")], 86_400),
        ([("retry-after", "86401")], 86_400),
        ([("retry-after", "9" * 39)], 86_400),
        ([("retry-after", "9" * 5000)], 86_400),
        ([NOON, ("retry-after", "Mon, 02 Mar 2099 12:00:00 GMT")], 86_400),
        ([("retry-after", "1.5")], None),
        ([("retry-after", "٣")], None),
        ([NOON, ("retry-after", "Mon, 02 Mar 2026 12:01:30 GMT")], 90),
        ([NOON, ("retry-after", "Mon, 02 Mar 2026 11:00:00 GMT")], 0),
        ([NOON, ("retry-after", "Mon, 02 Mar 2026 12:00:05 -0000")], 5),
        ([("retry-after", "Mon, 02 Mar 2026 12:01:30 GMT")], None),
        ([NOON, ("retry-after", "soon")], None),
        ([NOON, ("retry-after", "-5")], None),
        ([NOON, ("retry-after", "Mon, 99 Mar 99999999999 12:00:00 GMT")], None),
        ([NOON], None),
        ([], None),
    ],
)
def test_retry_after_counts_by_the_providers_own_clock(
    headers: list[tuple[str, str]], seconds: int | None
) -> None:
    assert wire.retry_after(reply(b"", *headers)) == seconds


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ('<https://api.example/x?page=2>; rel="next"', "https://api.example/x?page=2"),
        ("<https://api.example/x?a=1,2;b>;rel=next", "https://api.example/x?a=1,2;b"),
        ('</x?page=2> ; Rel = "NEXT"', "/x?page=2"),
        ('<https://api.example/1>; rel="prev", <https://api.example/3>; rel="next"', "https://api.example/3"),
        ('<https://api.example/3>; title="a"; rel="last next"', "https://api.example/3"),
        ('< https://api.example/3 >; rel="next"', "https://api.example/3"),
        ('<>; rel="next"', ""),
        ('<https://api.example/3>; rel="nextish"', None),
        ("<https://api.example/3>; rel=", None),
        ("<https://api.example/3>", None),
        ('https://api.example/3; rel="next"', None),
        ("<" * 10_000, None),
        ("<a>;" * 3_000, None),
        ("", None),
    ],
)
def test_the_next_page_is_named_by_a_link(value: str, address: str | None) -> None:
    assert wire.next_link(reply(b"", ("link", value))) == address
    assert wire.next_link(reply(b"", ("server", value))) is None


def test_the_next_page_may_stand_in_a_second_header() -> None:
    links = (("link", '<https://api.example/1>; rel="prev"'), ("link", '<https://api.example/3>; rel="next"'))
    assert wire.next_link(reply(b"", *links)) == "https://api.example/3"


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-05-11T09:30:00+02:00", datetime(2026, 5, 11, 7, 30, tzinfo=UTC)),
        (" 2026-05-11T07:30:00Z ", datetime(2026, 5, 11, 7, 30, tzinfo=UTC)),
        ("2026-05-11T09:30:00", None),
        ("2026-05-11", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (1778484600, None),
        (None, None),
    ],
)
def test_a_moment_has_an_offset(value: object, at: datetime | None) -> None:
    assert wire.moment(value) == at


HTML, JSON = ("content-type", "text/html; charset=utf-8"), ("content-type", "application/json")


@pytest.mark.parametrize(
    ("status", "headers", "body", "other"),
    [
        (200, [HTML], b"", True),
        (200, [], b"\n <!DOCTYPE html><p>", True),
        (200, [JSON], b"<HTML lang=en>", True),
        (404, [HTML], b"", True),
        (302, [JSON], b"{}", True),
        (307, [], b"", True),
        (407, [], b"", True),
        (511, [], b"", True),
        (200, [JSON], b"{}", False),
        (200, [], b"<htmlish>", False),
        (304, [], b"", False),
        (502, [HTML], b"<html>", False),
        (200, [], b"", False),
    ],
)
def test_a_network_in_the_way_is_told_from_the_provider(
    status: int, headers: list[tuple[str, str]], body: bytes, other: bool
) -> None:
    assert wire.somebody_else(Reply(status, "", tuple(headers), body, complete=True)) is other
