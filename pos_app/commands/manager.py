"""Whoever decides says who they are: a name, and the manager's PIN where the shop has managers."""

from __future__ import annotations

import asyncio
import getpass
import sys

from pos_app.errors import NotAllowed
from pos_app.i18n import _
from pos_app.register import Register


async def manager(register: Register, name: str, *, piped: bool = False) -> str:
    """`name` as the shop has it, once the PIN was right; any name where the shop has no managers.

    With `piped` the PIN comes from standard input, also where that is a terminal. Raises
    NotAllowed("not_a_manager").
    """
    known = await register.people.managers()
    if not known:
        return name
    check = await register.people.verify(name, await asyncio.to_thread(_pin, piped=piped))
    if not check.right:
        raise NotAllowed("not_a_manager")
    return next(one for one in known if one.casefold() == name.strip().casefold())


def _pin(*, piped: bool) -> str:
    """Typed unseen, or the first line of standard input; never an argument, which everybody can see."""
    if sys.stdin.isatty() and not piped:
        return getpass.getpass(_("PIN: "))
    return sys.stdin.readline().strip()
