"""What every page of the first start has: a title, one sentence, one way on, one way out, what went wrong."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.errors import Misconfigured, PosError
from pos_app.i18n import _
from pos_app.messages import explain
from ui.screen import SETTLING_SECONDS, Clock
from ui.tasks import Tasks
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton
from ui.widgets.parts import Scroll, Text, named
from ui.widgets.secret_edit import SecretEdit

_WIDEST: Final = 720
_LOW: Final = 620
_NARROW: Final = 760
_LINE: Final = 24
_KEYRING: Final = frozenset({"keyring_missing", "keyring_weak", "keyring_locked", "keyring_lies"})


class Page(QWidget):
    """One page. `body` is where its own parts go.

    `kept`: what the page asks is done. `other_wanted`: the second button, *Back* where it is not named
    otherwise. `keyring_failed`: the keyring stopped working meanwhile. `crashed`: what nobody foresaw.
    """

    kept = Signal()
    other_wanted = Signal()
    keyring_failed = Signal(object)
    crashed = Signal(object)

    def __init__(
        self, name: str, title: str, lead: str, *, other: str = "", clock: Clock = time.monotonic
    ) -> None:
        super().__init__()
        named(self, name, f"{title}. {lead}".strip(". "))
        self._clock = clock
        self._opened_at = clock()
        self.tasks = Tasks(self, on_change=self.draw, on_error=self._on_error)
        # parts
        self.title = Text(f"{name}_title", "page", title, wrap=True)
        self.lead = Text(f"{name}_lead", "lead", lead, wrap=True)
        self._alarm = QFrame()
        self._alarm.setProperty("role", "alarm")
        self._alarm_what = Text(f"{name}_alarm", "alarmstrong", wrap=True)
        self._alarm_advice = Text(f"{name}_alarm_advice", "alarmtext", wrap=True)
        self.primary = ActionButton(f"{name}_next", _("Next"), role="primary", key="Enter")
        self.other = ActionButton(
            f"{name}_other" if other else f"{name}_back",
            other or _("Back"),
            role="tall",
            key="" if other else "Esc",
        )
        # layout
        self._lay_out()
        # connections
        self._scroll.verticalScrollBar().rangeChanged.connect(self._arrange)
        self.primary.clicked.connect(self.press_primary)
        self.other.clicked.connect(self.other_wanted if other else self.step_back)
        self._alarm.hide()

    def _lay_out(self) -> None:
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column = self.above = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.lead)
        column.addSpacing(20)
        column.addLayout(self.body)
        column.addStretch(1)
        self._inside = QWidget()
        self._middle = _in_the_middle(column)
        self._inside.setLayout(self._middle)
        said = QVBoxLayout(self._alarm)
        said.setContentsMargins(15, 11, 15, 11)
        said.setSpacing(2)
        said.addWidget(self._alarm_what)
        said.addWidget(self._alarm_advice)
        doing = QHBoxLayout()
        doing.setSpacing(12)
        doing.addWidget(self.other, 2)
        doing.addWidget(self.primary, 3)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(12)
        foot.addWidget(self._alarm)
        foot.addLayout(doing)
        self._foot = _in_the_middle(foot)
        self._scroll = Scroll(f"{self.objectName()}_scroll", self._inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(self._foot)

    # --- from outside -------------------------------------------------------------------------------

    def opened(self) -> None:
        """The page has just appeared."""
        self._opened_at = self._clock()
        self.draw()
        self._scroll.verticalScrollBar().setValue(0)
        self.take_focus()

    def take_enter(self) -> None:
        """Enter that no button wanted."""
        self.press_primary()

    def step_back(self) -> None:
        """Esc."""
        if not self.busy():
            self.other_wanted.emit()

    def busy(self) -> bool:
        """Whether something is being done that one has to wait for."""
        return self.tasks.busy(self.objectName())

    def hide_secrets(self) -> None:
        """Nothing secret can be read on the page any more."""
        for edit in self.findChildren(SecretEdit):
            edit.hide_text()

    def stops(self) -> list[QWidget]:
        """Where Tab goes, in reading order, then to the way on and the way out."""
        inside = self._inside
        found = [
            one
            for one in inside.findChildren(QWidget)
            if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        found.sort(key=lambda one: _reading_place(one.mapTo(inside, one.rect().center())))
        return [*found, *(one for one in (self.primary, self.other) if one.isVisible())]

    def draw(self) -> None:
        """Draw what the page shows now."""
        self.primary.say(self.waiting_words() if self.busy() else self.going_on_words())
        self.render_page()

    def press_primary(self) -> None:
        """Go on, unless it was meant for the page before, or something is being done already."""
        if self._clock() - self._opened_at >= SETTLING_SECONDS and not self.busy():
            self.go_on()

    # --- for the pages ------------------------------------------------------------------------------

    @abstractmethod
    def go_on(self) -> None:
        """The way on was pressed."""

    def render_page(self) -> None:
        """Draw the page's own parts."""

    def going_on_words(self) -> str:
        """What stands on the way on."""
        return _("Next")

    def waiting_words(self) -> str:
        """What stands there while something is being done."""
        return _("One moment…")

    def take_focus(self) -> None:
        """Put the focus where writing begins."""
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def act(self, coro: Coroutine[Any, Any, None]) -> None:
        """Do something one has to wait for; a second press meanwhile does nothing."""
        self.say_alarm("")
        self.tasks.start(self.objectName(), coro, when_busy="refuse")

    def say_alarm(self, what: str, advice: str = "") -> None:
        """Say across the page what went wrong outside; nothing for an empty text."""
        self._alarm_what.setText(what)
        self._alarm_advice.say(advice)
        self._alarm.setVisible(bool(what))
        self.primary.setAccessibleDescription(f"{what} {advice}".strip())

    def bring_into_view(self, part: QWidget) -> None:
        """Scroll until `part` and the sentence under it are seen."""
        self._scroll.ensureWidgetVisible(part, 0, 48)

    def _on_error(self, error: BaseException) -> None:
        if isinstance(error, Misconfigured) and error.reason in _KEYRING:
            self.keyring_failed.emit(error)
        elif isinstance(error, PosError):
            message = explain(error)
            self.say_alarm(f"{message.title}. {message.what}", message.advice)
        else:
            self.crashed.emit(error)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        low = self.height() < _LOW
        side = 32 if self.width() < _NARROW else 48
        bar = self._scroll.verticalScrollBar()
        # The bar takes its place from the margin, so that everything stays in line with the buttons below.
        taken = bar.sizeHint().width() if bar.maximum() else 0
        self._middle.setContentsMargins(*mirror.margins(self, side, 24 if low else 56, side - taken, 8))
        self._foot.setContentsMargins(side, 12, side, 16 if low else 32)


def _in_the_middle(column: QVBoxLayout) -> QHBoxLayout:
    """A row with `column` in its middle, never wider than one reads well."""
    box = QWidget()
    box.setMaximumWidth(_WIDEST)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    box.setLayout(column)
    row = QHBoxLayout()
    row.setSpacing(0)
    row.addStretch(1)
    row.addWidget(box, 1000)
    row.addStretch(1)
    return row


def _reading_place(middle: QPoint) -> tuple[int, int]:
    """Sorts by lines from top to bottom, within a line from left to right; a few pixels make no line."""
    return middle.y() // _LINE, middle.x()
