"""The question behind a verdict: what it rests on and who decides. It stays until the verdict was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.advice import Verdict
from pos_app.i18n import _
from pos_app.settling import Confirmed
from ui.scanner import takes_scans
from ui.sheet import Choice, Sheet
from ui.verdict_words import VerdictForm, tick_words
from ui.widgets.buttons import Chip
from ui.widgets.field import Field
from ui.widgets.flow import FlowRow
from ui.widgets.parts import Text, named
from ui.widgets.readable import keep_readable

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

    def wrong(self, words: str) -> None:
        """Say why it was not written down; what was entered stays, but for the PIN."""
        self._body.wrong(words)
        self.set_busy(busy=False)

    def ask(self, tick: Confirmed, words: str) -> None:
        """Say why it was not written down, and that it is with one more tick."""
        self._body.ask(tick)
        self.wrong(words)

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
        self._managers = managers
        # parts
        self._line = named(QLineEdit(), "verdict_entry", form.entry) if verdict == "number" else None
        self._lines = named(QPlainTextEdit(), "verdict_cards", form.entry) if verdict == "codes" else None
        self._evidence = named(QLineEdit(), "verdict_evidence", _("Evidence"))
        self._by = named(QLineEdit(), "verdict_by", _("Your name"))
        self._pin = named(QLineEdit(), "verdict_pin", _("PIN"))
        for wanted in (self._line, self._lines):
            if wanted is not None:
                takes_scans(wanted)
        for kept in (self._evidence, self._by):
            keep_readable(kept)
        self._ticks: dict[Confirmed, QCheckBox] = {}
        self._must: set[Confirmed] = set()
        self._chips = [Chip(f"manager_{at}", name) for at, name in enumerate(managers)]
        self._wrong = Text("verdict_wrong", "danger", wrap=True)
        # layout
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        if self._line is not None:
            self._line.setText(form.suggested)
            entry = Field(form.entry, self._line)
            _hint(entry, self._line, form.entry_hint, inside=bool(form.ticks))
            column.addWidget(entry)
        if self._lines is not None:
            self._lines.setFixedHeight(_LINES_HIGH)
            self._lines.setTabChangesFocus(True)
            self._lines.setUndoRedoEnabled(False)
            self._lines.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
            column.addWidget(Text("verdict_cards_label", "field", form.entry))
            column.addWidget(self._lines)
            column.addWidget(Text("verdict_cards_hint", "small", form.entry_hint))
        evidence = Field(_("Evidence"), self._evidence)
        _hint(evidence, self._evidence, form.evidence_hint, inside=bool(form.ticks))
        column.addWidget(evidence)
        self._tick_column = QVBoxLayout()
        column.addLayout(self._tick_column)
        for tick in form.ticks:
            self.ask(tick)
        for tick in form.choices:
            self._add_tick(tick)
        self._add_person(column, by)
        column.addWidget(self._wrong)
        self._wrong.hide()
        # connections
        for edit in self.parts():
            if isinstance(edit, QLineEdit):
                edit.setMaxLength(_LONGEST)
                edit.returnPressed.connect(self._on_return)
        for chip in self._chips:
            chip.clicked.connect(lambda _checked=False, one=chip: self._choose(one))

    def _add_person(self, column: QVBoxLayout, by: str) -> None:
        if not self._managers:
            self._by.setText(by)
            column.addWidget(Field(_("Your name"), self._by))
            return
        column.addWidget(Text("verdict_who", "field", _("Manager")))
        row = FlowRow(8)
        for chip in self._chips:
            row.flow.addWidget(chip)
        column.addWidget(row)
        self._choose(next((chip for chip in self._chips if chip.accessibleName() == by), self._chips[0]))
        self._pin.setEchoMode(QLineEdit.EchoMode.Password)
        column.addWidget(Field(_("PIN"), self._pin))

    def parts(self) -> list[QWidget]:
        """Everything the focus goes through."""
        first = [part for part in (self._line, self._lines) if part is not None]
        who: list[QWidget] = [*self._chips, self._pin] if self._managers else [self._by]
        return [*first, self._evidence, *self._ticks.values(), *who]

    def ask(self, tick: Confirmed) -> None:
        """Have a tick more that has to be set; only one if it is there."""
        self._must.add(tick)
        self._add_tick(tick)

    def _add_tick(self, tick: Confirmed) -> None:
        if tick not in self._ticks:
            # It breaks no lines: its words are few, and what stands behind them is said above.
            box = named(QCheckBox(tick_words(tick)), f"verdict_{tick}", tick_words(tick))
            self._ticks[tick] = box
            self._tick_column.addWidget(box, 0, Qt.AlignmentFlag.AlignLeft)

    def first(self) -> QWidget:
        """Where writing begins."""
        return self.parts()[0]

    def read(self) -> VerdictGiven | None:
        """What was entered; None, with words, when something is missing."""
        entry = self._entry()
        missing: tuple[tuple[bool, QWidget, str], ...] = (
            (entry is not None and not entry.strip(), self.first(), _("That is still missing.")),
            (not self._evidence.text().strip(), self._evidence, _("Write down where you looked.")),
            *(
                (not box.isChecked(), box, _("Tick what you looked at. If you did not, leave it open."))
                for tick, box in self._ticks.items()
                if tick in self._must
            ),
            (not self._managers and not self._by.text().strip(), self._by, _("Enter your name.")),
            (bool(self._managers) and not self._pin.text(), self._pin, _("Enter your PIN.")),
        )
        for lacks, part, words in missing:
            if lacks:
                self.wrong(words)
                part.setFocus(Qt.FocusReason.OtherFocusReason)
                return None
        self._wrong.say("")
        return VerdictGiven(
            self._name(),
            self._evidence.text().strip(),
            entry or "",
            self._pin.text(),
            frozenset(tick for tick, box in self._ticks.items() if box.isChecked()),
        )

    def wrong(self, words: str) -> None:
        """Say what is wrong."""
        self._pin.clear()
        self._wrong.say(words)

    def forget(self) -> None:
        """Let go of everything secret."""
        self._pin.clear()
        if self._lines is not None:
            self._lines.clear()

    def _entry(self) -> str | None:
        if self._line is not None:
            return self._line.text()
        return None if self._lines is None else self._lines.toPlainText()

    def _name(self) -> str:
        if not self._managers:
            return self._by.text().strip()
        return next(name for name, chip in zip(self._managers, self._chips, strict=True) if chip.isChecked())

    def _choose(self, chosen: Chip) -> None:
        for chip in self._chips:
            chip.setChecked(chip is chosen)

    def _on_return(self) -> None:
        parts = [part for part in self.parts() if not isinstance(part, Chip | QCheckBox)]
        here = next((at for at, part in enumerate(parts) if part.hasFocus()), len(parts) - 1)
        if here == len(parts) - 1:
            self.entered.emit()
        else:
            parts[here + 1].setFocus(Qt.FocusReason.TabFocusReason)


def _hint(around: Field, edit: QLineEdit, words: str, *, inside: bool) -> None:
    """What is to be typed, below; `inside` where ticks have to fit on a small screen as well."""
    if inside:
        edit.setPlaceholderText(words)
    else:
        around.hint(words)
