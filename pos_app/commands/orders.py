"""`countercard orders` and `countercard order ID`: what became of what was sold."""

from __future__ import annotations

import argparse

from pos_app.commands.exits import Exit, for_order
from pos_app.commands.output import amount, emit, say, tell
from pos_app.commands.shown import order_lines, order_object, reveal_all, story_lines
from pos_app.errors import NotAllowed, PosError
from pos_app.i18n import _, date_and_time, money
from pos_app.messages import status_words
from pos_app.orders.cards import Card
from pos_app.orders.order import Order
from pos_app.register import Register
from pos_app.sales import OrderRow


async def list_orders(register: Register, args: argparse.Namespace) -> Exit:
    """Show the newest orders, or those a search or `--open` leaves; asks for late codes first."""
    await _ask_for_late_codes(register)
    rows = await register.sales.orders(limit=args.limit, search=args.search or "", only_open=args.open)
    if args.json:
        emit([_row_object(row) for row in rows])
        return Exit.DONE
    for row in rows:
        at = date_and_time(row.at, register.settings.shop.zone)
        what = f"{row.quantity} × {row.what}"
        say(
            f"{row.sale_number}  {at}  {what:<32} {money(row.price):>12}"
            f"  {status_words(row.status)}  {row.order_id}"
        )
    if not rows:
        say(_("No orders."))
    return Exit.DONE


async def show_order(register: Register, args: argparse.Namespace) -> Exit:
    """Show one order, or all of a sale by its number; asks for late codes, or acts, first."""
    by = args.by or register.settings.cashier
    orders = await _named(register, args.id)
    if args.money_back:
        orders = tuple([await register.sales.refund(order.id, by) for order in orders])
    shown: list[dict[str, object]] = []
    worst = Exit.DONE
    for order in orders:
        current = await _worked_on(register, order, sell_now=args.sell_now)
        clear: dict[str, Card] = {}
        if args.show_codes:
            clear = await reveal_all(register, current, by)
            current = await register.sales.order(order.id)
        status = await register.sales.status_anywhere(current)
        worst = max(worst, for_order(current))
        if args.json:
            shown.append({**order_object(current, status, clear), "entries": _story(current)})
        else:
            for line in (*order_lines(current, status, clear), *story_lines(current)):
                say(line)
    if args.json:
        emit(shown[0] if len(shown) == 1 else shown)
    return worst


def _row_object(row: OrderRow) -> dict[str, object]:
    return {
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
        "recipient": row.recipient_hint or None,
        "waits": row.waits,
        "by": row.by,
    }


async def _named(register: Register, name: str) -> tuple[Order, ...]:
    try:
        return (await register.sales.order(name),)
    except NotAllowed:
        rows = [row for row in await register.sales.orders(search=name) if row.sale_number == name]
        if not rows:
            raise
    return (await register.sales.sale(rows[0].sale_id)).orders


def _story(order: Order) -> list[dict[str, object]]:
    return [
        {"n": entry.n, "kind": entry.kind, "at": entry.at.isoformat(), "by": entry.by}
        for entry in order.entries
    ]


async def _ask_for_late_codes(register: Register) -> None:
    """Only the process that holds the store asks; one that looks shows what is there."""
    if not register.looking:
        await register.resolver.look()


async def _worked_on(register: Register, order: Order, *, sell_now: bool) -> Order:
    """`order` after asking for its late codes, or after buying it if that was asked for and never done."""
    if register.looking:
        return order
    try:
        if sell_now:
            return await register.sales.perform(order.id)
        return await register.resolver.ask_for_codes(order.id)
    except PosError as error:
        tell(error, as_json=False)
        return await register.sales.order(order.id)
