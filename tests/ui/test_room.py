"""Long words in small places: nothing is cut off and nothing is pushed out of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import SHELF, FakeTill, codes_brand
from ui.main_window import MainWindow
from ui.start import show_within_screen
from ui.widgets.breaking_text import BreakingText
from ui.widgets.code_field import CodeField
from ui.widgets.code_text import CodeText, code_lines, masked_line
from ui.widgets.stepper import Stepper

SIZES = ((1280, 800), (1024, 768), (960, 540))
LONG_MAIL = "a.very.long.address.of.somebody@subdomain-long.example"
LONG_BRAND = "Wenovzet & Xanistlande Brothers Department Stores and Mail Order House (Established 1899)"
CODES = (
    "ERWD86HWEGSE5MKBCBU8NM88X2W39TEST",
    "TEST-4MHD-9PTR-AAAA-BBBB-CCCC-DDDD-EEEE",
    "TEST" * 20,
)


def _inside(part: QWidget, place: QWidget) -> bool:
    here = QRect(part.mapTo(place, QPoint(0, 0)), part.size())
    return here.left() >= 0 and here.right() < place.width()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("most", [8, 13, 30, 100])
def test_a_code_breaks_between_its_groups(code: str, most: int) -> None:
    lines = code_lines(code, most)
    assert "".join(lines) == code
    assert max(map(len, lines)) <= most
    for line in lines[:-1]:
        assert line.endswith("-") or len(line) % 4 == 0


def test_a_mask_keeps_its_last_four() -> None:
    assert masked_line("•" * 28 + "TEST", 10) == "••••••TEST"
    assert masked_line("••••-TEST", 30) == "••••-TEST"


@pytest.mark.parametrize("size", SIZES)
async def test_a_shown_code_is_whole_and_its_button_in_place(
    till: FakeTill, at_window: Opener, size: tuple[int, int]
) -> None:
    till.catalog.shelf = (*SHELF, codes_brand(LONG_BRAND, "stores", "10"))
    async with at_window(size) as cashier:
        await cashier.take("wenovzet")
        await cashier.charge()
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        field = next(one for one in cashier.window.findChildren(CodeField) if one.isVisible())
        name = field.objectName()
        text = field.findChild(CodeText)
        button = cashier.find(f"{name}_show")
        scroll = field.parentWidget()
        assert text is not None
        assert scroll is not None
        for code in CODES:
            field.reveal(code, "PIN TEST")
            await cashier.until(lambda: _is_whole(text), "the whole code")
            assert "".join(text.lines(text.width())) == code
            assert _inside(button, cashier.window)
            assert _inside(field, scroll)
            for ancestor in _above(button, cashier.window):
                assert _inside(button, ancestor)
        field.hide_code()
        assert text.lines(text.width())[0].endswith(text.text()[-4:])


def _is_whole(text: CodeText) -> bool:
    metrics = QFontMetricsF(text.font())
    lines = text.lines(text.width())
    wide = max(metrics.horizontalAdvance(line) for line in lines)
    return wide <= text.width() and len(lines) * text.fontMetrics().lineSpacing() <= text.height()


def _above(part: QWidget, top: QWidget) -> list[QWidget]:
    above: list[QWidget] = []
    one = part.parentWidget()
    while one is not None and one is not top:
        above.append(one)
        one = one.parentWidget()
    return above


@pytest.mark.parametrize("size", SIZES)
async def test_a_long_address_pushes_nothing_out(
    till: FakeTill, at_window: Opener, size: tuple[int, int]
) -> None:
    async with at_window(size) as cashier:
        await cashier.take_by_email("lumen", "30", LONG_MAIL)
        line = next(name for name in cashier.names() if name.startswith("line_total_"))
        line_id = line.removeprefix("line_total_")
        _stays(cashier, f"line_total_{line_id}", f"line_edit_{line_id}", f"line_remove_{line_id}")
        _is_all_there(cashier, f"line_detail_{line_id}")
        await cashier.charge()
        _stays(cashier, f"read_total_{line_id}")
        _is_all_there(cashier, f"read_email_{line_id}")


def _stays(cashier: Cashier, *names: str) -> None:
    for name in names:
        part = cashier.find(name)
        assert part.width() >= part.minimumSizeHint().width(), name
        assert all(_inside(part, ancestor) for ancestor in _above(part, cashier.window)), name


def _is_all_there(cashier: Cashier, name: str) -> None:
    part = cashier.find(name)
    assert isinstance(part, BreakingText)
    assert all(_inside(part, ancestor) for ancestor in _above(part, cashier.window)), name
    assert part.heightForWidth(part.width()) <= part.height(), name


def test_a_word_too_long_for_its_line_is_broken(qtbot: QtBot) -> None:
    text = BreakingText("t", "small", LONG_MAIL)
    qtbot.addWidget(text)
    one = text.heightForWidth(2000)
    assert text.heightForWidth(100) >= 3 * one
    assert text.minimumSizeHint().width() < 100


def test_the_stepper_stays_together_in_a_wide_place(qtbot: QtBot) -> None:
    stepper = Stepper("q", "Quantity", "Less", "More", 100)
    qtbot.addWidget(stepper)
    place = QWidget()
    qtbot.addWidget(place)
    row = QHBoxLayout(place)
    row.addWidget(stepper)
    place.resize(900, 100)
    place.show()
    assert stepper.width() == stepper.sizeHint().width()


def test_the_first_window_is_never_larger_than_the_screen(qtbot: QtBot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry()
    window.setMinimumSize(1, 1)
    window.resize(room.width() + 300, room.height() + 200)
    show_within_screen(window)
    assert window.size().boundedTo(room.size()) == window.size()


def test_a_window_that_fits_keeps_its_size(qtbot: QtBot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry()
    window.setMinimumSize(1, 1)
    window.resize(room.width() - 100, room.height() - 100)
    size = window.size()
    show_within_screen(window)
    assert (window.size(), window.isMaximized()) == (size, False)
