from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pos_app.errors import DeviceProblem
from pos_app.orders.cards import Card
from pos_app.printing import text
from pos_app.printing.document import (
    QR,
    Banner,
    Cut,
    Document,
    Either,
    Face,
    Row,
    Secret,
    Text,
    groups,
    is_grouped,
    printable,
)
from pos_app.printing.receipts import card_slip, pending_slip, sale_receipt
from tests.sales_made_up import SHOP, SOLD_AT, Plan, product, sale

WIDTHS = st.integers(30, 48)
CODES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=70)
NAMES = st.text(max_size=90)


def width(line: str) -> int:
    """Counted apart from the program, by what a terminal does."""
    wide = sum(unicodedata.east_asian_width(character) in {"W", "F"} for character in line)
    unseen = sum(unicodedata.category(character) in {"Mn", "Me", "Cf"} for character in line)
    both = sum(
        unicodedata.east_asian_width(character) in {"W", "F"}
        and unicodedata.category(character) in {"Mn", "Me", "Cf"}
        for character in line
    )
    return len(line) + wide - unseen - both


def one(*blocks: Text | Row | Face | Secret | QR | Banner | Either) -> Document:
    return Document("slip", "A paper", (*blocks, Cut()))


def without_blanks(rendered: str) -> str:
    return "".join(rendered.split())


@given(CODES, WIDTHS)
@example("6034932100001230", 30)
@example("TEST-4MHD-9PTR-2WZA-TEST-4MHD-9PTR-2WZA-TEST", 30)
@example("https://redeem.acme.example/card?number=TEST-1&check=2", 32)
def test_no_character_of_a_code_is_lost_and_no_line_is_too_long(code: str, columns: int) -> None:
    rendered = text.render(one(Secret("CODE", code)), columns)
    shown = without_blanks("".join(rendered.splitlines()[1:-1]))
    assert shown == code
    assert max(map(width, rendered.splitlines())) <= columns


@given(NAMES, NAMES, CODES, WIDTHS, st.booleans())
def test_any_names_fit_on_any_paper(
    name: str, shop_name: str, code: str, columns: int, training: bool
) -> None:
    card = Card(code, "0012")
    shop = SHOP.model_copy(update={"name": shop_name, "address": name, "terms": name, "footer": shop_name})
    sold = sale(Plan(product(name, shop_name), (card,)), by=name, training=training)
    order = sold.orders[0]
    papers = [
        sale_receipt(sold, shop),
        card_slip(sold, order, order.cards[0], card, 1, 1, shop),
        pending_slip(sold, order, shop, SOLD_AT),
    ]
    for paper in papers:
        lines = text.render(paper, columns).splitlines()
        assert max(map(width, lines)) <= columns
    assert without_blanks(code) in without_blanks(text.render(papers[1], columns))


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=120), WIDTHS)
def test_a_name_of_one_long_word_is_broken_but_kept(name: str, columns: int) -> None:
    rendered = text.render(Document("receipt", "", (Row(name, "$25.00"),)), columns)
    assert without_blanks(rendered) == f"{name}$25.00"


def test_a_row_too_long_for_a_line_puts_its_value_on_the_next() -> None:
    row = Row("Café Société Générale d'Épicerie ...2WZA", "$25.00")
    assert text.render(Document("receipt", "", (row,)), 30) == (
        "Café Société Générale\nd'Épicerie ...2WZA      $25.00\n"
    )
    assert text.render(Document("receipt", "", (Row("x" * 28, "$25.00"),)), 30) == (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxx\n                        $25.00\n"
    )


def test_wide_characters_take_two_columns() -> None:
    row = Row("漢字のギフトカード", "¥500")
    assert text.render(Document("receipt", "", (row,)), 30) == "漢字のギフトカード        ¥500\n"
    assert text.wrapped("漢" * 20, 30) == ["漢" * 15, "漢" * 5]
    assert text.wrapped("Gift 漢字漢字漢字漢字漢字漢字漢字漢字", 30) == [
        "Gift 漢字漢字漢字漢字漢字漢字",
        "漢字漢字",
    ]


def test_words_are_kept_whole_where_they_can_be() -> None:
    assert text.wrapped("Never read or photograph this code", 16) == [
        "Never read or",
        "photograph this",
        "code",
    ]
    assert text.wrapped("a reportfraud.ftc.gov", 12) == ["a", "reportfraud.", "ftc.gov"]
    assert text.wrapped("", 30) == [""]
    assert text.wrapped("indented text here", 12, 2) == ["  indented", "  text here"]


def test_long_codes_are_broken_between_groups() -> None:
    rendered = text.render(one(Secret("CODE", "TEST1-TEST2-TEST3-TEST4-TEST5-TEST6-TEST7")), 30)
    assert [line.strip() for line in rendered.splitlines()[1:3]] == [
        "TEST1-TEST2-TEST3-TEST4-TEST5-",
        "TEST6-TEST7",
    ]


@pytest.mark.parametrize(
    ("code", "pieces"),
    [
        ("TEST-4MHD-9PTR-2WZA", ("TEST-", "4MHD-", "9PTR-", "2WZA")),
        ("6034932100001230", ("6034", "9321", "0000", "1230")),
        ("60349321000012304", ("6034", "9321", "0000", "12304")),
        ("6034 9321 0000", ("6034 ", "9321 ", "0000")),
        ("7694269", ("7694269",)),
        ("TEST4MHD9PT", ("TEST4MHD9PT",)),
        ("https://a.example/b?c=TEST-1", ("https:/", "/", "a.example/", "b?", "c=", "TEST-", "1")),
        ("", ("",)),
        ("A", ("A",)),
    ],
)
def test_a_code_falls_into_groups_at_its_own_joints(code: str, pieces: tuple[str, ...]) -> None:
    assert groups(code) == pieces


@given(st.text(max_size=60))
def test_groups_are_the_code(code: str) -> None:
    assert "".join(groups(code)) == code
    if is_grouped(code):
        assert {len(group) for group in groups(code)} <= {4, 2, 3, 5}


@pytest.mark.parametrize("code", ["TEST\n1", "TEST\x1b@", "TEST\u2028", "TEST\ud800"])
def test_a_code_that_is_not_made_of_characters_is_refused(code: str) -> None:
    assert not printable(code)
    with pytest.raises(DeviceProblem) as problem:
        text.render(one(Secret("CODE", code)), 42)
    assert problem.value.reason == "can_not_render"
    assert "TEST" not in repr(problem.value)


def test_what_is_secret_is_not_in_any_repr(paper: Document) -> None:
    assert not any(secret in repr(paper) for secret in ("4MHD", "7694269", "6034932100001230", "TEST-000123"))
    lines = list(text.lay_out(paper, 42))
    assert not any(secret in repr(lines) for secret in ("4MHD", "7694269", "6034", "TEST-000123"))


def test_documents_are_values(paper: Document) -> None:
    assert replace(paper) == paper
    assert hash(replace(paper)) == hash(paper)
