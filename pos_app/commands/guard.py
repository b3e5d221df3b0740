"""`countercard guard`: what the scam guard found, and what came of it, newest first."""

from __future__ import annotations

import argparse
from zoneinfo import ZoneInfo

from pos_app.commands.exits import Exit
from pos_app.commands.output import amount, emit, say
from pos_app.guard_words import became
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
        say(f"{at}  {note.till}  {about}  {money(note.total)}  {note.rule}: {became(note)}")
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
