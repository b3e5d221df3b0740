"""`countercard account PROVIDER`: who buys on a company's account, and what was paid into it."""

from __future__ import annotations

import argparse

from pos_app.commands.exits import Exit
from pos_app.commands.manager import manager
from pos_app.commands.output import amount, emit, say, visible
from pos_app.errors import NotAllowed
from pos_app.i18n import _, money
from pos_app.money import Money
from pos_app.orders.account import Account
from pos_app.register import Register


async def account(register: Register, args: argparse.Namespace) -> Exit:
    """Show what is known about the account, after writing down what `args` say about it.

    Raises NotAllowed before anything is written.
    """
    accounts, name = register.accounts, args.provider
    if register.looking or not _says_something(args):
        known = await accounts.account(name)
    else:
        if not args.by.strip():
            raise NotAllowed("not_a_manager")
        paid = None if args.top_up is None else await _amount(register, name, args.top_up)
        by = await manager(register, args.by)
        if paid is not None:
            known = await accounts.top_up(name, paid, by=by, evidence=args.evidence)
        elif args.explain is not None:
            known = await accounts.explain(name, by=by, evidence=args.explain)
        else:
            known = await accounts.declare(
                name, exclusive=args.exclusive == "yes", by=by, evidence=args.evidence
            )
    if args.json:
        emit(_object(name, known))
    else:
        for line in _lines(known):
            say(visible(line))
    return Exit.DONE


def _says_something(args: argparse.Namespace) -> bool:
    return args.exclusive is not None or args.top_up is not None or args.explain is not None


async def _amount(register: Register, name: str, given: str) -> Money:
    """`given` in the account's currency. Raises NotAllowed("amount_unreadable")."""
    currency = await register.accounts.currency(name) or register.settings.shop.currency
    try:
        paid = Money.of(given, currency)
    except ValueError:
        raise NotAllowed("amount_unreadable") from None
    if not paid:
        raise NotAllowed("amount_unreadable")
    return paid


def _object(name: str, known: Account) -> dict[str, object]:
    paid_in = [(paid.at.isoformat(), paid.by, amount(paid.amount)) for paid in known.top_ups]
    return {
        "provider": name,
        "exclusive": known.declared,
        "verdicts": known.exclusive,
        "foreign_orders": list(known.strangers),
        "top_ups": [{"at": at, "by": by, "amount": paid} for at, by, paid in paid_in],
    }


def _lines(known: Account) -> list[str]:
    lines = [
        _("Only this store buys on this account.")
        if known.declared
        else _("Others may buy on this account too, or nobody has said that they do not.")
    ]
    if known.strangers:
        rows = ", ".join(known.strangers)
        lines.append(_("Orders there that nobody here placed: {orders}").format(orders=rows))
    if known.exclusive:
        lines.append(_("What became of an order nobody answered for is found out by the program."))
    else:
        lines.append(_("What became of an order nobody answered for is decided by a manager."))
    for paid in known.top_ups:
        at = paid.at.isoformat(timespec="seconds")
        lines.append(
            _("Paid in: {amount}  {time}  {name}").format(amount=money(paid.amount), time=at, name=paid.by)
        )
    return lines
