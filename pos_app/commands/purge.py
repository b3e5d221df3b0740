"""`countercard purge ID`: a manager deletes a finished order's codes before their time."""

from __future__ import annotations

import argparse

from pos_app.commands.course import to_the_end
from pos_app.commands.exits import Exit
from pos_app.commands.manager import manager
from pos_app.commands.orders import named_orders
from pos_app.commands.output import emit, say
from pos_app.commands.shown import entry_objects, order_lines, order_object, story_lines
from pos_app.errors import NotAllowed
from pos_app.i18n import _
from pos_app.register import Register


async def purge(register: Register, args: argparse.Namespace) -> Exit:
    """Delete the order's key, with name and reason. Raises NotAllowed before anything is written."""
    orders = await named_orders(register, args.id)
    if len(orders) != 1:
        raise NotAllowed("not_finished", orders=[order.id for order in orders])
    by = await manager(register, args.by)
    ids = (orders[0].id,)
    return await to_the_end(
        register, args.course, ids, lambda: _delete(register, args, ids[0], by), as_json=args.json
    )


async def _delete(register: Register, args: argparse.Namespace, order_id: str, by: str) -> Exit:
    after = await register.work.keep(
        f"purge {order_id}", lambda: register.purging.by_hand(order_id, by, args.evidence)
    )
    status = register.sales.status(after)
    if args.json:
        emit({**order_object(after, status, {}), "entries": entry_objects(after)})
        return Exit.DONE
    say(_("The codes of this order were deleted for good."))
    for line in (*order_lines(after, status, {}), *story_lines(after)):
        say(line)
    return Exit.DONE
