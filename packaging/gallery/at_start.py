"""The first start, and a till that can not be opened or that stops."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from pos_app.errors import Misconfigured, PosError, StoreProblem
from pos_app.opening import Options, open_till
from ui.person import Person

from .at_sell import take
from .stage import Stage
from .states import Play, state

PAGES = ("shop", "register", "supplier", "printer", "manager", "recovery")


async def to_page(stage: Stage, page: str) -> Person:
    """Somebody at a page of the first start, or at its `welcome`."""
    done = PAGES.index(page) if page in PAGES else 0
    service = await stage.first_start(done)
    person = await stage.bare()
    progress = await service.progress()
    stage.window().begin_first_start(service, progress, welcome=page == "welcome")
    await person.until(lambda: person.sees(f"{page}_page_next"), page)
    stage.wait()
    return person


async def _page(page: str, stage: Stage) -> None:
    await to_page(stage, page)


def _named(page: str, words: str) -> Play:
    play = partial(_page, page)
    play.__name__ = page  # pyright: ignore[reportAttributeAccessIssue]  what a table calls it
    play.__doc__ = words
    return play


for _one in ("welcome", *PAGES):
    state("First start")(_named(_one, f"The page {_one}."))


@state("First start")
async def shop_wrong(stage: Stage) -> None:
    """The shop, with mistakes."""
    person = await to_page(stage, "shop")
    person.click("shop_page_next")


@state("First start")
async def supplier_wrong(stage: Stage) -> None:
    """A key that the company does not take."""
    person = await to_page(stage, "supplier")
    person.write("cardpluspay_api_key", "not-a-key-of-anybody")
    person.click("cardpluspay_more")
    person.write("cardpluspay_base_url", stage.ready["cardpluspay"])
    stage.wait()
    before = person.texts()
    person.click("supplier_page_next")
    await person.until(
        lambda: person.texts() != before and person.can_press("supplier_page_next"), "the answer"
    )


@state("First start")
async def recovery_typed(stage: Stage) -> None:
    """The recovery sheet is typed back."""
    person = await to_page(stage, "recovery")
    person.click("recovery_page_next")
    await person.until(lambda: any(name.startswith("group_") for name in _names(person)), "the groups")


@state("First start")
async def keyring(stage: Stage) -> None:
    """This computer keeps no keys."""
    service = await stage.first_start(0)
    person = await stage.bare()
    progress = replace(await service.progress(), keyring=Misconfigured("keyring_missing"))
    stage.window().begin_first_start(service, progress, welcome=False)
    await person.until(lambda: person.sees("first_start"), "the page")


@state("First start")
async def keys(stage: Stage) -> None:
    """Its keys (F1)."""
    person = await to_page(stage, "register")
    person.press("F1")


def _names(person: Person) -> list[str]:
    return [one.objectName() for one in person.find("first_start").findChildren(QWidget) if one.isVisible()]


@state("Trouble")
async def second_till(stage: Stage) -> None:
    """A second till on one store."""
    await stage.shop()
    person = await stage.bare()
    try:
        await open_till(Options(str(stage.folder / "counter"), stage.folder / "ready.json"))
    except StoreProblem as error:
        stage.window().tell_trouble(error)
    await person.until(lambda: person.sees("notice_page"), "the notice")


async def _told(error: PosError, stage: Stage) -> None:
    person = await stage.bare()
    stage.window().tell_trouble(error)
    await person.until(lambda: person.sees("notice_page"), "the notice")


@state("Trouble")
async def newer(stage: Stage) -> None:
    """The store is of a newer program."""
    await _told(StoreProblem("newer", path=str(stage.folder)), stage)


@state("Trouble")
async def elsewhere(stage: Stage) -> None:
    """The store was copied or moved."""
    await _told(
        StoreProblem("elsewhere", path=str(stage.folder), was=str(stage.folder.parent / "shop")), stage
    )


@state("Trouble")
async def locked(stage: Stage) -> None:
    """The keyring does not open."""
    await _told(Misconfigured("keyring_locked"), stage)


@state("Trouble")
async def full_disk(stage: Stage) -> None:
    """The disk is full in the middle of a basket."""
    cashier = await stage.at()
    await take(cashier, "boreal")
    cashier.window.notices.show(StoreProblem("full", path=str(stage.folder)))
    await cashier.until(lambda: cashier.sees("notice_page"), "the notice")


@state("Trouble")
async def crash(stage: Stage) -> None:
    """Something nobody foresaw."""
    cashier = await stage.at()
    cashier.window.notices.crash(ZeroDivisionError())
    await asyncio.sleep(0)
