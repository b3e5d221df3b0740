"""LevelUp's calls as its pages and published clients show them: buying a gift card, locations, the login.

Money is whole cents here. Errors are an array of objects, a 401 has no body, and every answer carries
`Server: LevelUp`, which is how a client tells the provider's word from that of something in between.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard

from starlette.datastructures import Headers

from pos_app.sandbox import jsontext, levelup_auth
from pos_app.sandbox.emails import plausible
from pos_app.sandbox.exchange import Path, Reply, Request
from pos_app.sandbox.faults import Fault
from pos_app.sandbox.ledger import Ledger, Refused
from pos_app.sandbox.levelup_auth import same
from pos_app.sandbox.merchants import Merchant
from pos_app.sandbox.orders import GiftCardOrder

MINIMUM = 1000
"""The least a gift card can be loaded with, in cents."""

_ORDER = "gift_card_value_order"
_REFUSALS: Mapping[str, str] = {
    "email": "The email address you entered is invalid. Please retry with a valid email.",
    "merchant": "You must specify a valid merchant.",
    "minimum": "The minimum amount you can load at once is $10.00.",
    "positive": "You must load a positive amount.",
    "card": "Sorry. We cannot charge the credit card at this time.",
}
_BAD_KEY = "Api key is invalid."
_BAD_LOGIN = "The email address or password you provided is incorrect."
_APP = 20
_OWNER = 210
_PAYER = 211


class LevelUp:
    """The stand-in for LevelUp."""

    headers: tuple[tuple[str, str], ...] = (("Server", "LevelUp"),)

    def __init__(self, ledger: Ledger, merchants: Mapping[int, Merchant]) -> None:
        self._ledger = ledger
        self._merchants = merchants

    def paths(self) -> tuple[Path, ...]:
        """The calls a seller of cards uses. The login exists in both versions, the others in v15."""
        login = {"POST": ("levelup.tokens", self._log_in)}
        return (
            Path("/levelup/v15/users/gift_card_value_orders", {"POST": ("levelup.create", self._create)}),
            Path("/levelup/v15/managed_locations", {"GET": ("levelup.locations", self._locations)}),
            Path("/levelup/{version}/access_tokens", login),
        )

    # --- the calls ------------------------------------------------------------

    def _create(self, request: Request) -> Reply:
        if not _acceptable(request.headers):
            return Reply(406)
        if not self._is_payer(request.headers):
            return _unauthorized()
        try:
            wish = _enveloped(jsontext.loads(request.body), _ORDER)
        except ValueError:
            return Reply(400)
        wrong = self._wrong(wish)
        if wrong:
            return _errors(_ORDER, "base", *(_REFUSALS[reason] for reason in wrong))
        merchant = self._merchants.get(wish.get("merchant_id", 0) or 0)
        delayed = request.meets("delayed") or (merchant is not None and merchant.delays)
        recipient = (
            wish["recipient_email"],
            _words(wish, "recipient_name"),
            _words(wish, "recipient_message"),
        )
        merchant_id = None if merchant is None else merchant.id
        try:
            order = self._ledger.give(merchant_id, wish["value_amount"], recipient, delayed=delayed)
        except Refused:
            return _errors(_ORDER, "base", _REFUSALS["card"])
        told = {"added_value_amount": order.value_amount, "delay_gift_card_migration": order.delayed}
        return _json({_ORDER: told}, order=order)

    def _locations(self, request: Request) -> Reply:
        if not _acceptable(request.headers):
            return Reply(406)
        if not self._is_merchant(request.headers):
            return _unauthorized()
        rows = [
            {
                "location": {
                    "address": location.address,
                    "id": location.id,
                    "merchant_id": merchant.id,
                    "merchant_name": merchant.name,
                    "name": location.name,
                    "pos_location_identifier": location.pos_location_identifier,
                    "tip_preference": location.tip_preference,
                }
            }
            for merchant in self._merchants.values()
            for location in merchant.locations
        ]
        return _json(rows)

    def _log_in(self, request: Request) -> Reply:
        if request.version not in {"v14", "v15"}:
            return Reply(404)
        if not _acceptable(request.headers):
            return Reply(406)
        try:
            found = jsontext.loads(request.body)
        except ValueError:
            return Reply(400)
        # Some of the documentation's own samples send the fields without the envelope.
        wish = _enveloped(found, "access_token") or _fields(found)
        known = self._ledger.credentials
        if not same(_text(wish.get("api_key")) or _text(wish.get("client_id")), known.levelup_api_key):
            return _errors("access_token", "api_key", _BAD_KEY)
        name, password = _text(wish.get("username")), _text(wish.get("password"))
        owner = same(name, known.merchant_username) and same(password, known.merchant_password)
        payer = same(name, known.user_username) and same(password, known.user_password)
        if not (owner or payer) or "levelup" in self._ledger.revoked:
            return _errors("access_token", "base", _BAD_LOGIN)
        token = {
            "app_id": _APP,
            "merchant_id": next(iter(self._merchants)) if owner else None,
            "token": known.merchant_token if owner else known.user_token,
            "user_id": _OWNER if owner else _PAYER,
        }
        if request.version == "v14":
            del token["app_id"]
        return _json({"access_token": token})

    # --- what the faults need ------------------------------------------------------------

    def upset(self, request: Request, fault: Fault) -> None:  # noqa: ARG002  (nothing else happens beforehand)
        """The tokens are revoked."""
        self._ledger.revoked.add("levelup")

    def refusal(self, call: str, fault: Fault) -> Reply:
        """A documented no, whatever the ledger says."""
        if fault.name == "not_found":
            return Reply(404)
        if fault.name == "too_many_requests":
            after = fault.options["retry_after"]
            return Reply(429, headers=() if after is None else (("Retry-After", str(after)),))
        if call == "levelup.tokens":
            return _errors("access_token", "base", _BAD_LOGIN)
        if fault.name == "unprocessable":
            return _errors(_ORDER, "base", _REFUSALS[fault.options["reason"]])
        return _unauthorized()

    def failure(self, status: int) -> Reply:
        """An error of the server, as an array of one."""
        said = [{"error": {"message": "We're sorry, but something went wrong."}}]
        return Reply(status, jsontext.dumps(said))

    def no_such_path(self) -> Reply:
        """404, which has no body here."""
        return Reply(404)

    # --- parts ------------------------------------------------------------

    def _is_payer(self, headers: Headers) -> bool:
        presented = levelup_auth.read(headers.get("authorization"))
        if presented is None or "levelup" in self._ledger.revoked:
            return False
        known = self._ledger.credentials
        if presented.untagged is not None:
            # A shop owner's login token also pays; one published client sends nothing else.
            return same(presented.untagged, known.user_token) or same(
                presented.untagged, known.merchant_token
            )
        return same(presented.user, known.user_token) and _right_or_absent(
            presented.merchant, known.merchant_token
        )

    def _is_merchant(self, headers: Headers) -> bool:
        presented = levelup_auth.read(headers.get("authorization"))
        if presented is None or "levelup" in self._ledger.revoked:
            return False
        known = self._ledger.credentials
        if presented.untagged is not None:
            return same(presented.untagged, known.merchant_token)
        return same(presented.merchant, known.merchant_token) and _right_or_absent(
            presented.user, known.user_token
        )

    def _wrong(self, wish: dict[str, Any]) -> list[str]:
        wrong: list[str] = []
        email = wish.get("recipient_email")
        if not isinstance(email, str) or not plausible(email):
            wrong.append("email")
        merchant_id = wish.get("merchant_id")
        # Without a merchant the card is good at all of them; two published clients leave it out.
        if merchant_id is not None and not (_is_whole(merchant_id) and merchant_id in self._merchants):
            wrong.append("merchant")
        amount = wish.get("value_amount")
        if not _is_whole(amount) or amount <= 0:
            wrong.append("positive")
        elif amount < MINIMUM:
            wrong.append("minimum")
        return wrong


def _right_or_absent(presented: str | None, wanted: str) -> bool:
    return presented is None or same(presented, wanted)


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _words(wish: dict[str, Any], name: str) -> str | None:
    return None if wish.get(name) is None else str(wish[name])


def _fields(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _enveloped(found: Any, name: str) -> dict[str, Any]:
    return _fields(_fields(found).get(name))


def _acceptable(headers: Headers) -> bool:
    accepted = [kind.partition(";")[0].strip().lower() for kind in headers.get("accept", "").split(",")]
    return any(kind in {"application/json", "application/*", "*/*"} for kind in accepted)


def _json(value: object, *, order: GiftCardOrder | None = None) -> Reply:
    return Reply(200, jsontext.dumps(value), order=order)


def _errors(about: str, about_property: str, *messages: str) -> Reply:
    errors = [{"error": {"message": text, "object": about, "property": about_property}} for text in messages]
    return Reply(422, jsontext.dumps(errors))


def _unauthorized() -> Reply:
    return Reply(401, headers=(("WWW-Authenticate", 'OAuth2 realm="levelup", error="invalid_token"'),))
