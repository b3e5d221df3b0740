"""The settings' page about the card companies, by keyboard: who else buys with the shop's key."""

from __future__ import annotations

import pytest

from pos_app.errors import Misconfigured
from pos_app.orders.account import Account
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill
from tests.ui.test_settings_screen import open_settings, tab_to


async def _open(cashier: Cashier, till: FakeTill) -> None:
    await open_settings(cashier, till)
    cashier.click("page_companies")
    await cashier.see("Who buys with the key of CardPlusPay?")


async def test_a_manager_says_that_nobody_else_buys_and_how_it_is_known(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        await _open(cashier, till)
        assert not cashier.sees("settings_preview")
        cashier.click("set_alone_cardpluspay_alone")
        await cashier.see("Not saved yet.")
        cashier.press("Enter")
        await cashier.see("Say how you know")
        assert till.accounts.said == []
        tab_to(cashier, "set_alone_reason")
        cashier.type("the key was made for this till")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.accounts.said == [("cardpluspay", "alone", "Mia", "the key was made for this till")]
        cashier.press("Esc")
        await _open(cashier, till)
        assert till.accounts.known["cardpluspay"].declared
        cashier.click("set_alone_cardpluspay_shared")
        tab_to(cashier, "set_alone_reason")
        cashier.type("a second till came")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.accounts.said[-1] == ("cardpluspay", "shared", "Mia", "a second till came")


async def test_of_a_company_without_a_key_nothing_is_asked(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def account(provider: str) -> Account:
        raise Misconfigured("unknown_provider", provider=provider)

    async with at_window() as cashier:
        with monkeypatch.context() as without:
            without.setattr(till.accounts, "account", account)
            await open_settings(cashier, till)
            cashier.click("page_companies")
            await cashier.see("Of no company whose books can be looked at the shop has a key.")
            assert not cashier.reads("Unknown card company")
            assert not cashier.sees("set_alone_cardpluspay_alone")
            assert not cashier.sees("set_alone_reason")
            cashier.press("Esc")
        # It has one now.
        await _open(cashier, till)
        await cashier.until(lambda: cashier.sees("set_alone_cardpluspay_alone"), "the question")
        assert not cashier.reads("Of no company")


async def test_orders_of_others_are_told_and_explained(till: FakeTill, at_window: Opener) -> None:
    till.accounts.known["cardpluspay"] = Account(declared=True, strangers=("4711", "4712"))
    async with at_window() as cashier:
        await _open(cashier, till)
        await cashier.see("2 orders in its books are not this till's")
        cashier.click("set_explained_cardpluspay_yes")
        tab_to(cashier, "set_alone_reason")
        cashier.type("bought in the portal by mistake")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.accounts.said == [("cardpluspay", "explained", "Mia", "bought in the portal by mistake")]
        assert not cashier.sees("set_explained_cardpluspay_yes")


async def test_whoever_came_in_with_the_pin_is_who_said_it(till: FakeTill, at_window: Opener) -> None:
    till.training = False
    till.people.pins = {"Ana": "4711"}
    async with at_window() as cashier:
        cashier.press("F10")
        await cashier.see("PIN")
        cashier.type("4711")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("settings"), "the settings")
        till.seconds += 1
        cashier.click("page_companies")
        await cashier.see("Who buys with the key of CardPlusPay?")
        cashier.click("set_alone_cardpluspay_alone")
        tab_to(cashier, "set_alone_reason")
        cashier.type("I made the key")
        cashier.press("Enter")
        await cashier.see("Saved.")
        assert till.accounts.said == [("cardpluspay", "alone", "Ana", "I made the key")]
