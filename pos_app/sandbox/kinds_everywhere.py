"""The faults any call can meet: silence, broken connections, broken HTTP, and answers nobody can use."""

from collections.abc import Mapping

from pos_app.sandbox.fault_kinds import (
    CARDPLUSPAY,
    COMMIT_AFTER,
    DATA,
    DATED,
    LEVELUP,
    Kind,
    Option,
    commit,
    number,
    one_of,
    one_of_numbers,
    whole,
    yes_no,
)

_RESET = Option(default=False, accepts=yes_no, text="whether the end is a reset (TCP RST) and not a close")
_LATE_AND_NOT = {"commit": commit(default=False), "commit_after": COMMIT_AFTER, "dated": DATED}
_LATE = {"commit": commit(default=True), "commit_after": COMMIT_AFTER, "dated": DATED}

_CONNECTIONS: Mapping[str, Kind] = {
    "reset_before_read": Kind(
        "door",
        "The connection is reset (TCP RST) before the body is read; nothing is done.",
        loses_reply=True,
    ),
    "never_read": Kind(
        "door",
        "The connection stays open, but nothing more is read or answered; nothing is done.",
        options={"seconds": Option(600, number(0, 600), "how long the connection stays open")},
        loses_reply=True,
    ),
    "reset_after_read": Kind(
        "wire",
        "The connection is reset (TCP RST) after the request was read, before a byte of the answer.",
        options=_LATE_AND_NOT,
        loses_reply=True,
    ),
    "lost_reply": Kind(
        "wire",
        "The call is carried out, and the connection is closed without a byte.",
        options=_LATE,
        loses_reply=True,
    ),
    "silence": Kind(
        "wire",
        "No answer ever comes; the connection is dropped at last.",
        options={
            **_LATE,
            "seconds": Option(600, number(0, 600), "how long the connection stays open"),
        },
        loses_reply=True,
    ),
    "cut_head": Kind(
        "wire",
        "The connection ends in the middle of the answer's head.",
        options={
            "keep_percent": Option(50, whole(1, 99), "how much of the head is sent"),
            "reset": _RESET,
            **_LATE,
        },
        loses_reply=True,
    ),
    "truncated": Kind(
        "wire",
        "The call is carried out; the body stops in the middle although more was promised.",
        options={
            "keep_percent": Option(50, whole(0, 99), "how much of the body is sent"),
            "framing": Option(
                "length",
                one_of("length", "chunked", "close"),
                "how the body's end is told: Content-Length, chunks, or (undetectably) the connection's end",
            ),
            "reset": _RESET,
        },
        loses_reply=True,
    ),
    "wrong_length": Kind(
        "wire",
        "Content-Length promises another length than the body has; the connection is closed after it.",
        options={"by": Option(10, whole(-10_000, 10_000), "how much more it promises than is sent")},
        loses_reply=True,
    ),
    "drip": Kind(
        "wire",
        "The right answer, body in small pieces with a pause after each.",
        options={
            "pieces": Option(10, whole(1, 1000), "how many pieces"),
            "pause_ms": Option(200, whole(0, 600_000), "how long each pause is, in milliseconds"),
        },
    ),
    "garbage": Kind(
        "wire",
        "What comes back is no HTTP.",
        options={
            "what": Option(
                "binary",
                one_of("binary", "tls", "bad_status", "mail", "page"),
                "noise, a TLS alert, a broken status line, a mail server's greeting, a page without a head",
            ),
            **_LATE_AND_NOT,
        },
        loses_reply=True,
    ),
    "interim": Kind(
        "wire",
        "Interim answers nobody asked for come before the right answer.",
        options={
            "status": Option(100, one_of_numbers(100, 102, 103), "which: 100, 102 or 103"),
            "count": Option(1, whole(1, 20), "how many"),
        },
    ),
    "interim_only": Kind(
        "wire",
        "`100 Continue` comes, and then nothing: the connection is closed.",
        options=_LATE,
        loses_reply=True,
    ),
    "idle_close": Kind(
        "wire",
        "The right answer over a connection that seems to stay open, but is ended under the client.",
        options={
            "when": Option(
                "next_request",
                one_of("at_once", "next_request"),
                "right after the answer, or as soon as the next request's first byte arrives, unread",
            ),
            "reset": _RESET,
        },
    ),
}

_ANSWERS: Mapping[str, Kind] = {
    "none": Kind("none", "Nothing goes wrong: a place to leave free in a row of faults."),
    "error_status": Kind(
        "answer",
        "The server, or something in front of it, answers with an error of its own.",
        options={
            "status": Option(500, whole(400, 599), "the HTTP status"),
            "body": Option(
                "json",
                one_of("json", "bare", "text", "html", "empty"),
                "json (the provider's own), bare (any JSON), text, html (a gateway's page) or empty",
            ),
            "data": Option("missing", one_of(*DATA), "what CardPlusPay's own says for data"),
            **_LATE_AND_NOT,
        },
        loses_reply=True,
    ),
    "redirect": Kind(
        "answer",
        "The client is sent elsewhere. Who follows a 307 or 308 buys again.",
        options={
            "status": Option(307, one_of_numbers(301, 302, 303, 307, 308), "which redirection"),
            **_LATE_AND_NOT,
        },
        loses_reply=True,
    ),
    "html_200": Kind(
        "answer",
        "HTTP 200 with a web page, as a captive portal sends it.",
        options=_LATE_AND_NOT,
        loses_reply=True,
    ),
    "empty_body": Kind("answer", "HTTP 200 with no body.", options=_LATE, loses_reply=True),
    "odd_body": Kind(
        "answer",
        "The right answer in bytes that a careful reader can still read.",
        options={
            "how": Option(
                "bom",
                one_of("bom", "utf16", "gzip", "text_type"),
                "behind a byte order mark, in UTF-16, packed, or called text/html",
            )
        },
    ),
    "broken_body": Kind(
        "answer",
        "The right answer, whole as far as HTTP goes, in bytes nobody can read.",
        options={
            "how": Option(
                "cut_json",
                one_of("cut_json", "twice", "broken_gzip"),
                "half of the JSON, two in a row, or called packed but not",
            )
        },
        loses_reply=True,
    ),
    "odd_date": Kind(
        "rewrite",
        "The answer's Date header is of no use, or wrong.",
        options={
            "how": Option("missing", one_of("missing", "garbage", "skewed"), "which"),
            "seconds": Option(-3600, whole(-31_536_000, 31_536_000), "by how much a skewed one is off"),
        },
    ),
    "slow": Kind(
        "wait",
        "The right answer, late.",
        options={
            "delay_ms": Option(3000, whole(0, 600_000), "how much later, in milliseconds"),
            "commit_first": Option(
                default=False,
                accepts=yes_no,
                text="whether the call is carried out before the wait and not after it",
            ),
        },
    ),
}

_REFUSALS: Mapping[str, Kind] = {
    "unauthorized": Kind("instead", "This one call is refused as if the key or token (or login) were wrong."),
    "wrong_credentials": Kind(
        "before",
        "The provider's keys and tokens are revoked, until the faults are cleared or the ledger is reset.",
    ),
    "not_found": Kind("instead", "404 in the provider's words.", calls=CARDPLUSPAY[2:5] + LEVELUP),
    "unprocessable": Kind(
        "instead",
        "422 in the provider's words.",
        options={
            "reason": Option(
                "email",
                one_of(
                    "email",
                    "merchant",
                    "minimum",
                    "positive",
                    "card",
                    "balance",
                    "debit_card_only",
                    "delinquent_bundle",
                    "excessive_chargebacks",
                    "no_credit_card",
                    "payment_ineligible",
                ),
                "which 422 (levelup.create, add and remove only)",
            )
        },
    ),
    "too_many_requests": Kind(
        "instead",
        "429.",
        options={"retry_after": Option(2, whole(0, 3600, none=True), "Retry-After in s, or null")},
    ),
}

EVERYWHERE: Mapping[str, Kind] = {**_CONNECTIONS, **_ANSWERS, **_REFUSALS}
"""Faults of connections, of answers, and refusals both providers know."""
