"""The first start at the window: six pages by the keyboard alone, and all that can be wrong on them."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QLineEdit, QWidget

from pos_app.errors import DeviceProblem, Misconfigured, NotTaken, PosError, StoreProblem
from pos_app.first_start import PaperEntries
from pos_app.printing.spooling import Found
from tests.ui.fakes import ASKED, GOOD_KEYS, GROUPS, FakeFirstStart
from tests.ui.names import unnamed
from tests.ui.owner import Owner, fresh, owner_at

PAGES = ("shop", "register", "supplier", "printer", "manager", "recovery")


def before(page: str) -> FakeFirstStart:
    """A shop that has come as far as `page`."""
    return fresh(*PAGES[: PAGES.index(page)])


# --- the whole way ----------------------------------------------------------------------------------


async def test_the_whole_first_start_by_the_keyboard_alone() -> None:
    service = fresh()
    async with owner_at(service) as owner:
        await owner.at("welcome")
        owner.enter()
        for page in PAGES:
            await owner.fill(page)
        await owner.at("ready")
        assert owner.reads("Harbour News & Gifts")
        assert owner.reads("01 · Mia")
        assert owner.reads("CardPlusPay")
        assert not owner.reads("LevelUp")
        assert owner.heard.ready == 0
        owner.enter()
        assert owner.heard.ready == 1
    assert (await service.progress()).finished
    shop = service.chosen.shop
    assert (shop.name, shop.address, shop.phone) == ("Harbour News & Gifts", "14 Quay Street", "518-555-0100")
    assert (shop.currency, shop.zone) == ("USD", "America/New_York")
    assert (service.chosen.register_id, service.chosen.cashier) == ("01", "Mia")
    assert service.kept == {"cardpluspay"}
    assert (service.chosen.paper.printer, service.chosen.paper.host) == ("network", "192.168.1.50")
    assert service.managers == ["Ada"]
    assert service.sheets == 1


@pytest.mark.parametrize("page", PAGES)
async def test_what_was_begun_goes_on_at_the_first_page_that_is_not_done(page: str) -> None:
    async with owner_at(before(page)) as owner:
        await owner.at("welcome" if page == "shop" else page)
        steps = owner.find("steps").accessibleName()
        number = PAGES.index(page) + 1
        assert page == "shop" or steps.startswith(f"Step {number} of 6")


async def test_asked_for_the_real_till_there_is_no_welcome() -> None:
    async with owner_at(fresh(), welcome=False) as owner:
        await owner.at("shop")


async def test_esc_goes_one_page_back_and_what_was_typed_stays() -> None:
    async with owner_at(before("register")) as owner:
        await owner.at("register")
        owner.type("Kim")
        owner.press("Esc")
        await owner.at("shop")
        owner.write("shop_name", "Corner Kiosk")
        owner.press("Esc")
        await owner.at("welcome")
        owner.press("Esc")
        await owner.at("welcome")
        owner.enter()
        await owner.at("register")
        assert owner.written("cashier") == "Kim"
        owner.press("Esc")
        await owner.at("shop")
        assert owner.written("shop_name") == "Corner Kiosk"


async def test_practising_is_one_press_away_on_every_page() -> None:
    for page in PAGES:
        async with owner_at(before(page), welcome=False) as owner:
            owner.click("practise")
            assert owner.heard.practise == 1
    async with owner_at(fresh()) as owner:
        owner.click("welcome_page_other")
        assert owner.heard.practise == 1


async def test_enter_is_not_heard_at_once_nor_when_held_down() -> None:
    async with owner_at(fresh()) as owner:
        owner.press("Enter")
        await owner.at("welcome")
        owner.clock.seconds += 0.5
        owner.hold("Enter", 30)
        await owner.at("shop")
        owner.type("Corner")
        owner.hold("Enter", 30)
        assert owner.focus() == "shop_address"


async def test_a_second_press_while_it_is_kept_keeps_nothing_twice() -> None:
    service = before("manager")
    async with owner_at(service) as owner:
        await owner.at("manager")
        service.gate = asyncio.Event()
        for name, text in (("manager", "Ada"), ("pin", "8264"), ("pin_again", "8264")):
            owner.write(name, text)
        owner.enter()
        assert owner.reads("One moment…")
        owner.enter()
        owner.next("manager")
        owner.press("Esc")
        service.gate.set()
        await owner.at("recovery")
        assert service.managers == ["Ada"]


async def test_f1_tells_the_keys() -> None:
    async with owner_at(fresh()) as owner:
        owner.press("F1")
        await owner.until(lambda: owner.sees("sheet"), "the keys")
        assert "Esc" in owner.find("key_rows").accessibleName()
        assert "F12" not in owner.find("key_rows").accessibleName()
        owner.press("Esc")
        await owner.until(lambda: not owner.sees("sheet"), "the keys to go")
        owner.press("F12")
        await owner.at("welcome")


# --- what is wrong ----------------------------------------------------------------------------------


async def said_beside(owner: Owner, field: str) -> str:
    """What is said to be wrong directly under a field; fails when it stands anywhere else."""
    edit, sentence = owner.find(field), owner.find(f"{field}_sentence")
    assert edit.property("wrong") == "true", owner.texts()
    assert isinstance(sentence, QLabel)
    assert edit.accessibleDescription() == sentence.text()

    def below() -> int:
        foot = edit.mapTo(owner.window, QPoint(0, edit.height())).y()
        return sentence.mapTo(owner.window, QPoint(0, 0)).y() - foot

    await owner.until(lambda: 0 <= below() < 12, "the sentence under its field")
    return sentence.text()


@pytest.mark.parametrize(
    ("page", "field", "typed", "said"),
    [
        ("shop", "shop_name", "", "Enter the shop's name"),
        ("shop", "shop_currency", "dollars!", "currency's three letters"),
        ("shop", "shop_zone", "Atlantis", "Choose the time zone"),
        ("register", "register_number", "x1", "two digits"),
        ("register", "cashier", "", "Enter who sells here"),
        ("printer", "set_host", "", "Enter the printer's name or IP number"),
        ("printer", "set_port", "99999", "The port is a number"),
        ("manager", "manager", "", "Enter the manager's name"),
        ("manager", "pin", "12", "4 to 8 digits"),
        ("manager", "pin", "7777", "Anybody would try this PIN first"),
        ("manager", "pin_again", "8265", "The two PINs differ"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_that_was_left(
    page: str, field: str, typed: str, said: str
) -> None:
    async with owner_at(before(page), welcome=False) as owner:
        await owner.at(page)
        if field == "pin_again":
            owner.write("pin", "8264")
        owner.write(field, typed or "x")
        if not typed:
            owner.press("Backspace")
        assert owner.find(field).property("wrong") != "true", "not while one is still writing"
        owner.press("Tab")
        assert said in await said_beside(owner, field)
        owner.next(page)
        assert said in await said_beside(owner, field), "nobody gets past it"


async def test_an_empty_field_that_was_passed_by_is_not_wrong_yet() -> None:
    async with owner_at(fresh(), welcome=False) as owner:
        await owner.at("shop")
        owner.press("Tab")
        owner.press("Tab")
        assert owner.find("shop_name").property("wrong") != "true"
        owner.next("shop")
        assert (await said_beside(owner, "shop_name")).startswith("Enter the shop's name")
        assert owner.focus() == "shop_name"
        owner.type("C")
        assert owner.find("shop_name").property("wrong") == "false"


async def test_what_only_the_service_finds_is_said_beside_the_field_too() -> None:
    service = before("printer")
    async with owner_at(service) as owner:
        owner.click("set_printer_folder")
        owner.write("set_folder", "slips")
        owner.next("printer")
        await owner.until(lambda: owner.find("set_folder").property("wrong") == "true", "what is wrong")
        assert "whole path" in await said_beside(owner, "set_folder")
        assert owner.focus() == "set_folder"
        owner.write("set_folder", "/invented/slips")
        owner.next("printer")
        await owner.at("manager")
    assert service.chosen.paper.folder == "/invented/slips"


async def test_a_full_disk_is_said_across_the_page_and_nothing_typed_is_lost() -> None:
    service = before("register")
    service.fails["keep_register"] = StoreProblem("full")
    async with owner_at(service) as owner:
        owner.write("register_number", "7")
        owner.write("cashier", "Kim")
        owner.next("register")
        await owner.see("Disk full.")
        assert (owner.written("register_number"), owner.written("cashier")) == ("07", "Kim")
        service.fails.clear()
        owner.next("register")
        await owner.at("supplier")
        assert service.chosen.register_id == "07"


@pytest.mark.logs
async def test_what_nobody_foresaw_has_a_number() -> None:
    service = before("register")
    async with owner_at(service) as owner:
        owner.write("cashier", "Kim")
        service.fails["keep_register"] = RuntimeError("TEST")  # type: ignore[assignment]
        owner.next("register")
        await owner.see("Something went wrong inside Countercard")
        assert owner.written("cashier") == "Kim"
        owner.press("Esc")
        assert not owner.reads("Something went wrong")
        await owner.at("register")


# --- shop -------------------------------------------------------------------------------------------


async def test_this_machines_zone_is_offered_and_another_one_is_found_by_typing() -> None:
    service = fresh()
    service.here = "Europe/Berlin"
    async with owner_at(service, welcome=False) as owner:
        await owner.at("shop")
        assert owner.written("shop_zone") == "Europe/Berlin"
        owner.write("shop_name", "Corner")
        owner.write("shop_zone", "new yo")
        zones = owner.find("shop_zone_list")
        assert isinstance(zones, QAbstractItemView)
        assert zones.model().rowCount() == 1
        owner.press("Enter")
        assert owner.written("shop_zone") == "America/New York"
        assert not owner.sees("shop_zone_list")
        owner.next("shop")
        await owner.at("register")
    assert service.chosen.shop.zone == "America/New_York"


async def test_a_list_is_walked_by_arrows_and_left_by_esc() -> None:
    async with owner_at(fresh(), welcome=False) as owner:
        await owner.at("shop")
        owner.click("shop_zone")
        assert owner.sees("shop_zone_list")
        owner.press("Down")
        owner.press("Down")
        owner.press("Up")
        owner.press("Enter")
        assert owner.written("shop_zone") == "America/Chicago"
        owner.write("shop_zone", "ber")
        owner.press("Esc")
        await owner.at("shop")
        assert owner.written("shop_zone") == "America/Chicago", "as it was"
        owner.write("shop_zone", "lisb")
        owner.press("Tab")
        assert owner.written("shop_zone") == "Europe/Lisbon", "the only one it could be"


async def test_a_machine_without_a_zone_has_it_chosen() -> None:
    service = fresh()
    service.here = ""
    async with owner_at(service, welcome=False) as owner:
        await owner.at("shop")
        assert owner.written("shop_zone") == ""
        owner.write("shop_name", "Corner")
        owner.next("shop")
        assert (await said_beside(owner, "shop_zone")).startswith("Choose the time zone")
        assert owner.focus() == "shop_zone"


async def test_another_currency_is_found_by_its_name() -> None:
    service = fresh()
    async with owner_at(service, welcome=False) as owner:
        owner.write("shop_name", "Corner")
        owner.write("shop_currency", "euro")
        owner.press("Enter")
        assert owner.written("shop_currency") == "EUR · Euro"
        owner.next("shop")
        await owner.at("register")
    assert service.chosen.shop.currency == "EUR"


# --- card companies ---------------------------------------------------------------------------------


async def test_a_key_is_masked_shown_on_request_and_masked_again() -> None:
    async with owner_at(before("supplier")) as owner:
        await owner.at("supplier")
        key = owner.find("cardpluspay_api_key")
        assert isinstance(key, QLineEdit)
        owner.type("TEST-KEY")
        assert key.echoMode() == QLineEdit.EchoMode.Password
        assert "TEST-KEY" not in key.displayText()
        owner.press("Tab")
        assert owner.focus() == "cardpluspay_api_key_show"
        owner.press("Space")
        assert key.displayText() == "TEST-KEY"
        owner.press("Esc")
        await owner.at("register")
        owner.enter()
        await owner.at("supplier")
        assert key.echoMode() == QLineEdit.EchoMode.Password
        assert key.text() == "TEST-KEY"


async def test_blanks_that_were_pasted_along_go() -> None:
    async with owner_at(before("supplier")) as owner:
        await owner.at("supplier")
        key = owner.find("cardpluspay_api_key")
        assert isinstance(key, QLineEdit)
        QGuiApplication.clipboard().setText("  TEST-\n KEY \t\r\n")
        key.paste()
        assert key.text() == "TEST-KEY"
        owner.click("cardpluspay_more")
        QGuiApplication.clipboard().setText(
            "-----BEGIN PRIVATE KEY-----\nTEST\nTEST\n-----END PRIVATE KEY-----\n"
        )
        key.clear()
        key.paste()
        assert key.text() == "-----BEGIN PRIVATE KEY----- TEST TEST -----END PRIVATE KEY-----"
        QGuiApplication.clipboard().clear()


async def test_both_companies_are_tested_and_told_in_words() -> None:
    service = before("supplier")
    async with owner_at(service) as owner:
        await owner.at("supplier")
        owner.write("cardpluspay_api_key", GOOD_KEYS["api_key"])
        owner.write("levelup_user_token", GOOD_KEYS["user_token"])
        owner.write("levelup_merchant_token", GOOD_KEYS["merchant_token"])
        assert owner.reads("Test the connection")
        owner.next("supplier")
        await owner.see("Connected. Balance $412.60.")
        await owner.see("Connected. 31 merchants. User token: only a first sale can try it.")
        assert service.kept == set(), "what was found is read first"
        owner.enter()
        await owner.at("printer")
        assert service.kept == {"cardpluspay", "levelup"}
        owner.press("Esc")
        await owner.at("supplier")
        assert owner.written("cardpluspay_api_key") == "", "nothing of it stays in the window"
        assert owner.reads("Kept. Leave it empty to keep this key.")
        owner.next("supplier")
        await owner.at("printer")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Misconfigured("key_refused"), "CardPlusPay does not accept this key."),
        (NotTaken("unauthorized"), "CardPlusPay does not accept this key."),
        (NotTaken("name_not_found"), "CardPlusPay was not found at this address."),
        (NotTaken("offline"), "This computer has no connection to the internet."),
        (NotTaken("connection_refused"), "At this address nobody answers for CardPlusPay."),
        (NotTaken("tls_failed"), "No safe connection to CardPlusPay"),
        (NotTaken("no_answer"), "CardPlusPay gave no answer that can be read."),
        (NotTaken("too_many_requests"), "CardPlusPay asks to slow down."),
        (Misconfigured("plain_http"), "begins with https://"),
        (NotTaken("no_free_connection"), "This till had no free line"),
    ],
    ids=lambda value: value.reason if isinstance(value, PosError) else "",
)
async def test_why_a_test_failed_has_its_sentence(error: PosError, said: str) -> None:
    service = before("supplier")
    service.fails["test_cardpluspay"] = error
    async with owner_at(service) as owner:
        await owner.at("supplier")
        owner.type(GOOD_KEYS["api_key"])
        owner.next("supplier")
        await owner.see(said)
        assert owner.reads("Test again")
        assert owner.written("cardpluspay_api_key") == GOOD_KEYS["api_key"]
        assert owner.focus() == "cardpluspay_api_key"
        service.fails.clear()
        owner.next("supplier")
        await owner.see("Connected. Balance $412.60.")


async def test_one_company_can_be_left_out_but_not_both() -> None:
    service = before("supplier")
    async with owner_at(service) as owner:
        await owner.at("supplier")
        owner.next("supplier")
        assert (
            await said_beside(owner, "cardpluspay_api_key") == "Enter the keys of one card company at least."
        )
        assert owner.focus() == "cardpluspay_api_key"
        owner.type(GOOD_KEYS["api_key"])
        owner.write("levelup_user_token", "TEST-WRONG")
        owner.next("supplier")
        await owner.until(
            lambda: owner.find("levelup_merchant_token").property("wrong") == "true", "the missing key"
        )
        assert (await said_beside(owner, "levelup_merchant_token")).startswith("Enter the key")
        owner.type(GOOD_KEYS["merchant_token"])
        owner.next("supplier")
        await owner.see("LevelUp does not accept this key.")
        assert service.tested.count("cardpluspay") == 1, "what passed is not asked again"
        owner.click("levelup_leave_out")
        assert owner.written("levelup_user_token") == ""
        assert owner.reads("Next")
        owner.enter()
        await owner.at("printer")
    assert service.kept == {"cardpluspay"}


async def test_a_key_changed_after_its_test_is_tested_again() -> None:
    service = before("supplier")
    async with owner_at(service) as owner:
        await owner.at("supplier")
        owner.type(GOOD_KEYS["api_key"])
        owner.next("supplier")
        await owner.see("Connected.")
        owner.write("cardpluspay_api_key", "TEST-OTHER")
        assert not owner.reads("Connected.")
        owner.next("supplier")
        await owner.see("does not accept")
    assert service.kept == set()


async def test_a_wrong_address_is_shown_where_it_stands() -> None:
    async with owner_at(before("supplier")) as owner:
        await owner.at("supplier")
        owner.type(GOOD_KEYS["api_key"])
        assert not owner.sees("cardpluspay_base_url")
        owner.click("cardpluspay_more")
        owner.write("cardpluspay_base_url", "cards.example")
        owner.click("cardpluspay_more")
        assert not owner.sees("cardpluspay_base_url")
        owner.next("supplier")
        await owner.until(lambda: owner.sees("cardpluspay_base_url"), "the address")
        await owner.until(lambda: owner.focus() == "cardpluspay_base_url", "the focus there")
        assert "https://" in await said_beside(owner, "cardpluspay_base_url")


async def test_whether_requests_are_signed_is_chosen_by_keyboard() -> None:
    service = before("supplier")
    async with owner_at(service) as owner:
        await owner.at("supplier")
        owner.type(GOOD_KEYS["api_key"])
        owner.click("cardpluspay_more")
        await owner.until(lambda: owner.sees("cardpluspay_signing_no"), "the choice")
        chosen = owner.find("cardpluspay_signing_no")
        assert chosen.accessibleName() == "Signed requests: No"
        chosen.setFocus()
        owner.press("Right")
        assert owner.focus() == "cardpluspay_signing_yes"
        # Enter goes on with what is chosen.
        owner.clock.seconds += 1
        owner.press("Enter")
        await owner.see("Connected.")
        assert service.signed == ["yes"]
        owner.press("Left")
        assert not owner.reads("Connected."), "it was tested for another choice"
        owner.next("supplier")
        await owner.see("Connected.")
        assert service.signed == ["yes", "no"]


# --- printer ----------------------------------------------------------------------------------------


async def test_a_test_slip_and_its_outcome() -> None:
    service = before("printer")
    async with owner_at(service) as owner:
        await owner.at("printer")
        assert owner.focus() == "set_printer_network"
        owner.click("set_test")
        assert (await said_beside(owner, "set_host")).startswith("Enter the printer's name")
        owner.type("192.168.1.50")
        owner.click("set_width_32")
        service.fails["test_printer"] = DeviceProblem("can_not_write")
        owner.click("set_test")
        await owner.see("could not be written")
        service.fails.clear()
        owner.click("set_test")
        await owner.see("Sent to 192.168.1.50. The slip should lie in it now")
        assert [(slip.host, slip.port, slip.columns) for slip in service.slips] == [
            ("192.168.1.50", "9100", "32")
        ]
        owner.write("set_host", "192.168.1.51")
        assert not owner.reads("Sent to"), "that was another printer"
        owner.next("printer")
        await owner.at("manager")
    assert service.chosen.paper.columns == 32


async def test_the_ways_to_print_are_chosen_by_arrows() -> None:
    service = before("printer")
    async with owner_at(service) as owner:
        await owner.at("printer")
        seen: list[str] = []
        for _way in range(6):
            seen.append(owner.focus())
            owner.press("Right")
            if owner.focus() == "set_printer_folder":
                assert owner.written("set_folder") == "/invented/slips"
                assert not owner.sees("set_host")
        ways = ("network", "device", "serial", "queue", "folder", "screen")
        assert seen == [f"set_printer_{way}" for way in ways]
        assert owner.focus() == "set_printer_screen"
        assert not owner.sees("set_test")
        assert not owner.sees("set_width_42")
        owner.press("Left")
        owner.press("Right")
        owner.enter()
        await owner.at("manager")


@pytest.mark.parametrize(
    ("way", "found", "entries"),
    [
        (
            "device",
            Found("device", "/dev/usb/lp0", "lp0"),
            PaperEntries("device", device="/dev/usb/lp0"),
        ),
        (
            "serial",
            Found("serial", "/dev/ttyUSB0", "A cable"),
            PaperEntries("serial", device="/dev/ttyUSB0", baud="19200"),
        ),
        (
            "queue",
            Found("queue", "office", "Office"),
            PaperEntries("queue", queue="office", sheet="A4"),
        ),
    ],
)
async def test_printers_of_this_computer_are_looked_for_behind_the_page(
    way: str, found: Found, entries: PaperEntries
) -> None:
    service = before("printer")
    service.found = (found, Found("serial", "/dev/ttyS9", "Another")) if way != "serial" else (found,)
    service.listing = asyncio.Event()
    async with owner_at(service) as owner:
        await owner.at("printer")
        owner.click(f"set_printer_{way}")
        await owner.see("Looking for printers…")
        # Meanwhile the page hears everything.
        owner.click("set_printer_network")
        assert not owner.sees("looking_for_printers")
        owner.click(f"set_printer_{way}")
        service.listing.set()
        await owner.see("1 printer found." if way == "queue" else "1 place found.")
        field = "set_queue" if way == "queue" else "set_device"
        await owner.until(lambda: bool(owner.written(field)), "the only one to be taken")
        if way == "serial":
            owner.click("set_baud_19200")
        assert owner.sees("set_sheet_A4") == (way == "queue")
        if way == "queue":
            owner.click("set_sheet_A4")
        owner.click("set_test")
        await owner.until(lambda: len(service.slips) == 1, "the test slip")
        assert service.slips == [entries]
        await owner.see_enabled("printer_page_next")
        owner.next("printer")
        await owner.at("manager")
    paper = service.chosen.paper
    assert (paper.printer, paper.device, paper.queue) == (way, entries.device, entries.queue)


async def test_where_a_printer_is_has_to_be_said() -> None:
    service = before("printer")
    async with owner_at(service) as owner:
        await owner.at("printer")
        owner.click("set_printer_queue")
        await owner.see("This computer knows no printer")
        owner.next("printer")
        assert (await said_beside(owner, "set_queue")).startswith("Choose one of the printers")
        owner.click("set_printer_folder")
        owner.write("set_folder", "")
        owner.next("printer")
        assert "folder" in await said_beside(owner, "set_folder")
        assert "printer" not in service.done


# --- manager and recovery ---------------------------------------------------------------------------


async def test_the_rules_of_a_pin_stand_there_before_they_are_broken() -> None:
    service = before("manager")
    async with owner_at(service) as owner:
        await owner.at("manager")
        assert owner.reads("4 to 8 digits")
        pin = owner.find("pin")
        assert isinstance(pin, QLineEdit)
        assert pin.echoMode() == QLineEdit.EchoMode.Password
        await owner.fill("manager")
        await owner.at("recovery")
        owner.press("Esc")
        await owner.at("manager")
        assert (owner.written("pin"), owner.written("pin_again")) == ("", "")
        owner.next("manager")
        await owner.at("recovery")
    assert service.managers == ["Ada"], "the manager who is there stays"


async def test_a_wrong_group_is_said_beside_its_field() -> None:
    service = before("recovery")
    async with owner_at(service) as owner:
        await owner.at("recovery")
        owner.enter()
        await owner.see("Type these groups")
        for place in ASKED:
            owner.write(f"group_{place}", GROUPS[place - 1] if place != 7 else GROUPS[0])
        owner.next("recovery")
        await owner.until(lambda: owner.find("group_7").property("wrong") == "true", "what is wrong")
        assert (await said_beside(owner, "group_7")).startswith("This is not group 7.")
        assert owner.focus() == "group_7"
        assert owner.find("group_3").property("wrong") == "false"
        assert owner.written("group_3") == GROUPS[2]
        owner.type(GROUPS[6])
        owner.enter()
        await owner.at("ready")


async def test_a_sheet_that_does_not_come_out_is_printed_again() -> None:
    service = before("recovery")
    service.fails["print_recovery_sheet"] = DeviceProblem("can_not_write")
    async with owner_at(service) as owner:
        await owner.at("recovery")
        owner.enter()
        await owner.see("could not be written")
        assert not owner.reads("Type these groups")
        service.fails.clear()
        owner.enter()
        await owner.see("Type these groups")
        owner.click("recovery_again")
        await owner.until(lambda: service.sheets == 2, "another sheet")


async def test_a_sheet_printed_before_the_till_was_closed_will_do() -> None:
    service = before("recovery")
    service.sheets = 1
    async with owner_at(service) as owner:
        await owner.at("recovery")
        await owner.until(lambda: owner.sees("recovery_have"), "the way past printing")
        owner.click("recovery_have")
        for place in ASKED:
            owner.write(f"group_{place}", GROUPS[place - 1])
        owner.next("recovery")
        await owner.at("ready")
    assert service.sheets == 1


async def test_without_paper_the_sheet_is_copied_and_hidden_while_it_is_typed() -> None:
    service = before("recovery")
    service.chosen = service.chosen.model_copy(
        update={"paper": service.chosen.paper.model_copy(update={"printer": "screen"})}
    )
    async with owner_at(service) as owner:
        await owner.at("recovery")
        owner.enter()
        await owner.see("Copy all of it by hand")
        line = next(one for one in owner.window.findChildren(QLabel) if one.text() == GROUPS[2])
        assert line.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction
        owner.enter()
        await owner.see("Type these groups")
        assert not any(owner.reads(group) for group in GROUPS)
        owner.click("recovery_again")
        await owner.see("Copy all of it by hand")
        other = QWidget()
        other.show()
        other.activateWindow()
        await owner.until(lambda: not owner.reads(GROUPS[2]), "the sheet to be hidden")
        other.close()
        other.deleteLater()


# --- keyring ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["keyring_missing", "keyring_weak", "keyring_locked", "keyring_lies"])
async def test_trouble_with_the_keyring_is_said_before_the_first_page(reason: str) -> None:
    service = fresh()
    service.keyring = Misconfigured(reason)
    async with owner_at(service) as owner:
        await owner.at("welcome")
        owner.enter()
        await owner.see("nowhere else")
        assert owner.reads("keyring")
        assert owner.focus() == "keyring_page_next"
        owner.press("Esc")
        await owner.see("nowhere else")
        owner.enter()
        await owner.see("Try again")
        owner.click("keyring_page_other")
        assert owner.heard.practise == 1
        service.keyring = None
        owner.enter()
        await owner.at("shop")


async def test_a_keyring_that_locks_meanwhile_leads_back_to_the_page_it_was_at() -> None:
    service = before("manager")
    async with owner_at(service) as owner:
        await owner.at("manager")
        owner.write("manager", "Ada")
        owner.write("pin", "8264")
        owner.write("pin_again", "8264")
        service.keyring = Misconfigured("keyring_locked")
        owner.next("manager")
        await owner.see("Keyring locked")
        service.keyring = None
        owner.enter()
        await owner.at("manager")
        assert (owner.written("manager"), owner.written("pin")) == ("Ada", "8264")
        owner.next("manager")
        await owner.at("recovery")


# --- looks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (960, 540)])
async def test_on_every_page_everything_is_named_large_and_inside(size: tuple[int, int]) -> None:
    service = fresh()
    async with owner_at(service, size=size) as owner:
        owner.enter()
        for page in PAGES:
            await owner.at(page)
            assert unnamed(owner.window) == []
            for name in (f"{page}_page_next", f"{page}_page_back"):
                button = owner.find(name)
                assert button.visibleRegion().boundingRect().size() == button.size(), name
                assert button.height() >= 64
            for one in owner.window.findChildren(QWidget):
                if isinstance(one, QAbstractButton | QLineEdit) and one.isVisible():
                    assert one.height() >= 46, one.objectName()
                    right = one.mapTo(owner.window, QPoint(one.width(), 0)).x()
                    assert right <= owner.window.width(), one.objectName()
            await owner.fill(page)
        await owner.at("ready")


async def test_tab_goes_from_the_first_field_to_the_way_on_and_round() -> None:
    async with owner_at(fresh(), welcome=False) as owner:
        await owner.at("shop")
        seen = [owner.focus()]
        for _step in range(8):
            owner.press("Tab")
            seen.append(owner.focus())
        assert seen == [
            "shop_name",
            "shop_address",
            "shop_phone",
            "shop_currency",
            "shop_zone",
            "shop_page_next",
            "shop_page_back",
            "practise",
            "shop_name",
        ]
        QTest.keyClick(owner.find("shop_name"), Qt.Key.Key_Backtab)
        assert owner.focus() == "practise"


async def test_tab_reaches_what_is_behind_a_button_only_when_it_is_seen() -> None:
    async with owner_at(before("supplier")) as owner:
        await owner.at("supplier")

        def walk() -> list[str]:
            seen: list[str] = []
            while owner.focus() not in seen:
                seen.append(owner.focus())
                owner.press("Tab")
            return seen

        before_more = walk()
        assert "cardpluspay_base_url" not in before_more
        owner.click("cardpluspay_more")
        await owner.until(lambda: owner.sees("cardpluspay_base_url"), "the address")
        assert owner.focus() == "first_start"
        assert set(walk()) - set(before_more) == {
            "first_start",
            "cardpluspay_base_url",
            "cardpluspay_currency",
            "cardpluspay_signing_no",
        }
