"""What the shelves are called: the kinds of card, and the regions they are for.

The companies write both in English. A name that is known here is said in the language in force; any other
stays as the company wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from pos_app.i18n import _
from pos_app.orders.shelves import plain

_SHORT_REGION: Final = 3
"""A region of so many letters at most is an abbreviation."""


def category_words(category: str) -> str:
    """A company's category as people read it: `games` is *Games*, or *Juegos*."""
    known = _CATEGORIES.get(_key(category))
    return known() if known is not None else category[:1].upper() + category[1:]


def in_order(categories: Iterable[str]) -> list[tuple[str, str]]:
    """Each of `categories` with what people read, in the order of that."""
    return sorted(((one, category_words(one)) for one in categories), key=lambda one: plain(one[1]))


def categories_called(categories: Iterable[str], word: str) -> frozenset[str]:
    """Those of `categories` with a word, as people read it, that begins with `word`, as `plain` writes it."""
    return frozenset(
        one for one in categories if any(part.startswith(word) for part in plain(category_words(one)).split())
    )


def region_words(region: str) -> str:
    """A region as people read it: `US`, `Global`."""
    if _key(region) == "global":
        return _("Global")
    return region.upper() if len(region) <= _SHORT_REGION else region.capitalize()


def _key(name: str) -> str:
    """`name` however a company writes it: `Food & Drink`, `food-and-drink`."""
    return " ".join(plain(name).replace("&", " and ").replace("-", " ").replace("_", " ").split())


_CATEGORIES: Final[dict[str, Callable[[], str]]] = {
    "apparel": lambda: _("Apparel"),
    "automotive": lambda: _("Cars"),
    "baby and kids": lambda: _("Babies & children"),
    "beauty": lambda: _("Beauty"),
    "beauty and health": lambda: _("Beauty & health"),
    "books": lambda: _("Books"),
    "charity": lambda: _("Charity"),
    "clothing": lambda: _("Clothing"),
    "department stores": lambda: _("Department stores"),
    "dining": lambda: _("Dining"),
    "education": lambda: _("Education"),
    "electronics": lambda: _("Electronics"),
    "entertainment": lambda: _("Entertainment"),
    "experiences": lambda: _("Experiences"),
    "fashion": lambda: _("Fashion"),
    "food": lambda: _("Food"),
    "food and beverage": lambda: _("Food & drink"),
    "food and drink": lambda: _("Food & drink"),
    "food and drinks": lambda: _("Food & drink"),
    "fuel": lambda: _("Fuel"),
    "games": lambda: _("Games"),
    "gaming": lambda: _("Gaming"),
    "gas": lambda: _("Fuel"),
    "gift cards": lambda: _("Gift cards"),
    "groceries": lambda: _("Groceries"),
    "grocery": lambda: _("Groceries"),
    "health": lambda: _("Health"),
    "health and beauty": lambda: _("Beauty & health"),
    "home": lambda: _("Home & living"),
    "home and garden": lambda: _("Home & garden"),
    "home and living": lambda: _("Home & living"),
    "hotels": lambda: _("Hotels"),
    "jewelry": lambda: _("Jewelry"),
    "kids": lambda: _("Children"),
    "lifestyle": lambda: _("Lifestyle"),
    "mobile": lambda: _("Mobile phones"),
    "mobile top up": lambda: _("Phone top-ups"),
    "movies": lambda: _("Movies"),
    "music": lambda: _("Music"),
    "other": lambda: _("Other kinds"),
    "others": lambda: _("Other kinds"),
    "payment cards": lambda: _("Payment cards"),
    "pets": lambda: _("Pets"),
    "prepaid cards": lambda: _("Prepaid cards"),
    "restaurants": lambda: _("Restaurants"),
    "retail": lambda: _("Retail"),
    "services": lambda: _("Services"),
    "shoes": lambda: _("Shoes"),
    "shopping": lambda: _("Shopping"),
    "software": lambda: _("Software"),
    "sport": lambda: _("Sports"),
    "sports": lambda: _("Sports"),
    "stores": lambda: _("Stores"),
    "streaming": lambda: _("Streaming"),
    "subscriptions": lambda: _("Subscriptions"),
    "supermarkets": lambda: _("Supermarkets"),
    "top up": lambda: _("Phone top-ups"),
    "toys": lambda: _("Toys"),
    "transport": lambda: _("Transport"),
    "transportation": lambda: _("Transport"),
    "travel": lambda: _("Travel"),
    "travel and leisure": lambda: _("Travel & leisure"),
}
"""By the name as `_key` has it. The companies list no names anywhere: these are the usual ones in English."""
