"""`countercard guard`: what the scam guard found, and what came of it, newest first."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from pos_app.commands.exits import Exit
from pos_app.commands.output import amount, emit, say
from pos_app.i18n import _, money
from pos_app.orders.notes import Guarded
from pos_app.register import Register


async def guard(register: Register, args: argparse.Namespace) -> Exit:
    """List the newest of what was asked, answered, approved, held back and dropped."""
    notes = await register.guarding.log(args.limit)
    zone = ZoneInfo(register.settings.shop.zone)
    if args.json:
        emit({"guarded": [_object(note) for note in notes]})
        return Exit.DONE
    if not notes:
        say(_("The scam guard has stopped at no sale yet."))
    for note in notes:
        at = note.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        about = note.sale or _("no sale")
        say(f"{at}  {note.till}  {about}  {money(note.total)}  {note.rule}: {_BECAME[note.became](note)}")
    return Exit.DONE


def _object(note: Guarded) -> dict[str, object]:
    return {
        "at": note.at.isoformat(),
        "rule": note.rule,
        "asks": note.asks,
        "became": note.became,
        "by": note.by,
        "cashier": note.cashier,
        "register": note.till,
        "sale": note.sale or None,
        "total": amount(note.total),
        "limit": None if note.limit is None else amount(note.limit),
        "reached": None if note.reached is None else amount(note.reached),
    }


_BECAME: Final[dict[str, Callable[[Guarded], str]]] = {
    "asked": lambda note: _("{name} was asked").format(name=note.by),
    "answered": lambda note: _("{name} said that nobody tells the customer to buy").format(name=note.by),
    "approved": lambda note: _("approved by {name}").format(name=note.by),
    "unasked": lambda note: _("sold by a command for {name}, nobody was asked").format(name=note.by),
    "held_back": lambda note: _("held back, {name} sold nothing").format(name=note.by),
    "dropped": lambda note: _("stopped by {name}").format(name=note.by),
}
