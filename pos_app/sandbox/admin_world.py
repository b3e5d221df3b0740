"""The admin side's hand on the world around the calls: the clock, others in the account, signed requests."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pos_app.sandbox import jsontext
from pos_app.sandbox.calls import Desk
from pos_app.sandbox.fault_kinds import number, one_of, some_text, whole, yes_no
from pos_app.sandbox.faults import UnknownFault, options
from pos_app.sandbox.kinds_account import EVENTS
from pos_app.sandbox.waiting import Event

_CARDPLUSPAY = "/cardpluspay"
_FURTHEST = 50 * 365 * 24 * 3600
_LONGEST_LIFE = 24 * 3600
_CLOCK = (
    'The body is {"advance_seconds": 60}, or {"set": "2026-05-11T09:30:00Z"} or Unix time, or {"set": null}.'
)
_SIGNING = (
    "public_key is an RSA public key in PEM; required is true or false; challenge_path is a free path "
    "such as /v1/challenge; challenge_method is GET or POST; challenge_field is a short text; "
    "lifetime_seconds is a whole number from 1."
)
_RULES = {"challenge_path", "challenge_method", "challenge_field", "lifetime_seconds"}


class World:
    """The calls under `/admin` that move time, others and security.

    `fixed` are the paths no challenge can have.
    """

    def __init__(self, desk: Desk, fixed: frozenset[str]) -> None:
        self._desk = desk
        self._fixed = fixed

    def routes(self) -> list[Route]:
        """Every path with its methods."""
        return [
            Route("/admin/clock", self._show_clock, methods=["GET"]),
            Route("/admin/clock", self._move_clock, methods=["POST"]),
            Route("/admin/events", self._show_events, methods=["GET"]),
            Route("/admin/events", self._plan_event, methods=["POST"]),
            Route("/admin/signing", self._show_signing, methods=["GET"]),
            Route("/admin/signing", self._set_signing, methods=["POST"]),
            Route("/admin/signing", self._end_signing, methods=["DELETE"]),
        ]

    # --- the clock ------------------------------------------------------------

    async def _show_clock(self, _request: Request) -> Response:
        now = self._desk.clock.now()
        return _json(
            {
                "now": datetime.fromtimestamp(now, tz=UTC).isoformat(),
                "unix": now,
                "offset_seconds": self._desk.clock.offset,
            }
        )

    async def _move_clock(self, request: Request) -> Response:
        said = await _said(request)
        clock = self._desk.clock
        self._desk.later.catch_up()
        try:
            if set(said) == {"advance_seconds"} and number(-_FURTHEST, _FURTHEST)(said["advance_seconds"]):
                clock.turn(float(said["advance_seconds"]))
            elif set(said) == {"set"}:
                moment = _moment(said["set"])
                if moment is None:
                    clock.right()
                else:
                    clock.set(moment)
            else:
                return _json({"error": _CLOCK}, 422)
        except ValueError:
            return _json({"error": _CLOCK}, 422)
        self._desk.ledger.save()
        await self._desk.caught_up()
        return await self._show_clock(request)

    # --- others in the account ------------------------------------------------------------

    async def _show_events(self, _request: Request) -> Response:
        self._desk.later.catch_up()
        events = [waiting.shown() for waiting in self._desk.ledger.waiting.values()]
        return _json({"events": events, "known": sorted(EVENTS)})

    async def _plan_event(self, request: Request) -> Response:
        said = await _said(request)
        event = said.pop("event", None)
        if not isinstance(event, str) or event not in EVENTS:
            return _json({"error": "There is no such event.", "known": sorted(EVENTS)}, 422)
        try:
            found = options(event, EVENTS[event], said)
        except UnknownFault as error:
            return _json({"error": str(error), "known": sorted(EVENTS)}, 422)
        self._desk.later.catch_up()
        planned = self._desk.later.let(cast("Event", event), found)
        return _json({"planned": [waiting.shown() for waiting in planned]}, 201)

    # --- signing ------------------------------------------------------------

    async def _show_signing(self, _request: Request) -> Response:
        return _json(self._desk.signing.as_dict())

    async def _set_signing(self, request: Request) -> Response:
        said = await _said(request)
        if not self._makes_sense(said):
            return _json({"error": _SIGNING}, 422)
        signing = self._desk.signing
        try:
            if "public_key" in said:
                signing.register(said["public_key"])
        except ValueError:
            return _json({"error": _SIGNING}, 422)
        signing.rules = replace(signing.rules, **{name: said[name] for name in _RULES & set(said)})
        signing.required = said.get("required", True)
        return await self._show_signing(request)

    async def _end_signing(self, request: Request) -> Response:
        self._desk.signing.reset()
        self._desk.signing.required = False
        return await self._show_signing(request)

    def _makes_sense(self, said: Mapping[str, Any]) -> bool:
        checks: Mapping[str, bool] = {
            "public_key": isinstance(said.get("public_key", ""), str),
            "required": yes_no(said.get("required", True)),
            "challenge_path": self._is_free(said.get("challenge_path", "/v1/challenge")),
            "challenge_method": one_of("GET", "POST")(said.get("challenge_method", "GET")),
            "challenge_field": some_text(said.get("challenge_field", "challenge")),
            "lifetime_seconds": whole(1, _LONGEST_LIFE)(said.get("lifetime_seconds", 300)),
        }
        return bool(said) and set(said) <= set(checks) and all(checks.values())

    def _is_free(self, path: object) -> bool:
        if not (some_text(path) and isinstance(path, str) and path.startswith("/") and path.isascii()):
            return False
        # An order is asked for under any path below /orders, so no challenge can be there.
        taken = _CARDPLUSPAY + path in self._fixed or path.startswith("/v1/orders")
        return path.isprintable() and not taken and not set(path) & set(" ?#%{}")


def _moment(said: object) -> float | None:
    """Unix time as number or ISO 8601 with an offset; None for null. Raises `ValueError`."""
    if said is None:
        return None
    if isinstance(said, int | Decimal) and not isinstance(said, bool):
        return float(said)
    if not isinstance(said, str):
        raise ValueError("no moment")  # noqa: TRY004  (what a client said is wrong, not our types)
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment.timestamp()


async def _said(request: Request) -> dict[str, Any]:
    """The object in the body, or an empty one for anything else, which no call accepts."""
    try:
        found = jsontext.loads(await request.body())
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")
