"""What the state a shop is in wants said to whoever buys a gift card: data, with the law it comes from."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pos_app.i18n import language
from pos_app.settings import Shop

State = Literal["US-NY", "US-NJ", "US-MD"]

_WORDS: Final = TypeAdapter(dict[State, Annotated[str, Field(min_length=1)]])
_A_NAME: Final = re.compile(r"[A-Za-z_]{2,20}")

_NAMED: Final = {"newyork": "NY", "ny": "NY", "newjersey": "NJ", "nj": "NJ", "maryland": "MD", "md": "MD"}
"""How people write the states that have a notice, without what stands between the letters."""

# A state's two letters before a ZIP code, as the post wants it.
_STATE: Final = r"(?P<state>\b[A-Z]{2})[\s,.]+[0-9]{5}(?:-[0-9]{4})?\b"
# As people write it: by its name, with points, in small letters; and without a ZIP code where a line ends.
_SAID: Final = r"(?P<said>\b(?i:new\s+york|new\s+jersey|maryland|n\.?\s?y\b|n\.?\s?j\b|md\b))"
_BEHIND: Final = r"[\s,.-]*(?:[0-9]{5}(?:-[0-9]{4})?\b|(?:,\s*)?(?i:USA?|U\.S\.A?\.?|United States)?[.\s]*$)"
_IN_ADDRESS: Final = re.compile(f"{_STATE}|{_SAID}{_BEHIND}", re.MULTILINE)


class Notice(BaseModel):
    """One state's notice. `wants` is what the law (`source`) asks for; `sign`: where the state's own sign is.

    `slip`: it stands on the slip in the place of the general notice. `text`: the words, in English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: State
    source: str
    wants: str
    sign: str
    slip: bool
    text: Annotated[str, Field(min_length=1)]

    @property
    def words(self) -> str:
        """The notice in the language in force; in English where it was not translated."""
        name = language().replace("-", "_")
        short = name.partition("_")[0]
        return in_language(name).get(self.region) or in_language(short).get(self.region) or self.text


class _Book(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: tuple[Notice, ...]


@cache
def in_language(name: str) -> dict[State, str]:
    """The words of the language `name` (a folder under resources/locale), by state; none for English."""
    if not _A_NAME.fullmatch(name):
        return {}
    file = resources.files("resources").joinpath("locale", name, "notices.toml")
    return _WORDS.validate_python(tomllib.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


@cache
def notices() -> tuple[Notice, ...]:
    """The notices of all states this program knows."""
    file = resources.files("resources").joinpath("guard", "notices.toml")
    return _Book.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).notice


def region_of(shop: Shop) -> str:
    """Where the shop is, as it chose or as its address tells: `US-NY` and so on; empty for not known."""
    return shop.region or region_in(shop.address)


def region_in(address: str) -> str:
    """The state that stands last in `address`: `US-NY` and so on; empty where none does."""
    region = ""
    for found in _IN_ADDRESS.finditer(address):
        said = "".join(letter for letter in (found["said"] or "").casefold() if letter.isalpha())
        region = f"US-{found['state'] or _NAMED[said]}"
    return region


def notice_for(shop: Shop) -> Notice | None:
    """The notice of the shop's state; None where the general one is enough."""
    region = region_of(shop)
    return next((one for one in notices() if one.region == region), None)
