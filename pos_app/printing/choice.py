"""Which printer the shop has chosen. What a kind of printer needs is imported when it is the shop's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app.printing import encode, escpos
from pos_app.printing.devices import FilePrinter, Printer
from pos_app.printing.document import Document
from pos_app.settings import Paper

if TYPE_CHECKING:
    from pos_app.printing.cabled import Cable

RenderPdf = Callable[[Document, str], bytes]
"""Makes a PDF of a document on a `sheet` as the settings name it: `roll`, `A4` or `Letter`."""


def printer_for(
    paper: Paper,
    folder: Path | None,
    render_pdf: RenderPdf | None = None,
    render_raster: encode.RenderRaster | None = None,
) -> Printer | None:
    """The printer `paper` asks for; None where there is none, or where codes are only shown on the screen.

    `folder` is where files go when `paper` names no folder. Nothing is opened, listed or asked here.
    """
    match paper.printer:
        case "screen":
            return None
        case "network":
            from pos_app.printing.network import NetworkPrinter

            return NetworkPrinter(paper.host, paper.port, paper, render_raster, drawer=paper.drawer)
        case "device":
            from pos_app.printing.device_file import open_device

            return _cabled(paper, partial(open_device, paper.device), render_raster)
        case "serial":
            from pos_app.printing.serial_port import open_port

            return _cabled(paper, partial(open_port, paper.device, paper.baud), render_raster)
        case "queue":
            return _queue(paper, render_pdf, render_raster)
        case "folder":
            chosen = paper.slips or folder
            if chosen is None:
                return None
            return FilePrinter(chosen, paper, _pdf_of(paper, render_pdf), render_raster)


def _cabled(
    paper: Paper, open_cable: Callable[[], Cable], render_raster: encode.RenderRaster | None
) -> Printer:
    from pos_app.printing.cabled import CabledPrinter

    check = partial(escpos.check_profile, paper.profile)
    return CabledPrinter(
        paper.device, open_cable, _bytes_of(paper, render_raster), check, drawer=paper.drawer
    )


def _queue(paper: Paper, render_pdf: RenderPdf | None, render_raster: encode.RenderRaster | None) -> Printer:
    from pos_app.printing.spooling import system_spooler
    from pos_app.printing.system_queue import Forms, QueuePrinter

    pdf = _pdf_of(paper, render_pdf)
    forms = Forms(
        raw=_bytes_of(paper, render_raster),
        text=partial(encode.prepared_text, paper=paper),
        pdf=None if pdf is None else lambda document: pdf(encode.for_a_page(document, paper)),
        check=partial(escpos.check_profile, paper.profile),
        # Who says what a receipt printer is to be sent has one.
        always_raw=paper.form != "auto",
    )
    return QueuePrinter(paper.queue, system_spooler(), forms, drawer=paper.drawer)


def _pdf_of(paper: Paper, render_pdf: RenderPdf | None) -> Callable[[Document], bytes] | None:
    return None if render_pdf is None else lambda document: render_pdf(document, paper.sheet)


def _bytes_of(paper: Paper, render_raster: encode.RenderRaster | None) -> Callable[[Document], bytes]:
    return partial(encode.prepared, paper=paper, render_raster=render_raster)
