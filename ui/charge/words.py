"""What the money says below it: that nothing was bought, what is wrong, and what to do. No widget."""

from __future__ import annotations

from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import explain
from pos_app.messages import problem as words_of
from pos_app.orders.rules import Problem
from pos_app.sales import LineCheck
from ui.charge.due import State


def nothing_bought() -> str:
    """Nothing came of it: what becomes of the money."""
    return _("Nothing was bought and nothing is written down. Try again, or give the money back.")


def below_the_money(state: State, problem: Problem | None, *, busy: bool) -> str:
    """The sentence right above the button; `busy`: the money is just being taken."""
    if not state.can_be_had(unknown_is_fine=True):
        return _("Nothing was bought. If you have taken money already, give it back, then go back.")
    if state.unplaced is not None and not busy:
        message = explain(state.unplaced)
        nothing = _("Nothing was bought and nothing is written down.")
        back = _("Otherwise give the money back.")
        return f"{nothing} {message.what} {message.advice} {back}"
    if (over_parts := state.too_much()) is not None:
        return words_of(Problem("parts", "too_much", {"over": over_parts}))
    if state.is_changed and not busy:
        return _("Nothing was bought: something was changed meanwhile. Look at it, and confirm it anew.")
    # What is wrong with an amount that is asked for stands below its field.
    asked_for = state.kind == "cash" or state.split
    if problem is not None and not asked_for and problem.field not in {"reference", "rung"}:
        return words_of(problem)
    tried = state.pressed and not busy and not state.placed
    if tried and problem is None and any(isinstance(one, PosError) for one in state.checks.values()):
        return nothing_bought()
    return ""


def beside_a_line(check: LineCheck | PosError | None) -> str:
    """Why a line can not be had; empty when it can, or while nobody knows."""
    if isinstance(check, PosError):
        message = explain(check)
        return f"{message.what} {message.advice}".strip()
    if check is not None and check.problem is not None:
        return words_of(check.problem)
    return ""
