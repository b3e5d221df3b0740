"""Page 4: how slips leave the machine, tried with a slip that is worth nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from typing_extensions import override

from pos_app.entered import paper_of
from pos_app.first_start import PaperEntries
from pos_app.i18n import _
from pos_app.orders.rules import Problem
from pos_app.settings import Paper
from ui.borders import FirstStart
from ui.first_start.form import FormPage, sentences
from ui.printer_place import PrinterPlace, has_pages, sheet_entry, width_entry
from ui.screen import Clock
from ui.slip_trial import SlipTrial
from ui.widgets.parts import Text

_WIDTHS: Final = frozenset({"32", "42", "48"})


class PrinterPage(FormPage):
    """A printer in the network, at a cable or of this computer, files in a folder, or no paper at all."""

    def __init__(self, service: FirstStart, *, done: bool, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "printer_page",
            _("Printer"),
            _("How the customer gets a card's code."),
            clock=clock,
        )
        self._service = service
        # parts
        self._place = PrinterPlace(self.tasks, service.printers)
        self._width = width_entry("set_width", other=False)
        self._sheet = sheet_entry()
        self._trial = SlipTrial()
        self._no_paper = Text(
            "no_paper_says",
            "muted",
            _(
                "Codes are then handed over on this screen only: turn it to the customer and let nobody"
                " else look on."
            ),
            wrap=True,
        )
        self._fill(done=done)
        # layout
        self.body.setSpacing(16)
        for part in (self._place, self._width, self._sheet, self._trial, self._no_paper):
            self.body.addWidget(part)
        # connections
        for key, line in self._place.lines().items():
            self.take_in(key, line)
        for choice in (self._place.entries["printer"], self._place.entries["baud"], self._width, self._sheet):
            choice.changed.connect(self._on_choice)
        self._trial.wanted.connect(self._on_test)
        self._trial.told.connect(lambda: self.bring_into_view(self._trial.row))

    def _fill(self, *, done: bool) -> None:
        paper = self._service.settings().paper
        entries = self._place.entries
        for key, entry in entries.items():
            entry.show_value(str(getattr(paper, key)))
        entries["folder"].show_value(paper.folder or self._service.folder())
        if not done:
            # A fresh shop has chosen nothing yet: a receipt printer is what most have.
            entries["printer"].show_value("network")
        columns = str(paper.columns)
        self._width.show_value(columns if columns in _WIDTHS else "42")
        self._sheet.show_value(paper.sheet)
        self._place.show_kind()

    def _values(self) -> dict[str, str]:
        """What is entered, by field; what is not to be seen is not among it."""
        values = self._place.own() | {"columns": self._width.value()}
        return values | ({"sheet": self._sheet.value()} if has_pages(values["printer"]) else {})

    @override
    def wrong(self) -> Mapping[str, str]:
        values = self._values()
        found = list(paper_of(values, Paper())[1])
        if not values.get("folder", "/").strip():
            found.append(Problem("folder", "missing"))
        return sentences(found)

    @override
    async def keep(self) -> Mapping[str, str]:
        return sentences(await self._service.keep_printer(PaperEntries(**self._values())))

    @override
    def opened(self) -> None:
        super().opened()
        self._place.look()

    # --- keys ---------------------------------------------------------------------------------------

    @override
    def take_focus(self) -> None:
        self._place.entries["printer"].take_focus()

    @override
    def take_enter(self) -> None:
        shown = self.shown()
        empty = next((one for one in shown if not one.edit.text()), None)
        if empty is not None and not any(one.edit.hasFocus() for one in shown):
            self.go_to(empty)
        else:
            super().take_enter()

    # --- slots --------------------------------------------------------------------------------------

    def _on_choice(self) -> None:
        self._trial.forget()
        self.say_alarm("")
        self.draw()

    @override
    def on_changed(self, key: str) -> None:
        self._trial.forget()
        super().on_changed(key)

    def _on_test(self) -> None:
        if self.try_fields():
            self.act(self._print_test(self._values()))

    async def _print_test(self, values: dict[str, str]) -> None:
        problems = await self._trial.try_slip(
            values,
            lambda: self._service.test_printer(PaperEntries(**values)),
            lambda: values == self._values(),
        )
        self.tell(sentences(problems))

    # --- drawing ------------------------------------------------------------------------------------

    @override
    def render_page(self) -> None:
        super().render_page()
        kind = self._place.kind()
        self._place.draw()
        self._width.setVisible(kind != "screen")
        self._sheet.setVisible(has_pages(kind))
        self._trial.setVisible(kind != "screen")
        self._trial.let_press(may=not self.busy())
        self._no_paper.setVisible(kind == "screen")
