"""Sell: what is looked for, what is chosen, what is in the basket."""

from __future__ import annotations

import asyncio
from functools import partial

from pos_app.i18n import right_to_left
from tests.cashier import Cashier
from ui.person import Person

from .stage import ADDRESS, Stage
from .states import state


async def choose(cashier: Cashier, brand: str, value: int = 0, quantity: int = 1) -> None:
    """Look for a brand by the keyboard, and go to its values."""
    cashier.type(brand)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("add"), "the chosen brand")
    for _step in range(value):
        cashier.press("Left" if right_to_left() else "Right")
    for _more in range(quantity - 1):
        cashier.press("+")


async def take(cashier: Cashier, brand: str, value: int = 0, quantity: int = 1) -> None:
    """Put cards into the basket and wait until they were checked."""
    lines = cashier.lines()
    await choose(cashier, brand, value, quantity)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.lines() > lines, "a new line")
    await cashier.see_enabled("charge")


async def choose_by_email(cashier: Cashier, amount: str = "30", email: str = ADDRESS) -> None:
    """Begin a card by e-mail."""
    await cashier.until(lambda: cashier.sees("chip_email"), "the kinds of cards")
    cashier.click("chip_email")
    cashier.press("Down")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("email"), "the fields")
    cashier.write("amount", amount)
    cashier.write("email", email)


async def take_by_email(cashier: Cashier, amount: str = "30", email: str = ADDRESS) -> None:
    """Put a card by e-mail into the basket."""
    lines = cashier.lines()
    await choose_by_email(cashier, amount, email)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.lines() > lines, "a new line")
    await cashier.see_enabled("charge")


@state("Sell")
async def ready(stage: Stage) -> None:
    """Nothing begun."""
    await stage.at()


@state("Sell")
async def opening(stage: Stage) -> None:
    """Opening."""
    await stage.bare()


@state("Sell")
async def empty(stage: Stage) -> None:
    """Nothing to sell: the companies could not be asked."""
    register = await stage.shop("unstocked", stocked=False)
    for call in (
        "cardpluspay.catalog",
        "levelup.all_locations",
        "levelup.app_locations",
        "levelup.locations",
    ):
        stage.admin.fault("error_status", call, share=1)
    await register.catalog.refresh()
    cashier = await stage.at_register(register)
    await cashier.until(lambda: cashier.sees("nothing_again"), "that there is nothing")


@state("Sell")
async def loading(stage: Stage) -> None:
    """The companies' lists are being read."""
    register = await stage.shop("unstocked", stocked=False)
    stage.admin.fault("slow", "cardpluspay.catalog", delay_ms=600_000)
    reading = asyncio.get_running_loop().create_task(register.catalog.refresh())
    stage.afterwards(lambda: reading)
    stage.afterwards(stage.let_answers_come)
    cashier = await stage.at_register(register)
    await cashier.until(lambda: register.catalog.loading and cashier.sees("nothing"), "that it is read")


@state("Sell")
async def paused(stage: Stage) -> None:
    """A company does not answer: paused since."""
    register = await stage.shop()
    stage.admin.fault("error_status", "cardpluspay.balance", share=1)
    await register.connections.look()
    stage.afterwards(register.connections.look_anew)
    stage.afterwards(lambda: asyncio.to_thread(stage.admin.clear_faults))
    cashier = await stage.at()
    await cashier.until(lambda: cashier.sees("paused"), "that it is paused")


@state("Sell")
async def search(stage: Stage) -> None:
    """Looked for."""
    cashier = await stage.at()
    cashier.type("ma")


@state("Sell")
async def not_found(stage: Stage) -> None:
    """Looked for, and nothing found."""
    cashier = await stage.at()
    cashier.type("zzyzx")
    await cashier.until(lambda: cashier.sees("nothing"), "that nothing was found")


@state("Sell")
async def values(stage: Stage) -> None:
    """Values to choose from."""
    await choose(await stage.at(), "acme games", 2, 2)


@state("Sell")
async def by_email(stage: Stage) -> None:
    """An open amount by e-mail."""
    cashier = await stage.at()
    await choose_by_email(cashier)
    cashier.write("name", "Kim")
    cashier.write("message", "Happy birthday!")


@state("Sell")
async def by_email_wrong(stage: Stage) -> None:
    """By e-mail, with mistakes."""
    cashier = await stage.at()
    await choose_by_email(cashier, "3", "kim@mail")
    cashier.press("Enter")


@state("Sell")
async def basket(stage: Stage) -> None:
    """A basket with several lines."""
    cashier = await stage.at()
    await take(cashier, "acme games", 1, 2)
    await take(cashier, "boreal")
    await take_by_email(cashier, "30", "a.very.long.address@subdomain-long.example")


@state("Sell")
async def not_sellable(stage: Stage) -> None:
    """A line that can not be sold."""
    cashier = await stage.at()
    await take(cashier, "boreal")
    stage.admin.fault("unavailable", "cardpluspay.check", share=1)
    lines = cashier.lines()
    await choose(cashier, "acme games", 1)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.lines() > lines, "a new line")
    await cashier.until(
        lambda: not cashier.can_press("charge") and _is_told(cashier), "why it can not be sold"
    )


def _is_told(person: Person) -> bool:
    return person.sees("basket_why")


@state("Sell")
async def light(stage: Stage) -> None:
    """A light was pressed."""
    cashier = await stage.at()
    cashier.click("light_cardpluspay")


@state("Sell")
async def keys(stage: Stage) -> None:
    """Its keys (F1)."""
    cashier = await stage.at()
    cashier.press("F1")


@state("Sell")
async def scanned(stage: Stage) -> None:
    """Something was scanned that nobody knows."""
    cashier = await stage.at()
    cashier.scan("03-999999")
    await cashier.until(lambda: cashier.sees("banner"), "the banner")


@state("Sell")
async def no_printer(stage: Stage) -> None:
    """The printer is not ready."""
    cashier = await stage.at("unplugged")
    await take(cashier, "boreal")
    cashier.press("F12")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")


@state("Sell")
async def cut_off(stage: Stage) -> None:
    """An order was cut off before."""
    cashier = await stage.at("office")
    await cashier.until(partial(cashier.sees, "banner"), "the banner")


@state("Sell")
async def real(stage: Stage) -> None:
    """In a real shop."""
    cashier = await stage.at_register(await stage.real_shop())
    await take(cashier, "acme games", 1)
