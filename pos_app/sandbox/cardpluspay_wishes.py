"""What a request to CardPlusPay asks for, and how its faults let a purchase depart from that."""

from decimal import Decimal
from typing import Any

from pos_app.sandbox import jsontext
from pos_app.sandbox.cardpluspay_query import Invalid
from pos_app.sandbox.emails import plausible
from pos_app.sandbox.exchange import Request
from pos_app.sandbox.orders import Hold, Terms

_USUAL_POLLS = 2
_MOST_DIGITS = 19


class NotJson(Exception):
    """The body is not JSON."""


def read(body: bytes) -> dict[str, Any]:
    """The object in the body. Raises `NotJson` or `Invalid`."""
    try:
        found = jsontext.loads(body)
    except ValueError as error:
        raise NotJson from error
    if not isinstance(found, dict):
        raise Invalid("The request body must be an object.")
    return found  # pyright: ignore[reportUnknownVariableType]  (JSON objects have text keys)


def item(wish: dict[str, Any], *names: str) -> str:
    """The item under the first of these names that is there. Raises `Invalid`."""
    item = next((wish[name] for name in names if wish.get(name) is not None), None)
    if item is None or item == "":
        raise Invalid(f"The {names[0]} field is required.")
    if not isinstance(item, str):
        raise Invalid(f"The {names[0]} field must be a string.")
    return item


def quantity(wish: dict[str, Any], *, most: int | None) -> int:
    """How many are asked for, 1 if nothing is said. Raises `Invalid`."""
    quantity = wish.get("quantity")
    if quantity is None:
        return 1
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise Invalid("The quantity field must be an integer.")
    if quantity < 1 or (most is not None and quantity > most):
        raise Invalid("The quantity field is out of range.")
    return quantity


def email(wish: dict[str, Any]) -> str | None:
    """The address, if one is given. Raises `Invalid`."""
    email = wish.get("email")
    if email is not None and not (isinstance(email, str) and plausible(email)):
        raise Invalid("The email field must be a valid email address.")
    return email


def is_id(text: str) -> bool:
    """Whether a path's last part can be an order's id."""
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def terms(request: Request, quantity: int) -> Terms:
    """How the faults of a request let its purchase depart from an ordinary one."""
    listed = charged = None
    if request.meets("two_codes_three_charges"):
        listed, charged = quantity + 1, quantity + 2
    elif request.meets("partial_fill"):
        said = request.option("partial_fill", "codes")
        listed = quantity - 1 if said is None else said
        charges = request.option("partial_fill", "charges")
        charged = listed if charges is None else charges
    return Terms(
        received=request.received,
        dated_received=any(fault.options.get("dated") == "received" for fault in request.faults),
        listed=listed,
        charged=charged,
        hold=_hold(request),
        numbering=request.option("odd_order_id", "how") or "next",
        repeats=request.meets("repeated_code"),
    )


def _hold(request: Request) -> Hold | None:
    fault = request.met("late_codes")
    if fault is None:
        return None
    options = fault.options
    polls, seconds = options["polls"], options["seconds"]
    return Hold(
        first=options["first"],
        polls=_USUAL_POLLS if polls is None and seconds is None else polls,
        seconds=None if seconds is None else Decimal(seconds),
        status=options["status"],
        pins=options["pins"],
        each=options["each"],
        never=options["never"],
        listed=options["listed"],
    )
