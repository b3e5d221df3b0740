"""What the till writes without Babel is to the letter what Babel would write."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import format_time
from babel.numbers import format_currency, get_group_symbol, list_currencies
from hypothesis import given
from hypothesis import strategies as st

from pos_app import formats, i18n
from pos_app.formats import Formats
from pos_app.money import Money, digits

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging"))

import habits

LANGUAGES = ["en", "es", "ar", "de", "fr", "hi", "pt_BR", "sv", "ja", "pl"]


@cache
def told(language: str) -> Formats:
    return formats.read(habits.told(language))


def by_babel(amount: Money, places: int, language: str) -> str:
    locale = Locale.parse("en_US" if language == "en" else language)
    pattern = str(locale.currency_formats["standard"].pattern)
    pattern = pattern.replace("0.00", f"0.{'0' * places}" if places else "0")
    return format_currency(amount.major, amount.currency, pattern, locale=locale, currency_digits=False)


@given(
    st.integers(-(10**14), 10**14),
    st.sampled_from(sorted(list_currencies())),
    st.sampled_from(LANGUAGES),
)
def test_an_amount(minor: int, currency: str, language: str) -> None:
    amount = Money(minor, currency)
    places = digits(currency)
    assert told(language).amount(minor, places, places, currency) == by_babel(amount, places, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("whole", [-1_000_000, -25, 0, 7, 100, 1000, 12_345, 9_876_543])
def test_an_amount_without_its_minor_part(language: str, whole: int) -> None:
    amount = Money(whole * 100, "USD")
    assert told(language).amount(amount.minor, 2, 0, "USD") == by_babel(amount, 0, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_minute_of_a_day(language: str) -> None:
    locale = Locale.parse("en_US" if language == "en" else language)
    for hour in range(24):
        for minute in (0, 5, 30, 59):
            expected = format_time(time(hour, minute), "short", locale=locale)
            assert told(language).clock_time(hour, minute) == expected


@pytest.fixture
def spanish() -> Iterator[None]:
    i18n.set_language("es_MX")
    yield
    i18n.set_language("en")


@pytest.mark.usefixtures("spanish")
def test_a_language_without_a_file_is_written_by_babel() -> None:
    assert formats.formats("es_MX") is None
    assert i18n.money(Money(123456, "USD")).replace("\xa0", " ") == "USD1,234.56"
    assert i18n.clock_time(datetime(2026, 5, 11, 17, 5, tzinfo=UTC), "UTC") == "5:05\u202fp.m."
    assert i18n.group_mark() == get_group_symbol("es_MX")


@pytest.mark.parametrize(
    ("language", "currency", "told"),
    [
        ("es", "USD", ("$1,234.50", "$25", "EUR9.90", "5:05 p.m.", "11/5/2026, 5:05 p.m.", "1,234")),
        ("es", "EUR", ("1.234,50 US$", "25 US$", "9,90 €", "17:05", "11/5/26, 17:05", "1.234")),
        ("es", "", ("1.234,50 US$", "25 US$", "9,90 €", "17:05", "11/5/26, 17:05", "1.234")),
    ],
)
def test_spanish_is_written_as_where_the_shop_is(language: str, currency: str, told: tuple[str, ...]) -> None:
    five = datetime(2026, 5, 11, 17, 5, tzinfo=UTC)
    i18n.set_language(language, currency)
    try:
        amounts = i18n.money(Money(123450, "USD")), i18n.money_short(Money(2500, "USD"))
        euros = i18n.money(Money(990, "EUR"))
        times = i18n.clock_time(five, "UTC"), i18n.date_and_time(five, "UTC")
        written = (*amounts, euros, *times, i18n.whole(1234))
        assert tuple(re.sub(r"\s", " ", one) for one in written) == told
        # Whoever reads another language in the same shop writes as people there do.
        with i18n.speaking("es"):
            assert i18n.money_short(Money(2500, "USD")).replace("\xa0", " ") == told[1]
        assert i18n._("Total") == "Total"
    finally:
        i18n.set_language("en")


@pytest.mark.parametrize(
    ("language", "currency"), [*formats.ELSEWHERE, ("es", ""), ("ar", "USD"), ("en", "USD")]
)
def test_what_a_file_tells_is_what_babel_tells(language: str, currency: str) -> None:
    locale = formats.locale_of(language, currency)
    assert formats.formats(language, currency) == told(locale)


def test_a_currency_nobody_has_heard_of_is_written_by_babel() -> None:
    assert i18n.money(Money(2500, "ZZZ")).replace("\xa0", "") == "ZZZ25.00"


@pytest.mark.parametrize("language", ["", "../en", "en/../en", "e\0n", "C"])
def test_no_other_file_is_read(language: str) -> None:
    assert formats.formats(language) is None


def test_a_pattern_of_time_that_can_not_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="fr_CA"):
        habits.told("fr_CA")


def test_the_file_says_one_currency_a_line() -> None:
    text = habits.told("en")
    assert json.loads(text)["around"]["USD"] == ["$", "", "-$", ""]
    assert '  "USD": ["$", "", "-$", ""],' in text.splitlines()
