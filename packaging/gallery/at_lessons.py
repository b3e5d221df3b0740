"""Lessons, in training: the list, and one that is on."""

from __future__ import annotations

from tests.cashier import Cashier

from .at_sell import take
from .stage import Stage
from .states import state


async def to_lessons(stage: Stage) -> Cashier:
    """Somebody at the list of lessons."""
    cashier = await stage.at("lessons")
    cashier.click("rail_lessons")
    await cashier.until(lambda: cashier.sees("lessons_title"), "the lessons")
    stage.wait()
    return cashier


@state("Lessons")
async def listed(stage: Stage) -> None:
    """All of them."""
    await to_lessons(stage)


@state("Lessons")
async def begun(stage: Stage) -> None:
    """One that has begun."""
    cashier = await to_lessons(stage)
    cashier.click("lesson_start_first_sale")
    await cashier.until(lambda: cashier.sees("coach"), "what to do first")


@state("Lessons")
async def further(stage: Stage) -> None:
    """One that goes on, with a card in the basket."""
    cashier = await to_lessons(stage)
    cashier.click("lesson_start_first_sale")
    await cashier.until(lambda: cashier.sees("coach"), "what to do first")
    await take(cashier, "acme games", 1)
