"""A store that was moved, or is a copy: the window asks, and nothing is taken for granted."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtWidgets import QApplication

from pos_app.errors import Misconfigured, StoreProblem
from tests.cashier import Cashier
from tests.ui.fakes import FakeTill
from ui import start
from ui.borders import Till
from ui.main_window import MainWindow
from ui.options import WindowOptions

_BOUND = 120.0


@pytest.mark.parametrize(
    ("button", "moved", "only_looks"), [("notice_first", True, False), ("notice_second", False, True)]
)
async def test_what_was_answered_opens_the_till(
    till: FakeTill,
    monkeypatch: pytest.MonkeyPatch,
    qapp: QApplication,
    *,
    button: str,
    moved: bool,
    only_looks: bool,
) -> None:
    asked: list[WindowOptions] = []

    async def open_till(options: WindowOptions) -> Till:
        asked.append(options)
        if not options.moved and not options.only_looks:
            raise StoreProblem("elsewhere", path="/var/shop")
        return till

    monkeypatch.setattr(start, "_open_till", open_till)
    options = WindowOptions(training=True)
    life = asyncio.ensure_future(start._life(qapp, options, None))  # pyright: ignore[reportPrivateUsage]
    await asyncio.sleep(0)
    window = next(one for one in qapp.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible())
    person = Cashier(window)
    try:
        await person.see("Moved or copied?")
        assert not person.can_press("notice_again")
        person.click(button)
        await person.see("Acme Games")
    finally:
        window.close()
        assert await asyncio.wait_for(life, _BOUND) == 0
    assert [(one.moved, one.only_looks) for one in asked] == [(False, False), (moved, only_looks)]


async def test_another_trouble_offers_neither(till: FakeTill) -> None:
    window = MainWindow(clock=till.clock)
    window.show()
    person = Cashier(window)
    window.tell_trouble(StoreProblem("elsewhere", path="/var/shop"))
    assert person.can_press("notice_first")
    window.tell_trouble(Misconfigured("keyring_locked"))
    assert not person.can_press("notice_first")
    assert not person.can_press("notice_second")
    person.click("notice_again")
    assert window.way_on == ""
    await window.finish()
    window.close()
    window.deleteLater()
