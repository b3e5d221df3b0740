"""Cards scanned off the shelf: into the basket at Sell, harmless elsewhere; and mapped in the settings."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QLabel

from pos_app.orders.product import Product
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import SHELF, FakeTill, Plan, codes_brand
from tests.ui.names import unnamed
from tests.ui.test_attention import sell
from tests.ui.test_scanner import field
from tests.ui.test_settings_screen import open_settings
from ui.person import NotSeen

ACME, LUMEN, GONE = "4006381333931", "036000291452", "SHELF-99"


def product(brand: str, value: str = "") -> Product:
    return next(
        one
        for _brand, products in SHELF
        for one in products
        if one.brand == brand and (not value or one.item.endswith(f"-{value}"))
    )


@pytest.fixture
def shelf(till: FakeTill) -> FakeTill:
    """A shop with a barcode on a card, on one of an open amount, and on one that is not sold any more."""
    till.barcodes.mapped = {
        ACME.zfill(14): product("Acme Games", "25"),
        LUMEN.zfill(14): product("Café Lumen"),
        GONE: codes_brand("Zephyr", "games", "15")[1][0],
    }
    return till


async def test_a_card_that_is_scanned_is_in_the_basket_at_once_and_sold(
    shelf: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        cashier.type("bor")
        cashier.scan(ACME)
        await cashier.see("1 × Acme Games $25")
        assert field(cashier, "search") == "bor"
        # As an EAN-13 the same number has a zero before it; each scan is one card more.
        cashier.scan(f"0{ACME}", end="Tab")
        await cashier.see("2 × Acme Games $25")
        assert cashier.lines() == 1
        await cashier.charge()
        shelf.seconds += 1
        cashier.press("Enter")
        await cashier.see("Done. Hand over 2 slips")
        ((line,),) = [draft.lines for draft in shelf.sales.placed]
        assert (line.quantity, line.face, line.price) == (2, line.product.face, line.product.face)


async def test_cards_scanned_one_right_behind_the_other_are_all_there(
    shelf: FakeTill, at_window: Opener
) -> None:
    shelf.barcodes.mapped["96385074".zfill(14)] = product("Boreal", "5")
    async with at_window() as cashier:
        # The first is still being looked up.
        for number in (ACME, "96385074", ACME, "9780201379624", ACME):
            cashier.scan(number)
        await cashier.see("3 × Acme Games $25")
        await cashier.see("1 × Boreal $5")
        assert cashier.lines() == 2


async def test_a_card_of_an_open_amount_asks_for_it(shelf: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.scan(LUMEN)
        await cashier.until(lambda: cashier.sees("amount"), "the amount")
        assert cashier.lines() == 0
        assert cashier.window.focusWidget().objectName() == "amount"
        # While it is being filled in, another one changes nothing of it; a card of a fixed value is added.
        cashier.type("30")
        cashier.scan(LUMEN)
        await cashier.see("Add the card that is open first, or leave it with Esc.")
        cashier.scan(ACME)
        await cashier.see("1 × Acme Games $25")
        assert field(cashier, "amount") == "30"
        assert not cashier.reads("Add the card that is open first"), "what was said of a scan is settled"


async def test_what_can_not_be_sold_by_its_barcode_is_said_plainly(
    shelf: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        cashier.scan(GONE)
        await cashier.see("This card is not sold any more: Zephyr $15.")
        cashier.scan("9780201379624")
        await cashier.see("This barcode is not known: map it in Settings.")
        assert cashier.lines() == 0
        assert not cashier.reads("9780201379624")


async def test_the_line_that_is_being_changed_stays_as_it_is(shelf: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.scan(ACME)
        await cashier.see("1 × Acme Games $25")
        cashier.press("F2")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("add"), "the panel")
        cashier.press("+")
        cashier.scan(ACME)
        await cashier.see("Add the card that is open first, or leave it with Esc.")
        cashier.press("Enter")
        await cashier.see("2 × Acme Games $25")


async def test_no_more_cards_than_one_order_takes(shelf: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme", "$25", quantity=100)
        cashier.scan(ACME)
        await cashier.see("Choose 1 to 100 cards.")
        assert cashier.reads("100 × Acme Games $25")


async def test_at_any_other_screen_a_card_is_told_and_nothing_happens(
    shelf: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        for key, name in (("F3", "orders"), ("F4", "attention")):
            cashier.press(key)
            await cashier.until(lambda name=name: cashier.sees(name), name)
            cashier.scan(ACME)
            await cashier.see("This is the barcode of Acme Games $25.")
            assert cashier.sees(name)
            cashier.press("Esc")
        cashier.press("F2")
        assert cashier.lines() == 0


async def test_at_any_wrong_moment_a_scan_is_harmless_and_says_so(shelf: FakeTill, at_window: Opener) -> None:
    shelf.sales.plans["Acme Games"] = slow = Plan("slow")
    async with at_window() as cashier:
        await cashier.take("acme")
        cashier.press("F1")
        cashier.scan(ACME)
        await cashier.see("there is a question open")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the keys to go")
        await cashier.charge()
        shelf.seconds += 1
        # Half of the money is counted.
        cashier.click("received")
        cashier.write("received", "1")
        cashier.scan(ACME)
        await cashier.see("Take the money first, or go back with Esc.")
        assert field(cashier, "received") == "1"
        cashier.write("received", "50")
        cashier.press("Enter")
        await cashier.until(lambda: bool(shelf.sales.bought), "the order on its way")
        shelf.seconds += 1
        cashier.scan(ACME)
        await cashier.see("Finish this sale first")
        slow.go.set()
        await cashier.see("Done. Hand over 1 slip")
        cashier.scan(ACME)
        with pytest.raises(NotSeen):
            cashier.find("basket_empty")
        assert len(shelf.sales.placed) == 1
        assert len(shelf.sales.placed[0].lines) == 1


async def test_while_charge_is_being_opened_the_basket_stays_what_is_charged(
    shelf: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        # One after the other, in one turn: the printer is being asked when the scan is looked up.
        cashier.press("F12")
        cashier.scan(ACME)
        await cashier.see("Read back")
        shelf.seconds += 1
        cashier.click("back")
        await cashier.until(lambda: cashier.sees("sell"), "the basket")
        assert cashier.reads("1 × Acme Games $10")
        assert cashier.lines() == 1


async def test_a_number_off_our_papers_is_still_a_sale(shelf: FakeTill, at_window: Opener) -> None:
    await sell(shelf, 1, Plan())
    shelf.barcodes.mapped["01-000419"] = dataclasses.replace(product("Boreal", "5"))
    async with at_window() as cashier:
        cashier.scan("01-000418")
        await cashier.see("Answer received and kept")


# --- in the settings ---------------------------------------------------------------------------------


async def open_page(cashier: Cashier, till: FakeTill) -> None:
    await open_settings(cashier, till)
    cashier.click("page_barcodes")
    await cashier.until(lambda: cashier.reads("mapped"), "the list")


async def test_a_barcode_is_scanned_and_a_card_chosen_by_keyboard(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_page(cashier, till)
        assert cashier.reads("No barcode is mapped yet.")
        cashier.scan(ACME)
        assert field(cashier, "map_barcode") == ACME
        assert cashier.window.focusWidget().objectName() == "map_card"
        cashier.type("acme 25")
        await cashier.until(lambda: cashier.sees("map_card_list"), "the cards")
        cashier.press("Enter")
        assert field(cashier, "map_card") == "Acme Games · $25 · US"
        cashier.press("Enter")
        await cashier.see("Saved. From now on it is sold by scanning it at Sell.")
        assert cashier.reads("1 barcode is mapped.")
        assert cashier.reads("Acme Games · $25.00")
        assert till.barcodes.said == [(ACME, "Mia")]
        assert till.barcodes.mapped[ACME.zfill(14)] == product("Acme Games", "25")
        assert unnamed(cashier.window) == []
        # The next one, at once; then it is sold.
        assert cashier.window.focusWidget().objectName() == "map_barcode"
        cashier.press("Esc")
        cashier.scan(ACME)
        await cashier.see("1 × Acme Games $25")


async def test_what_is_mapped_already_is_told_and_can_be_taken_out(
    shelf: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await open_page(cashier, shelf)
        assert cashier.reads("3 barcodes are mapped.")
        assert cashier.reads("Zephyr · $15.00: not sold any more")
        assert cashier.reads(ACME)
        cashier.scan(f"0{ACME}")
        await cashier.see("It stands for Acme Games · $25.00 already.")
        cashier.write("map_card", "boreal 15")
        cashier.press("Enter")
        cashier.press("Enter")
        assert len(shelf.barcodes.said) == 0
        codes = [cashier.find(f"mapped_code_{at}") for at in range(3)]
        row = next(at for at, code in enumerate(codes) if isinstance(code, QLabel) and code.text() == ACME)
        cashier.click(f"mapped_remove_{row}")
        await cashier.see(f"Taken out: {ACME}.")
        assert cashier.reads("2 barcodes are mapped.")
        assert ACME.zfill(14) not in shelf.barcodes.mapped


async def test_what_is_wrong_with_a_barcode_is_said_beside_it(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_page(cashier, till)
        cashier.scan("4006381333932")
        assert cashier.reads("The last digit does not fit the others")
        cashier.scan("01-000418")
        assert cashier.reads("This is a sale's number")
        cashier.scan("SHELF-12")
        assert cashier.reads("No EAN or UPC: a label of your own")
        cashier.press("Enter")
        assert cashier.reads("Choose a card from the list.")
        assert till.barcodes.mapped == {}


async def test_on_the_other_pages_nothing_is_scanned(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_shop")
        before = field(cashier, "set_shop_name")
        cashier.click("set_shop_name")
        cashier.scan(ACME)
        await cashier.see("Leave the settings first, with Esc.")
        assert field(cashier, "set_shop_name") == before
