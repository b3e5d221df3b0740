"""`countercard journal`: does the record hold together, line by line; and the lists made anew from it."""

from __future__ import annotations

import argparse

from pos_app.commands.exits import Exit
from pos_app.commands.output import emit, say, tell
from pos_app.errors import StoreProblem
from pos_app.i18n import _, ngettext
from pos_app.opening import Options, rebuild_rows
from pos_app.register import Register


async def verify(register: Register, args: argparse.Namespace) -> Exit:
    """Walk the journal and say how far it holds; names the first line that does not."""
    found = await register.journal.verify()
    if args.json:
        emit({"entries": found.entries, "broken": found.broken})
    elif found.broken is None:
        say(
            ngettext(
                "The journal holds: {n} entry.", "The journal holds: {n} entries.", found.entries
            ).format(n=found.entries)
        )
    else:
        say(
            _("The journal does not hold at line {line}; {n} before it do.").format(
                line=found.broken, n=found.entries
            )
        )
    return Exit.DONE if found.broken is None else Exit.JOURNAL_BROKEN


async def rebuild(args: argparse.Namespace) -> Exit:
    """Make the lists anew from the journal, while nobody else has the store; a broken one is refused."""
    try:
        orders = await rebuild_rows(Options(store=args.store, live=args.live))
    except StoreProblem as error:
        if error.reason != "broken_journal":
            raise
        tell(error, as_json=args.json)
        return Exit.JOURNAL_BROKEN
    if args.json:
        emit({"orders": orders})
    else:
        say(
            ngettext(
                "The lists were made anew from the journal: {n} order.",
                "The lists were made anew from the journal: {n} orders.",
                orders,
            ).format(n=orders)
        )
    return Exit.DONE
