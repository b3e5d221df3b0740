"""What happens by the clock and not by a request: calls that were put off, and others in the same account.

Nothing runs in the background. Whoever looks, a client or the admin side, first makes up for everything that
was due until then, in its order and at its own moment, so that a turned clock, a slow machine and a restart
all give the same account.
"""

import base64
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from starlette.datastructures import Headers, QueryParams

from pos_app.sandbox.exchange import Handler, Request
from pos_app.sandbox.faults import Fault
from pos_app.sandbox.ledger import Booked, Ledger, Refused
from pos_app.sandbox.orders import Buyer, Terms
from pos_app.sandbox.waiting import Event, Waiting

_BUYERS: Mapping[str, Buyer] = {"foreign_order": "client", "portal_order": "portal"}


class Later:
    """The list of what is still to come. `handlers` is who carries out which call."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.handlers: dict[str, Handler] = {}
        self._ways: Mapping[Event, Callable[[Waiting], None]] = {
            "foreign_order": self._sell,
            "portal_order": self._sell,
            "top_up": self._top_up,
            "refund": self._refund,
            "call": self._call,
        }

    def catch_up(self) -> None:
        """Lets everything happen that was due until now."""
        now = self._ledger.clock.now()
        while due := [entry for entry in self._ledger.waiting.values() if _is_due(entry, now)]:
            entry = min(due, key=lambda entry: (entry.due, entry.number))
            # Done before it is done: both go to the disk in one line, and a kill leaves none or both.
            entry.outcome = "done"
            self._ledger.wait(entry)
            with self._ledger.clock.held_at(entry.due):
                self._ways[entry.event](entry)
            self._ledger.wait(entry)
            self._ledger.save()

    def let(self, event: Event, options: Mapping[str, Any], item_code: str | None = None) -> list[Waiting]:
        """Plans an event as a fault of that name or the admin side orders it, once or several times.

        What is due at once has happened when this returns. `item_code` is what is bought if nothing is said.
        """
        ledger, now = self._ledger, self._ledger.clock.now()
        details = {name: value for name, value in options.items() if name not in _TIMING}
        if event in _BUYERS:
            details["item_code"] = details["item_code"] or item_code or self._some_item()
        first = now + float(options["in_seconds"])
        apart = float(options.get("every_seconds", 0))
        planned = [
            self._plan(event, first + apart * number, now, _plain(details))
            for number in range(options.get("times", 1))
        ]
        ledger.save()
        self.catch_up()
        return planned

    def put_off(self, call: str, request: Request, seconds: float, lost_by: str) -> None:
        """Carries a request out once so many seconds are over; the fault of that name loses its answer."""
        details = {
            "call": call,
            "version": request.version,
            "ident": request.ident,
            "query": str(request.query),
            "headers": [[name, value] for name, value in request.headers.items()],
            "body": base64.b64encode(request.body).decode("ascii"),
            "objection": request.objection,
            "faults": [{"name": fault.name, "options": _plain(fault.options)} for fault in request.faults],
            "lost_by": lost_by,
        }
        self._plan("call", self._ledger.clock.now() + seconds, request.received, details)
        self._ledger.save()

    def _plan(self, event: Event, due: float, received: float, details: dict[str, Any]) -> Waiting:
        entry = Waiting(len(self._ledger.waiting) + 1, event, due, received, details)
        self._ledger.wait(entry)
        return entry

    def _sell(self, entry: Waiting) -> None:
        item_code, quantity = entry.details["item_code"], entry.details["quantity"]
        try:
            order = self._ledger.buy(item_code, quantity, None, Terms(by=_BUYERS[entry.event]))
        except Refused as no:
            entry.outcome = no.reason
        else:
            entry.order_id = order.order_id

    def _top_up(self, entry: Waiting) -> None:
        self._ledger.top_up(Decimal(entry.details["amount"] or "100.00"))

    def _refund(self, entry: Waiting) -> None:
        said, amount = entry.details, entry.details["amount"]
        order = self._ledger.refund(said["order_id"], Decimal(amount) if amount else None, said["status"])
        if order is None:
            entry.outcome = "no such order"
        else:
            entry.order_id = order.order_id

    def _call(self, entry: Waiting) -> None:
        said = entry.details
        request = Request(
            version=said["version"],
            ident=said["ident"],
            query=QueryParams(said["query"]),
            headers=Headers(dict(said["headers"])),
            body=base64.b64decode(said["body"]),
            faults=tuple(Fault(fault["name"], _numbers(fault)) for fault in said["faults"]),
            received=entry.received,
            objection=said["objection"],
        )
        reply = self.handlers[said["call"]](request)
        if reply.order is None:
            entry.outcome = f"answered {reply.status}"
            return
        entry.order_id = getattr(reply.order, "order_id", None)
        lose(self._ledger, reply.order, said["lost_by"])

    def _some_item(self) -> str:
        """A card there is plenty of; the same one for the same seed."""
        products = self._ledger.products.values()
        return min(products, key=lambda product: (-self._ledger.left(product), product.price)).item_code


def lose(ledger: Ledger, order: Booked, why: str) -> None:
    """Remembers that the client was not told of this order."""
    order.reply = why
    order.reply_lost = True
    ledger.save(order)


_TIMING = {"when", "in_seconds", "times", "every_seconds"}
_EXACT = {"percent", "seconds"}


def _is_due(entry: Waiting, now: float) -> bool:
    return entry.outcome == "waiting" and entry.due <= now


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in options.items()}


def _numbers(fault: Mapping[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = fault["options"]
    return {
        name: Decimal(value) if name in _EXACT and isinstance(value, str) else value
        for name, value in options.items()
    }
