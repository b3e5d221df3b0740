"""`countercard sell`: one order, paid, bought and told, without a window."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pos_app import clock
from pos_app.commands.buying import buy, not_confirmed
from pos_app.commands.course import to_the_end
from pos_app.commands.exits import Exit, for_error, for_order
from pos_app.commands.manager import manager
from pos_app.commands.output import amount, emit, facts_of, say, tell, warn
from pos_app.commands.shown import order_lines, order_object, reveal_all
from pos_app.errors import NotAllowed, PosError
from pos_app.guard_words import sentence
from pos_app.i18n import _, money
from pos_app.money import Money
from pos_app.orders.cards import Card
from pos_app.orders.draft import Draft, Line, Recipient
from pos_app.orders.order import Order, Phase, Sale
from pos_app.orders.product import Product
from pos_app.orders.rules import Problem
from pos_app.orders.sale import Tender, still_to_pay
from pos_app.register import Register


async def sell(register: Register, args: argparse.Namespace) -> Exit:
    """Sell what `args` name: check, place, perform, print, tell. Raises PosError for what stops it early."""
    line = await _line(register, args)
    draft = Draft(clock.new_id(), register.settings.shop.currency).with_line(line)
    if draft.problems:
        raise NotAllowed("invalid_draft", problem=draft.problems[0])
    tenders = _tenders(draft, args)
    check = await register.sales.check(line)
    if not check.ok:
        raise NotAllowed("invalid_draft", problem=check.problem)
    await _guarded(register, args, draft)
    if args.paper is not None:
        printer = await register.printouts.ready()
        if printer.problem is not None:
            # Said before any money is taken: a card nobody can print is not bought.
            raise printer.problem
    return await to_the_end(
        register,
        args.course,
        (line.id,),
        lambda: _carry_out(register, args, draft, tenders),
        as_json=args.json,
    )


async def _guarded(register: Register, args: argparse.Namespace, draft: Draft) -> None:
    """Tell the scam guard what was answered. Raises NotAllowed: "guarded", "not_a_manager"."""
    by = args.by or register.settings.cashier
    weighed = await register.guarding.weigh(draft, by)
    if weighed.asks is None:
        return
    if args.asked:
        await register.guarding.asked(draft, by, weighed)
        await register.guarding.answer(draft, by, weighed)
    if args.approved_by:
        # A recipient that was piped in was read before: the PIN is the next line.
        approved_by = await manager(register, args.approved_by)
        await register.guarding.approve(draft, by, approved_by, weighed)
    left = await register.guarding.weigh(draft, by)
    if left.asks == "ask":
        # Who calls a command may be another program. It is told, and the record says that nobody was asked.
        why = " ".join(sentence(hit) for hit in left.hits)
        warn(_("Scam guard: {why} Nobody was asked about it.").format(why=why))
        await register.guarding.unasked(draft, by)
    elif left.asks is not None:
        await register.guarding.held_back(draft, by)
        raise NotAllowed("guarded", hits=left.hits, asks=left.asks)


async def _carry_out(
    register: Register, args: argparse.Namespace, draft: Draft, tenders: tuple[Tender, ...]
) -> Exit:
    by = args.by or register.settings.cashier
    sale = await register.sales.place(draft, tenders, by)
    order, failure = await buy(register, draft.lines[0].id, sell_anyway=args.sell_anyway, by=by)
    if failure is not None and order.phase is not Phase.TO_DO:
        # What is known about the order counts for more than what went wrong on the way.
        failure = not_confirmed(order, failure)
    clear: dict[str, Card] = {}
    trouble: PosError | None = None
    try:
        if args.paper is not None:
            trouble = (await register.printouts.print_sale(sale.head.id, by)).problem
            order = await register.sales.order(order.id)
        if args.show_codes:
            clear = await reveal_all(register, order, by)
            order = await register.sales.order(order.id)
    except PosError as error:
        # The sale is made: what can not be written down about its paper does not hide that.
        trouble = error
    _tell(register, args, sale, order, clear, failure)
    if trouble is not None:
        tell(trouble, as_json=False)
    if failure is not None:
        return for_error(failure)
    code = for_order(order)
    return Exit.DEVICE if code is Exit.DONE and trouble is not None else code


async def _line(register: Register, args: argparse.Namespace) -> Line:
    product = await _product(register, args)
    face = product.face
    if args.amount is not None:
        face = _amount(args.amount, product.currency)
    if face is None:
        raise NotAllowed("invalid_draft", problem=Problem("amount", "missing"))
    recipient = None
    if product.delivery == "codes" and (args.email or args.name or args.message):
        raise NotAllowed("invalid_draft", problem=Problem("email", "not_for_codes"))
    if product.delivery == "email":
        recipient = Recipient((args.email or "").strip(), (args.name or "").strip(), args.message or "")
    return Line(clock.new_id(), product, args.quantity, face, face, recipient)


async def _product(register: Register, args: argparse.Namespace) -> Product:
    catalog = register.catalog
    wanted = args.item or args.merchant
    if not wanted:
        raise NotAllowed("invalid_draft", problem=Problem("merchant", "missing"))
    for attempt in (0, 1):
        named = [product for product in catalog.all() if product.provider == args.provider]
        found = [product for product in named if product.item == wanted] or [
            product for product in named if args.merchant and product.brand.casefold() == wanted.casefold()
        ]
        if len(found) == 1:
            return found[0]
        if found:
            _tell_apart(found)
            raise NotAllowed("invalid_draft", problem=Problem("merchant", "several"))
        if attempt == 0:
            # The cached list may be old or empty; the provider is asked once before saying no.
            await catalog.refresh(patient=False)
    # Without its own list nobody can say that the company does not have it.
    raise catalog.failure_of(args.provider) or NotAllowed("not_sellable")


def _tell_apart(products: Sequence[Product]) -> None:
    for product in products:
        warn(f"  {product.item}  {product.brand}, {product.address}")


def _amount(text: str, currency: str) -> Money:
    try:
        return Money.of(text, currency)
    except ValueError:
        raise NotAllowed("invalid_draft", problem=Problem("amount", "unreadable")) from None


def _tenders(draft: Draft, args: argparse.Namespace) -> tuple[Tender, ...]:
    cash = () if args.cash is None else (Tender("cash", _amount(args.cash, draft.currency)),)
    if args.terminal is None:
        return cash
    # No cash beside a card is no tender: nobody has anything to count, or to give back.
    cash = tuple(tender for tender in cash if tender.received)
    if args.terminal_amount is not None:
        by_card = _amount(args.terminal_amount, draft.currency)
    else:
        by_card = still_to_pay(draft.total, cash, "terminal", None)
    if by_card.minor <= 0:
        # A card is not there for nothing, nor for what the cash has paid already.
        raise NotAllowed("money_incomplete", problem=Problem("tenders", "not_positive"))
    return (*cash, Tender("terminal", by_card, args.terminal))


def _tell(
    register: Register,
    args: argparse.Namespace,
    sale: Sale,
    order: Order,
    clear: dict[str, Card],
    failure: PosError | None,
) -> None:
    status = register.sales.status(order)
    if args.json:
        told: dict[str, object] = {
            **order_object(order, status, clear),
            "change": amount(sale.head.change),
            "rounding": amount(sale.head.paid - sale.head.due),
            "training": sale.head.training,
        }
        if failure is not None:
            told["error"] = facts_of(failure)
        emit(told)
    else:
        for line in order_lines(order, status, clear):
            say(line)
        if sale.head.paid != sale.head.due:
            say(_("Cash rounding {amount}").format(amount=money(sale.head.paid - sale.head.due)))
        if sale.head.change:
            say(_("Change {amount}").format(amount=money(sale.head.change)))
        if sale.head.training:
            say(_("TRAINING · NO VALUE"))
    if failure is not None:
        tell(failure, as_json=False)
