"""Make each language's formats.json: what Babel says of amounts and times, in the few words the till needs.

Nothing is read from Babel's tables but the pattern of the time. An amount is written by Babel as the program
would have it, and taken apart.
"""

from __future__ import annotations

import json
import re
from datetime import time
from decimal import Decimal
from typing import Any, Final

from babel import Locale
from babel.dates import format_time
from babel.numbers import format_currency, list_currencies

_DIGITS = re.compile(r"[0-9].*[0-9]")
_KNOWN_TIME = re.compile(r"(?:hh?|HH?|mm|a|[^A-Za-z'])+")
_ONES: Final = Decimal("1111111111.11")


def told(language: str) -> str:
    """The file for `language`, a locale name; English is that of the United States."""
    locale = Locale.parse("en_US" if language == "en" else language)
    pattern = str(locale.currency_formats["standard"].pattern)
    around = {
        currency: [*_around(currency, pattern, locale, 1), *_around(currency, pattern, locale, -1)]
        for currency in sorted(list_currencies())
    }
    number = _number(_written("USD", pattern, locale, 1))
    decimal = number[-3]
    marks = [mark for mark in number[:-3] if not mark.isdigit()]
    sizes = [len(digits) for digits in re.split(r"[^0-9]", number[:-3])]
    facts: dict[str, Any] = {
        "decimal": decimal,
        "group": marks[0],
        "groups": [sizes[-1], sizes[-2]],
        "time": str(locale.time_formats["short"].pattern),
        "before_noon": format_time(time(1), "a", locale=locale),
        "after_noon": format_time(time(13), "a", locale=locale),
    }
    if not _KNOWN_TIME.fullmatch(facts["time"]):
        raise ValueError(f"{language}: a pattern of time the till can not read: {facts['time']}")
    return _written_out(facts, around)


def _written_out(facts: dict[str, Any], around: dict[str, list[str]]) -> str:
    """The file, one currency a line."""
    lines = [f" {_json(name)}: {_json(value)}," for name, value in facts.items()]
    rows = ",\n".join(f"  {_json(currency)}: {_json(marks)}" for currency, marks in around.items())
    return "\n".join(["{", *lines, ' "around": {', rows, " }", "}"]) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _written(currency: str, pattern: str, locale: Locale, sign: int) -> str:
    return format_currency(sign * _ONES, currency, pattern, locale=locale, currency_digits=False)


def _number(written: str) -> str:
    found = _DIGITS.search(written)
    assert found is not None
    return found[0]


def _around(currency: str, pattern: str, locale: Locale, sign: int) -> tuple[str, str]:
    before, _number_itself, behind = re.split(
        f"({_DIGITS.pattern})", _written(currency, pattern, locale, sign)
    )
    return before, behind
