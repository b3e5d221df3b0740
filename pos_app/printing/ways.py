"""How else a sale's papers can be had when the shop's printer fails: other printers, files, or the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import platformdirs

from pos_app.i18n import _
from pos_app.printing.spooling import Found
from pos_app.settings import Paper

_FOLDER: Final = "Countercard"
_MOST: Final = 5
"""So many have room in a question at a counter."""

Kind = Literal["folder", "network", "device", "serial", "queue", "screen"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way, in `words` for a person; `paper` is the shop's with it in the printer's place."""

    words: str
    paper: Paper


def other_ways(chosen: Paper, found: Sequence[Found], documents: Path | None = None) -> tuple[Way, ...]:
    """The ways there are but for the one `chosen`: what the shop has named, what was `found`, files, none.

    Files go where the shop has them or, as it says, into a folder among the user's `documents`. What is found
    at a serial port may be anything, and is not offered.
    """
    ways = dict(_printers(chosen, found))
    mine = _key(chosen)
    folder = chosen.folder or str((documents or platformdirs.user_documents_path()) / _FOLDER)
    kept = [way for key, way in ways.items() if key != mine][:_MOST]
    if chosen.printer != "folder":
        as_files = _("As files, in {folder}").format(folder=_short(Path(folder)))
        kept.append(Way(as_files, _changed(chosen, "folder", folder=folder)))
    if chosen.printer != "screen":
        kept.append(Way(_("No paper: show the codes here"), _changed(chosen, "screen")))
    return tuple(kept)


def _printers(chosen: Paper, found: Iterable[Found]) -> Iterable[tuple[tuple[str, str], Way]]:
    """Each printer once, by what kind it is and where."""
    if chosen.host:
        words = _("The printer in the network, {name}").format(name=chosen.host)
        yield _known(_changed(chosen, "network"), words)
    if chosen.queue:
        words = _("The printer {name}").format(name=chosen.queue)
        yield _known(_changed(chosen, "queue"), words)
    for one in found:
        match one.printer:
            case "queue":
                words = _("The printer {name}").format(name=one.title)
                yield _known(_changed(chosen, "queue", queue=one.name, form="auto"), words)
            case "device":
                words = _("The printer at the USB cable, {name}").format(name=one.name)
                yield _known(_changed(chosen, "device", device=one.name), words)
            case "serial":
                pass


def _short(folder: Path) -> str:
    """`folder` as it has room on a button: from the user's own on."""
    home = Path.home()
    return str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)


def _known(paper: Paper, words: str) -> tuple[tuple[str, str], Way]:
    return _key(paper), Way(words, paper)


def _key(paper: Paper) -> tuple[str, str]:
    where = {
        "network": f"{paper.host}:{paper.port}",
        "device": paper.device,
        "serial": paper.device,
        "queue": paper.queue,
        "folder": paper.folder,
        "screen": "",
    }
    return paper.printer, where[paper.printer]


def _changed(chosen: Paper, kind: Kind, **where: str) -> Paper:
    return chosen.model_copy(update={"printer": kind, **where})
