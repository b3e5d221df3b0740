"""Somebody who sets a shop up at the window; everything goes by the keyboard unless it is about the hand."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from PySide6.QtWidgets import QLineEdit

from tests.ui.fakes import ASKED, GOOD_KEYS, GROUPS, FakeFirstStart
from ui.borders import FirstStart
from ui.first_start.screen import FirstStartScreen
from ui.main_window import MainWindow
from ui.person import Person

TITLES = {
    "welcome": "Welcome to Countercard",
    "shop": "Your shop",
    "register": "Its number begins",
    "supplier": "Card companies and keys",
    "printer": "How the customer gets",
    "manager": "The first manager",
    "recovery": "If this computer breaks",
    "ready": "This till is ready",
}


@dataclass
class Clock:
    """The window's clock, turned by hand."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Heard:
    """What the screen told upwards."""

    ready: int = 0
    practise: int = 0


@dataclass
class Owner(Person):
    """The person, the window, and what it told."""

    window: MainWindow
    clock: Clock
    screen: FirstStartScreen
    heard: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        super().__init__(self.window)

    def enter(self) -> None:
        """Enter, after the moment in which it is not heard."""
        self.clock.seconds += 1
        self.press("Enter")

    def next(self, page: str) -> None:
        """Press the one way on of `page` by hand."""
        self.clock.seconds += 1
        self.click(f"{page}_page_next")

    async def at(self, page: str) -> None:
        """Wait until `page` is there."""
        await self.until(lambda: any(TITLES[page] in text for text in self.texts()), page)

    def written(self, name: str) -> str:
        """What stands in a field."""
        field_ = self.find(name)
        assert isinstance(field_, QLineEdit)
        return field_.text()

    def focus(self) -> str:
        """The name of what has the focus."""
        return self.window.focusWidget().objectName()

    async def fill(self, page: str) -> None:
        """Fill in `page` as it should be, by the keyboard alone, and go on."""
        await self.at(page)
        match page:
            case "shop":
                self.type("Harbour News & Gifts")
                self.enter()
                self.type("14 Quay Street")
                self.enter()
                self.type("518-555-0100")
            case "register":
                self.type("Mia")
            case "supplier":
                self.type(GOOD_KEYS["api_key"])
                # Past the other company's two keys.
                self.enter()
                self.enter()
                self.enter()
                await self.see("Connected. Balance $412.60.")
                await self.see_enabled("supplier_page_next")
            case "printer":
                self.enter()
                self.type("192.168.1.50")
            case "manager":
                self.type("Ada")
                self.enter()
                self.type("8264")
                self.enter()
                self.type("8264")
            case "recovery":
                self.enter()
                await self.see("Type these groups")
                for place in ASKED:
                    assert self.focus() == f"group_{place}"
                    self.type(GROUPS[place - 1].lower())
                    self.enter() if place != ASKED[-1] else None
            case _:
                pass
        self.enter()


@asynccontextmanager
async def owner_at(
    service: FirstStart, *, size: tuple[int, int] = (1280, 800), welcome: bool = True
) -> AsyncGenerator[Owner]:
    """Somebody in front of a window over `service`."""
    clock = Clock()
    window = MainWindow(clock=clock)
    window.resize(*size)
    window.show()
    window.activateWindow()
    owner = Owner(window, clock, window.begin_first_start(service, await service.progress(), welcome=welcome))
    owner.screen.ready.connect(lambda: setattr(owner.heard, "ready", owner.heard.ready + 1))
    owner.screen.practise_wanted.connect(lambda: setattr(owner.heard, "practise", owner.heard.practise + 1))
    try:
        await owner.until(window.isActiveWindow, "the window to be in front")
        yield owner
    finally:
        await window.end_first_start()
        await window.finish()
        window.close()
        window.deleteLater()


def fresh(*done: str) -> FakeFirstStart:
    """A shop of which the pages `done` are done."""
    service = FakeFirstStart(done=set(done))
    if "supplier" in done:
        service.kept.add("cardpluspay")
    return service
