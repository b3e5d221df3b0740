"""The card company says no: nothing was bought, and the money goes back."""

from __future__ import annotations

from pos_app.i18n import _, money
from pos_app.lessons.lesson import Lesson, Mood, Seen, Step
from pos_app.lessons.steps import is_away, selling_for_cash
from pos_app.orders.order import Status


def _is_refused(seen: Seen) -> bool:
    return seen.status is Status.REFUSED


def _give_back(seen: Seen) -> str:
    return _("The company said no, nothing was bought. Give {amount} back: press Give money back.").format(
        amount=money(seen.wanted.face if seen.order is None else seen.order.price)
    )


def _still_waits(seen: Seen) -> str:
    if is_away(seen) and seen.place != "orders":
        return _("The customer still waits for the money: open the sale under Orders.")
    return ""


LESSON = Lesson(
    name="refusal",
    title=lambda: _("The company says no"),
    about=lambda: _("Give the money back, and have it written down."),
    steps=(*selling_for_cash(), Step(_is_refused, _give_back, _still_waits)),
    is_over=lambda seen: seen.is_paid_back,
    remember=lambda: _("After a no nothing was bought: the customer has the money back before you go on."),
    mood=Mood(({"call": "cardpluspay.create", "fault": "out_of_stock", "times": 1},)),
)
