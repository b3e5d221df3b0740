"""Names of shops that do not exist, made from syllables, so that none belongs to anybody."""

from random import Random

_FIRST = (
    "Al Bel Cor Dro Es Fen Gal Hes Ilm Jor Kel Lum Mar Nol Or Pel Quil Ros Sil Tor Ul Vel Wen Xan Yel Zor"
)
_MIDDLE = "a e i o u an en ir os um é ö ü ia ae ov ist und"
_LAST = "brun dale fex gard holm jax lune mont nix quay rell stra thorn vane wick zet borg fjell lande noux"

TRADES: dict[str, tuple[str, ...]] = {
    "games": ("Games", "Arcade", "Play", "Quest", "Studios"),
    "music": ("Music", "Records", "Sound", "Radio"),
    "stores": ("Stores", "& Co", "Outlet", "Bazaar", "& Daughters", "Warenhaus"),
    "food": ("Café", "Kitchen", "Bakery", "Grill & Bar", "Crêperie", "Coffee"),
    "travel": ("Air", "Rail", "Hotels", "Voyages", "Ferries & Cruises"),
    "movies": ("Cinemas", "Filmhaus", "Théâtre"),
    "fashion": ("Fashion", "Shoes", "Maison", "Denim"),
    "home": ("Home", "Garden", "Möbel", "Tools & Timber"),
    "beauty": ("Beauty", "Spa", "Parfümerie"),
    "sports": ("Sports", "Fitness", "Outdoor", "Bikes"),
}
"""The kinds of shop there are, and the words such shops put behind their name."""

_LONG = (
    "The Original {name} Delicatessen, Pantry & Fine Provisions Company of Upper {other}",
    "{name} & {other} Brothers Department Stores and Mail Order House (Established 1887)",
    "Grande Pâtisserie et Chocolaterie {name} de la Vallée de {other}, Père & Fils",
)


def word(rng: Random) -> str:
    """One invented proper name, such as `Velöholm`."""
    return "".join(rng.choice(parts.split()) for parts in (_FIRST, _MIDDLE, _LAST))


def brand(rng: Random, category: str, *, long: bool = False) -> str:
    """One invented brand of that category; `long` gives a name that no label is wide enough for."""
    if long:
        return rng.choice(_LONG).format(name=word(rng), other=word(rng))
    trade = rng.choice(TRADES[category])
    return f"{trade} {word(rng)}" if trade.startswith(("Café", "Maison")) else f"{word(rng)} {trade}"
