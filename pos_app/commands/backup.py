"""`countercard backup`, `backups`, `restore FILE` and `moved-here`: copies of a store."""

from __future__ import annotations

import argparse

from pos_app.commands import asking
from pos_app.commands.exits import Exit
from pos_app.commands.output import emit, say, warn
from pos_app.copies import back_up, list_backups, restoring, zone_of
from pos_app.i18n import _, date_and_time, ngettext
from pos_app.opening import Options, open_till
from pos_app.store.backup import Backup
from pos_app.store.checkup import Contents

_MEGABYTE = 1_000_000


async def backup(args: argparse.Namespace) -> Exit:
    """Take a backup of the store, beside it or to a file; a till that sells from it goes on."""
    made = await back_up(_options(args), args.to)
    if args.json:
        emit({"backup": str(made)})
    else:
        say(_("Backed up to {path}").format(path=made))
    return Exit.DONE


async def backups(args: argparse.Namespace) -> Exit:
    """List the store's backups, newest first."""
    options = _options(args)
    found = await list_backups(options)
    if args.json:
        emit([_object(one) for one in found])
        return Exit.DONE
    zone = await zone_of(options)
    for one in found:
        taken, size = date_and_time(one.taken_at, zone), _megabytes(one.size)
        say(f"{taken}  {size:>9}  {one.path.name}  {_why(one)}".rstrip())
    if not found:
        say(_("There is no backup yet."))
    return Exit.DONE


async def restore(args: argparse.Namespace) -> Exit:
    """Put the store back from a copy, once somebody has said yes; the store that is there is kept aside."""
    options = _options(args)
    async with restoring(options, args.file) as prepared:
        zone = await zone_of(options)
        if not args.json:
            say(_("The copy: {contents}").format(contents=_contents(prepared.copy, zone)))
            if prepared.present is not None:
                say(_("The store now: {contents}").format(contents=_contents(prepared.present, zone)))
        if not args.yes and not _said_yes():
            warn(_("Nothing was changed."))
            return Exit.NOT_ALLOWED
        done = await prepared.carry_out()
    if args.json:
        kept = None if done.kept is None else str(done.kept.path)
        emit({"left_to_a_person": done.left, "kept_aside": kept})
        return Exit.DONE
    say(_("The store was put back."))
    if done.kept is not None:
        say(_("What was there before is kept as {path}").format(path=done.kept.path))
    if done.left:
        say(_left(done.left))
    say(_("What was sold since the copy was taken is not in it. Look under Attention before you sell."))
    return Exit.DONE


async def moved_here(args: argparse.Namespace) -> Exit:
    """Say that the store was moved: it is at home where it lies now, and nowhere else."""
    options = Options(store=args.store, live=True, selling=False, moved=True)
    register = await open_till(options)
    try:
        begun = register.begun
    finally:
        await register.close()
    if args.json:
        emit({"moved": begun is not None, "left_to_a_person": 0 if begun is None else begun.left})
        return Exit.DONE
    if begun is None:
        say(_("The store was at home here already. Nothing was changed."))
        return Exit.DONE
    say(_("From now on this store is at home here. Never open it at its old place again."))
    if begun.left:
        say(_left(begun.left))
    return Exit.DONE


def _options(args: argparse.Namespace) -> Options:
    return Options(store=args.store, live=args.live)


def _said_yes() -> bool:
    yes = _("yes")
    if not asking.is_a_person():
        return False
    question = _("Put the copy in the store's place? Type {yes}").format(yes=yes)
    return asking.ask(question).casefold() == yes.casefold()


def _left(count: int) -> str:
    return ngettext(
        "{n} open order may have been bought since: a manager decides about it.",
        "{n} open orders may have been bought since: a manager decides about them.",
        count,
    ).format(n=count)


def _contents(contents: Contents, zone: str) -> str:
    orders = ngettext("{n} order", "{n} orders", contents.orders).format(n=contents.orders)
    if contents.newest is None:
        return orders
    return _("{orders}, the newest of {time}").format(
        orders=orders, time=date_and_time(contents.newest, zone)
    )


def _megabytes(size: int) -> str:
    return _("{size} MB").format(size=f"{size / _MEGABYTE:.1f}")


def _why(one: Backup) -> str:
    if one.replaced:
        return _("(the store until another was put in its place)")
    return "" if one.before_step is None else _("(from before a new version changed it)")


def _object(one: Backup) -> dict[str, object]:
    return {
        "path": str(one.path),
        "taken_at": one.taken_at.isoformat(),
        "size": one.size,
        "why": "replaced" if one.replaced else "daily" if one.before_step is None else "before_new_version",
    }
