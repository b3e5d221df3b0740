"""The window in a language read from right to left: all turns round but codes, amounts and addresses."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontMetrics, QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from pos_app import i18n
from pos_app.money import Money
from pos_app.orders.draft import Draft, Line
from pos_app.orders.sale import Tender
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, codes_brand, usd
from ui import theme
from ui.tables import Column, Rows
from ui.widgets import mirror
from ui.widgets.basket import Basket, BasketRow
from ui.widgets.brand_grid import BrandGrid
from ui.widgets.buttons import IconButton
from ui.widgets.code_text import CodeText
from ui.widgets.entry import ChoiceEntry, LineEntry, LinesEntry
from ui.widgets.field import Field
from ui.widgets.flow import FlowRow
from ui.widgets.money_field import MoneyField
from ui.widgets.order_table import OrderTable
from ui.widgets.parts import Figure, OneLine, Scroll, Text
from ui.widgets.secret_edit import SecretEdit
from ui.widgets.tile_painting import Tile
from ui.widgets.wait_row import WaitRow

CODE = "TEST-4MHD-9PTR-2WZA"
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
ABSOLUTE = Qt.AlignmentFlag.AlignAbsolute


def picture(widget: QWidget, wide: int, high: int) -> QImage:
    widget.resize(wide, high)
    image = QImage(wide, high, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    widget.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return image


def ink(image: QImage) -> QRect:
    """What is not white in it."""
    dark = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if QColor(image.pixel(x, y)).lightness() < 200
    ]
    assert dark
    xs, ys = [x for x, _y in dark], [y for _x, y in dark]
    return QRect(min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1)


def are_alike(one: QImage, other: QImage) -> bool:
    """Whether they show the same, but for letters that begin at another part of a pixel."""
    return how_far_apart(one, other) < 12


def how_far_apart(one: QImage, other: QImage) -> float:
    """By how much of 255 their ink differs on the average; endlessly where one is wider."""
    small = [image.copy(ink(image)) for image in (one, other)]
    if (small[0].size() - small[1].size()).width() not in range(-2, 3):
        return math.inf
    wide, high = small[0].width() // 4, small[0].height() // 4
    way = Qt.TransformationMode.SmoothTransformation
    first, second = (image.scaled(wide, high, Qt.AspectRatioMode.IgnoreAspectRatio, way) for image in small)
    apart = [
        abs(first.pixelColor(x, y).lightness() - second.pixelColor(x, y).lightness())
        for x in range(wide)
        for y in range(high)
    ]
    return sum(apart) / len(apart)


def code_picture(code: str = CODE) -> QImage:
    shown = CodeText("code")
    shown.setFont(theme.mono(22))
    shown.put(code, masked=False)
    return picture(shown, 400, 40)


def test_the_window_turns_round_and_back(qapp: QApplication) -> None:
    i18n.set_language("ar")
    theme.follow_language(qapp)
    assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert theme.ARABIC in QFontDatabase.families()
    assert theme.font(16).families() == [theme.FAMILY, theme.ARABIC]
    i18n.set_language("es")
    theme.follow_language(qapp)
    assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight
    i18n.set_language("en")


def test_a_code_looks_the_same_and_stands_where_lines_begin(qapp: QApplication) -> None:
    usual = code_picture()
    i18n.set_language("ar")
    theme.follow_language(qapp)
    turned = code_picture()
    i18n.set_language("en")
    theme.follow_language(qapp)
    assert ink(usual).left() < 5
    assert ink(turned).right() > 394
    assert are_alike(usual, turned)
    assert not are_alike(usual, code_picture("-".join(reversed(CODE.split("-")))))


@pytest.mark.usefixtures("arabic")
@pytest.mark.parametrize("kind", [Text, OneLine, Figure])
@pytest.mark.parametrize("words", ["Acme Games", "kim@mail.example", "متجر", "03-000418"])
def test_a_text_begins_at_the_right_whatever_its_letters(kind: type[Text], words: str) -> None:
    shown = kind("text", words=words)
    drawn = ink(picture(shown, 300, 30))
    assert drawn.right() > 290
    shown.setAlignment(RIGHT | Qt.AlignmentFlag.AlignVCenter)
    assert ink(picture(shown, 300, 30)).left() < 10


@pytest.mark.usefixtures("arabic")
@pytest.mark.parametrize(
    "how", [LEFT, LEFT | Qt.AlignmentFlag.AlignVCenter, LEFT | Qt.AlignmentFlag.AlignBottom]
)
def test_each_line_of_a_long_text_begins_at_the_same_edge(how: Qt.AlignmentFlag) -> None:
    shown = Text("text", words="كلمة أو كلمتان تقفان هنا\nثم كلمات أخرى بعدها", wrap=True)
    shown.setAlignment(how)
    image = picture(shown, 110, 140)
    whole = ink(image)
    high = QFontMetrics(shown.font()).lineSpacing()
    lines = [image.copy(0, top, 110, high) for top in range(whole.top(), whole.bottom() - high, high)]
    assert len(lines) > 1
    assert all(ink(line).right() > 106 for line in lines)
    # In the middle as much is free above as below, at the bottom nothing is.
    above, below = whole.top(), 139 - whole.bottom()
    wanted = {Qt.AlignmentFlag.AlignVCenter: above - below, Qt.AlignmentFlag.AlignBottom: below}
    assert all(abs(apart) < 8 for side, apart in wanted.items() if how & side)


@pytest.mark.usefixtures("arabic")
def test_what_is_entered_begins_under_its_label(qtbot: QtBot) -> None:
    code, name, lines = QLineEdit(), QLineEdit(), LinesEntry("address", "Address")
    parts = [Field("Code", code), LineEntry("name", "Name", name), lines]
    for part in parts:
        qtbot.addWidget(part)
        part.resize(300, 100)
        part.show()
    for edit in (code, name):
        edit.grab()
        assert edit.cursorRect().center().x() > edit.width() - 40, "empty, whatever the keyboard's language"
        edit.setText("TEST-1")
        edit.grab()
        assert edit.cursorRect().center().x() > edit.width() - 40
    lines.edit.setPlainText("14 Quay Street")
    assert lines.edit.document().defaultTextOption().alignment() & RIGHT


@pytest.mark.usefixtures("arabic")
def test_an_amount_that_is_entered_stands_below_those_that_are_shown(qtbot: QtBot) -> None:
    field = MoneyField("received", "Received", "USD")
    qtbot.addWidget(field)
    field.setAlignment(RIGHT)
    assert field.alignment() & LEFT
    field.resize(200, 48)
    field.show()
    field.setText("100")
    field.grab()
    assert field.cursorRect().center().x() < 100


@pytest.mark.usefixtures("arabic")
def test_no_amount_is_cut_where_smaller_letters_do(qtbot: QtBot) -> None:
    grid = BrandGrid("brands", "Brands")
    qtbot.addWidget(grid)
    grid.resize(736, 400)
    grid.show()
    drawn: list[QImage] = []
    for highest in (500, 501):
        grid.put([Tile("one", "Brand", f"\u2066US$\u00a012.50 – {highest}\u2069")])
        drawn.append(grid.grab().toImage())
    assert drawn[0] != drawn[1], "its last digit is to be seen"
    assert grid.box(0, 0).width() < 180


@pytest.mark.usefixtures("arabic")
def test_an_order_that_waits_shows_its_whole_amount(qtbot: QtBot) -> None:
    row = WaitRow("waits")
    qtbot.addWidget(row)
    row.resize(400, 86)
    row.show()
    heights: set[int] = set()
    for wide in (400, 240, 200, 180, 160, 140):
        row.resize(wide, row.height())
        drawn: list[QImage] = []
        for minor in (1500, 1509):
            row.tell(f"Acme Games {i18n.money(Money(minor, 'USD'))}", "مدفوع", "03-000006", "warn")
            drawn.append(row.grab().toImage())
        assert drawn[0] != drawn[1], f"its last digit is to be seen at {wide}"
        assert all(ink(image).bottom() < row.height() - 8 for image in drawn), "and what stands below it"
        heights.add(row.height())
    assert heights == {86, 108}, "a line more where it is narrow"


@pytest.mark.usefixtures("arabic")
def test_an_amount_is_drawn_from_left_to_right() -> None:
    """It looks as it does among English words, and not as with its parts in other places."""
    amount = Money(1_234_567, "USD")
    assert i18n.money(amount).endswith("12,345.67\u2069")
    whole = picture(Text("whole", words=i18n.money(amount)), 300, 30)
    plain = picture(Text("plain", words="US$\u00a012,345.67"), 300, 30)
    near = how_far_apart(whole, plain)
    for wrong in ("12,345.67\u00a0US$", "US$\u00a067.345,12", "US$\u00a012,345.76", "US$\u00a076.543,21"):
        assert 3 * near < how_far_apart(whole, picture(Text("wrong", words=wrong), 300, 30)), wrong
    assert are_alike(whole, plain)


@pytest.mark.usefixtures("arabic")
def test_tiles_begin_at_the_right_and_arrows_lead_where_they_point(qtbot: QtBot) -> None:
    grid = BrandGrid("brands", "Brands")
    qtbot.addWidget(grid)
    grid.resize(800, 400)
    grid.put([Tile(str(number), f"Brand {number}", "") for number in range(6)])
    grid.show()
    first, second = grid.box(0, 0), grid.box(1, 0)
    assert first.right() > second.right()
    assert round(first.right()) == grid.viewport().width()
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.currentIndex().row() == 1
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.currentIndex().row() == 0
    # The sign stands at the right of its tile, where the first tile's middle is not.
    image = grid.grab().toImage()
    assert image.pixelColor(int(first.right()) - 36, int(first.center().y())) != theme.colour("surface")


@pytest.mark.usefixtures("arabic")
def test_a_row_that_flows_begins_at_the_right(qtbot: QtBot) -> None:
    row = FlowRow(8)
    qtbot.addWidget(row)
    parts = [QWidget() for _number in range(3)]
    for part in parts:
        part.setFixedSize(100, 30)
        row.flow.addWidget(part)
    row.resize(230, 80)
    row.show()
    assert [(part.x(), part.y()) for part in parts] == [(130, 0), (22, 0), (130, 38)]


@pytest.mark.usefixtures("arabic")
def test_of_a_row_of_choices_the_next_one_is_to_the_left(qtbot: QtBot) -> None:
    entry = ChoiceEntry("width", "Width", {"one": "One", "two": "Two"})
    qtbot.addWidget(entry)
    entry.show()
    QTest.keyClick(entry.stop(), Qt.Key.Key_Left)
    assert entry.value() == "two"
    QTest.keyClick(entry.stop(), Qt.Key.Key_Right)
    assert entry.value() == "one"


@pytest.mark.usefixtures("arabic")
def test_the_eye_of_a_secret_lies_on_no_letter(qtbot: QtBot) -> None:
    edit = SecretEdit("pin", "PIN")
    qtbot.addWidget(edit)
    edit.resize(300, 48)
    edit.show()
    (eye,) = edit.findChildren(IconButton)
    assert eye.x() == 0
    assert edit.textMargins().left() > edit.textMargins().right()


def test_what_points_back_points_the_way_one_came(qapp: QApplication) -> None:
    def drawn(icon: str) -> QImage:
        widget = QWidget()
        image = QImage(24, 24, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        mirror.draw(painter, widget, icon, QRectF(0, 0, 24, 24), QColor("#000000"))
        painter.end()
        return image

    back, check = drawn("back"), drawn("check")
    i18n.set_language("ar")
    theme.follow_language(qapp)
    turned, same = drawn("back"), drawn("check")
    i18n.set_language("en")
    theme.follow_language(qapp)
    assert back != turned
    assert abs(ink(back).center().x() + ink(turned).center().x() - 23) <= 1
    assert check == same


def test_sides(qapp: QApplication) -> None:
    widget = QWidget()
    assert mirror.side(widget) == LEFT | ABSOLUTE or mirror.side(widget) == ABSOLUTE | LEFT
    assert mirror.side(widget, RIGHT) == RIGHT | ABSOLUTE
    widget.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert mirror.side(widget) == RIGHT | ABSOLUTE
    assert (
        mirror.side(widget, Qt.AlignmentFlag.AlignVCenter) == RIGHT | ABSOLUTE | Qt.AlignmentFlag.AlignVCenter
    )
    assert mirror.side(widget, RIGHT) == LEFT | ABSOLUTE
    assert mirror.side(widget, LEFT | ABSOLUTE) == LEFT | ABSOLUTE
    assert mirror.side(widget, Qt.AlignmentFlag.AlignCenter) == Qt.AlignmentFlag.AlignCenter
    assert mirror.margins(widget, 1, 2, 3, 4) == (3, 2, 1, 4)
    widget.resize(100, 10)
    assert mirror.placed(widget, QRectF(10, 0, 20, 5)) == QRectF(70, 0, 20, 5)


@pytest.mark.usefixtures("arabic")
@pytest.mark.parametrize("size", [(1280, 800), (1024, 768)])
async def test_a_sale_in_arabic_by_keyboard(till: FakeTill, at_window: Opener, size: tuple[int, int]) -> None:
    async with at_window(size) as cashier:
        cashier.type("acme")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("add"), "the values")
        rail, basket = cashier.find("rail_sell"), cashier.find("charge")
        assert rail.mapTo(cashier.window, rail.rect().center()).x() > size[0] / 2
        assert basket.mapTo(cashier.window, basket.rect().center()).x() < size[0] / 2
        first = cashier.chosen_value()
        cashier.press("Left")
        assert cashier.chosen_value() != first
        cashier.press("Right")
        assert cashier.chosen_value() == first
        cashier.press("Enter")
        await cashier.see_enabled("charge")
        cashier.press("F12")
        await cashier.until(lambda: cashier.sees("issue"), "the money")
        till.seconds += 5
        cashier.write("received", "100")
        await cashier.see_enabled("issue")
        cashier.click("issue")
        await cashier.until(lambda: cashier.can_press("new_sale"), "the result")
        assert cashier.reads("تم. سلّم قسيمة واحدة")
        assert cashier.reads("\u206801-000418\u2069")


@pytest.mark.usefixtures("arabic")
@pytest.mark.parametrize("quantity", [1, 2])
async def test_what_was_sold_is_named_with_its_amount_to_the_left_of_it(
    till: FakeTill, at_window: Opener, quantity: int
) -> None:
    """As in the rows below: a line of a Latin name would put the amount first for whoever reads Arabic."""
    async with at_window() as cashier:
        _brand, products = codes_brand("Acme Games", "games", "25")
        line = Line("order0001", products[0], quantity, usd("25"), usd("25"))
        await till.sales.place(Draft("sale", "USD", (line,)), (Tender("cash", line.total),), "Mia")
        cashier.press("F4")
        title = cashier.find("attention_title")
        assert isinstance(title, Text)
        await cashier.until(lambda: "Acme Games" in title.text(), "the order")
        words = title.text()
    amount = i18n.money(usd("25"))
    assert amount in words
    shown = Text("title", "headline", words)
    both = picture(shown, 500, 40)
    alone = picture(Text("amount", "headline", amount), 500, 40)
    wide = ink(alone).width()
    left = both.copy(ink(both).left() - 2, 0, wide + 4, 40)
    assert are_alike(left, alone), "the amount ends the line"


@pytest.mark.usefixtures("arabic")
def test_amounts_of_a_list_stand_below_one_another(qtbot: QtBot) -> None:
    amounts = [usd("5"), usd("20"), usd("1200")]
    columns: tuple[Column[int], ...] = (Column("السعر", lambda row: i18n.money(amounts[row]), right=True),)
    model: Rows[int] = Rows(columns, lambda _last: None)
    model.begin()
    model.add([0, 1, 2], more=False)
    table = OrderTable("orders", "Orders")
    qtbot.addWidget(table)
    table.setModel(model)
    table.set_widths({}, stretched=0)
    table.resize(400, 260)
    table.show()
    image = table.viewport().grab().toImage()
    ends = {
        ink(image.copy(0, table.rowViewportPosition(row) + 4, image.width(), 40)).right() for row in range(3)
    }
    assert max(ends) - min(ends) <= 1, "their cents do"


@pytest.mark.usefixtures("arabic")
def test_amounts_of_a_long_basket_stand_apart_from_the_bar(qtbot: QtBot) -> None:
    basket = Basket()
    qtbot.addWidget(basket)
    basket.resize(300, 400)
    basket.show()
    rows = [
        BasketRow(str(number), "Acme Games", i18n.money(usd("25")), "", "متوفر", "ok", can_ask_again=False)
        for number in range(9)
    ]
    basket.tell(rows, i18n.money(usd("225")), "", can_charge=True)
    scroll = basket.findChild(Scroll, "basket_lines")
    amount = basket.findChild(Text, "line_total_0")
    assert scroll is not None
    assert amount is not None
    bar = scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    basket.grab()
    behind = bar.mapTo(basket, QPoint(bar.width(), 0)).x()
    assert amount.mapTo(basket, QPoint(0, 0)).x() >= behind + 4
