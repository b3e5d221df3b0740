"""What a shop chooses at the window is on the next paper, and still there when the till is opened again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pos_app.settings import FILE_NAME, load
from tests.cashier import Cashier
from tests.journeys.conftest import Counter


async def _open_settings(cashier: Cashier, counter: Counter) -> None:
    cashier.press("F10")
    await cashier.until(lambda: cashier.sees("settings"), "the settings")
    counter.wait_a_moment()


async def test_another_head_and_another_folder(counter: Counter, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    async with counter.open() as cashier:
        await _open_settings(cashier, counter)
        cashier.click("page_shop")
        cashier.write("set_shop_name", "QUAY BOOKS")
        cashier.press("Enter")
        await cashier.see("Saved.")
        cashier.click("page_paper")
        cashier.write("set_folder", str(counter.paper.parent / "within"))
        cashier.press("Enter")
        await cashier.see("Choose a folder outside the store")
        cashier.write("set_folder", str(elsewhere))
        cashier.click("set_test")
        await cashier.see("Written. Look for the test slip in")
        await cashier.until(lambda: any(elsewhere.glob("test-*.txt")), "the test slip")
        cashier.click("set_width_32")
        cashier.press("Enter")
        await cashier.see("Saved.")
        cashier.press("Esc")
        await cashier.take("acme games", "$10")
        await counter.pay_exact(cashier)
        await cashier.see("Done.")
        await cashier.until(lambda: any(elsewhere.glob("*slip-1.pdf")), "the slip in the new folder")
    (slip,) = elsewhere.glob("*slip-1.txt")
    lines = slip.read_text(encoding="utf-8").splitlines()
    assert any("QUAY BOOKS" in line for line in lines)
    assert max(map(len, lines)) <= 32
    assert not list(counter.paper.glob("*slip*"))
    kept = load(counter.paper.parent / FILE_NAME)
    assert (kept.shop.name, kept.paper.columns) == ("QUAY BOOKS", 32)
    async with counter.open() as cashier:
        await _open_settings(cashier, counter)
        assert str(elsewhere) in cashier.texts()
        cashier.click("page_shop")
        assert "QUAY BOOKS" in cashier.texts()


async def test_the_time_is_told_by_the_new_zone(counter: Counter) -> None:
    async with counter.open() as cashier:
        await cashier.take("boreal")
        await counter.pay_exact(cashier)
        await cashier.see("Done.")
        cashier.press("F3")
        await cashier.until(lambda: cashier.sees("orders_table"), "the orders")
        before = cashier.find("clock").property("text")
        await _open_settings(cashier, counter)
        cashier.click("page_shop")
        cashier.click("set_zone")
        QTest.keyClick(cashier.window.focusWidget(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        # Half an hour beside every whole one: no minute of it can be the same.
        cashier.type("kolkata")
        await cashier.until(lambda: cashier.sees("set_zone_list"), "what fits")
        cashier.press("Enter")
        cashier.press("Enter")
        await cashier.see("Saved.")
        await cashier.until(lambda: cashier.find("clock").property("text") != before, "the other time")
        cashier.press("F3")
        await cashier.until(lambda: cashier.sees("orders_table"), "the orders")
