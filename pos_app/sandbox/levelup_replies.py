"""How LevelUp is asked and how it answers: one object under its resource's name, and errors in an array."""

from collections.abc import Sequence
from typing import Any, TypeGuard

from starlette.datastructures import Headers

from pos_app.sandbox import jsontext
from pos_app.sandbox.exchange import Reply, Request
from pos_app.sandbox.ledger import Booked

_MOST_DIGITS = 18

# --- reading ------------------------------------------------------------


class NotJson(Exception):
    """The body of a request is not valid JSON."""


def enveloped(request: Request, name: str) -> dict[str, Any]:
    """The object under `name` in the body; an empty one if there is none. Raises `NotJson`."""
    return fields(fields(body(request)).get(name))


def body(request: Request) -> Any:
    """What the body says. Raises `NotJson`."""
    try:
        return jsontext.loads(request.body)
    except ValueError as error:
        raise NotJson from error


def fields(found: Any) -> dict[str, Any]:
    """The object itself, or an empty one for anything that is none."""
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def text(value: Any) -> str | None:
    """A text that says something; left out, null and empty are all one, as different clients send them."""
    return value if isinstance(value, str) and value else None


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether that is a whole number, which `true` is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def number(said: str) -> int:
    """The number in a path or query; 0, which no id is, for anything else."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS else 0


def acceptable(headers: Headers) -> bool:
    """Whether the client takes JSON."""
    accepted = [kind.partition(";")[0].strip().lower() for kind in headers.get("accept", "").split(",")]
    return any(kind in {"application/json", "application/*", "*/*"} for kind in accepted)


# --- answering ------------------------------------------------------------


def said(value: object, *, order: Booked | None = None, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """200 with this JSON."""
    return Reply(200, jsontext.dumps(value), headers, order=order)


def error(
    message: str, about: str | None = None, part: str | None = None, code: str | None = None
) -> dict[str, dict[str, str]]:
    """One entry of the array of errors; only its message is always there."""
    told = {"message": message, "object": about, "property": part, "code": code}
    return {"error": {name: value for name, value in told.items() if value is not None}}


def errors(entries: Sequence[dict[str, dict[str, str]]], status: int = 422) -> Reply:
    """A no with its reasons."""
    return Reply(status, jsontext.dumps(entries))


def unauthorized() -> Reply:
    """401, which has no body: no token, a wrong one, or not this merchant's."""
    return Reply(401, headers=(("WWW-Authenticate", 'OAuth2 realm="levelup", error="invalid_token"'),))


def not_found() -> Reply:
    """404, which has no body either."""
    return Reply(404)
