"""`countercard custody ID`: where each card's code has been, and through whose hands."""

from __future__ import annotations

import argparse

from pos_app.commands.exits import Exit
from pos_app.commands.orders import named_orders
from pos_app.commands.output import emit, say
from pos_app.commands.shown import visible
from pos_app.i18n import _, date_and_time
from pos_app.orders.custody import Custody, custody
from pos_app.orders.order import Order
from pos_app.register import Register


async def show_custody(register: Register, args: argparse.Namespace) -> Exit:
    """Show every card of the order, or of all orders of the sale; codes stay masked."""
    orders = await named_orders(register, args.id)
    if args.json:
        emit([card for order in orders for card in _objects(order)])
        return Exit.DONE
    lines = [line for order in orders for line in _lines(order, register.settings.shop.zone)]
    for line in lines or [_("No cards yet.")]:
        say(visible(line))
    return Exit.DONE


def _objects(order: Order) -> list[dict[str, object]]:
    found = custody(order)
    return [
        {
            "order_id": order.id,
            "card_id": card.id,
            "masked": card.hint,
            "custody": [
                {"at": line.at.isoformat(), "by": line.by, "what": line.what, "detail": line.detail or None}
                for line in found[card.id]
            ],
        }
        for card in order.cards
    ]


def _lines(order: Order, zone: str) -> list[str]:
    lines: list[str] = []
    found = custody(order)
    for card in order.cards:
        lines.append(f"{order.placed.sale.number}  {order.placed.product.brand}  {card.hint}")
        lines += [
            f"  {date_and_time(line.at, zone)}  {line.by:<16}  {_said(line)}" for line in found[card.id]
        ]
    return lines


def _said(line: Custody) -> str:
    words = {
        "came": _("came from the card company"),
        "parked": _("came unasked, set aside"),
        "richer": _("its PIN came"),
        "printed": _("printed"),
        "receipt_again": _("its last four printed again"),
        "perhaps_printed": _("perhaps printed"),
        "not_printed": _("not printed"),
        "shown": _("shown"),
        "handed_over": _("handed over"),
        "spare": _("became the shop's own"),
        "given_on": _("sold in another order"),
        "claimed": _("claimed back"),
        "claim_closed": _("claim closed"),
        "purged": _("deleted for good"),
    }
    return f"{words[line.what]}: {line.detail}" if line.detail else words[line.what]
