"""The question behind a verdict: what it rests on and who decides. It stays until the verdict was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.advice import Verdict
from pos_app.i18n import _
from pos_app.settling import Confirmed
from ui.attention.verdict_words import VerdictForm, tick_words
from ui.manager_fields import ManagerFields
from ui.scanner import takes_scans
from ui.sheet import Choice, Sheet
from ui.widgets import mirror
from ui.widgets.field import Field
from ui.widgets.parts import Text, named
from ui.widgets.readable import keep_readable
from ui.widgets.tick import Tick

Part = Literal["entry", "evidence", "ticks", "all"]
"""What may be wrong: the number or the codes, where somebody looked, the ticks; or the verdict as a whole."""

_LONGEST = 500
_LINES_HIGH = 96


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    """What was entered: `entry` is an order id or codes, `pin` empty where there are no managers.

    `confirmed` are the ticks that were set.
    """

    by: str
    evidence: str
    entry: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    confirmed: frozenset[Confirmed] = frozenset()


class VerdictSheet(Sheet):
    """Fields for one verdict. `given` asks to write it down; `wrong` says why that was not possible."""

    given = Signal(object)

    def __init__(
        self,
        host: QWidget,
        verdict: Verdict,
        form: VerdictForm,
        managers: Sequence[str],
        by: str,
        clock: Callable[[], float],
    ) -> None:
        self._body = _Body(verdict, form, tuple(managers), by)
        super().__init__(
            host,
            form.title,
            form.words,
            (Choice("decide", form.decide, primary=True), Choice("later", _("Leave it open"))),
            body=self._body,
            clock=clock,
        )
        self._body.first().setFocus(Qt.FocusReason.PopupFocusReason)
        self._body.entered.connect(lambda: self._on_chosen("decide"))

    def wrong(self, words: str, *, pin: bool = False, about: Part = "all") -> None:
        """Say why it was not written down; what was entered stays, but for a PIN that is the reason."""
        self._body.wrong(words, about)
        if pin:
            self._body.forget_pin()
        self.set_busy(busy=False)

    def ask(self, tick: Confirmed, words: str) -> None:
        """Say why it was not written down, and that it is with one more tick."""
        self._body.ask(tick)
        self.wrong(words, about="ticks")

    def set_busy(self, *, busy: bool) -> None:
        """Whether it is being written down at this moment."""
        self._buttons[0].setEnabled(not busy)

    @override
    def close_with(self, key: str) -> None:
        self._body.forget()
        super().close_with(key)

    @override
    def _on_chosen(self, key: str) -> None:
        if key != "decide":
            super()._on_chosen(key)
            return
        if not self._buttons[0].isEnabled():
            return
        if (found := self._body.read()) is not None:
            self.set_busy(busy=True)
            self.given.emit(found)

    @override
    def stops(self) -> list[QWidget]:
        return [*self._body.parts(), *(button for button in self._buttons if button.isEnabled())]


class _Body(QWidget):
    """The fields in their order; it asks nobody itself."""

    entered = Signal()

    def __init__(self, verdict: Verdict, form: VerdictForm, managers: tuple[str, ...], by: str) -> None:
        super().__init__()
        # parts
        self._line = named(QLineEdit(), "verdict_entry", form.entry) if verdict == "number" else None
        self._lines = named(QPlainTextEdit(), "verdict_cards", form.entry) if verdict == "codes" else None
        self._evidence = named(QLineEdit(), "verdict_evidence", _("Evidence"))
        self._who = ManagerFields("verdict", managers, by)
        for wanted in (self._line, self._lines):
            if wanted is not None:
                takes_scans(wanted)
        keep_readable(self._evidence)
        self._ticks: dict[Confirmed, Tick] = {}
        self._must: set[Confirmed] = set()
        self._wrong = Text("verdict_wrong", "danger", wrap=True)
        # layout
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        self._entry_part: Field | Text | None = None
        if self._line is not None:
            self._line.setText(form.suggested)
            self._entry_part = Field(form.entry, self._line)
            _hint(self._entry_part, self._line, form.entry_hint, inside=bool(form.ticks))
            column.addWidget(self._entry_part)
        if self._lines is not None:
            _keep_short(self._lines)
            self._lines.textChanged.connect(self._all_right)
            column.addWidget(Text("verdict_cards_label", "field", form.entry))
            column.addWidget(self._lines)
            self._entry_part = Text("verdict_cards_hint", "small", form.entry_hint)
            column.addWidget(self._entry_part)
        self._evidence_field = Field(_("Evidence"), self._evidence)
        _hint(self._evidence_field, self._evidence, form.evidence_hint, inside=bool(form.ticks))
        column.addWidget(self._evidence_field)
        self._tick_box = QWidget()
        self._tick_column = QVBoxLayout(self._tick_box)
        self._tick_column.setContentsMargins(0, 0, 0, 0)
        self._tick_column.setSpacing(0)
        column.addWidget(self._tick_box)
        for tick in form.ticks:
            self.ask(tick)
        for tick in form.choices:
            self._add_tick(tick)
        column.addWidget(self._who)
        column.addWidget(self._wrong)
        self._wrong.hide()
        # connections
        if self._line is not None:
            self._line.setMaxLength(_LONGEST)
            self._line.returnPressed.connect(partial(_go_to, self._evidence))
            self._line.textEdited.connect(self._all_right)
        self._evidence.setMaxLength(_LONGEST)
        self._evidence.returnPressed.connect(self._who.take_focus)
        self._evidence.textEdited.connect(self._all_right)
        self._who.entered.connect(self.entered)

    def parts(self) -> list[QWidget]:
        """Everything the focus goes through."""
        first = [part for part in (self._line, self._lines) if part is not None]
        return [*first, self._evidence, *self._ticks.values(), *self._who.stops()]

    def ask(self, tick: Confirmed) -> None:
        """Have a tick more that has to be set; only one if it is there."""
        self._must.add(tick)
        self._add_tick(tick)

    def _add_tick(self, tick: Confirmed) -> None:
        if tick not in self._ticks:
            # It breaks no lines: its words are few, and what stands behind them is said above.
            box = Tick(f"verdict_{tick}", tick_words(tick))
            self._ticks[tick] = box
            self._tick_column.addWidget(box, 0, Qt.AlignmentFlag.AlignLeft)

    def first(self) -> QWidget:
        """Where writing begins."""
        return self.parts()[0]

    def read(self) -> VerdictGiven | None:
        """What was entered; None, with words, when something is missing."""
        entry = self._entry()
        missing: tuple[tuple[bool, QWidget, Part, str], ...] = (
            (
                entry is not None and not entry.strip(),
                self.first(),
                "entry",
                _("That is still missing."),
            ),
            (
                not self._evidence.text().strip(),
                self._evidence,
                "evidence",
                _("Write down where you looked."),
            ),
            *(
                (
                    not box.isChecked(),
                    box,
                    "ticks",
                    _("Tick what you looked at. If you did not, leave it open."),
                )
                for tick, box in self._ticks.items()
                if tick in self._must
            ),
        )
        for lacks, part, about, words in missing:
            if lacks:
                self.wrong(words, about)
                _go_to(part)
                return None
        if why := self._who.lacks():
            self.wrong(why, "all")
            self._who.take_focus()
            return None
        self._all_right()
        return VerdictGiven(
            self._who.name(),
            self._evidence.text().strip(),
            entry or "",
            self._who.pin(),
            frozenset(tick for tick, box in self._ticks.items() if box.isChecked()),
        )

    def wrong(self, words: str, about: Part) -> None:
        """Say what is wrong, below what it is about."""
        self._all_right()
        below = {
            "entry": self._entry_part,
            "evidence": self._evidence_field,
            "ticks": self._tick_box,
        }.get(about)
        if isinstance(below, Field):
            below.wrong(words)
            return
        self._column.removeWidget(self._wrong)
        self._column.insertWidget(self._column.indexOf(below or self._who) + 1, self._wrong)
        self._wrong.say(words)

    def _all_right(self) -> None:
        for part in (self._entry_part, self._evidence_field):
            if isinstance(part, Field) and part.is_wrong():
                part.wrong("")
        self._wrong.say("")

    def forget_pin(self) -> None:
        """Have the PIN entered anew."""
        self._who.forget()
        self._who.take_focus()

    def forget(self) -> None:
        """Let go of everything secret."""
        self._who.forget()
        if self._lines is not None:
            self._lines.clear()

    def _entry(self) -> str | None:
        if self._line is not None:
            return self._line.text()
        return None if self._lines is None else self._lines.toPlainText()


def _go_to(part: QWidget) -> None:
    part.setFocus(Qt.FocusReason.OtherFocusReason)


def _keep_short(lines: QPlainTextEdit) -> None:
    """A few lines for secrets: nothing is kept to go back to, nothing is offered to be copied."""
    mirror.begin_lines(lines)
    lines.setFixedHeight(_LINES_HIGH)
    lines.setTabChangesFocus(True)
    lines.setUndoRedoEnabled(False)
    lines.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)


def _hint(around: Field, edit: QLineEdit, words: str, *, inside: bool) -> None:
    """What is to be typed, below; `inside` where ticks have to fit on a small screen as well."""
    if inside:
        edit.setPlaceholderText(words)
    else:
        around.hint(words)
