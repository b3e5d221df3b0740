"""Issuing and the result: what becomes of each order, what to hand over, what to give back."""

from __future__ import annotations

from pos_app.i18n import _
from tests.cashier import Cashier
from ui.widgets.code_field import CodeField

from .at_charge import go_on, to_charge
from .at_sell import take_by_email
from .stage import Stage
from .states import state

SHOP = "evening"
"""Where sales go wrong: not where one sees the window as it usually is."""

_WAITED = (0.0, 6.0, 16.0)
"""Seconds after which the words of an order on its way change."""


async def pay(stage: Stage, cashier: Cashier) -> Cashier:
    """Take exactly the money, and wait until nothing more is on its way."""
    cashier.press("Enter")
    await cashier.until(lambda: cashier.can_press("new_sale"), "the result")
    # The slips are on paper: what is said of them is the last thing that changes.
    await cashier.until(lambda: not cashier.reads(_("Printing…")), "the papers")
    stage.wait()
    return cashier


async def _waiting(stage: Stage, seconds: float) -> None:
    stage.admin.fault("slow", "cardpluspay.create", delay_ms=600_000)
    cashier = await to_charge(stage, SHOP)
    stage.afterwards(stage.let_answers_come)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("story"), "the result")
    before = cashier.texts()
    await cashier.until(lambda: cashier.texts() != before, "that it is asked for")
    if seconds:
        before = cashier.texts()
        stage.wait(seconds)
        await cashier.until(lambda: cashier.texts() != before, "the next words")


@state("Result")
async def asking(stage: Stage) -> None:
    """Asking the company."""
    await _waiting(stage, _WAITED[0])


@state("Result")
async def waiting(stage: Stage) -> None:
    """Still waiting."""
    await _waiting(stage, _WAITED[1])


@state("Result")
async def waiting_long(stage: Stage) -> None:
    """Waiting for long: serve the next customer."""
    await _waiting(stage, _WAITED[2])


@state("Result")
async def closing(stage: Stage) -> None:
    """Closing while cards are issued."""
    await _waiting(stage, _WAITED[0])
    stage.window().close()


@state("Result")
async def done(stage: Stage) -> None:
    """Done, codes masked, change due."""
    cashier = await to_charge(stage, SHOP, mail=True)
    cashier.type("100")
    await pay(stage, cashier)


@state("Result")
async def revealed(stage: Stage) -> None:
    """A code is shown."""
    cashier = await pay(stage, await to_charge(stage, SHOP))
    field = next(one for one in cashier.window.findChildren(CodeField) if one.isVisible())
    cashier.click(f"{field.objectName()}_show")
    await cashier.until(field.is_shown, "the code")


@state("Result")
async def refused(stage: Stage) -> None:
    """Refused: money back."""
    stage.admin.fault("out_of_stock", "cardpluspay.create", times=1)
    await pay(stage, await to_charge(stage, SHOP, mail=True))


@state("Result")
async def not_confirmed(stage: Stage) -> None:
    """Not confirmed."""
    stage.admin.fault("lost_reply", "cardpluspay.create", times=1)
    # Of a value nothing else is bought of: another order of the same cost would have to wait for it.
    await pay(stage, await to_charge(stage, SHOP, value=5))


@state("Result")
async def turned_away(stage: Stage) -> None:
    """Nothing was bought: try again in a moment."""
    stage.admin.fault("too_many_requests", "cardpluspay.create", times=1, retry_after=600)
    await pay(stage, await to_charge(stage, SHOP))


@state("Result")
async def pending(stage: Stage) -> None:
    """Bought, a code is still to come."""
    stage.admin.fault("late_codes", "cardpluspay.create", times=1, never=True)
    await pay(stage, await to_charge(stage, SHOP))


@state("Result")
async def to_be_confirmed(stage: Stage) -> None:
    """To be confirmed by e-mail."""
    stage.admin.fault("delayed", "levelup.create", times=1)
    cashier = await stage.at(SHOP)
    await take_by_email(cashier)
    await go_on(stage, cashier)
    await pay(stage, cashier)


@state("Result")
async def not_printed(stage: Stage) -> None:
    """The printer failed."""
    await pay(stage, await to_charge(stage, "unplugged"))


@state("Result")
async def another_printer(stage: Stage) -> None:
    """Another way to print."""
    cashier = await pay(stage, await to_charge(stage, "unplugged"))
    await cashier.see_enabled("print_elsewhere")
    cashier.click("print_elsewhere")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")


@state("Result")
async def paperless(stage: Stage) -> None:
    """Codes on the screen, no paper."""
    await pay(stage, await to_charge(stage, "paperless"))


@state("Result")
async def give_back(stage: Stage) -> None:
    """Money is being given back."""
    stage.admin.fault("out_of_stock", "cardpluspay.create", times=1)
    cashier = await pay(stage, await to_charge(stage, SHOP))
    (button,) = (name for name in cashier.names() if name.startswith("refund_"))
    cashier.click(button)
    await cashier.until(lambda: cashier.sees("sheet"), "the question")
