"""`countercard setup`: the six pages of a first start, asked at a terminal or read from a file and a pipe."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from pos_app import recovery
from pos_app.commands import asking
from pos_app.commands.exits import Exit, for_error
from pos_app.commands.output import emit, facts_of, say, tell, warn
from pos_app.errors import Misconfigured, NotAllowed, PosError
from pos_app.first_start import (
    FirstStart,
    PaperEntries,
    Progress,
    ShopEntries,
    Supplier,
    SupplierTest,
    open_first_start,
)
from pos_app.i18n import _, money, ngettext
from pos_app.messages import explain, problem
from pos_app.opening import Options
from pos_app.orders.rules import Problem
from pos_app.printing.document import Secret
from pos_app.printing.text import render

_COLUMNS: Final = 42

Table = Mapping[str, object]


@dataclass
class _Told:
    """What is to be said at the end, for programs."""

    problems: list[Problem] = field(default_factory=list[Problem])
    groups: list[str] = field(default_factory=list[str], repr=False)


async def setup(args: argparse.Namespace) -> Exit:
    """Fill in what is still open, page by page; done when the recovery sheet was typed back."""
    given: Table = _read(args.file) if args.file is not None else {}
    # Asking makes no store.
    start = await open_first_start(Options(store=args.store, live=True, looking=args.check))
    told = _Told()
    try:
        trouble: PosError | None = None
        try:
            if not args.check:
                await _fill_in(start, given, args.again or (), told)
        except PosError as error:
            trouble = error
        done = await start.progress()
    finally:
        await start.close()
    if args.json:
        emit(_as_object(done, told) | ({"error": facts_of(trouble)} if trouble is not None else {}))
    else:
        for line in _lines(done):
            say(line)
    if trouble is not None:
        tell(trouble, as_json=False)
        return for_error(trouble)
    return Exit.DONE if done.finished else Exit.NOT_ALLOWED


async def _fill_in(start: FirstStart, given: Table, again: Sequence[str], told: _Told) -> None:
    """Every open page in its order, up to the first that stays open."""
    done = await start.progress()
    if done.finished:
        return
    if done.keyring is not None:
        raise done.keyring
    pages: tuple[tuple[str, bool, Callable[[], Awaitable[list[Problem]]]], ...] = (
        ("shop", done.shop, lambda: _shop(start, _table(given, "shop"))),
        ("register", done.register, lambda: _register(start, _table(given, "register"))),
        ("supplier", done.supplier, lambda: _suppliers(start, _table(given, "suppliers"))),
        ("printer", done.printer, lambda: _printer(start, _table(given, "printer"))),
        ("manager", done.manager, lambda: _manager(start, _table(given, "manager"))),
    )
    for name, is_done, fill in pages:
        if is_done and name not in again:
            continue
        problems = await fill()
        while problems and asking.is_a_person():
            _warn(problems)
            problems = await fill()
        if problems:
            _warn(problems)
            told.problems += problems
            return
    await _recovery(start, told)


async def _shop(start: FirstStart, given: Table) -> list[Problem]:
    known = start.settings().shop
    has_name = "name" in known.model_fields_set
    entries = ShopEntries(
        name=_entry(given, "name", _("Shop's name"), known.name if has_name else ""),
        address=_entry(given, "address", _("Address"), known.address),
        phone=_entry(given, "phone", _("Phone"), known.phone),
        currency=_entry(given, "currency", _("Currency"), known.currency),
        zone=_entry(given, "zone", _("Time zone"), known.zone if has_name else start.zone()),
    )
    return list(await start.keep_shop(entries))


async def _register(start: FirstStart, given: Table) -> list[Problem]:
    number = _entry(given, "number", _("Number of this register"), start.settings().register_id)
    cashier = _entry(given, "cashier", _("Who sells here"), start.settings().cashier)
    return list(await start.keep_register(number, cashier))


async def _suppliers(start: FirstStart, given: Table) -> list[Problem]:
    """Every company the file names; at a terminal those a person says yes to, until there is one."""
    problems: list[Problem] = []
    for supplier in start.suppliers():
        if asking.is_a_person() and not given and not _yes(supplier.title, offered=supplier.kept):
            continue
        if (given and supplier.name not in given) or (not given and not asking.is_a_person()):
            continue
        problems += await _supplier(start, supplier, _table(given, supplier.name))
    if not problems and not any(supplier.kept for supplier in start.suppliers()):
        problems.append(Problem("supplier", "missing"))
    return problems


async def _supplier(start: FirstStart, supplier: Supplier, given: Table) -> list[Problem]:
    fields = {
        field.name: _entry(given, field.name, f"{supplier.title}, {field.label}", field.value)
        for field in supplier.fields
    }
    while True:
        secrets = {
            secret.name: asking.ask_secret(f"{supplier.title}, {secret.label}") for secret in supplier.secrets
        }
        try:
            test = await start.keep_supplier(supplier.name, fields, secrets)
        except PosError as error:
            if not asking.is_a_person():
                raise
            tell(error, as_json=False)
            if not _yes(_("Try again"), offered=True):
                raise
            continue
        if test.passed:
            _tell_test(supplier, test)
        return list(test.problems)


def _tell_test(supplier: Supplier, test: SupplierTest) -> None:
    if test.balance is not None:
        warn(
            _("{company} answers. Balance: {amount}").format(
                company=supplier.title, amount=money(test.balance)
            )
        )
    elif test.merchants is not None:
        count = len(test.merchants)
        words = ngettext("{company} answers: {n} merchant.", "{company} answers: {n} merchants.", count)
        warn(words.format(company=supplier.title, n=count))
    if test.untested:
        warn(_("The key that pays can only be tried by the first sale."))


async def _printer(start: FirstStart, given: Table) -> list[Problem]:
    known = start.settings().paper
    kind = _entry(
        given, "printer", _("Printer: folder, network, device, serial, queue or screen"), known.printer
    )
    folder = host = port = device = baud = queue = sheet = ""
    if kind == "folder":
        folder = _entry(given, "folder", _("Folder for slips"), known.folder or start.folder())
    if kind == "network":
        host = _entry(given, "host", _("Printer's name or IP number"), known.host)
        port = _entry(given, "port", _("Printer's port"), str(known.port))
    if kind in {"device", "serial"}:
        device = _entry(given, "device", _("Printer's device file or serial port"), known.device)
    if kind == "serial":
        baud = _entry(given, "baud", _("Serial port's speed"), str(known.baud))
    if kind == "queue":
        queue = _entry(given, "queue", _("Name of the system's printer"), known.queue)
    if kind in {"folder", "queue"}:
        sheet = _entry(given, "sheet", _("Pages: roll, A4 or Letter"), known.sheet)
    columns = _entry(given, "columns", _("Characters on a line"), str(known.columns))
    profile = _entry(given, "profile", _("Printer's profile"), known.profile)
    entries = PaperEntries(kind, folder, host, port, columns, profile, device, baud, queue, sheet)
    slip = await start.test_printer(entries)
    if slip.warning is not None:
        tell(slip.warning, as_json=False)
    if slip.where and asking.is_a_person():
        warn(_("A test page was printed."))
        if not _yes(_("Is it complete and readable"), offered=True):
            return await _printer(start, given)
    return list(slip.problems or await start.keep_printer(entries))


async def _manager(start: FirstStart, given: Table) -> list[Problem]:
    name = _entry(given, "name", _("First manager's name"), "")
    pin = asking.ask_secret(_("PIN, 4 to 8 digits"))
    return list(await start.keep_manager(name, pin, asking.ask_secret(_("The same PIN again"))))


async def _recovery(start: FirstStart, told: _Told) -> None:
    if asking.is_a_person():
        await _print_sheet(start, told)
        await _type_back(start)
        return
    if not await start.sheet_was_printed():
        await _print_sheet(start, told)
    typed = asking.all_lines()
    if not typed.strip():
        raise NotAllowed("not_set_up")
    found = recovery.read(typed)
    if isinstance(found, recovery.Mistyped):
        told.problems.append(mistyped(found.groups))
    elif wrong := await start.check_recovery(dict(enumerate(recovery.groups(found), 1))):
        told.problems.append(mistyped(wrong))
    _warn(told.problems)


async def _print_sheet(start: FirstStart, told: _Told) -> None:
    sheet = await start.print_recovery_sheet()
    if sheet.printer:
        warn(_("The recovery sheet was printed: {printer}").format(printer=sheet.printer))
        return
    told.groups += [
        group for block in sheet.document.blocks if isinstance(block, Secret) for group in block.value.split()
    ]
    warn(_("There is no paper: copy this by hand, and keep it like cash."))
    warn(render(sheet.document, _COLUMNS))


async def _type_back(start: FirstStart) -> None:
    typed: dict[int, str] = {}
    wrong = start.recovery_places()
    while wrong:
        for place in wrong:
            typed[place] = asking.ask(_("Group {number} of the sheet").format(number=place))
        wrong = await start.check_recovery(typed)
        if wrong:
            _warn([mistyped(wrong)])


def mistyped(groups: tuple[int, ...]) -> Problem:
    """What is wrong with a sheet that was typed back, by the numbers of its groups."""
    if not groups:
        return Problem("recovery", "another_form")
    return Problem("recovery", "mistyped", {"groups": ", ".join(map(str, groups))})


def _entry(given: Table, name: str, question: str, offered: str) -> str:
    """What the file says; without that what a person types, or what is offered."""
    if name in given:
        return str(given[name])
    return asking.ask(question, offered) if asking.is_a_person() else offered


def _yes(question: str, *, offered: bool) -> bool:
    yes, no = _("y"), _("n")
    answer = asking.ask(f"{question} ({yes}/{no})", yes if offered else no)
    return answer.casefold().startswith(yes)


def _read(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Misconfigured("settings_unreadable", path=str(path)) from None


def _table(given: Table, name: str) -> Table:
    found = given.get(name)
    return cast("Table", found) if isinstance(found, dict) else {}


def _warn(problems: list[Problem]) -> None:
    for one in problems:
        name = one.facts.get("name", one.field)
        warn(f"{name}: {problem(one)}")


def _lines(done: Progress) -> list[str]:
    """How far the first start has come, for people."""
    pages = [
        (_("Shop"), done.shop),
        (_("Register"), done.register),
        (_("Card company"), done.supplier),
        (_("Printer"), done.printer),
        (_("Manager"), done.manager),
        (_("Recovery sheet"), done.recovery),
    ]
    said = {True: _("done"), False: _("open")}
    lines = [f"{title:<20} {said[is_done]}" for title, is_done in pages]
    if done.keyring is not None:
        message = explain(done.keyring)
        lines.append(f"{message.title}. {message.what} {message.advice}")
    lines.append(
        _("Real cards can be sold.") if done.finished else _("Not finished: run this command again.")
    )
    return lines


def _as_object(done: Progress, told: _Told) -> dict[str, object]:
    """How far the first start has come, for programs."""
    shown: dict[str, object] = {
        "finished": done.finished,
        "keyring": done.keyring.reason if done.keyring is not None else None,
        "shop": done.shop,
        "register": done.register,
        "supplier": done.supplier,
        "printer": done.printer,
        "manager": done.manager,
        "recovery": done.recovery,
        "problems": [
            {"field": one.field, "reason": one.reason, "name": one.facts.get("name"), "words": problem(one)}
            for one in told.problems
        ],
    }
    return shown | ({"groups": told.groups} if told.groups else {})
