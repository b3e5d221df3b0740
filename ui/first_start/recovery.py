"""Page 6: the recovery sheet, printed or copied by hand, and proven by typing part of it back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget
from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.i18n import _
from pos_app.messages import explain
from pos_app.printing.document import Document, Row, Secret
from ui import theme
from ui.borders import FirstStart
from ui.first_start.form import FormPage
from ui.screen import Clock
from ui.widgets.buttons import ActionButton
from ui.widgets.parts import Text, card, empty, named


@dataclass(frozen=True)
class Sheet:
    """Where the sheet is: `printer` names where it went, `seen` what to copy, line by line, without paper.

    `made` and not `seen`: it is to be typed back.
    """

    made: bool = False
    printer: str = ""
    seen: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class RecoveryPage(FormPage):
    """Without this sheet a broken computer takes all codes with it."""

    def __init__(self, service: FirstStart, *, done: bool, clock: Clock = time.monotonic) -> None:
        del done  # once it is done there is no first start any more
        super().__init__(
            "recovery_page",
            _("Recovery sheet"),
            _(
                "If this computer breaks or is stolen, only this sheet opens the codes you have paid for:"
                " keep it where you keep money."
            ),
            clock=clock,
        )
        self._service = service
        self._sheet = Sheet()
        self._printed_before = False
        # parts
        self._paper = card("recovery_paper", role="paper")
        self._how = Text(
            "recovery_how",
            "",
            _(
                "It holds {groups} groups of letters and digits. You will type {asked} of them back, so that"
                " it is certain that they can be read."
            ).format(groups=service.recovery_groups(), asked=len(service.recovery_places())),
            wrap=True,
        )
        self._where = Text("recovery_where", "strong", wrap=True)
        self._asked = Text("recovery_asked", "", wrap=True)
        self._again = ActionButton("recovery_again", _("Print it again"), icon="printer")
        self._have = ActionButton("recovery_have", _("I have the sheet already"))
        self._groups = QWidget()
        self._row = QHBoxLayout(self._groups)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        # layout
        self._lines = QGridLayout(self._paper)
        self._lines.setContentsMargins(24, 16, 24, 16)
        self._lines.setHorizontalSpacing(24)
        self._lines.setVerticalSpacing(8)
        self._lines.setColumnStretch(1, 1)
        self.body.setSpacing(16)
        for part in (self._how, self._where, self._paper, self._asked, self._groups):
            self.body.addWidget(part)
        for button in (self._again, self._have):
            self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        # connections
        self._again.clicked.connect(self._on_again)
        self._have.clicked.connect(self._on_have)

    @override
    def opened(self) -> None:
        super().opened()
        if not self._sheet.made:
            self.tasks.start("before", self._look_before(), when_busy="refuse")

    async def _look_before(self) -> None:
        """A sheet that came out before the till was closed is as good as a new one."""
        self._printed_before = await self._service.sheet_was_printed()
        self.draw()

    # --- going on -----------------------------------------------------------------------------------

    @override
    def go_on(self) -> None:
        if not self._sheet.made:
            self.act(self._make())
        elif self._sheet.seen:
            self._sheet = replace(self._sheet, seen=())
            self._show_lines()
            self.opened()
        else:
            super().go_on()

    async def _make(self) -> None:
        try:
            sheet = await self._service.print_recovery_sheet()
        except DeviceProblem as error:
            message = explain(error)
            self.say_alarm(message.what, message.advice)
            return
        seen = () if sheet.printer else _to_copy(sheet.document)
        self._sheet = Sheet(made=True, printer=sheet.printer, seen=seen)
        self._show_lines()
        self._make_groups()
        self.opened()

    def _make_groups(self) -> None:
        """A field for each group that is asked for; what was typed from another sheet goes."""
        empty(self._row)
        self.fields.clear()
        for place in self._service.recovery_places():
            edit = named(QLineEdit(), f"group_{place}")
            edit.setProperty("role", "group")
            edit.setFont(theme.mono(20))
            edit.setInputMethodHints(
                Qt.InputMethodHint.ImhPreferUppercase | Qt.InputMethodHint.ImhNoPredictiveText
            )
            label = _("Group {number}").format(number=place)
            group = self.add_field(str(place), label, edit)
            self._row.addWidget(group, 1)
            # Among parts that are seen already nobody shows it by itself in time for the focus.
            group.show()
        self.begin_anew()

    @override
    def wrong(self) -> Mapping[str, str]:
        return {
            key: _("Type group {number} from the sheet.").format(number=key)
            for key, one in self.fields.items()
            if not one.edit.text().strip()
        }

    @override
    async def keep(self) -> Mapping[str, str]:
        typed = {int(key): one.edit.text() for key, one in self.fields.items()}
        wrong = await self._service.check_recovery(typed)
        return {
            str(place): _("This is not group {number}. Compare it letter by letter.").format(number=place)
            for place in wrong
        }

    @override
    def step_back(self) -> None:
        if self._sheet.seen and not self.busy():
            self.hide_secrets()
        else:
            super().step_back()

    @override
    def hide_secrets(self) -> None:
        super().hide_secrets()
        if self._sheet.seen:
            self._sheet = Sheet()
            self._show_lines()
            self.draw()

    @override
    def take_focus(self) -> None:
        if self._sheet.made and not self._sheet.seen:
            super().take_focus()
        else:
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_have(self) -> None:
        self._sheet = Sheet(made=True)
        self._make_groups()
        self.opened()

    def _on_again(self) -> None:
        if not self.busy():
            self.act(self._make())

    def _show_lines(self) -> None:
        """What is to be copied; nothing of it stays in the window afterwards."""
        empty(self._lines)
        for number, (label, value) in enumerate(self._sheet.seen):
            copied = Text(f"recovery_line_{number}", "group", value)
            copied.setFont(theme.mono(20))
            copied.setAccessibleName(label)
            self._lines.addWidget(Text(f"recovery_label_{number}", "muted", label), number, 0)
            self._lines.addWidget(copied, number, 1)

    # --- drawing ------------------------------------------------------------------------------------

    @override
    def going_on_words(self) -> str:
        if not self._sheet.made:
            return _("Print the recovery sheet") if self._has_paper() else _("Show the recovery sheet")
        return _("I have copied it") if self._sheet.seen else _("Compare and finish")

    def _has_paper(self) -> bool:
        return self._service.settings().paper.printer != "screen"

    @override
    def render_page(self) -> None:
        super().render_page()
        sheet = self._sheet
        self._paper.setVisible(bool(sheet.seen))
        self._how.setVisible(not sheet.made)
        self._have.setVisible(self._printed_before and not sheet.made)
        typing = sheet.made and not sheet.seen
        self._groups.setVisible(typing)
        self._asked.setVisible(typing)
        self._again.setVisible(typing)
        self._again.say(_("Print it again") if self._has_paper() else _("Show it again"))
        self._asked.setText(
            _("Type these groups from the sheet. Small letters will do; 0 and O are the same here.")
        )
        self._where.say(self._where_words())

    def _where_words(self) -> str:
        sheet = self._sheet
        if sheet.seen:
            return _("Copy all of it by hand, now. It is not shown again once you sell.")
        if not sheet.made:
            return ""
        if not sheet.printer:
            return _("Take the sheet.")
        if self._service.settings().paper.printer == "folder":
            return _("The sheet is in the folder for slips. Print it, then delete the file there.")
        return _("The sheet came out at {printer}. Take it and keep it away from this computer.").format(
            printer=sheet.printer
        )


def _to_copy(document: Document) -> tuple[tuple[str, str], ...]:
    """What somebody without a printer writes down: the store's number and the groups, name and value."""
    lines: list[tuple[str, str]] = []
    for block in document.blocks:
        match block:
            case Row(left=label, right=value) | Secret(label=label, value=value):
                lines.append((label, value))
            case _:
                pass
    return tuple(lines)
