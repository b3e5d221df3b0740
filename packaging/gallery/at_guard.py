"""The scam guard: who buys is asked before any money is taken."""

from __future__ import annotations

from tests.cashier import Cashier

from .at_sell import take
from .stage import Stage
from .states import state


async def to_question(stage: Stage, shop: str, quantity: int = 1) -> Cashier:
    """A cashier whose sale is asked about."""
    cashier = await stage.at(shop)
    await take(cashier, "acme games", 4, quantity)
    cashier.press("F12")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")
    return cashier


@state("Scam guard")
async def asked(stage: Stage) -> None:
    """A large sale: some seconds before anybody can go on."""
    await to_question(stage, "guarded")


@state("Scam guard")
async def answered(stage: Stage) -> None:
    """A large sale, after the seconds."""
    cashier = await to_question(stage, "guarded")
    stage.wait(60)
    await cashier.see_enabled("sheet_go")


@state("Scam guard")
async def approve(stage: Stage) -> None:
    """Beyond a limit: a manager approves."""
    cashier = await to_question(stage, "guarded", 4)
    stage.wait(60)
    await cashier.see_enabled("sheet_go")


@state("Scam guard")
async def refused(stage: Stage) -> None:
    """Beyond a limit, where the settings allow nothing."""
    await to_question(stage, "strict", 4)


@state("Scam guard")
async def customer(stage: Stage) -> None:
    """The card the customer reads."""
    cashier = await to_question(stage, "guarded")
    stage.wait()
    cashier.click("sheet_show")
    await cashier.until(lambda: cashier.sees("customer_card_back"), "the customer's card")
