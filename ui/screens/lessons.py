"""Lessons: what can be practised, and what this cashier has done today."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from pos_app.lessons.lesson import Lesson
from ui.borders import Practising
from ui.notices import Notices
from ui.screen import Clock, Screen
from ui.skeleton import page_edge
from ui.tasks import Tasks
from ui.widgets import mirror
from ui.widgets.buttons import ActionButton
from ui.widgets.parts import Scroll, Text, card, rule
from ui.widgets.tone_sign import ToneSign


class LessonsScreen(Screen):
    """A list; who starts one goes to Sell with somebody at the shoulder."""

    start_wanted = Signal(object)

    def __init__(
        self,
        practice: Practising,
        lessons: Sequence[Lesson],
        notices: Notices,
        by: str,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__("lessons", clock)
        self._practice, self._lessons, self._by = practice, tuple(lessons), by
        self.tasks = Tasks(self, on_change=self._nothing, on_error=notices.show)
        # parts
        self._rows = {lesson.name: _Row(lesson) for lesson in self._lessons}
        about = _("Everything here is practice: no card is real, and nothing you do can go wrong.")
        # layout
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(*mirror.margins(self, 0, 0, 6, 0))
        column.setSpacing(0)
        for at, row in enumerate(self._rows.values()):
            if at:
                column.addWidget(rule())
            column.addWidget(row)
        column.addStretch(1)
        box = card("lessons_card", self)
        within = QVBoxLayout(box)
        within.setContentsMargins(*mirror.margins(self, 24, 20, 18, 20))
        within.setSpacing(4)
        within.addWidget(Text("lessons_title", "headline", _("Lessons")))
        within.addWidget(Text("lessons_about", "muted", about, wrap=True))
        within.addSpacing(8)
        within.addWidget(Scroll("lessons_scroll", inside), 1)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(box)
        # connections
        for lesson, row in zip(self._lessons, self._rows.values(), strict=True):
            row.start.installEventFilter(self)
            row.start.clicked.connect(partial(self._on_start, lesson))

    def sold_by(self, by: str) -> None:
        """Whoever practises from here on is `by`."""
        self._by = by

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        edge = page_edge(self.width(), self.height())
        self._outer.setContentsMargins(edge, edge, edge, edge)

    @override
    def opened(self) -> None:
        super().opened()
        self.look()
        self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def look(self) -> None:
        """Read anew what was done today."""
        self.tasks.start("done", self._look(), when_busy="replace")

    def hide_codes(self) -> None:
        """No codes are ever shown here."""

    @override
    def key_help(self) -> tuple[tuple[str, str], ...]:
        return ((_("Arrows"), _("Choose a lesson")), (_("Enter"), _("Start it")))

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        # The list around the buttons would scroll instead.
        return event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.take_key(event)

    @override
    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() not in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            return False
        buttons = [row.start for row in self._rows.values()]
        here = next((at for at, button in enumerate(buttons) if button.hasFocus()), -1)
        step = 1 if event.key() == Qt.Key.Key_Down else -1
        buttons[min(len(buttons) - 1, max(0, here + step))].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _on_start(self, lesson: Lesson, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self.start_wanted.emit(lesson)

    async def _look(self) -> None:
        done = await self._practice.done_today(self._lessons, self._by)
        before = self._first()
        for name, row in self._rows.items():
            row.tell(done=name in done)
        if before.hasFocus():
            self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _first(self) -> ActionButton:
        """What to begin with: the first lesson that was not done."""
        rows = list(self._rows.values())
        return next((row.start for row in rows if not row.is_done), rows[0].start)

    def _nothing(self) -> None:
        """What is being read is not worth showing."""


class _Row(QWidget):
    """One lesson: a tick when it was done, its name, a sentence, its button."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__()
        self.setObjectName(f"lesson_{lesson.name}")
        self._title = lesson.title()
        self.is_done = False
        # parts
        self._tick = ToneSign()
        self._tick.tell("ok")
        policy = self._tick.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._tick.setSizePolicy(policy)
        self._told = Text(f"lesson_done_{lesson.name}", "ok")
        self.start = ActionButton(f"lesson_start_{lesson.name}", _("Start"), role="small")
        # layout
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text(f"lesson_title_{lesson.name}", "strong", self._title))
        head.addWidget(self._told)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(Text(f"lesson_about_{lesson.name}", "muted", lesson.about(), wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 12, 0, 12)
        row.setSpacing(12)
        row.addWidget(self._tick)
        row.addLayout(words, 1)
        row.addWidget(self.start)
        self.tell(done=False)

    def tell(self, *, done: bool) -> None:
        """Whether it was done today."""
        self.is_done = done
        self._tick.setVisible(done)
        self._told.say(_("done today") if done else "")
        self.start.say(_("Once more") if done else _("Start"))
        self.start.setAccessibleName(f"{self.start.words()}: {self._title}")
