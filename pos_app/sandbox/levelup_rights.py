"""Whether whoever asks LevelUp's stand-in may do so: as the payer, or as the merchant."""

from starlette.datastructures import Headers

from pos_app.sandbox import levelup_auth
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.levelup_auth import Presented, same


def may_pay(ledger: Ledger, headers: Headers) -> bool:
    """Whether the request carries the token of the user who is charged."""
    presented, known = _presented(ledger, headers), ledger.credentials
    if presented is None:
        return False
    if presented.untagged is not None:
        # A shop owner's login token also pays; one published client sends nothing else.
        return same(presented.untagged, known.user_token) or same(presented.untagged, known.merchant_token)
    return same(presented.user, known.user_token) and _right_or_absent(
        presented.merchant, known.merchant_token
    )


def may_manage(ledger: Ledger, headers: Headers) -> bool:
    """Whether the request carries the merchants' token."""
    presented, known = _presented(ledger, headers), ledger.credentials
    if presented is None:
        return False
    if presented.untagged is not None:
        return same(presented.untagged, known.merchant_token)
    return same(presented.merchant, known.merchant_token) and _right_or_absent(
        presented.user, known.user_token
    )


def _presented(ledger: Ledger, headers: Headers) -> Presented | None:
    return None if "levelup" in ledger.revoked else levelup_auth.read(headers.get("authorization"))


def _right_or_absent(presented: str | None, wanted: str) -> bool:
    return presented is None or same(presented, wanted)
