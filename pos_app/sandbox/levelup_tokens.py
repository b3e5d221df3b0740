"""LevelUp's login: a merchant's or a payer's name and password become a token that lasts."""

from collections.abc import Mapping

from pos_app.sandbox.exchange import Reply, Request
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.levelup_auth import same
from pos_app.sandbox.levelup_replies import body, enveloped, error, errors, fields, said, text
from pos_app.sandbox.levelup_rights import Rights
from pos_app.sandbox.merchants import Merchant

APP = 20
"""The only app this stand-in knows."""

_ABOUT = "access_token"
_OWNER = 210
_PAYER = 211


def wrong_login() -> Reply:
    """422, not 401: the name or the password is wrong."""
    return errors([error("The email address or password you provided is incorrect.", _ABOUT, "base")])


class Tokens:
    """The call that gives tokens out."""

    def __init__(self, ledger: Ledger, merchants: Mapping[int, Merchant], rights: Rights) -> None:
        self._ledger = ledger
        self._rights = rights
        self._merchants = merchants

    def log_in(self, request: Request) -> Reply:
        """A token for the right key, name and password. Without a merchant it is a consumer's."""
        # Some of the documentation's own samples send the fields without the envelope.
        wish = enveloped(request, _ABOUT) or fields(body(request))
        known = self._ledger.credentials
        if not same(text(wish.get("api_key")) or text(wish.get("client_id")), known.levelup_api_key):
            return errors([error("Api key is invalid.", _ABOUT, "api_key")])
        name, password = text(wish.get("username")), text(wish.get("password"))
        owner = same(name, known.merchant_username) and same(password, known.merchant_password)
        payer = same(name, known.user_username) and same(password, known.user_password)
        if not (owner or payer) or "levelup" in self._ledger.revoked:
            return wrong_login()
        token = {
            "app_id": APP,
            "merchant_id": next(iter(self._merchants)) if owner else None,
            "token": self._rights.token("merchant" if owner else "user"),
            "user_id": _OWNER if owner else _PAYER,
        }
        if request.version == "v14":
            del token["app_id"]
        return said({_ABOUT: token})
