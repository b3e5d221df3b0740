"""What became of a sale, and what to do now, in one line."""

from __future__ import annotations

from collections.abc import Callable

from pos_app.i18n import _, money, ngettext
from pos_app.money import Money, total
from pos_app.orders.order import Order, Sale, Status
from ui.widgets.tone_sign import SignTone

StatusOf = Callable[[Order], Status]

_MOST_NUMBERS = 2


def headline(sale: Sale, status: StatusOf, *, busy: bool, on_screen: bool) -> tuple[SignTone, str]:
    """What became of the sale and what to do now, in one line, and how good that is.

    `busy`: somebody is still at it; `on_screen`: this shop prints nothing.
    """
    found = {status(order) for order in sale.orders if order.refunded is None}
    back = _give_back_words(sale)
    if busy and found & {Status.TO_DO, Status.IN_PROGRESS}:
        truth: tuple[SignTone, str] = ("danger", back) if back else ("muted", _("Issuing…"))
    else:
        truth = _truth_of(sale, status, back, busy=busy, on_screen=on_screen)
    return _with_slips(sale, *truth)


def ended(sale: Sale, status: StatusOf, *, on_screen: bool) -> tuple[SignTone, str]:
    """The same of a sale that was left while it waited; its change was told before it was."""
    owed = money_owed(sale)
    back = "" if owed is None else _("Give back {amount}").format(amount=money(owed))
    return _with_slips(sale, *_truth_of(sale, status, back, busy=False, on_screen=on_screen))


def _with_slips(sale: Sale, tone: SignTone, words: str) -> tuple[SignTone, str]:
    if tone != "ok" and (slips := _slips(sale)):
        words += ngettext(". Hand over {n} slip", ". Hand over {n} slips", slips).format(n=slips)
    return tone, words


def _truth_of(
    sale: Sale, status: StatusOf, back: str, *, busy: bool, on_screen: bool
) -> tuple[SignTone, str]:
    statuses = [status(order) for order in sale.orders if order.refunded is None]
    found = set(statuses)
    # The worst truth comes first; where there are several, each is counted.
    counts = _counts(statuses)
    if len(counts) > 1:
        words = ", ".join(counts)
        return (
            "warn" if Status.NOT_CONFIRMED in found else "danger",
            f"{words}. {back}" if back else words,
        )
    if Status.NOT_CONFIRMED in found:
        return "warn", _("Not confirmed. Hand over the pending slip")
    if back:
        return "danger", back
    if Status.TO_DO in found:
        return "danger", _("Not bought yet")
    if Status.CODES_PENDING in found:
        return "warn", _("Bought. A code is still to come")
    if Status.TO_BE_CONFIRMED in found:
        return "warn", _("The sender has to confirm by e-mail")
    if not found:
        return "muted", _("Money given back")
    return _done_words(sale, busy=busy, on_screen=on_screen)


def _done_words(sale: Sale, *, busy: bool, on_screen: bool) -> tuple[SignTone, str]:
    cards = sum(len(order.handed_cards) for order in sale.orders)
    if not cards:
        return "ok", _("Done. Sent by e-mail")
    slips = _slips(sale)
    if on_screen:
        left = any(order.not_handed_over for order in sale.orders)
        show = ngettext("Bought. Show the code", "Bought. Show the {n} codes", cards).format(n=cards)
        return ("warn", show) if left else ("ok", _("Done. Handed over on the screen"))
    if slips < cards:
        if busy:
            return "ok", _("Done. Printing…")
        if any(order.perhaps_printed_cards() for order in sale.orders):
            return "warn", _("Bought. Look at what came out")
        return "warn", _("Bought. Not on paper yet")
    words = ngettext("Done. Hand over {n} slip", "Done. Hand over {n} slips", slips).format(n=slips)
    if sent := sum(1 for order in sale.orders if order.placed.product.delivery == "email"):
        words += ngettext(". {n} card sent by e-mail", ". {n} cards sent by e-mail", sent).format(n=sent)
    return "ok", words


def _slips(sale: Sale) -> int:
    """How many cards are on paper."""
    return sum(1 for order in sale.orders for card in order.handed_cards if card.id in order.printed_cards())


def _counts(statuses: list[Status]) -> list[str]:
    """How many orders are in trouble of each kind, the worst kind first."""
    kinds: tuple[tuple[frozenset[Status], Callable[[int], str]], ...] = (
        (
            frozenset({Status.NOT_CONFIRMED}),
            lambda n: ngettext("{n} not confirmed", "{n} not confirmed", n),
        ),
        (frozenset({Status.TO_DO}), lambda n: ngettext("{n} not bought", "{n} not bought", n)),
        (
            frozenset({Status.REFUSED, Status.NOT_BOUGHT, Status.WITHDRAWN}),
            lambda n: ngettext("{n} to be paid back", "{n} to be paid back", n),
        ),
        (
            frozenset({Status.CODES_PENDING, Status.TO_BE_CONFIRMED}),
            lambda n: ngettext("{n} still to come", "{n} still to come", n),
        ),
    )
    told = [(sum(1 for status in statuses if status in group), words) for group, words in kinds]
    return [words(n).format(n=n) for n, words in told if n]


def gives_change_back(sale: Sale) -> bool:
    """Whether money for cards and change leave the same drawer."""
    return bool(sale.head.change) and all(tender.kind == "cash" for tender in sale.head.tenders)


def _give_back_words(sale: Sale) -> str:
    """What to hand back, in one figure; empty when nothing is owed."""
    owed = money_owed(sale)
    if owed is None:
        return ""
    if not gives_change_back(sale):
        return _("Give back {amount}").format(amount=money(owed))
    change = sale.head.change
    cards = sum(order.placed.quantity for order in sale.orders if order.money_owed is not None)
    return ngettext(
        "Give back {amount} in all: {price} for the card, {change} change",
        "Give back {amount} in all: {price} for the cards, {change} change",
        cards,
    ).format(amount=money(owed + change), price=money(owed), change=money(change))


def money_owed(sale: Sale) -> Money | None:
    """What is to be given back for cards that were not bought; None when nothing is."""
    owed = [order.money_owed for order in sale.orders]
    return total([one for one in owed if one is not None], sale.head.due.currency) or None


def numbers(sale: Sale) -> str:
    """The numbers a person may ask for: the sale's, and few of the companies'."""
    told = [order.answer.provider_order_no for order in sale.orders if order.answer is not None]
    found = [_("provider order {number}").format(number=number) for number in told if number]
    if len(found) > _MOST_NUMBERS:
        # Each stands with its own order; here they would take the room of a card.
        found = []
    return " · ".join([_("Sale {number}").format(number=sale.head.number), *found])
