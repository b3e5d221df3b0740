"""`countercard refund ID`: money given back, also what only a manager may give."""

from __future__ import annotations

import argparse

from pos_app.commands.course import to_the_end
from pos_app.commands.exits import Exit
from pos_app.commands.manager import manager
from pos_app.commands.orders import named_orders
from pos_app.commands.output import amount, emit, say
from pos_app.commands.shown import entry_objects, order_lines, order_object, story_lines
from pos_app.errors import NotAllowed
from pos_app.i18n import _, money
from pos_app.messages import tender_words
from pos_app.orders.entries import Refunded
from pos_app.orders.order import Order
from pos_app.register import Register


async def refund(register: Register, args: argparse.Namespace) -> Exit:
    """Write down that the money was given back. Raises NotAllowed before anything is written."""
    orders = await named_orders(register, args.id)
    if len(orders) != 1:
        raise NotAllowed("nothing_to_refund", orders=[order.id for order in orders])
    rule = await register.refunds.asked(orders[0].id, cards=args.cards, loss=args.loss)
    by = args.by or register.settings.cashier
    if rule.needs in {"manager", "manager_as_loss"}:
        if not args.by or not args.evidence:
            raise NotAllowed("needs_a_manager", option="--evidence")
        by = await manager(register, args.by)
    ids = (orders[0].id,)
    return await to_the_end(
        register, args.course, ids, lambda: _give_back(register, args, ids[0], by), as_json=args.json
    )


async def _give_back(register: Register, args: argparse.Namespace, order_id: str, by: str) -> Exit:
    after = await register.refunds.give_back(
        order_id, by, cards=args.cards, loss=args.loss, evidence=args.evidence or ""
    )
    status = register.sales.status(after)
    ways = _paid(after).given
    if args.json:
        back = [
            {"tender": way.kind, "reference": way.reference or None, "amount": amount(way.amount)}
            for way in ways
        ]
        emit({**order_object(after, status, {}), "entries": entry_objects(after), "given_back": back})
        return Exit.DONE
    for way in ways:
        words = f"{tender_words(way.kind)} {way.reference}".strip()
        say(_("Give back {amount}: {way}").format(amount=money(way.amount), way=words))
    for line in (*order_lines(after, status, {}), *story_lines(after)):
        say(line)
    return Exit.DONE


def _paid(order: Order) -> Refunded:
    return [entry for entry in order.entries if isinstance(entry, Refunded)][-1]
