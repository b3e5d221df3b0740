"""Where papers go and how wide they are: the entries that the settings and the first start share.

Printers are looked for behind the window, in the tasks of the page the entries stand on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_app.entered import OWN_FIELDS
from pos_app.i18n import _, ngettext
from ui.tasks import Tasks
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import ChoiceEntry, Entry, LineEntry
from ui.widgets.parts import Text
from ui.widgets.pick_list import Pick, PickList
from ui.widgets.spinner import Spinner

if TYPE_CHECKING:
    from pos_app.printing.spooling import Found

OTHER_WIDTH: Final = "other"
"""A width that is none of the usual ones."""

_LISTED: Final = ("device", "serial", "queue")
_WITH_PAGES: Final = ("folder", "queue")


class PrinterPlace(QWidget):
    """The ways there are, and for the one chosen where its printer is.

    `entries` are told by the names of `settings.Paper`; `find` looks for the printers of this computer.
    """

    def __init__(self, tasks: Tasks, find: Callable[[], Awaitable[tuple[Found, ...]]]) -> None:
        super().__init__()
        self._tasks, self._find = tasks, find
        self._taken = ""
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
        port = QLineEdit()
        port.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._device = PickList("set_device", _("Device"))
        self._queue = PickList("set_queue", _("Printer of this computer"))
        speeds = {speed: speed for speed in ("9600", "19200", "38400", "115200")}
        self.entries: dict[str, Entry] = {
            "printer": self._kind,
            "host": LineEntry("set_host", _("Address of the printer")),
            "port": LineEntry("set_port", _("Port"), port),
            "folder": LineEntry("set_folder", _("Folder")),
            "device": LineEntry("set_device", _("Device"), self._device),
            "queue": LineEntry("set_queue", _("Printer of this computer"), self._queue),
            "baud": ChoiceEntry("set_baud", _("Speed, bits a second"), speeds),
        }
        self._finding = QWidget()
        self._spinner = Spinner("looking_for_printers", _("Looking for printers…"))
        self._found = Text("found_printers", "small", wrap=True)
        self._again = ActionButton("look_again", _("Look again"), role="quiet", icon="refresh")
        self.entries["host"].hint(_("A name or an IP number: its own test page shows it."))
        self.entries["baud"].hint(_("The printer's own test page shows it."))
        # layout
        self._lay_out()
        # connections
        self._kind.changed.connect(self._on_kind)
        self._again.clicked.connect(self.look)
        self.show_kind()

    def _lay_out(self) -> None:
        finding = QHBoxLayout(self._finding)
        finding.setContentsMargins(0, 0, 0, 0)
        finding.setSpacing(8)
        finding.addWidget(self._spinner, 1)
        finding.addWidget(self._found, 1)
        finding.addWidget(self._again)
        address = QHBoxLayout()
        address.setSpacing(12)
        address.addWidget(self.entries["host"], 3)
        address.addWidget(self.entries["port"], 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._kind)
        column.addLayout(address)
        for key in ("folder", "device", "queue"):
            column.addWidget(self.entries[key])
        column.addWidget(self._finding)
        column.addWidget(self.entries["baud"])

    def kind(self) -> str:
        """The way that is chosen."""
        return self._kind.value()

    def lines(self) -> dict[str, LineEntry]:
        """Those of the entries that are written."""
        return {key: entry for key, entry in self.entries.items() if isinstance(entry, LineEntry)}

    def own(self) -> dict[str, str]:
        """What is entered about the way that is chosen, and that it is."""
        keys = ("printer", *OWN_FIELDS[self.kind()])
        return {key: self.entries[key].value() for key in keys}

    def look(self) -> None:
        """Look for printers, where the way that is chosen has a list of them."""
        if (kind := self.kind()) in _LISTED:
            self._tasks.start("printers", self._look(kind), when_busy="replace")
        else:
            self._tasks.stop("printers")

    def show_kind(self) -> None:
        """Show what belongs to the way that is chosen."""
        kind = self.kind()
        for key in {name for names in OWN_FIELDS.values() for name in names}:
            self.entries[key].setVisible(key in OWN_FIELDS.get(kind, ()))
        self.entries["device"].hint(
            _("Example: COM3 or /dev/ttyUSB0") if kind == "serial" else _("Example: /dev/usb/lp0")
        )
        self._kind.hint(_about(kind))

    def draw(self) -> None:
        """Draw whether printers are being looked for."""
        listed, looking = self.kind() in _LISTED, self._tasks.busy("printers")
        self._finding.setVisible(listed)
        self._spinner.turn(on=looking and listed)
        self._found.setVisible(not looking)
        self._again.setVisible(not looking)

    async def _look(self, kind: str) -> None:
        here = [one for one in await self._find() if one.printer == kind]
        key = "queue" if kind == "queue" else "device"
        edit = self._queue if kind == "queue" else self._device
        chosen = edit.chosen() or edit.text()
        edit.offer(
            [
                Pick(one.name, one.title if one.title == one.name else f"{one.title} · {one.name}")
                for one in here
            ]
        )
        if not edit.hasFocus():
            # The only one there is, is the one; whoever means another writes it.
            if not chosen and len(here) == 1:
                chosen = self._taken = here[0].name
            self.entries[key].show_value(chosen)
        self._found.setText(_found_words(kind, len(here)))

    def _on_kind(self) -> None:
        self._found.setText("")
        # Nobody wrote it: a printer at one kind of cable is none at another.
        if self._taken and self.entries["device"].value() == self._taken:
            self.entries["device"].show_value("")
        self._taken = ""
        self.show_kind()
        self.look()


def width_entry(name: str, *, other: bool) -> ChoiceEntry:
    """How wide the paper is, by the characters on a line; with `other`, `OTHER_WIDTH` too."""
    widths = {
        "32": _("58 mm, 32 characters"),
        "42": _("80 mm, 42 characters"),
        "48": _("80 mm, 48 characters"),
    }
    return ChoiceEntry(name, _("Width of the paper"), widths | ({OTHER_WIDTH: _("Another")} if other else {}))


def sheet_entry() -> ChoiceEntry:
    """What pages are printed on."""
    sheets = {"roll": _("A roll"), "A4": _("A4"), "Letter": _("Letter")}
    sheet = ChoiceEntry("set_sheet", _("Pages are printed on"), sheets)
    sheet.hint(_("For PDF files, and for printers that are no receipt printers."))
    return sheet


def has_pages(kind: str) -> bool:
    """Whether a printer of this kind may print pages."""
    return kind in _WITH_PAGES


def printed_words(values: Mapping[str, str], where: str) -> str:
    """That a test slip went `where`, through the printer that is entered."""
    match values["printer"]:
        case "folder":
            return _("Written. Look for the test slip in {folder}.").format(folder=where)
        case "queue":
            return _(
                "Printed by {printer}, as far as this computer can tell. Look whether it is whole."
            ).format(printer=where)
        case _:
            return _("Sent to {printer}. The slip should lie in it now, whole and cut.").format(printer=where)


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
