"""The numbers of what was paid elsewhere: of the card terminal's slip, of the main till's receipt."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.messages import problem as words_of
from pos_app.orders.rules import Problem
from pos_app.orders.sale import TenderKind
from ui.scanner import takes_scans
from ui.widgets.field import Field
from ui.widgets.parts import named
from ui.widgets.readable import keep_readable

_LONGEST_REFERENCE = 40


class References(QObject):
    """The two fields, each on a page of its own."""

    edited = Signal()

    def __init__(self, screen: QWidget) -> None:
        super().__init__(screen)
        self.terminal = named(QLineEdit(), "reference", _("Reference on the card terminal's slip"))
        self.field = Field(_("Reference on the card terminal's slip"), self.terminal)
        self.rung = named(QLineEdit(), "rung", _("Number on the main till's receipt"))
        self._rung_field = Field(_("Number on the main till's receipt"), self.rung)
        self._rung_field.hint(_("For a sale that is rung up on the main till."))
        for edit in (self.terminal, self.rung):
            edit.setMaxLength(_LONGEST_REFERENCE)
            # Both stand on paper, often with a barcode.
            takes_scans(edit)
            keep_readable(edit)
            edit.textEdited.connect(self._on_edited)

    def lay_out(self, pages: QStackedWidget) -> None:
        """Add the two pages to `pages`."""
        for part in (self.field, self._rung_field):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 4, 0, 0)
            column.addWidget(part)
            column.addStretch(1)
            pages.addWidget(page)

    def text(self, kind: TenderKind) -> str:
        """The number of what is paid by `kind`; cash has none."""
        return {"cash": "", "terminal": self.terminal.text(), "other": self.rung.text()}[kind].strip()

    def clear(self) -> None:
        """Another payment has another number."""
        self.terminal.clear()
        self.rung.clear()

    def forget(self) -> None:
        """Have nothing left of what stood there: it is a gift card's code."""
        for edit in (self.terminal, self.rung):
            # Set and not cleared: that could be undone.
            edit.setText("")

    def look_again(self) -> None:
        """Have the terminal's number typed anew, or looked at."""
        self.terminal.setFocus(Qt.FocusReason.OtherFocusReason)
        self.terminal.selectAll()

    def tell(self, problem: Problem | None, *, is_code: bool) -> None:
        """Say right below a field what is wrong with it; `is_code`: what stood there was a card's code."""
        reference = problem is not None and problem.field == "reference"
        rung = problem is not None and problem.field == "rung"
        code = _("That was the code of a gift card: it is not kept here.") + " " if is_code else ""
        self.field.wrong(code + words_of(problem) if reference and problem is not None else "")
        self._rung_field.wrong(code + _("Enter the number from the main till's receipt.") if rung else "")

    def _on_edited(self, _text: str) -> None:
        self.edited.emit()
