"""CardPlusPay's envelope, and what it says when it says no."""

from collections.abc import Mapping

from pos_app.sandbox import jsontext
from pos_app.sandbox.exchange import Reply
from pos_app.sandbox.ledger import Reason
from pos_app.sandbox.orders import CardOrder

REFUSALS: Mapping[str, str] = {
    "invalid_item": "The selected item is invalid.",
    "out_of_stock": "This item is out of stock.",
    "insufficient_balance": "Your balance is not sufficient for this order.",
}


_NOTHING = object()


def success(message: str, data: Mapping[str, object], order: CardOrder | None = None) -> Reply:
    """200 with these data."""
    return Reply(200, jsontext.dumps({"success": True, "message": message, "data": data}), order=order)


def failure(
    status: int, message: str, *, data: object = _NOTHING, headers: tuple[tuple[str, str], ...] = ()
) -> Reply:
    """A failure in the envelope."""
    # `data` is optional in failures. Missing, null, {} and [] all occur here, so no client relies on one.
    envelope: dict[str, object] = {"success": False, "message": message}
    if data is not _NOTHING:
        envelope["data"] = data
    return Reply(status, jsontext.dumps(envelope), headers)


def unauthorized() -> Reply:
    """401 for a missing, wrong or revoked key."""
    return failure(401, "Invalid or missing API key.")


def invalid(message: str) -> Reply:
    """422 for a field that is missing or of the wrong kind."""
    return failure(422, message, data=[])


def bad_json() -> Reply:
    """400 for a body that is not JSON."""
    return failure(400, "The request body is not valid JSON.", data=None)


def refused(reason: Reason) -> Reply:
    """400 for what the ledger does not sell."""
    return failure(400, REFUSALS[reason], data=None)
