"""`countercard orders` and `countercard order ID`: what became of what was sold."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pos_app.commands.buying import buy, not_confirmed
from pos_app.commands.course import to_the_end
from pos_app.commands.exits import Exit, for_order, worst
from pos_app.commands.output import amount, emit, say, tell, warn
from pos_app.commands.shown import entry_objects, order_lines, order_object, reveal_all, story_lines
from pos_app.errors import NotAllowed, PosError
from pos_app.i18n import _, date_and_time, money
from pos_app.messages import status_words
from pos_app.orders.cards import Card
from pos_app.orders.order import Order, Phase
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
    orders = await named_orders(register, args.id)
    if args.money_back:
        _check_money_owed(register, orders)
        orders = tuple([await register.sales.refund(order.id, by) for order in orders])
    if not args.sell_now:
        return await _show(register, args, orders, by)
    ids = [order.id for order in orders]
    return await to_the_end(
        register, args.course, ids, lambda: _show(register, args, orders, by), as_json=args.json
    )


def _check_money_owed(register: Register, orders: Sequence[Order]) -> None:
    """Raise NotAllowed, and name the orders on standard error, unless the money for all can be given back."""
    in_the_way = [
        order
        for order in orders
        if register.sales.in_flight(order.id) or not (order.phase is Phase.TO_DO or order.money_owed)
    ]
    if not in_the_way:
        return
    for order in in_the_way:
        warn(f"{order.id}  {order_lines(order, register.sales.status(order), {})[0]}")
    raise NotAllowed("nothing_to_refund", orders=[order.id for order in in_the_way])


async def _show(register: Register, args: argparse.Namespace, orders: Sequence[Order], by: str) -> Exit:
    shown: list[dict[str, object]] = []
    codes: list[Exit] = []
    for order in orders:
        current = order
        if not args.money_back:
            current = await _worked_on(
                register, order, by, sell_now=args.sell_now, sell_anyway=args.sell_anyway
            )
        code = Exit.DONE if args.money_back else for_order(current)
        clear: dict[str, Card] = {}
        if args.show_codes:
            try:
                clear = await reveal_all(register, current, by)
                current = await register.sales.order(order.id)
            except PosError as error:
                tell(error, as_json=False)
                code = Exit.STORE if code is Exit.DONE else code
        status = await register.sales.status_anywhere(current)
        codes.append(code)
        if args.json:
            shown.append({**order_object(current, status, clear), "entries": entry_objects(current)})
        else:
            for line in (*order_lines(current, status, clear), *story_lines(current)):
                say(line)
    if args.json:
        emit(shown[0] if len(shown) == 1 else shown)
    return worst(codes)


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


async def named_orders(register: Register, name: str) -> tuple[Order, ...]:
    """The order with the id `name`, or all of the sale with that number. Raises NotAllowed."""
    try:
        return (await register.sales.order(name),)
    except NotAllowed:
        rows = [row for row in await register.sales.orders(search=name) if row.sale_number == name]
        if not rows:
            raise
    return (await register.sales.sale(rows[0].sale_id)).orders


async def _ask_for_late_codes(register: Register) -> None:
    """Only the process that holds the store asks; one that looks shows what is there."""
    if not register.looking:
        await register.resolver.look()


async def _worked_on(
    register: Register, order: Order, by: str, *, sell_now: bool, sell_anyway: bool
) -> Order:
    """`order` after asking for its late codes, or after buying it if that was asked for and never done."""
    if register.looking:
        return order
    if sell_now:
        order, failure = await buy(register, order.id, sell_anyway=sell_anyway, by=by)
        if failure is not None:
            unknown = not_confirmed(order, failure)
            tell(failure, as_json=False)
            if unknown is not None and unknown is not failure:
                tell(unknown, as_json=False)
        return order
    try:
        return await register.resolver.ask_for_codes(order.id)
    except PosError as error:
        tell(error, as_json=False)
        return await register.sales.order(order.id)
