"""The payer's history at LevelUp: payments made with it long ago.

Whether bought gift cards are listed there too is not documented, so they are not: a till that does not know
whether it bought one does not find out here.
"""

from collections.abc import Mapping
from random import Random

from pos_app.sandbox import levelup_pages
from pos_app.sandbox.exchange import Reply, Request
from pos_app.sandbox.levelup_replies import unauthorized
from pos_app.sandbox.levelup_rights import Rights
from pos_app.sandbox.merchants import Merchant

PAYMENTS = 2 * levelup_pages.PAGE
"""As many as fill their pages, so that the last one leads on to a 204."""


class History:
    """The call that lists the payer's payments."""

    def __init__(self, seed: int, merchants: Mapping[int, Merchant], rights: Rights) -> None:
        self._rights = rights
        rng = Random(f"payments {seed}")
        chosen = [rng.choice(list(merchants.values())) for _ in range(PAYMENTS)]
        self._rows = [{"order": _payment(rng, merchant, day)} for day, merchant in enumerate(chosen)]

    def listed(self, request: Request) -> Reply:
        """A page of them, newest first."""
        if not self._rights.may_pay(request.headers):
            return unauthorized()
        return levelup_pages.numbered(request, "/levelup/v15/users/orders", self._rows)


def _payment(rng: Random, merchant: Merchant, day: int) -> dict[str, object]:
    spend, tip, credit = rng.randint(300, 4000), rng.choice((0, 100, 250)), rng.choice((0, 0, 200))
    moment = f"2015-01-{28 - day:02d}T{rng.randint(10, 20)}:05:11-05:00"
    return {
        "uuid": f"{rng.getrandbits(128):032x}",
        "created_at": moment,
        "transacted_at": moment,
        "refunded_at": moment if day % 7 == 3 else None,  # noqa: PLR2004  (now and then one was refunded)
        "merchant_id": merchant.id,
        "merchant_name": merchant.name,
        "location_id": merchant.locations[0].id,
        "spend_amount": spend,
        "tip_amount": tip,
        "total_amount": spend + tip,
        "balance_amount": spend + tip - credit,
        "credit_applied_amount": credit,
        "credit_earned_amount": 0,
        "contribution_amount": None,
        "bundle_descriptor": f"LevelUp TEST {day + 1}",
        "bundle_closed_at": None,
        "identifier_from_merchant": f"T1-{rng.randint(1, 9999):06d}",
        "tax_amount": spend // 16,
        "items": [],
    }
