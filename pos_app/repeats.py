"""Whether a card by e-mail was sold a moment ago: such orders have no books, only this question."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pos_app.clock import Now
from pos_app.intake import purchase
from pos_app.orders.draft import Line
from pos_app.orders.order import Order, Phase
from pos_app.store.journal import Journal

WITHIN: Final = timedelta(hours=24)

_WENT_NOWHERE: Final = frozenset({Phase.REFUSED, Phase.NOT_BOUGHT, Phase.WITHDRAWN})


async def earlier_order(journal: Journal, line: Line, now: Now) -> Order | None:
    """The newest order of the last 24 hours with the merchant, recipient and amount of `line`.

    None for a card that does not go by e-mail. Recipients are compared in memory: no row has one in clear.
    """
    if line.recipient is None:
        return None
    wanted = _as_compared(line.recipient.email)
    product = line.product
    for order in reversed(await journal.placed_since(now() - WITHIN, product.provider, product.item)):
        if order.phase in _WENT_NOWHERE or order.placed.face != line.face or order.purged is not None:
            continue
        recipient = purchase(order, await journal.key(order.id)).recipient
        if recipient is not None and _as_compared(recipient.email) == wanted:
            return order
    return None


def _as_compared(email: str) -> str:
    return email.strip().casefold()
