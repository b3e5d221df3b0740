"""What a person enters about the shop and its paper: as it is kept, or what is wrong with it, by field.

Whoever enters it writes text; the settings' own models read it, and every rule that is broken becomes a
`Problem` beside its field. What only the disk or the printer library can tell is asked apart:
`wrong_outside`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pos_app.errors import DeviceProblem
from pos_app.limits import OFF, checked
from pos_app.orders.digits import western_digits
from pos_app.orders.rules import Problem
from pos_app.printing.document import is_seen, printable
from pos_app.printing.escpos import check_profile
from pos_app.settings import Paper, Shop

LONGEST_NAME: Final = 60
"""Characters of the shop's name and the cashier's: what fits on two lines of narrow paper."""

LONGEST_ADDRESS: Final = 300

NO_ZONES: Final = frozenset({"Factory", "localtime"})
"""Names among the time zones that are no place."""

OWN_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "folder": ("folder",),
    "network": ("host", "port"),
    "device": ("device",),
    "serial": ("device", "baud"),
    "queue": ("queue",),
    "screen": (),
}
"""The fields of `Paper` that say where a printer of a kind is; the others stay as they were."""

_PRINTER_FIELDS: Final = frozenset(name for names in OWN_FIELDS.values() for name in names)
_NUMBERS: Final = frozenset({"port", "baud", "columns", "host"})
"""What is written in digits, by whoever has a keyboard of another script in theirs."""

_MOST_PORT: Final = 65535
_HOST = re.compile(r"[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_])?")
_LONGEST_HOST: Final = 253
_LONGEST_TEXT: Final = 1000
_LINES: Final = frozenset({"address", "header", "terms", "footer"})
_FOLLOWS: Final = "default_factory_not_called"
"""Pydantic's word for a field that is made from another one, which is wrong."""

# Each broken rule by the field it is about: every one of them has its words.
_TOO_LONG: Final = {
    "name": Problem("shop_name", "too_long"),
    "phone": Problem("phone", "too_long"),
    "address": Problem("address", "too_long"),
    "header": Problem("header", "too_long"),
    "terms": Problem("terms", "too_long"),
    "tax": Problem("tax", "too_long"),
    "footer": Problem("footer", "too_long"),
    "logo": Problem("logo", "too_long"),
    "smallest_coin": Problem("smallest_coin", "unknown"),
    "large_print": Problem("large_print", "unknown"),
    "host": Problem("host", "unreadable"),
    "device": Problem("device", "too_long"),
    "queue": Problem("queue", "too_long"),
}
_NOT_PRINTABLE: Final = {
    "name": Problem("shop_name", "not_printable"),
    "phone": Problem("phone", "not_printable"),
    "address": Problem("address", "not_printable"),
    "header": Problem("header", "not_printable"),
    "terms": Problem("terms", "not_printable"),
    "tax": Problem("tax", "not_printable"),
    "footer": Problem("footer", "not_printable"),
    "logo": Problem("logo", "unreadable"),
    "smallest_coin": Problem("smallest_coin", "unknown"),
    "large_print": Problem("large_print", "unknown"),
}
_UNREADABLE: Final = {
    "logo": Problem("logo", "unreadable"),
    "host": Problem("host", "unreadable"),
    "device": Problem("device", "unreadable"),
    "queue": Problem("queue", "unreadable"),
}
_OUT_OF_RANGE: Final = {
    "port": Problem("port", "out_of_range"),
    "baud": Problem("baud", "out_of_range"),
    "columns": Problem("columns", "out_of_range"),
}
_UNKNOWN: Final = {
    "printer": Problem("printer", "unknown"),
    "dots": Problem("dots", "unknown"),
    "form": Problem("form", "unknown"),
    "symbol": Problem("symbol", "unknown"),
    "sheet": Problem("sheet", "unknown"),
    "drawer": Problem("drawer", "unknown"),
    "large_print": Problem("large_print", "unknown"),
    "zone": Problem("zone", "unknown"),
    "region": Problem("region", "unknown"),
    "smallest_coin": Problem("smallest_coin", "unknown"),
}

_Model = TypeVar("_Model", bound=BaseModel)


def problems_with_cashier(name: str) -> tuple[Problem, ...]:
    """What is wrong with the name of who sells at a register; empty when nothing is."""
    if not is_seen(name):
        return (Problem("cashier", "missing"),)
    if len(name) > LONGEST_NAME:
        return (Problem("cashier", "too_long", {"most": LONGEST_NAME}),)
    return () if printable(name) else (Problem("cashier", "not_printable"),)


def shop_of(typed: Mapping[str, str], before: Shop) -> tuple[Shop, tuple[Problem, ...]]:
    """`before` with what was `typed`, by field; or `before` as it was, and what is wrong."""
    entered = {key: _tidied(key, value) for key, value in typed.items()}
    problems = [found for key, value in entered.items() if (found := _wrong_text(key, value)) is not None]
    return _read(Shop, before, entered, problems)


def paper_of(typed: Mapping[str, str], before: Paper) -> tuple[Paper, tuple[Problem, ...]]:
    """`before` with what was `typed`, by field; or `before` as it was, and what is wrong.

    Where a printer of another kind than the one `typed` is stays as it was kept. The folder of slips may be
    left empty here: whether it has to be named is known to `wrong_outside`.
    """
    kind = typed.get("printer", before.printer)
    own = OWN_FIELDS.get(kind, ())
    entered = {key: value.strip() for key, value in typed.items() if key not in _PRINTER_FIELDS or key in own}
    entered |= {key: western_digits(entered[key]) for key in _NUMBERS & entered.keys()}
    if folder := entered.get("folder"):
        entered["folder"] = _at_home(folder)
    problems: list[Problem] = []
    if kind == "network":
        problems += problems_with_address(entered.get("host", before.host), entered.get("port", "9100"))
    if "device" in own and not entered.get("device", before.device):
        problems.append(Problem("device", "missing_port" if kind == "serial" else "missing"))
    if "queue" in own and not entered.get("queue", before.queue):
        problems.append(Problem("queue", "missing"))
    return _read(Paper, before, {**entered, **_as_number(entered, "dots")}, problems)


def limits_of(typed: Mapping[str, str], currency: str) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """What was `typed` about limits in `currency`, by name, as the settings keep it; and what is wrong.

    Nothing typed is no such limit. Each problem names (`name`) the limit it is about.
    """
    kept: dict[str, str] = {}
    problems: list[Problem] = []
    for name, value in typed.items():
        kept[name] = western_digits(value.strip()) or OFF
        try:
            checked({currency: {name: kept[name]}})
        except ValueError:
            problems.append(Problem("limit", "unreadable", {"name": name}))
    return kept, tuple(problems)


def wrong_outside(paper: Paper, store: Path, *, needs_folder: bool = True) -> tuple[Problem, ...]:
    """What is wrong with `paper` as the disk and the printer library see it. Slow: ask it on a worker thread.

    `needs_folder`: the folder of slips must be named; practice has one of its own inside the store.
    """
    problems: list[Problem] = []
    if paper.printer == "folder" and (paper.folder or needs_folder):
        problems += problem_with_folder(paper.folder, store)
    try:
        check_profile(paper.profile)
    except DeviceProblem:
        problems.append(Problem("profile", "unknown"))
    return tuple(problems)


def problem_with_folder(folder: str, store: Path) -> list[Problem]:
    """What is wrong with `folder` as a place for the slips of the store in `store`; it may not exist yet."""
    if not folder:
        return [Problem("folder", "missing")]
    try:
        path = Path(folder).expanduser()
    except RuntimeError:
        return [Problem("folder", "not_whole")]
    if not path.is_absolute() or not printable(folder):
        return [Problem("folder", "not_whole")]
    if path.resolve().is_relative_to(store.resolve()):
        return [Problem("folder", "in_store")]
    return []


def problems_with_address(host: str, port: str) -> list[Problem]:
    """What is wrong with a network printer's address."""
    problems: list[Problem] = []
    if not host:
        problems.append(Problem("host", "missing"))
    elif len(host) > _LONGEST_HOST or not (_is_name(host) or _is_ip_number(host)):
        problems.append(Problem("host", "unreadable"))
    if not is_number(port, 1, _MOST_PORT):
        problems.append(Problem("port", "out_of_range"))
    return problems


def is_number(typed: str, least: int, most: int) -> bool:
    """Whether `typed` is a whole number in plain digits, from `least` to `most`."""
    digits = typed.strip()
    return digits.isascii() and digits.isdigit() and least <= int(digits[:9]) <= most


def is_zone(name: str) -> bool:
    """Whether `name` is the IANA name of a time zone."""
    return name in zones()


@cache
def zones() -> tuple[str, ...]:
    """All IANA names of time zones there are to choose from. Looks through the disk the first time."""
    from zoneinfo import available_timezones

    return tuple(sorted(available_timezones() - NO_ZONES))


def address_lines(address: str) -> str:
    """`address` without blanks around its lines and without empty ones."""
    return "\n".join(line.strip() for line in address.splitlines() if line.strip())


def _tidied(key: str, value: str) -> str:
    return address_lines(value) if key in _LINES else value.strip()


def _at_home(folder: str) -> str:
    """`folder` with the user's own in the place of `~`, as far as that is known."""
    try:
        return str(Path(folder).expanduser()) if folder.startswith("~") else folder
    except RuntimeError:
        return folder


def _as_number(entered: Mapping[str, str], key: str) -> dict[str, int]:
    """The one field that takes numbers only: pydantic reads no text as one of a few numbers."""
    return {key: int(entered[key])} if is_number(entered.get(key, ""), 1, 10_000) else {}


def _wrong_text(key: str, value: str) -> Problem | None:
    if key == "zone":
        return None if is_zone(value) else Problem("zone", "unknown")
    if key == "region":
        # One of a few words: whether it is one of them, the settings' own rule tells.
        return None
    if key == "name" and not is_seen(value):
        return Problem("shop_name", "missing")
    most = {"name": LONGEST_NAME, "phone": LONGEST_NAME, "address": LONGEST_ADDRESS}.get(key, _LONGEST_TEXT)
    if len(value) > most:
        return replace(_TOO_LONG[key], facts={"most": most})
    if not all(map(printable, value.splitlines())):
        return _NOT_PRINTABLE[key]
    return None


def _read(
    model: type[_Model], before: _Model, entered: Mapping[str, object], problems: list[Problem]
) -> tuple[_Model, tuple[Problem, ...]]:
    try:
        made = model.model_validate({**before.model_dump(exclude_unset=True), **entered})
    except ValidationError as error:
        told = {one.field for one in problems}
        found = [_problem_in(one) for one in error.errors() if one["type"] != _FOLLOWS]
        return before, (*problems, *(one for one in found if one.field not in told))
    return (before if problems else made), tuple(problems)


def _problem_in(error: ErrorDetails) -> Problem:
    """A rule of pydantic's that was broken, in the till's own terms."""
    field = str(error["loc"][0]) if error["loc"] else ""
    facts: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "string_too_long":
            return replace(_TOO_LONG[field], facts={"most": facts.get("max_length", 0)})
        case "string_pattern_mismatch":
            return _UNREADABLE[field]
        case _ if field in _OUT_OF_RANGE:
            return replace(_OUT_OF_RANGE[field], facts=_limits(field))
        case _:
            return _UNKNOWN[field]


def _limits(field: str) -> dict[str, object]:
    """The least and the most a number of `Paper` may be."""
    about = Paper.model_fields.get(field)
    known = [] if about is None else about.metadata
    least = next((one.ge for one in known if getattr(one, "ge", None) is not None), None)
    most = next((one.le for one in known if getattr(one, "le", None) is not None), None)
    return {"least": least, "most": most}


def _is_name(host: str) -> bool:
    # Digits alone are an IP number, or a mistake in one.
    return _HOST.fullmatch(host) is not None and not host.replace(".", "").isdigit()


def _is_ip_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
