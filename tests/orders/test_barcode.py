"""Barcodes told apart from mistakes, and two writings of one number from two numbers."""

from __future__ import annotations

import pytest

from pos_app.orders.barcode import (
    FEWEST,
    MOST,
    as_read,
    code_of,
    is_own_label,
    problem_with_barcode,
    sale_number,
)
from pos_app.orders.rules import Problem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("036000291452", "0036000291452"),  # a UPC-A, and as an EAN-13
        ("0036000291452", "00036000291452"),
        (" 4006381333931\n", "04006381333931"),
        ("96385074", "00000096385074"),  # an EAN-8
        ("04252614", "042100005264"),  # UPC-E and the UPC-A it is short for, by each way to leave zeros out
        ("01234505", "012000003455"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234572", "012345000072"),
    ],
)
def test_one_number_in_two_writings(one: str, other: str) -> None:
    assert code_of(one) == code_of(other)
    assert problem_with_barcode(one) is None
    assert not is_own_label(one)


def test_a_label_of_the_shop_s_own_is_found_to_the_letter() -> None:
    for label in (
        "SHELF-12",
        "shelf-12",
        "123456",
        "12345678901",
        "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
    ):
        assert code_of(label) == label
        assert problem_with_barcode(label) is None
        assert is_own_label(label)


@pytest.mark.parametrize(
    "number", ["4006381333932", "036000291453", "96385075", "04252615", "00036000291453"]
)
def test_a_digit_that_is_wrong_is_said(number: str) -> None:
    assert problem_with_barcode(number) == Problem("barcode", "check_digit")
    assert code_of(number) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("  ", "missing"),
        ("A" * (FEWEST - 1), "too_short"),
        ("A" * (MOST + 1), "too_long"),
        ("AB\x1dCDEF", "unreadable"),
        ("03-000418", "sale_number"),
    ],
)
def test_what_is_no_barcode(text: str, reason: str) -> None:
    found = problem_with_barcode(text)
    assert found is not None
    assert (found.field, found.reason) == ("barcode", reason)


@pytest.mark.parametrize(
    ("scanned", "text"),
    [
        (" 4006381333931\r", "4006381333931"),
        ("]E04006381333931", "4006381333931"),  # ISO/IEC 15424: EAN-13, Code 128, QR
        ("]C101-000418", "01-000418"),
        ("]Q3TEST-AAAA", "TEST-AAAA"),
        ("]E0", "]E0"),  # with nothing behind it, it is the text
        ("]", "]"),
        ("A]E01", "A]E01"),
        ("400638".translate({ord("0") + one: 0x660 + one for one in range(10)}), "400638"),
        ("400638".translate({ord("0") + one: 0x6F0 + one for one in range(10)}), "400638"),
        ("Café-1", "Café-1"),
    ],
)
def test_what_a_scanner_or_a_keyboard_puts_to_a_text_is_none_of_it(scanned: str, text: str) -> None:
    assert as_read(scanned) == text


@pytest.mark.parametrize(
    ("scanned", "number"),
    [
        ("01-000418", "01-000418"),
        ("01'000418", "01-000418"),  # a Spanish keyboard
        ("01ß000418", "01-000418"),  # a German one
        ("01A000418", "01A000418"),
        ("4006381333931", "4006381333931"),
        ("01'0418", "01'0418"),
    ],
)
def test_a_sale_s_number_has_its_hyphen_whatever_the_keyboard(scanned: str, number: str) -> None:
    assert sale_number(scanned) == number
