"""Whether whoever asks LevelUp's stand-in may do so: as the payer, or as the merchant.

A token lasts until it is revoked. Whoever logs in afterwards is given a new one, as often as it happens.
"""

import secrets
from typing import Literal

from starlette.datastructures import Headers

from pos_app.sandbox import levelup_auth
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.levelup_auth import Presented, same

Side = Literal["merchant", "user"]


class Rights:
    """The tokens that are good at this moment."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._newest: dict[Side, str] = {}

    def may_pay(self, headers: Headers) -> bool:
        """Whether the request carries the token of the user who is charged."""
        presented = self._presented(headers)
        if presented is None:
            return False
        if presented.untagged is not None:
            # A shop owner's login token also pays; one published client sends nothing else.
            return self._good("user", presented.untagged) or self._good("merchant", presented.untagged)
        return self._good("user", presented.user) and self._good_or_absent("merchant", presented.merchant)

    def may_manage(self, headers: Headers) -> bool:
        """Whether the request carries the merchants' token."""
        presented = self._presented(headers)
        if presented is None:
            return False
        if presented.untagged is not None:
            return self._good("merchant", presented.untagged)
        return self._good("merchant", presented.merchant) and self._good_or_absent("user", presented.user)

    def revoke(self, side: Side) -> None:
        """From now on the token is no good, nor the one that a login gave instead of it."""
        self._newest.pop(side, None)
        self._ledger.revoked.add(f"levelup.{side}")

    def token(self, side: Side) -> str:
        """A token that is good: what a login gives."""
        if not self._revoked(side):
            return self._first(side)
        if side not in self._newest:
            self._newest[side] = f"{secrets.randbelow(9000) + 1000}-{secrets.token_hex(24)}"
        return self._newest[side]

    def _presented(self, headers: Headers) -> Presented | None:
        return None if "levelup" in self._ledger.revoked else levelup_auth.read(headers.get("authorization"))

    def _good(self, side: Side, token: str | None) -> bool:
        first = not self._revoked(side) and same(token, self._first(side))
        return first or (side in self._newest and same(token, self._newest[side]))

    def _good_or_absent(self, side: Side, token: str | None) -> bool:
        return token is None or self._good(side, token)

    def _revoked(self, side: Side) -> bool:
        return f"levelup.{side}" in self._ledger.revoked

    def _first(self, side: Side) -> str:
        known = self._ledger.credentials
        return known.merchant_token if side == "merchant" else known.user_token
