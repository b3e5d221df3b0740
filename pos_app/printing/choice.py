"""Which printer the shop has chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pos_app.printing.devices import FilePrinter, Printer
from pos_app.printing.document import Document
from pos_app.printing.network import NetworkPrinter
from pos_app.settings import Paper


def printer_for(
    paper: Paper, folder: Path | None, render_pdf: Callable[[Document], bytes] | None = None
) -> Printer | None:
    """The printer `paper` asks for; None where there is none, or where codes are only shown on the screen.

    `folder` is where files go when `paper` names no folder. Nothing is opened or asked here.
    """
    if paper.printer == "network":
        return NetworkPrinter(paper.host, paper.port, paper.columns, paper.profile)
    chosen = Path(paper.folder) if paper.folder else folder
    if paper.printer == "screen" or chosen is None:
        return None
    return FilePrinter(chosen, paper.columns, paper.profile, render_pdf)
