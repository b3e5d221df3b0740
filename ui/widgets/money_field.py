"""A field for an amount of money."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from pos_app.i18n import decimal_mark, group_mark
from pos_app.money import Money, digits
from ui.widgets import mirror
from ui.widgets.parts import named

# Blanks, what parts thousands, symbols, and marks for direction, which come along with an amount in Arabic.
_CLUTTER = re.compile(r"[\s\u00a0'$€£¥\u200e\u200f\u061c\u2066-\u2069]")
# What Arabic and Persian keyboards have for digits, point and comma.
_OTHER_DIGITS = {first + digit: str(digit) for first in (0x0660, 0x06F0) for digit in range(10)}
_AS_TYPED = {**_OTHER_DIGITS, 0x066B: ".", 0x066C: ","}
_PLAIN = re.compile(r"(?P<whole>\d+)(?:[.,](?P<part>\d*))?")
# The mark between thousands is one mark throughout, and never the one before the minor part.
_GROUPED = re.compile(
    r"(?P<whole>\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*)(?:(?!(?P=mark))[.,](?P<part>\d+))?"
)
_THOUSANDS = 3
_MARKS = (".", ",")


def read_amount(text: str, currency: str) -> Money | None:
    """The amount a person wrote, with a point or a comma before the minor part; None when it is none.

    A lone comma or point before three digits parts thousands only where people here write it so, and the
    currency has not three minor digits itself. More minor digits than the currency has are never cut off.
    """
    clean = _CLUTTER.sub("", text).translate(_AS_TYPED)
    places = digits(currency)
    for shape in (_GROUPED, _PLAIN) if places != _THOUSANDS else (_PLAIN, _GROUPED):
        if (found := shape.fullmatch(clean)) is None:
            continue
        if shape is _GROUPED and found["part"] is None and found["mark"] != group_mark():
            continue
        part = found["part"] or ""
        if len(part) > places:
            return None
        whole = re.sub("[.,]", "", found["whole"])
        try:
            return Money.of(f"{whole}.{part}", currency)
        except ValueError:
            return None
    return None


class MoneyField(QLineEdit):
    """Takes an amount in one currency."""

    def __init__(self, name: str, words: str, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words)
        self.setProperty("role", "money")
        self.setMaxLength(16)
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self._currency = currency

    @override
    def setAlignment(self, flag: Qt.AlignmentFlag, /) -> None:
        """At a side as one reads: an amount stands in one line with those above and below it."""
        super().setAlignment(mirror.side(self, flag) if mirror.turned(self) else flag)

    def put(self, amount: Money) -> None:
        """Write `amount` as people here write it, with a mark that is read again."""
        mark = decimal_mark()
        self.setText(f"{amount.major:f}".replace(".", mark if mark in _MARKS else "."))

    def amount(self) -> Money | None:
        """What is written, None when it is no amount."""
        return read_amount(self.text(), self._currency)
