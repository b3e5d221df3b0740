"""The recovery sheet and the test page on paper: nothing is cut off, and only the sheet holds the key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from pos_app import recovery
from pos_app.printing import escpos, sheets, text
from pos_app.settings import TRAINING_SHOP
from tests.first_start.conftest import groups_on

AT: Final = datetime(2026, 11, 22, 1, 2, tzinfo=UTC)
GROUPS: Final = recovery.groups(bytes(range(100, 132)))
SHEET: Final = sheets.recovery_sheet(TRAINING_SHOP, "ab12cd34ef56", GROUPS, AT)


@pytest.mark.parametrize("columns", [30, 32, 42, 48])
def test_the_groups_stand_whole_on_every_paper(columns: int) -> None:
    lines = text.render(SHEET, columns).splitlines()
    assert max(map(len, lines)) <= columns
    said = " ".join(
        line.strip() for before, line in zip(["", *lines], lines, strict=False) if "GROUP" in before
    )
    assert recovery.read(said) == bytes(range(100, 132))
    assert escpos.render(SHEET, profile="default", columns=columns)


def test_the_sheet_says_whose_it_is_and_what_to_do() -> None:
    said = " ".join(text.render(SHEET, 42).split())
    for wanted in (
        "HARBOUR NEWS & GIFTS",
        "AB12-CD34",
        "2026-11-21 20:02 EST",
        "countercard recover",
        "GROUP 13",
    ):
        assert wanted in said
    assert groups_on(SHEET) == GROUPS
    assert not any(group in repr(SHEET) for group in GROUPS)
    assert "AB12-CD34" in SHEET.title


def test_a_store_is_known_by_eight_digits() -> None:
    assert sheets.store_number("0123456789abcdef") == "0123-4567"


@pytest.mark.parametrize("columns", [30, 42])
def test_the_test_page_shows_both_edges_and_no_secret(columns: int) -> None:
    lines = text.render(sheets.test_page(TRAINING_SHOP, "03", AT), columns).splitlines()
    assert any(line.isdigit() and len(line) == columns for line in lines)
    assert any("Register 03" in line for line in lines)
    assert not any(group in "".join(lines) for group in GROUPS)
