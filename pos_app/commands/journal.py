"""`countercard journal verify`: does the record hold together, line by line."""

from __future__ import annotations

import argparse

from pos_app.commands.exits import Exit
from pos_app.commands.output import emit, say
from pos_app.i18n import _, ngettext
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
