"""What is asked before money counts: is it meant twice, does a slip pay anew, has the customer it back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_app.i18n import _, money
from pos_app.orders.draft import Draft
from pos_app.orders.sale import Tender, Way
from ui.borders import Selling
from ui.dialogs import ask
from ui.screen import Clock
from ui.sheet import Choice


async def means_it(host: QWidget, sales: Selling, draft: Draft, clock: Clock) -> bool:
    """Whether a card that went to the same address a moment ago is to go there once more."""
    for line in draft.lines:
        earlier = await sales.repeats(line)
        if earlier is None:
            continue
        # The sum that was read back to the customer, whatever rounding did to what was paid for it.
        told = _("{brand}: {amount} for {email}, in sale {number}").format(
            brand=earlier.placed.product.brand,
            amount=money(earlier.price),
            email=earlier.placed.recipient_hint,
            number=earlier.placed.sale.number,
        )
        answer = await ask(
            host,
            _("This card was sold within the last day"),
            (told, _("Ask the customer: is it to go there once more?")),
            (
                Choice("back", _("No, go back"), primary=True),
                Choice("again", _("Sell it once more")),
            ),
            clock,
        )
        if answer != "again":
            return False
    return True


async def is_paid_anew(
    host: QWidget, sales: Selling, draft: Draft, tenders: tuple[Tender, ...], clock: Clock
) -> bool:
    """Whether a card terminal's number that paid another sale of this day stands on a slip of its own."""
    for tender in tenders:
        if tender.kind != "terminal" or not tender.reference:
            continue
        earlier = await sales.paid_before(draft.id, tender.reference)
        if earlier is None:
            continue
        # Terminals count anew, and a shop may have two of them: only a person can tell.
        told = _("{reference} stands in sale {number} already, which came to {amount}.").format(
            reference=tender.reference, number=earlier.number, amount=money(earlier.paid)
        )
        answer = await ask(
            host,
            _("This number paid a sale before"),
            (told, _("One slip pays once. Look at it: is this another payment with the same number?")),
            (
                Choice("back", _("No, go back"), primary=True),
                Choice("another", _("It is another payment")),
            ),
            clock,
        )
        if answer != "another":
            return False
    return True


async def are_given_back(host: QWidget, parts: tuple[Tender, ...], clock: Clock) -> bool:
    """Whether the customer has `parts` back, for which nothing was sold."""
    from ui.give_back import is_given_back

    ways = [Way(part.kind, part.received, part.reference) for part in parts]
    return await is_given_back(host, ways, clock, is_unsold=True)
