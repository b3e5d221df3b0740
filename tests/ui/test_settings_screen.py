"""The settings as a manager meets them: by keyboard, with the paper beside the form."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from pos_app.errors import DeviceProblem, StoreProblem
from pos_app.printing.spooling import Found
from pos_app.settings import Paper, Shop
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill
from tests.ui.names import unnamed
from ui import theme
from ui.settings.pane import PreviewPane
from ui.widgets.buttons import Chip
from ui.widgets.paper_preview import PaperPreview, points_a_mm

SIZES = ((1280, 800), (1024, 768), (960, 540), (800, 480))


async def open_settings(cashier: Cashier, till: FakeTill) -> None:
    cashier.press("F10")
    await cashier.until(lambda: cashier.sees("settings"), "the settings")
    till.seconds += 1


def pane(cashier: Cashier) -> PreviewPane:
    found = cashier.window.findChild(PreviewPane)
    assert found is not None
    return found


def paper(cashier: Cashier) -> PaperPreview:
    found = cashier.window.findChild(PaperPreview)
    assert found is not None
    return found


async def drawn(cashier: Cashier) -> PaperPreview:
    """The paper, when nothing more is being drawn."""
    shown = paper(cashier)
    await cashier.until(lambda: not pane(cashier).busy() and shown.shown() is not None, "the paper")
    return shown


def tab_to(cashier: Cashier, name: str) -> None:
    for _step in range(60):
        if _focus(cashier) == name:
            return
        cashier.press("Tab")
    raise AssertionError(f"Tab does not come to {name}")


def clear(cashier: Cashier) -> None:
    focus = cashier.window.focusWidget()
    QTest.keyClick(focus, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(focus, Qt.Key.Key_Delete)


# --- who may come ------------------------------------------------------------------------------------


async def test_in_training_everybody_comes_by_key_or_door(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = {"Ana": "4711"}
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.press("Esc")
        assert cashier.sees("sell")
        cashier.click("rail_settings")
        await cashier.until(lambda: cashier.sees("settings"), "the settings")
        assert "F10" not in cashier.texts()


async def test_in_a_real_shop_a_manager_gives_the_pin_once(till: FakeTill, at_window: Opener) -> None:
    till.training, till.people.pins = False, {"Ana": "4711", "Ben": "0815"}
    async with at_window() as cashier:
        cashier.press("F10")
        await cashier.see("A manager opens the settings")
        till.seconds += 1
        cashier.press("Enter")
        assert cashier.reads("Enter your PIN.")
        cashier.type("1111")
        cashier.press("Enter")
        await cashier.see("Wrong PIN.")
        assert not cashier.sees("settings")
        cashier.type("4711")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("settings"), "the settings")
        # Being there already, nobody is asked again; having gone, one is.
        cashier.press("F10")
        assert not cashier.sees("sheet")
        cashier.press("Esc")
        cashier.press("F10")
        await cashier.see("A manager opens the settings")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the question to go")
        assert cashier.sees("sell")


async def test_another_manager_is_chosen_and_waits_after_a_wrong_pin(
    till: FakeTill, at_window: Opener
) -> None:
    from datetime import timedelta

    till.training, till.people.pins = False, {"Ana": "4711", "Ben": "0815"}
    till.people.wait = timedelta(seconds=5)
    async with at_window() as cashier:
        cashier.press("F10")
        await cashier.see("A manager opens the settings")
        till.seconds += 1
        tab_to(cashier, "manager_0")
        cashier.press("Right")
        tab_to(cashier, "manager_pin")
        cashier.type("4711")
        tab_to(cashier, "sheet_open")
        cashier.press("Enter")
        await cashier.see("Wrong PIN. Wait 5 seconds.")
        cashier.type("0815")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("settings"), "the settings")


async def test_a_real_shop_without_managers_asks_nobody(till: FakeTill, at_window: Opener) -> None:
    till.training = False
    async with at_window() as cashier:
        await open_settings(cashier, till)
        assert not cashier.sees("sheet")


# --- the shop ----------------------------------------------------------------------------------------


async def test_the_shop_is_changed_by_keyboard_and_in_force_at_once(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        tab_to(cashier, "page_paper")
        cashier.press("Down")
        tab_to(cashier, "set_shop_name")
        clear(cashier)
        cashier.type("Quay Books & Co")
        await cashier.see("Not saved yet.")
        tab_to(cashier, "set_address")
        clear(cashier)
        cashier.type("1 Pier")
        tab_to(cashier, "set_footer")
        cashier.type("Thank you")
        tab_to(cashier, "shop_settings_save")
        cashier.press("Enter")
        await cashier.see("Saved. The next paper comes out like this.")
        shop = till.settings.shop
        assert (shop.name, shop.address, shop.footer) == ("Quay Books & Co", "1 Pier", "Thank you")
        assert not cashier.can_press("shop_settings_save")


async def test_the_state_that_is_found_in_the_address_is_told(till: FakeTill, at_window: Opener) -> None:
    """A notice the law wants is missing where the address was read otherwise than it was meant."""
    async with at_window() as cashier:
        await open_settings(cashier, till)
        tab_to(cashier, "page_paper")
        cashier.press("Down")
        tab_to(cashier, "set_address")
        clear(cashier)
        cashier.type("3 Broad St, Newark")
        await cashier.see("None of them is found in the address: if the shop is in one, choose it.")
        cashier.type(", New Jersey 07102")
        await cashier.see("The address says: New Jersey.")
        tab_to(cashier, "set_region_")
        cashier.press("Right")
        await cashier.until(lambda: not cashier.reads("The address says"), "the choice to count")


@pytest.mark.parametrize(
    ("currency", "kept", "offered"),
    [
        ("USD", "", ["", "0.05", "0.10", "0.50", "1.00"]),
        ("USD", "0", ["0", "0.05", "0.10", "0.50", "1.00"]),
        ("CAD", "0.25", ["", "0", "0.05", "0.10", "0.50", "1.00", "0.25"]),
        ("KWD", "", ["", "0.005", "0.010", "0.050", "0.100"]),
    ],
)
async def test_the_smallest_coin_is_chosen_among_those_there_are(
    till: FakeTill, at_window: Opener, currency: str, kept: str, offered: list[str]
) -> None:
    shop = till.settings.shop.model_copy(update={"currency": currency, "smallest_coin": kept})
    till.preferences.settings = till.settings.model_copy(update={"shop": shop})
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_shop")
        chips = [one for one in cashier.window.findChildren(Chip) if one.objectName().startswith("set_coin_")]
        assert [one.objectName().removeprefix("set_coin_") for one in chips] == offered
        assert [one.isChecked() for one in chips] == [one == kept for one in offered]
        if currency == "USD":
            cashier.click("set_coin_0.05")
            cashier.click("shop_settings_save")
            await cashier.see("Saved. The next paper comes out like this.")
            assert till.settings.shop.smallest_coin == "0.05"


async def test_enter_saves_from_a_field_and_what_is_wrong_is_said_beside_it(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_shop")
        tab_to(cashier, "set_shop_name")
        clear(cashier)
        cashier.press("Enter")
        await cashier.see("Enter the shop's name: it stands on every receipt.")
        assert till.settings.shop.name == Shop().name
        focus = cashier.window.focusWidget()
        assert focus.objectName() == "set_shop_name"
        assert "Enter the shop's name" in focus.accessibleDescription()
        cashier.type("Quay")
        assert not cashier.reads("Enter the shop's name")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.settings.shop.name == "Quay"


async def test_at_200_percent_what_is_wrong_is_seen_and_not_only_where(
    till: FakeTill, at_window: Opener
) -> None:
    paper = Paper(printer="network", host="192.168.1.50")
    till.preferences.settings = till.settings.model_copy(update={"paper": paper})
    async with at_window((960, 540)) as cashier:
        await open_settings(cashier, till)
        cashier.write("set_host", "no such name")
        cashier.press("Enter")
        await cashier.see("This is no name and no IP number.")
        sentence, area = cashier.find("set_host_sentence"), cashier.find("paper_page_scroll")

        def all_of_it_is_seen() -> bool:
            top = sentence.mapTo(area, QPoint(0, 0)).y()
            return top >= 0 and top + sentence.height() <= area.height()

        await cashier.until(all_of_it_is_seen, "the sentence")


async def test_what_is_not_saved_stays_and_can_be_undone(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_shop")
        cashier.write("set_phone", "555-0199")
        cashier.press("Esc")
        assert cashier.sees("sell")
        cashier.press("F10")
        await cashier.until(lambda: cashier.sees("settings"), "the settings")
        await cashier.see("Not saved yet.")
        assert "555-0199" in cashier.texts()
        assert cashier.find("page_shop").accessibleName() == "Shop, not saved yet"
        cashier.click("shop_settings_undo")
        assert "555-0199" not in cashier.texts()
        assert cashier.find("page_shop").accessibleName() == "Shop"
        assert till.settings.shop.phone == ""


async def test_a_disk_that_does_not_take_it_is_told_and_nothing_is_lost(
    till: FakeTill, at_window: Opener
) -> None:
    till.preferences.fails["keep_shop"] = StoreProblem("full", path="/x")
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_shop")
        cashier.write("set_phone", "555-0199")
        cashier.press("Enter")
        await cashier.see("full")
        assert "555-0199" in cashier.texts()
        del till.preferences.fails["keep_shop"]
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.settings.shop.phone == "555-0199"


async def test_a_time_zone_is_searched(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_shop")
        tab_to(cashier, "set_zone")
        await cashier.until(lambda: _offered(cashier), "zones")
        clear(cashier)
        cashier.type("vienna")
        cashier.press("Enter")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.settings.shop.zone == "Europe/Vienna"
        tab_to(cashier, "set_zone")
        clear(cashier)
        cashier.type("Nowhere/Here")
        cashier.press("Enter")
        await cashier.see("Choose the time zone of the shop.")


def _offered(cashier: Cashier) -> bool:
    from ui.widgets.pick_list import PickList

    field = cashier.find("set_zone")
    assert isinstance(field, PickList)
    field.choose("Europe/Vienna")
    known = field.chosen() == "Europe/Vienna"
    field.choose("America/New_York")
    return known


async def test_a_picture_is_read_shown_and_kept_or_refused(
    till: FakeTill, at_window: Opener, tmp_path: Path
) -> None:
    file, torn = tmp_path / "quay.png", tmp_path / "torn.png"
    image = QImage(1200, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    assert image.save(str(file))
    torn.write_bytes(b"\x89PNG\r\n\x1a\nTEST")
    async with at_window() as cashier:
        await open_settings(cashier, till)
        before = (await drawn(cashier)).shown()
        cashier.click("page_shop")
        cashier.write("set_logo", str(torn))
        cashier.press("Enter")
        await cashier.see("This file is no picture that can be printed.")
        assert till.preferences.logo is None
        cashier.write("set_logo", str(file))
        shown = paper(cashier)
        await cashier.until(lambda: not pane(cashier).busy() and shown.shown() != before, "the picture")
        cashier.press("Enter")
        await cashier.see("Saved.")
        kept = QImage()
        assert kept.loadFromData(till.preferences.logo or b"")
        assert (kept.width(), kept.height()) == (576, 144)
        assert "logo-TEST.png" in cashier.texts()


# --- paper and printer -------------------------------------------------------------------------------


async def test_a_network_printer_is_set_up_by_keyboard(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        # It begins where the printer is chosen.
        for _step in range(4):
            cashier.press("Left")
        assert cashier.sees("set_host")
        tab_to(cashier, "set_host")
        cashier.type("10.0.0.9")
        tab_to(cashier, "set_port")
        clear(cashier)
        cashier.type("99999")
        tab_to(cashier, "set_width_42")
        await cashier.see("The port is a number from 1 to 65535.")
        cashier.press("Left")
        cashier.press("Enter")
        await cashier.until(lambda: _focus(cashier) == "set_port", "the focus where it is wrong")
        assert till.settings.paper.printer == "folder"
        clear(cashier)
        cashier.type("9101")
        cashier.press("Enter")
        await cashier.see("Saved.")
        kept = till.settings.paper
        assert (kept.printer, kept.host, kept.port) == ("network", "10.0.0.9", 9101)
        assert (kept.columns, kept.dots) == (32, 384)


def _focus(cashier: Cashier) -> str:
    return cashier.window.focusWidget().objectName()


async def test_another_width_is_typed_and_has_its_limits(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("set_width_other")
        assert _focus(cashier) == "set_columns"
        clear(cashier)
        cashier.type("49")
        cashier.press("Enter")
        await cashier.see("Choose 30 to 48 characters on a line.")
        clear(cashier)
        cashier.type("44")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.settings.paper.columns == 44
        assert cashier.sees("set_columns")


async def test_pages_are_printed_on_what_the_shop_has(till: FakeTill, at_window: Opener) -> None:
    async with at_window((1280, 1600)) as cashier:
        await open_settings(cashier, till)
        cashier.click("set_printer_serial")
        assert not cashier.sees("set_sheet_A4"), "a receipt printer has its roll"
        cashier.click("set_printer_folder")
        cashier.click("set_sheet_A4")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.settings.paper.sheet == "A4"


async def test_everything_about_the_paper_is_kept(till: FakeTill, at_window: Opener) -> None:
    async with at_window((1280, 1600)) as cashier:
        await open_settings(cashier, till)
        cashier.click("set_printer_serial")
        cashier.write("set_device", "COM3")
        for name in ("set_baud_19200", "set_width_48", "set_dots_512", "set_form_picture"):
            cashier.click(name)
        for name in ("set_symbol_code128", "set_drawer_pin5"):
            cashier.click(name)
        await cashier.until(lambda: "default · Generic Default" in cashier.texts(), "the profiles")
        tab_to(cashier, "set_profile")
        clear(cashier)
        cashier.type("t88")
        cashier.press("Enter")
        cashier.press("Enter")
        await cashier.see("Saved.")
        kept = till.settings.paper
        assert (kept.printer, kept.device, kept.baud) == ("serial", "COM3", 19200)
        assert (kept.columns, kept.dots, kept.form, kept.symbol) == (48, 512, "picture", "code128")
        assert (kept.drawer, kept.profile) == ("pin5", "TM-T88V")


async def test_queues_are_looked_for_behind_the_window(till: FakeTill, at_window: Opener) -> None:
    till.preferences.gate = asyncio.Event()
    till.preferences.found = (
        Found("queue", "office", "Office printer"),
        Found("device", "/dev/usb/lp0", "lp0"),
    )
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("set_printer_queue")
        await cashier.see("Looking for printers…")
        # Meanwhile one goes on.
        cashier.write("set_queue", "off")
        till.preferences.gate.set()
        await cashier.see("1 printer found.")
        assert not cashier.sees("looking_for_printers")
        tab_to(cashier, "set_queue")
        clear(cashier)
        cashier.type("office")
        cashier.press("Enter")
        await cashier.until(lambda: "Office printer · office" in cashier.texts(), "the queue")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert (till.settings.paper.printer, till.settings.paper.queue) == ("queue", "office")
        till.preferences.found = ()
        cashier.click("look_again")
        await cashier.see("This computer knows no printer, or its print service does not answer.")
        assert till.preferences.looked == 2


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("device", "Enter the printer's device file."),
        ("serial", "Enter the serial port."),
        ("queue", "Choose one of the printers this computer knows."),
        ("network", "Enter the printer's name or IP number."),
    ],
)
async def test_where_the_printer_is_has_to_be_said(
    till: FakeTill, at_window: Opener, kind: str, words: str
) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click(f"set_printer_{kind}")
        cashier.press("Enter")
        await cashier.see(words)
        assert till.settings.paper.printer == "folder"
        # A test slip is not sent either.
        cashier.click("set_test")
        assert not till.preferences.tested


async def test_without_paper_nothing_about_paper_is_asked(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("set_printer_screen")
        await cashier.see("Nothing is printed: codes are handed over on the screen.")
        assert not cashier.sees("set_test")
        assert not cashier.sees("set_width_42")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.settings.paper.printer == "screen"


# --- a test slip -------------------------------------------------------------------------------------


async def test_a_test_slip_is_printed_through_what_is_not_saved_yet(
    till: FakeTill, at_window: Opener
) -> None:
    till.preferences.gate = asyncio.Event()
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("set_printer_network")
        cashier.write("set_host", "10.0.0.9")
        tab_to(cashier, "set_test")
        cashier.press("Enter")
        await cashier.see("Printing…")
        assert not cashier.can_press("set_test")
        till.preferences.gate.set()
        await cashier.see("Sent to 10.0.0.9. The slip should lie in it now, whole and cut.")
        told = cashier.find("set_test_outcome")
        await cashier.until(lambda: not told.visibleRegion().isEmpty(), "it to be scrolled to")
        assert [one.host for one in till.preferences.tested] == ["10.0.0.9"]
        assert till.settings.paper.printer == "folder"
        # What was said of one printer is not said of another.
        cashier.write("set_host", "10.0.0.8")
        assert not cashier.reads("Sent to")


@pytest.mark.parametrize(
    ("reason", "words"),
    [("no_paper", "no paper"), ("printer_silent", "does not answer"), ("no_printer", "printer")],
)
async def test_what_keeps_a_printer_from_printing_is_told(
    till: FakeTill, at_window: Opener, reason: str, words: str
) -> None:
    till.preferences.fails["print_test"] = DeviceProblem(reason, host="10.0.0.9", port=9100)
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("set_test")
        await cashier.until(lambda: cashier.find("set_test_outcome").property("role") == "alarmtext", "why")
        await cashier.see(words)
        assert cashier.can_press("set_test")


async def test_a_printer_that_prints_and_warns_is_told_with_both(till: FakeTill, at_window: Opener) -> None:
    till.preferences.warning = DeviceProblem("paper_low")
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("set_test")
        await cashier.see("Written. Look for the test slip in folder.")
        assert cashier.find("set_test_outcome").property("role") == "notetext"


# --- the paper beside the form -----------------------------------------------------------------------


async def test_the_paper_is_drawn_anew_after_typing_and_the_last_wins(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_shop")
        first = (await drawn(cashier)).shown()
        for name in ("Q", "Qu", "Qua", "QUAY BOOKS"):
            cashier.write("set_shop_name", name)
        assert pane(cashier).busy()
        shown = await drawn(cashier)
        assert shown.shown() != first
        assert "QUAY BOOKS" in shown.accessibleDescription()
        # What is wrong is not drawn; the last that was right stays.
        cashier.write("set_shop_name", "x" * 61)
        await cashier.until(lambda: not pane(cashier).busy(), "the paper")
        assert "xxx" not in shown.accessibleDescription()


async def test_two_choices_on_one_line_are_told_apart(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        await drawn(cashier)
        names = ("preview_form_text", "preview_form_picture", "preview_zoom_true")
        one, same, other = (cashier.find(name) for name in names)
        ends = [part.mapTo(cashier.window, part.rect().topRight()).x() for part in (one, same)]
        begins = [part.mapTo(cashier.window, part.rect().topLeft()).x() for part in (same, other)]
        lines = {part.mapTo(cashier.window, part.rect().topLeft()).y() for part in (one, same, other)}
        assert len(lines) == 1
        within, between = (begin - end for begin, end in zip(begins, ends, strict=True))
        assert between >= 2.5 * within


async def test_the_paper_follows_width_form_and_kind(till: FakeTill, at_window: Opener) -> None:
    async with at_window((1280, 1200)) as cashier:
        await open_settings(cashier, till)
        wide = (await drawn(cashier)).shown_size().width()
        cashier.click("set_width_32")
        narrow = await drawn(cashier)
        await cashier.until(lambda: narrow.shown_size().width() < wide, "narrow paper")
        assert abs(narrow.shown_size().width() / wide - 58 / 80) < 0.01
        picture = narrow.shown()
        cashier.click("preview_form_text")
        await cashier.until(lambda: not pane(cashier).busy() and narrow.shown() != picture, "characters")
        characters = narrow.shown()
        assert characters is not None
        assert characters.width() == 58 * 8
        cashier.click("preview_which_receipt")
        await cashier.until(lambda: "TOTAL" in narrow.accessibleDescription(), "the receipt")
        assert "TEST-" not in narrow.accessibleDescription()
        cashier.click("set_form_picture")
        await cashier.until(lambda: not pane(cashier).busy() and narrow.shown() != characters, "dots")


async def test_the_whole_paper_fits_when_it_is_wanted(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        shown = await drawn(cashier)
        assert shown.shown_size().height() > shown.viewport().height()
        cashier.click("preview_zoom_fit")
        await cashier.until(lambda: shown.shown_size().height() <= shown.viewport().height(), "all of it")
        cashier.click("preview_zoom_true")
        await cashier.until(lambda: shown.shown_size().height() > shown.viewport().height(), "100 %")


def test_a_screen_that_tells_no_measure_is_not_believed() -> None:
    assert points_a_mm(101.6, 96) == 4.0
    assert points_a_mm(0, 96) == pytest.approx(96 / 25.4)
    assert points_a_mm(4000, 96) == pytest.approx(96 / 25.4)


async def test_letters_a_printer_lacks_are_told_before_anything_is_printed(
    till: FakeTill, at_window: Opener
) -> None:
    shop = till.settings.shop.model_copy(update={"name": "متجر"})
    till.preferences.settings = till.settings.model_copy(update={"shop": shop})
    async with at_window((1280, 1200)) as cashier:
        await open_settings(cashier, till)
        cashier.click("set_printer_network")
        await cashier.see("This printer lacks letters of it, so it is sent as a picture.")
        # What one sees is what comes out, until one asks for the characters.
        sent = (await drawn(cashier)).shown()
        assert pane(cashier).shown_form() == "picture"
        cashier.click("preview_form_text")
        spelled = (await drawn(cashier)).shown()
        assert spelled != sent
        assert pane(cashier).shown_form() == "text"
        # As text only, they are lost: that is the shop's choice, and seen on the paper.
        cashier.click("set_form_text")
        await cashier.until(lambda: not cashier.reads("sent as a picture"), "the note to go")
        assert (await drawn(cashier)).shown() is not spelled
        cashier.click("set_printer_folder")
        await drawn(cashier)


async def test_a_paper_that_can_not_be_drawn_is_told(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ui.printing.previews

    def fails(*_args: object) -> None:
        raise DeviceProblem("can_not_render")

    async with at_window() as cashier:
        monkeypatch.setattr(ui.printing.previews, "preview", fails)
        await open_settings(cashier, till)
        await cashier.until(lambda: cashier.sees("preview_said"), "why")
        monkeypatch.undo()
        cashier.click("preview_which_receipt")
        await drawn(cashier)
        assert not cashier.sees("preview_said")


# --- looks, names, room ------------------------------------------------------------------------------


async def test_another_theme_is_put_on_at_once(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_look")
        assert not cashier.sees("preview_paper")
        cashier.press("Right")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert theme.name() == "dark"
        assert till.settings.theme == "dark"


async def test_everything_has_a_name_and_tab_comes_by_all_of_it(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_settings(cashier, till)
        for page in ("paper", "shop", "look"):
            cashier.click(f"page_{page}")
            assert not unnamed(cashier.window)
            reached: list[str] = []
            for _step in range(60):
                cashier.press("Tab")
                if _focus(cashier) in reached:
                    break
                reached.append(_focus(cashier))
            assert f"page_{page}" in reached
        cashier.press("F1")
        await cashier.see("Close")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", ["paper", "shop", "look"])
async def test_nothing_is_pushed_out_of_the_window(
    till: FakeTill, at_window: Opener, size: tuple[int, int], page: str
) -> None:
    async with at_window(size) as cashier:
        await open_settings(cashier, till)
        cashier.click(f"page_{page}")
        if page != "look":
            await drawn(cashier)
        window = cashier.window.rect()
        assert (window.width(), window.height()) == size
        place = {"paper": "paper_page", "shop": "shop_settings", "look": "look_page"}[page]
        for name in (f"{place}_save", f"{place}_undo", f"page_{page}", "rail_keys"):
            part = cashier.find(name)
            corner = part.mapTo(cashier.window, part.rect().bottomRight())
            assert window.contains(corner), name
        inside = cashier.find(f"{place}_scroll")
        for edit in _fields(cashier.find(place)):
            assert edit.mapTo(inside, edit.rect().topRight()).x() <= inside.width(), edit.objectName()


def _fields(page: QWidget) -> list[QWidget]:
    shown: Callable[[QWidget], bool] = lambda one: one.isVisible() and one.objectName().startswith("set_")  # noqa: E731
    return [one for one in page.findChildren(QWidget) if shown(one)]


async def test_a_shop_that_is_only_looked_at_says_why_nothing_is_kept(
    till: FakeTill, at_window: Opener
) -> None:
    from pos_app.errors import NotAllowed

    till.preferences.fails["keep_paper"] = NotAllowed("only_looking")
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("set_symbol_code128")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.find("paper_page_said").property("role") == "alarmtext", "why")
        assert till.settings.paper.symbol == "qr"


@pytest.mark.parametrize("size", [(960, 540), (800, 480)])
async def test_pages_in_a_row_have_a_line_below_them_and_none_at_an_end(
    till: FakeTill, at_window: Opener, size: tuple[int, int]
) -> None:
    async with at_window(size) as cashier:
        await open_settings(cashier, till)
        side = cashier.find("settings_pages")
        image = side.grab().toImage()
        wide, high = image.width(), image.height()
        line = theme.colour("line").rgb()
        assert {image.pixel(x, high - 1) for x in (0, wide // 2, wide - 1)} == {line}
        assert line not in {image.pixel(x, high // 2) for x in (0, wide - 1)}
