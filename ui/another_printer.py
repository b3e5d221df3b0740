"""After a print failure: the same papers through another printer, as files, or on the screen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos_app.i18n import _
from pos_app.orders.entries import Printed, PrintFailed
from pos_app.orders.order import Order
from pos_app.printing.ways import Way
from ui.dialogs import ask
from ui.issuing import Issuing
from ui.screen import Clock
from ui.sheet import Choice

_BACK = "back"
_WORDS, _BUTTON = 190, 68
"""Pixels of a question's words, and of each of its answers."""

_FEWEST = 3


async def print_elsewhere(
    window: QWidget, issuing: Issuing, sale_id: str, clock: Clock, *, why: str = ""
) -> bool:
    """Ask over `window` how else the sale is to be printed, and do it; whether anything was chosen.

    `why` is what kept the shop's printer from it, where that is not to be read yet; there the screen is none
    of the ways, because no code can be shown either. The printers there are were looked for before it asks,
    which takes some seconds at most. What became of the papers is what `Issuing.printed` says.
    """
    ways = await issuing.other_ways()
    if why:
        ways = on_paper(ways)
    words = _("What is not out yet is printed there. What may be out already says DUPLICATE.")
    chosen = await choose_way(window, ways, [why, words] if why else [words], clock)
    if chosen is None:
        return False
    await issuing.print_papers(sale_id, again=True, through=chosen.paper)
    return True


async def choose_way(window: QWidget, ways: tuple[Way, ...], words: list[str], clock: Clock) -> Way | None:
    """Which of `ways` somebody chose over `window`; `words` say what that does. None for none."""
    ways = _with_room(ways, window.height())
    if any(way.paper.printer == "folder" for way in ways):
        words = [
            *words,
            _("Files hold the codes: keep them to yourself, and delete them once they are printed."),
        ]
    choices = [Choice(f"way_{at}", way.words, primary=at == 0) for at, way in enumerate(ways)]
    title = _("Print another way")
    answer = await ask(window, title, words, (*choices, Choice(_BACK, _("Back"))), clock)
    return next((way for way, choice in zip(ways, choices, strict=True) if choice.key == answer), None)


def on_paper(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Those of `ways` that end on paper or in a file."""
    return tuple(way for way in ways if way.paper.printer != "screen")


def _with_room(ways: tuple[Way, ...], height: int) -> tuple[Way, ...]:
    """As many of `ways` as have room in a window so high: printers go, files and the screen stay."""
    room = max(_FEWEST, (height - _WORDS) // _BUTTON - 1)
    return ways if len(ways) <= room else (*ways[: room - 2], *ways[-2:])


def has_failed(order: Order) -> bool:
    """Whether the last paper of `order` that was tried did not come out, or may not have."""
    papers = [entry for entry in order.entries if isinstance(entry, Printed | PrintFailed)]
    return bool(papers) and isinstance(papers[-1], PrintFailed)
