"""Charge: the sale read back, and the money."""

from __future__ import annotations

from dataclasses import replace

from pos_app.clock import new_id
from pos_app.money import Money
from pos_app.orders.sale import Tender
from tests.cashier import Cashier
from ui.screens.sell import SellScreen

from .at_sell import take, take_by_email
from .stage import ADDRESS, Stage
from .states import state


async def holding(stage: Stage, shop: str) -> None:
    """Have nothing left of the money that is held here: the window of another state would ask it back."""
    register = await stage.shop(shop)

    async def nothing_held() -> None:
        await register.held_money.hold("", ())

    stage.afterwards(nothing_held)


async def to_charge(stage: Stage, shop: str = "counter", *, mail: bool = False, value: int = 1) -> Cashier:
    """A cashier who is about to take money."""
    await holding(stage, shop)
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
    cashier.type("0")
    cashier.press("Enter")


@state("Charge")
async def a_part(stage: Stage) -> None:
    """A part in cash is entered."""
    cashier = await to_charge(stage)
    cashier.type("5")


async def in_parts(stage: Stage) -> Cashier:
    """A cashier who has taken a part in cash and one by card."""
    cashier = await to_charge(stage)
    cashier.type("5")
    cashier.press("Enter")
    stage.wait()
    cashier.write("part_amount", "10")
    cashier.write("reference", "TERM-004711")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("part_1"), "both parts")
    stage.wait()
    return cashier


@state("Charge")
async def two_parts(stage: Stage) -> None:
    """Two parts taken, the rest in cash."""
    await in_parts(stage)


@state("Charge")
async def one_more_card(stage: Stage) -> None:
    """Two parts taken, the rest by another card."""
    cashier = await in_parts(stage)
    cashier.click("pay_terminal")


@state("Charge")
async def same_slip(stage: Stage) -> None:
    """The slip of a part that was taken, entered for a second one."""
    cashier = await in_parts(stage)
    cashier.click("pay_terminal")
    cashier.write("part_amount", "2")
    cashier.write("reference", "TERM-004711")
    cashier.press("Enter")


@state("Charge")
async def earlier_slip(stage: Stage) -> None:
    """A slip whose number paid a sale of this day."""
    register = await stage.shop()
    cashier = await to_charge(stage)
    screen = stage.window().findChild(SellScreen)
    assert screen is not None
    draft = screen.draft()
    stage.mails += 1
    number = f"TERM-{stage.mails:06}"
    ids = replace(draft, id=new_id(), lines=tuple(replace(line, id=new_id()) for line in draft.lines))
    sale = await register.sales.place(ids, (Tender("terminal", draft.total, number),), "Mia")
    await register.sales.withdraw(sale.orders[0].id, "Mia")
    cashier.click("pay_terminal")
    cashier.write("reference", number)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")


@state("Charge")
async def parts_back(stage: Stage) -> None:
    """Leaving with parts that were taken."""
    cashier = await in_parts(stage)
    cashier.press("Esc")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")


@state("Charge")
async def rounded_cash(stage: Stage) -> None:
    """Cash is rounded to the smallest coin, beside a part by card."""
    register = await stage.shop()
    register.sales.rounds_cash(lambda currency: Money(100, currency))

    async def as_before() -> None:
        register.sales.rounds_cash(lambda _currency: None)

    stage.afterwards(as_before)
    cashier = await to_charge(stage)
    cashier.click("pay_terminal")
    cashier.click("pay_split")
    cashier.write("part_amount", "10.30")
    cashier.write("reference", "TERM-004711")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("rounded"), "the rounding")
    stage.wait()


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
