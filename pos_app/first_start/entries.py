"""What may stand on the pages of a first start. A rule that is broken is a `Problem` beside its field."""

from __future__ import annotations

import re
from pathlib import Path

from pos_app import entered
from pos_app.entered import LONGEST_ADDRESS, LONGEST_NAME, is_zone, problems_with_cashier
from pos_app.first_start.pages import PaperEntries, ShopEntries
from pos_app.orders.rules import Problem
from pos_app.printing.document import is_seen, printable
from pos_app.settings import Paper


def problems_with_shop(entries: ShopEntries) -> tuple[Problem, ...]:
    """What is wrong with page 1; empty when nothing is."""
    from babel.numbers import is_currency

    name, phone = entries.name.strip(), entries.phone.strip()
    problems: list[Problem] = []
    if not is_seen(name):
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
    return (*problems, *problems_with_cashier(cashier))


def paper_of(entries: PaperEntries, store: Path) -> tuple[Paper, tuple[Problem, ...]]:
    """Page 4 as it is kept, and what is wrong with it, for the store in the folder `store`.

    Slow: it looks for the profile.
    """
    paper, problems = entered.paper_of(_chosen(entries), Paper())
    return paper, problems or entered.wrong_outside(paper, store)


def _chosen(entries: PaperEntries) -> dict[str, str]:
    """What was typed about the way that is chosen; kind and pages left empty are as usual."""
    kind = entries.printer
    typed = {key: str(getattr(entries, key)).strip() for key in entered.OWN_FIELDS.get(kind, ())}
    usual = {"profile": entries.profile.strip(), "sheet": entries.sheet.strip()}
    if kind not in {"folder", "queue"}:
        del usual["sheet"]
    said = {key: text for key, text in usual.items() if text}
    return {"printer": kind, "columns": entries.columns.strip(), **typed, **said}
