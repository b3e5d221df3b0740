"""`countercard settle ID`: what a manager decides about an order nobody answered for, or may decide."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Final

from pos_app.commands.course import to_the_end
from pos_app.commands.exits import Exit, for_order
from pos_app.commands.manager import manager
from pos_app.commands.orders import named_orders
from pos_app.commands.output import emit, say
from pos_app.commands.shown import entry_objects, order_lines, order_object, story_lines
from pos_app.commands.weigh import weigh
from pos_app.errors import NotAllowed
from pos_app.orders.cards import Card
from pos_app.orders.order import Order, Phase
from pos_app.register import Register
from pos_app.settling import Confirmed, read_cards

_OPEN = frozenset({Phase.SENT, Phase.CODES_PENDING})
_MOST_CHARACTERS = 100_000
_SAID: Final[dict[Confirmed, str]] = {
    "item_not_told": "item_checked",
    "other_amount": "amount_checked",
    "others_open": "others_checked",
    "too_early": "early",
    "list_not_read": "portal_checked",
    "no_pin": "no_pin",
}
"""By which option somebody says to have looked."""


async def settle(register: Register, args: argparse.Namespace) -> Exit:
    """Write down the verdict `args` name, or tell what speaks for which where they name none.

    Raises NotAllowed before anything is written.
    """
    order = _the_one(await named_orders(register, args.id))
    if args.evidence is None:
        # Asked only: a verdict comes with its evidence, and nothing else does.
        return await weigh(register, order, as_json=args.json)
    by = await manager(register, args.by)
    cards = await _cards(args.codes_from) if args.codes_from is not None else ()
    return await to_the_end(
        register,
        args.course,
        (order.id,),
        lambda: _decide(register, args, order, cards, by),
        as_json=args.json,
    )


async def _decide(
    register: Register, args: argparse.Namespace, order: Order, cards: tuple[Card, ...], by: str
) -> Exit:
    settling, why = register.settling, args.evidence
    confirmed: list[Confirmed] = [reason for reason, said in _SAID.items() if getattr(args, said)]
    if args.not_bought:
        after = await settling.not_bought(order.id, why, by, confirmed=confirmed)
    elif args.wait:
        after = await settling.wait(order.id, why, by)
    elif args.seen:
        after = await settling.seen(order.id, why, by)
    elif args.provider_order is not None:
        after = await settling.bought_by_number(order.id, args.provider_order, why, by, confirmed=confirmed)
    elif args.codes_from is not None:
        after = await settling.bought_by_codes(order.id, cards, why, by, confirmed=confirmed)
    else:
        after = await settling.sent_by_email(order.id, why, by)
    status = register.sales.status(after)
    if args.json:
        emit({**order_object(after, status, {}), "entries": entry_objects(after)})
    else:
        for line in (*order_lines(after, status, {}), *story_lines(after)):
            say(line)
    return for_order(after)


def _the_one(orders: tuple[Order, ...]) -> Order:
    """The order meant: of a sale the only one that is open. Raises NotAllowed with the ids otherwise."""
    if len(orders) == 1:
        return orders[0]
    still_open = [order for order in orders if order.phase in _OPEN or order.reopened]
    if len(still_open) != 1:
        raise NotAllowed("nothing_to_settle", orders=[order.id for order in still_open])
    return still_open[0]


async def _cards(source: str) -> tuple[Card, ...]:
    """The cards in the file `source`, or on standard input for `-`: a code and its PIN on a line."""
    try:
        return read_cards(await asyncio.to_thread(_text, source))
    except (OSError, ValueError):
        raise NotAllowed("codes_unreadable") from None


def _text(source: str) -> str:
    if source == "-":
        text = sys.stdin.read(_MOST_CHARACTERS)
        # Raises ValueError for halves of characters, which bytes that are no text have become.
        text.encode()
        return text
    with Path(source).open(encoding="utf-8") as file:
        return file.read(_MOST_CHARACTERS)
