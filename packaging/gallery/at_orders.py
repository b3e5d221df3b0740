"""Orders: the list, what is looked for, one order, what is printed once more."""

from __future__ import annotations

from PySide6.QtWidgets import QTableView

from tests.cashier import Cashier

from .stage import Stage
from .states import state


async def to_list(stage: Stage, shop: str = "office") -> Cashier:
    """A cashier at the list of orders."""
    cashier = await stage.at(shop)
    if shop == "office":
        # Going there puts it away.
        await cashier.until(lambda: cashier.sees("banner"), "what was cut off")
    cashier.press("F3")
    await cashier.until(lambda: cashier.sees("orders_table") or cashier.sees("orders_none_title"), "the list")
    return cashier


async def to_order(stage: Stage, down: int, shop: str = "office") -> Cashier:
    """A cashier at one order, so many rows down the list."""
    cashier = await to_list(stage, shop)
    table = cashier.find("orders_table")
    assert isinstance(table, QTableView)
    await cashier.until(lambda: table.model().rowCount() >= down, "the orders")
    for _row in range(down):
        cashier.press("Down")
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("step_0"), "its story")
    stage.wait()
    return cashier


@state("Orders")
async def none(stage: Stage) -> None:
    """None yet."""
    await to_list(stage, "fresh")


@state("Orders")
async def listed(stage: Stage) -> None:
    """The list."""
    cashier = await to_list(stage)
    table = cashier.find("orders_table")
    assert isinstance(table, QTableView)
    await cashier.until(lambda: table.model().rowCount() > 0, "the orders")
    cashier.press("Down")


@state("Orders")
async def search(stage: Stage) -> None:
    """Looked for."""
    cashier = await to_list(stage)
    table = cashier.find("orders_table")
    assert isinstance(table, QTableView)
    cashier.type("03-000002")
    await cashier.until(lambda: table.model().rowCount() == 1, "what fits")


@state("Orders")
async def not_found(stage: Stage) -> None:
    """Looked for, and nothing found."""
    cashier = await to_list(stage)
    cashier.type("zzyzx")
    await cashier.until(lambda: cashier.sees("orders_none_title"), "that nothing was found")


@state("Orders")
async def one(stage: Stage) -> None:
    """One that was handed over."""
    await to_order(stage, await stage.row_of("office", "fulfilled"))


@state("Orders")
async def one_not_confirmed(stage: Stage) -> None:
    """One that is not confirmed."""
    await to_order(stage, await stage.row_of("office", "not_confirmed"))


@state("Orders")
async def one_refused(stage: Stage) -> None:
    """One that was refused."""
    await to_order(stage, await stage.row_of("office", "refused"))


@state("Orders")
async def reprint(stage: Stage) -> None:
    """What is to be printed once more."""
    cashier = await to_order(stage, await stage.row_of("office", "fulfilled"))
    cashier.press("F8")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")


@state("Orders")
async def keys(stage: Stage) -> None:
    """Its keys (F1)."""
    cashier = await to_list(stage)
    cashier.press("F1")
