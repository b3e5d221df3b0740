"""What a sale puts on paper: the receipt, one slip for each card, and the slip for what is still open.

Prices stand on the receipt, face values on the slip, and what a card cost us nowhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pos_app import i18n
from pos_app.i18n import _, ngettext
from pos_app.money import Money
from pos_app.orders.cards import Card, SealedCard
from pos_app.orders.order import Order, Phase, Sale, Status
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender
from pos_app.printing.document import (
    QR,
    Banner,
    Block,
    Cut,
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
from pos_app.settings import Shop

_INDENT: Final = 2
_MOST_WORDS_OF_A_CODE: Final = 5


@dataclass(frozen=True, slots=True)
class Copy:
    """A print after the first one: the `number`th duplicate, made by a named person for a reason."""

    number: int
    at: datetime
    by: str
    reason: str = ""


def sale_receipt(
    sale: Sale, shop: Shop, *, copy: Copy | None = None, in_flight: Collection[str] = ()
) -> Document:
    """The receipt of `sale`: who, what and the money, with the last four characters of each code only.

    `copy` is None for the original. `in_flight` are the ids of the orders somebody is working on right now.
    """
    head = sale.head
    blocks: list[Block] = [*_shop_head(shop)]
    if copy is not None:
        blocks.append(Banner((_duplicate(copy), _("CODES NOT SHOWN")), "star"))
    else:
        blocks.append(Rule())
    blocks += [*_sale_rows(sale, shop), *_copy_rows(copy, shop), Rule()]
    for order in sale.orders:
        blocks += _order_lines(order, order.status(in_flight=order.id in in_flight))
    total = _("TOTAL {currency}").format(currency=head.due.currency)
    blocks += [Rule(), Row(total, i18n.money(head.due), bold=True, size="large")]
    for tender in head.tenders:
        blocks += _tender_rows(tender)
    if head.change:
        blocks.append(Row(_("Change"), i18n.money(head.change)))
    blocks += [*_given_back(sale), *_provider_orders(sale), Rule(), *_terms(shop, copy)]
    which = _("ORIGINAL") if copy is None else _duplicate(copy)
    check = _("check {value}").format(value=check_value(sale))
    blocks += [Text(f"{which}  {check}", align="center"), *_foot(shop)]
    title = _("Receipt {sale}").format(sale=head.number)
    return Document("receipt", title, _framed(blocks, sale))


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

    It is slip `number` of `of` in its sale. `sealed` is the same card as the journal keeps it.
    """
    product = order.placed.product
    counted = _("GIFT CARD {number} OF {of}").format(number=number, of=of)
    face = card.face or sealed.face or order.placed.face
    blocks: list[Block] = [
        Text(shop.name, align="center", bold=True),
        Text(counted, align="center", bold=True),
    ]
    if copy is not None:
        blocks += [Banner((_duplicate(copy),), "star"), *_copy_rows(copy, shop)]
    blocks += [Face(product.brand or product.name, f"{face.currency} {face.major:f}"), Feed()]
    blocks.append(Secret(_("CODE"), card.code))
    if card.pin is not None:
        blocks.append(Secret(_("PIN"), card.pin))
    blocks += [_extra(name, value) for name, value in card.extras]
    blocks += [Feed(), QR(card.code, _("the code only, no link")), *_reading_help(card), Feed()]
    blocks += _product_rows(product)
    none_stated = _("none stated by issuer")
    blocks += [
        Row(_("Bought"), _local(sale.head.at, shop).strftime("%Y-%m-%d")),
        Row(_("Expires"), none_stated),
        Row(_("Fees"), none_stated),
        Row(_("Shop help"), _("sale {sale}").format(sale=sale.head.number)),
        _scam_notice(),
        Text(_("This paper is the card and is worth cash. Keep it from heat and light: the print can fade.")),
        *_foot(shop),
    ]
    title = _("Gift card {number} of {of}, sale {sale}").format(number=number, of=of, sale=sale.head.number)
    return Document("slip", title, _framed(blocks, sale))


def pending_slip(
    sale: Sale, order: Order, shop: Shop, ask_after: datetime, *, copy: Copy | None = None
) -> Document:
    """The paper for a card that is paid but not there: what is known, when to ask, and for what."""
    head = sale.head
    blocks: list[Block] = [
        Text(shop.name, align="center", bold=True),
        Banner((_("NOT A GIFT CARD - PENDING"),), "bang"),
    ]
    if copy is not None:
        blocks.append(Banner((_duplicate(copy),), "star"))
    at, later = _local(head.at, shop), _local(ask_after, shop)
    same_day = at.date() == later.date()
    missing = order.placed.quantity - len(order.handed_cards)
    thing = f"{order.placed.product.brand or order.placed.product.name} {_price(order)}"
    blocks += [
        Row(
            _("Sale {sale}").format(sale=head.number),
            at.strftime("%H:%M %Z" if same_day else "%Y-%m-%d %H:%M %Z"),
        ),
        *_copy_rows(copy, shop),
        Row(thing if missing == 1 else f"{missing} x {thing}", _paid(head.tenders)),
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
        QR(head.number, _("sale number")),
        *_foot(shop),
    ]
    title = _("Pending, sale {sale}").format(sale=head.number)
    return Document("pending", title, _framed(blocks, sale))


def check_value(sale: Sale) -> str:
    """Eight hexadecimal digits by which a till can tell whether a receipt says what the journal says.

    They are the beginning of a SHA-256 over the facts a receipt is made of: sale number, time, register,
    cashier, amount due, tenders, and for each order its product, quantity, price, state, provider order
    number and the last four characters of its codes. Words and layout are left out, so a duplicate in
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
    digest = hashlib.sha256(json.dumps(facts, ensure_ascii=True).encode()).hexdigest().upper()
    return f"{digest[:4]}-{digest[4:8]}"


def _framed(blocks: list[Block], sale: Sale) -> tuple[Block, ...]:
    """`blocks` up to the cut; between two warnings when the sale was only training."""
    if not sale.head.training:
        return (*blocks, Cut())
    warning = Banner((_("TRAINING, NO VALUE"),), "star")
    return (warning, *blocks, warning, Cut())


def _shop_head(shop: Shop) -> Iterator[Block]:
    yield Text(shop.name, align="center", bold=True, size="headline")
    for line in shop.address.splitlines():
        yield Text(line, align="center")
    if shop.phone:
        yield Text(_("Tel {phone}").format(phone=shop.phone), align="center")


def _foot(shop: Shop) -> Iterator[Block]:
    for line in shop.footer.splitlines():
        yield Text(line, align="center")


def _sale_rows(sale: Sale, shop: Shop) -> Iterator[Block]:
    head = sale.head
    number = _("Sale {sale}").format(sale=head.number)
    at = _local(head.at, shop).strftime("%Y-%m-%d %H:%M %Z")
    yield Either(
        wide=(
            Row(number, at),
            Row(
                _("Register {register}").format(register=head.register),
                _("Cashier {name}").format(name=head.by),
            ),
        ),
        narrow=(Row(number, _("Reg {register}").format(register=head.register)), Row(at, head.by)),
    )


def _copy_rows(copy: Copy | None, shop: Shop) -> Iterator[Block]:
    if copy is None:
        return
    yield Row(_("Reprinted"), _local(copy.at, shop).strftime("%Y-%m-%d %H:%M %Z"))
    yield Row(_("By"), copy.by)
    if copy.reason:
        yield Row(_("Reason"), copy.reason)


def _duplicate(copy: Copy) -> str:
    return _("DUPLICATE No. {number}").format(number=copy.number)


def _order_lines(order: Order, status: Status) -> Iterator[Block]:
    """One line for each card that was paid, and what there is to say about them."""
    name, short = _names(order.placed.product)
    price = _price(order)
    endings = [f" ...{card.last_four}" if card.last_four else "" for card in order.handed_cards]
    endings += [""] * (order.placed.quantity - len(endings))
    for ending in endings:
        yield Either(wide=(Row(name + ending, price),), narrow=(Row(short + ending, price),))
    note = _note(order, status)
    if note:
        yield Text(note, size="small", indent=_INDENT)


def _note(order: Order, status: Status) -> str:
    """What the customer has to know about an order beside its price; empty when the card is in hand."""
    missing = order.placed.quantity - len(order.handed_cards)
    to = order.placed.recipient_hint
    match status:
        case Status.FULFILLED if order.codes_by_email:
            return _("sent by e-mail to {recipient}").format(recipient=to)
        case Status.FULFILLED:
            return "" if missing <= 0 else _missing(missing)
        case Status.TO_BE_CONFIRMED if to:
            return _("by e-mail to {recipient}: to be confirmed by the sender").format(recipient=to)
        case Status.TO_BE_CONFIRMED:
            return _("to be confirmed by the sender")
        case Status.CODES_PENDING:
            return _missing(missing) if missing > 0 else _("not complete yet: ask at the counter")
        case Status.IN_PROGRESS | Status.NOT_CONFIRMED:
            return _("paid, not confirmed by the card company yet: keep your pending slip")
        case Status.TO_DO:
            return _("paid, not ordered yet: ask at the counter")
        case Status.REFUSED:
            return _without_card(_("refused by the card company"), order)
        case Status.NOT_BOUGHT | Status.WITHDRAWN:
            return _without_card(_("not bought"), order)


def _without_card(why: str, order: Order) -> str:
    money = _("your money is owed back") if order.refunded is None else _("money given back")
    return _("{why}: no card, {money}").format(why=why, money=money)


def _missing(n: int) -> str:
    return ngettext(
        "{n} code has not arrived yet: ask at the counter",
        "{n} codes have not arrived yet: ask at the counter",
        n,
    ).format(n=n)


def _tender_rows(tender: Tender) -> Iterator[Block]:
    amount = i18n.money(tender.received)
    match tender.kind:
        case "cash":
            yield Row(_("Cash"), amount)
        case "terminal":
            yield Row(_("Card terminal"), amount)
        case "other":
            yield Row(_("Rung on the main till"), amount)
    if tender.reference:
        name = _("Terminal reference") if tender.kind == "terminal" else _("Reference")
        yield Row(name, tender.reference)


def _given_back(sale: Sale) -> Iterator[Block]:
    currency = sale.head.due.currency
    back, owed = Money.zero(currency), Money.zero(currency)
    for order in sale.orders:
        back += order.refunded or Money.zero(currency)
        owed += order.money_owed or Money.zero(currency)
    if back:
        yield Row(_("Given back"), i18n.money(back))
    if owed:
        yield Row(_("Owed back to you"), i18n.money(owed), bold=True)


def _provider_orders(sale: Sale) -> Iterator[Block]:
    for order in sale.orders:
        number = _provider_number(order)
        if number:
            yield Row(_("Provider order"), number)


def _provider_number(order: Order) -> str:
    return order.provider_order_no or order.provider_order_id or ""


def _terms(shop: Shop, copy: Copy | None) -> Iterator[Block]:
    if copy is not None:
        yield Text(
            _(
                "Codes can be reprinted by a manager only. Earlier prints remain valid: "
                "this is not a new card."
            )
        )
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


def _names(product: Product) -> tuple[str, str]:
    """What a card is called where there is room, and where there is little."""
    brand, name = product.brand, product.name
    if not brand or not name:
        return brand or name, brand or name
    return (name if brand.casefold() in name.casefold() else f"{brand} {name}"), brand


def _product_rows(product: Product) -> Iterator[Block]:
    """What tells this card from others of its brand, where the catalogue says so."""
    if product.brand and product.name and product.name != product.brand:
        yield Row(_("Card"), product.name)
    if product.region:
        yield Row(_("Region"), product.region)
    if product.address:
        yield Row(_("Place"), product.address)


def _extra(name: str, value: str) -> Secret | Text:
    """A further field of a card: as large as its code, unless it is a sentence or has lines of its own."""
    if printable(value) and len(value.split()) <= _MOST_WORDS_OF_A_CODE:
        return Secret(_extra_label(name), value)
    return Text(f"{_extra_label(name)}: {plain(value)}")


def _extra_label(name: str) -> str:
    known = {"serial": _("SERIAL NUMBER"), "link": _("LINK"), "url": _("LINK"), "expiry": _("EXPIRY")}
    return known.get(name.casefold(), name.upper())


def _reading_help(card: Card) -> Iterator[Block]:
    secrets = [card.code, card.pin or ""]
    yield Text(_("0 = zero  O = letter  1 = one"), align="center", size="small")
    if any(is_grouped(secret) for secret in secrets):
        yield Text(_("Blanks only help to read: leave them out."), align="center", size="small")


def _scam_notice() -> Banner:
    text = _(
        "Gift cards are for gifts. Anyone who tells you to PAY a bill, fine, tax, bail or debt with one is a "
        "scammer. Never read or photograph this code for a caller. Been asked? Tell the cashier, or "
        "reportfraud.ftc.gov"
    )
    return Banner((_("STOP - IS THIS A SCAM?"),), "double", text)


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


def _paid(tenders: tuple[Tender, ...]) -> str:
    kinds = {tender.kind for tender in tenders}
    if kinds == {"cash"}:
        return _("PAID CASH")
    if kinds == {"terminal"}:
        return _("PAID BY CARD")
    return _("PAID")


def _price(order: Order) -> str:
    return i18n.money(order.placed.price)


def _local(at: datetime, shop: Shop) -> datetime:
    return at.astimezone(ZoneInfo(shop.zone))
