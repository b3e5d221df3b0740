"""Page 4: how slips leave the machine, tried with a slip that is worth nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.first_start import PaperEntries
from pos_app.i18n import _
from pos_app.messages import explain
from pos_app.orders.rules import Problem
from ui.borders import FirstStart
from ui.first_start.form import FormPage, sentences
from ui.screen import Clock
from ui.widgets.buttons import ActionButton, Chip
from ui.widgets.option_card import OptionCard
from ui.widgets.parts import Text, named, set_role
from ui.widgets.tone_sign import SignTone, ToneSign

_WAYS: Final = ("network", "folder", "screen")
_STEPS: Final[dict[int, int]] = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}
_MOST_PORT: Final = 65535
_WIDTHS: Final = {"wide": "42", "narrow": "32"}


@dataclass(frozen=True)
class Choice:
    """The way chosen, how wide the paper is, and what became of the test slip (no words: none yet)."""

    way: str = "network"
    columns: str = _WIDTHS["wide"]
    tone: SignTone = "muted"
    words: str = ""


class PrinterPage(FormPage):
    """A printer in the network, files in a folder, or no paper at all."""

    def __init__(self, service: FirstStart, *, done: bool, clock: Clock = time.monotonic) -> None:
        super().__init__(
            "printer_page",
            _("Printer"),
            _("How the customer gets a card's code."),
            clock=clock,
        )
        self._service = service
        paper = service.settings().paper
        # A fresh shop has chosen nothing yet: a receipt printer is what most have.
        self._choice = Choice(paper.printer if done else "network", str(paper.columns))
        # parts
        self._options = {
            "network": OptionCard(
                "printer_network", _("Receipt printer"), _("In the shop's network, found by its address.")
            ),
            "folder": OptionCard(
                "printer_folder", _("Files in a folder"), _("As PDF and text, for an office printer.")
            ),
            "screen": OptionCard(
                "printer_screen", _("No paper"), _("The customer copies the code from the screen.")
            ),
        }
        host = named(QLineEdit(paper.host), "printer_host")
        port = named(QLineEdit(str(paper.port)), "printer_port")
        port.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        folder = named(QLineEdit(paper.folder or service.folder()), "printer_folder_path")
        self._host = self.add_field(
            "host",
            _("Address of the printer"),
            host,
            _("A name or an IP number: its own test page shows it."),
        )
        self._port = self.add_field("port", _("Port"), port, _("Most printers use 9100."))
        self._folder = self.add_field(
            "folder",
            _("Folder"),
            folder,
            _("Its whole path. Slips hold codes: choose one nobody else reads."),
        )
        self._widths = {
            "wide": Chip("paper_wide", _("80 mm")),
            "narrow": Chip("paper_narrow", _("58 mm")),
        }
        self._test = ActionButton("test_slip", _("Print a test slip"), icon="printer")
        self._sign = ToneSign()
        self._outcome = Text("test_outcome", "", wrap=True)
        # layout
        self._lay_out_choice()
        # connections
        for way, option in self._options.items():
            option.clicked.connect(partial(self._on_way, way))
            # The place they scroll in would take the arrows first.
            option.installEventFilter(self)
        for width, chip in self._widths.items():
            chip.clicked.connect(partial(self._on_width, width))
        self._test.clicked.connect(self._on_test)

    def _lay_out_choice(self) -> None:
        options = QHBoxLayout()
        options.setSpacing(12)
        for option in self._options.values():
            options.addWidget(option, 1)
        self._where = QWidget()
        where = QHBoxLayout(self._where)
        where.setContentsMargins(0, 0, 0, 0)
        where.setSpacing(16)
        where.addWidget(self._host, 3)
        where.addWidget(self._port, 2)
        where.addWidget(self._folder, 1)
        self._paper = QWidget()
        paper = QHBoxLayout(self._paper)
        paper.setContentsMargins(0, 0, 0, 0)
        paper.setSpacing(8)
        paper.addWidget(Text("paper_label", "field", _("Width of the paper")))
        for chip in self._widths.values():
            paper.addWidget(chip)
        paper.addStretch(1)
        paper.addWidget(self._test)
        self._said = QWidget()
        said = QHBoxLayout(self._said)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(8)
        said.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._outcome, 1)
        self._no_paper = Text(
            "no_paper_says",
            "muted",
            _(
                "Codes are then handed over on this screen only: turn it to the customer and let nobody"
                " else look on."
            ),
            wrap=True,
        )
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addLayout(options)
        column.addSpacing(8)
        for part in (self._where, self._paper, self._said, self._no_paper):
            column.addWidget(part)
        self.body.addLayout(column)

    def _entries(self) -> PaperEntries:
        network = self._choice.way == "network"
        return PaperEntries(
            printer=self._choice.way,
            folder=self._folder.edit.text().strip() if self._choice.way == "folder" else "",
            host=self._host.edit.text().strip() if network else "",
            port=self._port.edit.text().strip() if network else "9100",
            columns=self._choice.columns,
        )

    @override
    def wrong(self) -> Mapping[str, str]:
        return sentences(_at_first_sight(self._entries()))

    @override
    async def keep(self) -> Mapping[str, str]:
        return sentences(await self._service.keep_printer(self._entries()))

    # --- keys ---------------------------------------------------------------------------------------

    @override
    def take_focus(self) -> None:
        self._options[self._choice.way].setFocus(Qt.FocusReason.TabFocusReason)

    @override
    def take_enter(self) -> None:
        host = self._host.edit
        if self._choice.way == "network" and not host.text() and not host.hasFocus():
            host.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().take_enter()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if isinstance(watched, OptionCard) and isinstance(event, QKeyEvent):
            step = _STEPS.get(event.key(), 0) if event.type() == QEvent.Type.KeyPress else 0
            if step:
                at = min(len(_WAYS) - 1, max(0, _WAYS.index(self._choice.way) + step))
                self._on_way(_WAYS[at])
                self._options[_WAYS[at]].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    # --- slots --------------------------------------------------------------------------------------

    def _on_way(self, way: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self._choice = replace(self._choice, way=way, words="")
        self.say_alarm("")
        self.draw()

    def _on_width(self, width: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self._choice = replace(self._choice, columns=_WIDTHS[width], words="")
        self.draw()

    @override
    def on_changed(self, key: str) -> None:
        self._choice = replace(self._choice, words="")
        super().on_changed(key)

    def _on_test(self) -> None:
        if self.try_fields():
            self.act(self._print_test())

    async def _print_test(self) -> None:
        entries = self._entries()
        self._choice = replace(self._choice, tone="muted", words=_("Printing…"))
        self.draw()
        tone: SignTone = "danger"
        words = ""
        try:
            told = sentences(await self._service.test_printer(entries))
            if not told:
                tone, words = "ok", self._printed_words(entries)
            self.tell(told)
        except DeviceProblem as error:
            message = explain(error)
            words = f"{message.what} {message.advice}".strip()
        finally:
            self._choice = replace(self._choice, tone=tone, words=words)
            self.draw()
            self.bring_into_view(self._said)

    def _printed_words(self, entries: PaperEntries) -> str:
        if entries.printer == "folder":
            return _("Written. Look for the test slip in the folder.")
        return _("Sent. The slip should lie in the printer now, whole and cut.")

    # --- drawing ------------------------------------------------------------------------------------

    @override
    def render_page(self) -> None:
        super().render_page()
        choice = self._choice
        for way, option in self._options.items():
            option.setChecked(way == choice.way)
        for part, way in ((self._host, "network"), (self._port, "network"), (self._folder, "folder")):
            part.setVisible(way == choice.way)
        paper = choice.way != "screen"
        self._where.setVisible(paper)
        self._paper.setVisible(paper)
        self._no_paper.setVisible(not paper)
        for width, chip in self._widths.items():
            chip.setChecked(_WIDTHS[width] == choice.columns)
        self._said.setVisible(bool(choice.words) and paper)
        self._sign.tell(choice.tone)
        self._outcome.setText(choice.words)
        set_role(self._outcome, {"ok": "oktext", "danger": "alarmtext"}.get(choice.tone, "muted"))


def _at_first_sight(entries: PaperEntries) -> list[Problem]:
    """What can be said while one writes; whether folder and address can be is asked when they are kept."""
    found: list[Problem] = []
    if entries.printer == "folder" and not entries.folder:
        found.append(Problem("folder", "missing"))
    if entries.printer == "network" and not entries.host:
        found.append(Problem("host", "missing"))
    port = entries.port
    if entries.printer == "network" and not (
        port.isascii() and port.isdigit() and 0 < int(port) <= _MOST_PORT
    ):
        found.append(Problem("port", "out_of_range"))
    return found
