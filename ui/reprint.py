"""Printing a sale once more: what is missing at once; what is out already, as somebody chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import PosError
from pos_app.i18n import _, date_and_time, money
from pos_app.messages import explain
from pos_app.orders.order import Sale
from ui.approval import why_not
from ui.borders import Approvals, Selling
from ui.issuing import Issuing
from ui.screen import Clock
from ui.sheet import Choice, Sheet
from ui.widgets.buttons import Chip
from ui.widgets.field import Field
from ui.widgets.flow import FlowRow
from ui.widgets.parts import Text, named
from ui.widgets.readable import keep_readable

What = Literal["last_four", "whole", "large"]
"""What is wanted once more: the receipt without a code, every card's slip, the same in large print."""

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `by` and `pin` are empty where no manager is needed."""

    what: What
    by: str = ""
    reason: str = ""
    pin: str = field(default="", repr=False)


class Reprinting:
    """Has a sale's papers printed once more, over whatever window somebody asks for it."""

    def __init__(
        self, sales: Selling, issuing: Issuing, people: Approvals, by: str, zone: str, clock: Clock
    ) -> None:
        self._sales, self._issuing, self._people = sales, issuing, people
        self._by, self._zone, self._clock = by, zone, clock

    async def again(self, window: QWidget, sale_id: str) -> None:
        """Print what of the sale may not be out; where all of it is, ask what is wanted once more.

        What became of it is what `Issuing.printed` says.
        """
        result = await self._issuing.print_papers(sale_id, again=True)
        if not result.printed and result.problem is None and not result.on_screen:
            await self._ask(window, sale_id)

    async def _ask(self, window: QWidget, sale_id: str) -> None:
        sale, managers = await self._sales.sale(sale_id), await self._people.managers()
        wishes: asyncio.Queue[Wish | None] = asyncio.Queue()
        sheet = ReprintSheet(window, sale, managers, self._by, self._zone, self._clock)
        sheet.given.connect(wishes.put_nowait)
        sheet.closed.connect(lambda: wishes.put_nowait(None))
        try:
            while (wish := await wishes.get()) is not None:
                if not (why := await self._print(sale_id, wish, named_manager=bool(managers))):
                    return
                sheet.wrong(why)
        finally:
            sheet.close_with("")

    async def _print(self, sale_id: str, wish: Wish, *, named_manager: bool) -> str:
        """Print it; why that was not possible, empty when it was."""
        full = wish.what != "last_four"
        try:
            if full and named_manager and (why := await why_not(self._people, wish.by, wish.pin)):
                return why
            result = await self._issuing.reprint(
                sale_id,
                wish.by if full else self._by,
                full=full,
                large=wish.what == "large",
                reason=wish.reason,
            )
        except PosError as error:
            return _words(error)
        return "" if result.problem is None else _words(result.problem)


class ReprintSheet(Sheet):
    """Asks what is wanted. `given` asks to print it; the sheet stays until it is closed from outside."""

    given = Signal(object)

    def __init__(
        self,
        host: QWidget,
        sale: Sale,
        managers: Sequence[str],
        by: str,
        zone: str,
        clock: Callable[[], float],
    ) -> None:
        self._body = _Body(sale, tuple(managers), by, zone)
        what = ", ".join(dict.fromkeys(order.placed.product.brand for order in sale.orders))
        super().__init__(
            host,
            _("Print again: sale {number}").format(number=sale.head.number),
            (f"{date_and_time(sale.head.at, zone)} · {what} · {money(sale.head.due)}",),
            (Choice("print", _("Print"), primary=True), Choice("close", _("Close"))),
            body=self._body,
            clock=clock,
        )
        self._body.entered.connect(lambda: self._on_chosen("print"))

    def wrong(self, words: str) -> None:
        """Say why nothing was printed; what was entered stays, but for the PIN."""
        self._body.wrong(words)
        self._buttons[0].setEnabled(True)

    @override
    def close_with(self, key: str) -> None:
        if self._open:
            self._body.forget()
        super().close_with(key)

    @override
    def _on_chosen(self, key: str) -> None:
        if key != "print":
            super()._on_chosen(key)
        elif self._buttons[0].isEnabled() and self.is_settled() and (wish := self._body.read()) is not None:
            self._buttons[0].setEnabled(False)
            self.given.emit(wish)

    @override
    def stops(self) -> list[QWidget]:
        return [*self._body.parts(), *(button for button in self._buttons if button.isEnabled())]


class _Body(QWidget):
    """What can be chosen and, for whole cards, who allows it and why; it asks nobody itself."""

    entered = Signal()

    def __init__(self, sale: Sale, managers: tuple[str, ...], by: str, zone: str) -> None:
        super().__init__()
        self._managers = managers
        self._what: What = "last_four"
        # parts
        self._choices: dict[What, Chip] = {
            "last_four": Chip("reprint_last_four", _("Receipt, last four")),
            "whole": Chip("reprint_whole", _("Whole cards")),
            "large": Chip("reprint_large", _("Large print")),
        }
        self._said = Text("reprint_said", "small", wrap=True)
        self._reason = named(QLineEdit(), "reprint_reason", _("Reason"))
        self._by = named(QLineEdit(), "reprint_by", _("Your name"))
        self._pin = named(QLineEdit(), "reprint_pin", _("PIN"))
        self._chips = [Chip(f"manager_{at}", name) for at, name in enumerate(managers)]
        self._wrong = Text("reprint_wrong", "danger", wrap=True)
        for edit in (self._reason, self._by, self._pin):
            edit.setMaxLength(_LONGEST)
        keep_readable(self._reason)
        keep_readable(self._by)
        # layout
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        row = FlowRow(8)
        for chip in self._choices.values():
            row.flow.addWidget(chip)
        column.addWidget(row)
        column.addWidget(self._said)
        self._allowing = QWidget()
        inside = QVBoxLayout(self._allowing)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        reason = Field(_("Reason"), self._reason)
        reason.hint(_("It stands on the slip and in the record. Never a code."))
        inside.addWidget(reason)
        self._add_person(inside, by)
        column.addWidget(self._allowing)
        column.addWidget(self._wrong)
        self._wrong.hide()
        # connections
        self._choices["last_four"].clicked.connect(lambda: self._choose("last_four"))
        self._choices["whole"].clicked.connect(lambda: self._choose("whole"))
        self._choices["large"].clicked.connect(lambda: self._choose("large"))
        for edit in (self._reason, self._by, self._pin):
            edit.returnPressed.connect(self._on_return)
        self._forbid_what_is_gone(sale, zone)
        self._choose("last_four")

    def _add_person(self, column: QVBoxLayout, by: str) -> None:
        if not self._managers:
            self._by.setText(by)
            column.addWidget(Field(_("Your name"), self._by))
            return
        column.addWidget(Text("reprint_who", "field", _("Manager")))
        row = FlowRow(8)
        for chip in self._chips:
            row.flow.addWidget(chip)
            chip.clicked.connect(lambda _checked=False, one=chip: self._choose_manager(one))
        column.addWidget(row)
        self._choose_manager(
            next((chip for chip in self._chips if chip.accessibleName() == by), self._chips[0])
        )
        self._pin.setEchoMode(QLineEdit.EchoMode.Password)
        column.addWidget(Field(_("PIN"), self._pin))

    def _forbid_what_is_gone(self, sale: Sale, zone: str) -> None:
        """Say why whole cards can not be printed where none is here."""
        self._gone = ""
        if any(order.handed_cards and order.purged is None for order in sale.orders):
            return
        purged = min((order.purged.at for order in sale.orders if order.purged is not None), default=None)
        if purged is None:
            self._gone = _("No code is here that could be printed.")
        else:
            self._gone = _("Its codes were purged on {date}. Nobody can print them any more.").format(
                date=date_and_time(purged, zone)
            )
        self._choices["whole"].setEnabled(False)
        self._choices["large"].setEnabled(False)

    def parts(self) -> list[QWidget]:
        """Everything the focus goes through."""
        choices: list[QWidget] = [chip for chip in self._choices.values() if chip.isEnabled()]
        if self._what == "last_four":
            return choices
        who: list[QWidget] = [*self._chips, self._pin] if self._managers else [self._by]
        return [*choices, self._reason, *who]

    def read(self) -> Wish | None:
        """What was asked for; None, with words, when something is missing."""
        if self._what == "last_four":
            self._wrong.say("")
            return Wish("last_four")
        missing: tuple[tuple[bool, QLineEdit, str], ...] = (
            (not self._reason.text().strip(), self._reason, _("Say why the cards are printed again.")),
            (not self._managers and not self._by.text().strip(), self._by, _("Enter your name.")),
            (bool(self._managers) and not self._pin.text(), self._pin, _("Enter your PIN.")),
        )
        for lacks, part, words in missing:
            if lacks:
                self.wrong(words)
                part.setFocus(Qt.FocusReason.OtherFocusReason)
                return None
        self._wrong.say("")
        return Wish(self._what, self._name(), self._reason.text().strip(), self._pin.text())

    def wrong(self, words: str) -> None:
        """Say what is wrong."""
        self._pin.clear()
        self._wrong.say(words)

    def forget(self) -> None:
        """Let go of everything secret."""
        self._pin.clear()

    def _name(self) -> str:
        if not self._managers:
            return self._by.text().strip()
        return next(name for name, chip in zip(self._managers, self._chips, strict=True) if chip.isChecked())

    def _choose(self, what: What) -> None:
        self._what = what
        for name, chip in self._choices.items():
            chip.setChecked(name == what)
        whole = what != "last_four"
        self._allowing.setVisible(whole)
        said = _("A duplicate with its number. It shows no code; anybody may print it.")
        if whole:
            said = _("A duplicate of every card, codes and all. A manager has to allow it.")
        if what == "large":
            said = _("A duplicate of every card, codes and all, for weak eyes. A manager has to allow it.")
        self._said.setText(f"{said} {self._gone}".strip())
        self._wrong.say("")
        if whole:
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_manager(self, chosen: Chip) -> None:
        for chip in self._chips:
            chip.setChecked(chip is chosen)

    def _on_return(self) -> None:
        edits = [part for part in self.parts() if isinstance(part, QLineEdit)]
        here = next((at for at, part in enumerate(edits) if part.hasFocus()), len(edits) - 1)
        if here == len(edits) - 1:
            self.entered.emit()
        else:
            edits[here + 1].setFocus(Qt.FocusReason.TabFocusReason)


def _words(error: PosError) -> str:
    message = explain(error)
    return f"{message.what} {message.advice}".strip()
