"""The faults only LevelUp's calls can meet."""

from collections.abc import Mapping

from pos_app.sandbox.fault_kinds import LEVELUP, Kind, Option, one_of, whole

_PAGED = ("levelup.merchant_locations", "levelup.app_locations", "levelup.all_locations", "levelup.orders")

LEVELUP_ONLY: Mapping[str, Kind] = {
    "no_server_header": Kind("rewrite", "The right answer without `Server: LevelUp`.", calls=LEVELUP),
    "delayed": Kind(
        "within", "The sender must confirm the gift card by e-mail first.", calls=("levelup.create",)
    ),
    "no_delay_flag": Kind(
        "within", "The answer has no `delay_gift_card_migration`.", calls=("levelup.create",)
    ),
    "no_uuid": Kind("within", "The answer has no `uuid`, as an older server's.", calls=("levelup.add",)),
    "identifier_ignored": Kind(
        "within",
        "`external_identifier` is ignored, as an older server does: value is added each time.",
        calls=("levelup.add",),
    ),
    "identifier_refused": Kind(
        "within",
        "A known `external_identifier` with another amount, card or merchant is 422, not the first answer.",
        calls=("levelup.add",),
    ),
    "other_answer": Kind(
        "instead",
        "Any status with any body, from LevelUp itself or from something in front of it.",
        calls=LEVELUP,
        options={
            "status": Option(404, whole(200, 599), "the HTTP status; 204 and 304 have no body"),
            "body": Option(
                "empty",
                one_of("array", "object", "empty_array", "html", "cut", "empty"),
                "array (LevelUp's own), object (OAuth's), empty_array, html, cut (half an array) or empty",
            ),
            "server": Option(
                "levelup", one_of("levelup", "absent", "other"), "whom the header `Server` names"
            ),
        },
    ),
    "token_revoked": Kind(
        "before",
        "One token is revoked, until the faults are cleared or the ledger is reset; a login gives a new one.",
        calls=LEVELUP,
        options={"whose": Option("merchant", one_of("merchant", "user"), "whose token")},
    ),
    "odd_link": Kind(
        "within",
        "A page's `Link` leads astray.",
        calls=_PAGED,
        options={
            "to": Option(
                "end",
                one_of("end", "same", "foreign"),
                "end (the last page has one too, and it leads to a 204), same page, or foreign host",
            )
        },
    ),
    "dirty_locations": Kind(
        "within",
        "Names are null, coordinates text, ids double, hidden ones stubs, and two merchants share a name.",
        calls=("levelup.locations", *_PAGED[:-1]),
    ),
}
"""Faults of what LevelUp sells and lists."""
