"""What may stand on the pages of a first start. A rule that is broken is a `Problem` beside its field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from pos_app.entered import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    is_number,
    is_zone,
    problem_with_folder,
    problems_with_address,
)
from pos_app.errors import DeviceProblem
from pos_app.first_start.pages import PaperEntries, ShopEntries
from pos_app.orders.rules import Problem
from pos_app.printing.document import printable
from pos_app.printing.escpos import check_profile
from pos_app.settings import FEWEST_COLUMNS, MOST_COLUMNS, Paper

_LONGEST_PLACE: Final = 253
_SLOWEST, _FASTEST = 300, 4_000_000


def problems_with_shop(entries: ShopEntries) -> tuple[Problem, ...]:
    """What is wrong with page 1; empty when nothing is."""
    from babel.numbers import is_currency

    name, phone = entries.name.strip(), entries.phone.strip()
    problems: list[Problem] = []
    if not name:
        problems.append(Problem("shop_name", "missing"))
    elif len(name) > LONGEST_NAME:
        problems.append(Problem("shop_name", "too_long", {"most": LONGEST_NAME}))
    elif not printable(name):
        problems.append(Problem("shop_name", "not_printable"))
    if len(entries.address) > LONGEST_ADDRESS:
        problems.append(Problem("address", "too_long", {"most": LONGEST_ADDRESS}))
    elif not all(map(printable, entries.address.splitlines())):
        problems.append(Problem("address", "not_printable"))
    if len(phone) > LONGEST_NAME:
        problems.append(Problem("phone", "too_long", {"most": LONGEST_NAME}))
    elif not printable(phone):
        problems.append(Problem("phone", "not_printable"))
    if not is_currency(entries.currency.strip().upper()):
        problems.append(Problem("currency", "unknown"))
    if not is_zone(entries.zone.strip()):
        problems.append(Problem("zone", "unknown"))
    return tuple(problems)


def problems_with_register(register_id: str, cashier: str) -> tuple[Problem, ...]:
    """What is wrong with page 2; empty when nothing is."""
    problems: list[Problem] = []
    if re.fullmatch("[0-9]{2}", register_id) is None:
        problems.append(Problem("register", "not_two_digits"))
    if not cashier:
        problems.append(Problem("cashier", "missing"))
    elif len(cashier) > LONGEST_NAME:
        problems.append(Problem("cashier", "too_long", {"most": LONGEST_NAME}))
    elif not printable(cashier):
        problems.append(Problem("cashier", "not_printable"))
    return tuple(problems)


def problems_with_paper(entries: PaperEntries, store: Path) -> tuple[Problem, ...]:
    """What is wrong with page 4, for the store in the folder `store`. Slow: it looks for the profile."""
    problems: list[Problem] = []
    match entries.printer:
        case "folder":
            problems += problem_with_folder(entries.folder.strip(), store)
        case "network":
            problems += problems_with_address(entries.host.strip(), entries.port.strip())
        case "device" | "serial" | "queue":
            problems += _problems_with_place(entries)
        case "screen":
            pass
        case _:
            problems.append(Problem("printer", "unknown"))
    if not is_number(entries.columns, FEWEST_COLUMNS, MOST_COLUMNS):
        limits = {"least": FEWEST_COLUMNS, "most": MOST_COLUMNS}
        problems.append(Problem("columns", "out_of_range", limits))
    try:
        check_profile(entries.profile.strip() or Paper().profile)
    except DeviceProblem:
        problems.append(Problem("profile", "unknown"))
    return tuple(problems)


def _problems_with_place(entries: PaperEntries) -> list[Problem]:
    """What is wrong with where a printer of this computer is said to be."""
    if entries.printer == "queue":
        return _problem_with_name(entries.queue.strip(), is_queue=True)
    problems = _problem_with_name(entries.device.strip(), is_queue=False)
    if entries.printer == "serial" and not is_number(entries.baud, _SLOWEST, _FASTEST):
        problems.append(Problem("baud", "out_of_range"))
    return problems


def _problem_with_name(name: str, *, is_queue: bool) -> list[Problem]:
    if not name:
        return [Problem("queue" if is_queue else "device", "missing")]
    if len(name) > _LONGEST_PLACE:
        return [Problem("queue" if is_queue else "device", "too_long", {"most": _LONGEST_PLACE})]
    if not printable(name):
        return [Problem("queue" if is_queue else "device", "unreadable")]
    return []


def paper_of(entries: PaperEntries, store: Path) -> tuple[Paper | None, tuple[Problem, ...]]:
    """Page 4 as it is kept, or what is wrong with it."""
    problems = problems_with_paper(entries, store)
    if problems:
        return None, problems
    typed: dict[str, object] = {"printer": entries.printer, "columns": int(entries.columns)}
    if entries.profile.strip():
        typed["profile"] = entries.profile.strip()
    if entries.printer == "folder":
        typed["folder"] = str(Path(entries.folder.strip()).expanduser())
    if entries.printer == "network":
        typed |= {"host": entries.host.strip(), "port": int(entries.port)}
    if entries.printer in {"device", "serial"}:
        typed["device"] = entries.device.strip()
    if entries.printer == "serial":
        typed["baud"] = int(entries.baud)
    if entries.printer == "queue":
        typed["queue"] = entries.queue.strip()
    return Paper.model_validate(typed), ()
