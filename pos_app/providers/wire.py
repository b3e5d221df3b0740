"""What a provider's JSON says, read without believing it: each function takes anything and raises nothing."""

from __future__ import annotations

import json
import re
import zlib
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Final, cast

from pos_app.money import Money
from pos_app.orders.answers import Reply

MOST_BYTES: Final = 8 * 1024 * 1024
"""The longest body that is listened to; the longest real one, a catalogue page, is a hundredth of it."""

LONGEST_WAIT: Final = 24 * 60 * 60
"""The longest `Retry-After` that is believed, in seconds: nobody is told to come back next year."""

# Longer numbers are no amounts; and Python refuses to convert very long ones at all.
_LONGEST_NUMBER = 40
# Where a request that asked for nothing of the kind is sent elsewhere, or asked to sign in to a network.
_OF_A_NETWORK = frozenset({301, 302, 303, 307, 308, 407, 511})
_SERVER_ERROR = 500
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_CURRENCY = re.compile(r"[A-Z]{3}")
# RFC 8288: an address between < and >, then parameters; commas stand between links, and inside addresses.
_LINK = re.compile(r"<(?P<address>[^<>]*)>(?P<parameters>[^<>]*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s;,\"]+))", re.IGNORECASE)
# zlib's sign for "gzip or zlib, look at the first bytes".
_ANY_DEFLATE = 47


def document(reply: Reply) -> object | None:
    """The JSON value in the body of `reply`; None for anything that is not JSON (and for `null`).

    Numbers come as int or Decimal, never float. One with an exponent, NaN or infinity comes as its text,
    in which nobody finds an amount.
    """
    body = reply.body
    if (reply.header("content-encoding") or "").lower() in {"gzip", "x-gzip", "deflate"}:
        body = _inflated(body)
    try:
        return cast(
            "object", json.loads(body, parse_float=_decimal, parse_int=_integer, parse_constant=_as_text)
        )
    except (ValueError, RecursionError):
        return None


def table(value: object) -> dict[str, object]:
    """`value` if it is a JSON object, else an empty one."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def rows(value: object) -> list[object] | None:
    """`value` if it is a JSON array, else None."""
    return cast("list[object]", value) if isinstance(value, list) else None


def text(value: object, longest: int | None = None) -> str:
    """`value` as one line of plain text; empty for what is neither text nor number.

    Characters that can not be seen (line breaks, marks of direction, half characters) become blanks.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    line = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return "".join(mark if mark.isprintable() else " " for mark in line).strip()[:longest]


def secret(value: object) -> str:
    r"""`value` exactly as it was sent, without blanks around it; empty for what is neither text nor number.

    Half characters, which are no text and can not be stored, stand as JSON writes them: `\ud800`.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    line = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return line.strip().encode("utf-8", "backslashreplace").decode()


def whole(value: object) -> int | None:
    """`value` as a whole number, from a number or from digits in text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    digits = value.strip() if isinstance(value, str) else ""
    return int(digits) if re.fullmatch(r"-?[0-9]{1,18}", digits) else None


def amount(value: object, unit: str) -> Money | None:
    """`value`, a number or text of major units, as an exact amount in `unit`; None when it is not one."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    if isinstance(value, str) and len(value.strip()) > _LONGEST_NUMBER:
        return None
    try:
        return Money.of(value, unit)
    except ValueError:
        return None


def paid(value: object, unit: str) -> Money | None:
    """`value` as an amount that somebody paid or got for it: like `amount`, and not below zero."""
    found = amount(value, unit)
    return found if found is not None and found.minor >= 0 else None


def currency(value: object) -> str | None:
    """`value` as an ISO 4217 code, whatever its case; None when it is not one."""
    code = text(value).upper()
    return code if _CURRENCY.fullmatch(code) else None


def retry_after(reply: Reply) -> int | None:
    """The seconds in `Retry-After` (RFC 9110, 10.2.3), a day at most; None where there are none to read.

    A date is counted from the reply's own `Date`, not from our clock, which may be wrong.
    """
    given = (reply.header("retry-after") or "").strip()
    if re.fullmatch(r"[0-9]+", given):
        # Python refuses to convert very long numbers at all.
        return min(int(given), LONGEST_WAIT) if len(given) < _LONGEST_NUMBER else LONGEST_WAIT
    until, now = date(given), date(reply.header("date") or "")
    if until is None or now is None:
        return None
    return min(max(0, int((until - now).total_seconds())), LONGEST_WAIT)


def next_link(reply: Reply) -> str | None:
    """The address in a `Link` whose relation is `next` (RFC 8288); None without one. Nothing is checked."""
    for name, value in reply.headers:
        for link in _LINK.finditer(value) if name == "link" else ():
            relations = _RELATION.search(link["parameters"])
            if relations and "next" in (relations["quoted"] or relations["bare"] or "").casefold().split():
                return link["address"].strip()
    return None


def date(given: str) -> datetime | None:
    """The instant in an HTTP `Date`; None when it is not one."""
    try:
        read = parsedate_to_datetime(given)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def moment(value: object) -> datetime | None:
    """The instant in an ISO 8601 text with an offset; None for anything else, also for a time of nowhere."""
    try:
        read = datetime.fromisoformat(text(value))
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


def somebody_else(reply: Reply) -> bool:
    """Whether a network stands in the way: it answers a program with a web page, or sends it elsewhere."""
    if reply.status in _OF_A_NETWORK:
        return True
    is_page = "html" in (reply.header("content-type") or "").lower() or _PAGE.match(reply.body) is not None
    return is_page and reply.status < _SERVER_ERROR


def _decimal(number: str) -> Decimal | str:
    return number if len(number) > _LONGEST_NUMBER or "e" in number.lower() else Decimal(number)


def _integer(number: str) -> int | str:
    return number if len(number) > _LONGEST_NUMBER else int(number)


def _as_text(name: str) -> str:
    return name


def _inflated(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(_ANY_DEFLATE).decompress(body, MOST_BYTES)
    except zlib.error:
        return body
