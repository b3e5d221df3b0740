"""Where slips go: a printer in the network, at a cable or in a queue, a folder, or nowhere at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

from pos_app.doctor.case import Case
from pos_app.doctor.findings import Said, said_of
from pos_app.doctor.machine import takes_files
from pos_app.errors import DeviceProblem
from pos_app.i18n import _
from pos_app.printing.choice import printer_for

_NOT_THERE: Final = frozenset({"device_missing", "queue_missing"})


async def printer(case: Case) -> Said:
    """Whether the chosen printer can print at this moment. Nothing is printed."""
    paper = case.settings.paper
    if paper.printer == "screen":
        return Said("ok", _("Codes are handed over on the screen; there is no printer."))
    own = None if case.options.live else case.folder / "paper"
    found = printer_for(paper, own)
    if found is None:
        return Said(
            "fail",
            _("No printer is set up."),
            _("Choose a printer, a folder or the screen, in the first start or in the settings."),
        )
    if paper.printer == "folder":
        folder = Path(paper.folder) if paper.folder else case.folder / "paper"
        if not await asyncio.to_thread(folder.exists):
            # The printer would make it to see whether it can.
            if not await asyncio.to_thread(takes_files, folder):
                return said_of(DeviceProblem("can_not_write"))
            return Said("ok", _("The folder for slips is made with the first paper."))
    problem = await found.state()
    if problem is not None:
        said = said_of(problem)
        return await _with_what_there_is(said) if problem.reason in _NOT_THERE else said
    if paper.printer == "folder":
        return Said("ok", _("The folder for slips takes files."))
    if paper.drawer != "none":
        return Said("ok", _("The printer is ready. The cash drawer hangs at it; it was not opened."))
    return Said("ok", _("The printer is ready."))


async def _with_what_there_is(said: Said) -> Said:
    """`said`, and the printers one could choose instead: a cable may have been put into another socket."""
    from pos_app.printing.spooling import list_printers

    names = [one.name for one in await list_printers()]
    if not names:
        return said
    there_is = _("This computer has: {names}.").format(names=", ".join(names))
    return replace(said, advice=f"{said.advice} {there_is}".strip())
