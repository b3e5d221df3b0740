"""Digits of any script as `0` to `9`: a keyboard for Arabic, Persian or Hindi types its own."""

from __future__ import annotations

import unicodedata


def western_digits(text: str) -> str:
    """`text` with each decimal digit of another script as the one of `0` to `9` that it stands for."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
