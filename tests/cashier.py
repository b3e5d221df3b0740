"""A cashier at a window: opens it over a till, sells, reads what is there. Journeys are told with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from PySide6.QtWidgets import QWidget

from pos_app.clock import now
from ui.borders import Till
from ui.main_window import MainWindow
from ui.person import Person
from ui.widgets.buttons import ValueButton


class Cashier(Person):
    """Somebody who knows the till by heart: everything goes by the keyboard."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window

    async def take(self, brand: str, value: str = "", quantity: int = 1) -> None:
        """Put cards of `brand` into the basket and wait until they were checked.

        `value` is what stands on the value's button; the first one is taken without it.
        """
        lines = self.lines()
        self.type(brand)
        self.press("Enter")
        if value:
            await self.until(lambda: self.reads(value), value)
            while not self.chosen_value().startswith(value):
                before = self.chosen_value()
                self.press("Right")
                assert self.chosen_value() != before, f"no button {value}"
        for _more in range(quantity - 1):
            self.press("+")
        self.press("Enter")
        await self.until(lambda: self.lines() > lines, "a new line in the basket")

    async def take_by_email(self, brand: str, amount: str, email: str) -> None:
        """Put a card by e-mail into the basket."""
        lines = self.lines()
        self.type(brand)
        self.press("Enter")
        self.write("amount", amount)
        self.write("email", email)
        self.press("Enter")
        await self.until(lambda: self.lines() > lines, "a new line in the basket")

    async def charge(self) -> None:
        """Go on to the money."""
        await self.see_enabled("charge")
        self.press("F12")
        await self.see("Read back")

    def lines(self) -> int:
        """How many lines the basket has."""
        return sum(1 for name in self.names() if name.startswith("line_total_"))

    def names(self) -> tuple[str, ...]:
        """The names of everything one can see."""
        widgets = self.window.findChildren(QWidget)
        return tuple(widget.objectName() for widget in widgets if widget.isVisible())

    def chosen_value(self) -> str:
        """What stands on the button of the chosen value."""
        return next(
            (
                one.text()
                for one in self.window.findChildren(ValueButton)
                if one.isVisible() and one.isChecked()
            ),
            "",
        )


@asynccontextmanager
async def cashier_at(
    till: Till,
    *,
    clock: Callable[[], float],
    at: Callable[[], datetime] = now,
    size: tuple[int, int] = (1280, 800),
) -> AsyncGenerator[Cashier]:
    """A cashier in front of a window over `till`; the window is closed afterwards, the till is not."""
    window = MainWindow(clock=clock, at=at)
    window.resize(*size)
    window.show()
    window.activateWindow()
    window.join(till)
    cashier = Cashier(window)
    try:
        # Focus comes and goes only in a window that is in front.
        await cashier.until(window.isActiveWindow, "the window to be in front")
        await cashier.until(lambda: not cashier.reads("Not asked yet"), "the lights")
        yield cashier
    finally:
        await window.finish()
        window.close()
        window.deleteLater()
