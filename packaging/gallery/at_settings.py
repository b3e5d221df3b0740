"""Settings: every page there is, what is wrong on it, and who may come in."""

from __future__ import annotations

from functools import partial

from tests.cashier import Cashier

from .stage import Stage
from .states import Play, state

PAGES = ("paper", "shop", "companies", "limits", "barcodes", "keys", "look")


async def to_page(stage: Stage, page: str, shop: str = "counter") -> Cashier:
    """Somebody at a page of the settings."""
    cashier = await stage.at(shop)
    cashier.press("F10")
    await cashier.until(lambda: cashier.sees("settings"), "the settings")
    stage.wait()
    cashier.click(f"page_{page}")
    return cashier


async def _page(page: str, stage: Stage) -> None:
    await to_page(stage, page)


def _named(page: str, words: str) -> Play:
    play = partial(_page, page)
    play.__name__ = f"page_{page}"  # pyright: ignore[reportAttributeAccessIssue]  what a table calls it
    play.__doc__ = words
    return play


for _one in PAGES:
    state("Settings")(_named(_one, f"The page {_one}."))


@state("Settings")
async def paper_wrong(stage: Stage) -> None:
    """Paper, with a mistake."""
    cashier = await to_page(stage, "paper")
    cashier.write("set_folder", "slips")
    cashier.press("Enter")


@state("Settings")
async def paper_network(stage: Stage) -> None:
    """A printer in the network that does not answer."""
    cashier = await to_page(stage, "paper", "unplugged")
    cashier.click("set_test")
    await cashier.see_enabled("set_test")


@state("Settings")
async def shop_changed(stage: Stage) -> None:
    """Shop, changed and not saved."""
    cashier = await to_page(stage, "shop")
    cashier.write("set_shop_name", "QUAY BOOKS")


@state("Settings")
async def manager(stage: Stage) -> None:
    """Who may come in, in a real shop."""
    cashier = await stage.at_register(await stage.real_shop())
    cashier.press("F10")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")


@state("Settings")
async def keys(stage: Stage) -> None:
    """Its keys (F1)."""
    cashier = await to_page(stage, "look")
    cashier.press("F1")
