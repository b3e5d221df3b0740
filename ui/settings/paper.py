"""The page for paper and printer, and the slip that tries them before anything is saved."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.entered import OWN_FIELDS, paper_of
from pos_app.errors import DeviceProblem
from pos_app.i18n import _, ngettext
from pos_app.messages import explain
from pos_app.settings import Paper
from ui.borders import Preferring
from ui.screen import Clock
from ui.settings.page import ROLES, Page, Said, sentences
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import ChoiceEntry, LineEntry
from ui.widgets.parts import Text, rule, set_role
from ui.widgets.pick_list import Pick, PickList
from ui.widgets.spinner import Spinner
from ui.widgets.tone_sign import ToneSign

_WIDTHS: Final = {"32": "384", "42": "512", "48": "576"}
"""Characters on a line of the usual papers, and the dots that go with them."""

_OTHER: Final = "other"
_LISTED: Final = ("device", "serial", "queue")


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
        self._outcome = Said()
        # parts
        self._kind = ChoiceEntry(
            "set_printer",
            _("Printer"),
            {
                "network": _("In the network"),
                "device": _("USB cable"),
                "serial": _("Serial port"),
                "queue": _("This computer's printers"),
                "folder": _("Files in a folder"),
                "screen": _("No paper"),
            },
        )
        self._device = PickList("set_device", _("Device"))
        self._queue = PickList("set_queue", _("Printer of this computer"))
        self._profile = PickList("set_profile", _("Kind of receipt printer"))
        self._finding = QWidget()
        self._spinner = Spinner("looking_for_printers", _("Looking for printers…"))
        self._found = Text("found_printers", "small", wrap=True)
        self._again = ActionButton("look_again", _("Look again"), role="quiet", icon="refresh")
        self._width = ChoiceEntry(
            "set_width",
            _("Width of the paper"),
            {
                "32": _("58 mm, 32 characters"),
                "42": _("80 mm, 42 characters"),
                "48": _("80 mm, 48 characters"),
                _OTHER: _("Another"),
            },
        )
        self._test = ActionButton("set_test", _("Print a test slip"), icon="printer")
        self._test_sign = ToneSign()
        self._tested = Text("set_test_outcome", "muted", wrap=True)
        # layout
        self._lay_out()
        # connections
        self._width.changed.connect(self._on_width)
        self._again.clicked.connect(self._look_for_printers)
        self._test.clicked.connect(self._on_test)
        self._show_kind()

    def _lay_out(self) -> None:
        self.body.addWidget(self.add("printer", self._kind))
        self._lay_out_place()
        self._on_paper = QWidget()
        self.body.addWidget(self._on_paper)
        self._lay_out_paper(_column(self._on_paper))
        self._trying = QWidget()
        self.body.addWidget(self._trying)
        self._lay_out_test(_column(self._trying))

    def _lay_out_place(self) -> None:
        body = self.body
        row = QHBoxLayout()
        row.setSpacing(12)
        host = self.add("host", LineEntry("set_host", _("Address of the printer")))
        host.hint(_("A name or an IP number: its own test page shows it."))
        port = QLineEdit()
        port.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        row.addWidget(host, 3)
        row.addWidget(self.add("port", LineEntry("set_port", _("Port"), port)), 1)
        body.addLayout(row)
        body.addWidget(self.add("folder", LineEntry("set_folder", _("Folder"))))
        body.addWidget(self.add("device", LineEntry("set_device", _("Device"), self._device)))
        queue = LineEntry("set_queue", _("Printer of this computer"), self._queue)
        body.addWidget(self.add("queue", queue))
        finding = QHBoxLayout(self._finding)
        finding.setContentsMargins(0, 0, 0, 0)
        finding.setSpacing(8)
        finding.addWidget(self._spinner, 1)
        finding.addWidget(self._found, 1)
        finding.addWidget(self._again)
        body.addWidget(self._finding)
        speeds = {speed: speed for speed in ("9600", "19200", "38400", "115200")}
        baud = self.add("baud", ChoiceEntry("set_baud", _("Speed, bits a second"), speeds))
        baud.hint(_("The printer's own test page shows it."))
        body.addWidget(baud)

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
        sheets = {"roll": _("A roll"), "A4": _("A4"), "Letter": _("Letter")}
        sheet = self.add("sheet", ChoiceEntry("set_sheet", _("Pages are printed on"), sheets))
        sheet.hint(_("For PDF files, and for printers that are no receipt printers."))
        column.addWidget(sheet)
        pins = {"none": _("None"), "pin2": _("Pin 2"), "pin5": _("Pin 5")}
        drawer = self.add("drawer", ChoiceEntry("set_drawer", _("Cash drawer at the printer"), pins))
        drawer.hint(_("It opens when cash is taken, and never for a second print."))
        column.addWidget(drawer)

    def _lay_out_test(self, column: QVBoxLayout) -> None:
        column.addWidget(rule())
        column.addWidget(self._test, 0, Qt.AlignmentFlag.AlignLeft)
        self._told = QWidget()
        told = QHBoxLayout(self._told)
        told.setContentsMargins(0, 0, 0, 0)
        told.setSpacing(8)
        told.addWidget(self._test_sign, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self._tested, 1)
        column.addWidget(self._told)

    # --- values -------------------------------------------------------------------------------------

    @override
    def kept_values(self) -> dict[str, str]:
        paper = self._preferences.settings.paper
        return {key: str(getattr(paper, key)) for key in self.entries}

    @override
    def fill(self) -> None:
        self._outcome = Said()
        super().fill()
        self._show_width()
        self._show_kind()
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
        self._look_for_printers()

    async def _offer_profiles(self) -> None:
        profiles = await self._preferences.profiles()
        chosen = self._profile.chosen() or self._profile.text()
        self._profile.offer([Pick(name, f"{name} · {title}") for name, title in profiles])
        if not self._profile.hasFocus():
            self.entries["profile"].show_value(chosen)
        self.draw()

    def _look_for_printers(self) -> None:
        if (kind := self._kind.value()) in _LISTED:
            self.tasks.start("printers", self._find_printers(kind), when_busy="replace")
        else:
            self.tasks.stop("printers")

    async def _find_printers(self, kind: str) -> None:
        found = await self._preferences.printers()
        edit = self._queue if kind == "queue" else self._device
        here = [one for one in found if one.printer == kind]
        chosen = edit.chosen() or edit.text()
        picks = [
            Pick(one.name, one.title if one.title == one.name else f"{one.title} · {one.name}")
            for one in here
        ]
        edit.offer(picks)
        if not edit.hasFocus():
            self.entries["queue" if kind == "queue" else "device"].show_value(chosen)
        self._found.setText(_found_words(kind, len(here)))
        self.draw()

    # --- slots --------------------------------------------------------------------------------------

    @override
    def on_changed(self, key: str) -> None:
        self._outcome = Said()
        if key == "printer":
            self._found.setText("")
            self._show_kind()
            self._look_for_printers()

    def _show_kind(self) -> None:
        kind = self._kind.value()
        for key in {name for names in OWN_FIELDS.values() for name in names}:
            self.entries[key].setVisible(key in OWN_FIELDS.get(kind, ()))
        self.entries["device"].hint(
            _("Example: COM3 or /dev/ttyUSB0") if kind == "serial" else _("Example: /dev/usb/lp0")
        )
        self._kind.hint(_about(kind))

    def _on_width(self) -> None:
        if (width := self._width.value()) != _OTHER:
            self.entries["columns"].show_value(width)
            self.entries["dots"].show_value(_WIDTHS[width])
            self.entries["columns"].changed.emit()
        else:
            self.draw()
            self.entries["columns"].take_focus()

    def _show_width(self) -> None:
        """Choose the named width that is entered in numbers."""
        columns = self.entries["columns"].value()
        self._width.show_value(columns if columns in _WIDTHS else _OTHER)

    def _on_test(self) -> None:
        if self.tell(self.wrong()):
            self.act("test", self._print_test(self.values()))

    async def _print_test(self, values: dict[str, str]) -> None:
        self._outcome = Said(_("Printing…"))
        self.draw()
        self.bring_into_view(self._told)
        outcome = Said()
        try:
            slip = await self._preferences.print_test(values)
            if slip.problems:
                self.tell(sentences(slip.problems))
            elif slip.warning is not None:
                message = explain(slip.warning)
                outcome = Said(f"{_printed(values, slip.where)} {message.what} {message.advice}", "warn")
            else:
                outcome = Said(_printed(values, slip.where), "ok")
        except DeviceProblem as error:
            message = explain(error)
            outcome = Said(f"{message.title}. {message.what} {message.advice}".strip(), "danger")
        finally:
            # Whoever changed the form meanwhile does not take this for the new printer's answer.
            self._outcome = outcome if values == self.values() else Said()
            self.draw()
            self.bring_into_view(self._told)

    # --- drawing ------------------------------------------------------------------------------------

    @override
    def render_page(self) -> None:
        kind = self._kind.value()
        looking = self.tasks.busy("printers")
        self._finding.setVisible(kind in _LISTED)
        self._spinner.turn(on=looking and kind in _LISTED)
        self._found.setVisible(not looking)
        self._again.setVisible(not looking)
        self._on_paper.setVisible(kind != "screen")
        self._trying.setVisible(kind != "screen")
        self.entries["columns"].setVisible(self._width.value() == _OTHER)
        self.entries["drawer"].setVisible(kind not in {"folder", "screen"})
        self.entries["sheet"].setVisible(kind in {"folder", "queue"})
        self._test.setEnabled(not self.tasks.busy("test") and not self.busy())
        outcome = self._outcome
        self._told.setVisible(bool(outcome.words))
        self._test_sign.tell(outcome.tone)
        self._tested.setText(outcome.words)
        set_role(self._tested, ROLES[outcome.tone])


def _column(inside: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(16)
    return column


def _about(kind: str) -> str:
    return {
        "network": _("A receipt printer with a network cable or wireless."),
        "device": _("A receipt printer at this computer's USB, spoken to without a driver."),
        "serial": _("A receipt printer at a serial port, or at a USB cable that plays one."),
        "queue": _("Any printer that is set up on this computer, an office printer too."),
        "folder": _("As PDF, text and printer's bytes. Slips hold codes: choose a folder nobody else reads."),
        "screen": _("Nothing is printed. The customer copies the code from the screen."),
    }.get(kind, "")


def _found_words(kind: str, count: int) -> str:
    if kind == "queue":
        if not count:
            return _("This computer knows no printer, or its print service does not answer.")
        return ngettext("{n} printer found.", "{n} printers found.", count).format(n=count)
    if not count:
        return _("Nothing found. Is the printer plugged in and switched on? You can type its name.")
    return ngettext("{n} place found.", "{n} places found.", count).format(n=count)


def _printed(values: Mapping[str, str], where: str) -> str:
    match values["printer"]:
        case "folder":
            return _("Written. Look for the test slip in {folder}.").format(folder=where)
        case "queue":
            return _(
                "Printed by {printer}, as far as this computer can tell. Look whether it is whole."
            ).format(printer=where)
        case _:
            return _("Sent to {printer}. The slip should lie in it now, whole and cut.").format(printer=where)
