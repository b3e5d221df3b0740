"""Charge: the sale read back, and the money."""

from __future__ import annotations

from tests.cashier import Cashier

from .at_sell import take, take_by_email
from .stage import ADDRESS, Stage
from .states import state


async def to_charge(stage: Stage, shop: str = "counter", *, mail: bool = False, value: int = 1) -> Cashier:
    """A cashier who is about to take money."""
    cashier = await stage.at(shop)
    await take(cashier, "acme games", value, 2)
    if mail:
        # Each time to somebody else: what goes to the same address twice is asked about.
        stage.mails += 1
        await take_by_email(cashier, email=f"kim{stage.mails}@mail.example")
    await go_on(stage, cashier)
    return cashier


async def go_on(stage: Stage, cashier: Cashier) -> None:
    """From the basket to the money."""
    cashier.press("F12")
    await cashier.until(lambda: cashier.sees("issue") or cashier.sees("sheet"), "the money")
    stage.wait()
    if cashier.sees("sheet"):
        cashier.click("sheet_go_on")
        await cashier.until(lambda: cashier.sees("issue"), "the money")
        stage.wait()


@state("Charge")
async def cash(stage: Stage) -> None:
    """Nothing received yet."""
    await to_charge(stage, mail=True)


@state("Charge")
async def change(stage: Stage) -> None:
    """Cash, with change."""
    cashier = await to_charge(stage, mail=True)
    cashier.type("100")


@state("Charge")
async def not_enough(stage: Stage) -> None:
    """Cash, not enough."""
    cashier = await to_charge(stage)
    cashier.type("5")
    cashier.press("Enter")


@state("Charge")
async def unreadable(stage: Stage) -> None:
    """Cash, unreadable."""
    cashier = await to_charge(stage)
    cashier.write("received", "1.2.3")
    cashier.press("Enter")


@state("Charge")
async def terminal(stage: Stage) -> None:
    """Card terminal."""
    cashier = await to_charge(stage)
    cashier.click("pay_terminal")
    cashier.write("reference", "TERM-004711")


@state("Charge")
async def other_till(stage: Stage) -> None:
    """On another till, its number missing."""
    cashier = await to_charge(stage)
    cashier.click("pay_other")
    stage.wait()
    cashier.click("issue")


@state("Charge")
async def without_paper(stage: Stage) -> None:
    """Without paper."""
    await to_charge(stage, "unplugged")


@state("Charge")
async def sold_out(stage: Stage) -> None:
    """Sold out meanwhile."""
    cashier = await stage.at()
    await take(cashier, "boreal")
    stage.admin.fault("unavailable", "cardpluspay.check", share=1)
    await go_on(stage, cashier)
    await cashier.until(lambda: not cashier.can_press("issue"), "that it can not be sold")


@state("Charge")
async def keys(stage: Stage) -> None:
    """Its keys (F1)."""
    cashier = await to_charge(stage)
    cashier.press("F1")


@state("Charge")
async def once_more(stage: Stage) -> None:
    """A card went to the same address a moment ago."""
    register = await stage.shop()
    cashier = await stage.at()
    if not await register.sales.orders(limit=1, search=ADDRESS):
        await take_by_email(cashier)
        await go_on(stage, cashier)
        cashier.press("Enter")
        await cashier.until(lambda: cashier.can_press("new_sale"), "the result")
        stage.wait()
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("search"), "the next sale")
    await take_by_email(cashier)
    await go_on(stage, cashier)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")
