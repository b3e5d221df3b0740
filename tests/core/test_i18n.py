"""What people read: amounts to the last place, times in the shop's zone, translations that can not break."""

from __future__ import annotations

import asyncio
import importlib.resources
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app import i18n
from pos_app.i18n import _, ngettext
from pos_app.money import Money, digits


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.set_language("en")
    yield
    i18n.set_language("en")


@pytest.mark.parametrize(
    ("amount", "long", "short"),
    [
        (Money(2500, "USD"), "$25.00", "$25"),
        (Money(2550, "USD"), "$25.50", "$25.50"),
        (Money(1, "USD"), "$0.01", "$0.01"),
        (Money(0, "USD"), "$0.00", "$0"),
        (Money(-2500, "USD"), "-$25.00", "-$25"),
        (Money(123456789, "USD"), "$1,234,567.89", "$1,234,567.89"),
        (Money(1234500000, "USD"), "$12,345,000.00", "$12,345,000"),
        (Money(2500, "EUR"), "€25.00", "€25"),
        (Money(500, "JPY"), "¥500", "¥500"),
        (Money(25000, "KWD"), "KWD25.000", "KWD25"),
        (Money(25500, "KWD"), "KWD25.500", "KWD25.500"),
        (Money(12345, "CLF"), "CLF1.2345", "CLF1.2345"),
    ],
)
def test_amounts_in_english(amount: Money, long: str, short: str) -> None:
    assert i18n.money(amount).replace("\xa0", "") == long
    assert i18n.money_short(amount).replace("\xa0", "") == short


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("es", "25,00 US$", "25 US$"),
        ("de", "25,00 $", "25 $"),
        ("ja", "$25.00", "$25"),
        ("en_CA", "US$25.00", "US$25"),
    ],
)
def test_a_short_amount_is_written_like_a_long_one(language: str, long: str, short: str) -> None:
    i18n.set_language(language)
    amount = Money(2500, "USD")
    assert i18n.money(amount).replace("\xa0", " ") == long
    assert i18n.money_short(amount).replace("\xa0", " ") == short


@given(
    st.integers(-(10**12), 10**12),
    # The last four are written with fewer places by custom than ISO 4217 gives them.
    st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF", "IQD", "AFN", "ALL", "UYW"]),
)
def test_no_digit_is_ever_rounded_away(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    for text in (i18n.money(amount), i18n.money_short(amount)):
        shown = Decimal(re.sub(r"[^0-9.]", "", text)) * (-1 if "-" in text else 1)
        assert shown == amount.major
    assert len(re.sub(r"[^0-9.]", "", i18n.money(amount)).partition(".")[2]) == digits(currency)


@pytest.mark.parametrize("language", ["", "xx", "tlh", "C", "../..", "en_ZZ_???", "e\0n", "💳"])
def test_an_unknown_language_falls_back_to_english(language: str) -> None:
    i18n.set_language(language)
    assert i18n.language() == language
    assert _("Enter an amount.") == "Enter an amount."
    assert i18n.money(Money(2550, "USD")) == "$25.50"


def test_english_is_always_spoken() -> None:
    assert "en" in i18n.languages()


class Speak:
    """Makes a language whose compiled texts lie where the program looks for them, and puts it in force."""

    def __init__(self, folder: Path, name: str = "qaa") -> None:
        self._folder, self._name = folder, name

    def __call__(self, one: dict[str, str], many: dict[str, list[str]]) -> None:
        texts = polib.POFile()
        texts.metadata = {
            "Content-Type": "text/plain; charset=UTF-8",
            "Plural-Forms": "nplurals=2; plural=(n != 1);",
        }
        for source, text in one.items():
            texts.append(polib.POEntry(msgid=source, msgstr=text))
        for source, forms in many.items():
            first, _bar, second = source.partition("|")
            texts.append(
                polib.POEntry(msgid=first, msgid_plural=second, msgstr_plural=dict(enumerate(forms)))
            )
        place = self._folder / "locale" / self._name / "LC_MESSAGES"
        place.mkdir(parents=True)
        texts.save_as_mofile(str(place / f"{i18n.DOMAIN}.mo"))
        i18n.set_language(self._name)


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Speak:
    def files(_package: str) -> Path:
        return tmp_path

    monkeypatch.setattr(importlib.resources, "files", files)
    return Speak(tmp_path)


@pytest.mark.parametrize(
    "translation",
    [
        "Faltan.",
        "Faltan {falta}.",
        "Faltan {missing} {currency}.",
        "Faltan {missing} {}.",
        "Faltan {missing:d}.",
        "Faltan {missing!z}.",
        "Faltan {missing",
        "Faltan {missing.currency}.",
    ],
)
def test_a_translation_that_can_not_be_filled_in_is_not_used(speak: Speak, translation: str) -> None:
    speak({"{missing} is still missing.": translation}, {})
    assert _("{missing} is still missing.").format(missing="$5.00") == "$5.00 is still missing."


def test_a_good_translation_is_used(speak: Speak) -> None:
    speak(
        {"{a} and {b}": "{b} y {a}", "Done": "Hecho"},
        {"One card|{n} cards": ["Una tarjeta", "{n} tarjetas"]},
    )
    assert _("{a} and {b}").format(a=1, b=2) == "2 y 1"
    assert _("Done") == "Hecho"
    assert _("Undone") == "Undone"
    assert i18n.languages() == ("en", "qaa")
    assert ngettext("One card", "{n} cards", 1).format(n=1) == "Una tarjeta"
    assert ngettext("One card", "{n} cards", 3).format(n=3) == "3 tarjetas"


@pytest.mark.parametrize("wrong", ["{m} tarjetas", "{n tarjetas", "{n} {} tarjetas", "{n!x} tarjetas"])
def test_a_wrong_plural_is_not_used(speak: Speak, wrong: str) -> None:
    speak({}, {"One card|{n} cards": ["{m} tarjeta", wrong]})
    assert ngettext("One card", "{n} cards", 1).format(n=1) == "One card"
    assert ngettext("One card", "{n} cards", 2).format(n=2) == "2 cards"


@pytest.mark.parametrize(
    ("language", "turned"),
    [("en", False), ("es", False), ("ar", True), ("ar_EG", True), ("he", True), ("arn", False), ("", False)],
)
def test_which_languages_are_read_from_right_to_left(language: str, turned: bool) -> None:
    i18n.set_language(language)
    assert i18n.right_to_left() is turned


@pytest.fixture
def speak_arabic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Speak:
    def files(_package: str) -> Path:
        return tmp_path

    monkeypatch.setattr(importlib.resources, "files", files)
    return Speak(tmp_path, "ar")


def test_each_field_keeps_to_itself_among_words_from_right_to_left(speak_arabic: Speak) -> None:
    """Without the marks a sale's number behind an Arabic word would be shown as 000418-03."""
    speak_arabic(
        {"Sale {sale}": "البيع {sale}", "{a!r:>4} {{b}}": "{{b}} {a!r:>4}", "Cash": "نقدًا"},
        {"One card|{n} cards": ["بطاقة", "{n} بطاقات"]},
    )
    assert _("Sale {sale}").format(sale="03-000418") == "البيع \u206803-000418\u2069"
    assert _("{a!r:>4} {{b}}").format(a=1) == "{b} \u2068   1\u2069"
    assert _("Cash") == "نقدًا"
    assert ngettext("One card", "{n} cards", 1) == "بطاقة"
    assert ngettext("One card", "{n} cards", 3).format(n=3) == "\u20683\u2069 بطاقات"
    assert _("Not {said}").format(said="this") == "Not \u2068this\u2069"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Money(2500, "USD"), "\u2066US$\xa025.00\u2069"),
        (Money(-123456, "USD"), "\u2066US$\xa0-1,234.56\u2069"),
        (Money(2500, "SAR"), "\u2066\u2068ر.س.\u2069\xa025.00\u2069"),
        (Money(500, "JPY"), "\u2066\u2068JP¥\u2069\xa0500\u2069"),
    ],
)
def test_amounts_run_from_left_to_right_in_every_language(amount: Money, written: str) -> None:
    i18n.set_language("ar")
    assert i18n.money(amount) == written
    assert i18n.money_short(amount) == written.replace(".00", "")


def test_dates_run_from_left_to_right_in_every_language() -> None:
    i18n.set_language("ar")
    at = datetime(2026, 1, 21, 15, 30, tzinfo=UTC)
    assert i18n.date_and_time(at, "UTC") == "\u206621/1/2026\u2069 3:30 م"


def test_what_stands_beside_words_keeps_its_own_direction() -> None:
    assert i18n.as_it_is("12 Quay Street") == "12 Quay Street"
    i18n.set_language("ar")
    assert i18n.as_it_is("12 Quay Street") == "\u206812 Quay Street\u2069"
    assert i18n.as_it_is("") == ""


@pytest.mark.parametrize(("language", "written"), [("en", "2,402"), ("es", "2.402"), ("ar", "2,402")])
def test_numbers_are_grouped_as_amounts_are(language: str, written: str) -> None:
    i18n.set_language(language)
    assert i18n.whole(2402) == written
    assert i18n.whole(42) == "42"


def test_times_are_those_of_the_shop() -> None:
    summer = datetime(2026, 7, 1, 3, 30, tzinfo=UTC)
    winter = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
    assert i18n.clock_time(summer, "America/New_York").split() == ["11:30", "PM"]
    assert i18n.clock_time(winter, "America/New_York").split() == ["10:30", "PM"]
    assert i18n.date_and_time(winter, "America/New_York").startswith("12/31/25")
    i18n.set_language("de")
    assert i18n.clock_time(summer, "Europe/Berlin") == "05:30"


def test_another_language_is_spoken_to_one_customer_alone() -> None:
    async def run() -> None:
        others: list[str] = []

        async def beside(spoken: asyncio.Event) -> None:
            await spoken.wait()
            others.append(i18n._("Change"))

        spoken = asyncio.Event()
        task = asyncio.create_task(beside(spoken))
        with i18n.speaking("es"):
            assert (i18n.language(), i18n._("Change")) == ("es", "Cambio")
            spoken.set()
            await task
            begun = await asyncio.to_thread(lambda: i18n._("Change"))
            with i18n.speaking("ar"):
                assert i18n.right_to_left()
            assert i18n.language() == "es"
        assert (begun, others, i18n.language()) == ("Cambio", ["Change"], "en")

    asyncio.run(run())


def test_a_language_is_called_by_its_own_name() -> None:
    assert [i18n.own_name(name) for name in ("en", "es", "ar", "xx_what", "!")] == [
        "English",
        "Español",
        "العربية",
        "xx_what",
        "!",
    ]
