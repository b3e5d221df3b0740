"""`countercard orders` and `countercard order ID`: what became of what was sold."""

from __future__ import annotations

import argparse

from pos_app.commands.exits import Exit, for_order
from pos_app.commands.output import amount, emit, say, tell
from pos_app.commands.shown import order_lines, order_object, story_lines
from pos_app.errors import NotAllowed, PosError
from pos_app.i18n import _, date_and_time, money
from pos_app.messages import status_words
from pos_app.orders.cards import Card
from pos_app.orders.order import Order, Status
from pos_app.register import Register


async def list_orders(register: Register, args: argparse.Namespace) -> Exit:
    """Show the newest orders, or those a search or `--open` leaves; asks for late codes first."""
    await _ask_for_late_codes(register)
    rows = await register.sales.orders(limit=args.limit, search=args.search or "", only_open=args.open)
    for row in rows:
        if args.json:
            emit(
                {
                    "order_id": row.order_id,
                    "sale_id": row.sale_id,
                    "sale_number": row.sale_number,
                    "at": row.at.isoformat(),
                    "what": row.what,
                    "quantity": row.quantity,
                    "price": amount(row.price),
                    "status": str(row.status),
                    "provider": row.provider,
                    "provider_order_no": row.provider_order_no or None,
                    "waits": row.waits,
                    "by": row.by,
                }
            )
        else:
            at = date_and_time(row.at, register.settings.shop.zone)
            what = f"{row.quantity} × {row.what}"
            say(
                f"{row.sale_number}  {at}  {what:<32} {money(row.price):>12}"
                f"  {status_words(row.status)}  {row.order_id}"
            )
    if not rows and not args.json:
        say(_("No orders."))
    return Exit.DONE


async def show_order(register: Register, args: argparse.Namespace) -> Exit:
    """Show one order, by its id or its sale number; asks for its late codes first."""
    orders = await _named(register, args.id)
    worst = Exit.DONE
    for order in orders:
        current = await _with_late_codes(register, order)
        clear: dict[str, Card] = {}
        if args.show_codes:
            by = args.by or register.settings.cashier
            clear = {
                card.id: await register.sales.reveal(order.id, card.id, by, where="command")
                for card in current.handed_cards
            }
            current = await register.sales.order(order.id)
        status = await register.sales.status_anywhere(current)
        _show(current, status, clear, as_json=args.json)
        worst = max(worst, for_order(current))
    return worst


async def _named(register: Register, name: str) -> tuple[Order, ...]:
    try:
        return (await register.sales.order(name),)
    except NotAllowed:
        rows = [row for row in await register.sales.orders(search=name) if row.sale_number == name]
        if not rows:
            raise
    return (await register.sales.sale(rows[0].sale_id)).orders


def _show(order: Order, status: Status, clear: dict[str, Card], *, as_json: bool) -> None:
    if as_json:
        story = [
            {"n": entry.n, "kind": entry.kind, "at": entry.at.isoformat(), "by": entry.by}
            for entry in order.entries
        ]
        emit({**order_object(order, status, clear), "entries": story})
        return
    for line in (*order_lines(order, status, clear), *story_lines(order)):
        say(line)


async def _ask_for_late_codes(register: Register) -> None:
    """Only the process that holds the store asks; one that looks shows what is there."""
    if not register.looking:
        await register.resolver.look()


async def _with_late_codes(register: Register, order: Order) -> Order:
    if register.looking:
        return order
    try:
        return await register.resolver.ask_for_codes(order.id)
    except PosError as error:
        tell(error, as_json=False)
        return order
