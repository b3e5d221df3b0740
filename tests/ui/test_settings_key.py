"""The keys of the card companies in the settings: told, tried with the company, kept and in force."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from pos_app.errors import Misconfigured, NotTaken, PosError
from pos_app.first_start import SecretField, SettingField, Supplier, SupplierTest
from pos_app.money import Money
from pos_app.orders.rules import Problem
from tests.cashier import Cashier
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill
from tests.ui.flaws import flaws
from tests.ui.test_settings_screen import tab_to
from ui.sheet import Sheet

SECRETS = (
    SecretField("api_key", "API key"),
    SecretField("signing_key", "Private key: for signed requests", True),
)
FIELDS = (
    SettingField("base_url", "Address", "Where it answers", "https://plus.example/v1"),
    SettingField("signing", "Signed requests", "Yes, if", "no", (("no", "No"), ("yes", "Yes"))),
)
KEPT = {"base_url": FIELDS[0].value, "signing": "no"}
KEY = "TEST-KEY-0001"


@dataclass
class Companies:
    """Companies that take one key; `error` is what goes wrong with the next try, `gate` has it wait."""

    known: dict[str, Supplier] = field(
        default_factory=lambda: {
            "cardpluspay": Supplier("cardpluspay", "CardPlusPay", "codes", SECRETS, FIELDS, kept=True),
            "levelup": Supplier("levelup", "LevelUp", "email", SECRETS[:1], FIELDS, kept=False),
        }
    )
    kept: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])
    by: list[str] = field(default_factory=list[str])
    tried: int = 0
    error: PosError | None = None
    gate: asyncio.Event | None = None

    async def suppliers(self) -> tuple[Supplier, ...]:
        return tuple(self.known.values())

    async def keep_supplier(
        self, name: str, fields: Mapping[str, str], secrets: Mapping[str, str], by: str
    ) -> SupplierTest:
        self.tried += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        if not secrets["api_key"] and not self.known[name].kept:
            return SupplierTest(name, problems=(Problem("secret", "missing", {"name": "api_key"}),))
        self.kept.append((name, dict(fields)))
        self.by.append(by)
        self.known[name] = replace(self.known[name], kept=True)
        return SupplierTest(name, Money.of("412.60", "USD"))


async def come_in(cashier: Cashier, till: FakeTill, companies: Companies) -> None:
    till.training = False
    cashier.window.supplying_of = lambda _till: companies
    cashier.press("F10")
    await cashier.until(lambda: cashier.sees("settings"), "the settings")
    till.seconds += 1
    cashier.click("page_companies")
    await cashier.until(lambda: cashier.sees("key_row_levelup"), "the companies")


async def ask(cashier: Cashier, till: FakeTill, company: str) -> None:
    cashier.click(f"key_of_{company}")
    await cashier.until(lambda: cashier.sees("sheet"), "the question")
    till.seconds += 1


async def test_a_second_company_is_added_by_keyboard(till: FakeTill, at_window: Opener) -> None:
    companies = Companies()
    async with at_window((1024, 768)) as cashier:
        await come_in(cashier, till, companies)
        QApplication.sendPostedEvents()
        assert flaws(cashier.window) == []
        assert cashier.reads("No key yet.")
        assert cashier.find("key_of_levelup").accessibleName() == "New key of LevelUp"
        tab_to(cashier, "key_of_levelup")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("sheet"), "the question")
        till.seconds += 1
        cashier.press("Enter")
        await cashier.until(lambda: cashier.find("key_levelup_api_key").property("wrong") == "true", "a no")
        assert flaws(cashier.window) == []
        cashier.type(KEY)
        tab_to(cashier, "sheet_go")
        left = left_behind(cashier)
        cashier.press("Enter")
        await cashier.see("Connected. Balance $412.60. Kept. The till buys with it from now on.")
        await cashier.until(lambda: not cashier.reads("No key yet."), "the key to be told")
        assert companies.kept == [("levelup", KEPT)]
        assert set(left) == {""}


def left_behind(cashier: Cashier) -> list[str]:
    """What still stands in the fields of the question at the moment it goes away."""
    sheet, left = cashier.find("sheet"), list[str]()
    assert isinstance(sheet, Sheet)

    def look(_key: str) -> None:
        left.extend(one.text() for one in sheet.findChildren(QLineEdit))

    sheet.closed.connect(look)
    return left


async def test_only_with_the_pin_of_whoever_came_in_is_a_key_tried_or_kept(
    till: FakeTill, at_window: Opener
) -> None:
    companies, till.people.pins = Companies(), {"Ana": "4711", "Ben": "0815"}
    async with at_window() as cashier:
        till.training = False
        cashier.window.supplying_of = lambda _till: companies
        cashier.press("F10")
        await cashier.see("A manager opens the settings")
        till.seconds += 1
        cashier.type("4711")
        cashier.press("Enter")
        await cashier.until(lambda: cashier.sees("settings"), "the settings")
        till.seconds += 1
        cashier.click("page_companies")
        await cashier.until(lambda: cashier.sees("key_row_levelup"), "the companies")
        await ask(cashier, till, "cardpluspay")
        assert cashier.reads("Your own PIN, Ana")
        assert flaws(cashier.window) == []
        cashier.write("key_cardpluspay_base_url", "https://elsewhere.example/v1")
        cashier.press("Enter")
        await cashier.see("Enter your PIN.")
        cashier.type("0815")
        cashier.press("Enter")
        await cashier.see("Wrong PIN.")
        assert cashier.find("key_own_pin").property("text") == ""
        assert companies.tried == 0
        cashier.write("key_cardpluspay_base_url", FIELDS[0].value)
        cashier.write("key_own_pin", "4711")
        left = left_behind(cashier)
        cashier.press("Enter")
        await cashier.see("Kept. The till buys with it from now on.")
        assert companies.kept == [("cardpluspay", KEPT)]
        assert set(left) == {""}


async def test_what_speaks_against_another_account_is_said_over_the_buttons(
    till: FakeTill, at_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    companies = Companies()

    async def refused(name: str, *_asked: object) -> SupplierTest:
        return SupplierTest(name, problems=(Problem("account", "orders_open", {"n": 2}),))

    monkeypatch.setattr(companies, "keep_supplier", refused)
    async with at_window((1024, 768)) as cashier:
        await come_in(cashier, till, companies)
        await ask(cashier, till, "cardpluspay")
        cashier.write("key_cardpluspay_api_key", KEY)
        cashier.press("Enter")
        await cashier.see("2 orders bought with the key until now are still open")
        QApplication.sendPostedEvents()
        assert flaws(cashier.window) == []
        assert cashier.find("entries_wrong").isVisible()


async def test_what_the_company_says_against_it_is_told_and_nothing_is_kept(
    till: FakeTill, at_window: Opener
) -> None:
    companies = Companies(error=Misconfigured("key_refused", provider="cardpluspay"))
    async with at_window() as cashier:
        await come_in(cashier, till, companies)
        await ask(cashier, till, "cardpluspay")
        assert cashier.reads("Kept. Leave it empty to keep this key.")
        cashier.write("key_cardpluspay_api_key", KEY)
        cashier.press("Enter")
        await cashier.see("CardPlusPay does not accept this key.")
        assert cashier.find("key_cardpluspay_api_key").property("text") == KEY
        companies.error = NotTaken("offline")
        cashier.press("Enter")
        await cashier.see("This computer has no connection to the internet.")
        # A keyring that can not be used is no business of the company's.
        companies.error = Misconfigured("keyring_locked")
        cashier.press("Enter")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        await cashier.see("keyring")
        assert companies.kept == []


async def test_who_goes_away_while_the_company_is_asked_hears_nothing_more(
    till: FakeTill, at_window: Opener
) -> None:
    companies = Companies(error=NotTaken("offline"), gate=asyncio.Event())
    async with at_window() as cashier:
        await come_in(cashier, till, companies)
        await ask(cashier, till, "levelup")
        cashier.write("key_levelup_api_key", KEY)
        cashier.press("Enter")
        await cashier.until(lambda: companies.tried == 1, "the company to be asked")
        cashier.press("Enter")
        cashier.press("Esc")
        await cashier.until(lambda: not cashier.sees("sheet"), "the sheet to go")
        assert companies.gate is not None
        companies.gate.set()
        await ask_again(cashier, till)
        assert (companies.tried, companies.kept) == (1, [])


async def ask_again(cashier: Cashier, till: FakeTill) -> None:
    """The button opens again once the question before is over."""

    def opened() -> bool:
        cashier.click("key_of_levelup")
        return cashier.sees("sheet")

    await cashier.until(opened, "the question once more")
    till.seconds += 1
    assert cashier.find("key_levelup_api_key").property("text") == ""
    cashier.press("Esc")


async def test_whether_requests_are_signed_is_chosen_by_keyboard(till: FakeTill, at_window: Opener) -> None:
    companies = Companies()
    async with at_window((1024, 768)) as cashier:
        await come_in(cashier, till, companies)
        await ask(cashier, till, "cardpluspay")
        tab_to(cashier, "key_cardpluspay_signing_no")
        assert cashier.find("key_cardpluspay_signing_no").accessibleName() == "Signed requests: No"
        cashier.press("Right")
        assert cashier.window.focusWidget().objectName() == "key_cardpluspay_signing_yes"
        QApplication.sendPostedEvents()
        assert flaws(cashier.window) == []
        cashier.press("Tab")
        assert cashier.window.focusWidget().objectName() == "sheet_go"
        cashier.find("key_cardpluspay_signing_yes").setFocus()
        # Enter goes on with what is chosen.
        cashier.press("Enter")
        await cashier.see("Kept. The till buys with it from now on.")
        assert companies.kept == [("cardpluspay", {**KEPT, "signing": "yes"})]
        await cashier.until(
            lambda: cashier.window.focusWidget().objectName() == "key_of_cardpluspay",
            "the focus where it was",
        )


async def test_what_was_about_to_be_said_of_the_account_before_is_not_said_of_the_new_one(
    till: FakeTill, at_window: Opener
) -> None:
    companies = Companies()
    async with at_window() as cashier:
        await come_in(cashier, till, companies)
        cashier.click("set_alone_cardpluspay_alone")
        await cashier.see("Not saved yet.")
        await ask(cashier, till, "cardpluspay")
        cashier.write("key_cardpluspay_api_key", KEY)
        cashier.press("Enter")
        await cashier.see("Kept. The till buys with it from now on.")
        assert not cashier.can_press("companies_page_save")
        assert till.accounts.said == []


async def test_in_training_there_are_no_keys(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        cashier.window.supplying_of = lambda _till: Companies()
        cashier.press("F10")
        await cashier.until(lambda: cashier.sees("settings"), "the settings")
        till.seconds += 1
        cashier.click("page_companies")
        await cashier.see("Who buys with the key of CardPlusPay?")
        assert not cashier.reads("Keys of the card companies")
