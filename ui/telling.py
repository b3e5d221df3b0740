"""How an order is told to the cashier: its state in words, how it feels, and what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_app.errors import PosError, StoreProblem
from pos_app.i18n import _, as_it_is, as_one_reads, money, ngettext
from pos_app.messages import explain, refusal_words, status_words
from pos_app.orders.cards import Card
from pos_app.orders.order import Order, Status

Tone = Literal["ok", "warn", "danger", "muted"]

_A_PERSON_LOOKS = frozenset({"code_seen_before", "other_card"})
"""What the answer audit found that no waiting mends."""

_ASKING, _WAITING, _GO_ON = 1.0, 5.0, 15.0


@dataclass(frozen=True, slots=True)
class Telling:
    """`state` in a few words, `detail` in a sentence or two; which buttons make sense."""

    tone: Tone
    state: str
    detail: str = ""
    can_try: bool = False
    can_refund: bool = False
    can_choose_other: bool = False
    can_sell_anyway: bool = False


def may_go_on(seconds: float | None) -> bool:
    """Whether an order has been waited for so long that the next customer comes first."""
    return seconds is not None and seconds >= _GO_ON


def title(order: Order) -> str:
    """What was sold: `2 × Acme Games $25.00`."""
    placed = order.placed
    if placed.quantity == 1:
        return as_one_reads(f"{as_it_is(placed.product.brand)} {money(placed.face)}")
    words = _("{n} × {brand} {face}")
    return as_one_reads(words.format(n=placed.quantity, brand=placed.product.brand, face=money(placed.face)))


def printed_words(papers: int) -> str:
    """What came out, and what is to be done with it."""
    return ngettext("Printed: hand over {n} slip.", "Printed: hand over {n} slips.", papers).format(n=papers)


def rest_of(card: Card) -> str:
    """What is secret about a card besides its code, in one line: `PIN 0042 · serial 77`."""
    pin = [_("PIN {pin}").format(pin=card.pin)] if card.pin is not None else []
    return " · ".join([*pin, *(f"{name} {value}" for name, value in card.extras)])


def tell(
    order: Order,
    status: Status,
    seconds: float | None,
    trouble: PosError | None,
    *,
    busy: bool,
    waits: bool = False,
    on_screen: bool = False,
) -> Telling:
    """How `order` is told, `seconds` after it was begun (None: not begun here).

    `waits`: until another order is cleared up that it could be taken for. `on_screen`: the shop prints
    nothing, so that no paper is missed.
    """
    match status:
        case Status.TO_DO:
            return _behind_another() if waits else _to_do(order, trouble, busy=busy)
        case Status.IN_PROGRESS:
            return _in_progress(seconds)
        case Status.NOT_CONFIRMED:
            return _not_confirmed(order)
        case Status.CODES_PENDING | Status.FULFILLED if order.reopened:
            return Telling("danger", _("The card company's answer speaks against the verdict"), _turned_up())
        case Status.CODES_PENDING if set(order.flags) & _A_PERSON_LOOKS:
            return Telling(
                "warn",
                _("Bought. A card came that does not fit"),
                _("It is kept and not handed over. Call the manager; this order stays open under Attention."),
            )
        case Status.CODES_PENDING if "pin_missing" in order.flags:
            return Telling(
                "warn",
                _("Bought. The PIN has not arrived yet"),
                _("It is fetched by itself. Without it the card is of no use."),
            )
        case Status.CODES_PENDING:
            return Telling(
                "warn",
                _("Bought. The code has not arrived yet"),
                _("It is fetched by itself and can be printed then. This order stays open under Attention."),
            )
        case Status.TO_BE_CONFIRMED:
            return Telling(
                "warn",
                _("Bought. The sender has to confirm by e-mail"),
                _("The card is sent to the recipient after that."),
            )
        case Status.FULFILLED:
            return _fulfilled(order, busy=busy, on_screen=on_screen)
        case Status.REFUSED | Status.NOT_BOUGHT | Status.WITHDRAWN:
            return _without_card(order, status)


def _without_card(order: Order, status: Status) -> Telling:
    if status is Status.REFUSED:
        return _refused(order)
    return _not_bought(order) if status is Status.NOT_BOUGHT else _given_up(order)


def _not_confirmed(order: Order) -> Telling:
    if order.refunded is not None:
        return Telling(
            "muted",
            _("Not confirmed. {amount} given back").format(amount=money(order.refunded)),
            _("What comes of it is the shop's. It is watched on."),
        )
    return Telling(
        "warn",
        _("Not confirmed: the card may have been bought"),
        _("Do not sell it again. Hand over the pending slip; a manager decides under Attention."),
    )


def _to_do(order: Order, trouble: PosError | None, *, busy: bool) -> Telling:
    if order.left_because:
        state = _("A manager has to decide: it may have been bought elsewhere")
        return Telling("warn", state)
    if trouble is None and busy:
        return Telling("muted", _("Waiting for its turn"))
    if trouble is None:
        return Telling("warn", status_words(Status.TO_DO), can_try=True, can_refund=True)
    message = explain(trouble)
    what = message.what
    if isinstance(trouble, StoreProblem):
        # It was never sent: what is wrong is here, and no company knows of it.
        what = f"{what} {_('Nothing was bought and nothing was charged.')}"
    # While the rest of the sale is still worked on a press would be lost, so nothing is offered yet.
    return Telling(
        "danger",
        message.title,
        f"{what} {message.advice}".strip(),
        can_try=not busy,
        can_refund=not busy,
        can_choose_other=not busy and trouble.reason == "lane_taken",
        can_sell_anyway=not busy and trouble.reason == "lane_taken",
    )


def _behind_another() -> Telling:
    return Telling(
        "muted",
        _("Waiting for another purchase of the same cost"),
        _("That one has no answer yet, and nobody could tell the two apart. It goes on by itself."),
    )


def _in_progress(seconds: float | None) -> Telling:
    if seconds is None or seconds < _ASKING:
        return Telling("muted", _("Sending…"))
    if seconds < _WAITING:
        return Telling("muted", _("Asking the card company…"))
    if seconds < _GO_ON:
        return Telling("muted", _("Still waiting. This can take a minute"))
    return Telling(
        "warn",
        _("Still waiting. You can serve the next customer"),
        _("This sale stays under Attention, and its slip prints when the answer is here."),
    )


def _fulfilled(order: Order, *, busy: bool, on_screen: bool) -> Telling:
    if order.codes_by_email:
        return Telling("ok", _("Sent to {email}").format(email=order.placed.recipient_hint))
    # While the sale is still worked on its slip is on the way.
    if order.not_handed_over and not busy and on_screen:
        return Telling(
            "warn", _("Bought. Not handed over yet"), _("Show the code to the customer here on the screen.")
        )
    if order.not_handed_over and not busy and order.perhaps_printed_cards():
        return Telling(
            "warn",
            _("Bought. Perhaps on paper"),
            _("Look at what came out. If it is not whole, destroy it and print again."),
        )
    if order.not_handed_over and not busy:
        return Telling(
            "warn",
            _("Bought. Not on paper yet"),
            _("Print the slip, or show the code to the customer."),
        )
    return Telling("ok", status_words(Status.FULFILLED))


def _refused(order: Order) -> Telling:
    if order.refunded is not None:
        return Telling("muted", _("Refused. {amount} given back").format(amount=money(order.refunded)))
    said = order.answer.text if order.answer is not None else ""
    own_words = _("It said: {text}").format(text=said) if said else ""
    return Telling(
        "danger",
        _("Refused: give back {amount}").format(amount=money(order.paid)),
        f"{refusal_words(order)} {own_words}".strip(),
        can_refund=True,
        can_choose_other=True,
    )


def _not_bought(order: Order) -> Telling:
    if order.refunded is not None and order.reopened:
        state = _("It turned up after {amount} was given back").format(amount=money(order.refunded))
    elif order.refunded is not None:
        state = _("Not bought. {amount} given back").format(amount=money(order.refunded))
    elif order.reopened:
        state = _("It turned up after the verdict: give back {amount}").format(amount=money(order.paid))
    else:
        state = _("Not bought: give back {amount}").format(amount=money(order.paid))
    return Telling(
        "muted" if order.refunded is not None and not order.reopened else "danger",
        state,
        _turned_up() if order.reopened else "",
        can_refund=order.refunded is None,
        can_choose_other=order.refunded is None,
    )


def _turned_up() -> str:
    return _(
        "An answer came after the verdict and says otherwise. Cards it brought are the shop's: they are kept "
        "sealed and not handed over on this sale."
    )


def _given_up(order: Order) -> Telling:
    if order.refunded is not None:
        return Telling("muted", _("Given up. {amount} given back").format(amount=money(order.refunded)))
    return Telling(
        "danger", _("Given up: give back {amount}").format(amount=money(order.paid)), can_refund=True
    )
