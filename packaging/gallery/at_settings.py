"""Settings: every page there is, what is wrong on it, and who may come in."""

from __future__ import annotations

from functools import partial

from tests.cashier import Cashier

from .stage import MANAGER, PIN, Stage
from .states import Play, state

PAGES = ("paper", "shop", "people", "companies", "limits", "barcodes", "keys", "look")


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


async def _among_managers(stage: Stage) -> Cashier:
    """The manager of a real shop, at the page about people."""
    cashier = await stage.at_register(await stage.real_shop())
    cashier.press("F10")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")
    stage.wait()
    cashier.write("manager_pin", PIN)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("settings"), "the settings")
    stage.wait()
    cashier.click("page_people")
    await cashier.until(lambda: cashier.sees("manager_row_0"), "the managers")
    return cashier


async def _asked(stage: Stage, button: str) -> Cashier:
    cashier = await _among_managers(stage)
    cashier.click(button)
    await cashier.until(lambda: cashier.sees("sheet"), "the question")
    stage.wait()
    return cashier


@state("Settings")
async def people_record(stage: Stage) -> None:
    """Who changed what."""
    cashier = await _among_managers(stage)
    cashier.write("set_cashier", "Noor")
    cashier.press("Enter")
    await cashier.until(lambda: not cashier.can_press("people_page_save"), "it to be kept")
    cashier.click("people_record")
    await cashier.until(lambda: cashier.sees("sheet"), "the record")


async def _at_keys(stage: Stage) -> Cashier:
    """The manager of a real shop, at the page about the card companies."""
    cashier = await _among_managers(stage)
    cashier.click("page_companies")
    await cashier.until(lambda: cashier.sees("key_row_levelup"), "the companies")
    return cashier


@state("Settings")
async def companies_keys(stage: Stage) -> None:
    """Card companies, in a real shop: one has a key."""
    await _at_keys(stage)


@state("Settings")
async def companies_new_key(stage: Stage) -> None:
    """A key the company does not take."""
    cashier = await _at_keys(stage)
    cashier.click("key_of_levelup")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")
    stage.wait()
    for name in ("user_token", "merchant_token"):
        cashier.write(f"key_levelup_{name}", "TEST-WRONG")
    cashier.write("key_levelup_base_url", stage.ready["levelup"])
    cashier.write("key_own_pin", PIN)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("entries_wrong"), "what the company says")


@state("Settings")
async def people_managers(stage: Stage) -> None:
    """People, in a real shop: the only manager stays."""
    cashier = await _among_managers(stage)
    cashier.click("manager_retire_0")


@state("Settings")
async def people_add(stage: Stage) -> None:
    """A manager is added, with mistakes."""
    cashier = await _asked(stage, "people_add")
    cashier.write("person_name", MANAGER)
    cashier.write("person_pin", "1234")
    cashier.press("Enter")


@state("Settings")
async def people_pin(stage: Stage) -> None:
    """A new PIN of one's own."""
    await _asked(stage, "manager_pin_0")


@state("Settings")
async def keys(stage: Stage) -> None:
    """Its keys (F1)."""
    cashier = await to_page(stage, "look")
    cashier.press("F1")
