"""`countercard key`: a card company's keys, typed unseen or piped in, for a store that was set up."""

from __future__ import annotations

import argparse

from pos_app.commands import asking
from pos_app.commands.exits import Exit
from pos_app.commands.output import emit
from pos_app.errors import Misconfigured
from pos_app.opening import Options, enter_keys
from pos_app.providers import SPECS


async def keep_keys(args: argparse.Namespace) -> Exit:
    """Ask for each key of a company and keep it for the store; an empty line leaves a key as it was."""
    spec = next((spec for spec in SPECS if spec.name == args.provider), None)
    if spec is None:
        raise Misconfigured("unknown_provider", provider=args.provider)
    entry = await enter_keys(Options(store=args.store, live=True), spec)
    kept: list[str] = []
    for name in spec.secrets:
        # Never an argument: those are seen by every user of the computer and kept in the shell's history.
        if secret := asking.ask_secret(f"{spec.title}, {name}"):
            await entry.keep(name, secret)
            kept.append(name)
    if args.json:
        emit({"provider": spec.name, "kept": kept})
    return Exit.DONE
