"""A list of products that is read behind a sale: how far it came, stopping it, and what it no longer has."""

from __future__ import annotations

from datetime import UTC, datetime

from pos_app.catalog import Reading
from tests.ui.conftest import Opener
from tests.ui.fakes import FakeTill


async def test_a_card_that_vanished_says_so_in_the_basket(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        await cashier.take("acme")
        await cashier.see_enabled("charge")
        line = till.sales.checked[0].id
        shelf, till.catalog.shelf = till.catalog.shelf, till.catalog.shelf[1:]
        till.changes.announce("products")
        await cashier.see("The company does not sell this card any more.")
        assert not cashier.can_press("charge")
        cashier.click(f"line_edit_{line}")
        assert not cashier.reads("Save $")
        till.catalog.shelf = shelf
        till.changes.announce("products")
        await cashier.see("in stock")
        assert cashier.can_press("charge")


async def test_how_far_a_list_was_read_stands_where_products_are_counted(
    till: FakeTill, at_window: Opener
) -> None:
    async with at_window() as cashier:
        till.catalog.progress = Reading("cardpluspay", 3400, 20_000)
        till.changes.announce("reading")
        await cashier.see("Reading: 3,400 of 20,000")
        till.catalog.progress = Reading("cardpluspay", 3500)
        till.changes.announce("reading")
        await cashier.see("Reading: 3,500")
        cashier.type("acme")
        assert cashier.reads("1 found"), "who looks for something is told what was found"
        till.catalog.progress = None
        cashier.press("Esc")
        assert not cashier.reads("Reading")


async def test_reading_is_stopped_and_begun_at_the_company_s_light(till: FakeTill, at_window: Opener) -> None:
    async with at_window() as cashier:
        till.catalog.progress = Reading("cardpluspay", 3400, 20_000)
        cashier.click("light_cardpluspay")
        assert cashier.reads("Its products are being read: 3,400 of 20,000 so far.")
        cashier.click("sheet_stop")
        assert till.catalog.progress is None
        for progress, words in (
            (Reading("cardpluspay", 3400), "Its products are being read: 3,400 so far."),
            (
                Reading("cardpluspay", 0, None, datetime(2026, 11, 21, 21, 42, tzinfo=UTC)),
                "It asked to wait. Reading its products goes on at",
            ),
        ):
            till.catalog.progress = progress
            cashier.click("light_cardpluspay")
            assert cashier.reads(words)
            cashier.press("Esc")
        till.catalog.progress = None
        cashier.click("light_cardpluspay")
        cashier.click("sheet_read")
        await cashier.until(lambda: till.catalog.refreshed == 1, "a refresh")
        cashier.click("light_levelup")
        assert not cashier.sees("sheet_read"), "that company has no list here"
