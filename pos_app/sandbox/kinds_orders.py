"""Faults of what CardPlusPay sells: refusals, odd purchases, and codes that come late."""

from collections.abc import Mapping

from pos_app.sandbox.fault_kinds import (
    BUY,
    LONGEST_WAIT,
    Kind,
    Option,
    number,
    one_of,
    some_text,
    whole,
    yes_no,
)

_CHECK = "cardpluspay.check"

ORDERS: Mapping[str, Kind] = {
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
"""Faults of checks and purchases."""
