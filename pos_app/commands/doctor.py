"""`countercard doctor`: everything a till needs, one line each: in order, or what to do about it."""

from __future__ import annotations

import argparse
import os
from typing import Final

from pos_app.commands.exits import Exit
from pos_app.commands.output import emit, say, visible
from pos_app.doctor import Finding, State, examine
from pos_app.i18n import _, ngettext
from pos_app.opening import Options

_MARKS: Final[dict[State, str]] = {"ok": "ok  ", "warn": "!   ", "fail": "FAIL"}


async def doctor(args: argparse.Namespace) -> Exit:
    """Examine the till and tell each finding as it comes, or all of them in one line of JSON."""
    found: list[Finding] = []
    async for finding in examine(Options(store=args.store, sandbox=args.sandbox, live=args.live)):
        found.append(finding)
        if not args.json:
            _tell(finding)
    failures = sum(finding.state == "fail" for finding in found)
    if args.json:
        emit([_object(finding) for finding in found])
    else:
        say(_in_short(failures, sum(finding.state == "warn" for finding in found)))
    code = Exit.UNWELL if failures else Exit.DONE
    if any(finding.overdue for finding in found):
        # What hangs on its thread, such as a drive that does not answer, would keep the program from ending.
        os._exit(code)
    return code


def _in_short(failures: int, warnings: int) -> str:
    if failures:
        words = ngettext("{n} thing has to be put right.", "{n} things have to be put right.", failures)
        return words.format(n=failures)
    if warnings:
        words = ngettext(
            "Nothing hinders the till; {n} thing wants to be seen to.",
            "Nothing hinders the till; {n} things want to be seen to.",
            warnings,
        )
        return words.format(n=warnings)
    return _("Everything needed is in order.")


def _tell(finding: Finding) -> None:
    say(visible(f"{_MARKS[finding.state]}  {finding.title}: {finding.what}"))
    if finding.advice:
        say(visible(f"      → {finding.advice}"))


def _object(finding: Finding) -> dict[str, object]:
    return {
        "name": finding.name,
        "state": finding.state,
        "what": finding.what,
        "advice": finding.advice or None,
    }
