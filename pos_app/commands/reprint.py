"""`countercard reprint SALE`: a sale's papers once more; whole cards only for a manager with a reason."""

from __future__ import annotations

import argparse

from pos_app.commands.exits import Exit
from pos_app.commands.manager import manager
from pos_app.commands.orders import named_orders
from pos_app.commands.output import emit, say, tell, warn
from pos_app.errors import NotAllowed
from pos_app.i18n import _, ngettext
from pos_app.register import Register


async def reprint(register: Register, args: argparse.Namespace) -> Exit:
    """Print the receipt with the last four or, with `--full`, every card. Raises NotAllowed before that."""
    sale = (await named_orders(register, args.id))[0].placed.sale
    by = args.by or register.settings.cashier
    if args.full:
        if not args.by or not args.reason.strip():
            raise NotAllowed("needs_a_manager", option="--reason")
        by = await manager(register, args.by, piped=args.pin_stdin)
    result = await register.printouts.reprint(
        sale.id, by, full=args.full, large=args.large, reason=args.reason
    )
    if args.json:
        emit(
            {
                "sale_id": sale.id,
                "sale_number": sale.number,
                "full": args.full,
                "printed": result.printed,
                "where": result.where or None,
                "on_screen": result.on_screen,
                "problem": None if result.problem is None else result.problem.reason,
            }
        )
    elif result.printed:
        n = result.printed
        words = ngettext("{n} paper printed: {where}", "{n} papers printed: {where}", n)
        say(words.format(n=n, where=result.where))
    if result.on_screen:
        warn(_("This shop prints nothing: codes are handed over on the screen."))
        return Exit.DEVICE
    if result.problem is not None:
        tell(result.problem, as_json=False)
        return Exit.DEVICE
    return Exit.DONE
