"""Faults beside and around a call: others in the account, money in and back, witnesses that lag or hide."""

from collections.abc import Mapping

from pos_app.sandbox.fault_kinds import (
    CARDPLUSPAY,
    LONGEST_WAIT,
    Kind,
    Option,
    money,
    number,
    one_of,
    some_text_or_none,
    whole,
    yes_no,
)

_GET, _LIST, _BALANCE = (f"cardpluspay.{call}" for call in ("status", "list", "balance"))
_CATALOG, _CHECK = "cardpluspay.catalog", "cardpluspay.check"

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

WITNESSES: Mapping[str, Kind] = {
    "behind": Kind(
        "within",
        "The answer is as of some time ago: a list behind the balance, or a balance behind the list.",
        calls=(_GET, _LIST, _BALANCE),
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
"""What the calls that only look tell, and what they keep to themselves."""
