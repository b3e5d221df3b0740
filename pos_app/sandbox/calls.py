"""The one way every call of both providers goes: meet its fault, be carried out, be answered."""

import asyncio
import logging
import time
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope, Send

from pos_app.sandbox import jsontext, wire
from pos_app.sandbox.exchange import Handler, Path, Provider, Reply, Request
from pos_app.sandbox.faults import Fault, Faults
from pos_app.sandbox.ledger import Booked, Ledger

log = logging.getLogger("countercard.sandbox")

_MOST = 1024 * 1024
_PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"


class Desk:
    """What all calls share: the ledger, the ordered faults, the usual delay, and the end of the day.

    `stopping` is set when the server shuts down; whoever waits for something gives up then.
    """

    def __init__(self, ledger: Ledger, faults: Faults, latency_ms: int) -> None:
        self.ledger = ledger
        self.faults = faults
        self.latency_ms = latency_ms
        self.stopping = asyncio.Event()

    async def pause(self, seconds: float, other: asyncio.Task[None] | None = None) -> bool:
        """Waits; False if the server began to stop meanwhile. `other` ends the wait early."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self.stopping.wait())]
        if other is not None:
            waits.append(other)
        _, late = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not self.stopping.is_set()


class Endpoint:
    """One path of a provider, as an ASGI application."""

    def __init__(self, desk: Desk, provider: Provider, path: Path) -> None:
        self._desk = desk
        self._provider = provider
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or does to it what was ordered."""
        known = self._path.methods.get(scope["method"])
        if known is None:
            await deliver(send, self._provider.no_such_path(), self._provider)
            return
        call, handler = known
        desk = self._desk
        desk.ledger.requests[call] += 1
        fault = desk.faults.take(call)
        if fault is not None:
            log.info("%s meets %s", call, fault.name)
        if fault is not None and fault.kind.stage == "door":
            wire.connection(scope).reset()
            await wire.ended(receive)
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
            fault=fault,
        )
        await self._answer(_Exchange(scope, receive, send, request), call, handler)

    async def _answer(self, exchange: "_Exchange", call: str, handler: Handler) -> None:
        fault = exchange.request.fault
        delay = self._desk.latency_ms + (fault.options.get("delay_ms", 0) if fault else 0)
        if delay and not await self._desk.pause(delay / 1000):
            exchange.connection.close()
            await wire.ended(exchange.receive)
            return
        if fault is None:
            reply = handler(exchange.request)
        elif fault.kind.stage == "after":
            await _Aftermath(self._desk, self._provider, exchange, handler, fault).happen()
            return
        elif fault.kind.stage == "instead":
            reply = self._provider.refusal(call, fault)
        else:
            if fault.kind.stage == "before":
                self._provider.upset(exchange.request, fault)
            reply = handler(exchange.request)
        if reply.order is not None and exchange.connection.gone:
            _mark(self._desk.ledger, reply.order, "client_gone")
        await deliver(exchange.send, reply, self._provider)


class _Exchange:
    """One request with the ways to answer it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, request: Request) -> None:
        self.connection = wire.connection(scope)
        self.receive = receive
        self.send = send
        self.request = request


class _Aftermath:
    """A fault on the way of the answer: the call is carried out or not, and the client does not learn it."""

    def __init__(
        self, desk: Desk, provider: Provider, exchange: _Exchange, handler: Handler, fault: Fault
    ) -> None:
        self._desk = desk
        self._provider = provider
        self._exchange = exchange
        self._handler = handler
        self._fault = fault

    async def happen(self) -> None:
        """Does the fault."""
        name, options = self._fault.name, self._fault.options
        put_off = float(options.get("commit_after", 0))
        carried_out = self._carry_out() if self._fault.commits and not put_off else None
        if name == "silence":
            await self._keep_silent(float(options["seconds"]), put_off)
        elif name in {"lost_reply", "reset_after_read"}:
            await self._hang_up(reset=name == "reset_after_read")
            await self._catch_up(put_off)
        elif name == "truncated" and carried_out is not None:
            await self._cut(carried_out, options["keep_percent"])
        else:
            await deliver(self._exchange.send, self._other_answer(carried_out), self._provider)

    def _carry_out(self) -> Reply:
        reply = self._handler(self._exchange.request)
        if reply.order is not None and self._fault.kind.loses_reply:
            _mark(self._desk.ledger, reply.order, self._fault.name)
        return reply

    async def _catch_up(self, seconds: float) -> None:
        if not seconds or not self._fault.commits:
            return
        epoch = self._desk.ledger.epoch
        if await self._desk.pause(seconds) and self._desk.ledger.epoch == epoch:
            self._carry_out()

    async def _keep_silent(self, seconds: float, put_off: float) -> None:
        gone = asyncio.create_task(wire.ended(self._exchange.receive))
        late = asyncio.create_task(self._catch_up(put_off))
        await self._desk.pause(seconds, gone)
        self._exchange.connection.close()
        await asyncio.gather(wire.ended(self._exchange.receive), late, return_exceptions=True)

    async def _hang_up(self, *, reset: bool) -> None:
        if reset:
            self._exchange.connection.reset()
        else:
            self._exchange.connection.close()
        await wire.ended(self._exchange.receive)

    async def _cut(self, reply: Reply, percent: int) -> None:
        kept = reply.body[: len(reply.body) * percent // 100]
        await self._exchange.send(_start(reply, self._provider))
        await self._exchange.send({"type": "http.response.body", "body": kept, "more_body": True})
        await self._hang_up(reset=False)

    def _other_answer(self, carried_out: Reply | None) -> Reply:
        name, options = self._fault.name, self._fault.options
        if name == "error_status":
            return _error(self._provider, options["status"], options["body"])
        if name == "html_200":
            return Reply(
                200,
                _PAGE % (b"Welcome", b"Please accept the terms of this network"),
                (),
                "text/html",
                plain=True,
            )
        if name == "empty_body":
            return Reply(200)
        if name == "success_false":
            return replace(self._provider.failure(200), status=200)
        assert carried_out is not None  # noqa: S101  (the two faults below have no option not to commit)
        if name == "no_server_header":
            return replace(carried_out, plain=True)
        return _without_data(carried_out, options["data"])


def _without_data(reply: Reply, instead: str) -> Reply:
    said = jsontext.loads(reply.body)
    said.pop("data", None)
    if instead != "missing":
        said["data"] = {"null": None, "object": {}, "list": []}[instead]
    return replace(reply, body=jsontext.dumps(said))


def _error(provider: Provider, status: int, body: str) -> Reply:
    if body == "html":
        title = b"%d error" % status
        return Reply(status, _PAGE % (title, title), (), "text/html", plain=True)
    return Reply(status) if body == "empty" else provider.failure(status)


def _mark(ledger: Ledger, order: Booked, why: str) -> None:
    order.reply = why
    order.reply_lost = True
    ledger.save(order)


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


def _start(reply: Reply, provider: Provider) -> dict[str, object]:
    # The date is that of this very answer: the till reckons with the provider's clock, to the second.
    headers = [("Date", formatdate(time.time(), usegmt=True)), ("Content-Length", str(len(reply.body)))]
    if reply.body:
        headers.append(("Content-Type", reply.content_type))
    if not reply.plain:
        headers.extend(provider.headers)
    headers.extend(reply.headers)
    encoded = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": reply.status, "headers": encoded}


async def deliver(send: Send, reply: Reply, provider: Provider) -> None:
    """Sends a whole answer."""
    await send(_start(reply, provider))
    await send({"type": "http.response.body", "body": reply.body})
