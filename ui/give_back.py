"""The question whether the customer has the money back; only a yes is written down."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_app.i18n import _, money
from pos_app.orders.order import Order
from ui.dialogs import ask
from ui.screen import Clock
from ui.sheet import Choice


async def is_given_back(window: QWidget, order: Order, clock: Clock) -> bool:
    """Ask over `window` whether the money of `order` was given back, in the way it came."""
    amount = money(order.price)
    answer = await ask(
        window,
        _("Give back {amount}").format(amount=amount),
        (_way(order),),
        (
            Choice("done", _("{amount} given back").format(amount=amount), primary=True),
            Choice("not_yet", _("Not yet")),
        ),
        clock,
    )
    return answer == "done"


def _way(order: Order) -> str:
    match order.placed.sale.tenders[0].kind:
        case "cash":
            return _("Take it out of the drawer and give it to the customer. Then say so here.")
        case "terminal":
            return _("Refund it on the card terminal, to the same card. Then say so here.")
        case "other":
            return _("Give it back on the main till. Then say so here.")
