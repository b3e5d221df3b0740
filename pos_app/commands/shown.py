"""An order as a command shows it: for programs as an object, for people as lines."""

from __future__ import annotations

from pos_app.commands.output import amount, visible
from pos_app.i18n import _, money
from pos_app.messages import refusal_words, status_words
from pos_app.orders.cards import Card, SealedCard
from pos_app.orders.entries import Printed, PrintFailed, Refunded, Revealed, Settled, TurnedUp
from pos_app.orders.order import Order, Status
from pos_app.register import Register


def order_object(order: Order, status: Status, clear: dict[str, Card]) -> dict[str, object]:
    """`order` for programs. `clear` holds the cards that may be told, by id; all others stay masked."""
    placed, answer = order.placed, order.answer
    return {
        "order_id": order.id,
        "sale_id": placed.sale.id,
        "sale_number": placed.sale.number,
        "status": str(status),
        "provider": placed.product.provider,
        "item": placed.product.item,
        "what": placed.product.brand,
        "quantity": placed.quantity,
        "face": amount(placed.face),
        "price": amount(order.price),
        "placed_at": placed.at.isoformat(),
        "by": placed.by,
        "provider_order_id": order.provider_order_id,
        "provider_order_no": order.provider_order_no,
        "refusal": answer.refusal if answer else None,
        "recipient": placed.recipient_hint or None,
        "money_owed": amount(order.money_owed) if order.money_owed else None,
        "flags": list(order.flags),
        "settled": _verdict_object(order),
        "cards": [_card_object(card, clear.get(card.id)) for card in order.handed_cards],
    }


def order_lines(order: Order, status: Status, clear: dict[str, Card]) -> list[str]:
    """`order` for people, its cards under it."""
    placed = order.placed
    lines = [
        _("{sale}  {quantity} × {what}  {price}  {status}").format(
            sale=placed.sale.number,
            quantity=placed.quantity,
            what=placed.product.brand,
            price=money(order.price),
            status=status_words(status),
        )
    ]
    if number := order.provider_order_no or order.provider_order_id:
        lines.append("  " + _("Provider order {number}").format(number=number))
    if placed.recipient_hint:
        lines.append("  " + _("by e-mail to {recipient}").format(recipient=placed.recipient_hint))
    if why := refusal_words(order):
        lines.append("  " + why)
    if order.money_owed:
        lines.append("  " + _("Give back {amount}.").format(amount=money(order.money_owed)))
    for card in order.handed_cards:
        told = clear.get(card.id)
        code = told.code if told else card.hint
        pin = told.pin if told and told.pin is not None else (_("hidden") if card.has_pin else None)
        lines.append(visible(f"  {code}" + (f"  {_('PIN')} {pin}" if pin is not None else "")))
        lines += [visible(f"    {name}: {value}") for name, value in (told.extras if told else ())]
    return lines


async def reveal_all(register: Register, order: Order, by: str) -> dict[str, Card]:
    """All cards of `order` that are the customer's, in clear, by id; each look is written down."""
    return {
        card.id: await register.sales.reveal(order.id, card.id, by, where="command")
        for card in order.handed_cards
    }


def entry_objects(order: Order) -> list[dict[str, object]]:
    """The entries of `order` for programs."""
    return [
        {"n": entry.n, "kind": entry.kind, "at": entry.at.isoformat(), "by": entry.by}
        for entry in order.entries
    ]


def story_lines(order: Order) -> list[str]:
    """The entries of `order` as a timeline, one line each: when, what, who."""
    return [
        f"  {entry.at.isoformat(timespec='seconds')}  {entry.kind:<14} {entry.by}{_remark(entry)}"
        for entry in order.entries
    ]


def _verdict_object(order: Order) -> dict[str, object] | None:
    verdict = order.settled
    if verdict is None:
        return None
    return {
        "verdict": verdict.verdict,
        "how": verdict.how,
        "by": verdict.by,
        "evidence": verdict.evidence,
        "reopened": order.reopened,
    }


def _remark(entry: object) -> str:
    match entry:
        case Printed(document=document, printer=printer, copy_no=copy_no):
            copy = f" DUPLICATE No. {copy_no}" if copy_no else ""
            return f"  {document} → {printer}{copy}{_reason(entry)}"
        case PrintFailed(document=document, printer=printer, reason=reason, maybe=maybe):
            perhaps = _("perhaps printed") if maybe else _("not printed")
            return f"  {document} → {printer}  {perhaps}: {reason}{_reason(entry)}"
        case Revealed(where=where):
            return f"  {where}"
        case Settled(verdict=verdict):
            return f"  {verdict}{_reason(entry)}"
        case TurnedUp(word=word):
            return f"  {word}"
        case Refunded(amount=paid, tender=tender):
            return f"  {paid} {tender}{_reason(entry)}"
        case _:
            return _reason(entry)


def _reason(entry: object) -> str:
    """The reason a person gave, where the entry keeps one."""
    evidence = getattr(entry, "evidence", "")
    return f"  ({visible(evidence)})" if evidence else ""


def _card_object(card: SealedCard, told: Card | None) -> dict[str, object]:
    shown: dict[str, object] = {
        "card_id": card.id,
        "last_four": card.last_four,
        "masked": card.hint,
        "has_pin": card.has_pin,
        "face": amount(card.face) if card.face else None,
    }
    if told is not None:
        # A list: a name may come twice.
        extras = [{"name": name, "value": value} for name, value in told.extras]
        shown |= {"code": told.code, "pin": told.pin, "extras": extras}
    return shown
