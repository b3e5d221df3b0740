"""The first sale: a card for cash, and its slip."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.lessons.lesson import Lesson, Step
from pos_app.lessons.steps import is_away, selling_for_cash

LESSON = Lesson(
    name="first_sale",
    title=lambda: _("A first sale"),
    about=lambda: _("Find a card, take cash, hand over the slip."),
    steps=(
        *selling_for_cash(),
        Step(
            lambda seen: seen.is_out,
            lambda _seen: _("Hand over the slip: it is the card. Then press New sale."),
        ),
    ),
    is_over=lambda seen: seen.is_out and is_away(seen),
    remember=lambda: _("The slip is as good as cash: hand it over only when the money is in the drawer."),
)
