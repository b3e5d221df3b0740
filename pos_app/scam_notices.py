"""What the state a shop is in wants said to whoever buys a gift card: data, with the law it comes from."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from pos_app.i18n import language
from pos_app.settings import Shop

State = Literal["US-NY", "US-NJ", "US-MD"]

# A state's two letters before a ZIP code, as the post wants it.
_STATE: Final = re.compile(r"\b([A-Z]{2})[ ,.]+[0-9]{5}(?:-[0-9]{4})?\b")


class Notice(BaseModel):
    """One state's notice. `wants` is what the law (`source`) asks for; `sign`: where the state's own sign is.

    `slip`: it stands on the slip in the place of the general notice. `text`: the words, by language.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: State
    source: str
    wants: str
    sign: str
    slip: bool
    text: Annotated[dict[str, str], Field(min_length=1)]

    @property
    def words(self) -> str:
        """The notice in the language in force; in English where it was not translated."""
        short = language().replace("-", "_").partition("_")[0]
        return self.text.get(short, self.text["en"])


class _Book(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: tuple[Notice, ...]


@cache
def notices() -> tuple[Notice, ...]:
    """The notices of all states this program knows."""
    file = resources.files("resources").joinpath("guard", "notices.toml")
    return _Book.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).notice


def region_of(shop: Shop) -> str:
    """Where the shop is, as it chose or as its address tells: `US-NY` and so on; empty for not known."""
    if shop.region:
        return shop.region
    found = _STATE.findall(shop.address)
    return f"US-{found[-1]}" if found else ""


def notice_for(shop: Shop) -> Notice | None:
    """The notice of the shop's state; None where the general one is enough."""
    region = region_of(shop)
    return next((one for one in notices() if one.region == region), None)
