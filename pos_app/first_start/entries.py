"""What may stand on the pages of a first start. A rule that is broken is a `Problem` beside its field."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Final

from pos_app.errors import DeviceProblem
from pos_app.first_start.pages import PaperEntries, ShopEntries
from pos_app.orders.rules import Problem
from pos_app.printing.document import printable
from pos_app.printing.escpos import check_profile
from pos_app.settings import FEWEST_COLUMNS, MOST_COLUMNS, Paper

LONGEST_NAME: Final = 60
"""Characters of the shop's name and the cashier's: what fits on two lines of narrow paper."""

LONGEST_ADDRESS: Final = 300

NO_ZONES: Final = frozenset({"Factory", "localtime"})
"""Names among the time zones that are no place."""

_MOST_PORT: Final = 65535
_HOST = re.compile(r"[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_])?")
_LONGEST_HOST: Final = 253


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
    if not _is_zone(entries.zone.strip()):
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
            problems += _problem_with_folder(entries.folder.strip(), store)
        case "network":
            problems += _problems_with_address(entries.host.strip(), entries.port.strip())
        case "screen":
            pass
        case _:
            problems.append(Problem("printer", "unknown"))
    if not _is_number(entries.columns, FEWEST_COLUMNS, MOST_COLUMNS):
        limits = {"least": FEWEST_COLUMNS, "most": MOST_COLUMNS}
        problems.append(Problem("columns", "out_of_range", limits))
    try:
        check_profile(entries.profile.strip() or Paper().profile)
    except DeviceProblem:
        problems.append(Problem("profile", "unknown"))
    return tuple(problems)


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
    return Paper.model_validate(typed), ()


def address_lines(address: str) -> str:
    """`address` without blanks around its lines and without empty ones."""
    return "\n".join(line.strip() for line in address.splitlines() if line.strip())


def _problem_with_folder(folder: str, store: Path) -> list[Problem]:
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


def _problems_with_address(host: str, port: str) -> list[Problem]:
    problems: list[Problem] = []
    if not host:
        problems.append(Problem("host", "missing"))
    elif len(host) > _LONGEST_HOST or not (_HOST.fullmatch(host) or _is_ip_number(host)):
        problems.append(Problem("host", "unreadable"))
    if not _is_number(port, 1, _MOST_PORT):
        problems.append(Problem("port", "out_of_range"))
    return problems


def _is_ip_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_number(typed: str, least: int, most: int) -> bool:
    digits = typed.strip()
    return digits.isascii() and digits.isdigit() and least <= int(digits[:9]) <= most


def _is_zone(name: str) -> bool:
    from zoneinfo import available_timezones

    return name in available_timezones() - NO_ZONES
