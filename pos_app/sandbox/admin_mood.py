"""A mood: faults that wait for as long as somebody holds them, and are put right however that ends."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pos_app.sandbox import jsontext
from pos_app.sandbox.calls import Desk
from pos_app.sandbox.faults import Pending, UnknownFault, vocabulary

PATH = "/admin/mood"


class Mood:
    """The call that holds a mood and the one that ends it. There is one at a time: a new one ends the other.

    Whoever asked for it holds it by the connection: its end, wanted or not, puts everything right. What was
    ordered and has not happened never will, and what was bought meanwhile has no codes on their way any more.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._held: tuple[Pending, ...] = ()
        self._since: frozenset[int] | None = None
        self._turn = 0

    def routes(self) -> list[Route]:
        """Every path with its methods."""
        return [
            Route(PATH, _Holding(self), methods=["POST"]),
            Route(PATH + "/{mood:int}", self._end, methods=["DELETE"]),
        ]

    async def hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Order the faults in the body, say so in one line, and keep them until the client is gone."""
        try:
            turn = self._begin(jsontext.loads(await Request(scope, receive).body()))
        except (ValueError, UnknownFault) as error:
            told = {"error": str(error) or "The body is not valid JSON.", "known": vocabulary()}
            await _json(told, 422)(scope, receive, send)
            return
        try:
            told = {"mood": turn, "ordered": [pending.as_dict() for pending in self._held]}
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 201, "headers": headers})
            line = json.dumps(told).encode() + b"\n"
            await send({"type": "http.response.body", "body": line, "more_body": True})
            await self._desk.until_gone(receive)
        finally:
            if turn == self._turn:
                self._put_right()

    def _begin(self, wishes: Any) -> int:
        """Raises `UnknownFault`; then nothing has changed."""
        several: list[Any] = wishes if isinstance(wishes, list) else [wishes]  # pyright: ignore[reportUnknownVariableType]
        ordered: list[Pending] = []
        try:
            for wish in several:
                ordered.append(self._desk.faults.order(wish))  # noqa: PERF401  (what was ordered must be known on failure)
        except UnknownFault:
            self._take_back(ordered)
            raise
        self._put_right()
        self._turn += 1
        self._held = tuple(ordered)
        self._since = frozenset(self._desk.ledger.card_orders)
        return self._turn

    async def _end(self, request: Request) -> Response:
        """Ends the mood of this number; one that came after it stays."""
        ended = self._since is not None and request.path_params["mood"] == self._turn
        if ended:
            self._put_right()
        return _json({"ended": ended})

    def _put_right(self) -> None:
        self._take_back(self._held)
        since, self._held, self._since = self._since, (), None
        if since is None:
            return
        ledger = self._desk.ledger
        for number, order in ledger.card_orders.items():
            if number not in since and order.hold is not None:
                order.hold.end()
                ledger.save(order)

    def _take_back(self, ordered: "tuple[Pending, ...] | list[Pending]") -> None:
        mine = {pending.number for pending in ordered}
        waiting = self._desk.faults.pending
        waiting[:] = [pending for pending in waiting if pending.number not in mine]


class _Holding:
    """The call that does not end, as an application of its own: no answer of the usual kind fits it."""

    def __init__(self, mood: Mood) -> None:
        self._mood = mood

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await self._mood.hold(scope, receive, send)


def _json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")
