"""The settings' page about people, by keyboard: who sells here, and who is a manager, with which PIN."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from pos_app.errors import StoreProblem
from pos_app.orders.notes import SETTINGS, SettingChanged
from pos_app.people import PinCheck
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import NOON, FakeTill
from tests.ui.flaws import flaws
from tests.ui.test_settings_screen import open_settings, tab_to
from ui.sheet import Sheet

PINS = {"Ana": "4711", "Ben": "0815"}


@pytest.fixture
def shop(till: FakeTill) -> FakeTill:
    """A real shop with two managers."""
    till.training, till.people.pins = False, dict(PINS)
    return till


async def come_in(cashier: Cashier, till: FakeTill, pin: str = "4711") -> None:
    """Come to the page as the first manager."""
    cashier.press("F10")
    await cashier.see("A manager opens the settings")
    till.seconds += 1
    cashier.type(pin)
    cashier.press("Enter")
    await cashier.until(lambda: cashier.sees("settings"), "the settings")
    till.seconds += 1
    cashier.click("page_people")
    await cashier.until(lambda: cashier.sees(f"manager_row_{len(till.people.pins) - 1}"), "the managers")


async def ask(cashier: Cashier, till: FakeTill, button: str) -> None:
    """Press a button that asks for more."""
    cashier.click(button)
    await cashier.until(lambda: cashier.sees("sheet"), button)
    till.seconds += 1


async def gone(cashier: Cashier) -> None:
    await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")


def fill(cashier: Cashier, **typed: str) -> None:
    for name, text in typed.items():
        cashier.write(f"person_{name}", text)


async def test_a_manager_adds_another_one_by_keyboard(shop: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await come_in(cashier, shop)
        assert cashier.reads("Manager since")
        tab_to(cashier, "people_add")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("sheet"), "the question")
        shop.seconds += 1
        for name, text in (("name", " Kim "), ("pin", "9305"), ("pin_again", "9305"), ("own_pin", "4711")):
            tab_to(cashier, f"person_{name}")
            cashier.type(text)
        tab_to(cashier, "sheet_go")
        cashier.press("Enter")
        await cashier.see("Kim is a manager now.")
        await gone(cashier)
        assert shop.people.pins == {**PINS, "Kim": "9305"}
        assert cashier.sees("manager_row_2")
        await cashier.until(lambda: _focus(cashier) == "people_add", "to go on where one was")


async def test_what_is_wrong_is_said_beside_each_field_and_nobody_is_added(
    shop: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await come_in(cashier, shop)
        await ask(cashier, shop, "people_add")
        cashier.press("Enter")
        await cashier.see("Enter the manager's name.")
        assert cashier.reads("A PIN has 4 to 8 digits.")
        assert cashier.reads("Enter your PIN.")
        assert _focus(cashier) == "person_name"
        fill(cashier, name="BEN", pin="1234", pin_again="1235", own_pin="4711")
        cashier.press("Enter")
        await cashier.see("Anybody would try this PIN first. Choose another.")
        assert cashier.reads("The two PINs differ. Type the same PIN twice.")
        assert _focus(cashier) == "person_pin"
        fill(cashier, pin="9305", pin_again="9305")
        cashier.press("Enter")
        await cashier.see("There is a manager of this name already.")
        assert _focus(cashier) == "person_name"
        fill(cashier, name="B")
        assert not cashier.reads("of this name already")
        assert shop.people.pins == PINS
        cashier.press("Esc")
        await gone(cashier)
        assert shop.people.pins == PINS


async def test_only_with_the_pin_of_whoever_came_in_is_anything_changed(
    shop: FakeTill, at_window: Opener
) -> None:
    shop.people.wait = timedelta(seconds=5)
    async with at_window() as cashier:
        await come_in(cashier, shop)
        for button, typed in (
            ("people_add", {"name": "Kim", "pin": "9305", "pin_again": "9305"}),
            ("manager_pin_1", {"pin": "9305", "pin_again": "9305"}),
            ("manager_retire_1", {}),
        ):
            await ask(cashier, shop, button)
            fill(cashier, **typed, own_pin="0815")
            cashier.press("Enter")
            await cashier.see("Wrong PIN. Wait 5 seconds.")
            assert _focus(cashier) == "person_own_pin"
            assert shop.people.pins == PINS
            cashier.press("Esc")
            await gone(cashier)


async def test_another_manager_and_oneself_get_a_new_pin(shop: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await come_in(cashier, shop)
        await ask(cashier, shop, "manager_pin_1")
        assert cashier.reads("New PIN for Ben")
        fill(cashier, pin="0000", pin_again="0000", own_pin="4711")
        cashier.press("Enter")
        await cashier.see("Anybody would try this PIN first.")
        fill(cashier, pin="9305", pin_again="9305")
        cashier.click("sheet_go")
        await cashier.see("Ben has a new PIN.")
        await gone(cashier)
        assert shop.people.pins == {"Ana": "4711", "Ben": "9305"}
        # One's own is changed with the one until now; from then on the new one is asked for.
        await ask(cashier, shop, "manager_pin_0")
        assert cashier.reads("PIN until now")
        assert _focus(cashier) == "person_own_pin"
        fill(cashier, own_pin="4711", pin="8264", pin_again="8264")
        cashier.press("Enter")
        await cashier.see("Ana has a new PIN.")
        await gone(cashier)
        await ask(cashier, shop, "manager_retire_1")
        fill(cashier, own_pin="8264")
        cashier.press("Enter")
        await cashier.see("Ben is no manager any more.")
        assert shop.people.pins == {"Ana": "8264"}


async def test_who_retires_decides_no_more_and_the_last_one_stays(shop: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await come_in(cashier, shop)
        cashier.click("manager_retire_0")
        await cashier.see("You came in as Ana: another manager retires you.")
        assert not cashier.sees("sheet")
        await ask(cashier, shop, "manager_retire_1")
        assert cashier.reads("What Ben decided stays written.")
        fill(cashier, own_pin="4711")
        cashier.press("Enter")
        await cashier.see("Ben is no manager any more.")
        await gone(cashier)
        assert shop.people.pins == {"Ana": "4711"}
        assert shop.people.done == [("retired", "Ben", "Ana")]
        assert not cashier.sees("manager_row_1")
        cashier.click("manager_retire_0")
        await cashier.see("Nobody else could decide then. Add another manager first.")
        assert not cashier.sees("sheet")


async def test_the_first_one_of_all_is_added_without_a_pin_of_somebody_else(
    till: FakeTill, at_window: Opener
) -> None:
    till.training = False
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_people")
        await ask(cashier, till, "people_add")
        assert not cashier.sees("person_own_pin")
        fill(cashier, name="Kim", pin="9305", pin_again="9305")
        cashier.press("Enter")
        await cashier.see("Kim is a manager now.")
        await gone(cashier)
        await ask(cashier, till, "people_add")
        assert cashier.reads("Your own PIN, Kim")


async def test_what_only_the_store_finds_is_said_too(
    shop: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(name: str, *, by: str) -> tuple[()]:
        del by
        raise StoreProblem("full", path=name)

    async with at_window() as cashier:
        await come_in(cashier, shop)
        await ask(cashier, shop, "manager_retire_1")
        del shop.people.pins["Ben"]
        fill(cashier, own_pin="4711")
        cashier.press("Enter")
        await cashier.see("Nobody else could decide then. Add another manager first.")
        assert cashier.sees("sheet")
        assert shop.people.pins == {"Ana": "4711"}
        monkeypatch.setattr(shop.people, "retire", full)
        cashier.press("Enter")
        await gone(cashier)
        await cashier.see("The disk is full")


async def test_in_training_there_are_no_managers(till: FakeTill, at_window: Opener) -> None:
    till.people.pins = dict(PINS)
    async with at_window() as cashier:
        await open_settings(cashier, till)
        cashier.click("page_people")
        await cashier.see("In training nobody is asked for a PIN, and there are no managers.")
        assert not cashier.sees("people_add")
        assert not cashier.sees("manager_row_0")


# --- who sells ---------------------------------------------------------------------------------------


async def test_who_changed_what_is_read_by_keyboard(shop: FakeTill, at_window: Opener) -> None:
    async with at_window((1024, 768)) as cashier:
        await come_in(cashier, shop)
        tab_to(cashier, "people_record")
        cashier.press("Enter")
        await cashier.see("Nothing was changed under Settings yet.")
        cashier.press("Esc")
        await gone(cashier)
        head = {"id": "1", "order_id": SETTINGS, "n": 0, "at": NOON, "by": "Ana", "till": "03"}
        shop.setting_log.written = (
            SettingChanged.model_validate({**head, "what": "pin_changed", "about": "Ben"}),
            SettingChanged.model_validate(
                {**head, "what": "company", "about": "LevelUp", "parts": [{"name": "user_token"}]}
            ),
        )
        await ask(cashier, shop, "people_record")
        await cashier.see("Ana gave Ben a new PIN.")
        assert cashier.reads("Ana changed LevelUp. Another key: user_token")
        QApplication.sendPostedEvents()
        assert flaws(cashier.window) == []
        cashier.press("Enter")
        await gone(cashier)


async def test_the_next_sale_is_sold_under_the_name_that_was_saved(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        # Screens that were made before, and a basket that waits meanwhile.
        await cashier.take("boreal")
        await cashier.charge()
        cashier.press("Esc")
        cashier.press("F3")
        cashier.press("F4")
        await open_settings(cashier, till)
        cashier.click("page_people")
        await cashier.see("Who sells here")
        cashier.write("set_cashier", " ")
        cashier.press("Enter")
        await cashier.see("Enter who sells here: the name stands on every receipt.")
        cashier.write("set_cashier", " Kim ")
        cashier.press("Enter")
        await cashier.see("Saved. The next sale is sold under this name.")
        assert till.settings.cashier == "Kim"
        await cashier.until(lambda: "Kim" in cashier.texts(), "the name in the line above")
        cashier.press("F2")
        await cashier.charge()
        till.seconds += 1
        await cashier.see_enabled("issue")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.can_press("new_sale"), "the result")
        assert {entries[0].by for entries in till.sales.entries.values()} == {"Kim"}


# --- PINs in the window ------------------------------------------------------------------------------


def left_behind(cashier: Cashier) -> list[str]:
    """What still stands in the fields of the question at the moment it goes away."""
    sheet, left = cashier.find("sheet"), list[str]()
    assert isinstance(sheet, Sheet)

    def look(_key: str) -> None:
        left.extend(one.text() for one in sheet.findChildren(QLineEdit))

    sheet.closed.connect(look)
    return left


async def test_no_pin_stays_in_the_window(shop: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await come_in(cashier, shop)
        await ask(cashier, shop, "people_add")
        fill(cashier, name="Kim", pin="9305", pin_again="9306", own_pin="4711")
        masked = [
            one for one in cashier.window.findChildren(QLineEdit) if one.text() in {"9305", "9306", "4711"}
        ]
        assert len(masked) == 3
        assert all(one.displayText() not in {"9305", "9306", "4711"} for one in masked)
        left = left_behind(cashier)
        cashier.press("Esc")
        await gone(cashier)
        assert left == [""] * 4
        await ask(cashier, shop, "manager_pin_1")
        fill(cashier, pin="9305", pin_again="9305", own_pin="4711")
        left = left_behind(cashier)
        cashier.press("Enter")
        await cashier.see("Ben has a new PIN.")
        await gone(cashier)
        assert left == [""] * 3
        assert "9305" not in " ".join(cashier.texts())


async def test_a_window_that_closes_meanwhile_takes_the_question_along(
    shop: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, tried = asyncio.Event(), list[str]()

    async def never(name: str, _pin: str) -> None:
        tried.append(name)
        begun.set()
        await asyncio.Event().wait()

    async with at_window() as cashier:
        await come_in(cashier, shop)
        await ask(cashier, shop, "manager_retire_1")
        monkeypatch.setattr(shop.people, "verify", never)
        fill(cashier, own_pin="4711")
        cashier.press("Enter")
        await asyncio.wait_for(begun.wait(), 60)
        # Pressed again it is asked once.
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.can_press("sheet_go"), "the button to wait")
    assert tried == ["Ana"]
    assert shop.people.pins == PINS


async def test_enter_that_is_held_or_comes_too_early_tries_no_pin(
    shop: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    verify = shop.people.verify

    async def counted(name: str, pin: str) -> PinCheck:
        tried.append(pin)
        return await verify(name, pin)

    async with at_window() as cashier:
        await come_in(cashier, shop)
        monkeypatch.setattr(shop.people, "verify", counted)
        cashier.click("manager_retire_1")
        await cashier.until(lambda: cashier.sees("sheet"), "the question")
        # The press that opened it bounces.
        fill(cashier, own_pin="0815")
        cashier.press("Enter")
        assert cashier.can_press("sheet_go")
        shop.seconds += 1
        pin = cashier.find("person_own_pin")
        enter = Qt.Key.Key_Return
        held = QKeyEvent(QEvent.Type.KeyPress, enter, Qt.KeyboardModifier.NoModifier, "\r", autorep=True)
        QApplication.sendEvent(pin, held)
        assert cashier.can_press("sheet_go")
        cashier.press("Enter")
        await cashier.see("Wrong PIN.")
        assert tried == ["0815"]
        # What was wrong is not there any more to be tried once more.
        assert pin.property("text") == ""
        cashier.press("Enter")
        await cashier.see("Enter your PIN.")
        assert tried == ["0815"]


async def test_a_manager_who_is_added_elsewhere_meanwhile_is_nobody_of_ours(
    shop: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await come_in(cashier, shop)
        await ask(cashier, shop, "people_add")
        shop.people.pins["Zoe"] = "8264"
        fill(cashier, name=" Kim ", pin="9305", pin_again="9305", own_pin="4711")
        cashier.press("Enter")
        await cashier.see("Kim is a manager now.")
        assert cashier.sees("manager_row_3")


# --- its looks ---------------------------------------------------------------------------------------


async def test_all_is_named_and_there_and_large_enough(shop: FakeTill, at_window: Opener) -> None:
    shop.people.pins["Maximiliana Wolkenstein-Trostburg zu Xx"] = "8264"
    async with at_window() as cashier:
        await come_in(cashier, shop)
        spoken = {cashier.find(f"manager_{what}_1").accessibleName() for what in ("pin", "retire")}
        assert spoken == {"New PIN for Ben", "Retire Ben"}
        for wide, high in ((1024, 768), (800, 480)):
            cashier.window.resize(wide, high)
            await cashier.until(lambda: cashier.window.width() == wide, "the size")  # noqa: B023
            QApplication.sendPostedEvents()
            assert flaws(cashier.window) == []
            for name in ("people_add", "manager_pin_2", "manager_retire_2"):
                assert cashier.find(name).height() >= 48
            for button in ("people_add", "manager_pin_1", "manager_retire_1"):
                await ask(cashier, shop, button)
                cashier.press("Enter")
                await cashier.see("Enter your PIN.")
                QApplication.sendPostedEvents()
                assert flaws(cashier.window) == []
                cashier.press("Esc")
                await gone(cashier)


def _focus(cashier: Cashier) -> str:
    return cashier.window.focusWidget().objectName()
