"""A page of fields: what is wrong stands beside a field once it was left; Enter walks through the fields."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from pos_app.messages import problem as words_of
from pos_app.orders.rules import Problem
from ui.first_start.page import Page
from ui.screen import Clock
from ui.widgets.entry import LineEntry
from ui.widgets.field import Field


@dataclass(frozen=True)
class State:
    """`left` are the fields a person has been at: only beside those something is said to be wrong.

    `told` is what was found wrong, by field, when going on was last tried.
    """

    left: frozenset[str] = frozenset()
    told: Mapping[str, str] = field(default_factory=dict[str, str])


def sentences(problems: Iterable[Problem]) -> dict[str, str]:
    """The first of `problems` for each field, in words."""
    said: dict[str, str] = {}
    for one in problems:
        said.setdefault(one.field, words_of(one))
    return said


class FormPage(Page):
    """A page of fields."""

    def __init__(self, name: str, title: str, lead: str, *, clock: Clock = time.monotonic) -> None:
        super().__init__(name, title, lead, clock=clock)
        self.fields: dict[str, Field | LineEntry] = {}
        self._state = State()

    # --- for the pages ------------------------------------------------------------------------------

    def add_field(self, key: str, label: str, edit: QLineEdit, hint: str = "") -> Field:
        """A field under the name its problems are told by; Enter walks the fields in this order."""
        added = Field(label, edit)
        added.hint(hint)
        self.take_in(key, added)
        return added

    def take_in(self, key: str, added: Field | LineEntry) -> None:
        """Take in a field that is there already."""
        self.fields[key] = added
        added.edit.textChanged.connect(partial(self._on_text, key))
        added.edit.installEventFilter(self)

    def begin_anew(self) -> None:
        """Nobody has been at any field, and nothing was found."""
        self._state = State()

    @abstractmethod
    def wrong(self) -> Mapping[str, str]:
        """What is wrong with what is written now, by field, as far as it can be said at once."""

    @abstractmethod
    async def keep(self) -> Mapping[str, str]:
        """Keep what is written; returns what is found wrong with it, nothing being kept then."""

    # --- keys ---------------------------------------------------------------------------------------

    @override
    def take_focus(self) -> None:
        shown = self.shown()
        self.go_to(next((one for one in shown if not one.edit.text()), shown[0]))

    @override
    def take_enter(self) -> None:
        shown = self.shown()
        here = next((at for at, one in enumerate(shown) if one.edit.hasFocus()), len(shown))
        further = next((one for one in shown[here + 1 :] if not one.edit.text()), None)
        if further is not None:
            self.go_to(further)
        else:
            self.press_primary()

    @override
    def go_on(self) -> None:
        if self.try_fields():
            self.act(self.begin())

    def try_fields(self) -> bool:
        """Whether nothing is wrong at first sight; what is, is said, and the focus goes there."""
        self._state = State(left=frozenset(self.fields))
        self.draw()
        wrong = self._first_wrong()
        if wrong is not None:
            self.go_to(wrong)
        return wrong is None

    async def begin(self) -> None:
        """What the way on does when nothing is wrong at first sight."""
        if self.tell(await self.keep()):
            self.kept.emit()

    def tell(self, told: Mapping[str, str]) -> bool:
        """Say what was found wrong and go there; whether there is nothing."""
        self._state = replace(self._state, told=told)
        self.draw()
        wrong = self._first_wrong()
        if wrong is not None:
            self.go_to(wrong)
        return not told

    # --- slots --------------------------------------------------------------------------------------

    def _on_text(self, key: str, _text: str) -> None:
        self.on_changed(key)

    def on_changed(self, key: str) -> None:
        """What stands in the field `key` is another text now."""
        told = {place: words for place, words in self._state.told.items() if place != key}
        self._state = replace(self._state, told=told)
        self.say_alarm("")
        self.draw()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.bring_into_view(watched)
        elif event.type() == QEvent.Type.FocusOut and isinstance(watched, QLineEdit):
            key = next((key for key, one in self.fields.items() if one.edit is watched), "")
            # An empty field that was only passed by is not wrong yet.
            if key and (watched.text() or watched.isModified()):
                self._state = replace(self._state, left=self._state.left | {key})
                self.draw()
        return False

    # --- drawing ------------------------------------------------------------------------------------

    @override
    def render_page(self) -> None:
        wrong = {**self.wrong(), **self._state.told}
        for key, one in self.fields.items():
            one.wrong(wrong.get(key, "") if key in self._state.left else "")

    def told(self) -> Mapping[str, str]:
        """What was found wrong when going on was last tried, by field, and not changed since."""
        return self._state.told

    def shown(self) -> list[Field | LineEntry]:
        """The fields one can see, in their order."""
        return [one for one in self.fields.values() if one.isVisibleTo(self)]

    def _first_wrong(self) -> Field | LineEntry | None:
        return next((one for one in self.shown() if one.is_wrong()), None)

    def go_to(self, one: Field | LineEntry) -> None:
        """Let writing go on in `one`."""
        one.edit.setFocus(Qt.FocusReason.TabFocusReason)
        one.edit.selectAll()
