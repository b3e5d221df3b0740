"""LevelUp's locations: those a token manages, a merchant's, an app's, all of them, and a single one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any

from pos_app.sandbox import levelup_pages
from pos_app.sandbox.exchange import Reply, Request
from pos_app.sandbox.levelup_dirt import dirty
from pos_app.sandbox.levelup_replies import not_found, number, said, unauthorized
from pos_app.sandbox.levelup_rights import Rights
from pos_app.sandbox.levelup_tokens import APP
from pos_app.sandbox.merchants import Location, Merchant

HIDDEN = (99_001, 99_002)
"""Locations that are not shown: a list of all has stubs of them, and asking for one is 404."""

_HALF_A_CIRCLE = 180
_HIDDEN_SINCE = "2015-01-02T08:00:00-05:00"
_Row = dict[str, Any]


class Locations:
    """The calls that tell of locations."""

    def __init__(self, merchants: Mapping[int, Merchant], rights: Rights) -> None:
        self._rights = rights
        self._merchants = merchants
        self._known = {
            location.id: (merchant, location)
            for merchant in merchants.values()
            for location in merchant.locations
        }

    def managed(self, request: Request) -> Reply:
        """Every location the merchants' token manages, of any number of merchants, in one page."""
        if not self._rights.may_manage(request.headers):
            return unauthorized()
        return said(_listed(request, [_managed(*found) for found in self._known.values()]))

    def of_merchant(self, request: Request) -> Reply:
        """One merchant's locations: v14 tells three fields to the merchant, v15 everything to anybody."""
        older = request.version == "v14"
        if older and not self._rights.may_manage(request.headers):
            return unauthorized()
        merchant = self._merchants.get(number(request.ident))
        if merchant is None:
            return not_found()
        if older:
            return said(_listed(request, [_short(location) for location in merchant.locations]))
        found = [(merchant, location) for location in merchant.locations]
        return self._page(request, f"merchants/{merchant.id}/locations", found)

    def of_app(self, request: Request) -> Reply:
        """The locations of all merchants of the app, which needs no token."""
        if number(request.ident) != APP:
            return not_found()
        return self._page(request, f"apps/{APP}/locations", list(self._known.values()))

    def everywhere(self, request: Request) -> Reply:
        """All locations there are or were, to keep a copy up to date; needs no token."""
        stubs: list[_Row] = [{"id": number, "shown": False, "updated_at": _HIDDEN_SINCE} for number in HIDDEN]
        rows = [*stubs, *(_full(*found) for found in self._known.values())]
        if request.meets("dirty_locations"):
            rows = dirty(rows)
        return levelup_pages.since(request, "/levelup/v14/locations", rows)

    def one(self, request: Request) -> Reply:
        """One location; 404 also if it is hidden. Needs no token."""
        found = self._known.get(number(request.ident))
        return not_found() if found is None else said({"location": _full(*found)})

    def _page(self, request: Request, path: str, found: list[tuple[Merchant, Location]]) -> Reply:
        rows = _listed(request, _filtered(request, [_full(*each) for each in found]))
        return levelup_pages.numbered(request, f"/levelup/{request.version}/{path}", rows)


def _listed(request: Request, rows: Sequence[_Row]) -> list[dict[str, _Row]]:
    told = dirty(rows) if request.meets("dirty_locations") else rows
    return [{"location": row} for row in told]


def _filtered(request: Request, rows: list[_Row]) -> list[_Row]:
    query = request.query
    # All shops here sell over the counter, and nothing else.
    if "in_store" not in query.get("fulfillment_types", "in_store").split(","):
        return []
    words = query.get("query", "").casefold()
    rows = [row for row in rows if words in f"{row['merchant_name']} {row['name'] or ''}".casefold()]
    latitude, longitude = _degrees(query.get("lat", "")), _degrees(query.get("lng", ""))
    if latitude is None or longitude is None:
        return rows
    return sorted(
        rows, key=lambda row: (row["latitude"] - latitude) ** 2 + (row["longitude"] - longitude) ** 2
    )


def _degrees(said: str) -> Decimal | None:
    try:
        found = Decimal(said)
    except InvalidOperation:
        return None
    return found if found.is_finite() and -_HALF_A_CIRCLE <= found <= _HALF_A_CIRCLE else None


def _managed(merchant: Merchant, location: Location) -> _Row:
    return {
        "address": location.address,
        "id": location.id,
        "merchant_id": merchant.id,
        "merchant_name": merchant.name,
        "name": location.name,
        "pos_location_identifier": location.pos_location_identifier,
        "tip_preference": location.tip_preference,
    }


def _short(location: Location) -> _Row:
    return {"id": location.id, "name": location.name, "merchant_tip_preference": location.tip_preference}


def _full(merchant: Merchant, location: Location) -> _Row:
    rng = Random(f"place {location.id}")
    return {
        "id": location.id,
        "merchant_id": merchant.id,
        "merchant_name": merchant.name,
        "name": location.name,
        "street_address": location.street_address,
        "extended_address": None,
        "locality": location.locality,
        "region": location.region,
        "postal_code": location.postal_code,
        "phone": None,
        "hours": rng.choice((None, "", "Mo-Fr 8-18")),
        "latitude": Decimal(rng.randint(410_000, 450_000)) / 10_000,
        "longitude": -Decimal(rng.randint(680_000, 740_000)) / 10_000,
        "shown": True,
        "categories": [],
        "merchant_tip_preference": location.tip_preference,
        "merchant_description_html": None,
        "image_url": None,
        "updated_at": f"2015-{rng.randint(1, 12):02d}-{rng.randint(3, 28):02d}T14:28:05-05:00",
    }
