"""Where slips go: to a printer, in a queue, in a folder, or nowhere at all; and the picture on them."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Final

from pos_app.doctor.case import Case
from pos_app.doctor.findings import Said, said_of
from pos_app.doctor.machine import takes_files
from pos_app.errors import DeviceProblem
from pos_app.i18n import _
from pos_app.printing import escpos
from pos_app.printing.choice import printer_for
from pos_app.printing.logo import LARGEST, MOST_DOTS, scale, size_of
from pos_app.printing.symbols import DOTS_A_MM, MARGIN
from pos_app.settings import Paper

_NOT_THERE: Final = frozenset({"device_missing", "queue_missing"})
_COARSE: Final = 2.5
"""So many of the printer's dots a dot of the picture may become."""
_THIN: Final = 4.0
"""A side of so few millimetres shows nothing."""


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
        folder = paper.slips or case.folder / "paper"
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


async def picture(case: Case) -> Said:
    """Whether the shop's picture is there, can be drawn, and how large it comes out on the shop's paper."""
    name = case.settings.shop.logo
    if not name:
        return Said("ok", _("The papers carry no picture."))
    return await asyncio.to_thread(_picture_in, case.folder / name, case.settings.paper)


def _picture_in(file: Path, paper: Paper) -> Said:
    choose = _("Choose it anew in the settings, or have none. Papers are printed without it.")
    try:
        with file.open("rb") as opened:
            png = opened.read(LARGEST + 1)
    except FileNotFoundError:
        return Said("warn", _("The shop's picture {name} is not there.").format(name=file.name), choose)
    except OSError:
        return Said("warn", _("The shop's picture {name} can not be read.").format(name=file.name), choose)
    wide, high = size_of(png)
    if not wide or not high:
        return Said("warn", _("The shop's picture {name} is no PNG.").format(name=file.name), choose)
    if len(png) > LARGEST or wide * high > MOST_DOTS:
        return Said("warn", _("The shop's picture {name} is too large.").format(name=file.name), choose)
    if not _is_whole(png):
        return Said("warn", _("The shop's picture {name} is damaged.").format(name=file.name), choose)
    if not _prints_pictures(paper):
        return Said(
            "warn",
            _("The printer is sent text alone: the shop's picture is not on its papers."),
            _("In the settings, have slips printed as a picture; or have no picture."),
        )
    larger = scale(wide, high, paper.dots - MARGIN, DOTS_A_MM)
    on_paper = _("The shop's picture is printed {wide} mm wide and {high} mm high.").format(
        wide=round(wide * larger / DOTS_A_MM), high=round(high * larger / DOTS_A_MM)
    )
    if larger > _COARSE:
        return Said("warn", on_paper, _("It has few dots for that and looks coarse. Choose a larger one."))
    if min(wide, high) * larger < _THIN * DOTS_A_MM:
        return Said("warn", on_paper, _("It is too narrow to be recognised. Choose one of another shape."))
    return Said("ok", on_paper)


def _is_whole(png: bytes) -> bool:
    from PIL import Image

    try:
        Image.open(io.BytesIO(png), formats=["PNG"]).load()
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error):
        return False
    return True


def _prints_pictures(paper: Paper) -> bool:
    """Whether some form in which papers leave has pictures: files and a system's queue have pages."""
    if paper.printer == "folder" or (paper.printer == "queue" and paper.form == "auto"):
        return True
    try:
        return paper.form != "text" and escpos.draws(paper.profile)
    except DeviceProblem:
        # Told as the printer's own trouble.
        return True


async def _with_what_there_is(said: Said) -> Said:
    """`said`, and the printers one could choose instead: a cable may have been put into another socket."""
    from pos_app.printing.spooling import list_printers

    names = [one.name for one in await list_printers()]
    if not names:
        return said
    there_is = _("This computer has: {names}.").format(names=", ".join(names))
    return replace(said, advice=f"{said.advice} {there_is}".strip())
