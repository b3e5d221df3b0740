"""`countercard journal`: does the record hold together, where it ends, and the lists made anew from it."""

from __future__ import annotations

import argparse
from zoneinfo import ZoneInfo

from pos_app.commands.exits import Exit
from pos_app.commands.output import emit, say, tell
from pos_app.errors import StoreProblem
from pos_app.i18n import _, ngettext
from pos_app.messages import status_words
from pos_app.opening import Options, rebuild_rows
from pos_app.register import Register
from pos_app.setting_words import sentence
from pos_app.store.verify import Verification


async def verify(register: Register, args: argparse.Namespace) -> Exit:
    """Walk the journal and say how far it holds and is the known one; names the first line that is not.

    It is held against the mark in the keyring, and the ends of it that somebody has on paper. With
    `--stories` every line is read, too, and every order folded.
    """
    known = (*await register.high_water.known(), *(args.head or ()))
    found = await register.journal.verify(known, stories=args.stories)
    if args.json:
        emit({"entries": found.entries, "broken": found.broken, "because": found.because or None})
    else:
        say(in_words(found))
    return Exit.DONE if found.broken is None else Exit.JOURNAL_BROKEN


async def head(register: Register, args: argparse.Namespace) -> Exit:
    """Say where the journal of each register ends, in a line that can be put on paper and held against it."""
    found = await register.journal.ends()
    if args.json:
        emit(
            {
                "heads": [
                    {
                        "register": end.register,
                        "entries": end.count,
                        "link": end.link,
                        "paper": end.on_paper(),
                    }
                    for end in found
                ]
            }
        )
    elif not found:
        say(_("The journal is empty."))
    for end in () if args.json else found:
        say(end.on_paper())
    return Exit.DONE


async def changes(register: Register, args: argparse.Namespace) -> Exit:
    """List the newest of what was changed under Settings, with who did it; no PIN and no key is in it."""
    notes = await register.setting_log.log(args.limit)
    zone = ZoneInfo(register.settings.shop.zone)
    if args.json:
        emit(
            {"changes": [note.model_dump(mode="json", exclude={"id", "order_id", "kind"}) for note in notes]}
        )
        return Exit.DONE
    if not notes:
        say(_("Nothing was changed under Settings yet."))
    for note in notes:
        say(f"{note.at.astimezone(zone).strftime('%Y-%m-%d %H:%M:%S')}  {note.till}  {sentence(note)}")
    return Exit.DONE


def in_words(found: Verification) -> str:
    """What was found of the journal, as one sentence."""
    if found.broken is None:
        return ngettext(
            "The journal holds: {n} entry.", "The journal holds: {n} entries.", found.entries
        ).format(n=found.entries)
    words = {
        "story": _(
            "Line {line} of the journal can not follow what is there, or was written by a newer Countercard;"
            " {n} before it hold."
        ),
        "cut": _("Line {line} is missing from the journal, and all behind it; {n} before it hold."),
        "other": _(
            "Line {line} of the journal is not the one that is known: another journal is in its place;"
            " {n} before it hold."
        ),
    }.get(found.because, _("The journal does not hold at line {line}; {n} before it do."))
    return words.format(line=found.broken, n=found.entries)


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


async def reread(register: Register, args: argparse.Namespace) -> Exit:
    """Read kept replies again that were not understood when they came, and say what they say now."""
    found = await register.rereading.everything()
    changed = [one for one in found if one.changed]
    if args.json:
        emit(
            {
                "orders": len(found),
                "changed": [
                    {
                        "order_id": one.after.id,
                        "sale": one.after.placed.sale.number,
                        "before": str(register.sales.status(one.before)),
                        "after": str(register.sales.status(one.after)),
                        "entries": [entry.kind for entry in one.after.entries[one.before.n :]],
                    }
                    for one in changed
                ],
                "not_read": [
                    {"order_id": one.after.id, "reason": one.problem.reason} for one in found if one.problem
                ],
            }
        )
        return Exit.DONE
    for one in changed:
        say(
            _("{sale}: {before} → {after}").format(
                sale=one.after.placed.sale.number,
                before=status_words(register.sales.status(one.before)),
                after=status_words(register.sales.status(one.after)),
            )
        )
    say(
        ngettext(
            "{n} order with kept replies was read again; {changed} say more now.",
            "{n} orders with kept replies were read again; {changed} say more now.",
            len(found),
        ).format(n=len(found), changed=len(changed))
    )
    return Exit.DONE
