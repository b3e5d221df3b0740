"""No answer: nobody knows whether the card was bought."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.lessons.lesson import Lesson, Mood, Seen, Step
from pos_app.lessons.steps import is_away, is_bought, selling_for_cash
from pos_app.orders.order import Status

_OPEN = {Status.NOT_CONFIRMED, Status.CODES_PENDING}


def _is_unknown(seen: Seen) -> bool:
    return seen.status in _OPEN


def _is_looked_at(seen: Seen) -> bool:
    return _is_unknown(seen) and seen.place in {"attention", "orders"}


def _not_again(seen: Seen) -> str:
    return _("Not for the same customer: the first card may have been bought.") if seen.lines else ""


LESSON = Lesson(
    name="silence",
    title=lambda: _("No answer"),
    about=lambda: _("Nobody knows whether it was bought. What to tell the customer, and what not to do."),
    steps=(
        *selling_for_cash(),
        Step(
            _is_unknown,
            lambda _seen: _(
                "Say: “Your money is safe, we are finding out. Please keep this paper.”"
                " Do not sell it again. Press New sale."
            ),
        ),
        Step(
            lambda seen: _is_unknown(seen) and is_away(seen),
            lambda _seen: _("The sale waits for a manager. See where: open Attention."),
            _not_again,
        ),
        Step(_is_looked_at, lambda _seen: _("The till looks into the company's books. Wait a moment.")),
        Step(
            is_bought,
            lambda _seen: _("It was bought, and the code is here: print the slip, here or under Orders."),
        ),
    ),
    is_over=lambda seen: seen.is_out or seen.lacks_pin or seen.status is Status.NOT_BOUGHT,
    remember=lambda: _("Silence is not a no: never sell it again. The till and the manager find out."),
    mood=Mood(
        (
            {
                "call": "cardpluspay.create",
                "faults": [{"fault": "late_codes", "never": True, "pins": True}, {"fault": "lost_reply"}],
                "times": 1,
            },
            {"call": "cardpluspay.list", "fault": "hides_pending", "share": 1},
        )
    ),
    puts_right=_is_looked_at,
    # Its cards have PINs: where the books tell the PIN too, nobody has to look for it in the portal.
    brand="Dalton",
)
