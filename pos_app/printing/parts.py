"""What the papers of a sale have in common: the shop's head and foot, sale, orders and money in lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pos_app import i18n
from pos_app.i18n import _, ngettext
from pos_app.money import Money
from pos_app.orders.order import Order, Phase, Sale, Status
from pos_app.orders.product import Product
from pos_app.orders.sale import Tender, TenderKind
from pos_app.printing.document import QR, Banner, Block, Cut, Either, Row, Text
from pos_app.settings import Shop

_INDENT: Final = 2


@dataclass(frozen=True, slots=True)
class Copy:
    """A print after the first one: the `number`th duplicate, made by a named person for a reason."""

    number: int
    at: datetime
    by: str
    reason: str = ""


def framed(blocks: list[Block], sale: Sale) -> tuple[Block, ...]:
    """`blocks` up to the cut; between two warnings when the sale was only training."""
    if not sale.head.training:
        return (*blocks, Cut())
    warning = Banner((_("TRAINING, NO VALUE"),), "star")
    return (warning, *blocks, warning, Cut())


def shop_head(shop: Shop) -> Iterator[Block]:
    """Who sells, as the shop wants it told: name, address, telephone, and further lines."""
    yield Text(shop.name, align="center", bold=True, size="headline")
    for line in shop.address.splitlines():
        yield Text(line, align="center")
    if shop.phone:
        yield Text(_("Tel {phone}").format(phone=shop.phone), align="center")
    for line in shop.header.splitlines():
        yield Text(line, align="center")


def shop_name(shop: Shop) -> Text:
    """The head of papers that are no receipt: the name alone."""
    return Text(shop.name, align="center", bold=True)


def foot(shop: Shop) -> Iterator[Block]:
    """What the shop says at the end of every paper."""
    for line in shop.footer.splitlines():
        yield Text(line, align="center")


def sale_rows(sale: Sale, shop: Shop) -> Iterator[Block]:
    """Sale, time, register and cashier."""
    head = sale.head
    number = _("Sale {sale}").format(sale=head.number)
    at = moment(head.at, shop)
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


def sale_row(sale: Sale, shop: Shop) -> Either:
    """Sale and time, on one line where it can be."""
    number = _("Sale {sale}").format(sale=sale.head.number)
    at = local(sale.head.at, shop)
    return Either(
        wide=(Row(number, moment(sale.head.at, shop)),),
        narrow=(Row(number, at.strftime("%Y-%m-%d %H:%M")),),
    )


def sale_number(sale: Sale) -> QR:
    """The number by which the sale is found again, to be scanned."""
    return QR(sale.head.number, _("sale number"))


def copy_rows(copy: Copy | None, shop: Shop) -> Iterator[Block]:
    """When, by whom and why it was printed again; nothing on an original."""
    if copy is None:
        return
    yield Row(_("Reprinted"), moment(copy.at, shop))
    yield Row(_("By"), copy.by)
    if copy.reason:
        yield Row(_("Reason"), copy.reason)


def duplicate(copy: Copy) -> str:
    """What a paper that is no original calls itself."""
    return _("DUPLICATE No. {number}").format(number=copy.number)


def still_valid() -> Text:
    """What a duplicate is, and what it is not."""
    return Text(
        _("Codes can be reprinted by a manager only. Earlier prints remain valid: this is not a new card.")
    )


def order_lines(order: Order, status: Status, shop: Shop) -> Iterator[Block]:
    """One line for each card that was paid, and what there is to say about them."""
    name, short = names(order.placed.product)
    amount = price(order)
    for ending in endings(order):
        yield Either(wide=(Row(name + ending, amount),), narrow=(Row(short + ending, amount),))
    note = _note(order, status)
    if note:
        yield Text(note, size="small", indent=_INDENT)
    if order.purged is not None and order.handed_cards:
        on = local(order.purged.at, shop).date().isoformat()
        yield Text(
            _("code purged on {date}: it can not be printed any more").format(date=on),
            size="small",
            indent=_INDENT,
        )


def endings(order: Order) -> list[str]:
    """For each card that was paid: the last four characters of its code, empty where none has come."""
    known = [f" ...{card.last_four}" if card.last_four else "" for card in order.handed_cards]
    return known + [""] * (order.placed.quantity - len(known))


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
        case Status.REFUSED | Status.NOT_BOUGHT | Status.WITHDRAWN:
            back = _("your money is owed back") if order.refunded is None else _("money given back")
            return _("{why}: no card, {money}").format(why=why_none(order), money=back)


def why_none(order: Order) -> str:
    """Why there is no card, in words that go on; empty where there may be one."""
    match order.phase:
        case Phase.REFUSED:
            return _("refused by the card company")
        case Phase.NOT_BOUGHT | Phase.WITHDRAWN:
            return _("not bought")
        case _:
            return ""


def _missing(n: int) -> str:
    return ngettext(
        "{n} code has not arrived yet: ask at the counter",
        "{n} codes have not arrived yet: ask at the counter",
        n,
    ).format(n=n)


def tender_rows(kind: TenderKind, amount: Money, reference: str) -> Iterator[Block]:
    """Money that went in or out: by what, how much, and that tender's number."""
    match kind:
        case "cash":
            yield Row(_("Cash"), i18n.money(amount))
        case "terminal":
            yield Row(_("Card terminal"), i18n.money(amount))
        case "other":
            yield Row(_("Rung on the main till"), i18n.money(amount))
    if reference:
        name = _("Terminal reference") if kind == "terminal" else _("Reference")
        yield Row(name, reference)


def paid(tenders: tuple[Tender, ...]) -> str:
    """How a sale was paid, where money is to be seen at a glance."""
    kinds = {tender.kind for tender in tenders}
    if kinds == {"cash"}:
        return _("PAID CASH")
    if kinds == {"terminal"}:
        return _("PAID BY CARD")
    return _("PAID")


def tax_rows(shop: Shop) -> Iterator[Block]:
    """The shop's own words about tax; nothing is computed, and without words there is no line."""
    for line in shop.tax.splitlines():
        yield Text(line)


def given_back(sale: Sale) -> Iterator[Block]:
    """What the customer has back of the sale's money, and what is still owed."""
    currency = sale.head.due.currency
    back, owed = Money.zero(currency), Money.zero(currency)
    for order in sale.orders:
        back += order.refunded or Money.zero(currency)
        owed += order.money_owed or Money.zero(currency)
    if back:
        yield Row(_("Given back"), i18n.money(back))
    if owed:
        yield Row(_("Owed back to you"), i18n.money(owed), bold=True)


def names(product: Product) -> tuple[str, str]:
    """What a card is called where there is room, and where there is little."""
    brand, name = product.brand, product.name
    if not brand or not name:
        return brand or name, brand or name
    return (name if brand.casefold() in name.casefold() else f"{brand} {name}"), brand


def price(order: Order) -> str:
    """What the customer paid for one card."""
    return i18n.money(order.placed.price)


def moment(at: datetime, shop: Shop) -> str:
    """`at` to the minute, by the shop's clock and with its zone."""
    return local(at, shop).strftime("%Y-%m-%d %H:%M %Z")


def local(at: datetime, shop: Shop) -> datetime:
    """`at` by the shop's clock."""
    return at.astimezone(ZoneInfo(shop.zone))
