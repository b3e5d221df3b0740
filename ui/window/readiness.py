"""What a day's first sale needs is made ready before anybody waits for it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ui.turns import give_way

if TYPE_CHECKING:
    from ui.borders import Till
    from ui.pressing import Pressing
    from ui.screen import Screen
    from ui.window.sale_flow import SaleFlow

_AT_REST_SECONDS: Final = 0.1
"""Until a screen that was just opened has been painted."""

_WHAT_FOLLOWS: Final = (
    "pos_app.orders.quick_cash",
    "ui.sheet",
    "ui.dialogs",
    "ui.charge.room",
    "ui.charge.due",
    "ui.charge.words",
    "ui.charge.read_back",
    "ui.charge.cash",
    "ui.charge.references",
    "ui.charge.money_side",
    "ui.charge.asking",
    "ui.screens.charge",
    "pos_app.printing.system_queue",
    "pos_app.printing.spooling",
    "pos_app.printing.ways",
    "pos_app.printing.receipts",
    "ui.another_printer",
    "ui.telling",
    "ui.sale_words",
    "ui.widgets.code_field",
    "ui.order_view",
    "ui.widgets.pick_list",
    "ui.widgets.entry",
    "ui.manager_fields",
    "ui.reprint",
    "ui.screens.result",
)
"""What the two screens behind Sell consist of, in an order in which none of them brings many others along."""


class Readiness:
    """Has the screens behind Sell, and the printer's library, while somebody chooses the first card."""

    def __init__(self, flow: SaleFlow, till: Till, pressing: Pressing) -> None:
        self._flow, self._till, self._pressing = flow, till, pressing
        self._may_go_on = asyncio.Event()
        self._may_go_on.set()

    @contextmanager
    def wait(self) -> Generator[None]:
        """Meanwhile a screen is wanted, and comes first."""
        self._may_go_on.clear()
        try:
            yield
        finally:
            self._may_go_on.set()

    async def begin(self) -> None:
        """Make everything ready, each thing in a turn of its own."""
        for _step in self._flow.sell.get_ready():
            await give_way()
        for name in _WHAT_FOLLOWS:
            # One at a time: while a worker imports, the window has to wait for it again and again.
            await asyncio.to_thread(importlib.import_module, name)
            await give_way()
        # What is being typed is drawn first.
        await asyncio.sleep(_AT_REST_SECONDS)
        await self._make(lambda: self._flow.charge)
        await self._make(lambda: self._flow.result)
        await self.warm_up()

    async def _make(self, made: Callable[[], Screen]) -> None:
        await self._may_go_on.wait()
        screen = made()
        await give_way()
        for _step in screen.get_ready():
            await give_way()
            await self._may_go_on.wait()

    async def warm_up(self) -> None:
        """Have the printer's library before the first paper: its import takes turns with the window."""
        await asyncio.sleep(_AT_REST_SECONDS)
        await self._pressing.pause()
        await self._till.warm_up()
