"""Sell: searching, choosing, the basket and its live checks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from PySide6.QtWidgets import QLineEdit

from pos_app import i18n
from pos_app.errors import NotTaken
from pos_app.orders.product import Product
from pos_app.orders.rules import Problem
from pos_app.orders.shelves import Brand
from pos_app.sales import LineCheck
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill, codes_brand, merchant, usd
from ui.screens.sell import SellScreen
from ui.widgets.address_lines import AddressText
from ui.widgets.basket import Basket, BasketRow
from ui.widgets.brand_grid import BrandGrid
from ui.widgets.buttons import Chip
from ui.widgets.tile_painting import Tile, lines_of


def field_text(cashier: Cashier, name: str) -> str:
    field = cashier.find(name)
    assert isinstance(field, QLineEdit)
    return field.text()


async def test_typing_anywhere_searches_and_enter_chooses(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.press("Down")  # the focus is on the tiles now
        cashier.type("bor")
        assert cashier.reads("1 found")
        cashier.press("Enter")
        assert cashier.reads("$5")
        cashier.press("Right")
        cashier.press("+")
        cashier.press("Enter")
        await cashier.see("2 × Boreal $15")
        await cashier.see("in stock")
        assert cashier.reads("$30.00")
        assert not cashier.reads("1 found"), "the search is ready for the next card"


async def test_blanks_alone_choose_no_card(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.type("  ")
        cashier.press("Enter")
        assert not cashier.sees("chosen"), "nothing was looked for"


async def test_five_keys_besides_the_brand_sell_a_card_for_cash(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.type("acme")
        cashier.press("Enter")
        cashier.press("Enter")
        await cashier.see_enabled("charge")
        cashier.press("F12")
        await cashier.see("Read back")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 1 slip")
        assert len(till.sales.bought) == 1


@pytest.mark.parametrize(("typed", "value"), [("acme 25", "$25"), ("acme $50", "$50"), ("acme 7", "$10")])
async def test_an_amount_that_was_searched_for_is_chosen(
    till: FakeTill, at_window: Opener, typed: str, value: str
) -> None:
    async with at_window() as cashier:
        cashier.type(typed)
        cashier.press("Enter")
        assert cashier.chosen_value() == value


async def test_an_open_amount_that_was_searched_for_stands_in_its_field(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        for typed, written in (("lumen 30", "30.00"), ("lumen 5", "")):
            cashier.type(typed)
            cashier.press("Enter")
            assert field_text(cashier, "amount") == written
            cashier.press("Esc")
            cashier.press("Esc")


async def test_digits_choose_a_value(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.type("acme")
        cashier.press("Enter")
        for digit, value in (("2", "$25"), ("5", "$25"), ("5", "$50"), ("1", "$10"), ("0", "$10")):
            cashier.type(digit)
            assert cashier.chosen_value() == value
        cashier.type("0")
        assert cashier.chosen_value() == "$100"
        cashier.type("9")
        assert cashier.chosen_value() == "$100", "there is none, and nothing is searched for"
        assert field_text(cashier, "search") == "acme"
        # A keyboard for Arabic has digits of its own.
        for digit, value in ((chr(0x662), "$25"), (chr(0x665), "$25"), (chr(0x6F5), "$50")):
            cashier.type(digit)
            assert cashier.chosen_value() == value
        cashier.type("25")
        cashier.press("Enter")
        await cashier.see("Acme Games $25")


async def test_whoever_types_on_behind_a_chosen_card_looks_for_another(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        cashier.type("acme")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.chosen_value() == "$10", "the values")
        for letter in "boreal":
            cashier.type(letter)
        assert field_text(cashier, "search") == "boreal"
        cashier.press("Enter")
        await cashier.until(lambda: cashier.chosen_value() == "$5", "the other card")
        cashier.press("Enter")
        await cashier.see("Boreal $5")
        # Among the tiles what was typed so far goes on.
        for letter in "gla":
            cashier.type(letter)
        cashier.press("Down")
        for letter in "ss":
            cashier.type(letter)
        assert field_text(cashier, "search") == "glass"


async def test_what_is_pasted_into_the_search_is_cut_to_what_anybody_looks_for(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        search = cashier.find("search")
        assert isinstance(search, QLineEdit)
        search.insert("acme\r\ngames" + " " * 20_000)
        assert len(search.text()) == 100
        await cashier.see("1 found")


async def test_arrows_walk_the_tiles(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.press("Down")
        cashier.press("Right")
        cashier.press("Enter")
        assert cashier.reads("Boreal")
        assert cashier.sees("chosen")


async def test_a_category_and_back_again(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.click("chip_music")
        assert cashier.reads("2 found")
        cashier.click("chip_email")
        assert cashier.reads("Café Lumen, Café Lumen")
        cashier.press("Esc")
        assert cashier.reads("34 products")


async def test_the_quantity_is_stepped_and_typed_and_kept_within_limits(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        cashier.type("acme")
        cashier.press("Enter")
        assert not cashier.can_press("quantity_less")
        cashier.click("quantity_more")
        cashier.click("quantity_more")
        assert cashier.reads("Add $30")
        cashier.write("quantity_number", "101")
        cashier.press("Enter")
        assert cashier.reads("Choose 1 to 100 cards.")
        assert cashier.lines() == 0
        cashier.write("quantity_number", "0")
        assert cashier.reads("Choose 1 to 100 cards.")
        # On an Arabic keyboard.
        cashier.write("quantity_number", "".join(chr(0x660 + digit) for digit in (1, 2)))
        assert cashier.reads("Add $120")
        cashier.write("quantity_number", "100")
        cashier.press("Enter")
        await cashier.see("100 × Acme Games $10")


async def test_a_line_that_can_not_be_sold_says_so_and_holds_the_charge(
    till: FakeTill, at_window: Opener
) -> None:
    sold_out = LineCheck(ok=False, problem=Problem("stock", "not_available", {"quantity": 1}))
    till.sales.checks["Juno"] = sold_out
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        await cashier.take("juno")
        await cashier.see("Not in stock at the moment.")
        assert not cashier.can_press("charge")
        assert cashier.reads("One line can not be sold.")
        cashier.press("F12")
        assert cashier.reads("Basket")
        juno = till.sales.checked[-1].id
        cashier.click(f"line_remove_{juno}")
        await cashier.see_enabled("charge")


async def test_while_checking_nothing_can_be_charged(till: FakeTill, at_window: Opener) -> None:
    till.sales.check_gate = asyncio.Event()
    async with at_window() as cashier:
        await cashier.take("acme")
        assert cashier.reads("checking…")
        assert not cashier.can_press("charge")
        till.sales.check_gate.set()
        await cashier.see_enabled("charge")


async def test_a_check_that_did_not_reach_anybody_can_be_repeated(till: FakeTill, at_window: Opener) -> None:
    till.sales.checks["Acme Games"] = NotTaken("connection_refused")
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see("did not take the call")
        assert not cashier.can_press("charge")
        till.sales.checks.clear()
        cashier.click(f"line_again_{till.sales.checked[0].id}")
        await cashier.see("in stock")
        assert cashier.can_press("charge")


async def test_a_light_that_comes_back_repeats_the_check(till: FakeTill, at_window: Opener) -> None:
    till.sales.checks["Acme Games"] = NotTaken("offline")
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see("There is no connection")
        till.sales.checks.clear()
        till.changes.announce("connections")
        await cashier.see("in stock")


async def test_a_line_is_changed_in_place(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see("in stock")
        line = till.sales.checked[0].id
        cashier.click(f"line_edit_{line}")
        cashier.press("Right")
        assert cashier.reads("Save $25")
        cashier.press("Enter")
        await cashier.see("1 × Acme Games $25")
        assert cashier.lines() == 1
        await cashier.until(lambda: len(till.sales.checked) == 2, "the new check")
        assert till.sales.checked[1].id == line


async def test_email_sentences_stand_beside_the_field_as_it_is_left(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        cashier.click_brand("e/Café Lumen@2 Mill Lane")
        assert cashier.reads("2 Mill Lane")
        assert cashier.reads("$10.00 to $500.00"), "the limits are said before they are broken"
        cashier.write("amount", "5")
        assert not cashier.reads("The smallest amount")
        cashier.write("email", "kim@mail")
        assert cashier.reads("The smallest amount for this card is $10.00.")
        cashier.click("name")
        assert cashier.reads("This is not a complete e-mail address.")
        cashier.press("Enter")
        assert cashier.lines() == 0
        cashier.write("amount", "30,00")
        cashier.write("email", "kim@mail.example")
        cashier.write("name", "Kim")
        cashier.write("message", "Well done")
        cashier.press("Enter")
        await cashier.see("address looks right")
        assert cashier.reads("2 Mill Lane · to kim@mail.example")
        line = till.sales.checked[0]
        assert (line.face, line.quantity) == (usd("30"), 1)
        assert line.recipient is not None
        assert line.recipient.message == "Well done"


async def test_merchants_of_one_name_and_street_are_told_apart_by_their_town(
    till: FakeTill, at_window: Opener
) -> None:
    till.catalog.shelf = (
        merchant("Riverbend", "1 Main Street, Ostermill, MA"),
        merchant("Riverbend", "1 Main Street, Dunmoor, NH"),
        merchant("Riverbend", "9 Elm Court, Dunmoor, NH"),
        merchant("Tollgate", "1 Main Street, Dunmoor, NH"),
    )
    async with at_window() as cashier:
        (grid,) = cashier.window.findChildren(BrandGrid)
        assert [tile.place for tile in grid.tiles()] == [
            "Ostermill, MA",
            "Dunmoor, NH",
            "9 Elm Court",
            "1 Main Street",
        ]


async def test_a_twin_that_comes_or_goes_moves_the_place_on_a_tile(till: FakeTill, at_window: Opener) -> None:
    one = merchant("Riverbend", "1 Main Street, Ostermill, MA")
    twin = merchant("Riverbend", "1 Main Street, Dunmoor, NH")
    till.catalog.shelf = (one,)
    async with at_window() as cashier:
        (grid,) = cashier.window.findChildren(BrandGrid)
        cashier.write("search", "ostermill")

        async def see(shelf: tuple[tuple[Brand, tuple[Product, ...]], ...], place: str) -> None:
            till.catalog.shelf = shelf
            till.changes.announce("products")
            await cashier.until(lambda: [tile.place for tile in grid.tiles()] == [place], place)

        await see((one,), "1 Main Street")
        await see((one, twin), "Ostermill, MA")
        await see((one,), "1 Main Street")


async def test_one_card_for_one_address_twice_in_a_basket_is_said(till: FakeTill, at_window: Opener) -> None:
    twice = "Twice in this basket: the same card for the same address."

    async def add(cashier: Cashier, address: str, amount: str, email: str) -> None:
        lines = cashier.lines()
        cashier.click_brand(f"e/Café Lumen@{address}")
        cashier.write("amount", amount)
        cashier.write("email", email)
        cashier.press("Enter")
        await cashier.until(lambda: cashier.lines() > lines, "a new line in the basket")

    async with at_window() as cashier:
        await add(cashier, "14 Quay Street", "30", "kim@mail.example")
        await add(cashier, "14 Quay Street", "31", "kim@mail.example")
        await add(cashier, "14 Quay Street", "30", "bo@mail.example")
        await add(cashier, "2 Mill Lane", "30", "kim@mail.example")
        await cashier.see_enabled("charge")
        assert not cashier.reads(twice)
        await add(cashier, "14 Quay Street", "30", "Kim@Mail.Example")
        await cashier.see(twice)
        await cashier.see_enabled("charge")
        assert sum(twice in text for text in cashier.texts()) == 1


async def test_a_domain_that_looks_mistyped_is_asked_about_and_holds_nothing_up(
    till: FakeTill, at_window: Opener
) -> None:
    asked = "Ask the customer: is gmail.com meant?"
    async with at_window() as cashier:
        cashier.click_brand("e/Café Lumen@2 Mill Lane")
        cashier.write("amount", "30")
        cashier.write("email", "kim@gmial.com")
        assert not cashier.reads(asked)
        cashier.press("Tab")
        assert cashier.reads(asked), "beside the field"
        cashier.press("Enter")
        await cashier.see_enabled("charge")
        assert cashier.reads(asked), "on the line"
        cashier.click(next(name for name in cashier.names() if name.startswith("line_edit_")))
        cashier.write("email", "kim@gmail.com")
        cashier.press("Enter")
        await cashier.see("address looks right")
        assert not cashier.reads(asked)


async def test_empty_loading_and_failed_catalogues_say_so(till: FakeTill, at_window: Opener) -> None:
    till.catalog.shelf = ()
    till.catalog.loading = True
    async with at_window() as cashier:
        await cashier.see("Reading what can be sold…")
        assert not cashier.reads("0 products"), "how many there are is not known yet"
        till.catalog.loading = False
        till.catalog.failure = NotTaken("offline")
        till.changes.announce("products")
        await cashier.see("There is no connection")
        cashier.click("nothing_again")
        await cashier.until(lambda: till.catalog.refreshed == 1, "a refresh")
        till.catalog.failure = None
        till.catalog.shelf = (codes_brand("Acme Games", "games", "10"),)
        till.changes.announce("products")
        await cashier.see("1 product")
        cashier.type("zzz")
        assert cashier.reads("Nothing found")


async def test_thousands_of_brands_are_searched_at_typing_speed(till: FakeTill, at_window: Opener) -> None:
    till.catalog.shelf = tuple(codes_brand(f"Brand {n:04}", "games", "10", "20") for n in range(2000))
    async with at_window() as cashier:
        assert cashier.reads("4,000 products")
        loop = asyncio.get_running_loop()
        began = loop.time()
        cashier.type("brand 19")
        assert cashier.reads("100 found")
        assert loop.time() - began < 2, "eight keystrokes"
        grids = cashier.window.findChildren(BrandGrid)
        assert len(grids[0].tiles()) == 100


async def test_f2_goes_to_the_basket_and_f1_tells_the_keys(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        cashier.press("F2")
        assert cashier.window.focusWidget().objectName().startswith("line_edit_")
        cashier.press("F1")
        assert cashier.find("sheet").accessibleName() == "Keys on this screen"
        assert "F12: Charge" in cashier.find("key_rows").accessibleName()
        cashier.press("F12")
        assert cashier.sees("sheet"), "no key goes through the panel"
        cashier.press("Esc")
        assert not cashier.sees("sheet")


async def test_a_line_is_changed_and_taken_out_by_the_keyboard(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.press("F2")
        for brand in ("acme", "boreal", "dalton"):
            await cashier.take(brand)
        await cashier.see_enabled("charge")

        def line() -> str:
            return cashier.window.focusWidget().accessibleName()

        seen: list[str] = []
        for key in ("F2", "Up", "Up", "Up", "Down", "Down", "Down"):
            cashier.press(key)
            seen.append(line().split()[3])
        assert seen == ["Dalton", "Boreal", "Acme", "Acme", "Boreal", "Dalton", "Dalton"]
        cashier.press("Up")
        cashier.press("Delete")
        assert cashier.lines() == 2
        assert line().startswith("Edit 1 × Dalton")
        cashier.press("Enter")
        await cashier.see("Save")
        cashier.press("Esc")
        for left in (1, 0):
            cashier.press("F2")
            cashier.press("Delete")
            assert cashier.lines() == left
        cashier.type("juno")
        assert cashier.reads("1 found")


async def test_f12_adds_what_is_chosen_and_charges_when_it_was_checked(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.check_gate = asyncio.Event()
    async with at_window() as cashier:
        cashier.type("acme")
        cashier.press("Enter")
        cashier.press("F12")
        await cashier.see("checking…")
        till.sales.check_gate.set()
        await cashier.see("Read back")


async def test_f12_waits_for_nothing_once_the_cashier_goes_on_looking(
    till: FakeTill, at_window: Opener
) -> None:
    till.sales.check_gate = asyncio.Event()
    async with at_window() as cashier:
        cashier.type("acme")
        cashier.press("Enter")
        cashier.press("F12")
        cashier.type("b")
        till.sales.check_gate.set()
        await cashier.see_enabled("charge")
        assert cashier.reads("Basket")


async def test_f12_says_what_is_wrong_with_the_chosen_card(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        cashier.click_brand("e/Café Lumen@2 Mill Lane")
        for nonsense in ("abc", "-20", "1e3", "9.995"):
            cashier.write("amount", nonsense)
            cashier.press("F12")
            assert cashier.reads("This is not an amount. Write it like 25 or 25.00."), nonsense
        assert cashier.lines() == 1
        assert cashier.reads("Basket")


async def test_a_key_right_behind_a_new_line_meets_nothing_half_done(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        till.sales.check_gate = asyncio.Event()
        cashier.type("juno")
        cashier.press("Enter")
        cashier.press("Enter")
        cashier.press("F12")
        await cashier.until(lambda: cashier.lines() == 2, "the new line")
        assert not cashier.can_press("charge")
        assert cashier.sees("basket"), "the line behind which F12 came has not been checked"
        till.sales.check_gate.set()
        await cashier.see_enabled("charge")
        till.sales.check_gate = None
        cashier.click("chip_music")
        cashier.type("ebbe")
        cashier.press("Enter")
        cashier.press("Enter")
        cashier.press("Enter")
        assert cashier.reads("2 found")
        assert cashier.chosen_value() == "$5", "the first of the category, as its tiles will stand there"


async def test_a_new_line_is_drawn_once(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    tell = Basket.tell

    def counted(
        basket: Basket, rows: Sequence[BasketRow], total: str, why_not: str, *, can_charge: bool
    ) -> None:
        told.append(len(rows))
        tell(basket, rows, total, why_not, can_charge=can_charge)

    async with at_window() as cashier:
        till.sales.check_gate = asyncio.Event()
        monkeypatch.setattr(Basket, "tell", counted)
        screen = cashier.window.findChild(SellScreen)
        assert screen is not None
        cashier.type("acme")
        cashier.press("Enter")
        cashier.press("Enter")
        await cashier.until(lambda: not screen.tasks.busy("draw"), "the line to be drawn")
        assert told == [1]
        till.sales.check_gate.set()
        await cashier.see_enabled("charge")
        assert told == [1, 1]


async def test_coming_back_puts_no_tiles_that_stand_there(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    puts: list[int] = []
    put = BrandGrid.put

    def counted(grid: BrandGrid, tiles: Sequence[Tile]) -> None:
        puts.append(len(tiles))
        put(grid, tiles)

    async with at_window() as cashier:
        monkeypatch.setattr(BrandGrid, "put", counted)
        cashier.press("F3")
        cashier.click("rail_sell")
        assert cashier.sees("basket")
        assert puts == []
        cashier.press("F3")
        till.catalog.shelf = till.catalog.shelf[1:]
        cashier.click("rail_sell")
        assert puts == [len(till.catalog.shelf)], "what is sold changed meanwhile"


@pytest.mark.parametrize("size", [(800, 480), (960, 540), (1024, 768)])
async def test_merchants_of_one_name_are_told_apart_in_a_small_window(
    till: FakeTill, at_window: Opener, size: tuple[int, int]
) -> None:
    addresses = [
        f"2014 Old Riverside Quay Street {end}"
        for end in ("North, Albany NY 12207", "South, Albany NY 12207", "South, Albany NY 12208")
    ]
    till.catalog.shelf += tuple(merchant("Kinder", address) for address in addresses)
    async with at_window(size) as cashier:
        cashier.type("kinder")
        await cashier.see("3 found")
        (grid,) = cashier.window.findChildren(BrandGrid)
        wide = grid.box(0, 0).width() - 76
        shown = [lines_of(tile, wide, turned=False)[-2] for tile in grid.tiles()]
        assert [one[-5:] for one in shown] == ["North", "12207", "12208"]
        for address in addresses:
            cashier.write("search", address)
            await cashier.see("1 found")
            cashier.press("Enter")
            where = cashier.find("chosen_where")
            assert isinstance(where, AddressText)
            await cashier.until(lambda where=where, address=address: where.text() == address, address)
            told = where.lines()
            assert address.startswith(f"{told[0]} ") or told == [address]
            assert address.endswith(told[-1].removeprefix("…"))
            assert told[-1].endswith(address[-5:]), "its last words, the whole of it where there is room"
            assert where.height() >= where.fontMetrics().lineSpacing() * len(told)


async def test_in_a_low_window_a_form_stands_right_below_the_search(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window((960, 540)) as cashier:
        cashier.click_brand("e/Café Lumen@2 Mill Lane")
        form, search = cashier.find("chosen"), cashier.find("search")
        window = cashier.window

        def apart() -> int:
            below = search.mapTo(window, search.rect().bottomLeft()).y()
            return form.mapTo(window, form.rect().topLeft()).y() - below

        await cashier.until(lambda: form.isVisible() and apart() > 0, "the form")
        assert apart() <= 16


async def test_filters_and_regions_are_named_in_the_language_and_stand_in_its_order(
    till: FakeTill, at_window: Opener
) -> None:
    till.catalog.shelf += (codes_brand("Kestrel", "numismatics", "10", region="global"),)
    i18n.set_language("es")
    try:
        async with at_window() as cashier:
            chips = [
                chip.text()
                for chip in cashier.window.findChildren(Chip)
                if chip.objectName().startswith("chip_")
            ]
            assert chips[2:] == ["Comida", "Juegos", "Música", "Numismatics", "Tiendas", "Viajes"]
            cashier.click("chip_music")
            assert cashier.reads("2 encontrados")
    finally:
        i18n.set_language("en")


@pytest.mark.parametrize(
    ("language", "span", "both"), [("en", "$10 – $60", "$20, $40"), ("es", "10 – 60 US$", "20, 40 US$")]
)
async def test_a_symbol_behind_several_amounts_stands_there_once(
    till: FakeTill, at_window: Opener, language: str, span: str, both: str
) -> None:
    i18n.set_language(language)
    try:
        async with at_window() as cashier:
            (grid,) = cashier.window.findChildren(BrandGrid)
            notes = {tile.name: tile.note.replace("\xa0", " ") for tile in grid.tiles()}
        assert (notes["Ebbe Music"], notes["Juno"]) == (span, both)
    finally:
        i18n.set_language("en")
