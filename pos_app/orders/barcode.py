"""Barcodes on a shop's shelf: which texts are one, and which two are one number written in two ways.

GS1 General Specifications: GTIN-8 (EAN-8), GTIN-12 (UPC-A), GTIN-13 (EAN-13) and GTIN-14 end in a check
digit, the weights 3 and 1 taken in turn from the right; each is the same number with zeros before it.
"""

from __future__ import annotations

import re
from typing import Final

from pos_app.orders.digits import western_digits
from pos_app.orders.rules import Problem

FEWEST: Final = 6
"""A scanner's burst of fewer characters is taken for fingers, so a shorter label could never be sold by."""

MOST: Final = 80
_GTIN: Final = frozenset({8, 12, 13, 14})
_SALE: Final = re.compile(r"[0-9]{2}-[0-9]{6,}")
"""What stands on receipts and slips: that is always looked up as a sale."""

_WHOLE: Final = 14
_SHORT: Final = 8
_UPC_E_ZEROS: Final = 3
_UPC_E_FOUR: Final = 4


_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z](?=.)")
"""ISO/IEC 15424: what some scanners say before the text of what kind of barcode it is, such as `]E0`."""

_SALE_ON_A_FOREIGN_KEYBOARD: Final = re.compile(r"([0-9]{2})[^0-9A-Za-z]([0-9]{6,})")


def as_read(scanned: str) -> str:
    """`scanned` without what scanner and keyboard put to it: the kind of barcode, another script's digits."""
    text = scanned.strip()
    if text.startswith("]"):
        text = _SYMBOLOGY.sub("", text, count=1)
    return western_digits(text)


def sale_number(scanned: str) -> str:
    """`scanned`, with the hyphen of a sale's number.

    A scanner types as on an American keyboard, whatever keyboard the computer takes it for: where people
    write Spanish an apostrophe comes in the hyphen's place.
    """
    found = _SALE_ON_A_FOREIGN_KEYBOARD.fullmatch(scanned)
    return f"{found[1]}-{found[2]}" if found else scanned


def code_of(scanned: str) -> str:
    """What `scanned` is kept and found by.

    A scanner may tell a UPC-A with a zero before it, or a UPC-E in its short form: that is one number. What
    is no EAN or UPC is the shop's own label and found to the letter.
    """
    text = scanned.strip()
    if not _is_number(text):
        return text
    text = _upc_a(text) or text
    return text.zfill(_WHOLE) if _fits(text) else text


def is_own_label(scanned: str) -> bool:
    """Whether it has the length of no EAN or UPC: a label the shop printed itself."""
    return not _is_number(scanned.strip())


def problem_with_barcode(scanned: str) -> Problem | None:
    """What is wrong with `scanned` as a barcode to be mapped, None when nothing is."""
    text = scanned.strip()
    if not text:
        return Problem("barcode", "missing")
    if len(text) < FEWEST:
        return Problem("barcode", "too_short", {"least": FEWEST})
    if len(text) > MOST:
        return Problem("barcode", "too_long", {"most": MOST})
    if _SALE.fullmatch(text):
        return Problem("barcode", "sale_number")
    if not text.isprintable():
        return Problem("barcode", "unreadable")
    if _is_number(text) and not _fits(text) and not _upc_a(text):
        return Problem("barcode", "check_digit")
    return None


def _is_number(text: str) -> bool:
    return len(text) in _GTIN and text.isascii() and text.isdecimal()


def _fits(number: str) -> bool:
    """Whether the last digit of a GTIN is its check digit."""
    return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(number))) % 10 == 0


def _upc_a(short: str) -> str:
    """The UPC-A that a UPC-E is short for; empty when it is none.

    It has eight digits and begins with a zero, with which no EAN-8 out of a shop begins.
    """
    if len(short) != _SHORT or not short.startswith("0"):
        return ""
    body, check = short[1:7], short[7]
    last = int(body[5])
    if last < _UPC_E_ZEROS:
        middle = f"{body[:2]}{last}0000{body[2:5]}"
    elif last == _UPC_E_ZEROS:
        middle = f"{body[:3]}00000{body[3:5]}"
    elif last == _UPC_E_FOUR:
        middle = f"{body[:4]}00000{body[4]}"
    else:
        middle = f"{body[:5]}0000{last}"
    long = f"0{middle}{check}"
    return long if _fits(long) else ""
