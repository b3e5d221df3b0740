"""LevelUp's calls as its pages and published clients show them: which path is which call, and who answers it.

Money is whole cents here. Errors are an array of objects, a 401 has no body, and every answer carries
`Server: LevelUp`, which is how a client tells the provider's word from that of something in between.
"""

from collections.abc import Mapping

from pos_app.sandbox import levelup_refusals
from pos_app.sandbox.exchange import Handler, Path, Reply, Request
from pos_app.sandbox.faults import Fault
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.levelup_history import History
from pos_app.sandbox.levelup_locations import Locations
from pos_app.sandbox.levelup_orders import Orders
from pos_app.sandbox.levelup_replies import NotJson, acceptable, not_found
from pos_app.sandbox.levelup_rights import Rights
from pos_app.sandbox.levelup_tokens import Tokens
from pos_app.sandbox.levelup_value import Value
from pos_app.sandbox.merchants import Merchant

_BOTH = "/levelup/{version}"
_NEWER = "/levelup/v15"


class LevelUp:
    """The stand-in for LevelUp."""

    headers: tuple[tuple[str, str], ...] = (("Server", "LevelUp"),)

    def __init__(self, ledger: Ledger, merchants: Mapping[int, Merchant]) -> None:
        self._ledger = ledger
        self._rights = Rights(ledger)
        self._orders = Orders(ledger, merchants, self._rights)
        self._value = Value(ledger, merchants, self._rights)
        self._locations = Locations(merchants, self._rights)
        self._history = History(ledger.seed, merchants, self._rights)
        self._tokens = Tokens(ledger, merchants, self._rights)

    def paths(self) -> tuple[Path, ...]:
        """The calls a seller of cards uses. Where both versions have one, the path takes either."""
        value, locations = self._value, self._locations
        merchant, location = f"{_NEWER}/merchants/{{ident}}", f"{_NEWER}/locations/{{ident}}"
        return (
            _post(f"{_NEWER}/users/gift_card_value_orders", "levelup.create", self._orders.create),
            _post(f"{merchant}/gift_card_value_additions", "levelup.add", value.add),
            _post(f"{merchant}/gift_card_value_removals", "levelup.remove", value.remove),
            _post(f"{location}/get_merchant_funded_gift_card_credit", "levelup.value", value.amount),
            _post(f"{_NEWER}/qr_code_validations", "levelup.validate", value.validate),
            _get(f"{_NEWER}/managed_locations", "levelup.locations", locations.managed),
            _get(
                f"{_BOTH}/merchants/{{ident}}/locations", "levelup.merchant_locations", locations.of_merchant
            ),
            _get(f"{_BOTH}/apps/{{ident}}/locations", "levelup.app_locations", locations.of_app),
            _get("/levelup/v14/locations", "levelup.all_locations", locations.everywhere),
            _get(f"{_BOTH}/locations/{{ident}}", "levelup.location", locations.one),
            _get(f"{_NEWER}/users/orders", "levelup.orders", self._history.listed),
            _post(f"{_BOTH}/access_tokens", "levelup.tokens", self._tokens.log_in),
        )

    def upset(self, request: Request, fault: Fault) -> None:  # noqa: ARG002  (the same for every request)
        """Tokens are revoked: one, or everything a client could show."""
        if fault.name == "token_revoked":
            self._rights.revoke(fault.options["whose"])
        else:
            self._ledger.revoked.add("levelup")

    def refusal(self, call: str, fault: Fault) -> Reply:
        """A no, whatever the ledger says."""
        return levelup_refusals.refusal(call, fault)

    def failure(self, status: int) -> Reply:
        """An error of the server, as an array of one."""
        return levelup_refusals.failure(status)

    def no_such_path(self) -> Reply:
        """404, which has no body here."""
        return not_found()


def _post(pattern: str, call: str, handler: Handler) -> Path:
    return Path(pattern, {"POST": (call, _understood(handler))})


def _get(pattern: str, call: str, handler: Handler) -> Path:
    return Path(pattern, {"GET": (call, _understood(handler))})


def _understood(handler: Handler) -> Handler:
    """The handler, spared of requests nobody could answer."""

    def answer(request: Request) -> Reply:
        if request.version not in {"", "v14", "v15"}:
            return not_found()
        if not acceptable(request.headers):
            return Reply(406)
        try:
            return handler(request)
        except NotJson:
            return Reply(400)

    return answer
