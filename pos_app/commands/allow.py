"""`countercard allow`: what the program would not do by itself, and a manager allows."""

from __future__ import annotations

import argparse

from pos_app.commands.exits import Exit, for_order
from pos_app.commands.manager import manager
from pos_app.commands.output import emit, say
from pos_app.commands.shown import entry_objects, order_lines, order_object, story_lines
from pos_app.i18n import _, ngettext
from pos_app.register import Register


async def allow(register: Register, args: argparse.Namespace) -> Exit:
    """Have selling from a company go on, or an order be sold that was left to a person."""
    by = await manager(register, args.by)
    if args.provider is not None:
        orders = await register.sales.go_on(args.provider, by, args.evidence)
        if args.json:
            emit({"provider": args.provider, "orders": list(orders)})
        elif orders:
            count = len(orders)
            say(
                ngettext(
                    "Selling goes on; {n} order that is not confirmed holds up nothing any more.",
                    "Selling goes on; {n} orders that are not confirmed hold up nothing any more.",
                    count,
                ).format(n=count)
            )
        else:
            say(_("Nothing was paused."))
        return Exit.DONE
    order = await register.sales.approve(args.order, by, args.evidence)
    status = register.sales.status(order)
    if args.json:
        emit({**order_object(order, status, {}), "entries": entry_objects(order)})
    else:
        for line in (*order_lines(order, status, {}), *story_lines(order)):
            say(line)
    return for_order(order)
