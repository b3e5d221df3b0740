"""The tiles of brands: what stands on each. Thousands are asked for at once, so each is made when it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from pos_app import i18n
from pos_app.catalog import Brand
from pos_app.i18n import _, money_short
from pos_app.money import Money
from ui.widgets.brand_grid import LateTiles
from ui.widgets.tile_painting import BETWEEN, Tile

_VALUES_IN_A_NOTE: Final = 2
_KEPT, _LOOSE = "\u2066", "\u2069"
"""The marks around an amount that is read from left to right as a whole."""


class BrandTiles:
    """Keeps the tile of each brand that was shown, for as long as the brand is the same object."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Brand, str, Tile]] = {}

    def of(self, brands: Sequence[Brand], doubles: frozenset[tuple[str, str]]) -> LateTiles:
        """The tiles of `brands`; `doubles` are names with the street that several of them have."""
        return LateTiles(len(brands), lambda row: self._tile(brands[row], doubles))

    def _tile(self, brand: Brand, doubles: frozenset[tuple[str, str]]) -> Tile:
        # By the brand's name and by being the same object: to compare two takes longer than to make a tile.
        kept, language, place = self._kept.get(brand.key), i18n.language(), _place(brand, doubles)
        if kept is None or kept[0] is not brand or kept[1] != language or kept[2].place != place:
            kept = self._kept[brand.key] = (brand, language, _made(brand, place))
        return kept[2]


def _place(brand: Brand, doubles: frozenset[tuple[str, str]]) -> str:
    """Where a merchant is: the street, or the town where another of its name has the same street."""
    if brand.delivery != "email":
        return ""
    before, _comma, behind = brand.address.partition(",")
    if (brand.name, before) in doubles:
        return behind.strip() or brand.address
    return before


def _made(brand: Brand, place: str) -> Tile:
    note, mail = _note(brand), brand.delivery == "email"
    spoken = _("{address}, {note}, by e-mail").format(address=brand.address, note=note) if mail else note
    return Tile(brand.key, brand.name, note, place, mail, spoken)


@cache
def _written(amount: Money, language: str) -> str:
    del language
    return money_short(amount)


def _short(amount: Money) -> str:
    """`amount` in few characters. Thousands of tiles show the same few amounts, and writing one is slow."""
    return _written(amount, i18n.language())


def _note(brand: Brand) -> str:
    if brand.delivery == "email":
        if brand.least is None:
            return _("any amount")
        return _("from {least}").format(least=_short(brand.least))
    values = brand.values
    if not values:
        return _("any amount") if brand.least is None else _("from {least}").format(least=_short(brand.least))
    if len(values) <= _VALUES_IN_A_NOTE:
        return _beside([_short(value) for value in values], ", ")
    return _beside([_short(values[0]), _short(values[-1])], BETWEEN)


def _beside(amounts: list[str], between: str) -> str:
    """`amounts` on one line. A symbol that stands behind each of them is written once, behind the last.

    Where amounts are kept together against the way people read, it is written once, before the first.
    """
    *others, last = amounts
    if last.startswith(_KEPT):
        symbol = re.split(r"\d", last)[0]
        return (
            symbol + between.join(one.removeprefix(symbol).removesuffix(_LOOSE) for one in amounts) + _LOOSE
        )
    symbol = re.split(r"\d", last)[-1]
    return between.join([*(one.removesuffix(symbol) for one in others), last])
