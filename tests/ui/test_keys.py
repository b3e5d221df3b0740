"""The keys: each does what its button does, can be another one, and is told wherever it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill
from tests.ui.names import unnamed
from tests.ui.test_settings_screen import open_settings
from ui import keys
from ui.sheet import KeyRows
from ui.widgets.buttons import ActionButton

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def as_shipped() -> Iterator[None]:
    keys.use({})
    yield
    keys.use({})


async def open_page(cashier: Cashier, till: FakeTill) -> None:
    await open_settings(cashier, till)
    cashier.click("page_keys")
    await cashier.until(lambda: cashier.sees("set_key_charge"), "the keys")


def change(cashier: Cashier, action: str, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    cashier.click(f"set_key_{action}")
    assert cashier.reads("Press the new key…")
    QTest.keyClick(cashier.window.focusWidget(), key, held or Qt.KeyboardModifier.NoModifier)


def on_button(cashier: Cashier, name: str) -> str:
    button = cashier.find(name)
    assert isinstance(button, ActionButton)
    return button.key()


def told(cashier: Cashier) -> str:
    cashier.press("F1")
    words = cashier.find("key_rows").accessibleName()
    cashier.press("Esc")
    return words


async def test_another_key_does_it_and_the_old_one_nothing(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        assert on_button(cashier, "charge") == "F12"
        await open_page(cashier, till)
        assert unnamed(cashier.window) == []
        change(cashier, "charge", Qt.Key.Key_F11)
        change(cashier, "orders", Qt.Key.Key_O, CTRL)
        cashier.click("keys_page_save")
        await cashier.see("Saved. The buttons show the new keys.")
        assert till.settings.keys == {"charge": "F11", "orders": "Ctrl+O"}
        cashier.press("Esc")
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        assert on_button(cashier, "charge") == "F11"
        words = told(cashier)
        assert "F11: Charge" in words
        assert "Ctrl+O: Orders" in words
        assert "F12" not in words
        cashier.press("F12")
        cashier.press("F3")
        assert cashier.sees("sell")
        QTest.keyClick(cashier.window.focusWidget(), Qt.Key.Key_O, CTRL)
        await cashier.until(lambda: cashier.sees("orders"), "the orders")
        cashier.press("Esc")
        cashier.press("F11")
        await cashier.see("Read back")


async def test_keys_are_kept_and_can_be_as_they_were(till: FakeTill, at_window: Opener) -> None:
    till.preferences.settings = till.settings.model_copy(
        update={"keys": {"print": "Shift+F5", "charge": "x"}}
    )
    async with at_window() as cashier:
        assert (keys.told("print"), keys.told("charge")) == ("Shift+F5", "F12")
        await open_page(cashier, till)
        cashier.click("keys_shipped")
        assert cashier.reads("Not saved yet.")
        cashier.click("keys_page_save")
        await cashier.see("Saved.")
        assert till.settings.keys == {}
        assert keys.told("print") == "F8"


async def test_a_key_that_is_taken_is_refused_until_it_is_free(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await open_page(cashier, till)
        change(cashier, "charge", Qt.Key.Key_F3)
        assert cashier.reads("F3 is taken already: Orders.")
        cashier.click("keys_page_save")
        assert till.settings.keys == {}
        change(cashier, "orders", Qt.Key.Key_F12)
        assert not cashier.reads("is taken already")
        cashier.click("keys_page_save")
        await cashier.see("Saved.")
        assert till.settings.keys == {"charge": "F3", "orders": "F12"}


async def test_what_types_or_scans_or_edits_is_no_key_of_anything(till: FakeTill, at_window: Opener) -> None:
    refused = (
        (Qt.Key.Key_A, None, "Letters, digits and signs are typed"),
        (Qt.Key.Key_7, None, "Letters, digits and signs are typed"),
        (Qt.Key.Key_Return, None, "Enter and Tab end what is typed or scanned."),
        (Qt.Key.Key_Tab, None, "Enter and Tab end what is typed or scanned."),
        (Qt.Key.Key_J, CTRL, "A scanner may send this key"),
        (Qt.Key.Key_C, CTRL, "This key edits what stands in a field."),
        (Qt.Key.Key_F4, Qt.KeyboardModifier.AltModifier, "Keys with Alt belong to the system."),
        (Qt.Key.Key_Left, CTRL, "This key edits what stands in a field."),
    )
    async with at_window() as cashier:
        await open_page(cashier, till)
        for key, held, words in refused:
            change(cashier, "charge", key, held)
            assert cashier.reads(words), key
            assert keys.written("F12") in cashier.texts()
        change(cashier, "charge", Qt.Key.Key_Escape)
        assert cashier.sees("settings"), "Esc ends the waiting and no more"
        assert not cashier.can_press("keys_page_save")


@pytest.mark.parametrize(
    "key", ["", "F3, F4", "Enter", "Esc", "Ctrl+M", "Ctrl+V", "Q", "Meta+K", "Ctrl+Space", "?"]
)
def test_a_file_written_by_hand_makes_no_key_of_it(key: str) -> None:
    keys.use({"charge": key, "nobody": "F9"})
    assert keys.in_force() == keys.SHIPPED


def test_of_two_actions_on_one_key_neither_counts() -> None:
    keys.use({"charge": "F11", "print": "F11"})
    assert keys.in_force() == keys.SHIPPED
    keys.use({"charge": "F8", "print": "F12"})
    assert (keys.told("charge"), keys.told("print")) == ("F8", "F12")


async def test_every_key_of_the_window_is_told_at_sell(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        words = told(cashier)
        for action in keys.SHIPPED:
            if action not in {"region", "lessons"}:
                assert f"{keys.told(action)}: " in words
        assert "Delete: " in words
        assert "Arrows: " in words


@pytest.mark.usefixtures("qapp")
def test_what_a_key_does_is_told_whole_however_long_it_is() -> None:
    short, long = ("Enter", "Take it"), ("Enter", "Take it as a part of what there is to pay " * 2)
    one, two = KeyRows((short,)), KeyRows((short, long))
    assert two.heightForWidth(2_000) == 2 * one.heightForWidth(2_000)
    assert two.heightForWidth(240) > 2 * one.heightForWidth(240)
