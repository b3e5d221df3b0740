"""LevelUp's `Authorization` header in all the spellings its pages and its clients use."""

import re
import secrets
from dataclasses import dataclass

from typing_extensions import override

_UNTAGGED = re.compile(r"[^\s\"=,]{1,100}")
_TAGGED = re.compile(
    r"(?P<tag>merchant|user|service)\s*=\s*(?:\"(?P<quoted>[^\"]{1,100})\"|(?P<bare>[^\s\"=,]{1,100}))"
)


@dataclass(frozen=True)
class Presented:
    """The tokens a request presents: one without a tag, or one or two with."""

    untagged: str | None = None
    merchant: str | None = None
    user: str | None = None

    @override
    def __repr__(self) -> str:
        return "Presented(...)"


def read(header: str | None) -> Presented | None:
    """What the header presents, or None if it is missing or in no known spelling."""
    scheme, _, rest = (header or "").strip().partition(" ")
    rest = rest.strip()
    if scheme.lower() != "token" or not rest:
        return None
    if _UNTAGGED.fullmatch(rest):
        return Presented(untagged=rest)
    found: dict[str, str] = {}
    for part in rest.split(","):
        tagged = _TAGGED.fullmatch(part.strip())
        if tagged is None or tagged["tag"] in found:
            return None
        found[tagged["tag"]] = tagged["quoted"] or tagged["bare"]
    # LevelUp's own scripts say `service` for whichever token they hold: it counts as one without a tag.
    service = found.pop("service", None)
    if service is not None and found:
        return None
    return Presented(untagged=service, **found)


def same(presented: str | None, wanted: str) -> bool:
    """Whether that is the token."""
    # Half a surrogate pair can be said in JSON, and no strict encoding takes it.
    return presented is not None and secrets.compare_digest(
        presented.encode("utf-8", "surrogatepass"), wanted.encode("utf-8")
    )
