"""Printing a sale once more: what is missing at once; what is out already, as somebody chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import PosError
from pos_app.i18n import _, date_and_time, money, ngettext
from pos_app.messages import explain
from pos_app.orders.order import Sale
from ui.another_printer import choose_way, on_paper, print_elsewhere
from ui.approval import why_not
from ui.borders import Approvals, Selling
from ui.issuing import Issuing
from ui.manager_fields import ManagerFields
from ui.screen import Clock
from ui.sheet import Choice, Sheet
from ui.widgets import mirror
from ui.widgets.buttons import Chip
from ui.widgets.field import Field
from ui.widgets.flow import FlowRow
from ui.widgets.parts import Text, named
from ui.widgets.readable import keep_readable

if TYPE_CHECKING:
    from pos_app.papers import PaperKey
    from pos_app.settings import Paper

What = Literal["last_four", "whole", "large"]
"""What is wanted once more: the receipt without a code, every card's slip, the same in large print."""

_LONGEST = 200
_ARROWS: Final[dict[int, int]] = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `by` and `pin` are empty where no manager is needed.

    `elsewhere`: on another printer than the shop's.
    """

    what: What
    by: str = ""
    reason: str = ""
    pin: str = field(default="", repr=False)
    elsewhere: bool = False


@dataclass(slots=True)
class _Tried:
    """What came out of a wish so far: it is not printed once more when the rest is tried again."""

    what: What = "last_four"
    out: frozenset[PaperKey] = frozenset()


class Reprinting:
    """Has a sale's papers printed once more, over whatever window somebody asks for it."""

    def __init__(
        self, sales: Selling, issuing: Issuing, people: Approvals, by: str, zone: str, clock: Clock
    ) -> None:
        self._sales, self._issuing, self._people = sales, issuing, people
        self._by, self._zone, self._clock = by, zone, clock

    def sold_by(self, by: str) -> None:
        """Whoever sells from here on is `by`."""
        self._by = by

    def told_in(self, zone: str) -> None:
        """Times are told by `zone` from here on, an IANA name."""
        self._zone = zone

    async def again(self, window: QWidget, sale_id: str, *, offer: bool = False) -> int:
        """Print what of the sale may not be out; where all of it is, ask what is wanted once more.

        `offer`: where nothing on the screen offers another printer, that is asked when printing fails. What
        became of it is what `Issuing.printed` says. How many papers came out, where that went as wished.
        """
        result = await self._issuing.print_papers(sale_id, again=True)
        if result.problem is not None:
            if offer:
                why = _words(result.problem)
                await print_elsewhere(window, self._issuing, sale_id, self._clock, why=why)
            return 0
        if result.printed or result.on_screen:
            return result.printed
        return await self._ask(window, sale_id)

    async def _ask(self, window: QWidget, sale_id: str) -> int:
        sale, managers = await self._sales.sale(sale_id), await self._people.managers()
        wishes: asyncio.Queue[Wish | None] = asyncio.Queue()
        sheet = ReprintSheet(window, sale, managers, self._by, self._zone, self._clock)
        sheet.given.connect(wishes.put_nowait)
        sheet.closed.connect(lambda: wishes.put_nowait(None))
        tried = _Tried()
        try:
            while (wish := await wishes.get()) is not None:
                if managers and wish.what != "last_four":
                    why = await why_not(self._people, wish.by, wish.pin)
                    if why:
                        sheet.wrong(why)
                        continue
                if wish.elsewhere:
                    done = await self._print_elsewhere(window, sheet, sale_id, wish, tried)
                else:
                    done = await self._print(sheet, sale_id, wish, tried)
                if done is not None:
                    return done
        finally:
            sheet.close_with("")
        return 0

    async def _print_elsewhere(
        self, window: QWidget, sheet: ReprintSheet, sale_id: str, wish: Wish, tried: _Tried
    ) -> int | None:
        """Ask where to, and print it there; how many papers are out when all of them are, else None."""
        sheet.waits(_("Looking for printers…"))
        ways = on_paper(await self._issuing.other_ways())
        if not ways:
            sheet.failed(_("No other printer was found."))
            return None
        sheet.hide()
        words = _("It is printed there as a duplicate, with its number.")
        way = await choose_way(window, ways, [words], self._clock)
        sheet.come_back()
        if way is None:
            sheet.failed("")
            return None
        return await self._print(sheet, sale_id, wish, tried, way.paper)

    async def _print(
        self, sheet: ReprintSheet, sale_id: str, wish: Wish, tried: _Tried, through: Paper | None = None
    ) -> int | None:
        """Print it; how many papers are out when all of them are, else None: why is said on the sheet."""
        full = wish.what != "last_four"
        if wish.what != tried.what:
            tried.what, tried.out = wish.what, frozenset()
        sheet.waits(_("Printing…"))
        try:
            result = await self._issuing.reprint(
                sale_id,
                wish.by if full else self._by,
                full=full,
                large=wish.what == "large",
                reason=wish.reason,
                through=through,
                but_for=tried.out,
            )
        except PosError as error:
            sheet.wrong(_words(error))
            return None
        tried.out |= result.out
        if result.problem is None:
            return max(result.printed, len(tried.out))
        sheet.failed(" ".join([*_came_out(len(tried.out)), _words(result.problem)]))
        return None


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
            (
                Choice("print", _("Print"), primary=True),
                Choice("elsewhere", _("Another printer…")),
                Choice("close", _("Close")),
            ),
            body=self._body,
            clock=clock,
        )
        # Where the shop's own printer prints, there is nothing to choose.
        self._elsewhere = self._buttons[1]
        self._elsewhere.hide()
        self._pressed = self._buttons[0]
        self._body.entered.connect(lambda: self._on_chosen("print"))
        self._body.said.connect(self.bring_into_view)

    def wrong(self, words: str) -> None:
        """Say why nothing was printed; what was entered stays, but for the PIN."""
        if self._open:
            self._body.forget()
            self._body.say(words)
            self._set_busy(busy=False)

    def failed(self, words: str) -> None:
        """Say what the printer says, none for nothing new: what was entered stays, for another printer."""
        if self._open:
            self._body.say(words)
            self._elsewhere.show()
            self._set_busy(busy=False)

    def waits(self, words: str) -> None:
        """Say what is being done."""
        if self._open:
            self._body.say(words, "small")

    def come_back(self) -> None:
        """Lie over the window again."""
        if self._open:
            self.show()
            self.raise_()

    def _set_busy(self, *, busy: bool) -> None:
        for button in self._buttons[:2]:
            button.setEnabled(not busy)
        # What was pressed had the focus, and lost it when it could not be pressed any more.
        if not busy and not any(part.hasFocus() for part in self._body.stops()):
            self._pressed.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def close_with(self, key: str) -> None:
        if self._open:
            self._body.forget()
        super().close_with(key)

    @override
    def _on_chosen(self, key: str) -> None:
        if key not in {"print", "elsewhere"}:
            super()._on_chosen(key)
        elif self._buttons[0].isEnabled() and self.is_settled() and (wish := self._body.read()) is not None:
            self._pressed = self._elsewhere if key == "elsewhere" else self._buttons[0]
            self._set_busy(busy=True)
            self.given.emit(replace(wish, elsewhere=key == "elsewhere"))

    @override
    def stops(self) -> list[QWidget]:
        buttons = [button for button in self._buttons if button.isEnabled() and button.isVisibleTo(self)]
        return [*self._body.stops(), *buttons]


class _Body(QWidget):
    """What can be chosen and, for whole cards, who allows it and why; it asks nobody itself."""

    entered = Signal()
    said = Signal(object)

    def __init__(self, sale: Sale, managers: tuple[str, ...], by: str, zone: str) -> None:
        super().__init__()
        self._what: What = "last_four"
        # parts
        self._choices: dict[What, Chip] = {
            "last_four": Chip("reprint_last_four", _("Receipt, last four")),
            "whole": Chip("reprint_whole", _("Whole cards")),
            "large": Chip("reprint_large", _("Large print")),
        }
        self._said = Text("reprint_said", "small", wrap=True)
        self._reason = named(QLineEdit(), "reprint_reason", _("Reason"))
        self._reason.setMaxLength(_LONGEST)
        keep_readable(self._reason)
        self._who = ManagerFields("reprint", managers, by)
        self._wrong = Text("reprint_wrong", "danger", wrap=True)
        # layout
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(10)
        row = FlowRow(8)
        for chip in self._choices.values():
            row.flow.addWidget(chip)
        column.addWidget(row)
        column.addWidget(self._said)
        self._allowing = QWidget()
        inside = QVBoxLayout(self._allowing)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        self._reason_field = Field(_("Reason"), self._reason)
        self._reason_field.hint(_("It stands on the slip and in the record. Never a code."))
        inside.addWidget(self._reason_field)
        inside.addWidget(self._who)
        column.addWidget(self._allowing)
        column.addWidget(self._wrong)
        self._wrong.hide()
        # connections
        self._choices["last_four"].clicked.connect(lambda: self._choose("last_four"))
        self._choices["whole"].clicked.connect(lambda: self._choose("whole"))
        self._choices["large"].clicked.connect(lambda: self._choose("large"))
        self._reason.textEdited.connect(lambda: self._reason_field.wrong(""))
        self._reason.returnPressed.connect(self._who.take_focus)
        self._who.entered.connect(self.entered)
        self._forbid_what_is_gone(sale, zone)
        self._choose("last_four")

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

    def stops(self) -> list[QWidget]:
        """Everything the focus goes through."""
        choices: list[QWidget] = [chip for chip in self._choices.values() if chip.isEnabled()]
        return choices if self._what == "last_four" else [*choices, self._reason, *self._who.stops()]

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """An arrow chooses what stands beside the choice that has the focus."""
        key = mirror.key(self, event.key())
        shown: list[tuple[What, Chip]] = [one for one in self._choices.items() if one[1].isEnabled()]
        here = next((at for at, (_what, chip) in enumerate(shown) if chip.hasFocus()), None)
        if here is None or key not in _ARROWS:
            super().keyPressEvent(event)
            return
        what, chip = shown[(here + _ARROWS[key]) % len(shown)]
        self._choose(what)
        chip.setFocus(Qt.FocusReason.TabFocusReason)

    def read(self) -> Wish | None:
        """What was asked for; None, with words, when something is missing."""
        self.say("")
        if self._what == "last_four":
            return Wish("last_four")
        reason = self._reason.text().strip()
        if not reason:
            self._reason_field.wrong(_("Say why the cards are printed again."))
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        if lacks := self._who.lacks():
            self.say(lacks)
            self._who.take_focus()
            return None
        return Wish(self._what, self._who.name(), reason, self._who.pin())

    def say(self, words: str, role: str = "danger") -> None:
        """Say what is wrong or, in another role, what is being done."""
        self._wrong.say(words, role)
        if words:
            self.said.emit(self._wrong)

    def forget(self) -> None:
        """Let go of everything secret."""
        self._who.forget()

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
        self._reason_field.wrong("")
        self.say("")
        if whole:
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)


def _came_out(number: int) -> list[str]:
    """How many papers are out although the rest is not."""
    if not number:
        return []
    return [ngettext("{n} paper is out.", "{n} papers are out.", number).format(n=number)]


def _words(error: PosError) -> str:
    message = explain(error)
    return f"{message.what} {message.advice}".strip()
