"""The merchants LevelUp's stand-in knows, with their locations, as untidy as the documented ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from pos_app.sandbox import names

MERCHANTS = 25
_NAMED = (
    "Riverbend Kitchen",
    "Riverbend Kitchen",  # a namesake elsewhere: only id and address tell the two apart
    "Café Ondine",
    "Moss & Anchor",
    "Tollgate Coffee",
)
_DELAYING = (3, 11)
_STREETS = (
    "Orchard Street",
    "Mill Lane",
    "Harbor Road",
    "Quarry Avenue",
    "Chapel Hill",
    "Lantern Way",
    "Elm Court",
)
_TOWNS = (
    ("Ostermill", "MA", "01999"),
    ("Fennborough", "NY", "10999"),
    ("Port Selway", "ME", "04999"),
    ("Kestrel Falls", "VT", "05999"),
    ("Dunmoor", "NH", "03999"),
    ("Lower Carrick", "CT", "06999"),
)
_BRANCHES = ("Main Street", "Station", "Downtown", "The Old Mill", "Waterfront", "Airport (Terminal 2)")


@dataclass(frozen=True)
class Location:
    """One shop of a merchant. `name` is often missing, as in the real data."""

    id: int
    name: str | None
    street_address: str
    locality: str
    region: str
    postal_code: str
    tip_preference: str
    pos_location_identifier: str | None

    @property
    def address(self) -> str:
        """All of it in one line."""
        return f"{self.street_address}, {self.locality}, {self.region}, {self.postal_code}"


@dataclass(frozen=True)
class Merchant:
    """One merchant. With `delays` its gift cards wait until the sender has confirmed by e-mail."""

    id: int
    name: str
    delays: bool
    locations: tuple[Location, ...]


def merchants(seed: int) -> Mapping[int, Merchant]:
    """Every merchant by its id; the same seed gives the same ones."""
    rng = Random(f"merchants {seed}")
    merchant_ids = sorted(rng.sample(range(20, 9000), MERCHANTS))
    location_ids = iter(rng.sample(range(1000, 99000), MERCHANTS * 4))
    found: dict[int, Merchant] = {}
    for number, merchant_id in enumerate(merchant_ids):
        name = (
            _NAMED[number]
            if number < len(_NAMED)
            else names.brand(rng, rng.choice(("food", "stores", "beauty")))
        )
        count = 1 if name == _NAMED[0] else rng.randint(1, 4)
        locations = tuple(_location(rng, next(location_ids)) for _ in range(count))
        found[merchant_id] = Merchant(merchant_id, name, number in _DELAYING, locations)
    return found


def _location(rng: Random, location_id: int) -> Location:
    town, state, code = rng.choice(_TOWNS)
    return Location(
        id=location_id,
        name=rng.choice((None, None, "", *_BRANCHES)),
        street_address=f"{rng.randint(1, 980)} {rng.choice(_STREETS)}",
        locality=town,
        region=state,
        postal_code=code,
        tip_preference=rng.choice(("expected", "unwanted", "no preference")),
        pos_location_identifier=rng.choice((None, f"T{rng.randint(1, 9)}")),
    )
