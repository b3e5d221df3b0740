"""Faults of how CardPlusPay tells what is right: envelopes, statuses, amounts, PINs and lists."""

from collections.abc import Mapping

from pos_app.sandbox.fault_kinds import (
    BUY,
    CARDPLUSPAY,
    COMMIT_AFTER,
    DATA,
    DATED,
    Kind,
    Option,
    commit,
    one_of,
    some_text_or_none,
    whole,
)

_CATALOG, _CHECK = "cardpluspay.catalog", "cardpluspay.check"
_GET, _LIST, _BALANCE = (f"cardpluspay.{call}" for call in ("status", "list", "balance"))
_DATA = Option("null", one_of(*DATA), "null, object ({}), list ([]) or missing")

MONEY = ("amount", "balance", "charged_amount", "denomination", "price", "total_denomination", "value")
"""Every field that holds an amount."""


def _money_field(value: object) -> bool:
    return value is None or one_of(*MONEY)(value)


SPELLINGS: Mapping[str, Kind] = {
    "success_false": Kind(
        "answer",
        "HTTP 200 with success:false.",
        calls=CARDPLUSPAY,
        options={
            "commit": commit(default=False),
            "commit_after": COMMIT_AFTER,
            "dated": DATED,
            "data": Option("missing", _DATA.accepts, _DATA.text),
        },
        loses_reply=True,
    ),
    "no_data": Kind(
        "answer",
        "The call is carried out and answered with success:true, but the data is not there.",
        calls=CARDPLUSPAY,
        options={"data": _DATA},
        loses_reply=True,
    ),
    "odd_success": Kind(
        "rewrite",
        "`success` is not plain true.",
        calls=CARDPLUSPAY,
        options={
            "value": Option("text", one_of("text", "number", "null", "missing"), '"true", 1, null, or none')
        },
    ),
    "odd_status": Kind(
        "rewrite",
        "`status` or `state` hold words nobody documented.",
        calls=(*BUY, _GET, _LIST),
        options={
            "status": Option("processing", some_text_or_none, "the order's status; null leaves it"),
            "state": Option(None, some_text_or_none, "the state beside it; null leaves it"),
        },
    ),
    "other_2xx": Kind(
        "rewrite",
        "The right answer under another status of success, since 200 or 201 is not documented.",
        calls=BUY,
        options={"status": Option(201, whole(200, 299), "the HTTP status")},
    ),
    "odd_money": Kind(
        "rewrite",
        "Amounts are spelled in another way.",
        calls=(_CATALOG, _CHECK, *BUY, _GET, _LIST, _BALANCE),
        options={
            "how": Option(
                "text",
                one_of(
                    "text",
                    "number",
                    "noisy",
                    "blanks",
                    "long",
                    "comma",
                    "thousands",
                    "sign",
                    "exponent",
                    "nan",
                    "negative",
                    "zero",
                    "empty",
                    "null",
                    "missing",
                ),
                'as "9.60", 9.60, 9.6000000000000001, " 9.60 ", "9.6000", "9,60", "1,234.50", "$9.60", '
                '9.60E+0, NaN, "-9.60", "0.00", "", null, or not at all',
            ),
            "field": Option(
                None,
                _money_field,
                "which field; null: every one there is",
            ),
        },
    ),
    "odd_metadata": Kind(
        "rewrite",
        "A code's PIN is told in another way. Cards without a PIN stay without.",
        calls=(*BUY, _GET),
        options={
            "how": Option(
                "object",
                one_of("object", "upper", "lower", "number", "several", "extra", "empty", "null", "missing"),
                "an object for the list, PIN, pin, a number, several entries, more keys, [], null, or gone",
            )
        },
    ),
    "wrong_card": Kind(
        "rewrite",
        "The codes are said to be of another card than was asked for.",
        calls=BUY,
        options={
            "field": Option(
                "item_code",
                one_of("item_code", "currency", "denomination"),
                "what is wrong about each code",
            )
        },
    ),
    "odd_listing": Kind(
        "rewrite",
        "The catalogue's list has another name or place, since none is documented.",
        calls=(_CATALOG,),
        options={
            "name": Option(
                "items",
                one_of("products", "items", "catalog", "data", "bare"),
                "the list's name; bare: `data` itself",
            ),
            "pagination": Option(
                "block", one_of("block", "flat", "none"), "in a block, flat in `data`, or gone"
            ),
        },
    ),
}
"""Faults that leave the facts alone."""
