"""LevelUp's lists: a page at a time, the way to the next in the header `Link`, and 204 behind the last."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pos_app.sandbox.exchange import Reply, Request
from pos_app.sandbox.levelup_replies import said

PAGE = 10
"""How many entries a page has."""

_ELSEWHERE = "https://elsewhere.example"


def numbered(request: Request, path: str, rows: Sequence[object]) -> Reply:
    """The page of `rows` that the query's `page` asks for; `path` is where this list is."""
    said_page = request.query.get("page", "")
    number = max(1, int(said_page)) if said_page.isascii() and said_page.isdigit() else 1
    kept = [(name, value) for name, value in request.query.multi_items() if name != "page"]
    return _page(
        request,
        path,
        rows[(number - 1) * PAGE : number * PAGE],
        this=[*kept, ("page", str(number))],
        following=[*kept, ("page", str(number + 1))],
    )


def since(request: Request, path: str, rows: Sequence[Mapping[str, object]]) -> Reply:
    """The first page of those of `rows` that changed after the query's `since` and `last_id`.

    Whoever has reached the end keeps that address, and learns from it later what has changed.
    """
    last_id = request.query.get("last_id", "")
    reached = (request.query.get("since", ""), int(last_id) if last_id.isdecimal() else 0)
    ordered = sorted(rows, key=_changed)
    part = [row for row in ordered if _changed(row) > reached][:PAGE]
    time, number = _changed(part[-1]) if part else reached
    return _page(
        request,
        path,
        [{"location": row} for row in part],
        this=request.query.multi_items(),
        following=[("since", time), ("last_id", str(number))],
    )


def _changed(row: Mapping[str, object]) -> tuple[str, int]:
    return str(row["updated_at"]), int(str(row["id"]))


def _page(
    request: Request,
    path: str,
    part: Sequence[object],
    *,
    this: list[tuple[str, str]],
    following: list[tuple[str, str]],
) -> Reply:
    if not part:
        return Reply(204)
    astray = request.option("odd_link", "to")
    # A full page does not know whether it is the last one, so the last may have a `Link` too.
    if len(part) < PAGE and astray is None:
        return said(part)
    host = _ELSEWHERE if astray == "foreign" else f"http://{request.headers.get('host', '')}"
    address = f"{host}{path}?{urlencode(this if astray == 'same' else following)}"
    return said(part, headers=(("Link", f'<{address}>; rel="next"'),))
