"""A shop's first hour: the program as it is started, a real store, a keyring in memory, the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.first_start.conftest import ring, sandbox
from tests.keyrings import Ring
from tests.sandbox_process import SandboxProcess
from tests.ui.owner import Clock
from ui import start
from ui.main_window import MainWindow
from ui.options import WindowOptions
from ui.person import Person

__all__ = ["ring", "sandbox"]

_SLOW = 90.0


class Keeper(Person):
    """Who opens the shop in the morning."""

    def __init__(self, window: MainWindow, clock: Clock) -> None:
        super().__init__(window)
        self.window, self._clock = window, clock

    def enter(self) -> None:
        """Enter, after the moment in which it is not heard."""
        self._clock.seconds += 1
        self.press("Enter")

    def next(self, page: str) -> None:
        """Press the one way on of `page` by hand."""
        self._clock.seconds += 1
        self.click(f"{page}_page_next")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the program keeps among the user's data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "countercard"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The window's clock, turned by hand."""
    clock = Clock()
    monkeypatch.setattr(start, "MainWindow", partial(MainWindow, clock=clock))
    return clock


Opener = Callable[[WindowOptions], AbstractAsyncContextManager[Keeper]]


@pytest.fixture
def program(qapp: QApplication, clock: Clock) -> Opener:
    """Starts the program."""
    return partial(started, qapp, clock)


@asynccontextmanager
async def started(app: QApplication, clock: Clock, options: WindowOptions) -> AsyncGenerator[Keeper]:
    """The program, started with `options` and closed in good order."""
    life = asyncio.get_running_loop().create_task(
        start._life(app, options, None)  # pyright: ignore[reportPrivateUsage]
    )
    try:
        await asyncio.sleep(0)
        window = next(one for one in app.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible())
        try:
            yield Keeper(window, clock)
        finally:
            window.close()
    finally:
        assert await asyncio.wait_for(life, _SLOW) == 0


async def _set_up(keeper: Keeper, ready: dict[str, str], papers: Path) -> None:
    await keeper.see("Name, address and phone", _SLOW)
    keeper.type("Corner Kiosk")
    if not keeper.find("shop_zone").property("text"):
        keeper.write("shop_zone", "Europe/Berlin")
    keeper.next("shop")
    await keeper.see("Its number begins", _SLOW)
    keeper.type("Mia")
    keeper.enter()
    await keeper.see("Card companies and keys", _SLOW)
    keeper.type(ready["api_key"])
    keeper.click("cardpluspay_more")
    keeper.write("cardpluspay_base_url", ready["cardpluspay"])
    keeper.next("supplier")
    await keeper.see("Connected. Balance $", _SLOW)
    keeper.next("supplier")
    await keeper.see("How the customer gets", _SLOW)
    keeper.click("set_printer_folder")
    keeper.write("set_folder", str(papers))
    keeper.click("set_test")
    await keeper.see("Written. Look for the test slip", _SLOW)


async def test_from_the_first_start_to_the_open_till_in_one_window(
    program: Opener, sandbox: SandboxProcess, own_data: Path, tmp_path: Path
) -> None:
    papers = tmp_path / "slips"
    async with program(WindowOptions()) as keeper:
        await keeper.see("Welcome to Countercard", _SLOW)
        keeper.enter()
        await _set_up(keeper, dict(sandbox.ready), papers)
    # Closed in the middle; what was done is not asked again.
    assert list(papers.glob("test-*"))
    async with program(WindowOptions()) as keeper:
        await keeper.see("How the customer gets", _SLOW)
        keeper.click("set_printer_folder")
        keeper.write("set_folder", str(papers))
        keeper.enter()
        await keeper.see("The first manager", _SLOW)
        for text in ("Ada", "8264", "8264"):
            keeper.type(text)
            keeper.enter()
        await keeper.see("If this computer breaks", _SLOW)
        keeper.enter()
        await keeper.see("Print it, then delete the file there", _SLOW)
        groups = _groups_in(papers)
        asked = [number for number in range(1, 14) if keeper.sees(f"group_{number}")]
        assert len(asked) == 3
        for number in asked:
            keeper.write(f"group_{number}", groups[number - 1])
        keeper.enter()
        await keeper.see("This till is ready", _SLOW)
        assert keeper.reads("Corner Kiosk")
        window = keeper.window
        keeper.enter()
        await keeper.see("Basket", _SLOW)
        assert keeper.window is window
        assert keeper.reads("Register 01")
        assert not keeper.sees("ribbon"), "cards are bought with real money from now on"
    async with program(WindowOptions()) as keeper:
        await keeper.see("Basket", _SLOW)
        assert keeper.reads("Mia")
    assert (own_data / "shop").is_dir()
    assert not (own_data / "training").exists()


def _groups_in(papers: Path) -> list[str]:
    """The groups a person reads off the sheet."""
    (sheet,) = papers.glob("recovery-*.txt")
    lines = sheet.read_text(encoding="utf-8").splitlines()
    return [group for above, line in pairwise(lines) if above.startswith("GROUP") for group in line.split()]


async def test_practising_opens_at_once_in_the_same_window_and_leaves_the_shop_as_it_is(
    program: Opener, own_data: Path
) -> None:
    async with program(WindowOptions()) as keeper:
        await keeper.see("Welcome to Countercard", _SLOW)
        keeper.click("welcome_page_other")
        await keeper.see("Basket", _SLOW)
        assert keeper.sees("ribbon")
    assert (own_data / "training").is_dir()
    async with program(WindowOptions()) as keeper:
        await keeper.see("Welcome to Countercard", _SLOW)


async def test_asked_for_training_nobody_is_asked_anything(program: Opener, own_data: Path) -> None:
    async with program(WindowOptions(training=True)) as keeper:
        await keeper.see("Basket", _SLOW)
        assert keeper.sees("ribbon")
    assert not (own_data / "shop").exists()


async def test_asked_for_real_sales_the_pages_come_at_once(program: Opener) -> None:
    async with program(WindowOptions(live=True)) as keeper:
        await keeper.see("Name, address and phone", _SLOW)


async def test_a_keyring_that_is_locked_stops_before_the_first_page(program: Opener, ring: Ring) -> None:
    from keyring.errors import KeyringLocked

    ring.trouble = KeyringLocked()
    async with program(WindowOptions(live=True)) as keeper:
        await keeper.see("Keyring locked", _SLOW)
        ring.trouble = None
        keeper.enter()
        await keeper.see("Name, address and phone", _SLOW)


async def test_closed_before_anything_is_painted_it_ends(program: Opener) -> None:
    async with program(WindowOptions()):
        pass
