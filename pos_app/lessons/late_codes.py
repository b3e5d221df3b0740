"""The card is bought and its code comes later."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.lessons.lesson import Lesson, Mood, Seen, Step
from pos_app.lessons.steps import is_away, is_bought, selling_for_cash
from pos_app.orders.order import Status


def _is_late(seen: Seen) -> bool:
    return seen.status is Status.CODES_PENDING


def _is_late_elsewhere(seen: Seen) -> bool:
    return _is_late(seen) and is_away(seen)


LESSON = Lesson(
    name="late_codes",
    title=lambda: _("The code comes late"),
    about=lambda: _("Tell the customer, serve the next one, print the slip when the code is here."),
    steps=(
        *selling_for_cash(),
        Step(
            _is_late,
            lambda _seen: _(
                "It is bought, the code comes later. Ask the customer to keep the paper and wait."
                " Press New sale: others are waiting."
            ),
        ),
        Step(_is_late_elsewhere, lambda _seen: _("The till goes on asking by itself. Wait a moment.")),
        Step(
            is_bought,
            lambda _seen: _("The code is here. Open the sale, by the line below or under Orders, and print."),
        ),
    ),
    is_over=lambda seen: seen.is_out or seen.lacks_pin,
    remember=lambda: _("A late code is bought already: never sell it again, it comes by itself."),
    mood=Mood(
        ({"call": "cardpluspay.create", "fault": "late_codes", "never": True, "pins": True, "times": 1},)
    ),
    puts_right=_is_late_elsewhere,
)
