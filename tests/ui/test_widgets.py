"""Widgets by themselves: amounts as people write them, fields, buttons, chips."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHoverEvent, QPainter, QPaintEvent, QTextLayout
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from pos_app import i18n
from pos_app.money import Money
from ui import icons, theme
from ui.widgets.address_lines import address_lines
from ui.widgets.brand_grid import BrandGrid
from ui.widgets.buttons import ActionButton, Chip, IconButton
from ui.widgets.chip_strip import ChipStrip
from ui.widgets.code_field import CodeField
from ui.widgets.field import Field
from ui.widgets.flow import FlowRow
from ui.widgets.money_field import MoneyField, read_amount
from ui.widgets.parts import Figure, Text, empty
from ui.widgets.stepper import Stepper
from ui.widgets.tile_painting import Tile, lines_of
from ui.widgets.wait_row import WaitRow


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("25", 2500),
        ("25.5", 2550),
        ("25,50", 2550),
        (" $1,000.00 ", 100000),
        ("1.000,00", 100000),
        ("1,000", 100000),
        ("0.5", 50),
        ("1 000", 100000),
        ("٢٥", 2500),
        ("25.", 2500),  # and then thought better of it
        ("\u206625,50\u2069\u200f", 2550),  # taken out of a line in Arabic
        ("\u0661\u066c\u0660\u0660\u0660\u066b\u0665\u0660", 100050),
    ],
)
def test_amounts_as_people_write_them(text: str, minor: int) -> None:
    assert read_amount(text, "USD") == Money(minor, "USD")


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.2.3.4x", "2.555.1", "1e3", "--5", "-20", "9.995", "9.990", "1.000", "25.001", "10,00,000"],
)
def test_what_is_no_amount(text: str) -> None:
    assert read_amount(text, "USD") is None


def test_a_lone_mark_parts_thousands_only_where_people_write_it_so() -> None:
    try:
        i18n.set_language("de")
        assert read_amount("1.000", "USD") == Money(100000, "USD")
        assert read_amount("9,995", "USD") is None
        assert read_amount("1,000.00", "USD") == Money(100000, "USD")
    finally:
        i18n.set_language("en")


def test_three_places_are_no_thousands_where_the_currency_has_them() -> None:
    assert read_amount("2.500", "KWD") == Money(2500, "KWD")
    assert read_amount("500", "JPY") == Money(500, "JPY")


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [
        ("en", Money(125000, "USD"), "1250.00"),
        ("es", Money(125000, "USD"), "1250,00"),
        ("es", Money(1250, "KWD"), "1,250"),
        ("es", Money(500, "JPY"), "500"),
        ("sv", Money(2550, "SEK"), "25,50"),
        ("fa", Money(2550, "USD"), "25.50"),
    ],
)
def test_an_amount_put_into_its_field_is_the_amount_read_there(
    qtbot: QtBot, language: str, amount: Money, written: str
) -> None:
    field = MoneyField("received", "Received", amount.currency)
    qtbot.addWidget(field)
    i18n.set_language(language)
    try:
        field.put(amount)
        assert field.text() == written
        assert field.amount() == amount
    finally:
        i18n.set_language("en")


def test_a_field_says_what_is_wrong_and_then_its_hint_again(qtbot: QtBot) -> None:
    edit = QLineEdit()
    edit.setObjectName("amount")
    field = Field("Amount", edit)
    qtbot.addWidget(field)
    field.hint("$10.00 or more")
    assert field.sentence() == "$10.00 or more"
    field.wrong("Too little.")
    field.hint("$10.00 or more")
    assert (field.sentence(), field.is_wrong()) == ("Too little.", True)
    assert edit.accessibleDescription() == "Too little."
    field.wrong("")
    assert (field.sentence(), field.is_wrong()) == ("$10.00 or more", False)
    assert edit.accessibleName() == "Amount"


def test_a_button_is_pressed_once_by_a_held_enter(qtbot: QtBot) -> None:
    button = ActionButton("go", "Go", key="Enter")
    qtbot.addWidget(button)
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert pressed == [True]
    assert button.text() == "", "the words are painted, so that no letter of them is underlined"
    assert button.accessibleName() == "Go"
    button.say("Going")
    assert button.accessibleName() == "Going"


def test_the_stepper_stays_within_its_limits(qtbot: QtBot) -> None:
    stepper = Stepper("q", "Quantity", "Less", "More", 3)
    qtbot.addWidget(stepper)
    numbers: list[int] = []
    stepper.changed.connect(numbers.append)
    for _press in range(5):
        stepper.step(1)
    stepper.step(-1)
    assert numbers == [2, 3, 3, 3, 3, 2]
    assert stepper.number() == 2


def test_a_code_field_keeps_nothing_when_it_hides(qtbot: QtBot) -> None:
    seconds = [0.0]
    field = CodeField("c", "1", "••••-2WZA", lambda: seconds[0])
    qtbot.addWidget(field)
    field.reveal("TEST-2WZA", "")
    assert field.is_shown()
    field.hide_code()
    kept = [value for value in vars(field).values() if isinstance(value, str) and "TEST" in value]
    assert kept == []
    assert not field.is_shown()


def test_a_pin_that_is_hidden_is_kept_in_no_layout(qtbot: QtBot) -> None:
    field = CodeField("c", "1", "••••-2WZA")
    qtbot.addWidget(field)
    field.resize(400, 100)
    field.show()
    field.reveal("TEST-2WZA", "PIN 7731")
    # Drawn, so that its lines are known for some widths.
    assert not field.grab().isNull()
    field.hide_code()
    kept = [repr(vars(part)) for part in field.findChildren(Text)]
    layouts = [
        layout.text()
        for part in field.findChildren(Text)
        for value in vars(part).values()
        if isinstance(value, dict)
        for layout in cast("dict[int, QTextLayout]", value).values()
    ]
    assert not [one for one in (*kept, *layouts) if "7731" in one]


def test_chips_that_do_not_fit_are_reached_by_the_arrow(qtbot: QtBot) -> None:
    strip = ChipStrip("chips", "Categories", "More")
    qtbot.addWidget(strip)
    strip.put([Chip(f"chip_{n}", f"Category {n}") for n in range(12)])
    strip.resize(400, 48)
    strip.show()
    qtbot.waitExposed(strip)
    further = strip.findChildren(IconButton)[0]
    qtbot.waitUntil(further.isVisible)
    bar = strip.findChildren(QScrollArea)[0].horizontalScrollBar()
    further.click()
    assert bar.value() > 0
    for _press in range(12):
        if bar.value() == 0:
            break
        further.click()
    assert bar.value() == 0, "after the end it begins again"


def test_a_chip_that_goes_on_beyond_the_edge_ends_softly(qtbot: QtBot) -> None:
    strip = ChipStrip("chips", "Categories", "More")
    qtbot.addWidget(strip)
    strip.setStyleSheet("QPushButton { background: #000000; }")
    strip.put([Chip(f"chip_{n}", f"Category {n}") for n in range(12)])
    strip.resize(400, 48)
    strip.show()
    qtbot.waitExposed(strip)
    area = strip.findChildren(QScrollArea)[0]
    bar, view = area.horizontalScrollBar(), area.viewport()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    around = theme.colour("background")

    def shades(at: int) -> tuple[bool, bool]:
        """Whether the first and the last pixel of the row are what is around it."""
        bar.setValue(at)
        QApplication.processEvents()
        image = strip.grab(QRect(view.mapTo(strip, QPoint(0, 0)), view.size())).toImage()
        middle = image.height() // 2
        first, last = (image.pixelColor(x, middle).lightness() for x in (0, image.width() - 1))
        return abs(first - around.lightness()) < 12, abs(last - around.lightness()) < 12

    assert shades(0) == (False, True)
    assert shades(bar.maximum() // 2) == (True, True)
    assert shades(bar.maximum())[0]
    ends = {
        fade.objectName(): fade.isVisible()
        for fade in view.findChildren(QWidget)
        if "fade" in fade.objectName()
    }
    assert ends == {"fade_start": True, "fade_end": False}


class _Painted(QObject):
    """How many rows of pixels were painted anew, one number a painting."""

    def __init__(self) -> None:
        super().__init__()
        self.heights: list[int] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if isinstance(event, QPaintEvent):
            self.heights.append(event.rect().height())
        return False


def test_choosing_a_tile_paints_that_tile_alone(qtbot: QtBot) -> None:
    grid, painted = BrandGrid("brands", "Brands"), _Painted()
    qtbot.addWidget(grid)
    grid.resize(840, 600)
    grid.put([Tile(f"brand {number}", f"Brand {number}", "$10") for number in range(40)])
    with qtbot.waitExposed(grid):
        grid.show()
    QTest.qWait(0)
    grid.viewport().repaint()
    grid.viewport().installEventFilter(painted)
    grid.choose("brand 5")
    qtbot.waitUntil(lambda: bool(painted.heights), timeout=60_000)
    assert max(painted.heights) < grid.gridSize().height()
    painted.heights.clear()
    grid.choose("brand 6")
    qtbot.waitUntil(lambda: bool(painted.heights), timeout=60_000)
    assert max(painted.heights) < grid.gridSize().height()


def test_the_tile_under_the_pointer_has_a_colour_of_its_own(qtbot: QtBot) -> None:
    grid = BrandGrid("brands", "Brands")
    qtbot.addWidget(grid)
    grid.resize(840, 600)
    grid.put([Tile(f"brand {number}", f"Brand {number}", "$10") for number in range(40)])
    with qtbot.waitExposed(grid):
        grid.show()
    above, below = (grid.box(row, row // grid.columns * grid.gridSize().height()) for row in (1, 5))

    def inside(box: QRectF) -> str:
        return (
            grid.viewport().grab().toImage().pixelColor(box.bottomRight().toPoint() - QPoint(20, 12)).name()
        )

    def point(kind: QEvent.Type, to: QPointF, before: QPointF) -> None:
        QApplication.sendEvent(grid.viewport(), QHoverEvent(kind, to, to, before))

    nowhere, first, other = QPointF(-1, -1), above.center(), below.center()
    plain, hover = theme.colour("surface").name(), theme.colour("hover").name()
    assert (inside(above), inside(below)) == (plain, plain)
    point(QEvent.Type.HoverEnter, first, nowhere)
    assert (inside(above), inside(below)) == (hover, plain)
    point(QEvent.Type.HoverMove, other, first)
    assert (inside(above), inside(below)) == (plain, hover)
    point(QEvent.Type.HoverLeave, nowhere, other)
    assert (inside(above), inside(below)) == (plain, plain)


@pytest.mark.parametrize("note", ["from $10", "desde 1.250,00 US$", "desde cualquier importe del mundo"])
@pytest.mark.parametrize("place", ["", "14 Quay Street"])
def test_the_envelope_stays_on_its_tile(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, note: str, place: str
) -> None:
    envelopes: list[QRectF] = []

    def paint(_painter: QPainter, _name: str, where: QRectF, _ink: QColor) -> None:
        envelopes.append(where)

    monkeypatch.setattr(icons, "paint", paint)
    grid = BrandGrid("brands", "Brands")
    qtbot.addWidget(grid)
    grid.resize(400, 300)
    grid.put([Tile("lumen", "Café Lumen", note, place, mail=True)])
    with qtbot.waitExposed(grid):
        grid.show()
    grid.viewport().repaint()
    assert envelopes
    assert envelopes[-1].right() <= grid.box(0, 0).right() - 6


def test_words_never_run_into_the_edge_of_their_tile(qtbot: QtBot) -> None:
    grid = BrandGrid("brands", "Brands")
    qtbot.addWidget(grid)
    grid.resize(190, 1400)
    grid.put([Tile(str(long), "i" * long, "$10", "i" * (long + 8)) for long in range(34, 46)])
    with qtbot.waitExposed(grid):
        grid.show()
    image = grid.viewport().grab().toImage()
    for row in range(12):
        box = grid.box(row, 0).toRect()
        edge = {
            image.pixelColor(box.right() - far, y).name()
            for far in range(3, 10)
            for y in range(box.top() + 16, box.bottom() - 16)
        }
        assert len(edge) == 1, row


@pytest.mark.usefixtures("qapp")
def test_two_amounts_that_are_too_long_for_one_line_stand_in_two() -> None:
    tile = Tile("quay", "Alenmont Bakery", "9,99 – 300\N{NO-BREAK SPACE}US$")
    assert lines_of(tile, 300, turned=False) == [tile.note]
    assert lines_of(tile, 80, turned=False) == ["9,99 –", "300\N{NO-BREAK SPACE}US$"]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("mail", [False, True])
@pytest.mark.parametrize("note", ["from $10", "any amount at all, whatever it is"])
def test_an_address_that_is_too_long_shows_its_beginning_and_its_end(note: str, *, mail: bool) -> None:
    place = "2014 Old Riverside Quay Street North"
    tile = Tile("kinder", "Kinder", note, place, mail=mail)
    assert lines_of(tile, 400, turned=False) == [place, note]
    for wide in (88, 100, 130, 200):
        first, second, _note = lines_of(tile, wide, turned=False)
        assert place.startswith(f"{first} ")
        assert place.endswith(second.removeprefix("…"))
        assert second.endswith("North")
        if not second.startswith("…"):
            assert f"{first} {second}" == place
        low, _note = lines_of(tile, wide, turned=False, is_high=False)
        begins, _mark, ends = low.partition("…")
        assert place.startswith(begins)
        assert place.endswith(ends)
        assert ends, "under a name of two lines there is one for both"


@pytest.mark.usefixtures("qapp")
def test_an_address_of_one_long_word_keeps_both_ends_too() -> None:
    word = "Donaudampfschifffahrtsstrasse14"
    [line] = address_lines(word, theme.font(13), 120)
    begins, ends = line.split("…")
    assert word.startswith(begins)
    assert word.endswith(ends)
    assert min(len(begins), len(ends)) > 3
    assert address_lines("", theme.font(13), 120) == [""]


def test_a_title_that_is_too_long_goes_on_in_the_next_line(qtbot: QtBot) -> None:
    row = WaitRow("wait_1")
    qtbot.addWidget(row)
    row.tell("Acme Games 15,00\N{NO-BREAK SPACE}US$", "Bought", "03-000006", "warn")
    row.resize(400, row.height())
    with qtbot.waitExposed(row):
        row.show()
    high = row.height()
    row.resize(170, high)
    qtbot.waitUntil(lambda: row.height() > high, timeout=60_000)


def test_a_row_that_goes_on_knows_of_every_change_within_it(qtbot: QtBot) -> None:
    row = FlowRow(8)
    qtbot.addWidget(row)
    parts = [ActionButton(f"part_{number}", "Some words", role="small") for number in range(3)]
    for part in parts:
        row.flow.addWidget(part)
    row.resize(2000, 200)
    row.show()
    wide = parts[0].sizeHint().width()
    one_line, narrow = row.heightForWidth(2000), wide + 4
    assert row.heightForWidth(narrow) == 3 * one_line + 2 * 8
    parts[1].hide()
    assert row.heightForWidth(narrow) == 2 * one_line + 8
    parts[1].show()
    assert row.heightForWidth(narrow) == 3 * one_line + 2 * 8
    parts[0].say("Many more words than before")
    assert row.sizeHint().width() == parts[0].sizeHint().width() + 2 * (wide + 8)
    empty(row.flow)
    assert row.heightForWidth(narrow) == 0


def test_a_figure_is_made_smaller_and_never_cut_off(qtbot: QtBot) -> None:
    figure = Figure("change", "huge", "1.250,00 US$")
    qtbot.addWidget(figure)
    figure.resize(figure.sizeHint())
    figure.show()
    assert figure.fitting() == figure.font()
    figure.resize(figure.width() // 2, figure.height())
    assert figure.minimumSizeHint().width() <= figure.width()
    fitting = figure.fitting()
    assert fitting.pixelSize() < figure.font().pixelSize()
    assert QFontMetricsF(fitting).horizontalAdvance(figure.text()) <= figure.width()
