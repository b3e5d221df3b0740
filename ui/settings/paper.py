"""The page for paper and printer, and the slip that tries them before anything is saved."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.entered import paper_of
from pos_app.i18n import _
from pos_app.settings import Paper
from ui.borders import Preferring
from ui.printer_place import OTHER_WIDTH, PrinterPlace, has_pages, sheet_entry, width_entry
from ui.screen import Clock
from ui.settings.page import Page, sentences
from ui.slip_trial import SlipTrial
from ui.widgets.entry import ChoiceEntry, LineEntry
from ui.widgets.parts import rule
from ui.widgets.pick_list import Pick, PickList

_WIDTHS: Final = {"32": "384", "42": "512", "48": "576"}
"""Characters on a line of the usual papers, and the dots that go with them."""


class PaperPage(Page):
    """Where papers go, how wide they are, and how they are printed."""

    def __init__(self, preferences: Preferring, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "paper_page",
            _("Paper & printer"),
            _("How receipts and slips leave this till."),
            clock,
        )
        self._preferences = preferences
        # parts
        self._place = PrinterPlace(self.tasks, preferences.printers)
        self._profile = PickList("set_profile", _("Kind of receipt printer"))
        self._width = width_entry("set_width", other=True)
        self._trial = SlipTrial()
        # layout
        for key, entry in self._place.entries.items():
            self.add(key, entry)
        self.body.addWidget(self._place)
        self._on_paper = QWidget()
        self.body.addWidget(self._on_paper)
        self._lay_out_paper(_column(self._on_paper))
        self.body.addWidget(self._trial)
        # connections
        self._width.changed.connect(self._on_width)
        self._trial.wanted.connect(self._on_test)
        self._trial.told.connect(lambda: self.bring_into_view(self._trial.row))

    def _lay_out_paper(self, column: QVBoxLayout) -> None:
        column.addWidget(rule())
        column.addWidget(self._width)
        column.addWidget(self.add("columns", LineEntry("set_columns", _("Characters on a line, 30 to 48"))))
        dots = {number: number for number in _WIDTHS.values()}
        column.addWidget(self.add("dots", ChoiceEntry("set_dots", _("Dots on a line"), dots)))
        profile = self.add("profile", LineEntry("set_profile", _("Kind of receipt printer"), self._profile))
        profile.hint(_("Type to search. The default suits most."))
        column.addWidget(profile)
        forms = {
            "auto": _("As text where it can"),
            "text": _("Always text"),
            "picture": _("Always as a picture"),
        }
        form = self.add("form", ChoiceEntry("set_form", _("Slips are sent"), forms))
        form.hint(_("A picture prints every script, and more slowly."))
        column.addWidget(form)
        symbols = {"qr": _("QR code"), "code128": _("Code 128")}
        symbol = self.add("symbol", ChoiceEntry("set_symbol", _("Codes to be scanned"), symbols))
        symbol.hint(_("Code 128 needs 80 mm paper; where it does not fit there is a QR code."))
        column.addWidget(symbol)
        column.addWidget(self.add("sheet", sheet_entry()))
        pins = {"none": _("None"), "pin2": _("Pin 2"), "pin5": _("Pin 5")}
        drawer = self.add("drawer", ChoiceEntry("set_drawer", _("Cash drawer at the printer"), pins))
        drawer.hint(_("It opens when cash is taken, and never for a second print."))
        column.addWidget(drawer)

    # --- values -------------------------------------------------------------------------------------

    @override
    def kept_values(self) -> dict[str, str]:
        paper = self._preferences.settings.paper
        return {key: str(getattr(paper, key)) for key in self.entries}

    @override
    def fill(self) -> None:
        self._trial.forget()
        super().fill()
        self._show_width()
        self._place.show_kind()
        self.draw()

    def paper(self) -> Paper:
        """The paper as it is entered, for looking at it; as it is kept, while something is wrong with it."""
        values = self.values()
        looks = {key: values[key] for key in ("columns", "dots", "profile", "form", "symbol")}
        # Where the printer is may still be missing: the paper in it can be looked at all the same.
        paper = paper_of(looks, self._preferences.settings.paper)[0]
        return paper.model_copy(update={"printer": values["printer"]})

    @override
    def wrong(self) -> Mapping[str, str]:
        return sentences(paper_of(self.values(), self._preferences.settings.paper)[1])

    @override
    async def keep(self) -> Mapping[str, str]:
        return sentences(await self._preferences.keep_paper(self.values()))

    # --- what is looked up --------------------------------------------------------------------------

    @override
    def opened(self) -> None:
        super().opened()
        self.tasks.start("profiles", self._offer_profiles(), when_busy="refuse")
        self._place.look()

    async def _offer_profiles(self) -> None:
        profiles = await self._preferences.profiles()
        chosen = self._profile.chosen() or self._profile.text()
        self._profile.offer([Pick(name, f"{name} · {title}") for name, title in profiles])
        if not self._profile.hasFocus():
            self.entries["profile"].show_value(chosen)
        self.draw()

    # --- slots --------------------------------------------------------------------------------------

    @override
    def on_changed(self, key: str) -> None:
        self._trial.forget()

    def _on_width(self) -> None:
        if (width := self._width.value()) != OTHER_WIDTH:
            self.entries["columns"].show_value(width)
            self.entries["dots"].show_value(_WIDTHS[width])
            self.entries["columns"].changed.emit()
        else:
            self.draw()
            self.entries["columns"].take_focus()

    def _show_width(self) -> None:
        """Choose the named width that is entered in numbers."""
        columns = self.entries["columns"].value()
        self._width.show_value(columns if columns in _WIDTHS else OTHER_WIDTH)

    def _on_test(self) -> None:
        if self.tell(self.wrong()):
            self.act("test", self._print_test(self.values()))

    async def _print_test(self, values: dict[str, str]) -> None:
        problems = await self._trial.try_slip(
            values, lambda: self._preferences.print_test(values), lambda: values == self.values()
        )
        if problems:
            self.tell(sentences(problems))

    # --- drawing ------------------------------------------------------------------------------------

    @override
    def render_page(self) -> None:
        kind = self._place.kind()
        self._place.draw()
        self._on_paper.setVisible(kind != "screen")
        self._trial.setVisible(kind != "screen")
        self.entries["columns"].setVisible(self._width.value() == OTHER_WIDTH)
        self.entries["drawer"].setVisible(kind not in {"folder", "screen"})
        self.entries["sheet"].setVisible(has_pages(kind))
        self._trial.let_press(may=not self.tasks.busy("test") and not self.busy())


def _column(inside: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(16)
    return column
