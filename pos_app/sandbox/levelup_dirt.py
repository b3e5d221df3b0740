"""Location data as untidy as clients of the real service have met it."""

from collections.abc import Sequence
from typing import Any

_Row = dict[str, Any]


def dirty(rows: Sequence[_Row]) -> list[_Row]:
    """The same locations with every documented untidiness among them.

    No shop has a name, and the last merchant none either; coordinates are text; `shown` is called `visible`;
    first, third and fourth merchant share a name; the last location is listed twice; a stub is in between.
    """
    told = [_untidy(row) for row in rows]
    names = {row["merchant_id"]: row["merchant_name"] for row in told if "merchant_name" in row}
    merchants, first = list(names), next(iter(names.values()), None)
    called = {**dict.fromkeys(merchants[2:4], first), **dict.fromkeys(merchants[4:][-1:])}
    for row in told:
        if row.get("merchant_id") in called:
            row["merchant_name"] = called[row["merchant_id"]]
    stub = {"id": 99_003, "shown": False, "updated_at": "2015-01-02T08:00:00-05:00"}
    return [*told[:1], stub, *told[1:], *told[-1:]]


def _untidy(row: _Row) -> _Row:
    told = {("visible" if name == "shown" else name): value for name, value in row.items()}
    told.update({name: str(told[name]) for name in ("latitude", "longitude") if name in told})
    return {**told, "name": None} if "name" in told else told
