"""LevelUp's lists: a page at a time, the way to the next in the header `Link`, and 204 behind the last."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pos_app.sandbox.exchange import Reply, Request
from pos_app.sandbox.levelup_replies import number, said

PAGE = 10
"""How many entries a page has."""

_ELSEWHERE = "https://elsewhere.example"


def numbered(request: Request, path: str, rows: Sequence[object]) -> Reply:
    """The page of `rows` that the query's `page` asks for; `path` is where this list is."""
    page = max(1, number(request.query.get("page", "")))
    kept = [(name, value) for name, value in request.query.multi_items() if name != "page"]
    return _page(
        request,
        path,
        rows[(page - 1) * PAGE : page * PAGE],
        this=[*kept, ("page", str(page))],
        following=[*kept, ("page", str(page + 1))],
    )


def since(request: Request, path: str, rows: Sequence[Mapping[str, object]]) -> Reply:
    """The first page of those of `rows` that changed after the query's `since` and `last_id`.

    Whoever has reached the end keeps that address, and learns from it later what has changed.
    """
    reached = (request.query.get("since", ""), number(request.query.get("last_id", "")))
    ordered = sorted(rows, key=_changed)
    part = [row for row in ordered if _changed(row) > reached][:PAGE]
    moment, last_id = _changed(part[-1]) if part else reached
    return _page(
        request,
        path,
        [{"location": row} for row in part],
        this=request.query.multi_items(),
        following=[("since", moment), ("last_id", str(last_id))],
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
