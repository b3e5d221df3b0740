"""Papers about money that goes back: one sends the cashier to give it, one the customer signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pos_app import i18n
from pos_app.i18n import _
from pos_app.messages import refusal_words
from pos_app.money import total
from pos_app.orders.entries import Refunded
from pos_app.orders.money_back import ways_back
from pos_app.orders.order import Order, Sale, fold
from pos_app.printing.document import Banner, Block, Document, Feed, Row, Rule, Text
from pos_app.printing.parts import (
    Copy,
    copy_rows,
    duplicate,
    foot,
    framed,
    moment,
    names,
    paid,
    price,
    sale_number,
    sale_row,
    shop_name,
    tender_rows,
    why_none,
)
from pos_app.settings import Shop

_TO_SIGN_ON: Final = "_" * 20


def failure_slip(sale: Sale, orders: Sequence[Order], shop: Shop, *, copy: Copy | None = None) -> Document:
    """The paper that sends the cashier to give money back: for `orders` of `sale`, paid and not bought."""
    owed = total([order.money_left for order in orders], sale.head.due.currency)
    blocks: list[Block] = [
        shop_name(shop),
        Banner((_("NOT BOUGHT"), _("GIVE THE MONEY BACK")), "bang"),
        *_duplicate_of(copy),
        sale_row(sale, shop),
        *copy_rows(copy, shop),
    ]
    for order in orders:
        blocks += [Row(_thing(order), paid(sale.head.tenders)), Text(_why_not(order), size="small", indent=2)]
    blocks += [
        Rule(),
        Row(
            _("GIVE BACK {currency}").format(currency=owed.currency),
            i18n.money(owed),
            bold=True,
            size="large",
        ),
    ]
    for way in ways_back(sale.head, _refunds(sale), owed):
        blocks += tender_rows(way.kind, way.amount, way.reference)
    blocks += [
        Rule(),
        Text(_("There is no card. Give the money back now and write it down at the till.")),
        Row(_("Ask for"), _("sale {sale}").format(sale=sale.head.number)),
        Feed(),
        sale_number(sale),
        *foot(shop),
    ]
    title = _("Not bought, sale {sale}").format(sale=sale.head.number)
    return Document("failure", title, framed(blocks, sale))


def refund_slip(
    sale: Sale, order: Order, refunded: Refunded, shop: Shop, *, copy: Copy | None = None
) -> Document:
    """The paper about `refunded`, money given back for `order` of `sale`: for whom signs that it was."""
    blocks: list[Block] = [
        shop_name(shop),
        Banner((_("MONEY GIVEN BACK"),), "double"),
        *_duplicate_of(copy),
        sale_row(sale, shop),
        *copy_rows(copy, shop),
        Row(_("Given back"), moment(refunded.at, shop)),
        Row(_("Given by"), refunded.by),
        Rule(),
        *(Text(line) for line in _what(order, refunded)),
        Row(
            _("GIVEN BACK {currency}").format(currency=refunded.amount.currency),
            i18n.money(refunded.amount),
            bold=True,
            size="large",
        ),
    ]
    for way in refunded.given:
        blocks += tender_rows(way.kind, way.amount, way.reference)
    if why := refunded.evidence or why_none(order):
        blocks.append(Row(_("Why"), why))
    blocks += [Rule(), Feed(2), Row(_("Signature"), _TO_SIGN_ON), *foot(shop)]
    title = _("Money back, sale {sale}").format(sale=sale.head.number)
    return Document("refund", title, framed(blocks, sale))


def _duplicate_of(copy: Copy | None) -> tuple[Block, ...]:
    return () if copy is None else (Banner((duplicate(copy),), "star"),)


def _thing(order: Order) -> str:
    product, quantity = order.placed.product, order.placed.quantity
    thing = f"{product.brand or product.name} {price(order)}"
    return thing if quantity == 1 else f"{quantity} x {thing}"


def _why_not(order: Order) -> str:
    return refusal_words(order) or _("It was not bought.")


def _refunds(sale: Sale) -> list[Refunded]:
    return [entry for order in sale.orders for entry in order.entries if isinstance(entry, Refunded)]


def _what(order: Order, refunded: Refunded) -> list[str]:
    """For which cards the money went back, by the last four; by name alone where none has come."""
    name, _short = names(order.placed.product)
    before = fold(order.entries[: refunded.n])
    spare = before.step(refunded).spare - before.spare
    of = before.handed_cards if refunded.loss else [card for card in order.cards if card.id in spare]
    lines = [f"{name} ...{card.last_four}" for card in of if card.last_four]
    if refunded.loss:
        lines.append(_("as goodwill: the customer keeps the card"))
    return lines or [name]
