"""The printer fails behind the purchase: the codes stay sealed until they come out another way."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.lessons.lesson import Lesson, Mood, Seen, Step
from pos_app.lessons.steps import is_away, is_bought, selling_for_cash


def _has_failed(seen: Seen) -> bool:
    return is_bought(seen) and seen.paper_failed


def _no_slip_yet(seen: Seen) -> str:
    if is_away(seen) and seen.place != "orders":
        return _("The customer has no slip yet: open the sale under Orders.")
    return ""


LESSON = Lesson(
    name="dead_printer",
    title=lambda: _("The printer is dead"),
    about=lambda: _("The code stays sealed. Print it another way."),
    steps=(
        *selling_for_cash(),
        Step(
            _has_failed,
            lambda _seen: _(
                "The printer failed. The card is bought and its code sealed, nothing is lost."
                " Press Another printer… and choose one, or files. Without paper: press Show."
            ),
            _no_slip_yet,
        ),
    ),
    is_over=lambda seen: seen.is_out,
    remember=lambda: _("No paper, no harm: the code stays sealed until it comes out. Do not sell it again."),
    mood=Mood(dead_printer=True),
)
