"""Every screen where there is least room, in other languages: nothing is cut off, and all of it is named.

`make gallery` looks at every state, size and language in the same way.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest
from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)
from pytestqt.qtbot import QtBot
from typing_extensions import override

from pos_app import i18n
from tests.cashier import Cashier, cashier_at
from tests.ui.fakes import NOON, FakeTill, Plan
from tests.ui.flaws import flaws
from tests.ui.test_attention import lost, sell
from ui import theme
from ui.sheet import Choice, Sheet
from ui.widgets.buttons import SMALLEST, fitting
from ui.widgets.flow import FlowRow
from ui.widgets.parts import Scroll, Text
from ui.widgets.spinner import Spinner
from ui.widgets.tick import Tick

SIZES = ((1024, 768), (960, 540))


@pytest.fixture
def foreign(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    i18n.set_language(request.param)
    theme.follow_language(qapp)
    yield request.param
    i18n.set_language("en")
    theme.follow_language(qapp)


@asynccontextmanager
async def _at(till: FakeTill) -> AsyncGenerator[Cashier]:
    async with cashier_at(till, clock=till.clock, at=lambda: NOON) as cashier:
        yield cashier


class _Look:
    """Looks at what is on the screen, in each size."""

    def __init__(self, cashier: Cashier, till: FakeTill) -> None:
        self._cashier, self._till = cashier, till
        self.found: list[str] = []

    async def look(self, where: str) -> None:
        for wide, high in SIZES:
            self._cashier.window.resize(wide, high)
            await self._cashier.until(lambda: self._cashier.window.size() == QSize(wide, high), "the size")  # noqa: B023
            QApplication.sendPostedEvents()
            self.found += [f"{where} {wide}: {one}" for one in flaws(self._cashier.window)]
        self._till.seconds += 1


@pytest.mark.parametrize("foreign", ["es"], indirect=True)
async def test_nothing_is_cut_and_all_is_named_while_selling(foreign: str) -> None:
    till = FakeTill()
    till.sales.plans["Boreal"] = Plan("no")
    async with _at(till) as cashier:
        look = _Look(cashier, till)
        await look.look("sell")
        cashier.press("F1")
        await look.look("keys")
        cashier.press("Esc")
        cashier.type("ivory")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("add"), "the values")
        await look.look("values")
        cashier.press("Esc")
        cashier.press("Esc")
        await cashier.take("boreal")
        await look.look("basket")
        await cashier.see_enabled("charge")
        cashier.press("F12")
        await cashier.until(lambda: cashier.sees("issue"), "the money")
        await look.look("charge")
        for kind in ("terminal", "other", "cash"):
            cashier.click(f"pay_{kind}")
            await look.look(kind)
        cashier.press("Enter")
        await cashier.until(lambda: cashier.can_press("new_sale"), "the result")
        await look.look("refused")
        cashier.press("F3")
        await cashier.until(lambda: cashier.sees("orders_table"), "the orders")
        await look.look("orders")
        cashier.press("Down")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("step_0"), "one order")
        await look.look("order")
        cashier.click("light_cardpluspay")
        await look.look("a light")
    assert look.found == []


@pytest.mark.parametrize("foreign", ["ar"], indirect=True)
async def test_nothing_is_cut_and_all_is_named_where_a_manager_decides(foreign: str) -> None:
    till = FakeTill()
    await sell(till, 1, lost())
    await sell(till, 2, Plan("no"), brand="Boreal")
    async with _at(till) as cashier:
        look = _Look(cashier, till)
        cashier.press("F4")
        await cashier.until(lambda: cashier.sees("wait_order0001"), "what waits")
        await look.look("attention")
        for verdict in ("number", "codes", "not_bought", "money", "wait"):
            await cashier.see_enabled(f"verdict_{verdict}")
            cashier.click(f"verdict_{verdict}")
            await cashier.until(lambda: cashier.sees("sheet"), verdict)
            await look.look(verdict)
            cashier.press("Esc")
            await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        cashier.press("F10")
        await cashier.until(lambda: cashier.sees("settings"), "the settings")
        till.seconds += 1
        doors = sorted(name for name in cashier.names() if name.startswith("page_"))
        assert len(doors) >= 4
        for door in doors:
            cashier.click(door)
            await look.look(door)
    assert look.found == []


def test_a_sheet_whose_words_just_fit_hides_none_of_them(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(960, 540)
    host.show()
    for letters in range(40, 70):
        sheet = Sheet(host, "T", ("n" * letters + " 03-000001", "Ask."), (Choice("a", "A"),))
        QApplication.sendPostedEvents()
        assert flaws(host) == []
        scroll = sheet.findChild(Scroll, "sheet_scroll")
        assert scroll is not None
        assert scroll.verticalScrollBar().maximum() == 0, letters
        sheet.close_with("")


def test_words_shrink_before_they_are_cut() -> None:
    font = theme.font(20, QFont.Weight.DemiBold)
    wide = QFontMetricsF(font).horizontalAdvance("As files, in a folder")
    assert fitting(font, "As files, in a folder", wide) == font
    smaller = fitting(font, "As files, in a folder", wide * 0.8)
    assert QFontMetricsF(smaller).horizontalAdvance("As files, in a folder") <= wide * 0.8 + 1
    assert fitting(font, "As files, in a folder", 10).pixelSize() == SMALLEST


def test_a_row_of_one_line_leaves_out_what_has_no_place_and_takes_it_back(qtbot: QtBot) -> None:
    row = FlowRow(8)
    qtbot.addWidget(row)
    buttons = [QPushButton(f"{number}00") for number in range(1, 6)]
    for button in buttons:
        row.flow.addWidget(button)
    row.set_one_line(on=True)
    row.show()
    each = buttons[0].sizeHint().width() + 8
    row.resize(each * 3, 60)
    assert [one.isVisible() for one in buttons] == [True, True, True, False, False]
    row.resize(each * 9, 60)
    assert all(one.isVisible() for one in buttons)
    # However narrow, it asks for no second line: that would bring a bar, and the bar the need for it.
    assert row.heightForWidth(each) == row.heightForWidth(each * 9)
    row.resize(each, 60)
    row.set_one_line(on=False)
    assert all(one.isVisible() for one in buttons)
    assert row.heightForWidth(each) > row.heightForWidth(each * 9)


def test_what_is_put_behind_a_row_stands_at_its_far_end(qtbot: QtBot) -> None:
    row = FlowRow(8)
    qtbot.addWidget(row)
    first, last = QPushButton("1"), QPushButton("Add")
    row.flow.addWidget(first)
    row.flow.put_behind(last)
    row.resize(600, 60)
    row.show()
    assert (first.x(), last.x() + last.width()) == (0, 600)
    row.flow.removeWidget(last)
    assert row.flow.count() == 1


def test_a_tick_is_set_by_its_words_and_is_large_enough(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    tick = Tick("looked", "I looked")
    line = QHBoxLayout(place)
    line.addWidget(tick)
    place.show()
    assert tick.height() >= 36
    QTest.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick.rect().center())
    assert tick.isChecked()
    assert tick.accessibleName() == "I looked"


class _Still(QProxyStyle):
    """A system where nothing is to move."""

    @override
    def styleHint(
        self,
        hint: QStyle.StyleHint,
        /,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # Qt spells it so
    ) -> int:
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, option, widget, returnData)


def test_an_arc_stands_still_where_nothing_is_to_move(qtbot: QtBot) -> None:
    still, turning = Spinner("s", "Looking"), Spinner("t", "Looking")
    style = _Still("fusion")
    still.setStyle(style)
    for one, moves in ((still, False), (turning, True)):
        qtbot.addWidget(one)
        one.turn(on=True)
        assert one.isVisible()
        timer = one.findChild(QTimer)
        assert timer is not None
        assert timer.isActive() is moves
        one.turn(on=False)


def test_what_is_in_a_long_sheet_stands_apart_from_its_bar(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(960, 540)
    host.show()
    sheet = Sheet(
        host, "T", tuple(f"{number}: " + "words " * 40 for number in range(12)), (Choice("a", "A"),)
    )
    QApplication.sendPostedEvents()
    scroll, words = sheet.findChild(Scroll, "sheet_scroll"), sheet.findChild(Text, "sheet_words_0")
    assert scroll is not None
    assert words is not None
    bar = scroll.verticalScrollBar()
    assert bar.maximum() > 0
    sheet.grab()
    assert bar.mapTo(sheet, QPoint(0, 0)).x() >= words.mapTo(sheet, QPoint(words.width(), 0)).x() + 4
    sheet.close_with("")
