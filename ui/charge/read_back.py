"""What is read to the customer before the money: each line, that it is final, and what the state wants."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _, as_it_is, money
from pos_app.orders.draft import Line
from ui.charge.due import State
from ui.charge.room import is_low
from ui.charge.words import beside_a_line
from ui.widgets import mirror
from ui.widgets.breaking_text import BreakingText
from ui.widgets.parts import Scroll, Text, card, empty, named, rule


class ReadBack:
    """The card at the side where reading begins. It is empty until it is laid out."""

    def __init__(self, screen: QWidget) -> None:
        self._screen = screen
        self._warnings: dict[str, Text] = {}
        # parts
        self.card = card("read_back", screen)
        self._lines_box = QWidget()
        self._lines = QVBoxLayout(self._lines_box)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._no_paper = Text(
            "no_paper", "notetext", _("The printer is not ready: show the codes on the screen."), wrap=True
        )
        self._notice = Text("scam_notice", "notetext", wrap=True)

    def lay_out(self) -> None:
        """Put everything in its place."""
        left = self._reading = QVBoxLayout(self.card)
        left.setContentsMargins(20, 18, 20, 20)
        left.setSpacing(12)
        left.addWidget(Text("read_back_title", "title", _("Read back to the customer")))
        read = QWidget()
        self._read = QVBoxLayout(read)
        self._read.setContentsMargins(0, 0, 0, 0)
        self._read.setSpacing(12)
        self._read.addWidget(self._lines_box)
        self._read.addStretch(1)
        scroll = Scroll("read_back_lines", read)
        scroll.verticalScrollBar().rangeChanged.connect(self._on_long_lines)
        left.addWidget(scroll, 1)
        note = self._note = QFrame()
        note.setProperty("role", "note")
        said = QVBoxLayout(note)
        said.setContentsMargins(15, 13, 15, 13)
        said.setSpacing(2)
        final = Text(
            "final_sale",
            "notestrong",
            _("Final sale. These cards can not be returned once issued."),
            wrap=True,
        )
        asked = Text(
            "on_the_phone",
            "notetext",
            _("Is the customer on the phone with someone who asked for them?"),
            wrap=True,
        )
        said.addWidget(final)
        said.addWidget(asked)
        said.addWidget(self._notice)
        said.addWidget(self._no_paper)
        self.place_note()

    def place_note(self) -> None:
        """Below what is read back; in a low window behind it, where it takes no room from an address."""
        if is_low(self._screen):
            self._read.insertWidget(1, self._note)
        else:
            self._reading.addWidget(self._note)

    def begin(self, state: State, notice: str) -> None:
        """Show the lines of another sale; `notice` is what the shop's state wants said."""
        self._notice.say(notice)
        empty(self._lines)
        self._warnings = {}
        # An address is read to the customer before the money: of a long basket it must not lie out of sight.
        for line in sorted(state.draft.lines, key=lambda one: one.recipient is None):
            warning = self._warnings[line.id] = BreakingText(f"warning_{line.id}", "danger")
            self._lines.addWidget(_line_view(line, warning, on_screen=state.on_screen))

    def tell(self, state: State) -> None:
        """Say of each line whether it can be had."""
        self._no_paper.setVisible(not state.paper)
        for line in state.draft.lines:
            if (text := self._warnings.get(line.id)) is not None:
                text.say(beside_a_line(state.checks.get(line.id)))

    def _on_long_lines(self, _least: int, most: int) -> None:
        # Amounts do not touch the bar.
        self._read.setContentsMargins(*mirror.margins(self._screen, 0, 0, 10 if most > 0 else 0, 0))


def _line_view(line: Line, warning: Text, *, on_screen: bool) -> QWidget:
    box = named(QWidget(), f"read_{line.id}")
    by_email = line.recipient is not None
    name = (
        line.product.brand
        if line.quantity == 1
        else _("{n} × {brand}").format(n=line.quantity, brand=line.product.brand)
    )
    if by_email:
        # These words lead to the address below them: they have a line of their own.
        about = "\u2028".join(part for part in (as_it_is(line.product.address), _("by e-mail to")) if part)
    elif on_screen and line.quantity == 1:
        about = _("worth {face} · code on the screen").format(face=money(line.face))
    elif on_screen:
        about = _("worth {face} each · code on the screen").format(face=money(line.face))
    elif line.quantity == 1:
        about = _("worth {face} · code on paper").format(face=money(line.face))
    else:
        about = _("worth {face} each · code on paper").format(face=money(line.face))
    head = QHBoxLayout()
    head.setSpacing(12)
    head.addWidget(BreakingText(f"read_name_{line.id}", "line", name), 1)
    head.addWidget(Text(f"read_total_{line.id}", "line", money(line.total)), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 14, 0, 0)
    column.setSpacing(4)
    column.addLayout(head)
    column.addWidget(BreakingText(f"read_about_{line.id}", "small", about))
    if line.recipient is not None:
        # Broken before the at sign when it is too long for one line, a person still reads it as an address.
        shown = line.recipient.email.replace("@", "\u200b@")
        column.addWidget(BreakingText(f"read_email_{line.id}", "email", shown))
        for key, extra in (("name", line.recipient.name), ("message", line.recipient.message)):
            if extra:
                column.addWidget(BreakingText(f"read_{key}_{line.id}", "muted", extra))
    column.addWidget(warning)
    column.addSpacing(12)
    column.addWidget(rule())
    return box
