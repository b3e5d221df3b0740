"""Kinds of card and regions as people read them, however a company writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pos_app import i18n
from pos_app.shelf_words import categories_called, category_words, in_order, region_words


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    i18n.set_language("es")
    yield
    i18n.set_language("en")


@pytest.mark.parametrize("given", ["Food & Drink", "food and drink", "FOOD-AND-DRINK", "Food  &Drink"])
def test_a_known_kind_is_known_however_it_is_written(given: str) -> None:
    assert category_words(given) == "Comida y bebida"


@pytest.mark.parametrize(
    ("given", "read"), [("numismatics", "Numismatics"), ("éclairs", "Éclairs"), ("", "")]
)
def test_an_unknown_kind_stays_the_companys(given: str, read: str) -> None:
    assert category_words(given) == read


def test_kinds_stand_in_the_order_of_what_is_read() -> None:
    assert in_order(("stores", "games", "other", "food")) == [
        ("food", "Comida"),
        ("games", "Juegos"),
        ("other", "Otros"),
        ("stores", "Tiendas"),
    ]


def test_a_kind_is_called_by_the_beginning_of_each_of_its_words() -> None:
    kinds = ("food and drink", "music", "games")
    assert categories_called(kinds, "musi") == {"music"}, "without the accent"
    assert categories_called(kinds, "beb") == {"food and drink"}
    assert categories_called(kinds, "usica") == frozenset()


def test_a_region_is_an_abbreviation_or_a_name() -> None:
    assert [region_words(one) for one in ("us", "global", "Europe")] == ["US", "Global", "Europe"]
    i18n.set_language("ar")
    assert region_words("GLOBAL") == "عالمي"
