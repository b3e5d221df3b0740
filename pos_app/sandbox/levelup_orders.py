"""LevelUp's create via order: a gift card by e-mail, charged to whoever's token asks for it.

The answer names no order, and the same request again is another card.
"""

from collections.abc import Mapping
from typing import Any

from pos_app.sandbox.emails import plausible
from pos_app.sandbox.exchange import Reply, Request
from pos_app.sandbox.ledger import Ledger, Refused
from pos_app.sandbox.levelup_replies import enveloped, error, errors, is_whole, said, unauthorized
from pos_app.sandbox.levelup_rights import Rights
from pos_app.sandbox.merchants import Merchant

MINIMUM = 1000
"""The least a gift card can be loaded with, in cents."""

TOO_LITTLE = "The minimum amount you can load at once is $10.00."
NOT_POSITIVE = "You must load a positive amount."
CAN_NOT_CHARGE = "Sorry. We cannot charge the credit card at this time."

ABOUT = "gift_card_value_order"
REFUSALS: Mapping[str, str] = {
    "email": "The email address you entered is invalid. Please retry with a valid email.",
    "merchant": "You must specify a valid merchant.",
    "minimum": TOO_LITTLE,
    "positive": NOT_POSITIVE,
    "card": CAN_NOT_CHARGE,
}
"""Why a gift card is not sold, all 422."""


class Orders:
    """The call that buys a gift card."""

    def __init__(self, ledger: Ledger, merchants: Mapping[int, Merchant], rights: Rights) -> None:
        self._ledger = ledger
        self._rights = rights
        self._merchants = merchants

    def create(self, request: Request) -> Reply:
        """Charges the account and sends the card; some merchants want the sender to confirm first."""
        if not self._rights.may_pay(request.headers):
            return unauthorized()
        wish = enveloped(request, ABOUT)
        wrong = self._wrong(wish)
        if wrong:
            return errors([error(REFUSALS[reason], ABOUT, "base") for reason in wrong])
        merchant = self._merchants.get(wish.get("merchant_id", 0) or 0)
        recipient = (
            wish["recipient_email"],
            _words(wish, "recipient_name"),
            _words(wish, "recipient_message"),
        )
        try:
            order = self._ledger.give(
                None if merchant is None else merchant.id,
                wish["value_amount"],
                recipient,
                delayed=request.meets("delayed") or (merchant is not None and merchant.delays),
            )
        except Refused:
            return errors([error(CAN_NOT_CHARGE, ABOUT, "base")])
        told = {"added_value_amount": order.value_amount, "delay_gift_card_migration": order.delayed}
        if request.meets("no_delay_flag"):
            del told["delay_gift_card_migration"]
        return said({ABOUT: told}, order=order)

    def _wrong(self, wish: dict[str, Any]) -> list[str]:
        wrong: list[str] = []
        email = wish.get("recipient_email")
        if not isinstance(email, str) or not plausible(email):
            wrong.append("email")
        merchant_id = wish.get("merchant_id")
        # Without a merchant the card is good at all of them; two published clients leave it out.
        if merchant_id is not None and not (is_whole(merchant_id) and merchant_id in self._merchants):
            wrong.append("merchant")
        amount = wish.get("value_amount")
        if not is_whole(amount) or amount <= 0:
            wrong.append("positive")
        elif amount < MINIMUM:
            wrong.append("minimum")
        return wrong


def _words(wish: dict[str, Any], name: str) -> str | None:
    return None if wish.get(name) is None else str(wish[name])
