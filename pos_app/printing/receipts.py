"""What a sale puts on paper: the receipt, one slip for each card, and the slip for what is still open.

Prices stand on the receipt, face values on the slip, and what a card cost us nowhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from pos_app import i18n
from pos_app.i18n import _, ngettext
from pos_app.orders.cards import Card, SealedCard
from pos_app.orders.order import Order, Phase, Sale
from pos_app.orders.product import Product
from pos_app.printing.document import (
    QR,
    Banner,
    Block,
    Document,
    Either,
    Face,
    Feed,
    Row,
    Rule,
    Secret,
    Text,
    is_grouped,
    plain,
    printable,
)
from pos_app.printing.parts import (
    Copy,
    copy_rows,
    duplicate,
    foot,
    framed,
    given_back,
    local,
    order_lines,
    paid,
    price,
    sale_number,
    sale_rows,
    shop_head,
    shop_name,
    still_valid,
    tax_rows,
    tender_rows,
)
from pos_app.settings import Shop

_MOST_WORDS_OF_A_CODE: Final = 5


def sale_receipt(
    sale: Sale, shop: Shop, *, copy: Copy | None = None, in_flight: Collection[str] = ()
) -> Document:
    """The receipt of `sale`: who, what and the money, with the last four characters of each code only.

    `copy` is None for the original. `in_flight` are the ids of the orders somebody is working on right now.
    """
    head = sale.head
    blocks: list[Block] = [*shop_head(shop)]
    if copy is not None:
        blocks.append(Banner((duplicate(copy), _("CODES NOT SHOWN")), "star"))
    else:
        blocks.append(Rule())
    blocks += [*sale_rows(sale, shop), *copy_rows(copy, shop), Rule()]
    for order in sale.orders:
        blocks += order_lines(order, order.status(in_flight=order.id in in_flight), shop)
    total = _("TOTAL {currency}").format(currency=head.due.currency)
    blocks += [Rule(), Row(total, i18n.money(head.due), bold=True, size="large")]
    blocks += tax_rows(shop)
    if head.rounding is not None and head.rounding.by:
        blocks.append(Row(_("Cash rounding"), i18n.money(head.rounding.by)))
    for tender in head.tenders:
        blocks += tender_rows(tender.kind, tender.received, tender.reference)
    if head.change:
        blocks.append(Row(_("Change"), i18n.money(head.change)))
    blocks += [*given_back(sale), *_provider_orders(sale), Rule(), *_terms(shop, copy)]
    which = _("ORIGINAL") if copy is None else duplicate(copy)
    check = _("check {value}").format(value=check_value(sale))
    blocks += [
        Either(
            wide=(Text(f"{which}  {check}", align="center"),),
            narrow=(Text(which, align="center"), Text(check, align="center")),
        ),
        sale_number(sale),
        *foot(shop),
    ]
    title = _("Receipt {sale}").format(sale=head.number)
    return Document("receipt", title, framed(blocks, sale))


def card_slip(
    sale: Sale,
    order: Order,
    sealed: SealedCard,
    card: Card,
    number: int,
    of: int,
    shop: Shop,
    *,
    copy: Copy | None = None,
) -> Document:
    """The slip that is `card`: its code, its PIN and whatever else is secret about it, in clear.

    It is slip `number` of `of` in its sale. `sealed` is the same card as the journal keeps it. Where the
    shop wants it, value and codes are in type for weak eyes.
    """
    product, large = order.placed.product, shop.large_print
    counted = _("GIFT CARD {number} OF {of}").format(number=number, of=of)
    face = card.face or sealed.face or order.placed.face
    blocks: list[Block] = [
        shop_name(shop),
        Text(counted, align="center", bold=True),
    ]
    if copy is not None:
        blocks += [Banner((duplicate(copy),), "star"), *copy_rows(copy, shop)]
    blocks += [Face(product.brand or product.name, f"{face.currency} {face.major:f}", large), Feed()]
    blocks.append(Secret(_("CODE"), card.code, large))
    if card.pin:
        blocks.append(Secret(_("PIN"), card.pin, large))
    blocks += [_extra(name, value, large=large) for name, value in card.extras]
    blocks += [Feed(), QR(card.code, _("the code only, no link")), *_reading_help(card), Feed()]
    blocks += _product_rows(product)
    none_stated = _("none stated by issuer")
    blocks += [
        Row(_("Bought"), local(sale.head.at, shop).strftime("%Y-%m-%d")),
        Row(_("Expires"), none_stated),
        Row(_("Fees"), none_stated),
        Row(_("Shop help"), _("sale {sale}").format(sale=sale.head.number)),
        _scam_notice(shop),
        Text(_("This paper is the card and is worth cash. Keep it from heat and light: the print can fade.")),
        *foot(shop),
    ]
    title = _("Gift card {number} of {of}, sale {sale}").format(number=number, of=of, sale=sale.head.number)
    return Document("slip", title, framed(blocks, sale))


def pending_slip(
    sale: Sale, order: Order, shop: Shop, ask_after: datetime, *, copy: Copy | None = None
) -> Document:
    """The paper for a card that is paid but not there: what is known, when to ask, and for what."""
    head = sale.head
    blocks: list[Block] = [
        shop_name(shop),
        Banner((_("NOT A GIFT CARD - PENDING"),), "bang"),
    ]
    if copy is not None:
        blocks.append(Banner((duplicate(copy),), "star"))
    at, later = local(head.at, shop), local(ask_after, shop)
    same_day = at.date() == later.date()
    missing = order.placed.quantity - len(order.handed_cards)
    thing = f"{order.placed.product.brand or order.placed.product.name} {price(order)}"
    blocks += [
        Row(
            _("Sale {sale}").format(sale=head.number),
            at.strftime("%H:%M %Z" if same_day else "%Y-%m-%d %H:%M %Z"),
        ),
        *copy_rows(copy, shop),
        Row(thing if missing == 1 else f"{missing} x {thing}", paid(head.tenders)),
        Rule(),
        Text(_what_is_known(order, missing)),
        Text(
            _("Ask here after {time}: card or money back.").format(
                time=later.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")
            ),
            bold=True,
        ),
        Text(_("You may ask for your money now; a manager will decide.")),
        Row(_("Ask for"), _("sale {sale}").format(sale=head.number)),
        Feed(),
        sale_number(sale),
        *foot(shop),
    ]
    title = _("Pending, sale {sale}").format(sale=head.number)
    return Document("pending", title, framed(blocks, sale))


def check_value(sale: Sale) -> str:
    """Eight hexadecimal digits by which a till can tell whether a receipt says what the journal says.

    They are the beginning of a SHA-256 over the facts a receipt is made of: sale number, time, register,
    cashier, amount due, rounding, tenders, and for each order its product, quantity, price, state, provider
    order number and the last four characters of its codes. Words and layout are left out, so a duplicate in
    another language has the same value as long as nothing has happened since. It is no signature: whoever
    knows the facts can work it out.
    """
    head = sale.head
    facts = [
        [head.number, head.at.isoformat(), head.register, head.by, str(head.due)],
        [[tender.kind, str(tender.received), tender.reference] for tender in head.tenders],
        [
            [
                *order.placed.product.key,
                order.placed.quantity,
                str(order.placed.price),
                order.phase.value,
                str(order.refunded),
                _provider_number(order),
                [card.last_four for card in order.handed_cards],
            ]
            for order in sale.orders
        ],
    ]
    if head.rounding is not None:
        # Receipts of sales without it keep the value they have.
        facts.append([str(head.rounding.by)])
    digest = hashlib.sha256(json.dumps(facts, ensure_ascii=True).encode()).hexdigest().upper()
    return f"{digest[:4]}-{digest[4:8]}"


def _provider_orders(sale: Sale) -> Iterator[Block]:
    for order in sale.orders:
        number = _provider_number(order)
        if number:
            yield Row(_("Provider order"), number)


def _provider_number(order: Order) -> str:
    return order.provider_order_no or order.provider_order_id or ""


def _terms(shop: Shop, copy: Copy | None) -> Iterator[Block]:
    if copy is not None:
        yield still_valid()
    elif shop.terms:
        for line in shop.terms.splitlines():
            yield Text(line)
    else:
        yield Text(
            _(
                "Gift cards are not refundable or exchangeable except as the law requires. "
                "Keep this receipt: the shop needs it to help you."
            )
        )


def _product_rows(product: Product) -> Iterator[Block]:
    """What tells this card from others of its brand, where the catalogue says so."""
    if product.brand and product.name and product.name != product.brand:
        yield Row(_("Card"), product.name)
    if product.region:
        yield Row(_("Region"), product.region)
    if product.address:
        yield Row(_("Place"), product.address)


def _extra(name: str, value: str, *, large: bool) -> Secret | Text:
    """A further field of a card: as large as its code, unless it is a sentence or has lines of its own."""
    if printable(value) and len(value.split()) <= _MOST_WORDS_OF_A_CODE:
        return Secret(_extra_label(name), value, large)
    return Text(f"{_extra_label(name)}: {plain(value)}", private=True)


def _extra_label(name: str) -> str:
    known = {"serial": _("SERIAL NUMBER"), "link": _("LINK"), "url": _("LINK"), "expiry": _("EXPIRY")}
    return known.get(name.casefold(), name.upper())


def _reading_help(card: Card) -> Iterator[Block]:
    secrets = [card.code, card.pin or ""]
    yield Text(_("0 = zero  O = letter  1 = one"), align="center", size="small", like_codes=True)
    if any(is_grouped(secret) for secret in secrets):
        yield Text(_("Blanks only help to read: leave them out."), align="center", size="small")


def _scam_notice(shop: Shop) -> Banner:
    from pos_app.printing.warning_papers import slip_notice

    return slip_notice(shop)


def _what_is_known(order: Order, missing: int) -> str:
    if order.phase is Phase.CODES_PENDING:
        return ngettext(
            "The card company has sold this card but has not sent its code yet. You have paid.",
            "The card company has sold these cards but has not sent their codes yet. You have paid.",
            missing,
        )
    if order.phase is Phase.TO_DO:
        return ngettext(
            "This card has not been ordered yet. You have paid.",
            "These cards have not been ordered yet. You have paid.",
            missing,
        )
    return ngettext(
        "The card company has not confirmed this card yet. You have paid.",
        "The card company has not confirmed these cards yet. You have paid.",
        missing,
    )
