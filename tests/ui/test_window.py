"""The frame: lights, notices, closing, names for screen readers, sizes, languages."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from pos_app.errors import Misconfigured, StoreProblem
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import NOON, FakeTill, Plan
from tests.ui.names import unnamed
from ui import theme
from ui.main_window import MainWindow
from ui.person import NotSeen
from ui.widgets.banner import Banner


async def _to_result(cashier: Cashier, till: FakeTill) -> None:
    await cashier.take("acme")
    await cashier.charge()
    till.seconds += 1
    cashier.press("Enter")
    await cashier.see("Done. Hand over 1 slip")


async def test_every_control_has_a_name_on_every_screen(till: FakeTill, at_window: Opener) -> None:
    till.sales.plans["Boreal"] = Plan("no")
    async with at_window() as cashier:
        await cashier.take("acme")
        cashier.click_brand("e/Café Lumen@2 Mill Lane")
        assert unnamed(cashier.window) == []
        cashier.press("Esc")
        await cashier.take("boreal")
        await cashier.charge()
        assert unnamed(cashier.window) == []
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Give back")
        assert unnamed(cashier.window) == []
        cashier.press("F3")
        cashier.press("F1")
        assert unnamed(cashier.window) == []


async def test_everything_on_the_selling_path_is_large_enough_for_a_finger(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        cashier.type("dal")
        cashier.press("Enter")
        small = [
            (one.objectName(), one.height())
            for one in cashier.window.findChildren(QAbstractButton)
            if one.isVisible() and one.height() < 48 and not one.objectName().startswith("light_")
        ]
        assert small == []


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (960, 540)])
async def test_nothing_is_cut_off_in_any_size(
    till: FakeTill, at_window: Opener, size: tuple[int, int]
) -> None:
    async with at_window(size) as cashier:
        await cashier.take("acme", "$100")
        await cashier.see_enabled("charge")
        for name in ("total", "charge", "search"):
            _inside(cashier, name)
        cashier.click_brand("c/Ivory Coast Trading Company of the North")
        await cashier.until(lambda: cashier.sees("add"), "the panel")
        for name in ("add", "value_7", "quantity_more"):
            _inside(cashier, name)
        cashier.press("Esc")
        await cashier.charge()
        for name in ("due", "change", "issue", "back", "received"):
            _inside(cashier, name)


def _inside(cashier: Cashier, name: str) -> None:
    widget = cashier.find(name)
    area = widget.visibleRegion().boundingRect()
    assert area.size() == widget.size(), f"{name}: {widget.size()} of which one sees {area.size()}"
    if isinstance(widget, QLabel):
        assert widget.width() >= widget.minimumSizeHint().width(), name


async def test_a_light_says_why_when_pressed(till: FakeTill, at_window: Opener) -> None:
    dark = dataclasses.replace(till.connections.shown[1], state="trouble", detail="There is no connection.")
    till.connections.shown = (till.connections.shown[0], dark)
    async with at_window() as cashier:
        cashier.click("light_levelup")
        assert cashier.reads("There is no connection.")
        cashier.click("sheet_close")
        await cashier.until(lambda: not cashier.sees("sheet"), "the note to go")
        cashier.click("light_cardpluspay")
        assert cashier.reads("$412.60 is left to buy cards with.")


async def test_sell_says_since_when_what_is_paused_until_it_is_over(
    till: FakeTill, at_window: Opener
) -> None:
    well = till.connections.shown
    async with at_window() as cashier:
        assert not cashier.sees("paused")
        till.connections.shown = tuple(
            dataclasses.replace(light, state="trouble", detail="Offline. Look at the cable.", since=NOON)
            for light in well
        )
        till.changes.announce("connections")
        await cashier.see("Paused since 12:42\u202fPM: CardPlusPay, LevelUp")
        assert cashier.reads("Offline. Look at the cable. It goes on by itself."), "said once for both"
        till.connections.shown = well
        till.changes.announce("connections")
        await cashier.until(lambda: not cashier.sees("paused"), "the note to go")


async def test_training_is_striped_and_real_selling_is_not(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        assert cashier.find("ribbon").accessibleName() == "TRAINING · NO VALUE"
    till.training = False
    async with at_window() as cashier:
        assert not cashier.sees("ribbon")


async def test_a_lost_window_hides_the_code(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await _to_result(cashier, till)
        cashier.click(f"card_{till.sales.bought[0]}_0_show")
        await cashier.see("PIN 4711")
        other = QWidget()
        other.show()
        other.activateWindow()
        await cashier.until(lambda: not cashier.reads("PIN 4711"), "the code to be hidden")
        other.close()
        other.deleteLater()


async def test_codes_can_not_be_selected_and_never_reach_the_clipboard(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await _to_result(cashier, till)
        name = f"card_{till.sales.bought[0]}_0"
        cashier.click(f"{name}_show")
        await cashier.see("PIN 4711")
        code = cashier.find(f"{name}_code")
        assert isinstance(code, QLabel)
        assert code.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction
        assert code.focusPolicy() == Qt.FocusPolicy.NoFocus
        assert "TEST" not in QApplication.clipboard().text()


async def test_closing_waits_and_is_then_for_good(till: FakeTill) -> None:
    window = MainWindow(clock=till.clock)
    window.show()
    window.join(till)
    closing = asyncio.Event()
    window.closing.connect(closing.set)
    window.close()
    assert window.isVisible(), "nothing is cut off by closing the window"
    assert closing.is_set()
    await window.finish()
    window.close()
    assert not window.isVisible()
    window.deleteLater()


async def test_a_bug_gets_a_number_and_leaves_no_text_in_the_log(
    till: FakeTill, at_window: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_window() as cashier:
        stop = cashier.window.notices.catch_everything(asyncio.get_running_loop())
        try:
            with caplog.at_level(logging.ERROR):
                error = RuntimeError("TEST-CODE-1234")
                sys.excepthook(RuntimeError, error, error.__traceback__)
        finally:
            stop()
        assert cashier.reads("incident")
        assert "TEST-CODE-1234" not in caplog.text
        assert "RuntimeError" in caplog.text
        banner = cashier.window.findChildren(Banner)[0]
        assert not any("TEST-CODE" in label.text() for label in banner.findChildren(QLabel))
        cashier.press("Esc")
        assert not banner.isVisible()


async def test_a_store_that_fails_takes_the_whole_window(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.window.notices.show(StoreProblem("full"))
        await cashier.see("The disk is full.")
        assert not cashier.can_press("rail_sell")


async def test_a_till_that_does_not_open_says_why(till: FakeTill, caplog: pytest.LogCaptureFixture) -> None:
    window = MainWindow(clock=till.clock)
    window.show()
    person = Cashier(window)
    again: list[bool] = []
    window.opening_wanted.connect(lambda: again.append(True))
    window.tell_trouble(Misconfigured("keyring_locked"))
    assert person.reads("Unlock the keyring")
    person.click("notice_again")
    assert again
    with caplog.at_level(logging.ERROR):
        window.tell_trouble(ValueError("x"))
    assert person.reads("incident")
    await window.finish()
    window.close()
    window.deleteLater()


@pytest.mark.parametrize("name", theme.NAMES)
async def test_every_theme_shows_the_window(
    till: FakeTill, at_window: Opener, qapp: QApplication, name: str
) -> None:
    theme.apply(qapp, name)
    async with at_window() as cashier:
        picture = cashier.window.grab().toImage()
        middle = picture.pixelColor(picture.width() - 12, picture.height() - 8)
        assert middle == theme.colour("background")


async def test_a_person_says_what_was_there_instead(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        with pytest.raises(NotSeen, match="Basket"):
            cashier.click("no_such_thing")
        with pytest.raises(NotSeen, match="can not be pressed"):
            cashier.click("charge")
        with pytest.raises(NotSeen, match="waited"):
            await cashier.see("what is never said", seconds=0.05)


async def test_enter_held_down_without_marks_never_skips_the_result(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.charge()
        till.seconds += 1
        cashier.hold_unmarked("Enter", 5)
        await cashier.see("Done. Hand over 1 slip")
        till.seconds += 1
        for _repeat in range(5):
            cashier.repeat_unmarked("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert not cashier.reads("Nothing here yet")
        cashier.hold_unmarked("Enter", 0)
        await cashier.see("Nothing here yet")
