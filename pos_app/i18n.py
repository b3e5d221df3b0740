"""Texts, amounts and times in the cashier's language. gettext for words, Babel for everything counted.

What is always in sight, amounts and the time of day, is written from what Babel told beforehand.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The window is painted with the source language before any of these is needed.
    import gettext
    from collections.abc import Generator
    from datetime import datetime

    from pos_app.formats import Formats
    from pos_app.money import Money

DOMAIN = "pos"

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_ISOLATED = "\u2068{}\u2069"
"""A field between these marks runs its own way, and nothing beside it can pull its characters apart."""
_MARKS = frozenset("\u200e\u200f\u061c")
"""Marks for direction that a language's own patterns have in them."""


class _Language:
    """The language in force; one for the program, set at start and when a person changes it."""

    def __init__(self) -> None:
        self.name = "en"
        self.currency = ""
        self.texts: gettext.NullTranslations | None = None


_language = _Language()
_spoken: ContextVar[_Language | None] = ContextVar("spoken", default=None)


def set_language(name: str, currency: str = "") -> None:
    """Speak `name` (a folder under resources/locale) from now on; unknown ones fall back to English.

    `currency` is the shop's, where it is known: by it amounts and times are written as people there do.
    """
    _language.texts = _texts_of(name)
    _language.name, _language.currency = name, currency


@contextmanager
def speaking(name: str) -> Generator[None]:
    """Speak `name` meanwhile, to whoever reads another language than the till's: a customer.

    Only what this task does, and what it begins, is spoken so.
    """
    other = _Language()
    other.texts, other.name, other.currency = _texts_of(name), name, _now().currency
    token = _spoken.set(other)
    try:
        yield
    finally:
        _spoken.reset(token)


def _texts_of(name: str) -> gettext.NullTranslations:
    import gettext
    from importlib import resources

    folder = str(resources.files("resources").joinpath("locale"))
    return gettext.translation(DOMAIN, folder, languages=[name], fallback=True)


def _now() -> _Language:
    return _spoken.get() or _language


def language() -> str:
    """The language in force, as a locale name such as `en` or `es`."""
    return _now().name


def right_to_left() -> bool:
    """Whether the language in force is read from right to left."""
    return _now().name.replace("-", "_").partition("_")[0] in _RIGHT_TO_LEFT


def languages() -> tuple[str, ...]:
    """Every language the program speaks: English and one per folder of translations."""
    from importlib import resources

    folder = resources.files("resources").joinpath("locale")
    names = {"en"}
    if folder.is_dir():
        names |= {entry.name for entry in folder.iterdir() if entry.is_dir()}
    return tuple(sorted(names))


def own_name(name: str) -> str:
    """What the language `name` calls itself, with a capital where its letters have them, as on any button."""
    from babel import Locale, UnknownLocaleError

    try:
        told = Locale.parse(name).get_display_name() or name
    except (UnknownLocaleError, ValueError):
        return name
    return told[:1].upper() + told[1:]


def _(text: str) -> str:
    """`text` in the language in force. A translation with other {fields} than the source is not used.

    Where people read from right to left, each field keeps to itself: a sale's number, an amount or an address
    is written as it is, whatever words stand around it.
    """
    texts = _now().texts
    if texts is None:
        return text
    translated = texts.gettext(text)
    return _as_read(translated if _fields(translated) == _fields(text) else text)


def ngettext(one: str, many: str, n: int) -> str:
    """The form for `n` things, with the same guard as `_`."""
    texts = _now().texts
    if texts is None:
        return one if n == 1 else many
    translated = texts.ngettext(one, many, n)
    return _as_read(translated if _fields(translated) <= _fields(many) else (one if n == 1 else many))


def _as_read(text: str) -> str:
    return _with_fields_isolated(text) if right_to_left() else text


@cache
def _with_fields_isolated(text: str) -> str:
    """`text`, one that `format` can fill in, with the marks around each of its fields."""
    from string import Formatter

    parts: list[str] = []
    for literal, name, spec, conversion in Formatter().parse(text):
        parts.append(literal.replace("{", "{{").replace("}", "}}"))
        if name is not None:
            field = name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            parts.append(_ISOLATED.format(f"{{{field}}}"))
    return "".join(parts)


@cache
def _fields(text: str) -> frozenset[tuple[str, str | None, str | None]]:
    """Each {field} with its form, the nameless `{}` too: whatever `format` could stumble over."""
    from string import Formatter

    try:
        return frozenset(
            (name, spec, conversion)
            for _literal, name, spec, conversion in Formatter().parse(text)
            if name is not None
        )
    except ValueError:
        return frozenset({("\0broken", None, None)})


def as_it_is(text: str) -> str:
    """`text`, such as an address, put beside words of the language: it runs its own way there too."""
    return _ISOLATED.format(text) if text and right_to_left() else text


def as_one_reads(text: str) -> str:
    """`text`, of names and amounts alone: they follow one another as the words of the language do.

    Left to itself a line runs the way its first letter does, and a brand is mostly in Latin letters.
    """
    return f"\u200f{text}" if right_to_left() else text


def whole(number: int) -> str:
    """`number` as people here write it: `12,000`."""
    return f"{number:,}".replace(",", group_mark())


def money(amount: Money) -> str:
    """`amount` as people here write it, with its symbol: `$25.00`, `¥500`."""
    from pos_app.money import digits

    return _written(amount, digits(amount.currency))


def decimal_mark() -> str:
    """What stands before the minor part of an amount where people speak the language in force."""
    if (known := _habits()) is not None:
        return known.decimal
    from babel.numbers import get_decimal_symbol

    return str(get_decimal_symbol(_babel()))


def group_mark() -> str:
    """What parts thousands where people speak the language in force."""
    if (known := _habits()) is not None:
        return known.group
    from babel.numbers import get_group_symbol

    return str(get_group_symbol(_babel()))


def money_short(amount: Money) -> str:
    """Like `money`, without the minor part when it is zero: `$25`; for buttons and tiles."""
    from pos_app.money import digits

    whole = amount.major == amount.major.to_integral_value()
    return _written(amount, 0 if whole else digits(amount.currency))


def _written(amount: Money, places: int) -> str:
    """`amount` in the pattern of people here, with `places` decimal places."""
    written = _by_habit(amount, places)
    return _kept_together(written) if right_to_left() else written


@lru_cache(maxsize=512)
def _kept_together(written: str) -> str:
    """An amount that is read from left to right as a whole: the currency, then the number with its sign."""
    import re

    bare = "".join(mark for mark in written if mark not in _MARKS)
    before, number, behind = re.split(r"(-?[0-9](?:.*[0-9])?)", bare, maxsplit=1)
    currency = (before + behind).strip()
    if not currency.isascii():
        # In letters of the language it runs as they do, and pulls nothing of the number along.
        currency = _ISOLATED.format(currency)
    return f"\u2066{currency}\u00a0{number}\u2069"


def _by_habit(amount: Money, places: int) -> str:
    from pos_app.money import digits

    if (known := _habits()) is not None:
        written = known.amount(amount.minor, digits(amount.currency), places, amount.currency)
        if written is not None:
            return written
    return _written_by_babel(amount, places)


def _written_by_babel(amount: Money, places: int) -> str:
    """Babel's own number of places follows custom, not ISO 4217, and would round some currencies."""
    from babel.numbers import format_currency

    locale = _babel()
    return format_currency(
        amount.major, amount.currency, _pattern(locale, places), locale=locale, currency_digits=False
    )


@cache
def _pattern(locale: str, places: int) -> str:
    from babel import Locale

    standard = str(Locale.parse(locale).currency_formats["standard"].pattern)
    return standard.replace("0.00", f"0.{'0' * places}" if places else "0")


def clock_time(at: datetime, zone: str) -> str:
    """The time of day in the shop's zone, as people here write it."""
    if (known := _habits()) is not None:
        local = _local(at, zone)
        return known.clock_time(local.hour, local.minute)
    from babel.dates import format_time

    return format_time(_local(at, zone), format="short", locale=_babel())


def date_and_time(at: datetime, zone: str) -> str:
    """Date and time of day in the shop's zone, as people here write them."""
    from babel.dates import format_date, format_datetime

    if right_to_left():
        day = format_date(_local(at, zone), format="short", locale=_babel())
        return f"{_left_to_right(day)} {clock_time(at, zone)}"
    return format_datetime(_local(at, zone), format="short", locale=_babel())


def _left_to_right(text: str) -> str:
    bare = "".join(mark for mark in text if mark not in _MARKS)
    return f"\u2066{bare}\u2069"


def _local(at: datetime, zone: str) -> datetime:
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo(zone))


def _habits() -> Formats | None:
    """How people here write amounts and the time of day; None where only Babel knows."""
    from pos_app.formats import formats

    spoken = _now()
    return formats(spoken.name, spoken.currency)


def _babel() -> str:
    """A locale Babel knows; English of the United States stands behind a bare `en` and anything unknown."""
    from pos_app.formats import locale_of

    spoken = _now()
    return _known(locale_of(spoken.name, spoken.currency))


@cache
def _known(name: str) -> str:
    from babel import Locale, UnknownLocaleError

    if name == "en":
        return "en_US"
    try:
        return str(Locale.parse(name))
    except (UnknownLocaleError, ValueError):
        return "en_US"
