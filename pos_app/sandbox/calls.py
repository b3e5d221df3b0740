"""The one way every call of both providers goes: meet its faults, be carried out, be answered."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope, Send

from pos_app.sandbox import answers, jsontext, rewrites, wire
from pos_app.sandbox.exchange import Handler, Path, Provider, Reply, Request
from pos_app.sandbox.faults import Fault, Faults
from pos_app.sandbox.later import Later, lose
from pos_app.sandbox.leaving import Leaving
from pos_app.sandbox.ledger import Ledger
from pos_app.sandbox.signing import Signing
from pos_app.sandbox.waiting import Event

log = logging.getLogger("countercard.sandbox")

_MOST = 1024 * 1024
_EVENTS: Mapping[str, Event] = {
    "foreign_order": "foreign_order",
    "portal_order": "portal_order",
    "top_up": "top_up",
    "refund": "refund",
}


class Desk:
    """What all calls share: the ledger and its clock, the ordered faults, what is still to come, signing.

    `latency_ms` is the usual delay. `stopping` is set when the server shuts down; whoever waits for something
    gives up then.
    """

    def __init__(self, ledger: Ledger, faults: Faults, latency_ms: int, *, signing: bool = False) -> None:
        self.ledger = ledger
        self.clock = ledger.clock
        self.faults = faults
        self.latency_ms = latency_ms
        self.later = Later(ledger)
        self.signing = Signing(ledger.clock, required=signing)
        self.stopping = asyncio.Event()
        self._pauses: list[float] = []
        self._one_is_over = asyncio.Event()

    def reset(self) -> None:
        """Everything as at the start."""
        self.faults.clear()
        self.ledger.reset()
        self.signing.reset()

    async def pause(self, seconds: float, other: "asyncio.Task[None] | None" = None) -> bool:
        """Waits until the sandbox's clock is so much further; False if the server began to stop meanwhile.

        The end of `other` ends the wait.
        """
        until = self.clock.now() + seconds
        self._pauses.append(until)
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(self.stopping.wait()),
            asyncio.create_task(self.clock.reaches(until)),
        ]
        if other is not None:
            waits.append(other)
        try:
            # Nobody waits longer than was said, even if the clock is turned back meanwhile.
            _, late = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        finally:
            self._pauses.remove(until)
            self._one_is_over.set()
        return not self.stopping.is_set()

    async def until_gone(self, receive: Receive) -> None:
        """Returns once the client has hung up, or the server begins to stop."""
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(self.stopping.wait()),
            asyncio.create_task(wire.ended(receive)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def caught_up(self) -> None:
        """Returns once everybody who waited for a moment that has come has gone on."""
        self.later.catch_up()
        while any(until <= self.clock.now() for until in self._pauses):
            self._one_is_over.clear()
            await self._one_is_over.wait()


class Endpoint:
    """One path of a provider, as an ASGI application."""

    def __init__(self, desk: Desk, provider: Provider, path: Path) -> None:
        self._desk = desk
        self._provider = provider
        self._path = path
        desk.later.handlers.update(dict(path.methods.values()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or does to it what was ordered."""
        desk = self._desk
        leaving = Leaving(scope, receive, send, desk.clock.now, self._provider.headers)
        known = self._path.methods.get(scope["method"])
        if known is None:
            await leaving.whole(self._provider.no_such_path())
            return
        call, handler = known
        desk.later.catch_up()
        desk.ledger.requests[call] += 1
        received = desk.clock.now()
        faults = desk.faults.take(call)
        for fault in faults:
            log.info("%s meets %s", call, fault.name)
        door = _of_stage(faults, "door")
        if door is not None:
            await self._at_the_door(leaving, door)
            return
        body = await _read(receive)
        if body is None:
            return
        request = Request(
            version=scope["path_params"].get("version", ""),
            ident=scope["path_params"].get("ident", ""),
            query=QueryParams(scope["query_string"]),
            headers=Headers(scope=scope),
            body=body,
            faults=faults,
            received=received,
            objection=desk.signing.objection(Headers(scope=scope)),
        )
        await _Call(desk, self._provider, leaving, request, scope["path"]).happen(call, handler)

    async def _at_the_door(self, leaving: Leaving, fault: Fault) -> None:
        if fault.name == "never_read":
            await leaving.open_for(float(fault.options["seconds"]), self._desk, None)
        else:
            await leaving.hang_up(reset=True)


class _Call:
    """One request on its way from the door to the wire."""

    def __init__(self, desk: Desk, provider: Provider, leaving: Leaving, request: Request, path: str) -> None:
        self._desk = desk
        self._provider = provider
        self._leaving = leaving
        self._request = request
        self._faults = request.faults
        self._path = path

    async def happen(self, call: str, handler: Handler) -> None:
        """Carries the call out as far as its faults let it, and answers it as they let it."""
        commit_first = self._request.option("slow", "commit_first")
        delay = self._desk.latency_ms + (self._request.option("slow", "delay_ms") or 0)
        if not commit_first and not await self._wait(delay):
            return
        self._beside("before")
        for fault in self._faults:
            if fault.kind.stage == "before":
                self._provider.upset(self._request, fault)
        right = self._carry_out(call, handler)
        self._beside("after")
        if commit_first and not await self._wait(delay):
            return
        answer = _of_stage(self._faults, "answer")
        reply = rewrites.respelled(self._faults, right)
        if answer is not None:
            reply = replace(answers.other(answer, reply, self._provider, self._path), date=reply.date)
        wire_fault = _of_stage(self._faults, "wire")
        if right.order is not None:
            losing = [fault.name for fault in self._faults if fault.kind.loses_reply]
            if losing or self._leaving.connection.gone:
                lose(self._desk.ledger, right.order, losing[-1] if losing else "client_gone")
        await self._leave(wire_fault, reply)
        if right.order is not None and self._leaving.abandoned and not right.order.reply_lost:
            lose(self._desk.ledger, right.order, "client_gone")

    async def _wait(self, delay_ms: int) -> bool:
        """Waits as every answer does; False if there is no use in going on, the server being about to end."""
        if delay_ms and not await self._desk.pause(delay_ms / 1000):
            await self._leaving.hang_up()
            return False
        self._desk.later.catch_up()
        return True

    def _carry_out(self, call: str, handler: Handler) -> Reply:
        refusal = _of_stage(self._faults, "instead")
        if refusal is not None:
            return self._provider.refusal(call, refusal)
        if not all(fault.commits for fault in self._faults):
            return self._provider.failure(500)
        put_off = max((fault.options.get("commit_after", 0) for fault in self._faults), default=0)
        if not put_off:
            return handler(self._request)
        losing = next(fault.name for fault in self._faults if fault.options.get("commit_after", 0))
        self._desk.later.put_off(call, self._request, float(put_off), losing)
        return self._provider.failure(500)

    def _beside(self, when: str) -> None:
        for fault in self._faults:
            if fault.kind.stage == "beside" and fault.options["when"] == when:
                self._desk.later.let(_EVENTS[fault.name], fault.options, _item_named(self._request.body))

    async def _leave(self, fault: Fault | None, reply: Reply) -> None:
        if fault is None:
            await self._leaving.whole(reply)
        elif fault.name == "silence":
            gone = asyncio.create_task(self._leaving.gone())
            await self._leaving.open_for(float(fault.options["seconds"]), self._desk, gone)
        elif fault.name in {"lost_reply", "reset_after_read"}:
            await self._leaving.hang_up(reset=fault.name == "reset_after_read")
        else:
            await self._leaving.astray(fault, reply, self._desk)


def _of_stage(faults: tuple[Fault, ...], stage: str) -> Fault | None:
    return next((fault for fault in faults if fault.kind.stage == stage), None)


def _item_named(body: bytes) -> str | None:
    """The item a check or an order names, if it does."""
    try:
        said = jsontext.loads(body)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    wish = cast("dict[str, Any]", said)
    item = wish.get("item_code") or wish.get("item_id")
    return item if isinstance(item, str) else None


async def _read(receive: Receive) -> bytes | None:
    """The body, or None if the client left before its end. What is beyond any sensible size is dropped."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        if len(body) <= _MOST:
            body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)
