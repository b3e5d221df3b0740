"""What a state wants said: chosen by the address or by the shop, on the slip and on the customer's card."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from pos_app import i18n
from pos_app.errors import DeviceProblem
from pos_app.guard_words import card_lines
from pos_app.printing.document import Banner, Cut, Text
from pos_app.printing.text import render
from pos_app.printing.warning_papers import customer_card, general, slip_notice
from pos_app.scam_notices import in_language, notice_for, notices, region_of
from pos_app.settings import TRAINING_SHOP, Shop
from tests.world import KeepingPrinter, World


@pytest.mark.parametrize(
    ("address", "chosen", "region"),
    [
        ("14 Quay Street, Albany NY 12207", "", "US-NY"),
        ("1 Main St\nNewark, NJ 07102-1234\nUSA", "", "US-NJ"),
        ("NY 10001 Building\n2 Pratt St, Baltimore, MD 21201", "", "US-MD"),
        ("5 Elm St, Austin TX 73301", "", "US-TX"),
        ("12 Ny Street 12345", "", ""),
        ("", "", ""),
        ("", "US-MD", "US-MD"),
        ("14 Quay Street, Albany NY 12207", "elsewhere", "elsewhere"),
        ("5 Broadway, New York 10001", "", "US-NY"),
        ("5 Broadway\nNew York, New York\n10001", "", "US-NY"),
        ("3 Broad St, Newark, New Jersey 07102", "", "US-NJ"),
        ("2 pratt st, baltimore, maryland", "", "US-MD"),
        ("albany ny 12207", "", "US-NY"),
        ("Newark, N.J. 07102", "", "US-NJ"),
        ("Baltimore, Md. 21201", "", "US-MD"),
        ("1 Main St\nAlbany, NY, USA", "", "US-NY"),
        ("10 Maryland Ave, Washington DC 20002", "", "US-DC"),
        ("1 New York Ave NW\nAustin, TX 73301", "", "US-TX"),
        ("New York Deli\n10115 Berlin", "", ""),
        ("Maryland Avenue 5", "", ""),
    ],
)
def test_the_state_is_where_the_address_says_or_as_chosen(address: str, chosen: str, region: str) -> None:
    shop = Shop.model_validate({"address": address, "region": chosen})
    assert region_of(shop) == region
    notice = notice_for(shop)
    assert (notice.region if notice else "") == (region if region in {"US-NY", "US-NJ", "US-MD"} else "")


def test_each_notice_names_its_law_and_has_its_words() -> None:
    assert {one.region for one in notices()} == {"US-NY", "US-NJ", "US-MD"}
    for one in notices():
        assert "§" in one.source or "56:8-110" in one.source
        assert one.wants
        assert one.sign.startswith("https://")
    maryland = notice_for(Shop(region="US-MD"))
    assert maryland is not None
    assert "may not be used to pay debt" in maryland.words
    jersey = notice_for(Shop(region="US-NJ"))
    assert jersey is not None
    assert "Division of Consumer Affairs" in jersey.words


@pytest.mark.parametrize("language", sorted(set(i18n.languages()) - {"en"}))
def test_a_language_has_the_words_of_every_notice_in_its_own_folder(language: str) -> None:
    words = in_language(language)
    assert set(words) == {one.region for one in notices()}
    for one in notices():
        assert words[one.region] != one.text, "not translated yet"
        phone = re.search(r"1-8[0-9-]+", one.text)
        assert phone is not None
        assert phone[0] in words[one.region], "whom to call is the same in every language"


@pytest.mark.parametrize(
    ("language", "spoken"), [("es_MX", "es"), ("ar", "ar"), ("xx", ""), ("../guard", ""), ("en", "")]
)
def test_a_notice_speaks_the_language_where_it_has_it(language: str, spoken: str) -> None:
    maryland = notice_for(Shop(region="US-MD"))
    assert maryland is not None
    i18n.set_language(language)
    try:
        assert maryland.words == in_language(spoken).get("US-MD", maryland.text)
    finally:
        i18n.set_language("en")


def test_the_slip_has_the_state_s_words_where_the_general_ones_do_less() -> None:
    assert slip_notice(Shop(region="elsewhere")).text == general()
    assert slip_notice(TRAINING_SHOP).text == general()
    assert "debt" in slip_notice(Shop(region="US-MD")).text
    assert "New Jersey" in slip_notice(Shop(region="US-NJ")).text


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_the_customer_s_card_is_a_paper_like_the_others(columns: int) -> None:
    page = customer_card(TRAINING_SHOP)
    assert page.kind == "sheet"
    assert isinstance(page.blocks[1], Banner)
    assert isinstance(page.blocks[-1], Cut)
    large = [block.text for block in page.blocks if isinstance(block, Text) and block.size == "large"]
    assert large[1:] == list(card_lines())
    printed = render(page, columns)
    assert all(len(line) <= columns for line in printed.splitlines())
    assert "1-800-697-1220" in printed
    assert "reportfraud.ftc.gov" in render(customer_card(Shop()), columns)


def test_the_card_goes_to_the_printer_as_often_as_it_is_wanted(tmp_path: Path) -> None:
    async def run() -> None:
        async with World(tmp_path) as world:
            await world.register.printouts.print_customer_card()
            world.clock.turn(seconds=1)
            await world.register.printouts.print_customer_card()
            assert len(world.printer.papers) == 2
            world.printer.trouble = DeviceProblem("no_paper")
            with pytest.raises(DeviceProblem, match="no_paper"):
                await world.register.printouts.print_customer_card()
            assert isinstance(world.printer, KeepingPrinter)
            world.register.printouts.use(None, TRAINING_SHOP)
            with pytest.raises(DeviceProblem, match="no_printer"):
                await world.register.printouts.print_customer_card()

    asyncio.run(run())
