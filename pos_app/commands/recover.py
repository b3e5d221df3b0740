"""`countercard recover`: a copied store's key, typed off its recovery sheet, goes into the keyring."""

from __future__ import annotations

import argparse

from pos_app import recovery
from pos_app.commands import asking
from pos_app.commands.exits import Exit
from pos_app.commands.output import emit, say, warn
from pos_app.commands.setup import mistyped
from pos_app.i18n import _
from pos_app.messages import problem
from pos_app.opening import Options, put_key_back
from pos_app.orders.rules import Problem


async def recover(args: argparse.Namespace) -> Exit:
    """Read the sheet, say which group is wrong, prove that the key is this store's, and keep it."""
    options = Options(store=args.store, live=True)
    found = recovery.read(_typed() if asking.is_a_person() else asking.all_lines())
    if isinstance(found, recovery.Mistyped):
        return _refused(mistyped(found.groups), as_json=args.json)
    store = await put_key_back(options, found, backup=args.backup)
    if args.json:
        emit({"store": store})
    else:
        say(_("The key fits. Store {store} opens on this computer.").format(store=store))
    return Exit.DONE


def _typed() -> str:
    """Every group, asked for until it holds by itself."""
    groups: list[str] = []
    for place in range(1, recovery.GROUPS + 1):
        question = _("Group {number} of {count}").format(number=place, count=recovery.GROUPS)
        group = asking.ask(question)
        while not recovery.holds(group, place):
            warn(problem(mistyped((place,))))
            group = asking.ask(question)
        groups.append("".join(group.replace("-", " ").split()))
    return " ".join(groups)


def _refused(wrong: Problem, *, as_json: bool) -> Exit:
    if as_json:
        emit({"problems": [{"field": wrong.field, "reason": wrong.reason, "words": problem(wrong)}]})
    warn(problem(wrong))
    return Exit.NOT_ALLOWED
