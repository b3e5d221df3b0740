"""Buying for a command: whatever goes wrong, an order that may have been bought is told as just that."""

from __future__ import annotations

import logging

from pos_app.errors import OutcomeUnknown, PosError, StoreProblem
from pos_app.orders.entries import Heard, Sent
from pos_app.orders.order import Order, Phase
from pos_app.register import Register

_log = logging.getLogger(__name__)


async def buy(
    register: Register, order_id: str, *, sell_anyway: bool = False, by: str = ""
) -> tuple[Order, PosError | None]:
    """Buy `order_id`; returns the order as it stands afterwards, and what went wrong.

    `sell_anyway`, said by `by`: also when another order of its cost is open.
    Raises OutcomeUnknown when the order may have been bought and can not even be read.
    """
    failure: Exception
    try:
        return await register.sales.perform(order_id, sell_anyway=sell_anyway, by=by), None
    except Exception as error:  # noqa: BLE001  a mistake of ours hides no purchase either
        failure = error
    try:
        order = await register.sales.order(order_id)
    except StoreProblem:
        if isinstance(failure, PosError) and not isinstance(failure, OutcomeUnknown | StoreProblem):
            raise failure from None
        raise OutcomeUnknown("not_kept") from None
    if isinstance(failure, PosError):
        return order, failure
    if order.phase is not Phase.SENT:
        raise failure
    _log.error("order %s: %s", order_id, type(failure).__name__)
    return order, OutcomeUnknown("unexpected")


def not_confirmed(order: Order, failure: PosError) -> OutcomeUnknown | None:
    """The words for an order that was sent and has no answer, whatever `failure` says; None for any other."""
    if order.phase is not Phase.SENT:
        return None
    if isinstance(failure, OutcomeUnknown):
        return failure
    sent = max((entry.n for entry in order.entries if isinstance(entry, Sent)), default=-1)
    if any(isinstance(entry, Heard) and entry.n > sent for entry in order.entries):
        return OutcomeUnknown("unexpected")
    return OutcomeUnknown("not_kept" if isinstance(failure, StoreProblem) else "silence")
