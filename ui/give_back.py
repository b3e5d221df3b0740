"""The question whether the customer has the money back; only a yes is written down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from pos_app.i18n import _, money
from pos_app.money import total
from pos_app.orders.sale import Way
from ui.dialogs import ask
from ui.screen import Clock
from ui.sheet import Choice


async def is_given_back(
    window: QWidget, ways: Sequence[Way], clock: Clock, *, is_unsold: bool = False
) -> bool:
    """Ask over `window` whether money was given back by `ways`, of which there is one at least.

    `is_unsold`: no sale was placed for it. Its cash never came into the drawer, which opens with the sale,
    and as nobody came to give money back, Enter alone is no yes.
    """
    amount = money(total([way.amount for way in ways], ways[0].amount.currency))
    answer = await ask(
        window,
        _("Give back {amount}").format(amount=amount),
        words_of(ways, is_unsold=is_unsold),
        (
            Choice("done", _("{amount} given back").format(amount=amount), primary=not is_unsold),
            Choice("not_yet", _("Not yet"), primary=is_unsold),
        ),
        clock,
    )
    return answer == "done"


def words_of(ways: Sequence[Way], *, is_unsold: bool = False) -> tuple[str, ...]:
    """What a person does to give money back by `ways`; `is_unsold`: its cash is in no drawer yet."""
    if len(ways) == 1:
        return (_only(ways[0], is_unsold=is_unsold),)
    told = [_one_of_several(way, is_unsold=is_unsold) for way in ways]
    return (*told, _("Then say so here."))


def _only(way: Way, *, is_unsold: bool) -> str:
    match way.kind:
        case "cash" if is_unsold:
            return _("Give the cash you took back to the customer. Then say so here.")
        case "cash":
            return _("Take it out of the drawer and give it to the customer. Then say so here.")
        case "terminal":
            return _("Refund it on the card terminal, to the same card. Then say so here.")
        case "other":
            return _("Give it back on the main till. Then say so here.")


def _one_of_several(way: Way, *, is_unsold: bool) -> str:
    amount = money(way.amount)
    match way.kind:
        case "cash" if is_unsold:
            return _("{amount} in cash").format(amount=amount)
        case "cash":
            return _("{amount} in cash, out of the drawer").format(amount=amount)
        case "terminal":
            return _("{amount} on the card terminal, to the same card (reference {reference})").format(
                amount=amount, reference=way.reference
            )
        case "other":
            return _("{amount} on the main till (number {reference})").format(
                amount=amount, reference=way.reference
            )
