"""The faults only CardPlusPay's calls can meet: what is sold and charged, and what is told of it."""

from collections.abc import Mapping

from pos_app.sandbox.fault_kinds import (
    BUY,
    CARDPLUSPAY,
    COMMIT_AFTER,
    DATED,
    LONGEST_WAIT,
    Kind,
    Option,
    commit,
    money,
    number,
    one_of,
    some_text,
    some_text_or_none,
    whole,
    yes_no,
)

_CHECK, _GET, _LIST, _BALANCE = (f"cardpluspay.{call}" for call in ("check", "status", "list", "balance"))
_CATALOG = "cardpluspay.catalog"
_WITNESSES = (_GET, _LIST, _BALANCE)
_DATA = Option("null", one_of("null", "object", "list", "missing"), "null, object ({}), list ([]) or missing")

MONEY = ("amount", "balance", "charged_amount", "denomination", "price", "total_denomination", "value")
"""Every field that holds an amount."""


def _money_field(value: object) -> bool:
    return value is None or one_of(*MONEY)(value)


_BESIDE = {
    "when": Option("before", one_of("before", "after"), "just before the call is carried out, or just after"),
    "in_seconds": Option(0, number(0, LONGEST_WAIT), "how much later, on the sandbox's clock"),
}
_SOLD = {
    "item_code": Option(None, some_text_or_none, "which item; null: the one the call names, or a cheap one"),
    "quantity": Option(1, whole(1, 100), "how many cards"),
    "times": Option(1, whole(1, 1000), "how many such orders"),
    "every_seconds": Option(0, number(0, LONGEST_WAIT), "how far apart they are"),
}

EVENTS: Mapping[str, Kind] = {
    "foreign_order": Kind(
        "beside",
        "Another client buys with the same key: a row nobody here asked for, and the balance moves.",
        calls=CARDPLUSPAY,
        options={**_SOLD, **_BESIDE},
    ),
    "portal_order": Kind(
        "beside",
        "Somebody buys in the provider's portal from the same account.",
        calls=CARDPLUSPAY,
        options={**_SOLD, **_BESIDE},
    ),
    "top_up": Kind(
        "beside",
        "The account is topped up.",
        calls=CARDPLUSPAY,
        options={"amount": Option("100.00", money, "US dollars"), **_BESIDE},
    ),
    "refund": Kind(
        "beside",
        "The provider gives money back.",
        calls=CARDPLUSPAY,
        options={
            "order_id": Option(None, whole(1, 2**63, none=True), "for which order; null: the newest"),
            "amount": Option(None, money, "US dollars; null: what the order cost"),
            "status": Option(
                "refunded", some_text_or_none, "the order's status from then on; null leaves it as it is"
            ),
            **_BESIDE,
        },
    ),
}
"""What happens in the same account beside a call; `/admin/events` lets it happen without one."""

_ORDERS: Mapping[str, Kind] = {
    "invalid_item": Kind("instead", "400: no such item.", calls=BUY),
    "insufficient_balance": Kind("instead", "400: the balance is too low.", calls=BUY),
    "out_of_stock": Kind("instead", "400: out of stock.", calls=BUY),
    "price_moved": Kind(
        "before",
        "The item's price moves just before the call, and stays there.",
        calls=(_CHECK, *BUY),
        options={"percent": Option(5, number(-99, 1000), "by how many percent")},
    ),
    "stock_gone": Kind(
        "before",
        "The last card of the item is sold to somebody else just before the call.",
        calls=(_CHECK, *BUY),
    ),
    "two_codes_three_charges": Kind(
        "within",
        "As the official example: one card asked for, two codes listed, three charged (n: n+1 and n+2).",
        calls=BUY,
    ),
    "partial_fill": Kind(
        "within",
        "Fewer cards than were asked for are sold, and paid for.",
        calls=BUY,
        options={
            "codes": Option(None, whole(0, 100, none=True), "how many codes there are; null: one too few"),
            "charges": Option(None, whole(0, 100, none=True), "how many are charged; null: as many as codes"),
        },
    ),
    "bought_twice": Kind(
        "within",
        "Something in front of the server sends the order twice: two orders, one answer.",
        calls=BUY,
        options={"answer": Option("first", one_of("first", "second"), "which of them is answered")},
    ),
    "repeated_code": Kind(
        "within",
        "The codes are those of the order before, already sold. The first order ever has none to repeat.",
        calls=BUY,
    ),
    "odd_order_id": Kind(
        "within",
        "Order ids do not count upwards.",
        calls=BUY,
        options={
            "how": Option(
                "lower", one_of("lower", "random", "huge"), "below all before, anything, or beyond 2**53"
            ),
        },
    ),
    "late_codes": Kind(
        "within",
        "The order is bought, but its codes come later.",
        calls=BUY,
        options={
            "polls": Option(
                None,
                whole(0, 1_000_000, none=True),
                "how many GETs of the order go without them (2 if nothing is said)",
            ),
            "seconds": Option(
                None, number(0, LONGEST_WAIT, none=True), "seconds after which they are there, or null"
            ),
            "first": Option(0, whole(0, 100), "how many codes are there from the start"),
            "each": Option(
                None,
                whole(1, 100, none=True),
                "how many come each time `polls` or `seconds` are over; null: all",
            ),
            "never": Option(default=False, accepts=yes_no, text="whether they never come"),
            "listed": Option(
                "empty", one_of("empty", "missing", "null"), "how an answer without codes shows them"
            ),
            "status": Option("completed", some_text, "the order's status until then"),
            "pins": Option(
                default=False, accepts=yes_no, text="whether the GET lists the PINs of the late codes"
            ),
        },
    ),
}

_WITNESSED: Mapping[str, Kind] = {
    "behind": Kind(
        "within",
        "The answer is as of some time ago: a list behind the balance, or a balance behind the list.",
        calls=_WITNESSES,
        options={"seconds": Option(60, number(0, LONGEST_WAIT), "how long ago, on the sandbox's clock")},
    ),
    "hides_pending": Kind(
        "within",
        "Orders whose codes are still on their way are not listed.",
        calls=(_LIST,),
        options={
            "total": Option(default=False, accepts=yes_no, text="whether `total` counts them all the same")
        },
    ),
    "page_ignored": Kind(
        "within",
        "`page` is ignored: every page is the first.",
        calls=(_CATALOG, _LIST),
    ),
    "poorer": Kind(
        "rewrite",
        "The order tells less than it did before.",
        calls=(_GET,),
        options={
            "without": Option(
                "amount",
                one_of("amount", "created_at", "order_no", "status", "codes", "code_status", "last_code"),
                "which field is gone; `last_code` is the last of the codes",
            )
        },
    ),
    "richer": Kind("within", "The order tells all its codes' money fields and PINs.", calls=(_GET,)),
    "currency": Kind(
        "rewrite",
        "The balance is in another currency.",
        calls=(_BALANCE,),
        options={"currency": Option("EUR", some_text_or_none, "which; null for none")},
    ),
    "unavailable": Kind(
        "within",
        "The check says no. How it does is not documented, so there are three ways.",
        calls=(_CHECK,),
        options={
            "answer": Option(
                "status_false",
                one_of("status_false", "success_false", "bad_request"),
                "200 with status:false, 200 with success:false, or 400",
            )
        },
    ),
}

_SPELLINGS: Mapping[str, Kind] = {
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
        calls=(_CATALOG, _CHECK, *BUY, *_WITNESSES),
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

CARDPLUSPAY_ONLY: Mapping[str, Kind] = {**EVENTS, **_ORDERS, **_WITNESSED, **_SPELLINGS}
"""Faults of what CardPlusPay sells, keeps and tells."""
