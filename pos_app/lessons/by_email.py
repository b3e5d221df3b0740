"""A card by e-mail: the address is read back before any money."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.lessons.lesson import Lesson, Seen, Step
from pos_app.lessons.steps import charging, choosing, is_at_money, is_away, waiting
from pos_app.orders.order import Status

_SENT = {Status.FULFILLED, Status.TO_BE_CONFIRMED}


def _read_back(seen: Seen) -> str:
    return _("Read it out, letter by letter: {email}. Only after a yes take the money.").format(
        email=seen.wanted.email
    )


def _wrong_address(seen: Seen) -> str:
    if all(seen.wanted.is_met_by(line) for line in seen.lines):
        return ""
    return _("That is not what the customer asked for. Go back with Esc and change the line.")


def _is_sent(seen: Seen) -> bool:
    return seen.status in _SENT


LESSON = Lesson(
    name="by_email",
    title=lambda: _("A card by e-mail"),
    about=lambda: _("Read the address back before you take the money."),
    steps=(
        choosing(),
        charging(),
        Step(is_at_money, _read_back, _wrong_address),
        waiting(),
        Step(_is_sent, lambda _seen: _("It is on its way. Hand over the receipt, then press New sale.")),
    ),
    is_over=lambda seen: _is_sent(seen) and is_away(seen),
    remember=lambda: _("What was sent to a wrong address does not come back: read it back every time."),
    delivery="email",
)
