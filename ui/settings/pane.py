"""The paper beside the form: redrawn a moment after typing, off the window's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import explain
from pos_app.settings import Paper, Settings, Shop
from ui.tasks import Tasks
from ui.widgets.entry import ChoiceEntry
from ui.widgets.flow import FlowRow
from ui.widgets.paper_preview import PaperPreview
from ui.widgets.parts import Text, named
from ui.widgets.spinner import Spinner

if TYPE_CHECKING:
    from ui.printing.previews import Form, Preview, Sample, Which

REDRAW_MS: Final = 150
"""How long nothing may be typed before the paper is drawn anew."""


@dataclass(frozen=True)
class Wanted:
    """What the paper is to be drawn from."""

    settings: Settings
    shop: Shop
    paper: Paper
    picture: bytes = field(default=b"", repr=False)


class PreviewPane(QFrame):
    """`crashed`: what nobody foresaw."""

    crashed = Signal(object)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "preview_pane", _("Preview"))
        self.setProperty("role", "desk")
        self._now = now
        self._wanted: Wanted | None = None
        self.tasks = Tasks(self, on_change=self._render, on_error=self._on_error)
        self._trouble = self._note = ""
        self._form_was_chosen = False
        # parts
        self._which = _choice(
            "preview_which", _("Preview"), {"slip": _("Card slip"), "receipt": _("Receipt")}
        )
        self._form = _choice("preview_form", _("Shown as"), {"text": _("Text"), "picture": _("Picture")})
        self._zoom = _choice("preview_zoom", _("Size"), {"true": _("100 %"), "fit": _("Fit")})
        self.paper = PaperPreview("preview_paper", _("How it comes out"))
        self._none = Text("preview_none", "muted", wrap=True)
        self._spinner = Spinner("preview_drawing", _("Drawing…"))
        self._said = Text("preview_said", "danger", wrap=True)
        self._stack = QStackedWidget()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REDRAW_MS)
        # layout
        # Side by side where there is room; a choice goes on in the next line as a whole.
        chosen = FlowRow(20, down=4)
        for choice in (self._form, self._zoom):
            chosen.flow.addWidget(choice)
        empty = QWidget()
        middle = QVBoxLayout(empty)
        middle.addStretch(1)
        middle.addWidget(self._none)
        middle.addStretch(2)
        self._stack.addWidget(self.paper)
        self._stack.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addWidget(self._which)
        column.addWidget(chosen)
        column.addWidget(self._said)
        column.addWidget(self._stack, 1)
        column.addWidget(self._spinner)
        # connections
        self._soon.timeout.connect(self._on_soon)
        self._form.changed.connect(self._on_form)
        for choice in (self._which, self._form):
            choice.changed.connect(self._on_soon)
        self._zoom.changed.connect(self._on_zoom)
        self._render()

    def show_soon(self, wanted: Wanted) -> None:
        """Draw what is `wanted` when nothing else is wanted for a moment."""
        before = self._wanted
        self._wanted = wanted
        if before is None or _usual_form(before.paper) != _usual_form(wanted.paper):
            self._form.show_value(_usual_form(wanted.paper))
            self._form_was_chosen = False
        self._soon.start()

    def busy(self) -> bool:
        """Whether what one sees is not yet what is wanted."""
        return self._soon.isActive() or self.tasks.busy("preview")

    def shown_form(self) -> str:
        """`picture` or `text`: as what the paper is shown."""
        return self._form.value()

    def _on_soon(self) -> None:
        self._soon.stop()
        wanted = self._wanted
        if wanted is None or wanted.paper.printer == "screen":
            self.tasks.stop("preview")
            self._render()
            return
        # One that is still being drawn is drawn for nobody: its picture is dropped.
        self.tasks.start("preview", self._draw(wanted), when_busy="replace")

    async def _draw(self, wanted: Wanted) -> None:
        which, at = self._which.value(), self._now()
        try:
            drawn = await asyncio.to_thread(_drawn, wanted, which, self._form.value(), at)
            self.paper.show_paper(drawn.image, drawn.mm, drawn.characters)
            self._trouble = self._note = ""
            self._render()
            lacks = await asyncio.to_thread(_proven, wanted, which, at)
            if lacks:
                self._note = _("This printer lacks letters of it, so it is sent as a picture.")
            usual = "picture" if lacks else _usual_form(wanted.paper)
            if not self._form_was_chosen and self._form.value() != usual:
                # One looks at what comes out, unless one asked for the other.
                self._form.show_value(usual)
                drawn = await asyncio.to_thread(_drawn, wanted, which, usual, at)
                self.paper.show_paper(drawn.image, drawn.mm, drawn.characters)
        except PosError as error:
            message = explain(error)
            self._trouble, self._note = f"{message.what} {message.advice}".strip(), ""

    def _on_form(self) -> None:
        self._form_was_chosen = True

    def _on_zoom(self) -> None:
        self.paper.zoom("fit" if self._zoom.value() == "fit" else "true")

    def _on_error(self, error: BaseException) -> None:
        self._trouble = _("This paper can not be drawn.")
        self._render()
        self.crashed.emit(error)

    def _render(self) -> None:
        wanted = self._wanted
        no_paper = wanted is not None and wanted.paper.printer == "screen"
        nothing_yet = self.paper.shown() is None
        self._stack.setCurrentIndex(1 if no_paper or nothing_yet else 0)
        self._none.setText(_("Nothing is printed: codes are handed over on the screen.") if no_paper else "")
        for choice in (self._which, self._form, self._zoom):
            choice.setVisible(not no_paper)
        words = self._trouble or self._note
        self._said.say("" if no_paper else words, "danger" if self._trouble else "small")
        self._spinner.turn(on=self.tasks.busy("preview"))


def _choice(name: str, label: str, choices: Mapping[str, str]) -> ChoiceEntry:
    return ChoiceEntry(name, label, choices, labelled=False)


def _usual_form(paper: Paper) -> str:
    """As what papers of this printer mostly come out."""
    return "picture" if paper.form == "picture" or paper.printer in {"folder", "queue"} else "text"


def _drawn(wanted: Wanted, which: str, form: str, at: datetime) -> Preview:
    from ui.printing.previews import preview

    shape: Form = "picture" if form == "picture" else "text"
    return preview(_sample(wanted), _kind(which), shape, at)


def _proven(wanted: Wanted, which: str, at: datetime) -> bool:
    from ui.printing.previews import prove

    return prove(_sample(wanted), _kind(which), at)


def _sample(wanted: Wanted) -> Sample:
    from ui.printing.previews import Sample

    return Sample(wanted.settings, wanted.shop, wanted.paper, wanted.picture)


def _kind(which: str) -> Which:
    return "receipt" if which == "receipt" else "slip"
