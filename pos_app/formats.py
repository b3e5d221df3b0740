"""How people of one language write amounts and the time of day, from small files made out of Babel's data.

Babel's own tables cost a waiting till 6 MB for the two things that are always in sight. The files are made by
`packaging/habits.py`, which takes apart what Babel writes; a test holds both against each other.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

ELSEWHERE: Final[dict[tuple[str, str], str]] = {("es", "USD"): "es_US"}
"""By language and the currency of the shop: whose habits people there have, where not the language's own.

Spanish in a shop that takes dollars has `$1,234.50`, as everybody there; in Spain it is `1.234,50 US$`.
"""
_NOON: Final = 12
_PIECE = re.compile(r"h+|H+|mm|a|[^hHma]+")
_SAFE = re.compile(r"[A-Za-z_]{2,20}")


@dataclass(frozen=True, slots=True)
class Formats:
    """The habits of one language.

    `around` has, by currency, what stands before and behind a positive amount, then a negative one. `groups`
    are the sizes of the lowest group of digits and of all others. `time` is a CLDR pattern of h, H, mm and a.
    """

    decimal: str
    group: str
    groups: tuple[int, int]
    around: dict[str, tuple[str, str, str, str]]
    time: str
    before_noon: str
    after_noon: str

    def amount(self, minor: int, digits: int, places: int, currency: str) -> str | None:
        """`minor` units of `currency`, which has `digits` decimal places, with the first `places` of them.

        None for a currency these habits do not tell of.
        """
        around = self.around.get(currency)
        if around is None:
            return None
        whole, part = divmod(abs(minor), 10**digits)
        written = self._grouped(str(whole))
        if places:
            written += f"{self.decimal}{part:0{digits}d}"[: len(self.decimal) + places]
        before, behind = around[2:] if minor < 0 else around[:2]
        return f"{before}{written}{behind}"

    def clock_time(self, hour: int, minute: int) -> str:
        """The time of day."""
        half = hour % _NOON or _NOON
        values = {
            "h": str(half),
            "hh": f"{half:02d}",
            "H": str(hour),
            "HH": f"{hour:02d}",
            "mm": f"{minute:02d}",
            "a": self.before_noon if hour < _NOON else self.after_noon,
        }
        return "".join(values.get(piece[0]) or piece[0] for piece in _PIECE.finditer(self.time))

    def _grouped(self, whole: str) -> str:
        lowest, other = self.groups
        parts = [whole[-lowest:]]
        rest = whole[:-lowest]
        while rest:
            parts.insert(0, rest[-other:])
            rest = rest[:-other]
        return self.group.join(parts)


def locale_of(language: str, currency: str = "") -> str:
    """The locale whose habits whoever speaks `language` has in a shop that takes `currency`."""
    return ELSEWHERE.get((language, currency), language)


def file_of(language: str, currency: str = "") -> str:
    """The name of the file of these habits in the folder of `language`."""
    territory = locale_of(language, currency).removeprefix(language)
    return f"formats{territory}.json"


@cache
def formats(language: str, currency: str = "") -> Formats | None:
    """The habits of `language`, a locale name such as `en`, where `currency` is the shop's.

    None where no file tells of them.
    """
    if not _SAFE.fullmatch(language):
        return None
    folder = resources.files("resources").joinpath("locale", language)
    file = folder.joinpath(file_of(language, currency))
    if not file.is_file():
        return None
    return read(file.read_text(encoding="utf-8"))


def read(text: str) -> Formats:
    """The habits in a file."""
    told = json.loads(text)
    lowest, other = told["groups"]
    return Formats(
        decimal=told["decimal"],
        group=told["group"],
        groups=(lowest, other),
        around={currency: (a, b, c, d) for currency, (a, b, c, d) in told["around"].items()},
        time=told["time"],
        before_noon=told["before_noon"],
        after_noon=told["after_noon"],
    )
