"""What the first page lets one choose from: currencies in use, and the world's time zones."""

from __future__ import annotations

from collections.abc import Iterable

from pos_app import i18n
from ui.widgets.pick_list import Pick

_NOT_A_PLACE = ("Etc/", "SystemV/", "posix/", "right/")


def currencies() -> tuple[Pick, ...]:
    """Every currency that is money somewhere today, with its name in the language in force."""
    from babel import Locale, UnknownLocaleError
    from babel.core import get_global
    from babel.numbers import get_currency_name, get_territory_currencies

    try:
        locale = Locale.parse(i18n.language())
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    codes = {code for place in get_global("territory_currencies") for code in get_territory_currencies(place)}
    return tuple(Pick(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in sorted(codes))


def zones(names: Iterable[str], here: str) -> tuple[Pick, ...]:
    """The time zones in `names` that are called after a place, the one of this machine (`here`) first."""
    places = [name for name in sorted(names) if "/" in name and not name.startswith(_NOT_A_PLACE)]
    ordered = dict.fromkeys([here, *places] if here else places)
    return tuple(Pick(name, name.replace("_", " ")) for name in ordered)
