"""What anybody at the counter gets of a sale later on: that it was, and the last four of its codes."""

from __future__ import annotations

from collections.abc import Collection

from pos_app import i18n
from pos_app.i18n import _
from pos_app.orders.order import Sale
from pos_app.printing.document import Banner, Block, Document, Row, Rule
from pos_app.printing.parts import (
    Copy,
    copy_rows,
    duplicate,
    foot,
    framed,
    given_back,
    order_lines,
    sale_number,
    sale_row,
    shop_head,
    still_valid,
    tax_rows,
)
from pos_app.settings import Shop


def masked_reprint(sale: Sale, shop: Shop, copy: Copy, *, in_flight: Collection[str] = ()) -> Document:
    """The receipt of `sale` once more, on little paper. It holds no code and says so, and who wanted it why.

    `in_flight` are the ids of the orders somebody is working on right now.
    """
    blocks: list[Block] = [
        *shop_head(shop),
        Banner((duplicate(copy), _("CODES NOT SHOWN")), "star"),
        sale_row(sale, shop),
        *copy_rows(copy, shop),
        Rule(),
    ]
    for order in sale.orders:
        blocks += order_lines(order, order.status(in_flight=order.id in in_flight), shop)
    total = _("TOTAL {currency}").format(currency=sale.head.due.currency)
    blocks += [
        Row(total, i18n.money(sale.head.due), bold=True),
        *tax_rows(shop),
        *given_back(sale),
        Rule(),
        still_valid(),
        sale_number(sale),
        *foot(shop),
    ]
    title = _("Reprint, sale {sale}").format(sale=sale.head.number)
    return Document("receipt", title, framed(blocks, sale))
