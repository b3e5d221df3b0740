"""What every page of the settings has: entries, what is wrong beside each, Save, and the way back."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import explain
from pos_app.messages import problem as words_of
from pos_app.orders.rules import Problem
from ui.screen import Clock
from ui.slip_trial import Said
from ui.tasks import Tasks
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton
from ui.widgets.entry import Entry
from ui.widgets.parts import Scroll, Text, named, set_role
from ui.widgets.tone_sign import ROLES, SignTone, ToneSign

_PLACED_MS: Final = 20
_EDGE: Final = 24
_WIDEST: Final = 720


@dataclass(frozen=True)
class State:
    """`shown` is what is kept, as the page shows it. `left` are the entries a person has been at.

    `told` is what was found wrong, by field, when saving was last tried.
    """

    shown: Mapping[str, str] = field(default_factory=dict[str, str])
    left: frozenset[str] = frozenset()
    told: Mapping[str, str] = field(default_factory=dict[str, str])
    said: Said = field(default_factory=Said)


def sentences(problems: Iterable[Problem]) -> dict[str, str]:
    """The first of `problems` for each field, in words."""
    told: dict[str, str] = {}
    for one in problems:
        told.setdefault(one.field, words_of(one))
    return told


class Page(QWidget):
    """One page. `entered`: something on it is another now. `crashed`: what nobody foresaw."""

    entered = Signal()
    crashed = Signal(object)

    def __init__(self, name: str, title: str, lead: str, clock: Clock = time.monotonic) -> None:
        super().__init__()
        named(self, name, f"{title}. {lead}")
        self._state = State()
        self.clock = clock
        self.entries: dict[str, Entry] = {}
        self.tasks = Tasks(self, on_change=self.draw, on_error=self._on_error)
        # parts
        self._sign = ToneSign()
        self._said = Text(f"{name}_said", "muted", wrap=True)
        self.save = ActionButton(f"{name}_save", _("Save"), role="second", key="Enter")
        self.undo = ActionButton(f"{name}_undo", _("Undo"), role="plain")
        # layout
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        inside = QWidget()
        column = QVBoxLayout(inside)
        self._column = column
        column.setSpacing(4)
        column.addWidget(Text(f"{name}_title", "headline", title, wrap=True))
        column.addWidget(Text(f"{name}_lead", "muted", lead, wrap=True))
        column.addSpacing(16)
        column.addLayout(self.body)
        column.addStretch(1)
        self._scroll = Scroll(f"{name}_scroll", inside)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self._said, 1)
        doing = QHBoxLayout()
        doing.setSpacing(12)
        doing.addWidget(self.undo, 1)
        doing.addWidget(self.save, 2)
        foot = self._foot = QVBoxLayout()
        foot.setSpacing(8)
        foot.addLayout(told)
        foot.addLayout(doing)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(foot)
        # connections
        self.save.clicked.connect(self.press_save)
        self.undo.clicked.connect(self._on_undo)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._arrange)

    # --- from outside -------------------------------------------------------------------------------

    def opened(self) -> None:
        """The page has just appeared; what was entered and not saved is still there."""
        if not self.is_changed():
            self.fill()
        self.draw()
        next(iter(self.entries.values())).take_focus()

    def press_save(self) -> None:
        """Keep what is entered, if nothing is wrong with it."""
        if self.busy() or not self.is_changed():
            return
        self._state = replace(self._state, left=frozenset(self.entries), told={}, said=Said())
        self.draw()
        if not self._go_to_wrong():
            self.tasks.start(self.objectName(), self._save(), when_busy="refuse")

    def is_changed(self) -> bool:
        """Whether something is entered that is not kept."""
        return bool(self._state.shown) and self.values() != self._state.shown

    def busy(self) -> bool:
        """Whether something is being kept at this moment."""
        return self.tasks.busy(self.objectName())

    def values(self) -> dict[str, str]:
        """What is entered, by field."""
        return {key: entry.value() for key, entry in self.entries.items()}

    def draw(self) -> None:
        """Draw what the page shows now."""
        state, busy, changed = self._state, self.busy(), self.is_changed()
        wrong = {**self.wrong(), **state.told}
        for key, entry in self.entries.items():
            entry.wrong(wrong.get(key, "") if key in state.left else "")
        said = state.said
        if not said.words and changed and not busy:
            said = Said(_("Not saved yet."))
        self._sign.setVisible(bool(said.words))
        self._sign.tell(said.tone)
        self._said.say(said.words)
        set_role(self._said, ROLES[said.tone])
        self.save.say(_("One moment…") if busy else _("Save"))
        self.save.setEnabled(changed and not busy)
        self.undo.setEnabled(changed and not busy)
        self.render_page()

    # --- for the pages ------------------------------------------------------------------------------

    @abstractmethod
    def kept_values(self) -> dict[str, str]:
        """What is kept, by field."""

    @abstractmethod
    def wrong(self) -> Mapping[str, str]:
        """What is wrong with what is entered, by field, as far as it can be said at once."""

    @abstractmethod
    async def keep(self) -> Mapping[str, str]:
        """Keep what is entered; returns what is found wrong with it, nothing being kept then."""

    def saved_words(self) -> str:
        """What is said when it is kept."""
        return _("Saved. The next paper comes out like this.")

    def render_page(self) -> None:
        """Draw the page's own parts."""

    def add(self, key: str, entry: Entry) -> Entry:
        """Take `entry` in under the name its problems are told by."""
        self.entries[key] = entry
        entry.changed.connect(partial(self._on_changed, key))
        entry.left.connect(partial(self._on_left, key))
        for part in entry.findChildren(QWidget):
            if part.focusPolicy() != Qt.FocusPolicy.NoFocus:
                part.installEventFilter(self)
        return entry

    def fill(self) -> None:
        """Show what is kept."""
        kept = self.kept_values()
        for key, entry in self.entries.items():
            entry.show_value(kept[key])
        # As the entries tell it: what they show is what a change is told from.
        self._state = State(shown=self.values())
        self.draw()
        self.entered.emit()

    def say(self, words: str, tone: SignTone = "muted") -> None:
        """Say something at the foot."""
        self._state = replace(self._state, said=Said(words, tone))
        self.draw()

    def tell(self, told: Mapping[str, str]) -> bool:
        """Say what was found wrong and go there; whether there is nothing."""
        self._state = replace(self._state, told=told, left=frozenset(self.entries))
        self.draw()
        self._go_to_wrong()
        return not told

    def seen(self, key: str) -> None:
        """Somebody has been at the entry `key`: what is wrong with it may be said."""
        self._state = replace(self._state, left=self._state.left | {key})

    def bring_into_view(self, part: QWidget) -> None:
        """Scroll until `part` is seen, once it has its place: it may have appeared just now."""

        def scroll() -> None:
            if part.isVisible():
                self._scroll.ensureWidgetVisible(part, 0, 24)

        QTimer.singleShot(_PLACED_MS, self, scroll)

    def act(self, name: str, coro: Coroutine[Any, Any, None]) -> None:
        """Do something one has to wait for; a second press meanwhile does nothing."""
        self.tasks.start(name, coro, when_busy="refuse")

    # --- slots --------------------------------------------------------------------------------------

    async def _save(self) -> None:
        if self.tell(await self.keep()):
            self.fill()
            self.say(self.saved_words(), "ok")

    def _on_undo(self) -> None:
        self.fill()
        next(iter(self.entries.values())).take_focus()

    def _on_changed(self, key: str) -> None:
        told = {place: words for place, words in self._state.told.items() if place != key}
        self._state = replace(self._state, told=told, said=Said())
        self.on_changed(key)
        self.draw()
        self.entered.emit()

    def on_changed(self, key: str) -> None:
        """What stands in the entry `key` is something else now."""

    def _on_left(self, key: str) -> None:
        if self.entries[key].value() != self._state.shown.get(key):
            self._state = replace(self._state, left=self._state.left | {key})
            self.draw()

    def _on_error(self, error: BaseException) -> None:
        if isinstance(error, PosError):
            message = explain(error)
            self.say(f"{message.title}. {message.what} {message.advice}".strip(), "danger")
        else:
            self.crashed.emit(error)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self._scroll.ensureWidgetVisible(watched, 0, 56)
        return False

    def _arrange(self) -> None:
        # The bar takes its place from the margin, so that everything stays in line with the buttons below.
        bar = self._scroll.verticalScrollBar()
        taken = bar.sizeHint().width() if bar.maximum() else 0
        # Lines longer than one reads well leave the rest of a wide window empty.
        beyond = max(_EDGE, self.width() - _EDGE - _WIDEST)
        self._column.setContentsMargins(*mirror.margins(self, _EDGE, 20, beyond - taken, 16))
        self._foot.setContentsMargins(*mirror.margins(self, _EDGE, 12, beyond, 16))

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _go_to_wrong(self) -> bool:
        wrong = next((one for one in self.entries.values() if one.is_wrong() and one.isVisible()), None)
        if wrong is not None:
            wrong.take_focus()
            # The sentence that says what is wrong has only just appeared.
            self.bring_into_view(wrong)
        return wrong is not None
